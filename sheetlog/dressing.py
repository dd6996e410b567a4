"""Dressing a sheet again: `redress()` brings it to what its template says now.

Knows settings, templates and the base of sinks; what changes, `redressing` says, and which sink it
is, `api` chooses.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sheetlog import api, catalog, redressing, settings
from sheetlog.cells import Cell
from sheetlog.errors import MisuseError, StaleError
from sheetlog.record import section
from sheetlog.sinks.base import Dressable, Sink, Table

if TYPE_CHECKING:
    from sheetlog.settings import Settings
    from sheetlog.tabs import Redress

_TRIES = 5
_FOLDED = frozenset({"params", "data", "git", "env", "hardware", "notebook"})
"""Sections whose columns are folded away when they never vary: results and people's never are."""
_ENOUGH = 5
"""So many runs at least: with fewer, nearly nothing varies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dressed:
    """What was changed in a sheet's looks, or would be."""

    sheet: str
    url: str
    done: tuple[str, ...]
    """What was done, a sentence each; what would be, with `dry_run`."""
    left: tuple[str, ...]
    """What stays as people want it although the template says otherwise, a sentence each."""
    dry_run: bool


def redress(
    sheet: str | os.PathLike[str] | None = None,
    *,
    template: str | os.PathLike[str] | None = None,
    dry_run: bool = False,
) -> Dressed:
    """Bring a sheet's looks to what its template says now, and make or renew its Overview.

    Widths, number formats, notes, choices, colours by goal and hidden columns follow the template
    where nobody has changed them since sheetlog set them. Titles, order, values and whatever
    people restyled stay. Columns of settings that never vary are folded away.

    Args:
        sheet: a workbook's path, a Google Sheets URL or `google:TITLE`; `#TAB` may follow.
        template: name or path of the column template; None: the one of the settings.
        dry_run: only say what would be done.

    Raises:
        MisuseError: the sheet cannot be told from its name, or there is none yet.
        SettingsError: a setting has a value that it cannot have.
        TemplateError: the template has mistakes.
        SheetError: the sheet cannot be read or changed now.
    """
    chosen = settings.current({"sheet": sheet, "template": template})
    sink = api.sink_of(chosen.sheet, chosen)
    if not isinstance(sink, Dressable):
        raise MisuseError(f"'{chosen.sheet}' is a sheet that cannot be dressed again")
    last: StaleError | None = None
    with sink.exclusive(chosen.timeout):
        for _ in range(_TRIES):
            change = _change(sink, chosen)
            kept = change.memory != change.base.memory
            try:
                if not dry_run and (kept or not change.empty):
                    sink.dress(change)
            except StaleError as error:  # somebody has saved it meanwhile: look again
                last = error
                continue
            return Dressed(
                sheet=chosen.sheet,
                url=sink.url,
                done=change.words,
                left=change.left,
                dry_run=dry_run,
            )
    raise last or StaleError(f"'{chosen.sheet}' changes all the time; try again")


def _change(sink: Sink, chosen: Settings) -> Redress:
    assert isinstance(sink, Dressable)
    looks = sink.looks()
    if not looks.columns:
        raise MisuseError(f"'{chosen.sheet}' has no runs yet; there is nothing to dress")
    table = sink.read()
    samples, days = _samples(table), _days(table)
    return redressing.plan(
        catalog.load(chosen.template, chosen.language),
        looks,
        samples=samples,
        days=days,
        unvarying=_unvarying(table),
    )


def _samples(table: Table) -> dict[str, Cell]:
    """Return a value of each column that holds one, by key."""
    found: dict[str, Cell] = {}
    for place, column in enumerate(table.columns):
        if column.key is not None:
            held = (row[place] for row in table.rows if row[place] not in (None, ""))
            value = next(held, None)
            if value is not None:
                found[column.key] = value
    return found


def _days(table: Table) -> Mapping[str, str]:
    """Return the day of the first run that has a value, by key."""
    keys = [column.key for column in table.columns]
    if "run.started" not in keys:
        return {}
    started = keys.index("run.started")
    found: dict[str, str] = {}
    for row in table.rows:
        moment = row[started]
        if isinstance(moment, datetime):
            day = f"{moment:%Y-%m-%d}"
            for key, value in zip(keys, row, strict=True):
                if key is not None and value not in (None, "") and day < found.get(key, "a"):
                    found[key] = day
    return found


def _unvarying(table: Table) -> frozenset[str]:
    """Return the keys of columns of settings in which every run has the same."""
    if len(table.rows) < _ENOUGH:
        return frozenset()
    return frozenset(
        column.key
        for place, column in enumerate(table.columns)
        if column.key is not None
        and section(column.key) in _FOLDED
        and len({_told_apart(row[place]) for row in table.rows}) == 1
    )


def _told_apart(cell: Cell) -> tuple[str, str]:
    return type(cell).__name__, str(cell)
