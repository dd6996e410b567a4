"""batchUpdate as a whole: atomic, checked by name, answered one to one, read back as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.google.book import Book, grid, insert

if TYPE_CHECKING:
    from tests.google.plain import PlainClient
    from tests.google.server import LocalGoogle


@pytest.fixture
def book(client: PlainClient) -> Book:
    return Book(client)


def write(row: int, column: int, *texts: str) -> dict[str, Any]:
    cells = [{"userEnteredValue": {"stringValue": text}} for text in texts]
    start = {"sheetId": 0, "rowIndex": row, "columnIndex": column}
    return {
        "updateCells": {"start": start, "rows": [{"values": cells}], "fields": "userEnteredValue"}
    }


def test_one_bad_request_undoes_the_good_ones(book: Book) -> None:
    """Nothing of the batch is left: no cell, no row, no sheet, no rule, no metadata."""
    book.put("A1", [["before"]])
    before = book.get(includeGridData="true")
    rule = {"ranges": [grid(0, 9, 0, 1)], "booleanRule": {"condition": {"type": "BLANK"}}}
    entry = {
        "metadataKey": "k",
        "metadataValue": "v",
        "visibility": "DOCUMENT",
        "location": {"spreadsheet": True},
    }
    message = book.refusal(
        write(0, 0, "after"),
        insert("ROWS", 0, 1),
        insert("COLUMNS", 0, 2),
        {"addSheet": {}},
        {"addConditionalFormatRule": {"rule": rule}},
        {"createDeveloperMetadata": {"developerMetadata": entry}},
        {"updateSpreadsheetProperties": {"properties": {"title": "T"}, "fields": "title"}},
        {"mergeCells": {"range": grid(0, 2, 0, 2)}},
        {"deleteSheet": {"sheetId": 77}},
    )
    assert "Invalid requests[8].deleteSheet: No sheet with id: 77" == message
    assert before == book.get(includeGridData="true")


def test_replies_map_one_to_one(book: Book) -> None:
    """A request without a reply gives {}."""
    answer = book.batch(write(0, 0, "a"), {"addSheet": {}}, insert("ROWS", 1, 2))
    assert [set(), {"addSheet"}, set()] == [set(reply) for reply in answer["replies"]]
    assert "NO_UPDATES_REQUESTED" == answer["commentUpdateState"]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"nonsense": {}}, "requests[0]"),
        ({"addSheet": {"title": "x"}}, "requests[0].add_sheet"),
        ({"updateCells": {"rows": [{"values": [{"value": 1}]}]}}, "requests[0].update_cells.rows[0].values[0]"),
        ({"mergeCells": {"mergeType": "ALL"}}, "requests[0].merge_cells.merge_type"),
        ({"deleteSheet": {"sheetId": "first"}}, "requests[0].delete_sheet.sheet_id"),
        ({"deleteSheet": {"sheetId": 2**31}}, "requests[0].delete_sheet.sheet_id"),
        ({"deleteSheet": {"sheetId": 1.5}}, "requests[0].delete_sheet.sheet_id"),
        ({"addSheet": {"properties": {"hidden": "yes"}}}, "requests[0].add_sheet.properties.hidden"),
        ({"addSheet": {"properties": {"title": 5}}}, "requests[0].add_sheet.properties.title"),
    ],
)  # fmt: skip
def test_unknown_names_and_wrong_types(book: Book, request_: Any, field: str) -> None:
    """Checked against the discovery document, and the path is named in Google's way."""
    got = book.sent(request_)
    violation = got.json["error"]["details"][0]["fieldViolations"][0]
    assert (400, field) == (got.status, violation["field"])


def test_what_protobufs_reader_takes(book: Book) -> None:
    """Null is absent, snake_case is known, a quoted number is a number."""
    reply = book.batch(
        {"add_sheet": {"properties": {"title": "T", "hidden": None, "sheet_id": "5"}}}
    )["replies"][0]["addSheet"]
    assert ("T", 5) == (reply["properties"]["title"], reply["properties"]["sheetId"])


@pytest.mark.parametrize("body", [b"{", b"[]", b'"a"', b'{"requests": 5}', b'{"a": 1}'])
def test_bodies_that_are_no_batch(book: Book, body: bytes) -> None:
    """400 whatever it is."""
    got = book.client.call("POST", f"{book.path}:batchUpdate", body)
    assert 400 == got.status


@pytest.mark.parametrize("requests", [[], [{}], [{"addSheet": {}, "deleteSheet": {}}]])
def test_each_request_is_exactly_one(book: Book, requests: list[Any]) -> None:
    """No request at all, an empty one, two in one: all refused."""
    book.refusal(*requests)


@pytest.mark.parametrize("fields", ["", "nonsense", "userEnteredFormat.nonsense", "note,,", "a(b"])
def test_update_masks_are_checked(book: Book, fields: str) -> None:
    """At least one field, and only fields that there are."""
    request = {"repeatCell": {"range": grid(0, 1, 0, 1), "cell": {"note": "n"}, "fields": fields}}
    book.refusal(request)


@pytest.mark.parametrize("fields", ["nonsense", "sheets.nonsense", "sheets(", "sheets.data.a"])
def test_response_masks_are_checked(book: Book, fields: str) -> None:
    """Unknown paths are refused, and named."""
    got = book.client.get(book.path, fields=fields)
    assert 400 == got.status
    assert got.json["error"]["details"][0]["fieldViolations"]


@pytest.mark.parametrize(
    "fields",
    [
        "sheets.properties(title,gridProperties.rowCount),spreadsheetId",
        "sheets/properties/title,sheets/properties/gridProperties/rowCount,spreadsheetId",
        "spreadsheetId,sheets(properties(title,gridProperties(rowCount)))",
    ],
)
def test_three_spellings_of_a_mask(book: Book, fields: str) -> None:
    """Dots, slashes and brackets mean the same."""
    sheet = {"properties": {"title": "Sheet1", "gridProperties": {"rowCount": 1000}}}
    expected = {"spreadsheetId": book.created["spreadsheetId"], "sheets": [sheet]}
    assert expected == book.get(fields=fields)


def test_containers_stay_where_the_mask_finds_nothing(book: Book) -> None:
    """A message on the way is {}; an empty list is left out."""
    assert {"sheets": [{"properties": {}}]} == book.get(fields="sheets.properties.tabColorStyle")
    assert {"sheets": [{"data": [{}]}]} == book.get(fields="sheets.data.rowData.values.note")
    assert {} == book.get(fields="namedRanges")


def test_reading_back_in_the_same_answer(book: Book) -> None:
    """After the updates, cut to the ranges and to the mask."""
    book.put("A1", [["h1", "h2"], ["a"], ["b"]])
    mask = (
        "replies,updatedSpreadsheet(sheets(properties(gridProperties.rowCount),"
        "data(startRow,rowData(values(formattedValue)))))"
    )
    answer = book.batch(
        insert("ROWS", 2, 3),
        write(2, 0, "new"),
        includeSpreadsheetInResponse=True,
        responseRanges=["Sheet1!1:1", "Sheet1!3:3"],
        fields=mask,
    )
    (sheet,) = answer["updatedSpreadsheet"]["sheets"]
    assert {"replies", "updatedSpreadsheet"} == set(answer)
    assert {"gridProperties": {"rowCount": 1001}} == sheet["properties"]
    header = {"rowData": [{"values": [{"formattedValue": "h1"}, {"formattedValue": "h2"}]}]}
    row = {"startRow": 2, "rowData": [{"values": [{"formattedValue": "new"}]}]}
    assert [header, row] == sheet["data"]


def test_grid_data_only_where_it_is_asked_for(book: Book) -> None:
    """Without a mask the switch decides; with one the mask does."""
    on = {"includeSpreadsheetInResponse": True}
    assert "updatedSpreadsheet" not in book.batch(write(0, 0, "a"))
    plain = book.batch(write(0, 0, "a"), **on)["updatedSpreadsheet"]["sheets"][0]
    assert "data" not in plain
    full = book.batch(write(0, 0, "a"), responseIncludeGridData=True, **on)
    assert "data" in full["updatedSpreadsheet"]["sheets"][0]
    masked = book.batch(
        write(0, 0, "a"), fields="updatedSpreadsheet.sheets.properties.title", **on
    )
    assert {"properties": {"title": "Sheet1"}} == masked["updatedSpreadsheet"]["sheets"][0]


@pytest.mark.parametrize(("when", "status"), [("after", 200), ("before", 400)])
def test_when_response_ranges_are_checked(
    google: LocalGoogle, book: Book, when: str, status: int
) -> None:
    """A range that only the batch makes: both readings of Google's silence."""
    google.world.set_modes({"assumptions": {"response_ranges_checked": when}})
    got = book.sent(
        {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}},
        includeSpreadsheetInResponse=True,
        responseRanges=["Sheet1!1001:1001"],
    )
    assert status == got.status
    assert 1000 + (status == 200) == book.sheet()["properties"]["gridProperties"]["rowCount"]


def test_a_named_range_is_a_response_range(book: Book) -> None:
    """Names are legal where A1 text is; a name that the batch makes is known afterwards."""
    named = {"name": "runs", "range": grid(0, 2, 0, 1)}
    answer = book.batch(
        {"addNamedRange": {"namedRange": named}},
        includeSpreadsheetInResponse=True,
        responseRanges=["runs"],
        responseIncludeGridData=True,
    )
    assert 2 == len(answer["updatedSpreadsheet"]["sheets"][0]["data"][0]["rowMetadata"])


def test_ten_million_cells(book: Book) -> None:
    """The limit counts blank cells, and all sheets together."""
    rows = (10_000_000 - 26_000) // 100
    size = {"rowCount": rows, "columnCount": 100}
    book.batch({"addSheet": {"properties": {"title": "big", "gridProperties": size}}})
    assert "above the limit of 10000000 cells" in book.refusal(insert("ROWS", 0, 1))
    assert "above the limit of 10000000 cells" in book.refusal({"addSheet": {}})


def test_eighteen_thousand_columns(book: Book) -> None:
    """ZZZ is the last."""
    request = {"appendDimension": {"sheetId": 0, "dimension": "COLUMNS"}}
    resize = {
        "properties": {"gridProperties": {"rowCount": 1}},
        "fields": "gridProperties.rowCount",
    }
    request["appendDimension"]["length"] = 18_278 - 26
    book.batch({"updateSheetProperties": resize}, request)
    assert "Sheet1!A1:ZZZ1" == book.client.get(f"{book.path}/values/Sheet1").json["range"]
    assert "18278 columns" in book.refusal(insert("COLUMNS", 0, 1))


def test_creating_as_described(client: PlainClient) -> None:
    """Properties, sheets, cells, merges and names in one call."""
    cells = [{"values": [{"userEnteredValue": {"numberValue": 5}}]}]
    body = {
        "properties": {"title": "T", "locale": "de_DE", "timeZone": "Europe/Berlin"},
        "sheets": [
            {"properties": {"title": "one"}, "data": [{"startRow": 1, "rowData": cells}]},
            {"properties": {"title": "two", "gridProperties": {"rowCount": 5, "columnCount": 2}}},
        ],
        "namedRanges": [{"name": "n", "range": grid(0, 2, 0, 1)}],
    }
    book = Book(client, body)
    assert ["one", "two"] == [sheet["properties"]["title"] for sheet in book.created["sheets"]]
    assert 0 == book.created["sheets"][0]["properties"]["sheetId"]
    assert "de_DE" == book.created["properties"]["locale"]
    assert [[], ["5"]] == book.values("n")


def test_comments_hang_on_cells_that_move(book: Book) -> None:
    """A thread is inserted, answered, resolved; its anchor follows the rows."""
    corner = {"sheetId": 0, "rowIndex": 3, "columnIndex": 1}
    insertion = {"insertComment": {"content": "why?", "coordinate": corner}}
    answer = book.batch(insertion)
    thread = answer["replies"][0]["insertComment"]["commentThread"]
    assert "ALL_SAVED" == answer["commentUpdateState"]
    post = {"content": "so", "commentAction": "RESOLVE"}
    book.batch({"addCommentReply": {"commentId": thread["commentId"], "post": post}})
    book.batch(insert("ROWS", 0, 2))
    assert "RESOLVED" == book.get()["comments"][0]["status"]
    assert grid(5, 6, 1, 2) == {"sheetId": 0, **book.sheet()["commentAnchors"][0]["range"]}
    book.batch({"deleteComment": {"commentId": thread["commentId"]}})
    assert "comments" not in book.get()
