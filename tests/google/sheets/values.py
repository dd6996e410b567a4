"""The cells' values read and written as lists of rows: what `spreadsheets.values` is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.google.sheets import grid
from tests.google.sheets.a1 import box_name, cell_name, column_letters
from tests.google.sheets.areas import Area, Box
from tests.google.sheets.cellview import CellView
from tests.google.sheets.lookup import beyond_grid, box_in_grid
from tests.google.sheets.model import BLANK
from tests.google.sheets.motions import Inserted
from tests.google.sheets.refusals import RefusedError
from tests.google.sheets.regions import table_for_append
from tests.google.sheets.typing_in import raw, typed
from tests.google.sheets.validation import check_validation
from tests.google.sheets.worth import Worth

if TYPE_CHECKING:
    from tests.google.sheets.batch import Batch
    from tests.google.sheets.model import Cell, Sheet, Spreadsheet

Json = dict[str, Any]
Rows = list[list[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """How values are read: the three options of values.get."""

    major: str = ""
    render: str = ""
    dates: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """How values are written, and whether and how they are read back."""

    option: str = ""
    read_back: bool = False
    rendering: Rendering = Rendering()


def transposed(rows: Rows, blank: Any) -> Rows:
    """Rows for columns, short ones filled up with `blank`."""
    width = max(map(len, rows), default=0)
    return [[row[i] if i < len(row) else blank for row in rows] for i in range(width)]


def value_range(spreadsheet: Spreadsheet, area: Area, how: Rendering) -> Json:
    """The ValueRange of an area; `values` is absent, not empty, where no cell holds anything."""
    sheet, box = box_in_grid(spreadsheet, area)
    rows = read_rows(CellView(Worth(spreadsheet)), sheet, box, how)
    if how.major == "COLUMNS":
        rows = trimmed(transposed(rows, ""))
    result: Json = {
        "range": box_name(sheet.title, box),
        "majorDimension": "COLUMNS" if how.major == "COLUMNS" else "ROWS",
    }
    return result | ({"values": rows} if rows else {})


def read_rows(view: CellView, sheet: Sheet, box: Box, how: Rendering) -> Rows:
    """The box's values; blanks at the end of a row, and blank rows at the end, are left out."""
    rows: Rows = []
    for index in range(box.top, min(box.bottom, len(sheet.rows))):
        row = sheet.row(index)
        last = max((c for c in row if box.left <= c < box.right), default=box.left - 1)
        values: list[Any] = [""] * (last + 1 - box.left)
        for column in range(box.left, last + 1):
            cell = row.get(column)
            if cell is not None:
                values[column - box.left] = view.scalar(
                    sheet, index, column, cell, render=how.render, dates=how.dates
                )
        rows.append(values)
    return trimmed(rows)


def trimmed(rows: Rows) -> Rows:
    """Without blanks at the end of each row, and without blank rows at the end."""
    for row in rows:
        while row and row[-1] == "":
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def write(batch: Batch, area: Area, body: Json, how: Writing) -> Json:
    """Put a ValueRange's values into the area; gives back an UpdateValuesResponse."""
    sheet, box = box_in_grid(batch.spreadsheet, area)
    rows: Rows = body.get("values", [])
    if body.get("majorDimension") == "COLUMNS":
        rows = transposed(rows, None)
    into = replace(
        box, bottom=box.top + len(rows), right=box.left + max(map(len, rows), default=0)
    )
    _check_reach(sheet, area, box, into)
    _write_rows(batch, sheet, into, rows, how)
    return _update_response(batch, sheet, into, body.get("values", []), how)


def _check_reach(sheet: Sheet, area: Area, box: Box, into: Box) -> None:
    """Refuse values beyond the grid, or beyond a range that is more than one cell."""
    name = box_name(sheet.title, box)
    if box.height > 1 or box.width > 1:
        if area.bottom is not None and into.bottom > area.bottom:
            raise RefusedError(
                f"Requested writing within range [{name}], but tried writing to row "
                f"[{area.bottom + 1}]"
            )
        if area.right is not None and into.right > area.right:
            raise RefusedError(
                f"Requested writing within range [{name}], but tried writing to column "
                f"[{column_letters(area.right)}]"
            )
    if into.bottom > sheet.row_count or into.right > sheet.column_count:
        start = cell_name(into.top, into.left)
        end = cell_name(into.bottom - 1, max(into.right, 1) - 1)
        raise beyond_grid(sheet, start if start == end else f"{start}:{end}")


def _write_rows(batch: Batch, sheet: Sheet, into: Box, rows: Rows, how: Writing) -> None:
    """Put the rows into their place; None skips a cell, "" clears it."""
    batch.check_unprotected(sheet, into)
    enter = typed if how.option == "USER_ENTERED" else raw
    for index, values in enumerate(rows, start=into.top):
        old = sheet.row(index)
        edits: dict[int, Cell] = {
            column: enter(old.get(column, BLANK), value)
            for column, value in enumerate(values, start=into.left)
            if value is not None
        }
        if edits:
            sheet.edit_row(index, edits)
    check_validation(batch, sheet, into)


def _update_response(batch: Batch, sheet: Sheet, into: Box, values: Rows, how: Writing) -> Json:
    """What was written: the part of the range that values were sent for."""
    spreadsheet = batch.spreadsheet
    result: Json = {
        "spreadsheetId": spreadsheet.spreadsheet_id,
        "updatedRange": box_name(sheet.title, into),
    }
    cells = sum(value is not None for row in values for value in row)
    if cells:
        result |= {
            "updatedRows": into.height,
            "updatedColumns": into.width,
            "updatedCells": cells,
        }
    if how.read_back:
        result["updatedData"] = value_range(spreadsheet, into.area, how.rendering)
    return result


def write_many(batch: Batch, items: list[tuple[Area, Json]], how: Writing) -> Json:
    """Several ValueRanges, all or none; gives back a BatchUpdateValuesResponse."""
    responses = [write(batch, area, body, how) for area, body in items]
    rows: set[tuple[int, int]] = set()
    columns: set[tuple[int, int]] = set()
    for area, response in zip((area for area, _ in items), responses, strict=True):
        if "updatedCells" not in response:
            continue
        top, left = area.top or 0, area.left or 0
        down, right = range(response["updatedRows"]), range(response["updatedColumns"])
        rows |= {(area.sheet_id, top + index) for index in down}
        columns |= {(area.sheet_id, left + index) for index in right}
    totals = {
        "totalUpdatedRows": len(rows),
        "totalUpdatedColumns": len(columns),
        "totalUpdatedCells": sum(response.get("updatedCells", 0) for response in responses),
        "totalUpdatedSheets": len({sheet_id for sheet_id, _ in rows}),
    }
    result: Json = {"spreadsheetId": batch.spreadsheet.spreadsheet_id}
    result |= {name: total for name, total in totals.items() if total}
    return {**result, "responses": responses}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where an append goes: the table that was found, if any, and the first cell to write."""

    table: Box | None
    row: int
    column: int


def find_spot(spreadsheet: Spreadsheet, area: Area) -> Spot:
    """The place below the area's last table; the area's own first cell if it has none."""
    sheet, box = box_in_grid(spreadsheet, area)
    table = table_for_append(sheet, box)
    if table is None:
        return Spot(table=None, row=box.top, column=box.left)
    return Spot(table=table, row=table.bottom, column=table.left)


def append(
    batch: Batch, area: Area, spot: Spot, body: Json, how: Writing, *, insert_rows: bool
) -> Json:
    """Put values below a table; gives back an AppendValuesResponse."""
    sheet, _ = box_in_grid(batch.spreadsheet, area)
    rows: Rows = body.get("values", [])
    if body.get("majorDimension") == "COLUMNS":
        rows = transposed(rows, None)
    into = Box(
        sheet_id=sheet.sheet_id,
        top=spot.row,
        bottom=spot.row + len(rows),
        left=spot.column,
        right=spot.column + max(map(len, rows), default=0),
    )
    if insert_rows and spot.table is not None and rows and spot.row < sheet.row_count:
        motion = Inserted(spot.row, len(rows))
        grid.insert(batch.spreadsheet, sheet, "ROWS", motion, before=True)
    for name, end in (("ROWS", into.bottom), ("COLUMNS", into.right)):
        missing = end - sheet.count(name)
        if missing > 0:
            grid.append(batch.spreadsheet, sheet, name, missing)
    _write_rows(batch, sheet, into, rows, how)
    result: Json = {"spreadsheetId": batch.spreadsheet.spreadsheet_id}
    if spot.table is not None:
        result["tableRange"] = box_name(sheet.title, spot.table)
    result["updates"] = _update_response(batch, sheet, into, body.get("values", []), how)
    return result


def clear(batch: Batch, area: Area) -> str:
    """Take the values out of the area, its formats stay; gives back the range as text."""
    sheet, box = box_in_grid(batch.spreadsheet, area)
    batch.check_unprotected(sheet, box)
    for index in range(box.top, min(box.bottom, len(sheet.rows))):
        edits = {
            column: cell.with_value(None)
            for column, cell in sheet.row(index).items()
            if box.left <= column < box.right and cell.entered is not None
        }
        if edits:
            sheet.edit_row(index, edits)
    return box_name(sheet.title, box)
