"""Developer metadata: unique, found, moved along, deleted, and where Google's word is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.google.book import Book, grid, insert, metadata, span

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.plain import PlainClient
    from tests.google.server import LocalGoogle

Json = dict[str, Any]


@pytest.fixture
def book(client: PlainClient) -> Book:
    return Book(client)


@pytest.fixture
def assume(google: LocalGoogle) -> Callable[[str, str], None]:
    def switch(name: str, value: str) -> None:
        google.world.set_modes({"assumptions": {name: value}})

    return switch


def column(index: int) -> Json:
    return {"dimensionRange": span("COLUMNS", index, index + 1)}


def row(index: int) -> Json:
    return {"dimensionRange": span("ROWS", index, index + 1)}


def deletion(**lookup: Any) -> Json:
    return {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}


def found(book: Book, **lookup: Any) -> list[Json]:
    """What a search finds."""
    body = {"dataFilters": [{"developerMetadataLookup": lookup}]}
    got = book.client.post(f"{book.path}/developerMetadata:search", body)
    assert 200 == got.status, got.body
    matched = got.json.get("matchedDeveloperMetadata", [])
    return [item["developerMetadata"] for item in matched]


def place(book: Book, metadata_id: int) -> int:
    """The row or column where an entry hangs."""
    got = book.client.get(f"{book.path}/developerMetadata/{metadata_id}")
    index: int = got.json["location"]["dimensionRange"]["startIndex"]
    return index


def test_created_and_read_in_every_way(book: Book) -> None:
    """By id, by search, and inline where it hangs."""
    created = book.reply(metadata(5, "k", column(2)))["developerMetadata"]
    location = {"dimension": "COLUMNS", "startIndex": 2, "endIndex": 3}
    expected = {
        "metadataId": 5,
        "metadataKey": "k",
        "metadataValue": "v",
        "visibility": "DOCUMENT",
        "location": {"locationType": "COLUMN", "dimensionRange": location},
    }
    assert expected == created
    assert expected == book.client.get(f"{book.path}/developerMetadata/5").json
    assert [expected] == found(book, metadataKey="k")
    columns = book.get("A1:D1", fields="sheets.data.columnMetadata.developerMetadata")
    inline = columns["sheets"][0]["data"][0]["columnMetadata"]
    assert [{}, {}, {"developerMetadata": [expected]}, {}] == inline


def test_on_the_sheet_and_on_the_spreadsheet(book: Book) -> None:
    """Each is listed where it hangs; its location says of which type it is."""
    book.batch(metadata(1, "s", {"sheetId": 0}), metadata(2, "f", {"spreadsheet": True}))
    whole = book.get()
    assert ["f"] == [entry["metadataKey"] for entry in whole["developerMetadata"]]
    on_sheet = whole["sheets"][0]["developerMetadata"]
    assert [{"locationType": "SHEET", "sheetId": 0}] == [entry["location"] for entry in on_sheet]


def test_an_id_that_is_taken_undoes_the_batch(book: Book) -> None:
    """400 in Google's words, and nothing of the batch is left."""
    book.batch(metadata(7, "k", {"sheetId": 0}))
    cells = {
        "start": {"rowIndex": 0},
        "rows": [{"values": [{"userEnteredValue": {"numberValue": 1}}]}],
        "fields": "userEnteredValue",
    }
    message = book.refusal({"updateCells": cells}, metadata(7, "other", {"sheetId": 0}))
    assert (
        "Invalid requests[1].createDeveloperMetadata: Cannot add developer metadata with ID [7] "
        "because developer metadata with that ID already exists."
    ) == message
    assert [] == book.values()
    assert ["k"] == [entry["metadataKey"] for entry in found(book, metadataId=7)]


def test_an_id_of_googles_choice(book: Book) -> None:
    """Without an id one is given, positive and in 31 bits."""
    entry = book.reply(metadata(None, "k", {"sheetId": 0}))["developerMetadata"]
    assert 0 < entry["metadataId"] < 2**31


def test_an_id_that_is_not_there(book: Book) -> None:
    """404, which is how a client learns that its batch was not applied."""
    assert 404 == book.client.get(f"{book.path}/developerMetadata/12").status


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (insert("COLUMNS", 0, 2), 5),
        (insert("COLUMNS", 3, 4), 4),
        (insert("COLUMNS", 4, 5), 3),
        ({"deleteDimension": {"range": span("COLUMNS", 0, 1)}}, 2),
        ({"deleteDimension": {"range": span("COLUMNS", 4, 6)}}, 3),
        ({"moveDimension": {"source": span("COLUMNS", 3, 4), "destinationIndex": 0}}, 0),
        ({"moveDimension": {"source": span("COLUMNS", 3, 4), "destinationIndex": 8}}, 7),
        ({"moveDimension": {"source": span("COLUMNS", 0, 2), "destinationIndex": 6}}, 1),
        ({"moveDimension": {"source": span("COLUMNS", 6, 8), "destinationIndex": 0}}, 5),
        ({"appendDimension": {"dimension": "COLUMNS", "length": 3}}, 3),
        (insert("ROWS", 0, 9), 3),
    ],
)
def test_it_moves_with_its_column(book: Book, change: Json, expected: int) -> None:
    """Column D's entry, after each change, is where column D is; so with row 4's and rows."""
    book.put("D1", [["here"]])
    book.batch(metadata(9, "k", column(3)))
    book.batch(change)
    assert expected == place(book, 9)
    row_of_text = next(row for row in book.values() if row)
    assert "here" == row_of_text[expected]


def test_it_goes_with_its_column_and_its_sheet(book: Book) -> None:
    """Deleted with what it hangs on, and its id is free again."""
    book.batch({"addSheet": {"properties": {"sheetId": 3}}})
    book.batch(metadata(1, "a", column(3)), metadata(2, "b", {"sheetId": 3}))
    book.batch(
        {"deleteDimension": {"range": span("COLUMNS", 3, 4)}}, {"deleteSheet": {"sheetId": 3}}
    )
    assert [] == found(book)
    book.batch(metadata(1, "a", column(3)), metadata(2, "b", column(4)))


def test_lookups_intersect(book: Book) -> None:
    """An entry must have everything that is asked for."""
    book.batch(
        metadata(1, "k", column(0), "x"),
        metadata(2, "k", column(1), "y"),
        metadata(3, "k", row(1), "x"),
        metadata(4, "other", {"sheetId": 0}, "x"),
    )
    ids = lambda **lookup: sorted(entry["metadataId"] for entry in found(book, **lookup))  # noqa: E731
    assert [1, 2, 3, 4] == ids()
    assert [1, 2, 3] == ids(metadataKey="k")
    assert [1, 3] == ids(metadataKey="k", metadataValue="x")
    assert [] == ids(metadataId=1, metadataValue="y")
    assert [1, 2] == ids(locationType="COLUMN")
    exact = {"locationMatchingStrategy": "EXACT_LOCATION"}
    assert [2] == ids(metadataLocation=column(1), **exact)
    assert [] == ids(metadataId=1, metadataLocation=column(1), **exact)
    assert [4] == ids(metadataLocation={"sheetId": 0}, **exact)
    assert [1, 2, 3, 4] == ids(metadataLocation={"sheetId": 0})
    assert [2, 3, 4] == ids(metadataLocation=column(1))


@pytest.mark.parametrize(
    "lookup",
    [
        {
            "metadataLocation": {"sheetId": 0},
            "locationMatchingStrategy": "EXACT_LOCATION",
            "locationType": "SHEET",
        },
        {
            "metadataLocation": {"sheetId": 0},
            "locationMatchingStrategy": "INTERSECTING_LOCATION",
            "locationType": "SPREADSHEET",
        },
    ],
)
def test_lookups_that_contradict_themselves(book: Book, lookup: Json) -> None:
    """Refused as the discovery document says."""
    body = {"dataFilters": [{"developerMetadataLookup": lookup}]}
    assert 400 == book.client.post(f"{book.path}/developerMetadata:search", body).status


def test_updated_and_deleted_by_lookup(book: Book) -> None:
    """Both answer with the entries that they touched."""
    book.batch(metadata(1, "k", column(0)), metadata(2, "k", column(1)))
    change = {
        "dataFilters": [{"developerMetadataLookup": {"metadataKey": "k"}}],
        "developerMetadata": {"metadataValue": "new"},
        "fields": "metadataValue",
    }
    updated = book.reply({"updateDeveloperMetadata": change})["developerMetadata"]
    assert ["new", "new"] == [entry["metadataValue"] for entry in updated]
    gone = book.reply(deletion(metadataId=2))["deletedDeveloperMetadata"]
    assert [2] == [entry["metadataId"] for entry in gone]
    assert [1] == [entry["metadataId"] for entry in found(book)]


@pytest.mark.parametrize(
    "request_",
    [
        metadata(1, "", {"sheetId": 0}),
        metadata(-1, "k", {"sheetId": 0}),
        metadata(1, "k", {}),
        metadata(1, "k", {"sheetId": 0, "spreadsheet": True}),
        metadata(1, "k", {"sheetId": 9}),
        metadata(1, "k", {"dimensionRange": span("COLUMNS", 0, 2)}),
        metadata(1, "k", {"dimensionRange": span("COLUMNS", 26, 27)}),
        metadata(1, "k", {"dimensionRange": {"startIndex": 0, "endIndex": 1}}),
        {"createDeveloperMetadata": {"developerMetadata": {"metadataKey": "k"}}},
        {"deleteDeveloperMetadata": {}},
        {"updateDeveloperMetadata": {"fields": "metadataValue"}},
    ],
)
def test_entries_that_are_refused(book: Book, request_: Json) -> None:
    """A key, a visibility and exactly one place that is there."""
    book.refusal(request_)


def test_the_room_of_a_sheet(book: Book) -> None:
    """30,000 characters of keys and values for each sheet, and as many for the spreadsheet."""
    book.batch(metadata(1, "k", {"sheetId": 0}, "x" * 29_999))
    assert "30000" in book.refusal(metadata(2, "k", column(0), ""))
    book.batch(metadata(2, "k", {"spreadsheet": True}, "x" * 29_999))


def test_a_guard_of_delete_and_create(book: Book) -> None:
    """The column is where the writer thinks: the id is freed and taken again in one batch."""
    book.batch(metadata(5, "c", column(2)))
    guard = [
        deletion(
            metadataId=5,
            metadataLocation=column(2),
            locationMatchingStrategy="EXACT_LOCATION",
        ),
        metadata(5, "c", column(2)),
    ]
    book.batch(*guard)
    book.batch(insert("COLUMNS", 0, 1))
    assert "requests[1]" in book.refusal(*guard)
    assert 3 == place(book, 5)


def test_freeing_and_taking_an_id_in_one_batch_may_be_refused(
    book: Book, assume: Callable[[str, str], None]
) -> None:
    """The other reading of Google's silence."""
    book.batch(metadata(5, "c", column(2)))
    assume("delete_create_same_id_in_batch", "refused")
    book.refusal(deletion(metadataId=5), metadata(5, "c", column(2)))
    book.batch(deletion(metadataId=5))
    book.batch(metadata(5, "c", column(2)))


def test_deleting_what_is_not_there(book: Book, assume: Callable[[str, str], None]) -> None:
    """An empty reply, or an error: both readings."""
    assert {} == book.reply(deletion(metadataId=5))
    assume("delete_metadata_no_match", "error")
    book.refusal(deletion(metadataId=5))


def test_duplicating_a_sheet(book: Book, assume: Callable[[str, str], None]) -> None:
    """Entries stay behind, or come along under new ids: both readings."""
    book.batch(metadata(5, "c", column(2)))
    book.batch({"duplicateSheet": {"sourceSheetId": 0}})
    assert 1 == len(found(book, metadataKey="c"))
    assume("metadata_survives_duplicate", "yes")
    copied = book.reply({"duplicateSheet": {"sourceSheetId": 0}})["properties"]["sheetId"]
    entries = found(book, metadataKey="c")
    assert 2 == len({entry["metadataId"] for entry in entries})
    sheets = {entry["location"]["dimensionRange"].get("sheetId", 0) for entry in entries}
    assert {0, copied} == sheets


def test_moving_may_leave_it_behind(book: Book, assume: Callable[[str, str], None]) -> None:
    """The other reading: it stays at its index while the column moves."""
    book.batch(metadata(5, "c", column(2)))
    assume("metadata_under_move", "stays")
    book.batch({"moveDimension": {"source": span("COLUMNS", 2, 3), "destinationIndex": 0}})
    assert 2 == place(book, 5)
    book.batch(insert("COLUMNS", 0, 1))
    assert 3 == place(book, 5)


def test_sorting_and_row_metadata(book: Book, assume: Callable[[str, str], None]) -> None:
    """Sorting moves cells; whether an entry of a row follows is open, and a switch."""
    book.put("A1", [[3], [1], [2]])
    book.batch(metadata(5, "r", row(0)))
    spec = {"dimensionIndex": 0, "sortOrder": "ASCENDING"}
    request = {"sortRange": {"range": grid(0, 3, 0, 1), "sortSpecs": [spec]}}
    book.batch(request)
    assert 0 == place(book, 5)
    assume("row_metadata_follows_sort", "yes")
    book.put("A1", [[3], [1], [2]])
    book.batch(request)
    assert 2 == place(book, 5)


def test_a_copied_file_keeps_ids(book: Book) -> None:
    """Drive's copy has the same entries, under the same ids."""
    book.batch(metadata(5, "c", column(2)))
    file_id = book.created["spreadsheetId"]
    copied = book.client.post(f"/drive/v3/files/{file_id}/copy", {"name": "copy"}).json["id"]
    assert 200 == book.client.get(f"/v4/spreadsheets/{copied}/developerMetadata/5").status


def test_values_by_data_filter(book: Book) -> None:
    """The column is found by its entry, wherever it is; cells are read, written and cleared."""
    book.put("A1", [["a", "b", "c"], ["1", "2", "3"]])
    book.batch(metadata(5, "c", column(1)))
    by_entry = {"developerMetadataLookup": {"metadataId": 5}}
    path = f"{book.path}/values"
    got = book.client.post(f"{path}:batchGetByDataFilter", {"dataFilters": [by_entry]}).json
    matched = got["valueRanges"][0]
    assert [["b"], ["2"]] == matched["valueRange"]["values"]
    assert [by_entry] == matched["dataFilters"]
    data = {"dataFilter": by_entry, "majorDimension": "COLUMNS", "values": [[None, "new"]]}
    body = {"valueInputOption": "RAW", "data": [data]}
    written = book.client.post(f"{path}:batchUpdateByDataFilter", body).json
    assert "Sheet1!B1:B2" == written["responses"][0]["updatedRange"]
    assert [["a", "b", "c"], ["1", "new", "3"]] == book.values()
    book.client.post(f"{path}:batchClearByDataFilter", {"dataFilters": [{"a1Range": "A1:B1"}]})
    assert [["", "", "c"], ["1", "new", "3"]] == book.values()


def test_a_spreadsheet_by_data_filter(book: Book) -> None:
    """Only what the filters select, as ranges would."""
    book.put("A1", [["a", "b"]])
    book.batch(metadata(5, "c", column(1)), {"addSheet": {}})
    body = {
        "dataFilters": [{"developerMetadataLookup": {"metadataId": 5}}],
        "includeGridData": True,
    }
    (sheet,) = book.client.post(f"{book.path}:getByDataFilter", body).json["sheets"]
    (data,) = sheet["data"]
    assert (1, "b") == (data["startColumn"], data["rowData"][0]["values"][0]["formattedValue"])
