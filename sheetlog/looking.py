"""What is there: what waits, what a run holds, which templates exist, where the sheet is.

Only looks; changes neither journal nor sheet.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sheetlog import api, catalog, settings
from sheetlog.errors import MisuseError, RefusedError
from sheetlog.journal.base import Entry, Waiting
from sheetlog.record import Scalar
from sheetlog.sinks.base import Examinable


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A run as the journal holds it."""

    run_id: str
    name: str
    sheet: str
    state: str
    """`pending`, `claimed`, `delivered` or `refused`."""
    problem: str | None
    values: dict[str, Scalar]


def show(run: str) -> Shown:
    """Return a run by its id, the beginning of its id, or its name (the newest of that name).

    Raises:
        MisuseError: the journal has no such run, or several that begin so.
    """
    names: list[str] = []
    for journal in api.journals():
        entry = journal.latest(run)
        if entry is None:
            entries = journal.entries(limit=100_000)
            names += [str(each.record.values.get("run.name", "")) for each in entries]
            entry = _found(run, entries)
        if entry is not None:
            name = str(entry.record.values.get("run.name", entry.record.id))
            return Shown(
                run_id=entry.record.id,
                name=name,
                sheet=entry.sheet,
                state=entry.state,
                problem=entry.problem,
                values=dict(entry.record.values),
            )
    from sheetlog.mistakes import nearest

    raise MisuseError(
        f"the journal has no run '{run}':{nearest(run, names)} give a run's id, the beginning of "
        "it, or its name"
    )


def _found(run: str, entries: Sequence[Entry]) -> Entry | None:
    begins = [entry for entry in entries if entry.record.id.startswith(run)]
    if len(begins) > 1:
        ids = ", ".join(entry.record.id for entry in begins[:5])
        raise MisuseError(f"{len(begins)} runs begin with '{run}': {ids}; give more of the id")
    named = [entry for entry in entries if entry.record.values.get("run.name") == run]
    return next(iter(begins or named), None)


def status() -> list[Waiting]:
    """Return what waits, sheet by sheet: runs in the journal, and files for their store."""
    found = [each for journal in api.journals() for each in journal.waiting()]
    files = Counter(item.sheet for item in api.pending())
    told = [replace(each, files=files.pop(each.sheet, 0)) for each in found]
    told += [
        Waiting(sheet=sheet, count=0, refused=0, oldest=None, problem=None, files=count)
        for sheet, count in files.items()
    ]
    return told


def templates() -> list[tuple[str, str]]:
    """Return name and title of each template that ships with sheetlog."""
    return list(catalog.names())


def location(sheet: str | os.PathLike[str] | None = None) -> str:
    """Return where a person opens the sheet: a URL.

    Raises:
        RefusedError: there is no such sheet yet, or this login may not see it.
    """
    chosen = settings.current({"sheet": sheet})
    sink = api.sink_of(chosen.sheet, chosen)
    # Where a sheet is that has but a title, its service knows; so it is asked first.
    if isinstance(sink, Examinable) and not sink.access().there:
        raise RefusedError(
            f"there is no sheet '{chosen.sheet}' yet: the first run makes it, and so does "
            "'sheetlog init'"
        )
    return sink.url
