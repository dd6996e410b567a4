"""Which tab of which spreadsheet runs go to: read from Google, and made where it is missing.

Sends reads only, but for `made`. One call where the tab is marked; two where it isn't.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sheetlog.errors import RefusedError
from sheetlog.google.http import SHEETS, Google
from sheetlog.naming import SheetName
from sheetlog.plan import HeaderColumn, HeaderRow
from sheetlog.sinks import sheets_cells, sheets_undo, sheets_view
from sheetlog.sinks.sheets_cells import quoted
from sheetlog.sinks.sheets_view import NoTab, View

Json = dict[str, Any]

FULL = (
    "values(userEnteredValue,effectiveValue,formattedValue,hyperlink,chipRuns,"
    "userEnteredFormat(numberFormat,textFormat(link)),effectiveFormat(numberFormat))"
)
"""Of cells that are read as values."""
USUAL = "Runs"
"""The tab of the templates that ship with sheetlog."""
WHOLE = sheets_view.FIELDS.replace(sheets_view.CELLS, FULL)


def url(spreadsheet: str, tail: str = "") -> str:
    """Return the API's address of a spreadsheet."""
    return f"{SHEETS}/v4/spreadsheets/{spreadsheet}{tail}"


def look(
    google: Google, spreadsheet: str, name: SheetName, made_as: str | None, *, deadline: float
) -> tuple[View | NoTab, dict[int, float]]:
    """Return what the tab is like that runs go to, and its undo tabs, each with its time."""
    what = f"the sheet '{name.target}'"
    reply = google.send(
        "post",
        url(spreadsheet, ":getByDataFilter"),
        what=what,
        deadline=deadline,
        params={"fields": sheets_view.FIELDS},
        body={
            "dataFilters": [
                {"developerMetadataLookup": {"metadataKey": sheets_view.HEADER}},
                {
                    "developerMetadataLookup": {
                        "metadataKey": sheets_view.COLUMN,
                        "metadataValue": "run.id",
                    }
                },
                {"developerMetadataLookup": {"metadataKey": sheets_undo.UNDO}},
            ]
        },
    )
    chosen = _chosen(sheets_view.marked_sheets(reply), name, made_as)
    if chosen is not None:
        found = sheets_view.view(reply, chosen)
        if "run.id" in found.places:
            return found, sheets_undo.made(reply, found.sheet)
    view = _unmarked(google, spreadsheet, name, made_as, deadline=deadline)
    return view, {} if isinstance(view, NoTab) else sheets_undo.made(reply, view.sheet)


def _chosen(
    marked: Sequence[tuple[Json, str, bool]], name: SheetName, made_as: str | None
) -> Json | None:
    """Return which of the marked tabs is meant: of those that one template made, the one which
    still has its title.
    """
    for sheet, made, own in sorted(
        marked, key=lambda one: one[0]["properties"]["title"] != (made_as or USUAL)
    ):
        properties = sheet["properties"]
        if name.gid is not None:
            if properties["sheetId"] == name.gid:
                return sheet
        elif name.tab is not None:
            if properties["title"].casefold() == name.tab.casefold():
                return sheet
        elif own and made_as in (None, made):
            return sheet
    return None


def _unmarked(
    google: Google, spreadsheet: str, name: SheetName, made_as: str | None, *, deadline: float
) -> View | NoTab:
    """Return the tab that is meant by its number or title, whatever is in it."""
    what = f"the sheet '{name.target}'"
    reply = google.send(
        "get",
        url(spreadsheet),
        what=what,
        deadline=deadline,
        params={
            "fields": "spreadsheetId,developerMetadata,"
            f"sheets({sheets_view.SHEET},developerMetadata)"
        },
    )
    sheets = [
        sheet["properties"] for sheet in reply.get("sheets", ()) if not sheets_undo.is_one(sheet)
    ]
    grids = [sheet for sheet in sheets if sheet.get("sheetType", "GRID") == "GRID"]
    titles = tuple(sheet["title"] for sheet in sheets)
    learned = sheets_view.learned(reply)
    named = _named(grids, name, made_as)
    # A spreadsheet that somebody has just made for this has one tab, and it is blank.
    only = grids[0] if len(grids) == 1 and name.gid is None and name.tab is None else None
    wanted = named or only
    if wanted is None:
        if name.gid is not None:
            raise RefusedError(
                f"{what} has no tab with the number {name.gid} any more; "
                f"name one of its tabs: {', '.join(titles)}"
            )
        return NoTab(spreadsheet=spreadsheet, titles=titles, learned=learned)
    reply = google.send(
        "get",
        url(spreadsheet),
        what=what,
        deadline=deadline,
        params={"ranges": quoted(wanted["title"]), "fields": sheets_view.FIELDS},
    )
    (sheet,) = reply["sheets"]
    found = sheets_view.view(reply, sheet)
    if not found.columns and found.end == found.header + 1:
        return NoTab(
            spreadsheet=spreadsheet,
            titles=titles,
            blank=found.sheet,
            blank_title=found.title,
            grid=(found.rows, found.width),
            learned=learned,
        )
    if named is None:
        # What people have in a tab that nobody named is no place for runs.
        return NoTab(spreadsheet=spreadsheet, titles=titles, learned=learned)
    return found


def _named(sheets: Sequence[Json], name: SheetName, made_as: str | None) -> Json | None:
    for sheet in sheets:
        if name.gid is not None:
            if sheet["sheetId"] == name.gid:
                return sheet
        elif sheet["title"].casefold() == (name.tab or made_as or USUAL).casefold():
            return sheet
    return None


def rows(
    google: Google, view: View, found: Mapping[str, int], *, what: str, deadline: float
) -> tuple[dict[str, HeaderRow], dict[str, Mapping[int, Json]]]:
    """Return the rows of runs, and what stands in each of them by place, both by id."""
    filters = [
        {"gridRange": {"sheetId": view.sheet, "startRowIndex": row, "endRowIndex": row + 1}}
        for row in sorted(set(found.values()))
    ]
    if not filters:
        return {}, {}
    reply = google.send(
        "post",
        url(view.spreadsheet, ":getByDataFilter"),
        what=what,
        deadline=deadline,
        params={"fields": WHOLE},
        body={"dataFilters": filters},
    )
    held: dict[int, dict[int, Json]] = {}
    places: dict[str, int] = {}
    for sheet in reply.get("sheets", ()):
        if sheet["properties"]["sheetId"] == view.sheet:
            places = sheets_view.view(reply, sheet).places or view.places
            for block in sheet.get("data", ()):
                for row, column, cell in sheets_view.cells(block):
                    held.setdefault(row, {})[column] = cell
    result = header_rows(held, places or title_places(view.columns), found)
    return result, {id_: held.get(found[id_], {}) for id_ in result}


def title_places(columns: Collection[HeaderColumn]) -> dict[str, int]:
    """Return where the ids and revisions are in a tab without marks, by their titles."""
    from sheetlog.template import title_of

    titles = {column.title.strip().casefold(): column.place for column in columns}
    return {
        key: titles[title_of(key).casefold()]
        for key in ("run.id", "run.revision")
        if title_of(key).casefold() in titles
    }


def header_rows(
    held: Mapping[int, Mapping[int, Json]], places: Mapping[str, int], found: Mapping[str, int]
) -> dict[str, HeaderRow]:
    """Return the rows of those runs that still stand where they were found."""
    result = {}
    for id_, row in found.items():
        cells = {
            key: sheets_cells.value(held.get(row, {}).get(place, {}))
            for key, place in places.items()
        }
        if str(cells.get("run.id")) != id_:
            continue
        revision = cells.get("run.revision")
        number = isinstance(revision, int | float) and not isinstance(revision, bool)
        result[id_] = HeaderRow(
            place=row,
            revision=int(revision) if number else 1,  # type: ignore[arg-type]
            cells={key: cell for key, cell in cells.items() if cell not in (None, "")},
        )
    return result
