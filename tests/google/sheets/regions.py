"""Table detection: which block of touching cells an append belongs to.

The rules are those of Google's guide, "Append values": a range that takes in several tables means
the last of them; a range in no table is written to as it stands. An empty row or column ends a
table, so an empty cell in a header may split it in two.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.google.sheets.areas import Box
    from tests.google.sheets.model import Sheet


def table_for_append(sheet: Sheet, box: Box) -> Box | None:
    """The last table that shares a cell with the box; None if there is none."""
    last = _last_filled(sheet, box)
    if last is not None:
        return _grown(sheet, _single(box, *last))
    # Blank cells can still lie in a table: in the gaps between its filled cells.
    found: Box | None = None
    for row, column in _filled_beside(sheet, box):
        if found is not None and _contains(found, row, column):
            continue
        table = _grown(sheet, _single(box, row, column))
        if table.area.meets(box.area):
            found = table
    return found


def _single(box: Box, row: int, column: int) -> Box:
    return replace(box, top=row, bottom=row + 1, left=column, right=column + 1)


def _contains(box: Box, row: int, column: int) -> bool:
    return box.top <= row < box.bottom and box.left <= column < box.right


def _is_filled(sheet: Sheet, row: int, column: int) -> bool:
    if row < 0 or column < 0:
        return False
    cell = sheet.row(row).get(column)
    return cell is not None and cell.entered is not None


def _last_filled(sheet: Sheet, box: Box) -> tuple[int, int] | None:
    """The lowest, then rightmost, cell of the box that holds a value."""
    for row in range(min(box.bottom, len(sheet.rows)) - 1, box.top - 1, -1):
        filled = [
            column
            for column, cell in sheet.row(row).items()
            if box.left <= column < box.right and cell.entered is not None
        ]
        if filled:
            return row, max(filled)
    return None


def _filled_beside(sheet: Sheet, box: Box) -> Iterator[tuple[int, int]]:
    """The filled cells in the rows of the box: a table around the box has one in each of them."""
    for row in range(box.top, min(box.bottom, len(sheet.rows))):
        for column in sorted(sheet.row(row)):
            if _is_filled(sheet, row, column):
                yield row, column


def _grown(sheet: Sheet, box: Box) -> Box:
    """The box, grown until nothing filled touches it, corners included."""
    while True:
        before = box
        while _row_touches(sheet, box, box.top - 1):
            box = replace(box, top=box.top - 1)
        while _row_touches(sheet, box, box.bottom):
            box = replace(box, bottom=box.bottom + 1)
        while _column_touches(sheet, box, box.left - 1):
            box = replace(box, left=box.left - 1)
        while _column_touches(sheet, box, box.right):
            box = replace(box, right=box.right + 1)
        if box == before:
            return box


def _row_touches(sheet: Sheet, box: Box, row: int) -> bool:
    return any(_is_filled(sheet, row, c) for c in range(box.left - 1, box.right + 1))


def _column_touches(sheet: Sheet, box: Box, column: int) -> bool:
    return any(_is_filled(sheet, r, column) for r in range(box.top - 1, box.bottom + 1))
