"""Whatever is done to a journal, in whatever order: it is in the state that a simple model is in.

The model knows each claim by a name of its own; the journals must tell claims apart by what an
entry holds.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from sheetlog.journal.base import Entry, Journal
from sheetlog.journal.sqlite import SQLiteJournal
from sheetlog.record import Record
from sheetlog.testing.memory_journal import MemoryJournal

RUNS = ("a", "b", "c")
SHEETS = ("/x/runs.xlsx", "google:Runs")
FAR_AHEAD = 5  # seconds: from here on a claim was made by a clock that was put back since


@dataclass
class Row:
    """What the model knows of an entry."""

    number: int
    run: str
    revision: int
    sheet: str
    appended: float
    state: str = "pending"
    tries: int = 0
    problem: str | None = None
    failed: tuple[float, int] = (0.0, 0)
    claim: int = 0
    since: float = 0.0
    until: float = 0.0


@dataclass(frozen=True)
class Batch:
    """What a claim gave: its name, the rows, and of each journal the entries."""

    claim: int
    numbers: tuple[int, ...]
    entries: tuple[tuple[Entry, ...], ...]


def seen(entry: Entry | None) -> tuple[object, ...] | None:
    if entry is None:
        return None
    record = entry.record
    return (
        *(entry.number, record.id, record.revision, entry.sheet),
        *(entry.state, entry.attempts, entry.problem),
    )


class Journals(RuleBasedStateMachine):
    """Two journals and a model, to which the same is done."""

    batches: Bundle[Batch] = Bundle("batches")

    @initialize()
    def begin(self) -> None:
        self.now = 1_800_000_000.0
        self.folder = Path(tempfile.mkdtemp())
        self.rows: list[Row] = []
        self.claims = 0
        self.disk = SQLiteJournal(self.folder / "journal.sqlite3", clock=lambda: self.now)
        self.journals: tuple[Journal, ...] = (
            self.disk,
            MemoryJournal(clock=lambda: self.now),
        )

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.disk.close()
            shutil.rmtree(self.folder)

    def expected(self, row: Row) -> tuple[object, ...]:
        return (
            *(row.number, row.run, row.revision, row.sheet),
            *(row.state, row.tries, row.problem),
        )

    @rule(run=st.sampled_from(RUNS), revision=st.integers(1, 3), sheet=st.sampled_from(SHEETS))
    def append(self, run: str, revision: int, sheet: str) -> None:
        row = Row(len(self.rows) + 1, run, revision, sheet, self.now)
        self.rows.append(row)
        for journal in self.journals:
            record = Record(id=run, revision=revision, values={"run.number": row.number})
            assert row.number == journal.append(record, sheet=sheet, template="default")

    @rule(seconds=st.sampled_from((-100_000, -20, -4, 1, 30, 61, 100_000)))
    def turn_the_clock(self, seconds: int) -> None:
        self.now += seconds

    @rule()
    def open_again(self) -> None:
        self.disk.close()

    @rule(
        target=batches,
        sheet=st.sampled_from(SHEETS),
        limit=st.integers(0, 4),
        lease=st.sampled_from((0, 30, 60)),
        runs=st.none() | st.sets(st.sampled_from(RUNS)),
        takeover=st.booleans(),
    )
    def claim(
        self, sheet: str, limit: int, lease: int, runs: Collection[str] | None, takeover: bool
    ) -> Batch | object:
        def free(row: Row) -> bool:
            if row.sheet != sheet or (runs is not None and row.run not in runs):
                return False
            over = takeover or self.now >= row.until or row.since > self.now + FAR_AHEAD
            return (
                row.state == "pending"
                or (row.state == "claimed" and over)
                or (row.state == "refused" and runs is not None)
            )

        self.claims += 1
        taken = [row for row in self.rows if free(row)][:limit]
        before = [(row.number, "claimed", row.tries, row.problem) for row in taken]
        for row in taken:
            row.state, row.claim, row.tries = "claimed", self.claims, row.tries + 1
            row.since, row.until = self.now, self.now + lease
        entries = []
        for journal in self.journals:
            got = journal.claim(sheet, limit=limit, lease=lease, runs=runs, takeover=takeover)
            assert before == [(e.number, e.state, e.attempts, e.problem) for e in got]
            entries.append(tuple(got))
        numbers = tuple(row.number for row in taken)
        return Batch(self.claims, numbers, tuple(entries)) if taken else multiple()

    @rule(batch=batches)
    def deliver(self, batch: Batch) -> None:
        for number in batch.numbers:
            row = self.rows[number - 1]
            row.state, row.problem = "delivered", None
        for journal, entries in zip(self.journals, batch.entries, strict=True):
            journal.deliver(entries)

    @rule(batch=consumes(batches), attempted=st.booleans())
    def release(self, batch: Batch, attempted: bool) -> None:
        problem = f"released after claim {batch.claim}"
        self.give_back(batch, "pending", problem, undo=not attempted)
        for journal, entries in zip(self.journals, batch.entries, strict=True):
            journal.release(entries, problem, attempted=attempted)

    @rule(batch=consumes(batches))
    def refuse(self, batch: Batch) -> None:
        problem = f"refused after claim {batch.claim}"
        self.give_back(batch, "refused", problem, undo=False)
        for journal, entries in zip(self.journals, batch.entries, strict=True):
            journal.refuse(entries, problem)

    def give_back(self, batch: Batch, state: str, problem: str, *, undo: bool) -> None:
        for number in batch.numbers:
            row = self.rows[number - 1]
            if row.state == "claimed" and row.claim == batch.claim:
                row.state, row.problem = state, problem
                row.tries -= undo
                row.failed = (self.now, number)

    @rule(one=st.sampled_from(SHEETS), other=st.sampled_from(SHEETS))
    def redirect(self, one: str, other: str) -> None:
        moved = [row for row in self.rows if row.sheet == one and row.state != "delivered"]
        for row in moved:
            row.sheet = other
        for journal in self.journals:
            assert len(moved) == journal.redirect(one, other)

    def latest(self, rows: Collection[Row]) -> dict[str, Row]:
        return {
            run: max(mine, key=lambda row: (row.revision, row.number))
            for run in RUNS
            if (mine := [row for row in rows if row.run == run])
        }

    @invariant()
    def nothing_is_lost(self) -> None:
        """The latest entry of each run, and how many wait, are what the model says."""
        latest = self.latest(self.rows)
        for journal in self.journals:
            for run in RUNS:
                row = latest.get(run)
                assert (row and self.expected(row)) == seen(journal.latest(run))

    @rule(sheet=st.sampled_from((None, *SHEETS)), limit=st.integers(0, 4))
    def list_entries(self, sheet: str | None, limit: int) -> None:
        rows = self.latest([row for row in self.rows if sheet in (None, row.sheet)])
        ordered = sorted(rows.values(), key=lambda row: -row.number)[:limit]
        for journal in self.journals:
            found = journal.entries(sheet, limit=limit)
            assert [self.expected(row) for row in ordered] == [seen(entry) for entry in found]

    @invariant()
    def what_waits_is_told(self) -> None:
        waiting = [row for row in self.rows if row.state != "delivered"]
        expected = []
        for sheet in dict.fromkeys(row.sheet for row in waiting):
            rows = [row for row in waiting if row.sheet == sheet]
            refused = [row for row in rows if row.state == "refused"]
            failed = [row for row in rows if row.problem is not None]
            problem = max(failed, key=lambda row: row.failed).problem if failed else None
            oldest = min(row.appended for row in rows)
            runs, given_up = {row.run for row in rows}, {row.run for row in refused}
            expected.append((sheet, len(runs), len(given_up), oldest, problem))
        for journal in self.journals:
            assert expected == [
                (w.sheet, w.count, w.refused, w.oldest and w.oldest.timestamp(), w.problem)
                for w in journal.waiting()
            ]

    @invariant()
    def what_is_shown_is_known(self) -> None:
        for sheet in SHEETS:
            mine = [row for row in self.rows if row.sheet == sheet and row.state == "delivered"]
            expected = {run: row.number for run, row in self.latest(mine).items()}
            for journal in self.journals:
                shown = journal.shown(sheet, RUNS)
                assert expected == {run: r.values["run.number"] for run, r in shown.items()}


TestJournals = Journals.TestCase
TestJournals.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
