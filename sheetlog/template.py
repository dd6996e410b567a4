"""The columns that a user wants to see: `Template`, and the titles of what no column names.

Pure: is given text, and knows no file, no sheet and no setting. What the text may say, `grammar`
knows; where templates are, `catalog`. The format: docs/templates.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sheetlog.language import ENGLISH, Language
from sheetlog.record import path, section

LONGEST_TITLE = 255
"""Characters; more is more than a table of Excel's takes in its header."""

_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff\\ufffe\\uffff]")
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
    """Starts with `=`; each `{key}` stands for that column's cell in the same row, each `{:key}`
    for the whole column."""
    width: int | None = None
    """In characters; None: from the title and the kind of values."""
    format: str | None = None
    """One of `grammar.FORMATS`, or a number pattern such as `0.0000`; None: from the key."""
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
    role: str | None = None
    """`baseline`: people tick here the run that others are compared with."""
    delta: str | None = None
    """Key of the value whose difference from the baseline's the formula gives."""
    words: Language = ENGLISH
    """What sheetlog's own words are shown in; what stands above is never translated."""
    ours: bool = False
    """Whether title, note and choices are our words as well: the template ships with us."""

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

    def shown(self, text: str) -> str:
        """Return a text of this column as people see it: a user's own stays as it is."""
        return self.words.text(text) if self.ours else text

    @property
    def keys_used(self) -> tuple[str, ...]:
        """Keys that the formula takes its numbers from, each once, in order."""
        found = (key.removeprefix(":") for key in _BRACES.findall(self.formula or ""))
        return tuple(dict.fromkeys(found))


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
    overview: bool = False
    """Whether a new sheet gets the tabs Overview and Dictionary."""
    language: str = ""
    """Code of the language that it asks for; blank: none."""
    words: Language = ENGLISH
    """What sheetlog's own words are shown in: by the settings, else as it asks."""
    source: str = ""
    """The file that it was read from, for messages."""


_TITLES = {
    "run.id": "Run id",
    "run.name": "Run",
    "run.status": "Status",
    "run.started": "Started (UTC)",
    "run.duration": "Duration",
    "run.notes": "Run notes",
    "run.tags": "Tags",
    "run.parent": "Parent run",
    "run.error": "Error",
    "run.user": "User",
    "run.host": "Computer",
    "run.changed": "What changed",
    "run.config": "Configuration",
    "run.more": "More values",
    "run.revision": "Revision",
    "run.types": "Types",
    "run.source": "Logged from",
    "git.commit": "Commit",
    "git.branch": "Branch",
    "git.dirty": "Uncommitted changes",
    "git.diff": "Diff",
    "env.python": "Python",
    "env.platform": "Platform",
    "env.command": "Command",
    "env.packages": "Packages",
    "env.lock": "All packages",
    "env.source": "Source",
    "hardware.gpu": "GPU",
    "hardware.gpu_memory": "Peak GPU memory (GB)",
    "hardware.memory": "Peak memory (GB)",
    "hardware.cpus": "CPUs",
    "notebook.name": "Notebook",
    "notebook.link": "Open notebook",
}

_SECTION_WORDS = {
    "data": "data: ",
    "curves": "curve: ",
    "git": "git: ",
    "env": "environment: ",
    "hardware": "hardware: ",
    "notebook": "notebook: ",
}
"""What stands before the path where it alone would say too little."""


def parse(text: str, source: str) -> Template:
    """Return the template that a YAML text describes.

    Args:
        text: the whole file.
        source: the file's path, for messages; the name is its last part without the ending.

    Raises:
        TemplateError: with every mistake, each with its file, line, column and path.
    """
    # The reader needs the types above; who only lays out columns needs no reader.
    from sheetlog import grammar

    return grammar.read(text, source)


def title_of(key: str, words: Language = ENGLISH) -> str:
    """Return the title of a value whose column has none: its path in plain words.

    `run.started` gives `Started (UTC)`, `params.optim.lr` gives `optim.lr`.
    """
    if key in _TITLES:
        return words.text(_TITLES[key])
    title = words.text(_SECTION_WORDS.get(section(key), "")) + (path(key) or key)
    # A table of Excel's wants its header cells short and without control characters.
    line = " ".join(_CONTROL.sub(" ", title).split()) or section(key)
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"
