"""Whether all is in order: settings, template, journal, login, access, marks, rows: `check()`.

Only looks; changes neither journal nor sheet.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sheetlog import api, catalog, naming, settings
from sheetlog.errors import SheetlogError
from sheetlog.journal.base import Entry, Waiting
from sheetlog.plan import Header
from sheetlog.settings import Settings
from sheetlog.sinks.base import Examinable, Sink, Table

NAMED = 5
"""Runs that a sentence names at the most."""
ENTRIES = 100_000
"""Of the journal's runs that are compared with the rows, the newest so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that `check()` looked at."""

    what: str
    good: bool
    words: str
    """What was found, and what to do where it isn't good."""


def check(sheet: str | os.PathLike[str] | None = None) -> list[Finding]:
    """Return what is and isn't in order: settings, template, journal, login, sheet, marks, runs.

    Args:
        sheet: a workbook's path, a Google Sheets URL or `google:TITLE`; None: the settings' one.
    """
    try:
        chosen = settings.current({"sheet": sheet})
    except SheetlogError as error:
        return [Finding(what="settings", good=False, words=str(error))]
    path = settings.nearest_file(settings.here())
    words = f"from '{path}'" if path else "no sheetlog.yaml here or above; defaults are in force"
    findings = [Finding(what="settings", good=True, words=words), _template(chosen)]
    # Before the sheet is read: a run that is delivered meanwhile must not be missed there.
    try:
        entries = [
            entry
            for journal in api.journals(chosen)
            for entry in journal.entries(chosen.sheet, limit=ENTRIES)
        ]
    except SheetlogError as error:
        findings.append(Finding(what="journal", good=False, words=str(error)))
        entries = []
    else:
        findings.append(_journal(chosen))
    return [*findings, *_sheet(chosen, entries), *_files(chosen)]


def _files(chosen: Settings) -> list[Finding]:
    """Return what is to be said of files: those that wait, and the Drive folder of the sheet."""
    found = []
    if waiting := api.pending(chosen):
        names = ", ".join(f"'{item.name}'" for item in waiting[:NAMED])
        words = f"not stored yet: {len(waiting)} ({names}); 'sheetlog sync' goes on with them"
        found.append(Finding(what="files", good=False, words=words))
    try:
        drive = api.drive_of(chosen.sheet, chosen)
    except SheetlogError:
        return found  # the sheet's own line says it
    good, words = drive.check() if drive is not None else (True, "")
    if words:
        found.append(Finding(what="files", good=good, words=words))
    return found


def _template(chosen: Settings) -> Finding:
    try:
        template = catalog.load(chosen.template, chosen.language)
    except SheetlogError as error:
        return Finding(what="template", good=False, words=str(error))
    words = f"'{template.name}' ({template.title}), {chosen.origin('template')}"
    return Finding(what="template", good=True, words=words)


def _journal(chosen: Settings) -> Finding:
    where = settings.journal_path(chosen)
    waiting = [each for journal in api.journals(chosen) for each in journal.waiting()]
    parts = [_waits(each) for each in waiting if each.count]
    refused = sum(each.refused for each in waiting)
    if refused:
        # They don't wait: nobody has to act, unless the rows are wanted back.
        parts.append(
            f"{_runs(refused)} got no row again that a person had deleted ('sheetlog status')"
        )
    if not any(each.count for each in waiting):
        return Finding(
            what="journal", good=True, words="; ".join([f"'{where}': nothing waits", *parts])
        )
    words = f"{'; '.join(parts)}; 'sheetlog sync' delivers what waits"
    return Finding(what="journal", good=False, words=words)


def _waits(each: Waiting) -> str:
    why = each.problem or "not tried yet"
    return f"{_runs(each.count)} for {naming.words(each.sheet)} ({why})"


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def _sheet(chosen: Settings, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Yield what there is to say of the sheet; nothing follows what keeps it from being read."""
    try:
        sink = api.sink_of(chosen.sheet, chosen)
        yield from _access(sink)
        header = sink.header()
        if not header.exists:
            words = f"{chosen.sheet} has no tab for runs yet: the first run makes it"
            yield Finding(what="sheet", good=True, words=words)
            yield from _missing([], entries, chosen)
            return
        table = sink.read()
    except SheetlogError as error:
        yield Finding(what="sheet", good=False, words=str(error))
        return
    count = "1 row" if len(table.rows) == 1 else f"{len(table.rows)} rows"
    yield Finding(what="sheet", good=True, words=f"{chosen.sheet}: {count}")
    yield from (Finding(what="sheet", good=False, words=words) for words in table.skipped)
    yield _marks(header)
    ids = _ids(table)
    if ids is not None:
        yield _twice(ids)
        yield from _missing(ids, entries, chosen)


def _access(sink: Sink) -> Iterator[Finding]:
    if not isinstance(sink, Examinable):
        return
    found = sink.access()
    if found.login:
        yield Finding(what="login", good=True, words=found.login)
    yield Finding(what="access", good=found.may_write is not False, words=found.words)


def _marks(header: Header) -> Finding:
    """Tell whether sheetlog knows its columns by their marks."""
    marked = [column for column in header.columns if column.key]
    # Those that a template makes for people have marks, too.
    own = sum(not str(column.key).startswith("people.") for column in marked)
    words = f"{own} columns are sheetlog's, {len(header.columns) - own} are people's"
    if header.deleted:
        gone = sorted(header.deleted)
        words += (
            f"; people deleted {len(gone)} ({_some(gone)}), whose values go to the column 'More'"
        )
    good = any(column.key == "run.id" for column in marked)
    if not good:
        words += (
            "; the column of run ids has no mark (somebody deleted it, or the data was pasted "
            "here): the next run brings it back, and rows without an id count as people's"
        )
    return Finding(what="marks", good=good, words=words)


def _ids(table: Table) -> list[str] | None:
    at = [number for number, column in enumerate(table.columns) if column.key == "run.id"]
    return [str(row[at[0]]) for row in table.rows if row[at[0]]] if at else None


def _twice(ids: Sequence[str]) -> Finding:
    twice = sorted(id_ for id_, count in Counter(ids).items() if count > 1)
    if not twice:
        return Finding(
            what="runs", good=True, words=f"no run is there twice, of {_runs(len(ids))}"
        )
    words = (
        f"there twice: {_some(twice)}; a person may have copied these rows: delete the copies, "
        "or a later state of the run edits only the first"
    )
    return Finding(what="runs", good=False, words=words)


def _in_tab(entry: Entry, chosen: Settings) -> bool:
    """Return whether a run belongs into the tab that was read: templates may have tabs of their
    own in one sheet.
    """
    name = naming.parse(chosen.sheet)
    if name.tab is not None or name.gid is not None:
        return True
    read, own = (catalog.tab(each, chosen.language) for each in (chosen.template, entry.template))
    return own == read


def _missing(ids: Sequence[str], entries: Sequence[Entry], chosen: Settings) -> Iterator[Finding]:
    """Yield which runs were delivered and have no row: a person deleted it, which is no fault."""
    there = set(ids)
    entries = [entry for entry in entries if _in_tab(entry, chosen)]
    gone = [
        str(entry.record.values.get("run.name", entry.record.id))
        for entry in entries
        if entry.state == "delivered" and entry.record.id not in there
    ]
    if gone:
        words = (
            f"{_runs(len(gone))} had a row that is not in this tab any more: {_some(gone)}; "
            "a person deleted or moved it, and so it stays ('sheetlog show RUN' has the values)"
        )
        yield Finding(what="deleted", good=True, words=words)


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    listed = ", ".join(f"'{name}'" for name in names[:NAMED])
    return f"{listed} and {more} more" if more > 0 else listed
