"""A run's next record, put on disk: its first one, or a later state on top of what is there.

Is given journals and knows none of their kinds, and no sheet; what comes later goes to
`delivering`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from sheetlog import collecting, lineage, readback
from sheetlog.errors import JournalError
from sheetlog.journal.base import Journal
from sheetlog.record import PENDING, Record, path, section
from sheetlog.telling import Receipt


def kept(
    run: collecting.Collected,
    journals: Iterable[tuple[str, Journal]],
    *,
    sheet: str,
    template: str,
    resumed: bool,
    whole: bool,
    say: Callable[[str], None],
) -> tuple[str, Journal, Record]:
    """Put the run on disk: into a journal, or where that cannot be written into the next one.

    Args:
        journals: each with its path.
        resumed: whether it may be a later state of a run that is there.
        whole: whether data and surroundings are among its values already.
        say: warns where it is not the first journal.

    Raises:
        JournalError: none can be written; it is what the first one said.
    """
    first: JournalError | None = None
    for place, journal in journals:
        try:
            made = record(run, journal, resumed=resumed)
            made = lineage.told(made, journal, sheet=sheet, whole=whole)
            journal.append(made, sheet=sheet, template=template)
        except JournalError as error:
            first = first or error
            continue
        if first is not None:
            say(f"{first}; the run is kept in '{place}' instead")
        return place, journal, made
    raise first or JournalError("there is no place for a journal")


def told(record: Record, journal: Journal, problem: str) -> Receipt:
    """Return what is said of a run that is in the journal and not in the sheet."""
    values = record.values.items()
    return Receipt(
        run_id=record.id,
        name=title(record),
        url=None,
        delivered=False,
        waiting=sum(each.count for each in journal.waiting()),
        problem=problem,
        pending=tuple(
            path(key) for key, value in values if section(key) == "artifacts" and value == PENDING
        ),
    )


def title(record: Record) -> str:
    """Return what users are told a run is called: its name, else its id."""
    return str(record.values.get("run.name", record.id))


def record(run: collecting.Collected, journal: Journal, *, resumed: bool) -> Record:
    """Return the run's record; of a run that is there already the next revision of it."""
    if not resumed:
        return Record(id=run.id, revision=1, values=readback.noted(run.values))
    # Other machines number this run's revisions too; the time orders what nobody counts in common.
    number = int(time.time() * 1000)
    entry = journal.latest(run.id)
    if entry is None:
        return Record(id=run.id, revision=number, values=readback.noted(run.values))
    before = entry.record
    new = {key: value for key, value in run.values.items() if key not in run.defaults}
    values = readback.noted({**before.values, **new})
    return replace(before, revision=max(before.revision + 1, number), values=values)
