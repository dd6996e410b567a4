"""A sheet copied, within a spreadsheet or into another, and a whole spreadsheet copied.

What belongs to the sheet comes along with ids of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.google.sheets.model import STORED_KINDS
from tests.google.sheets.shapes import rewrite

if TYPE_CHECKING:
    from tests.google.sheets.model import Metadata, Sheet, Spreadsheet

Json = dict[str, Any]


def add_copy(
    spreadsheet: Spreadsheet,
    copied: Sheet,
    source_id: int,
    index: int,
    entries: list[Metadata],
) -> None:
    """Put a sheet's copy into the spreadsheet; its ranges and objects become its own."""
    new_id = copied.sheet_id
    copied.merges = [replace(box, sheet_id=new_id) for box in copied.merges]
    if copied.basic_filter is not None:
        copied.basic_filter = _moved("BasicFilter", copied.basic_filter, source_id, new_id)
    old = copied.stored
    copied.stored = {kind: [] for kind in STORED_KINDS}
    spreadsheet.sheets.insert(index, copied)
    for kind, items in old.items():
        schema, id_name = STORED_KINDS[kind]
        for item in items:
            new = _moved(schema, item, source_id, new_id)
            if id_name:
                fresh = spreadsheet.fresh_stored_id(kind)
                new[id_name] = str(fresh) if kind == "tables" else fresh
            if kind == "tables":
                new["name"] = _free_table_name(spreadsheet, item["name"])
                new["_bandedRangeId"] = spreadsheet.fresh_stored_id("bandedRanges")
            copied.stored[kind].append(new)
    for entry in entries:
        fresh = spreadsheet.fresh_id(lambda number: number in spreadsheet.metadata)
        spreadsheet.metadata[fresh] = replace(entry, metadata_id=fresh, sheet_id=new_id)


def _moved(schema: str, item: Json, source_id: int, new_id: int) -> Json:
    """The object with every range of the source sheet put on the new one."""

    def visit(value: Json) -> Json | None:
        if value.get("sheetId", 0) != source_id:
            return value
        rest = {name: part for name, part in value.items() if name != "sheetId"}
        return {"sheetId": new_id, **rest} if new_id else rest

    new = rewrite(schema, item, {"GridRange": visit, "GridCoordinate": visit})
    assert new is not None
    return dict(new)


def _free_table_name(spreadsheet: Spreadsheet, name: str) -> str:
    taken = {table["name"].casefold() for _, _, table in spreadsheet.stored("tables")}
    number = 1
    while f"{name}_{number}".casefold() in taken:
        number += 1
    return f"{name}_{number}" if name.casefold() in taken else name


def copy_whole(spreadsheet: Spreadsheet, spreadsheet_id: str, title: str) -> Spreadsheet:
    """The whole file under another id; ids of sheets and of metadata stay, comments don't come."""
    copied = spreadsheet.fork()
    copied.spreadsheet_id = spreadsheet_id
    copied.properties["title"] = title
    copied.comments = []
    return copied
