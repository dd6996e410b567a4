"""What a formula of a rule is worth, over the values that the API's answer shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.google.page.view import SheetView, value_of
from tests.google.sheets.formulas import Neighbourhood, evaluate

if TYPE_CHECKING:
    from tests.google.sheets.references import Reference


def worth_of(view: SheetView, formula: str) -> Any:
    """The formula's value; of other tabs it sees nothing."""
    known = view.ranges

    def cells(reference: Reference) -> list[list[Any]]:
        area = reference.area(0)
        box = (area.top, area.bottom, area.left, area.right)
        if reference.title is not None:
            return [[None]]
        if box not in known:
            known[box] = _values(view, box)
        return known[box]

    return evaluate(formula, Neighbourhood(cells=cells, named=lambda _: None))


def _values(view: SheetView, box: tuple[int | None, ...]) -> list[list[Any]]:
    top, bottom, left, right = box
    rows = range(top or 0, min(view.used_rows if bottom is None else bottom, view.used_rows))
    columns = range(left or 0, view.grid["columnCount"] if right is None else right)
    return [[value_of(view.cell(row, column)) for column in columns] for row in rows]
