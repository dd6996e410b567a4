"""Rows and columns: where they may come in, what they look like, and everything that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.google.book import Book, grid, insert, span

if TYPE_CHECKING:
    from tests.google.plain import PlainClient

Json = dict[str, Any]
BOLD = {"userEnteredFormat": {"textFormat": {"bold": True}}}


@pytest.fixture
def book(client: PlainClient) -> Book:
    return Book(client)


def resize(rows: int, columns: int) -> Json:
    size = {"rowCount": rows, "columnCount": columns}
    fields = "gridProperties(rowCount,columnCount)"
    return {
        "updateSheetProperties": {
            "properties": {"sheetId": 0, "gridProperties": size},
            "fields": fields,
        }
    }


def size(book: Book) -> tuple[int, int]:
    properties = book.sheet()["properties"]["gridProperties"]
    return properties["rowCount"], properties["columnCount"]


def repeated(area: Json, cell: Json, fields: str) -> Json:
    return {"repeatCell": {"range": area, "cell": cell, "fields": fields}}


@pytest.mark.parametrize("dimension", ["ROWS", "COLUMNS"])
@pytest.mark.parametrize(
    ("start", "before", "allowed"),
    [
        (0, False, True),
        (0, True, False),
        (3, False, True),
        (3, True, True),
        (5, False, False),
        (5, True, True),
        (6, True, False),
        (-1, False, False),
    ],
)
def test_where_rows_and_columns_may_come_in(
    book: Book, dimension: str, start: int, before: bool, allowed: bool
) -> None:
    """At the grid's end only with inheritFromBefore; before the first only without it."""
    book.batch(resize(5, 5))
    request = insert(dimension, start, start + 1, before=before)
    if allowed:
        book.batch(request)
        assert ((6, 5) if dimension == "ROWS" else (5, 6)) == size(book)
    else:
        book.refusal(request)
        assert (5, 5) == size(book)


def test_the_words_at_the_grids_end(book: Book) -> None:
    """The refusal that libraries have met in the wild names the grid's size."""
    book.batch(resize(1, 1))
    assert "must be less than the grid size (1)" in book.refusal(insert("ROWS", 1, 2))


@pytest.mark.parametrize("where", [{"startIndex": 2}, {"endIndex": 2}, {}])
def test_both_indexes_are_bounded(book: Book, where: Json) -> None:
    """A missing end is refused; a missing start is 0."""
    where = {"sheetId": 0, "dimension": "ROWS", **where}
    got = book.sent({"insertDimension": {"range": where}})
    assert (200 if "endIndex" in where else 400) == got.status


def test_a_new_row_looks_like_its_neighbour(book: Book) -> None:
    """Formats and rules come from before or from after; values and notes don't."""
    book.put("A1", [["head"], ["body"]])
    rule = {"condition": {"type": "BOOLEAN"}}
    book.batch(
        repeated(grid(0, 1, 0, 1), {**BOLD, "note": "n"}, "userEnteredFormat,note"),
        {"setDataValidation": {"range": grid(1, 2, 1, 2), "rule": rule}},
    )
    book.batch(insert("ROWS", 1, 2, before=True), insert("ROWS", 2, 3))
    from_before, from_after = book.cells("A2:B3")
    assert [BOLD["userEnteredFormat"]] == [cell["userEnteredFormat"] for cell in from_before]
    assert {"userEnteredFormat", "effectiveFormat"} == set(from_before[0])
    assert {"boolValue": False} == from_after[1]["userEnteredValue"]
    assert "BOOLEAN" == from_after[1]["dataValidation"]["condition"]["type"]


def test_a_new_column_looks_like_its_neighbour(book: Book) -> None:
    """Column by column the same, widths included."""
    wide = {
        "range": span("COLUMNS", 0, 1),
        "properties": {"pixelSize": 300},
        "fields": "pixelSize",
    }
    book.batch(repeated(grid(0, 2, 0, 1), BOLD, "userEnteredFormat"))
    book.batch({"updateDimensionProperties": wide}, insert("COLUMNS", 1, 2, before=True))
    assert [BOLD["userEnteredFormat"]] * 2 == [
        row[1]["userEnteredFormat"] for row in book.cells("A1:C2", "userEnteredFormat")
    ]
    columns = book.get(fields="sheets.data.columnMetadata")["sheets"][0]["data"][0]
    widths = [column["pixelSize"] for column in columns["columnMetadata"][:3]]
    assert [300, 300, 100] == widths


def test_cells_move_with_their_rows_and_columns(book: Book) -> None:
    """Inserted, deleted and moved: the values are where they belong."""
    book.put("A1", [["a1", "b1"], ["a2", "b2"], ["a3", "b3"]])
    book.batch(insert("ROWS", 1, 3), insert("COLUMNS", 0, 1))
    assert [["", "a1", "b1"], [], [], ["", "a2", "b2"], ["", "a3", "b3"]] == book.values()
    book.batch({"deleteDimension": {"range": span("ROWS", 1, 3)}})
    book.batch({"deleteDimension": {"range": span("COLUMNS", 0, 1)}})
    assert [["a1", "b1"], ["a2", "b2"], ["a3", "b3"]] == book.values()
    book.batch({"moveDimension": {"source": span("ROWS", 0, 1), "destinationIndex": 3}})
    book.batch({"moveDimension": {"source": span("COLUMNS", 1, 2), "destinationIndex": 0}})
    assert [["b2", "a2"], ["b3", "a3"], ["b1", "a1"]] == book.values()


@pytest.mark.parametrize("to", [1, 2])
def test_a_move_into_itself_is_refused(book: Book, to: int) -> None:
    """The destination may not be inside of what is moved."""
    request = {"moveDimension": {"source": span("ROWS", 0, 3), "destinationIndex": to}}
    book.refusal(request)


def test_deleting_all_or_all_that_is_not_frozen(book: Book) -> None:
    """Some row that isn't frozen must stay."""
    book.batch(resize(5, 5))
    book.refusal({"deleteDimension": {"range": span("ROWS", 0, 5)}})
    frozen = {"properties": {"gridProperties": {"frozenRowCount": 2}}}
    fields = {"fields": "gridProperties.frozenRowCount"}
    book.batch({"updateSheetProperties": {**frozen, **fields}})
    book.refusal({"deleteDimension": {"range": span("ROWS", 2, 5)}})
    book.batch({"deleteDimension": {"range": span("ROWS", 0, 1)}})
    assert 1 == book.sheet()["properties"]["gridProperties"]["frozenRowCount"]


def test_rows_above_the_freeze_join_it(book: Book) -> None:
    """What comes in within the frozen rows is frozen; what comes below is not."""
    frozen = {"properties": {"gridProperties": {"frozenRowCount": 2}}}
    book.batch({"updateSheetProperties": {**frozen, "fields": "gridProperties.frozenRowCount"}})
    book.batch(insert("ROWS", 1, 2))
    assert 3 == book.sheet()["properties"]["gridProperties"]["frozenRowCount"]
    book.batch(insert("ROWS", 3, 4, before=True))
    assert 3 == book.sheet()["properties"]["gridProperties"]["frozenRowCount"]


def objects(book: Book) -> Json:
    """The ranges of everything that the sheet holds, rows 3 to 6 of columns B to D to start with."""
    sheet = book.sheet()
    ranges = {
        kind: sheet[kind][0]["range"]
        for kind in ("protectedRanges", "filterViews", "bandedRanges")
        if kind in sheet
    }
    ranges["conditionalFormats"] = sheet["conditionalFormats"][0]["ranges"][0]
    ranges["basicFilter"] = sheet["basicFilter"]["range"]
    ranges["merges"] = sheet["merges"][0]
    ranges["namedRanges"] = book.get()["namedRanges"][0]["range"]
    spec = sheet["charts"][0]["spec"]["basicChart"]
    ranges["chart"] = spec["series"][0]["series"]["sourceRange"]["sources"][0]
    anchor = sheet["charts"][0]["position"]["overlayPosition"]["anchorCell"]
    return ranges | {"anchor": anchor}


@pytest.fixture
def furnished(book: Book) -> Book:
    """A sheet with one object of each kind over B3:D6."""
    area = grid(2, 6, 1, 4)
    source = {"sourceRange": {"sources": [area]}}
    chart = {
        "spec": {"basicChart": {"chartType": "LINE", "series": [{"series": source}]}},
        "position": {"overlayPosition": {"anchorCell": {"rowIndex": 2, "columnIndex": 1}}},
    }
    colour = {"firstBandColor": {"red": 1}}
    condition = {"condition": {"type": "BLANK"}, "format": {"textFormat": {"bold": True}}}
    book.batch(
        {"addProtectedRange": {"protectedRange": {"range": area, "warningOnly": True}}},
        {"addFilterView": {"filter": {"title": "f", "range": area}}},
        {"addBanding": {"bandedRange": {"range": area, "rowProperties": colour}}},
        {"addConditionalFormatRule": {"rule": {"ranges": [area], "booleanRule": condition}}},
        {"setBasicFilter": {"filter": {"range": area}}},
        {"mergeCells": {"range": area}},
        {"addNamedRange": {"namedRange": {"name": "n", "range": area}}},
        {"addChart": {"chart": chart}},
    )
    return book


def moved(top: int, bottom: int, left: int = 1, right: int = 4) -> Json:
    return {
        key: value for key, value in grid(top, bottom, left, right).items() if key != "sheetId"
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (insert("ROWS", 0, 2), moved(4, 8)),
        (insert("ROWS", 2, 3), moved(3, 7)),
        (insert("ROWS", 4, 5), moved(2, 7)),
        (insert("ROWS", 6, 7), moved(2, 6)),
        (insert("COLUMNS", 2, 4), moved(2, 6, 1, 6)),
        ({"deleteDimension": {"range": span("ROWS", 0, 1)}}, moved(1, 5)),
        ({"deleteDimension": {"range": span("ROWS", 4, 9)}}, moved(2, 4)),
        ({"deleteDimension": {"range": span("COLUMNS", 0, 2)}}, moved(2, 6, 0, 2)),
        ({"moveDimension": {"source": span("ROWS", 2, 6), "destinationIndex": 9}}, moved(5, 9)),
        ({"moveDimension": {"source": span("ROWS", 3, 4), "destinationIndex": 6}}, moved(2, 6)),
        ({"moveDimension": {"source": span("ROWS", 3, 4), "destinationIndex": 9}}, moved(2, 5)),
        ({"moveDimension": {"source": span("ROWS", 8, 9), "destinationIndex": 4}}, moved(2, 7)),
        ({"moveDimension": {"source": span("COLUMNS", 0, 1), "destinationIndex": 9}}, moved(2, 6, 0, 3)),
    ],
)  # fmt: skip
def test_every_range_follows(furnished: Book, change: Json, expected: Json) -> None:
    """Each kind of object keeps to its cells."""
    furnished.batch(change)
    ranges = objects(furnished)
    del ranges["anchor"]
    assert dict.fromkeys(ranges, expected) == ranges


def test_only_looks_grow_at_their_end(furnished: Book) -> None:
    """A row that inherits from the last one joins its banding and its rules, not its names."""
    furnished.batch(insert("ROWS", 6, 7, before=True))
    ranges = objects(furnished)
    grown = {kind for kind, area in ranges.items() if area == moved(2, 7)}
    assert {"bandedRanges", "conditionalFormats"} == grown


def test_a_chart_hangs_on_its_cell(furnished: Book) -> None:
    """The anchor moves; when its row is gone, it is where the row was."""
    furnished.batch(insert("ROWS", 0, 1))
    assert {"rowIndex": 3, "columnIndex": 1} == objects(furnished)["anchor"]
    furnished.batch({"deleteDimension": {"range": span("ROWS", 2, 4)}})
    assert {"rowIndex": 2, "columnIndex": 1} == objects(furnished)["anchor"]


def test_what_lies_in_deleted_rows_is_gone(furnished: Book) -> None:
    """Objects without a range go; a named range stays without one, a chart without a source."""
    furnished.batch({"deleteDimension": {"range": span("ROWS", 2, 6)}})
    sheet = furnished.sheet()
    assert {"properties", "charts"} == set(sheet)
    assert "range" not in furnished.get()["namedRanges"][0]


def test_formulas_follow(book: Book) -> None:
    """References shift, grow, keep their `$`, and break where their cells are gone."""
    formulas = [
        ["=B5+$C$6", "=SUM(B2:B9)", "=SUM(B:B)", "=Sheet1!B7", '="B5"&B5', "=D1"],
    ]
    book.put("A1", formulas, option="USER_ENTERED")
    book.batch(insert("ROWS", 4, 5), insert("COLUMNS", 1, 2))
    read = {"valueRenderOption": "FORMULA"}
    expected = ["=C6+$D$7", "", "=SUM(C2:C10)", "=SUM(C:C)", "=Sheet1!C8", '="B5"&C6', "=E1"]
    assert [expected] == book.values("A1:Z1", **read)
    book.batch({"deleteDimension": {"range": span("ROWS", 5, 7)}})
    expected = ["=#REF!+#REF!", "", "=SUM(C2:C8)", "=SUM(C:C)", "=Sheet1!C6", '="B5"&#REF!', "=E1"]
    assert [expected] == book.values("A1:Z1", **read)


@pytest.mark.parametrize(
    ("change", "formula"),
    [
        (insert("ROWS", 4, 5), "=B6"),
        (insert("ROWS", 5, 6), "=B5"),
        (insert("COLUMNS", 1, 2), "=C5"),
        (insert("COLUMNS", 2, 3), "=B5"),
        ({"moveDimension": {"source": span("ROWS", 8, 9), "destinationIndex": 4}}, "=B6"),
        ({"moveDimension": {"source": span("ROWS", 4, 5), "destinationIndex": 9}}, "=B9"),
    ],
)
def test_a_formula_at_the_edge_of_a_change(book: Book, change: Json, formula: str) -> None:
    """The first cell that moves takes its formulas along, the last that stays doesn't."""
    book.put("A1", [["=B5"]], option="USER_ENTERED")
    book.batch(change)
    assert [[formula]] == book.values("A1", valueRenderOption="FORMULA")


def test_formulas_of_other_sheets_follow(book: Book) -> None:
    """And those that mean another sheet's cells of the same name stay."""
    book.batch({"addSheet": {"properties": {"title": "Other"}}})
    book.put("Other!A1", [["=Sheet1!A5", "=A5"]], option="USER_ENTERED")
    book.batch(insert("ROWS", 0, 1))
    rename = {"properties": {"sheetId": 0, "title": "All runs"}, "fields": "title"}
    book.batch({"updateSheetProperties": rename})
    formulas = book.values("Other", valueRenderOption="FORMULA")
    assert [["='All runs'!A6", "=A5"]] == formulas


def test_hidden_and_sized_rows_move(book: Book) -> None:
    """What is set of a row stays with the row."""
    for properties, fields in (
        ({"hiddenByUser": True}, "hiddenByUser"),
        ({"pixelSize": 50}, "pixelSize"),
    ):
        change = {"range": span("ROWS", 2, 3), "properties": properties, "fields": fields}
        book.batch({"updateDimensionProperties": change})
    book.batch(insert("ROWS", 0, 1))
    data = book.get("A1:A5", fields="sheets.data.rowMetadata")["sheets"][0]["data"][0]
    assert {"pixelSize": 50, "hiddenByUser": True} == data["rowMetadata"][3]
    assert {"pixelSize": 21} == data["rowMetadata"][2]


def groups(book: Book) -> list[tuple[int, int, int]]:
    items = book.sheet().get("rowGroups", [])
    return [
        (item["range"]["startIndex"], item["range"]["endIndex"], item["depth"]) for item in items
    ]


def group(start: int, end: int, kind: str = "addDimensionGroup") -> Json:
    return {kind: {"range": span("ROWS", start, end)}}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((2, 4), (1, 5), [(1, 5, 1), (2, 4, 2)]),
        ((1, 5), (2, 4), [(1, 5, 1), (2, 4, 2)]),
        ((1, 4), (2, 5), [(1, 5, 1), (2, 4, 2)]),
        ((1, 2), (3, 4), [(1, 2, 1), (3, 4, 1)]),
    ],
)
def test_groups_as_google_describes_them(
    book: Book, first: tuple[int, int], second: tuple[int, int], expected: Any
) -> None:
    """Superset, subset, overlap: the three examples of the discovery document."""
    book.batch(group(*first), group(*second))
    assert expected == groups(book)


def test_groups_collapse_move_and_go(book: Book) -> None:
    """A collapsed group hides its rows; deleting one level leaves the others."""
    book.batch(group(1, 5), group(2, 3))
    collapse = {"range": span("ROWS", 1, 5), "depth": 1, "collapsed": True}
    book.batch({"updateDimensionGroup": {"dimensionGroup": collapse, "fields": "collapsed"}})
    assert True is book.sheet()["rowGroups"][0]["collapsed"]
    book.batch(insert("ROWS", 0, 1), insert("ROWS", 4, 5))
    assert [(2, 7, 1), (3, 4, 2)] == groups(book)
    book.batch(group(2, 7, "deleteDimensionGroup"))
    assert [(3, 4, 1)] == groups(book)
    book.refusal(group(8, 9, "deleteDimensionGroup"))
    assert True is book.sheet()["properties"]["gridProperties"]["rowGroupControlAfter"]


def test_columns_fit_their_texts(book: Book) -> None:
    """The longest line decides; a blank column has the default width."""
    book.put("A1", [["a long text, longer than others"], ["short"]])
    book.batch({"autoResizeDimensions": {"dimensions": span("COLUMNS", 0, 2)}})
    data = book.get("A1:C1", fields="sheets.data.columnMetadata")["sheets"][0]["data"][0]
    first, second, _ = (column["pixelSize"] for column in data["columnMetadata"])
    assert first > 200
    assert 100 == second


def test_shrinking_cuts_cells_off(book: Book) -> None:
    """Values and ranges beyond the new end are gone."""
    book.put("A1", [["a"], ["b"], ["c"]])
    book.batch({"addNamedRange": {"namedRange": {"name": "n", "range": grid(0, 3, 0, 1)}}})
    book.batch(resize(2, 5))
    assert [["a"], ["b"]] == book.values()
    assert 2 == book.get()["namedRanges"][0]["range"]["endRowIndex"]
    book.refusal(resize(0, 5))
