"""Whether a cell's value fulfils a BooleanCondition, of a validation, a filter or a rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.google.sheets.cellview import CellView
from tests.google.sheets.entry import read_entry
from tests.google.sheets.functions import FormulaError
from tests.google.sheets.lookup import area_of_text
from tests.google.sheets.numberformat import formatted
from tests.google.sheets.references import carried
from tests.google.sheets.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.areas import Box
    from tests.google.sheets.model import Sheet
    from tests.google.sheets.worth import Value, Worth

Json = dict[str, Any]
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LINK = re.compile(r"(https?://)?[\w-]+(\.[\w-]+)+(/\S*)?")

COMPARED: dict[str, Callable[[float, list[float]], bool]] = {
    "GREATER": lambda value, limits: value > limits[0],
    "GREATER_THAN_EQ": lambda value, limits: value >= limits[0],
    "LESS": lambda value, limits: value < limits[0],
    "LESS_THAN_EQ": lambda value, limits: value <= limits[0],
    "EQ": lambda value, limits: value == limits[0],
    "NOT_EQ": lambda value, limits: value != limits[0],
    "BETWEEN": lambda value, limits: limits[0] <= value <= limits[1],
    "NOT_BETWEEN": lambda value, limits: not limits[0] <= value <= limits[1],
    "BEFORE": lambda value, limits: value < limits[0],
    "AFTER": lambda value, limits: value > limits[0],
    "ON_OR_BEFORE": lambda value, limits: value <= limits[0],
    "ON_OR_AFTER": lambda value, limits: value >= limits[0],
}
TEXTUAL: dict[str, Callable[[str, str], bool]] = {
    "TEXT_CONTAINS": lambda text, part: part in text,
    "TEXT_NOT_CONTAINS": lambda text, part: part not in text,
    "TEXT_STARTS_WITH": lambda text, part: text.startswith(part),
    "TEXT_ENDS_WITH": lambda text, part: text.endswith(part),
    "TEXT_EQ": lambda text, part: text == part,
    "TEXT_NOT_EQ": lambda text, part: text != part,
}


class Place(NamedTuple):
    """Where the value stands."""

    sheet: Sheet
    row: int
    column: int


def condition_holds(
    condition: Json, value: Value, worth: Worth, place: Place, *, home: Box | None = None
) -> bool:
    """Whether the value at this place fulfils the condition.

    `home` is where a custom formula's relative references count from; this very cell without it.
    """
    kind: str = condition.get("type", "")
    given: list[str] = [item.get("userEnteredValue", "") for item in condition.get("values", [])]
    if kind == "CUSTOM_FORMULA":
        return _formula_holds(given[0], worth, place, home)
    if kind in ("BLANK", "NOT_BLANK"):
        return (value in (None, "")) == (kind == "BLANK")
    if kind == "BOOLEAN":
        return _shown(value, worth) in (given or ["TRUE", "FALSE"])
    if kind == "ONE_OF_LIST":
        return _shown(value, worth).casefold() in {item.casefold() for item in given}
    if kind == "ONE_OF_RANGE":
        return _shown(value, worth) in _texts_of(given[0], worth)
    if kind == "TEXT_IS_EMAIL":
        return EMAIL.fullmatch(_shown(value, worth)) is not None
    if kind == "TEXT_IS_URL":
        return LINK.fullmatch(_shown(value, worth)) is not None
    if kind in TEXTUAL:
        return TEXTUAL[kind](_shown(value, worth).casefold(), given[0].casefold())
    return _number_holds(kind, value, given)


def _number_holds(kind: str, value: Value, given: list[str]) -> bool:
    """NUMBER_… and DATE_…: only a number can fulfil them."""
    if isinstance(value, (bool, str, FormulaError)) or value is None:
        return kind.endswith("NOT_EQ") and value is not None
    if kind == "DATE_IS_VALID":
        return True
    entries = [read_entry(item)[0] for item in given]
    limits = [item for item in entries if isinstance(item, (int, float))]
    compare = COMPARED.get(kind.partition("_")[2])
    if compare is None or len(limits) < len(given) or not limits:
        return False
    return compare(value, limits)


def _formula_holds(text: str, worth: Worth, place: Place, home: Box | None) -> bool:
    rows, columns = 0, 0
    if home is not None:
        rows, columns = place.row - home.top, place.column - home.left
    value = worth.formula(place.sheet, carried(text, rows, columns))
    return value is not None and not isinstance(value, (str, FormulaError)) and bool(value)


def _shown(value: Value, worth: Worth) -> str:
    if isinstance(value, FormulaError):
        return value.shown
    return formatted(value, {}, worth.locale)


def _texts_of(reference: str, worth: Worth) -> set[str]:
    """What the cells show that a `=Sheet1!A2:A` names."""
    try:
        area = area_of_text(worth.spreadsheet, reference.removeprefix("="))
    except RefusedError:
        return set()
    sheet = worth.spreadsheet.find(area.sheet_id)
    assert sheet is not None
    box = sheet.closed(area)
    view = CellView(worth)
    texts = set()
    for row in range(box.top, min(box.bottom, len(sheet.rows))):
        for column, cell in sheet.row(row).items():
            if column in box.columns:
                texts.add(view.text(sheet, row, column, cell))
    return texts - {""}
