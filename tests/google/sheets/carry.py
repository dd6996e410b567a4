"""Everything that names rows or columns, carried along when they come, go or move.

Ranges are found in stored objects by their schema. The rows themselves, and their cells, are moved
by `grid`; here is what points at them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.google.sheets.areas import Area, Box
from tests.google.sheets.model import STORED_KINDS, Formula, Groups, Row
from tests.google.sheets.motions import Deleted, Inserted, Motion, Moved
from tests.google.sheets.references import rewritten
from tests.google.sheets.shapes import rewrite

if TYPE_CHECKING:
    from tests.google.sheets.model import Metadata, Sheet, Spreadsheet
    from tests.google.sheets.references import Reference
    from tests.google.sheets.shapes import Visitor

Json = dict[str, Any]
# These belong to the look of the rows, so a row that inherits from the one before joins them.
GROW_AT_END = ("bandedRanges", "conditionalFormats", "tables")
START_END = {
    "ROWS": ("startRowIndex", "endRowIndex"),
    "COLUMNS": ("startColumnIndex", "endColumnIndex"),
}
CORNER = {"ROWS": "rowIndex", "COLUMNS": "columnIndex"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One motion of the rows ("ROWS") or columns ("COLUMNS") of one sheet."""

    sheet_id: int
    name: str
    motion: Motion
    inherits_before: bool = False
    metadata_stays: bool = False

    def area(self, area: Area, *, grows: bool = False) -> Area | None:
        """Where the cells of the area are afterwards; None if they are gone."""
        if area.sheet_id != self.sheet_id:
            return area
        if self.name == "ROWS":
            span = self.motion.span(area.top, area.bottom, grows_at_end=grows)
            return None if span is None else replace(area, top=span[0], bottom=span[1])
        span = self.motion.span(area.left, area.right, grows_at_end=grows)
        return None if span is None else replace(area, left=span[0], right=span[1])

    def visitors(self, *, grows: bool) -> dict[str, Visitor]:
        """What to do with the ranges and cells that are found in an object."""

        def grid_range(value: Json) -> Json | None:
            old = Area.from_json(value)
            new = self.area(old, grows=grows and self.inherits_before)
            return value if new == old else None if new is None else new.to_json()

        def coordinate(value: Json) -> Json | None:
            if value.get("sheetId", 0) != self.sheet_id:
                return value
            corner = CORNER[self.name]
            new = self.motion.index(value.get(corner, 0))
            # What was anchored to a cell that is gone hangs where the cell was.
            kept = new if new is not None else getattr(self.motion, "start", 0)
            return {**value, corner: kept} if kept else _without(value, corner)

        return {"GridRange": grid_range, "GridCoordinate": coordinate}


def _without(value: Json, key: str) -> Json:
    return {name: item for name, item in value.items() if name != key}


def carry(spreadsheet: Spreadsheet, shift: Shift) -> None:
    """Let everything that points at the sheet's rows or columns follow the shift."""
    sheet = spreadsheet.find(shift.sheet_id)
    assert sheet is not None
    sheet.merges = [box for old in sheet.merges for box in _merge(sheet, old, shift)]
    sheet.groups[shift.name] = _groups(sheet.groups[shift.name], shift)
    _carry_filters(sheet, shift)
    for each in spreadsheet.sheets:
        _carry_stored(each, shift)
        _carry_formulas(each, sheet, shift)
    spreadsheet.named_ranges = [
        item
        for named in spreadsheet.named_ranges
        if (item := rewrite("NamedRange", named, shift.visitors(grows=False))) is not None
    ]
    spreadsheet.comments = [
        {**comment, "_area": area}
        for comment in spreadsheet.comments
        if (area := shift.area(comment["_area"])) is not None
    ]
    spreadsheet.metadata = {
        entry.metadata_id: entry
        for old in spreadsheet.metadata.values()
        if (entry := _metadata(old, shift)) is not None
    }


def _merge(sheet: Sheet, box: Box, shift: Shift) -> list[Box]:
    """The merged cells afterwards; none if only one cell is left."""
    area = shift.area(box.area)
    if area is None:
        return []
    new = area.closed(sheet.row_count, sheet.column_count)
    return [new] if new.height * new.width > 1 else []


def _groups(groups: Groups, shift: Shift) -> Groups:
    depths = {
        new: depth
        for index, depth in groups.depths.items()
        if (new := shift.motion.index(index)) is not None
    }
    if isinstance(shift.motion, Inserted):
        at, count = shift.motion.at, shift.motion.count
        depth = min(groups.depths.get(at - 1, 0), groups.depths.get(at, 0))
        if depth:
            depths |= dict.fromkeys(range(at, at + count), depth)
    collapsed = set()
    for start, end, depth in groups.collapsed:
        span = shift.motion.span(start, end, grows_at_end=False)
        if span is not None and span[0] is not None and span[1] is not None:
            collapsed.add((span[0], span[1], depth))
    return Groups(depths=depths, collapsed=frozenset(collapsed))


def _carry_filters(sheet: Sheet, shift: Shift) -> None:
    """The basic filter's range, and the columns that filters name by number."""
    if sheet.basic_filter is not None:
        moved = rewrite("BasicFilter", sheet.basic_filter, shift.visitors(grows=False))
        sheet.basic_filter = moved if moved and ("range" in moved or "tableId" in moved) else None
    if shift.name != "COLUMNS":
        return

    def follow(key: str) -> Visitor:
        def visit(value: Json) -> Json | None:
            new = shift.motion.index(value.get(key, 0))
            return None if new is None else {**value, key: new}

        return visit

    columns = {"FilterSpec": follow("columnIndex"), "SortSpec": follow("dimensionIndex")}
    if sheet.basic_filter is not None:
        sheet.basic_filter = rewrite("BasicFilter", sheet.basic_filter, columns)
    views = (rewrite("FilterView", view, columns) for view in sheet.stored["filterViews"])
    sheet.stored["filterViews"] = [view for view in views if view is not None]


def _carry_stored(sheet: Sheet, shift: Shift) -> None:
    for kind, (schema, _) in STORED_KINDS.items():
        if not sheet.stored[kind]:
            continue
        kept = []
        for old in sheet.stored[kind]:
            item = rewrite(schema, old, shift.visitors(grows=kind in GROW_AT_END))
            if item is None or ("range" in old and "range" not in item):
                continue
            if kind == "conditionalFormats" and not item.get("ranges"):
                continue
            if kind == "tables" and shift.name == "COLUMNS":
                item = _table_columns(old, item, shift)
            kept.append(item)
        sheet.stored[kind] = kept


def _table_columns(old: Json, new: Json, shift: Shift) -> Json:
    """The table's column properties after columns came, went or moved."""
    if old["range"].get("sheetId", 0) != shift.sheet_id:
        return new
    if new["range"] == old["range"] and not isinstance(shift.motion, Moved):
        return new
    old_left = old["range"]["startColumnIndex"]
    left, right = new["range"]["startColumnIndex"], new["range"]["endColumnIndex"]
    by_index: dict[int, Json] = {}
    for column in old["columnProperties"]:
        index = shift.motion.index(old_left + column.get("columnIndex", 0))
        if index is not None:
            by_index[index - left] = column
    names = {column.get("columnName") for column in by_index.values()}
    columns = []
    for index in range(right - left):
        column = dict(by_index.get(index) or {"columnName": unused_column_name(names)})
        names.add(column["columnName"])
        column.pop("columnIndex", None)
        columns.append({"columnIndex": index, **column} if index else column)
    return {**new, "columnProperties": columns}


def unused_column_name(names: set[Any]) -> str:
    """`Column 1`, or the next number that no column of the table has."""
    number = 1
    while f"Column {number}" in names:
        number += 1
    return f"Column {number}"


def _metadata(entry: Metadata, shift: Shift) -> Metadata | None:
    """The entry at its row's or column's new place; None if that is gone."""
    if entry.sheet_id != shift.sheet_id or entry.dimension != shift.name or shift.metadata_stays:
        return entry
    index = shift.motion.index(entry.index)
    return None if index is None else replace(entry, index=index)


def _carry_formulas(sheet: Sheet, target: Sheet, shift: Shift) -> None:
    """Rewrite what formulas of `sheet` say about cells of `target`."""

    def step(reference: Reference) -> Area | str | None:
        if reference.title is None:
            if sheet is not target:
                return ""
        elif reference.title.casefold() != target.title.casefold():
            return ""
        old = reference.area(target.sheet_id)
        new = shift.area(old)
        return "" if new == old else new

    axis = 0 if shift.name == "ROWS" else 1
    first = shift.motion.first
    for index, row in enumerate(sheet.rows):
        if row.reach[axis] < first:
            continue
        edits = {}
        for column in row.formulas:
            text = str(row[column].entered)
            new = rewritten(text, step)
            if new != text:
                edits[column] = replace(row[column], entered=Formula(new))
        if edits:
            sheet.rows[index] = Row({**row, **edits})


def forget_sheet(spreadsheet: Spreadsheet, sheet: Sheet) -> None:
    """Drop what pointed at a sheet that is gone."""
    sheet_id = sheet.sheet_id

    def visit(value: Json) -> Json | None:
        return None if value.get("sheetId", 0) == sheet_id else value

    for each in spreadsheet.sheets:
        for kind in ("charts", "slicers"):
            schema = STORED_KINDS[kind][0]
            items = (rewrite(schema, item, {"GridRange": visit}) for item in each.stored[kind])
            each.stored[kind] = [item for item in items if item is not None]
    spreadsheet.named_ranges = [
        named
        for named in spreadsheet.named_ranges
        if "range" not in named or named["range"].get("sheetId", 0) != sheet_id
    ]
    spreadsheet.metadata = {
        entry.metadata_id: entry
        for entry in spreadsheet.metadata.values()
        if entry.sheet_id != sheet_id
    }
    spreadsheet.comments = [c for c in spreadsheet.comments if c["_area"].sheet_id != sheet_id]


def truncated(count: int, new_count: int) -> Deleted | None:
    """The motion that cutting the grid's end off is; None if nothing is cut."""
    return Deleted(new_count, count) if new_count < count else None
