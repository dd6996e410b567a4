"""The strips beside the grid that show which rows or columns are grouped."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.google.page.view import SheetView


def strip_count(view: SheetView, name: str) -> int:
    """How many strips there are: as many as the groups are deep."""
    return max((depth for _, _, depth, _ in view.groups(name)), default=0)


def column_strips(view: SheetView, row_strips: int) -> Iterator[str]:
    """The rows above the letters."""
    after = view.grid.get("columnGroupControlAfter", False)
    for depth in range(1, strip_count(view, "columnGroups") + 1):
        cells = [f'<th class="strip" colspan="{row_strips + 1}"></th>']
        for column in view.columns:
            mark = _mark(view, "columnGroups", depth, column, after=after)
            cells.append(f'<th class="strip h{mark[0]}">{mark[1]}</th>')
        yield f'<tr class="strips">{"".join(cells)}</tr>'


def row_strip(view: SheetView, row: int, strips: int) -> str:
    """The cells left of a row's number."""
    after = view.grid.get("rowGroupControlAfter", False)
    cells = []
    for depth in range(1, strips + 1):
        mark = _mark(view, "rowGroups", depth, row, after=after)
        cells.append(f'<th class="strip v{mark[0]}">{mark[1]}</th>')
    return "".join(cells)


def _mark(view: SheetView, name: str, depth: int, index: int, *, after: bool) -> tuple[str, str]:
    """The classes and the text of one place: a line inside a group, its button at its end."""
    for start, end, level, collapsed in view.groups(name):
        if level != depth:
            continue
        if index == (end if after else start - 1):
            return " button", f"<b>{'+' if collapsed else '−'}</b>"
        if start <= index < end and not collapsed:
            if index == (start if after else end - 1):
                return (" line first" if after else " line last"), ""
            return " line", ""
    return "", ""
