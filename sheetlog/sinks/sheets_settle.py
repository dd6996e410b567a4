"""Undo tabs looked at: what was hit by mistake is put back, and the tab goes.

By the process that sent the batch, right afterwards; or by whoever looks at the sheet next.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sheetlog.errors import RefusedError, SheetError, StaleError
from sheetlog.google.replies import InvalidError
from sheetlog.sinks import sheets_repair, sheets_sending, sheets_undo, sheets_view, sheets_where
from sheetlog.sinks.sheets_desk import Desk
from sheetlog.sinks.sheets_marks import compared, create
from sheetlog.sinks.sheets_repair import Fix, State
from sheetlog.sinks.sheets_tokens import nonce
from sheetlog.sinks.sheets_undo import Line, Undo
from sheetlog.sinks.sheets_view import TOKEN, View

Json = dict[str, Any]

ROUNDS = 8
"""So often a repair is looked after, where people keep moving things."""


def settle(desk: Desk, view: View, tabs: Collection[int]) -> bool:
    """See to it that what the undo tabs are about is right, and delete them; return whether all
    edits hit what they were meant for: what didn't was taken back.

    Raises:
        SheetError: it is not certain; the undo tabs are there for the next look.
    """
    straight = True
    for _ in range(ROUNDS):
        undos = _undos(desk, view, tabs)
        if not undos:
            return straight
        if all(sheets_repair.right(undo) and not undo.stamped for undo in undos):
            clear(desk, view, undos)
            return straight
        state = _whole(desk, view)
        straight = straight and not any(sheets_repair.astray(undo, state) for undo in undos)
        marks = {key for undo in undos for key in sheets_repair.wrong_marks(undo, state)}
        fixes, done = _next(undos, state)
        if not fixes and not marks:
            clear(desk, view, undos)
            return straight
        try:
            made = _repaired(desk, state, marks, fixes, done)
        except (StaleError, sheets_sending.CannotCompareError):
            continue
        tabs = [*(undo.tab for undo in undos if undo not in done), *made]
    words = f"people kept changing {desk.what} while it was being put right"
    raise StaleError(words, ambiguous=True)


def _next(undos: Sequence[Undo], state: State) -> tuple[list[Fix], list[Undo]]:
    """Return what is to be written next, and the undo tabs that go with it.

    A repair that went astray is taken back before anything else, and forgotten with the next
    one. What it was to repair stays in its own undo tab until a repair is seen to be right.
    """
    repairs = [undo for undo in undos if any(line.kind == "back" for line in undo.lines)]
    fixes = [fix for undo in repairs for fix in sheets_repair.fixes(undo, state)]
    if fixes:
        return fixes, []
    return [fix for undo in undos for fix in sheets_repair.fixes(undo, state)], repairs


def clear(desk: Desk, view: View, undos: Sequence[Undo]) -> None:
    """Delete undo tabs that are no longer needed; where that fails, the next look does it."""
    requests = [each for undo in undos for each in sheets_undo.deletion(undo)]
    try:
        desk.google.send(
            "post",
            sheets_where.url(view.spreadsheet, ":batchUpdate"),
            what=desk.what,
            deadline=desk.until,
            params={"fields": "spreadsheetId"},
            body={"requests": requests},
        )
    except SheetError:
        return
    for undo in undos:
        desk.undos.pop(undo.tab, None)


def _undos(desk: Desk, view: View, tabs: Collection[int]) -> list[Undo]:
    """Return what the undo tabs say; those that are gone have been seen to by somebody else."""
    if not tabs:
        return []
    try:
        reply = _read(desk, view, [{"sheetId": tab} for tab in tabs])
    except InvalidError:
        desk.look()
        there = [tab for tab in tabs if tab in desk.undos]
        if not there:
            return []
        if len(there) == len(tabs):
            raise
        return _undos(desk, view, there)
    found = (sheets_undo.undo(sheet) for sheet in reply.get("sheets", ()))
    return [undo for undo in found if undo is not None and undo.tab in tabs]


def _whole(desk: Desk, view: View) -> State:
    """Return the tab with all its cells, read now."""
    reply = _read(desk, view, [{"sheetId": view.sheet}])
    for sheet in reply.get("sheets", ()):
        if sheet["properties"]["sheetId"] == view.sheet:
            return state(reply, sheet)
    raise StaleError(f"{desk.what} has changed meanwhile", ambiguous=True)


def _read(desk: Desk, view: View, ranges: Sequence[Json]) -> Json:
    found: Json = desk.google.send(
        "post",
        sheets_where.url(view.spreadsheet, ":getByDataFilter"),
        what=desk.what,
        deadline=desk.until,
        params={"fields": sheets_where.WHOLE},
        body={"dataFilters": [{"gridRange": each} for each in ranges]},
    )
    return found


def state(reply: Json, sheet: Json) -> State:
    """Return a tab with its cells as an answer shows it."""
    cells: dict[tuple[int, int], Json] = {}
    stamps: dict[int, int] = {}
    for block in sheet.get("data", ()):
        for row, place, held in sheets_view.cells(block):
            cells[row, place] = held
        for place, column in enumerate(
            block.get("columnMetadata", ()), block.get("startColumn", 0)
        ):
            for id_, key, _ in sheets_view.entries(column):
                if key == sheets_undo.STAMP:
                    stamps[id_] = place
    return State(view=sheets_view.view(reply, sheet), cells=cells, stamps=stamps)


def _repaired(
    desk: Desk,
    state: State,
    wrong: Collection[str],
    fixes: Sequence[Fix],
    done: Sequence[Undo],
) -> Collection[int]:
    """Send a repair, which has an undo tab of its own; return that.

    Args:
        wrong: keys whose mark is on a column that isn't theirs.
        done: what needs no undo tab any more.

    Raises:
        StaleError: it was refused, and another look is needed.
    """
    view = state.view
    tokens = desk.tokens.fresh({}, view.tokens)
    requests = [create(id_, TOKEN, value) for id_, value in tokens.items()]
    keys = {place: key for key, place in view.places.items() if key not in wrong}
    # A column without a mark is found again by a stamp alone.
    stamped = desk.compare is False or any(fix.place not in keys for fix in fixes)
    if fixes and desk.compare is not False:
        requests += compared(view, {keys[fix.place] for fix in fixes if fix.place in keys})
    again = _undo(desk, state, fixes, stamped=stamped)
    if fixes:
        width = max(view.width, 1 + max(fix.place for fix in fixes))
        rows = list(dict.fromkeys(fix.row for fix in fixes))
        requests += sheets_undo.requests(again, header=view.header, rows={}, width=width, at=rows)
        requests += sheets_repair.requests(view.sheet, fixes)
    for key in wrong:
        lookup = {"metadataId": view.marks[key]}
        filtered = {"dataFilter": {"developerMetadataLookup": lookup}}
        requests.append({"deleteDeveloperMetadata": filtered})
    requests += [each for undo in done for each in sheets_undo.deletion(undo)]
    try:
        sheets_sending.send(desk, view.spreadsheet, requests, tokens=tokens, base=view)
    except RefusedError:
        desk.look()
        if fixes and again.tab in desk.undos:
            return [again.tab]  # one of the tries before the refusal was carried out
        if all(undo.tab in desk.undos for undo in done):
            raise
        raise StaleError(f"{desk.what} is being put right by another process") from None
    return [again.tab] if fixes else []


def _undo(desk: Desk, state: State, fixes: Sequence[Fix], *, stamped: bool) -> Undo:
    """Return what a repair writes over."""
    view = state.view
    rows: dict[int, list[Fix]] = {}
    for fix in fixes:
        rows.setdefault(fix.row, []).append(fix)
    places = view.places
    keys = {place: key for key, place in places.items()}
    written = {fix.place for fix in fixes} | {places[key] for key in ("run.id",) if key in places}
    return Undo(
        nonce=nonce(),
        sheet=view.sheet,
        made=desk.google.wall(),
        keys={place: keys.get(place, "") for place in written},
        lines=[
            Line(
                # As it stands there, be it right or wrong: it tells that no other row was hit.
                run=state.id(row),
                kind="back",
                after={fix.place: fix.held for fix in group},
                was={fix.place: fix.now for fix in group},
            )
            for row, group in rows.items()
        ],
        stamped=stamped,
    )
