"""What a person would say of a sheet of runs, from its cells alone: whose row, which key's column.

The oracle of `test_people_edits`: every value that a test logs or writes is the only one of its kind,
so that it says by itself where it belongs. Imports nothing of sheetlog.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

Cells = Mapping[tuple[int, int], Any]
"""What stands in the used cells, by row and column, both counted from 1."""


def cells(read: Mapping[str, Any]) -> dict[tuple[int, int], Any]:
    """Return cells by row and column; of a formula, what it gives."""
    found = {}
    for name, value in read.items():
        letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", name).groups()  # type: ignore[union-attr]
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        found[int(digits), column] = value["value"] if isinstance(value, dict) else value
    return found


def name(row: int, column: int) -> str:
    """Return a cell's name."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def places(sheet: Cells) -> dict[Any, list[tuple[int, int]]]:
    """Return where each value stands."""
    found = defaultdict(list)
    for place, value in sheet.items():
        found[value].append(place)
    return found


def row_of(sheet: Cells, values: Iterable[Any]) -> int | None:
    """Return the row in which the values of one run stand; None where none of them is there.

    Raises:
        AssertionError: a value is there twice, or they stand in several rows.
    """
    where = places(sheet)
    rows = set()
    for value in values:
        found = where.get(value, [])
        assert len(found) <= 1, f"{value!r} is there {len(found)} times: {found}"
        rows |= {row for row, _ in found}
    assert len(rows) <= 1, f"the values of one run are in several rows: {rows}"
    return rows.pop() if rows else None


def overflow(sheet: Cells, row: int) -> dict[str, Any]:
    """Return the values that a row has in a cell as JSON."""
    for (at, _), value in sheet.items():
        if at == row and isinstance(value, str) and value.startswith("{"):
            return dict(json.loads(value))
    return {}


def follow(before: Cells, after: Cells, rows: Mapping[int, int]) -> dict[int, int]:
    """Return which column has become which, from rows whose cells stay as they are.

    Args:
        rows: before → after.

    Raises:
        AssertionError: a column is gone, has changed, or has changed its place among the others.
    """
    columns: dict[int, int] = {}
    last = max((column for _, column in (*before, *after)), default=0)
    at = 0
    for column in sorted({column for _, column in before}):
        kept = {row: v for (row, c), v in before.items() if c == column and row in rows}
        at += 1
        while not all(same(after.get((rows[row], at)), value) for row, value in kept.items()):
            at += 1
            assert at <= last + 1, f"column {column} with {kept} is nowhere"
        columns[column] = at
    return columns


def same(one: Any, other: Any) -> bool:
    """Return whether two cells hold the same; numbers as far as a workbook keeps them."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one))
    return bool(one == other)
