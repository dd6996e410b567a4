"""One sheet of the API's answer, made easy to ask: cells by place, sizes, merges, groups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

COLUMN_WIDTH = 100
ROW_HEIGHT = 21
SPARE_ROWS = 25
FEWEST_ROWS = 45
MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of cells, from 0, ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    def __contains__(self, place: tuple[int, int]) -> bool:
        return self.top <= place[0] < self.bottom and self.left <= place[1] < self.right


class SheetView:
    """A sheet as `spreadsheets.get` printed it with its grid data."""

    def __init__(self, sheet: Json) -> None:
        self.sheet = sheet
        self.properties: Json = sheet["properties"]
        self.grid: Json = self.properties["gridProperties"]
        data: Json = sheet.get("data", [{}])[0]
        self._rows: list[list[Json]] = [row.get("values", []) for row in data.get("rowData", [])]
        self._row_sizes: list[Json] = data.get("rowMetadata", [])
        self._column_sizes: list[Json] = data.get("columnMetadata", [])
        self.ranges: dict[tuple[int | None, ...], list[list[Any]]] = {}
        """Values by the sides of a range: many cells ask for the same column."""

    def cell(self, row: int, column: int) -> Json:
        """The CellData; {} for a blank one."""
        values = self._rows[row] if row < len(self._rows) else []
        return values[column] if column < len(values) else {}

    def box(self, grid_range: Json) -> Box:
        """A GridRange with its open sides closed."""
        rows: int = self.grid["rowCount"]
        columns: int = self.grid["columnCount"]
        return Box(
            top=grid_range.get("startRowIndex", 0),
            bottom=grid_range.get("endRowIndex", rows),
            left=grid_range.get("startColumnIndex", 0),
            right=grid_range.get("endColumnIndex", columns),
        )

    @property
    def used_rows(self) -> int:
        """How many rows have something in them."""
        return len(self._rows)

    @cached_property
    def shown_rows(self) -> int:
        """How many rows the page draws: those with something in them and some more."""
        used = len(self._rows)
        wanted = min(max(used + SPARE_ROWS, FEWEST_ROWS), MOST_ROWS)
        return int(min(wanted, self.grid["rowCount"]))

    @cached_property
    def rows(self) -> list[int]:
        """The rows that aren't hidden."""
        return [row for row in range(self.shown_rows) if not _hidden(self._row_sizes, row)]

    @cached_property
    def columns(self) -> list[int]:
        """The columns that aren't hidden."""
        count = self.grid["columnCount"]
        return [column for column in range(count) if not _hidden(self._column_sizes, column)]

    def height(self, row: int) -> int:
        return _size(self._row_sizes, row, ROW_HEIGHT)

    def width(self, column: int) -> int:
        return _size(self._column_sizes, column, COLUMN_WIDTH)

    @cached_property
    def frozen_rows(self) -> int:
        return int(self.grid.get("frozenRowCount", 0))

    @cached_property
    def frozen_columns(self) -> int:
        return int(self.grid.get("frozenColumnCount", 0))

    @cached_property
    def merges(self) -> dict[tuple[int, int], Box]:
        """Every cell that is in a merge, with its merge."""
        boxes = [self.box(merge) for merge in self.sheet.get("merges", [])]
        return {
            (row, column): box
            for box in boxes
            for row in range(box.top, min(box.bottom, self.shown_rows))
            for column in range(box.left, box.right)
        }

    def cells_in(self, grid_range: Json) -> Iterator[tuple[int, int, Json]]:
        """Every cell of a range that isn't blank, with its row and column."""
        box = self.box(grid_range)
        for row in range(box.top, min(box.bottom, len(self._rows))):
            for column, cell in enumerate(self._rows[row]):
                if cell and box.left <= column < box.right:
                    yield row, column, cell

    def groups(self, name: str) -> list[tuple[int, int, int, bool]]:
        """Start, end, depth and whether collapsed, of `rowGroups` or `columnGroups`."""
        return [
            (
                group["range"].get("startIndex", 0),
                group["range"]["endIndex"],
                group["depth"],
                group.get("collapsed", False),
            )
            for group in self.sheet.get(name, [])
        ]


def _hidden(sizes: list[Json], index: int) -> bool:
    size = sizes[index] if index < len(sizes) else {}
    return bool(size.get("hiddenByUser") or size.get("hiddenByFilter"))


def _size(sizes: list[Json], index: int, default: int) -> int:
    size = sizes[index] if index < len(sizes) else {}
    return int(size.get("pixelSize", default))


def value_of(cell: Json) -> Any:
    """What the cell is worth: a number, a text, a truth or None."""
    effective: Json = cell.get("effectiveValue", {})
    for name in ("numberValue", "stringValue", "boolValue"):
        if name in effective:
            return effective[name]
    return None


def letters(column: int) -> str:
    """0 → A, 26 → AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
