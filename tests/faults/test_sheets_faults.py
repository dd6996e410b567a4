"""The fault table at every call of a delivery: the sheet made, a row, an update, a read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sheetlog.record import Record
from sheetlog.sinks.sheets import SheetsSink
from tests.faults.sheets_histories import KINDS, History, Meddled, Shown
from tests.google.server import LocalGoogle, serving

TITLE = "google:Runs of the team"
CALLS = range(1, 15)


class Titled(History):
    """A history of one process, whose sheet has only a title."""

    @property
    def name(self) -> str:
        return TITLE

    def sink(self) -> SheetsSink:
        return SheetsSink(TITLE, Meddled(self))


@pytest.fixture(scope="module")
def google() -> Iterator[LocalGoogle]:
    with serving() as running:
        yield running


def put(history: Titled, run: str, revision: int, **values: object) -> None:
    """Log a state of a run."""
    named = {key.replace("__", "."): value for key, value in values.items()}
    record = Record(id=run, revision=revision, values={"run.name": run, **named})
    history.processes[0].journal.append(record, sheet=TITLE, template="minimal")
    history.deliver(0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_every_call(google: LocalGoogle, kind: str) -> None:
    """Each run is there once with its last values, and one spreadsheet was made."""
    for call in CALLS:
        google.world.reset()
        history = Titled(google, "", 0, count=1, calm=True)
        google.world.faults.set("*", kind, call=call)
        put(history, "a", 1, metrics__acc=0.5)
        put(history, "b", 1, metrics__acc=0.25, params__lr=1)
        put(history, "a", 2, metrics__acc=0.75)
        history.processes[0].sink = history.sink()
        put(history, "c", 1, params__lr=2)
        google.world.faults.clear()
        assert history.deliver(0) is None, (kind, call)
        assert 1 == len(google.world.spreadsheets), (kind, call)
        shown = Shown(google, next(iter(google.world.spreadsheets)))
        runs = [shown.run(row) for row in range(1, len(shown.rows) + 1)]
        assert ["a", "b", "c"] == sorted(filter(None, runs)), (kind, call)
        assert 0.75 == shown.cell(runs.index("a") + 1, "metrics.acc"), (kind, call)
        assert 2 == shown.cell(runs.index("c") + 1, "params.lr"), (kind, call)
