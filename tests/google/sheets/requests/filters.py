"""The basic filter, filter views, slicers, and sorting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.google.sheets import grid
from tests.google.sheets.areas import Area
from tests.google.sheets.canonical import canonical
from tests.google.sheets.celledit import edited, update_mask
from tests.google.sheets.cellview import CellView
from tests.google.sheets.conditions import Place, condition_holds
from tests.google.sheets.refusals import RefusedError
from tests.google.sheets.sorting import sort_rows
from tests.google.sheets.worth import Worth

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.areas import Box
    from tests.google.sheets.batch import Batch
    from tests.google.sheets.model import Sheet

Json = dict[str, Any]


def set_basic_filter(batch: Batch, body: Json) -> None:
    """One filter a sheet: it takes the place of the one before it."""
    item = canonical("BasicFilter", body.get("filter", {}))
    item, sheet, box = _closed(batch, item)
    _show_all(sheet)
    sheet.basic_filter = _with_both_spellings(item)
    body_rows = range(box.top + 1, box.bottom)
    specs = item.get("sortSpecs", [])
    if specs:
        below = Area(
            sheet_id=box.sheet_id,
            top=box.top + 1,
            bottom=box.bottom,
            left=box.left,
            right=box.right,
        )
        follows = batch.assumes("row_metadata_follows_sort", "yes")
        rows = sheet.closed(below)
        sort_rows(batch.spreadsheet, sheet, rows, specs, metadata_follows=follows)
    hidden = _hidden(batch, sheet, body_rows, sheet.basic_filter.get("filterSpecs", []))
    grid.set_hidden_by_filter(sheet, body_rows, hidden)


def _closed(batch: Batch, item: Json) -> tuple[Json, Sheet, Box]:
    """The filter with its open sides closed at the grid's edge."""
    if "range" in item and "tableId" not in item and "namedRangeId" not in item:
        sheet, box = batch.box(item["range"])
    else:
        area = batch.area_of(item)
        sheet = batch.sheet(area.sheet_id)
        box = sheet.closed(area)
    return {**item, "range": box.area.to_json()}, sheet, box


def _with_both_spellings(item: Json) -> Json:
    """`criteria`, by column, is the old spelling of `filterSpecs`; Google prints both."""
    specs = item.get("filterSpecs", [])
    criteria = item.get("criteria", {})
    if criteria and not specs:
        specs = [
            {"columnIndex": int(column), "filterCriteria": wanted}
            for column, wanted in criteria.items()
        ]
    if not specs:
        return item
    criteria = {str(spec.get("columnIndex", 0)): spec.get("filterCriteria", {}) for spec in specs}
    return {**item, "filterSpecs": specs, "criteria": criteria}


def _hidden(batch: Batch, sheet: Sheet, rows: range, specs: list[Json]) -> set[int]:
    """The rows that some criterion hides."""
    view = CellView(Worth(batch.spreadsheet))
    hidden = set()
    for spec in specs:
        column = spec.get("columnIndex", 0)
        criteria = spec.get("filterCriteria", {})
        unwanted = set(criteria.get("hiddenValues", []))
        condition = criteria.get("condition")
        for row in rows:
            cell = sheet.cell(row, column)
            if view.text(sheet, row, column, cell) in unwanted:
                hidden.add(row)
            elif condition is not None:
                value = view.worth.of(sheet, row, column, cell)
                if not condition_holds(condition, value, view.worth, Place(sheet, row, column)):
                    hidden.add(row)
    return hidden


def _show_all(sheet: Sheet) -> None:
    every = range(sheet.row_count)
    hidden = [i for i, d in sheet.dimensions["ROWS"].items() if d.hidden_by_filter]
    if hidden:
        grid.set_hidden_by_filter(sheet, every, set())


def clear_basic_filter(batch: Batch, body: Json) -> None:
    sheet = batch.sheet(body.get("sheetId", 0))
    sheet.basic_filter = None
    _show_all(sheet)


def add_filter_view(batch: Batch, body: Json) -> Json:
    asked = canonical("FilterView", body.get("filter", {}))
    new_id = batch.new_id("filterViews", asked.get("filterViewId"))
    title = asked.get("title") or _free_view_title(batch)
    item, sheet, _ = _closed(batch, {**asked, "filterViewId": new_id, "title": title})
    item = _with_both_spellings(item)
    sheet.stored["filterViews"].append(item)
    return {"filter": item}


def _free_view_title(batch: Batch) -> str:
    taken = {item.get("title") for _, _, item in batch.spreadsheet.stored("filterViews")}
    number = 1
    while f"Filter {number}" in taken:
        number += 1
    return f"Filter {number}"


def update_filter_view(batch: Batch, body: Json) -> None:
    mask = update_mask("FilterView", body.get("fields", ""))
    asked = body.get("filter", {})
    sheet, place, old = batch.find("filterViews", asked.get("filterViewId"))
    new = canonical("FilterView", edited(old, asked, mask))
    if "criteria" in mask and "filterSpecs" not in mask:
        new.pop("filterSpecs", None)
    elif "filterSpecs" in mask:
        new.pop("criteria", None)
    new, home, _ = _closed(batch, {**new, "filterViewId": old["filterViewId"]})
    if home is not sheet:
        raise RefusedError("A filter view can't move to another sheet.")
    sheet.stored["filterViews"][place] = _with_both_spellings(new)


def delete_filter_view(batch: Batch, body: Json) -> None:
    sheet, place, _ = batch.find("filterViews", body.get("filterId"))
    del sheet.stored["filterViews"][place]


def duplicate_filter_view(batch: Batch, body: Json) -> Json:
    sheet, _, old = batch.find("filterViews", body.get("filterId"))
    new_id = batch.new_id("filterViews", None)
    new = {**old, "filterViewId": new_id, "title": f"Copy of {old['title']}"}
    sheet.stored["filterViews"].append(new)
    return {"filter": new}


def add_slicer(batch: Batch, body: Json) -> Json:
    asked = canonical("Slicer", body.get("slicer", {}))
    anchor = asked.get("position", {}).get("overlayPosition", {}).get("anchorCell", {})
    sheet = batch.sheet(anchor.get("sheetId", 0))
    batch.box(asked.get("spec", {}).get("dataRange", {}))
    item = {**asked, "slicerId": batch.new_id("slicers", asked.get("slicerId"))}
    sheet.stored["slicers"].append(item)
    return {"slicer": item}


def update_slicer_spec(batch: Batch, body: Json) -> None:
    mask = update_mask("SlicerSpec", body.get("fields", ""))
    sheet, place, old = batch.find("slicers", body.get("slicerId"))
    spec = canonical("SlicerSpec", edited(old.get("spec", {}), body.get("spec", {}), mask))
    sheet.stored["slicers"][place] = {**old, "spec": spec}


def sort_range(batch: Batch, body: Json) -> None:
    sheet, box = batch.writable(body.get("range", {}))
    specs = body.get("sortSpecs", [])
    if not specs:
        raise RefusedError("At least one sort spec must be set.")
    follows = batch.assumes("row_metadata_follows_sort", "yes")
    sort_rows(batch.spreadsheet, sheet, box, specs, metadata_follows=follows)


REQUESTS: dict[str, Callable[[Batch, Json], Json | None]] = {
    "setBasicFilter": set_basic_filter,
    "clearBasicFilter": clear_basic_filter,
    "addFilterView": add_filter_view,
    "updateFilterView": update_filter_view,
    "deleteFilterView": delete_filter_view,
    "duplicateFilterView": duplicate_filter_view,
    "addSlicer": add_slicer,
    "updateSlicerSpec": update_slicer_spec,
    "sortRange": sort_range,
}
