"""From the journal to the sheet: claim → header → plan → apply → delivered.

Knows the bases of journal and sink, and none of their kinds; is given clock, chance and sleep.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from sheetlog import layout
from sheetlog.errors import SheetError, SheetlogError, TemplateError, TooLargeError
from sheetlog.journal.base import Entry, Journal
from sheetlog.sinks.base import Sink, Tabbed
from sheetlog.template import Template

LEASE = 120.0
"""Seconds that a claim holds; longer than any call that a sink makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a delivery did."""

    sheet: str = ""
    """Name of the sheet."""
    url: str | None = None
    """Where the last row stands."""
    delivered: tuple[str, ...] = ()
    """Ids of the runs that the sheet shows now."""
    gone: tuple[str, ...] = ()
    """Ids of runs whose row a person deleted; they stay deleted."""
    waiting: int = 0
    """Runs that still wait in the journal, for all sheets."""
    problem: str | None = None
    """Why some still wait: what happened, and what to do."""
    warnings: tuple[str, ...] = ()
    """What else should be known."""
    pending: int = 0
    """Files that are not in their store yet."""

    def __str__(self) -> str:
        text = f"{len(self.delivered)} delivered, {self.waiting} waiting"
        if self.pending:
            why = f" ({'; '.join(self.warnings)})" if self.warnings else ""
            text += f", {self.pending} file{'s' * (self.pending > 1)} not stored yet{why}"
        return f"{text}: {self.problem}" if self.problem else text


def together(one: Delivery, other: Delivery, *, waiting: int | None = None) -> Delivery:
    """Return two deliveries, one after the other, as one.

    Args:
        waiting: what waits after both; None: they are of one journal, and the other tells.
    """
    problems = [each.problem for each in (one, other) if each.problem]
    return replace(
        other,
        sheet=one.sheet,
        url=other.url or one.url,
        delivered=tuple(dict.fromkeys(one.delivered + other.delivered)),
        gone=one.gone + other.gone,
        waiting=other.waiting if waiting is None else waiting,
        problem="; ".join(dict.fromkeys(problems)) or None,
        warnings=one.warnings + other.warnings,
        pending=one.pending + other.pending,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time, as the code outside the flow has it."""

    now: Callable[[], float]
    """Seconds that only go up."""
    sleep: Callable[[float], None]


@dataclass(slots=True)
class _Done:
    url: str | None = None
    delivered: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def deliver(
    journal: Journal,
    sink: Sink,
    load: Callable[[str], Template],
    *,
    timeout: float,
    clock: Clock,
    runs: Collection[str] | None = None,
    waits: Callable[[int, float, BaseException], float | None],
) -> Delivery:
    """Deliver what waits for the sink's sheet, within the time-out.

    Args:
        load: gives the template of a name or path.
        timeout: seconds, waiting included.
        runs: only these, and those of them whose row a person deleted as well.
        waits: attempt, seconds gone and the error → seconds until the next try, or None to stop.
    """
    start = clock.now()
    done = _Done()
    problem: str | None = None
    attempt = 0
    while True:
        attempt += 1
        left = max(0.0, timeout - (clock.now() - start))
        try:
            with sink.exclusive(left) as alone:
                _all(journal, sink, load, done, runs=runs, alone=alone)
            problem = None
            break
        except SheetlogError as error:
            problem = str(error)
            soon = error.transient and getattr(error, "soon", True)
            wait = waits(attempt, clock.now() - start, error) if soon else None
            if wait is None or wait >= timeout - (clock.now() - start):
                break
            clock.sleep(wait)
    return Delivery(
        sheet=sink.name,
        url=done.url,
        delivered=tuple(dict.fromkeys(done.delivered)),
        gone=tuple(dict.fromkeys(done.gone)),
        waiting=sum(each.count for each in journal.waiting()),
        problem=problem,
        warnings=tuple(dict.fromkeys(done.warnings)),
    )


def _all(
    journal: Journal,
    sink: Sink,
    load: Callable[[str], Template],
    done: _Done,
    *,
    runs: Collection[str] | None,
    alone: bool,
) -> None:
    """Deliver all that waits, so many entries at once, template by template.

    A template with mistakes keeps its own runs back and nobody else's.
    """
    failed: SheetlogError | None = None
    at_once = sink.at_once
    while failed is None:
        entries = journal.claim(sink.name, limit=at_once, lease=LEASE, runs=runs, takeover=alone)
        if not entries:
            return
        groups = _by_template(entries)
        while groups:
            name, group = next(iter(groups.items()))
            try:
                _some(journal, sink, _loaded(load, name), group, done, wanted=runs or ())
            except TooLargeError as error:
                rest = [entry for group in groups.values() for entry in group]
                journal.release(rest, str(error), attempted=False)
                if len(group) < 2:
                    raise
                at_once = len(group) // 2
                break
            except SheetError as error:
                # Where the sheet may have been written, the next try looks for the rows first.
                rest = [entry for group in groups.values() for entry in group]
                journal.release(rest, str(error), attempted=error.ambiguous)
                raise
            except SheetlogError as error:
                journal.release(group, str(error), attempted=False)
                failed = error
            except (Exception, KeyboardInterrupt, SystemExit) as error:  # noqa: BLE001  settled there
                at_once = _unforeseen(journal, groups, error, done) or sink.at_once
                break
            del groups[name]
    raise failed


def _loaded(load: Callable[[str], Template], name: str) -> Template:
    """Return the template of a name; whatever keeps it from being read is no fault of a run."""
    try:
        return load(name)
    except SheetlogError:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise TemplateError(name, (f"it cannot be read ({why})",)) from error


def _unforeseen(
    journal: Journal, groups: dict[str, list[Entry]], error: BaseException, done: _Done
) -> int | None:
    """Settle a failure that nobody foresaw: one run that can't land stops no other.

    Returns how many entries to try at once; None: as many as before, without the one at fault.
    """
    group, *others = groups.values()
    rest = [entry for entries in others for entry in entries]
    foreseen = not isinstance(error, Exception) or isinstance(error, OSError | MemoryError)
    if foreseen or len(group) > 1:
        journal.release([*group, *rest], "the delivery was interrupted")
        if foreseen:
            raise error
        return len(group) // 2
    run = group[0].record.id
    why = f"sheetlog failed on run {run} ({type(error).__name__}: {error}): please report it"
    journal.refuse(group, why)
    journal.release(rest, why, attempted=False)
    done.warnings.append(f"{why}; 'sheetlog sync --run {run}' tries again")
    return None


def _tokens(entries: Sequence[Entry], template: str) -> dict[str, bool]:
    """Return the entries' tokens, and of each whether something was tried with it before.

    Entries of one claim share a token, and a claim is carried out template by template.
    """
    ending = f"{zlib.crc32(template.encode('utf-8', 'surrogatepass')):08x}"
    tokens: dict[str, bool] = {}
    for entry in entries:
        if entry.token:
            text = f"{entry.token}{ending}"
            tokens[text] = tokens.get(text, False) or entry.attempts > 0
    return tokens


def _by_template(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.template, []).append(entry)
    return groups


def _some(
    journal: Journal,
    sink: Sink,
    template: Template,
    entries: Sequence[Entry],
    done: _Done,
    *,
    wanted: Collection[str],
) -> None:
    """Deliver entries of one template as one change."""
    # A run whose beginning is here and was never tried has no row: nothing to look for.
    new = {
        entry.record.id for entry in entries if entry.attempts == 0 and entry.record.revision == 1
    }
    ids = {entry.record.id for entry in entries} - new
    shown = journal.shown(sink.name, ids) if ids else {}
    if isinstance(sink, Tabbed):
        # In the tab of another template a later state of a run looks as if its row were deleted.
        sink.turn_to(template.tab)
    header = sink.header(ids)
    for entry in entries:
        row = header.rows.get(entry.record.id)
        if entry.attempts and row is not None and row.revision == entry.record.revision:
            # An attempt that nobody knew the end of: it was carried out, and by no person.
            shown = {**shown, entry.record.id: entry.record}
    plan = layout.plan(
        template,
        header,
        [entry.record for entry in entries],
        shown=shown,
        wanted=wanted,
        text_limit=sink.text_limit,
    )
    if not plan.empty:
        done.url = sink.apply(plan, template, tokens=_tokens(entries, template.name))
    gone = [entry for entry in entries if entry.record.id in plan.gone]
    kept = [entry for entry in entries if entry.record.id not in plan.gone]
    if kept:
        journal.deliver(kept)
    if gone:
        journal.refuse(gone, "a person deleted the row of this run")
    done.delivered += [entry.record.id for entry in kept]
    done.gone += plan.gone
    done.warnings += plan.warnings
