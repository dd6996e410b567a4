"""Whatever people do to the sheet between two runs: each value lands where it belongs.

People's edits are drawn, and made by LibreOffice as a person would make them; between them runs are
logged. The oracle (`tests.people.sheet`) knows runs, keys and people's cells by their values alone.
`SHEETLOG_TEST_EXAMPLES` asks for more sequences than the few of an everyday test run.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

import sheetlog
from tests.people import office, sheet

pytestmark = [pytest.mark.office, pytest.mark.slow]
EXAMPLES = int(os.environ.get("SHEETLOG_TEST_EXAMPLES", "6"))
STEPS = int(os.environ.get("SHEETLOG_TEST_STEPS", "25"))

PARAMS = ("lr", "model", "optim.name", "optim.beta", "size")
METRICS = ("acc", "val.loss", "val.acc", "best")
SMALL = st.integers(0, 10**6)


class PeopleAndRuns(RuleBasedStateMachine):
    """A workbook that runs are logged into and that people work in."""

    folder: ClassVar[Path]
    count: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).count += 1
        self.path = self.folder / f"runs{self.count}.xlsx"
        self.office = office.running()
        self.open = False
        self.tab = "Runs"
        self.number = 1000
        self.runs: dict[str, dict[str, Any]] = {}
        self.gone: set[str] = set()
        self.frozen: set[str] = set()
        self.deleted: set[str] = set()
        self.header = 1
        self.labels: dict[int, str] = {}

    # -- runs

    @initialize(params=st.sets(st.sampled_from(PARAMS), min_size=1))
    def first(self, params: set[str]) -> None:
        """Log the first run, which makes the workbook."""
        self.log(f"run{self.count}x{self.fresh()}", sorted(params), ["acc"])

    @rule(
        params=st.sets(st.sampled_from(PARAMS)),
        metrics=st.sets(st.sampled_from(METRICS), min_size=1),
    )
    def log_new(self, params: set[str], metrics: set[str]) -> None:
        """Log a run that isn't there yet."""
        self.log(f"run{self.count}x{self.fresh()}", sorted(params), sorted(metrics))

    @precondition(lambda self: "run.id" not in self.deleted)
    @rule(choice=SMALL, metrics=st.sets(st.sampled_from(METRICS), min_size=1))
    def log_again(self, choice: int, metrics: set[str]) -> None:
        """Log a later state of a run, whether its row is still there or a person deleted it."""
        known = sorted((set(self.runs) | self.gone) - self.frozen)
        if known:
            self.log(known[choice % len(known)], [], sorted(metrics))

    def log(self, run: str, params: list[str], metrics: list[str]) -> None:
        """Log, and check the sheet against the one before."""
        before = self.put_down()
        new: dict[str, Any] = {f"params.{key}": f"p{self.fresh()}" for key in params}
        new |= {f"metrics.{key}": self.fresh() + 0.25 for key in metrics}
        given = {"params": {}, "metrics": {}}
        for key, value in new.items():
            section, _, path = key.partition(".")
            given[section][path] = value
        known = run in self.runs or run in self.gone
        title = {} if known else {"name": f"n{self.fresh()}"}
        receipt = sheetlog.log(**given, run_id=run, sheet=str(self.path), **title)
        assert (run in self.gone) == (receipt.problem is not None), receipt.problem
        new |= {f"run.{key}": value for key, value in title.items()}
        changed = run if run in self.runs else None
        if run not in self.gone:
            self.runs.setdefault(run, {}).update(new)
        after = self.take_up()
        self.check(before, after, changed)
        if run in self.gone:
            assert all(value not in after.values() for value in new.values())
        self.name_columns(before, after, changed)

    def check(self, before: sheet.Cells, after: sheet.Cells, changed: str | None) -> None:
        """Check every value of every run, and every cell that is not of the run that changed."""
        columns: dict[str, int] = {}
        for run, values in self.runs.items():
            here = {key: value for key, value in values.items() if key not in self.deleted}
            row = sheet.row_of(after, here.values())
            if row is None:
                assert not here
                continue
            for key, value in values.items():
                found = [place for place, held in after.items() if sheet.same(held, value)]
                if key in self.deleted:
                    assert not found
                    if "run.more" not in self.deleted:
                        assert sheet.same(sheet.overflow(after, row).get(key, value), value)
                    continue
                assert 1 == len(found), (run, key, value, found)
                assert columns.setdefault(key, found[0][1]) == found[0][1], (run, key)
        rows = self.matched(before, after, changed)
        moved = sheet.follow(before, after, rows)
        for (row, column), value in before.items():
            if row in rows:
                assert sheet.same(after.get((rows[row], moved[column])), value)
            elif isinstance(value, str) and value.startswith("mine"):
                assert value in after.values(), f"{value} at {sheet.name(row, column)} is gone"

    def matched(
        self, before: sheet.Cells, after: sheet.Cells, changed: str | None
    ) -> dict[int, int]:
        """Return which row has become which: the header's, and those of runs that stay the same."""
        rows = {self.header: self.header} if before else {}
        for run, values in self.runs.items():
            old = sheet.row_of(before, values.values())
            new = sheet.row_of(after, values.values())
            if run != changed and old is not None and new is not None:
                rows[old] = new
        return rows

    def name_columns(self, before: sheet.Cells, after: sheet.Cells, changed: str | None) -> None:
        """Name each column by the values in it, else by its first title."""
        moved = sheet.follow(before, after, self.matched(before, after, changed))
        self.labels = {moved[old]: label for old, label in self.labels.items() if old in moved}
        by_value = {v: key for values in self.runs.values() for key, v in values.items()}
        titles = {"Run id": "run.id", "More values": "run.more"}
        for value, key in by_value.items():
            for _, column in [place for place, held in after.items() if held == value]:
                kept = column in moved.values()
                assert kept or isinstance(after.get((self.header, column)), str), key
        for (row, column), value in after.items():
            if value in by_value:
                self.labels[column] = by_value[value]
            elif row == self.header and column not in self.labels:
                self.labels[column] = titles.get(value, str(value))

    # -- people

    @rule(choice=SMALL)
    def rename_header(self, choice: int) -> None:
        """Call a column something else."""
        self.write(self.header, self.pick(choice), f"mine title {self.fresh()}")

    @rule(choice=SMALL, to=SMALL)
    def move_column(self, choice: int, to: int) -> None:
        """Cut a column and insert it elsewhere."""
        place, to = self.pick(choice), self.pick(to)
        self.do("move_column", place=place - 1, to=to - 1)
        order = [self.labels.get(column) for column in range(1, self.width() + 1)]
        order.insert(to - 1, order.pop(place - 1))
        self.relabel(order)

    @rule(choice=SMALL)
    def move_cells(self, choice: int) -> None:
        """Cut a column's cells, header and all, and paste them right of everything."""
        place, target = self.pick(choice), self.width() + 1
        rows = [self.header, *self.run_rows()]
        area = f"{sheet.name(self.header, place)}:{sheet.name(max(rows), place)}"
        self.do("move_cells", area=area, to=sheet.name(self.header, target))
        if place in self.labels:
            self.labels[target] = self.labels.pop(place)

    @rule(choice=SMALL, titled=st.booleans())
    def insert_column(self, choice: int, *, titled: bool) -> None:
        """Insert a column of one's own, with a title or without."""
        place = self.pick(choice)
        order = [self.labels.get(column) for column in range(1, self.width() + 1)]
        self.do("insert_columns", place=place - 1)
        self.relabel([*order[: place - 1], "mine", *order[place - 1 :]])
        if titled:
            self.write(self.header, place, f"mine title {self.fresh()}")
            for row in self.run_rows()[:2]:
                self.write(row, place, f"mine {self.fresh()}")

    @rule(choice=SMALL)
    def delete_column(self, choice: int) -> None:
        """Delete a column; its values go to the overflow cell from now on."""
        if self.width() < 4:
            return
        place = self.pick(choice)
        order = [self.labels.get(column) for column in range(1, self.width() + 1)]
        label = order.pop(place - 1)
        if label == "run.id":  # without it nobody could say which row is whose
            return
        self.do("delete_columns", place=place - 1)
        self.relabel(order)
        if label is not None and "." in label:
            self.deleted.add(label)

    @rule(choice=SMALL)
    def insert_row(self, choice: int) -> None:
        """Insert a row between runs, or above the header, with a text in it."""
        rows = [self.header, *self.run_rows()]
        row = rows[choice % len(rows)]
        self.do("insert_rows", place=row - 1)
        self.header += row <= self.header
        self.write(row, 1, f"mine {self.fresh()}")

    @rule(choice=SMALL)
    def delete_row(self, choice: int) -> None:
        """Delete a run's row: it is not to come back."""
        rows = self.run_rows()
        if len(rows) > 1:
            row = rows[choice % len(rows)]
            run = self.run_in(row)
            self.do("delete_rows", place=row - 1)
            del self.runs[run]
            self.gone.add(run)

    @rule(choice=SMALL, descending=st.booleans())
    def sort(self, choice: int, *, descending: bool) -> None:
        """Sort the runs by a column."""
        rows = self.run_rows()
        if rows:
            last = sheet.name(max(rows), self.width())
            area = f"{sheet.name(self.header, 1)}:{last}"
            column = self.pick(choice) - 1
            self.do("sort", area=area, column=column, descending=descending)

    @rule(choice=SMALL, row=st.booleans())
    def hide(self, choice: int, *, row: bool) -> None:
        """Hide a row or a column."""
        rows = self.run_rows()
        if row and rows:
            self.do("hide_row", place=rows[choice % len(rows)] - 1)
        else:
            self.do("hide_column", place=self.pick(choice) - 1)

    @rule(choice=SMALL)
    def filter_rows(self, choice: int) -> None:
        """Show the rows of one run alone."""
        rows = self.run_rows()
        if rows:
            area = f"{sheet.name(self.header, 1)}:{sheet.name(max(rows), self.width())}"
            column = self.pick(choice)
            shown = self.cells().get((rows[0], column), "")
            self.do("filter", area=area, column=column - 1, value=str(shown))

    @rule(choice=SMALL, column=SMALL)
    def write_beside(self, choice: int, column: int) -> None:
        """Write into a blank cell: of a run's row, beside the table, or a few rows below it."""
        rows = self.run_rows()
        bottom = max([self.header, *rows]) + 3
        row = [*rows, bottom][choice % (len(rows) + 1)]
        place = column % (self.width() + 3) + 1
        if (row, place) not in self.cells() and "." not in self.labels.get(place, ""):
            self.write(row, place, f"mine {self.fresh()}")

    @rule(choice=SMALL, key=SMALL)
    def write_over(self, choice: int, key: int) -> None:
        """Put one's own text in the place of a run's value; that run is not logged again."""
        rows = self.run_rows()
        if not rows:
            return
        row = rows[choice % len(rows)]
        run = self.run_in(row)
        there = {p: v for p, v in self.cells().items() if p[0] == row}
        keys = [k for k, v in self.runs[run].items() if v in there.values()]
        if len(keys) > 1:
            value = self.runs[run].pop(sorted(keys)[key % len(keys)])
            [place] = [place for place, held in there.items() if held == value]
            self.write(*place, f"mine {self.fresh()}")
            self.frozen.add(run)

    @rule(choice=SMALL, column=SMALL)
    def write_formula(self, choice: int, column: int) -> None:
        """Refer to a run's cell from beside the table."""
        rows = self.run_rows()
        if rows:
            row = rows[choice % len(rows)]
            text = f'={sheet.name(row, self.pick(column))}&"!"'
            cell = sheet.name(row, self.width() + 2)
            self.do("formula", cell=cell, text=text)

    @rule(choice=SMALL, what=st.sampled_from(["note", "chart", "condition", "colour"]))
    def decorate(self, choice: int, what: str) -> None:
        """Add a note, a chart, a conditional format or a colour."""
        rows = self.run_rows() or [self.header]
        column = self.pick(choice)
        area = f"{sheet.name(self.header, column)}:{sheet.name(max(rows), column)}"
        if what == "note":
            self.do("note", cell=sheet.name(rows[0], column), text="why?")
        elif what == "chart":
            self.do("chart", area=area, name=f"c{self.fresh()}")
        elif what == "condition":
            self.do("condition", area=area, above=0.5)
        else:
            self.do("colour", area=area, colour=0xFFCC00)

    @rule(copy=st.booleans())
    def more_tabs(self, *, copy: bool) -> None:
        """Add a tab, or a copy of the runs."""
        self.pick_up()
        title = f"Tab {self.fresh()}"
        if copy:
            self.office.do("duplicate_tab", tab=self.tab, name=title)
        else:
            self.office.do("new_tab", name=title)

    @rule()
    def rename_tab(self) -> None:
        """Call the tab of runs something else."""
        title = f"Our runs {self.fresh()}"
        self.do("rename_tab", name=title)
        self.tab = title

    # -- the desk

    def fresh(self) -> int:
        """Return a number that nothing in the sheet has."""
        self.number += 1
        return self.number

    def pick_up(self) -> None:
        """Open the workbook, unless it lies open already."""
        if not self.open:
            self.office.do("open", path=str(self.path))
            self.open = True

    def do(self, verb: str, **given: Any) -> Any:
        """Have something done in the tab of runs."""
        self.pick_up()
        return self.office.do(verb, tab=self.tab, **given)

    def write(self, row: int, column: int, text: str) -> None:
        """Write a text into a cell."""
        self.do("write", cell=sheet.name(row, column), value=text)

    def cells(self) -> dict[tuple[int, int], Any]:
        """Return what stands in the tab."""
        return sheet.cells(self.do("cells"))

    def width(self) -> int:
        """Return the last column that has a title, or is one of a run's."""
        cells = self.cells()
        return max(column for row, column in cells if row == self.header)

    def pick(self, choice: int) -> int:
        """Return one of the columns."""
        return choice % self.width() + 1

    def run_rows(self) -> list[int]:
        """Return the rows of runs, from top to bottom."""
        cells = self.cells()
        rows = [sheet.row_of(cells, values.values()) for values in self.runs.values()]
        return sorted(row for row in rows if row is not None)

    def run_in(self, row: int) -> str:
        """Return the run of a row."""
        cells = self.cells()
        found = [r for r, v in self.runs.items() if sheet.row_of(cells, v.values()) == row]
        return found[0]

    def relabel(self, order: list[str | None]) -> None:
        """Name the columns anew, from left to right."""
        self.labels = {at: label for at, label in enumerate(order, 1) if label is not None}

    def put_down(self) -> dict[tuple[int, int], Any]:
        """Save and close the workbook, as a person who goes home; return what stands in it."""
        if not self.path.exists():
            return {}
        self.pick_up()
        self.office.do("calculate")
        cells = self.cells()
        saved = self.path.with_name(f"{self.path.stem}.saved.xlsx")
        self.office.do("save", path=str(saved))
        self.teardown()
        saved.replace(self.path)
        return cells

    def take_up(self) -> dict[tuple[int, int], Any]:
        """Open the workbook and return what stands in it."""
        self.pick_up()
        self.office.do("calculate")
        return self.cells()

    def teardown(self) -> None:
        """Close the workbook."""
        if self.open:
            self.open = False
            self.office.do("close")


def test_people_and_runs(place: Path) -> None:
    """Every value stands in its key's column and its run's row; people's cells are as they were."""
    sheetlog.configure(quiet=True, strict=True, context=False)
    PeopleAndRuns.folder = place
    run_state_machine_as_test(
        PeopleAndRuns,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
