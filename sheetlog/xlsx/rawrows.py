"""Rows and cells by their bytes.

Rows are found by their tags alone and looked into one by one, because a sheet of 100,000 runs
cannot be parsed for one more. Knows no package, no style and no plan.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from sheetlog.errors import RefusedError
from sheetlog.xlsx import references
from sheetlog.xlsx.spans import masked

_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']([0-9]+)["']""")
_ATTRIBUTES = re.compile(rb"""([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CONTENT = re.compile(rb"<(?:[\w.-]+:)?(?:is[\s/>]|f[\s/>]|v[^>/]*>[^<])")
_USUAL = re.compile(
    rb'<c r="([A-Z]{1,3})[0-9]+"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?(?:/>|>(.*?)</c>)',
    re.DOTALL,
)
"""A cell as most programs write it; others are found with more care."""
_LOOKS = re.compile(rb'<c r="([A-Z]{1,3})[0-9]+"(?: s="([0-9]+)")?(?=[ />])')


@dataclass(slots=True, eq=False)
class RawCell:
    """A cell by its bytes."""

    column: int
    """0-based."""
    start: int
    """Within the row."""
    end: int
    xf: int
    """Index of its style."""
    kind: str
    """Its `t` attribute; blank where there is none."""
    inner: bytes
    """Between its tags."""

    @property
    def filled(self) -> bool:
        """Whether a value or a formula is in it."""
        return _CONTENT.search(self.inner) is not None

    @property
    def formula(self) -> bool:
        """Whether a formula is in it."""
        return re.search(rb"<(?:[\w.-]+:)?f[\s/>]", self.inner) is not None


class _Tags(NamedTuple):
    """How rows and cells are written with a prefix."""

    row: re.Pattern[bytes]
    row_end: bytes
    cell: re.Pattern[bytes]
    cell_end: bytes


@cache
def _tags(prefix: str) -> _Tags:
    raw = prefix.encode()
    escaped = re.escape(raw)
    return _Tags(
        re.compile(rb"<%srow(?=[\s/>])([^<>]*)>" % escaped),
        b"</" + raw + b"row",
        re.compile(rb"<%sc(?=[\s/>])([^<>]*?)(/?)>" % escaped),
        b"</" + raw + b"c",
    )


_tags("")  # what nearly every worksheet needs


class Rows:
    """Rows in a piece of a worksheet, found by number."""

    def __init__(self, data: bytes, *, prefix: str, what: str, before: int = 0) -> None:
        """Find where each row starts.

        Args:
            data: nothing but rows, and what may stand between them.
            prefix: of the worksheet's elements, with its colon.
            before: the number of the row before the first one.

        Raises:
            RefusedError: the rows aren't in order.
        """
        self.data = data
        self._plain = masked(data)
        self._tags = tags = _tags(prefix)
        self.numbers: list[int] = []
        self.starts: list[int] = []
        numbers, starts = self.numbers, self.starts
        number = before
        for found in tags.row.finditer(self._plain):
            said = _ROW_NUMBER.search(found[1])
            following = int(said[1]) if said else number + 1
            if following <= number:
                raise RefusedError(
                    f"the rows of '{what}' are out of order at row {following}; "
                    "open the workbook in Excel and save it"
                )
            number = following
            numbers.append(number)
            starts.append(found.start())

    def __len__(self) -> int:
        return len(self.numbers)

    def index(self, number: int) -> int:
        """Return the index of the first row that has this number or a greater one."""
        return bisect_left(self.numbers, number)

    def has(self, number: int) -> bool:
        """Return whether there is a row of this number."""
        at = self.index(number)
        return at < len(self.numbers) and self.numbers[at] == number

    def span(self, index: int) -> tuple[int, int]:
        """Return where a row stands."""
        start = self.starts[index]
        tag_end = self._plain.index(b">", start)
        if self._plain[tag_end - 1 : tag_end] == b"/":
            return start, tag_end + 1
        close = self._plain.find(self._tags.row_end, tag_end)
        if close < 0:
            raise RefusedError("a row has no end: the worksheet is damaged; let Excel repair it")
        return start, self._plain.index(b">", close) + 1

    def content(self, index: int) -> bytes:
        """Return a row's bytes."""
        start, end = self.span(index)
        return self.data[start:end]

    def row(self, number: int) -> bytes:
        """Return the bytes of the row of this number; none where there is no such row."""
        at = self.index(number)
        return self.content(at) if self.has(number) else b""

    def at(self, place: int) -> int:
        """Return the index of the row that stands at a place in the bytes."""
        return max(0, bisect_right(self.starts, place) - 1)

    def cell(self, index: int, column: int, name: str) -> RawCell | None:
        """Return one cell of a row, without looking into the others where that can be had.

        Args:
            index: of the row.
            column: 0-based.
            name: the column's name, `F` say.
        """
        start = self.starts[index]
        end = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.data)
        row = self.data[start:end]
        at = row.find(f' r="{name}{self.numbers[index]}"'.encode())
        if at < 0:
            return next((cell for cell in self.cells(row) if cell.column == column), None)
        at = row.rindex(b"<", 0, at)
        stop = row.find(self._tags.cell_end, at)
        stop = len(row) if stop < 0 else row.index(b">", stop) + 1
        return next(self.cells(row[at:stop]), None)

    def cells(self, row: bytes) -> Iterator[RawCell]:
        """Yield the cells of a row, from its bytes."""
        found = list(_USUAL.finditer(row))
        if self._usual(row) and len(found) == row.count(b"<c ") + row.count(b"<c>"):
            for cell in found:
                name, xf, kind, inner = cell.groups(b"")
                start, end = cell.span()
                yield RawCell(column_at(name), start, end, int(xf or 0), kind.decode(), inner)
        else:
            yield from self._any_cells(row)

    def looks(self, row: bytes) -> list[tuple[bytes, bytes]]:
        """Return column and style of each cell of a row, as they are written; [] where odd."""
        found = _LOOKS.findall(row)
        usual = self._usual(row) and len(found) == row.count(b"<c ") + row.count(b"<c>")
        return found if usual else []

    def _usual(self, row: bytes) -> bool:
        return self._tags.row_end == b"</row" and b"<!" not in row

    def _any_cells(self, row: bytes) -> Iterator[RawCell]:
        plain = masked(row)
        column = -1
        end = 0
        for found in self._tags.cell.finditer(plain):
            if found.start() < end:
                continue
            named = {key: one or two for key, one, two in _ATTRIBUTES.findall(found[1])}
            column = _column(named.get(b"r"), column + 1)
            inner_end = end = found.end()
            if not found[2]:
                inner_end = plain.find(self._tags.cell_end, found.end())
                if inner_end < 0:
                    raise RefusedError("a cell has no end: the worksheet is damaged")
                end = plain.index(b">", inner_end) + 1
            xf = named.get(b"s", b"0")
            yield RawCell(
                column,
                found.start(),
                end,
                int(xf) if xf.isdigit() else 0,
                named.get(b"t", b"").decode(),
                row[found.end() : inner_end],
            )

    def filled(self, index: int, left: int, right: int) -> bool:
        """Return whether any cell of a row, from column to column, has something in it."""
        row = self.content(index)
        if _CONTENT.search(row) is None:
            return False
        return any(left <= cell.column <= right and cell.filled for cell in self.cells(row))


@cache
def column_at(name: bytes) -> int:
    """Return the 0-based index of a column's name."""
    return references.column(name.decode())


def _column(reference: bytes | None, following: int) -> int:
    if reference is None:
        return following
    name = reference.rstrip(b"0123456789").decode()
    return references.column(name) if name.isalpha() and len(name) <= 3 else following
