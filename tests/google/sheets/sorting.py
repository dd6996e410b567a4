"""Rows put in order: numbers before text before booleans, blanks last in either direction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.google.sheets.functions import FormulaError
from tests.google.sheets.model import BLANK, Cell, Formula
from tests.google.sheets.references import carried
from tests.google.sheets.refusals import RefusedError
from tests.google.sheets.worth import Worth

if TYPE_CHECKING:
    from tests.google.sheets.areas import Box
    from tests.google.sheets.model import Sheet, Spreadsheet
    from tests.google.sheets.worth import Value

Json = dict[str, Any]


def sort_rows(
    spreadsheet: Spreadsheet, sheet: Sheet, box: Box, specs: list[Json], *, metadata_follows: bool
) -> None:
    """Sort the box's rows by the specs, the first being the weightiest; hidden rows stay.

    What moves is the cells within the box, not the rows. Raises RefusedError for merged rows.
    """
    for merge in sheet.merges:
        if merge.height > 1 and merge.area.meets(box.area):
            raise RefusedError("You can't sort a range with vertical merges.")
    places = [row for row in box.rows if not _is_hidden(sheet, row)]
    order = _ordered(Worth(spreadsheet), sheet, places, box, specs)
    moved = [
        (place, row, {c: _carried(sheet.cell(row, c), place - row) for c in box.columns})
        for place, row in zip(places, order, strict=True)
        if place != row
    ]
    for place, _, cells in moved:
        sheet.edit_row(place, cells)
    if metadata_follows:
        _follow(spreadsheet, sheet, {row: place for place, row, _ in moved})


def _is_hidden(sheet: Sheet, row: int) -> bool:
    dimension = sheet.dimension("ROWS", row)
    return dimension.hidden_by_user or dimension.hidden_by_filter


def _ordered(
    worth: Worth, sheet: Sheet, places: list[int], box: Box, specs: list[Json]
) -> list[int]:
    order = list(places)
    for spec in reversed(specs):
        column = spec.get("dimensionIndex", 0)
        if not box.left <= column < box.right:
            raise RefusedError(f"The column {column} to sort by is outside of the range.")
        values = {row: worth.of(sheet, row, column, sheet.cell(row, column)) for row in places}
        filled = [row for row in order if values[row] is not None]
        blank = [row for row in order if values[row] is None]
        filled.sort(
            key=lambda row: _key(values[row]),
            reverse=spec.get("sortOrder") == "DESCENDING",
        )
        order = filled + blank
    return order


def _key(value: Value) -> tuple[int, Any]:
    if isinstance(value, FormulaError):
        return 3, value.kind
    if isinstance(value, bool):
        return 2, value
    return (1, value.casefold()) if isinstance(value, str) else (0, value)


def _carried(cell: Cell, rows: int) -> Cell:
    """The cell as it reads in its new row."""
    if cell is BLANK or not isinstance(cell.entered, Formula):
        return cell
    return replace(cell, entered=Formula(carried(cell.entered.text, rows, 0)))


def _follow(spreadsheet: Spreadsheet, sheet: Sheet, places: dict[int, int]) -> None:
    spreadsheet.metadata = {
        entry.metadata_id: (
            replace(entry, index=places.get(entry.index, entry.index))
            if entry.sheet_id == sheet.sheet_id and entry.dimension == "ROWS"
            else entry
        )
        for entry in spreadsheet.metadata.values()
    }
