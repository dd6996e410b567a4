"""What Google does where its documentation is silent: one function for each question.

Each asks with a few calls in a tab of its own, which is deleted again, and gives the answer in the
words of `sheetlog.google.assumptions`. Knows the Sheets API, and a way to call it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sheetlog.errors import SheetError
from sheetlog.google.replies import InvalidError

Json = dict[str, Any]


class Spreadsheet(Protocol):
    """A spreadsheet that may be tried things in."""

    id: str

    def call(self, method: str, tail: str = "", body: object = None, **params: object) -> Json: ...
    def batch(self, *requests: Json) -> Json: ...


def number() -> int:
    """Return an id that nobody has."""
    return uuid.uuid4().int % (2**31 - 1) + 1


@contextmanager
def tab(live: Spreadsheet, *, rows: int = 6) -> Iterator[int]:
    """Give the id of a new tab, and delete it in the end."""
    sheet = number()
    properties = {
        "sheetId": sheet,
        "title": f"sheetlog-test-{sheet}",
        "gridProperties": {"rowCount": rows, "columnCount": 4},
    }
    live.batch({"addSheet": {"properties": properties}})
    try:
        yield sheet
    finally:
        live.batch({"deleteSheet": {"sheetId": sheet}})


def mark(location: Json, id_: int) -> Json:
    """Return the request for metadata at a place."""
    entry = {
        "metadataId": id_,
        "metadataKey": "sl.x",
        "metadataValue": "1",
        "visibility": "DOCUMENT",
        "location": location,
    }
    return {"createDeveloperMetadata": {"developerMetadata": entry}}


def unmark(id_: int) -> Json:
    lookup = {"developerMetadataLookup": {"metadataId": id_}}
    return {"deleteDeveloperMetadata": {"dataFilter": lookup}}


def line(sheet: int, dimension: str, at: int) -> Json:
    return {"sheetId": sheet, "dimension": dimension, "startIndex": at, "endIndex": at + 1}


def texts(sheet: int, *rows: list[str]) -> Json:
    """Return the request that writes texts from the first cell on."""
    lines = [
        {"values": [{"userEnteredValue": {"stringValue": text}} if text else {} for text in row]}
        for row in rows
    ]
    start = {"sheetId": sheet, "rowIndex": 0, "columnIndex": 0}
    return {"updateCells": {"start": start, "rows": lines, "fields": "userEnteredValue"}}


def place(live: Spreadsheet, id_: int, dimension: str) -> int:
    """Return the row or column that metadata is at."""
    location = live.call("get", f"/developerMetadata/{id_}")["location"]["dimensionRange"]
    assert dimension == location["dimension"]
    return int(location.get("startIndex", 0))


def _taken(live: Spreadsheet, *requests: Json) -> bool:
    """Return whether a batch was carried out; anything but a plain refusal settles nothing."""
    try:
        live.batch(*requests)
    except InvalidError:
        return False
    return True


def delete_create_same_id_in_batch(live: Spreadsheet) -> str:
    """An id is deleted and created again in one batch."""
    id_ = number()
    with tab(live) as sheet:
        create = mark({"sheetId": sheet}, id_)
        live.batch(create)
        return "ok" if _taken(live, unmark(id_), create) else "refused"


def delete_metadata_no_match(live: Spreadsheet) -> str:
    """Metadata is deleted that isn't there."""
    return "empty" if _taken(live, unmark(number())) else "error"


def metadata_survives_duplicate(live: Spreadsheet) -> str:
    """A tab with a marked column is duplicated."""
    with tab(live) as sheet:
        copy = number()
        live.batch(mark({"dimensionRange": line(sheet, "COLUMNS", 1)}, number()))
        live.batch({"duplicateSheet": {"sourceSheetId": sheet, "newSheetId": copy}})
        try:
            lookup = {
                "metadataKey": "sl.x",
                "metadataLocation": {"sheetId": copy},
                "locationMatchingStrategy": "INTERSECTING_LOCATION",
            }
            found = live.call(
                "post",
                "/developerMetadata:search",
                {"dataFilters": [{"developerMetadataLookup": lookup}]},
            )
            return "yes" if found.get("matchedDeveloperMetadata") else "no"
        finally:
            live.batch({"deleteSheet": {"sheetId": copy}})


def metadata_under_move(live: Spreadsheet) -> str:
    """A marked column is moved."""
    id_ = number()
    with tab(live) as sheet:
        live.batch(mark({"dimensionRange": line(sheet, "COLUMNS", 0)}, id_))
        move = {"source": line(sheet, "COLUMNS", 0), "destinationIndex": 3}
        live.batch({"moveDimension": move})
        return "follows" if place(live, id_, "COLUMNS") == 2 else "stays"


def row_metadata_follows_sort(live: Spreadsheet) -> str:
    """Two rows are sorted, of which the first is marked."""
    id_ = number()
    with tab(live) as sheet:
        live.batch(
            texts(sheet, ["b"], ["a"]), mark({"dimensionRange": line(sheet, "ROWS", 0)}, id_)
        )
        area = {"sheetId": sheet, "startRowIndex": 0, "endRowIndex": 2}
        specs = [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]
        live.batch({"sortRange": {"range": area, "sortSpecs": specs}})
        return "yes" if place(live, id_, "ROWS") == 1 else "no"


def response_ranges_checked(live: Spreadsheet) -> str:
    """A row is appended and read back in the same call."""
    with tab(live, rows=2) as sheet:
        body = {
            "requests": [
                {"appendDimension": {"sheetId": sheet, "dimension": "ROWS", "length": 1}}
            ],
            "includeSpreadsheetInResponse": True,
            "responseRanges": [f"'sheetlog-test-{sheet}'!3:3"],
        }
        try:
            live.call("post", ":batchUpdate", body, fields="updatedSpreadsheet.sheets.properties")
        except InvalidError:
            return "before"
        return "after"


def masked_cells_cut(live: Spreadsheet) -> str:
    """A row is read of whose cells only the first has what is asked for."""
    with tab(live) as sheet:
        start = {"sheetId": sheet, "rowIndex": 0, "columnIndex": 0}
        cells = [{"userEnteredValue": {"stringValue": "a"}}, {"note": "b"}]
        write = {"start": start, "rows": [{"values": cells}], "fields": "userEnteredValue,note"}
        live.batch({"updateCells": write})
        reply = live.call(
            "get",
            ranges=f"'sheetlog-test-{sheet}'",
            fields="sheets.data.rowData.values.userEnteredValue",
        )
        (row, *_) = reply["sheets"][0]["data"][0]["rowData"]
        return "after" if len(row["values"]) == 1 else "before"


def strict_validation(live: Spreadsheet) -> str:
    """A text is written where a strict dropdown doesn't list it."""
    with tab(live) as sheet:
        cell = {"sheetId": sheet, "startRowIndex": 0, "endRowIndex": 1}
        cell |= {"startColumnIndex": 0, "endColumnIndex": 1}
        listed = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "yes"}]}
        rule = {"condition": listed, "strict": True}
        live.batch({"setDataValidation": {"range": cell, "rule": rule}})
        return "ignored" if _taken(live, texts(sheet, ["no"])) else "refused"


def chip_text(live: Spreadsheet) -> str:
    """A chip of the spreadsheet itself is written, and its text read."""
    with tab(live) as sheet:
        uri = f"https://docs.google.com/spreadsheets/d/{live.id}/edit"
        chips = [{"chip": {"richLinkProperties": {"uri": uri}}}]
        cell = {"userEnteredValue": {"stringValue": "@"}, "chipRuns": chips}
        start = {"sheetId": sheet, "rowIndex": 0, "columnIndex": 0}
        mask = "userEnteredValue,chipRuns"
        write = {"start": start, "rows": [{"values": [cell]}], "fields": mask}
        live.batch({"updateCells": write})
        reply = live.call(
            "get",
            ranges=f"'sheetlog-test-{sheet}'",
            fields="sheets.data.rowData.values(userEnteredValue,chipRuns)",
        )
        (row, *_) = reply["sheets"][0]["data"][0]["rowData"]
        text = row["values"][0]["userEnteredValue"]["stringValue"]
        return "placeholder" if text == "@" else "title"


QUESTIONS: dict[str, Callable[[Spreadsheet], str]] = {
    each.__name__: each
    for each in (
        delete_create_same_id_in_batch,
        delete_metadata_no_match,
        metadata_survives_duplicate,
        metadata_under_move,
        row_metadata_follows_sort,
        response_ranges_checked,
        masked_cells_cut,
        strict_validation,
        chip_text,
    )
}
"""Each question by its name."""


def id_in_use_refused(live: Spreadsheet) -> bool:
    """Return whether a batch that uses an id again is refused as a whole: what tokens stand on."""
    id_, sheet = number(), number()
    with tab(live) as own:
        live.batch(mark({"sheetId": own}, id_))
        title = f"sheetlog-test-{sheet}"
        new = {"addSheet": {"properties": {"sheetId": sheet, "title": title}}}
        try:
            live.batch(new, mark({"sheetId": own}, id_))
        except SheetError:
            sheets = live.call("get", fields="sheets.properties.title")["sheets"]
            if title not in [each["properties"]["title"] for each in sheets]:
                return True
        live.batch({"deleteSheet": {"sheetId": sheet}})
        return False


def copied_to_a_new_tab(live: Spreadsheet) -> bool:
    """Return whether a batch copies a row to a tab that it makes, as it is before the batch writes
    to it: what undo tabs stand on.
    """
    copy = number()
    with tab(live) as sheet:
        live.batch(texts(sheet, ["before", "beside"]))

        def area(of: int) -> Json:
            corner = {"startColumnIndex": 0, "endColumnIndex": 2}
            return {"sheetId": of, "startRowIndex": 0, "endRowIndex": 1, **corner}

        title = f"sheetlog-test-{copy}"
        new = {"addSheet": {"properties": {"sheetId": copy, "title": title, "hidden": True}}}
        how = {"pasteType": "PASTE_NORMAL", "pasteOrientation": "NORMAL"}
        paste = {"copyPaste": {"source": area(sheet), "destination": area(copy), **how}}
        live.batch(new, paste, texts(sheet, ["after"]))
        try:
            found = live.call("get", f"/values/'{title}'")
            written = live.call("get", f"/values/'sheetlog-test-{sheet}'")
            both = found.get("values"), written.get("values")
            return both == ([["before", "beside"]], [["after", "beside"]])
        finally:
            live.batch({"deleteSheet": {"sheetId": copy}})


def found_by_its_mark(live: Spreadsheet) -> bool:
    """Return whether a hidden tab is found by metadata that is the tab's own, and read whole by its
    number: what finding the undo tabs of a process that died stands on.
    """
    id_ = number()
    with tab(live) as sheet:
        hide = {"properties": {"sheetId": sheet, "hidden": True}, "fields": "hidden"}
        live.batch(
            mark({"sheetId": sheet}, id_), texts(sheet, ["a"]), {"updateSheetProperties": hide}
        )
        lookup = {"developerMetadataLookup": {"metadataId": id_}}
        fields = "sheets(properties(sheetId),developerMetadata,data(rowData(values)))"

        def seen(asked: Json) -> list[Json]:
            body = {"dataFilters": [asked]}
            found = live.call("post", ":getByDataFilter", body, fields=fields).get("sheets", ())
            return [each for each in found if each["properties"]["sheetId"] == sheet]

        (marked, *_), (whole, *_) = (
            seen(asked) or [{}] for asked in (lookup, {"gridRange": {"sheetId": sheet}})
        )
        ids = [each["metadataId"] for each in marked.get("developerMetadata", ())]
        return ids == [id_] and "'a'" in str(whole.get("data"))


def report(held: dict[str, str]) -> list[str]:
    """Return a line for each question: what was seen, and what sheetlog does about it."""
    from sheetlog.google.assumptions import OPEN

    lines = []
    for name in QUESTIONS:
        seen = held.get(name, "not asked")
        lines.append(f"assumption {name}: {seen}")
        if name in OPEN:
            lines.append(f"    either way right: {OPEN[name]}")
    return lines
