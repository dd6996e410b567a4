"""Rows as XML: new ones, and cells put into rows that are there. Spliced in among those that stay.

Knows the markup of rows and cells; knows no styles, no tables and no plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from sheetlog.xlsx import references
from sheetlog.xlsx.values import Content

if TYPE_CHECKING:
    from sheetlog.xlsx.rawrows import RawCell, Rows
    from sheetlog.xlsx.worksheet import Worksheet

_SPANS = re.compile(rb"""\s+spans\s*=\s*(?:"[^"]*"|'[^']*')""")


class NewCell(NamedTuple):
    """A cell to write."""

    content: Content
    xf: int | None
    """Its style; None: that of the cell that is there."""


def new_row(number: int, cells: Mapping[int, NewCell], *, prefix: str) -> bytes:
    """Return a row with these cells, by column."""
    inner = "".join(
        _cell(column, number, cells[column].content, cells[column].xf or 0, prefix)
        for column in sorted(cells)
    )
    return f'<{prefix}row r="{number}">{inner}</{prefix}row>'.encode()


def _cell(column: int, number: int, content: Content, xf: int, prefix: str) -> str:
    """Return a cell; nothing where it would hold nothing and look like nothing."""
    if not content.xml and not xf:
        return ""
    style = f' s="{xf}"' if xf else ""
    kind = f' t="{content.kind}"' if content.kind else ""
    name = f'<{prefix}c r="{references.cell(column, number)}"{style}{kind}'
    return f"{name}>{content.xml}</{prefix}c>" if content.xml else f"{name}/>"


def with_cells(
    rows: Rows, row: bytes, number: int, cells: Mapping[int, NewCell], *, prefix: str
) -> bytes:
    """Return a row that is there with some cells put in; a cell that has a style keeps it.

    Args:
        rows: what it stands in.
        row: its bytes.
        number: of the row.
        cells: by column.
        prefix: of the worksheet's elements, with its colon.
    """
    start, close = _inside(row)
    tag, end = row[:start], row[close:]
    if not end:  # `<row/>`
        tag = tag[: tag.rindex(b"/")].rstrip() + b">"
        end = f"</{prefix}row>".encode()
    # Whoever wrote the row said which columns it spans; that is a hint that may be left out.
    pieces = [_numbered(_SPANS.sub(b"", tag), number)]
    waiting = sorted(cells)

    def put(column: int, xf: int = 0) -> None:
        new = cells[column]
        pieces.append(_cell(column, number, new.content, xf or new.xf or 0, prefix).encode())

    at = start
    for cell in rows.cells(row):
        pieces.append(row[at : cell.start])
        while waiting and waiting[0] < cell.column:
            put(waiting.pop(0))
        if waiting and waiting[0] == cell.column:
            # The format of a truth is all that keeps LibreOffice from showing a 1.
            truth = cells[waiting[0]].content.kind == "b"
            put(waiting.pop(0), 0 if truth else cell.xf)
        else:
            pieces.append(_named(row[cell.start : cell.end], cell, number))
        at = cell.end
    for column in waiting:
        put(column)
    return b"".join(pieces) + row[at:close] + end


def _inside(row: bytes) -> tuple[int, int]:
    """Return where a row's start tag ends, and where its end tag starts."""
    start = row.index(b">") + 1
    return start, row.rindex(b"</") if row[start - 2 : start] != b"/>" else len(row)


_NUMBER = re.compile(rb"""\sr\s*=\s*["']""")


def _numbered(tag: bytes, number: int) -> bytes:
    """Return a row's start tag with its number, which some programs leave out."""
    if _NUMBER.search(tag):
        return tag
    name = re.match(rb"<[^\s/>]+", tag)
    at = name.end() if name else 0
    return tag[:at] + f' r="{number}"'.encode() + tag[at:]


def _named(cell: bytes, raw: RawCell, number: int) -> bytes:
    """Return a cell with its name: without one its place would follow from those before it."""
    end = cell.index(b">")
    if _NUMBER.search(cell[:end]):
        return cell
    name = re.match(rb"<[^\s/>]+", cell)
    at = name.end() if name else 0
    return cell[:at] + f' r="{references.cell(raw.column, number)}"'.encode() + cell[at:]


_HEIGHT = re.compile(rb"""\s+(ht|customHeight)\s*=\s*["']([^"']*)["']""")


def _raised(tag: bytes, points: float, *, again: bool) -> tuple[bytes, float]:
    """Return a row's start tag, without its end, with a height; and the height.

    Args:
        tag: as it is.
        points: the height.
        again: the height that it has is ours, of the same change.
    """
    said = dict(_HEIGHT.findall(tag))
    try:
        height = float(said.get(b"ht", b"0"))
    except ValueError:
        height = 0.0
    said_so = said.get(b"customHeight") in {b"1", b"true"} and not again
    if height >= points or said_so:
        return tag, height
    alone = b"/" if tag.endswith(b"/") else b""
    plain = _HEIGHT.sub(b"", tag.removesuffix(b"/").rstrip())
    return plain + f' ht="{points:g}" customHeight="1"'.encode() + alone, points


class Splice:
    """Rows that change or come new, by number; all others stay as they are."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._changed: dict[int, bytes] = {}
        self._raised: set[int] = set()

    def cells(self, number: int) -> dict[int, RawCell]:
        """Return the cells that a row has, by column."""
        return {cell.column: cell for cell in self._sheet.last_rows.cells(self._row(number))}

    def put(self, number: int, cells: Mapping[int, NewCell]) -> None:
        """Put cells into a row, which is made where there is none."""
        prefix = self._sheet.prefix
        row = self._row(number)
        if row:
            rows = self._sheet.last_rows
            self._changed[number] = with_cells(rows, row, number, cells, prefix=prefix)
        else:
            self._changed[number] = new_row(number, cells, prefix=prefix)

    def raised(self, number: int, points: float) -> float:
        """Make a row at least so high, unless somebody said how high; return its height."""
        row = self._row(number)
        end = row.index(b">")
        tag, height = _raised(row[:end], points, again=number in self._raised)
        if tag != row[:end]:
            self._raised.add(number)
        self._changed[number] = tag + row[end:]
        return height

    def _row(self, number: int) -> bytes:
        if number in self._changed:
            return self._changed[number]
        rows = self._sheet.last_rows
        if rows.numbers and number < rows.numbers[0]:
            rows = self._sheet.rows
        return rows.row(number)

    def settle(self) -> None:
        """Put the rows that changed so far among those of the worksheet."""
        if self._changed:
            self._sheet.replace_rows(b"".join(self._pieces(self._sheet.rows)))
            self._changed.clear()

    def write(self, tail: bytes, dimension: str | None) -> None:
        """Give the worksheet's stream the rows as they shall be, in the cheapest way."""
        sheet = self._sheet
        stream = sheet.stream
        new = [self._changed[number] for number in sorted(self._changed)]
        if sheet.extendable:
            last = sheet.last_rows
            first = min(self._changed, default=0)
            if not new or not last.numbers or first > last.numbers[-1]:
                stream.extend(b"".join(new), tail=tail, dimension=dimension)
                return
            if first >= last.numbers[0]:
                rows = b"".join(self._pieces(last))
                stream.extend(rows, tail=tail, dimension=dimension, replacing=last.data)
                return
        stream.rewrite(sheet.frame.head, self._chunks(sheet.rows), tail, dimension)

    def _pieces(self, rows: Rows) -> Iterator[bytes]:
        """Yield the rows in order, old and new."""
        at = 0
        for number in sorted(self._changed):
            # No row without a number follows a gap, so that none gets another one by a new row.
            index = rows.index(number)
            start = rows.starts[index] if index < len(rows) else len(rows.data)
            yield rows.data[at:start]
            yield self._changed[number]
            at = rows.span(index)[1] if rows.has(number) else start
        yield rows.data[at:]

    def _chunks(self, rows: Rows) -> Iterator[bytes]:
        """Yield the rows in pieces that end where a row ends."""
        if not self._changed:
            yield rows.data
            return
        yield from (piece for piece in self._pieces(rows) if piece)
