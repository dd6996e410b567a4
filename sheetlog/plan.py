"""What is in a sheet and what must change in it: `Header` and `Plan`.

Pure: types alone. A sink gives the one and carries out the other, which `layout` makes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sheetlog.cells import Cell
from sheetlog.template import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderColumn:
    """A column that is in the sheet now."""

    place: int
    """0-based index in the sheet."""
    title: str
    """What its header cell shows; may be blank."""
    key: str | None = None
    """What its mark says; None: no mark (it is a person's, or the mark was lost).
    A person's column that the template made is marked `people.TITLE`, a formula
    `formula.TITLE`."""

    @property
    def owner(self) -> str:
        """`sheetlog` or `people`."""
        if self.key is None or self.key.startswith("people."):
            return "people"
        return "sheetlog"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderRow:
    """A run's row that is in the sheet now."""

    place: object
    """What the sink needs to find the row again; never an identity."""
    revision: int
    """Of the record that the row shows."""
    cells: Mapping[str, Cell] = field(default_factory=dict)
    """What stands in sheetlog's columns, by key; blank cells are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Which columns are in the sheet now, and which of the asked-for runs."""

    columns: tuple[HeaderColumn, ...] = ()
    deleted: frozenset[str] = frozenset()
    """Keys whose mark is there but points to no column: a person deleted it (rule 4)."""
    rows: Mapping[str, HeaderRow] = field(default_factory=dict)
    """By run id; of the runs that were asked for, those that have a row."""
    exists: bool = True
    """False: there is no such tab or sheet yet."""
    version: object = None
    """What the sink needs to see whether the sheet is still the one that was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A column to insert. Those of a plan are inserted one after the other, in order."""

    place: int
    """0-based index at which it is inserted, all earlier ones being there already."""
    key: str
    title: str
    column: Column
    """Its template column; for a wildcard's, that with the wildcard's attributes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark to put back on a column that lost it (rule 1). Its place counts before `added`."""

    place: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A row to insert after the last one."""

    id: str
    cells: Mapping[str, Cell]
    """By key; a key without a cell stays blank."""
    marked: frozenset[str] | None = None
    """Keys of params whose values differ from those of the run that this one was compared with:
    they show in bold, and the other params don't. None: it was compared with none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A cell of a row that is there already."""

    id: str
    place: object
    """The row's, as its `HeaderRow` says."""
    key: str
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What must change in the sheet, as one atomic change."""

    base: Header
    """The header it was made against."""
    added: tuple[Added, ...] = ()
    marks: tuple[Mark, ...] = ()
    rows: tuple[NewRow, ...] = ()
    edits: tuple[Edit, ...] = ()
    gone: tuple[str, ...] = ()
    """Ids of runs whose row a person deleted; they are left out (rule 7)."""
    warnings: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing must change."""
        return not (self.added or self.marks or self.rows or self.edits)

    def columns(self) -> tuple[HeaderColumn, ...]:
        """Return the columns that the sheet has once the plan is carried out, by place."""
        if not self.marks and not self.added:  # a row more, as nearly always
            return tuple(sorted(self.base.columns, key=lambda column: column.place))
        marked = {mark.place: mark.key for mark in self.marks}
        titles = [
            (column.title, marked.get(column.place, column.key), column.place)
            for column in self.base.columns
        ]
        for added in self.added:
            titles = [(t, k, p + (p >= added.place)) for t, k, p in titles]
            titles.append((added.title, added.key, added.place))
        return tuple(
            HeaderColumn(place=place, title=title, key=key)
            for title, key, place in sorted(titles, key=lambda entry: entry[2])
        )
