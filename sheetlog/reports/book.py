"""A report's workbook while it is being written: sheets, formats, data for charts, page setup.

Knows XlsxWriter and how a report looks; knows nothing of what it says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sheetlog.reports.content import Content
from sheetlog.reports.findings import Aim, told_apart
from sheetlog.reports.influence import influence_of

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

INK, PALE, TEAL, GREY, AMBER = "#1E293B", "#64748B", "#0F766E", "#94A3B8", "#B45309"
LINE = "#CBD5E1"
PALETTE = (TEAL, AMBER, "#4F46E5", "#BE185D", "#0369A1", "#4D7C0F", "#7C3AED", "#A16207")
MARKED, BEST = ("#FCECC8", "#59330A"), ("#B7E4C7", "#0B3D20")
LONGEST = 32_767
"""Characters that a cell takes; a Google Sheet's take more."""
MOST_POINTS = 2_000
"""Points of a chart; more are slow in every program, and no eye tells them apart."""

Range = list[Any]
"""Sheet, first row, first column, last row, last column, as charts take it."""


@dataclass(slots=True, eq=False)
class Book:
    """What the pages share."""

    content: Content
    book: Workbook
    sheets: dict[str, Worksheet]
    """By page; `data` holds what charts are drawn from."""
    runs: dict[str, Range] = field(default_factory=dict)
    """Where the page of all runs has each column."""
    _formats: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)
    _data: int = 0
    _influence: pd.DataFrame | None = None

    def look(self, **properties: Any) -> Format:
        """Return a format; equal ones are made once."""
        key = tuple(sorted({"font_color": INK, "valign": "vcenter", **properties}.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(dict(key))
        return self._formats[key]

    def plot(self, title: str, values: Iterable[Any]) -> Range:
        """Put a column of a chart's values on the data page; return where it stands."""
        sheet, column = self.sheets["data"], self._data
        self._data += 1
        sheet.write_string(0, column, title[:200], self.look(bold=True))
        count = 0
        for count, value in enumerate(values, 1):
            put(self, sheet, count, column, value)
        return [sheet.get_name(), 1, column, max(1, count), column]

    def influence(self, aim: Aim) -> pd.DataFrame:
        """Return what went along with the metric; two pages ask, and it is found out once."""
        if self._influence is None:
            self._influence = influence_of(self.content.frame, aim)
        return self._influence

    def setup(self, sheet: Worksheet, *, high: int = 0, landscape: bool = True) -> None:
        """Make a page printable: paper, margins, header, footer, so many pages high (0: any)."""
        content = self.content
        if landscape:
            sheet.set_landscape()
        sheet.set_paper(9 if content.wanted.paper == "a4" else 1)
        sheet.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.7)
        sheet.hide_gridlines(2)
        sheet.fit_to_pages(1, high)
        left = self.safe(content.title, 100)
        sheet.set_header(f"&L&9&K64748B{left}&R&9&K64748B&A")
        source = self.safe(content.say("source", source=content.source), 110)
        when = f"{content.when:%Y-%m-%d %H:%M} UTC"
        sheet.set_footer(
            f"&L&9&K64748B{source}&C&9&K64748B{content.say('page')}&R&9&K64748B{when}"
        )

    @staticmethod
    def safe(text: str, longest: int) -> str:
        """Return a text for a header or footer, where `&` starts a code."""
        cut = text if len(text) <= longest else text[: longest - 1] + "…"
        # A digit right after a font size would be read as a part of it.
        return " " + cut.replace("&", "&&") if cut[:1].isdigit() else cut.replace("&", "&&")

    def heading(self, sheet: Worksheet, title: str, under: str, *, columns: int) -> None:
        """Write a page's title and the line below it."""
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, title, self.look(bold=True, font_size=18, font_color=TEAL))
        look = self.look(font_color=PALE, font_size=10, bottom=1, bottom_color=LINE)
        for column in range(columns):
            sheet.write_blank(1, column, None, look)
        sheet.set_row(1, 20)
        sheet.write_string(1, 0, under[:LONGEST], look)


def across(
    book: Book, sheet: Worksheet, row: int, columns: tuple[int, int], value: Any, **look: Any
) -> None:
    """Write a value over several columns of a row, from the first to the last."""
    left, right = columns
    found = book.look(**look)
    if right > left:
        sheet.merge_range(row, left, row, right, "", found)
    put(book, sheet, row, left, value, **look)


def put(book: Book, sheet: Worksheet, row: int, column: int, value: Any, **look: Any) -> None:
    """Write a value as what it is; text is text, whatever it starts with."""
    found = book.look(**look)
    if told_apart(value) == "":
        sheet.write_blank(row, column, None, found)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, found)
    elif isinstance(value, datetime):
        code = look.get("num_format", "yyyy-mm-dd hh:mm")
        moment = value.replace(tzinfo=None)
        sheet.write_datetime(row, column, moment, book.look(**{**look, "num_format": code}))
    elif isinstance(value, timedelta):
        days = value.total_seconds() / 86400
        code = look.get("num_format", "[h]:mm:ss")
        sheet.write_number(row, column, days, book.look(**{**look, "num_format": code}))
    elif (isinstance(value, int | float) and abs(value) <= 2**53) or _finite(value):
        sheet.write_number(row, column, value, found)
    else:
        sheet.write_string(row, column, str(value)[:LONGEST], found)


def _finite(value: Any) -> bool:
    return isinstance(value, float) and math.isfinite(value)


def thinned(count: int) -> int:
    """Return every how manieth of so many points a chart shows."""
    return max(1, math.ceil(count / MOST_POINTS))


def axis(low: float, high: float) -> dict[str, Any]:
    """Return the ends of an axis around these numbers, and its step, all round numbers."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return {}
    if low == high:
        low, high = low - (abs(low) * 0.1 or 1), high + (abs(high) * 0.1 or 1)
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    bottom = math.floor(low / step + 1e-9) * step
    top = math.ceil(high / step - 1e-9) * step
    return {"min": _clean(bottom), "max": _clean(top), "major_unit": _clean(step)}


def _clean(value: float) -> float:
    """Return a number without the noise of its last digits."""
    return float(f"{value:.10g}")


def within(found: dict[str, Any], values: Any, code: str) -> dict[str, Any]:
    """Return the ends of an axis of shares, which go no further than 100 %."""
    if "%" in code and float(values.max()) <= 1.0 < found.get("max", 0.0):
        return {**found, "max": 1.0}
    return found


def axis_code(code: str, step: float) -> str:
    """Return a number format for an axis: as many digits as its steps need."""
    if "%" in code:
        digits = max(0, -math.floor(math.log10(step * 100) + 1e-9)) if step else 0
        return f"0{'.' + '0' * min(digits, 4) if digits else ''}%"
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step else 0
    if digits > 5:
        return "0.0E+00"
    return f"0{'.' + '0' * digits}" if digits else "#,##0"


def styled(chart: Any, title: str, *, legend: bool = False, size: tuple[int, int]) -> None:
    """Give a chart the look of all: a title at the left, pale lines, no frame."""
    chart.set_title({
        "name": title, "overlay": False, "layout": {"x": 0.02, "y": 0.02},
        "name_font": {"size": 11, "bold": True, "color": INK},
    })  # fmt: skip
    chart.set_size({"width": size[0], "height": size[1]})
    chart.set_chartarea({"border": {"color": LINE}, "fill": {"color": "#FFFFFF"}})
    chart.set_plotarea({"fill": {"none": True}})
    if legend:
        chart.set_legend({"position": "bottom", "font": {"size": 9, "color": INK}})
    else:
        chart.set_legend({"none": True})
    # The data stand on a page that nobody needs to see.
    chart.show_hidden_data()
    chart.show_blanks_as("gap")


def axis_look(name: str, *, grid: bool = True, **more: Any) -> dict[str, Any]:
    """Return an axis' options."""
    return {
        "name": name,
        "name_font": {"size": 9, "bold": False, "color": PALE},
        "num_font": {"size": 9, "color": INK},
        "line": {"color": LINE},
        "major_gridlines": {"visible": grid, "line": {"color": "#E2E8F0", "width": 0.75}},
        "major_tick_mark": "none",
        "minor_tick_mark": "none",
        "label_position": "low",
        **more,
    }


def height(cells: Iterable[tuple[str, float]]) -> float:
    """Return the height of a row that holds these texts, wrapped in columns of these widths."""
    # Programs differ in whether they stretch rows by themselves; a cut text is worse than a gap.
    lines = max((math.ceil(len(text) / width) for text, width in cells), default=1)
    return 15.0 * min(max(1, lines), 12) + 1


def column_values(values: Iterable[Any]) -> Sequence[Any]:
    """Return pandas' values as Python's own; what is missing is None."""
    found: list[Any] = []
    for value in values:
        if told_apart(value) == "":
            found.append(None)
        elif hasattr(value, "to_pydatetime"):
            found.append(value.to_pydatetime())
        elif hasattr(value, "to_pytimedelta"):
            found.append(value.to_pytimedelta())
        else:
            found.append(value.item() if hasattr(value, "item") else value)
    return found
