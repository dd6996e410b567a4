"""How a cell is read: as a CellData, or as the scalar that `values.get` gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.google.sheets.canonical import WHITE
from tests.google.sheets.formulas import first_constant
from tests.google.sheets.functions import FormulaError
from tests.google.sheets.model import Formula
from tests.google.sheets.numberformat import formatted, is_date

if TYPE_CHECKING:
    from tests.google.fieldmask import Mask
    from tests.google.sheets.model import Cell, Sheet
    from tests.google.sheets.worth import Value, Worth

Json = dict[str, Any]
ERROR_TYPES = {
    "ERROR": "ERROR",
    "DIV/0": "DIVIDE_BY_ZERO",
    "VALUE": "VALUE",
    "REF": "REF",
    "NAME": "NAME",
    "NUM": "NUM",
    "N/A": "N_A",
}
DEFAULT_FORMAT: Json = {
    "backgroundColor": WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": WHITE},
}


class CellView:
    """Reads the cells of one spreadsheet as it stands."""

    def __init__(self, worth: Worth) -> None:
        self.worth = worth

    def scalar(
        self, sheet: Sheet, row: int, column: int, cell: Cell, *, render: str, dates: str
    ) -> bool | float | str:
        """What `values.get` gives for the cell under its two render options; "" for a blank."""
        if render == "FORMULA" and isinstance(cell.entered, Formula):
            return cell.entered.text
        value = self.worth.of(sheet, row, column, cell)
        if value is None:
            return ""
        number_format = self.number_format(cell)
        as_text = render in ("", "FORMATTED_VALUE")
        if dates == "FORMATTED_STRING" and is_date(number_format):
            as_text = True
        return self._text(value, number_format) if as_text else self._bare(value)

    def _bare(self, value: Value) -> bool | float | str:
        if isinstance(value, FormulaError):
            return value.shown
        return "" if value is None else value

    def _text(self, value: Value, number_format: Json) -> str:
        if isinstance(value, FormulaError):
            return value.shown
        return formatted(value, number_format, self.worth.locale)

    def number_format(self, cell: Cell) -> Json:
        """The NumberFormat in force, {} for none."""
        found: Json = (cell.format or {}).get("numberFormat", {})
        return found

    def text(self, sheet: Sheet, row: int, column: int, cell: Cell) -> str:
        """What the cell shows."""
        shown = self.scalar(sheet, row, column, cell, render="", dates="")
        return str(shown)

    def cell_data(self, sheet: Sheet, row: int, column: int, cell: Cell, mask: Mask) -> Json:
        """The CellData, as far as the mask asks for it."""
        value = self.worth.of(sheet, row, column, cell)
        members: Json = {
            "userEnteredValue": _entered(cell),
            "effectiveValue": None if value is None else _effective(value),
            "formattedValue": None,
            "userEnteredFormat": cell.format,
            "effectiveFormat": None,
            "hyperlink": hyperlink(cell),
            "note": cell.note,
            "textFormatRuns": list(cell.runs),
            "dataValidation": cell.validation,
            "pivotTable": cell.pivot,
            "chipRuns": list(cell.chips),
        }
        if value is not None and "formattedValue" in mask:
            members["formattedValue"] = self._text(value, self.number_format(cell))
        if "effectiveFormat" in mask and (value is not None or cell.format):
            members["effectiveFormat"] = effective_format(cell, value)
        return {name: item for name, item in members.items() if item and name in mask}


def _entered(cell: Cell) -> Json | None:
    if cell.entered is None:
        return None
    if isinstance(cell.entered, Formula):
        return {"formulaValue": cell.entered.text}
    return _effective(cell.entered)


def _effective(value: Value) -> Json:
    if isinstance(value, FormulaError):
        return {"errorValue": {"type": ERROR_TYPES[value.kind], "message": value.message}}
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"stringValue": value} if isinstance(value, str) else {"numberValue": value}


def effective_format(cell: Cell, value: Value) -> Json:
    """The format that the cell shows: its own over the default, aligned by its value."""
    own = cell.format or {}
    result = {**DEFAULT_FORMAT, **own}
    result["textFormat"] = {**DEFAULT_FORMAT["textFormat"], **own.get("textFormat", {})}
    if "horizontalAlignment" not in own:
        number = isinstance(value, (int, float))
        centred = isinstance(value, (bool, FormulaError))
        side = "CENTER" if centred else "RIGHT" if number else "LEFT"
        result["horizontalAlignment"] = side
    result["hyperlinkDisplayType"] = "LINKED" if hyperlink(cell) else "PLAIN_TEXT"
    return result


def hyperlink(cell: Cell) -> str | None:
    """The cell's one link; None for none, and for several."""
    if isinstance(cell.entered, Formula):
        return first_constant(cell.entered.text, "HYPERLINK")
    whole = (cell.format or {}).get("textFormat", {}).get("link", {}).get("uri")
    links = [run.get("format", {}).get("link", {}).get("uri") for run in cell.runs]
    links = [link for link in links if link]
    if len(links) == 1 and cell.runs and not cell.runs[0].get("startIndex"):
        return str(links[0])
    return None if links else whole
