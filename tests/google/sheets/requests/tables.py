"""Tables: added over cells that are there, changed, deleted with their contents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.google.sheets.areas import Area
from tests.google.sheets.canonical import WHITE, canonical
from tests.google.sheets.carry import unused_column_name
from tests.google.sheets.celledit import edited, is_checkbox, update_mask, with_validation
from tests.google.sheets.cellview import CellView
from tests.google.sheets.model import BLANK, Cell
from tests.google.sheets.refusals import RefusedError
from tests.google.sheets.worth import Worth

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.areas import Box
    from tests.google.sheets.batch import Batch
    from tests.google.sheets.model import Sheet

Json = dict[str, Any]
# The colours that Google gives to a new table.
ROWS_PROPERTIES: Json = {
    "headerColorStyle": {"rgbColor": {"red": 0.20784314, "green": 0.40784314, "blue": 0.32941177}},
    "firstBandColorStyle": {"rgbColor": WHITE},
    "secondBandColorStyle": {"rgbColor": {"red": 0.9647059, "green": 0.972549, "blue": 0.9764706}},
}
# Columns of these types get their blank cells filled.
PREFILLED: dict[str, float | bool] = {"BOOLEAN": False, "RATINGS_CHIP": 0}


def add_table(batch: Batch, body: Json) -> Json:
    asked = canonical("Table", body.get("table", {}))
    sheet, box = batch.writable(asked.get("range", {}))
    _check_free(sheet, box, "")
    table: Json = {
        "tableId": batch.new_id("tables", asked.get("tableId")),
        "name": asked.get("name") or _free_name(batch),
        "range": box.area.to_json(),
        "rowsProperties": {**ROWS_PROPERTIES, **asked.get("rowsProperties", {})},
    }
    _check_name(batch, table)
    table["columnProperties"] = _columns(batch, sheet, box, asked.get("columnProperties", []))
    table["_bandedRangeId"] = batch.spreadsheet.fresh_stored_id("bandedRanges")
    sheet.stored["tables"].append(table)
    _write_columns(sheet, box, table["columnProperties"])
    if box.top == 0 and sheet.frozen_rows == 0 and sheet.row_count > 1:
        # The header of a table at the sheet's top is frozen, as the recordings show.
        sheet.frozen_rows = 1
    return {"table": _public(table)}


def _public(table: Json) -> Json:
    return {name: item for name, item in table.items() if not name.startswith("_")}


def _check_free(sheet: Sheet, box: Box, table_id: str) -> None:
    """Refuse a table over another table, over banding, over the basic filter, over merges."""
    if box.height < 2:
        raise RefusedError("A table needs a header row and at least one row below it.")
    others = [t for t in sheet.stored["tables"] if t["tableId"] != table_id]
    filters = [sheet.basic_filter] if sheet.basic_filter else []
    for other in [*others, *sheet.stored["bandedRanges"], *filters]:
        if "range" in other and Area.from_json(other["range"]).meets(box.area):
            raise RefusedError("The table overlaps a table, banding or a filter that is there.")
    if any(merge.area.meets(box.area) for merge in sheet.merges):
        raise RefusedError("The table overlaps merged cells.")


def _free_name(batch: Batch) -> str:
    taken = {table["name"] for _, _, table in batch.spreadsheet.stored("tables")}
    number = 1
    while f"Table{number}" in taken:
        number += 1
    return f"Table{number}"


def _check_name(batch: Batch, table: Json) -> None:
    for _, _, other in batch.spreadsheet.stored("tables"):
        same = other["name"].casefold() == table["name"].casefold()
        if same and other["tableId"] != table["tableId"]:
            raise RefusedError(f"A table with the name '{table['name']}' already exists.")


def _columns(batch: Batch, sheet: Sheet, box: Box, asked: list[Json]) -> list[Json]:
    """The columns' properties: as asked for, else named by the header cells; names are unique."""
    by_index = {column.get("columnIndex", 0): column for column in asked}
    if any(not 0 <= index < box.width for index in by_index):
        raise RefusedError("A columnIndex is outside of the table.")
    view = CellView(Worth(batch.spreadsheet))
    names: set[Any] = set()
    columns = []
    for index in range(box.width):
        column = dict(by_index.get(index, {}))
        header = view.text(sheet, box.top, box.left + index, sheet.cell(box.top, box.left + index))
        name = column.get("columnName") or header or unused_column_name(names)
        if name in names:
            raise RefusedError(f"Two columns of the table have the name '{name}'.")
        names.add(name)
        _check_type(column)
        column = {"columnIndex": index, **column, "columnName": name}
        columns.append(canonical("TableColumnProperties", column))
    return columns


def _check_type(column: Json) -> None:
    condition = column.get("dataValidationRule", {}).get("condition", {})
    listed = condition.get("type") == "ONE_OF_LIST"
    if (column.get("columnType") == "DROPDOWN") != bool(condition) or (condition and not listed):
        raise RefusedError(
            "A column has a data validation rule of type ONE_OF_LIST exactly if its type is "
            "DROPDOWN."
        )


def _write_columns(sheet: Sheet, box: Box, columns: list[Json]) -> None:
    """The names go to the header cells; types bring validation and values to the cells below."""
    for index, column in enumerate(columns, start=box.left):
        header = sheet.cell(box.top, index)
        if header.entered != column["columnName"]:
            sheet.put(box.top, index, header.with_value(column["columnName"]))
        rule = _rule(column)
        filler = PREFILLED.get(column.get("columnType", ""))
        if rule is None and filler is None:
            continue
        for row in range(box.top + 1, box.bottom):
            cell = sheet.cell(row, index)
            if rule is not None:
                cell = with_validation(cell, rule)
            if filler is not None and cell.entered is None:
                cell = cell.with_value(filler)
            sheet.put(row, index, cell)


def _rule(column: Json) -> Json | None:
    if column.get("columnType") == "DROPDOWN":
        rule: Json = column["dataValidationRule"]
        return {**rule, "showCustomUi": True}
    if column.get("columnType") == "BOOLEAN":
        checkbox = {"condition": {"type": "BOOLEAN"}}
        assert is_checkbox(checkbox)
        return checkbox
    return None


def update_table(batch: Batch, body: Json) -> None:
    mask = update_mask("Table", body.get("fields", ""))
    asked = body.get("table", {})
    sheet, place, old = batch.find("tables", asked.get("tableId"))
    new = {**old, **canonical("Table", edited(_public(old), asked, mask))}
    new["tableId"] = old["tableId"]
    _check_name(batch, new)
    home, box = batch.writable(new.get("range", {}))
    if home is not sheet:
        raise RefusedError("A table can't move to another sheet.")
    _check_free(sheet, box, old["tableId"])
    if "rowsProperties" in mask:
        new["rowsProperties"] = {**ROWS_PROPERTIES, **new.get("rowsProperties", {})}
    if "columnProperties" in mask or new["range"] != old["range"]:
        # A list of columns replaces the one before; a wider range needs more of them.
        listed = [c for c in new["columnProperties"] if c.get("columnIndex", 0) < box.width]
        new["columnProperties"] = _columns(batch, sheet, box, listed)
        _write_columns(sheet, box, new["columnProperties"])
    new["range"] = box.area.to_json()
    sheet.stored["tables"][place] = new


def delete_table(batch: Batch, body: Json) -> None:
    """The whole table goes, with its contents."""
    sheet, place, table = batch.find("tables", body.get("tableId"))
    _, box = batch.writable(table["range"])
    del sheet.stored["tables"][place]

    def step(cell: Cell, row: int, column: int) -> Cell:
        return BLANK

    sheet.change(box, step)


REQUESTS: dict[str, Callable[[Batch, Json], Json | None]] = {
    "addTable": add_table,
    "updateTable": update_table,
    "deleteTable": delete_table,
}
