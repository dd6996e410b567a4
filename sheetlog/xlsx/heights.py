"""How high a row must be for the texts that go over several lines in it: an estimate.

Excel finds a row's height when somebody edits it; LibreOffice and viewers take what the file says.
Knows widths and texts; knows no rows and no plan.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable

LINE = 15.0
"""Points of a line in the usual font."""
MOST = 4
"""Lines that a row grows to: a long text, such as an error, must not push all others away."""
_NARROW = 0.86
"""Of a digit's width, by which columns are measured, a letter of a text has as much on average."""
_OVER = 0.1
"""Of a line, which still fits."""


def points(texts: Iterable[tuple[str, float]]) -> float:
    """Return how high a row must be.

    Args:
        texts: those that go over several lines, each with its column's width in characters.

    Returns:
        In points; 0 where one line is enough.
    """
    most = max((lines(text, width) for text, width in texts), default=1)
    return LINE * min(most, MOST) if most > 1 else 0.0


def lines(text: str, width: float) -> int:
    """Return about how many lines a text takes in a column."""
    room = max(1.0, width - 1)
    return sum(
        max(1, math.ceil(_length(part) * _NARROW / room - _OVER)) for part in text.split("\n")
    )


def _length(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)
