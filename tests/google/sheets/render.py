"""A spreadsheet as `spreadsheets.get` prints it, cut to ranges and to a field mask.

Grid data is only worked out where the mask asks for it: an answer about two rows of ten thousand
looks at two rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.google.fieldmask import ALL, Mask
from tests.google.sheets.areas import Area, Box
from tests.google.sheets.canonical import THEME, canonical, rgb
from tests.google.sheets.cellview import DEFAULT_FORMAT, CellView
from tests.google.sheets.chips import titled
from tests.google.sheets.metadata import metadata_json
from tests.google.sheets.worth import Worth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.google.sheets.model import Dimension, Groups, Metadata, Sheet, Spreadsheet

Json = dict[str, Any]
PIXELS = {"ROWS": 21, "COLUMNS": 100}
GROUP_LISTS = {"ROWS": "rowGroups", "COLUMNS": "columnGroups"}
THEME_FONT = "Arial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an answer shall hold.

    `areas` None means all sheets whole. `grid_data` counts only while no mask was given: a mask
    says itself whether it wants the cells.
    """

    mask: Mask = ALL
    mask_given: bool = False
    areas: list[Area] | None = None
    grid_data: bool = False
    tables_as_banding: bool = True
    cut_after_mask: bool = True
    protected: Callable[[Json], Json] = lambda item: item
    """A protected range as the caller sees it."""
    titles: Callable[[str], str] | None = None
    """The title of a Drive file, where texts show it in place of a chip's `@`."""


def spreadsheet_json(spreadsheet: Spreadsheet, wanted: Wanted) -> Json:
    """The spreadsheet as a client asked for it."""
    sheets_mask = wanted.mask.below("sheets")
    result: Json = {
        "spreadsheetId": spreadsheet.spreadsheet_id,
        "properties": properties_json(spreadsheet),
        "spreadsheetUrl": spreadsheet_url(spreadsheet.spreadsheet_id),
    }
    if sheets_mask is not None:
        result["sheets"] = _sheets(spreadsheet, wanted, sheets_mask)
    if spreadsheet.named_ranges:
        result["namedRanges"] = spreadsheet.named_ranges
    own = [entry for entry in spreadsheet.metadata.values() if entry.sheet_id is None]
    if own:
        result["developerMetadata"] = [metadata_json(entry) for entry in own]
    if spreadsheet.comments:
        result["comments"] = [_public(comment) for comment in spreadsheet.comments]
    pruned: Json = wanted.mask.prune(result)
    return pruned


def spreadsheet_url(spreadsheet_id: str) -> str:
    return f"https://docs.google.com/spreadsheets/d/{spreadsheet_id}/edit"


def properties_json(spreadsheet: Spreadsheet) -> Json:
    """SpreadsheetProperties, with the theme and the default format that every file has."""
    theme = [{"colorType": name, "color": {"rgbColor": colour}} for name, colour in THEME.items()]
    return {
        "defaultFormat": DEFAULT_FORMAT,
        "spreadsheetTheme": {"primaryFontFamily": THEME_FONT, "themeColors": theme},
        **spreadsheet.properties,
    }


def _sheets(spreadsheet: Spreadsheet, wanted: Wanted, mask: Mask) -> list[Json]:
    view = CellView(Worth(spreadsheet))
    result = []
    for index, sheet in enumerate(spreadsheet.sheets):
        areas = wanted.areas
        if areas is not None:
            areas = [area for area in areas if area.sheet_id == sheet.sheet_id]
            if not areas:
                continue
        entries = [e for e in spreadsheet.metadata.values() if e.sheet_id == sheet.sheet_id]
        item = sheet_json(sheet, index, areas=areas, wanted=wanted)
        data_mask = mask.below("data")
        if data_mask is not None and (wanted.mask_given or wanted.grid_data):
            grid = Grid(view, sheet, entries, data_mask, wanted)
            item["data"] = [grid.data(sheet.closed(area)) for area in areas or [sheet.whole.area]]
        if own := [entry for entry in entries if not entry.dimension]:
            item["developerMetadata"] = [metadata_json(entry) for entry in own]
        anchors = _anchors(spreadsheet, sheet)
        if anchors:
            item["commentAnchors"] = anchors
        result.append(item)
    return result


def _anchors(spreadsheet: Spreadsheet, sheet: Sheet) -> list[Json]:
    """Where the comments of this sheet hang."""
    return [
        {"anchorId": comment["anchorId"], "range": comment["_area"].to_json()}
        for comment in spreadsheet.comments
        if comment["_area"].sheet_id == sheet.sheet_id
    ]


def sheet_properties(sheet: Sheet, index: int) -> Json:
    """SheetProperties; what is at its default isn't printed, sheetId and index always are."""
    grid: Json = {"rowCount": sheet.row_count, "columnCount": sheet.column_count}
    flags = {
        "frozenRowCount": sheet.frozen_rows,
        "frozenColumnCount": sheet.frozen_columns,
        "hideGridlines": sheet.hide_gridlines,
        "rowGroupControlAfter": sheet.group_control_after.get("ROWS", False),
        "columnGroupControlAfter": sheet.group_control_after.get("COLUMNS", False),
    }
    grid |= {name: value for name, value in flags.items() if value}
    result: Json = {
        "sheetId": sheet.sheet_id,
        "title": sheet.title,
        "index": index,
        "sheetType": "GRID",
        "gridProperties": grid,
    }
    if sheet.hidden:
        result["hidden"] = True
    if sheet.right_to_left:
        result["rightToLeft"] = True
    if sheet.tab_color is not None:
        result["tabColor"] = rgb(sheet.tab_color)
        result["tabColorStyle"] = sheet.tab_color
    return result


def sheet_json(sheet: Sheet, index: int, *, areas: list[Area] | None, wanted: Wanted) -> Json:
    """Everything of a sheet but its grid data and its metadata."""
    result: Json = {"properties": sheet_properties(sheet, index)}
    merges = [box.area for box in sheet.merges]
    stored = {kind: list(items) for kind, items in sheet.stored.items()}
    stored["protectedRanges"] = [wanted.protected(item) for item in stored["protectedRanges"]]
    if wanted.tables_as_banding:
        stored["bandedRanges"] += [banding_of(table) for table in stored["tables"]]
    if areas is not None:
        merges = [merge for merge in merges if any(merge.meets(area) for area in areas)]
        for kind in ("tables", "bandedRanges", "protectedRanges"):
            stored[kind] = [item for item in stored[kind] if _meets(item, areas)]
    members: Json = {
        "merges": [merge.to_json() for merge in merges],
        **{kind: [_public(item) for item in items] for kind, items in stored.items()},
        "basicFilter": sheet.basic_filter,
        **{GROUP_LISTS[name]: groups_json(sheet, name) for name in ("ROWS", "COLUMNS")},
    }
    return result | {name: item for name, item in members.items() if item}


def _meets(item: Json, areas: Iterable[Area]) -> bool:
    if "range" not in item:
        return True
    own = Area.from_json(item["range"])
    return any(own.meets(area) for area in areas)


def _public(item: Json) -> Json:
    """Without the members that only this server knows."""
    return {name: value for name, value in item.items() if not name.startswith("_")}


def banding_of(table: Json) -> Json:
    """The banded range that stands for a table's colours."""
    rows = {
        name.removesuffix("Style"): rgb(style) for name, style in table["rowsProperties"].items()
    }
    return {
        "bandedRangeId": table["_bandedRangeId"],
        "range": table["range"],
        "rowProperties": canonical("BandingProperties", rows),
        "bandedRangeReference": table["tableId"],
    }


def groups_json(sheet: Sheet, name: str) -> list[Json]:
    """The groups of rows or columns: each run of neighbours that are this deep, or deeper."""
    groups = sheet.groups[name]
    result = []
    for start, end, depth in group_spans(groups):
        span: Json = {"sheetId": sheet.sheet_id} if sheet.sheet_id else {}
        span |= {"dimension": name, "startIndex": start, "endIndex": end}
        group: Json = {"range": span, "depth": depth}
        if (start, end, depth) in groups.collapsed:
            group["collapsed"] = True
        result.append(group)
    return result


def group_spans(groups: Groups) -> list[tuple[int, int, int]]:
    """Start, end and depth of each group."""
    spans = []
    for depth in range(1, max(groups.depths.values(), default=0) + 1):
        inside = sorted(index for index, own in groups.depths.items() if own >= depth)
        start = None
        for place, index in enumerate(inside):
            start = index if start is None else start
            if place + 1 == len(inside) or inside[place + 1] != index + 1:
                spans.append((start, index + 1, depth))
                start = None
    return spans


class Grid:
    """The grid data of one sheet."""

    def __init__(
        self,
        view: CellView,
        sheet: Sheet,
        entries: list[Metadata],
        mask: Mask,
        wanted: Wanted,
    ) -> None:
        self.view = view
        self.sheet = sheet
        self.entries = entries
        self.mask = mask
        self.cut_after_mask = wanted.cut_after_mask
        self.titles = wanted.titles

    def data(self, box: Box) -> Json:
        """GridData of the box; startRow and startColumn are left out when they are 0."""
        result: Json = {}
        if box.top:
            result["startRow"] = box.top
        if box.left:
            result["startColumn"] = box.left
        cells_mask = self.mask.below("rowData", "values")
        if cells_mask is not None and (rows := self._rows(box, cells_mask)):
            result["rowData"] = rows
        if "rowMetadata" in self.mask:
            result["rowMetadata"] = self._metadata("ROWS", box.rows)
        if "columnMetadata" in self.mask:
            result["columnMetadata"] = self._metadata("COLUMNS", box.columns)
        return result

    def _rows(self, box: Box, mask: Mask) -> list[Json]:
        """RowData from the first row to the last that holds something; so the cells of a row."""
        rows: list[Json] = []
        for index in range(box.top, min(box.bottom, len(self.sheet.rows))):
            row = self.sheet.row(index)
            cells: list[Json] = []
            for column in sorted(column for column in row if box.left <= column < box.right):
                data = self.view.cell_data(self.sheet, index, column, row[column], mask)
                if self.titles is not None and row[column].chips:
                    data = titled(data, row[column].chips, self.titles)
                if data or not self.cut_after_mask:
                    cells.extend({} for _ in range(column - box.left - len(cells)))
                    cells.append(data)
            rows.append({"values": cells} if cells else {})
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def _metadata(self, name: str, indexes: range) -> list[Json]:
        entries: dict[int, list[Json]] = {}
        for entry in self.entries:
            if entry.dimension == name:
                entries.setdefault(entry.index, []).append(metadata_json(entry))
        return [
            _dimension_json(name, self.sheet.dimension(name, index), entries.get(index))
            for index in indexes
        ]


def _dimension_json(name: str, dimension: Dimension, entries: list[Json] | None) -> Json:
    result: Json = {"pixelSize": dimension.pixel_size or PIXELS[name]}
    if dimension.hidden_by_user:
        result["hiddenByUser"] = True
    if dimension.hidden_by_filter:
        result["hiddenByFilter"] = True
    if entries:
        result["developerMetadata"] = entries
    return result
