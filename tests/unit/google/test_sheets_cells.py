"""Cells: written by mask, read as CellData, linked, validated, merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.google.book import Book, grid

if TYPE_CHECKING:
    from tests.google.plain import PlainClient
    from tests.google.server import LocalGoogle

Json = dict[str, Any]


@pytest.fixture
def book(client: PlainClient) -> Book:
    return Book(client)


def update(rows: list[list[Json]], fields: str, **where: Json) -> Json:
    where = where or {"start": {"sheetId": 0}}
    return {"updateCells": {**where, "rows": [{"values": row} for row in rows], "fields": fields}}


def value(item: Any) -> Json:
    kind = {bool: "boolValue", int: "numberValue", float: "numberValue", str: "stringValue"}
    return {"userEnteredValue": {kind[type(item)]: item}}


def put(book: Book, rows: list[list[Any]]) -> None:
    book.batch(update([[value(item) for item in row] for row in rows], "userEnteredValue"))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "'quoted", "007", "2026-09-27", "TRUE", " x ", "a\nb", "🌵"]
)
def test_typed_text_stays_text(book: Book, text: str) -> None:
    """A stringValue is never read as anything else."""
    put(book, [[text]])
    ((cell,),) = book.cells("A1", "userEnteredValue,effectiveValue,formattedValue")
    expected = {"stringValue": text}
    assert (expected, expected, text) == (
        cell["userEnteredValue"],
        cell["effectiveValue"],
        cell["formattedValue"],
    )


@pytest.mark.parametrize("number", [0, 1, -1.5, 1e-300, 1e300, 2**53, 0.1])
def test_typed_numbers_keep_their_bits(book: Book, number: float) -> None:
    """A double goes in and comes out."""
    put(book, [[number]])
    assert [[number]] == book.values("A1", valueRenderOption="UNFORMATTED_VALUE")


def test_formulas_are_worked_out(book: Book) -> None:
    """userEnteredValue keeps the formula, effectiveValue has what it gives."""
    formulas = ["=1+2*3", '="a"&1', "=1/0", "=NOPE(1)", "=A1", "=TRUE", "=B2", "=SUM({1,2;3})"]
    cells = [{"userEnteredValue": {"formulaValue": text}} for text in formulas]
    book.batch(update([cells], "userEnteredValue"))
    assert [["7", "a1", "#DIV/0!", "#NAME?", "7", "TRUE", "", "6"]] == book.values()
    (row,) = book.cells("A1:C1", "userEnteredValue,effectiveValue")
    assert {"formulaValue": "=1+2*3"} == row[0]["userEnteredValue"]
    assert {"numberValue": 7} == row[0]["effectiveValue"]
    assert "DIVIDE_BY_ZERO" == row[2]["effectiveValue"]["errorValue"]["type"]


def test_a_circle_ends(book: Book) -> None:
    """Formulas that need each other are an error, not a hang."""
    book.put("A1", [["=B1", "=A1"]], option="USER_ENTERED")
    assert [["#REF!", "#REF!"]] == book.values()


@pytest.mark.parametrize(
    "extended",
    [
        {"errorValue": {"type": "REF"}},
        {"formulaValue": "1+1"},
        {"stringValue": "x" * 50_001},
        {"formulaValue": "=" + "1" * 50_000},
    ],
)
def test_values_that_are_refused(book: Book, extended: Json) -> None:
    """Errors, formulas without `=`, and more than 50,000 characters."""
    book.refusal(update([[{"userEnteredValue": extended}]], "userEnteredValue"))


def test_a_listed_field_without_data_is_cleared(book: Book) -> None:
    """The mask says what is touched; what it doesn't list stays."""
    cell = {**value("a"), "note": "n", "userEnteredFormat": {"textFormat": {"bold": True}}}
    book.batch(update([[cell]], "*"))
    book.batch(update([[{"note": "m"}]], "userEnteredValue,note"))
    ((after,),) = book.cells("A1")
    assert {"note", "userEnteredFormat", "effectiveFormat"} == set(after)
    book.batch(update([[{}]], "*"))
    assert [] == book.cells("A1")


def test_a_path_into_the_format(book: Book) -> None:
    """Only the named leaf changes; a colour and its style are one thing."""
    look = {"backgroundColor": {"red": 1}, "textFormat": {"bold": True, "italic": True}}
    book.batch(update([[{"userEnteredFormat": look}]], "userEnteredFormat"))
    new = {"backgroundColorStyle": {"rgbColor": {"green": 1}}, "textFormat": {"fontSize": 12}}
    fields = "userEnteredFormat(backgroundColorStyle,textFormat(fontSize,italic))"
    book.batch(update([[{"userEnteredFormat": new}]], fields))
    ((cell,),) = book.cells("A1", "userEnteredFormat")
    assert {
        "backgroundColor": {"green": 1},
        "backgroundColorStyle": {"rgbColor": {"green": 1}},
        "textFormat": {"bold": True, "fontSize": 12},
    } == cell["userEnteredFormat"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"backgroundColor": {"red": 1}}, {"backgroundColorStyle": {"themeColor": "BACKGROUND"}}),
        ({"backgroundColorStyle": {"themeColor": "ACCENT1"}}, {"backgroundColor": {"red": 1}}),
    ],
)
def test_the_newer_spelling_of_a_colour_wins(book: Book, first: Json, second: Json) -> None:
    """A colour and its style say the same, so what was written last is what both say."""
    for look in (first, second):
        (name,) = look
        book.batch(update([[{"userEnteredFormat": look}]], f"userEnteredFormat.{name}"))
    ((cell,),) = book.cells("A1", "userEnteredFormat")
    (name,) = second
    assert second[name] == cell["userEnteredFormat"][name]


def test_ragged_rows_from_a_start(book: Book) -> None:
    """With `start` only the cells that are sent are touched."""
    put(book, [["a", "b", "c"], ["d", "e", "f"]])
    rows = [[value("x")], [value("y"), value("z")]]
    book.batch(update(rows, "userEnteredValue", start={"sheetId": 0, "columnIndex": 1}))
    assert [["a", "x", "c"], ["d", "y", "z"]] == book.values()


def test_a_range_is_filled_or_cleared(book: Book) -> None:
    """With `range` the cells that aren't sent lose the listed fields."""
    put(book, [["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]])
    book.batch(update([[value("x")]], "userEnteredValue", range=grid(0, 2, 0, 2)))
    assert [["x", "", "c"], ["", "", "f"], ["g", "h", "i"]] == book.values()


@pytest.mark.parametrize(
    "where",
    [
        {"start": {"sheetId": 0, "rowIndex": 999}},
        {"start": {"sheetId": 0, "columnIndex": 25}},
        {"range": grid(0, 1, 0, 2)},
        {"range": grid(0, 2, 0, 1)},
        {"start": {"sheetId": 9}},
        {},
    ],
)
def test_writing_beyond(book: Book, where: Json) -> None:
    """Beyond the grid, beyond the range, on no sheet, nowhere."""
    rows = [{"values": [value("a"), value("b")]}] * 2
    book.refusal({"updateCells": {"rows": rows, "fields": "userEnteredValue", **where}})
    assert [] == book.values()


def test_repeating_a_formula_carries_its_references(book: Book) -> None:
    """As copying does; `$` holds them."""
    cell = {"userEnteredValue": {"formulaValue": "=A1+$B$1"}}
    request = {"range": grid(1, 3, 2, 4), "cell": cell, "fields": "userEnteredValue"}
    book.batch({"repeatCell": request})
    rows = book.values("C2:D3", valueRenderOption="FORMULA")
    assert [["=A1+$B$1", "=B1+$B$1"], ["=A2+$B$1", "=B2+$B$1"]] == rows


def test_appending_cells(book: Book) -> None:
    """Below the sheet's last row with data, from column A, wherever tables are."""
    put(book, [["a"], ["", "", "c"]])
    row = [{"values": [value("x"), value(1)]}]
    request = {"appendCells": {"sheetId": 0, "rows": row, "fields": "userEnteredValue"}}
    assert [{}] == book.batch(request)["replies"]
    assert [["a"], ["", "", "c"], ["x", "1"]] == book.values()
    put_last = update([[value("z")]], "*", start={"sheetId": 0, "rowIndex": 999})
    book.batch(put_last, request)
    assert 1001 == book.sheet()["properties"]["gridProperties"]["rowCount"]


def test_links_in_all_their_forms(book: Book) -> None:
    """A formula, a format, one run; several links are no link."""
    link = {"link": {"uri": "https://example.com/a"}}
    whole = {**value("text"), "userEnteredFormat": {"textFormat": link}}
    runs = [{"format": link}]
    two = [{"format": link}, {"startIndex": 2, "format": {"link": {"uri": "https://b.example"}}}]
    formula = {"userEnteredValue": {"formulaValue": '=HYPERLINK("https://example.com/a","A")'}}
    cells = [
        formula,
        whole,
        {**value("text"), "textFormatRuns": runs},
        {**value("text"), "textFormatRuns": two},
        {"hyperlink": "https://example.com/a"},
    ]
    fields = "userEnteredValue,userEnteredFormat.textFormat.link,textFormatRuns,hyperlink"
    book.batch(update([cells], fields))
    (row,) = book.cells("A1:E1", "hyperlink,formattedValue")
    links = ["https://example.com/a"] * 3 + [None]
    assert links == [cell.get("hyperlink") for cell in row]
    assert ["A", "text", "text", "text"] == [cell["formattedValue"] for cell in row]


def test_a_new_value_drops_runs_and_chips(book: Book) -> None:
    """They belong to the text that they were made for."""
    chip = {"chip": {"richLinkProperties": {"uri": "https://drive.google.com/file/d/x"}}}
    cell = {**value("@ file"), "chipRuns": [chip], "textFormatRuns": [{"format": {"bold": True}}]}
    book.batch(update([[cell]], "userEnteredValue,chipRuns,textFormatRuns"))
    assert {"chipRuns", "textFormatRuns"} <= set(book.cells("A1")[0][0])
    put(book, [["new"]])
    assert not {"chipRuns", "textFormatRuns"} & set(book.cells("A1")[0][0])


@pytest.mark.parametrize(
    ("text", "uri"), [("no sign", "https://drive.google.com/x"), ("@", "https://example.com/x")]
)
def test_chips_that_are_refused(book: Book, text: str, uri: str) -> None:
    """Each needs its `@`, and only Drive's files can be written."""
    chips = [{"chip": {"richLinkProperties": {"uri": uri}}}]
    book.refusal(update([[{**value(text), "chipRuns": chips}]], "userEnteredValue,chipRuns"))


def test_image_and_sparkline_keep_their_text(book: Book) -> None:
    """They draw; as values they are blank."""
    formulas = ['=IMAGE("https://example.com/a.png")', '=SPARKLINE({1,2},{"charttype","line"})']
    cells = [{"userEnteredValue": {"formulaValue": text}} for text in formulas]
    book.batch(update([cells], "userEnteredValue"))
    assert [formulas] == book.values(valueRenderOption="FORMULA")
    assert [] == book.values()


def test_the_effective_format(book: Book) -> None:
    """The default, the cell's own over it, and the alignment that the value brings."""
    put(book, [["text", 5, True]])
    (row,) = book.cells("A1:C1", "effectiveFormat(horizontalAlignment,textFormat.fontSize)")
    sides = [cell["effectiveFormat"]["horizontalAlignment"] for cell in row]
    assert ["LEFT", "RIGHT", "CENTER"] == sides
    assert 10 == row[0]["effectiveFormat"]["textFormat"]["fontSize"]


def test_number_formats_show(book: Book) -> None:
    """formattedValue follows the pattern."""
    look = {"numberFormat": {"type": "PERCENT", "pattern": "0.0%"}}
    book.batch(update([[{**value(0.8512), "userEnteredFormat": look}]], "*"))
    assert [["85.1%"]] == book.values()


def test_colours_have_eight_bits(book: Book) -> None:
    """Rounded as Google does, zero channels left out."""
    look = {"backgroundColor": {"red": 0.5, "green": 0, "blue": 1}}
    book.batch(update([[{"userEnteredFormat": look}]], "userEnteredFormat"))
    ((cell,),) = book.cells("A1", "userEnteredFormat.backgroundColor")
    assert {"red": 0.5019608, "blue": 1} == cell["userEnteredFormat"]["backgroundColor"]


def test_a_checkbox_in_a_blank_cell_is_unticked(book: Book) -> None:
    """FALSE is there as soon as the box is."""
    rule = {"condition": {"type": "BOOLEAN"}, "strict": False}
    book.batch({"setDataValidation": {"range": grid(0, 1, 0, 1), "rule": rule}})
    assert [["FALSE"]] == book.values()
    ((cell,),) = book.cells("A1", "dataValidation")
    assert {"condition": {"type": "BOOLEAN"}} == cell["dataValidation"]
    book.batch({"setDataValidation": {"range": grid(0, 1, 0, 1)}})
    assert "dataValidation" not in book.cells("A1")[0][0]


def test_a_strict_rule_holds_for_typed_cells(book: Book) -> None:
    """Unless the same request takes the rule away; a blank is always right."""
    condition = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "keep"}]}
    rule = {"condition": condition, "strict": True}
    book.batch({"setDataValidation": {"range": grid(0, 2, 0, 1), "rule": rule}})
    maybe = [[value("maybe")]]
    assert "A1" in book.refusal(update(maybe, "userEnteredValue"))
    repeated = {"range": grid(0, 2, 0, 1), "cell": value("maybe"), "fields": "userEnteredValue"}
    book.refusal({"repeatCell": repeated})
    book.batch(update([[value("keep")], [{}]], "userEnteredValue"))
    book.batch(update(maybe, "userEnteredValue,dataValidation"))
    assert [["maybe"]] == book.values()


@pytest.mark.parametrize(
    ("kind", "merges"),
    [
        ("MERGE_ALL", [(0, 2, 0, 2)]),
        ("MERGE_ROWS", [(0, 1, 0, 2), (1, 2, 0, 2)]),
        ("MERGE_COLUMNS", [(0, 2, 0, 1), (0, 2, 1, 2)]),
    ],
)
def test_merging(book: Book, kind: str, merges: list[tuple[int, ...]]) -> None:
    """One box, or one for each row or column; only the first value of a box stays."""
    put(book, [["a", "b"], ["c", "d"]])
    book.batch({"mergeCells": {"range": grid(0, 2, 0, 2), "mergeType": kind}})
    assert merges == [tuple(merge.values()) for merge in book.sheet()["merges"]]
    kept = {"MERGE_ALL": [["a"]], "MERGE_ROWS": [["a"], ["c"]], "MERGE_COLUMNS": [["a", "b"]]}
    assert kept[kind] == book.values()


def test_a_merge_is_not_cut(book: Book) -> None:
    """Merging or unmerging a part of it is refused."""
    book.batch({"mergeCells": {"range": grid(0, 2, 0, 2), "mergeType": "MERGE_ALL"}})
    for kind in ("mergeCells", "unmergeCells"):
        book.refusal({kind: {"range": grid(1, 3, 0, 2)}})
    book.batch({"unmergeCells": {"range": grid(0, 9, 0, 9)}})
    assert "merges" not in book.sheet()


def test_borders_at_the_edge_and_inside(book: Book) -> None:
    """Only the sides that are named, only where they are."""
    request = {
        "range": grid(0, 2, 0, 2),
        "top": {"style": "SOLID"},
        "innerVertical": {"style": "DASHED"},
    }
    book.batch({"updateBorders": request})
    rows = book.cells("A1:B2", "userEnteredFormat.borders")
    sides = [[sorted(cell["userEnteredFormat"]["borders"]) for cell in row] for row in rows]
    assert [[["right", "top"], ["left", "top"]], [["right"], ["left"]]] == sides


@pytest.mark.parametrize(
    ("when", "expected"),
    [("after", [[{"note": "n"}]]), ("before", [[{"note": "n"}, {}], [{}, {}]])],
)
def test_cut_before_or_after_the_mask(
    google: LocalGoogle, book: Book, when: str, expected: list[Any]
) -> None:
    """Whether cells without the masked field count as an end: both readings."""
    put(book, [["a", "b"], ["c", "d"]])
    book.batch(update([[{"note": "n"}]], "note"))
    google.world.set_modes({"assumptions": {"masked_cells_cut": when}})
    assert expected == book.cells("A1:B2", "note")
