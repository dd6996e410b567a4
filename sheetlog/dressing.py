"""Dressing a sheet again: `redress()` brings it to what its template says now.

Reads the sheet and has the sink carry the change out. Decides nothing: what changes, `redressing`
says, what a new column looks like, `dress`, and which sink it is, `api`.
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
from sheetlog.sinks.base import Dressable, Sink, Table
from sheetlog.unvarying import unvarying

if TYPE_CHECKING:
    from sheetlog.settings import Settings
    from sheetlog.tabs import Redress
    from sheetlog.template import Template

_TRIES = 5


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
    template = catalog.load(chosen.template, chosen.language)
    return redressing.plan(
        template,
        looks,
        samples=_samples(table),
        days=_days(table),
        unvarying=_unvarying(table, template),
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


def _unvarying(table: Table, template: Template) -> frozenset[str]:
    """Return the keys of columns in which every run has the same; never the deciding metric's."""
    keep = frozenset() if template.best_by is None else frozenset((template.best_by.metric,))
    places = set(unvarying(table.columns, table.rows, keep=keep))
    return frozenset(
        column.key for column in table.columns if column.key is not None and column.place in places
    )
