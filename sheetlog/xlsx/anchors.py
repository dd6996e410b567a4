"""Pictures, charts, notes and controls over the cells: what holds them when columns are inserted.

Knows the anchors of drawings (ECMA-376 part 1, 20.5.2), of controls and of legacy drawings (VML).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetlog.xlsx.texts import resolved
from sheetlog.xlsx.values import xml_text

if TYPE_CHECKING:
    from sheetlog.xlsx.shift import Shift
    from sheetlog.xlsx.spans import Edits, Element

_PIXEL = 9525
"""English metric units."""


@dataclass(frozen=True, slots=True)
class Widths:
    """How wide the columns are, in English metric units, before and after the shift."""

    before: Callable[[int], int]
    after: Callable[[int], int]


def emu(characters: float) -> int:
    """Return a column's width in English metric units, for the usual font (7 pixels a digit).

    From ECMA-376 part 1, 18.3.1.13: 256 steps a character, cut to whole pixels.
    """
    return int((256 * characters + 128 // 7) / 256 * 7) * _PIXEL


def shift_anchors(root: Element, edits: Edits, shift: Shift, widths: Widths) -> None:
    """Shift the anchors of a drawing, or of the controls in a worksheet.

    What is held by its first cell alone keeps its size, and what is held by no cell its place.
    """
    for anchor in root.walk("twoCellAnchor", "oneCellAnchor", "anchor"):
        corners = [
            _End.of(element) for element in anchor.children if element.name in {"from", "to"}
        ]
        ends = [end for end in corners if end is not None]
        if not ends:
            continue
        first, last = ends[0], ends[-1]
        held = _held(anchor)
        old, new = first.place, (shift.column(first.column), first.offset)
        if held == "absolute":
            new = _at(_x(old, widths.before), widths.after)
        moved = [(first, new)]
        if last is not first:
            end = (shift.column(last.column), last.offset)
            if last.offset == 0:  # it ends at the edge, and reaches into nothing right of it
                end = (max(shift.edge(last.column), new[0]), 0)
            stretched = end[0] - last.column != new[0] - first.column
            if held == "absolute" or (held == "oneCell" and stretched):
                width = _x(last.place, widths.before) - _x(old, widths.before)
                end = _at(_x(new, widths.after) + width, widths.after)
            moved.append((last, end))
        for at, to in moved:
            at.write(edits, to)


@dataclass(frozen=True, slots=True)
class _End:
    """A corner of an anchor: its column, and how far into it."""

    column: int
    offset: int
    column_at: Element
    offset_at: Element | None

    @classmethod
    def of(cls, element: Element) -> _End | None:
        column, offset = element.child("col"), element.child("colOff")
        if column is None or not column.text.strip().isdecimal():
            return None
        text = "" if offset is None else offset.text.strip()
        # Some programs write a length with its unit (`1cm`); such an offset stays as it is.
        plain = re.fullmatch(r"-?[0-9]+", text) is not None
        return cls(int(column.text), int(text) if plain else 0, column, offset if plain else None)

    @property
    def place(self) -> tuple[int, int]:
        return self.column, self.offset

    def write(self, edits: Edits, place: tuple[int, int]) -> None:
        column, offset = place
        if column != self.column:
            edits.text(self.column_at, str(column))
        if offset != self.offset and self.offset_at is not None:
            edits.text(self.offset_at, str(offset))


def _held(anchor: Element) -> str:
    if anchor.name != "anchor":
        return anchor.value("editAs") or "twoCell"
    if anchor.value("sizeWithCells") in {"1", "true"}:
        return "twoCell"
    return "oneCell" if anchor.value("moveWithCells") in {"1", "true"} else "absolute"


def _x(place: tuple[int, int], width: Callable[[int], int]) -> int:
    column, offset = place
    return sum(map(width, range(column))) + offset


def _at(x: int, width: Callable[[int], int]) -> tuple[int, int]:
    column = 0
    while column < 16_383 and x >= width(column):
        x -= width(column)
        column += 1
    return column, max(x, 0)


_CLIENT = re.compile(rb"<(?:[\w.-]+:)?ClientData\b.*?</(?:[\w.-]+:)?ClientData\s*>", re.DOTALL)
_HELD = re.compile(
    rb"(<(?:[\w.-]+:)?(Anchor|Column|Fmla[A-Za-z]+)(?:\s[^<>]*)?>)([^<]*)(?=</)", re.DOTALL
)


def shift_legacy(data: bytes, shift: Shift, *, own: bool) -> bytes:
    """Return a legacy drawing (VML: notes and form controls) with its anchors and links shifted.

    VML is no sound XML in every workbook (`<br>`), so that it is not parsed.

    Args:
        own: whether it belongs to the tab that is shifted; else only its formulas matter.
    """
    return _CLIENT.sub(lambda found: _client(found[0], shift, own=own), data)


def _client(data: bytes, shift: Shift, *, own: bool) -> bytes:
    column = next((int(h[3]) for h in _HELD.finditer(data) if _is_column(h)), None)

    def changed(found: re.Match[bytes]) -> bytes:
        kind, text = found[2], resolved(found[3])
        if kind.startswith(b"Fmla"):
            return found[1] + xml_text(shift.formula(text, own=own)).encode()
        if not own:
            return found[0]
        if kind == b"Column":
            return (
                found[1] + str(shift.column(int(text))).encode()
                if column is not None
                else found[0]
            )
        numbers = text.split(",")
        if len(numbers) != 8 or not all(number.strip().isdecimal() for number in numbers):
            return found[0]
        for at in (0, 4):
            old = int(numbers[at])
            # A note moves with its cell, whatever lies below the box.
            new = shift.column(old) if column is None else old + shift.column(column) - column
            numbers[at] = numbers[at].replace(str(old), str(new))
        return found[1] + ",".join(numbers).encode()

    return _HELD.sub(changed, data)


def _is_column(found: re.Match[bytes]) -> bool:
    return found[2] == b"Column" and found[3].strip().isdigit()
