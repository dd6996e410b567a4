"""A plan carried out in a tab that is there: one batch, and a look at what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sheetlog.errors import BusyError, SheetError, StaleError, TooLargeError
from sheetlog.plan import Plan
from sheetlog.sinks import sheets_sending, sheets_view, sheets_where
from sheetlog.sinks.sheets_cells import quoted
from sheetlog.sinks.sheets_desk import Desk
from sheetlog.sinks.sheets_repair import Debts, State
from sheetlog.sinks.sheets_repair import requests as repairs
from sheetlog.sinks.sheets_requests import Batch, Extras, create, requests_for, size
from sheetlog.sinks.sheets_view import LEARNED, View, metadata_id
from sheetlog.template import Template

Json = dict[str, Any]

LARGEST = 2_000_000
"""Bytes of a request that Google recommends at most (Sheets API, Usage limits)."""
CELLS, COLUMNS = 10_000_000, 18_278
"""Google's limits of a spreadsheet (https://support.google.com/drive/answer/37603)."""
REPAIRS = 8
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
    desk: Desk, base: View, plan: Plan, template: Template, tokens: Mapping[str, bool]
) -> Written:
    """Carry out a plan in a tab."""
    try:
        return _written(desk, base, plan, template, tokens)
    except sheets_sending.CannotCompareError as first:
        try:
            return _written(desk, base, plan, template, tokens)
        except SheetError as error:
            error.ambiguous = error.ambiguous or first.ambiguous
            raise


def _written(
    desk: Desk, base: View, plan: Plan, template: Template, tokens: Mapping[str, bool]
) -> Written:
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
    after = _after(reply, base) if reply is not None else None
    view = _fits(after, batch) if after is not None else None
    if view is None:
        batch = look_after(desk, base, batch, before, after)
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


def _after(reply: Json, base: View) -> State | None:
    """Return the tab as an answer shows it."""
    for sheet in reply.get("sheets", ()):
        if sheet["properties"]["sheetId"] == base.sheet:
            return _state(reply, sheet)
    return None


def _fits(after: State, batch: Batch) -> View | None:
    """Return the tab where all is as it was meant to be, and else None."""
    view = after.view
    places = view.places
    same = all(places.get(key) == place for key, place in batch.places.items())
    there = all(view.runs.get(run) == row for run, row in batch.rows.items())
    titles = {column.place: column.title for column in view.columns}
    marked = all(titles.get(at) == title for at, title in batch.titles.items())
    if not (same and there and marked and view.header_marked):
        return None
    return replace(view, runs={}, end=max((view.end, *(row + 1 for row in batch.rows.values()))))


def _before(desk: Desk, base: View, batch: Batch) -> State:
    """Return the tab as it is before rows are edited.

    Raises:
        StaleError: it is no longer as it was planned for.
    """
    state = _whole(desk, base)
    view = state.view
    moved = view.columns != base.columns or any(
        view.runs.get(run) != row for run, row in batch.rows.items() if run in base.runs
    )
    if moved:
        raise StaleError(f"{desk.what} has changed meanwhile")
    return state


def _whole(desk: Desk, base: View) -> State:
    """Return the tab with all its cells, read now."""
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
    return _state(reply, sheet)


def _state(reply: Json, sheet: Json) -> State:
    cells = {
        (row, column): held
        for block in sheet.get("data", ())
        for row, column, held in sheets_view.cells(block)
    }
    return State(view=sheets_view.view(reply, sheet), cells=cells)


def look_after(
    desk: Desk, base: View, batch: Batch, before: State | None, after: State | None
) -> Batch:
    """Put right what landed in a wrong place, and return where it is.

    Raises nothing: the batch is carried out, and the worst that is left is a value in a wrong
    column, which is said.

    Args:
        before: the tab as it was, where the batch edits rows.
        after: the tab right after it, where that is known.
    """
    try:
        now = _whole(desk, base)
        debts = Debts.of(batch, after or now, before)
        for _ in range(REPAIRS):
            fixes = debts.fixes(now)
            requests = [*_wrong_marks(batch, now.view), *repairs(base.sheet, fixes)]
            if not requests:
                rows = {run: now.view.runs.get(run, row) for run, row in batch.rows.items()}
                return replace(batch, rows=rows)
            debts.fixed = fixes
            now = _repaired(desk, base, requests, now, debts)
    except (StaleError, BusyError):
        pass
    except SheetError as error:
        desk.say(f"{desk.what}: values may stand in a wrong column: {error}")
        return batch
    desk.say(
        f"{desk.what} was changed by somebody while runs were written to it; "
        "look whether the values of its last rows stand in their columns"
    )
    return batch


def _repaired(desk: Desk, base: View, requests: list[Json], now: State, debts: Debts) -> State:
    """Send a repair, and return the tab right after it."""
    tokens = desk.tokens.fresh({}, now.view.tokens)
    marks = [create(id_, sheets_view.TOKEN, value) for id_, value in tokens.items()]
    try:
        reply = sheets_sending.send(
            desk,
            base.spreadsheet,
            marks + requests,
            tokens=tokens,
            base=now.view,
            ranges=[quoted(base.title)],
        )
    except StaleError:
        return _whole(desk, base)  # it was refused, so nothing was hit
    after = _after(reply, base) if reply is not None else None
    after = after or _whole(desk, base)
    debts.written(now, after)
    return after


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
