"""What `dress` describes, as requests of the Sheets API. Pure.

A column is dressed once, when it is made, and only within its own cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sheetlog import dress
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


def look(added: Added, sample: Cell) -> dress.ColumnDress:
    """Return what a new column looks like."""
    return dress.dress_column(added.column, added.key, added.title, sample=sample)


def header_cell(added: Added, column: dress.ColumnDress) -> Json:
    """Return the header cell of a new column, to be written with `HEADER_LOOK`."""
    cell: Json = {
        "userEnteredValue": {"stringValue": added.title},
        "userEnteredFormat": {
            "textFormat": {"bold": True},
            "horizontalAlignment": _ALIGN.get(column.align or "left", "LEFT"),
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
    words = [{"userEnteredValue": choice.word} for choice in column.choices]
    return {
        "condition": {"type": "ONE_OF_LIST", "values": words},
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
        name = letters(place)
        ends = f"{name}${top + 1}:{name}"
        pick = "MAX" if column.goal == "max" else "MIN"
        first = f"{name}{top + 1}"
        best_run = f"=AND(ISNUMBER({first}),{first}={pick}({ends}))"
        rules.append(_boolean(cells, "CUSTOM_FORMULA", best_run, best))
        worst, good = column.scale if column.goal == "max" else reversed(column.scale)
        gradient = {
            "minpoint": {"type": "MIN", "colorStyle": colour(worst)},
            "maxpoint": {"type": "MAX", "colorStyle": colour(good)},
        }
        rules.append({"ranges": [cells], "gradientRule": gradient})
    rules += [
        _boolean(cells, "TEXT_EQ", choice.word, choice.style)
        for choice in column.choices
        if choice.style.fill or choice.style.ink
    ]
    for index, rule in enumerate(rules):
        yield {"addConditionalFormatRule": {"index": index, "rule": rule}}


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
