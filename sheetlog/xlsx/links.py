"""Links of cells: a relationship and a `<hyperlink>` each, never a formula.

`HYPERLINK()` would do for short URLs alone: Excel allows 255 characters in a formula's text. Knows
the worksheet; knows no plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from sheetlog.cells import Cell
from sheetlog.record import Link
from sheetlog.xlsx import references
from sheetlog.xlsx.relating import OFFICE, Relations
from sheetlog.xlsx.spans import escaped

if TYPE_CHECKING:
    from sheetlog.xlsx.worksheet import Worksheet

MOST = 65_530
"""Links that Excel opens in one worksheet; with more it says that the workbook is damaged."""
LONGEST = 2_079
"""Characters of a URL that Excel takes."""

_UNSAFE = re.compile(r"[\x00-\x20\x7f\"<>\\^`{|}\ud800-\udfff\ufffe\uffff]|%(?![0-9A-Fa-f]{2})")
_REF = re.compile(rb"""\sref\s*=\s*["']([A-Za-z]{1,3}[0-9]+)["']""")
_BEFORE = 40
"""Bytes before a row's number in which its attribute starts."""
_ANY_REF = re.compile(rb"""(\sref\s*=\s*["'])([A-Za-z0-9:$ ]+)(["'])""")
_TAG = re.compile(rb"<(?:[\w.-]+:)?hyperlink\s[^<>]*>(?:\s*</(?:[\w.-]+:)?hyperlink\s*>)?")


class Links:
    """The links that one change makes and takes away."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._count = sheet.frame.links.count(b"hyperlink ")
        self._relations = Relations(sheet.package, sheet.sheet.part)
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
            id_ = self._relations.id("hyperlink", safe(url), external=True)
            xml += f'{self._space} r:id="{id_}"'
        self._sheet.frame.add_link(f"{xml}/>".encode())
        return value.text or value.url

    @cached_property
    def _space(self) -> str:
        """What declares the namespace of a link's `r:id`, where nothing around it does."""
        space = f'xmlns:r="{OFFICE[self._sheet.package.strict]}"'
        return "" if self._sheet.frame.declares(space.encode()) else f" {space}"

    def _linked(self, row: int) -> frozenset[bytes]:
        """Return the linked cells of a row. New rows have none, and there may be many others."""
        links = self._sheet.frame.links
        found: set[bytes] = set()
        for quote in ('"', "'"):
            needle = f"{row}{quote}".encode()
            at = links.find(needle)
            while at >= 0:
                # An id may end so, too; the cell of another row does no harm here.
                ref = _REF.search(links, max(0, at - _BEFORE), at + len(needle))
                if ref:
                    found.add(ref[1])
                at = links.find(needle, at + 1)
        return frozenset(found)

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
