"""Cells copied, cut, filled and shifted."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.google.sheets.areas import Area, Box
from tests.google.sheets.functions import FormulaError
from tests.google.sheets.model import BLANK, Cell, Entered, Formula
from tests.google.sheets.references import carried
from tests.google.sheets.refusals import RefusedError
from tests.google.sheets.typing_in import typed
from tests.google.sheets.worth import Worth

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.batch import Batch
    from tests.google.sheets.model import Sheet
    from tests.google.sheets.worth import Value

Json = dict[str, Any]
DEFAULT_KIND = "PASTE_NORMAL"


def _pasted(kind: str, source: Cell, target: Cell, value: Entered, by: tuple[int, int]) -> Cell:
    """The target cell after a paste from `by` rows and columns away; `value` is the source's."""
    if kind == "PASTE_FORMAT":
        return replace(target, format=source.format)
    if kind == "PASTE_DATA_VALIDATION":
        return replace(target, validation=source.validation)
    if kind == "PASTE_CONDITIONAL_FORMATTING":
        return target
    entered = source.entered
    if isinstance(entered, Formula):
        entered = Formula(carried(entered.text, *by))
    if kind == "PASTE_VALUES":
        return target.with_value(value)
    if kind == "PASTE_FORMULA":
        return target.with_value(entered)
    pasted = replace(source, entered=entered)
    if kind == "PASTE_NO_BORDERS" and pasted.format:
        look = {name: item for name, item in pasted.format.items() if name != "borders"}
        pasted = replace(pasted, format=look or None)
    return pasted


def _paste(
    batch: Batch, source: tuple[Sheet, Box], target: tuple[Sheet, Box], kind: str, *, turned: bool
) -> None:
    """Put the source's cells into the target, again and again as far as it reaches."""
    (from_sheet, box), (to_sheet, into) = source, target
    worth = Worth(batch.spreadsheet)
    known = {
        (row - box.top, column - box.left): (
            from_sheet.cell(row, column),
            _bare(worth.of(from_sheet, row, column, from_sheet.cell(row, column))),
        )
        for row in box.rows
        for column in box.columns
    }
    height, width = (box.width, box.height) if turned else (box.height, box.width)

    def step(cell: Cell, row: int, column: int) -> Cell:
        down, right = (row - into.top) % height, (column - into.left) % width
        down, right = (right, down) if turned else (down, right)
        old, value = known[down, right]
        by = (row - box.top - down, column - box.left - right)
        return _pasted(kind, old, cell, value, by)

    to_sheet.change(into, step)


def _bare(value: Value) -> Entered:
    """A value as it can be entered; an error becomes the text that it shows."""
    return value.shown if isinstance(value, FormulaError) else value


def copy_paste(batch: Batch, body: Json) -> None:
    source = batch.box(body.get("source", {}))
    sheet, box = batch.box(body.get("destination", {}))
    turned = body.get("pasteOrientation") == "TRANSPOSE"
    height, width = source[1].height, source[1].width
    if turned:
        height, width = width, height
    # A destination that isn't a multiple of the source takes one copy of it.
    fits = box.height % height == 0 and box.width % width == 0
    into = box if fits else replace(box, bottom=box.top + height, right=box.left + width)
    if into.bottom > sheet.row_count or into.right > sheet.column_count:
        raise RefusedError("The paste reaches beyond the grid.")
    batch.check_unprotected(sheet, into)
    kind = body.get("pasteType", DEFAULT_KIND)
    _paste(batch, source, (sheet, into), kind, turned=turned)


def cut_paste(batch: Batch, body: Json) -> None:
    sheet, box = batch.writable(body.get("source", {}))
    corner = body.get("destination", {})
    target = batch.sheet(corner.get("sheetId", 0))
    top, left = corner.get("rowIndex", 0), corner.get("columnIndex", 0)
    into = Box(
        sheet_id=target.sheet_id,
        top=top,
        bottom=top + box.height,
        left=left,
        right=left + box.width,
    )
    if into.bottom > target.row_count or into.right > target.column_count:
        raise RefusedError("The paste reaches beyond the grid.")
    batch.check_unprotected(target, into)
    known = {(r, c): sheet.cell(r, c) for r in box.rows for c in box.columns}

    def cleared(cell: Cell, row: int, column: int) -> Cell:
        return BLANK

    def step(cell: Cell, row: int, column: int) -> Cell:
        old = known[row - into.top + box.top, column - into.left + box.left]
        # What is moved, not copied, keeps its references.
        kind = body.get("pasteType", DEFAULT_KIND)
        return _pasted(kind, old, cell, old.entered, (0, 0))

    sheet.change(box, cleared)
    target.change(into, step)


def paste_data(batch: Batch, body: Json) -> None:
    corner = body.get("coordinate", {})
    sheet = batch.sheet(corner.get("sheetId", 0))
    if body.get("html"):
        raise RefusedError("HTML can't be pasted here.")
    delimiter = body.get("delimiter") or "\t"
    rows = list(csv.reader(io.StringIO(body.get("data", "")), delimiter=delimiter))
    top, left = corner.get("rowIndex", 0), corner.get("columnIndex", 0)
    width = max(map(len, rows), default=0)
    if top + len(rows) > sheet.row_count or left + width > sheet.column_count:
        raise RefusedError("The paste reaches beyond the grid.")
    for index, row in enumerate(rows, start=top):
        old = sheet.row(index)
        edits = {c: typed(old.get(c, BLANK), text) for c, text in enumerate(row, start=left)}
        sheet.edit_row(index, edits)


def auto_fill(batch: Batch, body: Json) -> None:
    """The source repeated in one direction; a row of numbers is continued as a series."""
    fill = body.get("sourceAndDestination")
    if fill is None:
        raise RefusedError("Only sourceAndDestination can be filled here.")
    sheet, box = batch.writable(fill.get("source", {}))
    length = fill.get("fillLength", 0)
    rows = fill.get("dimension", "ROWS") == "ROWS"
    count = box.height if rows else box.width
    start = (
        (box.bottom if rows else box.right)
        if length > 0
        else ((box.top if rows else box.left) + length)
    )
    into = (
        replace(box, top=start, bottom=start + abs(length))
        if rows
        else replace(box, left=start, right=start + abs(length))
    )
    batch.writable(into.area.to_json())

    def step(cell: Cell, row: int, column: int) -> Cell:
        first = box.top if rows else box.left
        at = (row if rows else column) - first
        old_row = first + at % count if rows else row
        old_column = column if rows else first + at % count
        old = sheet.cell(old_row, old_column)
        return _pasted(DEFAULT_KIND, old, cell, None, (row - old_row, column - old_column))

    sheet.change(into, step)


def insert_range(batch: Batch, body: Json) -> None:
    """Blank cells come in; what was there moves down, or right."""
    sheet, box = batch.writable(body.get("range", {}))
    _check_whole_tables(sheet, box, body.get("shiftDimension", ""))
    if body.get("shiftDimension") == "ROWS":
        for column in box.columns:
            cells = [sheet.cell(row, column) for row in range(box.top, sheet.row_count)]
            shifted = [BLANK] * box.height + cells
            _put_column(sheet, box.top, column, shifted)
    else:
        for row in box.rows:
            cells = [sheet.cell(row, column) for column in range(box.left, sheet.column_count)]
            _put_row(sheet, row, box.left, [BLANK] * box.width + cells)


def delete_range(batch: Batch, body: Json) -> None:
    """Cells go; what is below, or on the right, moves up to fill their place."""
    sheet, box = batch.writable(body.get("range", {}))
    _check_whole_tables(sheet, box, body.get("shiftDimension", ""))
    if body.get("shiftDimension") == "ROWS":
        for column in box.columns:
            cells = [sheet.cell(row, column) for row in range(box.bottom, sheet.row_count)]
            _put_column(sheet, box.top, column, cells + [BLANK] * box.height)
    else:
        for row in box.rows:
            cells = [sheet.cell(row, column) for column in range(box.right, sheet.column_count)]
            _put_row(sheet, row, box.left, cells + [BLANK] * box.width)


def _check_whole_tables(sheet: Sheet, box: Box, dimension: str) -> None:
    """A shift through a part of a table's width, or of its height, is refused."""
    if dimension not in ("ROWS", "COLUMNS"):
        raise RefusedError("The shiftDimension must be ROWS or COLUMNS.")
    moved = (
        replace(box, bottom=sheet.row_count)
        if dimension == "ROWS"
        else (replace(box, right=sheet.column_count))
    )
    for table in sheet.stored["tables"]:
        area = Area.from_json(table["range"])
        if area.meets(moved.area):
            raise RefusedError("Cells can't be shifted through a part of a table.")


def _put_column(sheet: Sheet, top: int, column: int, cells: list[Cell]) -> None:
    for row, cell in zip(range(top, sheet.row_count), cells, strict=False):
        if cell is not BLANK or column in sheet.row(row):
            sheet.put(row, column, cell)


def _put_row(sheet: Sheet, row: int, left: int, cells: list[Cell]) -> None:
    edits = dict(zip(range(left, sheet.column_count), cells, strict=False))
    sheet.edit_row(row, edits)


REQUESTS: dict[str, Callable[[Batch, Json], Json | None]] = {
    "copyPaste": copy_paste,
    "cutPaste": cut_paste,
    "pasteData": paste_data,
    "autoFill": auto_fill,
    "insertRange": insert_range,
    "deleteRange": delete_range,
}
