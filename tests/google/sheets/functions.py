"""The spreadsheet functions that formulas may call, over values already worked out."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING, Any

from tests.google.sheets.numberformat import general

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Scalar = bool | int | float | str | None


class FormulaError(Exception):
    """A value such as `#DIV/0!`; `kind` is what stands between the signs."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message

    @property
    def shown(self) -> str:
        """What the cell shows."""
        return "#" + self.kind + {"NAME": "?", "N/A": ""}.get(self.kind, "!")


def scalar(value: Any) -> Scalar:
    """One value of what may be rows of values."""
    while isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, FormulaError):
        raise value
    result: Scalar = value
    return result


def number(value: Any) -> float:
    """The value as a number; blank is 0, TRUE is 1."""
    value = scalar(value)
    if value is None or value == "":
        return 0
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise FormulaError("VALUE", f"'{value}' is a text, not a number.") from None
    return int(value) if isinstance(value, bool) else value


def text(value: Any) -> str:
    """The value as text."""
    value = scalar(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value if isinstance(value, str) else general(value)


def _flat(arguments: list[Any]) -> Iterator[tuple[Any, bool]]:
    """Every value, and whether it came from cells (where text and booleans don't count)."""
    for argument in arguments:
        if isinstance(argument, list):
            for row in argument:
                for item in row:
                    if isinstance(item, FormulaError):
                        raise item
                    yield item, True
        else:
            yield argument, False


def _numbers(arguments: list[Any]) -> list[float]:
    kept = []
    for item, from_cells in _flat(arguments):
        if from_cells:
            if isinstance(item, (int, float)) and not isinstance(item, bool):
                kept.append(item)
        else:
            kept.append(number(item))
    return kept


def _some(arguments: list[Any], name: str) -> list[float]:
    found = _numbers(arguments)
    if not found:
        raise FormulaError(
            "DIV/0", f"Evaluation of function {name} caused a divide by zero error."
        )
    return found


def _deviation(arguments: list[Any]) -> float:
    found = _numbers(arguments)
    if len(found) < 2:
        raise FormulaError("DIV/0", "Evaluation of function STDEV caused a divide by zero error.")
    return statistics.stdev(found)


def _rounded(arguments: list[Any]) -> float:
    places = int(number(arguments[1])) if len(arguments) > 1 else 0
    scale = 10**places
    scaled = number(arguments[0]) * scale
    return float(math.copysign(math.floor(abs(scaled) + 0.5), scaled) / scale)


def _counted(arguments: list[Any]) -> int:
    return sum(item is not None and item != "" for item, _ in _flat(arguments))


def _label(arguments: list[Any]) -> Scalar:
    """HYPERLINK(address, label): the label, or the address without one."""
    return scalar(arguments[-1])


def _nothing(_arguments: list[Any]) -> Scalar:
    return None


FUNCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "ABS": lambda a: abs(number(a[0])),
    "AND": lambda a: all(item for item, _ in _flat(a) if item is not None),
    "AVERAGE": lambda a: statistics.fmean(_some(a, "AVERAGE")),
    "CONCATENATE": lambda a: "".join(text(item) for item, _ in _flat(a)),
    "COUNT": lambda a: len(_numbers(a)),
    "COUNTA": _counted,
    "EXP": lambda a: math.exp(number(a[0])),
    "HYPERLINK": _label,
    "IMAGE": _nothing,
    "INT": lambda a: math.floor(number(a[0])),
    "LEN": lambda a: len(text(a[0])),
    "LN": lambda a: math.log(number(a[0])),
    "LOWER": lambda a: text(a[0]).lower(),
    "MAX": lambda a: max(_numbers(a), default=0),
    "MEDIAN": lambda a: statistics.median(_some(a, "MEDIAN")),
    "MIN": lambda a: min(_numbers(a), default=0),
    "NOT": lambda a: not scalar(a[0]),
    "OR": lambda a: any(item for item, _ in _flat(a) if item is not None),
    "POWER": lambda a: number(a[0]) ** number(a[1]),
    "PRODUCT": lambda a: math.prod(_numbers(a)),
    "ROUND": _rounded,
    "SPARKLINE": _nothing,
    "SQRT": lambda a: math.sqrt(number(a[0])),
    "STDEV": _deviation,
    "SUM": lambda a: math.fsum(_numbers(a)),
    "UPPER": lambda a: text(a[0]).upper(),
}
