"""Tabs beside that of the runs, and what dressing a sheet again changes: types alone.

Pure: `overview` and `dictionary` describe the tabs, `redressing` says what changes, and every sink
carries both out by its product's means. Knows no product: a formula has `{key}` in place of a
column of the runs, and English names of functions with commas between their arguments.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

OVERVIEW = "overview"
DICTIONARY = "dictionary"

RUN_LINK = "{link}"
"""In a formula: a text that becomes a link to a run's row with the row's number put behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabStyle:
    """How a cell of such a tab shows. Colours are six hex digits; None: as the sheet has it."""

    fill: str | None = None
    ink: str | None = None
    bold: bool = False
    size: int | None = None
    """Of the letters, in points."""
    align: str | None = None
    wrap: bool = False
    link: bool = False
    """Blue and underlined."""
    number_format: str | None = None
    underlined: str | None = None
    """Colour of a line below the cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabCell:
    """A cell that is not blank, or that has a style."""

    row: int
    """0-based, as columns are."""
    column: int
    value: str | int | float | None = None
    """What it holds, if it is no formula. Text is text, whatever it starts with."""
    formula: str | None = None
    """Starts with `=`. `{key}` stands for all cells of that column of the runs' tab, from the
    first row of the sheet to its last, so that a place in it is a row's number; `RUN_LINK` is
    said above; `A1` and `$A$1` are cells of this tab."""
    array: bool = False
    """Whether what takes one value is calculated over each cell of a range (an array formula in
    Excel, `ARRAYFORMULA` in Google Sheets)."""
    style: TabStyle = TabStyle()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Some cells of one column, one below the other."""

    column: int
    first: int
    """0-based row."""
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart that the product draws itself, from cells of its own tab: a line through points."""

    title: str
    x: Cells
    """Numbers (times are numbers, too); a cell without one is left out."""
    y: Cells
    x_title: str
    y_title: str
    x_format: str
    y_format: str
    row: int
    """Where its upper left corner stands."""
    column: int
    width: int
    """In pixels."""
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab that sheetlog makes beside that of the runs."""

    name: str
    """`OVERVIEW` or `DICTIONARY`: what the sheet knows it by, for its title is people's."""
    title: str
    """What it is called when it is made."""
    cells: tuple[TabCell, ...]
    """By row, then by column."""
    widths: tuple[int, ...]
    """Of the columns from the first on, in characters."""
    heights: Mapping[int, float] = field(default_factory=dict)
    """Of some rows, in points."""
    hidden: frozenset[int] = frozenset()
    """Columns that nobody needs to see."""
    freeze_rows: int = 0
    charts: tuple[Chart, ...] = ()
    colour: str | None = None
    """Of the tab itself."""

    @property
    def keys(self) -> frozenset[str]:
        """Keys of the columns that the formulas refer to."""
        return frozenset(
            key for cell in self.cells if cell.formula for key in keys_of(cell.formula)
        )

    def fingerprint(self, runs: str) -> str:
        """Return what tells this description from another.

        Args:
            runs: title of the runs' tab, which the links name.
        """
        text = json.dumps([runs, asdict(self)], default=sorted, sort_keys=True)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A column of the runs as the tabs beside it speak of it."""

    title: str
    number_format: str = "General"
    goal: str | None = None
    """`min` or `max`."""
    meaning: str | None = None
    """Its note, without the words about the goal."""
    unit: str | None = None
    kind: str = "general"
    """As in `dress.ColumnDress`; `choice` where it offers words."""
    people: bool = False
    """Whether people fill it."""
    first_seen: str = ""
    """The day of the first run that has it, as in 2026-11-23; blank: none has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnLook:
    """What a column of the runs looks like now, as far as dressing concerns it."""

    key: str
    place: int
    title: str
    width: float | None = None
    """In characters; None: the sheet's default."""
    number_format: str | None = None
    """Of its last cell, else of the column; None: `General`."""
    note: str | None = None
    choices: tuple[str, ...] = ()
    hidden: bool = False
    shaded: bool = False
    """Whether there is any rule that colours by numbers."""
    grouped: bool = False
    """Whether it is in a group of columns that can be folded."""
    checkbox: bool = False
    formula: tuple[str, int] | None = None
    """Of its last run's cell: its text, and that cell's row (0-based)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabLook:
    """A tab of ours that is there."""

    name: str
    title: str
    made: str
    """`Tab.fingerprint` of what it was written from last."""
    edited: bool
    """Whether anybody has changed a cell since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What a sheet looks like now."""

    title: str
    """Of the runs' tab."""
    columns: tuple[ColumnLook, ...]
    """Those that have a key, by place."""
    others: tuple[ColumnLook, ...] = ()
    """People's own, by place; their key is blank."""
    frozen: int = 0
    """So many columns stay in sight."""
    tabs: Mapping[str, TabLook] = field(default_factory=dict)
    """By name, those that are there."""
    memory: str = ""
    """What `redressing` had kept in the sheet; blank: nothing."""
    protected: bool = False
    """Whether people have locked the runs' tab against changes."""
    closed: bool = False
    """Whether they have locked the whole against new tabs."""
    version: object = None
    """What the sink needs to see whether the sheet is still the one that was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restyle:
    """One thing about one column that is set anew. All others of the column stay."""

    key: str
    place: int
    attribute: str
    """`width`, `number_format`, `note`, `choices`, `hidden`, `goal`, `grouped`."""
    value: object
    """int, str or None, str or None, tuple of `dress.Choice`, bool, `min` `max` or None, bool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redress:
    """What must change in a sheet so that it is dressed as its template says."""

    base: Looks
    columns: tuple[Restyle, ...] = ()
    tabs: tuple[Tab, ...] = ()
    """To be made; or written anew where `base.tabs` has one of the name."""
    memory: str = ""
    """What the sheet must keep for the next time, at least 100,000 characters of it."""
    words: tuple[str, ...] = ()
    """What is done, a sentence each."""
    left: tuple[str, ...] = ()
    """What is left as a person has it, a sentence each."""

    @property
    def empty(self) -> bool:
        """Whether nothing must change but, perhaps, the memory."""
        return not (self.columns or self.tabs)


def keys_of(formula: str) -> tuple[str, ...]:
    """Return the keys in a formula, each once, in order."""
    parts = [part.partition("}")[0] for part in formula.split("{")[1:]]
    return tuple(dict.fromkeys(part for part in parts if "." in part))
