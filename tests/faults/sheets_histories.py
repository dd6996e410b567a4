"""Random histories of several processes, a team and a bad network around one Google Sheet.

A history is a sequence of steps from a seed: runs are logged and updated, processes die and come
back, calls fail in every way of the table, copies of batches come late, and people edit, even
between a process's look and its write. In the end all that waits is delivered, and the sheet is
compared with what was logged and what people wrote. The oracle reads the server, not sheetlog.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sheetlog import catalog, retry
from sheetlog.deliver import Clock, deliver
from sheetlog.errors import BusyError
from sheetlog.google.http import DRIVE, SHEETS, Google
from sheetlog.record import Record
from sheetlog.sinks.sheets import SheetsSink
from sheetlog.testing.memory_journal import MemoryJournal
from tests.faults.sheets_wire import BrokenError, Hands, call
from tests.google.server import LocalGoogle

Json = dict[str, Any]

KINDS = (
    *("429", "401", "500", "500_after", "502", "502_after", "503", "503_after", "504_after"),
    *("reset_before", "reset_after", "truncated"),
)
MINE = "Mine"
LATEST = 400.0
"""Seconds after which no copy comes: Google gives up on a call after 180 s."""


class KilledError(BaseException):
    """The process is gone, at this very place."""


@dataclass(slots=True)
class Time:
    """A clock that only sleeping and the history turn."""

    seconds: float = 1_800_000_000.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Meddled(Google):
    """A way to Google on which things happen before and after a call."""

    def __init__(self, history: History) -> None:
        super().__init__(
            _anonymous,
            endpoint=history.google.base_url,
            now=history.time.now,
            wall=history.time.now,
            sleep=history.time.sleep,
            random=history.dice.random,
        )
        self._history = history

    def _once(self, method: str, url: str, params: Any, data: bytes | None, **more: Any) -> Any:
        history = self._history
        batch = url.endswith(":batchUpdate") and url.startswith(SHEETS)
        history.before(batch, url, data)
        found = super()._once(method, url, params, data, **more)
        history.after()
        return found

    def exchange(
        self, method: str, url: str, *, params: Any = None, data: Any = None, **_: Any
    ) -> tuple[int, dict[str, str], bytes]:
        path = url.removeprefix(SHEETS).removeprefix(DRIVE)
        try:
            status, heads, body = call(
                self._history.google, method, path, params=params, data=data
            )
        except BrokenError:
            raise BusyError("Google cannot be reached", ambiguous=True) from None
        return status, dict(heads), body


def _anonymous() -> Any:
    from google.auth.credentials import AnonymousCredentials

    return AnonymousCredentials()


@dataclass(slots=True)
class Process:
    """A journal on disk, and the sink of the process that uses it."""

    journal: MemoryJournal
    sink: SheetsSink


@dataclass(slots=True)
class History:
    """One history."""

    google: LocalGoogle
    spreadsheet: str
    seed: int
    count: int = 3
    faults: float = 0.25
    meddling: float = 0.25
    kills: float = 0.05
    revisions: bool = True
    kinds: tuple[str, ...] = KINDS
    dice: random.Random = field(init=False)
    time: Time = field(default_factory=Time)
    processes: list[Process] = field(default_factory=list)
    logged: dict[str, dict[str, Any]] = field(default_factory=dict)
    home: dict[str, int] = field(default_factory=dict)
    written: dict[tuple[str, str], str] = field(default_factory=dict)
    """What people wrote, by their column and the run beside it."""
    dropped: set[str] = field(default_factory=set)
    """Keys of columns that people deleted."""
    gone: set[str] = field(default_factory=set)
    """Runs whose row people deleted."""
    copies: list[tuple[float, str, bytes]] = field(default_factory=list)
    calm: bool = False
    made: int = 0
    trace: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        for _ in range(self.count):
            self.processes.append(Process(MemoryJournal(clock=self.time.now), self.sink()))

    @property
    def name(self) -> str:
        return f"https://docs.google.com/spreadsheets/d/{self.spreadsheet}"

    def sink(self) -> SheetsSink:
        return SheetsSink(self.name, Meddled(self))

    # -- what happens around a call

    def before(self, batch: bool, url: str, data: bytes | None) -> None:
        if self.calm:
            return
        if batch and self.dice.random() < self.meddling:
            self.edit()
        if self.dice.random() < self.kills:
            self.trace.append("killed before")
            raise KilledError
        self.google.world.faults.clear()
        if self.dice.random() < self.faults:
            kind = self.dice.choice(self.kinds)
            self.trace.append(kind)
            self.google.world.faults.set("*", kind, call=1, user="anonymous@example.com")
            if batch and data is not None and kind not in ("429", "401"):  # these are final
                self.copies.append((self.time.now(), url, data))

    def after(self) -> None:
        if not self.calm and self.dice.random() < self.kills:
            self.trace.append("killed after")
            raise KilledError

    def late_copy(self) -> None:
        """A copy of a batch that nobody waits for any more reaches Google."""
        self.copies = [copy for copy in self.copies if self.time.now() - copy[0] < LATEST]
        if self.copies:
            _, url, data = self.copies.pop(self.dice.randrange(len(self.copies)))
            self.trace.append("late copy")
            path = url[len(SHEETS) :]
            if call(self.google, "post", path, data=data, token="late@example.org")[0] == 200:
                self.trace.append("late copy was carried out")

    # -- what people do

    def edit(self) -> None:
        self.google.world.faults.clear()
        sheets = self.google.world.spreadsheets[self.spreadsheet].sheets
        runs_tab = [sheet for sheet in sheets if sheet.title == "Runs"]
        if not runs_tab:
            return
        person = Hands(self.google, self.spreadsheet, runs_tab[0].sheet_id)
        table = Shown(self.google, self.spreadsheet)
        if not table.rows or len(table.titles) < 4:
            return
        kind = self.dice.choice(
            ("move", "move", "insert", "sort", "sort", "write", "write", "write", "rename",
             "row", "delete column", "delete row", "move row", "colour")
        )  # fmt: skip
        self.trace.append(kind)
        width, at = len(table.titles), self.dice.randrange(len(table.titles))
        row = self.dice.randrange(len(table.rows)) + 1
        if kind == "move":
            to = self.dice.randrange(width)
            if to not in (at, at + 1):
                person.move_column(at, to)
        elif kind == "insert":
            self.made += 1
            person.insert_column(at, f"{MINE} {self.made}")
        elif kind == "sort":
            person.sort(at, descending=self.dice.random() < 0.5)
        elif kind == "write":
            self._write(person, table, row)
        elif kind == "rename" and not table.titles[at].startswith(MINE):
            self.made += 1
            person.rename(at, f"Title {self.made}")
        elif kind == "row":
            person.insert_row(row)
        elif kind == "move row" and len(table.rows) > 2:
            to = self.dice.randrange(len(table.rows)) + 1
            if to not in (row, row + 1):
                person.move_row(row, to)
        elif kind == "colour":
            person.colour(row, at)
        elif kind == "delete column" and self.dice.random() < 0.3:
            key = table.keys[at]
            if key is not None and key.startswith(("params.", "metrics.")):
                self.dropped.add(key)
                person.delete_column(at)
        elif kind == "delete row" and self.dice.random() < 0.3:
            run = table.run(row)
            if run:
                self.gone.add(run)
                person.delete_row(row)

    def _write(self, person: Hands, table: Shown, row: int) -> None:
        mine = [at for at, title in enumerate(table.titles) if title.startswith(MINE)]
        run = table.run(row)
        if mine and run:
            at = self.dice.choice(mine)
            self.made += 1
            self.written[table.titles[at], run] = f"note {self.made}"
            person.write(row, at, f"note {self.made}")

    # -- what processes do

    def log(self, which: int) -> None:
        """Log a run, or a later state of one."""
        process = self.processes[which]
        own = [run for run, home in self.home.items() if home == which and run not in self.gone]
        if self.revisions and own and self.dice.random() < 0.3:
            run = self.dice.choice(own)
            entry = process.journal.latest(run)
            assert entry is not None
            values = {**self.logged[run], "metrics.acc": self.dice.randrange(1000) / 8}
            record = Record(id=run, revision=entry.record.revision + 1, values=values)
        else:
            run = f"run-{self.seed}-{len(self.logged)}"
            values = {"run.name": run, "metrics.acc": self.dice.randrange(1000) / 8}
            for name in self.dice.sample("abcdefgh", self.dice.randrange(4)):
                values[f"params.{name}"] = self.dice.choice([1, 0.5, "word", "=1+1", True])
            record = Record(id=run, values=values)
            self.home[run] = which
        self.logged[run] = dict(record.values)
        process.journal.append(record, sheet=self.name, template="minimal")

    def deliver(self, which: int, sleep: Callable[[float], None] | None = None) -> str | None:
        process = self.processes[which]
        policy = retry.Retry(seconds=30.0, tries=6)

        def waits(attempt: int, elapsed: float, error: BaseException) -> float | None:
            hint = getattr(error, "hint", None)
            return policy.next_wait(attempt, elapsed=elapsed, hint=hint, random=self.dice.random)

        rest = sleep or self.time.sleep
        clock = Clock(now=self.time.now, sleep=rest)
        try:
            done = deliver(
                process.journal,
                process.sink,
                catalog.load,
                timeout=30.0,
                clock=clock,
                waits=waits,
            )
        except KilledError:
            # Nothing of the process is left but its journal; the claim's lease runs out.
            self.time.sleep(200)
            process.sink = self.sink()
            return "killed"
        return done.problem

    def step(self) -> None:
        which = self.dice.randrange(len(self.processes))
        kind = self.dice.choice(("log", "log", "log", "edit", "new", "late", "wait"))
        self.trace.append(f"-- {kind} {which}")
        if kind == "log":
            for _ in range(self.dice.choice((1, 1, 3))):
                self.log(which)
            self.deliver(which)
        elif kind == "edit":
            self.edit()
        elif kind == "new":
            self.processes[which].sink = self.sink()
        elif kind == "late":
            self.late_copy()
        else:
            self.time.sleep(self.dice.choice((1, 60, 700, 100_000)))

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.step()
        self.trace.append("-- end")
        self.calm = True
        self.google.world.faults.clear()
        while self.copies and self.dice.random() < 0.7:
            self.late_copy()
        for which in range(len(self.processes)):
            self.time.sleep(1000)
            problem = self.deliver(which)
            assert problem is None, (self.seed, problem, self.trace)
            for entry in self.processes[which].journal.entries():
                settled = entry.state == "delivered" or entry.record.id in self.gone
                assert settled, (self.seed, entry, self.trace)

    # -- what must be true

    def check(self) -> None:
        """Every run once, every value in its column, nothing of a person's changed."""
        if not self.logged:
            return
        table = Shown(self.google, self.spreadsheet)
        runs = [table.run(row) for row in range(1, len(table.rows) + 1)]
        there = [run for run in runs if run]
        assert len(there) == len(set(there)), (self.seed, "doubled", self.trace)
        assert set(self.logged) - self.gone == set(there) - self.gone, (self.seed, self.trace)
        for run in set(there) - self.gone:
            row = runs.index(run) + 1
            more = json.loads(table.cell(row, "run.more") or "{}")
            for key, value in self.logged[run].items():
                if key in self.dropped:
                    continue
                shown = table.cell(row, key) if key in table.keys else more.get(key)
                assert shown == value, (self.seed, run, key, shown, value, self.trace)
        for (title, run), text in self.written.items():
            if run in runs and run not in self.gone:
                found = table.rows[runs.index(run)].get(table.titles.index(title))
                assert found == text, (self.seed, run, title, found, self.trace)
        self._check_strangers(table, runs)

    def _check_strangers(self, table: Shown, runs: list[str]) -> None:
        """No value of ours stands in a person's column."""
        for at, title in enumerate(table.titles):
            if title.startswith(MINE):
                for row, run in enumerate(runs):
                    cell = table.rows[row].get(at)
                    expected = self.written.get((title, run))
                    assert cell in (None, expected), (self.seed, title, run, cell, self.trace)


class Shown:
    """The tab "Runs" as the server has it."""

    def __init__(self, google: LocalGoogle, spreadsheet: str) -> None:
        book = google.world.spreadsheets[spreadsheet]
        self.titles: list[str] = []
        self.keys: list[str | None] = []
        self.rows: list[dict[int, Any]] = []
        for sheet in book.sheets:
            if sheet.title != "Runs":
                continue
            own = [each for each in book.metadata.values() if each.sheet_id == sheet.sheet_id]
            anchors = {(each.index, each.value) for each in own if each.key == "sl.x"}
            # A mark without its anchor was set on a column that took the place of its own.
            marks = {
                each.index: each.value
                for each in own
                if each.key == "sl.c" and (each.index, each.value) in anchors
            }
            head = sheet.row(0)
            width = 1 + max((*head, *marks), default=-1)
            self.titles = [str(head[at].entered) if at in head else "" for at in range(width)]
            self.keys = [marks.get(at) for at in range(width)]
            self.rows = [{at: cell.entered for at, cell in row.items()} for row in sheet.rows[1:]]

    def cell(self, row: int, key: str) -> Any:
        return self.rows[row - 1].get(self.keys.index(key)) if key in self.keys else None

    def run(self, row: int) -> str:
        found = self.cell(row, "run.id")
        return "" if found is None else str(found)


def blank(google: LocalGoogle) -> str:
    """Return the id of a new spreadsheet that has tabs of other people's."""
    tabs = [{"properties": {"title": title}} for title in ("Cover", "Plans")]
    body = json.dumps({"sheets": tabs}).encode()
    _, _, held = call(google, "post", "/v4/spreadsheets", data=body)
    found: str = json.loads(held)["spreadsheetId"]
    return found


def play(google: LocalGoogle, seed: int, *, steps: int = 12, **more: Any) -> History:
    """Play one history and check it."""
    history = History(google, blank(google), seed, **more)
    history.run(steps)
    history.check()
    return history
