"""The Excel sink: a tab of a workbook, read and edited in place in its package.

Puts together what `xlsx` has; knows the flow's types, and no journal.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sheetlog import naming
from sheetlog.errors import MisuseError, StaleError
from sheetlog.plan import Header, Plan
from sheetlog.sinks import excel_header, excel_lock
from sheetlog.sinks.base import Access, Table
from sheetlog.sinks.excel_open import Opened, is_there, opened, unchanged
from sheetlog.template import Template
from sheetlog.xlsx.package import FileIdentity
from sheetlog.xlsx.texts import LIMIT

if TYPE_CHECKING:
    from sheetlog.tabs import Looks, Redress

_ALSO = b":@!$&'()*+,;="
"""What stands in the path of a URL as it is, beside letters and digits."""


class ExcelSink:
    """A tab of a workbook."""

    text_limit = LIMIT
    at_once = 1000

    def __init__(self, name: str, *, tab: str | None = None) -> None:
        """Name the workbook; nothing is looked at yet.

        Args:
            name: a path, with `#TAB` for one tab of it. Without, it is the tab that was made as
                `tab`, whatever it is called by now.
            tab: the title that the template gives to the tab, where the name has none; None: it
                isn't known before something is written.

        Raises:
            MisuseError: the name is none of a workbook.
        """
        parsed = naming.parse(name)
        self.name = name
        self._path = os.path.abspath(parsed.target)
        try:
            os.fsencode(self._path)
        except UnicodeEncodeError as error:
            raise MisuseError(
                f"'{name}' has characters that file names cannot have where Python takes them for "
                f"'{error.encoding}': set PYTHONUTF8=1 (or LC_ALL=C.UTF-8)"
            ) from None
        self._tab = parsed.tab
        self._made_as = tab
        self._before: str | None = None
        self._owner: int | None = None
        self._held: Opened | None = None

    @property
    def url(self) -> str:
        """A `file:` URL of the workbook (RFC 8089)."""
        path = self._path.replace(os.sep, "/")
        quoted = naming.quoted(os.fsencode(path), also=_ALSO)
        if quoted.startswith("//"):
            return f"file:{quoted}"
        return f"file://{quoted}" if quoted.startswith("/") else f"file:///{quoted}"

    @contextmanager
    def exclusive(self, timeout: float) -> Iterator[bool]:
        """Hold the lock beside the workbook; `excel_lock` says what it keeps apart."""
        with excel_lock.locked(os.path.realpath(self._path), timeout) as held:
            self._owner = threading.get_ident()
            try:
                yield held
            finally:
                self._owner = None
                self._let_go()
                if self._before is not None:
                    self._made_as, self._before = self._before, None

    def turn_to(self, tab: str) -> None:
        """Mean the tab of a template; `sinks.base` has the details."""
        self._before = self._before or self._made_as
        self._made_as = tab

    def header(self, ids: Collection[str] = ()) -> Header:
        """Return the tab's columns and the rows of some runs; `sinks.base` has the details."""
        mine = self._owner == threading.get_ident()
        if mine:
            self._let_go()
        if not is_there(self._path):
            return Header(exists=False)
        found = opened(self._path, self._tab, self._made_as)
        try:
            with unchanged(found.package):
                header = _header(found, ids)
            # The plan for this header comes next, if the lock is held. Else the file is let go:
            # on Windows nobody could save it meanwhile.
            if mine:
                self._held = found
            return header
        finally:
            if self._held is not found:
                found.package.close()

    def apply(
        self,
        plan: Plan,
        template: Template,
        *,
        tokens: Collection[str] = (),  # noqa: ARG002 - the lock keeps others out
    ) -> str:
        """Carry out a plan by one rename; `sinks.base` has the details."""
        from sheetlog.sinks import excel_plan

        title = self._tab or template.tab
        if plan.base.version is None:
            where = excel_plan.make(self._path, plan, template, title)
        else:
            current = self._current(plan.base.version)
            with current.package, unchanged(current.package):
                self._check_tab(current, template.tab)
                where = excel_plan.carry_out(current, plan, template, title)
        return f"{self.url}#{where}"

    def access(self) -> Access:
        """Return whether rows can land now; `sinks.base` has the details."""
        from sheetlog.sinks import excel_access

        return excel_access.access(self._path, self._tab, self._made_as)

    def read(self) -> Table:
        """Return all rows; `sinks.base` has the details."""
        from sheetlog.sinks import excel_read

        if not is_there(self._path):
            return Table(columns=(), rows=())
        # Who only looks, from another folder say, needn't name the template.
        found = opened(self._path, self._tab, self._made_as, or_any=True)
        with found.package, unchanged(found.package):
            if found.sheet is None:
                return Table(columns=(), rows=())
            columns = excel_header.columns(found.sheet, found.region, found.marks)
            return excel_read.table(found.sheet, found.region, columns)

    def looks(self, *, any_tab: bool = False) -> Looks:
        """Return what the sheet looks like now; `sinks.base` has the details."""
        from sheetlog.sinks import excel_dress
        from sheetlog.tabs import Looks

        if not is_there(self._path):
            return Looks(title="", columns=())
        found = opened(self._path, self._tab, self._made_as, or_any=any_tab)
        with found.package, unchanged(found.package):
            return excel_dress.looks(found)

    def dress(self, change: Redress) -> str:
        """Carry out a change of the dress by one rename; `sinks.base` has the details."""
        from sheetlog.sinks import excel_dress

        current = self._current(change.base.version)
        with current.package, unchanged(current.package):
            excel_dress.dress(current, change)
        return self.url

    def _check_tab(self, current: Opened, title: str) -> None:
        """Return if a tab is the one of a template, by the title that it was made with.

        Raises:
            StaleError: the header was read for another template's; the next one is for this one's.
        """
        if self._tab is not None or title == self._made_as:
            return
        self._made_as = title
        found = excel_header.tab_of(current.book, None, title)
        there = None if current.sheet is None else current.sheet.sheet
        if (None if found is None else found[0]) != there:
            raise StaleError(f"'{self._path}' has another tab for such runs; it is read again")

    def _current(self, version: object) -> Opened:
        """Return the workbook as it was read for a header.

        Raises:
            StaleError: it is another by now.
        """
        assert isinstance(version, FileIdentity)
        found = None
        if self._owner == threading.get_ident():
            found, self._held = self._held, None
        if found is None or found.package.identity != version:
            if found is not None:
                found.package.close()
            if not is_there(self._path):
                raise StaleError(f"'{self._path}' was removed while it was being read")
            found = opened(self._path, self._tab, self._made_as)
        if found.package.identity != version:
            found.package.close()
            raise StaleError(f"'{self._path}' was changed while it was being read")
        return found

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.package.close()
            self._held = None


def _header(found: Opened, ids: Collection[str]) -> Header:
    version = found.package.identity
    if found.sheet is None:
        return Header(exists=False, version=version)
    columns = excel_header.columns(found.sheet, found.region, found.marks)
    return Header(
        columns=columns,
        deleted=found.marks.deleted,
        rows=excel_header.runs(found.sheet, found.region, columns, ids),
        version=version,
    )
