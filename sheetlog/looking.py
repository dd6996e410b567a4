"""What is there: what waits, what a run holds, which templates exist, whether all is in order.

Only looks; changes neither journal nor sheet.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from sheetlog import api, catalog, settings
from sheetlog.errors import MisuseError, SheetlogError
from sheetlog.journal.base import Entry, Waiting
from sheetlog.record import Scalar
from sheetlog.settings import Settings
from sheetlog.sinks.base import Preparable


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that `check()` looked at."""

    what: str
    good: bool
    words: str
    """What was found, and what to do where it isn't good."""


def show(run: str) -> Shown:
    """Return a run by its id, the beginning of its id, or its name (the newest of that name).

    Raises:
        MisuseError: the journal has no such run, or several that begin so.
    """
    for journal in api.journals():
        entry = journal.latest(run)
        if entry is None:
            entry = _found(run, journal.entries(limit=100_000))
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
    raise MisuseError(
        f"the journal has no run '{run}': give a run's id, the beginning of it, or its name"
    )


def _found(run: str, entries: Sequence[Entry]) -> Entry | None:
    begins = [entry for entry in entries if entry.record.id.startswith(run)]
    if len(begins) > 1:
        ids = ", ".join(entry.record.id for entry in begins[:5])
        raise MisuseError(f"{len(begins)} runs begin with '{run}': {ids}; give more of the id")
    named = [entry for entry in entries if entry.record.values.get("run.name") == run]
    return next(iter(begins or named), None)


def status() -> list[Waiting]:
    """Return what waits in the journal, sheet by sheet."""
    return [each for journal in api.journals() for each in journal.waiting()]


def templates() -> list[tuple[str, str]]:
    """Return name and title of each template that ships with sheetlog."""
    return list(catalog.names())


def location(sheet: str | os.PathLike[str] | None = None) -> str:
    """Return where a person opens the sheet: a path or a URL."""
    chosen = settings.current({"sheet": sheet})
    sink = api.sink_of(chosen.sheet, chosen)
    if isinstance(sink, Preparable):
        sink.header()  # where a sheet is that has but a title, its service knows
    return sink.url


def check(sheet: str | os.PathLike[str] | None = None) -> list[Finding]:
    """Return what is and isn't in order: settings, template, journal, sheet, marks, what waits."""
    try:
        chosen = settings.current({"sheet": sheet})
    except SheetlogError as error:
        return [Finding(what="settings", good=False, words=str(error))]
    path = settings.nearest_file(settings.here())
    words = f"from '{path}'" if path else "no sheetlog.yaml here or above; defaults are in force"
    findings = [Finding(what="settings", good=True, words=words)]
    findings.append(_template(chosen))
    findings.append(_journal(chosen))
    findings += _sheet(chosen)
    return findings


def _template(chosen: Settings) -> Finding:
    try:
        template = catalog.load(chosen.template)
    except SheetlogError as error:
        return Finding(what="template", good=False, words=str(error))
    words = f"'{template.name}' ({template.title}), {chosen.origin('template')}"
    return Finding(what="template", good=True, words=words)


def _journal(chosen: Settings) -> Finding:
    where = settings.journal_path(chosen)
    try:
        waiting = [each for journal in api.journals(chosen) for each in journal.waiting()]
    except SheetlogError as error:
        return Finding(what="journal", good=False, words=str(error))
    if not waiting:
        return Finding(what="journal", good=True, words=f"'{where}': nothing waits")
    parts = [
        f"{each.count} for {each.sheet} ({each.problem or 'not tried yet'})" for each in waiting
    ]
    return Finding(what="journal", good=False, words=f"waiting: {'; '.join(parts)}")


def _sheet(chosen: Settings) -> list[Finding]:
    try:
        sink = api.sink_of(chosen.sheet, chosen)
        header = sink.header()
        if not header.exists:
            words = f"{chosen.sheet} is made by the first run"
            return [Finding(what="sheet", good=True, words=words)]
        table = sink.read()
    except SheetlogError as error:
        return [Finding(what="sheet", good=False, words=str(error))]
    marked = [column for column in header.columns if column.key]
    findings = [
        Finding(what="sheet", good=True, words=f"{chosen.sheet}: {len(table.rows)} rows"),
        Finding(
            what="marks",
            good=any(column.key == "run.id" for column in marked),
            words=f"{len(marked)} of {len(header.columns)} columns are sheetlog's, "
            f"{len(header.deleted)} were deleted by people",
        ),
    ]
    at = [number for number, column in enumerate(table.columns) if column.key == "run.id"]
    if at:
        ids = [str(row[at[0]]) for row in table.rows if row[at[0]]]
        twice = (
            sorted({id_ for id_ in ids if ids.count(id_) > 1}) if len(ids) != len({*ids}) else []
        )
        words = f"no run is there twice ({len(ids)} ids)"
        if twice:
            words = f"there twice: {', '.join(twice[:10])}; a person may have copied these rows"
        findings.append(Finding(what="runs", good=not twice, words=words))
    return findings
