"""Smart chips in answers: whether a text that is read has the `@` or what the chip shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Json = dict[str, Any]
FILE = re.compile(r"/d/([A-Za-z0-9_-]+)|[?&]id=([A-Za-z0-9_-]+)")


def titled(data: Json, chips: Iterable[Json], title: Callable[[str], str]) -> Json:
    """The CellData with titles and addresses in place of the `@`s of its chips."""
    result = dict(data)
    for name in ("userEnteredValue", "effectiveValue"):
        if "stringValue" in result.get(name, {}):
            text = _shown(result[name]["stringValue"], chips, title)
            result[name] = {"stringValue": text}
    if "formattedValue" in result:
        result["formattedValue"] = _shown(result["formattedValue"], chips, title)
    return result


def _shown(text: str, chips: Iterable[Json], title: Callable[[str], str]) -> str:
    """The text as a person sees it."""
    for run in sorted(chips, key=lambda each: -each.get("startIndex", 0)):
        at, chip = run.get("startIndex", 0), run["chip"]
        if text[at : at + 1] == "@":
            words = chip.get("personProperties", {}).get("email") or _title(chip, title)
            text = text[:at] + words + text[at + 1 :]
    return text


def _title(chip: Json, title: Callable[[str], str]) -> str:
    uri = chip.get("richLinkProperties", {}).get("uri", "")
    found = FILE.search(uri)
    return title(found[1] or found[2]) if found else uri
