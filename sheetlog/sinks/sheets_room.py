"""Whether a spreadsheet has room for a batch, within Google's limits.

Asked only where a batch was refused: the limits are far away for most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sheetlog.errors import RefusedError, TooLargeError
from sheetlog.google.http import SHEETS
from sheetlog.sinks.sheets_desk import Desk

Json = dict[str, Any]

CELLS, COLUMNS = 10_000_000, 18_278
"""Google's limits: cells of a spreadsheet, blank ones included, and columns of a tab
(https://support.google.com/drive/answer/37603)."""


def check(desk: Desk, spreadsheet: str, requests: Sequence[Json], *, certain: bool) -> None:
    """Return if there is room for what a batch adds.

    Args:
        certain: whether no copy of the batch can be carried out any more; else it must stay whole.

    Raises:
        TooLargeError: with fewer rows there may be.
        RefusedError: a person must make room.
    """
    reply = desk.google.send(
        "get",
        f"{SHEETS}/v4/spreadsheets/{spreadsheet}",
        what=desk.what,
        deadline=desk.until,
        params={"fields": "sheets.properties(sheetId,gridProperties(rowCount,columnCount))"},
    )
    grids = {
        sheet["properties"].get("sheetId", 0): _grid(sheet["properties"])
        for sheet in reply.get("sheets", ())
    }
    before = sum(rows * width for rows, width in grids.values())
    added = [*_inserted(requests)]
    for sheet, dimension, count in added:
        rows, width = grids.get(sheet, (0, 0))
        grids[sheet] = (rows + count, width) if dimension == "ROWS" else (rows, width + count)
    made = [_grid(each["addSheet"]["properties"]) for each in requests if "addSheet" in each]
    total = sum(rows * width for rows, width in (*grids.values(), *made))
    if any(width > COLUMNS for _, width in (*grids.values(), *made)):
        raise RefusedError(
            f"{desk.what} would have more than {COLUMNS:,} columns, and Google allows no more: "
            "delete some, or let the template keep further values in one cell (rest: cell)"
        )
    if total <= CELLS:
        return
    if certain and max((count for _, kind, count in added if kind == "ROWS"), default=0) > 1:
        raise TooLargeError(f"{desk.what} has no room for all these runs at once")
    raise RefusedError(
        f"{desk.what} has {before:,} cells of {CELLS:,} that Google allows, blank ones and all "
        "tabs counted: delete blank rows, columns or tabs, or name another sheet"
    )


def _grid(properties: Mapping[str, Any]) -> tuple[int, int]:
    grid = properties.get("gridProperties", {})
    return grid.get("rowCount", 0), grid.get("columnCount", 0)


def _inserted(requests: Sequence[Json]) -> list[tuple[int, str, int]]:
    """Return tab, dimension and number of the rows and columns that a batch inserts."""
    spans = [each["insertDimension"]["range"] for each in requests if "insertDimension" in each]
    return [
        (span.get("sheetId", 0), span["dimension"], span["endIndex"] - span["startIndex"])
        for span in spans
    ]
