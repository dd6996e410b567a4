"""What users are told: the receipt of a call, and warnings, each of them once a process.

Knows no journal and no sheet.
"""

from __future__ import annotations

import sys
import warnings
from contextlib import suppress
from dataclasses import dataclass

from sheetlog.errors import SheetlogError, SheetlogWarning

_said: set[str] = set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a run; prints as one line."""

    run_id: str
    name: str
    url: str | None
    """Of the row; None while it waits."""
    delivered: bool
    waiting: int
    """Runs that wait in the journal, for all sheets."""
    problem: str | None = None
    """What happened and what to do, where something did."""
    pending: tuple[str, ...] = ()
    """Names of the run's artifacts that are not in their store yet."""

    def __str__(self) -> str:
        if self.delivered:
            text = f"sheetlog: run '{self.name}' is in {self.url}"
            if self.pending:
                names = ", ".join(f"'{name}'" for name in self.pending)
                text += f"; not stored yet: {names}; 'sheetlog sync' goes on with it"
            return text
        first, *rest = sentence(self).splitlines()
        return " ".join([first, "; ".join(line.strip() for line in rest)]).rstrip()


def sentence(receipt: Receipt) -> str:
    """Return why a run is not in the sheet; each mistake of a template has a line of its own."""
    return f"sheetlog: run '{receipt.name}' is not in the sheet yet: {receipt.problem}"


def lost(run_id: str, name: str, error: Exception) -> Receipt:
    """Return the receipt of a call that failed in a way nobody foresaw."""
    what = str(error) if isinstance(error, SheetlogError) else f"{type(error).__name__}: {error}"
    return Receipt(run_id=run_id, name=name, url=None, delivered=False, waiting=0, problem=what)


def say(text: object, *, error: bool = False) -> None:
    """Print a line where that is possible; a run is in the sheet whether or not it is said."""
    stream = sys.stderr if error else sys.stdout
    # None without a console (pythonw). A closed one and a pipe that nobody reads any more raise.
    with suppress(OSError, ValueError):
        line = f"{text}\n"
        encoding = getattr(stream, "encoding", None) or "utf-8"
        if stream is not None:
            stream.write(line.encode(encoding, "backslashreplace").decode(encoding))


def warn(text: str) -> None:
    """Warn at the user's line, once a process for each text."""
    if text in _said:
        return
    _said.add(text)
    try:
        warnings.warn(text, SheetlogWarning, stacklevel=_outside())
    except SheetlogWarning as raised:
        # Where warnings are made errors, a warning of ours must not end a training.
        say(raised, error=True)


def _outside() -> int:
    """Return how many frames up the user's own line is."""
    level, frame = 1, sys._getframe(1)  # noqa: SLF001  there is no public way up the stack
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("sheetlog"):
        level, frame = level + 1, frame.f_back
    return level
