"""Cells as Google's CellData: typed, never parsed; what people make of them is read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import sheetlog
from sheetlog.cells import Cell, Formula
from sheetlog.record import Link, Series
from sheetlog.sinks.sheets_cells import data, fields, letters, quoted, value
from tests.google.server import LocalGoogle
from tests.people.sheets import Person

DRIVE = "https://drive.google.com/file/d/1234567890abcdef/view"


def sent(cell: Cell) -> dict[str, Any]:
    """Return a cell as it is sent."""
    return data(cell, row=4, places={"metrics.a": 0, "metrics.b": 27})


@pytest.mark.parametrize(
    ("cell", "kind", "held"),
    [
        (True, "boolValue", True),
        (7, "numberValue", 7),
        (0.1, "numberValue", 0.1),
        ("=1+1", "stringValue", "=1+1"),
        ("+49 1", "stringValue", "+49 1"),
        ("'01", "stringValue", "'01"),
        (datetime(1899, 12, 31, 12), "numberValue", 1.5),
        (timedelta(hours=36), "numberValue", 1.5),
        (Link(text="m.pt", url=DRIVE), "stringValue", "m.pt"),
        (Formula(text="={metrics.b}-{metrics.a}"), "formulaValue", "=AB5-A5"),
    ],
)
def test_a_value_has_its_type(cell: Cell, kind: str, held: object) -> None:
    """Nothing is sent that Google would have to guess."""
    assert {kind: held} == sent(cell)["userEnteredValue"]


def test_nothing_is_a_blank_cell() -> None:
    """The field is listed and absent, which clears what was there."""
    assert ({}, {}) == (sent(None), sent(""))
    assert frozenset({"userEnteredValue"}) == fields({})


@pytest.mark.parametrize(
    "cell",
    [
        *(True, 7, 0.25, 2**53, "text", "=1", "5", datetime(2026, 9, 30, 12, 30)),
        *(timedelta(hours=30), Link(text="m.pt", url=DRIVE)),
    ],
)
def test_what_is_sent_is_read(cell: Cell) -> None:
    """Each comes back as what it was."""
    assert cell == value(sent(cell))


def test_a_curve_comes_back() -> None:
    """Its points, as far as a line in a cell shows them; one point is a number."""
    curve = Series(values=(0.5, 0.25, 0.125), count=9, last=0.125, lowest=0.125, highest=0.5)
    read = value(sent(curve))
    assert isinstance(read, Series)
    assert (0.5, 0.25, 0.125) == read.values
    one = Series(values=(0.5,), count=1, last=0.5, lowest=0.5, highest=0.5)
    assert {"numberValue": 0.5} == sent(one)["userEnteredValue"]


def test_only_what_is_ours_is_listed() -> None:
    """A link's look is written with it; colours that people gave are no field of ours."""
    link = fields(sent(Link(text="m.pt", url=DRIVE)))
    assert frozenset({"userEnteredValue", "userEnteredFormat.textFormat.link"}) == link
    assert frozenset({"userEnteredValue"}) == fields(sent(Link(text="m", url="files/m.pt")))


def chip(start: int = 0, **properties: Any) -> dict[str, Any]:
    return {"startIndex": start, "chip": properties}


FILE = {"richLinkProperties": {"uri": DRIVE}}
PERSON = {"personProperties": {"email": "ann@example.com"}}


@pytest.mark.parametrize(
    ("text", "runs", "read"),
    [
        ("@", [chip(**FILE)], Link(text=DRIVE, url=DRIVE)),
        ("m.pt", [chip(**FILE)], Link(text="m.pt", url=DRIVE)),
        ("@ · v2", [chip(**FILE), {"startIndex": 1}], Link(text="· v2", url=DRIVE)),
        ("@", [chip(**PERSON)], "ann@example.com"),
        ("😀 @, @", [chip(3, **PERSON), chip(6, **PERSON)], "😀 ann@example.com, ann@example.com"),
        ("a@b.de", [], "a@b.de"),
        (" @home ", [], " @home "),
    ],
)
def test_chips_of_people(text: str, runs: list[dict[str, Any]], read: Cell) -> None:
    """A link that a person turned into a chip opens what it opened; a person is an address."""
    assert read == value({"userEnteredValue": {"stringValue": text}, "chipRuns": runs})


@pytest.mark.parametrize("reading", ["placeholder", "title"])
def test_a_person_turns_a_link_into_a_chip(google: LocalGoogle, reading: str) -> None:
    """It stays one when the run gets a later state, and `runs()` has what it opens."""
    google.world.set_modes({"assumptions": {"chip_text": reading}})
    notes = {"lr": 1, "paper": DRIVE}
    receipt = sheetlog.log(notes, {"acc": 1}, sheet="google:Runs", run_id="a")
    assert receipt.delivered
    (book,) = google.world.spreadsheets.values()
    hands = Person(google.base_url, book.spreadsheet_id, book.sheets[0].sheet_id)
    at = hands.keys().index("params.paper")
    start = {"sheetId": hands.sheet, "rowIndex": 1, "columnIndex": at}
    cell = {"userEnteredValue": {"stringValue": "@"}, "chipRuns": [chip(**FILE)]}
    mask = "userEnteredValue,chipRuns"
    write = {"start": start, "rows": [{"values": [cell]}], "fields": mask}
    hands.batch({"updateCells": write})
    assert sheetlog.log(metrics={"acc": 2}, sheet="google:Runs", run_id="a").delivered
    held = hands.tab()["data"][0]["rowData"][1]["values"][at]
    assert DRIVE == held["chipRuns"][0]["chip"]["richLinkProperties"]["uri"]
    rows = sheetlog.runs("google:Runs")
    assert ([2], [DRIVE]) == (list(rows["metrics.acc"]), list(rows["params.paper"]))


def test_names_of_columns_and_tabs() -> None:
    """As A1 notation has them."""
    assert ["A", "Z", "AA", "ZZ", "AAA"] == [letters(at) for at in (0, 25, 26, 701, 702)]
    assert "'Ann''s runs'" == quoted("Ann's runs")
