"""Secrets that have leaked already: `scan()` finds and blanks them, in a sheet or in the journal.

What people wrote themselves is told, never changed. A finding names a place and never the secret.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sheetlog import api, catalog, redact, settings
from sheetlog.cells import Cell, Formula, cell, scalar
from sheetlog.plan import Edit, HeaderColumn, Plan
from sheetlog.record import Link, Record, Scalar
from sheetlog.settings import Settings
from sheetlog.sinks.base import Sink, Table

AT_ONCE = 500
"""Cells that one change blanks at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A secret that is where people can read it."""

    where: str
    """The sheet, or `journal`."""
    run_id: str
    """Of the run whose row or record it is; blank: a row without one."""
    key: str
    """Of the value; the title of a column that is a person's."""
    kind: str
    """In words: `GitHub token`."""
    blanked: bool = False
    """Whether `[redacted]` stands there instead, now."""


def scan(
    sheet: str | os.PathLike[str] | None = None, *, journal: bool = False, blank: bool = False
) -> list[Leak]:
    """Return the secrets in a sheet's cells, or in the journal's records.

    Args:
        sheet: a workbook's path, a Google Sheets URL or `google:TITLE`; None: the settings' one.
        journal: look into the journal's records instead, of all runs and states.
        blank: put `[redacted]` where a secret is: in sheetlog's own columns of the sheet, or in
            the records of the journal. A run that waits is delivered without the secret then.

    Raises:
        MisuseError: the sheet cannot be told from its name.
        SheetError: the sheet cannot be read, or not be changed.
        JournalError: the journal cannot be read, or not be changed.
    """
    chosen = settings.current({"sheet": sheet})
    rules = redact.Rules(allow=chosen.allow, deny=chosen.deny)
    if journal:
        return _in_journal(chosen, rules, blank=blank)
    sink = api.sink_of(chosen.sheet, chosen)
    found = list(_in_sheet(sink.read(), chosen.sheet, rules))
    own = [(leak, clean) for leak, clean, ours in found if ours and leak.run_id]
    done: set[tuple[str, str]] = set()
    if blank:
        for at in range(0, len(own), AT_ONCE):
            done |= _blank(sink, own[at : at + AT_ONCE], chosen)
    return [_marked(leak, done) if ours else leak for leak, _, ours in found]


def _marked(leak: Leak, done: set[tuple[str, str]]) -> Leak:
    return replace(leak, blanked=(leak.run_id, leak.key) in done)


def _in_sheet(
    table: Table, sheet: str, rules: redact.Rules
) -> Iterator[tuple[Leak, Scalar, bool]]:
    """Give each secret in a table, what its cell should hold, and whether the column is ours."""
    ids = [at for at, column in enumerate(table.columns) if column.key == "run.id"]
    for row in table.rows:
        run = str(row[ids[0]] or "") if ids else ""
        for column, held in zip(table.columns, row, strict=True):
            ours = column.owner == "sheetlog" and column.key is not None
            if column.key == "run.id" or held is None or isinstance(held, Formula):
                continue
            name = str(column.key) if ours else _named(column)
            found = _secret(name, held, rules)
            if found is not None:
                kind, clean = found
                title = name if ours else column.title
                yield Leak(where=sheet, run_id=run, key=title, kind=kind), clean, ours


def _named(column: HeaderColumn) -> str:
    """Return the key by which a person's column is judged: its title says what is in it."""
    return "people." + column.title.replace(".", " ")


def _in_journal(chosen: Settings, rules: redact.Rules, *, blank: bool) -> list[Leak]:
    """Return the secrets in the journal's records, each once a run and key."""
    leaks: dict[tuple[str, str], Leak] = {}

    def clean(record: Record) -> Record | None:
        values = dict(record.values)
        for key, value in record.values.items():
            found = _secret(key, value, rules)
            if found is not None:
                kind, values[key] = found
                leaks[record.id, key] = Leak(
                    where="journal", run_id=record.id, key=key, kind=kind, blanked=blank
                )
        changed = blank and values != record.values
        # The same revision: what was delivered is known again, and what waits goes but once.
        return replace(record, values=values) if changed else None

    for journal in api.journals(chosen):
        journal.rewrite(clean)
    return list(leaks.values())


def _secret(key: str, held: Cell, rules: redact.Rules) -> tuple[str, Scalar] | None:
    """Return what kind of secret a cell holds, and what it should hold; None: it holds none."""
    value = scalar(held)
    clean, hidden = redact.redact({key: value}, rules)
    if not hidden:
        return None
    new = next(iter(clean.values()))
    if new == value:
        return None  # the key itself looks like a secret, and its cell does not
    text = f"{value.text} {value.url}" if isinstance(value, Link) else str(value)
    kinds = dict.fromkeys(finding.kind for finding in redact.finds(text))
    return ", ".join(kinds) or "the name says so", new


def _blank(
    sink: Sink, leaks: Sequence[tuple[Leak, Scalar]], chosen: Settings
) -> set[tuple[str, str]]:
    """Put what is left of the values into their cells, and return which that were."""
    with sink.exclusive(chosen.timeout):
        header = sink.header({leak.run_id for leak, _ in leaks})
        edits = []
        for leak, clean in leaks:
            row = header.rows.get(leak.run_id)
            if row is not None:
                new = cell(clean, text_limit=sink.text_limit)
                edits.append(Edit(id=leak.run_id, place=row.place, key=leak.key, cell=new))
        if edits:
            sink.apply(Plan(base=header, edits=tuple(edits)), catalog.load(chosen.template))
    return {(edit.id, edit.key) for edit in edits}
