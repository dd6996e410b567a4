"""Links of cells: a relationship and a `<hyperlink>` each, never a formula.

`HYPERLINK()` would do for short URLs alone: Excel allows 255 characters in a formula's text. Knows
the worksheet; knows no plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from sheetlog.cells import Cell
from sheetlog.record import Link
from sheetlog.xlsx import references
from sheetlog.xlsx.spans import escaped

if TYPE_CHECKING:
    from sheetlog.xlsx.worksheet import Worksheet

MOST = 65_530
"""Links that Excel opens in one worksheet; with more it says that the workbook is damaged."""
LONGEST = 2_079
"""Characters of a URL that Excel takes."""

_RELATIONS = {
    False: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    True: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
_UNSAFE = re.compile(r"[\x00-\x20\x7f\"<>\\^`{|}\ud800-\udfff\ufffe\uffff]|%(?![0-9A-Fa-f]{2})")
_REF = re.compile(rb"""\sref\s*=\s*["']([A-Za-z]{1,3}[0-9]+)["']""")
_ANY_REF = re.compile(rb"""(\sref\s*=\s*["'])([A-Za-z0-9:$ ]+)(["'])""")
_TAG = re.compile(rb"<(?:[\w.-]+:)?hyperlink\s[^<>]*>(?:\s*</(?:[\w.-]+:)?hyperlink\s*>)?")


class Links:
    """The links that one change makes and takes away."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._count = sheet.frame.links.count(b"hyperlink ")
        self._ids: dict[str, str] = {}
        self._gone: set[bytes] = set()
        # Looked up for every cell of every row: searching the XML each time took most of a change.
        self._linked = {found[1] for found in _REF.finditer(sheet.frame.links)}

    def put(self, column: int, row: int, value: Cell) -> Cell:
        """Link a cell, and return what it shows; its old link goes."""
        ref = references.cell(column, row)
        if ref.encode() in self._linked:
            self._gone.add(ref.encode())
        if not isinstance(value, Link):
            return value
        url, _, place = value.url.partition("#")
        if self._count >= MOST or len(value.url) > LONGEST or not value.url:
            return f"{value.text} {value.url}".strip()
        self._count += 1
        prefix = self._sheet.prefix
        xml = f'<{prefix}hyperlink ref="{ref}"'
        if place:
            xml += f' location="{escaped(place)}"'
        if url:
            space = _RELATIONS[self._sheet.package.strict]
            xml += f' xmlns:r="{space}" r:id="{self._id(safe(url))}"'
        self._sheet.frame.add_link(f"{xml}/>".encode())
        return value.text or value.url

    def save(self) -> None:
        """Take away the links of cells that got another value."""
        if not self._gone:
            return

        def kept(found: re.Match[bytes]) -> bytes:
            ref = _REF.search(found[0])
            return b"" if ref and ref[1] in self._gone else found[0]

        frame = self._sheet.frame
        frame.replace_links(_TAG.sub(kept, frame.links))

    def _id(self, url: str) -> str:
        found = self._ids.get(url)
        if found is None:
            sheet = self._sheet
            kind = f"{_RELATIONS[sheet.package.strict]}/hyperlink"
            found = sheet.package.relate(sheet.sheet.part, kind, url, external=True)
            self._ids[url] = found
        return found


def safe(url: str) -> str:
    """Return a URL with the characters percent-encoded that no URL may hold."""

    def encoded(found: re.Match[str]) -> str:
        data = found[0].encode("utf-8", "replace")
        return "".join(f"%{byte:02X}" for byte in data)

    return _UNSAFE.sub(encoded, url)


def each_reference(links: bytes, change: Callable[[str], str]) -> bytes:
    """Return hyperlinks with the cells that they stand in changed."""

    def changed(found: re.Match[bytes]) -> bytes:
        return found[1] + change(found[2].decode()).encode() + found[3]

    return _ANY_REF.sub(changed, links)
