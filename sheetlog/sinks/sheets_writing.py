"""A plan carried out in a tab that is there: one batch, and a look at what it did."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sheetlog.errors import BusyError, SheetError, StaleError, TooLargeError
from sheetlog.plan import Plan
from sheetlog.sinks import sheets_sending, sheets_view, sheets_where
from sheetlog.sinks.sheets_cells import quoted
from sheetlog.sinks.sheets_desk import Desk
from sheetlog.sinks.sheets_repair import Before, repair
from sheetlog.sinks.sheets_requests import Batch, Extras, create, requests_for, size
from sheetlog.sinks.sheets_view import LEARNED, View, metadata_id
from sheetlog.template import Template

Json = dict[str, Any]

LARGEST = 2_000_000
"""Bytes of a request that Google recommends at most (Sheets API, Usage limits)."""
CELLS, COLUMNS = 10_000_000, 18_278
"""Google's limits of a spreadsheet (https://support.google.com/drive/answer/37603)."""
REPAIRS = 4
"""So often a batch is looked after, where people keep moving things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of a plan."""

    view: View | None
    """The tab as it is then; None: not known, so it must be looked at."""
    sheet: int
    """The tab's id."""
    row: int | None
    """The last row that was written."""


def write(
    desk: Desk, base: View, plan: Plan, template: Template, tokens: Collection[str]
) -> Written:
    """Carry out a plan in a tab."""
    made = desk.tokens.fresh(tokens, base.tokens)
    spent = desk.tokens.to_delete(base.tokens if desk.fresh else None)
    compare = desk.compare is not False
    answer = _learned(desk, base)
    extras = Extras(
        tokens=made, spent=spent, compare=compare, learned=answer, taken=desk.tokens.foreign
    )
    batch = requests_for(plan, base, template, extras)
    check_size(batch, len(batch.cells))
    before = _before(desk, base, batch) if plan.edits else None
    reply = sheets_sending.send(
        desk, base.spreadsheet, batch.requests, tokens=made, base=base, ranges=batch.ranges
    )
    desk.tokens.deleted(spent)
    if compare and batch.compares:
        desk.compare = True
    view = _after(reply, base, batch) if reply is not None else None
    if view is None and (reply is not None or not compare or plan.edits or plan.marks):
        view, batch = look_after(desk, base, batch, before)
    if view is not None and view.title != base.title:
        view = None
    return Written(view=view, sheet=base.sheet, row=max(batch.rows.values(), default=None))


def check_size(batch: Batch, runs: int) -> None:
    """Refuse what should be done in several parts. Raises TooLargeError."""
    if runs > 1 and size(batch) > LARGEST:
        raise TooLargeError(f"{runs} runs are more than goes into one call to Google")


def _learned(desk: Desk, base: View) -> dict[int, str]:
    """Return what is to be remembered in the spreadsheet: that columns can't be compared there."""
    if desk.compare is False and "cas" not in base.learned:
        return {metadata_id(LEARNED, "cas"): "cas=no"}
    return {}


def _after(reply: Json, base: View, batch: Batch) -> View | None:
    """Return the tab as an answer shows it; None: not all is where it was meant to be."""
    for sheet in reply.get("sheets", ()):
        if sheet["properties"]["sheetId"] == base.sheet:
            view = sheets_view.view(reply, sheet)
            places = view.places
            same = all(places.get(key) == place for key, place in batch.places.items())
            there = all(view.runs.get(run) == row for run, row in batch.rows.items())
            titles = {column.place: column.title for column in view.columns}
            marked = all(titles.get(at) == title for at, title in batch.titles.items())
            if not (same and there and marked and view.header_marked):
                return None
            end = max(view.end, *(row + 1 for row in batch.rows.values())) if batch.rows else 0
            return replace(view, runs={}, end=end) if end >= base.end else None
    return None


def _before(desk: Desk, base: View, batch: Batch) -> Before:
    """Return the tab as it is before rows are edited.

    Raises:
        StaleError: it is no longer as it was planned for.
    """
    view, cells = _whole(desk, base)
    moved = view.columns != base.columns or any(
        view.runs.get(run) != row for run, row in batch.rows.items() if run in base.runs
    )
    if moved:
        raise StaleError(f"{desk.what} has changed meanwhile")
    return Before(view=view, cells=cells)


def _whole(desk: Desk, base: View) -> tuple[View, dict[tuple[int, int], Json]]:
    """Return the tab with all its cells."""
    reply = desk.google.send(
        "get",
        sheets_where.url(base.spreadsheet),
        what=desk.what,
        deadline=desk.until,
        params={"ranges": quoted(base.title), "fields": sheets_where.WHOLE},
    )
    (sheet,) = reply["sheets"]
    if sheet["properties"]["sheetId"] != base.sheet:
        raise StaleError(f"{desk.what} has changed meanwhile")
    cells = {
        (row, column): held
        for block in sheet.get("data", ())
        for row, column, held in sheets_view.cells(block)
    }
    return sheets_view.view(reply, sheet), cells


def look_after(
    desk: Desk, base: View, batch: Batch, before: Before | None
) -> tuple[View | None, Batch]:
    """Put right what landed in a wrong place; return the tab then, if that is known.

    Raises nothing: the batch is carried out, and the worst that is left is a value in a wrong
    column, which is said.
    """
    try:
        for _ in range(REPAIRS):
            view, cells = _whole(desk, base)
            fixes = _wrong_marks(batch, view) + repair(batch, view, cells, before)
            rows = {run: view.runs.get(run, row) for run, row in batch.rows.items()}
            if not fixes:
                return None, replace(batch, rows=rows)
            tokens = desk.tokens.fresh((), view.tokens)
            marks = [create(id_, sheets_view.TOKEN, value) for id_, value in tokens.items()]
            sheets_sending.send(desk, base.spreadsheet, marks + fixes, tokens=tokens, base=view)
    except (StaleError, BusyError):
        pass
    except SheetError as error:
        desk.say(f"{desk.what}: values may stand in a wrong column: {error}")
        return None, batch
    desk.say(
        f"{desk.what} was changed by somebody while runs were written to it; "
        "'sheetlog check' looks whether all is in its place"
    )
    return None, batch


def _wrong_marks(batch: Batch, view: View) -> list[Json]:
    """Return what takes back marks that were put on a column that is not the one meant."""
    titles = {column.place: column.title for column in view.columns}
    places = {place: key for key, place in batch.places.items()}
    return [
        {
            "deleteDeveloperMetadata": {
                "dataFilter": {"developerMetadataLookup": {"metadataId": view.marks[places[at]]}}
            }
        }
        for at, title in batch.titles.items()
        if view.places.get(places[at]) == at and titles.get(at) != title
    ]
