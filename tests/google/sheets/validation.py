"""What strict validation rules say to values that have just been written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.google.sheets.a1 import cell_name
from tests.google.sheets.conditions import Place, condition_holds
from tests.google.sheets.refusals import RefusedError
from tests.google.sheets.worth import Worth

if TYPE_CHECKING:
    from tests.google.sheets.areas import Box
    from tests.google.sheets.batch import Batch
    from tests.google.sheets.model import Cell, Sheet


def check_validation(batch: Batch, sheet: Sheet, box: Box) -> None:
    """Refuse values in the box that their cells' strict rules forbid; a blank is always right."""
    if batch.assumes("strict_validation", "ignored"):
        return
    worth = Worth(batch.spreadsheet)
    for row in range(box.top, min(box.bottom, len(sheet.rows))):
        for column, cell in sheet.row(row).items():
            if cell.validation is None or cell.entered is None or column not in box.columns:
                continue
            if cell.validation.get("strict") and not _holds(
                worth, Place(sheet, row, column), cell
            ):
                hint = cell.validation.get("inputMessage", "")
                raise RefusedError(
                    f"The data you entered in cell {cell_name(row, column)} violates the data "
                    f"validation rules set on this cell.{' ' + hint if hint else ''}"
                )


def _holds(worth: Worth, place: Place, cell: Cell) -> bool:
    assert cell.validation is not None
    value = worth.of(place.sheet, place.row, place.column, cell)
    return condition_holds(cell.validation["condition"], value, worth, place)
