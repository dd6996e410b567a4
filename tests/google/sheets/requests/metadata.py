"""Developer metadata: created, changed, deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.google.sheets.celledit import update_mask
from tests.google.sheets.metadata import check_room, filtered, location_of, metadata_json
from tests.google.sheets.model import Metadata
from tests.google.sheets.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.batch import Batch

Json = dict[str, Any]
VISIBILITIES = ("DOCUMENT", "PROJECT")


def create_developer_metadata(batch: Batch, body: Json) -> Json:
    asked = body.get("developerMetadata", {})
    place = location_of(batch.spreadsheet, asked.get("location", {}))
    entry = Metadata(
        metadata_id=_id_for(batch, asked.get("metadataId")),
        key=asked.get("metadataKey", ""),
        value=asked.get("metadataValue", ""),
        visibility=asked.get("visibility", ""),
        **place,
    )
    _put(batch, entry)
    return {"developerMetadata": metadata_json(entry)}


def _id_for(batch: Batch, asked: int | None) -> int:
    """The id asked for, which must be free; one of Google's choice without it."""
    known = batch.spreadsheet.metadata
    if not asked:
        return batch.spreadsheet.fresh_id(lambda number: number in known)
    if asked < 0:
        raise RefusedError(f"The metadata ID must be positive, not {asked}.")
    taken = asked in known
    if batch.assumes("delete_create_same_id_in_batch", "refused"):
        taken = taken or asked in batch.before.metadata
    if taken:
        raise RefusedError(
            f"Cannot add developer metadata with ID [{asked}] because developer metadata with "
            "that ID already exists."
        )
    return asked


def _put(batch: Batch, entry: Metadata) -> None:
    if not entry.key:
        raise RefusedError("A metadata key must be specified.")
    if entry.visibility not in VISIBILITIES:
        raise RefusedError("A metadata visibility must be specified.")
    batch.spreadsheet.metadata[entry.metadata_id] = entry
    check_room(batch.spreadsheet, entry)


def update_developer_metadata(batch: Batch, body: Json) -> Json:
    mask = update_mask("DeveloperMetadata", body.get("fields", ""))
    asked = body.get("developerMetadata", {})
    matched = _matching(batch, body.get("dataFilters", []))
    if not matched:
        return _none(batch)
    updated = []
    for old in matched:
        new = old
        if "metadataKey" in mask:
            new = replace(new, key=asked.get("metadataKey", ""))
        if "metadataValue" in mask:
            new = replace(new, value=asked.get("metadataValue", ""))
        if "visibility" in mask:
            new = replace(new, visibility=asked.get("visibility", ""))
        if "location" in mask:
            new = replace(new, **location_of(batch.spreadsheet, asked.get("location", {})))
        _put(batch, new)
        updated.append(metadata_json(new))
    return {"developerMetadata": updated}


def delete_developer_metadata(batch: Batch, body: Json) -> Json:
    if not body.get("dataFilter"):
        raise RefusedError("A data filter must be set.")
    matched = filtered(batch.spreadsheet, body["dataFilter"])
    if not matched:
        return _none(batch)
    for entry in matched:
        del batch.spreadsheet.metadata[entry.metadata_id]
    return {"deletedDeveloperMetadata": [metadata_json(entry) for entry in matched]}


def _matching(batch: Batch, data_filters: list[Json]) -> list[Metadata]:
    """The entries that some filter matches, each once."""
    if not data_filters:
        raise RefusedError("At least one data filter must be set.")
    found = {
        entry.metadata_id: entry
        for data_filter in data_filters
        for entry in filtered(batch.spreadsheet, data_filter)
    }
    return list(found.values())


def _none(batch: Batch) -> Json:
    """What is said where no entry matches: Google's documents don't tell."""
    if batch.assumes("delete_metadata_no_match", "error"):
        raise RefusedError("No developer metadata matches the data filter.")
    return {}


REQUESTS: dict[str, Callable[[Batch, Json], Json | None]] = {
    "createDeveloperMetadata": create_developer_metadata,
    "updateDeveloperMetadata": update_developer_metadata,
    "deleteDeveloperMetadata": delete_developer_metadata,
}
