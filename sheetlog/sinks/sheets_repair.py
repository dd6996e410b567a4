"""What landed in a wrong place although it was checked, and the requests that put it right. Pure.

People work while a batch is on its way. Where Google let a column or a row move between our look
and our write, the answer shows where it landed, and `Debts` is what the sheet is owed: by run and
column, never by position, since positions may move again while a repair is on its way. A cell in
which anything else stands by now is a person's, and is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sheetlog.cells import Formula
from sheetlog.sinks.sheets_cells import VALUE, data, fields
from sheetlog.sinks.sheets_requests import Batch
from sheetlog.sinks.sheets_view import View

Json = dict[str, Any]
Column = tuple[str, str]
"""A column by its key (`("key", K)`), or a person's by its title (`("title", T)`)."""
Owed = tuple[str, Column]
Fixes = Mapping[tuple[int, int], tuple[Owed, Json]]
"""What to write, and for which cell that is meant, by row and column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A tab with its cells, as one answer showed it."""

    view: View
    cells: Mapping[tuple[int, int], Json]

    def column(self, place: int) -> Column:
        """Return what a column is known by."""
        for each in self.view.columns:
            if each.place == place:
                return ("title", each.title) if each.key is None else ("key", each.key)
        return ("title", f"\0{place}")

    def place(self, column: Column) -> int | None:
        """Return where a column stands."""
        kind, name = column
        for each in self.view.columns:
            if name == (each.key if kind == "key" else each.title if each.key is None else None):
                return each.place
        return int(name[1:]) if name.startswith("\0") else None

    def run(self, row: int) -> str:
        """Return what a row is known by: its run's id, or else its place."""
        return next((id_ for id_, at in self.view.runs.items() if at == row), f"\0{row}")

    def row(self, run: str, id_column: Column) -> int | None:
        """Return where a run stands, although its id may be in a wrong column."""
        if run in self.view.runs:
            return self.view.runs[run]
        if run.startswith("\0"):
            return int(run[1:])
        at = self.place(id_column)
        found = (
            row
            for (row, column), held in self.cells.items()
            if column == at and held.get(VALUE, {}).get("stringValue") == run
        )
        return next(found, None)

    def held(self, run: str, column: Column) -> Json | None:
        """Return a run's cell in a column; None: there is no such run or column."""
        row, place = self.view.runs.get(run), self.place(column)
        return None if row is None or place is None else self.cells.get((row, place), {})


@dataclass(slots=True, kw_only=True)
class Debts:
    """What cells are to hold, and which values in them are ours to replace."""

    id_column: Column = ("key", "run.id")
    """Where the ids of new rows landed."""
    owed: dict[Owed, Json] = field(default_factory=dict)
    ours: dict[Owed, list[Json]] = field(default_factory=dict)
    formulas: dict[Owed, Any] = field(default_factory=dict)
    covered: dict[str, int] = field(default_factory=dict)
    """Rows whose id was covered by a value of ours."""
    fixed: Fixes = field(default_factory=dict)
    """What the repair that is on its way writes."""

    @classmethod
    def of(cls, batch: Batch, after: State, before: State | None) -> Debts:
        """Return what a batch owes.

        Args:
            after: the tab right after it; of its cells, the header and the ids are enough.
            before: the tab as it was, where the batch edits rows.
        """
        debts = cls()
        landed = {key: after.column(place) for key, place in batch.places.items()}
        debts.id_column = landed["run.id"]
        for run, written in batch.cells.items():
            row = batch.rows[run]
            edited = before is not None and run in before.view.runs
            there = after.run(row) if edited else run
            if before is not None and edited and there not in before.view.runs:
                # What stands there instead of an id may be our own value.
                own = _alike(before, before.view.runs[run], after, row)
                there = run if own else f"\0{row}"
                if own:
                    debts.covered[run] = row
            for key, cell in written.items():
                wanted = data(cell, row=row, places=batch.places)
                debts.owe((run, ("key", key)), wanted, cell=cell)
                if before is not None and edited:
                    debts.replaceable((run, ("key", key)), before.held(run, ("key", key)) or {})
                hit = (there, landed[key])
                if hit == (run, ("key", key)):
                    continue
                debts.replaceable(hit, wanted)
                if hit not in debts.owed:
                    old = _covered(before, after, hit) if edited else {}
                    if old is not None:
                        debts.owe(hit, old)
        # What a cell is owed may have been said after it was found covered.
        for run, written in batch.cells.items():
            for key, cell in written.items():
                at = (run, ("key", key))
                debts.owe(at, data(cell, row=batch.rows[run], places=batch.places), cell=cell)
        return debts

    def owe(self, at: Owed, held: Json, *, cell: Any = None) -> None:
        """Say what a cell is to hold."""
        self.owed[at] = held
        self.formulas[at] = cell

    def replaceable(self, at: Owed, held: Json) -> None:
        """Say what may be in a cell by our own doing."""
        self.ours.setdefault(at, []).append(held)

    def fixes(self, now: State) -> dict[tuple[int, int], tuple[Owed, Json]]:
        """Return what to write where; what is in its place, or a person's, is owed no more."""
        found: dict[tuple[int, int], tuple[Owed, Json]] = {}
        for at, held in list(self.owed.items()):
            run, column = at
            row, place = now.row(run, self.id_column), now.place(column)
            row = self.covered.get(run) if row is None else row
            if row is None or place is None:
                continue
            cell = self.formulas.get(at)
            if isinstance(cell, Formula):  # what stands in a person's row is not worth a fix
                continue
            wanted = held if cell is None else data(cell, row=row, places={})
            there = now.cells.get((row, place), {})
            if not same(there, wanted) and (
                not there.get(VALUE) or any(same(there, each) for each in self.ours.get(at, ()))
            ):
                found[row, place] = (at, wanted)
        return found

    def written(self, old: State, after: State) -> None:
        """Take note of what a repair has hit that had moved meanwhile.

        Args:
            old: the tab that the repair was made for.
            after: the tab right after it.
        """
        for (row, place), (at, held) in self.fixed.items():
            hit = (after.run(row), after.column(place))
            meant = (at[0] if at[0] in after.view.runs else hit[0], at[1])
            if hit != meant:
                self.replaceable(hit, held)
                before = old.held(*hit)
                if hit not in self.owed:
                    self.owe(hit, {} if before is None else before)
        self.id_column = ("key", "run.id")


def _covered(before: State | None, after: State, hit: Owed) -> Json | None:
    """Return what a cell held before an edit hit it by mistake; None: nobody knows."""
    if before is None:
        return {}
    run, column = hit
    if not run.startswith("\0"):
        return before.held(run, column) or {}
    # Its id is covered as well, or it never had one: what else stands in it tells which row it is.
    row, place = int(run[1:]), before.place(column)
    lines = sorted({line for line, _ in before.cells}, key=lambda line: line != row)
    line = next((line for line in lines if _alike(before, line, after, row)), None)
    return {} if line is None or place is None else before.cells.get((line, place), {})


def _alike(before: State, line: int, after: State, row: int) -> bool:
    """Return whether most of a row's cells are those that a row had before an edit."""
    now = {at: held for (each, at), held in after.cells.items() if each == row and held.get(VALUE)}
    equal = 0
    for at, held in now.items():
        place = before.place(after.column(at))
        equal += place is not None and same(held, before.cells.get((line, place), {}))
    return equal > len(now) / 2


def same(one: Json, other: Json) -> bool:
    """Return whether two cells hold the same."""
    return bool((one.get(VALUE) or {}) == (other.get(VALUE) or {}))


def requests(sheet: int, fixes: Fixes) -> Iterator[Json]:
    """Yield what writes the cells of a repair."""
    for (row, column), (_, held) in fixes.items():
        start = {"sheetId": sheet, "rowIndex": row, "columnIndex": column}
        kept = {name: held[name] for name in (VALUE, "userEnteredFormat") if name in held}
        yield {
            "updateCells": {
                "start": start,
                "rows": [{"values": [kept]}],
                "fields": ",".join(sorted(fields(kept))),
            }
        }
