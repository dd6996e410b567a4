"""What takes time, once a run is on disk: files stored, data hashed, surroundings completed.

Is given a store and a journal and knows none of their kinds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sheetlog import naming, redact, settings
from sheetlog.artifacts.base import Store
from sheetlog.journal.base import Journal
from sheetlog.record import Record, Scalar
from sheetlog.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What a call named that takes time."""

    files: Sequence[tuple[str, Any]] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


def completed(
    record: Record,
    later: Later,
    chosen: Settings,
    *,
    sheet: str,
    store: Store,
    journal: Journal,
    context: bool,
    say: Callable[[str], None],
) -> Record:
    """Return the next revision of a record, with what took time.

    Args:
        record: as it is on disk.
        later: what the call named.
        chosen: the settings in force.
        sheet: the name of the sheet that the run goes to.
        store: where files land.
        journal: whose earlier runs tell which version of the data this is.
        context: whether there is more to tell of what surrounded the run.
        say: warns of what went wrong; it costs its own cells and no more.
    """
    links, problems = _stored(record, later, store)
    more: dict[str, Scalar] = {}
    if later.data:
        from sheetlog.context import data

        more = data.describe(
            later.data,
            known=os.path.join(os.path.dirname(settings.journal_path(chosen)), "hashes.json"),
            earlier=_earlier(journal, record, [f"data.{name}" for name in later.data], sheet),
            online=not chosen.offline,
        )
    if context:
        found, failed = _surroundings(chosen, sheet, store)
        problems += failed
        more |= {key: value for key, value in found.items() if key not in record.values}
    for problem in problems:
        say(problem)
    clean, _ = redact.redact(more, redact.Rules(allow=chosen.allow, deny=chosen.deny))
    values = {**record.values, **links, **clean}
    return replace(record, revision=record.revision + 1, values=values)


def _stored(record: Record, later: Later, store: Store) -> tuple[dict[str, Scalar], list[str]]:
    if not later.files:
        return {}, []
    from sheetlog import filing

    name, tail = str(record.values.get("run.name", "")), record.id[-4:]
    run = name if name.endswith(tail) else f"{name}-{tail}"
    return filing.store(later.files, store, run=run)


def _surroundings(
    chosen: Settings, sheet: str, store: Store
) -> tuple[dict[str, Scalar], list[str]]:
    from sheetlog.context import around, keeping

    own = naming.parse(chosen.sheet)
    workbook = own.target if own.kind == "excel" else ""
    found = around.afterwards(chosen.context, workbook=workbook)
    kept, problems = keeping.keep(found.files, store)
    values = {**found.values, **kept}
    around.remember(chosen.context, sheet, values)
    return values, problems


def _earlier(
    journal: Journal, record: Record, keys: Sequence[str], sheet: str
) -> dict[str, list[str]]:
    """Return what other runs of a sheet have under the keys, the newest run first."""
    runs = [each.record for each in journal.entries(sheet) if each.record.id != record.id]
    return {key: [str(run.values[key]) for run in runs if key in run.values] for key in keys}
