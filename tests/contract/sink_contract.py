"""What every sink owes to delivery, whatever people do to the sheet in between.

A subclass says how a sheet is made and how people edit it (`PeopleSheet`). Records go in by way of
`layout`, as delivery does it; what came of it is seen by people's eyes: titles and rows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from sheetlog import layout
from sheetlog.cells import Cell, scalar
from sheetlog.errors import BusyError, StaleError
from sheetlog.plan import Header, Plan
from sheetlog.record import Link, Record, Series
from sheetlog.sinks.base import Sink
from sheetlog.template import Column, Template

TEMPLATE = Template(
    name="contract",
    title="Contract",
    columns=(
        Column(key="run.name", title="Run"),
        Column(key="metrics.acc", title="Accuracy", format="percent"),
        Column(key="metrics.*"),
        Column(title="Verdict", owner="people"),
        Column(title="Gap", formula="={metrics.acc}-{metrics.base}"),
        Column(key="params.*"),
    ),
)


class PeopleSheet(Protocol):
    """A sheet, and what people do to it. Places and rows count from 0; the header row is none."""

    sink: Sink

    def rename(self, place: int, title: str) -> object: ...
    def insert_column(self, place: int, title: str = "") -> object: ...
    def move_column(self, place: int, to: int) -> object: ...
    def delete_column(self, place: int) -> object: ...
    def insert_row(self, row: int) -> object: ...
    def delete_row(self, row: int) -> object: ...
    def sort(self, place: int, *, descending: bool = False) -> object: ...
    def write(self, row: int, place: int, cell: Any) -> object: ...
    def titles(self) -> list[str]: ...
    def rows(self) -> list[list[Any]]: ...


def record(id_: str, revision: int = 1, **values: Any) -> Record:
    """Return a record; `metrics__acc=1` stands for the key `metrics.acc`."""
    keys = {key.replace("__", "."): value for key, value in values.items()}
    return Record(id=id_, revision=revision, values={"run.name": f"name of {id_}", **keys})


def deliver(
    sink: Sink,
    *records: Record,
    shown: Mapping[str, Record] | None = None,
    template: Template = TEMPLATE,
) -> Plan:
    """Deliver records and return the plan."""
    with sink.exclusive(10):
        header = sink.header([each.id for each in records])
        plan = layout.plan(template, header, records, shown=shown)
        if not plan.empty:
            sink.apply(plan, template)
    return plan


class SinkContract:
    """One sheet, many deliveries."""

    def make(self, place: Any) -> PeopleSheet:
        """Return a sheet that is not there yet."""
        raise AssertionError("a subclass says which sheet")

    def another(self, sheet: PeopleSheet) -> Sink | None:
        """Return a second sink of the same sheet, as another process has it."""
        return None

    @pytest.fixture
    def sheet(self, tmp_path: Any) -> PeopleSheet:
        return self.make(tmp_path)

    @pytest.fixture
    def filled(self, sheet: PeopleSheet) -> PeopleSheet:
        """Return a sheet with the runs a, b and c."""
        for number, id_ in enumerate("abc"):
            deliver(sheet.sink, record(id_, metrics__acc=0.1 * (number + 1), params__lr=number))
        return sheet

    # What a person sees

    def place(self, sheet: PeopleSheet, key: str) -> int:
        """Return where a key's column stands."""
        header = sheet.sink.header()
        return next(column.place for column in header.columns if column.key == key)

    def row(self, sheet: PeopleSheet, name: str) -> list[Any]:
        """Return the one row in which a run's name stands."""
        found = [row for row in sheet.rows() if name in row]
        assert 1 == len(found)
        return found[0]

    def cell(self, sheet: PeopleSheet, id_: str, key: str) -> Any:
        """Return what stands in a key's column in a run's row."""
        return self.row(sheet, f"name of {id_}")[self.place(sheet, key)]

    def names(self, sheet: PeopleSheet) -> list[str]:
        """Return the names of the runs, from top to bottom."""
        place = self.place(sheet, "run.name")
        return [row[place] for row in sheet.rows() if row[place]]

    # Rows

    def test_nothing_is_there_at_first(self, sheet: PeopleSheet) -> None:
        """A header says so, and reading gives no rows."""
        assert not sheet.sink.header(["a"]).exists
        table = sheet.sink.read()
        assert ((), []) == (table.columns, list(table.rows))

    def test_the_first_run_makes_the_sheet(self, sheet: PeopleSheet) -> None:
        """Columns of the template in its order, people's among them."""
        deliver(sheet.sink, record("a", metrics__acc=0.5, params__lr=1, metrics__loss=2.5))
        titles = sheet.titles()
        places = [titles.index(title) for title in ("Run", "Accuracy", "loss", "Verdict", "lr")]
        assert sorted(places) == places
        assert ["name of a"] == self.names(sheet)

    def test_rows_come_below_one_another(self, filled: PeopleSheet) -> None:
        """In the order of delivery, with each value in its key's column."""
        assert ["name of a", "name of b", "name of c"] == self.names(filled)
        assert 0.2 == pytest.approx(self.cell(filled, "b", "metrics.acc"))
        assert 2 == self.cell(filled, "c", "params.lr")

    def test_twice_is_once(self, filled: PeopleSheet) -> None:
        """What is there already changes nothing."""
        before = filled.rows()
        again = record("b", metrics__acc=0.2, params__lr=1)
        assert deliver(filled.sink, again).empty
        assert before == filled.rows()

    def test_the_latest_revision_stays(self, filled: PeopleSheet) -> None:
        """Whatever the order in which revisions arrive."""
        first = record("d", metrics__acc=0.4)
        deliver(filled.sink, record("d", 3, metrics__acc=0.9))
        deliver(filled.sink, first)
        deliver(filled.sink, record("d", 2, metrics__acc=0.5), shown={"d": first})
        assert 0.9 == pytest.approx(self.cell(filled, "d", "metrics.acc"))
        assert 4 == len(self.names(filled))

    def test_many_at_once(self, sheet: PeopleSheet) -> None:
        """One plan carries many rows, and revisions of rows that are there."""
        deliver(sheet.sink, record("r0", metrics__acc=0))
        deliver(
            sheet.sink,
            record("r0", 2, metrics__acc=7),
            *(record(f"r{n}", metrics__acc=n) for n in range(1, 60)),
        )
        assert [f"name of r{n}" for n in range(60)] == self.names(sheet)
        assert 7 == self.cell(sheet, "r0", "metrics.acc")
        assert 59 == self.cell(sheet, "r59", "metrics.acc")

    # Columns

    def test_new_keys_get_columns_and_rows_stay(self, filled: PeopleSheet) -> None:
        """A metric stands with the metrics; rows that are there get no value."""
        before = {name: self.row(filled, name) for name in self.names(filled)}
        deliver(filled.sink, record("d", metrics__f1=0.7, params__wd=0.1))
        assert self.place(filled, "metrics.f1") == self.place(filled, "metrics.acc") + 1
        assert self.place(filled, "params.wd") == self.place(filled, "params.lr") + 1
        for name, row in before.items():
            now = [value for value in self.row(filled, name) if value not in (None, "")]
            assert [value for value in row if value not in (None, "")] == now
        assert 0.7 == self.cell(filled, "d", "metrics.f1")

    def test_formulas_are_written_with_the_row(self, sheet: PeopleSheet) -> None:
        """A template's formula has a cell in the row; a later revision leaves it alone."""
        deliver(sheet.sink, record("a", metrics__acc=0.5, metrics__base=0.2))
        header = sheet.sink.header(["a"])
        assert "formula.Gap" in [column.key for column in header.columns]
        plan = deliver(sheet.sink, record("a", 2, metrics__acc=0.75, metrics__base=0.2))
        assert {"metrics.acc", "run.revision"} == {edit.key for edit in plan.edits}

    # What people did

    def test_renamed_columns(self, filled: PeopleSheet) -> None:
        """A title is a person's: values go on by key."""
        filled.rename(self.place(filled, "metrics.acc"), "Test accuracy")
        deliver(filled.sink, record("d", metrics__acc=0.9))
        assert 1 == filled.titles().count("Test accuracy")
        assert "Accuracy" not in filled.titles()
        assert 0.9 == pytest.approx(self.cell(filled, "d", "metrics.acc"))

    def test_moved_columns(self, filled: PeopleSheet) -> None:
        """A column takes its key and its cells along."""
        filled.move_column(self.place(filled, "params.lr"), 0)
        deliver(filled.sink, record("d", params__lr=9), record("a", 2, metrics__acc=0.1, params__lr=8))
        assert 0 == self.place(filled, "params.lr")
        assert [8, 1, 2, 9] == [self.cell(filled, id_, "params.lr") for id_ in "abcd"]

    def test_inserted_columns(self, filled: PeopleSheet) -> None:
        """A person's column stays theirs, with all that they write there."""
        filled.insert_column(1, "Mine")
        filled.write(1, 1, "look here")
        deliver(filled.sink, record("d", metrics__acc=0.9, params__wd=1))
        place = filled.titles().index("Mine")
        assert "look here" == self.row(filled, "name of b")[place]
        assert self.row(filled, "name of d")[place] in (None, "")

    def test_deleted_columns(self, filled: PeopleSheet) -> None:
        """They stay deleted, and what would go there is kept in the overflow cell."""
        filled.delete_column(self.place(filled, "params.lr"))
        deliver(filled.sink, record("d", metrics__acc=0.9, params__lr=77))
        header = filled.sink.header()
        assert "params.lr" in header.deleted
        assert "params.lr" not in [column.key for column in header.columns]
        assert "77" in str(self.cell(filled, "d", "run.more"))

    def test_deleted_rows(self, filled: PeopleSheet) -> None:
        """A row that a person deleted doesn't come back with a later revision."""
        filled.delete_row(1)
        plan = deliver(filled.sink, record("b", 2, metrics__acc=1), shown={"b": record("b")})
        assert ("b",) == plan.gone
        assert ["name of a", "name of c"] == self.names(filled)

    def test_sorted_rows(self, filled: PeopleSheet) -> None:
        """A run is known by its id, wherever its row is now."""
        filled.sort(self.place(filled, "metrics.acc"), descending=True)
        deliver(filled.sink, record("a", 2, metrics__acc=0.15, params__lr=0))
        deliver(filled.sink, record("d", metrics__acc=0.9))
        assert 0.15 == pytest.approx(self.cell(filled, "a", "metrics.acc"))
        assert 0.3 == pytest.approx(self.cell(filled, "c", "metrics.acc"))
        assert 4 == len(self.names(filled))

    def test_rows_of_people(self, filled: PeopleSheet) -> None:
        """A row that a person put between stays, and no run is written over it."""
        filled.insert_row(1)
        filled.write(1, self.place(filled, "people.Verdict"), "this one by hand")
        deliver(filled.sink, record("d", metrics__acc=0.9))
        assert 1 == sum("this one by hand" in row for row in filled.rows())
        assert 4 == len(self.names(filled))

    def test_what_people_write_stays(self, filled: PeopleSheet) -> None:
        """In their own columns, and in ours: a revision changes only what changed in the run."""
        verdict, lr = self.place(filled, "people.Verdict"), self.place(filled, "params.lr")
        filled.write(0, verdict, "keep")
        filled.write(0, lr, 99)
        before = record("a", metrics__acc=0.1, params__lr=0)
        after = record("a", 2, metrics__acc=0.6, params__lr=0)
        deliver(filled.sink, after, shown={"a": before})
        assert "keep" == self.row(filled, "name of a")[verdict]
        assert 99 == self.cell(filled, "a", "params.lr")
        assert 0.6 == pytest.approx(self.cell(filled, "a", "metrics.acc"))

    # Two at once

    def test_a_plan_for_another_state_is_refused(self, filled: PeopleSheet) -> None:
        """What changed since the header was read makes the plan stale, and nothing is written."""
        stale = filled.sink.header(["d"])
        filled.write(0, self.place(filled, "people.Verdict"), "meanwhile")
        before = filled.rows()
        plan = layout.plan(TEMPLATE, stale, [record("d", metrics__acc=1)])
        with pytest.raises(StaleError), filled.sink.exclusive(10):
            filled.sink.apply(plan, TEMPLATE)
        assert before == filled.rows()

    def test_two_sinks_exclude_each_other(self, filled: PeopleSheet) -> None:
        """One delivers, the other waits, and then sees what the first has written."""
        second = self.another(filled)
        if second is None:
            pytest.skip("this sheet is one object's")
        with filled.sink.exclusive(10) as alone:
            if alone:
                with pytest.raises(BusyError), second.exclusive(0):
                    pass
        deliver(second, record("d", metrics__acc=0.9))
        assert deliver(filled.sink, record("d", metrics__acc=0.9)).empty
        assert 4 == len(self.names(filled))

    # Values

    @pytest.mark.parametrize(
        "value",
        [
            True, False, 0, -3, 2**53, 2**63, 1e-300, -1.5e300, 0.1, math.inf, -math.inf, None,
            "", "plain", "=1+1", "+1", "-1", "@x", "'quoted", " spaces ", "line\nbreak", "tab\there",
            "_x0041_", "Ünïcödé 🎉", "NaN", "None", '"NaN"', "12345678901234567890", "1e5", "TRUE", "2026-01-01",
            "\x01\x1f", "</v>&amp;", "x" * 32_000,
            datetime(2026, 11, 23, 12, 30, 15, tzinfo=UTC), timedelta(hours=50, seconds=1),
            Link(text="model", url="https://example.org/m?a=1&b=2#top"),
        ],
        ids=lambda value: repr(value)[:20],
    )  # fmt: skip
    def test_values_come_back(self, sheet: PeopleSheet, value: Any) -> None:
        """Typed, never parsed: from the record to the cell and back."""
        deliver(sheet.sink, record("a", params__x=value))
        table = sheet.sink.read()
        place = next(at for at, column in enumerate(table.columns) if column.key == "params.x")
        found = scalar(table.rows[0][place])
        if value == "":
            assert found in (None, "")
        elif isinstance(value, timedelta):
            assert abs(found - value) < timedelta(milliseconds=1)  # type: ignore[operator]
        else:
            assert (type(value), value) == (type(found), found)

    def test_a_curve_is_shown(self, sheet: PeopleSheet) -> None:
        """Somehow: its cell isn't blank."""
        series = Series(values=(1.0, 3.0, 2.0), count=3, last=2.0, lowest=1.0, highest=3.0)
        deliver(sheet.sink, record("a", curves__loss=series))
        assert self.cell(sheet, "a", "curves.loss") not in (None, "")

    def test_reading(self, filled: PeopleSheet) -> None:
        """Rows with people's columns; blank ones left out."""
        filled.write(2, self.place(filled, "people.Verdict"), "keep")
        table = filled.sink.read()
        titles = [column.title for column in table.columns]
        rows: list[Sequence[Cell]] = list(table.rows)
        assert 3 == len(rows)
        assert "keep" == rows[2][titles.index("Verdict")]
        header: Header = filled.sink.header()
        assert [c.key for c in header.columns if c.title or c.key] == [c.key for c in table.columns]
