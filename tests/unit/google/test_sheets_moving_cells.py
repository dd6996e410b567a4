"""Cells that change places: sorted, pasted, cut, split, searched, shifted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.google.book import Book, grid, span

if TYPE_CHECKING:
    from tests.google.plain import PlainClient

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


def sort(book: Book, *specs: tuple[int, str], top: int = 0, bottom: int = 9) -> None:
    listed = [{"dimensionIndex": column, "sortOrder": order} for column, order in specs]
    book.batch({"sortRange": {"range": grid(top, bottom, 0, 2), "sortSpecs": listed}})


def test_sorting_by_kind_and_value(book: Book) -> None:
    """Numbers before text before booleans, text in any case, blanks last both ways."""
    put(book, [["b"], [True], [10], ["A"], [""], [9], ["c"], [False]])
    sort(book, (0, "ASCENDING"))
    assert [["9"], ["10"], ["A"], ["b"], ["c"], ["FALSE"], ["TRUE"]] == book.values()
    sort(book, (0, "DESCENDING"))
    assert [["TRUE"], ["FALSE"], ["c"], ["b"], ["A"], ["10"], ["9"]] == book.values()


def test_sorting_by_several_columns(book: Book) -> None:
    """The first spec weighs most; equals keep their order."""
    put(book, [["x", 2], ["y", 1], ["x", 1], ["y", 2]])
    sort(book, (0, "DESCENDING"), (1, "ASCENDING"))
    assert [["y", "1"], ["y", "2"], ["x", "1"], ["x", "2"]] == book.values()


def test_sorting_moves_cells_with_their_looks(book: Book) -> None:
    """Notes and formats go along, formulas keep to their own row."""
    book.batch(update([[{**value(2), "note": "two"}], [value(1)]], "*"))
    book.put("B1", [["=A1*10"], ["=A2*10"]], option="USER_ENTERED")
    sort(book, (0, "ASCENDING"))
    assert [["1", "10"], ["2", "20"]] == book.values()
    assert [["=A1*10"], ["=A2*10"]] == book.values("B1:B2", valueRenderOption="FORMULA")
    assert "two" == book.cells("A2", "note")[0][0]["note"]


def test_hidden_rows_stay_when_sorting(book: Book) -> None:
    """What isn't seen isn't moved; a merge over rows forbids it all."""
    put(book, [[3], [1], [2]])
    hide = {"range": span("ROWS", 1, 2), "properties": {"hiddenByUser": True}, "fields": "*"}
    book.batch({"updateDimensionProperties": hide})
    sort(book, (0, "ASCENDING"))
    assert [["2"], ["1"], ["3"]] == book.values()
    book.batch({"mergeCells": {"range": grid(3, 5, 0, 1)}})
    spec = [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]
    book.refusal({"sortRange": {"range": grid(0, 9, 0, 2), "sortSpecs": spec}})


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("PASTE_NORMAL", {"userEnteredValue", "userEnteredFormat", "note"}),
        ("PASTE_VALUES", {"userEnteredValue"}),
        ("PASTE_FORMULA", {"userEnteredValue"}),
        ("PASTE_FORMAT", {"userEnteredFormat"}),
    ],
)
def test_pasting_by_kind(book: Book, kind: str, expected: set[str]) -> None:
    """Each kind takes its part of the cell."""
    look = {"textFormat": {"bold": True}}
    cell = {**value("a"), "note": "n", "userEnteredFormat": look}
    book.batch(update([[cell]], "*"))
    paste = {"source": grid(0, 1, 0, 1), "destination": grid(1, 2, 1, 2), "pasteType": kind}
    book.batch({"copyPaste": paste})
    ((pasted,),) = book.cells("B2", "userEnteredValue,userEnteredFormat,note")
    assert expected == set(pasted)


def test_pasting_repeats_turns_and_carries(book: Book) -> None:
    """A larger destination is tiled, formulas follow, TRANSPOSE turns."""
    book.put("A1", [["1", "=A1+1"]], option="USER_ENTERED")
    book.batch({"copyPaste": {"source": grid(0, 1, 0, 2), "destination": grid(1, 3, 0, 2)}})
    read = {"valueRenderOption": "FORMULA"}
    assert [[1, "=A2+1"], [1, "=A3+1"]] == book.values("A2:B3", **read)
    turn = {"source": grid(0, 1, 0, 2), "destination": grid(5, 6, 0, 1)}
    book.batch({"copyPaste": {**turn, "pasteOrientation": "TRANSPOSE"}})
    assert 2 == len(book.values("A6:A7", **read))


def test_cutting_leaves_nothing_behind(book: Book) -> None:
    """The cell moves as it is, its references too."""
    book.put("A1", [["=B1", "b"]], option="USER_ENTERED")
    corner = {"sheetId": 0, "rowIndex": 2, "columnIndex": 0}
    book.batch({"cutPaste": {"source": grid(0, 1, 0, 1), "destination": corner}})
    assert [["", "b"], [], ["=B1"]] == book.values(valueRenderOption="FORMULA")


def test_finding_and_replacing(book: Book) -> None:
    """Counts of what was changed; case, whole cells, patterns and formulas by switch."""
    put(book, [["cat Cat", "dog"], ["concat", 12]])
    request = {"find": "cat", "replacement": "x", "allSheets": True}
    assert {
        "valuesChanged": 2,
        "rowsChanged": 2,
        "sheetsChanged": 1,
        "occurrencesChanged": 3,
    } == book.reply({"findReplace": request})
    assert [["x x", "dog"], ["conx", "12"]] == book.values()
    assert {} == book.reply({"findReplace": {**request, "matchCase": True}})
    pattern = {"find": "(d)o", "replacement": "$1a", "searchByRegex": True, "sheetId": 0}
    book.batch({"findReplace": pattern})
    assert "dag" == book.values("B1")[0][0]


def test_duplicates_spaces_and_columns(book: Book) -> None:
    """Rows seen before go up in smoke, spaces shrink, texts split."""
    put(book, [["a ", " b  b"], ["a", "b b"], ["c,d", "x"]])
    assert {"cellsChangedCount": 2} == book.reply({"trimWhitespace": {"range": grid(0, 3, 0, 2)}})
    removed = book.reply({"deleteDuplicates": {"range": grid(0, 3, 0, 2)}})
    assert {"duplicatesRemovedCount": 1} == removed
    split = {"source": grid(1, 2, 0, 1), "delimiterType": "AUTODETECT"}
    book.batch({"textToColumns": split})
    assert [["a", "b b"], ["c", "d"]] == book.values()


def test_shifting_cells(book: Book) -> None:
    """insertRange and deleteRange move only what is below, or on the right."""
    put(book, [["a", "b"], ["c", "d"]])
    book.batch({"insertRange": {"range": grid(0, 1, 0, 1), "shiftDimension": "ROWS"}})
    assert [["", "b"], ["a", "d"], ["c"]] == book.values()
    book.batch({"deleteRange": {"range": grid(0, 1, 0, 1), "shiftDimension": "COLUMNS"}})
    assert [["b"], ["a", "d"], ["c"]] == book.values()
