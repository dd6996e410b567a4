"""What a sink is: a sheet that rows land in. Knows the flow's types and no sink.

How a delivery uses one:

    with sink.exclusive(timeout):             # nobody else's delivery in between, if possible
        header = sink.header(ids)             # what is there now
        plan = layout.plan(template, header, records, ...)
        sink.apply(plan, template)            # one atomic change, or an error and no change at all
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from sheetlog.cells import Cell
from sheetlog.layout import Header, HeaderColumn, Plan
from sheetlog.template import Template

if TYPE_CHECKING:  # a delivery needs none of these
    from sheetlog.tabs import Looks, Redress


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All rows of a sheet, as `runs()` reads them."""

    columns: tuple[HeaderColumn, ...]
    """Of the header row, by place; a column with neither title nor key is left out."""
    rows: Sequence[Sequence[Cell]]
    """A row each, a cell each for `columns`; rows that are blank throughout are left out."""
    skipped: tuple[str, ...] = ()
    """What else stood there and was not read, a sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who uses a sheet, and what that login or user may do there."""

    login: str
    """In words; empty where nobody logs in."""
    there: bool
    """Whether there is something yet that a person can open."""
    may_write: bool | None
    """None: nobody can tell before something is written."""
    words: str
    """What was found, and what to do where it keeps runs out."""


class Sink(Protocol):
    """A sheet that rows land in."""

    name: str
    """How settings and messages name it: a path, a URL, `google:TITLE`, with `#TAB`."""
    text_limit: int
    """The longest text that a cell can hold, in UTF-16 units."""
    at_once: int
    """Rows that one change should not exceed."""

    @property
    def url(self) -> str:
        """Where a person opens it."""
        ...

    def exclusive(self, timeout: float) -> AbstractContextManager[bool]:
        """Keep other deliveries out, where the medium has a lock; wait `timeout` seconds at most.

        Gives True when nobody else can be delivering meanwhile, False where there is no such lock.

        Raises:
            BusyError: somebody else has had it all the time.
            RefusedError: there is nothing that could be locked, and a person must act.
        """
        ...

    def header(self, ids: Collection[str] = ()) -> Header:
        """Return what is in the sheet now, with the rows of the runs `ids` that have one.

        Raises:
            BusyError, RefusedError: it cannot be read now, or not until a person acts.
        """
        ...

    def apply(self, plan: Plan, template: Template, *, tokens: Mapping[str, bool] = {}) -> str:
        """Carry out the plan as one atomic, durable change; return the URL of its last row.

        Args:
            tokens: of the entries that it is made of, and of each whether something was tried
                with it before. That must not come about any more once this is done.

        Where nothing is there yet (`plan.base.exists` is False) the sheet or tab is made, dressed
        by the template.

        Raises:
            StaleError: the sheet is no longer the one of `plan.base`; nothing was changed.
            TooLargeError: it must be done in smaller parts; nothing was changed.
            BusyError, RefusedError: nothing was changed; with `ambiguous`, perhaps all of it.
        """
        ...

    def read(self) -> Table:
        """Return all rows, people's columns included.

        Raises:
            BusyError, RefusedError: it cannot be read now, or not until a person acts.
        """
        ...


@runtime_checkable
class Tabbed(Protocol):
    """A sink whose templates have a tab each, where the sheet's name says none."""

    def turn_to(self, tab: str) -> None:
        """Mean the tab of the template whose runs come next, until `exclusive` ends; called before
        `header`.

        Args:
            tab: the title that the template gives to it.
        """
        ...


@runtime_checkable
class Preparable(Protocol):
    """A sink whose sheet can be made before there is any run."""

    def prepare(self, tab: str) -> str:
        """Make the sheet where there is none, share it, and return its URL.

        Args:
            tab: title of its tab.

        Raises:
            BusyError, RefusedError: it cannot be made now, or not until a person acts.
        """
        ...


@runtime_checkable
class Dressable(Protocol):
    """A sink whose sheet can be dressed again, and gets tabs beside that of the runs.

    looks = sink.looks()
    sink.dress(redressing.plan(template, looks, ...))
    """

    def looks(self, *, any_tab: bool = False) -> Looks:
        """Return what the sheet looks like now; without any column where it is not there yet.

        Args:
            any_tab: another template's tab will do as well, where the name says none.

        Raises:
            BusyError, RefusedError: it cannot be read now, or not until a person acts.
        """
        ...

    def dress(self, change: Redress) -> str:
        """Carry out the change as one atomic, durable one; return the URL of the sheet.

        Nothing else changes: no cell of the runs, no order, no title, nothing that isn't named.

        Raises:
            StaleError: the sheet is no longer the one of `change.base`; nothing was changed.
            BusyError, RefusedError: nothing was changed; with `ambiguous`, perhaps all of it.
        """
        ...


@runtime_checkable
class Examinable(Protocol):
    """A sink that can tell whether it may be written, without writing."""

    def access(self) -> Access:
        """Return who uses the sheet and whether rows can land in it now.

        Raises:
            BusyError, RefusedError: it cannot be asked now, or not until a person acts.
        """
        ...
