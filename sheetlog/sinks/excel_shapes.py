"""Rows that are written alike, read many at a time: one expression a row, then column by column.

Most rows of a sheet have the same cells in the same form. Such a form is a shape: once it has been
seen some times, an expression of its own takes all its values out of a row at once. Knows bytes of
rows and how a cell is read; knows no header and no plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sheetlog.cells import Cell
from sheetlog.xlsx.texts import plain, resolved
from sheetlog.xlsx.values import number

USUAL = re.compile(
    rb'<c r="([A-Z]{1,3})[0-9]+"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?(?:/>|>'
    rb'(?:<v>([^<]*)</v>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>|(.*?))</c>)',
    re.DOTALL,
)
"""A cell of the usual form: column, style, type; its value, its text, or what else it has."""
Found = Sequence[tuple[bytes, ...]]
"""What `USUAL` finds in a row."""

_SEEN_BEFORE = 2
"""An expression costs as much as reading some rows the long way."""
_MOST = 24
"""Shapes; where rows differ more than that, trying one after the other saves nothing."""
_LONG = 19
"""Bytes; a shorter number without a point or an exponent is an integer in every file."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A place in a shape that has a value to take out."""

    at: int
    """Which of the asked-for columns."""
    style: int
    kind: str


@dataclass(slots=True, eq=False)
class _Shape:
    pattern: re.Pattern[bytes]
    cells: tuple[_Cell, ...]
    others: frozenset[bytes]
    """Columns with something in them that nobody asked for."""
    indexes: list[int] = field(default_factory=list)
    values: list[tuple[bytes, ...]] = field(default_factory=list)


class Shapes:
    """Collects rows by their shape, and reads all of a shape together."""

    def __init__(self, at: Mapping[bytes, int]) -> None:
        """Take the columns that are asked for: by name, in which place they are given."""
        self._at = at
        self._shapes: list[_Shape] = []
        self._counts: dict[tuple[tuple[bytes, bytes, bytes, int], ...], int] = {}

    def take(self, data: bytes, start: int, end: int, index: int) -> bool:
        """Keep a row whose shape is known, by its place in `data`; False: it isn't known."""
        for rank, shape in enumerate(self._shapes):
            found = shape.pattern.fullmatch(data, start, end)
            if found is not None:
                shape.indexes.append(index)
                shape.values.append(found.groups())
                if rank:  # rows of one shape stand together
                    self._shapes.insert(0, self._shapes.pop(rank))
                return True
        return False

    def learn(self, found: Found) -> None:
        """Look at a row that had to be read the long way."""
        if len(self._shapes) >= _MOST or any(cell[5] for cell in found):
            return
        seen = tuple(
            (name, style, kind, 1 if digits else 2 if text else 0)
            for name, style, kind, digits, text, _ in found
        )
        count = self._counts[seen] = self._counts.get(seen, 0) + 1
        if count > _SEEN_BEFORE:
            self._shapes.insert(0, self._shape(seen))

    def _shape(self, seen: Sequence[tuple[bytes, bytes, bytes, int]]) -> _Shape:
        pattern, cells, others = [rb"<row(?:\s[^<>]*)?>\s*"], [], set()
        for name, style, kind, form in seen:
            wanted = form and name in self._at
            value = rb"([^<]+)" if wanted else rb"[^<]+"
            pattern += [
                rb'<c r="' + name + rb'[0-9]+"',
                rb' s="' + style + rb'"' if style else b"",
                rb' t="' + kind + rb'"' if kind else b"",
                (
                    rb"(?:/>|>(?:<v></v>)?</c>)",
                    rb"><v>" + value + rb"</v></c>",
                    rb'><is><t(?: xml:space="preserve")?>' + value + rb"</t></is></c>",
                )[form],
            ]
            if wanted:
                text = "inlineStr" if form == 2 else kind.decode()
                cells.append(_Cell(self._at[name], int(style or b"0"), text))
            elif form:
                others.add(name)
        whole = re.compile(b"".join([*pattern, rb"\s*</row>\s*"]))
        return _Shape(whole, tuple(cells), frozenset(others))

    def others(self) -> set[bytes]:
        """Return the columns that have something in rows taken here, and weren't asked for."""
        return {name for shape in self._shapes if shape.indexes for name in shape.others}

    def rows(
        self, width: int, read: Callable[[Sequence[bytes], str, int], list[Cell]]
    ) -> dict[int, list[Cell]]:
        """Return all rows that were kept, by their index.

        Args:
            width: of a row, in cells.
            read: gives the values of one column: from their bytes, their type, their style.
        """
        kept: dict[int, list[Cell]] = {}
        for shape in self._shapes:
            if not shape.indexes:
                continue
            blank: list[Cell] = [None] * len(shape.indexes)
            columns = [blank] * width
            by_column = zip(*shape.values, strict=True)
            for cell, values in zip(shape.cells, by_column, strict=bool(shape.cells)):
                columns[cell.at] = read(values, cell.kind, cell.style)
            rows = map(list, zip(*columns, strict=True))
            kept.update(zip(shape.indexes, rows, strict=True))
        return kept


def texts(values: Sequence[bytes]) -> list[Cell]:
    """Return texts from what stands between their tags."""
    # No XML holds a NUL, so that one decoding does for all.
    whole = b"\0".join(values)
    if b"&" in whole or b"\r" in whole or b"_x" in whole:
        return [plain(resolved(value)) for value in values]
    return list(whole.decode("utf-8", "replace").split("\0"))


def numbers(values: Sequence[bytes]) -> list[Cell]:
    """Return numbers: whole ones where they are written so."""
    try:
        return [float(v) if not v.isdigit() or len(v) >= _LONG else int(v) for v in values]
    except ValueError:  # no number at all
        return [a_number(value) for value in values]


def a_number(digits: bytes) -> Cell:
    """Return what a number is, whole or not, by how it is written."""
    if b"." in digits:
        try:
            return float(digits)
        except ValueError:
            return number(digits.decode())
    return int(digits) if digits.isdigit() and len(digits) < _LONG else number(digits.decode())
