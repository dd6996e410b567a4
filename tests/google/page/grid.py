"""The grid of one sheet as an HTML table: letters, numbers, cells, what is frozen and grouped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from tests.google.page.cell import CellPainter
from tests.google.page.charts import charts_of
from tests.google.page.colors import ink_on
from tests.google.page.look import Look, look_of
from tests.google.page.rules import formats_by_rule
from tests.google.page.strips import column_strips, row_strip, strip_count
from tests.google.page.view import Box, SheetView, letters, value_of
from tests.google.whole import rgb_hex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = dict[str, Any]

NUMBERS_WIDTH = 46
LETTERS_HEIGHT = 24
STRIP = 20
# Wider than nearly all letters, so that only text that is surely short is taken for short.
PIXELS_PER_LETTER = 8
FILTER_ICON = (
    '<svg class="filter" viewBox="0 0 18 18">'
    '<path d="M3 5h12M5.5 9h7M8 13h2" stroke="#137333" stroke-width="2"/></svg>'
)
TABLE_ICON = '<span class="filter">▾</span>'


class GridPainter:
    """Draws one sheet; equal looks share a CSS class."""

    def __init__(self, view: SheetView, file_names: Mapping[str, str], prefix: str) -> None:
        self._view = view
        self._cells = CellPainter(view, file_names)
        self._under, self._over = formats_by_rule(view)
        self._prefix = prefix
        self._classes: dict[str, str] = {}
        self._filtered = _filter_places(view)
        self._table_heads = _table_heads(view)

    def table(self) -> str:
        """The HTML of the table."""
        view = self._view
        strips = strip_count(view, "rowGroups")
        widths = [STRIP] * strips + [NUMBERS_WIDTH] + [view.width(c) for c in view.columns]
        columns = "".join(f'<col style="width:{width}px">' for width in widths)
        head = "".join(column_strips(view, strips)) + self._letters(strips)
        body = "".join(self._rows(strips))
        lines = " nolines" if view.grid.get("hideGridlines") else ""
        return (
            f'<table class="grid {self._prefix}{lines}" style="width:{sum(widths)}px"><colgroup>{columns}'
            f"</colgroup><thead>{head}</thead><tbody>{body}</tbody></table>"
        )

    def charts(self) -> str:
        """The HTML of what floats over the table."""
        left = NUMBERS_WIDTH + STRIP * strip_count(self._view, "rowGroups")
        top = LETTERS_HEIGHT + STRIP * strip_count(self._view, "columnGroups")
        return charts_of(self._view, left, top)

    def css(self) -> str:
        """The classes that the table uses."""
        rules = [f".grid td.{name}{{{css}}}" for css, name in self._classes.items()]
        strips = strip_count(self._view, "rowGroups")
        for index in range(strips):
            rules.append(f".{self._prefix} .v:nth-child({index + 1}){{left:{STRIP * index}px}}")
        rules.append(f".{self._prefix} .number{{left:{STRIP * strips}px}}")
        left = NUMBERS_WIDTH + STRIP * strips
        for column in self._view.columns:
            if column >= self._view.frozen_columns:
                break
            rules.append(f".{self._prefix}f{column}{{left:{left}px}}")
            left += self._view.width(column)
        return "\n".join(rules)

    def _letters(self, strips: int) -> str:
        """The row of column letters; the corner is where letters and numbers meet."""
        cells = [f'<th class="corner" colspan="{strips + 1}"></th>']
        for column in self._view.columns:
            names = f"{self._frozen(column)}{_gaps(self._view.columns, column)}"
            cells.append(f'<th class="{names}">{letters(column)}</th>')
        return f'<tr class="letters" style="height:{LETTERS_HEIGHT}px">{"".join(cells)}</tr>'

    def _frozen(self, column: int) -> str:
        """The classes of a column that stays when the rest scrolls sideways."""
        frozen = self._view.frozen_columns
        if column >= frozen:
            return ""
        last = [one for one in self._view.columns if one < frozen][-1]
        return f"fc {self._prefix}f{column}" + (" fcl" if column == last else "")

    def _rows(self, strips: int) -> Iterator[str]:
        view = self._view
        top = LETTERS_HEIGHT + STRIP * strip_count(view, "columnGroups")
        frozen = [row for row in view.rows if row < view.frozen_rows]
        for row in view.rows:
            style = f"height:{view.height(row)}px"
            name = ""
            if row in frozen:
                name = ' class="fr frl"' if row == frozen[-1] else ' class="fr"'
                style += f";--top:{top}px"
                top += view.height(row)
            number = f'<th class="number{_gaps(view.rows, row)}">{row + 1}</th>'
            head = row_strip(view, row, strips) + number
            yield f'<tr{name} style="{style}">{head}{"".join(self._row_cells(row))}</tr>'

    def _row_cells(self, row: int) -> Iterator[str]:
        view = self._view
        cells = [view.cell(row, column) for column in range(view.grid["columnCount"])]
        room = self._room(row, cells)
        for column in view.columns:
            merge = view.merges.get((row, column))
            if merge is None:
                yield self._cell(row, column, cells[column], room[column], "")
            elif (row, column) == self._corner(merge):
                yield self._merged(merge)

    def _corner(self, merge: Box) -> tuple[int, int]:
        """The first cell of a merge that is shown, where all of it is drawn."""
        rows = (row for row in self._view.rows if merge.top <= row < merge.bottom)
        columns = (one for one in self._view.columns if merge.left <= one < merge.right)
        return next(rows), next(columns)

    def _merged(self, merge: Box) -> str:
        view = self._view
        rows = [row for row in view.rows if merge.top <= row < merge.bottom]
        columns = [column for column in view.columns if merge.left <= column < merge.right]
        spans = f' rowspan="{len(rows)}" colspan="{len(columns)}"'
        width = sum(map(view.width, columns))
        return self._cell(merge.top, merge.left, view.cell(merge.top, merge.left), width, spans)

    def _room(self, row: int, cells: list[Json]) -> list[int]:
        """For each column the width up to the next cell that holds something."""
        room = [0] * len(cells)
        free = 0
        shown = set(self._view.columns)
        for column in range(len(cells) - 1, -1, -1):
            width = self._view.width(column) if column in shown else 0
            room[column] = width + free
            cell = cells[column]
            taken = "userEnteredValue" in cell or "dataValidation" in cell
            # What is frozen doesn't run over into what scrolls.
            at_edge = column == self._view.frozen_columns
            free = 0 if taken or at_edge or (row, column) in self._view.merges else room[column]
        return room

    def _cell(self, row: int, column: int, cell: Json, room: int, spans: str) -> str:
        place = (row, column)
        frozen = self._frozen(column)
        layers = self._layers(place, cell)
        if not cell and not layers and place not in self._filtered:
            return f'<td class="{frozen}"></td>' if frozen else f"<td{spans}></td>"
        look = look_of(layers, value_of(cell))
        size = (room if spans else self._view.width(column), self._view.height(row))
        inside = self._cells.inside(cell, size)
        inside = self._clipped(cell, look, inside, room, size[0])
        if place in self._filtered:
            inside += self._filtered[place]
        names = [frozen, self._class(look.css())]
        names.append("filtered" if place in self._filtered else "")
        title = ""
        if "note" in cell:
            names.append("noted")
            title = f' title="{escape(cell["note"])}"'
        name = " ".join(filter(None, names))
        return f'<td class="{name}"{spans}{title}>{inside}</td>'

    def _layers(self, place: tuple[int, int], cell: Json) -> list[Json]:
        """The formats of a cell from the lowest up: its band, its own, the rules over it."""
        head = self._table_heads.get(place)
        layers = [
            self._under.get(place),
            head,
            cell.get("userEnteredFormat"),
            self._over.get(place),
        ]
        return [layer for layer in layers if layer]

    def _clipped(self, cell: Json, look: Look, inside: str, room: int, width: int) -> str:
        """Long text cut where the next cell begins, or where its own ends."""
        text = cell.get("formattedValue", "")
        if not text or look.wrap in ("WRAP", "LEGACY_WRAP") or "<svg" in inside:
            return inside
        if len(text) * PIXELS_PER_LETTER < width and "\n" not in text:
            return inside
        runs_over = look.overflows and look.horizontal in ("", "LEFT")
        allowed = (room if runs_over else width) - 7
        return f'<div class="clip" style="width:{allowed}px">{inside}</div>'

    def _class(self, css: str) -> str:
        if not css:
            return ""
        return self._classes.setdefault(css, f"{self._prefix}s{len(self._classes)}")


def _gaps(shown: list[int], index: int) -> str:
    """The classes that mark where a neighbour is hidden."""
    before = " gap-before" if index and index - 1 not in shown else ""
    after = " gap-after" if index < shown[-1] and index + 1 not in shown else ""
    return before + after


def _filter_places(view: SheetView) -> dict[tuple[int, int], str]:
    """The header cells that carry a button, with it: of the basic filter and of tables."""
    marked = [(table["range"], TABLE_ICON) for table in view.sheet.get("tables", [])]
    if "range" in view.sheet.get("basicFilter", {}):
        marked.append((view.sheet["basicFilter"]["range"], FILTER_ICON))
    boxes = [(view.box(grid_range), icon) for grid_range, icon in marked]
    return {(box.top, one): icon for box, icon in boxes for one in range(box.left, box.right)}


def _table_heads(view: SheetView) -> dict[tuple[int, int], Json]:
    """The header cells of tables are bold, in black or white as their colour wants it."""
    heads: dict[tuple[int, int], Json] = {}
    for table in view.sheet.get("tables", []):
        box = view.box(table["range"])
        colors = table.get("rowsProperties", {})
        color = rgb_hex(colors.get("headerColorStyle")) or "ffffff"
        white = {"red": 1, "green": 1, "blue": 1}
        ink = white if ink_on(color) == "ffffff" else {}
        head = {"textFormat": {"bold": True, "foregroundColor": ink}}
        heads |= {(box.top, column): head for column in range(box.left, box.right)}
    return heads
