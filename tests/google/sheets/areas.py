"""Rectangles of cells: half-open, in one sheet, each side perhaps open.

Every index counts from 0. Where a rectangle came from (A1 text, a GridRange) is not known here but
for the GridRange itself, which is its JSON form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A rectangle; None for a side that is open, as in `A2:A`."""

    sheet_id: int
    top: int | None = None
    bottom: int | None = None
    left: int | None = None
    right: int | None = None

    @classmethod
    def from_json(cls, grid_range: dict[str, Any]) -> Area:
        """The rectangle that a GridRange names."""
        return cls(
            sheet_id=grid_range.get("sheetId", 0),
            top=grid_range.get("startRowIndex"),
            bottom=grid_range.get("endRowIndex"),
            left=grid_range.get("startColumnIndex"),
            right=grid_range.get("endColumnIndex"),
        )

    def to_json(self) -> dict[str, Any]:
        """The GridRange as Google prints it: sheetId 0 is left out, startRowIndex 0 is not."""
        sides = {
            "sheetId": self.sheet_id or None,
            "startRowIndex": self.top,
            "endRowIndex": self.bottom,
            "startColumnIndex": self.left,
            "endColumnIndex": self.right,
        }
        return {name: value for name, value in sides.items() if value is not None}

    def closed(self, row_count: int, column_count: int) -> Box:
        """The part of the rectangle that lies in a grid of this size, all sides closed."""
        top, left = self.top or 0, self.left or 0
        bottom = row_count if self.bottom is None else min(self.bottom, row_count)
        right = column_count if self.right is None else min(self.right, column_count)
        return Box(
            sheet_id=self.sheet_id,
            top=top,
            bottom=max(bottom, top),
            left=left,
            right=max(right, left),
        )

    def meets(self, other: Area) -> bool:
        """Whether the two share a cell."""
        return (
            self.sheet_id == other.sheet_id
            and spans_meet(self.top, self.bottom, other.top, other.bottom)
            and spans_meet(self.left, self.right, other.left, other.right)
        )

    def holds(self, other: Area) -> bool:
        """Whether every cell of `other` is in this one."""
        return (
            self.sheet_id == other.sheet_id
            and span_holds(self.top, self.bottom, other.top, other.bottom)
            and span_holds(self.left, self.right, other.left, other.right)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle with all four sides closed."""

    sheet_id: int
    top: int
    bottom: int
    left: int
    right: int

    @property
    def area(self) -> Area:
        return Area(
            sheet_id=self.sheet_id,
            top=self.top,
            bottom=self.bottom,
            left=self.left,
            right=self.right,
        )

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def rows(self) -> range:
        return range(self.top, self.bottom)

    @property
    def columns(self) -> range:
        return range(self.left, self.right)

    def moved(self, *, rows: int = 0, columns: int = 0) -> Box:
        """The same rectangle further down and further right."""
        return replace(
            self,
            top=self.top + rows,
            bottom=self.bottom + rows,
            left=self.left + columns,
            right=self.right + columns,
        )


def spans_meet(start: int | None, end: int | None, start2: int | None, end2: int | None) -> bool:
    """Whether two half-open spans share an index; None is an open end."""
    before = end is not None and end <= (start2 or 0)
    after = end2 is not None and end2 <= (start or 0)
    return not before and not after


def span_holds(start: int | None, end: int | None, start2: int | None, end2: int | None) -> bool:
    """Whether the second span lies in the first."""
    return (start or 0) <= (start2 or 0) and (end is None or (end2 is not None and end2 <= end))
