"""Line charts that float over the cells, drawn as SVG from the ranges that their answer names."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from tests.google.page.view import value_of
from tests.google.whole import rgb_hex

if TYPE_CHECKING:
    from tests.google.page.view import SheetView

Json = dict[str, Any]
TOP, SIDE, BOTTOM, LEFT = 44, 20, 46, 76
LINE, GRID, TEXT = "#4285f4", "#e0e0e0", "#757575"
STEPS = 4


def charts_of(view: SheetView, left: int, top: int) -> str:
    """The HTML of the sheet's charts; the grid's first cell stands at `left` and `top`."""
    return "".join(_chart(view, chart, left, top) for chart in view.sheet.get("charts", []))


def _chart(view: SheetView, chart: Json, left: int, top: int) -> str:
    place = chart["position"].get("overlayPosition", {})
    basic = chart["spec"].get("basicChart")
    if basic is None or not place:
        return ""
    anchor = place.get("anchorCell", {})
    x = left + sum(view.width(c) for c in view.columns if c < anchor.get("columnIndex", 0))
    y = top + sum(view.height(r) for r in view.rows if r < anchor.get("rowIndex", 0))
    size = (place.get("widthPixels", 600), place.get("heightPixels", 371))
    inside = _drawn(view, basic, size)
    title = escape(chart["spec"].get("title", ""))
    style = f"left:{x}px;top:{y}px;width:{size[0]}px;height:{size[1]}px"
    return (
        f'<svg class="chart" style="{style}" viewBox="0 0 {size[0]} {size[1]}">'
        f'<text x="{size[0] / 2}" y="26" text-anchor="middle" font-size="16" fill="{TEXT}">{title}'
        f"</text>{inside}</svg>"
    )


def _drawn(view: SheetView, basic: Json, size: tuple[int, int]) -> str:
    """Axes and the line; a point without both numbers is left out."""
    (domain,), (series,) = basic["domains"][:1], basic["series"][:1]
    across, up = _cells(view, domain["domain"]), _cells(view, series["series"])
    points = [
        (value_of(one), value_of(other), one, other)
        for one, other in zip(across, up, strict=False)
        if _is_number(value_of(one)) and _is_number(value_of(other))
    ]
    if not points:
        return ""
    width, height = size[0] - LEFT - SIDE, size[1] - TOP - BOTTOM
    low, high = min(p[1] for p in points), max(p[1] for p in points)
    first, last = min(p[0] for p in points), max(p[0] for p in points)

    def at(point: Any) -> str:
        x = LEFT + width * ((point[0] - first) / (last - first) if last > first else 0.5)
        y = TOP + height * (1 - ((point[1] - low) / (high - low) if high > low else 0.5))
        return f"{x:.1f},{y:.1f}"

    line = " ".join(map(at, points))
    ink = rgb_hex(series.get("colorStyle"))
    stroke = f"#{ink}" if ink else LINE
    ordered = sorted(points, key=lambda point: point[1])
    return (
        _lines(width, height)
        + _labels(ordered[0][3], ordered[-1][3], height)
        + _ends(points, width, size[1])
        + f'<polyline points="{line}" fill="none" stroke="{stroke}" stroke-width="2"/>'
    )


def _lines(width: int, height: int) -> str:
    return "".join(
        f'<line x1="{LEFT}" x2="{LEFT + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>'
        for y in (TOP + height * step / STEPS for step in range(STEPS + 1))
    )


def _labels(lowest: Json, highest: Json, height: int) -> str:
    return "".join(
        f'<text x="{LEFT - 8}" y="{y}" text-anchor="end" font-size="11" fill="{TEXT}">'
        f"{escape(str(cell.get('formattedValue', '')))}</text>"
        for cell, y in ((highest, TOP + 4), (lowest, TOP + height + 4))
    )


def _ends(points: list[Any], width: int, height: int) -> str:
    return "".join(
        f'<text x="{x}" y="{height - 18}" text-anchor="{anchor}" font-size="11" fill="{TEXT}">'
        f"{escape(str(point[2].get('formattedValue', '')))}</text>"
        for point, x, anchor in (
            (points[0], LEFT, "start"),
            (points[-1], LEFT + width, "end"),
        )
    )


def _cells(view: SheetView, data: Json) -> list[Json]:
    found: list[Json] = []
    for area in data.get("sourceRange", {}).get("sources", []):
        box = view.box(area)
        found += [view.cell(row, box.left) for row in range(box.top, box.bottom)]
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
