"""What a sheets sink has at hand: the way to Google, the spreadsheet, tokens, what was learned."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheetlog.google.replies import MissingError
from sheetlog.naming import SheetName
from sheetlog.sinks import sheets_where
from sheetlog.sinks.sheets_tokens import Tokens
from sheetlog.sinks.sheets_view import NoTab, View

if TYPE_CHECKING:
    from sheetlog.google.http import Google

Json = dict[str, Any]

ITS_OWN = 150.0
"""Seconds for which a process can be at its own undo tab: a delivery takes 100 s at most."""
ALONE = 30.0
"""Seconds of a call that is made outside of a delivery."""


@dataclass(slots=True, kw_only=True)
class Desk:
    """What a sink has at hand. Of one process."""

    google: Google
    name: SheetName
    tokens: Tokens
    share_with: Collection[str]
    folder: str
    say: Callable[[str], None]
    spreadsheet: str | None
    """Id of the spreadsheet, once it is known."""
    made: bool = False
    """Whether this process has made the spreadsheet."""
    made_as: str | None = None
    """The title that the template gives to the tab; None: it isn't known."""
    compare: bool | None = None
    """Whether columns can be compared and set in a batch; None: not known yet."""
    copies: bool = True
    """Whether Google lets rows be copied to an undo tab."""
    closed: dict[str, str] = field(default_factory=dict)
    """Title by key of what gets no column, as long as people protect the tab's header."""
    deadline: float | None = None
    """When the present delivery must end, as `google.now()` counts."""
    fresh: bool = False
    """Whether the tab was looked at for the plan that is being carried out."""
    undos: dict[int, float] = field(default_factory=dict)
    """The undo tabs that the last look showed, and when each was made."""
    raw: Mapping[str, Mapping[int, Json]] = field(default_factory=dict)
    """Of the runs whose rows were last read, what stood in them, by place."""

    def left_undone(self, *, at_once: bool) -> list[int]:
        """Return the undo tabs to see to; unless it must be at once, those of a process that may
        be at it are left to it.
        """
        now = self.google.wall()
        return [tab for tab, made in self.undos.items() if at_once or now - made > ITS_OWN]

    @property
    def what(self) -> str:
        """The sheet in words for messages."""
        return f"the sheet '{self.name.target}'"

    @property
    def until(self) -> float:
        """When the present call must end."""
        return self.google.now() + ALONE if self.deadline is None else self.deadline

    def found(self) -> bool:
        """Return whether the spreadsheet is there; one that has a title is looked for by it."""
        if self.spreadsheet is None:
            from sheetlog.google import finding

            title = self.name.target
            self.spreadsheet = finding.find(self.google, title, deadline=self.until)
        return self.spreadsheet is not None

    def look(self, *, any_tab: bool = False) -> View | NoTab:
        """Return what the tab is like, read now.

        Args:
            any_tab: whichever template it is of.
        """
        if not self.found():
            return NoTab()
        assert self.spreadsheet is not None
        try:
            made_as = None if any_tab else self.made_as
            view, self.undos = sheets_where.look(
                self.google, self.spreadsheet, self.name, made_as, deadline=self.until
            )
        except MissingError:
            if self.name.kind == "google":
                self.spreadsheet = None  # deleted; the next look finds or makes another
            raise
        answer = view.learned.get("cas")
        if answer is not None:
            self.compare = answer == "yes"
        self.fresh = True
        return view
