"""A spreadsheet as an xlsx file, for files.export: typed values, formats, widths, notes, links.

Charts, conditional formats and filters are left out; `convert` says which exports there are.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, cast

from tests.google.whole import read_whole, rgb_hex

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from tests.google.world import World

Json = dict[str, Any]

PIXELS_PER_CHARACTER = 7.0
FORBIDDEN_IN_TITLES = str.maketrans(dict.fromkeys("\\/*?:[]", "_"))
LONGEST_TITLE = 31


def workbook_of(world: World, spreadsheet_id: str) -> bytes:
    """The bytes of the xlsx file. Raises ApiError."""
    from openpyxl import Workbook

    workbook = Workbook()
    del workbook["Sheet"]
    for sheet in read_whole(world, spreadsheet_id)["sheets"]:
        properties = sheet["properties"]
        title = properties["title"].translate(FORBIDDEN_IN_TITLES)[:LONGEST_TITLE]
        worksheet = workbook.create_sheet(title)
        _fill(worksheet, sheet)
        if properties.get("hidden"):
            worksheet.sheet_state = "hidden"
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _fill(worksheet: Worksheet, sheet: Json) -> None:
    from openpyxl.utils import get_column_letter

    grid = sheet["properties"]["gridProperties"]
    frozen = (grid.get("frozenRowCount", 0), grid.get("frozenColumnCount", 0))
    if any(frozen):
        worksheet.freeze_panes = f"{get_column_letter(frozen[1] + 1)}{frozen[0] + 1}"
    data = sheet["data"][0]
    for index, column in enumerate(data.get("columnMetadata", []), start=1):
        dimension = worksheet.column_dimensions[get_column_letter(index)]
        dimension.width = column.get("pixelSize", 100) / PIXELS_PER_CHARACTER
        dimension.hidden = column.get("hiddenByUser", False)
    for row_number, row in enumerate(data.get("rowData", []), start=1):
        for column_number, cell in enumerate(row.get("values", []), start=1):
            if cell:
                # No cell is merged yet, so each is one that can be written.
                target = cast("Cell", worksheet.cell(row_number, column_number))
                _fill_cell(target, cell)
    for merge in sheet.get("merges", []):
        worksheet.merge_cells(
            start_row=merge.get("startRowIndex", 0) + 1,
            end_row=merge["endRowIndex"],
            start_column=merge.get("startColumnIndex", 0) + 1,
            end_column=merge["endColumnIndex"],
        )


def _fill_cell(target: Cell, cell: Json) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    entered = cell.get("userEnteredValue", {})
    value = next(iter(entered.values()), None)
    if value is not None:
        target.value = value
        # Text that starts with "=" is a formula only where the sheet has one.
        target.data_type = "f" if "formulaValue" in entered else target.data_type
        if "stringValue" in entered:
            target.data_type = "s"
    own = cell.get("userEnteredFormat", {})
    if "numberFormat" in own:
        target.number_format = own["numberFormat"].get("pattern") or "General"
    text = own.get("textFormat", {})
    target.font = Font(
        bold=text.get("bold"),
        italic=text.get("italic"),
        color=rgb_hex(text.get("foregroundColor")),
    )
    fill = rgb_hex(own.get("backgroundColor"))
    if fill is not None:
        target.fill = PatternFill("solid", fgColor=fill)
    horizontal = own.get("horizontalAlignment", "").lower() or None
    target.alignment = Alignment(
        horizontal=horizontal, wrap_text=own.get("wrapStrategy") == "WRAP"
    )
    if "note" in cell:
        target.comment = Comment(cell["note"], "")
    if "hyperlink" in cell and "formulaValue" not in entered:
        target.hyperlink = cell["hyperlink"]
