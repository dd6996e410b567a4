"""Sheets: added, deleted, duplicated, and the properties of sheets and of the whole file."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.google.sheets import grid
from tests.google.sheets.canonical import canonical
from tests.google.sheets.carry import forget_sheet
from tests.google.sheets.celledit import edited, update_mask
from tests.google.sheets.duplicate import add_copy
from tests.google.sheets.model import DEFAULT_COLUMNS, DEFAULT_ROWS, Formula, Row, Sheet
from tests.google.sheets.references import retitled
from tests.google.sheets.refusals import RefusedError
from tests.google.sheets.render import sheet_properties

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.fieldmask import Mask
    from tests.google.sheets.batch import Batch
    from tests.google.sheets.model import Spreadsheet

Json = dict[str, Any]
LOCALE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
SPREADSHEET_FIELDS = ("title", "locale", "timeZone", "autoRecalc", "defaultFormat")
MAX_TITLE = 100
FROZEN = {"frozenRowCount": "ROWS", "frozenColumnCount": "COLUMNS"}
COUNTS = {"rowCount": "ROWS", "columnCount": "COLUMNS"}


def add_sheet(batch: Batch, body: Json) -> Json:
    properties = body.get("properties", {})
    sheet = new_sheet(batch.spreadsheet, properties)
    index = properties.get("index", len(batch.spreadsheet.sheets))
    if not 0 <= index <= len(batch.spreadsheet.sheets):
        raise RefusedError(f"The index {index} is outside of the list of sheets.")
    batch.spreadsheet.sheets.insert(index, sheet)
    grid.check_room(batch.spreadsheet)
    return {"properties": sheet_properties(sheet, index)}


def new_sheet(spreadsheet: Spreadsheet, properties: Json) -> Sheet:
    """A blank sheet with these properties, not yet in the spreadsheet. Raises RefusedError."""
    if properties.get("sheetType", "GRID") != "GRID":
        raise RefusedError(f"A sheet of type {properties['sheetType']} can't be added.")
    sheet_id = properties.get("sheetId")
    if sheet_id is None:
        sheet_id = spreadsheet.fresh_id(lambda number: spreadsheet.find(number) is not None)
    elif sheet_id < 0 or spreadsheet.find(sheet_id) is not None:
        raise RefusedError(f"A sheet with the ID {sheet_id} already exists, or it is negative.")
    title = properties.get("title") or free_title(spreadsheet)
    check_title(spreadsheet, title, sheet_id)
    size = properties.get("gridProperties", {})
    sheet = Sheet(
        sheet_id=sheet_id,
        title=title,
        row_count=size.get("rowCount", DEFAULT_ROWS),
        column_count=size.get("columnCount", DEFAULT_COLUMNS),
        hidden=properties.get("hidden", False),
        right_to_left=properties.get("rightToLeft", False),
    )
    if sheet.row_count < 1 or sheet.column_count < 1:
        raise RefusedError("A sheet needs at least one row and one column.")
    _set_colour(sheet, properties)
    _set_view(sheet, size, set(size))
    return sheet


def free_title(spreadsheet: Spreadsheet) -> str:
    """`Sheet2`, or the next number that no sheet has."""
    number = len(spreadsheet.sheets) + 1
    while spreadsheet.find_title(f"Sheet{number}") is not None:
        number += 1
    return f"Sheet{number}"


def check_title(spreadsheet: Spreadsheet, title: str, sheet_id: int) -> None:
    """Refuse a title that is blank, too long, or another sheet's."""
    if not title.strip():
        raise RefusedError("The sheet name cannot be empty.")
    if len(title) > MAX_TITLE:
        raise RefusedError(f"The sheet name cannot be greater than {MAX_TITLE} characters.")
    other = spreadsheet.find_title(title)
    if other is not None and other.sheet_id != sheet_id:
        raise RefusedError(
            f'A sheet with the name "{title}" already exists. Please enter another name.'
        )


def delete_sheet(batch: Batch, body: Json) -> None:
    sheet_id = body.get("sheetId", 0)
    sheet = batch.spreadsheet.find(sheet_id)
    if sheet is None:
        raise RefusedError(f"No sheet with id: {sheet_id}")
    batch.check_unprotected(sheet, sheet.whole)
    rest = [other for other in batch.spreadsheet.sheets if other is not sheet]
    if all(other.hidden for other in rest):
        raise RefusedError("You can't remove all the visible sheets in a document.")
    batch.spreadsheet.sheets = rest
    forget_sheet(batch.spreadsheet, sheet)


def duplicate_sheet(batch: Batch, body: Json) -> Json:
    spreadsheet = batch.spreadsheet
    source = batch.sheet(body.get("sourceSheetId", 0))
    title = body.get("newSheetName") or copy_title(spreadsheet, source.title)
    index = body.get("insertSheetIndex", 0)
    if not 0 <= index <= len(spreadsheet.sheets):
        raise RefusedError(f"The index {index} is outside of the list of sheets.")
    blank = new_sheet(spreadsheet, {"title": title, "sheetId": body.get("newSheetId")})
    copied = replace(source.copy(), sheet_id=blank.sheet_id, title=title)
    entries = [e for e in spreadsheet.metadata.values() if e.sheet_id == source.sheet_id]
    if batch.assumes("metadata_survives_duplicate", "no"):
        entries = []
    add_copy(spreadsheet, copied, source.sheet_id, index, entries)
    grid.check_room(spreadsheet)
    return {"properties": sheet_properties(copied, index)}


def copy_title(spreadsheet: Spreadsheet, title: str) -> str:
    """`Copy of X`, with a number where that is taken."""
    wanted = f"Copy of {title}"
    number = 2
    while spreadsheet.find_title(wanted) is not None:
        wanted = f"Copy of {title} {number}"
        number += 1
    return wanted


def update_sheet_properties(batch: Batch, body: Json) -> None:
    mask = update_mask("SheetProperties", body.get("fields", ""))
    properties = body.get("properties", {})
    sheet = batch.spreadsheet.find(properties.get("sheetId", 0))
    if sheet is None:
        raise RefusedError(f"No sheet with id: {properties.get('sheetId', 0)}")
    if "title" in mask:
        _retitle(batch.spreadsheet, sheet, properties.get("title", ""))
    if "tabColor" in mask or "tabColorStyle" in mask:
        _set_colour(sheet, properties)
    if "rightToLeft" in mask:
        sheet.right_to_left = properties.get("rightToLeft", False)
    if "hidden" in mask:
        sheet.hidden = properties.get("hidden", False)
        if all(other.hidden for other in batch.spreadsheet.sheets):
            raise RefusedError("You can't hide all the sheets in a document.")
    grid_mask = mask.below("gridProperties")
    if grid_mask is not None:
        _set_grid(batch, sheet, properties.get("gridProperties", {}), grid_mask)
    if "index" in mask:
        _reorder(batch.spreadsheet, sheet, properties.get("index"))


def _retitle(spreadsheet: Spreadsheet, sheet: Sheet, title: str) -> None:
    """Another title; formulas that name the sheet follow."""
    check_title(spreadsheet, title, sheet.sheet_id)
    for other in spreadsheet.sheets:
        for index, row in enumerate(other.rows):
            cells = {}
            for column in row.formulas:
                text = retitled(str(row[column].entered), sheet.title, title)
                cells[column] = replace(row[column], entered=Formula(text))
            if cells:
                other.rows[index] = Row({**row, **cells})
    sheet.title = title


def _set_colour(sheet: Sheet, properties: Json) -> None:
    style = properties.get("tabColorStyle")
    if style is None and "tabColor" in properties:
        style = {"rgbColor": properties["tabColor"]}
    # An empty style is how clients take a colour away.
    sheet.tab_color = canonical("ColorStyle", style) if style else None


def _set_grid(batch: Batch, sheet: Sheet, size: Json, mask: Mask) -> None:
    for field, name in COUNTS.items():
        if field in mask and not (mask.everything and field not in size):
            if size.get(field, 0) < sheet.count(name):
                batch.check_unprotected(sheet, sheet.whole)
            grid.resize(batch.spreadsheet, sheet, name, size.get(field, 0))
    names = set(size) | {"frozenRowCount"} if mask.everything else set(mask.branches)
    _set_view(sheet, size, names)


def _set_view(sheet: Sheet, size: Json, names: set[str]) -> None:
    for field, name in FROZEN.items():
        if field in names:
            count = size.get(field, 0)
            if not 0 <= count <= max(sheet.count(name) - 1, 0):
                raise RefusedError(f"You can't freeze all visible {name.lower()} on the sheet.")
            grid.set_frozen(sheet, name, count)
    if "hideGridlines" in names:
        sheet.hide_gridlines = size.get("hideGridlines", False)
    if "rowGroupControlAfter" in names:
        sheet.group_control_after["ROWS"] = size.get("rowGroupControlAfter", False)
    if "columnGroupControlAfter" in names:
        sheet.group_control_after["COLUMNS"] = size.get("columnGroupControlAfter", False)


def _reorder(spreadsheet: Spreadsheet, sheet: Sheet, index: int | None) -> None:
    """Put the sheet before the one that is at `index` now; the end without an index."""
    now = spreadsheet.sheets.index(sheet)
    index = len(spreadsheet.sheets) if index is None else index
    if not 0 <= index <= len(spreadsheet.sheets):
        raise RefusedError(f"The index {index} is outside of the list of sheets.")
    del spreadsheet.sheets[now]
    spreadsheet.sheets.insert(index if index <= now else index - 1, sheet)


def update_spreadsheet_properties(batch: Batch, body: Json) -> None:
    mask = update_mask("SpreadsheetProperties", body.get("fields", ""))
    properties = body.get("properties", {})
    if "title" in mask and not properties.get("title"):
        raise RefusedError("The spreadsheet's title cannot be empty.")
    if "locale" in mask and not LOCALE.fullmatch(properties.get("locale", "")):
        raise RefusedError(f"Unsupported locale: {properties.get('locale', '')}")
    if "timeZone" in mask and not _is_time_zone(properties.get("timeZone", "")):
        raise RefusedError(f"Invalid time zone: {properties.get('timeZone', '')}")
    kept = edited(batch.spreadsheet.properties, properties, mask)
    batch.spreadsheet.properties = {**batch.spreadsheet.properties, **kept}


def _is_time_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


REQUESTS: dict[str, Callable[[Batch, Json], Json | None]] = {
    "addSheet": add_sheet,
    "deleteSheet": delete_sheet,
    "duplicateSheet": duplicate_sheet,
    "updateSheetProperties": update_sheet_properties,
    "updateSpreadsheetProperties": update_spreadsheet_properties,
}
