"""Which cells a text or a GridRange means in one spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.google.sheets.a1 import NotA1Error, cell_name, parse_corners, quoted, split_sheet
from tests.google.sheets.areas import Area
from tests.google.sheets.refusals import RefusedError

if TYPE_CHECKING:
    from tests.google.sheets.areas import Box
    from tests.google.sheets.model import Sheet, Spreadsheet


def sheet_with_id(spreadsheet: Spreadsheet, sheet_id: int) -> Sheet:
    """The sheet with this id. Raises RefusedError."""
    sheet = spreadsheet.find(sheet_id)
    if sheet is None:
        raise RefusedError(f"No grid with id: {sheet_id}")
    return sheet


def area_of_text(spreadsheet: Spreadsheet, text: str) -> Area:
    """The cells that A1 text, a sheet's title, a named range or a table's name means.

    Raises RefusedError.
    """
    try:
        title, rest = split_sheet(text)
        return _bare(spreadsheet, rest) if title is None else _on(spreadsheet, title, rest)
    except NotA1Error:
        raise RefusedError(f"Unable to parse range: {text}") from None


def _on(spreadsheet: Spreadsheet, title: str, rest: str) -> Area:
    """What follows the `!` of a titled sheet; nothing means the whole sheet."""
    sheet = spreadsheet.find_title(title)
    if sheet is None:
        raise NotA1Error(title)
    if not rest:
        return Area(sheet_id=sheet.sheet_id)
    named = named_area(spreadsheet, rest)
    if named is not None and named.sheet_id == sheet.sheet_id:
        return named
    return parse_corners(rest).on(sheet.sheet_id)


def _bare(spreadsheet: Spreadsheet, text: str) -> Area:
    """A text without a `!`: cells of the first sheet, else a sheet, else a name."""
    try:
        return parse_corners(text).on(spreadsheet.sheets[0].sheet_id)
    except NotA1Error:
        sheet = spreadsheet.find_title(text)
        if sheet is not None:
            return Area(sheet_id=sheet.sheet_id)
        named = named_area(spreadsheet, text)
        if named is None:
            raise
        return named


def named_area(spreadsheet: Spreadsheet, name: str) -> Area | None:
    """The cells of the named range, or of the table, with this name."""
    folded = name.casefold()
    for named in spreadsheet.named_ranges:
        if named["name"].casefold() == folded and "range" in named:
            return Area.from_json(named["range"])
    for _, _, table in spreadsheet.stored("tables"):
        if table.get("name", "").casefold() == folded:
            return Area.from_json(table["range"])
    return None


def box_in_grid(spreadsheet: Spreadsheet, area: Area) -> tuple[Sheet, Box]:
    """The area's part of the grid. Raises RefusedError where it begins outside of it."""
    sheet = sheet_with_id(spreadsheet, area.sheet_id)
    top, left = area.top or 0, area.left or 0
    if top >= sheet.row_count or left >= sheet.column_count:
        raise beyond_grid(sheet, cell_name(top, left))
    return sheet, sheet.closed(area)


def requested_box(spreadsheet: Spreadsheet, grid_range: dict[str, Any]) -> tuple[Sheet, Box]:
    """The cells of a GridRange in a request.

    It must begin in the grid; what reaches beyond the grid's end is cut off, as recordings show.
    Raises RefusedError.
    """
    area = Area.from_json(grid_range)
    sheet = sheet_with_id(spreadsheet, area.sheet_id)
    for name, start, end, count in (
        ("row", area.top, area.bottom, sheet.row_count),
        ("column", area.left, area.right, sheet.column_count),
    ):
        first = start or 0
        if not 0 <= first < (count if end is None else min(end, count)):
            raise RefusedError(
                f"The {name} range {first}:{end} is empty, or outside of the grid of "
                f"{count} {name}s of sheet {sheet.sheet_id}"
            )
    return sheet, sheet.closed(area)


def beyond_grid(sheet: Sheet, cells: str) -> RefusedError:
    """The refusal of cells that the grid doesn't have."""
    return RefusedError(
        f"Range ({quoted(sheet.title)}!{cells}) exceeds grid limits. "
        f"Max rows: {sheet.row_count}, max columns: {sheet.column_count}"
    )
