"""The language of sheetlog's own words in a sheet: titles, notes, choices, statuses, Overview.

Pure: is given its words. Which file they are in, `languages` knows. What a user wrote stays as it
is, and a record, a mark and a key are never translated: they say what a cell means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CODES = ("en", "de", "es", "fr", "ja", "zh")
"""Of the languages, as ISO 639-1 has them; English first, the others in order."""

STATUSES: dict[str, tuple[str, ...]] = {
    "finished": ("finished", "fertig", "terminado", "terminé", "完了", "已完成"),
    "running": ("running", "läuft", "en curso", "en cours", "実行中", "运行中"),
    "failed": ("failed", "fehlgeschlagen", "fallido", "échoué", "失敗", "失败"),
    "stopped": ("stopped", "abgebrochen", "detenido", "arrêté", "停止", "已停止"),
}
"""How each status shows, in the order of `CODES`. All languages stand here and not in their files:
a sheet may hold several of them, whichever is in force for whoever reads it."""

_MEANINGS = {word: status for status, words in STATUSES.items() for word in words}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language, with its words by the English ones."""

    code: str = "en"
    words: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def text(self, english: str) -> str:
        """Return a text of sheetlog's own in this language; one that it doesn't know as it is."""
        if english in STATUSES:
            return STATUSES[english][CODES.index(self.code)]
        return self.words.get(english, english)


ENGLISH = Language()


def status_of(shown: Any) -> Any:
    """Return the status that a cell shows in any of the languages; anything else as it is."""
    return _MEANINGS.get(shown, shown) if isinstance(shown, str) else shown
