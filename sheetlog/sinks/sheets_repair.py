"""What landed in a wrong place although it was checked, and the requests that put it right. Pure.

People work while a batch is on its way. Where Google let a column or a row move between our look
and our write, the answer shows it; here every value goes to its column, and whatever it covered
comes back. A cell in which anything else stands by now is a person's, and is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sheetlog.sinks.sheets_cells import VALUE, data, fields
from sheetlog.sinks.sheets_requests import Batch
from sheetlog.sinks.sheets_view import View

Json = dict[str, Any]
Cells = Mapping[tuple[int, int], Json]
"""CellData by row and column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What stood in the tab before a batch that edits rows: what a repair brings back."""

    view: View
    cells: Cells

    def of(self, run: str, key: str | None, title: str) -> Json | None:
        """Return what a run's cell held in the column of a key, or else of a title."""
        row = self.view.runs.get(run)
        for column in self.view.columns:
            if row is not None and (column.key == key if key else column.title == title):
                return self.cells.get((row, column.place), {})
        return None


def repair(batch: Batch, view: View, cells: Cells, before: Before | None) -> list[Json]:
    """Return what puts right what a batch wrote; nothing where all is in its place.

    Args:
        batch: that was carried out.
        view, cells: the tab as it is now.
        before: the tab as it was, where the batch edits rows.
    """
    fixes: dict[tuple[int, int], Json] = {}
    for run, written in batch.cells.items():
        row = _row(batch, view, cells, run)
        for key, cell in written.items():
            planned = batch.places[key]
            wanted = data(cell, row=row if row is not None else 0, places=view.places)
            place = view.places.get(key)
            if row is not None and place is not None:
                now = cells.get((row, place), {})
                strays = _strays(batch, written, row, place, view)
                if not _same(now, wanted) and _ours(now, strays):
                    fixes[row, place] = wanted
            # Where it was written by mistake; the row of an edit, too, may be another's by now.
            for wrong in {batch.rows[run], row} - {None}:
                assert wrong is not None
                at = (wrong, planned)
                right = wrong == row and place == planned
                if not right and at not in fixes and _same(cells.get(at, {}), wanted):
                    old = _covered(view, before, wrong, planned, run)
                    if old is not None and not _same(old, wanted):
                        fixes[at] = old
    return [_write(view.sheet, row, column, held) for (row, column), held in fixes.items()]


def _row(batch: Batch, view: View, cells: Cells, run: str) -> int | None:
    """Return where a run stands, although its id may have landed in another column."""
    if run in view.runs:
        return view.runs[run]
    row, place = batch.rows[run], batch.places["run.id"]
    held = cells.get((row, place), {}).get(VALUE, {})
    return row if held.get("stringValue") == run else None


def _strays(
    batch: Batch, written: Mapping[str, Any], row: int, place: int, view: View
) -> Iterator[Json]:
    """Yield what the batch itself may have put into this cell, meant for another."""
    for key, cell in written.items():
        if batch.places[key] == place:
            yield data(cell, row=row, places=batch.places)
            yield data(cell, row=row, places=view.places)


def _ours(now: Json, strays: Iterator[Json]) -> bool:
    """Return whether a cell is blank or holds what the batch put there."""
    return not now.get(VALUE) or any(_same(now, stray) for stray in strays)


def _covered(view: View, before: Before | None, row: int, place: int, run: str) -> Json | None:
    """Return what a cell held before it was written by mistake; None: nobody knows."""
    there = next((id_ for id_, at in view.runs.items() if at == row), run)
    column = next((each for each in view.columns if each.place == place), None)
    if before is None or there not in before.view.runs:
        # A row that the batch itself inserted was blank.
        return {} if there == run else None
    if column is None:
        return {}
    return before.of(there, column.key, column.title)


def _same(one: Json, other: Json) -> bool:
    return bool((one.get(VALUE) or {}) == (other.get(VALUE) or {}))


def _write(sheet: int, row: int, column: int, held: Json) -> Json:
    start = {"sheetId": sheet, "rowIndex": row, "columnIndex": column}
    kept = {name: held[name] for name in (VALUE, "userEnteredFormat") if name in held}
    return {
        "updateCells": {
            "start": start,
            "rows": [{"values": [kept]}],
            "fields": ",".join(sorted(fields(kept))),
        }
    }
