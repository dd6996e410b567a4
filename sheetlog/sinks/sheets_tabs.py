"""Overview and Dictionary as requests of the Sheets API. Pure.

A tab's id follows from that of the runs' tab: of two processes that make it one is refused, and a
call that is sent again makes no second one. What was written is remembered in the tab as a
fingerprint: whether a person has changed anything is seen by it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheetlog.colours import TAB as TAB_COLOUR
from sheetlog.sinks.sheets_cells import letters, quoted
from sheetlog.sinks.sheets_dress import PIXELS, colour, number_format
from sheetlog.sinks.sheets_formulas import everywhere
from sheetlog.sinks.sheets_view import metadata_id
from sheetlog.tabs import RUN_LINK, Cells, Chart, Tab, TabCell, TabStyle

Json = dict[str, Any]

TAB, SHEET, CHART = "sl.o", "sl.s", "sl.g"
LOOK = "userEnteredValue,userEnteredFormat"
SPARE = 12
"""Rows below the last cell, at the least as many as a chart is high."""
_ALIGN = {"left": "LEFT", "right": "RIGHT", "center": "CENTER"}
_LINKED = "1155CC"
_PART = re.compile(r'"(?:[^"]|"")*"|\{[^{}]+\}')
_OF_RUNS = re.compile(r"(?:'(?:[^']|'')*'|\w+)!\$?[A-Z]{1,3}\$?[0-9]*(?::\$?[A-Z]{1,3}\$?[0-9]*)?")
_NUMBER = re.compile(r"(?<![\w$.])[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The tab that the others speak of."""

    sheet: int
    title: str
    places: Mapping[str, int]
    """Columns by key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """A tab of ours that is there."""

    sheet: int
    rows: int
    columns: int
    charts: tuple[int, ...] = ()
    """Ids of the charts in it, people's included."""


def note_id(runs: int, name: str) -> int:
    """Return the id of the note by which a tab of ours is known."""
    return metadata_id(TAB, runs, name)


def requests(tab: Tab, runs: Runs, title: str, there: There | None) -> Iterator[Json]:
    """Yield what makes a tab, or writes it anew.

    Args:
        title: what a new tab is called; no other tab has it.
        there: the tab, where there is one.
    """
    rows = _rows(tab, runs)
    tall = len(rows) + SPARE
    wide = max(len(tab.widths), max((len(row) for row in rows), default=0), 1)
    sheet = metadata_id(SHEET, runs.sheet, tab.name) if there is None else there.sheet
    note = f"{tab.name} {tab.fingerprint(runs.title)} {fingerprint(rows)}"
    if there is None:
        yield {"addSheet": {"properties": _properties(tab, sheet, title, tall, wide)}}
        yield _note(runs.sheet, tab.name, sheet, note)
    else:
        tall, wide = max(tall, there.rows), max(wide, there.columns)
        yield from _again(there, tall, wide)
        yield _noted(note_id(runs.sheet, tab.name), note)
    whole = {"sheetId": sheet, "startRowIndex": 0, "endRowIndex": tall}
    whole |= {"startColumnIndex": 0, "endColumnIndex": wide}
    lines = [{"values": row} for row in rows]
    yield {"updateCells": {"range": whole, "rows": lines, "fields": LOOK}}
    yield from _sizes(tab, sheet)
    for number, chart in enumerate(tab.charts):
        yield {"addChart": {"chart": _chart(chart, sheet, _chart_id(sheet, number))}}


def fingerprint(rows: Sequence[Sequence[Json]]) -> str:
    """Return what tells cells from others: what was entered, but for how formulas are spelled.

    A formula is spelled anew when columns of the runs move or their tab gets another name.
    """
    held = [
        (row, column, _spelled(cell["userEnteredValue"]))
        for row, line in enumerate(rows)
        for column, cell in enumerate(line)
        if cell.get("userEnteredValue")
    ]
    text = json.dumps(held, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _spelled(value: Json) -> Json:
    formula = value.get("formulaValue")
    if formula is None:
        return value
    plain = _OF_RUNS.sub("@", everywhere(formula).upper())
    plain = _NUMBER.sub(lambda match: repr(float(match[0])), plain)
    return {"formulaValue": re.sub(r"\s+", "", plain)}


def _properties(tab: Tab, sheet: int, title: str, tall: int, wide: int) -> Json:
    grid = {"rowCount": tall, "columnCount": wide, "frozenRowCount": tab.freeze_rows}
    found: Json = {
        "sheetId": sheet,
        "title": title,
        "gridProperties": {**grid, "hideGridlines": bool(tab.charts)},
    }
    return found | ({"tabColorStyle": colour(tab.colour)} if tab.colour else {})


def _note(runs: int, name: str, sheet: int, value: str) -> Json:
    entry = {
        "metadataId": note_id(runs, name),
        "metadataKey": TAB,
        "metadataValue": value,
        "visibility": "DOCUMENT",
        "location": {"sheetId": sheet},
    }
    return {"createDeveloperMetadata": {"developerMetadata": entry}}


def _noted(id_: int, value: str) -> Json:
    return {
        "updateDeveloperMetadata": {
            "dataFilters": [{"developerMetadataLookup": {"metadataId": id_}}],
            "developerMetadata": {"metadataValue": value},
            "fields": "metadataValue",
        }
    }


def _again(there: There, tall: int, wide: int) -> Iterator[Json]:
    """Yield what makes a tab of ours ready to be written anew; people's charts in it stay."""
    grid = {"rowCount": tall, "columnCount": wide}
    yield {
        "updateSheetProperties": {
            "properties": {"sheetId": there.sheet, "gridProperties": grid},
            "fields": "gridProperties(rowCount,columnCount)",
        }
    }
    ours = {_chart_id(there.sheet, number) for number in range(9)}
    for chart in there.charts:
        if chart in ours:
            yield {"deleteEmbeddedObject": {"objectId": chart}}


def _rows(tab: Tab, runs: Runs) -> list[list[Json]]:
    rows: list[list[Json]] = []
    for cell in tab.cells:
        while len(rows) <= cell.row:
            rows.append([])
        line = rows[cell.row]
        line += [{} for _ in range(cell.column + 1 - len(line))]
        line[cell.column] = _data(cell, runs)
    return rows


def _data(cell: TabCell, runs: Runs) -> Json:
    held: Json = {"userEnteredFormat": _format(cell.style)}
    if cell.formula is not None:
        formula = _resolved(cell.formula, runs)
        if cell.array:
            formula = f"=ARRAYFORMULA({formula[1:]})"
        held["userEnteredValue"] = {"formulaValue": formula}
    elif isinstance(cell.value, str):
        held["userEnteredValue"] = {"stringValue": cell.value}
    elif cell.value is not None:
        held["userEnteredValue"] = {"numberValue": cell.value}
    return held


def _resolved(formula: str, runs: Runs) -> str:
    """Return a formula with columns of the runs in place of keys."""

    def part(match: re.Match[str]) -> str:
        text = match[0]
        if text == RUN_LINK:
            return f'"#gid={runs.sheet}&range=A"'
        if text[0] == '"':
            return text
        name = letters(runs.places[text[1:-1]])
        return f"{quoted(runs.title)}!${name}:${name}"

    return everywhere(_PART.sub(part, formula))


def _format(style: TabStyle) -> Json:
    way = "WRAP" if style.wrap else "OVERFLOW_CELL"
    found: Json = {"verticalAlignment": "MIDDLE", "wrapStrategy": way}
    text: Json = {}
    ink = _LINKED if style.link else style.ink
    if ink:
        text["foregroundColorStyle"] = colour(ink)
    if style.bold:
        text["bold"] = True
    if style.size:
        text["fontSize"] = style.size
    if style.link:
        text["underline"] = True
    if text:
        found["textFormat"] = text
    if style.fill:
        found["backgroundColorStyle"] = colour(style.fill)
    if style.align:
        found["horizontalAlignment"] = _ALIGN[style.align]
    code = number_format(style.number_format or "General")
    if code:
        found["numberFormat"] = code
    if style.underlined:
        line = {"style": "SOLID", "colorStyle": colour(style.underlined)}
        found["borders"] = {"bottom": line}
    return found


def _sizes(tab: Tab, sheet: int) -> Iterator[Json]:
    for place, width in enumerate(tab.widths):
        hidden = place in tab.hidden
        properties = {"pixelSize": width * PIXELS + 5, "hiddenByUser": hidden}
        yield _size(sheet, "COLUMNS", place, properties, "pixelSize,hiddenByUser")
    for row, height in tab.heights.items():
        yield _size(sheet, "ROWS", row, {"pixelSize": round(height * 4 / 3)}, "pixelSize")


def _size(sheet: int, dimension: str, at: int, properties: Json, names: str) -> Json:
    place = {"sheetId": sheet, "dimension": dimension, "startIndex": at, "endIndex": at + 1}
    change = {"range": place, "properties": properties, "fields": names}
    return {"updateDimensionProperties": change}


def _chart_id(sheet: int, number: int) -> int:
    return metadata_id(CHART, sheet, number)


def _chart(chart: Chart, sheet: int, id_: int) -> Json:
    axes = [
        {"position": "BOTTOM_AXIS", "title": chart.x_title},
        {"position": "LEFT_AXIS", "title": chart.y_title},
    ]
    line: Json = {
        "chartType": "LINE",
        "legendPosition": "NO_LEGEND",
        "headerCount": 0,
        "axis": axes,
        "domains": [{"domain": _source(chart.x, sheet)}],
        "series": [
            {
                "series": _source(chart.y, sheet),
                "targetAxis": "LEFT_AXIS",
                "colorStyle": colour(TAB_COLOUR),
            }
        ],
    }
    anchor = {"sheetId": sheet, "rowIndex": chart.row, "columnIndex": chart.column}
    place = {"anchorCell": anchor, "widthPixels": chart.width, "heightPixels": chart.height}
    return {
        "chartId": id_,
        "spec": {
            "title": chart.title,
            # What it is drawn from stands in hidden columns.
            "hiddenDimensionStrategy": "SHOW_ALL",
            "basicChart": line,
        },
        "position": {"overlayPosition": place},
    }


def _source(cells: Cells, sheet: int) -> Json:
    area = {
        "sheetId": sheet,
        "startRowIndex": cells.first,
        "endRowIndex": cells.last + 1,
        "startColumnIndex": cells.column,
        "endColumnIndex": cells.column + 1,
    }
    return {"sourceRange": {"sources": [area]}}
