"""Languages by their code: `of("de")`. Each has one file with its words, loaded when it's asked
for.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from sheetlog.errors import SettingsError
from sheetlog.language import CODES, ENGLISH, Language


@cache
def of(code: str) -> Language:
    """Return a language.

    Args:
        code: one of `language.CODES`; also with a region (`de_AT`, `zh-Hans`), which is left out.

    Raises:
        SettingsError: there is no such language here.
    """
    found = code.strip().casefold().replace("_", "-").partition("-")[0]
    if found == ENGLISH.code:
        return ENGLISH
    if found not in CODES:
        known = ", ".join(CODES)
        raise SettingsError(f"there is no language '{code}'; there are: {known}")
    words: dict[str, str] = import_module(f"sheetlog.languages.{found}").WORDS
    return Language(code=found, words=words)
