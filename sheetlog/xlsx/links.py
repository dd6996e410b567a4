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
from sheetlog.xlsx.names import relationships_of
from sheetlog.xlsx.spans import Edits, escaped, parse, prefix

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
        self._relations = _Relations(sheet)
        self._gone: set[bytes] = set()
        self._row: tuple[int, frozenset[bytes]] = (0, frozenset())

    def put(self, column: int, row: int, value: Cell) -> Cell:
        """Link a cell, and return what it shows; its old link goes."""
        if self._row[0] != row:
            self._row = row, self._linked(row)
        if not self._row[1] and not isinstance(value, Link):
            return value
        ref = references.cell(column, row)
        if ref.encode() in self._row[1]:
            self._gone.add(ref.encode())
        if not isinstance(value, Link):
            return value
        url, _, place = value.url.partition("#")
        if self._count >= MOST or len(value.url) > LONGEST or not value.url:
            return f"{value.text} {value.url}".strip()
        self._count += 1
        xml = f'<{self._sheet.prefix}hyperlink ref="{ref}"'
        if place:
            xml += f' location="{escaped(place)}"'
        if url:
            space = _RELATIONS[self._sheet.package.strict]
            xml += f' xmlns:r="{space}" r:id="{self._relations.id(safe(url))}"'
        self._sheet.frame.add_link(f"{xml}/>".encode())
        return value.text or value.url

    def _linked(self, row: int) -> frozenset[bytes]:
        """Return the linked cells of a row. New rows have none, and there may be many others."""
        links = self._sheet.frame.links
        if not any(f"{row}{quote}".encode() in links for quote in "\"'"):
            return frozenset()
        return frozenset(found[1] for found in _REF.finditer(links))

    def save(self) -> None:
        """Put the new links into the package; those of cells that got another value go."""
        self._relations.save()
        if not self._gone:
            return

        def kept(found: re.Match[bytes]) -> bytes:
            ref = _REF.search(found[0])
            return b"" if ref and ref[1] in self._gone else found[0]

        frame = self._sheet.frame
        frame.replace_links(_TAG.sub(kept, frame.links))


class _Relations:
    """The relationships of one worksheet's links: all new ones are put in at once.

    A sheet may have tens of thousands; one by one, each would be read anew for the next.
    """

    def __init__(self, sheet: Worksheet) -> None:
        self._package = sheet.package
        self._part = sheet.sheet.part
        self._name = relationships_of(self._part)
        self._kind = f"{_RELATIONS[sheet.package.strict]}/hyperlink"
        self._ids: dict[str, str] = {}
        self._next = 0
        self._new: list[str] = []

    def id(self, url: str) -> str:
        """Return the id of a URL's relationship."""
        found = self._ids.get(url)
        if found is None:
            found = self._ids[url] = self._added(url)
        return found

    def _added(self, url: str) -> str:
        package = self._package
        if not package.has(self._name):
            return package.relate(self._part, self._kind, url, external=True)
        data = package.xml(self._name)
        number = self._next or data.count(b"<")
        while f"rId{number}".encode() in data:
            number += 1
        self._next = number + 1
        self._new.append(
            f'Relationship Id="rId{number}" Type="{self._kind}" Target="{escaped(url)}" '
            'TargetMode="External"/>'
        )
        return f"rId{number}"

    def save(self) -> None:
        """Put the new ones into the package."""
        if not self._new:
            return
        data = self._package.xml(self._name)
        end = _END.search(data)
        if end is None:  # `<Relationships/>`
            root = parse(data, self._name)
            edits = Edits(data)
            tag = f"<{prefix(data, root)}"
            edits.append(root, "".join(tag + each for each in self._new).encode())
            self._package.replace(self._name, edits.done())
            return
        tag = f"<{end[1].decode()}"
        new = "".join(tag + each for each in self._new).encode()
        self._package.replace(self._name, data[: end.start()] + new + data[end.start() :])


_END = re.compile(rb"</((?:[\w.-]+:)?)Relationships\s*>\s*(?:<!--[^>]*-->\s*)?\Z")


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
