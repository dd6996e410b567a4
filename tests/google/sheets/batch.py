"""What a request inside a batch works on: the copy that the batch changes, and who asks.

What the requests do is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.google.sheets.areas import Area, Box, span_holds
from tests.google.sheets.lookup import requested_box, sheet_with_id
from tests.google.sheets.model import STORED_KINDS
from tests.google.sheets.protection import open_to
from tests.google.sheets.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.google.sheets.model import Sheet, Spreadsheet

Json = dict[str, Any]
PROTECTED = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to "
    "remove protection if you need to edit."
)


@dataclass(slots=True, kw_only=True)
class Batch:
    """One batch under way. It is dropped, with its copy, as soon as a request is refused."""

    before: Spreadsheet
    """The spreadsheet as it was, untouched."""
    spreadsheet: Spreadsheet
    """The copy that the requests change."""
    user: str
    owner: str
    assumptions: Mapping[str, str] = field(default_factory=dict)
    rows_seen: Mapping[int, int] = field(default_factory=dict)
    """Sheet id → last row with data as this writer saw it, where appends may race."""

    def assumes(self, name: str, value: str) -> bool:
        """Whether the open question `name` is answered with `value` today."""
        return self.assumptions.get(name) == value

    def sheet(self, sheet_id: int) -> Sheet:
        """The sheet with this id. Raises RefusedError."""
        return sheet_with_id(self.spreadsheet, sheet_id)

    def box(self, grid_range: Json) -> tuple[Sheet, Box]:
        """The sheet and the cells of a GridRange in the grid. Raises RefusedError."""
        return requested_box(self.spreadsheet, grid_range)

    def within_grid(self, grid_range: Json) -> Json:
        """The GridRange, its open sides left open, cut off where the grid ends."""
        sheet, box = self.box(grid_range)
        area = Area.from_json({**grid_range, "sheetId": sheet.sheet_id})
        bottom = None if area.bottom is None else box.bottom
        right = None if area.right is None else box.right
        return replace(area, bottom=bottom, right=right).to_json()

    def writable(self, grid_range: Json) -> tuple[Sheet, Box]:
        """The same, for cells that the caller must be allowed to change."""
        sheet, box = self.box(grid_range)
        self.check_unprotected(sheet, box)
        return sheet, box

    def check_unprotected(self, sheet: Sheet, box: Box) -> None:
        """Refuse to change cells that somebody else has protected."""
        for protected in self._closed_to_caller(sheet):
            free = (Area.from_json(item) for item in protected.get("unprotectedRanges", []))
            if self.area_of(protected).meets(box.area) and not any(
                area.holds(box.area) for area in free
            ):
                raise RefusedError(PROTECTED)

    def check_unprotected_between(self, sheet: Sheet, name: str, index: int) -> None:
        """Refuse to put rows or columns in where that tears a protected range apart."""
        for protected in self._closed_to_caller(sheet):
            area = self.area_of(protected)
            rows = name == "ROWS"
            start, end = (area.top, area.bottom) if rows else (area.left, area.right)
            if span_holds(start, end, index - 1, index + 1):
                raise RefusedError(PROTECTED)

    def _closed_to_caller(self, sheet: Sheet) -> list[Json]:
        if self.user == self.owner:
            return []
        return [
            item
            for item in sheet.stored["protectedRanges"]
            if not item.get("warningOnly") and not self.may_edit(item)
        ]

    def may_edit(self, protected: Json) -> bool:
        """Whether the caller may edit what a protected range protects, and the range itself."""
        return open_to(protected, self.user, self.owner)

    def area_of(self, item: Json) -> Area:
        """The cells of an object that has a range, a named range or a table."""
        if "range" in item:
            return Area.from_json(item["range"])
        for named in self.spreadsheet.named_ranges:
            if "namedRangeId" in item and named["namedRangeId"] == item["namedRangeId"]:
                return Area.from_json(named.get("range", {}))
        if "tableId" in item:
            _, _, table = self.find("tables", item["tableId"])
            return Area.from_json(table["range"])
        raise RefusedError("A range must be set.")

    def find(self, kind: str, object_id: Any) -> tuple[Sheet, int, Json]:
        """A stored object by its id, with its sheet and its place there. Raises RefusedError."""
        id_name = STORED_KINDS[kind][1]
        for sheet, place, item in self.spreadsheet.stored(kind):
            if item.get(id_name) == object_id:
                return sheet, place, item
        raise RefusedError(f"No object in {kind} with {id_name}: {object_id}")

    def new_id(self, kind: str, asked: Any) -> Any:
        """The id for a new stored object: the one asked for. Raises RefusedError if taken."""
        id_name = STORED_KINDS[kind][1]
        if not asked:
            fresh = self.spreadsheet.fresh_stored_id(kind)
            return str(fresh) if kind == "tables" else fresh
        if any(item.get(id_name) == asked for _, _, item in self.spreadsheet.stored(kind)):
            raise RefusedError(f"An object with {id_name} {asked} already exists.")
        return asked
