"""Any sequence of runs and of people's edits: every value in its column and row, and nothing of theirs touched.

The oracle is a grid that knows only what a plan says to do, and a list of what was logged and typed.
"""

import json

from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sheetlog.layout import Header, HeaderColumn, HeaderRow, Plan, plan
from sheetlog.record import Record
from sheetlog.template import Column, Template

KEYS = [f"{section}.{name}" for section in ("metrics", "params", "env") for name in "abcde"]
VALUES = st.integers(0, 10**6) | st.text("xyz=", min_size=1, max_size=4)
TEMPLATES = st.builds(
    Template,
    name=st.just("t"),
    title=st.just("T"),
    columns=st.permutations(
        [
            Column(key="run.id", title="Id"),
            Column(key="metrics.a", title="A"),
            Column(key="metrics.*"),
            Column(key="params.*"),
            Column(title="Verdict", owner="people"),
        ]
    ).map(tuple),
    rest=st.sampled_from(["columns", "cell"]),
    max_columns=st.integers(4, 14),
)


class Grid:
    """A sheet as a list of columns; each has a key or None, a title, and cells by row number."""

    def __init__(self) -> None:
        self.columns: list[dict[str, object]] = []
        self.deleted: set[str] = set()
        self.rows: list[int] = []
        self.next = 0

    def header(self, ids: list[str]) -> Header:
        """Give what a sink would give."""
        columns = tuple(
            HeaderColumn(place=place, title=str(column["title"]), key=column["key"])  # type: ignore[arg-type]
            for place, column in enumerate(self.columns)
        )
        by_key = {c["key"]: c["cells"] for c in self.columns if c["key"]}
        found = {}
        for row in self.rows:
            id_ = by_key.get("run.id", {}).get(row)  # type: ignore[attr-defined]
            if id_ in ids:
                cells = {k: c[row] for k, c in by_key.items() if row in c}  # type: ignore[index,operator]
                found[id_] = HeaderRow(
                    place=row, revision=cells.get("run.revision", 1), cells=cells
                )
        return Header(columns=columns, deleted=frozenset(self.deleted), rows=found)

    def apply(self, made: Plan) -> None:
        """Do what a plan says, and nothing else."""
        for mark in made.marks:
            self.columns[mark.place]["key"] = mark.key
        for added in made.added:
            column = {"key": added.key, "title": added.title, "cells": {}}
            self.columns.insert(added.place, column)
            self.deleted.discard(added.key)
        by_key = {c["key"]: c["cells"] for c in self.columns}
        for new in made.rows:
            for key, cell in new.cells.items():
                by_key[key][self.next] = cell  # type: ignore[index]
            self.rows.append(self.next)
            self.next += 1
        for edit in made.edits:
            by_key[edit.key][edit.place] = edit.cell  # type: ignore[index]


class Sheet(RuleBasedStateMachine):
    """Runs come in, revisions come late, and people do what people do."""

    @initialize(template=TEMPLATES)
    def make(self, template: Template) -> None:
        """Start with no sheet at all."""
        self.template = template
        self.grid = Grid()
        self.logged: dict[str, Record] = {}
        self.journal: dict[str, Record] = {}
        self.typed: dict[tuple[int, int], str] = {}
        self.tag = 0
        self.gone: set[str] = set()
        self.thrown: set[tuple[object, int]] = set()

    def deliver(self, records: list[Record]) -> None:
        """Let the layout plan and the grid follow."""
        ids = [record.id for record in records]
        shown = {id_: self.journal[id_] for id_ in ids if id_ in self.journal}
        made = plan(self.template, self.grid.header(ids), records, shown=shown)
        self.grid.apply(made)
        for record in records:
            if record.id in self.gone:
                continue
            known = self.journal.get(record.id)
            if known is None or record.revision > known.revision:
                self.journal[record.id] = record

    @rule(values=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6))
    def log(self, values: dict[str, object]) -> None:
        """A new run."""
        record = Record(id=f"r{len(self.logged)}", values=values)
        self.logged[record.id] = record
        self.deliver([record])

    @rule(data=st.data(), values=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6))
    def revise(self, data: st.DataObject, values: dict[str, object]) -> None:
        """A later state of a run; then the earlier one once more."""
        if self.logged:
            before = self.logged[data.draw(st.sampled_from(sorted(self.logged)))]
            later = Record(
                id=before.id, revision=before.revision + 1, values={**before.values, **values}
            )
            self.logged[later.id] = later
            self.deliver([later])
            self.deliver([before])
            self.deliver([later])

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """A person moves a column."""
        if self.grid.columns:
            column = self.grid.columns.pop(data.draw(st.integers(0, len(self.grid.columns) - 1)))
            self.grid.columns.insert(data.draw(st.integers(0, len(self.grid.columns))), column)

    @rule(data=st.data(), title=st.sampled_from(["mine", "a", "A", "lr", ""]))
    def rename(self, data: st.DataObject, title: str) -> None:
        """A person renames a column."""
        if self.grid.columns:
            data.draw(st.sampled_from(self.grid.columns))["title"] = title

    @rule(data=st.data(), title=st.sampled_from(["a", "b (params)", "Comment"]))
    def insert(self, data: st.DataObject, title: str) -> None:
        """A person inserts a column of their own and types into it."""
        if not self.grid.columns:
            return  # in a sheet without any mark, titles say whose a column is (rule 1)
        self.tag += 1
        cells = dict.fromkeys(self.grid.rows, f"typed {self.tag}")
        column = {"key": None, "title": title, "cells": cells, "tag": self.tag}
        self.grid.columns.insert(data.draw(st.integers(0, len(self.grid.columns))), column)
        self.typed.update({(self.tag, row): text for row, text in cells.items()})

    @rule(data=st.data())
    def delete_column(self, data: st.DataObject) -> None:
        """A person deletes a column of sheetlog's, but not the one that says which run it is."""
        ours = [c for c in self.grid.columns if c["key"] not in (None, "run.id", "run.revision")]
        if ours:
            column = data.draw(st.sampled_from(ours))
            self.grid.columns.remove(column)
            self.grid.deleted.add(str(column["key"]))
            self.thrown |= {(column["key"], row) for row in column["cells"]}  # type: ignore[attr-defined]

    @rule(data=st.data())
    def delete_row(self, data: st.DataObject) -> None:
        """A person deletes a row."""
        if self.grid.rows:
            row = data.draw(st.sampled_from(self.grid.rows))
            self.grid.rows.remove(row)
            for column in self.grid.columns:
                id_ = column["cells"].pop(row, None)  # type: ignore[attr-defined]
                if column["key"] == "run.id":
                    self.gone.add(id_)
            self.typed = {key: text for key, text in self.typed.items() if key[1] != row}

    @rule()
    def sort(self) -> None:
        """A person sorts the rows."""
        self.grid.rows.reverse()

    @invariant()
    def every_run_has_one_row_and_every_value_a_place(self) -> None:
        """Exactly one row a run; each value in its key's column, or in the overflow cell."""
        if not getattr(self, "logged", None):
            return
        by_key = {c["key"]: c["cells"] for c in self.grid.columns if c["key"]}
        ids = [by_key["run.id"][row] for row in self.grid.rows]
        assert sorted(set(self.logged) - self.gone) == sorted(ids)
        for row, id_ in zip(self.grid.rows, ids, strict=True):
            more = json.loads(by_key.get("run.more", {}).get(row) or "{}")
            for key, value in self.logged[id_].values.items():
                there = by_key.get(key, {})
                if "run.more" in self.grid.deleted and row not in there:
                    continue  # a person deleted even the overflow cell
                if (key, row) in self.thrown and row not in there and key not in more:
                    continue  # it went with the column that a person deleted
                assert value == (there[row] if row in there else more[key])

    @invariant()
    def nothing_that_a_person_typed_has_changed(self) -> None:
        """Their columns hold what they typed, and nothing else."""
        for column in getattr(self, "grid", Grid()).columns:
            if "tag" in column:
                held = {(column["tag"], row): text for row, text in column["cells"].items()}
                assert held == {k: v for k, v in self.typed.items() if k[0] == column["tag"]}
                assert column["key"] is None

    @invariant()
    def no_two_columns_have_one_key(self) -> None:
        """A key has at most one column."""
        keys = [c["key"] for c in getattr(self, "grid", Grid()).columns if c["key"]]
        assert sorted(set(keys)) == sorted(keys)


TestSheet = Sheet.TestCase
TestSheet.settings = profile(max_examples=150, stateful_step_count=20, deadline=None)
