"""Rows and columns: put in, added, taken out, moved, resized, hidden and grouped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.google.sheets import grid
from tests.google.sheets.celledit import update_mask
from tests.google.sheets.cellview import CellView
from tests.google.sheets.model import PLAIN_DIMENSION, Groups
from tests.google.sheets.motions import Deleted, Inserted, Moved
from tests.google.sheets.refusals import RefusedError
from tests.google.sheets.render import group_spans, groups_json
from tests.google.sheets.worth import Worth

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.batch import Batch
    from tests.google.sheets.model import Sheet

Json = dict[str, Any]
# Google measures the text with its fonts; this is near enough for columns of numbers and words.
PIXELS_PER_CHARACTER = 7
PIXELS_BESIDE_TEXT = 10
DEFAULT_PIXELS = {"ROWS": 21, "COLUMNS": 100}


def _dimension_name(value: Json) -> str:
    name: str = value.get("dimension", "")
    if name not in ("ROWS", "COLUMNS"):
        raise RefusedError("The dimension must be ROWS or COLUMNS.")
    return name


def _span(batch: Batch, dimension_range: Json) -> tuple[Sheet, str, int, int]:
    """The part of a sheet that a DimensionRange names; it must lie in the grid."""
    sheet = batch.sheet(dimension_range.get("sheetId", 0))
    name = _dimension_name(dimension_range)
    start = dimension_range.get("startIndex", 0)
    end = dimension_range.get("endIndex", sheet.count(name))
    if not 0 <= start < end <= sheet.count(name):
        raise RefusedError(
            f"The {name.lower()} {start}:{end} are none, or outside of the grid of "
            f"{sheet.count(name)}."
        )
    return sheet, name, start, end


def insert_dimension(batch: Batch, body: Json) -> None:
    where = body.get("range", {})
    sheet = batch.sheet(where.get("sheetId", 0))
    name = _dimension_name(where)
    start, end = where.get("startIndex", 0), where.get("endIndex")
    before = body.get("inheritFromBefore", False)
    count = sheet.count(name)
    if end is None or not 0 <= start < end:
        raise RefusedError("range.startIndex must be less than range.endIndex, both set.")
    if before and start == 0:
        raise RefusedError("range.startIndex must be greater than 0 if inheritFromBefore is true.")
    if start > count or (start == count and not before):
        limit = "less than or equal to" if before else "less than"
        raise RefusedError(
            f"range.startIndex[{start}] must be {limit} the grid size ({count}) "
            f"if inheritFromBefore is {str(before).lower()}."
        )
    batch.check_unprotected_between(sheet, name, start)
    grid.insert(batch.spreadsheet, sheet, name, Inserted(start, end - start), before=before)


def append_dimension(batch: Batch, body: Json) -> None:
    sheet = batch.sheet(body.get("sheetId", 0))
    length = body.get("length", 0)
    if length < 1:
        raise RefusedError("The length must be greater than 0.")
    grid.append(batch.spreadsheet, sheet, _dimension_name(body), length)


def delete_dimension(batch: Batch, body: Json) -> None:
    sheet, name, start, end = _span(batch, body.get("range", {}))
    gone = sheet.whole
    gone = (
        replace(gone, top=start, bottom=end)
        if name == "ROWS"
        else replace(gone, left=start, right=end)
    )
    batch.check_unprotected(sheet, gone)
    grid.delete(batch.spreadsheet, sheet, name, Deleted(start, end))


def move_dimension(batch: Batch, body: Json) -> None:
    sheet, name, start, end = _span(batch, body.get("source", {}))
    to = body.get("destinationIndex", 0)
    if not 0 <= to <= sheet.count(name):
        raise RefusedError(f"The destinationIndex {to} is outside of the grid.")
    if start < to < end:
        raise RefusedError(f"The destinationIndex {to} is inside of what is moved.")
    batch.check_unprotected_between(sheet, name, to)
    stays = batch.assumes("metadata_under_move", "stays")
    motion = Moved(start, end, to)
    grid.move(batch.spreadsheet, sheet, name, motion, metadata_stays=stays)


def update_dimension_properties(batch: Batch, body: Json) -> None:
    sheet, name, start, end = _span(batch, body.get("range", {}))
    mask = update_mask("DimensionProperties", body.get("fields", ""))
    properties = body.get("properties", {})
    for index in range(start, end):
        old = sheet.dimension(name, index)
        new = old
        if "pixelSize" in mask:
            new = replace(new, pixel_size=properties.get("pixelSize"))
        if "hiddenByUser" in mask:
            new = replace(new, hidden_by_user=properties.get("hiddenByUser", False))
        if new == PLAIN_DIMENSION:
            sheet.dimensions[name].pop(index, None)
        else:
            sheet.dimensions[name][index] = new


def auto_resize_dimensions(batch: Batch, body: Json) -> None:
    sheet, name, start, end = _span(batch, body.get("dimensions", {}))
    if name == "ROWS":
        for index in range(start, end):
            _set_pixels(sheet, name, index, None)
        return
    view = CellView(Worth(batch.spreadsheet))
    for column in range(start, end):
        widest = 0
        for index, row in enumerate(sheet.rows):
            if column in row:
                text = view.text(sheet, index, column, row[column])
                widest = max(widest, *(len(line) for line in text.split("\n")))
        pixels = widest * PIXELS_PER_CHARACTER + PIXELS_BESIDE_TEXT if widest else None
        _set_pixels(sheet, name, column, pixels)


def _set_pixels(sheet: Sheet, name: str, index: int, pixels: int | None) -> None:
    sheet.dimensions[name][index] = replace(sheet.dimension(name, index), pixel_size=pixels)


def add_dimension_group(batch: Batch, body: Json) -> Json:
    """A group makes its rows or columns one deeper; runs of equal depth are the groups."""
    sheet, name, start, end = _span(batch, body.get("range", {}))
    groups = sheet.groups[name]
    deeper = {index: groups.depths.get(index, 0) + 1 for index in range(start, end)}
    sheet.groups[name] = replace(groups, depths={**groups.depths, **deeper})
    sheet.group_control_after[name] = True
    return _groups_reply(sheet, name)


def delete_dimension_group(batch: Batch, body: Json) -> Json:
    sheet, name, start, end = _span(batch, body.get("range", {}))
    groups = sheet.groups[name]
    if not any(index in groups.depths for index in range(start, end)):
        raise RefusedError(f"There is no group of {name.lower()} {start}:{end}.")
    shallower = {index: depth - (start <= index < end) for index, depth in groups.depths.items()}
    kept = {index: depth for index, depth in shallower.items() if depth}
    left = Groups(depths=kept)
    spans = frozenset(group_spans(left))
    sheet.groups[name] = replace(left, collapsed=groups.collapsed & spans)
    return _groups_reply(sheet, name)


def _groups_reply(sheet: Sheet, name: str) -> Json:
    groups = groups_json(sheet, name)
    return {"dimensionGroups": groups} if groups else {}


def update_dimension_group(batch: Batch, body: Json) -> None:
    asked = body.get("dimensionGroup", {})
    sheet, name, start, end = _span(batch, asked.get("range", {}))
    update_mask("DimensionGroup", body.get("fields", ""))
    groups = sheet.groups[name]
    group = (start, end, asked.get("depth", 0))
    if group not in group_spans(groups):
        raise RefusedError(f"There is no group of {name.lower()} {start}:{end} of this depth.")
    collapsed = asked.get("collapsed", False)
    marked = groups.collapsed | {group} if collapsed else groups.collapsed - {group}
    sheet.groups[name] = replace(groups, collapsed=frozenset(marked))
    for index in range(start, end):
        old = sheet.dimension(name, index)
        sheet.dimensions[name][index] = replace(old, hidden_by_user=collapsed)


REQUESTS: dict[str, Callable[[Batch, Json], Json | None]] = {
    "insertDimension": insert_dimension,
    "appendDimension": append_dimension,
    "deleteDimension": delete_dimension,
    "moveDimension": move_dimension,
    "updateDimensionProperties": update_dimension_properties,
    "autoResizeDimensions": auto_resize_dimensions,
    "addDimensionGroup": add_dimension_group,
    "deleteDimensionGroup": delete_dimension_group,
    "updateDimensionGroup": update_dimension_group,
}
