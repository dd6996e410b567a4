"""A journal in memory, for tests of what uses one: `MemoryJournal`. Knows no file."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from sheetlog.journal.base import Entry, Journal, Waiting, name_of, new_token
from sheetlog.record import Record

SKEW = 5.0
"""Seconds after now from which on a claim was made by a clock that has been put back since."""


@dataclass(slots=True)
class _Kept:
    """An entry, and of its latest claim or failure when that was."""

    entry: Entry
    claimed: float = 0.0
    expires: float = 0.0
    failed: float = 0.0


class MemoryJournal:
    """Where records wait as long as the process lives. Safe for several threads.

    Args:
        clock: gives seconds since 1970.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = Lock()
        self._kept: list[_Kept] = []

    def append(self, record: Record, *, sheet: str, template: str) -> int:
        """See `Journal.append`."""
        with self._lock:
            entry = Entry(
                number=len(self._kept) + 1,
                record=record,
                sheet=sheet,
                template=template,
                state="pending",
                attempts=0,
                appended=datetime.fromtimestamp(self._clock(), UTC),
            )
            self._kept.append(_Kept(entry))
        return entry.number

    def claim(
        self,
        sheet: str,
        *,
        limit: int = 1000,
        lease: float = 60.0,
        runs: Collection[str] | None = None,
        takeover: bool = False,
    ) -> Sequence[Entry]:
        """See `Journal.claim`."""
        now = self._clock()

        def free(kept: _Kept) -> bool:
            if runs is not None and kept.entry.record.id not in runs:
                return False
            if kept.entry.state == "claimed":
                return takeover or kept.expires <= now or kept.claimed > now + SKEW
            return kept.entry.state == "pending" or (
                kept.entry.state == "refused" and runs is not None
            )

        with self._lock:
            wanted = [kept for kept in self._undelivered(sheet) if free(kept)][: max(0, limit)]
            claimed = []
            token = new_token()
            for kept in wanted:
                attempts = kept.entry.attempts
                kept.entry = replace(
                    kept.entry,
                    state="claimed",
                    attempts=attempts + 1,
                    token=kept.entry.token or token,
                )
                kept.claimed, kept.expires = now, now + lease
                # Who claims it is told of the claims before; everybody else, of this one as well.
                claimed.append(replace(kept.entry, attempts=attempts))
        return claimed

    def deliver(self, entries: Collection[Entry]) -> None:
        """See `Journal.deliver`."""
        with self._lock:
            for kept in self._of(entries):
                kept.entry = replace(kept.entry, state="delivered", problem=None)

    def release(self, entries: Collection[Entry], problem: str, *, attempted: bool = True) -> None:
        """See `Journal.release`."""
        self._give_back(entries, "pending", problem, attempted=attempted)

    def refuse(self, entries: Collection[Entry], problem: str) -> None:
        """See `Journal.refuse`."""
        self._give_back(entries, "refused", problem, attempted=True)

    def _give_back(
        self, entries: Collection[Entry], state: str, problem: str, *, attempted: bool
    ) -> None:
        with self._lock:
            for kept, given in zip(self._of(entries), entries, strict=True):
                # A claim that was taken over meanwhile is not this caller's to end.
                if kept.entry.state == "claimed" and kept.entry.attempts == given.attempts + 1:
                    attempts = given.attempts + attempted
                    kept.entry = replace(
                        kept.entry,
                        state=state,
                        problem=problem,
                        attempts=attempts,
                        token=kept.entry.token if attempts else None,
                    )
                    kept.failed = self._clock()

    def redirect(self, sheet: str, to: str) -> int:
        """See `Journal.redirect`."""
        with self._lock:
            moved = self._undelivered(sheet)
            for kept in moved:
                kept.entry = replace(kept.entry, sheet=to)
        return len(moved)

    def shown(self, sheet: str, runs: Collection[str]) -> Mapping[str, Record]:
        """See `Journal.shown`."""
        with self._lock:
            delivered = [
                kept.entry
                for kept in self._kept
                if kept.entry.sheet == sheet and kept.entry.state == "delivered"
            ]
        latest = _latest(delivered)
        return {run: latest[run].record for run in runs if run in latest}

    def waiting(self, sheet: str | None = None) -> Sequence[Waiting]:
        """See `Journal.waiting`."""
        with self._lock:
            undelivered = self._undelivered(sheet)
            names = dict.fromkeys(kept.entry.sheet for kept in undelivered)
            return [
                _waiting([kept for kept in undelivered if kept.entry.sheet == name])
                for name in names
            ]

    def latest(self, run: str) -> Entry | None:
        """See `Journal.latest`."""
        with self._lock:
            return _latest(kept.entry for kept in self._kept).get(run)

    def earlier(self, sheet: str, name: str | None = None, *, than: str) -> Entry | None:
        """See `Journal.earlier`."""
        with self._lock:
            numbers = [k.entry.number for k in self._kept if k.entry.record.id == than]
            first = min(numbers, default=len(self._kept) + 1)
            for kept in reversed(self._kept[: first - 1]):
                found = name_of(kept.entry.record)
                if kept.entry.sheet == sheet and name in (None, found):
                    return kept.entry
        return None

    def entries(self, sheet: str | None = None, *, limit: int = 1000) -> Sequence[Entry]:
        """See `Journal.entries`."""
        with self._lock:
            latest = _latest(
                kept.entry for kept in self._kept if sheet in (None, kept.entry.sheet)
            )
        return sorted(latest.values(), key=lambda entry: -entry.number)[: max(0, limit)]

    def rewrite(self, change: Callable[[Record], Record | None]) -> int:
        """See `Journal.rewrite`."""
        count = 0
        with self._lock:
            for kept in self._kept:
                record = change(kept.entry.record)
                if record is not None:
                    kept.entry = replace(kept.entry, record=record)
                    count += 1
        return count

    def close(self) -> None:
        """See `Journal.close`: there is nothing to let go of."""

    def _undelivered(self, sheet: str | None) -> list[_Kept]:
        return [
            kept
            for kept in self._kept
            if sheet in (None, kept.entry.sheet) and kept.entry.state != "delivered"
        ]

    def _of(self, entries: Iterable[Entry]) -> list[_Kept]:
        return [self._kept[entry.number - 1] for entry in entries]


def _latest(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return of each run the entry of its highest revision, the later one of two."""
    latest: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda entry: (entry.record.revision, entry.number)):
        latest[entry.record.id] = entry
    return latest


def _waiting(undelivered: Sequence[_Kept]) -> Waiting:
    """Return what waits for one sheet."""
    failed = [kept for kept in undelivered if kept.entry.problem is not None]
    last = max(failed, key=lambda kept: (kept.failed, kept.entry.number), default=None)
    return Waiting(
        sheet=undelivered[0].entry.sheet,
        count=len({kept.entry.record.id for kept in undelivered}),
        refused=len({k.entry.record.id for k in undelivered if k.entry.state == "refused"}),
        oldest=min(kept.entry.appended for kept in undelivered),
        problem=None if last is None else last.entry.problem,
    )


if TYPE_CHECKING:
    _: Journal = MemoryJournal()  # proves to the type checker that it is one
