"""A worksheet's rows when columns are inserted: the names of cells, and their formulas. Pure.

Rows may be many, so they are not parsed: the few tags that matter are found by their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from sheetlog.xlsx import references
from sheetlog.xlsx.shift import Shift
from sheetlog.xlsx.texts import resolved, uncovered
from sheetlog.xlsx.values import xml_text

_REF = re.compile(rb"([A-Za-z]{1,3})([0-9]+)")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>"']+)\s*=\s*("[^"]*"|'[^']*')""")


def explicit(rows: bytes, prefix: str) -> bytes:
    """Return the rows with the name of each row and cell as the first attribute of its tag.

    Args:
        rows: `<row>` elements; comments are dropped, and CDATA written as plain text.
        prefix: of the elements, with its colon.
    """
    if b"<!" in rows:
        rows = uncovered(rows)
    tags = _tags(prefix)
    if all(rows.count(tag + b' r="') == rows.count(tag) for tag in (tags.row, tags.cell)):
        return rows
    row, column = 0, -1

    def named(found: re.Match[bytes]) -> bytes:
        nonlocal row, column
        name, rest = _without_name(found["attributes"])
        if found["tag"] == tags.row[1:]:
            row, column = int(name) if name else row + 1, -1
            return b'%s r="%d"%s>' % (tags.row, row, rest)
        ref = _REF.fullmatch(name)
        column = references.column(ref[1].decode()) if ref else column + 1
        return b'%s r="%s"%s>' % (tags.cell, references.cell(column, row).encode(), rest)

    return tags.either.sub(named, rows)


def shifted(rows: bytes, shift: Shift, *, prefix: str, own: bool) -> bytes:
    """Return rows as they are after the shift.

    Args:
        rows: with explicit names.
        own: whether they stand in the tab that is shifted; else only their formulas matter.

    Raises:
        CannotShift: a formula would mean something else, or cells would fall off the sheet.
    """
    tags = _tags(prefix)
    if tags.formula in rows and (own or b"!" in rows or b"INDIRECT" in rows.upper()):
        rows = _Formulas(rows, shift, tags, own=own).shifted()
    if not own:
        return rows
    rows = _without_last(tags.spans.sub(rb"\1", rows), len(shift.places), tags)
    names = _Names(shift, tags.cell)
    return tags.name.sub(lambda found: names[found[1]], rows)


def with_cells(rows: bytes, row: int, cells: Mapping[int, bytes], *, prefix: str) -> bytes:
    """Return rows with cells put into one of them, where nothing stands.

    Args:
        rows: with explicit names.
        cells: `<c>` elements by their 0-based column.
    """
    tags = _tags(prefix)
    start, inside, end, after = _row_span(rows, row, tags)
    pieces = [rows[:start], rows[start:inside].removesuffix(b"/>").removesuffix(b">") + b">"]
    if start == after:
        pieces = [rows[:start], b'%s r="%d">' % (tags.row, row)]
    waiting = sorted(cells)
    at = inside
    for found in tags.name.finditer(rows, inside, end):
        column = references.column(found[1].decode())
        while waiting and waiting[0] < column:
            pieces += rows[at : found.start()], cells[waiting.pop(0)]
            at = found.start()
    pieces += rows[at:end], *(cells[column] for column in waiting)
    return b"".join([*pieces, b"</" + tags.row[1:] + b">", rows[after:]])


def continued(
    rows: bytes, column: int, below: int, xf: Callable[[int], int | None], *, prefix: str
) -> bytes:
    """Return rows with a blank cell in a new column, wherever its left neighbour's look goes on.

    Args:
        rows: with explicit names, and nothing in the column.
        column: 0-based.
        below: the header's row; those up to it stay as they are.
        xf: gives the new cell's style from the neighbour's; None: no cell is needed.
    """
    tags = _tags(prefix)
    p = re.escape(tags.cell)
    left = rb'%s r="%s([0-9]+)"([^<>]*?)(?:/>|>.*?</%s\s*>)' % (
        p, references.letters(column - 1).encode(), p[1:]
    )  # fmt: skip
    name = references.letters(column).encode()

    def beside(found: re.Match[bytes]) -> bytes:
        style = re.search(rb"""\ss=["']([0-9]+)""", found[2])
        own = xf(int(style[1]) if style else 0) if int(found[1]) > below else None
        if own is None:
            return found[0]
        return b'%s%s r="%s%s" s="%d"/>' % (found[0], tags.cell, name, found[1], own)

    return re.sub(left, beside, rows, flags=re.DOTALL)


def styles_of(rows: bytes, row: int, *, prefix: str) -> dict[int, int]:
    """Return the style index of each cell in a row, by its 0-based column."""
    tags = _tags(prefix)
    _, inside, end, _ = _row_span(rows, row, tags)
    found = {}
    for cell in tags.either.finditer(rows, inside, end):
        ref = re.search(rb'\sr="([A-Za-z]+)', cell["attributes"])
        style = re.search(rb"""\ss=["']([0-9]+)""", cell["attributes"])
        if ref is not None:
            found[references.column(ref[1].decode())] = int(style[1]) if style else 0
    return found


def last_column(rows: bytes, *, prefix: str) -> int:
    """Return the last column with a cell that holds something; -1 where there is none.

    Args:
        rows: with explicit names.
    """
    filled = re.compile(_tags(prefix).name.pattern + rb"[0-9]+\"[^<>]*(?<!/)>")
    names = {found[1] for found in filled.finditer(rows)}
    return max((references.column(name.decode()) for name in names), default=-1)


def _without_last(rows: bytes, count: int, tags: _Tags) -> bytes:
    """Return rows without the blank cells, which only have a style, in the last columns.

    Whole rows that people coloured have them, and nothing is lost when they fall off the sheet.
    """
    last = range(references.MAX_COLUMNS - count, references.MAX_COLUMNS)
    names = "|".join(map(references.letters, last)).encode()
    blank = rb'%s r="(?:%s)[0-9]+"[^<>]*/>' % (re.escape(tags.cell), names)
    return re.sub(blank, b"", rows)


def _row_span(rows: bytes, row: int, tags: _Tags) -> tuple[int, int, int, int]:
    """Return where a row starts, where its cells start and end, and where it ends itself.

    A row that isn't there has all four where it would stand.
    """
    start = re.search(rb'%s r="%d"[^<>]*>' % (re.escape(tags.row), row), rows)
    if start is None:
        for found in re.finditer(rb'%s r="([0-9]+)"' % re.escape(tags.row), rows):
            if int(found[1]) > row:
                return (found.start(),) * 4
        return (len(rows),) * 4
    if start[0].endswith(b"/>"):
        return start.start(), start.end(), start.end(), start.end()
    close = re.compile(rb"</%s\s*>" % tags.row[1:]).search(rows, start.end())
    end, after = close.span() if close is not None else (len(rows), len(rows))
    return start.start(), start.end(), end, after


class _Tags(NamedTuple):
    """How the tags of a worksheet start, and where they stand."""

    row: bytes
    cell: bytes
    formula: bytes
    either: re.Pattern[bytes]
    """The start tag of a row or a cell."""
    name: re.Pattern[bytes]
    """A cell's tag up to its column."""
    spans: re.Pattern[bytes]
    calculated: re.Pattern[bytes]
    """A cell's start tag, and the formula in it."""


@cache
def _tags(prefix: str) -> _Tags:
    p = re.escape(prefix.encode())
    inner = rb"""(?:[^<>"']|"[^"<]*"|'[^'<]*')*"""
    return _Tags(
        row=f"<{prefix}row".encode(),
        cell=f"<{prefix}c".encode(),
        formula=f"<{prefix}f".encode(),
        either=re.compile(rb"<(?P<tag>%s(?:row|c))(?=[\s/>])(?P<attributes>%s)>" % (p, inner)),
        name=re.compile(rb'<%sc r="([A-Za-z]{1,3})(?=[0-9])' % p),
        spans=re.compile(rb"""(<%srow\b[^<>]*?)\sspans=(?:"[^"]*"|'[^']*')""" % p),
        calculated=re.compile(
            rb'(?P<start><%sc r="(?P<column>[A-Za-z]{1,3})(?P<row>[0-9]+)"[^<>]*>\s*)'
            rb"<%sf(?P<attributes>(?:\s[^<>]*?)?)(?:/>|>(?P<text>[^<]*)</%sf\s*>)" % (p, p, p)
        ),
    )


def _without_name(attributes: bytes) -> tuple[bytes, bytes]:
    """Return the value of `r`, and all other attributes."""
    for found in _ATTRIBUTE.finditer(attributes):
        if found[1] == b"r":
            rest = attributes[: found.start()] + attributes[found.end() :]
            return found[2][1:-1].strip(), rest
    return b"", attributes


class _Names(dict[bytes, bytes]):
    """How a cell's tag starts after the shift, by its column's name; made when it is first met."""

    def __init__(self, shift: Shift, tag: bytes) -> None:
        self._shift = shift
        self._tag = tag

    def __missing__(self, name: bytes) -> bytes:
        new = self._shift.column(references.column(name.decode()))
        start = b'%s r="%s' % (self._tag, references.letters(new).encode())
        self[name] = start
        return start


class _Formulas:
    """All formulas of the rows, before the cells' own names change."""

    def __init__(self, rows: bytes, shift: Shift, tags: _Tags, *, own: bool) -> None:
        self._rows = rows
        self._shift = shift
        self._tags = tags
        self._own = own
        self._wide: dict[str, tuple[str, int, int]] = {}
        """Shared formulas that stand in several columns, by their number: text, column and row."""

    def shifted(self) -> bytes:
        return self._tags.calculated.sub(self._one, self._rows)

    def _one(self, found: re.Match[bytes]) -> bytes:
        attributes = {
            key.decode(): resolved(value[1:-1])
            for key, value in _ATTRIBUTE.findall(found["attributes"])
        }
        text = resolved(found["text"] or b"")
        kind, ref = attributes.get("t"), attributes.get("ref")
        column = references.column(found["column"].decode())
        row = int(found["row"])
        if kind == "shared":
            number = attributes.get("si", "")
            area = references.area(ref or "")
            if text and area is not None and area.left != area.right:
                self._wide[number] = (text, column, row)
            elif text:
                self._wide.pop(number, None)
            if number in self._wide:
                return self._alone(found, number, column, row)
        what = {"array": "an array formula", "dataTable": "a data table"}.get(kind or "")
        if what and ref and self._own:
            self._shift.check_whole(ref, what)
        new = dict(attributes)
        if self._own:
            for name in ("ref", "r1", "r2"):
                if name in new:
                    new[name] = self._shift.range(new[name])
        after = self._shift.formula(text, own=self._own) if text else text
        if (after, new) == (text, attributes):
            return found[0]
        return self._written(found, new, after)

    def _alone(self, found: re.Match[bytes], number: str, column: int, row: int) -> bytes:
        """Write a formula that several columns share into its own cell.

        What it refers to moves by other distances in one column than in another.
        """
        text, first_column, first_row = self._wide[number]
        own = references.translated(text, columns=column - first_column, rows=row - first_row)
        return self._written(found, {}, self._shift.formula(own, own=self._own))

    def _written(self, found: re.Match[bytes], attributes: dict[str, str], text: str) -> bytes:
        inner = "".join(f' {name}="{xml_text(value)}"' for name, value in attributes.items())
        start = found["start"] + self._tags.formula + inner.encode()
        if not text:
            return start + b"/>"
        return b"%s>%s</%s>" % (start, xml_text(text).encode(), self._tags.formula[1:])
