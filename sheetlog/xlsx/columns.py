"""Inserting columns into a tab of a package that exists, so that everything that refers to it follows.

Knows the package and the parts in which references to cells may stand; knows no plan and no template.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetlog.xlsx.package import Package


class CannotShift(Exception):
    """The columns cannot be inserted here without changing what something means; says what. Nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewColumn:
    """A column to insert. Several are inserted one after the other, in order."""

    place: int
    """0-based; counted when all earlier ones are there already."""
    title: str
    """The header cell's text; made unique in the table if it is there already (`Loss (2)`)."""
    header_xf: int | None = None
    """The header cell's style; None: that of the header cell to its left (else right)."""
    xf: int | None = None
    """The style of its cells; None: the column's default."""
    width: float | None = None
    """In characters; None: the sheet's default."""
    hidden: bool = False
    note: str | None = None
    """What the column means; shows when the header cell is selected."""
    choices: tuple[str, ...] = ()
    """What a person picks from in its cells."""
    goal: str | None = None
    """`min` or `max`: a colour scale over its cells."""


def can_insert(package: Package, part: str, columns: Sequence[NewColumn], *, header_row: int) -> str | None:
    """Return why `insert_columns` would raise, or None.

    Args:
        package: not changed.
        part: the worksheet's part name, as `Package.sheet` gives it.
        header_row: 1-based.
    """
    ...


def insert_columns(package: Package, part: str, columns: Sequence[NewColumn], *, header_row: int) -> tuple[str, ...]:
    """Insert columns: everything right of them moves, in the whole package; return the titles written.

    Cells, column widths, merges, formulas in every tab, conditional formats, validations, hyperlinks, tables, filters,
    names (column marks among them), pictures, charts, notes, pivots and sparklines follow as they would in Excel. A table
    that a column is inserted into, or right behind (place = its last column + 1), takes it in.
    The rows' stream is written anew, extendable; the package is changed only if all can be done.

    Raises:
        CannotShift: nothing was changed; `place_behind` names a place that needs no shift.
    """
    ...


def place_behind(package: Package, part: str, *, header_row: int) -> int:
    """Return the first column right of the header's table, or of all that is used, from which on every cell is empty."""
    ...
