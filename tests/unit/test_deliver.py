"""Delivery against a sheet and a journal in memory: what each failure does to which runs."""

from collections.abc import Callable

import pytest

from sheetlog.deliver import Clock, Delivery, deliver
from sheetlog.errors import BusyError, TemplateError
from sheetlog.record import Record
from sheetlog.template import Column, Template
from sheetlog.testing.memory_journal import MemoryJournal
from sheetlog.testing.memory_sink import MemorySink

TEMPLATE = Template(name="t", title="T", columns=(Column(key="metrics.*"),))


class Time:
    """A clock that goes on only when somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, []

    def sleep(self, seconds: float) -> None:
        """Go on."""
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> Clock:
        """Give what delivery takes."""
        return Clock(now=lambda: self.now, sleep=self.sleep)


@pytest.fixture
def journal() -> MemoryJournal:
    """Give a journal in memory."""
    return MemoryJournal()


@pytest.fixture
def sink() -> MemorySink:
    """Give a sheet in memory."""
    return MemorySink("memory")


def put(
    journal: MemoryJournal, *ids: str, template: str = "t", revision: int = 1, **values: object
) -> None:
    """Append a record of each run."""
    for id_ in ids:
        record = Record(id=id_, revision=revision, values=values or {"metrics.a": len(id_)})
        journal.append(record, sheet="memory", template=template)


def run(
    journal: MemoryJournal,
    sink: MemorySink,
    *,
    load: Callable[[str], Template] = lambda _: TEMPLATE,
    time: Time | None = None,
    timeout: float = 10.0,
    runs: list[str] | None = None,
) -> Delivery:
    """Deliver what waits; between tries one second passes."""
    time = time or Time()
    return deliver(
        journal, sink, load, timeout=timeout, clock=time.clock(), runs=runs,
        waits=lambda attempt, elapsed, error: 1.0,
    )  # fmt: skip


def column(sink: MemorySink, key: str) -> list[object]:
    """Give the cells of a key's column."""
    keys = sink.keys()
    if key not in keys:
        return []
    at = keys.index(key)
    return [row[at] for row in sink.rows()]


def ids_in(sink: MemorySink) -> list[object]:
    """Give the run ids of the rows."""
    return column(sink, "run.id")


def test_what_waits_is_delivered_once(journal: MemoryJournal, sink: MemorySink) -> None:
    """In order, as one change; a second delivery finds nothing."""
    put(journal, "a", "b", "c")
    done = run(journal, sink)
    assert (("a", "b", "c"), 0, None) == (done.delivered, done.waiting, done.problem)
    assert ["a", "b", "c"] == ids_in(sink)
    assert () == run(journal, sink).delivered
    assert ["a", "b", "c"] == ids_in(sink)


def test_a_busy_sheet_is_tried_again_within_the_time_out(
    journal: MemoryJournal, sink: MemorySink
) -> None:
    """Then the run is kept, with the reason; no wait ends after the time-out."""
    put(journal, "a")
    sink.fail = "busy"
    time = Time()
    done = run(journal, sink, time=time, timeout=3.5)
    assert ((), 1) == (done.delivered, done.waiting)
    assert done.problem
    assert [1.0, 1.0, 1.0] == time.slept
    sink.fail = None
    assert ("a",) == run(journal, sink).delivered


def test_what_a_person_holds_is_not_waited_for(journal: MemoryJournal, sink: MemorySink) -> None:
    """A workbook that is open in Excel stays open for longer than a time-out."""
    put(journal, "a")

    def header(ids: object = ()) -> object:
        raise BusyError("open in Excel", soon=False)

    sink.header = header  # type: ignore[method-assign,assignment]
    time = Time()
    assert "open in Excel" == run(journal, sink, time=time).problem
    assert [] == time.slept


def test_refused_is_said_and_not_tried_again(journal: MemoryJournal, sink: MemorySink) -> None:
    """Nothing helps until somebody acts."""
    put(journal, "a")
    sink.fail = "refused"
    time = Time()
    done = run(journal, sink, time=time)
    assert done.problem
    assert ([], 1) == (time.slept, done.waiting)


def test_an_unknown_outcome_is_followed_by_a_look(
    journal: MemoryJournal, sink: MemorySink
) -> None:
    """The change was made and the answer lost: the next try finds the row and adds none."""
    put(journal, "a")
    sink.fail = "after"
    run(journal, sink, timeout=0.5)
    assert ["a"] == ids_in(sink)
    sink.fail = None
    assert ("a",) == run(journal, sink).delivered
    assert ["a"] == ids_in(sink)


def test_a_bad_template_keeps_its_own_runs_back_and_nobody_else_s(
    journal: MemoryJournal, sink: MemorySink
) -> None:
    """The others' rows land; the problem names the template."""

    def load(name: str) -> Template:
        if name == "bad":
            raise TemplateError("bad", ("no columns",))
        return TEMPLATE

    put(journal, "a", template="bad")
    put(journal, "b")
    done = run(journal, sink, load=load)
    assert (("b",), 1) == (done.delivered, done.waiting)
    assert "the template 'bad' has 1 mistake" in str(done.problem)


def test_one_run_that_breaks_the_program_stops_no_other(
    journal: MemoryJournal, sink: MemorySink
) -> None:
    """It is set aside and named; the others land; asked for by name it is tried again."""
    put(journal, *"abcdefg")
    whole = sink.apply

    def apply(plan: object, template: Template, **more: object) -> str:
        if any(row.id == "d" for row in plan.rows):  # type: ignore[attr-defined]
            raise ZeroDivisionError("a bug")
        return whole(plan, template, **more)  # type: ignore[arg-type]

    sink.apply = apply  # type: ignore[method-assign,assignment]
    done = run(journal, sink)
    assert set("abcefg") == set(done.delivered) == set(ids_in(sink))
    assert "sheetlog failed on run d (ZeroDivisionError: a bug)" in done.warnings[0]
    assert () == run(journal, sink).delivered
    sink.apply = whole  # type: ignore[method-assign]
    assert ("d",) == run(journal, sink, runs=["d"]).delivered


def test_an_interrupt_passes_and_the_runs_stay(journal: MemoryJournal, sink: MemorySink) -> None:
    """Ctrl-C is the user's; what was claimed waits again."""
    put(journal, "a")
    whole = sink.apply

    def apply(plan: object, template: Template, **more: object) -> str:
        raise KeyboardInterrupt

    sink.apply = apply  # type: ignore[method-assign,assignment]
    with pytest.raises(KeyboardInterrupt):
        run(journal, sink)
    sink.apply = whole  # type: ignore[method-assign]
    assert ("a",) == run(journal, sink).delivered


def test_revisions_that_wait_together_become_one_row(
    journal: MemoryJournal, sink: MemorySink
) -> None:
    """And one that comes later edits it."""
    put(journal, "a", **{"metrics.a": 1})
    put(journal, "a", revision=2, **{"metrics.a": 2})
    run(journal, sink)
    assert [2] == column(sink, "metrics.a")
    put(journal, "a", revision=3, **{"metrics.a": 3})
    run(journal, sink)
    assert [3] == column(sink, "metrics.a")
