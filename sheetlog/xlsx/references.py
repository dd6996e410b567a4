"""A1 references in formulas, ranges and lists of ranges, and how they follow a change of the sheet.

Pure: text in, text out. Knows no package, no XML and no worksheet.

A change is a function from the area that a reference names to the area that it shall name
afterwards. `inserted_columns`, `inserted_rows` and `grown` make the changes that happen to a sheet;
`in_formula`, `in_range` and `in_list` carry one out wherever a reference may stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

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
    ...


def inserted_rows(row: int, count: int) -> Change:
    """Return the change that happens when `count` rows are inserted above `row` (1-based)."""
    ...


def grown(table: Area, last: int) -> Change:
    """Return the change that lets what covered a table's column cover its new rows, too.

    An area grows to the row `last` if it reached the table's last row from its first one (or its header
    above), within its columns; any other area stays.

    Args:
        table: the data rows as they were, without header and totals.
        last: the last data row as it shall be.
    """
    ...


def in_formula(formula: str, change: Change, *, sheet: str, own: bool) -> str:
    """Return a formula (without `=`) with its references to one sheet changed.

    Texts, structured references, references to other workbooks, names and functions stay as they are.

    Args:
        sheet: the title of the tab that changes.
        own: whether the formula stands in that tab, so that bare references mean it.
    """
    ...


def in_range(ref: str, change: Change) -> str:
    """Return a bare reference (`A1`, `$A$1:C5`, `C:F`, `1:3`) with the change carried out."""
    ...


def in_list(sqref: str, change: Change) -> str:
    """Return a list of ranges, as `sqref` holds it, with the change carried out in each."""
    ...


def across(formula: str, *, sheets: list[str], sheet: str) -> str | None:
    """Return the first reference over several tabs (`First:Last!C5`) that takes in `sheet`, if any.

    Such a reference names the same cells in each tab, so it cannot follow a change in one.
    """
    ...


def letters(column: int) -> str:
    """Return the name of a column: `A` of 0, `AA` of 26."""
    ...


def column(name: str) -> int:
    """Return the 0-based index of a column's name, in either case."""
    ...


def cell(column: int, row: int) -> str:
    """Return the name of a cell: `C5` of column 2 (0-based) and row 5."""
    ...
