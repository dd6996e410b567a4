"""The cell references in a formula's text: found, and rewritten when cells move.

What a formula is worth is not known here.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tests.google.sheets.a1 import column_index, column_letters, quoted
from tests.google.sheets.areas import Area

if TYPE_CHECKING:
    from collections.abc import Callable

SHEET = r"(?:(?P<sheet>'(?:[^']|'')+'|[^\W\d]\w*)!)?"
CELL = r"\$?[A-Za-z]{1,3}\$?[1-9]\d{0,7}"
COLUMN = r"\$?[A-Za-z]{1,3}"
LINE = r"\$?[1-9]\d{0,7}"
REFERENCE = re.compile(
    rf"\"(?:[^\"]|\"\")*\"|(?<![\w$.]){SHEET}(?P<body>{CELL}(?::(?:{CELL}|{COLUMN}|{LINE}))?|"
    rf"{COLUMN}:{COLUMN}|{LINE}:{LINE})(?![\w(.])"
)
CORNER = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)(\d*)")


@dataclass(frozen=True, slots=True)
class Corner:
    """One corner of a reference; None for what it leaves open."""

    row: int | None
    column: int | None
    row_fixed: bool
    column_fixed: bool

    def text(self, row: int | None, column: int | None) -> str:
        """The corner as text, at this row and column, its `$` kept."""
        letters = "" if column is None else "$" * self.column_fixed + column_letters(column)
        return letters + ("" if row is None else "$" * self.row_fixed + str(row + 1))


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference in a formula: where its text stands and what it names."""

    start: int
    end: int
    title: str | None
    first: Corner
    second: Corner | None

    def area(self, sheet_id: int) -> Area:
        """The cells that it names."""
        last = self.second or self.first
        return Area(
            sheet_id=sheet_id,
            top=self.first.row,
            bottom=None if last.row is None else last.row + 1,
            left=self.first.column,
            right=None if last.column is None else last.column + 1,
        )

    def text(self, area: Area) -> str:
        """The reference written for another area; a `$` stays where it was."""
        prefix = "" if self.title is None else quoted(self.title) + "!"
        first = self.first.text(area.top, area.left)
        if self.second is None:
            return prefix + first
        bottom = None if area.bottom is None else area.bottom - 1
        right = None if area.right is None else area.right - 1
        return f"{prefix}{first}:{self.second.text(bottom, right)}"


@lru_cache(maxsize=131072)
def references(formula: str) -> tuple[Reference, ...]:
    """Every reference of the formula, in their order; text in quotes holds none."""
    found = []
    for match in REFERENCE.finditer(formula):
        body = match.group("body")
        if body is None:
            continue
        first, _, second = body.partition(":")
        title = match.group("sheet")
        if title is not None and title.startswith("'"):
            title = title[1:-1].replace("''", "'")
        found.append(
            Reference(
                match.start(),
                match.end(),
                title,
                _corner(first),
                _corner(second) if second else None,
            )
        )
    return tuple(found)


@lru_cache(maxsize=131072)
def farthest(formula: str) -> tuple[float, float]:
    """The last row and the last column that the formula names; -1 for none, infinity if open."""
    corners = [reference.second or reference.first for reference in references(formula)]
    rows = [math.inf if corner.row is None else corner.row for corner in corners]
    columns = [math.inf if corner.column is None else corner.column for corner in corners]
    return max(rows, default=-1), max(columns, default=-1)


def _corner(text: str) -> Corner:
    match = CORNER.fullmatch(text)
    assert match is not None
    dollar, letters, second_dollar, digits = match.groups()
    return Corner(
        row=int(digits) - 1 if digits else None,
        column=column_index(letters) if letters else None,
        row_fixed=bool(second_dollar or (dollar and not letters)),
        column_fixed=bool(dollar and letters),
    )


def rewritten(formula: str, step: Callable[[Reference], Area | str | None]) -> str:
    """The formula with each reference's area replaced by what `step` gives back.

    `step` answers "" to leave the reference as it is, None for `#REF!`.
    """
    parts = []
    done = 0
    for reference in references(formula):
        area = step(reference)
        if isinstance(area, str):
            continue
        parts.append(formula[done : reference.start])
        parts.append("#REF!" if area is None else reference.text(area))
        done = reference.end
    return "".join(parts) + formula[done:] if done else formula


def carried(formula: str, rows: int, columns: int) -> str:
    """The formula as it reads after copying its cell: what has no `$` moves along."""
    if not rows and not columns:
        return formula

    def step(reference: Reference) -> Area | None:
        first, last = reference.first, reference.second or reference.first
        top = _carried(first.row, first.row_fixed, rows)
        left = _carried(first.column, first.column_fixed, columns)
        bottom = _carried(last.row, last.row_fixed, rows)
        right = _carried(last.column, last.column_fixed, columns)
        if any(side is not None and side < 0 for side in (top, left, bottom, right)):
            return None
        return Area(
            sheet_id=0,
            top=top,
            bottom=None if bottom is None else bottom + 1,
            left=left,
            right=None if right is None else right + 1,
        )

    return rewritten(formula, step)


def _carried(index: int | None, fixed: bool, by: int) -> int | None:
    return index if index is None or fixed else index + by


def retitled(formula: str, old: str, new: str) -> str:
    """The formula after the sheet `old` was renamed to `new`."""
    parts = []
    done = 0
    for reference in references(formula):
        if reference.title is None or reference.title.casefold() != old.casefold():
            continue
        mark = formula.rindex("!", reference.start, reference.end)
        parts.append(formula[done : reference.start])
        parts.append(quoted(new))
        done = mark
    return "".join(parts) + formula[done:]
