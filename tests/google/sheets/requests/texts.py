"""Requests over the texts of many cells: split, replaced, trimmed, made unique, shuffled."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

from tests.google.sheets.cellview import CellView
from tests.google.sheets.model import BLANK, Cell, Formula
from tests.google.sheets.refusals import RefusedError
from tests.google.sheets.typing_in import typed
from tests.google.sheets.worth import Worth

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.areas import Box
    from tests.google.sheets.batch import Batch
    from tests.google.sheets.model import Sheet

Json = dict[str, Any]
DELIMITERS = {"COMMA": ",", "SEMICOLON": ";", "PERIOD": ".", "SPACE": " "}
# Tried in this order where the delimiter is to be found out.
GUESSES = (",", ";", "\t", "|", " ")


def text_to_columns(batch: Batch, body: Json) -> None:
    """Each text of one column, split into the cells on its right; what is there is overwritten."""
    sheet, box = batch.writable(body.get("source", {}))
    if box.width != 1:
        raise RefusedError("The source must be one column.")
    kind = body.get("delimiterType", "AUTODETECT")
    delimiter = body.get("delimiter", "") if kind == "CUSTOM" else DELIMITERS.get(kind, "")
    if kind == "CUSTOM" and not delimiter:
        raise RefusedError("A custom delimiter must be set.")
    mark = delimiter or _guess(sheet, box)
    for row in box.rows:
        cell = sheet.cell(row, box.left)
        if not isinstance(cell.entered, str):
            continue
        parts = cell.entered.split(mark) if mark else [cell.entered]
        missing = box.left + len(parts) - sheet.column_count
        if missing > 0:
            sheet.column_count += missing
        old = sheet.row(row)
        edits = {
            column: typed(old.get(column, BLANK), part)
            for column, part in enumerate(parts, start=box.left)
        }
        sheet.edit_row(row, edits)


def _guess(sheet: Sheet, box: Box) -> str:
    texts = [sheet.cell(row, box.left).entered for row in box.rows]
    for mark in GUESSES:
        if any(isinstance(text, str) and mark in text for text in texts):
            return mark
    return ""


def find_replace(batch: Batch, body: Json) -> Json:
    wanted = body.get("find", "")
    if not wanted:
        raise RefusedError("The text to find must be set.")
    pattern = wanted if body.get("searchByRegex") else re.escape(wanted)
    if body.get("matchEntireCell"):
        pattern = rf"\A(?:{pattern})\Z"
    try:
        matcher = re.compile(pattern, 0 if body.get("matchCase") else re.IGNORECASE)
    except re.error as error:
        raise RefusedError(f"The regular expression '{wanted}' is not valid: {error}") from None
    counts = dict.fromkeys(
        ("valuesChanged", "formulasChanged", "rowsChanged", "sheetsChanged", "occurrencesChanged"),
        0,
    )
    for sheet, box in _searched(batch, body):
        _replace_in(sheet, box, matcher, body, counts)
    return {name: count for name, count in counts.items() if count}


def _searched(batch: Batch, body: Json) -> list[tuple[Sheet, Box]]:
    if "range" in body:
        return [batch.writable(body["range"])]
    if body.get("allSheets"):
        return [(sheet, sheet.whole) for sheet in batch.spreadsheet.sheets]
    if "sheetId" not in body:
        raise RefusedError("One of range, sheetId and allSheets must be set.")
    sheet = batch.sheet(body["sheetId"])
    return [(sheet, sheet.whole)]


def _replace_in(
    sheet: Sheet, box: Box, matcher: re.Pattern[str], body: Json, counts: dict[str, int]
) -> None:
    replacement = body.get("replacement", "")
    if not body.get("searchByRegex"):
        replacement = replacement.replace("\\", "\\\\")
    else:
        replacement = re.sub(r"\$(\d)", r"\\\1", replacement)
    changed_rows = 0
    for row in range(box.top, min(box.bottom, len(sheet.rows))):
        edits: dict[int, Cell] = {}
        for column, cell in sheet.row(row).items():
            is_formula = isinstance(cell.entered, Formula)
            if column not in box.columns or (is_formula and not body.get("includeFormulas")):
                continue
            text = _text(cell)
            new, hits = matcher.subn(replacement, text)
            if hits:
                edits[column] = typed(cell, new)
                counts["formulasChanged" if is_formula else "valuesChanged"] += 1
                counts["occurrencesChanged"] += hits
        if edits:
            sheet.edit_row(row, edits)
            changed_rows += 1
    counts["rowsChanged"] += changed_rows
    counts["sheetsChanged"] += bool(changed_rows)


def _text(cell: Cell) -> str:
    if isinstance(cell.entered, Formula):
        return cell.entered.text
    if isinstance(cell.entered, bool):
        return str(cell.entered).upper()
    return "" if cell.entered is None else str(cell.entered)


def trim_whitespace(batch: Batch, body: Json) -> Json:
    sheet, box = batch.writable(body.get("range", {}))
    changed = 0

    def step(cell: Cell, row: int, column: int) -> Cell:
        nonlocal changed
        if not isinstance(cell.entered, str):
            return cell
        trimmed = re.sub(r"\s+", " ", cell.entered).strip()
        if trimmed == cell.entered:
            return cell
        changed += 1
        return cell.with_value(trimmed or None)

    sheet.change(box, step)
    return {"cellsChangedCount": changed} if changed else {}


def delete_duplicates(batch: Batch, body: Json) -> Json:
    """Rows whose compared cells were seen before lose their place; the first of them stays."""
    sheet, box = batch.writable(body.get("range", {}))
    columns = list(box.columns)
    asked = body.get("comparisonColumns")
    if asked:
        columns = [c for span in asked for c in range(span["startIndex"], span["endIndex"])]
    view = CellView(Worth(batch.spreadsheet))
    seen: set[tuple[str, ...]] = set()
    kept = []
    for row in box.rows:
        texts = (view.text(sheet, row, column, sheet.cell(row, column)) for column in columns)
        key = tuple(text.casefold() for text in texts)
        if key not in seen:
            seen.add(key)
            kept.append({column: sheet.cell(row, column) for column in box.columns})
    removed = box.height - len(kept)
    blank = dict.fromkeys(box.columns, BLANK)
    for row, cells in zip(box.rows, kept + [blank] * removed, strict=True):
        sheet.edit_row(row, cells)
    return {"duplicatesRemovedCount": removed} if removed else {}


def randomize_range(batch: Batch, body: Json) -> None:
    sheet, box = batch.writable(body.get("range", {}))
    rows = [{column: sheet.cell(row, column) for column in box.columns} for row in box.rows]
    random.shuffle(rows)
    for row, cells in zip(box.rows, rows, strict=True):
        sheet.edit_row(row, cells)


REQUESTS: dict[str, Callable[[Batch, Json], Json | None]] = {
    "textToColumns": text_to_columns,
    "findReplace": find_replace,
    "trimWhitespace": trim_whitespace,
    "deleteDuplicates": delete_duplicates,
    "randomizeRange": randomize_range,
}
