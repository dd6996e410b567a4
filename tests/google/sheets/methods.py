"""The methods of `spreadsheets` itself, of its metadata and of its sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.google.discovery import bad_request
from tests.google.sheets import grid
from tests.google.sheets.create import new_spreadsheet, spreadsheet_from
from tests.google.sheets.duplicate import add_copy
from tests.google.sheets.lookup import area_of_text, box_in_grid, sheet_with_id
from tests.google.sheets.metadata import filter_areas, filtered, metadata_json
from tests.google.sheets.refusals import RefusedError, refusal
from tests.google.sheets.render import sheet_properties, spreadsheet_json
from tests.google.sheets.requests.registry import REQUESTS
from tests.google.sheets.requests.sheets import copy_title, new_sheet
from tests.google.sheets.value_methods import wait_for_others
from tests.google.wire import ApiError, Reply

if TYPE_CHECKING:
    from tests.google.sheets.areas import Area
    from tests.google.sheets.batch import Batch
    from tests.google.sheets.calls import Call
    from tests.google.sheets.model import Spreadsheet

Json = dict[str, Any]
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
COMMENTS = {
    "insertComment",
    "addCommentReply",
    "updateCommentPost",
    "deleteComment",
    "deleteCommentReply",
}


def create(call: Call) -> Json:
    world = call.world
    with world.lock:
        spreadsheet_id = world.new_id(44)
        blank = new_spreadsheet(spreadsheet_id, "Untitled spreadsheet")
        try:
            spreadsheet = spreadsheet_from(blank, call.body, user=call.user)
        except RefusedError as error:
            raise refusal(error) from None
        world.spreadsheets[spreadsheet_id] = spreadsheet
        world.register_file(spreadsheet_id, spreadsheet.title, SPREADSHEET, caller=call.caller)
    return spreadsheet_json(
        spreadsheet, call.wanted(call.mask, None, grid_data=False, with_tables=True)
    )


def get(call: Call) -> Json:
    spreadsheet = call.spreadsheet
    ranges = call.query.get("ranges")
    areas = None
    if ranges:
        areas = _areas(spreadsheet, ranges)
    wanted = call.wanted(
        call.mask,
        areas,
        grid_data=call.switch("includeGridData"),
        with_tables=not call.switch("excludeTablesInBandedRanges"),
    )
    return spreadsheet_json(spreadsheet, wanted)


def _areas(spreadsheet: Spreadsheet, texts: list[str]) -> list[Area]:
    """The areas of A1 texts, which must begin in the grid. Raises ApiError, 400."""
    try:
        areas = [area_of_text(spreadsheet, text) for text in texts]
        for area in areas:
            box_in_grid(spreadsheet, area)
    except RefusedError as error:
        raise refusal(error) from None
    return areas


def get_by_data_filter(call: Call) -> Json:
    spreadsheet = call.spreadsheet
    filters = call.body.get("dataFilters", [])
    try:
        areas = [area for item in filters for area in filter_areas(spreadsheet, item)]
    except RefusedError as error:
        raise refusal(error) from None
    wanted = call.wanted(
        call.mask,
        areas if filters else None,
        grid_data=call.body.get("includeGridData", False),
        with_tables=not call.body.get("excludeTablesInBandedRanges", False),
    )
    return spreadsheet_json(spreadsheet, wanted)


def batch_update(call: Call) -> Json:
    """All requests in their order, or none of them."""
    requests = call.body.get("requests", [])
    if not requests:
        raise bad_request("Must specify at least one request.")
    kinds = [_kind(index, request) for index, request in enumerate(requests)]
    if "appendCells" in kinds and call.assumes("append_cells_concurrent", "lose"):
        call = call.with_rows_seen()
        wait_for_others()
    ranges = call.body.get("responseRanges", [])
    reads_back = call.body.get("includeSpreadsheetInResponse", False)

    def work(batch: Batch) -> Json:
        before = batch.assumes("response_ranges_checked", "before")
        if reads_back and before:
            _areas(batch.before, ranges)
        replies = [_apply(batch, index, request) for index, request in enumerate(requests)]
        result: Json = {"spreadsheetId": batch.spreadsheet.spreadsheet_id, "replies": replies}
        if reads_back and "updatedSpreadsheet" in call.mask:
            result["updatedSpreadsheet"] = _read_back(call, batch, ranges)
        state = "ALL_SAVED" if COMMENTS & set(kinds) else "NO_UPDATES_REQUESTED"
        return {**result, "commentUpdateState": state}

    result = call.changing(work)
    pruned: Json = call.mask.prune(result)
    return pruned


def _kind(index: int, request: Json) -> str:
    """The one member that says what the request is. Raises ApiError, 400."""
    if len(request) != 1:
        what = "No request set." if not request else "oneof field 'kind' is already set."
        raise bad_request(f"Invalid requests[{index}]: {what}")
    return next(iter(request))


def _apply(batch: Batch, index: int, request: Json) -> Json:
    ((kind, body),) = request.items()
    where = f"requests[{index}].{kind}"
    step = REQUESTS.get(kind)
    if step is None:
        raise refusal(RefusedError("This spreadsheet has no data source."), where)
    try:
        reply = step(batch, body)
    except RefusedError as error:
        raise refusal(error, where) from None
    return {} if reply is None else {kind: reply}


def _read_back(call: Call, batch: Batch, ranges: list[str]) -> Json:
    areas = _areas(batch.spreadsheet, ranges) if ranges else None
    grid_data = call.body.get("responseIncludeGridData", False)
    mask = call.mask.below("updatedSpreadsheet")
    wanted = call.wanted(mask, areas, grid_data=grid_data, with_tables=True)
    return spreadsheet_json(batch.spreadsheet, wanted)


def metadata_get(call: Call) -> Json:
    spreadsheet = call.spreadsheet
    asked = call.parts["metadataId"]
    entry = spreadsheet.metadata.get(int(asked)) if asked.isdecimal() else None
    if entry is None:
        message = f"No developer metadata with ID {asked}"
        raise ApiError(Reply.error(404, "NOT_FOUND", message))
    return metadata_json(entry)


def metadata_search(call: Call) -> Json:
    spreadsheet = call.spreadsheet
    matched: dict[int, list[Json]] = {}
    try:
        for item in call.body.get("dataFilters", []):
            for entry in filtered(spreadsheet, item):
                matched.setdefault(entry.metadata_id, []).append(item)
    except RefusedError as error:
        raise refusal(error) from None
    found = [
        {"developerMetadata": metadata_json(spreadsheet.metadata[number]), "dataFilters": filters}
        for number, filters in matched.items()
    ]
    return {"matchedDeveloperMetadata": found} if found else {}


def copy_to(call: Call) -> Json:
    """A sheet copied into another spreadsheet, at its end."""
    source = call.spreadsheet
    asked = call.parts["sheetId"]
    try:
        sheet = sheet_with_id(source, int(asked) if asked.isdecimal() else -1)
    except RefusedError as error:
        raise refusal(error) from None
    entries = [e for e in source.metadata.values() if e.sheet_id == sheet.sheet_id]
    if call.assumes("metadata_survives_duplicate", "no"):
        entries = []

    def work(batch: Batch) -> Json:
        target = batch.spreadsheet
        title = copy_title(target, sheet.title)
        copied = sheet.copy()
        copied.sheet_id = new_sheet(target, {"title": title}).sheet_id
        copied.title = title
        add_copy(target, copied, sheet.sheet_id, len(target.sheets), entries)
        grid.check_room(target)
        return sheet_properties(copied, len(target.sheets) - 1)

    return call.changing(work, spreadsheet_id=call.body.get("destinationSpreadsheetId", "-"))
