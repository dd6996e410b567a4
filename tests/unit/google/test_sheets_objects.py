"""Sheets, names, protection, filters, rules and banding as stored objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.google.book import Book, grid, insert, span

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.plain import PlainClient

Json = dict[str, Any]


@pytest.fixture
def book(client: PlainClient) -> Book:
    return Book(client)


def area(top: int, bottom: int, left: int, right: int) -> Json:
    """A GridRange of the first sheet as Google prints it."""
    return {key: item for key, item in grid(top, bottom, left, right).items() if key != "sheetId"}


def titles(book: Book) -> list[str]:
    return [sheet["properties"]["title"] for sheet in book.get()["sheets"]]


def add(title: str, **more: Any) -> Json:
    return {"addSheet": {"properties": {"title": title, **more}}}


def properties(sheet_id: int, fields: str, **values: Any) -> Json:
    return {
        "updateSheetProperties": {
            "properties": {"sheetId": sheet_id, **values},
            "fields": fields,
        }
    }


def test_sheets_come_and_go(book: Book) -> None:
    """Named by number where no title is given, placed by index, renumbered."""
    assert "Sheet2" == book.reply({"addSheet": {}})["properties"]["title"]
    reply = book.reply(add("first", index=0, sheetId=7))["properties"]
    assert (7, 0) == (reply["sheetId"], reply["index"])
    assert ["first", "Sheet1", "Sheet2"] == titles(book)
    assert [0, 1, 2] == [sheet["properties"]["index"] for sheet in book.get()["sheets"]]
    book.batch({"deleteSheet": {"sheetId": 7}})
    assert ["Sheet1", "Sheet2"] == titles(book)


@pytest.mark.parametrize(
    "request_",
    [
        add("Sheet1"),
        add("SHEET1"),
        add("x", sheetId=0),
        add("x", sheetId=-1),
        add("x" * 101),
        add("x", gridProperties={"rowCount": 0}),
        add("x", gridProperties={"rowCount": 2, "frozenRowCount": 2}),
        add("x", index=9),
        {"deleteSheet": {"sheetId": 0}},
        {"deleteSheet": {"sheetId": 5}},
        properties(0, "hidden", hidden=True),
        properties(0, "title", title=""),
        properties(5, "title", title="x"),
        properties(0, "gridProperties.frozenRowCount", gridProperties={"frozenRowCount": 1000}),
        {"duplicateSheet": {"sourceSheetId": 4}},
        {"duplicateSheet": {"sourceSheetId": 0, "newSheetName": "Sheet1"}},
    ],
)
def test_sheets_that_are_refused(book: Book, request_: Json) -> None:
    """Titles are unique in whatever case, ids too; one sheet must be seen."""
    book.refusal(request_)
    assert ["Sheet1"] == titles(book)


@pytest.mark.parametrize(
    ("index", "expected"),
    [(0, "CABD"), (1, "ACBD"), (2, "ABCD"), (3, "ABCD"), (4, "ABDC")],
)
def test_an_index_counts_before_the_move(book: Book, index: int, expected: str) -> None:
    """The sheet goes before the one that has the index now."""
    book.batch(properties(0, "title", title="A"), add("B"), add("C", sheetId=3), add("D"))
    book.batch(properties(3, "index", index=index))
    assert expected == "".join(titles(book))


def test_a_duplicate_has_everything_and_ids_of_its_own(book: Book) -> None:
    """Cells, merges, rules and charts come along; what has an id gets another."""
    book.put("A1", [["a"]])
    source = {"sourceRange": {"sources": [grid(0, 2, 0, 1)]}}
    spec = {"basicChart": {"chartType": "LINE", "series": [{"series": source}]}}
    book.batch(
        {"mergeCells": {"range": grid(4, 6, 0, 1)}},
        {
            "addFilterView": {
                "filter": {"filterViewId": 5, "title": "f", "range": grid(0, 2, 0, 1)}
            }
        },
        {"addChart": {"chart": {"chartId": 6, "spec": spec}}},
    )
    request = {"sourceSheetId": 0, "insertSheetIndex": 1, "newSheetId": 9, "newSheetName": "copy"}
    assert 9 == book.reply({"duplicateSheet": request})["properties"]["sheetId"]
    copied = book.sheet(1)
    assert [["a"]] == book.values("copy")
    assert 9 == copied["merges"][0]["sheetId"]
    assert (9, True) == (
        copied["filterViews"][0]["range"]["sheetId"],
        copied["filterViews"][0]["filterViewId"] != 5,
    )
    series = copied["charts"][0]["spec"]["basicChart"]["series"][0]
    assert 9 == series["series"]["sourceRange"]["sources"][0]["sheetId"]
    book.put("copy!A1", [["changed"]])
    assert [["a"]] == book.values("Sheet1")


def test_copying_to_another_spreadsheet(book: Book, client: PlainClient) -> None:
    """At its end, as `Copy of …`; the answer is the sheet's properties."""
    book.put("A1", [["a"]])
    other = Book(client)
    body = {"destinationSpreadsheetId": other.created["spreadsheetId"]}
    got = client.post(f"{book.path}/sheets/0:copyTo", body).json
    assert ("Copy of Sheet1", 1) == (got["title"], got["index"])
    assert [["a"]] == other.values("'Copy of Sheet1'")
    body = {"destinationSpreadsheetId": "nope"}
    assert 404 == client.post(f"{book.path}/sheets/0:copyTo", body).status


def test_properties_of_the_file(book: Book) -> None:
    """Title, locale and zone; nonsense is refused. Drive sees the new title."""
    change = {"title": "T", "locale": "fr_FR", "timeZone": "Europe/Paris"}
    request = {"properties": change, "fields": "title,locale,timeZone"}
    book.batch({"updateSpreadsheetProperties": request})
    assert change == {key: book.get()["properties"][key] for key in change}
    file_id = book.created["spreadsheetId"]
    assert "T" == book.client.get(f"/drive/v3/files/{file_id}").json["name"]
    for name, wrong in (("title", ""), ("locale", "french"), ("timeZone", "Paris")):
        request = {"properties": {name: wrong}, "fields": name}
        book.refusal({"updateSpreadsheetProperties": request})


def test_a_comma_for_a_decimal_point(book: Book) -> None:
    """What is shown follows the locale; what is stored does not."""
    request = {"properties": {"locale": "de_DE"}, "fields": "locale"}
    book.batch({"updateSpreadsheetProperties": request})
    book.put("A1", [[1.5]])
    assert [["1,5"]] == book.values()
    assert [[1.5]] == book.values(valueRenderOption="UNFORMATTED_VALUE")


def test_named_ranges(book: Book) -> None:
    """Unique by name and id, found as A1 text, changed by mask."""
    named = {"namedRangeId": "n1", "name": "runs", "range": grid(0, 2, 0, 2)}
    reply = book.reply({"addNamedRange": {"namedRange": named}})
    assert {**named, "range": area(0, 2, 0, 2)} == reply["namedRange"]
    book.put("runs", [["a"]])
    assert [["a"]] == book.values("Sheet1!runs")
    for wrong in ("RUNS", "A1", "R1C1", "two words", "1st", ""):
        other = {"name": wrong, "range": grid(0, 1, 0, 1)}
        book.refusal({"addNamedRange": {"namedRange": other}})
    book.refusal({"addNamedRange": {"namedRange": {**named, "name": "other"}}})
    change = {"namedRange": {"namedRangeId": "n1", "name": "rows"}, "fields": "name"}
    book.batch({"updateNamedRange": change})
    assert ["rows"] == [item["name"] for item in book.get()["namedRanges"]]
    book.batch({"deleteNamedRange": {"namedRangeId": "n1"}})
    book.refusal({"deleteNamedRange": {"namedRangeId": "n1"}})


def shared(book: Book, client_of: Callable[[str], PlainClient], protected: Json) -> Book:
    """The same spreadsheet in the hands of a teammate, with a range that the owner protects."""
    owner = Book(client_of("owner@example.com"))
    owner.put("A1", [["a", "b"], ["c", "d"]])
    owner.batch({"addProtectedRange": {"protectedRange": protected}})
    mate = Book(client_of("mate@example.com"))
    mate.path = owner.path
    return mate


@pytest.mark.parametrize(
    ("request_", "allowed"),
    [
        ({"repeatCell": {"range": grid(0, 1, 0, 1), "cell": {"note": "n"}, "fields": "note"}}, True),
        ({"repeatCell": {"range": grid(1, 2, 1, 2), "cell": {"note": "n"}, "fields": "note"}}, False),
        ({"repeatCell": {"range": grid(0, 2, 0, 2), "cell": {"note": "n"}, "fields": "note"}}, False),
        ({"repeatCell": {"range": grid(1, 2, 2, 3), "cell": {"note": "n"}, "fields": "note"}}, True),
        (insert("ROWS", 0, 1), True),
        (insert("ROWS", 2, 3), False),
        (insert("ROWS", 5, 6), True),
        ({"deleteDimension": {"range": span("ROWS", 1, 2)}}, False),
        ({"deleteSheet": {"sheetId": 0}}, False),
        ({"sortRange": {"range": grid(0, 4, 0, 3), "sortSpecs": [{"dimensionIndex": 0}]}}, False),
        ({"deleteProtectedRange": {"protectedRangeId": 3}}, False),
    ],
)  # fmt: skip
def test_protection_holds_against_a_teammate(
    book: Book, client_of: Callable[[str], PlainClient], request_: Json, allowed: bool
) -> None:
    """Cells, rows and the protection itself; what is left free is free."""
    protected = {
        "protectedRangeId": 3,
        "range": grid(1, 4, 1, 4),
        "unprotectedRanges": [grid(1, 4, 2, 3)],
    }
    mate = shared(book, client_of, protected)
    if allowed:
        mate.batch(request_)
    else:
        assert "protected" in mate.refusal(request_)


def test_protection_holds_against_values(
    book: Book, client_of: Callable[[str], PlainClient]
) -> None:
    """Writing and clearing values are edits like any other."""
    mate = shared(book, client_of, {"range": grid(1, 4, 1, 4)})
    assert 400 == mate.put("B2", [["x"]]).status
    assert 400 == mate.client.post(f"{mate.path}/values/B2:clear", {}).status
    assert 200 == mate.put("A1", [["x"]]).status


@pytest.mark.parametrize(
    "more", [{"warningOnly": True}, {"editors": {"users": ["mate@example.com"]}}]
)
def test_protection_that_does_not_stop_the_api(
    book: Book, client_of: Callable[[str], PlainClient], more: Json
) -> None:
    """A warning only warns people in the UI; an editor may edit."""
    mate = shared(book, client_of, {"range": grid(0, 4, 0, 4), **more})
    assert 200 == mate.put("B2", [["x"]]).status


def test_protected_ranges_as_they_are_printed(book: Book) -> None:
    """The reply leaves the owner out of the editors, the sheet's list does not."""
    asked = {"protectedRangeId": 4, "range": grid(0, 2, 0, 2), "warningOnly": False}
    editors = {"editors": {"users": [], "groups": []}, "description": None}
    reply = book.reply({"addProtectedRange": {"protectedRange": {**asked, **editors}}})
    expected = {"protectedRangeId": 4, "range": area(0, 2, 0, 2), "requestingUserCanEdit": True}
    assert {**expected, "editors": {}} == reply["protectedRange"]
    assert 1 == len(book.sheet()["protectedRanges"][0]["editors"]["users"])
    change = {"protectedRange": {"protectedRangeId": 4, "description": "d"}}
    book.batch({"updateProtectedRange": {**change, "fields": "description"}})
    assert "d" == book.sheet()["protectedRanges"][0]["description"]
    book.batch({"deleteProtectedRange": {"protectedRangeId": 4}})
    book.refusal({"deleteProtectedRange": {"protectedRangeId": 4}})


def hidden_rows(book: Book) -> list[int]:
    data = book.get("A1:A9", fields="sheets.data.rowMetadata")["sheets"][0]["data"][0]
    return [i for i, row in enumerate(data["rowMetadata"]) if row.get("hiddenByFilter")]


def test_the_basic_filter_hides_and_sorts(book: Book) -> None:
    """One a sheet; open sides close at the grid's edge; both spellings of criteria."""
    book.put("A1", [["n"], [3], [1], [2]])
    condition = {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "1"}]}
    spec = {"columnIndex": 0, "filterCriteria": {"condition": condition}}
    order = [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]
    asked = {"range": {"sheetId": 0, "endRowIndex": 4}, "sortSpecs": order, "filterSpecs": [spec]}
    book.batch({"setBasicFilter": {"filter": asked}})
    assert [["n"], ["1"], ["2"], ["3"]] == book.values()
    assert [1] == hidden_rows(book)
    stored = book.sheet()["basicFilter"]
    assert area(0, 4, 0, 26) == stored["range"]
    assert {"0": {"condition": condition}} == stored["criteria"]
    hide = {"range": grid(0, 4, 0, 1), "criteria": {"0": {"hiddenValues": ["3"]}}}
    book.batch({"setBasicFilter": {"filter": hide}})
    assert [3] == hidden_rows(book)
    book.batch({"clearBasicFilter": {"sheetId": 0}})
    assert [] == hidden_rows(book)


def test_filter_views(book: Book) -> None:
    """They hide nothing for others; ids are theirs alone."""
    book.put("A1", [["n"], [1]])
    view = {"filterViewId": 5, "title": "mine", "range": grid(0, 2, 0, 1)}
    criteria = {"filterSpecs": [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["1"]}}]}
    book.batch({"addFilterView": {"filter": {**view, **criteria}}})
    assert [] == hidden_rows(book)
    book.refusal({"addFilterView": {"filter": view}})
    copied = book.reply({"duplicateFilterView": {"filterId": 5}})["filter"]
    assert "Copy of mine" == copied["title"]
    change = {"filter": {"filterViewId": 5, "title": "ours"}, "fields": "title"}
    book.batch({"updateFilterView": change}, insert("COLUMNS", 0, 1))
    stored = book.sheet()["filterViews"][0]
    assert ("ours", 1) == (stored["title"], stored["filterSpecs"][0]["columnIndex"])
    book.batch({"deleteFilterView": {"filterId": 5}})
    assert [copied["filterViewId"]] == [v["filterViewId"] for v in book.sheet()["filterViews"]]


def rule(number: str, ranges: list[Json] | None = None) -> Json:
    condition = {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": number}]}
    look = {"backgroundColor": {"red": 1}}
    return {
        "ranges": ranges or [grid(0, 9, 0, 1)],
        "booleanRule": {"condition": condition, "format": look},
    }


def numbers(book: Book) -> list[str]:
    rules = book.sheet().get("conditionalFormats", [])
    return [r["booleanRule"]["condition"]["values"][0]["userEnteredValue"] for r in rules]


def test_conditional_formats_are_a_list(book: Book) -> None:
    """Inserted, replaced, moved and deleted by index."""
    for index, number in ((0, "1"), (1, "2"), (0, "0")):
        book.batch({"addConditionalFormatRule": {"rule": rule(number), "index": index}})
    assert ["0", "1", "2"] == numbers(book)
    reply = book.reply({"updateConditionalFormatRule": {"index": 1, "rule": rule("5")}})
    assert {"newRule", "newIndex", "oldRule"} == set(reply)
    book.batch({"updateConditionalFormatRule": {"index": 0, "sheetId": 0, "newIndex": 2}})
    assert ["5", "2", "0"] == numbers(book)
    deleted = book.reply({"deleteConditionalFormatRule": {"index": 1, "sheetId": 0}})
    assert "2" == deleted["rule"]["booleanRule"]["condition"]["values"][0]["userEnteredValue"]
    assert ["5", "0"] == numbers(book)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ranges": [grid(0, 1, 0, 1)]},
        {**rule("1"), "ranges": []},
        {**rule("1"), "gradientRule": {}},
        {"ranges": [grid(0, 1, 0, 1)], "gradientRule": {"minpoint": {"type": "MIN"}}},
        rule("1", [grid(0, 1, 0, 1, sheet_id=5)]),
    ],
)
def test_rules_that_are_refused(book: Book, wrong: Json) -> None:
    """A rule needs ranges that are there, and exactly one kind."""
    book.refusal({"addConditionalFormatRule": {"rule": wrong}})


def test_a_colour_scale(book: Book) -> None:
    """Stored with both spellings of its colours."""
    points = {
        "minpoint": {"type": "MIN", "colorStyle": {"rgbColor": {"red": 1}}},
        "maxpoint": {"type": "MAX", "color": {"green": 1}},
    }
    scale = {"ranges": [{"sheetId": 0, "startColumnIndex": 0, "endColumnIndex": 1}]}
    book.batch({"addConditionalFormatRule": {"rule": {**scale, "gradientRule": points}}})
    stored = book.sheet()["conditionalFormats"][0]
    assert [area(0, 1000, 0, 1)] == stored["ranges"]
    assert {"red": 1} == stored["gradientRule"]["minpoint"]["color"]
    assert {"rgbColor": {"green": 1}} == stored["gradientRule"]["maxpoint"]["colorStyle"]


def test_banding(book: Book) -> None:
    """Ranges may not overlap; ids are unique."""
    banded = {"bandedRangeId": 3, "range": grid(0, 4, 0, 2)}
    colours = {"rowProperties": {"headerColor": {"red": 1}}}
    book.batch({"addBanding": {"bandedRange": {**banded, **colours}}})
    book.refusal({"addBanding": {"bandedRange": {"range": grid(3, 6, 1, 2), **colours}}})
    book.refusal({"addBanding": {"bandedRange": {"range": grid(8, 9, 1, 2)}}})
    change = {"bandedRange": {**banded, "range": grid(0, 9, 0, 2)}, "fields": "range"}
    book.batch({"updateBanding": change})
    assert area(0, 9, 0, 2) == book.sheet()["bandedRanges"][0]["range"]
    book.batch({"deleteBanding": {"bandedRangeId": 3}})
    assert "bandedRanges" not in book.sheet()
