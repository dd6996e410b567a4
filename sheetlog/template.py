"""The columns that a user wants to see: `Template`, read from YAML (docs/templates.md).

Pure: is given text, and knows no file, no sheet and no setting. Where templates are, `catalog` knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column, or with a wildcard key one place for any number of them."""

    key: str | None = None
    """`section.path`, `section.*`, `section.path.*`; None for a person's column and a formula."""
    title: str | None = None
    """What the header cell shows at first; None: `title_of` makes it from the key."""
    owner: str = "sheetlog"
    """`sheetlog` or `people`."""
    formula: str | None = None
    """Starts with `=`; each `{key}` stands for that column's cell in the same row."""
    width: int | None = None
    """In characters; None: from the title and the kind of values."""
    format: str | None = None
    """A name out of `FORMATS`, or a number pattern such as `0.0000`; None: from the key."""
    note: str | None = None
    """What the column means, in a sentence that shows at its header cell."""
    unit: str | None = None
    """What the numbers count: `s`, `USD`, `samples/s`."""
    goal: str | None = None
    """`min` or `max`: which numbers are the better ones; None: neither."""
    choices: tuple[str, ...] = ()
    """What a person picks from, in this order."""
    hidden: bool = False
    """Whether the column is hidden when it is made."""
    aliases: tuple[str, ...] = ()
    """Other titles that the column is found by, and other keys whose values it takes."""
    group: str | None = None
    """The heading that it belongs to by colour; None: from the section."""

    @property
    def wildcard(self) -> bool:
        """Whether the key stands for every key that starts like it."""
        return self.key is not None and self.key.endswith(".*")

    @property
    def mark(self) -> str | None:
        """What the sheet holds to find the column again; a wildcard has no column, so no mark."""
        if self.wildcard:
            return None
        if self.key is not None:
            return self.key
        return f"{'people' if self.formula is None else 'formula'}.{self.title}"

    @property
    def keys_used(self) -> tuple[str, ...]:
        """Keys that the formula takes its numbers from, each once, in order."""
        return tuple(dict.fromkeys(_BRACES.findall(self.formula or "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class BestBy:
    """Which run is the best one."""

    metric: str
    """The key that decides."""
    goal: str
    """`min` or `max`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a sheet shall show, and where."""

    name: str
    """How settings and commands name it: the file's name without its ending."""
    title: str
    """What `sheetlog templates` shows."""
    tab: str = "Runs"
    freeze_columns: int = 0
    """So many columns stay in sight when a person scrolls to the right."""
    best_by: BestBy | None = None
    columns: tuple[Column, ...] = ()
    rest: str = "columns"
    """Where values go that no column names: `columns`, `cell`, `drop`."""
    max_columns: int = 150
    """So many columns of sheetlog's; what comes after goes to the overflow cell."""
    source: str = ""
    """The file that it was read from, for messages."""
