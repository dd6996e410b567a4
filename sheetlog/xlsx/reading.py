"""Cells read as typed values: numbers as dates where their format says so, shared strings, links.

Knows the workbook's strings and styles; knows no row numbers and no plan.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sheetlog.cells import Cell
from sheetlog.record import Link
from sheetlog.xlsx import values
from sheetlog.xlsx.rawrows import column_at
from sheetlog.xlsx.texts import SharedStrings, plain, resolved, rich, uncovered

if TYPE_CHECKING:
    from sheetlog.xlsx.package import Relationship
    from sheetlog.xlsx.rawrows import RawCell
    from sheetlog.xlsx.styles import Styles

_VALUE = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^<>]*)?>(.*?)</(?:[\w.-]+:)?v\s*>", re.DOTALL)
_TITLE = re.compile(
    rb'<c r="([A-Z]{1,3})[0-9]+"(?: s="[0-9]+")? t="inlineStr">'
    rb'<is><t xml:space="preserve">([^<&\r]*)</t></is></c>'
)
"""A text as sheetlog writes it."""
_LINK = re.compile(rb"<(?:[\w.-]+:)?hyperlink\s([^<>]*)>")
_LINK_IN = re.compile(
    rb"""<(?:[\w.-]+:)?hyperlink\s(?:[^<>]*\s)?ref\s*=\s*["']\$?[A-Za-z]+\$?([0-9]+)[^<>]*>"""
)
_ATTRIBUTE = re.compile(rb"""(?:([\w.-]+):)?([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


class CellReader:
    """Reads the cells of one workbook."""

    def __init__(self, strings: SharedStrings, styles: Styles, *, date1904: bool) -> None:
        self._strings = strings
        self._styles = styles
        self._date1904 = date1904
        self._kinds: dict[int, str] = {}

    def value(self, cell: RawCell) -> Cell:
        """Return what a cell holds; of a formula, its last result."""
        if not cell.inner:
            return None
        if cell.kind == "inlineStr":
            return rich(cell.inner)
        found = _VALUE.search(cell.inner)
        if found is None:
            return None
        text = resolved(uncovered(found[1]))
        if cell.kind == "s":
            return self._strings.text(int(text)) if text.strip().isdigit() else ""
        if cell.kind in {"str", "e"}:
            return plain(text)
        if cell.kind == "b":
            return text.strip() in {"1", "true"}
        if cell.kind == "d":
            return _iso(text.strip())
        return self.typed(values.number(text), cell.xf)

    def typed(self, number: Cell, xf: int) -> Cell:
        """Return a number as what its cell format shows it as."""
        if isinstance(number, bool) or not isinstance(number, int | float) or xf == 0:
            return number
        kind = self.kind(xf)
        if kind == "date":
            moment = values.moment(number, date1904=self._date1904)
            return number if moment is None else moment
        return values.span(number) if kind == "duration" else number

    def kind(self, xf: int) -> str:
        """Return `date`, `duration` or `number`: what a cell format shows numbers as."""
        found = self._kinds.get(xf)
        if found is None:
            if self._styles.is_date(xf):
                found = "date"
            else:
                found = "duration" if self._styles.is_duration(xf) else "number"
            self._kinds[xf] = found
        return found

    def text(self, cell: RawCell) -> str:
        """Return what a header cell shows, near enough."""
        value = self.value(cell)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)


def titles(row: bytes) -> tuple[tuple[int, str], ...] | None:
    """Return column and text of the cells of a header row that is as sheetlog wrote it.

    Returns:
        None where it may not be: then each cell has to be looked into.
    """
    found = _TITLE.findall(row)
    if len(found) != row.count(b"<c") or b"_x" in row or b"<!" in row:
        return None
    return tuple((column_at(name), text.decode("utf-8", "replace")) for name, text in found)


def _iso(text: str) -> datetime | timedelta | str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.replace(tzinfo=None)


def links(xml: bytes, targets: list[Relationship]) -> dict[str, str]:
    """Return the URLs of linked cells, by cell name, from what `<hyperlinks>` holds."""
    by_id = {each.id: each.target for each in targets if each.external}
    found: dict[str, str] = {}
    for tag in _LINK.finditer(xml):
        named = {
            (name, bool(space)): resolved(one or two)
            for space, name, one, two in _ATTRIBUTE.findall(tag[1])
        }
        url = by_id.get(named.get((b"id", True), ""), "")
        place = named.get((b"location", False), "")
        if url or place:
            # A link over several cells is one of a person's; its first cell has it.
            ref = named.get((b"ref", False), "").partition(":")[0]
            found[ref] = f"{url}#{place}" if place else url
    return found


def links_of(xml: bytes, rows: Collection[int]) -> bytes:
    """Return of what `<hyperlinks>` holds the links of some rows."""
    wanted = {str(row).encode() for row in rows}
    return b"".join(tag[0] for tag in _LINK_IN.finditer(xml) if tag[1] in wanted)


def linked(value: Cell, url: str | None) -> Cell:
    """Return a text with its URL as a link; anything else as it is."""
    return Link(text=value, url=url) if url and isinstance(value, str) else value
