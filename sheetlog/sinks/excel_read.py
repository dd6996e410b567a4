"""All rows of a tab as values, fast: cells of the usual form by one expression a row.

What is written in another form (by another program, with formulas, with rich text) goes the long
way, cell by cell, to the same values. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sheetlog.cells import Cell
from sheetlog.plan import HeaderColumn
from sheetlog.sinks.base import Table
from sheetlog.xlsx import references
from sheetlog.xlsx.frame import RawCell, Rows
from sheetlog.xlsx.reading import linked, links
from sheetlog.xlsx.texts import plain, resolved
from sheetlog.xlsx.values import number
from sheetlog.xlsx.worksheet import Region, Worksheet

_USUAL = re.compile(
    rb'<c r="([A-Z]{1,3})[0-9]+"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?(?:/>|>'
    rb'(?:<v>([^<]*)</v>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>|(.*?))</c>)',
    re.DOTALL,
)


def table(sheet: Worksheet, region: Region, columns: Sequence[HeaderColumn]) -> Table:
    """Return the rows below the header, blank ones left out.

    Args:
        columns: of the header; those with neither title nor key are left out.
    """
    kept = tuple(column for column in columns if column.title.strip() or column.key is not None)
    read = _Rows(sheet, [column.place for column in kept])
    rows = sheet.rows
    last = region.table.last if region.table is not None else references.MAX_ROWS
    wanted = range(rows.index(region.header + 1), rows.index(last + 1))
    found = [row for row in (read.row(rows, at) for at in wanted) if _filled(row)]
    return Table(columns=kept, rows=found)


def _filled(row: Sequence[Cell]) -> bool:
    return any(value is not None and value != "" for value in row)


class _Rows:
    """Reads rows of one worksheet, the same columns of each."""

    def __init__(self, sheet: Worksheet, columns: Sequence[int]) -> None:
        self._reader = sheet.reader
        self._strings = sheet.strings
        self._at = {references.letters(place).encode(): at for at, place in enumerate(columns)}
        self._width = len(columns)
        self._prefix = sheet.prefix
        targets = sheet.package.relationships(sheet.sheet.part)
        self._links: dict[int, dict[int, str]] = {}
        for ref, url in links(sheet.frame.links, targets).items():
            area = references.area(ref)
            name = references.letters(area.left).encode() if area else b""
            if area is not None and name in self._at:
                self._links.setdefault(area.top, {})[self._at[name]] = url

    def row(self, rows: Rows, index: int) -> list[Cell]:
        """Return the values of a row."""
        start = rows.starts[index]
        end = rows.starts[index + 1] if index + 1 < len(rows) else len(rows.data)
        data = rows.data[start:end]
        found = _USUAL.findall(data)
        values: list[Cell] = [None] * self._width
        usual = not self._prefix and len(found) == data.count(b"<c ") + data.count(b"<c>")
        if usual:
            self._usual(found, values)
        else:
            self._any(rows, data, values)
        for at, url in self._links.get(rows.numbers[index], {}).items():
            values[at] = linked(values[at], url)
        return values

    def _usual(self, found: Sequence[tuple[bytes, ...]], values: list[Cell]) -> None:
        where, typed = self._at, self._reader.typed
        for name, style, kind, digits, text, other in found:
            at = where.get(name)
            if at is None:
                continue
            if text:
                value = text.decode()
                odd = b"&" in text or b"\r" in text or b"_x" in text
                values[at] = plain(resolved(text)) if odd else value
            elif digits and (not kind or kind == b"n"):
                whole = _number(digits)
                values[at] = typed(whole, int(style)) if style else whole
            elif digits and kind == b"s" and digits.isdigit():
                values[at] = self._strings.text(int(digits))
            elif digits or other:
                inner = other or b"<v>" + digits + b"</v>"
                raw = RawCell(at, 0, 0, int(style or b"0"), kind.decode(), inner)
                values[at] = self._reader.value(raw)

    def _any(self, rows: Rows, data: bytes, values: list[Cell]) -> None:
        for cell in rows.cells(data):
            at = self._at.get(references.letters(cell.column).encode())
            if at is not None:
                values[at] = self._reader.value(cell)


def _number(digits: bytes) -> Cell:
    """Return what a number is, whole or not, by how it is written."""
    if digits.isdigit():
        return int(digits)
    if b"." in digits:
        try:
            return float(digits)
        except ValueError:
            pass
    return number(digits.decode())
