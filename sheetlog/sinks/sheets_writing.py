"""A plan carried out in a tab that is there: one batch, and a look at what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sheetlog.errors import SheetError, StaleError, TooLargeError
from sheetlog.plan import Plan
from sheetlog.record import OVERFLOW
from sheetlog.sinks import sheets_sending, sheets_view
from sheetlog.sinks.sheets_desk import Desk
from sheetlog.sinks.sheets_requests import Batch, Extras, requests_for, size
from sheetlog.sinks.sheets_tokens import nonce
from sheetlog.sinks.sheets_undo import Undo
from sheetlog.sinks.sheets_view import LEARNED, View, metadata_id
from sheetlog.template import Template

Json = dict[str, Any]

LARGEST = 2_000_000
"""Bytes of a request that Google recommends at most (Sheets API, Usage limits)."""


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
    except sheets_sending.ProtectedError as error:
        if not error.header or not _closed(desk, base, plan):
            raise
        raise StaleError(str(error), ambiguous=error.ambiguous) from error
    except (sheets_sending.CannotCompareError, sheets_sending.CannotCopyError) as first:
        try:
            return _written(desk, base, plan, template, tokens)
        except SheetError as error:
            error.ambiguous = error.ambiguous or first.ambiguous
            raise


def _closed(desk: Desk, base: View, plan: Plan) -> bool:
    """Do without the columns of a plan; return whether that is worth another try.

    One run with a new key must not keep all others out of a tab whose header is protected.
    """
    new = {each.key: each.title for each in plan.added if each.key not in desk.closed}
    if not new or OVERFLOW not in base.places:
        return False
    desk.closed |= new
    titles = "', '".join(new.values())
    desk.say(
        f"{desk.what} has a protected header, so that '{titles}' cannot get a column: the values "
        "go to the cell of what has none; whoever protected it must let this login add columns"
    )
    return True


def _written(
    desk: Desk, base: View, plan: Plan, template: Template, tokens: Mapping[str, bool]
) -> Written:
    made = desk.tokens.fresh(tokens, base.tokens)
    spent = desk.tokens.to_delete(base.tokens if desk.fresh else None)
    compare = desk.compare is not False
    extras = Extras(
        tokens=made,
        spent=spent,
        compare=compare,
        learned=_learned(desk, base),
        taken=desk.tokens.foreign,
        nonce=nonce() if desk.copies else "",
        now=desk.google.wall(),
        raw=desk.raw,
    )
    batch = requests_for(plan, base, template, extras)
    check_size(batch, len(batch.cells))
    reply = sheets_sending.send(
        desk, base.spreadsheet, batch.requests, tokens=made, base=base, ranges=batch.ranges
    )
    desk.tokens.deleted(spent)
    if compare and batch.compares:
        desk.compare = True
    assert batch.undo is not None
    view = None if reply is None or plan.edits else _fits(reply, base, batch)
    if batch.undo.kept:
        _settled(desk, base, batch.undo, certain=view is not None)
    elif view is None:
        # Its answer is lost, or a column was not what it was taken for: the next look tells.
        raise StaleError(f"{desk.what} was changed by somebody meanwhile", ambiguous=True)
    return Written(view=view, sheet=base.sheet, row=max(batch.rows.values(), default=None))


def _settled(desk: Desk, base: View, undo: Undo, *, certain: bool) -> None:
    """See to it that a batch hit what it was meant for.

    Raises:
        StaleError: it did not, and what it hit was put back: it is to be planned anew.
        SheetError: nobody knows; the undo tab stays for the next look.
    """
    from sheetlog.sinks import sheets_settle

    if certain:
        sheets_settle.clear(desk, base, [undo])
        return
    try:
        straight = sheets_settle.settle(desk, base, [undo.tab])
    except SheetError as error:
        error.ambiguous = True
        raise
    if not straight:
        raise StaleError(f"{desk.what} was changed by somebody meanwhile", ambiguous=True)


def check_size(batch: Batch, runs: int) -> None:
    """Refuse what should be done in several parts. Raises TooLargeError."""
    if runs > 1 and size(batch) > LARGEST:
        raise TooLargeError(f"{runs} runs are more than goes into one call to Google")


def _learned(desk: Desk, base: View) -> dict[int, str]:
    """Return what is to be remembered in the spreadsheet: that columns can't be compared there."""
    if desk.compare is False and "cas" not in base.learned:
        return {metadata_id(LEARNED, "cas"): "cas=no"}
    return {}


def _fits(reply: Json, base: View, batch: Batch) -> View | None:
    """Return the tab as an answer shows it, where all is as it was meant to be, and else None."""
    for sheet in reply.get("sheets", ()):
        if sheet["properties"]["sheetId"] == base.sheet:
            view = sheets_view.view(reply, sheet)
            break
    else:
        return None
    places = view.places
    same = all(places.get(key) == place for key, place in batch.places.items())
    there = all(view.runs.get(run) == row for run, row in batch.rows.items())
    titles = {column.place: column.title for column in view.columns}
    marked = all(titles.get(at) == title for at, title in batch.titles.items())
    if not (same and there and marked and view.header_marked):
        return None
    return replace(view, runs={}, end=max((view.end, *(row + 1 for row in batch.rows.values()))))
