"""Charts, and objects that float over the cells: stored, not drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.google.sheets import grid
from tests.google.sheets.canonical import canonical
from tests.google.sheets.celledit import edited, update_mask
from tests.google.sheets.refusals import RefusedError
from tests.google.sheets.requests.sheets import new_sheet
from tests.google.sheets.shapes import rewrite

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.batch import Batch
    from tests.google.sheets.model import Sheet

Json = dict[str, Any]
# The size in pixels that Google gives to an object that names none.
SIZE = {"widthPixels": 600, "heightPixels": 371}
OBJECTS = (("charts", "chartId"), ("slicers", "slicerId"))


def add_chart(batch: Batch, body: Json) -> Json:
    asked = canonical("EmbeddedChart", body.get("chart", {}))
    if not asked.get("spec"):
        raise RefusedError("A chart spec must be set.")
    _check_sources(batch, asked["spec"])
    position, sheet = _placed(batch, asked.get("position", {}))
    item = {
        "chartId": batch.new_id("charts", asked.get("chartId")),
        "spec": asked["spec"],
        "position": position,
    }
    if "border" in asked:
        item["border"] = asked["border"]
    sheet.stored["charts"].append(item)
    return {"chart": item}


def _check_sources(batch: Batch, spec: Json) -> None:
    """Every range of the chart must be on a sheet that is there."""

    def visit(value: Json) -> Json | None:
        batch.sheet(value.get("sheetId", 0))
        return value

    rewrite("ChartSpec", spec, {"GridRange": visit})


def _placed(batch: Batch, asked: Json) -> tuple[Json, Sheet]:
    """The position in full, and the sheet that it is on: a new one, if that is asked for."""
    if asked.get("newSheet"):
        sheet = new_sheet(batch.spreadsheet, {"title": _chart_title(batch)})
        batch.spreadsheet.sheets.append(sheet)
        grid.check_room(batch.spreadsheet)
        return {"sheetId": sheet.sheet_id}, sheet
    if "sheetId" in asked:
        return {"sheetId": asked["sheetId"]}, batch.sheet(asked["sheetId"])
    overlay = {"anchorCell": {}, **SIZE, **asked.get("overlayPosition", {})}
    anchor = overlay["anchorCell"]
    sheet = batch.sheet(anchor.get("sheetId", 0))
    if not (
        0 <= anchor.get("rowIndex", 0) < sheet.row_count
        and 0 <= anchor.get("columnIndex", 0) < sheet.column_count
    ):
        raise RefusedError("The anchor cell is outside of the grid.")
    return {"overlayPosition": overlay}, sheet


def _chart_title(batch: Batch) -> str:
    number = 1
    while batch.spreadsheet.find_title(f"Chart{number}") is not None:
        number += 1
    return f"Chart{number}"


def update_chart_spec(batch: Batch, body: Json) -> None:
    sheet, place, old = batch.find("charts", body.get("chartId", 0))
    spec = canonical("ChartSpec", body.get("spec", {}))
    _check_sources(batch, spec)
    sheet.stored["charts"][place] = {**old, "spec": spec}


def _object(batch: Batch, object_id: int) -> tuple[str, Sheet, int, Json]:
    """A chart or a slicer by its id. Raises RefusedError."""
    for kind, id_name in OBJECTS:
        for sheet, place, item in batch.spreadsheet.stored(kind):
            if item.get(id_name) == object_id:
                return kind, sheet, place, item
    raise RefusedError(f"No embedded object with ID: {object_id}")


def update_embedded_object_position(batch: Batch, body: Json) -> Json:
    kind, sheet, place, old = _object(batch, body.get("objectId", 0))
    mask = update_mask("OverlayPosition", body.get("fields") or "*")
    asked = canonical("EmbeddedObjectPosition", body.get("newPosition", {}))
    if "overlayPosition" in asked:
        overlay = old.get("position", {}).get("overlayPosition", {})
        asked = {"overlayPosition": edited(overlay, asked["overlayPosition"], mask)}
    position, home = _placed(batch, asked)
    del sheet.stored[kind][place]
    home.stored[kind].append({**old, "position": position})
    return {"position": position}


def update_embedded_object_border(batch: Batch, body: Json) -> None:
    kind, sheet, place, old = _object(batch, body.get("objectId", 0))
    mask = update_mask("EmbeddedObjectBorder", body.get("fields", ""))
    border = edited(old.get("border", {}), body.get("border", {}), mask)
    border = canonical("EmbeddedObjectBorder", border)
    sheet.stored[kind][place] = {**old, "border": border}


def delete_embedded_object(batch: Batch, body: Json) -> None:
    kind, sheet, place, _ = _object(batch, body.get("objectId", 0))
    del sheet.stored[kind][place]


REQUESTS: dict[str, Callable[[Batch, Json], Json | None]] = {
    "addChart": add_chart,
    "updateChartSpec": update_chart_spec,
    "updateEmbeddedObjectPosition": update_embedded_object_position,
    "updateEmbeddedObjectBorder": update_embedded_object_border,
    "deleteEmbeddedObject": delete_embedded_object,
}
