"""What `dress` describes, as requests of the Sheets API. Pure.

A column is dressed once, when it is made, and only within its own cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sheetlog import colours, dress
from sheetlog.cells import Cell
from sheetlog.colours import Style
from sheetlog.plan import Added
from sheetlog.sinks.sheets_cells import letters
from sheetlog.template import Template

Json = dict[str, Any]

PIXELS = 7
"""Of a character's width, in Google's default font."""
MARKS = ("run.id", "run.revision")
"""Columns that people are warned about when they change them."""
LOOK = "userEnteredFormat(numberFormat,horizontalAlignment,verticalAlignment,wrapStrategy)"
HEADER_LOOK = (
    "userEnteredValue,note,dataValidation,userEnteredFormat("
    "backgroundColorStyle,textFormat,horizontalAlignment,verticalAlignment,wrapStrategy,"
    "numberFormat)"
)
_KINDS = {
    "@": "TEXT",
    "0.0%": "PERCENT",
    "yyyy-mm-dd hh:mm": "DATE_TIME",
    "yyyy-mm-dd": "DATE",
    "[h]:mm:ss": "TIME",
    "0.00E+00": "SCIENTIFIC",
}
_ALIGN = {"left": "LEFT", "right": "RIGHT", "center": "CENTER"}


def number_format(code: str) -> Json | None:
    """Return a number format code as Google's; None: there is none."""
    if code == "General":
        return None
    return {"type": _KINDS.get(code, "PERCENT" if "%" in code else "NUMBER"), "pattern": code}


def colour(digits: str) -> Json:
    """Return six hex digits as a ColorStyle."""
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return {"rgbColor": {"red": red, "green": green, "blue": blue}}


def look(added: Added, samples: Mapping[str, Cell]) -> dress.ColumnDress:
    """Return what a new column looks like, by the first values of all columns."""
    sample = samples.get(added.column.delta or added.key)
    return dress.dress_column(added.column, added.key, added.title, sample=sample)


def header_cell(added: Added, column: dress.ColumnDress) -> Json:
    """Return the header cell of a new column, to be written with `HEADER_LOOK`."""
    cell: Json = {
        "userEnteredValue": {"stringValue": added.title},
        "userEnteredFormat": {
            "textFormat": {"bold": True},
            # At the right end stands the filter's button, over a title that goes so far.
            "horizontalAlignment": "CENTER" if column.align == "center" else "LEFT",
            "verticalAlignment": "MIDDLE",
            "wrapStrategy": "WRAP",
            **_filled(column.header),
        },
    }
    if column.note:
        cell["note"] = column.note
    return cell


def _filled(style: Style) -> Json:
    """Return fill and ink as members of a CellFormat."""
    found: Json = {}
    if style.fill:
        found["backgroundColorStyle"] = colour(style.fill)
    text: Json = {"bold": True} if style.bold else {}
    if style.ink:
        text["foregroundColorStyle"] = colour(style.ink)
    return found | ({"textFormat": text} if text else {})


def area(sheet: int, place: int, top: int, bottom: int | None = None) -> Json:
    """Return the cells of one column as a GridRange; without `bottom` to the grid's end."""
    found: Json = {
        "sheetId": sheet,
        "startRowIndex": top,
        "startColumnIndex": place,
        "endColumnIndex": place + 1,
    }
    return found if bottom is None else {**found, "endRowIndex": bottom}


def cell_format(column: dress.ColumnDress) -> Json:
    """Return how a column's cells show."""
    found: Json = {"verticalAlignment": "TOP"}
    code = number_format(column.number_format)
    if code:
        found["numberFormat"] = code
    if column.align:
        found["horizontalAlignment"] = _ALIGN[column.align]
    found["wrapStrategy"] = "WRAP" if column.wrap else "CLIP"
    return found


def column_requests(
    sheet: int, place: int, top: int, added: Added, column: dress.ColumnDress
) -> Iterator[Json]:
    """Yield what dresses a new column.

    Args:
        top: the first row below the header.
    """
    cells = area(sheet, place, top)
    yield {
        "repeatCell": {
            "range": cells,
            "cell": {"userEnteredFormat": cell_format(column)},
            # A column that is put in takes over its neighbour's looks, notes and choices.
            "fields": "userEnteredFormat,dataValidation,note",
        }
    }
    properties: Json = {"pixelSize": column.width * PIXELS + 5}
    names = "pixelSize"
    if column.hidden:
        properties["hiddenByUser"] = True
    yield {
        "updateDimensionProperties": {
            "range": {
                "sheetId": sheet,
                "dimension": "COLUMNS",
                "startIndex": place,
                "endIndex": place + 1,
            },
            "properties": properties,
            "fields": names + ",hiddenByUser",
        }
    }
    if column.choices or column.kind == "checkbox":
        yield {"setDataValidation": {"range": cells, "rule": _rule(column)}}
    if added.key in MARKS:
        yield _warning(area(sheet, place, top), added)


def _rule(column: dress.ColumnDress) -> Json:
    if not column.choices:
        return {"condition": {"type": "BOOLEAN"}}
    return choice_rule([choice.word for choice in column.choices])


def choice_rule(words: Sequence[str]) -> Json:
    """Return the rule that offers words to pick from; others are allowed all the same."""
    return {
        "condition": {
            "type": "ONE_OF_LIST",
            "values": [{"userEnteredValue": word} for word in words],
        },
        "strict": False,
        "showCustomUi": True,
    }


def _warning(cells: Json, added: Added) -> Json:
    protected = {
        "range": cells,
        "description": f"sheetlog knows its rows by this column ('{added.title}')",
        "warningOnly": True,
    }
    return {"addProtectedRange": {"protectedRange": protected}}


def colour_requests(
    sheet: int, place: int, top: int, column: dress.ColumnDress, best: Style
) -> Iterator[Json]:
    """Yield the rules that colour a new column's cells; the first rule that fits counts."""
    cells = area(sheet, place, top)
    rules: list[Json] = []
    if column.goal and column.scale:
        rules += _shades(cells, column.goal, column.scale, best)
    for kind, style in zip(("NUMBER_GREATER", "NUMBER_LESS"), column.signs or (), strict=False):
        rules.append(_boolean(cells, kind, "0", style))
    rules += _words(cells, [(choice.word, choice.style) for choice in column.choices])
    yield from _first(rules)


def goal_requests(sheet: int, place: int, top: int, goal: str) -> Iterator[Json]:
    """Yield the rules of a column that has got a goal."""
    rules = _shades(area(sheet, place, top), goal, colours.SCALE, colours.BEST)
    yield from _first(list(rules))


def word_requests(cells: Json, words: Iterable[tuple[str, Style]]) -> Iterator[Json]:
    """Yield the rules that colour words."""
    yield from _first(list(_words(cells, words)))


def _first(rules: Sequence[Json]) -> Iterator[Json]:
    for index, rule in enumerate(rules):
        yield {"addConditionalFormatRule": {"index": index, "rule": rule}}


def _shades(cells: Json, goal: str, scale: tuple[str, str], best: Style) -> Iterator[Json]:
    """Yield the rule for the best run's cell, and before the scale, which would hide it."""
    name, top = letters(cells["startColumnIndex"]), cells["startRowIndex"] + 1
    first = f"{name}{top}"
    pick = "MAX" if goal == "max" else "MIN"
    best_run = f"=AND(ISNUMBER({first});{first}={pick}({name}${top}:{name}))"
    yield _boolean(cells, "CUSTOM_FORMULA", best_run, best)
    worst, good = scale if goal == "max" else reversed(scale)
    gradient = {
        "minpoint": {"type": "MIN", "colorStyle": colour(worst)},
        "maxpoint": {"type": "MAX", "colorStyle": colour(good)},
    }
    yield {"ranges": [cells], "gradientRule": gradient}


def _words(cells: Json, words: Iterable[tuple[str, Style]]) -> Iterator[Json]:
    for word, style in words:
        if style.fill or style.ink:
            yield _boolean(cells, "TEXT_EQ", word, style)


def _boolean(cells: Json, kind: str, text: str, style: Style) -> Json:
    condition = {"type": kind, "values": [{"userEnteredValue": text}]}
    return {
        "ranges": [cells],
        "booleanRule": {"condition": condition, "format": _filled(style)},
    }


def tab_requests(sheet: int, template: Template, width: int) -> list[Json]:
    """Return what dresses a new tab as a whole."""
    whole = dress.dressing(template)
    frozen = min(whole.freeze_columns, width - 1)
    return [
        {
            "updateSheetProperties": {
                "properties": {
                    "sheetId": sheet,
                    "gridProperties": {
                        "frozenRowCount": whole.freeze_rows,
                        "frozenColumnCount": frozen,
                    },
                    "tabColorStyle": colour(whole.tab_colour),
                },
                "fields": "gridProperties(frozenRowCount,frozenColumnCount),tabColorStyle",
            }
        },
        {
            "updateDimensionProperties": {
                "range": {
                    "sheetId": sheet,
                    "dimension": "ROWS",
                    "startIndex": 0,
                    "endIndex": 1,
                },
                "properties": {"pixelSize": round(whole.header_height * 4 / 3)},
                "fields": "pixelSize",
            }
        },
        {
            "setBasicFilter": {
                "filter": {
                    "range": {
                        "sheetId": sheet,
                        "startRowIndex": 0,
                        "startColumnIndex": 0,
                        "endColumnIndex": width,
                    }
                }
            }
        },
    ]


def samples(rows: Sequence[Any]) -> dict[str, Cell]:
    """Return the first value that each column gets, by key."""
    found: dict[str, Cell] = {}
    for row in rows:
        for key, cell in row.cells.items():
            if cell not in (None, ""):
                found.setdefault(key, cell)
    return found
