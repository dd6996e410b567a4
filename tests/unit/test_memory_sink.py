"""The sink that ships for tests does what a plan says and what people do, and refuses bad plans."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sheetlog.cells import Cell
from sheetlog.errors import BusyError, RefusedError, SheetError, StaleError
from sheetlog.plan import Added, Edit, Header, Mark, NewRow, Plan
from sheetlog.template import Column, Template
from sheetlog.testing.memory_sink import MemorySink

TEMPLATE = Template(name="t", title="T")


def added(place: int, key: str) -> Added:
    return Added(place=place, key=key, title=key.upper(), column=Column(key=key))


def new(id_: str, **cells: Cell) -> NewRow:
    return NewRow(id=id_, cells={"run.id": id_, **cells})


def filled() -> MemorySink:
    """Return a sheet with the columns run.id, a and b, and the runs x and y."""
    sink = MemorySink()
    plan = Plan(
        base=sink.header(),
        added=(added(0, "run.id"), added(1, "b"), added(1, "a")),
        rows=(new("x", a=1, b="one"), new("y", a=2)),
    )
    assert "memory:memory.xlsx#2" == sink.apply(plan, TEMPLATE)
    return sink


def test_new_sheet() -> None:
    """A sheet that is not there yet is made by the first plan."""
    assert Header(exists=False, version=0) == MemorySink().header(["x"])
    sink = filled()
    assert ["RUN.ID", "A", "B"] == sink.titles()
    assert ["run.id", "a", "b"] == sink.keys()
    assert [["x", 1, "one"], ["y", 2, None]] == sink.rows()
    header = sink.header(["y", "z"])
    assert header.exists
    assert {"y": {"run.id": "y", "a": 2}} == {i: dict(row.cells) for i, row in header.rows.items()}


def test_revision() -> None:
    """A row says which revision it shows."""
    sink = filled()
    base = sink.header()
    row = NewRow(id="z", cells={"run.id": "z", "run.revision": 7})
    sink.apply(Plan(base=base, added=(added(3, "run.revision"),), rows=(row,)), TEMPLATE)
    rows = sink.header(["x", "z"]).rows
    assert (1, 7) == (rows["x"].revision, rows["z"].revision)


def test_people_edit() -> None:
    """Columns take their cells along, rows stay whole, and every edit makes the sheet another."""
    sink = filled()
    versions = [sink.header().version]

    def did(_: None) -> None:
        versions.append(sink.header().version)

    did(sink.rename(1, "Accuracy"))
    did(sink.insert_column(0, "Mine"))
    did(sink.write(1, 0, "good"))
    did(sink.move_column(2, 0))
    did(sink.sort(0, descending=True))
    did(sink.insert_row(1))
    assert ["Accuracy", "Mine", "RUN.ID", "B"] == sink.titles()
    assert [[2, "good", "y", None], [None] * 4, [1, None, "x", "one"]] == sink.rows()
    did(sink.delete_row(0))
    did(sink.delete_column(0))
    assert frozenset({"a"}) == sink.header().deleted
    assert [[None] * 3, [None, "x", "one"]] == sink.rows()
    did(sink.lose_marks())
    assert ([None] * 3, frozenset()) == (sink.keys(), sink.header().deleted)
    assert len(versions) == len(set(versions))


def test_sort() -> None:
    """Numbers come first, then text, then what is blank."""
    sink = filled()
    for row, cell in enumerate(("b", None, 3, "a", True, 2.5)):
        sink.insert_row(row)
        sink.write(row, 1, cell)
    sink.sort(1)
    assert [1, 2, 2.5, 3, True, "a", "b", None] == [cells[1] for cells in sink.rows()]


def test_read() -> None:
    """All that has a title or a key is read, without what is blank throughout."""
    sink = filled()
    sink.insert_column(0)
    sink.insert_column(1, "Mine")
    sink.rename(2, "")
    sink.insert_row(1)
    table = sink.read()
    assert [(1, "Mine", None), (2, "", "run.id"), (3, "A", "a"), (4, "B", "b")] == [
        (column.place, column.title, column.key) for column in table.columns
    ]
    assert [[None, "x", 1, "one"], [None, "y", 2, None]] == [list(row) for row in table.rows]


def test_edit_and_mark() -> None:
    """Cells change by run and key; a mark is put back where it was lost."""
    sink = filled()
    sink.lose_marks()
    marks = tuple(Mark(place=place, key=key) for place, key in enumerate(("run.id", "a", "b")))
    sink.apply(Plan(base=sink.header(), marks=marks, added=(added(0, "c"),)), TEMPLATE)
    assert ["c", "run.id", "a", "b"] == sink.keys()
    place = sink.header(["y"]).rows["y"].place
    edit = Edit(id="y", place=place, key="c", cell=5)
    sink.apply(Plan(base=sink.header(), edits=(edit,)), TEMPLATE)
    assert [[None, "x", 1, "one"], [5, "y", 2, None]] == sink.rows()


def test_a_deleted_column_that_comes_back() -> None:
    """A key that has a column again is no longer a deleted one."""
    sink = filled()
    sink.delete_column(1)
    sink.apply(Plan(base=sink.header(), added=(added(2, "a"),)), TEMPLATE)
    assert frozenset() == sink.header().deleted


def test_stale() -> None:
    """A plan for the sheet as it was before somebody's edit changes nothing."""
    sink = filled()
    sink.meanwhile = lambda: sink.rename(0, "Name")
    plan = Plan(base=sink.header(), rows=(new("z"),))
    for _ in range(2):
        with pytest.raises(StaleError, match="was changed by somebody"):
            sink.apply(plan, TEMPLATE)
    assert 2 == len(sink.rows())
    sink.apply(Plan(base=sink.header(), rows=(new("z"),)), TEMPLATE)
    assert 3 == len(sink.rows())


@pytest.mark.parametrize(("fail", "kind"), [("busy", BusyError), ("refused", RefusedError)])
def test_failing(fail: str, kind: type[SheetError]) -> None:
    """A sink that is told to fail does so at every call, and changes nothing."""
    sink = filled()
    plan = Plan(base=sink.header(), rows=(new("z"),))
    sink.fail = fail  # type: ignore[assignment]
    calls: list[Callable[[], object]] = [
        sink.header,
        sink.read,
        lambda: sink.apply(plan, TEMPLATE),
    ]
    for call in calls:
        with pytest.raises(kind) as raised:
            call()
        assert not raised.value.ambiguous
    sink.fail = None
    assert (2, 1) == (len(sink.rows()), len(sink.applied))


def test_failing_after_the_change() -> None:
    """A lost answer is ambiguous, and the change is there."""
    sink = filled()
    sink.fail = "after"
    with pytest.raises(BusyError) as raised:
        sink.apply(Plan(base=sink.header(), rows=(new("z"),)), TEMPLATE)
    assert raised.value.ambiguous
    assert 3 == len(sink.rows())


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(base=Header(), added=(added(9, "c"),)), "no place 9 for 'c'"),
        (Plan(base=Header(), added=(added(0, "c"), added(0, "a"))), "two columns have one key"),
        (Plan(base=Header(), marks=(Mark(place=1, key="z"),)), "column 1 is to get 'z'"),
        (Plan(base=Header(), rows=(new("z", c=1),)), r"no column for \['c'\]"),
        (Plan(base=Header(), rows=(new("z", a="long" * 5),)), "20 units is too long"),
        (
            Plan(base=Header(), edits=(Edit(id="x", place=1, key="a", cell=1),)),
            "row 1 is not that of the run 'x'",
        ),
    ],
)
def test_plans_that_cannot_be(plan: Plan, words: str) -> None:
    """A plan that contradicts the sheet is a mistake of whoever made it, and changes nothing."""
    sink = filled()
    sink.text_limit = 10
    base = sink.header()
    before = (sink.keys(), sink.rows())
    bad = Plan(base=base, added=plan.added, marks=plan.marks, rows=plan.rows, edits=plan.edits)
    with pytest.raises(ValueError, match=words):
        sink.apply(bad, TEMPLATE)
    assert before == (sink.keys(), sink.rows())


def test_exclusive() -> None:
    """One delivery at a time; the others are told that they have waited in vain."""
    sink = MemorySink()
    with sink.exclusive(1) as alone:
        assert alone
        with pytest.raises(BusyError, match="in use by another thread"), sink.exclusive(0):
            pass
    with sink.exclusive(0):
        pass
