"""What random histories have found, step by step: each once went wrong, each ends right.

A person edits while a batch is on its way, and the process that sent it never sees the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from sheetlog.errors import BusyError
from sheetlog.google.replies import LoginError
from sheetlog.record import Record
from tests.faults.sheets_histories import History, KilledError, Shown, blank
from tests.faults.sheets_wire import Hands, call
from tests.google.server import LocalGoogle, serving
from tests.google.sheets.refusals import RefusedError
from tests.google.sheets.requests.registry import REQUESTS

READINGS = (
    {},
    {"delete_metadata_no_match": "error"},
    {"delete_create_same_id_in_batch": "refused", "response_ranges_checked": "before"},
)


@pytest.fixture(scope="module", params=READINGS, ids=["usual", "errors", "no compare"])
def google(request: pytest.FixtureRequest) -> Iterator[LocalGoogle]:
    with serving(assumptions=request.param) as running:
        yield running


@dataclass(slots=True)
class Told(History):
    """A history that goes as it is told to: what happens before and after the next batches."""

    calm: bool = True
    first: list[Callable[[], object] | None] = field(default_factory=list)
    then: list[BaseException | None] = field(default_factory=list)
    batch: bool = False
    sent: list[tuple[str, bytes]] = field(default_factory=list)

    def before(self, batch: bool, url: str, data: bytes | None) -> None:
        self.batch = batch
        if batch and data is not None:
            self.sent.append((url, data))
            action = self.first.pop(0) if self.first else None
            if action is not None:
                action()

    def after(self) -> None:
        ending = self.then.pop(0) if self.batch and self.then else None
        if ending is not None:
            raise ending

    def put(self, which: int, run: str, revision: int = 1, **values: Any) -> str | None:
        """Log a state of a run and deliver it; return the problem."""
        named = {key.replace("__", "."): value for key, value in values.items()}
        self.logged[run] = {"run.name": run, **named}
        record = Record(id=run, revision=revision, values=self.logged[run])
        self.processes[which].journal.append(record, sheet=self.name, template="minimal")
        return self.deliver(which)

    def look_anew(self) -> None:
        """Forget what the process knew of the sheet."""
        self.processes[0].sink = self.sink()

    @property
    def shown(self) -> Shown:
        return Shown(self.google, self.spreadsheet)

    @property
    def person(self) -> Hands:
        (tab,) = (
            sheet
            for sheet in self.google.world.spreadsheets[self.spreadsheet].sheets
            if sheet.title == "Runs"
        )
        return Hands(self.google, self.spreadsheet, tab.sheet_id)

    def place(self, key: str) -> int:
        return self.shown.keys.index(key)

    def sort(self) -> None:
        """Sort by the metric, the greatest first."""
        self.person.sort(self.place("metrics.acc"), descending=True)

    def ended(self) -> None:
        """Let another process log a run, and what waits be delivered; then all must be right."""
        self.time.sleep(1000)
        self.put(1, "next", metrics__acc=0)
        self.time.sleep(1000)
        assert self.deliver(0) is None
        self.check()
        tabs = [s.title for s in self.google.world.spreadsheets[self.spreadsheet].sheets]
        assert ["Cover", "Plans", "Runs"] == tabs


@pytest.fixture
def told(google: LocalGoogle) -> Told:
    """Give a sheet with three runs, and a column in which a person has written."""
    google.world.reset()
    history = Told(google, blank(google), 0, count=2)
    for number, run in enumerate("abc"):
        history.put(0, run, metrics__acc=number / 4, params__lr=1)
    history.person.insert_column(1, "Mine 1")
    for row, run in enumerate("abc", 1):
        history.person.write(row, 1, f"note of {run}")
        history.written["Mine 1", run] = f"note of {run}"
    history.look_anew()
    return history


def test_a_sort_while_an_edit_is_on_its_way(told: Told) -> None:
    """The edit hits another run's row, is taken back there, and done anew where it belongs."""
    told.first = [told.sort]
    assert told.put(0, "a", 2, metrics__acc=9, params__lr=1) is None
    told.ended()


@pytest.mark.parametrize("end", [KilledError(), LoginError("run out"), BusyError("later")])
def test_a_sort_and_then_no_answer(told: Told, end: BaseException) -> None:
    """Who looks next puts the other run's values back, be it another process."""
    told.first, told.then = [told.sort], [end]
    told.put(0, "a", 2, metrics__acc=9, params__lr=1)
    told.ended()


def test_an_edit_that_comes_late(told: Told) -> None:
    """A copy of an edit by a dead process, carried out after a person has sorted."""

    def killed() -> None:
        raise KilledError

    told.first = [killed]
    told.put(0, "a", 2, metrics__acc=9, params__lr=1)
    told.sort()
    url, data = told.sent[-1]
    path = url.removeprefix("https://sheets.googleapis.com")
    assert 200 == call(told.google, "post", path, data=data)[0]
    told.ended()


def test_a_person_types_while_an_edit_is_on_its_way(told: Told) -> None:
    """What she typed into our cell stays, although the edit was carried out over it."""
    told.first = [lambda: told.person.write(1, told.place("metrics.acc"), 77)]
    told.put(0, "a", 2, metrics__acc=9, params__lr=1)
    assert 77 == told.shown.cell(1, "metrics.acc")
    assert 2 == told.shown.cell(1, "run.revision")


def test_an_edit_of_an_older_revision_comes_late(told: Told) -> None:
    """A later revision, delivered by another journal meanwhile, is not set back."""

    def killed() -> None:
        raise KilledError

    told.first = [killed]
    told.put(0, "a", 2, metrics__acc=9, params__lr=1)
    url, data = told.sent[-1]
    assert told.put(1, "a", 3, metrics__acc=10, params__lr=1) is None
    path = url.removeprefix("https://sheets.googleapis.com")
    assert 200 == call(told.google, "post", path, data=data)[0]
    told.ended()


@pytest.mark.parametrize("end", [None, KilledError(), BusyError("later", ambiguous=True)])
def test_another_column_in_the_place_of_a_deleted_one(
    told: Told, end: BaseException | None
) -> None:
    """A new run's value goes to the cell for more values, and is cleared where it had landed."""
    told.person.move_column(1, told.place("metrics.acc") + 1)  # Mine 1 is right behind it
    told.look_anew()
    at = told.place("metrics.acc")

    def replaced() -> None:
        told.person.delete_column(at)
        told.person.insert_column(at + 1, "Mine 2")

    told.dropped.add("metrics.acc")
    told.first, told.then = [replaced], [end]
    told.put(0, "d", metrics__acc=9, params__lr=1)
    told.ended()
    row = [told.shown.run(row) for row in range(1, 6)].index("d") + 1
    assert '{"metrics.acc": 9}' == told.shown.cell(row, "run.more")


@pytest.mark.parametrize("end", [None, KilledError(), BusyError("later", ambiguous=True)])
def test_a_column_moves_while_a_new_row_is_on_its_way(
    told: Told, end: BaseException | None
) -> None:
    """All values of the row end in their columns, its id among them."""
    told.first = [lambda: told.person.move_column(told.place("run.id"), 0)]
    told.then = [end]
    told.put(0, "d", metrics__acc=9, params__lr=1)
    told.ended()


def test_a_column_moves_while_an_edit_is_on_its_way(told: Told) -> None:
    """What the edit covered in a person's column is put back."""
    told.first = [lambda: told.person.move_column(1, told.place("metrics.acc") + 1)]
    told.then = [KilledError()]
    told.put(0, "a", 2, metrics__acc=9, params__lr=1)
    told.ended()


def test_a_repair_goes_astray_as_well(told: Told) -> None:
    """A second sort, while the first is being put right: both are, and no cell is lost."""
    told.first = [told.sort, lambda: told.person.sort(0)]
    told.then = [None, KilledError()]
    told.put(0, "a", 2, metrics__acc=9, params__lr=1)
    told.ended()


def test_a_repair_goes_astray_and_its_answer_is_lost(told: Told) -> None:
    """It was carried out all the same, and is looked after like any other: no row is left over."""
    told.first = [
        lambda: told.person.move_column(told.place("run.more"), 1),
        lambda: told.person.move_row(4, 9),
        None,
        told.sort,
    ]
    told.then = [None, None, None, LoginError("run out")]
    told.put(0, "d", metrics__acc=9, params__lr=1)
    told.ended()


def test_a_row_without_a_run_is_hit(told: Told) -> None:
    """A blank row that came in between is blank again."""
    told.first, told.then = [lambda: told.person.insert_row(1)], [KilledError()]
    told.put(0, "a", 2, metrics__acc=9, params__lr=1)
    told.ended()
    assert not any(cell not in (None, "") for cell in told.shown.rows[0].values())


def test_an_edit_that_is_right_leaves_nothing_behind(told: Told) -> None:
    """The undo tab is gone when `log()` returns, and so are the stamps of columns."""
    assert told.put(0, "a", 2, metrics__acc=9, params__lr=1) is None
    book = told.google.world.spreadsheets[told.spreadsheet]
    assert ["Cover", "Plans", "Runs"] == [sheet.title for sheet in book.sheets]
    assert set() == {entry.key for entry in book.metadata.values()} & {"sl.u", "sl.s"}
    told.ended()


def test_a_row_that_cannot_be_copied(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Google refuses the undo tab, the edit is made without one."""

    def refused(_: object, body: object) -> None:
        raise RefusedError("You can't paste over a part of a merged cell.")

    monkeypatch.setitem(REQUESTS, "copyPaste", refused)
    assert told.put(0, "a", 2, metrics__acc=9, params__lr=1) is None
    assert 9 == told.shown.cell(1, "metrics.acc")
    assert not told.processes[0].sink._desk.copies
    told.ended()
