"""Marks as requests: columns, their anchors, the header's row, the keys that there were. Pure.

What each of them means, `sheets_view` says, which reads them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sheetlog.plan import Plan
from sheetlog.sinks.sheets_view import ANCHOR, COLUMN, HEADER, KEYS, View, metadata_id
from sheetlog.template import Template

Json = dict[str, Any]

KEYS_ROOM = 12_000
"""Characters of the list of keys, of 30,000 that a tab's metadata may hold (Sheets API, Metadata).
"""


def column_id(sheet: int, key: str, taken: Collection[int]) -> int:
    """Return the metadata id of a column's mark: the same in every process."""
    return _free(taken, COLUMN, sheet, key)


def anchor_id(sheet: int, key: str, taken: Collection[int]) -> int:
    """Return the metadata id of a column's anchor."""
    return _free(taken, ANCHOR, sheet, key)


def _free(taken: Collection[int], *parts: object) -> int:
    id_, salt = metadata_id(*parts), 0
    while id_ in taken:
        salt += 1
        id_ = metadata_id(*parts, salt)
    return id_


def create(id_: int, key: str, value: str, location: Json | None = None) -> Json:
    """Return the request that creates metadata; of the spreadsheet where nothing is named."""
    entry = {
        "metadataId": id_,
        "metadataKey": key,
        "metadataValue": value,
        # PROJECT would hide it from whoever logs in by another client.
        "visibility": "DOCUMENT",
        "location": location or {"spreadsheet": True},
    }
    return {"createDeveloperMetadata": {"developerMetadata": entry}}


def delete(id_: int) -> Json:
    """Return the request that deletes metadata."""
    lookup = {"metadataId": id_}
    return {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}


def at(sheet: int, dimension: str, start: int, count: int = 1) -> Json:
    """Return a range of rows or columns."""
    return {
        "sheetId": sheet,
        "dimension": dimension,
        "startIndex": start,
        "endIndex": start + count,
    }


def mark(view: View, key: str, place: int, taken: Collection[int]) -> Iterator[Json]:
    """Yield what marks a column in a tab that is there."""
    location = {"dimensionRange": at(view.sheet, "COLUMNS", place)}
    yield create(column_id(view.sheet, key, taken), COLUMN, key, location)
    if view.anchored:
        yield _anchor(view.sheet, key, location, {*taken, *view.anchors})


def new_marks(sheet: int, places: Mapping[str, int], taken: Collection[int]) -> Iterator[Json]:
    """Yield what marks the columns of a new tab, whose places are by key."""
    for key, place in places.items():
        location = {"dimensionRange": at(sheet, "COLUMNS", place)}
        yield create(column_id(sheet, key, taken), COLUMN, key, location)
        yield _anchor(sheet, key, location, taken)
    yield create(metadata_id(ANCHOR, sheet), ANCHOR, "all", {"sheetId": sheet})


def _anchor(sheet: int, key: str, location: Json, taken: Collection[int]) -> Json:
    return create(anchor_id(sheet, key, taken), ANCHOR, key, location)


def header_mark(sheet: int, row: int, made_as: str) -> Json:
    """Return what marks the header's row, with the title that the tab was made with."""
    location = {"dimensionRange": at(sheet, "ROWS", row)}
    return create(metadata_id(HEADER, sheet), HEADER, made_as, location)


def keys_note(sheet: int, keys: Iterable[str]) -> Json:
    """Return what notes the keys that ever had a column."""
    return create(metadata_id(KEYS, sheet), KEYS, _listed(keys), {"sheetId": sheet})


def _listed(keys: Iterable[str]) -> str:
    """Return the list of keys, as long as there is room: what is left out can come back."""
    kept: list[str] = []
    room = KEYS_ROOM
    for key in keys:
        room -= len(json.dumps(key)) + 1
        if room < 0:
            break
        kept.append(key)
    return json.dumps(kept, separators=(",", ":"))


def compared(view: View, used: Collection[str]) -> Iterator[Json]:
    """Yield what fails as a whole when a column isn't where the view shows it.

    The mark is deleted where it is believed to be, and created there again. Is it elsewhere, it
    keeps its id, and an id that is in use cannot be created (Sheets API, Metadata).
    """
    for key, place in view.places.items():
        if key in used:
            location = {"dimensionRange": at(view.sheet, "COLUMNS", place)}
            lookup = {
                "metadataId": view.marks[key],
                "metadataLocation": location,
                "locationMatchingStrategy": "EXACT_LOCATION",
            }
            yield {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}
            yield create(view.marks[key], COLUMN, key, location)


def notes(view: View, plan: Plan, template: Template) -> Iterator[Json]:
    """Yield what keeps the tab's own notes right: its header row, and which keys there were."""
    if not view.header_marked:
        yield header_mark(view.sheet, view.header, template.tab)
    now = [column.key for column in plan.columns() if column.key is not None]
    known = list(dict.fromkeys((*(view.known or ()), *now)))
    if view.known is None:
        yield keys_note(view.sheet, known)
    elif len(known) > len(view.known) and _listed(known) != _listed(view.known):
        lookup = {"metadataId": metadata_id(KEYS, view.sheet)}
        yield {
            "updateDeveloperMetadata": {
                "dataFilters": [{"developerMetadataLookup": lookup}],
                "developerMetadata": {"metadataValue": _listed(known)},
                "fields": "metadataValue",
            }
        }
