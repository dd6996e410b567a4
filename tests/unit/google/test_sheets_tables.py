"""Tables, charts and slicers: what they take from the cells, and how they grow with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.google.book import Book, grid, insert, span

if TYPE_CHECKING:
    from tests.google.plain import PlainClient

Json = dict[str, Any]


@pytest.fixture
def book(client: PlainClient) -> Book:
    return Book(client)


def area(top: int, bottom: int, left: int, right: int) -> Json:
    """A GridRange of the first sheet as Google prints it."""
    return {key: item for key, item in grid(top, bottom, left, right).items() if key != "sheetId"}


@pytest.fixture
def tabled(book: Book) -> Book:
    """A sheet with a table `Runs` over A1:C3, of two runs."""
    book.put("A1", [["Run", "Score"], ["a", 1], ["b", 2]])
    table = {"tableId": "t1", "name": "Runs", "range": grid(0, 3, 0, 3)}
    book.batch({"addTable": {"table": table}})
    return book


def table_of(book: Book) -> Json:
    table: Json = book.sheet()["tables"][0]
    return table


def test_a_table_takes_names_from_its_header(tabled: Book) -> None:
    """A blank header cell gets a name; banding stands for the colours; the header is frozen."""
    names = [column["columnName"] for column in table_of(tabled)["columnProperties"]]
    assert ["Run", "Score", "Column 1"] == names
    assert [["Run", "Score", "Column 1"]] == tabled.values("A1:C1")
    sheet = tabled.sheet()
    assert "t1" == sheet["bandedRanges"][0]["bandedRangeReference"]
    assert 1 == sheet["properties"]["gridProperties"]["frozenRowCount"]
    without = tabled.get(excludeTablesInBandedRanges="true")["sheets"][0]
    assert "bandedRanges" not in without


@pytest.mark.parametrize(
    ("change", "bottom"),
    [
        (insert("ROWS", 1, 2), 4),
        (insert("ROWS", 2, 3, before=True), 4),
        (insert("ROWS", 3, 4, before=True), 4),
        (insert("ROWS", 3, 4), 3),
        ({"deleteDimension": {"range": span("ROWS", 2, 3)}}, 2),
    ],
)
def test_a_table_grows_with_its_rows(tabled: Book, change: Json, bottom: int) -> None:
    """Inside always; at its end only for a row that inherits from the one before."""
    tabled.batch(change)
    assert bottom == table_of(tabled)["range"]["endRowIndex"]


def test_a_table_grows_with_its_columns(tabled: Book) -> None:
    """A column inside gets a name; one beside the table doesn't belong to it."""
    tabled.batch(insert("COLUMNS", 1, 2), insert("COLUMNS", 0, 1))
    table = table_of(tabled)
    assert (1, 5) == (table["range"]["startColumnIndex"], table["range"]["endColumnIndex"])
    names = [column["columnName"] for column in table["columnProperties"]]
    assert ["Run", "Column 2", "Score", "Column 1"] == names
    tabled.batch({"deleteDimension": {"range": span("COLUMNS", 1, 2)}})
    names = [column["columnName"] for column in table_of(tabled)["columnProperties"]]
    assert ["Column 2", "Score", "Column 1"] == names


def test_appending_to_a_table(tabled: Book) -> None:
    """Free rows first, then new ones at its end; what lies below moves down."""
    tabled.put("A4", [["below"]])
    rows = [{"values": [{"userEnteredValue": {"stringValue": "c"}}]}]
    request = {"tableId": "t1", "rows": rows, "fields": "userEnteredValue"}
    tabled.batch({"appendCells": request})
    assert [["c"], ["below"]] == tabled.values("A4:A5")
    assert 4 == table_of(tabled)["range"]["endRowIndex"]


def test_columns_with_types(tabled: Book) -> None:
    """A dropdown brings its rule, a checkbox its FALSE; names go to the header."""
    choices = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "keep"}]}
    dropdown = {"columnType": "DROPDOWN", "dataValidationRule": {"condition": choices}}
    columns = [
        {"columnIndex": 0, "columnName": "Name"},
        {"columnIndex": 1, "columnName": "Verdict", **dropdown},
        {"columnIndex": 2, "columnName": "Done", "columnType": "BOOLEAN"},
    ]
    table = {"tableId": "t1", "columnProperties": columns}
    tabled.batch({"updateTable": {"table": table, "fields": "columnProperties"}})
    assert [["Name", "Verdict", "Done"]] == tabled.values("A1:C1")
    assert [["FALSE"], ["FALSE"]] == tabled.values("C2:C3")
    ((cell,),) = tabled.cells("B2", "dataValidation")
    assert choices == cell["dataValidation"]["condition"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "runs", "range": grid(5, 8, 0, 2)},
        {"tableId": "t1", "range": grid(5, 8, 0, 2)},
        {"range": grid(2, 8, 0, 2)},
        {"range": grid(5, 6, 0, 2)},
        {"range": grid(5, 8, 0, 2), "columnProperties": [{"columnType": "DROPDOWN"}]},
        {
            "range": grid(5, 8, 0, 2),
            "columnProperties": [{"columnName": "a"}, {"columnIndex": 1, "columnName": "a"}],
        },
    ],
)
def test_tables_that_are_refused(tabled: Book, wrong: Json) -> None:
    """Name, id and cells are a table's own; it has a header and a row; column names differ."""
    tabled.refusal({"addTable": {"table": wrong}})


def test_cells_of_a_table_are_not_shifted_in_parts(tabled: Book) -> None:
    """insertRange through a part of it is refused."""
    tabled.refusal({"insertRange": {"range": grid(1, 2, 0, 1), "shiftDimension": "ROWS"}})


def test_deleting_a_table_deletes_its_contents(tabled: Book) -> None:
    """The whole of it goes."""
    tabled.put("E1", [["beside"]])
    tabled.batch({"deleteTable": {"tableId": "t1"}})
    assert [["", "", "", "", "beside"]] == tabled.values()
    assert "tables" not in tabled.sheet()


def test_ranges_cut_the_list_of_objects(tabled: Book) -> None:
    """An answer about ranges lists the tables that they meet."""
    assert "tables" in tabled.get("A1:B1")["sheets"][0]
    assert "tables" not in tabled.get("F1:G9")["sheets"][0]


def chart(**more: Any) -> Json:
    source = {"sourceRange": {"sources": [grid(0, 5, 0, 1)]}}
    spec = {"title": "t", "basicChart": {"chartType": "LINE", "series": [{"series": source}]}}
    return {"spec": spec, **more}


def test_charts_are_kept(book: Book) -> None:
    """With a size where none is asked for; changed, moved, deleted by id."""
    position = {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 4}}}
    reply = book.reply({"addChart": {"chart": chart(chartId=8, position=position)}})["chart"]
    expected = {"anchorCell": {"rowIndex": 4}, "widthPixels": 600, "heightPixels": 371}
    assert expected == reply["position"]["overlayPosition"]
    book.refusal({"addChart": {"chart": chart(chartId=8)}})
    spec = {"title": "new", "basicChart": {"chartType": "BAR"}}
    book.batch({"updateChartSpec": {"chartId": 8, "spec": spec}})
    new = {"overlayPosition": {"offsetXPixels": 5}}
    where = {"objectId": 8, "newPosition": new, "fields": "offsetXPixels"}
    book.batch({"updateEmbeddedObjectPosition": where})
    stored = book.sheet()["charts"][0]
    assert "new" == stored["spec"]["title"]
    assert {**expected, "offsetXPixels": 5} == stored["position"]["overlayPosition"]
    book.batch({"deleteEmbeddedObject": {"objectId": 8}})
    assert "charts" not in book.sheet()


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"spec": {"basicChart": {"domains": [{"domain": {"sourceRange": {"sources": [{"sheetId": 5}]}}}]}}},
        chart(position={"overlayPosition": {"anchorCell": {"rowIndex": 5000}}}),
    ],
)  # fmt: skip
def test_charts_that_are_refused(book: Book, wrong: Json) -> None:
    """No spec, a source on no sheet, an anchor outside of the grid."""
    book.refusal({"addChart": {"chart": wrong}})


def test_a_slicer_is_kept(book: Book) -> None:
    """Stored and changed like a chart."""
    slicer = {"slicerId": 2, "spec": {"dataRange": grid(0, 5, 0, 1), "title": "s"}}
    book.batch({"addSlicer": {"slicer": slicer}})
    change = {"slicerId": 2, "spec": {"title": "new"}, "fields": "title"}
    book.batch({"updateSlicerSpec": change})
    spec = book.sheet()["slicers"][0]["spec"]
    assert ("new", area(0, 5, 0, 1)) == (spec["title"], spec["dataRange"])
