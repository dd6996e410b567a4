"""From a path under /v4/ to the method that answers it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.google.sheets import methods, value_methods
from tests.google.sheets.calls import Call, checked_body, checked_mask, checked_query
from tests.google.wire import ApiError, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.wire import Request
    from tests.google.world import World

ROOT = "/v4/spreadsheets"
ONE = rf"{ROOT}/(?P<spreadsheetId>[^/:]+)"
VALUES = rf"{ONE}/values"
# A range may hold anything once decoded, so it is whatever stands before the verb, or to the end.
RANGE = r"/(?P<range>.+?)"
ROUTES: list[tuple[str, str, str, Callable[[Call], dict[str, Any]]]] = [
    ("POST", ROOT, "spreadsheets.create", methods.create),
    ("GET", ONE, "spreadsheets.get", methods.get),
    ("POST", rf"{ONE}:batchUpdate", "spreadsheets.batchUpdate", methods.batch_update),
    (
        "POST",
        rf"{ONE}:getByDataFilter",
        "spreadsheets.getByDataFilter",
        methods.get_by_data_filter,
    ),
    (
        "GET",
        rf"{ONE}/developerMetadata/(?P<metadataId>[^/]+)",
        "spreadsheets.developerMetadata.get",
        methods.metadata_get,
    ),
    (
        "POST",
        rf"{ONE}/developerMetadata:search",
        "spreadsheets.developerMetadata.search",
        methods.metadata_search,
    ),
    (
        "POST",
        rf"{ONE}/sheets/(?P<sheetId>[^/:]+):copyTo",
        "spreadsheets.sheets.copyTo",
        methods.copy_to,
    ),
    ("GET", rf"{VALUES}:batchGet", "spreadsheets.values.batchGet", value_methods.batch_get),
    (
        "POST",
        rf"{VALUES}:batchUpdate",
        "spreadsheets.values.batchUpdate",
        value_methods.batch_update,
    ),
    ("POST", rf"{VALUES}:batchClear", "spreadsheets.values.batchClear", value_methods.batch_clear),
    (
        "POST",
        rf"{VALUES}:batchGetByDataFilter",
        "spreadsheets.values.batchGetByDataFilter",
        value_methods.batch_get_by_data_filter,
    ),
    (
        "POST",
        rf"{VALUES}:batchUpdateByDataFilter",
        "spreadsheets.values.batchUpdateByDataFilter",
        value_methods.batch_update_by_data_filter,
    ),
    (
        "POST",
        rf"{VALUES}:batchClearByDataFilter",
        "spreadsheets.values.batchClearByDataFilter",
        value_methods.batch_clear_by_data_filter,
    ),
    ("POST", rf"{VALUES}{RANGE}:append", "spreadsheets.values.append", value_methods.append),
    ("POST", rf"{VALUES}{RANGE}:clear", "spreadsheets.values.clear", value_methods.clear),
    ("GET", rf"{VALUES}{RANGE}", "spreadsheets.values.get", value_methods.get),
    ("PUT", rf"{VALUES}{RANGE}", "spreadsheets.values.update", value_methods.update),
]
COMPILED = [
    (verb, re.compile(pattern, re.DOTALL), method, handler)
    for verb, pattern, method, handler in ROUTES
]
# These work out the mask themselves, so that they needn't build what nobody asked for.
MASKED_BY_METHOD = ("spreadsheets.get", "spreadsheets.getByDataFilter", "spreadsheets.batchUpdate")


def handle(world: World, request: Request) -> Reply:
    """The answer to any request under /v4/. Raises ApiError for the refusals."""
    for verb, pattern, method, handler in COMPILED:
        match = pattern.fullmatch(request.path) if verb == request.method else None
        if match is None:
            continue
        query = checked_query(method, request.query)
        call = Call(
            world=world,
            request=request,
            method=method,
            parts={name: unquote(part) for name, part in match.groupdict().items()},
            body=checked_body(method, request.body),
            query=query,
            mask=checked_mask(method, query),
        )
        result = handler(call)
        pruned = result if method in MASKED_BY_METHOD else call.mask.prune(result)
        return Reply.json(200, pruned)
    raise ApiError(Reply.error(404, "NOT_FOUND", "Requested entity was not found."))
