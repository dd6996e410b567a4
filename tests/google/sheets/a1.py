"""A1 notation: `'My sheet'!B2:D`, both ways.

A bare word may be a sheet, a named range or a cell; which of them it is, is settled by the
caller's look-up and not here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tests.google.sheets.areas import Area, Box

CORNER = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9][0-9]{0,7})?")
R1C1_CORNER = re.compile(r"R([1-9][0-9]*)C([1-9][0-9]*)", re.IGNORECASE)
PLAIN_TITLE = re.compile(r"[^\W\d]\w*")
LOOKS_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")


class NotA1Error(ValueError):
    """A text that names no rectangle."""


@dataclass(frozen=True, slots=True)
class Corners:
    """What stands behind the `!`: the sides of the rectangle, None where open."""

    top: int | None
    bottom: int | None
    left: int | None
    right: int | None

    def on(self, sheet_id: int) -> Area:
        """The rectangle, put on a sheet."""
        return Area(
            sheet_id=sheet_id,
            top=self.top,
            bottom=self.bottom,
            left=self.left,
            right=self.right,
        )


@lru_cache(maxsize=4096)
def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@lru_cache(maxsize=4096)
def column_index(letters: str) -> int:
    """A → 0, AA → 26; small letters as well."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def split_sheet(text: str) -> tuple[str | None, str]:
    """The sheet title, without its quotes, and what follows the `!`; (None, text) without one."""
    if text.startswith("'"):
        match = re.fullmatch(r"'((?:[^']|'')*)'(?:!(.*))?", text, re.DOTALL)
        if match is None:
            raise NotA1Error(text)
        return match.group(1).replace("''", "'"), match.group(2) or ""
    title, mark, rest = text.rpartition("!")
    return (title, rest) if mark else (None, text)


def parse_corners(text: str) -> Corners:
    """The rectangle that `B2:D`, `3:5`, `A:C`, `D4:A1` or `R1C1:R2C2` names.

    Raises NotA1Error.
    """
    first, colon, second = text.partition(":")
    start = _corner(first)
    end = _corner(second) if colon else start
    if not colon and None in start:
        raise NotA1Error(text)
    if (start[1] is None) != (end[1] is None) and None in (start[0], end[0]):
        raise NotA1Error(text)
    top, bottom = _side(start[0], end[0])
    left, right = _side(start[1], end[1])
    return Corners(top, bottom, left, right)


def _side(one: int | None, other: int | None) -> tuple[int | None, int | None]:
    """A side's start and end; the corners may come in either order, and one may be open."""
    if one is None and other is None:
        return None, None
    if one is None or other is None:
        return (one if one is not None else other), None
    return min(one, other), max(one, other) + 1


def _corner(text: str) -> tuple[int | None, int | None]:
    """Row and column of `B2`, `B`, `2` or `R2C2`, from 0; None for what isn't said."""
    r1c1 = R1C1_CORNER.fullmatch(text)
    if r1c1:
        return int(r1c1.group(1)) - 1, int(r1c1.group(2)) - 1
    match = CORNER.fullmatch(text)
    if match is None or not text.strip("$"):
        raise NotA1Error(text)
    letters, digits = match.groups()
    row = int(digits) - 1 if digits else None
    return row, (column_index(letters) if letters else None)


def quoted(title: str) -> str:
    """The title as Google writes it before a `!`: in quotes unless it is a plain word."""
    if PLAIN_TITLE.fullmatch(title) and not LOOKS_LIKE_A_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def cell_name(row: int, column: int) -> str:
    """B2, from 0."""
    return f"{column_letters(column)}{row + 1}"


def box_name(title: str, box: Box) -> str:
    """`'My sheet'!B2:D5`, or `Sheet1!B2` for a single cell."""
    start = cell_name(box.top, box.left)
    end = cell_name(max(box.bottom, box.top + 1) - 1, max(box.right, box.left + 1) - 1)
    return f"{quoted(title)}!{start}" + ("" if start == end else f":{end}")
