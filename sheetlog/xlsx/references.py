"""A1 references in formulas, ranges and lists of ranges, and how they follow a sheet's changes.

Pure: text in, text out. Knows no package, no XML and no worksheet.

A change is a function from the area that a reference names to the area that it shall name
afterwards. `inserted_columns` and `grown` make the changes that a sheet sees;
`in_formula`, `in_range` and `in_list` carry one out wherever references may stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A rectangle of cells. Columns count from 0, rows from 1 as the file writes them."""

    left: int = 0
    right: int = MAX_COLUMNS - 1
    top: int = 1
    bottom: int = MAX_ROWS


Change = Callable[[Area], Area]


def inserted_columns(places: Iterable[int]) -> Change:
    """Return the change that happens when columns are inserted one after the other.

    Args:
        places: 0-based, each counted when all earlier ones are there already.
    """
    order = tuple(places)

    def moved(column: int) -> int:
        if column == MAX_COLUMNS - 1:  # the sheet's edge, as in whole rows, stays the edge
            return column
        for place in order:
            column += column >= place
        return min(column, MAX_COLUMNS - 1)

    return lambda area: replace(area, left=moved(area.left), right=moved(area.right))


def grown(table: Area, last: int) -> Change:
    """Return the change that lets what covered a table's columns cover its new rows, too.

    An area grows to the row `last` if it reached from the table's first data row (or from above)
    to its last one, somewhere in its columns; any other area stays.

    Args:
        table: the data rows as they were, without header and totals.
        last: the last data row as it shall be.
    """

    def change(area: Area) -> Area:
        beside = area.right < table.left or area.left > table.right
        if beside or area.top > table.top or area.bottom != table.bottom:
            return area
        return replace(area, bottom=last)

    return change


def in_formula(
    formula: str,
    change: Change,
    *,
    sheet: str,
    own: bool,
    named: bool = False,
    spread: bool = False,
) -> str:
    """Return a formula (without `=`) with its references to one sheet changed.

    Texts, structured references, references to other workbooks and over several tabs, names and
    functions stay as they are.

    Args:
        sheet: the title of the tab that changes.
        own: whether the formula stands in that tab, so that bare references mean it.
        named: whether it is a defined name's, whose relative parts are offsets that stay.
        spread: whether a single cell may become a range, as the values of a chart may.
    """
    wanted = sheet.casefold()

    def changed(found: re.Match[str]) -> str:
        ref = found["ref"]
        if ref is None:
            return found[0]
        prefix = found["prefix"]
        if not (own if prefix is None else _title(prefix).casefold() == wanted):
            return found[0]
        written = _Written.parse(ref)
        if written is None:
            return found[0]
        return (prefix or "") + written.after(change, keep_relative=named, keep_single=not spread)

    return _TOKEN.sub(changed, formula)


def in_range(ref: str, change: Change) -> str:
    """Return a bare reference (`A1`, `$A$1:C5`, `C:F`, `1:3`) with the change carried out."""
    written = _Written.parse(ref)
    return ref if written is None else written.after(change)


def in_list(sqref: str, change: Change) -> str:
    """Return a list of ranges, as `sqref` holds it, with the change carried out in each."""
    return " ".join(in_range(ref, change) for ref in sqref.split())


def translated(formula: str, *, columns: int, rows: int) -> str:
    """Return a formula as it reads when it is copied so many columns right and rows down."""

    def change(found: re.Match[str]) -> str:
        written = None if found["ref"] is None else _Written.parse(found["ref"])
        if written is None:
            return found[0]
        return (found["prefix"] or "") + written.copied(columns, rows)

    return _TOKEN.sub(change, formula)


def across(formula: str, change: Change, *, sheets: Sequence[str], sheet: str) -> str | None:
    """Return the first reference over several tabs (`First:Last!C5`) that a change in one tears.

    Such a reference names the same cells in each tab, so it cannot follow a change in one alone.

    Args:
        sheets: the titles of all tabs, in their order.
    """
    order = [title.casefold() for title in sheets]
    for found in _TOKEN.finditer(formula):
        ends = _title(found["prefix"] or "").casefold().split(":")
        if len(ends) != 2 or not all(end in order for end in ends):
            continue
        first, last = sorted(order.index(end) for end in ends)
        written = _Written.parse(found["ref"])
        inside = sheet.casefold() in order[first : last + 1]
        if inside and written is not None and change(written.area) != written.area:
            return found[0]
    return None


def areas(formula: str, *, sheet: str, own: bool) -> list[Area]:
    """Return the areas of one tab that a formula refers to, in its order."""
    found: list[Area] = []

    def seen(area: Area) -> Area:
        found.append(area)
        return area

    in_formula(formula, seen, sheet=sheet, own=own)
    return found


def functions(formula: str) -> set[str]:
    """Return the names of the functions that a formula calls, in capitals, without `_xlfn.`."""
    names = (
        found[0].upper().rpartition(".")[2] if found[0][:1] == "_" else found[0].upper()
        for found in _TOKEN.finditer(formula)
        if formula[found.end() : found.end() + 1] == "("
    )
    return set(names)


def area(ref: str) -> Area | None:
    """Return the area that a bare reference names; None where it is no such reference."""
    written = _Written.parse(ref)
    return None if written is None else written.area


@cache
def letters(column: int) -> str:
    """Return the name of a column: `A` of 0, `AA` of 26."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


@cache
def column(name: str) -> int:
    """Return the 0-based index of a column's name, in either case."""
    index = 0
    for letter in name.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def cell(column: int, row: int) -> str:
    """Return the name of a cell: `C5` of column 2 (0-based) and row 5."""
    return f"{letters(column)}{row}"


def quoted(title: str) -> str:
    """Return a tab's title as formulas write it before the `!`."""
    if _PLAIN_TITLE.fullmatch(title) and not _LIKE_A_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


_CORNER = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_TOKEN = re.compile(
    rf"""
    "(?:[^"]|"")*"                                   # a text
    | (?P<prefix> '(?:[^']|'')*'!                    # a tab: quoted,
                | \[[^\[\]]*\] (?: [\w.?\\]+ (?: : [\w.?\\]+ )? )? !  # of another workbook,
                | [\w.?\\]+ (?: : [\w.?\\]+ )? ! )?          # or bare
      (?P<ref> {_CORNER} : {_CORNER} | {_CORNER}
             | \$?[A-Za-z]{{1,3}} : \$?[A-Za-z]{{1,3}} | \$?[0-9]{{1,7}} : \$?[0-9]{{1,7}} )
      (?! [\w.?\\(!\[] )                             # no function, name, tab or table
    | '(?:[^']|'')*'                                 # a quoted tab before a name
    | \[ (?: [^\[\]'] | '. | \[ (?: [^\[\]'] | '. )* \] )* \]          # columns of a table
    | [\w.?\\]+                                      # a name, a function, a number
    """,
    re.VERBOSE | re.DOTALL,
)
_PARTS = re.compile(r"(\$?)([A-Za-z]*)(\$?)([0-9]*)")
_PLAIN_TITLE = re.compile(r"[^\W\d][\w.]*")
_LIKE_A_CELL = re.compile(
    r"[A-Z]{1,3}[0-9]+|R[0-9]*(?:C[0-9]*)?|C[0-9]*|TRUE|FALSE", re.IGNORECASE
)


def _title(prefix: str) -> str:
    """Return what stands before the `!`, unquoted."""
    title = prefix.removesuffix("!")
    return title[1:-1].replace("''", "'") if title[:1] == "'" else title


@dataclass(frozen=True, slots=True)
class _Corner:
    """One end of a reference as written; a whole column has no row, a whole row no column."""

    column: int | None
    row: int | None
    fixed_column: bool
    fixed_row: bool

    @classmethod
    def parse(cls, text: str) -> _Corner | None:
        found = _PARTS.fullmatch(text)
        if found is None:
            return None
        dollar, name, other, digits = found.groups()
        index = column(name) if name else None
        row = int(digits) if digits else None
        if (index is None and row is None) or (index is not None and index >= MAX_COLUMNS):
            return None
        if row is not None and not 0 < row <= MAX_ROWS:
            return None
        # Before a row that stands alone the first group takes the dollar.
        return cls(index, row, bool(dollar), bool(other) or (not name and bool(dollar)))

    def __str__(self) -> str:
        name = "" if self.column is None else "$" * self.fixed_column + letters(self.column)
        return name + ("" if self.row is None else "$" * self.fixed_row + str(self.row))


@dataclass(frozen=True, slots=True)
class _Written:
    """A reference as it is written: one corner or two, in either order."""

    corners: tuple[_Corner, ...]

    @classmethod
    def parse(cls, ref: str) -> _Written | None:
        corners = [_Corner.parse(text) for text in ref.split(":")]
        whole = tuple(corner for corner in corners if corner is not None)
        if len(whole) != len(corners) or len(whole) > 2:
            return None
        shapes = {(corner.column is None, corner.row is None) for corner in whole}
        if len(shapes) > 1 or (len(whole) == 1 and shapes != {(False, False)}):
            return None
        return cls(whole)

    @property
    def area(self) -> Area:
        columns = sorted(corner.column for corner in self.corners if corner.column is not None)
        rows = sorted(corner.row for corner in self.corners if corner.row is not None)
        across = {"left": columns[0], "right": columns[-1]} if columns else {}
        down = {"top": rows[0], "bottom": rows[-1]} if rows else {}
        return Area(**across, **down)

    def after(
        self, change: Change, *, keep_relative: bool = False, keep_single: bool = False
    ) -> str:
        before, after = self.area, change(self.area)
        if len(self.corners) == 1 and not keep_single and _cells(after) > 1:
            first = replace(self.corners[0], column=after.left, row=after.top)
            return f"{first}:{replace(first, column=after.right, row=after.bottom)}"
        corners = []
        for corner in self.corners:
            new = corner
            if corner.column is not None and (corner.fixed_column or not keep_relative):
                at = after.left if corner.column == before.left else after.right
                new = replace(new, column=at)
            if corner.row is not None and (corner.fixed_row or not keep_relative):
                # A range of one row has both corners on it: the second one is the last.
                last = corner.row != before.top or (corner is self.corners[-1] and self._flat)
                new = replace(new, row=after.bottom if last else after.top)
            corners.append(new)
        return ":".join(map(str, corners))

    @property
    def _flat(self) -> bool:
        return len(self.corners) == 2 and self.corners[0].row == self.corners[1].row

    def copied(self, columns: int, rows: int) -> str:
        corners = []
        for corner in self.corners:
            at, row = corner.column, corner.row
            if at is not None and not corner.fixed_column:
                at += columns
            if row is not None and not corner.fixed_row:
                row += rows
            inside = at is None or 0 <= at < MAX_COLUMNS
            if not inside or not (row is None or 0 < row <= MAX_ROWS):
                return "#REF!"
            corners.append(replace(corner, column=at, row=row))
        return ":".join(map(str, corners))


def _cells(area: Area) -> int:
    return (area.right - area.left + 1) * (area.bottom - area.top + 1)
