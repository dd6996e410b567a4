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
from sheetlog.overlong import Long, second
from sheetlog.record import Record, Scalar
from sheetlog.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What a call named that takes time."""

    files: Sequence[tuple[str, Any]] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


def later(given: Mapping[str, Any], long: Sequence[Long] = ()) -> Later:
    """Return what a call named that takes time, and is seen to once the run is on disk.

    Args:
        given: the arguments of the call.
        long: what no cell of its row holds whole.

    Raises:
        MisuseError: an argument of these is of a kind that it cannot be.
    """
    from sheetlog import filing
    from sheetlog.artifacts.media import Text
    from sheetlog.context import data

    files = filing.named(given["artifacts"])
    taken = {name for name, _ in files}
    for name, text, ending in long:
        files.append((second(name) if name in taken else name, Text(text, ending)))
    return Later(files=files, data=data.check(given["data"]))


def completed(
    record: Record,
    asked: Later,
    chosen: Settings,
    *,
    sheet: str,
    store: Store | None,
    keep: Callable[..., object],
    surroundings: Callable[[], Store] | None,
    journal: Journal,
    say: Callable[[str], None],
) -> Record:
    """Return the next revision of a record, with what took time.

    Args:
        record: as it is on disk.
        asked: what the call named.
        chosen: the settings in force.
        sheet: the name of the sheet that the run goes to.
        store: where files land at once; None: they all wait.
        keep: keeps a file until it can be stored; `Spool.add` has the details.
        surroundings: opens the store of the files that tell of what surrounded the run; None:
            there is no more to tell of that.
        journal: whose earlier runs tell which version of the data this is.
        say: warns of what went wrong; it costs its own cells and no more.
    """
    links, problems = _stored(record, asked, store, keep)
    more: dict[str, Scalar] = {}
    if asked.data:
        from sheetlog.context import data

        more = data.describe(
            asked.data,
            known=os.path.join(os.path.dirname(settings.journal_path(chosen)), "hashes.json"),
            earlier=_earlier(journal, record, [f"data.{name}" for name in asked.data], sheet),
            online=not chosen.offline,
        )
    if surroundings is not None:
        found, failed = _surroundings(chosen, sheet, surroundings)
        problems += failed
        more |= {key: value for key, value in found.items() if key not in record.values}
    for problem in problems:
        say(problem)
    clean, _ = redact.redact(more, redact.Rules(allow=chosen.allow, deny=chosen.deny))
    values = {**record.values, **links, **clean}
    return replace(record, revision=record.revision + 1, values=values)


def _stored(
    record: Record, asked: Later, store: Store | None, keep: Callable[..., object]
) -> tuple[dict[str, Scalar], list[str]]:
    if not asked.files:
        return {}, []
    from sheetlog import filing

    name, tail = str(record.values.get("run.name", "")), record.id[-4:]
    run = name if name.endswith(tail) else f"{name}-{tail}"
    return filing.store(asked.files, store, run=redact.text(run), keep=keep)


def _surroundings(
    chosen: Settings, sheet: str, store: Callable[[], Store]
) -> tuple[dict[str, Scalar], list[str]]:
    from sheetlog.context import around, keeping

    own = naming.parse(chosen.sheet)
    workbook = own.target if own.kind == "excel" else ""
    found = around.afterwards(chosen.context, workbook=workbook)
    kept: dict[str, Scalar] = {}
    problems: list[str] = []
    if found.files:
        folder = os.path.dirname(settings.journal_path(chosen))
        kept, problems = keeping.keep(found.files, store(), folder=folder)
    values = {**found.values, **kept}
    around.remember(chosen.context, sheet, values)
    return values, problems


def _earlier(
    journal: Journal, record: Record, keys: Sequence[str], sheet: str
) -> dict[str, list[str]]:
    """Return what other runs of a sheet have under the keys, the newest run first."""
    runs = [each.record for each in journal.entries(sheet) if each.record.id != record.id]
    return {key: [str(run.values[key]) for run in runs if key in run.values] for key in keys}
