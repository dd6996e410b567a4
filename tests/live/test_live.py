"""The sink's contract and the open questions, against Google itself, in tabs that go afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sheetlog import layout
from sheetlog.errors import SheetError
from sheetlog.sinks.base import Sink
from sheetlog.sinks.sheets import SheetsSink
from tests.contract.sink_contract import TEMPLATE, PeopleSheet, SinkContract, record
from tests.contract.test_sheets_sink import Sheet
from tests.google.modes import ASSUMPTIONS
from tests.live import settling
from tests.live.conftest import Live
from tests.people.sheets import Person


class LivePerson(Person):
    """A person who uses the tester's own login."""

    def __init__(self, live: Live, title: str) -> None:
        self.live, self.title = live, title

    def call(self, method: str, tail: str = "", body: Any = None) -> Any:
        path, _, query = tail.partition("?")
        params = dict(part.split("=") for part in query.split("&")) if query else {}
        return self.live.call(method.lower(), path, body, **params)

    @property
    def sheet(self) -> int:
        sheets = self.live.call("get", fields="sheets.properties(sheetId,title)")["sheets"]
        titles = {each["properties"]["title"]: each["properties"]["sheetId"] for each in sheets}
        return titles[self.title]


class LiveSheet(Sheet):
    """A tab of its own in the tester's spreadsheet."""

    def __init__(self, live: Live) -> None:
        self.title = f"sheetlog-test-{uuid.uuid4().hex[:8]}"
        url = f"https://docs.google.com/spreadsheets/d/{live.id}#{self.title}"
        self.sink: Sink = SheetsSink(url, live.google)
        self.hand = LivePerson(live, self.title)

    @property
    def person(self) -> Person:
        return self.hand


class TestLiveSheet(SinkContract):
    """The contract of every sink."""

    @pytest.fixture(autouse=True)
    def _tab(self, live: Live) -> Iterator[None]:
        self.live, self.made = live, LiveSheet(live)
        yield
        try:
            self.made.person.delete_tab()
        except (KeyError, SheetError):
            return  # the test made none

    def make(self, place: Path) -> PeopleSheet:
        return self.made

    def test_a_plan_for_another_state_is_refused(self, filled: PeopleSheet) -> None:
        """A sheet without a lock takes rows whatever people write meanwhile."""
        header = filled.sink.header(["d"])
        filled.write(0, self.place(filled, "people.Verdict"), "meanwhile")
        plan = layout.plan(TEMPLATE, header, [record("d", metrics__acc=1)])
        with filled.sink.exclusive(10):
            filled.sink.apply(plan, TEMPLATE)
        assert "meanwhile" in self.row(filled, "name of a")
        assert 1 == self.cell(filled, "d", "metrics.acc")


@pytest.mark.parametrize("name", settling.QUESTIONS)
def test_what_the_documentation_leaves_open(live: Live, held: dict[str, str], name: str) -> None:
    """One of the answers that sheetlog is right under; the report says which."""
    held[name] = settling.QUESTIONS[name](live)
    assert held[name] in ASSUMPTIONS[name]


def test_an_id_in_use_is_refused(live: Live) -> None:
    """What tokens stand on: the whole batch is refused, and nothing of it is carried out."""
    assert settling.id_in_use_refused(live)


def test_a_row_is_copied_as_it_was(live: Live) -> None:
    """What an edit of a row stands on: its undo tab, made and filled by the batch that edits."""
    assert settling.copied_to_a_new_tab(live)


def test_a_hidden_tab_is_found_by_its_mark(live: Live) -> None:
    """How the next delivery finds what a process that died left undone."""
    assert settling.found_by_its_mark(live)
