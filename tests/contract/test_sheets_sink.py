"""The contract of every sink, on a Google Sheet of the local Google that people edit as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sheetlog import layout
from sheetlog.errors import StaleError
from sheetlog.google.http import Google, login
from sheetlog.sinks.base import Sink
from sheetlog.sinks.sheets import SheetsSink
from tests.contract.sink_contract import TEMPLATE, PeopleSheet, SinkContract, deliver, record
from tests.google.server import LocalGoogle, serving
from tests.people.sheets import Person

READINGS = (
    {},
    {"delete_create_same_id_in_batch": "refused", "response_ranges_checked": "before"},
    {"delete_metadata_no_match": "error", "metadata_survives_duplicate": "yes"},
)
"""Of what Google's documentation leaves open."""


@pytest.fixture(scope="module", params=READINGS, ids=["usual", "no compare", "errors"])
def google(request: pytest.FixtureRequest) -> Iterator[LocalGoogle]:
    with serving(assumptions=request.param) as running:
        yield running


def sink_of(google: LocalGoogle, name: str = "google:Runs of the team") -> SheetsSink:
    base = google.base_url
    return SheetsSink(name, Google(login(endpoint=base), endpoint=base))


class Sheet:
    """A Google Sheet and a person who has it open."""

    title = "Runs"

    def __init__(self, google: LocalGoogle) -> None:
        self.google = google
        self.sink: Sink = sink_of(google)

    @property
    def person(self) -> Person:
        (spreadsheet,) = self.google.world.spreadsheets.values()
        return Person(self.google.base_url, spreadsheet.spreadsheet_id)

    def rename(self, place: int, title: str) -> None:
        self.person.rename(place, title)

    def insert_column(self, place: int, title: str = "") -> None:
        self.person.insert_column(place, title)

    def move_column(self, place: int, to: int) -> None:
        self.person.move_column(place, to if to < place else to + 1)

    def delete_column(self, place: int) -> None:
        self.person.delete_column(place)

    def insert_row(self, row: int) -> None:
        self.person.insert_row(row + 1)

    def delete_row(self, row: int) -> None:
        self.person.delete_row(row + 1)

    def sort(self, place: int, *, descending: bool = False) -> None:
        self.person.sort(place, descending=descending)

    def write(self, row: int, place: int, cell: Any) -> None:
        self.person.write(row + 1, place, cell)

    def titles(self) -> list[str]:
        return [str(value) for value in self._grid()[0]]

    def rows(self) -> list[list[Any]]:
        return self._grid()[1:]

    def _grid(self) -> list[list[Any]]:
        """Return what every cell is worth; of a curve, which is a picture, its formula."""
        worth, typed = (
            self.person.call("GET", f"/values/{self.title}?valueRenderOption={kind}").get(
                "values", []
            )
            for kind in ("UNFORMATTED_VALUE", "FORMULA")
        )
        width = max(map(len, typed), default=0)
        rows = []
        for known, entered in zip(worth, typed, strict=True):
            line = [*known, *[""] * (width - len(known))]
            entered += [""] * (width - len(entered))
            both = zip(line, entered, strict=True)
            rows.append([(cell if cell != "" else text) or None for cell, text in both])
        return rows


class TestSheetsSink(SinkContract):
    """A Google Sheet."""

    @pytest.fixture(autouse=True)
    def _anew(self, google: LocalGoogle) -> None:
        google.world.reset()
        self.google = google

    def make(self, place: Path) -> PeopleSheet:
        return Sheet(self.google)

    def another(self, sheet: PeopleSheet) -> Sink:
        return sink_of(self.google)

    def test_a_plan_for_another_state_is_refused(self, filled: PeopleSheet) -> None:
        """Nothing that people write makes a plan stale; a column that moved does, or is found."""
        verdict = self.place(filled, "people.Verdict")
        header = filled.sink.header(["d"])
        filled.write(0, verdict, "meanwhile")
        plan = layout.plan(TEMPLATE, header, [record("d", metrics__acc=1)])
        with filled.sink.exclusive(10):
            filled.sink.apply(plan, TEMPLATE)
        header = filled.sink.header(["e"])
        filled.move_column(verdict, 0)
        plan = layout.plan(TEMPLATE, header, [record("e", metrics__acc=1)])
        try:
            with filled.sink.exclusive(10):
                filled.sink.apply(plan, TEMPLATE)
        except StaleError:
            assert 4 == len(self.names(filled))
            deliver(filled.sink, record("e", metrics__acc=1))
        assert [1, 1] == [self.cell(filled, run, "metrics.acc") for run in "de"]
        assert "meanwhile" in self.row(filled, "name of a")

    def test_a_table_takes_in_new_runs(self, filled: PeopleSheet) -> None:
        """After "Convert to table" a new run is a row of the table."""
        assert isinstance(filled, Sheet)
        person = filled.person
        width = len(person.rows()[0])
        person.convert_to_table(4, width)
        deliver(filled.sink, record("d", metrics__acc=0.9, params__depth=3))
        (table,) = person.tab()["tables"]
        assert (5, width + 1) == (table["range"]["endRowIndex"], table["range"]["endColumnIndex"])
        assert "name of d" in self.names(filled)

    def test_a_filter_hides_and_loses_nothing(self, filled: PeopleSheet) -> None:
        """A new run lands below what a filter hides."""
        assert isinstance(filled, Sheet)
        place = self.place(filled, "run.name")
        filled.person.filter(place, ["name of b"])
        deliver(filled.sink, record("d", metrics__acc=0.9))
        assert ["name of a", "name of b", "name of c", "name of d"] == self.names(filled)

    def test_a_copy_of_the_tab_stays_as_it_is(self, filled: PeopleSheet) -> None:
        """Runs go to the tab that was made for them, under whatever title."""
        assert isinstance(filled, Sheet)
        copy = filled.person.duplicate("Copy of Runs")
        before = Person(filled.google.base_url, _id(filled), copy).rows()
        deliver(sink_of(filled.google), record("d", metrics__acc=0.9))
        assert before == Person(filled.google.base_url, _id(filled), copy).rows()
        assert ["name of a", "name of b", "name of c", "name of d"] == self.names(filled)

    def test_a_copy_that_is_named_gets_its_marks(self, filled: PeopleSheet) -> None:
        """A copy that somebody logs to by its number works like the first."""
        assert isinstance(filled, Sheet)
        copy = filled.person.duplicate("Second")
        url = f"https://docs.google.com/spreadsheets/d/{_id(filled)}/edit#gid={copy}"
        deliver(sink_of(filled.google, url), record("d", metrics__acc=0.9))
        deliver(sink_of(filled.google, url), record("e", metrics__acc=0.9))
        rows = Person(filled.google.base_url, _id(filled), copy).rows()
        at = rows[0].index("Run")
        assert [f"name of {run}" for run in "abcde"] == [row[at] for row in rows[1:6]]

    def test_a_renamed_tab_is_found(self, filled: PeopleSheet) -> None:
        """By its mark, in the same process and in a new one."""
        assert isinstance(filled, Sheet)
        filled.person.rename_tab("Bob's runs")
        deliver(filled.sink, record("d"))
        deliver(sink_of(filled.google), record("e"))
        assert 6 == len([row for row in filled.person.rows() if any(row)])


def _id(sheet: Sheet) -> str:
    (found,) = sheet.google.world.spreadsheets
    return found
