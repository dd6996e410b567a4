"""A plan as requests of the Sheets API, written out: nothing is sent."""

from __future__ import annotations

from typing import Any

import pytest

from sheetlog import catalog
from sheetlog.plan import Added, Edit, Header, HeaderColumn, Mark, NewRow, Plan
from sheetlog.sinks import sheets_repair, sheets_undo
from sheetlog.sinks.sheets_requests import Batch, Extras, requests_for
from sheetlog.sinks.sheets_undo import Line, Undo
from sheetlog.sinks.sheets_view import View
from sheetlog.template import Column

Json = dict[str, Any]

SHEET = 7
COLUMNS = (
    HeaderColumn(place=0, title="Run", key="run.name"),
    HeaderColumn(place=1, title="Accuracy", key="metrics.acc"),
    HeaderColumn(place=2, title="Mine"),
    HeaderColumn(place=3, title="Run id", key="run.id"),
)
MARKS = {"run.name": 10, "metrics.acc": 11, "run.id": 12}
KEYS = tuple(MARKS)


def view(**more: Any) -> View:
    """Return a tab with two runs in it."""
    usual: Json = {
        "spreadsheet": "S",
        "sheet": SHEET,
        "title": "Ann's runs",
        "rows": 20,
        "width": 4,
        "header": 0,
        "header_marked": True,
        "columns": COLUMNS,
        "marks": MARKS,
        "known": KEYS,
        "anchored": True,
        "end": 3,
    }
    return View(**usual | more)


def batch(plan: Plan, there: View | None = None, **more: Any) -> Batch:
    extras = Extras(**{"tokens": {99: "text"}, "nonce": "once", "now": 5.0} | more)
    return requests_for(plan, there or view(), catalog.load("minimal"), extras)


def plan(there: View | None = None, **more: Any) -> Plan:
    return Plan(base=Header(columns=(there or view()).columns), **more)


def row(run: str, **cells: Any) -> NewRow:
    named = {key.replace("__", "."): cell for key, cell in cells.items()}
    return NewRow(id=run, cells={"run.id": run, **named})


def created(id_: int, key: str, value: str, location: Json) -> Json:
    entry = {"metadataId": id_, "metadataKey": key, "metadataValue": value}
    entry |= {"visibility": "DOCUMENT", "location": location}
    return {"createDeveloperMetadata": {"developerMetadata": entry}}


def column(place: int) -> Json:
    span = {"dimension": "COLUMNS", "startIndex": place, "endIndex": place + 1}
    return {"dimensionRange": {"sheetId": SHEET, **span}}


def compared(id_: int, key: str, place: int) -> list[Json]:
    """Return what fails where a column isn't at a place."""
    lookup = {
        "metadataId": id_,
        "metadataLocation": column(place),
        "locationMatchingStrategy": "EXACT_LOCATION",
    }
    delete = {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}
    return [delete, created(id_, "sl.c", key, column(place))]


VALUE = "userEnteredValue"
UNLINKED = f"userEnteredFormat.textFormat.link,{VALUE}"
"""A row that is put in has the looks of the one above, its links among them."""


def written(
    row: int, place: int, *lines: list[Json], sheet: int = SHEET, fields: str = VALUE
) -> Json:
    start = {"sheetId": sheet, "rowIndex": row, "columnIndex": place}
    rows = [{"values": list(line)} for line in lines]
    return {"updateCells": {"start": start, "rows": rows, "fields": fields}}


def text(value: str) -> Json:
    return {"userEnteredValue": {"stringValue": value}}


def number(value: float) -> Json:
    return {"userEnteredValue": {"numberValue": value}}


def kinds(found: Batch) -> list[str]:
    return [kind for request in found.requests for kind in request]


TOKEN = created(99, "sl.t", "text", {"spreadsheet": True})


def test_two_new_rows() -> None:
    """A token, the columns compared, room made, and a stretch of cells on each side of Mine."""
    rows = (row("c", run__name="=1+1", metrics__acc=0.5), row("d", run__name="d"))
    span = {"sheetId": SHEET, "dimension": "ROWS", "startIndex": 3, "endIndex": 5}
    assert [
        TOKEN,
        *compared(10, "run.name", 0),
        *compared(11, "metrics.acc", 1),
        *compared(12, "run.id", 3),
        {"insertDimension": {"range": span, "inheritFromBefore": True}},
        written(3, 0, [text("=1+1"), number(0.5)], [text("d"), {}], fields=UNLINKED),
        written(3, 3, [text("c")], [text("d")], fields=UNLINKED),
    ] == batch(plan(rows=rows)).requests


def test_only_what_is_written_is_compared() -> None:
    """A column that a run has no value for may be anywhere; that of the ids is always needed."""
    found = batch(plan(rows=(row("c"),))).requests
    assert compared(12, "run.id", 3) == found[1:3]
    assert "insertDimension" in found[3]


def test_what_is_read_back() -> None:
    """The header, and the ids from the last row on that was there."""
    found = batch(plan(rows=(row("c"), row("d"))))
    assert ["'Ann''s runs'!1:1", "'Ann''s runs'!D3:D"] == found.ranges
    assert {"c": 3, "d": 4} == found.rows


def test_the_first_row_has_not_the_looks_of_the_header() -> None:
    """It is inserted below the header, and inherits nothing from it."""
    found = batch(plan(rows=(row("a"),)), view(end=1))
    (inserted,) = (each["insertDimension"] for each in found.requests if "insertDimension" in each)
    assert (1, False) == (inserted["range"]["startIndex"], inserted["inheritFromBefore"])


def test_at_the_end_of_the_grid_a_row_must_inherit() -> None:
    """Google allows nothing else there."""
    found = batch(plan(rows=(row("c"),)), view(rows=3))
    (inserted,) = (each["insertDimension"] for each in found.requests if "insertDimension" in each)
    assert inserted["inheritFromBefore"]


def test_tokens_that_are_spent_and_what_was_learned() -> None:
    """Both go with the batch, behind what may refuse it."""
    found = batch(plan(rows=(row("c"),)), spent=[98], learned={97: "cas=no"}, compare=False)
    lookup = {"developerMetadataLookup": {"metadataId": 98}}
    assert TOKEN == found.requests[0]
    assert {"deleteDeveloperMetadata": {"dataFilter": lookup}} == found.requests[1]
    assert created(97, "sl.a", "cas=no", {"spreadsheet": True}) == found.requests[2]


def test_a_new_column() -> None:
    """Inserted with its mark, its anchor and its title; the list of keys grows."""
    added = Added(place=2, key="params.lr", title="lr", column=Column(key="params.lr"))
    found = batch(plan(added=(added,), rows=(row("c", params__lr=1),)))
    at = kinds(found).index("insertDimension")
    span = {"sheetId": SHEET, "dimension": "COLUMNS", "startIndex": 2, "endIndex": 3}
    assert {"range": span, "inheritFromBefore": True} == found.requests[at]["insertDimension"]
    marks = [
        found.requests[at + each]["createDeveloperMetadata"]["developerMetadata"]
        for each in (1, 2)
    ]
    assert [("sl.c", "params.lr"), ("sl.x", "params.lr")] == [
        (mark["metadataKey"], mark["metadataValue"]) for mark in marks
    ]
    assert [column(2), column(2)] == [mark["location"] for mark in marks]
    (listed,) = (
        e["updateDeveloperMetadata"] for e in found.requests if "updateDev" in next(iter(e))
    )
    assert (
        '["run.name","metrics.acc","run.id","params.lr"]'
        == (listed["developerMetadata"]["metadataValue"])
    )
    assert {"run.name": 0, "metrics.acc": 1, "params.lr": 2, "run.id": 4} == found.places


def test_an_edit_is_kept_before_it_is_made() -> None:
    """A hidden tab, the row copied to it as Google finds it, and only then the cell."""
    edit = Edit(id="b", place=2, key="metrics.acc", cell=0.75)
    found = batch(plan(edits=(edit,)), raw={"b": {1: number(0.5), 3: text("b")}})
    assert found.undo is not None
    tab = found.undo.tab
    assert [
        *("createDeveloperMetadata", "deleteDeveloperMetadata", "createDeveloperMetadata"),
        *("deleteDeveloperMetadata", "createDeveloperMetadata"),
        *("addSheet", "createDeveloperMetadata", "updateCells", "copyPaste", "updateCells"),
    ] == kinds(found)
    made = found.requests[5]["addSheet"]["properties"]
    size = {"rowCount": 4, "columnCount": 5}
    assert (tab, True, size) == (made["sheetId"], made["hidden"], made["gridProperties"])
    assert created(tab, "sl.u", "7 5 once", {"sheetId": tab}) == found.requests[6]
    about = (
        '{"run": "b", "kind": "edit", "at": [1], "was": {"1": {"numberValue": 0.5}}}'  # as read
    )
    assert (
        written(
            *(0, 0, [], [{}, text("metrics.acc"), {}, text("run.id"), text("{}")], []),
            [{}, number(0.75), {}, {}, text(about)],
            sheet=tab,
        )
        == found.requests[7]
    )
    copied = found.requests[8]["copyPaste"]
    assert (2, 2) == (copied["source"]["startRowIndex"], copied["destination"]["startRowIndex"])
    assert written(2, 1, [number(0.75)]) == found.requests[9]
    assert [] == found.ranges


def test_columns_that_cannot_be_compared_get_stamps() -> None:
    """Where they go afterwards tells where the batch has written."""
    found = batch(plan(rows=(row("c", metrics__acc=1),)), compare=False)
    stamps = [
        each["createDeveloperMetadata"]["developerMetadata"]["location"]
        for each in found.requests
        if "sl.s" in str(each)
    ]
    assert [column(0), column(1), column(2), column(3)] == stamps
    assert not found.compares
    assert "copyPaste" not in kinds(found)


def test_a_mark_that_is_put_back_is_watched() -> None:
    """The header goes to the undo tab, so that a column which took the place shows."""
    lost = (COLUMNS[0], HeaderColumn(place=1, title="Accuracy"), *COLUMNS[2:])
    there = view(columns=lost, marks={"run.name": 10, "run.id": 12}, anchors=frozenset({11}))
    found = batch(plan(there, marks=(Mark(place=1, key="metrics.acc"),)), there)
    (copied,) = (each["copyPaste"] for each in found.requests if "copyPaste" in each)
    assert (0, 0) == (copied["source"]["startRowIndex"], copied["destination"]["startRowIndex"])
    assert {1: "Accuracy"} == found.titles


def test_nothing_is_kept_of_rows_that_only_come_in() -> None:
    """In steady state a run is a token, a comparison, room and cells."""
    found = batch(plan(rows=(row("c"),)))
    assert found.undo is not None
    assert not found.undo.kept


def tab_of(undo: Undo, before: Json) -> Json:
    """Return the undo tab as Google shows it once the batch has copied a row to it."""
    (tab,) = (
        each["updateCells"]["rows"]
        for each in sheets_undo.requests(undo, header=0, rows={"b": 2}, width=4)
        if "updateCells" in each
    )
    tab[sheets_undo.FIRST] = {"values": [before.get(place, {}) for place in range(4)]}
    entry = {"metadataKey": "sl.u", "metadataValue": f"{SHEET} 5 once"}
    return {
        "properties": {"sheetId": undo.tab, "gridProperties": {"columnCount": 5}},
        "developerMetadata": [entry],
        "data": [{"rowData": tab}],
    }


UNDO = Undo(
    nonce="once",
    sheet=SHEET,
    made=5.0,
    keys={1: "metrics.acc", 3: "run.id"},
    lines=[Line(run="b", after={1: number(0.75)}, was={1: number(0.5)})],
)


@pytest.mark.parametrize(
    ("before", "right"),
    [
        ({1: number(0.5), 3: text("b")}, True),
        ({1: number(0.5), 3: text("a")}, False),
        ({1: number(0.5)}, False),
        ({1: number(0.6), 3: text("b")}, False),
        ({1: {"userEnteredValue": {"formulaValue": "=1/2"}}, 3: text("b")}, False),
    ],
    ids=["the run that is meant", "another", "none", "a person has typed", "a formula"],
)
def test_what_an_undo_tab_tells(before: Json, right: bool) -> None:
    """Whose row was hit, and whether it was as it was believed to be."""
    undo = sheets_undo.undo(tab_of(UNDO, before))
    assert undo is not None
    assert before == undo.lines[0].before
    assert right == sheets_repair.right(undo)


def test_a_tab_of_a_person_is_no_undo_tab() -> None:
    """Nor is a copy of one, which has another number."""
    tab = tab_of(UNDO, {})
    tab["properties"]["sheetId"] += 1
    assert sheets_undo.undo(tab) is None
    assert sheets_undo.undo({**tab, "developerMetadata": []}) is None


def test_an_undo_tab_in_which_somebody_has_been() -> None:
    """What can't be read is left out, and nothing is put back by guess."""
    tab = tab_of(UNDO, {3: text("a")})
    tab["data"][0]["rowData"][3]["values"][4] = text("oops")
    undo = sheets_undo.undo(tab)
    assert undo is not None
    assert [] == list(undo.lines)
