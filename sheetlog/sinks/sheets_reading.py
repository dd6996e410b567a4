"""All rows of a tab as values: in one call, where the tab has the title that it was made with."""

from __future__ import annotations

from typing import Any

from sheetlog.cells import Cell
from sheetlog.google.replies import InvalidError
from sheetlog.sinks import sheets_cells, sheets_view, sheets_where
from sheetlog.sinks.base import Table
from sheetlog.sinks.sheets_desk import Desk
from sheetlog.sinks.sheets_view import NoTab

Json = dict[str, Any]


def table(desk: Desk) -> Table:
    """Return all rows of the tab."""
    sheet = _guessed(desk)
    if sheet is None:
        view = desk.look()
        if isinstance(view, NoTab):
            view = desk.look(any_tab=True)  # who only looks needn't name the template
        if isinstance(view, NoTab):
            return Table(columns=(), rows=())
        sheet = _read(desk, view.title)
    return _table(sheet)


def _guessed(desk: Desk) -> Json | None:
    """Return the tab that has the usual title, if it is the one that is meant."""
    if desk.name.gid is not None or not desk.found():
        return None
    try:
        sheet = _read(desk, desk.name.tab or desk.made_as or sheets_where.USUAL)
    except InvalidError:
        return None  # there is none of this title
    marked = sheets_view.marked_sheets({"sheets": [sheet]})
    if not marked or not marked[0][2] or desk.made_as not in (None, marked[0][1]):
        return None
    return sheet


def _read(desk: Desk, title: str) -> Json:
    assert desk.spreadsheet is not None
    reply = desk.google.send(
        "get",
        sheets_where.url(desk.spreadsheet),
        what=desk.what,
        deadline=desk.until,
        params={"ranges": sheets_cells.quoted(title), "fields": sheets_where.WHOLE},
    )
    (sheet,) = reply["sheets"]
    found: Json = sheet
    return found


def _table(sheet: Json) -> Table:
    view = sheets_view.view({"spreadsheetId": ""}, sheet)
    at = {column.place: index for index, column in enumerate(view.columns)}
    rows: dict[int, list[Cell]] = {}
    for block in sheet.get("data", ()):
        for row, column, held in sheets_view.cells(block):
            if row > view.header and column in at:
                cell = sheets_cells.value(held)
                if cell not in (None, ""):
                    rows.setdefault(row, [None] * len(at))[at[column]] = cell
    # A box that nobody has ticked is there in blank rows as well.
    found = [rows[row] for row in sorted(rows) if any(map(_tells, rows[row]))]
    return Table(columns=view.columns, rows=found)


def _tells(cell: Cell) -> bool:
    return cell is not None and cell is not False
