"""The Google Sheets sink: a tab of a spreadsheet that people work in at the same time.

One call for a delivery, whatever it carries; one more when the process is new. The protocol and
its reasons: docs/google.md. How a plan is carried out, `sheets_writing` and `sheets_making` know.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

from sheetlog import naming
from sheetlog.errors import BusyError, MisuseError, RefusedError
from sheetlog.plan import Header, Plan
from sheetlog.sinks import sheets_where
from sheetlog.sinks.base import Access, Table
from sheetlog.sinks.sheets_desk import Desk
from sheetlog.sinks.sheets_tokens import Tokens
from sheetlog.sinks.sheets_view import NoTab, View
from sheetlog.template import Template

if TYPE_CHECKING:
    from sheetlog.google.http import Google
    from sheetlog.sinks.base import Dressable, Examinable, Preparable, Sink, Tabbed
    from sheetlog.tabs import Looks, Redress

LONGEST = 100.0
"""Seconds that a delivery may take: shorter than a claim in the journal holds."""


class SheetsSink:
    """A tab of a Google Sheet.

    Args:
        name: a URL or `google:TITLE`, with `#gid=` or `#TAB` for one tab.
        google: the way to Google.
        share_with: e-mail addresses that a sheet is shared with when it is made.
        folder: id or URL of the Drive folder that a sheet is made in.
        tab: the title that the template gives to the tab, where the name has none; None: it isn't
            known before something is written.
        say: is told, in a sentence, what a person should know although all went well.
    """

    text_limit = 50_000
    """Google's limit of a cell (https://support.google.com/drive/answer/37603)."""
    at_once = 500

    def __init__(
        self,
        name: str,
        google: Google,
        *,
        share_with: Collection[str] = (),
        folder: str = "",
        tab: str | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.name = name
        parsed = naming.parse(name)
        if parsed.kind == "excel":
            raise MisuseError(f"'{name}' is a workbook")
        self._desk = Desk(
            google=google,
            name=parsed,
            tokens=Tokens(google.wall),
            share_with=share_with,
            folder=folder,
            say=say,
            made_as=tab,
            spreadsheet=parsed.target if parsed.kind == "url" else None,
        )
        self._tab = tab
        self._view: View | None = None
        self._lock = RLock()
        self._pid = os.getpid()

    @property
    def url(self) -> str:
        """Where a person opens it; a search for its title while the spreadsheet isn't known."""
        desk = self._desk
        if desk.spreadsheet is None:
            from urllib.parse import quote

            return f"https://docs.google.com/spreadsheets/?q={quote(desk.name.target)}"
        host = desk.google.endpoint or "https://docs.google.com"
        gid = desk.name.gid if self._view is None else self._view.sheet
        tail = "" if gid is None else f"#gid={gid}"
        return f"{host}/spreadsheets/d/{desk.spreadsheet}/edit{tail}"

    @contextmanager
    def exclusive(self, timeout: float) -> Iterator[bool]:
        """Keep this process's threads apart; other processes are never kept out."""
        if self._pid != os.getpid():  # the lock and the view are those of before the fork
            self._lock, self._pid, self._view = RLock(), os.getpid(), None
        if not self._lock.acquire(timeout=max(0.0, timeout)):
            raise BusyError(f"'{self.name}' is in use by another thread")
        try:
            self._desk.deadline = self._desk.google.now() + min(timeout, LONGEST)
            yield False
        finally:
            if self._tab is not None:
                self.turn_to(self._tab)
            self._desk.deadline = None
            self._lock.release()

    def turn_to(self, tab: str) -> None:
        """Mean the tab of a template; `sinks.base` has the details."""
        if self._desk.made_as != tab:
            self._desk.made_as, self._view = tab, None

    def header(self, ids: Collection[str] = ()) -> Header:
        """Return the tab's columns and the rows of some runs; `sinks.base` has the details."""
        view: View | NoTab | None = self._view
        self._desk.fresh = False
        if view is None or ids:
            view = self._looked(ids)
        if isinstance(view, NoTab):
            return Header(exists=False, version=view)
        found = {id_: view.runs[id_] for id_ in ids if id_ in view.runs}
        rows, self._desk.raw = sheets_where.rows(
            self._desk.google, view, found, what=self._desk.what, deadline=self._desk.until
        )
        if view.adrift:
            from sheetlog.sinks import sheets_strays

            rows = sheets_strays.doubted(rows, self._desk.raw, view)
        deleted = view.deleted | (self._desk.closed.keys() - view.places.keys())
        return Header(columns=view.columns, deleted=deleted, rows=rows, version=view)

    def _looked(self, ids: Collection[str]) -> View | NoTab:
        """Return what the tab is like, after what others left undone in it was put right."""
        view = self._desk.look()
        # A new row is in nobody's way; an edit must not build upon what is to be put back.
        tabs = self._desk.left_undone(at_once=bool(ids))
        if not tabs or isinstance(view, NoTab):
            return view
        from sheetlog.google.replies import LoginError, MissingError
        from sheetlog.sinks import sheets_settle

        try:
            sheets_settle.settle(self._desk, view, tabs)
        except (LoginError, MissingError):
            raise
        except RefusedError as error:
            # Whatever keeps it from being put back must not keep all later runs out.
            what = self._desk.what
            self._desk.say(f"{what}: values of one run may stand in another's row: {error}")
        return self._desk.look()

    def apply(self, plan: Plan, template: Template, *, tokens: Mapping[str, bool] = {}) -> str:
        """Carry out a plan by one batch; `sinks.base` has the details."""
        base, self._view = plan.base.version, None  # whatever goes wrong, the next look is fresh
        if isinstance(base, NoTab):
            from sheetlog.sinks import sheets_making

            made = sheets_making.make(self._desk, base, plan, template, tokens)
        else:
            from sheetlog.sinks import sheets_writing

            assert isinstance(base, View)
            made = sheets_writing.write(self._desk, base, plan, template, tokens)
        self._view = made.view
        tail = f"#gid={made.sheet}" + ("" if made.row is None else f"&range=A{made.row + 1}")
        return self.url.partition("#")[0] + tail

    def prepare(self, tab: str) -> str:
        """Make and share the spreadsheet where there is none; `sinks.base` has the details."""
        if isinstance(self._desk.look(), NoTab) and self._desk.spreadsheet is None:
            from sheetlog.sinks import sheets_making

            sheets_making.spreadsheet(self._desk, self._desk.name.tab or tab)
        return self.url

    def access(self) -> Access:
        """Return who logs in and whether rows can land; `sinks.base` has the details."""
        from sheetlog.sinks import sheets_access

        return sheets_access.access(self._desk)

    def spreadsheet(self, tab: str | None) -> str:
        """Return the spreadsheet's id; one that is not there yet is made.

        Args:
            tab: title of its tab; None: nothing is made, and blank is returned.
        """
        if not self._desk.found() and tab is not None:
            self.prepare(tab)
        return self._desk.spreadsheet or ""

    def looks(self, *, any_tab: bool = False) -> Looks:
        """Return what the sheet looks like now; `sinks.base` has the details."""
        from sheetlog.sinks import sheets_looks

        return sheets_looks.looks(self._desk, any_tab=any_tab)

    def dress(self, change: Redress) -> str:
        """Dress the sheet again by one batch; `sinks.base` has the details."""
        from sheetlog.sinks import sheets_redress

        self._view = None
        self._view = sheets_redress.dress(self._desk, change)
        return self.url

    def read(self) -> Table:
        """Return all rows; `sinks.base` has the details."""
        from sheetlog.sinks import sheets_reading

        return sheets_reading.table(self._desk)


if TYPE_CHECKING:
    from sheetlog.google.http import Google as _Google

    _: Sink = SheetsSink("google:Runs", _Google(lambda: None))
    __: Preparable = SheetsSink("google:Runs", _Google(lambda: None))
    ___: Examinable = SheetsSink("google:Runs", _Google(lambda: None))
    ____: Dressable = SheetsSink("google:Runs", _Google(lambda: None))
    _____: Tabbed = SheetsSink("google:Runs", _Google(lambda: None))
