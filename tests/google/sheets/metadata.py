"""Developer metadata: in JSON, and found by what a lookup or a data filter asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.google.sheets.areas import Area, spans_meet
from tests.google.sheets.lookup import area_of_text
from tests.google.sheets.refusals import RefusedError

if TYPE_CHECKING:
    from tests.google.sheets.model import Metadata, Spreadsheet

Json = dict[str, Any]
LOCATION_TYPES = {"ROWS": "ROW", "COLUMNS": "COLUMN", "": "SHEET"}
# Google's guide: so many characters of keys and values for the spreadsheet, and for each sheet.
MAX_CHARACTERS = 30_000


def metadata_json(entry: Metadata) -> Json:
    """The entry as a DeveloperMetadata."""
    members = {
        "metadataId": entry.metadata_id,
        "metadataKey": entry.key,
        "metadataValue": entry.value,
        "location": location_json(entry),
        "visibility": entry.visibility,
    }
    return {name: item for name, item in members.items() if item != ""}


def location_json(entry: Metadata) -> Json:
    """The entry's DeveloperMetadataLocation."""
    if entry.sheet_id is None:
        return {"locationType": "SPREADSHEET", "spreadsheet": True}
    if not entry.dimension:
        return {"locationType": "SHEET", "sheetId": entry.sheet_id}
    dimension_range: Json = {"sheetId": entry.sheet_id} if entry.sheet_id else {}
    dimension_range |= {
        "dimension": entry.dimension,
        "startIndex": entry.index,
        "endIndex": entry.index + 1,
    }
    return {"locationType": LOCATION_TYPES[entry.dimension], "dimensionRange": dimension_range}


def location_of(spreadsheet: Spreadsheet, location: Json) -> Json:
    """The members of a Metadata that a location sets. Raises RefusedError."""
    given = [name for name in ("spreadsheet", "sheetId", "dimensionRange") if name in location]
    if given == ["spreadsheet"] and location["spreadsheet"]:
        return {"sheet_id": None, "dimension": "", "index": 0}
    if len(given) != 1 or given == ["spreadsheet"]:
        raise RefusedError("Exactly one location must be set.")
    dimension_range = location.get("dimensionRange", {})
    sheet_id = dimension_range.get("sheetId", 0) if dimension_range else location["sheetId"]
    sheet = spreadsheet.find(sheet_id)
    if sheet is None:
        raise RefusedError(f"No sheet with id: {sheet_id}")
    if not dimension_range:
        return {"sheet_id": sheet_id, "dimension": "", "index": 0}
    dimension = dimension_range.get("dimension", "")
    start, end = dimension_range.get("startIndex"), dimension_range.get("endIndex")
    if dimension not in ("ROWS", "COLUMNS") or start is None or end != start + 1:
        raise RefusedError("The dimension range must name exactly one row or column.")
    if not 0 <= start < sheet.count(dimension):
        raise RefusedError(f"There is no {dimension} {start} in sheet {sheet_id}.")
    return {"sheet_id": sheet_id, "dimension": dimension, "index": start}


def location_area(entry: Metadata) -> Area | None:
    """The cells of the location; None for the whole spreadsheet."""
    if entry.sheet_id is None:
        return None
    start, end = entry.index, entry.index + 1
    if entry.dimension == "ROWS":
        return Area(sheet_id=entry.sheet_id, top=start, bottom=end)
    if entry.dimension == "COLUMNS":
        return Area(sheet_id=entry.sheet_id, left=start, right=end)
    return Area(sheet_id=entry.sheet_id)


def looked_up(spreadsheet: Spreadsheet, lookup: Json) -> list[Metadata]:
    """The entries that have everything that a DeveloperMetadataLookup asks for."""
    strategy = lookup.get("locationMatchingStrategy", "")
    location_type = lookup.get("locationType", "")
    if strategy == "EXACT_LOCATION" and location_type:
        raise RefusedError("locationType can't be set with an exact location.")
    if strategy == "INTERSECTING_LOCATION" and location_type == "SPREADSHEET":
        raise RefusedError("An intersecting lookup can't ask for the location type SPREADSHEET.")
    if "metadataId" in lookup:
        # An id is unique, so the others needn't be looked at.
        entry = spreadsheet.metadata.get(lookup["metadataId"])
        candidates = [] if entry is None else [entry]
    else:
        candidates = list(spreadsheet.metadata.values())
    return [entry for entry in candidates if _fits(entry, lookup)]


def _fits(entry: Metadata, lookup: Json) -> bool:
    asked = {
        "metadataKey": entry.key,
        "metadataValue": entry.value,
        "visibility": entry.visibility,
        "locationType": location_json(entry)["locationType"],
    }
    if any(name in lookup and lookup[name] != value for name, value in asked.items()):
        return False
    location = lookup.get("metadataLocation")
    if location is None:
        return True
    exact = lookup.get("locationMatchingStrategy") == "EXACT_LOCATION"
    return _same_place(entry, location) if exact else _meeting_place(entry, location)


def _same_place(entry: Metadata, location: Json) -> bool:
    own = location_json(entry)
    if "dimensionRange" in location:
        asked = {"sheetId": 0, **location["dimensionRange"]}
        return bool({"sheetId": 0, **own.get("dimensionRange", {})} == asked)
    if "sheetId" in location:
        return bool(own.get("sheetId") == location["sheetId"])
    return own.get("spreadsheet") is True


def _meeting_place(entry: Metadata, location: Json) -> bool:
    """Whether the entry's location and the one asked for share a cell."""
    if entry.sheet_id is None or location.get("spreadsheet"):
        return entry.sheet_id is None or bool(location.get("spreadsheet"))
    if "sheetId" in location:
        return bool(entry.sheet_id == location["sheetId"])
    asked = location.get("dimensionRange", {})
    if entry.sheet_id != asked.get("sheetId", 0):
        return False
    if entry.dimension != asked.get("dimension"):
        return True
    start, end = entry.index, entry.index + 1
    return spans_meet(start, end, asked.get("startIndex"), asked.get("endIndex"))


def filtered(spreadsheet: Spreadsheet, data_filter: Json) -> list[Metadata]:
    """The entries that a data filter matches: its lookup, or what hangs in its range."""
    if "developerMetadataLookup" in data_filter:
        return looked_up(spreadsheet, data_filter["developerMetadataLookup"])
    area = filter_area(spreadsheet, data_filter)
    entries = []
    for entry in spreadsheet.metadata.values():
        place = location_area(entry)
        if place is not None and area.holds(place):
            entries.append(entry)
    return entries


def filter_area(spreadsheet: Spreadsheet, data_filter: Json) -> Area:
    """The cells of a data filter that is a range. Raises RefusedError."""
    if "a1Range" in data_filter:
        return area_of_text(spreadsheet, data_filter["a1Range"])
    if "gridRange" in data_filter:
        area = Area.from_json(data_filter["gridRange"])
        if spreadsheet.find(area.sheet_id) is None:
            raise RefusedError(f"No grid with id: {area.sheet_id}")
        return area
    raise RefusedError("A data filter must be set.")


def filter_areas(spreadsheet: Spreadsheet, data_filter: Json) -> list[Area]:
    """All the cells that a data filter selects: its range, or where its metadata hangs."""
    if "developerMetadataLookup" not in data_filter:
        return [filter_area(spreadsheet, data_filter)]
    places = (location_area(entry) for entry in filtered(spreadsheet, data_filter))
    return [place for place in places if place is not None]


def check_room(spreadsheet: Spreadsheet, entry: Metadata) -> None:
    """Refuse an entry that would exceed the room of its sheet, or of the spreadsheet."""
    used = sum(
        len(other.key) + len(other.value)
        for other in spreadsheet.metadata.values()
        if other.sheet_id == entry.sheet_id
    )
    if used > MAX_CHARACTERS:
        raise RefusedError(
            f"Developer metadata may hold {MAX_CHARACTERS} characters in a sheet, not {used}."
        )
