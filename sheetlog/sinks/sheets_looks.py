"""What a Google Sheet looks like now: columns of the runs, the tabs beside them, what was kept.

Three calls, whatever there is: only dressing a sheet again and templates made of one need it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sheetlog.sinks import sheets_tabs, sheets_view, sheets_where
from sheetlog.sinks.sheets_cells import quoted
from sheetlog.sinks.sheets_desk import Desk
from sheetlog.sinks.sheets_dress import PIXELS
from sheetlog.sinks.sheets_tabs import There
from sheetlog.sinks.sheets_view import NoTab, View, entries, metadata_id
from sheetlog.tabs import DICTIONARY, OVERVIEW, ColumnLook, Looks, TabLook

Json = dict[str, Any]

MEMORY = "sl.m"
"""Of the hidden tab that keeps what `redressing` wants to be remembered."""
_LIST = (
    "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount,frozenColumnCount)),"
    "developerMetadata,charts(chartId))"
)
_LOOK = (
    "sheets(properties(sheetId),conditionalFormats(ranges,gradientRule),columnGroups,"
    "data(startRow,startColumn,columnMetadata(pixelSize,hiddenByUser),rowData(values("
    "userEnteredValue,note,dataValidation,userEnteredFormat(numberFormat)))))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the sink needs to dress what was looked at."""

    view: View
    tabs: Mapping[str, There] = field(default_factory=dict)
    """Of ours, by name."""
    memory: There | None = None
    titles: frozenset[str] = frozenset()
    """Of all tabs, as Google compares them: capitals don't count."""
    groups: tuple[tuple[int, int], ...] = ()
    """First and end of the groups of columns."""


def looks(desk: Desk, *, any_tab: bool) -> Looks:
    """Return what the sheet looks like; without any column where it is not there yet."""
    view = desk.look()
    if any_tab and isinstance(view, NoTab):
        view = desk.look(any_tab=True)
    if isinstance(view, NoTab):
        return Looks(title="", columns=())
    sheets = {sheet["properties"]["sheetId"]: sheet for sheet in _get(desk, view, _LIST)}
    tabs = _ours(sheets, view)
    memory = next((id_ for id_, sheet in sheets.items() if _is_memory(sheet, view)), None)
    wanted = [view.sheet, *(there.sheet for there, _ in tabs.values()), *filter(None, [memory])]
    titles = [quoted(sheets[id_]["properties"]["title"]) for id_ in wanted]
    grids = {s["properties"]["sheetId"]: s for s in _get(desk, view, _LOOK, titles)}
    runs = grids[view.sheet]
    frozen = sheets[view.sheet]["properties"]["gridProperties"].get("frozenColumnCount", 0)
    columns = [_column(view, runs, at) for at in range(view.width)]
    known = {column.place for column in view.columns}
    return Looks(
        title=view.title,
        columns=tuple(column for column in columns if column.key),
        others=tuple(c for c in columns if not c.key and c.place in known),
        frozen=frozen,
        tabs={
            name: _tab_look(name, said, sheets[there.sheet], grids[there.sheet])
            for name, (there, said) in tabs.items()
        },
        memory="" if memory is None else _kept(grids[memory]),
        version=Seen(
            view=view,
            tabs={name: there for name, (there, _) in tabs.items()},
            memory=None if memory is None else _there(sheets[memory]),
            titles=frozenset(s["properties"]["title"].casefold() for s in sheets.values()),
            groups=tuple(_groups(runs)),
        ),
    )


def _get(desk: Desk, view: View, fields: str, ranges: list[str] | None = None) -> list[Json]:
    params: dict[str, Any] = {"fields": fields}
    if ranges:
        params["ranges"] = ranges
    reply = desk.google.send(
        "get",
        sheets_where.url(view.spreadsheet),
        what=desk.what,
        deadline=desk.until,
        params=params,
    )
    found: list[Json] = reply.get("sheets", [])
    return found


def _ours(sheets: Mapping[int, Json], view: View) -> dict[str, tuple[There, str]]:
    """Return the tabs of ours that belong to the runs' tab, and the note that each carries."""
    found = {}
    for name in (OVERVIEW, DICTIONARY):
        wanted = sheets_tabs.note_id(view.sheet, name)
        for sheet in sheets.values():
            for id_, key, said in entries(sheet):
                if id_ == wanted and key == sheets_tabs.TAB:
                    found[name] = (_there(sheet), said)
    return found


def _there(sheet: Json) -> There:
    grid = sheet["properties"].get("gridProperties", {})
    return There(
        sheet=sheet["properties"]["sheetId"],
        rows=grid.get("rowCount", 0),
        columns=grid.get("columnCount", 0),
        charts=tuple(chart["chartId"] for chart in sheet.get("charts", ())),
    )


def memory_id(runs: int) -> int:
    """Return the id of the note on the tab that keeps what is to be remembered."""
    return metadata_id(MEMORY, runs)


def _is_memory(sheet: Json, view: View) -> bool:
    wanted = memory_id(view.sheet)
    return any(id_ == wanted and key == MEMORY for id_, key, _ in entries(sheet))


def _tab_look(name: str, said: str, sheet: Json, grid: Json) -> TabLook:
    _, made, written = (*said.split(" "), "", "")[:3]
    rows: list[list[Json]] = []
    for block in grid.get("data", ()):
        for row, column, held in sheets_view.cells(block):
            while len(rows) <= row:
                rows.append([])
            rows[row] += [{} for _ in range(column + 1 - len(rows[row]))]
            rows[row][column] = held
    edited = sheets_tabs.fingerprint(rows) != written
    return TabLook(name=name, title=sheet["properties"]["title"], made=made, edited=edited)


def _kept(grid: Json) -> str:
    texts = {
        row: held.get("userEnteredValue", {}).get("stringValue", "")
        for block in grid.get("data", ())
        for row, column, held in sheets_view.cells(block)
        if column == 0
    }
    return "".join(texts[row] for row in sorted(texts))


def _column(view: View, runs: Json, at: int) -> ColumnLook:
    there = next((column for column in view.columns if column.place == at), None)
    size = _size(runs, at)
    header = _cell(runs, view.header, at)
    # The last run's cell, else what the column has ready for the first one.
    cell = _cell(runs, max(view.end - 1, view.header + 1), at)
    condition = cell.get("dataValidation", {}).get("condition", {})
    listed = condition.get("type") == "ONE_OF_LIST"
    choices = [each.get("userEnteredValue", "") for each in condition.get("values", ())]
    code = cell.get("userEnteredFormat", {}).get("numberFormat", {}).get("pattern")
    formula = cell.get("userEnteredValue", {}).get("formulaValue")
    return ColumnLook(
        key=(there.key if there is not None else None) or "",
        place=at,
        title=there.title if there is not None else "",
        width=(size["pixelSize"] - 5) / PIXELS if "pixelSize" in size else None,
        number_format=code,
        note=header.get("note"),
        choices=tuple(choices) if listed else (),
        hidden=bool(size.get("hiddenByUser")),
        shaded=any(_shades(rule, at) for rule in runs.get("conditionalFormats", ())),
        grouped=any(first <= at < end for first, end in _groups(runs)),
        checkbox=condition.get("type") == "BOOLEAN",
        formula=None if formula is None else (formula, max(view.end - 1, view.header + 1)),
    )


def _cell(grid: Json, row: int, column: int) -> Json:
    for block in grid.get("data", ()):
        lines = block.get("rowData", ())
        at = row - block.get("startRow", 0)
        values = lines[at].get("values", ()) if 0 <= at < len(lines) else ()
        place = column - block.get("startColumn", 0)
        if 0 <= place < len(values):
            found: Json = values[place]
            return found
    return {}


def _size(grid: Json, column: int) -> Json:
    for block in grid.get("data", ()):
        sizes = block.get("columnMetadata", ())
        at = column - block.get("startColumn", 0)
        if 0 <= at < len(sizes):
            found: Json = sizes[at]
            return found
    return {}


def _shades(rule: Json, column: int) -> bool:
    return "gradientRule" in rule and any(
        area.get("startColumnIndex", 0) <= column < area.get("endColumnIndex", column + 1)
        for area in rule.get("ranges", ())
    )


def _groups(runs: Json) -> Iterator[tuple[int, int]]:
    for group in runs.get("columnGroups", ()):
        yield group["range"].get("startIndex", 0), group["range"].get("endIndex", 0)
