"""SPARKLINE drawn: numbers and options become a small picture in SVG."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.google.page.literal import Scalar

LINE_COLOR = "#000000"
BAR_COLORS = ("#f4b400", "#ff6d01")
GAP = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """The size of the cell, in pixels, and what may be set of the chart."""

    width: float
    height: float
    options: Mapping[str, Scalar]

    def color(self, name: str, default: str) -> str:
        """An option that is a colour."""
        return escape(str(self.options.get(name) or default), quote=True)

    def number(self, name: str) -> float | None:
        """An option that is a number."""
        value = self.options.get(name)
        return float(value) if isinstance(value, (int, float)) else None


def sparkline(rows: Sequence[Sequence[Scalar]], options: Mapping[str, Scalar], size: Size) -> str:
    """The SVG; empty where there is nothing to draw."""
    canvas = Canvas(width=size[0], height=size[1], options=options)
    xs, ys = _points(rows)
    kind = str(options.get("charttype") or "line").lower()
    if options.get("rtl"):
        ys = ys[::-1]
    draw = CHARTS.get(kind)
    if not ys or draw is None:
        return ""
    shapes = draw(canvas, xs, ys)
    return (
        f'<svg class="spark" width="{size[0]:g}" height="{size[1]:g}" '
        f'viewBox="0 0 {size[0]:g} {size[1]:g}">{shapes}</svg>'
    )


Size = tuple[float, float]


def _points(rows: Sequence[Sequence[Scalar]]) -> tuple[list[float], list[float]]:
    """x and y: of two rows (or columns) the first is x; what is no number is left out."""
    if len(rows) > 2 and all(len(row) == 2 for row in rows):
        rows = list(zip(*rows, strict=True))
    if len(rows) == 2 and len(rows[0]) == len(rows[1]) > 1:
        pairs = [(x, y) for x, y in zip(*rows, strict=True) if _is_number(x) and _is_number(y)]
        return [float(x or 0) for x, _ in pairs], [float(y or 0) for _, y in pairs]
    flat = [value for row in rows for value in row]
    pairs = [(float(i), value) for i, value in enumerate(flat) if _is_number(value)]
    return [x for x, _ in pairs], [float(y or 0) for _, y in pairs]


def _is_number(value: Scalar) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _line(canvas: Canvas, xs: list[float], ys: list[float]) -> str:
    """A line through the points, a margin of two pixels around it."""
    x = _scale(xs, canvas.number("xmin"), canvas.number("xmax"), 2, canvas.width - 2)
    y = _scale(ys, canvas.number("ymin"), canvas.number("ymax"), canvas.height - 2, 2)
    points = " ".join(f"{x(a):.2f},{y(b):.2f}" for a, b in zip(xs, ys, strict=True))
    color = canvas.color("color", LINE_COLOR)
    width = canvas.number("linewidth") or 1
    return (
        f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="{width:g}" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _scale(
    values: list[float], low: float | None, high: float | None, start: float, end: float
) -> Callable[[float], float]:
    """The function from values to pixels; values that are all equal lie in the middle."""
    bottom = min(values) if low is None else low
    top = max(values) if high is None else high
    if top == bottom:
        return lambda _: (start + end) / 2
    return lambda value: start + (value - bottom) / (top - bottom) * (end - start)


def _columns(canvas: Canvas, _: list[float], ys: list[float]) -> str:
    """A column for each value, from the zero line, the special ones in their colours."""
    low = min([*ys, 0.0]) if canvas.number("ymin") is None else canvas.number("ymin")
    y = _scale([*ys, 0.0], low, canvas.number("ymax"), canvas.height - 1, 1)
    step = (canvas.width - 2) / len(ys)
    shapes = []
    for index, value in enumerate(ys):
        top, bottom = sorted((y(value), y(max(0.0, low or 0.0))))
        box = (1 + index * step, top, max(step - GAP, 0.5), max(bottom - top, 0.5))
        shapes.append(_box(box, _column_color(canvas, ys, index)))
    return "".join(shapes)


def _column_color(canvas: Canvas, ys: list[float], index: int) -> str:
    special = (
        ("negcolor", ys[index] < 0),
        ("firstcolor", index == 0),
        ("lastcolor", index == len(ys) - 1),
        ("lowcolor", ys[index] == min(ys)),
        ("highcolor", ys[index] == max(ys)),
    )
    chosen = [name for name, holds in special if holds and canvas.options.get(name)]
    return canvas.color(chosen[-1] if chosen else "color", LINE_COLOR)


def _win_loss(canvas: Canvas, xs: list[float], ys: list[float]) -> str:
    """Columns that are all equally high: up or down."""
    del xs
    signs = [float((value > 0) - (value < 0)) for value in ys]
    return _columns(canvas, [], signs)


def _bar(canvas: Canvas, _: list[float], ys: list[float]) -> str:
    """Parts one after another, of the whole or of the option `max`."""
    whole = canvas.number("max") or sum(ys) or 1
    left = 0.0
    shapes = []
    for index, value in enumerate(ys):
        width = canvas.width * max(value, 0) / whole
        color = canvas.color(f"color{index % 2 + 1}", BAR_COLORS[index % 2])
        shapes.append(_box((left, 1, width, canvas.height - 2), color))
        left += width
    return "".join(shapes)


def _box(box: tuple[float, float, float, float], color: str) -> str:
    x, y, width, height = box
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{color}"/>'
    )


CHARTS: dict[str, Callable[[Canvas, list[float], list[float]], str]] = {
    "line": _line,
    "column": _columns,
    "winloss": _win_loss,
    "bar": _bar,
}
