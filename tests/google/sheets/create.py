"""New spreadsheets: blank, as a client describes them, or from the rows of a CSV file."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from tests.google.sheets import grid
from tests.google.sheets.batch import Batch
from tests.google.sheets.cellview import CellView
from tests.google.sheets.model import (
    BLANK,
    DEFAULT_COLUMNS,
    DEFAULT_ROWS,
    Dimension,
    Row,
    Sheet,
    Spreadsheet,
)
from tests.google.sheets.requests.registry import REQUESTS
from tests.google.sheets.requests.sheets import new_sheet
from tests.google.sheets.typing_in import typed
from tests.google.sheets.worth import Worth

if TYPE_CHECKING:
    from tests.google.sheets.worth import Value

Json = dict[str, Any]
PROPERTIES: Json = {"locale": "en_US", "autoRecalc": "ON_CHANGE", "timeZone": "Etc/GMT"}
# What of a sheet's description is put there by which request, and under which name.
PARTS = (
    ("conditionalFormats", "addConditionalFormatRule", "rule"),
    ("filterViews", "addFilterView", "filter"),
    ("protectedRanges", "addProtectedRange", "protectedRange"),
    ("bandedRanges", "addBanding", "bandedRange"),
    ("tables", "addTable", "table"),
    ("charts", "addChart", "chart"),
    ("slicers", "addSlicer", "slicer"),
)


def new_spreadsheet(spreadsheet_id: str, title: str) -> Spreadsheet:
    """A blank spreadsheet; its first sheet has the id 0, always."""
    return Spreadsheet(
        spreadsheet_id=spreadsheet_id,
        properties={"title": title, **PROPERTIES},
        sheets=[Sheet(sheet_id=0, title="Sheet1")],
    )


def spreadsheet_from(blank: Spreadsheet, body: Json, *, user: str) -> Spreadsheet:
    """The spreadsheet that a Spreadsheet message describes. Raises RefusedError."""
    spreadsheet = blank.fork()
    batch = Batch(before=blank, spreadsheet=spreadsheet, user=user, owner=user)
    properties = body.get("properties", {})
    if properties:
        fields = ",".join(properties)
        _request(batch, "updateSpreadsheetProperties", properties=properties, fields=fields)
    described = body.get("sheets", [])
    if described:
        spreadsheet.sheets = []
    for index, item in enumerate(described):
        own: Json = {**item.get("properties", {})}
        if index == 0:
            own.setdefault("sheetId", 0)
        sheet = new_sheet(spreadsheet, own)
        spreadsheet.sheets.append(sheet)
        grid.check_room(spreadsheet)
        _fill(batch, sheet, item)
    for named in body.get("namedRanges", []):
        _request(batch, "addNamedRange", namedRange=named)
    entries = [*body.get("developerMetadata", [])]
    for item in described:
        entries += item.get("developerMetadata", [])
    for entry in entries:
        _request(batch, "createDeveloperMetadata", developerMetadata=entry)
    return spreadsheet


def _request(batch: Batch, kind: str, **body: Any) -> None:
    REQUESTS[kind](batch, body)


def _fill(batch: Batch, sheet: Sheet, item: Json) -> None:
    """Put a described sheet's cells, merges and objects into it."""
    for data in item.get("data", []):
        corner = {"sheetId": sheet.sheet_id}
        corner |= {"rowIndex": data.get("startRow", 0), "columnIndex": data.get("startColumn", 0)}
        _request(batch, "updateCells", start=corner, rows=data.get("rowData", []), fields="*")
        for name, members, start in (
            ("ROWS", data.get("rowMetadata", []), data.get("startRow", 0)),
            ("COLUMNS", data.get("columnMetadata", []), data.get("startColumn", 0)),
        ):
            for index, member in enumerate(members, start=start):
                sheet.dimensions[name][index] = Dimension(
                    pixel_size=member.get("pixelSize"),
                    hidden_by_user=member.get("hiddenByUser", False),
                )
    for merge in item.get("merges", []):
        _request(batch, "mergeCells", range=merge, mergeType="MERGE_ALL")
    for members_name, kind, name in PARTS:
        for member in item.get(members_name, []):
            _request(batch, kind, **{name: member})
    if "basicFilter" in item:
        _request(batch, "setBasicFilter", filter=item["basicFilter"])


def import_csv(spreadsheet: Spreadsheet, text: str) -> None:
    """Put a CSV file in place of everything that is in the spreadsheet.

    Google makes one new sheet, named as the file, and its id is not 0.
    """
    rows = list(csv.reader(io.StringIO(text, newline="")))
    width = max(map(len, rows), default=0)
    sheet = Sheet(
        sheet_id=spreadsheet.fresh_id(lambda number: False),
        title=spreadsheet.title,
        row_count=max(len(rows), DEFAULT_ROWS),
        column_count=max(width, DEFAULT_COLUMNS),
    )
    for index, values in enumerate(rows):
        cells = {column: typed(BLANK, value) for column, value in enumerate(values) if value}
        sheet.put_row(index, Row(cells))
    spreadsheet.sheets = [sheet]
    spreadsheet.named_ranges = []
    spreadsheet.metadata = {}
    spreadsheet.comments = []


def rows_of(spreadsheet: Spreadsheet, sheet_index: int) -> list[list[str]]:
    """What the cells of a sheet show, as far as they hold something: the rows of a CSV export."""
    sheet = spreadsheet.sheets[sheet_index]
    view = CellView(Worth(spreadsheet))
    rows: list[list[str]] = []
    for index, row in enumerate(sheet.rows[: sheet.last_row_with_data() + 1]):
        last = max((c for c, cell in row.items() if cell.entered is not None), default=-1)
        columns = range(last + 1)
        rows.append([view.text(sheet, index, c, sheet.cell(index, c)) for c in columns])
    return rows


def values_of(spreadsheet: Spreadsheet, sheet_index: int) -> list[list[Value]]:
    """What the cells of a sheet are worth, typed; errors are FormulaErrors."""
    sheet = spreadsheet.sheets[sheet_index]
    worth = Worth(spreadsheet)
    return [
        [worth.of(sheet, index, c, sheet.cell(index, c)) for c in range(sheet.column_count)]
        for index in range(sheet.last_row_with_data() + 1)
    ]
