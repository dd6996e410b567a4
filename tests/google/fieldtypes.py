"""The types that a field of a discovery document can have, each as a check.

A check gives back the value in the form that the service works with, or raises ViolationError.
Names of fields and messages are not known here: that is `discovery`.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from typing import Any

Check = Callable[[Any], Any]

TYPES = "type.googleapis.com/"
INT32 = range(-(2**31), 2**31)
LARGEST = int(sys.float_info.max)


class ViolationError(Exception):
    """A value that doesn't fit its field; the path grows while the exception climbs.

    `step` is ".name" or "[index]".
    """

    def __init__(self, text: str, *, at_parent: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.path = ""
        self.at_parent = at_parent

    def climb(self, step: str) -> None:
        """Put the step that led here in front of the path."""
        self.path = step + self.path


def _anything(value: Any) -> Any:
    return value


def list_of(check: Check, spec: dict[str, Any]) -> Check:
    """A list, or a lone value, which protobuf's reader takes for a list of one."""
    if spec.get("type") == "array":
        return _rows_check

    def checked(value: Any) -> Any:
        if type(value) is not list:
            return [check(value)]
        changed: list[Any] | None = None
        for index, item in enumerate(value):
            try:
                kept = check(item)
            except ViolationError as violation:
                violation.climb(f"[{index}]")
                raise
            if kept is not item:
                changed = list(value) if changed is None else changed
                changed[index] = kept
        return value if changed is None else changed

    return checked


def _rows_check(value: Any) -> Any:
    """`values`: a list of lists of scalars, what is in a cell being checked by its writer."""
    list_type = f"({TYPES}google.protobuf.ListValue)"
    if type(value) is not list:
        raise ViolationError(f"{list_type}, {json.dumps(value, ensure_ascii=False)}")
    for index, row in enumerate(value):
        if type(row) is not list:
            violation = ViolationError(f"{list_type}, {json.dumps(row, ensure_ascii=False)}")
            violation.climb(f"[{index}]")
            raise violation
    return value


def map_of(check: Check) -> Check:
    """A map from names to values that `check` takes."""

    def checked(value: Any) -> Any:
        if type(value) is not dict:
            raise ViolationError(f"(map), {json.dumps(value)}")
        return {key: check(item) for key, item in value.items()}

    return checked


def one_of(names: list[str], enum_type: str) -> Check:
    """One of the enum's names, or its number."""
    known = frozenset(names)

    def checked(value: Any) -> Any:
        if type(value) is int and 0 <= value < len(names):
            return names[value]
        if type(value) is not str or value not in known:
            raise ViolationError(f"({enum_type}), {json.dumps(value)}")
        return value

    return checked


def _text(value: Any) -> Any:
    if type(value) is not str:
        raise ViolationError(f"(TYPE_STRING), {json.dumps(value)}")
    return value


def _boolean(value: Any) -> Any:
    if type(value) is not bool:
        raise ViolationError(f"(TYPE_BOOL), {json.dumps(value)}")
    return value


def _int32(value: Any) -> Any:
    number = _as_number(value)
    if number is None or number != int(number) or int(number) not in INT32:
        raise ViolationError(f"(TYPE_INT32), {json.dumps(value)}")
    return value if type(value) is int else int(number)


def _int64(value: Any) -> Any:
    """A 64-bit number, which JSON carries as text."""
    number = _as_number(value)
    if number is None or number != int(number):
        raise ViolationError(f"(TYPE_INT64), {json.dumps(value)}")
    return value if type(value) is str else str(int(number))


def _double(value: Any) -> Any:
    number = _as_number(value)
    if number is None:
        raise ViolationError(f"(TYPE_DOUBLE), {json.dumps(value)}")
    return value if type(value) in (int, float) else number


def _as_number(value: Any) -> int | float | None:
    """A number, or the number that a text spells; None for what no double holds, and all else."""
    if type(value) is str:
        try:
            value = float(value)
        except ValueError:
            return None
    if type(value) is int:
        return value if -LARGEST <= value <= LARGEST else None
    return value if type(value) is float and math.isfinite(value) else None


SCALAR_CHECKS: dict[str, Check] = {
    "string": _text,
    "string/int64": _int64,
    "string/uint64": _int64,
    "boolean": _boolean,
    "integer": _int32,
    "number": _double,
}


def scalar(kind: str, form: str) -> Check:
    """The check for a JSON schema type and format; anything goes where there is no type."""
    return SCALAR_CHECKS.get(f"{kind}/{form}") or SCALAR_CHECKS.get(kind) or _anything
