"""A run's next record: its first one, or a later state on top of what the journal has of it."""

from __future__ import annotations

import time
from dataclasses import replace

from sheetlog import collecting, readback
from sheetlog.journal.base import Journal
from sheetlog.record import Record


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
