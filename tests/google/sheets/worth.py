"""What each cell of one spreadsheet is worth, formulas worked out on demand.

One Worth serves one answer: it remembers what it has worked out, and the spreadsheet must not
change meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.google.sheets.formulas import Neighbourhood, Scalar, evaluate
from tests.google.sheets.functions import FormulaError
from tests.google.sheets.lookup import named_area
from tests.google.sheets.model import Formula

if TYPE_CHECKING:
    from tests.google.sheets.model import Cell, Sheet, Spreadsheet
    from tests.google.sheets.references import Reference

Value = Scalar | FormulaError
CIRCLE = FormulaError("REF", "Circular dependency detected.")


class Worth:
    """Values of cells, by sheet and place."""

    def __init__(self, spreadsheet: Spreadsheet) -> None:
        self.spreadsheet = spreadsheet
        self.locale: str = spreadsheet.properties.get("locale", "en_US")
        self._known: dict[tuple[int, int, int], Value] = {}

    def of(self, sheet: Sheet, row: int, column: int, cell: Cell) -> Value:
        """The value of a cell: what was entered, or what its formula gives."""
        entered = cell.entered
        if not isinstance(entered, Formula):
            return entered
        place = (sheet.sheet_id, row, column)
        if place not in self._known:
            # While it is worked out it is in a circle if asked for again.
            self._known[place] = CIRCLE
            self._known[place] = self.formula(sheet, entered.text)
        return self._known[place]

    def formula(self, sheet: Sheet, text: str) -> Value:
        """What a formula gives that is read on this sheet, in no cell."""
        around = Neighbourhood(
            cells=lambda reference: self._cells(sheet, reference),
            named=lambda name: named_area(self.spreadsheet, name),
        )
        return evaluate(text, around)

    def _cells(self, home: Sheet, reference: Reference) -> list[list[Scalar]]:
        sheet = home
        if reference.title is not None:
            found = self.spreadsheet.find_title(reference.title)
            if found is None:
                raise FormulaError("REF", f"Unresolved sheet name '{reference.title}'.")
            sheet = found
        box = sheet.closed(reference.area(sheet.sheet_id))
        single = reference.second is None
        values: list[list[Scalar]] = []
        for row in range(box.top, min(box.bottom, len(sheet.rows))):
            cells = sheet.row(row)
            values.append([])
            for column in box.columns:
                cell = cells.get(column)
                value = None if cell is None else self.of(sheet, row, column, cell)
                if single and isinstance(value, FormulaError):
                    raise value
                values[-1].append(value)  # type: ignore[arg-type]
        return values
