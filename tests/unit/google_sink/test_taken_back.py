"""What went astray is taken back also where it covered the id that its row was known by."""

from __future__ import annotations

from typing import Any

from sheetlog.plan import HeaderColumn
from sheetlog.sinks import sheets_repair
from sheetlog.sinks.sheets_repair import State
from sheetlog.sinks.sheets_undo import Line, Undo
from sheetlog.sinks.sheets_view import View

KEYS = ("run.name", "metrics.acc", "run.id")


def cell(value: float | str) -> dict[str, Any]:
    kind = "stringValue" if isinstance(value, str) else "numberValue"
    return {"userEnteredValue": {kind: value}}


def state(*rows: tuple[float | str | None, ...]) -> State:
    """Return a tab with these rows below its header."""
    columns = tuple(HeaderColumn(place=at, title=key, key=key) for at, key in enumerate(KEYS))
    view = View(
        spreadsheet="s",
        sheet=0,
        title="Runs",
        rows=9,
        width=3,
        header=0,
        header_marked=True,
        columns=columns,
        end=1 + len(rows),
    )
    cells = {
        (row, at): cell(value)
        for row, held in enumerate(rows, 1)
        for at, value in enumerate(held)
        if value is not None
    }
    return State(view=view, cells=cells)


def fixed(line: Line, now: State) -> dict[tuple[int, int], Any]:
    undo = Undo(nonce="n", sheet=0, keys={1: "metrics.acc", 2: "run.id"}, lines=[line], width=3)
    return {(fix.row, fix.place): fix.held for fix in sheets_repair.fixes(undo, now)}


ASTRAY = Line(
    run="1",  # what stood there instead of an id, a column off
    kind="back",
    after={1: cell(16), 2: cell("b")},
    was={1: {}, 2: cell(1)},
    before={0: cell("c"), 1: cell(112), 2: cell(1)},
)
"""A repair meant for the row of run b which hit that of run c."""


def test_a_row_whose_id_was_covered() -> None:
    """Others that still show what stood there before are not it."""
    now = state(("b", None, 1), ("d", None, 1), ("c", 16, "b"))
    assert {(3, 1): cell(112), (3, 2): cell(1)} == fixed(ASTRAY, now)


def test_the_row_that_was_meant_is_not_taken_back() -> None:
    """It shows the same id and value by right: what else stands in it tells it from the other."""
    now = state(("b", 16, "b"), ("d", None, 1), ("c", 112, "c"))
    assert {} == fixed(ASTRAY, now)
