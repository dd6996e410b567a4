"""What the cells of a run's params would not tell by themselves, as a note in one hidden cell.

A sheet has one kind of number: `1.0` comes back as `1`. It keeps times to the second, neither the
smallest nor the largest doubles, and no text without characters. Pure: values → note, and cells
with the note → values.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from sheetlog import record
from sheetlog.record import Scalar, path, section

KEY = "run.types"
"""The key of the note."""
_SMALLEST, _GREATEST = 2.3e-308, 9.9e307
"""Between these Excel keeps a double as it is:
https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
"""


def noted(values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Return a run's values with the note that its params need, or without one if they don't."""
    floats: list[str] = []
    exact: dict[str, Any] = {}
    for key, value in values.items():
        if section(key) != "params" or value is None or isinstance(value, bool | int):
            continue
        if isinstance(value, str):
            if not value:  # a blank cell says "not logged"
                exact[path(key)] = value
            continue
        if not isinstance(value, float) or not _kept(value):
            exact[path(key)] = record.plain(value)
        elif math.isfinite(value) and value.is_integer():
            floats.append(path(key))
    parts = {"float": floats, "exact": exact}
    note = {name: part for name, part in parts.items() if part}
    rest = {key: value for key, value in values.items() if key != KEY}
    return {**rest, KEY: json.dumps(note, ensure_ascii=False)} if note else rest


def restored(values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Return the values of cells as those that the run had, by the note among them."""
    note = _read(values.get(KEY))
    found = {key: _whole(key, value) for key, value in values.items() if key != KEY}
    for name in note.get("float", ()):
        key = f"params.{name}"
        value = found.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            found[key] = float(value)
    for name, held in note.get("exact", {}).items():
        # A cell that a person has emptied stays empty.
        if f"params.{name}" in found or held == "":
            found[f"params.{name}"] = record.unplain(held)
    return found


def _kept(value: float) -> bool:
    if not math.isfinite(value):
        return True
    return (value == 0 and math.copysign(1, value) > 0) or _SMALLEST < abs(value) < _GREATEST


def _whole(key: str, value: Scalar) -> Scalar:
    """Return the integer that a number of a param is, where the sheet gave it as a double."""
    if section(key) == "params" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _read(note: Scalar) -> dict[str, Any]:
    """Return a note; an empty one where a person has written something else into its cell."""
    try:
        found = json.loads(note) if isinstance(note, str) else {}
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    floats, exact = found.get("float", []), found.get("exact", {})
    good = isinstance(floats, list) and isinstance(exact, dict)
    return {"float": floats, "exact": exact} if good else {}
