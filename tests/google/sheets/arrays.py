"""Values of many cells at once: what ARRAYFORMULA does, and functions that look through ranges."""

from __future__ import annotations

import math
import operator
import re
import statistics
from typing import TYPE_CHECKING, Any

from tests.google.sheets.functions import FormulaError, number, scalar, text

if TYPE_CHECKING:
    from collections.abc import Callable

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<>": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}


def each(function: Callable[..., Any], *operands: Any) -> Any:
    """The function's value for each place of the operands; what is one value is so in each."""
    if not any(isinstance(operand, list) for operand in operands):
        return function(*operands)
    lists = [operand if isinstance(operand, list) else [[operand]] for operand in operands]
    tall = max(len(rows) for rows in lists)
    wide = max(len(row) for rows in lists for row in rows or [[]])
    return [
        [_one(function, [_at(rows, row, column) for rows in lists]) for column in range(wide)]
        for row in range(tall)
    ]


def _at(rows: list[list[Any]], row: int, column: int) -> Any:
    line = rows[0 if len(rows) == 1 else row] if len(rows) == 1 or row < len(rows) else []
    if len(line) == 1:
        return line[0]
    return line[column] if column < len(line) else FormulaError("N/A", "")


def _one(function: Callable[..., Any], operands: list[Any]) -> Any:
    try:
        return function(*(scalar(operand) for operand in operands))
    except FormulaError as error:
        return error


def cells_of(value: Any) -> list[Any]:
    """Every value of a range or an array, row by row."""
    return [item for row in value for item in row] if isinstance(value, list) else [value]


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _numbers(value: Any) -> list[float]:
    found = cells_of(value)
    for item in found:
        if isinstance(item, FormulaError):
            raise item
    return [item for item in found if is_number(item)]


def _ranked(arguments: list[Any], *, falling: bool) -> float:
    found = sorted(_numbers(arguments[0]), reverse=falling)
    rank = int(number(arguments[1]))
    if not 1 <= rank <= len(found):
        raise FormulaError("NUM", "There is no value of this rank.")
    return found[rank - 1]


def _match(arguments: list[Any]) -> int:
    wanted, listed = scalar(arguments[0]), cells_of(arguments[1])
    exact = len(arguments) > 2 and number(arguments[2]) == 0
    if exact:
        places = [at for at, item in enumerate(listed, 1) if _same(item, wanted)][:1]
    else:
        limit = number(wanted)
        places = [at for at, item in enumerate(listed, 1) if is_number(item) and item <= limit]
    if not places:
        raise FormulaError("N/A", "Did not find value in MATCH evaluation.")
    return places[-1]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    return (type(one) is type(other) and one == other) or (is_number(one) and one == other)


def _index(arguments: list[Any]) -> Any:
    rows, at = arguments[0], int(number(arguments[1]))
    column = int(number(arguments[2])) if len(arguments) > 2 else 1
    if not isinstance(rows, list):
        rows = [[rows]]
    if at < 1:
        raise FormulaError("NUM", "INDEX counts from 1.")
    line = rows[at - 1] if at <= len(rows) else []
    return line[column - 1] if column <= len(line) else None


def _fits(criterion: Any) -> Callable[[Any], bool]:
    """Whether a value fulfils a criterion such as `"<5"`, `"failed"` or 3."""
    criterion = scalar(criterion)
    match = re.fullmatch(r"(<>|<=|>=|<|>|=)?(.*)", text(criterion), re.DOTALL)
    assert match is not None
    sign, rest = match[1] or "=", match[2]
    try:
        wanted: Any = float(rest)
    except ValueError:
        wanted = rest.casefold()

    def fits(item: Any) -> bool:
        if isinstance(wanted, float):
            return is_number(item) and COMPARE[sign](item, wanted)
        held = text(item).casefold() if not isinstance(item, FormulaError) else None
        return held is not None and COMPARE[sign](held, wanted)

    return fits


def _count_ifs(arguments: list[Any]) -> int:
    pairs = [
        (cells_of(arguments[at]), _fits(arguments[at + 1])) for at in range(0, len(arguments), 2)
    ]
    return sum(
        all(fits(items[at]) for items, fits in pairs if at < len(items))
        for at in range(len(pairs[0][0]))
    )


def _count_if(arguments: list[Any]) -> Any:
    return each(lambda criterion: _count_ifs([arguments[0], criterion]), arguments[1])


def _average_if(arguments: list[Any]) -> float:
    items, fits = cells_of(arguments[0]), _fits(arguments[1])
    values = cells_of(arguments[2] if len(arguments) > 2 else arguments[0])
    found = [v for item, v in zip(items, values, strict=False) if fits(item) and is_number(v)]
    if not found:
        raise FormulaError("DIV/0", "Evaluation of function AVERAGEIF caused a divide by zero.")
    return statistics.fmean(found)


def _up(arguments: list[Any]) -> float:
    scale = 10 ** int(number(arguments[1])) if len(arguments) > 1 else 1
    scaled = number(arguments[0]) * scale
    # A hair above a whole number comes from the division before, and is none.
    return math.copysign(math.ceil(abs(scaled) - 1e-9), scaled) / scale


def _not_there(_arguments: list[Any]) -> Any:
    raise FormulaError("N/A", "")


LOOKING: dict[str, Callable[[list[Any]], Any]] = {
    "ARRAYFORMULA": lambda a: a[0],
    "AVERAGEIF": _average_if,
    "COUNTIF": _count_if,
    "COUNTIFS": _count_ifs,
    "INDEX": _index,
    "ISNUMBER": lambda a: each(is_number, a[0]),
    "LARGE": lambda a: _ranked(a, falling=True),
    "MATCH": _match,
    "NA": _not_there,
    "ROUNDUP": _up,
    "SMALL": lambda a: _ranked(a, falling=False),
}
