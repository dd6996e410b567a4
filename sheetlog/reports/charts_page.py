"""The report's page of charts: how the metric is spread, and how it goes with each setting."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sheetlog.record import Series
from sheetlog.reports import findings
from sheetlog.reports.book import (
    PALETTE,
    TEAL,
    Book,
    Range,
    across,
    axis,
    axis_code,
    axis_look,
    styled,
    thinned,
    within,
)  # fmt: skip
from sheetlog.reports.content import plain
from sheetlog.reports.findings import Aim

if TYPE_CHECKING:
    import pandas as pd

_SIZE = (478, 332)
_ROWS, _FIRST, _COLUMNS = 17, 3, 2
"""Rows of 20 pixels that a chart takes; the row of the first; charts beside one another."""
_PER_PAGE = 2
"""Rows of charts on a printed page."""
_FEW_NUMBERS, _MOST_WORDS, _LOG_FROM, _MOST_CURVES = 5, 12, 50.0, 8


def write(book: Book) -> None:
    """Write the page."""
    content, sheet, say = book.content, book.sheets["charts"], book.content.say
    sheet.set_column(0, 11, 10.7)
    count = f"{len(content.frame):,}"
    book.heading(sheet, say("charts"), say("charts_of", count=count), columns=12)
    charts: list[Any] = []
    if content.aim is not None:
        charts += _of_metric(book, content.aim)
    charts += _of_curves(book)
    if not charts:
        across(book, sheet, _FIRST, (0, 11), say("no_aim"))
    for at, chart in enumerate(charts):
        row = _FIRST + (at // _COLUMNS) * _ROWS
        sheet.insert_chart(row, 6 * (at % _COLUMNS), chart, {"object_position": 2, "x_offset": 3})
    lines = math.ceil(len(charts) / _COLUMNS)
    breaks = range(_PER_PAGE, lines, _PER_PAGE)
    sheet.set_h_pagebreaks([_FIRST + line * _ROWS for line in breaks])
    sheet.print_area(0, 0, max(4, _FIRST + lines * _ROWS), 11)
    book.setup(sheet)


def _of_metric(book: Book, aim: Aim) -> list[Any]:
    """Draw how the metric is spread, and how it goes with each setting that varies."""
    content = book.content
    values = findings.numbers(content.frame[aim.metric])
    if values.dropna().empty:
        return []
    order = [str(name) for name in book.influence(aim).index]
    charts = [_distribution(book, values.dropna())]
    for name in order:
        column = content.frame[name][values.notna().to_numpy()]
        if column.map(findings.told_apart).replace("", None).nunique() < 2:
            continue  # of one value alone there is nothing to see
        if len(charts) > content.wanted.charts:
            break
        dots = findings.is_numeric(column) and findings.numbers(column).nunique() > _FEW_NUMBERS
        charts.append(_dots(book, name, values, aim) if dots else _columns(book, name, aim))
    return charts


def bins(values: pd.Series[Any]) -> list[tuple[float, float, int]]:
    """Return a histogram: lower end, upper end, and how many numbers; the last end belongs in."""
    import numpy as np

    found = axis(float(values.min()), float(values.max()))
    low, high, step = found["min"], found["max"], found["major_unit"]
    parts = max(1, round((high - low) / step)) * (2 if len(values) >= 30 else 1)
    counts, edges = np.histogram(values.to_numpy(), bins=np.linspace(low, high, parts + 1))
    return [
        (float(a), float(b), int(n)) for a, b, n in zip(edges, edges[1:], counts, strict=False)
    ]


def _distribution(book: Book, values: pd.Series[Any]) -> Any:
    content, say = book.content, book.content.say
    assert content.aim is not None
    found = bins(values)
    digits = axis_code(content.code(content.aim.metric), found[0][1] - found[0][0])
    labels = [f"{_short(low, digits)} – {_short(high, digits)}" for low, high, _ in found]
    names = book.plot(content.metric, labels)
    counts = book.plot(say("number_of_runs"), [count for _, _, count in found])
    chart = book.book.add_chart({"type": "column"})
    styled(chart, say("distribution", metric=content.metric), size=_SIZE)
    chart.add_series({
        "categories": names, "values": counts, "fill": {"color": TEAL}, "gap": 8,
        "data_labels": {"value": True, "font": {"size": 9}, "num_format": "#,##0;;"},
    })  # fmt: skip
    chart.set_x_axis(axis_look(content.metric, grid=False))
    chart.set_y_axis(axis_look(say("number_of_runs"), num_format="#,##0"))
    return chart


def _short(value: float, code: str) -> str:
    digits = len(code.rstrip("%").partition(".")[2])
    return f"{100 * value:.{digits}f}%" if code.endswith("%") else f"{value:.{digits}f}"


def _dots(book: Book, name: str, values: pd.Series[Any], aim: Aim) -> Any:
    """Draw a dot for each run: a number that went in, and the metric."""
    content, say = book.content, book.content.say
    inputs = findings.numbers(content.frame[name])
    both = (inputs.notna() & values.notna()).to_numpy()
    step = thinned(int(both.sum()))
    inputs, outputs = inputs[both].iloc[::step], values[both].iloc[::step]
    title = say("against", metric=content.metric, name=content.name(name))
    title += f" ({say('thinned', n=step)})" if step > 1 else ""
    chart = book.book.add_chart({"type": "scatter"})
    styled(chart, title, size=_SIZE)
    chart.add_series({
        "categories": book.plot(content.name(name), inputs),
        "values": book.plot(content.metric, outputs),
        "marker": {"type": "circle", "size": 5, "fill": {"color": TEAL, "transparency": 35},
                   "border": {"none": True}},
    })  # fmt: skip
    low, high = float(inputs.min()), float(inputs.max())
    ends: dict[str, Any]
    if low > 0 and high / low >= _LOG_FROM:
        ends = {"log_base": 10, "min": 10.0 ** math.floor(math.log10(low) + 1e-9),
                "max": 10.0 ** math.ceil(math.log10(high) - 1e-9),
                "num_format": "0E+00" if low < 1e-3 or high >= 1e5 else "General"}  # fmt: skip
    else:
        found = axis(low, high)
        ends = {**found, "num_format": axis_code("", found.get("major_unit", 0))}
    chart.set_x_axis(axis_look(content.name(name), **ends))
    chart.set_y_axis(_metric_axis(book, aim))
    return chart


def _columns(book: Book, name: str, aim: Aim) -> Any:
    """Draw the metric's mean for each value that went in: numbers rising, else by rank."""
    content, say = book.content, book.content.say
    table = findings.groups(content.frame[content.frame[name].notna()], aim, [name])
    table = table.head(_MOST_WORDS)
    if findings.is_numeric(table[name]):
        table = table.sort_values(name)
    labels = [f"{plain(row[name])[:24]} (n={row['n']})" for _, row in table.iterrows()]
    spread = table["sd"].fillna(0.0)
    error = _reference(book.plot(say("sd"), spread))
    chart = book.book.add_chart({"type": "column"})
    styled(chart, say("mean_against", metric=content.metric, name=content.name(name)), size=_SIZE)
    chart.add_series({
        "categories": book.plot(content.name(name), labels),
        "values": book.plot(say("mean"), table["mean"]), "fill": {"color": TEAL}, "gap": 60,
        "y_error_bars": {"type": "custom", "plus_values": error, "minus_values": error},
    })  # fmt: skip
    chart.set_x_axis(axis_look(content.name(name), grid=False))
    chart.set_y_axis(_metric_axis(book, aim))
    return chart


def _metric_axis(book: Book, aim: Aim) -> dict[str, Any]:
    """Return the metric's axis: the same in all charts, so that they can be held together."""
    code = book.content.code(aim.metric)
    held = findings.numbers(book.content.frame[aim.metric])
    found = within(axis(float(held.min()), float(held.max())), held, code)
    code = axis_code(code, found.get("major_unit", 0))
    return axis_look(book.content.metric, num_format=code, **found, crossing="min")


def _reference(where: Range) -> str:
    from xlsxwriter.utility import xl_range_abs

    page = where[0].replace("'", "''")
    return f"='{page}'!{xl_range_abs(*where[1:])}"


def _of_curves(book: Book) -> list[Any]:
    """Draw the curves of the top runs over one another, where their points are known."""
    content = book.content
    charts = []
    for name, known in content.curves.items():
        held = dict(list(known.items())[:_MOST_CURVES])
        if not held:
            continue
        chart = book.book.add_chart({"type": "scatter", "subtype": "straight"})
        title = content.say("curve", name=name.partition(".")[2])
        styled(chart, title, legend=True, size=_SIZE)
        for number, (at, series) in enumerate(held.items()):
            _curve(book, chart, _name(content.frame, at), series, PALETTE[number % len(PALETTE)])
        points = [value for series in held.values() for value in series.values]  # noqa: PD011
        points = [value for value in points if math.isfinite(value)]
        ends = axis(min(points), max(points)) if points else {}
        digits = axis_code("", ends.get("major_unit", 0))
        chart.set_y_axis(axis_look("", num_format=digits, **ends))
        shares = {"min": 0, "max": 1, "major_unit": 0.25, "num_format": "0%"}
        chart.set_x_axis(axis_look(content.say("progress"), grid=False, **shares))
        charts.append(chart)
    return charts


def _curve(book: Book, chart: Any, name: str, series: Series, colour: str) -> None:
    last = max(1, len(series.values) - 1)
    chart.add_series({
        "name": name[:60],
        "categories": book.plot(f"{name}: x", [at / last for at in range(len(series.values))]),
        "values": book.plot(name, series.values),
        "line": {"color": colour, "width": 1.75}, "marker": {"type": "none"},
    })  # fmt: skip


def _name(frame: pd.DataFrame, at: int) -> str:
    return plain(frame["run.name"].iloc[at] if "run.name" in frame.columns else frame.index[at])
