"""The methods of `spreadsheets.values`, from a checked call to the answer."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from tests.google.discovery import bad_request
from tests.google.sheets import values
from tests.google.sheets.lookup import area_of_text
from tests.google.sheets.metadata import filter_areas
from tests.google.sheets.refusals import RefusedError, refusal
from tests.google.sheets.values import Rendering, Writing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.areas import Area
    from tests.google.sheets.batch import Batch
    from tests.google.sheets.calls import Call
    from tests.google.sheets.model import Spreadsheet

Json = dict[str, Any]
# How long an append waits for others in flight, where they are to lose each other's rows.
OVERLAP_SECONDS = 0.05


def _read(call: Call, work: Callable[[Spreadsheet], Json]) -> Json:
    try:
        return work(call.spreadsheet)
    except RefusedError as error:
        raise refusal(error) from None


def get(call: Call) -> Json:
    def work(spreadsheet: Spreadsheet) -> Json:
        area = area_of_text(spreadsheet, call.parts["range"])
        return values.value_range(spreadsheet, area, _rendering(call))

    return _read(call, work)


def _rendering(call: Call) -> Rendering:
    return Rendering(
        major=call.option("majorDimension"),
        render=call.option("valueRenderOption"),
        dates=call.option("dateTimeRenderOption"),
    )


def batch_get(call: Call) -> Json:
    def work(spreadsheet: Spreadsheet) -> Json:
        how = _rendering(call)
        areas = [area_of_text(spreadsheet, text) for text in call.query.get("ranges", [])]
        result: Json = {"spreadsheetId": spreadsheet.spreadsheet_id}
        if areas:
            ranges = [values.value_range(spreadsheet, area, how) for area in areas]
            result["valueRanges"] = ranges
        return result

    return _read(call, work)


def _writing(call: Call) -> Writing:
    """How to write, from the query (one range) or from the body (several)."""
    source: Any = call.option if "data" not in call.body else call.body.get
    option = source("valueInputOption") or ""
    if option not in ("RAW", "USER_ENTERED"):
        raise bad_request("'valueInputOption' is required but not specified")
    read_back = call.body.get("includeValuesInResponse", call.switch("includeValuesInResponse"))
    return Writing(
        option=option,
        read_back=bool(read_back),
        rendering=Rendering(
            render=source("responseValueRenderOption") or "",
            dates=source("responseDateTimeRenderOption") or "",
        ),
    )


def _range(batch: Batch, call: Call) -> Area:
    """The range in the path, which a range in the body must repeat."""
    text = call.parts["range"]
    area = area_of_text(batch.spreadsheet, text)
    said = call.body.get("range")
    if said and area_of_text(batch.spreadsheet, said) != area:
        raise RefusedError(
            f"Requested writing within range [{text}], but the range in the body is [{said}]"
        )
    return area


def update(call: Call) -> Json:
    how = _writing(call)

    def work(batch: Batch) -> Json:
        return values.write(batch, _range(batch, call), call.body, how)

    return call.changing(work)


def batch_update(call: Call) -> Json:
    how = _writing(call)

    def work(batch: Batch) -> Json:
        items = [
            (area_of_text(batch.spreadsheet, item.get("range", "")), item)
            for item in call.body.get("data", [])
        ]
        return values.write_many(batch, items, how)

    return call.changing(work)


def append(call: Call) -> Json:
    how = _writing(call)
    insert_rows = call.option("insertDataOption") == "INSERT_ROWS"
    seen = None
    if not insert_rows and call.assumes("append_cells_concurrent", "lose"):
        seen = _spot_before_others(call)

    def work(batch: Batch) -> Json:
        area = _range(batch, call)
        spot = seen or values.find_spot(batch.spreadsheet, area)
        return values.append(batch, area, spot, call.body, how, insert_rows=insert_rows)

    return call.changing(work)


def _spot_before_others(call: Call) -> values.Spot:
    """Where this writer means to append, settled before others in flight have written."""

    def work(spreadsheet: Spreadsheet) -> Json:
        area = area_of_text(spreadsheet, call.parts["range"])
        return {"spot": values.find_spot(spreadsheet, area)}

    spot: values.Spot = _read(call, work)["spot"]
    wait_for_others()
    return spot


def wait_for_others() -> None:
    """Leave others in flight the time to look at the same rows."""
    threading.Event().wait(OVERLAP_SECONDS)


def clear(call: Call) -> Json:
    def work(batch: Batch) -> Json:
        cleared = values.clear(batch, area_of_text(batch.spreadsheet, call.parts["range"]))
        spreadsheet_id = batch.spreadsheet.spreadsheet_id
        return {"spreadsheetId": spreadsheet_id, "clearedRange": cleared}

    return call.changing(work)


def batch_clear(call: Call) -> Json:
    def work(batch: Batch) -> Json:
        areas = [area_of_text(batch.spreadsheet, text) for text in call.body.get("ranges", [])]
        return _cleared(batch, areas)

    return call.changing(work)


def _cleared(batch: Batch, areas: list[Area]) -> Json:
    cleared = [values.clear(batch, area) for area in areas]
    result: Json = {"spreadsheetId": batch.spreadsheet.spreadsheet_id}
    return result | ({"clearedRanges": cleared} if cleared else {})


def batch_clear_by_data_filter(call: Call) -> Json:
    def work(batch: Batch) -> Json:
        filters = call.body.get("dataFilters", [])
        areas = [area for item in filters for area in filter_areas(batch.spreadsheet, item)]
        return _cleared(batch, areas)

    return call.changing(work)


def batch_get_by_data_filter(call: Call) -> Json:
    how = Rendering(
        major=call.body.get("majorDimension", ""),
        render=call.body.get("valueRenderOption", ""),
        dates=call.body.get("dateTimeRenderOption", ""),
    )

    def work(spreadsheet: Spreadsheet) -> Json:
        found: dict[Area, list[Json]] = {}
        for item in call.body.get("dataFilters", []):
            for area in filter_areas(spreadsheet, item):
                found.setdefault(area, []).append(item)
        result: Json = {"spreadsheetId": spreadsheet.spreadsheet_id}
        matched = [
            {"valueRange": values.value_range(spreadsheet, area, how), "dataFilters": filters}
            for area, filters in found.items()
        ]
        return result | ({"valueRanges": matched} if matched else {})

    return _read(call, work)


def batch_update_by_data_filter(call: Call) -> Json:
    """Each filter's values go to every range that it matches, from the range's first cell on."""
    how = _writing(call)

    def work(batch: Batch) -> Json:
        items, filters = [], []
        for item in call.body.get("data", []):
            for area in filter_areas(batch.spreadsheet, item.get("dataFilter", {})):
                items.append((area, item))
                filters.append(item["dataFilter"])
        result = values.write_many(batch, items, how)
        for response, data_filter in zip(result["responses"], filters, strict=True):
            del response["spreadsheetId"]
            response["dataFilter"] = data_filter
        return result

    return call.changing(work)
