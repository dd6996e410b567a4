"""Texts as the format holds them: escapes, shared strings, and a curve drawn in characters.

Pure but for the part that shared strings are read from. ECMA-376, 22.9.2.19 (ST_Xstring) has the
escapes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sheetlog.errors import RefusedError
from sheetlog.xlsx.spans import masked

if TYPE_CHECKING:
    from sheetlog.xlsx.package import Package

LIMIT = 32_767
"""UTF-16 units that a cell holds."""

_HEAD = 1 << 16
"""Bytes of shared strings that are looked at first: a header row's stand at the start."""

_ESCAPED = re.compile("_x[0-9A-Fa-f]{4}_")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_BARS = "▁▂▃▄▅▆▇█"


def xstring(text: str) -> str:
    """Return a text as it stands in a cell's XML, between `<t>` and `</t>`."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: "_x005F" + found[0], text)
    if not text.isascii():
        # Half of a pair is no character: no encoding of the file could hold it.
        text = _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    text = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text


def plain(text: str) -> str:
    """Return the text that an `ST_Xstring` stands for; entities are resolved already."""
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda found: chr(int(found[0][2:6], 16)), text)
    if text.isascii() or not _SURROGATE.search(text):
        return text
    # Some programs escape each half of a pair.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def resolved(raw: bytes) -> str:
    """Return the text between two tags, entities and line ends resolved as XML has them."""
    text = raw.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    digits, decimal, name = found.groups()
    if name:
        return _NAMED[name]
    code = int(digits, 16) if digits else int(decimal)
    return chr(code) if code < 0x110000 else "\ufffd"


_TEXT = re.compile(
    rb"<(?:[\w.-]+:)?t(?:\s[^<>]*)?(?:/>|>(.*?)</(?:[\w.-]+:)?t\s*>)"
    rb"|<(?:[\w.-]+:)?rPh[\s>].*?</(?:[\w.-]+:)?rPh\s*>",
    re.DOTALL,
)
_CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>|<!--.*?-->", re.DOTALL)


def rich(raw: bytes) -> str:
    """Return the text of an `<si>` or `<is>`: its runs joined, without the phonetic guide."""
    parts = [found[1] for found in _TEXT.finditer(raw) if found[1]]
    return plain("".join(resolved(uncovered(part)) for part in parts))


def uncovered(raw: bytes) -> bytes:
    """Return bytes of XML with CDATA sections written as plain text, and without comments."""
    if b"<!" not in raw:
        return raw

    def bare(found: re.Match[bytes]) -> bytes:
        return (found[1] or b"").replace(b"&", b"&amp;").replace(b"<", b"&lt;")

    return _CDATA.sub(bare, raw)


class SharedStrings:
    """The workbook's shared strings, read only as far as they are asked for."""

    _ITEM = re.compile(
        rb"<(?:[\w.-]+:)?si(?:\s[^<>]*)?(?:/>|>(.*?)</(?:[\w.-]+:)?si\s*>)", re.DOTALL
    )

    def __init__(self, package: Package) -> None:
        self._package = package
        self._raw: list[bytes] = []
        self._texts: dict[int, str] = {}
        self._read = 0

    def text(self, index: int) -> str:
        """Return a string; a blank one where there is none of this number."""
        found = self._texts.get(index)
        if found is None:
            for limit in (_HEAD, 0):
                if index >= len(self._raw) and self._read >= 0:
                    self._more(limit)
            raw = self._raw[index] if 0 <= index < len(self._raw) else b""
            found = self._texts[index] = rich(raw)
        return found

    def references(self, text: bytes) -> list[bytes]:
        """Return how cells refer to a string that is written so: `>17<`, as between `<v>` tags."""
        found: list[bytes] = []
        try:
            if self._read >= 0:
                self._more(0)
        except RefusedError:  # strings that cannot be read are none of ours
            return found
        for index, raw in enumerate(self._raw):
            if text in raw and (b">" + text + b"<") in raw:
                found.append(b">%d<" % index)
        return found

    def _more(self, limit: int) -> None:
        """Read the first `limit` bytes, or with 0 everything."""
        part = self._part()
        if part is None:
            self._read = -1
            return
        # No part holds this byte, so the head ends at the limit.
        data = self._package.head(part, b"\0", limit) if limit else self._package.xml(part)
        self._read = limit or -1  # -1: there is no more
        plain_data = masked(data)
        spans = (found.span(1) for found in self._ITEM.finditer(plain_data))
        self._raw = [data[start:end] if start >= 0 else b"" for start, end in spans]

    def _part(self) -> str | None:
        for each in self._package.relationships(self._package.workbook):
            if each.kind == "sharedStrings" and self._package.has(each.target):
                return each.target
        return None


def drawn(values: Sequence[float], width: int = 16) -> str:
    """Return a curve as a line of bars, one character a point; a gap is a point that is no number.

    Excel's own sparklines take their points from cells, which a row of runs doesn't have.
    """
    points = list(values)
    if len(points) > width:
        points = [points[at * (len(points) - 1) // (width - 1)] for at in range(width)]
    numbers = [point for point in points if math.isfinite(point)]
    if not numbers:
        return " " * len(points)
    # Halves, because the whole span may be more than a double holds.
    low, high = min(numbers) / 2, max(numbers) / 2
    steps = (len(_BARS) - 1) if high > low else 0
    return "".join(
        _BARS[round((point / 2 - low) / ((high - low) or 1) * steps)]
        if math.isfinite(point)
        else " "
        for point in points
    )


def is_drawn(text: str) -> bool:
    """Return whether a text is nothing but the bars of a curve."""
    return not text.strip(f"{_BARS} ") and not text.isspace() and text != ""
