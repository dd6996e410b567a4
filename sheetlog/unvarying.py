"""Which columns are the same in every row, so that they can be folded away. Pure.

They are found when a sheet is dressed; what a person unfolds afterwards stays unfolded.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetlog.cells import Cell, same
from sheetlog.plan import HeaderColumn
from sheetlog.record import Link, Series, section

LEAST = 3
"""Rows; of fewer, nothing can be said to stay the same."""
SECTIONS = frozenset(("params", "data", "git", "env", "hardware", "notebook", "metrics"))
"""Whose columns are folded away: what names a run, what people write and what links to files is
looked at although it may be alike."""


def unvarying(
    columns: Sequence[HeaderColumn],
    rows: Sequence[Sequence[Cell]],
    *,
    keep: frozenset[str] = frozenset(),
) -> tuple[int, ...]:
    """Return the places of the columns that have one and the same value in every row.

    Args:
        columns: those of the rows' cells.
        rows: as `Sink.read` gives them, a cell for each of the columns.
        keep: keys of columns that are looked at all the same, such as the template's metric.

    Returns:
        In order; none where there are fewer than `LEAST` rows. A column that is blank in some
        rows differs between those and the others.
    """
    if len(rows) < LEAST:
        return ()
    found = []
    for at, column in enumerate(columns):
        key = column.key or ""
        if section(key) in SECTIONS and key not in keep:
            first = rows[0][at]
            if not isinstance(first, Link | Series) and all(_same(first, row[at]) for row in rows):
                found.append(column.place)
    return tuple(sorted(found))


def _same(one: Cell, other: Cell) -> bool:
    return one is other or same(one, other)
