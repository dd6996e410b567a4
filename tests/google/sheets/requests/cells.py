"""Cells: written, repeated, appended, validated, bordered, merged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.google.sheets import grid
from tests.google.sheets.canonical import canonical
from tests.google.sheets.celledit import put_cell, update_mask, with_validation
from tests.google.sheets.model import BLANK, Cell, Formula
from tests.google.sheets.motions import Inserted
from tests.google.sheets.references import carried
from tests.google.sheets.refusals import RefusedError
from tests.google.sheets.validation import check_validation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.fieldmask import Mask
    from tests.google.sheets.areas import Box
    from tests.google.sheets.batch import Batch
    from tests.google.sheets.model import Sheet

Json = dict[str, Any]


def update_cells(batch: Batch, body: Json) -> None:
    mask = update_mask("CellData", body.get("fields", ""))
    rows = [row.get("values", []) for row in body.get("rows", [])]
    if "start" in body:
        start = body["start"]
        sheet = batch.sheet(start.get("sheetId", 0))
        top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
        _check_fits(rows, top, left, sheet.row_count, sheet.column_count)
        width = max(map(len, rows), default=0)
        box = replace(sheet.whole, top=top, bottom=top + len(rows), left=left, right=left + width)
        batch.check_unprotected(sheet, box)
        _write(batch, sheet, box, rows, mask)
        return
    if "range" not in body:
        raise RefusedError("Either 'start' or 'range' must be set.")
    sheet, box = batch.writable(body["range"])
    _check_fits(rows, box.top, box.left, box.bottom, box.right)
    # Cells of the range that the rows don't reach lose the listed fields.
    rows += [[] for _ in range(box.height - len(rows))]
    full = [row + [{} for _ in range(box.width - len(row))] for row in rows]
    _write(batch, sheet, box, full, mask)


def _check_fits(rows: list[list[Json]], top: int, left: int, bottom: int, right: int) -> None:
    if top + len(rows) > bottom or top < 0:
        raise RefusedError(
            f"Attempting to write row: {max(top, bottom)}, beyond the last requested row of: "
            f"{bottom - 1}"
        )
    if left + max(map(len, rows), default=0) > right or left < 0:
        raise RefusedError(
            f"Attempting to write column: {max(left, right)}, beyond the last requested column "
            f"of: {right - 1}"
        )


def _write(batch: Batch, sheet: Sheet, box: Box, rows: list[list[Json]], mask: Mask) -> None:
    for index, values in enumerate(rows, start=box.top):
        old = sheet.row(index)
        edits = {
            column: put_cell(old.get(column, BLANK), data, mask)
            for column, data in enumerate(values, start=box.left)
        }
        if edits:
            sheet.edit_row(index, edits)
    if "userEnteredValue" in mask:
        check_validation(batch, sheet, box)


def repeat_cell(batch: Batch, body: Json) -> None:
    mask = update_mask("CellData", body.get("fields", ""))
    sheet, box = batch.writable(body.get("range", {}))
    data = body.get("cell", {})
    sample = put_cell(BLANK, data, mask)

    def step(cell: Cell, row: int, column: int) -> Cell:
        # Whole columns are dressed while they are blank, so that this is worth its line.
        new = sample if cell is BLANK else put_cell(cell, data, mask)
        if isinstance(sample.entered, Formula):
            text = carried(sample.entered.text, row - box.top, column - box.left)
            new = replace(new, entered=Formula(text))
        return new

    sheet.change(box, step)
    if "userEnteredValue" in mask:
        check_validation(batch, sheet, box)


def append_cells(batch: Batch, body: Json) -> None:
    mask = update_mask("CellData", body.get("fields", ""))
    rows = [row.get("values", []) for row in body.get("rows", [])]
    sheet = batch.sheet(body.get("sheetId", 0))
    if not rows:
        return
    if "tableId" in body:
        sheet, top, left = _room_in_table(batch, body["tableId"], len(rows))
    else:
        seen = batch.rows_seen.get(sheet.sheet_id)
        top, left = (sheet.last_row_with_data() if seen is None else seen) + 1, 0
    missing = top + len(rows) - sheet.row_count
    if missing > 0:
        grid.append(batch.spreadsheet, sheet, "ROWS", missing)
    _check_fits(rows, top, left, sheet.row_count, sheet.column_count)
    width = max(map(len, rows), default=0)
    box = replace(sheet.whole, top=top, bottom=top + len(rows), left=left, right=left + width)
    batch.check_unprotected(sheet, box)
    _write(batch, sheet, box, rows, mask)


def _room_in_table(batch: Batch, table_id: str, count: int) -> tuple[Sheet, int, int]:
    """The first free row of a table, with `count` rows of room before its footer or its end."""
    sheet, _, table = batch.find("tables", table_id)
    box = sheet.closed(batch.area_of(table))
    end = box.bottom - ("footerColorStyle" in table["rowsProperties"])
    top = end
    while top > box.top + 1 and _is_blank(sheet, top - 1, box):
        top -= 1
    missing = count - (end - top)
    if missing > 0:
        motion = Inserted(end, missing)
        grid.insert(batch.spreadsheet, sheet, "ROWS", motion, before=True)
    return sheet, top, box.left


def _is_blank(sheet: Sheet, index: int, box: Box) -> bool:
    row = sheet.row(index)
    return all(row[column].entered is None for column in box.columns if column in row)


def set_data_validation(batch: Batch, body: Json) -> None:
    sheet, box = batch.writable(body.get("range", {}))
    rule = body.get("rule")
    if rule is not None and "type" not in rule.get("condition", {}):
        raise RefusedError("The rule needs a condition with a type.")
    every = body.get("filteredRowsIncluded", False)
    blank = with_validation(BLANK, rule)

    def step(cell: Cell, row: int, column: int) -> Cell:
        if not every and sheet.dimension("ROWS", row).hidden_by_filter:
            return cell
        return blank if cell is BLANK else with_validation(cell, rule)

    sheet.change(box, step)


def update_borders(batch: Batch, body: Json) -> None:
    sheet, box = batch.writable(body.get("range", {}))
    sides: Json = {side: body[side] for side in ("top", "bottom", "left", "right") if side in body}

    def step(cell: Cell, row: int, column: int) -> Cell:
        at: dict[str, bool] = {
            "top": row == box.top,
            "bottom": row == box.bottom - 1,
            "left": column == box.left,
            "right": column == box.right - 1,
        }
        new: Json = {side: border for side, border in sides.items() if at[side]}
        if "innerHorizontal" in body:
            inner = body["innerHorizontal"]
            new |= {side: inner for side in ("top", "bottom") if not at[side]}
        if "innerVertical" in body:
            inner = body["innerVertical"]
            new |= {side: inner for side in ("left", "right") if not at[side]}
        return _bordered(cell, new)

    sheet.change(box, step)


def _bordered(cell: Cell, new: Json) -> Cell:
    own = cell.format or {}
    borders = {**own.get("borders", {}), **new}
    kept = {side: b for side, b in borders.items() if b.get("style", "NONE") != "NONE"}
    look = {**own, "borders": kept}
    if not kept:
        del look["borders"]
    return replace(cell, format=canonical("CellFormat", look) or None)


def merge_cells(batch: Batch, body: Json) -> None:
    sheet, box = batch.writable(body.get("range", {}))
    _drop_merges(sheet, box)
    kind = body.get("mergeType", "MERGE_ALL")
    if kind == "MERGE_ROWS":
        parts = [replace(box, top=row, bottom=row + 1) for row in box.rows]
    elif kind == "MERGE_COLUMNS":
        parts = [replace(box, left=column, right=column + 1) for column in box.columns]
    else:
        parts = [box]
    for part in parts:
        if part.height * part.width > 1:
            sheet.merges.append(part)
            _keep_first_value(sheet, part)


def _keep_first_value(sheet: Sheet, box: Box) -> None:
    """A merged cell has the value of its first cell; the others' are lost, as in the UI."""

    def step(cell: Cell, row: int, column: int) -> Cell:
        return cell if (row, column) == (box.top, box.left) else cell.with_value(None)

    sheet.change(box, step)


def unmerge_cells(batch: Batch, body: Json) -> None:
    sheet, box = batch.writable(body.get("range", {}))
    _drop_merges(sheet, box)


def _drop_merges(sheet: Sheet, box: Box) -> None:
    """Drop the merges in the box. Raises RefusedError for one that is cut by its edge."""
    kept = []
    for merge in sheet.merges:
        if not merge.area.meets(box.area):
            kept.append(merge)
        elif not box.area.holds(merge.area):
            raise RefusedError(
                "You must select all cells in a merged range to merge or unmerge them."
            )
    sheet.merges = kept


REQUESTS: dict[str, Callable[[Batch, Json], Json | None]] = {
    "updateCells": update_cells,
    "repeatCell": repeat_cell,
    "appendCells": append_cells,
    "setDataValidation": set_data_validation,
    "updateBorders": update_borders,
    "mergeCells": merge_cells,
    "unmergeCells": unmerge_cells,
}
