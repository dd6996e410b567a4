"""Files that wait → their store → the next revision of their run. Rows: `deliver`.

Is given the spool, the journal and what opens a store, and knows none of their kinds. Whatever the
moment at which the process dies: a file goes from the spool when the journal has its link, and a
store that is given a file again gives the same link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from sheetlog import redact
from sheetlog.artifacts.base import Store
from sheetlog.artifacts.spool import Item, Spool
from sheetlog.errors import ArtifactError
from sheetlog.journal.base import Journal
from sheetlog.record import PENDING, Scalar

REVISING = 10.0
"""Seconds to wait for another process that is about to write a revision."""

Opening = Callable[[Item, MutableMapping[str, str], float], Store]
"""Opens the store of a file: what its upload remembers, and the seconds that it may take."""


@dataclass(slots=True, kw_only=True)
class Finished:
    """What became of files that waited."""

    stored: list[Item] = field(default_factory=list)
    revised: dict[str, Mapping[str, Scalar]] = field(default_factory=dict)
    """By run: the values of its record now, where there is a new revision."""
    problems: list[str] = field(default_factory=list)


def finish(
    items: Iterable[Item],
    *,
    spool: Spool,
    journal: Journal,
    open_: Opening,
    left: Callable[[], float],
) -> Finished:
    """Store files that wait, run by run, and append the revisions that have their links.

    Args:
        items: which; each run's in the order of time.
        open_: opens a file's store.
        left: gives the seconds that are left; below zero nothing more is begun.
    """
    done = Finished()
    refused: set[tuple[str, str]] = set()
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.run, []).append(item)
    for run, group in groups.items():
        with ExitStack() as held:
            values: dict[Item, Scalar] = {}
            for item in group:
                place = (item.sheet, item.where)
                # What one file is refused for, the others of the store are as well.
                if place in refused or left() < 0 or not held.enter_context(spool.holding(item)):
                    continue
                value = _stored(item, spool, open_, left(), done)
                if value is None:
                    refused.add(place)
                else:
                    values[item] = value
            if values:
                _revise(run, values, spool, journal, done)
    return done


def _stored(
    item: Item, spool: Spool, open_: Opening, seconds: float, done: Finished
) -> Scalar | None:
    """Return what a file's cell says from now on; None: it waits on."""
    problem = item.lost()
    if problem is None:
        notes = spool.notes(item)
        try:
            store = open_(item, notes, seconds)
            made = store.put(item.path, run=item.folder, name=item.name, artifact=item.artifact)
        except ArtifactError as error:
            # Where we keep it says nothing to whoever logged it.
            why = redact.text(str(error).replace(item.path, item.name))
            problem = item.lost()
            if problem is None:
                notes["problem"] = why
                done.problems.append(f"not stored yet: {why}")
                return None
        else:
            problem = item.lost() if not item.sha256 else None
            if problem is None and item.sha256 in ("", made.sha256):
                return made.labelled
            problem = f"'{item.name}' was changed before it was stored"
    done.problems.append(redact.text(problem))
    return f"not stored: {redact.text(problem)}"


def _revise(
    run: str, values: Mapping[Item, Scalar], spool: Spool, journal: Journal, done: Finished
) -> None:
    """Append the revision that has the links, then let go of the files."""
    # Two processes that each have one of a run's files must not write one revision twice.
    with spool.alone("revisions", REVISING):
        entry = journal.latest(run)
        if entry is not None:
            record = entry.record
            newest = {item.key: value for item, value in values.items()}
            later = {(item.run, item.key) for item in spool.items() if item not in values}
            # A link of a later state of the run stays, and so does what waits for a later one.
            links = {
                key: value
                for key, value in newest.items()
                if record.values.get(key) == PENDING and (run, key) not in later
            }
            if links:
                whole = {**record.values, **links}
                record = replace(record, revision=record.revision + 1, values=whole)
                journal.append(record, sheet=entry.sheet, template=entry.template)
                done.revised[run] = whole
    for item in values:
        spool.done(item)
        done.stored.append(item)
