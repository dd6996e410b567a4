"""The fault table at every call of a delivery: the sheet made, a row, an update, a read.

What breaks the connection goes over HTTP, so that what the client makes of it is part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sheetlog.google import http
from sheetlog.google.http import Google, login
from sheetlog.record import Record
from sheetlog.sinks.sheets import SheetsSink
from tests.faults.sheets_histories import History, Meddled, Shown
from tests.google.faults import KINDS
from tests.google.server import LocalGoogle, serving

TITLE = "google:Runs of the team"
CALLS = range(1, 15)
BREAKING = frozenset({"reset_before", "reset_after", "reset_midway", "truncated", "slow", "late"})


@dataclass(slots=True)
class Titled(History):
    """A history of one process, whose sheet has only a title."""

    wired: bool = False

    @property
    def name(self) -> str:
        return TITLE

    def sink(self) -> SheetsSink:
        if not self.wired:
            return SheetsSink(TITLE, Meddled(self))
        base, time = self.google.base_url, self.time
        google = Google(
            login(endpoint=base), endpoint=base, now=time.now, wall=time.now, sleep=time.sleep
        )
        return SheetsSink(TITLE, google)


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


def let_go(google: LocalGoogle) -> None:
    """Let the call that is held come to its end."""
    count, held = len(google.world.calls), google.world.faults.until_held(seconds=0)
    late = any(line["kind"] == "late" for line in google.world.faults.as_json())
    google.world.faults.clear()
    assert not (held and late) or google.world.calls.until(count + 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_every_call(
    google: LocalGoogle, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each run is there once with its last values, and one spreadsheet was made."""
    if kind in ("slow", "late"):
        monkeypatch.setattr(http, "READ", 0.05)  # nobody waits for what is held
    for call in CALLS:
        google.world.reset()
        history = Titled(google, "", 0, count=1, calm=True, wired=kind in BREAKING)
        google.world.faults.set("*", kind, call=call)
        put(history, "a", 1, metrics__acc=0.5)
        put(history, "b", 1, metrics__acc=0.25, params__lr=1)
        put(history, "a", 2, metrics__acc=0.75)
        history.processes[0].sink = history.sink()
        put(history, "c", 1, params__lr=2)
        let_go(google)
        assert history.deliver(0) is None, (kind, call)
        tabs = [Shown(google, book) for book in google.world.spreadsheets]
        (shown,) = (tab for tab in tabs if tab.keys)
        # Made when nobody waited for it any more, a second sheet stays blank.
        assert 1 == len(tabs) or (kind == "late" and not tabs[1].rows), (kind, call)
        runs = [shown.run(row) for row in range(1, len(shown.rows) + 1)]
        assert ["a", "b", "c"] == sorted(filter(None, runs)), (kind, call)
        assert 0.75 == shown.cell(runs.index("a") + 1, "metrics.acc"), (kind, call)
        assert 2 == shown.cell(runs.index("c") + 1, "params.lr"), (kind, call)
