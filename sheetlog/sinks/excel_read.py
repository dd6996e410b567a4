"""All rows of a tab as values, fast: rows of one shape together, by `excel_shapes`.

What is written in another form (by another program, with formulas, with rich text) goes the long
way, cell by cell, to the same values. What stands there and is no run is told. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sheetlog.cells import Cell
from sheetlog.plan import HeaderColumn
from sheetlog.sinks.base import Table
from sheetlog.sinks.excel_shapes import USUAL, Shapes, a_number, numbers, texts
from sheetlog.xlsx import references
from sheetlog.xlsx.rawrows import RawCell, Rows
from sheetlog.xlsx.reading import linked, links
from sheetlog.xlsx.texts import plain, resolved
from sheetlog.xlsx.worksheet import Region, Worksheet


def table(sheet: Worksheet, region: Region, columns: Sequence[HeaderColumn]) -> Table:
    """Return the rows below the header, blank ones left out.

    Args:
        columns: of the header; those with neither title nor key are left out.
    """
    kept = tuple(column for column in columns if column.title.strip() or column.key is not None)
    kept += _beside(sheet, region)
    read = _Rows(sheet, [column.place for column in kept])
    rows = sheet.rows
    others = _other_tables(sheet, region)
    tables, last = len(others), references.MAX_ROWS
    if region.table is not None and any(column.key == "run.id" for column in kept):
        # A run that some program put below the table's end is a run; its totals are none.
        others += [range(region.table.last + 1, region.table.area.bottom + 1)]
    elif region.table is not None:
        last = region.table.last
    wanted = range(rows.index(region.header + 1), rows.index(last + 1))
    inside = [at for at in wanted if not any(rows.numbers[at] in area for area in others)]
    found = [
        row
        for at, row in zip(inside, read.rows(rows, inside), strict=True)
        if _filled(row) and not _below(row, rows.numbers[at], region, kept)
    ]
    skipped = []
    told = sum(rows.numbers[at] in area for area in others[:tables] for at in wanted)
    if told:
        skipped.append(f"{told} rows of another table below the runs")
    if read.unread:
        names = sorted((name.decode() for name in read.unread), key=lambda n: (len(n), n))
        listed = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
        words = "columns {}, which have" if len(names) > 1 else "column {}, which has"
        lacks = "no title" if region.table is None else "no title or no place in the table"
        skipped.append(f"{words.format(listed)} {lacks}")
    return Table(columns=kept, rows=found, skipped=tuple(skipped))


def _beside(sheet: Worksheet, region: Region) -> tuple[HeaderColumn, ...]:
    """Return people's columns that join the runs' table on its right.

    Excel takes into a table what is typed beside it; LibreOffice and libraries don't.
    """
    if region.table is None:
        return ()
    there = sheet.titles(
        replace(region, left=region.right + 1, right=references.MAX_COLUMNS, table=None)
    )
    taken = [other.area for other in sheet.tables if other.area != region.table.area]
    found, place = [], region.right + 1
    while there.get(place, "").strip():
        if any(area.left <= place <= area.right and area.top <= region.header for area in taken):
            break
        found.append(HeaderColumn(place=place, title=there[place]))
        place += 1
    return tuple(found)


def _other_tables(sheet: Worksheet, region: Region) -> list[range]:
    """Return the rows of tables that people made below the runs."""
    mine = region.table.area if region.table is not None else None
    return [
        range(table.area.top, table.area.bottom + 1)
        for table in sheet.tables
        if table.area != mine
        and table.area.top > region.header
        and table.area.left <= region.right
        and table.area.right >= region.left
    ]


def _below(
    row: Sequence[Cell], number: int, region: Region, columns: Sequence[HeaderColumn]
) -> bool:
    """Return whether a row below our table only seems to have a run id: it has no revision."""
    if region.table is None or number <= region.table.area.bottom:
        return False
    held = {column.key: row[at] for at, column in enumerate(columns)}
    seems = held.get("run.id") not in (None, "") and "run.revision" in held
    return seems and not isinstance(held["run.revision"], int)


def _filled(row: Iterable[Cell]) -> bool:
    return any(value is not None and value != "" for value in row)


class _Rows:
    """Reads rows of one worksheet, the same columns of each."""

    def __init__(self, sheet: Worksheet, columns: Sequence[int]) -> None:
        self._reader = sheet.reader
        self._strings = sheet.strings
        self._at = {references.letters(place).encode(): at for at, place in enumerate(columns)}
        self._width = len(columns)
        self._prefix = sheet.prefix
        self.unread: set[bytes] = set()
        """Columns with something in them that were not asked for."""
        targets = sheet.package.relationships(sheet.sheet.part)
        self._links: dict[int, dict[int, str]] = {}
        for ref, url in links(sheet.frame.links, targets).items():
            area = references.area(ref)
            name = references.letters(area.left).encode() if area else b""
            if area is not None and name in self._at:
                self._links.setdefault(area.top, {})[self._at[name]] = url

    def rows(self, rows: Rows, indexes: Sequence[int]) -> list[list[Cell]]:
        """Return the values of rows, by their indexes."""
        shapes = Shapes(self._at)
        whole, starts = rows.data, [*rows.starts, len(rows.data)]
        alone: dict[int, list[Cell]] = {}
        for index in indexes:
            start, end = starts[index], starts[index + 1]
            if not shapes.take(whole, start, end, index):
                data = whole[start:end]
                found = USUAL.findall(data)
                alone[index] = self._row(rows, data, found)
                if found and not self._prefix:
                    shapes.learn(found)
        values = alone | shapes.rows(self._width, self._column)
        self.unread |= shapes.others()
        for index in indexes if self._links else ():
            for at, url in self._links.get(rows.numbers[index], {}).items():
                values[index][at] = linked(values[index][at], url)
        return [values[index] for index in indexes]

    def _column(self, values: Sequence[bytes], kind: str, style: int) -> list[Cell]:
        """Return the values of cells that have one type and one style."""
        if kind == "inlineStr":
            return texts(values)
        if kind in ("", "n"):
            found = numbers(values)
            if style and self._reader.kind(style) != "number":
                return [self._reader.typed(value, style) for value in found]
            return found
        cells = (RawCell(0, 0, 0, style, kind, b"<v>" + value + b"</v>") for value in values)
        return [self._reader.value(cell) for cell in cells]

    def _row(self, rows: Rows, data: bytes, found: Sequence[tuple[bytes, ...]]) -> list[Cell]:
        """Return the values of a row."""
        values: list[Cell] = [None] * self._width
        usual = not self._prefix and len(found) == data.count(b"<c ") + data.count(b"<c>")
        if usual:
            self._usual(found, values)
        else:
            self._any(rows, data, values)
        return values

    def _usual(self, found: Sequence[tuple[bytes, ...]], values: list[Cell]) -> None:
        where, typed = self._at, self._reader.typed
        for name, style, kind, digits, text, other in found:
            at = where.get(name)
            if at is None:
                if digits or text or other:
                    self.unread.add(name)
                continue
            if text:
                value = text.decode()
                odd = b"&" in text or b"\r" in text or b"_x" in text
                values[at] = plain(resolved(text)) if odd else value
            elif digits and (not kind or kind == b"n"):
                whole = a_number(digits)
                values[at] = typed(whole, int(style)) if style else whole
            elif digits and kind == b"s" and digits.isdigit():
                values[at] = self._strings.text(int(digits))
            elif digits or other:
                inner = other or b"<v>" + digits + b"</v>"
                raw = RawCell(at, 0, 0, int(style or b"0"), kind.decode(), inner)
                values[at] = self._reader.value(raw)

    def _any(self, rows: Rows, data: bytes, values: list[Cell]) -> None:
        for cell in rows.cells(data):
            name = references.letters(cell.column).encode()
            if name in self._at:
                values[self._at[name]] = self._reader.value(cell)
            elif cell.filled:
                self.unread.add(name)
