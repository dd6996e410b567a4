"""Where new rows go: after the last run, and what stands there already.

The end of our table decides, not the last row of anything: below it may be totals, notes, another
table. Knows the worksheet's rows; knows no XML to write and no plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetlog.errors import RefusedError
from sheetlog.xlsx import references
from sheetlog.xlsx.rawrows import column_at
from sheetlog.xlsx.references import MAX_ROWS, Area

if TYPE_CHECKING:
    from sheetlog.xlsx.rawrows import RawCell, Rows
    from sheetlog.xlsx.worksheet import Region, Worksheet

_ABOVE = 5
"""Rows above the new ones whose styles count, as in Excel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where new rows go."""

    first: int
    """The first new row's number."""
    last: int
    """The last new row's number."""
    filled: int
    """The last row of data so far; the header's where there is none."""
    bottom: int
    """The last row of data once the new ones are there."""
    pushed: int
    """So many rows up to `bottom` have something in them, which has to move down."""


def find(sheet: Worksheet, region: Region, count: int) -> Place:
    """Return where `count` new rows go.

    Raises:
        RefusedError: there is no room left.
    """
    end = region.table.last if region.table is not None else MAX_ROWS
    rows = sheet.last_rows
    filled = _last_filled(sheet, rows, region, end)
    if filled is None:
        rows = sheet.rows
        filled = _last_filled(sheet, rows, region, end) or region.header
    if region.table is None:
        filled = max(filled, _obstacle(sheet, region, filled))
    last = filled + count
    if last > MAX_ROWS:
        raise RefusedError(
            f"the tab '{sheet.sheet.title}' has room for {MAX_ROWS - filled:,} more runs, and "
            f"{count:,} are to be written; start a new tab or workbook"
        )
    bottom = last if region.table is None else max(last, end)
    pushed = 0
    if region.table is not None and bottom > end:
        pushed = bottom - end if _taken(sheet, region, end + 1, bottom) else 0
    return Place(first=filled + 1, last=last, filled=filled, bottom=bottom, pushed=pushed)


def looks(sheet: Worksheet, region: Region, place: Place) -> dict[int, int]:
    """Return the style of each column: what most of the last rows have, else the nearest.

    One row that a person has coloured is no reason to colour all that follow.
    """
    wanted = range(place.filled, max(region.header, place.filled - _ABOVE), -1)
    rows = sheet.last_rows
    if wanted and not rows.has(wanted[0]):
        rows = sheet.rows
    there = [rows.content(rows.index(number)) for number in wanted if rows.has(number)]
    written = [rows.looks(row) for row in there]
    if written and written[0] and all(each == written[0] for each in written):
        return {column_at(name): int(xf or 0) for name, xf in written[0]}
    votes: dict[int, Counter[int]] = {}
    for row in there:
        for cell in rows.cells(row):
            votes.setdefault(cell.column, Counter())[cell.xf] += 1
    return {column: max(counted, key=counted.__getitem__) for column, counted in votes.items()}


def nearest(sheet: Worksheet, place: Place) -> list[RawCell]:
    """Return the cells of the last row of data."""
    rows = sheet.last_rows if sheet.last_rows.has(place.filled) else sheet.rows
    return list(rows.cells(rows.row(place.filled)))


def _last_filled(sheet: Worksheet, rows: Rows, region: Region, end: int) -> int | None:
    """Return the last row up to `end` that holds anything; None: these rows don't say it."""
    calculated = _calculated(region)
    for at in range(rows.index(end + 1) - 1, -1, -1):
        number = rows.numbers[at]
        if number <= region.header:
            return region.header
        if not rows.filled(at, region.left, region.right):
            continue
        if not calculated:
            return number
        # A table that was made longer than its data has its formulas in the blank rows, too.
        cells = [c for c in rows.cells(rows.content(at)) if c.column in region.columns]
        if any(cell.filled and not (cell.formula and cell.column in calculated) for cell in cells):
            return number
    return region.header if sheet.whole else None


def _calculated(region: Region) -> frozenset[int]:
    if region.table is None:
        return frozenset()
    columns = enumerate(region.table.columns, region.table.area.left)
    return frozenset(at for at, column in columns if column.formula)


def _taken(sheet: Worksheet, region: Region, first: int, last: int) -> bool:
    """Return whether anything stands in the region's columns in some rows below it."""
    if region.table is not None and region.table.totals:
        return True
    wanted = Area(left=region.left, right=region.right, top=first, bottom=last)
    if any(_overlap(wanted, area) for area in _blocks(sheet, region)):
        return True
    rows = sheet.last_rows
    if not rows.numbers or rows.numbers[0] > first:
        rows = sheet.rows
    return any(
        rows.filled(at, region.left, region.right)
        for at in range(rows.index(first), rows.index(last + 1))
    )


def _obstacle(sheet: Worksheet, region: Region, filled: int) -> int:
    """Return the last row of merged cells or another table below the data, which is gone below."""
    found = filled
    for area in _blocks(sheet, region):
        beside = area.right < region.left or area.left > region.right
        if not beside and area.bottom > found and area.bottom < MAX_ROWS:
            found = area.bottom
    return found


def _blocks(sheet: Worksheet, region: Region) -> Iterator[Area]:
    """Yield the areas that rows cannot be written into: merged cells and other tables."""
    for element in sheet.frame.each("mergeCell"):
        area = references.area(element.value("ref") or "")
        if area is not None:
            yield area
    for table in sheet.tables:
        if region.table is None or table.part != region.table.part:
            yield table.area


def _overlap(one: Area, other: Area) -> bool:
    return (
        one.left <= other.right
        and other.left <= one.right
        and one.top <= other.bottom
        and other.top <= one.bottom
    )
