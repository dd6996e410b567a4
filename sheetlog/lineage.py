"""Which run a run is compared with: its parent, else a run before it; and its record, told so.

Is given a journal and knows none of their kinds; the words are of `changes`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from sheetlog import changes
from sheetlog.errors import JournalError
from sheetlog.journal.base import Journal, name_of
from sheetlog.record import Record


def told(record: Record, journal: Journal, *, sheet: str, whole: bool = True) -> Record:
    """Return a record with what sets it apart: `run.changed`, `run.config`, the keys to mark.

    Args:
        journal: whose runs it is compared with. One that it doesn't know is not looked for in the
            sheet: that would be a call more for each run.
        sheet: the name of the sheet that the run goes to.
        whole: whether data and surroundings are among its values already.

    Raises:
        JournalError: the journal cannot be read.
    """
    values = dict(record.values)
    config = changes.configuration(values)
    if config is not None:
        values[changes.CONFIG] = config
    base = _base(record, journal, sheet) if config is not None else None
    if base is None:
        return replace(record, values=values)
    found = changes.difference(values, base.values, whole=whole)
    if found.words:
        values[changes.CHANGED] = found.words
    return replace(record, values=values, marked=found.keys)


def _base(record: Record, journal: Journal, sheet: str) -> Record | None:
    """Return the run's parent, by id or name; of a run without one the run before it that is
    called alike, else the run before it.
    """
    parent = record.values.get("run.parent")
    if not isinstance(parent, str):
        entry = journal.earlier(sheet, name_of(record), than=record.id)
        entry = entry or journal.earlier(sheet, than=record.id)
        return entry.record if entry is not None else None
    entry = None
    with suppress(JournalError):  # a newer sheetlog's: known by its id alone
        entry = journal.latest(parent)
    entry = entry or journal.earlier(sheet, parent, than=record.id)
    return entry.record if entry is not None and entry.record.id != record.id else None
