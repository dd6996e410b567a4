"""What waits goes where it belongs: rows to their sheet, files to their store.

Puts `deliver` (rows) and `finishing` (files) in an order, for a call of `log()` and for `sync()`.
Is given what `api` has chosen, and chooses nothing. Files that are small go first, so that their
links come with the row; large ones go when the row stands, and put it at no risk.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sheetlog import catalog, naming, retry, revising, settings
from sheetlog.deliver import Clock, Delivery, deliver, together
from sheetlog.errors import ArtifactError, SheetError, SheetlogError
from sheetlog.journal.base import Journal
from sheetlog.record import Record, path
from sheetlog.settings import Settings
from sheetlog.sinks.base import Sink
from sheetlog.telling import Receipt

if TYPE_CHECKING:
    from sheetlog.artifacts.base import Store
    from sheetlog.artifacts.spool import Item, Spool
    from sheetlog.finishing import Finished

SMALL = 8 << 20
"""Bytes of a file up to which it goes before the row."""
SHARE = 1 / 3
"""Of the time-out: what small files may take of it before the row."""
OTHERS = 20
"""Files that earlier runs have left and that a call takes along, at most."""
RESERVE = 0.85
"""Of the time-out: when large files stop, so that there is time to say so in the row."""
DAY = 86_400.0
"""Seconds that `sync` gives to files; one that makes no progress ends long before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What `api` has chosen."""

    chosen: Settings
    journal: Journal
    spool: Callable[[], Spool]
    """Where files wait."""
    spooled: str
    """Its folder, which is there once a file has waited."""
    sink: Callable[[str], Sink]
    opening: Callable[[Item, MutableMapping[str, str], float], Store]


def settled(name: str, chosen: Settings) -> str:
    """Return a sheet's name: that of the settings, once they can be understood."""
    return chosen.sheet if name == naming.UNSETTLED + settings.here() else name


def rows(
    means: Means, name: str, *, runs: tuple[str, ...] | None = None, seconds: float
) -> Delivery:
    """Deliver what waits for a sheet; whatever goes wrong is in the answer."""
    journal, chosen = means.journal, means.chosen
    if (own := settled(name, chosen)) != name:
        journal.redirect(name, own)
        name = own
    policy = retry.Retry(seconds=seconds, tries=12)

    def waits(attempt: int, elapsed: float, error: BaseException) -> float | None:
        hint = getattr(error, "hint", None)
        return policy.next_wait(attempt, elapsed=elapsed, hint=hint, random=random.random)

    try:
        done = deliver(
            journal,
            means.sink(name),
            lambda template: catalog.load(template, chosen.language),
            timeout=seconds,
            clock=Clock(now=time.monotonic, sleep=time.sleep),
            runs=runs,
            waits=waits,
        )
    except SheetlogError as error:
        if chosen.strict:
            raise
        waiting = sum(each.count for each in journal.waiting())
        return Delivery(sheet=name, waiting=waiting, problem=str(error))
    if chosen.strict and done.problem is not None:
        raise SheetError(done.problem)
    return done


def everything(
    means: Means,
    name: str,
    items: Sequence[Item],
    *,
    runs: tuple[str, ...] | None = None,
    seconds: float,
) -> Delivery:
    """Deliver what waits for a sheet, and store files.

    Args:
        items: the files.
        seconds: for the files; rows have the time-out at least, what files took of it taken off.
    """
    timeout, start = means.chosen.timeout, time.monotonic()

    def left(share: float = 1.0) -> float:
        return share * seconds - (time.monotonic() - start)

    small = [item for item in items if item.size <= SMALL]
    share = SHARE if seconds <= timeout else 1.0
    first = _finished(means, small, lambda: left(share))
    spent = time.monotonic() - start if seconds <= timeout else 0.0
    done = rows(means, name, runs=runs, seconds=max(0.0, timeout - spent))
    problems = list(first.problems) if first else []
    rest = [item for item in items if first is None or item not in first.stored]
    # Where the row cannot land, the file's way is most likely closed as well.
    again = rest and done.problem is None
    second = _finished(means, rest, lambda: left(RESERVE)) if again else None
    if second is not None:
        rest = [item for item in rest if item not in second.stored]
        problems = [*(problems if rest else ()), *second.problems]
        if second.revised:
            done = together(done, rows(means, name, seconds=max(0.0, min(timeout, left()))))
    warnings = tuple(dict.fromkeys((*done.warnings, *problems)))
    return replace(done, pending=len(rest), warnings=warnings)


def sheets(means: Means, sheet: str | None, runs: tuple[str, ...]) -> Delivery:
    """Deliver what waits in a journal, sheet by sheet, and store the files that wait.

    Args:
        sheet: only for this sheet; None: for all.
        runs: only of these runs, by id; blank: of all.
    """
    files = [file for file in waiting(means) if not runs or file.run in runs]
    names = [each.sheet for each in means.journal.waiting()] + [file.sheet for file in files]
    asked = [means.journal.latest(run) for run in runs]
    names += [entry.sheet for entry in asked if entry is not None]
    total = Delivery(sheet=sheet or "")
    for name in dict.fromkeys(names):
        if sheet in (None, name):
            own = [file for file in files if file.sheet == name]
            done = everything(means, name, own, runs=runs or None, seconds=DAY)
            total = together(total, done)
    return total


def of_run(means: Means, run: str, name: str) -> list[Item]:
    """Return the files of a run that wait, and small ones that other runs of the sheet left."""
    files = waiting(means, name)
    own = [item for item in files if item.run == run]
    others = [item for item in files if item.run != run and item.size <= SMALL]
    return [*own, *others[:OTHERS]]


def receipt(means: Means, record: Record, done: Delivery) -> Receipt:
    """Return what became of a run whose delivery was tried."""
    problem, there = done.problem, record.id in done.delivered
    if not there:
        entry = means.journal.latest(record.id)
        there = entry is not None and entry.state == "delivered"
        if entry is not None and entry.state == "refused":
            problem = f"{entry.problem}; 'sheetlog sync --run {record.id}' makes it a new one"
    if not there:
        problem = problem or "another process is delivering it"
        return revising.told(record, means.journal, problem)
    return Receipt(
        run_id=record.id,
        name=revising.title(record),
        url=done.url or means.sink(done.sheet).url,
        delivered=True,
        waiting=done.waiting,
        pending=_pending(means, record.id) if done.pending else (),
    )


def _pending(means: Means, run: str) -> tuple[str, ...]:
    files = waiting(means)
    # Once each: of two states of one artifact both may wait.
    return tuple(dict.fromkeys(path(item.key) for item in files if item.run == run))


def _finished(means: Means, items: Sequence[Item], left: Callable[[], float]) -> Finished | None:
    """Store files, as far as the time goes."""
    if not items or left() <= 0:
        return None
    from sheetlog import finishing

    try:
        return finishing.finish(
            items,
            spool=means.spool(),
            journal=means.journal,
            open_=means.opening,
            left=left,
        )
    except Exception as error:  # noqa: BLE001  whatever it is, the row has its own way
        kind = "" if isinstance(error, SheetlogError) else f"{type(error).__name__}: "
        return finishing.Finished(problems=[f"files are not stored yet: {kind}{error}"])


def waiting(means: Means, name: str | None = None) -> Sequence[Item]:
    """Return the files that wait for a sheet; none where that cannot be read."""
    if not os.path.isdir(means.spooled):
        return []  # the usual case, which costs nothing
    try:
        return means.spool().items(name)
    except ArtifactError:
        return []
