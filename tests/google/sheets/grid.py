"""Rows and columns put in, taken out and moved, with their cells and all that points at them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.google.sheets.carry import Shift, carry
from tests.google.sheets.celledit import with_validation
from tests.google.sheets.model import (
    BLANK,
    EMPTY_ROW,
    MAX_CELLS,
    MAX_COLUMNS,
    Cell,
    Dimension,
    Row,
)
from tests.google.sheets.motions import Deleted, Inserted, Moved
from tests.google.sheets.refusals import RefusedError

if TYPE_CHECKING:
    from tests.google.sheets.model import Sheet, Spreadsheet
    from tests.google.sheets.motions import Motion


def insert(
    spreadsheet: Spreadsheet, sheet: Sheet, name: str, motion: Inserted, *, before: bool
) -> None:
    """Put blank rows or columns in, which look like those before or those after them."""
    neighbour = motion.at - 1 if before else motion.at
    cells, dimension = _inherited(sheet, name, neighbour)
    if name == "ROWS":
        _insert_rows(sheet, motion, cells)
    else:
        _insert_columns(sheet, motion, cells)
    _shift_dimensions(sheet, name, motion)
    if dimension is not None:
        new = range(motion.at, motion.at + motion.count)
        sheet.dimensions[name] |= dict.fromkeys(new, dimension)
    _set_count(sheet, name, sheet.count(name) + motion.count)
    if motion.at < frozen(sheet, name):
        set_frozen(sheet, name, frozen(sheet, name) + motion.count)
    check_room(spreadsheet)
    shift = Shift(sheet_id=sheet.sheet_id, name=name, motion=motion, inherits_before=before)
    carry(spreadsheet, shift)


def _inherited(
    sheet: Sheet, name: str, neighbour: int
) -> tuple[dict[int, Cell], Dimension | None]:
    """The looks that a new row (column) takes from its neighbour, by column (row)."""
    if name == "ROWS":
        source = dict(sheet.row(neighbour)) if neighbour >= 0 else {}
    else:
        source = {i: row[neighbour] for i, row in enumerate(sheet.rows) if neighbour in row}
    cells = {index: look for index, cell in source.items() if (look := _look(cell)) != BLANK}
    known = sheet.dimensions[name].get(neighbour)
    if known is None or known.pixel_size is None:
        return cells, None
    return cells, Dimension(pixel_size=known.pixel_size)


def _look(cell: Cell) -> Cell:
    """A blank cell with the format and the validation of this one; a checkbox comes unticked."""
    return with_validation(Cell(format=cell.format), cell.validation)


def _insert_rows(sheet: Sheet, motion: Inserted, cells: dict[int, Cell]) -> None:
    row = Row(cells) if cells else EMPTY_ROW
    if motion.at > len(sheet.rows) and row is EMPTY_ROW:
        return
    sheet.rows.extend([EMPTY_ROW] * (motion.at - len(sheet.rows)))
    sheet.rows[motion.at : motion.at] = [row] * motion.count


def _insert_columns(sheet: Sheet, motion: Inserted, cells: dict[int, Cell]) -> None:
    new = range(motion.at, motion.at + motion.count)
    for index, row in enumerate(sheet.rows):
        moved = {
            column + (motion.count if column >= motion.at else 0): row[column] for column in row
        }
        if index in cells:
            moved |= dict.fromkeys(new, cells[index])
        sheet.rows[index] = Row(moved) if moved else EMPTY_ROW


def delete(spreadsheet: Spreadsheet, sheet: Sheet, name: str, motion: Deleted) -> None:
    """Take rows or columns out."""
    count = sheet.count(name)
    gone = motion.end - motion.start
    if gone >= count:
        raise RefusedError(f"You can't delete all the {name.lower()} on the sheet.")
    held = frozen(sheet, name)
    left_frozen = held - max(0, min(motion.end, held) - motion.start)
    if left_frozen >= count - gone:
        raise RefusedError(f"Sorry, it is not possible to delete all non-frozen {name.lower()}.")
    if name == "ROWS":
        del sheet.rows[motion.start : motion.end]
    else:
        _map_columns(sheet, motion)
    _shift_dimensions(sheet, name, motion)
    _set_count(sheet, name, count - gone)
    set_frozen(sheet, name, left_frozen)
    carry(spreadsheet, Shift(sheet_id=sheet.sheet_id, name=name, motion=motion))


def move(
    spreadsheet: Spreadsheet, sheet: Sheet, name: str, motion: Moved, *, metadata_stays: bool
) -> None:
    """Put rows or columns in another place."""
    if name == "ROWS":
        missing = max(motion.end, motion.to) - len(sheet.rows)
        sheet.rows.extend([EMPTY_ROW] * missing)
        block = sheet.rows[motion.start : motion.end]
        del sheet.rows[motion.start : motion.end]
        sheet.rows[motion.target : motion.target] = block
    else:
        _map_columns(sheet, motion)
    _shift_dimensions(sheet, name, motion)
    shift = Shift(sheet_id=sheet.sheet_id, name=name, motion=motion, metadata_stays=metadata_stays)
    carry(spreadsheet, shift)


def _map_columns(sheet: Sheet, motion: Motion) -> None:
    for index, row in enumerate(sheet.rows):
        places = ((motion.index(column), cell) for column, cell in row.items())
        moved = {column: cell for column, cell in places if column is not None}
        sheet.rows[index] = Row(moved) if moved else EMPTY_ROW


def _shift_dimensions(sheet: Sheet, name: str, motion: Motion) -> None:
    sheet.dimensions[name] = {
        new: dimension
        for index, dimension in sheet.dimensions[name].items()
        if (new := motion.index(index)) is not None
    }


def append(spreadsheet: Spreadsheet, sheet: Sheet, name: str, count: int) -> None:
    """Add plain rows or columns at the end of the grid."""
    _set_count(sheet, name, sheet.count(name) + count)
    check_room(spreadsheet)


def resize(spreadsheet: Spreadsheet, sheet: Sheet, name: str, count: int) -> None:
    """Make the grid this long or wide; what is cut off is deleted."""
    if count < 1:
        raise RefusedError(f"A sheet needs at least one of its {name.lower()}.")
    now = sheet.count(name)
    if count < now:
        delete(spreadsheet, sheet, name, Deleted(count, now))
    elif count > now:
        append(spreadsheet, sheet, name, count - now)


def _set_count(sheet: Sheet, name: str, count: int) -> None:
    if name == "ROWS":
        sheet.row_count = count
    else:
        sheet.column_count = count


def frozen(sheet: Sheet, name: str) -> int:
    """How many rows or columns are frozen."""
    return sheet.frozen_rows if name == "ROWS" else sheet.frozen_columns


def set_frozen(sheet: Sheet, name: str, count: int) -> None:
    if name == "ROWS":
        sheet.frozen_rows = count
    else:
        sheet.frozen_columns = count


def check_room(spreadsheet: Spreadsheet) -> None:
    """Refuse a grid of more columns, or a file of more cells, than Sheets has room for."""
    if any(sheet.column_count > MAX_COLUMNS for sheet in spreadsheet.sheets):
        raise RefusedError(
            "This action would increase the number of columns in the sheet above the limit of "
            f"{MAX_COLUMNS} columns."
        )
    if spreadsheet.cell_count() > MAX_CELLS:
        raise RefusedError(
            "This action would increase the number of cells in the workbook above the limit of "
            f"{MAX_CELLS} cells."
        )


def set_hidden_by_filter(sheet: Sheet, rows: range, hidden: set[int]) -> None:
    """Show the rows, but for those that a filter hides."""
    for index in rows:
        old = sheet.dimension("ROWS", index)
        if old.hidden_by_filter != (index in hidden):
            sheet.dimensions["ROWS"][index] = replace(old, hidden_by_filter=index in hidden)
