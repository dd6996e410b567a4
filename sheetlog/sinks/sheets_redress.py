"""A Google Sheet dressed again, and the tabs beside the runs: as one batch, or nothing at all.

Columns are compared and set in the batch as for rows: one that a person moved meanwhile makes
Google refuse it. Rules are only added: nobody can tell which of those that are there are people's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sheetlog.dress import Choice
from sheetlog.errors import StaleError
from sheetlog.sinks import sheets_dress, sheets_sending, sheets_tabs
from sheetlog.sinks.sheets_desk import Desk
from sheetlog.sinks.sheets_dress import area
from sheetlog.sinks.sheets_looks import MEMORY, Seen, memory_id
from sheetlog.sinks.sheets_marks import compared, create
from sheetlog.sinks.sheets_tabs import Runs, There
from sheetlog.sinks.sheets_view import TOKEN, NoTab, View, metadata_id
from sheetlog.tabs import Redress, Restyle, Tab

Json = dict[str, Any]

PIECE = 45_000
"""Characters of what is kept in one cell, of 50,000 that it may hold."""
KEPT = "sheetlog"
"""Title of the hidden tab that keeps them."""


def dress(desk: Desk, change: Redress) -> View:
    """Carry out a change; return the runs' tab, in which no cell of a run is another by it.

    Raises:
        StaleError: the sheet is no longer the one that was looked at.
    """
    seen = change.base.version
    assert isinstance(seen, Seen)
    try:
        _sent(desk, change, seen)
    except sheets_sending.CannotCompareError:
        _sent(desk, change, seen)
    return seen.view


def _sent(desk: Desk, change: Redress, seen: Seen) -> None:
    view = seen.view
    compare = desk.compare is not False
    if not compare:
        now = desk.look()
        if isinstance(now, NoTab) or now.columns != view.columns:
            raise StaleError(f"{desk.what} has changed meanwhile")
    tokens = desk.tokens.fresh({}, view.tokens)
    batch = [create(id_, TOKEN, value) for id_, value in tokens.items()]
    keys = {each.key for each in change.columns}
    if compare:
        batch += compared(view, keys | {"run.id"})
    batch += _restyled(view, change.columns, seen)
    runs = Runs(sheet=view.sheet, title=view.title, places=view.places)
    batch += tab_requests(runs, change.tabs, seen.tabs, seen.titles)
    if change.memory != change.base.memory:
        batch += memory_requests(view.sheet, change.memory, seen.memory, seen.titles)
    sheets_sending.send(desk, view.spreadsheet, batch, tokens=tokens, base=view)


def tab_requests(
    runs: Runs, tabs: Sequence[Tab], there: Mapping[str, There], titles: Collection[str]
) -> Iterator[Json]:
    """Yield what makes tabs beside the runs or writes them anew.

    Args:
        there: those that are there, by name.
        titles: of all tabs, case-folded.
    """
    taken = set(titles)
    for tab in tabs:
        unused = _unused(tab.title, taken)
        yield from sheets_tabs.requests(tab, runs, unused, there.get(tab.name))
        taken.add(unused.casefold())


def _unused(title: str, taken: set[str]) -> str:
    """Return the title, or one like it that no tab has."""
    candidate, number = title, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{title} ({number})"
    return candidate


def memory_requests(
    runs: int, text: str, there: There | None, taken: Collection[str]
) -> Iterator[Json]:
    """Yield what keeps a text in the spreadsheet, in a hidden tab: metadata has no room for it."""
    pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    sheet = metadata_id(MEMORY, "tab", runs) if there is None else there.sheet
    tall = max(len(pieces), 1, 0 if there is None else there.rows)
    grid = {"rowCount": tall, "columnCount": 1}
    if there is None:
        title = _unused(KEPT, set(taken))
        properties = {"sheetId": sheet, "title": title, "hidden": True, "gridProperties": grid}
        yield {"addSheet": {"properties": properties}}
        yield create(memory_id(runs), MEMORY, "kept", {"sheetId": sheet})
    elif tall > there.rows:
        change = {"sheetId": sheet, "gridProperties": {"rowCount": tall}}
        names = "gridProperties(rowCount)"
        yield {"updateSheetProperties": {"properties": change, "fields": names}}
    rows = [{"values": [{"userEnteredValue": {"stringValue": piece}}]} for piece in pieces]
    whole = area(sheet, 0, 0, tall)
    yield {"updateCells": {"range": whole, "rows": rows, "fields": "userEnteredValue"}}


def _restyled(view: View, changes: Sequence[Restyle], seen: Seen) -> Iterator[Json]:
    """Yield what sets one thing of one column each; folded columns side by side are one group."""
    for change in changes:
        cells = area(view.sheet, change.place, view.header + 1)
        value: Any = change.value
        if change.attribute == "width":
            yield _columns(view, change.place, {"pixelSize": round(value * 7 + 5)}, "pixelSize")
        elif change.attribute == "hidden":
            yield _columns(view, change.place, {"hiddenByUser": value}, "hiddenByUser")
        elif change.attribute == "number_format":
            code = sheets_dress.number_format(value or "General")
            look: Json = {"userEnteredFormat": {"numberFormat": code}} if code else {}
            names = "userEnteredFormat.numberFormat"
            yield {"repeatCell": {"range": cells, "cell": look, "fields": names}}
        elif change.attribute == "note":
            head = area(view.sheet, change.place, view.header, view.header + 1)
            note = {"note": value} if value else {}
            yield {"repeatCell": {"range": head, "cell": note, "fields": "note"}}
        elif change.attribute == "choices":
            yield from _choices(cells, value)
        elif change.attribute == "goal" and value:
            yield from sheets_dress.goal_requests(view.sheet, change.place, view.header + 1, value)
    folded = sorted(c.place for c in changes if c.attribute == "grouped" and c.value)
    for first, end in _stretches(folded):
        yield from _folded(view, first, end, seen.groups)
    shown = sorted(c.place for c in changes if c.attribute == "grouped" and not c.value)
    for first, end in _stretches(shown):
        where = _place(view, first, end)
        yield {"deleteDimensionGroup": {"range": where}}
        yield {
            "updateDimensionProperties": {
                "range": where,
                "properties": {"hiddenByUser": False},
                "fields": "hiddenByUser",
            }
        }


def _choices(cells: Json, choices: Sequence[Choice]) -> Iterator[Json]:
    rule: Json = {"range": cells}
    if choices:
        rule["rule"] = sheets_dress.choice_rule([choice.word for choice in choices])
    yield {"setDataValidation": rule}
    words = ((choice.word, choice.style) for choice in choices)
    yield from sheets_dress.word_requests(cells, words)


def _columns(view: View, place: int, properties: Json, names: str) -> Json:
    where = _place(view, place, place + 1)
    return {
        "updateDimensionProperties": {"range": where, "properties": properties, "fields": names}
    }


def _place(view: View, first: int, end: int) -> Json:
    return {
        "sheetId": view.sheet,
        "dimension": "COLUMNS",
        "startIndex": first,
        "endIndex": end,
    }


def _folded(view: View, first: int, end: int, groups: Sequence[tuple[int, int]]) -> Iterator[Json]:
    yield {"addDimensionGroup": {"range": _place(view, first, end)}}
    for start, stop in sorted(groups) + sorted(groups, reverse=True):
        # Groups that touch one another are one.
        first, end = (
            (min(start, first), max(stop, end)) if start <= end and stop >= first else (first, end)
        )
    group = {"range": _place(view, first, end), "depth": 1, "collapsed": True}
    yield {"updateDimensionGroup": {"dimensionGroup": group, "fields": "collapsed"}}


def _stretches(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield first and end of the stretches of neighbours."""
    at = 0
    while at < len(places):
        end = at
        while end + 1 < len(places) and places[end + 1] == places[end] + 1:
            end += 1
        yield places[at], places[end] + 1
        at = end + 1
