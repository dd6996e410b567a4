"""The grid model: a spreadsheet, its sheets, their rows and cells.

Cells and rows never change: a change puts a new row in its place. So a batch works on a copy of
the sheets' lists only, however many cells they hold, and a failed batch is forgotten by dropping
the copy. JSON objects kept here (formats, rules, charts) follow the same rule.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.google.sheets.areas import Area, Box
from tests.google.sheets.references import farthest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Json = dict[str, Any]

MAX_CELLS = 10_000_000
MAX_COLUMNS = 18_278
MAX_CHARACTERS = 50_000
DEFAULT_ROWS = 1000
DEFAULT_COLUMNS = 26

# What a sheet stores as JSON with ranges in it: kind → (schema, name of the id; "" = by place).
STORED_KINDS: dict[str, tuple[str, str]] = {
    "protectedRanges": ("ProtectedRange", "protectedRangeId"),
    "filterViews": ("FilterView", "filterViewId"),
    "bandedRanges": ("BandedRange", "bandedRangeId"),
    "conditionalFormats": ("ConditionalFormatRule", ""),
    "tables": ("Table", "tableId"),
    "charts": ("EmbeddedChart", "chartId"),
    "slicers": ("Slicer", "slicerId"),
}


@dataclass(frozen=True, slots=True)
class Formula:
    """What a person typed that starts with `=`."""

    text: str

    def __str__(self) -> str:
        return self.text


Entered = bool | int | float | str | Formula | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is in a cell; JSON members are in Google's shape."""

    entered: Entered = None
    format: Json | None = None
    note: str = ""
    runs: tuple[Json, ...] = ()
    chips: tuple[Json, ...] = ()
    validation: Json | None = None
    pivot: Json | None = None

    def with_value(self, value: Entered) -> Cell:
        """The same cell with another value; text runs and chips belong to the old one."""
        if self is BLANK:
            return Cell(entered=value)
        return replace(self, entered=value, runs=(), chips=())


BLANK = Cell()


class Row(dict[int, Cell]):
    """One row's cells by column; never changed once it is in a sheet."""

    __slots__ = ("_reach", "formulas")

    def __init__(self, cells: Mapping[int, Cell]) -> None:
        super().__init__(cells)
        # Asked of every row whenever rows or columns move, so it is settled once, here.
        self.formulas = [column for column in cells if type(cells[column].entered) is Formula]
        self._reach: tuple[float, float] | None = None

    @property
    def reach(self) -> tuple[float, float]:
        """The last row and the last column that the row's formulas name; -1 for none."""
        if self._reach is None:
            ends = [farthest(str(self[column].entered)) for column in self.formulas]
            rows = max((end[0] for end in ends), default=-1)
            self._reach = rows, max((end[1] for end in ends), default=-1)
        return self._reach


EMPTY_ROW = Row({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """What is set of one row or column; None for the default size."""

    pixel_size: int | None = None
    hidden_by_user: bool = False
    hidden_by_filter: bool = False


PLAIN_DIMENSION = Dimension()


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """One developer metadata entry and where it hangs.

    `dimension` is "ROWS", "COLUMNS" or "" (the whole sheet); without a sheet: the spreadsheet.
    """

    metadata_id: int
    key: str
    value: str
    visibility: str
    sheet_id: int | None = None
    dimension: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The depth of each row or column that is in a group, and which groups are collapsed."""

    depths: Mapping[int, int] = field(default_factory=dict)
    collapsed: frozenset[tuple[int, int, int]] = frozenset()


@dataclass(slots=True, kw_only=True)
class Sheet:
    """One tab. `rows` may be shorter than `row_count`: what is missing is blank."""

    sheet_id: int
    title: str
    row_count: int = DEFAULT_ROWS
    column_count: int = DEFAULT_COLUMNS
    rows: list[Row] = field(default_factory=list)
    dimensions: dict[str, dict[int, Dimension]] = field(
        default_factory=lambda: {"ROWS": {}, "COLUMNS": {}}
    )
    groups: dict[str, Groups] = field(
        default_factory=lambda: {"ROWS": Groups(), "COLUMNS": Groups()}
    )
    group_control_after: dict[str, bool] = field(default_factory=dict)
    merges: list[Box] = field(default_factory=list)
    stored: dict[str, list[Json]] = field(
        default_factory=lambda: {kind: [] for kind in STORED_KINDS}
    )
    basic_filter: Json | None = None
    hidden: bool = False
    right_to_left: bool = False
    hide_gridlines: bool = False
    frozen_rows: int = 0
    frozen_columns: int = 0
    tab_color: Json | None = None

    def copy(self) -> Sheet:
        """A sheet that can be changed without changing this one."""
        return replace(
            self,
            rows=list(self.rows),
            dimensions={name: dict(items) for name, items in self.dimensions.items()},
            groups=dict(self.groups),
            group_control_after=dict(self.group_control_after),
            merges=list(self.merges),
            stored={kind: list(items) for kind, items in self.stored.items()},
        )

    @property
    def whole(self) -> Box:
        """All cells of the sheet."""
        return Box(
            sheet_id=self.sheet_id, top=0, bottom=self.row_count, left=0, right=self.column_count
        )

    def closed(self, area: Area) -> Box:
        """The part of the area that is in the grid."""
        return area.closed(self.row_count, self.column_count)

    def row(self, index: int) -> Row:
        return self.rows[index] if index < len(self.rows) else EMPTY_ROW

    def cell(self, row: int, column: int) -> Cell:
        return self.row(row).get(column, BLANK)

    def put_row(self, index: int, row: Row) -> None:
        """Put a whole row in its place."""
        if index >= len(self.rows):
            if not row:
                return
            self.rows.extend([EMPTY_ROW] * (index + 1 - len(self.rows)))
        self.rows[index] = row

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Put one cell in its place."""
        self.edit_row(row, {column: cell})

    def edit_row(self, index: int, cells: Mapping[int, Cell]) -> None:
        """Put several cells of one row in their places; blank ones disappear."""
        row = dict(self.row(index))
        for column, cell in cells.items():
            if cell == BLANK:
                row.pop(column, None)
            else:
                row[column] = cell
        self.put_row(index, Row(row) if row else EMPTY_ROW)

    def change(self, box: Box, step: Callable[[Cell, int, int], Cell]) -> None:
        """Replace each cell of the box by `step(cell, row, column)`."""
        for row in box.rows:
            old = self.row(row)
            edits = {column: step(old.get(column, BLANK), row, column) for column in box.columns}
            self.edit_row(row, edits)

    def dimension(self, name: str, index: int) -> Dimension:
        """What is set of the row ("ROWS") or column ("COLUMNS")."""
        return self.dimensions[name].get(index, PLAIN_DIMENSION)

    def count(self, name: str) -> int:
        """How many rows ("ROWS") or columns ("COLUMNS") the grid has."""
        return self.row_count if name == "ROWS" else self.column_count

    def last_row_with_data(self) -> int:
        """The index of the last row that holds a value; -1 if none does."""
        for index in range(len(self.rows) - 1, -1, -1):
            if any(cell.entered is not None for cell in self.rows[index].values()):
                return index
        return -1


@dataclass(slots=True, kw_only=True)
class Spreadsheet:
    """One file: its properties, its sheets in their order, and what belongs to no single sheet."""

    spreadsheet_id: str
    properties: Json
    sheets: list[Sheet] = field(default_factory=list)
    named_ranges: list[Json] = field(default_factory=list)
    metadata: dict[int, Metadata] = field(default_factory=dict)
    comments: list[Json] = field(default_factory=list)

    @property
    def title(self) -> str:
        title: str = self.properties["title"]
        return title

    def fork(self) -> Spreadsheet:
        """A copy for one batch: cheap, since rows and cells are shared."""
        return replace(
            self,
            properties=dict(self.properties),
            sheets=[sheet.copy() for sheet in self.sheets],
            named_ranges=list(self.named_ranges),
            metadata=dict(self.metadata),
            comments=list(self.comments),
        )

    def find(self, sheet_id: int) -> Sheet | None:
        """The sheet with this id; None without one."""
        return next((sheet for sheet in self.sheets if sheet.sheet_id == sheet_id), None)

    def find_title(self, title: str) -> Sheet | None:
        """The sheet with this title, in whatever case; None without one."""
        folded = title.casefold()
        return next((s for s in self.sheets if s.title.casefold() == folded), None)

    def cell_count(self) -> int:
        return sum(sheet.row_count * sheet.column_count for sheet in self.sheets)

    def stored(self, kind: str) -> Iterator[tuple[Sheet, int, Json]]:
        """Every stored object of a kind, with its sheet and its place there."""
        for sheet in self.sheets:
            for place, item in enumerate(sheet.stored[kind]):
                yield sheet, place, item

    def fresh_id(self, taken: Callable[[int], bool]) -> int:
        """A random positive 31-bit id that is not taken."""
        while True:
            number = random.randrange(1, 2**31)
            if not taken(number):
                return number

    def fresh_stored_id(self, kind: str) -> int:
        """An id for a new stored object."""
        id_name = STORED_KINDS[kind][1]
        taken = {str(item.get(id_name)) for _, _, item in self.stored(kind)}
        return self.fresh_id(lambda number: str(number) in taken)
