"""A sheet in memory, which people edit by methods: `MemorySink`.

Knows what a plan says, not how one is made.

sink = MemorySink()
deliver(journal, sink, ...)
sink.rename(2, "Test accuracy")     # as a person would
sink.fail = "busy"                  # as the world would
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Literal

from sheetlog.cells import Cell, units
from sheetlog.errors import BusyError, RefusedError, StaleError
from sheetlog.plan import Header, HeaderColumn, HeaderRow, Plan
from sheetlog.sinks.base import Sink, Table
from sheetlog.template import Template

Failure = Literal["busy", "refused", "after"]
"""What a sink does instead of its work. `after`: the change is made, and the answer lost."""


@dataclass(slots=True, eq=False)
class _Column:
    """A column; cells are kept by column, so that one that moves takes its cells along."""

    title: str
    key: str | None


Row = dict[_Column, Cell]


class MemorySink:
    """A sheet as long as the process lives.

    Args:
        name: how settings and messages name it.
        text_limit: the longest text that a cell can hold, in UTF-16 units.
    """

    def __init__(self, name: str = "memory.xlsx", *, text_limit: int = 32_767) -> None:
        self.name = name
        self.text_limit = text_limit
        self.at_once = 1000
        self.fail: Failure | None = None
        """What happens at each call until it is set otherwise."""
        self.meanwhile: Callable[[], object] | None = None
        """What a person does just before the next plan is carried out."""
        self.applied: list[Plan] = []
        """The plans that were carried out."""
        self._columns: list[_Column] = []
        self._rows: list[Row] = []
        self._deleted: set[str] = set()
        self._exists = False
        self._changes = 0
        self._lock = Lock()

    # What a sink does

    @property
    def url(self) -> str:
        """See `Sink.url`."""
        return f"memory:{self.name}"

    @contextmanager
    def exclusive(self, timeout: float) -> Iterator[bool]:
        """See `Sink.exclusive`."""
        if not self._lock.acquire(timeout=max(0.0, timeout)):
            raise BusyError(f"'{self.name}' is in use by another thread: try again")
        try:
            yield True
        finally:
            self._lock.release()

    def header(self, ids: Collection[str] = ()) -> Header:
        """See `Sink.header`."""
        self._fail_before()
        found: dict[str, HeaderRow] = {}
        for place, row in enumerate(self._rows):
            cells = {
                column.key: row[column]
                for column in self._columns
                if column.key is not None and row.get(column) not in (None, "")
            }
            id_ = str(cells.get("run.id"))
            if id_ in ids and id_ not in found:
                revision = cells.get("run.revision", 1)
                found[id_] = HeaderRow(
                    place=place,
                    revision=revision if isinstance(revision, int) else 1,
                    cells=cells,
                )
        return Header(
            columns=self._header_columns(),
            deleted=frozenset(self._deleted),
            rows=found,
            exists=self._exists,
            version=self._changes,
        )

    def apply(self, plan: Plan, template: Template, *, tokens: Mapping[str, bool] = {}) -> str:  # noqa: ARG002 - nothing to dress
        """See `Sink.apply`. A plan that cannot be carried out is a mistake: `ValueError`."""
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        self._fail_before()
        if plan.base.version != self._changes:
            raise StaleError(f"'{self.name}' was changed by somebody: plan again")
        columns, by_key = self._with_columns(plan)
        rows = self._with_rows(plan, by_key)
        for key, column in by_key.items():
            column.key = key
        self._columns, self._rows, self._exists = columns, rows, True
        self._deleted -= set(by_key)
        self._changes += 1
        self.applied.append(plan)
        if self.fail == "after":
            raise BusyError(f"'{self.name}' gave no answer: try again", ambiguous=True)
        return f"{self.url}#{len(rows)}"

    def read(self) -> Table:
        """See `Sink.read`."""
        self._fail_before()
        columns = [column for column in self._header_columns() if column.title or column.key]
        rows = [[cells[column.place] for column in columns] for cells in self.rows()]
        return Table(
            columns=tuple(columns),
            rows=[cells for cells in rows if any(cell not in (None, "") for cell in cells)],
        )

    def _fail_before(self) -> None:
        if self.fail == "busy":
            raise BusyError(f"'{self.name}' is open elsewhere: close it")
        if self.fail == "refused":
            raise RefusedError(f"'{self.name}' is read-only: make it writable")

    def _header_columns(self) -> tuple[HeaderColumn, ...]:
        return tuple(
            HeaderColumn(place=place, title=column.title, key=column.key)
            for place, column in enumerate(self._columns)
        )

    def _with_columns(self, plan: Plan) -> tuple[list[_Column], dict[str, _Column]]:
        """Return the columns after the plan, and those of them that have a key by it."""
        columns = list(self._columns)
        for added in plan.added:
            if not 0 <= added.place <= len(columns):
                raise ValueError(f"there is no place {added.place} for '{added.key}'")
            columns.insert(added.place, _Column(title=added.title, key=added.key))
        keyed = [(column.key, column) for column in columns if column.key is not None]
        for mark in plan.marks:
            if self._columns[mark.place].key is not None:
                raise ValueError(f"column {mark.place} is to get '{mark.key}' and has a mark")
            keyed.append((mark.key, self._columns[mark.place]))
        by_key = dict(keyed)
        if len(by_key) < len(keyed):
            raise ValueError(f"two columns have one key: {sorted(key for key, _ in keyed)}")
        return columns, by_key

    def _with_rows(self, plan: Plan, by_key: Mapping[str, _Column]) -> list[Row]:
        """Return the rows after the plan."""
        rows = [dict(row) for row in self._rows]
        for edit in plan.edits:
            row = rows[edit.place] if isinstance(edit.place, int) else {}
            if row.get(by_key["run.id"]) != edit.id:
                raise ValueError(f"row {edit.place} is not that of the run '{edit.id}'")
            row[by_key[edit.key]] = self._checked(edit.cell)
        for new in plan.rows:
            if set(new.cells) - set(by_key):
                raise ValueError(f"no column for {sorted(set(new.cells) - set(by_key))}")
            rows.append({by_key[key]: self._checked(cell) for key, cell in new.cells.items()})
        return rows

    def _checked(self, cell: Cell) -> Cell:
        if isinstance(cell, str) and units(cell) > self.text_limit:
            raise ValueError(f"a text of {units(cell)} units is too long for a cell")
        return cell

    # What people do; places and rows count from 0, and the header row is none

    def rename(self, place: int, title: str) -> None:
        """Write another title."""
        self._columns[place].title = title
        self._changes += 1

    def insert_column(self, place: int, title: str = "") -> None:
        """Make a column of one's own."""
        self._columns.insert(place, _Column(title=title, key=None))
        self._exists = True
        self._changes += 1

    def move_column(self, place: int, to: int) -> None:
        """Move a column, with all that is in it, so that it stands at `to`."""
        self._columns.insert(to, self._columns.pop(place))
        self._changes += 1

    def delete_column(self, place: int) -> None:
        """Delete a column; its mark stays and points to nothing."""
        column = self._columns.pop(place)
        for row in self._rows:
            row.pop(column, None)
        if column.key is not None:
            self._deleted.add(column.key)
        self._changes += 1

    def lose_marks(self) -> None:
        """Copy the tab, or take it through a program that keeps nothing but cells."""
        for column in self._columns:
            column.key = None
        self._deleted.clear()
        self._changes += 1

    def insert_row(self, row: int) -> None:
        """Make a blank row."""
        self._rows.insert(row, {})
        self._changes += 1

    def delete_row(self, row: int) -> None:
        """Delete a row."""
        del self._rows[row]
        self._changes += 1

    def sort(self, place: int, *, descending: bool = False) -> None:
        """Sort the rows by a column: numbers, then the rest as text, blank cells last."""
        column = self._columns[place]
        blank = [row for row in self._rows if row.get(column) in (None, "")]
        rows = [row for row in self._rows if row.get(column) not in (None, "")]
        rows.sort(key=lambda row: _rank(row[column]), reverse=descending)
        self._rows = rows + blank
        self._changes += 1

    def write(self, row: int, place: int, cell: Cell) -> None:
        """Write a cell."""
        self._rows[row][self._columns[place]] = cell
        self._changes += 1

    # What a test looks at

    def titles(self) -> list[str]:
        """Return what the header cells show."""
        return [column.title for column in self._columns]

    def keys(self) -> list[str | None]:
        """Return the marks of the columns."""
        return [column.key for column in self._columns]

    def rows(self) -> list[list[Cell]]:
        """Return the cells of every row, by place; None: blank."""
        return [[row.get(column) for column in self._columns] for row in self._rows]


def _rank(cell: Cell) -> tuple[bool, float, str]:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return False, cell, ""
    return True, 0.0, str(cell)


if TYPE_CHECKING:
    _: Sink = MemorySink()  # proves to the type checker that it is one
