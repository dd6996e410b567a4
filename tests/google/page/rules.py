"""Formats that come from rules: banding, colour scales and conditions, as CellFormats per cell.

Conditions with a formula are evaluated over the values that the answer shows.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tests.google.page.colors import mixed
from tests.google.page.view import SheetView, value_of
from tests.google.page.worth import worth_of
from tests.google.sheets.references import carried
from tests.google.whole import rgb_hex

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.page.view import Box

Json = dict[str, Any]
Place = tuple[int, int]
COMPARISON = re.compile(
    r"=\s*(\$?)([A-Z]{1,3})(\$?)(\d+)\s*(=|<>|<=|>=|<|>)\s*"
    r'("(?:[^"]|"")*"|-?[\d.]+(?:[eE][-+]?\d+)?|TRUE|FALSE)\s*',
    re.IGNORECASE,
)
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
NUMBER_TESTS: dict[str, Callable[[float, list[float]], bool]] = {
    "NUMBER_GREATER": lambda value, given: value > given[0],
    "NUMBER_GREATER_THAN_EQ": lambda value, given: value >= given[0],
    "NUMBER_LESS": lambda value, given: value < given[0],
    "NUMBER_LESS_THAN_EQ": lambda value, given: value <= given[0],
    "NUMBER_EQ": lambda value, given: value == given[0],
    "NUMBER_NOT_EQ": lambda value, given: value != given[0],
    "NUMBER_BETWEEN": lambda value, given: given[0] <= value <= given[1],
    "NUMBER_NOT_BETWEEN": lambda value, given: not given[0] <= value <= given[1],
}
TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "TEXT_CONTAINS": lambda text, given: given in text,
    "TEXT_NOT_CONTAINS": lambda text, given: given not in text,
    "TEXT_STARTS_WITH": lambda text, given: text.startswith(given),
    "TEXT_ENDS_WITH": lambda text, given: text.endswith(given),
    "TEXT_EQ": lambda text, given: text == given,
    "TEXT_NOT_EQ": lambda text, given: text != given,
}


def formats_by_rule(view: SheetView) -> tuple[dict[Place, Json], dict[Place, Json]]:
    """What lies under a cell's own format (banding), and what lies over it (conditions)."""
    under: dict[Place, Json] = {}
    over: dict[Place, Json] = {}
    for banding in view.sheet.get("bandedRanges", []):
        _band(view, banding, under)
    # The first rule that holds wins, so the last is laid down first.
    for rule in reversed(view.sheet.get("conditionalFormats", [])):
        if "gradientRule" in rule:
            _scale(view, rule, over)
        else:
            _conditions(view, rule, over)
    return under, over


def _band(view: SheetView, banding: Json, under: dict[Place, Json]) -> None:
    box = view.box(banding["range"])
    for name, by_row in (("rowProperties", True), ("columnProperties", False)):
        colors = banding.get(name)
        if not colors:
            continue
        for row in range(box.top, min(box.bottom, view.shown_rows)):
            for column in range(box.left, box.right):
                place = row - box.top if by_row else column - box.left
                count = box.bottom - box.top if by_row else box.right - box.left
                color = _band_color(colors, place, count)
                if color is not None:
                    under.setdefault((row, column), {})["backgroundColor"] = color


def _band_color(colors: Json, place: int, count: int) -> Json | None:
    header: Json | None = colors.get("headerColor")
    footer: Json | None = colors.get("footerColor")
    if header and place == 0:
        return header
    if footer and place == count - 1:
        return footer
    first = (place - (1 if header else 0)) % 2 == 0
    band: Json | None = colors.get("firstBandColor" if first else "secondBandColor")
    return band


def _scale(view: SheetView, rule: Json, over: dict[Place, Json]) -> None:
    """A colour scale: each number gets the colour between the two points around it."""
    gradient = rule["gradientRule"]
    cells = [
        (row, column, value)
        for grid_range in rule["ranges"]
        for row, column, cell in view.cells_in(grid_range)
        if _is_number(value := value_of(cell))
    ]
    numbers = sorted(value for _, _, value in cells)
    if not numbers:
        return
    points = [
        (_point(gradient[name], numbers), _point_color(gradient[name]))
        for name in ("minpoint", "midpoint", "maxpoint")
        if name in gradient
    ]
    for row, column, value in cells:
        color = _color_at(points, value)
        over.setdefault((row, column), {})["backgroundColor"] = _json_color(color)


def _point_color(point: Json) -> str:
    return rgb_hex(point.get("colorStyle") or point.get("color") or {}) or "ffffff"


def _point(point: Json, numbers: list[float]) -> float:
    low, high = numbers[0], numbers[-1]
    given = float(point.get("value") or 0)
    kind = point.get("type")
    if kind == "MIN":
        return low
    if kind == "MAX":
        return high
    if kind == "PERCENT":
        return low + (high - low) * given / 100
    if kind == "PERCENTILE":
        place = (len(numbers) - 1) * given / 100
        below = int(place)
        above = min(below + 1, len(numbers) - 1)
        return numbers[below] + (numbers[above] - numbers[below]) * (place - below)
    return given


def _color_at(points: list[tuple[float, str]], value: float) -> str:
    for (start, first), (end, second) in pairwise(points):
        if value <= start:
            return first
        if value < end:
            return mixed(first, second, (value - start) / (end - start))
    return points[-1][1]


def _json_color(digits: str) -> Json:
    values = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    return dict(zip(("red", "green", "blue"), values, strict=True))


def _conditions(view: SheetView, rule: Json, over: dict[Place, Json]) -> None:
    """A rule that holds or doesn't: its format for every cell where it does."""
    condition = rule["booleanRule"]["condition"]
    given = [one.get("userEnteredValue", "") for one in condition.get("values", [])]
    boxes = [view.box(grid_range) for grid_range in rule["ranges"]]
    home = (min(box.top for box in boxes), min(box.left for box in boxes))
    for box in boxes:
        for place in _places(view, box):
            if _holds(view, condition["type"], given, place, home):
                over.setdefault(place, {}).update(rule["booleanRule"]["format"])


def _places(view: SheetView, box: Box) -> list[Place]:
    rows = range(box.top, min(box.bottom, view.shown_rows))
    return [(row, column) for row in rows for column in range(box.left, box.right)]


def _holds(view: SheetView, kind: str, given: list[str], place: Place, home: Place) -> bool:
    cell = view.cell(*place)
    value = value_of(cell)
    if kind == "CUSTOM_FORMULA":
        return _formula_holds(view, given[0], place, home)
    if kind in ("BLANK", "NOT_BLANK"):
        return (value in (None, "")) == (kind == "BLANK")
    if kind in NUMBER_TESTS:
        limits = [_number(text) for text in given]
        if not _is_number(value) or None in limits:
            return False
        return NUMBER_TESTS[kind](value, [limit for limit in limits if limit is not None])
    if kind in TEXT_TESTS and value is not None:
        shown = cell.get("formattedValue", "").casefold()
        return TEXT_TESTS[kind](shown, given[0].removeprefix("=").strip('"').casefold())
    return False


def _formula_holds(view: SheetView, formula: str, place: Place, home: Place) -> bool:
    """Whether a formula is true; relative parts move with the place. A comparison of one cell with
    a constant, which is what most are, needs no evaluation.
    """
    match = COMPARISON.fullmatch(formula)
    if match is None:
        return worth_of(view, carried(formula, place[0] - home[0], place[1] - home[1])) is True
    fixed_column, column_letters, fixed_row, row_digits, operator, constant = match.groups()
    column = -1
    for letter in column_letters.upper():
        column = (column + 1) * 26 + ord(letter) - 65
    row = int(row_digits) - 1 + (0 if fixed_row else place[0] - home[0])
    column += 0 if fixed_column else place[1] - home[1]
    value = value_of(view.cell(row, column))
    wanted = _constant(constant)
    if isinstance(value, str) and isinstance(wanted, str):
        value, wanted = value.casefold(), wanted.casefold()
    if type(value) is not type(wanted) and not (_is_number(value) and _is_number(wanted)):
        return operator == "<>"
    return COMPARE[operator](value, wanted)


def _constant(text: str) -> Any:
    if text.startswith('"'):
        return text[1:-1].replace('""', '"')
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    return float(text)


def _number(text: str) -> float | None:
    try:
        return float(text.removeprefix("=").rstrip("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
