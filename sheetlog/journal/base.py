"""What a journal is: where records wait until they are delivered. Knows the record and no journal.

An entry goes `pending → claimed → delivered`, back to `pending` when a delivery fails, or to
`refused` when it must not be tried again without being asked for. A claim is a lease: when it runs
out (its process died), the entry can be claimed by another.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sheetlog.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record in the journal, and where it is to go."""

    number: int
    """The journal's own, ascending in the order of `append`."""
    record: Record
    sheet: str
    """Absolute name of the sheet, as settings name it."""
    template: str
    """Name or absolute path of the template."""
    state: str
    """`pending`, `claimed`, `delivered` or `refused`."""
    attempts: int
    """How often it was claimed before; 0: it cannot be in the sheet yet."""
    problem: str | None = None
    """Why the last attempt failed."""
    token: str | None = None
    """Given at the first claim, to all entries of it, and kept as long as it is not certain that
    no earlier attempt was carried out: a sheet that can refuse what it has seen is told it."""
    appended: datetime
    """When, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits for one sheet."""

    sheet: str
    count: int
    """Runs, however many states of them wait; the refused ones are among them."""
    refused: int
    oldest: datetime | None
    problem: str | None
    """Of the latest attempt that failed."""
    files: int = 0
    """Files of its runs that are not in their store yet."""


def name_of(record: Record) -> str:
    """Return what a run shares with others that are called alike; of a name that was made up, the
    program's.
    """
    return str(record.values.get("run.name", "")).removesuffix(f"-{record.id[-4:]}")


def new_token() -> str:
    """Return a token that no other claim has: 72 bits of chance in 12 characters."""
    return base64.urlsafe_b64encode(os.urandom(9)).decode()


class Journal(Protocol):
    """Where records wait. Safe for several threads and several processes at once."""

    def append(self, record: Record, *, sheet: str, template: str) -> int:
        """Put the record on disk (fsync) and return its entry's number.

        Raises:
            JournalError: it is not on disk.
        """
        ...

    def claim(
        self,
        sheet: str,
        *,
        limit: int = 1000,
        lease: float = 60.0,
        runs: Collection[str] | None = None,
        takeover: bool = False,
    ) -> Sequence[Entry]:
        """Take the oldest entries of the sheet that are pending or whose lease ran out.

        Args:
            limit: at most so many entries.
            lease: seconds after which somebody else may take them over.
            runs: only entries of these run ids, and refused ones of them as well.
            takeover: entries that others have claimed as well, however young the claim: the
                caller holds the sheet's lock, so whoever claimed them is dead.
        """
        ...

    def deliver(self, entries: Collection[Entry]) -> None:
        """Mark the claimed entries as delivered."""
        ...

    def release(self, entries: Collection[Entry], problem: str, *, attempted: bool = True) -> None:
        """Put the claimed entries back to pending, with the reason.

        Args:
            attempted: False when it is certain that the sheet was not written: the entries'
                `attempts` goes back to what it was before the claim.
        """
        ...

    def refuse(self, entries: Collection[Entry], problem: str) -> None:
        """Mark the claimed entries as not to be tried again unless asked for by run id."""
        ...

    def redirect(self, sheet: str, to: str) -> int:
        """Send what waits for a sheet to another one; return how many entries that are."""
        ...

    def shown(self, sheet: str, runs: Collection[str]) -> Mapping[str, Record]:
        """Return of each of the runs the latest record that was delivered to the sheet, if any."""
        ...

    def waiting(self, sheet: str | None = None) -> Sequence[Waiting]:
        """Return what waits, sheet by sheet, oldest first; no sheet where nothing waits."""
        ...

    def latest(self, run: str) -> Entry | None:
        """Return the latest entry of the run with this id, whatever its state."""
        ...

    def earlier(self, sheet: str, name: str | None = None, *, than: str) -> Entry | None:
        """Return the newest entry for the sheet of a run whose `name_of` is `name` (None: of any
        run), among those that are older than the run with the id `than`; all are older than one
        that isn't here.
        """
        ...

    def entries(self, sheet: str | None = None, *, limit: int = 1000) -> Sequence[Entry]:
        """Return the latest entry of each run, newest run first."""
        ...

    def rewrite(self, change: Callable[[Record], Record | None]) -> int:
        """Put other values into records, whatever their state, and return into how many.

        For secrets that must go: nothing of the old values stays in the file. Number, revision,
        state, claim and token stay, so that a delivery goes on as it would have.

        Args:
            change: gives the record as it is to be, of the same id and revision; None: it stays.

        Raises:
            JournalError: the journal cannot be written, or others keep the old values in it.
        """
        ...

    def close(self) -> None:
        """Let go of the file. Appending again opens it anew."""
        ...
