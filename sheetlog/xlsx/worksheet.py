"""A worksheet that runs stand in: its rows, its tables, and which of its rows is the header.

Nothing is read twice, and of a stream that sheetlog left extendable only its two ends. Knows the
package; knows no keys and no plan.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sheetlog.xlsx import references
from sheetlog.xlsx.colspans import DEFAULT_WIDTH
from sheetlog.xlsx.frame import Frame, opening, split
from sheetlog.xlsx.rawrows import RawCell, Rows
from sheetlog.xlsx.reading import CellReader, titles
from sheetlog.xlsx.references import Area
from sheetlog.xlsx.spans import parse
from sheetlog.xlsx.styles import Styles
from sheetlog.xlsx.tables import Table, tables
from sheetlog.xlsx.texts import SharedStrings

if TYPE_CHECKING:
    from sheetlog.xlsx.package import Package
    from sheetlog.xlsx.workbook import Sheet, Workbook

_COLUMN = re.compile(rb"<(?:[\w.-]+:)?col\s[^<>]*>")
_SIZE = re.compile(rb"""\b(min|max|width)\s*=\s*["']([0-9]+(?:\.[0-9]+)?)["']""")
_ALL = {b"min", b"max", b"width"}

_LOOKED_AT = 60
"""Rows in which a header is looked for where nothing says which one it is."""
_FIRST = 1 << 18
"""Bytes of the first rows among which a header is looked for that isn't the very first."""
_WIDE = 3
"""Titles side by side that are a header even where something else stands in their row."""
_LAST = 4096
"""Bytes of the last rows that are looked at for the styles of new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Where the runs stand in a worksheet."""

    header: int
    """The header's row."""
    left: int
    right: int
    """Columns, 0-based, both included; with `right` left of `left` there are none yet."""
    table: Table | None = None

    @property
    def columns(self) -> range:
        """All columns from the first to the last."""
        return range(self.left, self.right + 1)


_NOWHERE = Region(header=0, left=0, right=-1)


class Worksheet:
    """One worksheet, as far as it has been asked for."""

    def __init__(self, package: Package, book: Workbook, sheet: Sheet) -> None:
        self.package = package
        self.book = book
        self.sheet = sheet
        self.stream = package.sheet(sheet.part)
        self._replaced = False
        self.styles = Styles(package)
        self.strings = SharedStrings(package)
        self.reader = CellReader(self.strings, self.styles, date1904=book.date1904)
        part = sheet.part
        if self.extendable:
            head, first, self.prefix = opening(self.stream.before_rows(), part)
            tail = self.stream.tail()
            self._first = self._rows_of(first)
        else:
            head, rows, tail, self.prefix = split(package.xml(part), part)
            self._first = self.__dict__["rows"] = self._rows_of(rows)
        self.frame = Frame(head, tail, prefix=self.prefix, what=part)

    def _rows_of(self, data: bytes) -> Rows:
        return Rows(data, prefix=self.prefix, what=self.sheet.part)

    @property
    def extendable(self) -> bool:
        """Whether rows can be added without touching those that are there."""
        return self.stream.ours and self.stream.pending is None and not self._replaced

    @cached_property
    def rows(self) -> Rows:
        """All rows."""
        return self._rows_of(split(self.stream.whole(), self.sheet.part)[1])

    @cached_property
    def last_rows(self) -> Rows:
        """The last rows, some at least; of an extendable stream nothing else is read."""
        if not self.extendable:
            return self.rows
        last = self._rows_of(self.stream.last_rows(_LAST))
        # Rows that don't say their number can be counted from the start alone.
        return last if b' r="' in last.data[:64] else self.rows

    @property
    def whole(self) -> bool:
        """Whether all rows have been read."""
        return "rows" in self.__dict__

    def replace_rows(self, data: bytes) -> None:
        """Go on with other rows than the package has; the next change writes them."""
        self._first = self.__dict__["rows"] = self._rows_of(data)
        self._replaced = True
        self.__dict__.pop("last_rows", None)

    def row(self, number: int) -> list[RawCell]:
        """Return the cells of a row."""
        rows = self._rows_with(number)
        return list(rows.cells(rows.row(number)))

    def _rows_with(self, number: int) -> Rows:
        """Return rows among which is the one of a number, if any is: the first, or all."""
        if not self._first.has(number) and self.extendable and not self.whole:
            start = self.package.head(self.sheet.part, b"\0", _FIRST)
            rows = opening(start, self.sheet.part)[1]
            close = f"</{self.prefix}row>".encode()
            end = rows.rfind(close) + len(close)
            self._first = self._rows_of(rows[:end]) if end > len(close) else self._first
        return self._first if self._first.has(number) else self.rows

    def column_xf(self, column: int) -> int:
        """Return the style that a column gives to cells without one of their own."""
        holder = self.frame.child("cols")
        for element in holder.children if holder is not None else ():
            said = element.attributes
            first, last, style = (_count(said.get(name)) for name in ("min", "max", "style"))
            if first <= column + 1 <= last:
                return style
        return 0

    def column_width(self, column: int) -> float:
        """Return how many characters wide a column is."""
        # By its bytes: no append needs more of what stands before the rows.
        for tag in _COLUMN.findall(self.frame.head):
            said = {name: float(digits) for name, digits in _SIZE.findall(tag)}
            if said.keys() >= _ALL and said[b"min"] <= column + 1 <= said[b"max"]:
                return said[b"width"]
        return DEFAULT_WIDTH

    @property
    def protected(self) -> bool:
        """Whether a person has locked the tab: Excel takes nothing there but in some cells."""
        found = self.frame.each("sheetProtection")
        return any(each.value("sheet") in {"1", "true"} for each in found)

    @cached_property
    def tables(self) -> list[Table]:
        """The tables on this tab."""
        return tables(self.package, self.sheet.part, self.frame)

    def titles(self, region: Region) -> dict[int, str]:
        """Return the header cells' texts by column; columns without one are left out."""
        texts = self._header_texts(region.header) if region.header else ()
        found = {column: text for column, text in texts if column in region.columns}
        if region.table is not None:
            for at, column in enumerate(region.table.columns, region.table.area.left):
                found.setdefault(at, column.title)
        return found

    def _header_texts(self, number: int) -> tuple[tuple[int, str], ...]:
        """Return column and text of a row's filled cells."""
        rows = self._rows_with(number)
        row = rows.row(number)
        known = titles(row)
        if known is None:
            cells = [cell for cell in rows.cells(row) if cell.filled]
            known = tuple((cell.column, self.reader.text(cell)) for cell in cells)
        return known

    def region(self, row: int = 0, columns: Collection[int] = ()) -> Region:
        """Return where the runs stand.

        Args:
            row: the header's, as the marks say; 0 where there are none.
            columns: that are marked, some at least.
        """
        if row:
            table = self._table(row, columns)
            if table is not None:
                left = min(table.area.left, *columns)
                right = max(table.area.right, *columns)
                return Region(header=row, left=left, right=right, table=table)
            return self._run(row, min(columns), max(columns))
        for table in self.tables:
            if table.headers and not table.fed:
                area = table.area
                return Region(header=area.top, left=area.left, right=area.right, table=table)
        filtered = self.frame.child("autoFilter")
        area_ = references.area((filtered.value("ref") or "") if filtered is not None else "")
        if area_ is not None:
            found = self._run(area_.top, area_.left, area_.right)
        else:
            found = self._looked_for()
        if any(_covers(area, found) for area in self._refreshed()):
            return _NOWHERE
        return found

    def _refreshed(self) -> Iterator[Area]:
        """Yield the areas that something fills anew from time to time: queries, pivot tables."""
        yield from (table.area for table in self.tables if table.fed)
        for each in self.package.relationships(self.sheet.part):
            if each.kind == "pivotTable" and self.package.has(each.target):
                location = parse(self.package.xml(each.target), each.target).child("location")
                ref = location.value("ref") if location is not None else None
                area = references.area(ref or "")
                if area is not None:
                    yield area

    def _table(self, row: int, columns: Iterable[int]) -> Table | None:
        """Return the table that has most of these columns under a header in this row."""
        best: tuple[int, Table | None] = (0, None)
        for table in self.tables:
            area = table.area
            if table.headers and area.top == row:
                count = sum(area.left <= column <= area.right for column in columns)
                best = max(best, (count, table), key=lambda entry: entry[0])
        return best[1]

    def _run(self, row: int, left: int, right: int, data: Collection[int] = frozenset()) -> Region:
        """Return the header from `left` to `right`, and on for as long as there are titles.

        Args:
            data: columns with values; one without a title, between others, belongs to them.
        """
        filled = {cell.column for cell in self.row(row) if cell.filled}

        def end(at: int, step: int) -> int:
            following = at + step
            while following in filled or following in data:
                at = following if following in filled else at
                following += step
            return at

        return Region(header=row, left=end(left, -1), right=end(right, 1))

    def _data_below(self, rows: Rows, index: int) -> frozenset[int]:
        """Return the columns that the row below a header fills; none if it may be a header."""
        at = index + 1
        if at >= len(rows) or rows.numbers[at] != rows.numbers[index] + 1:
            return frozenset()
        cells = [cell for cell in rows.cells(rows.content(at)) if cell.filled]
        if all(self._is_title(cell) for cell in cells):
            return frozenset()
        return frozenset(cell.column for cell in cells)

    def _looked_for(self) -> Region:
        """Return the first row that looks like a header: nothing but texts, two at least."""
        rows = self._first if len(self._first) > 1 else self.rows
        alone: Region | None = None
        for index in range(min(_LOOKED_AT, len(rows))):
            cells = [cell for cell in rows.cells(rows.content(index)) if cell.filled]
            if not cells:
                continue
            if not all(self._is_title(cell) for cell in cells):
                beside = self._beside_others(rows, index, cells)
                if beside is not None:
                    return beside
                continue
            columns = [cell.column for cell in cells]
            number = rows.numbers[index]
            below = self._data_below(rows, index)
            runs = (self._run(number, column, column, below) for column in columns)
            found = next((each for each in runs if each.left < each.right), None)
            if found is not None:
                return self._below_pairs(rows, index, found) or found
            if len(cells) == 1 and alone is None:
                alone = Region(header=number, left=columns[0], right=columns[0])
        if alone is not None and self._one_column(rows, alone.left):
            return alone
        return _NOWHERE

    def _beside_others(self, rows: Rows, index: int, cells: list[RawCell]) -> Region | None:
        """Return the header in a row that holds something else as well (a sum, `Best | 0.93`).

        Without it runs would go beside the data of such a tab. A row of data doesn't pass for
        one: three titles side by side, values right below, nothing but a heading right above.
        """
        others = {cell.column for cell in cells if not self._is_title(cell)}
        blocks = _side_by_side(cell.column for cell in cells)
        wide = (each for each in blocks if len(each) >= _WIDE and others.isdisjoint(each))
        block = next(wide, None)
        if block is None:
            return None
        above, below = (self._within(rows, index, step, block) for step in (-1, 1))
        if len(above) > 1 or all(map(self._is_title, below)):
            return None
        return Region(header=rows.numbers[index], left=block[0], right=block[-1])

    @staticmethod
    def _within(rows: Rows, index: int, step: int, columns: Collection[int]) -> list[RawCell]:
        """Return the filled cells of these columns in the row right above or below another."""
        at = index + step
        if not 0 <= at < len(rows) or rows.numbers[at] != rows.numbers[index] + step:
            return []
        cells = rows.cells(rows.content(at))
        return [cell for cell in cells if cell.filled and cell.column in columns]

    def _below_pairs(self, rows: Rows, index: int, pair: Region) -> Region | None:
        """Return the header below such pairs as `Project | MNIST` and a blank row; None: there is
        none, or what looks like a pair is the header of a table with two columns.
        """
        before = pair.header
        for at in range(index + 1, min(_LOOKED_AT, len(rows))):
            cells = [cell for cell in rows.cells(rows.content(at)) if cell.filled]
            if not cells:
                continue
            number = rows.numbers[at]
            if len(pair.columns) != 2 or not all(self._is_title(cell) for cell in cells):
                return None
            if number > before + 1:
                found = self._run(number, cells[0].column, cells[0].column)
                wide = len(found.columns) > 2
                filled = any(_covers(area, found) for area in self._refreshed())
                return found if wide and not filled else None
            before = number
        return None

    def _is_title(self, cell: RawCell) -> bool:
        return not cell.formula and isinstance(self.reader.value(cell), str)

    @staticmethod
    def _one_column(rows: Rows, column: int) -> bool:
        """Return whether no other column has anything in the first rows."""
        return not any(
            cell.filled and cell.column != column
            for index in range(min(_LOOKED_AT, len(rows)))
            for cell in rows.cells(rows.content(index))
        )


def _side_by_side(columns: Iterable[int]) -> list[range]:
    """Return the blocks of adjacent columns, from left to right."""
    blocks: list[range] = []
    for column in columns:
        if blocks and blocks[-1].stop == column:
            blocks[-1] = range(blocks[-1].start, column + 1)
        else:
            blocks.append(range(column, column + 1))
    return blocks


def _count(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0


def _covers(area: Area, region: Region) -> bool:
    beside = area.right < region.left or area.left > region.right
    return not beside and area.top <= region.header <= area.bottom
