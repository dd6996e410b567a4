"""The Excel sink: a tab of a workbook, read and edited in place in its package.

Puts together what `xlsx` has; knows the flow's types, and no journal.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sheetlog import naming
from sheetlog.errors import RefusedError, StaleError
from sheetlog.plan import Header, Plan
from sheetlog.sinks import excel_header, excel_lock
from sheetlog.sinks.base import Table
from sheetlog.template import Template
from sheetlog.xlsx.package import FileIdentity, Package
from sheetlog.xlsx.texts import LIMIT
from sheetlog.xlsx.workbook import Workbook
from sheetlog.xlsx.worksheet import Region, Worksheet


_URL_SAFE = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:@!$&'()*+,;="
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A workbook that is open, and the tab that runs go to."""

    package: Package
    book: Workbook
    sheet: Worksheet | None
    """None: there is no such tab yet."""
    marks: excel_header.Marks
    region: Region


class ExcelSink:
    """A tab of a workbook."""

    text_limit = LIMIT
    at_once = 1000

    def __init__(self, name: str, *, tab: str | None = None) -> None:
        """Name the workbook; nothing is looked at yet.

        Args:
            name: a path, with `#TAB` for one tab of it. Without, it is the tab that was made as
                `tab`,
                whatever it is called by now.
            tab: the title of the tab to make, where the name has none; None: the template's.

        Raises:
            MisuseError: the name is none of a workbook.
        """
        parsed = naming.parse(name)
        self.name = name
        self._path = os.path.abspath(parsed.target)
        self._tab = parsed.tab
        self._made_as = tab
        self._alone = False
        self._opened: Opened | None = None

    @property
    def url(self) -> str:
        """A `file:` URL of the workbook (RFC 8089)."""
        # `urllib.request` does the same, and takes ten times as long to load as a row to write.
        path = self._path.replace(os.sep, "/")
        quoted = "".join(
            chr(byte) if byte in _URL_SAFE else f"%{byte:02X}" for byte in os.fsencode(path)
        )
        if quoted.startswith("//"):
            return f"file:{quoted}"
        return f"file://{quoted}" if quoted.startswith("/") else f"file:///{quoted}"

    @contextmanager
    def exclusive(self, timeout: float) -> Iterator[bool]:
        """Hold the lock beside the workbook; `excel_lock` says what it keeps apart."""
        with excel_lock.locked(os.path.realpath(self._path), timeout) as held:
            self._alone = True
            try:
                yield held
            finally:
                self._alone = False
                self._close()

    def header(self, ids: Collection[str] = ()) -> Header:
        """Return the tab's columns and the rows of some runs; `sinks.base` has the details."""
        if not os.path.exists(self._path):
            self._close()
            if os.path.islink(self._path):
                raise RefusedError(f"'{self._path}' is a link that leads nowhere; mend it")
            return Header(exists=False)
        opened = self._open()
        try:
            return self._header(opened, ids)
        finally:
            # A workbook that is held open cannot be saved by others on Windows.
            if not self._alone:
                self._close()

    def _header(self, opened: Opened, ids: Collection[str]) -> Header:
        sheet = opened.sheet
        version = opened.package.identity
        if sheet is None:
            return Header(exists=False, version=version)
        columns = excel_header.columns(sheet, opened.region, opened.marks)
        return Header(
            columns=columns,
            deleted=opened.marks.deleted,
            rows=excel_header.runs(sheet, opened.region, columns, ids),
            version=version,
        )

    def apply(self, plan: Plan, template: Template, *, tokens: Collection[str] = ()) -> str:  # noqa: ARG002 - the lock keeps others out
        """Carry out a plan by one rename; `sinks.base` has the details."""
        from sheetlog.sinks import excel_plan

        title = self._title(template)
        try:
            if plan.base.version is None:
                where = excel_plan.make(self._path, plan, template, title)
            else:
                opened = self._current(plan.base.version)
                where = excel_plan.carry_out(opened, plan, template, title)
        finally:
            self._close()
        return f"{self.url}#{where}"

    def _title(self, template: Template) -> str:
        return self._tab or self._made_as or template.tab

    def read(self) -> Table:
        """Return all rows; `sinks.base` has the details."""
        from sheetlog.sinks import excel_read

        if not os.path.exists(self._path):
            return Table(columns=(), rows=())
        try:
            opened = self._open()
            if opened.sheet is None:
                return Table(columns=(), rows=())
            columns = excel_header.columns(opened.sheet, opened.region, opened.marks)
            return excel_read.table(opened.sheet, opened.region, columns)
        finally:
            self._close()

    def _open(self) -> Opened:
        self._close()
        package = Package.open(self._path)
        try:
            opened = self._found(package, Workbook(package))
        except BaseException:
            package.close()
            raise
        self._opened = opened
        return opened

    def _found(self, package: Package, book: Workbook) -> Opened:
        found = excel_header.tab_of(book, self._tab, self._made_as)
        if found is None:
            nothing = excel_header.Marks(places={}, deleted=frozenset())
            region = Region(header=0, left=0, right=-1)
            return Opened(package=package, book=book, sheet=None, marks=nothing, region=region)
        tab, marks = found
        sheet = Worksheet(package, book, tab)
        region = sheet.region(marks.places)
        return Opened(package=package, book=book, sheet=sheet, marks=marks, region=region)

    def _current(self, version: object) -> Opened:
        """Return the workbook as it was read for a header.

        Raises:
            StaleError: it is another by now.
        """
        assert isinstance(version, FileIdentity)
        opened = self._opened
        if opened is None or opened.package.identity != version:
            if not os.path.exists(self._path):
                raise StaleError(f"'{self._path}' was removed while it was being read")
            opened = self._open()
        if opened.package.identity != version:
            raise StaleError(f"'{self._path}' was changed while it was being read")
        return opened

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.package.close()
            self._opened = None
