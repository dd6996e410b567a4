"""The report's first page: the answer, the numbers behind it, and how they came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheetlog.reports import findings
from sheetlog.reports.book import (
    BEST,
    GREY,
    LINE,
    PALE,
    TEAL,
    Book,
    across,
    axis,
    axis_code,
    axis_look,
    column_values,
    put,
    styled,
    thinned,
)  # fmt: skip
from sheetlog.reports.content import label, plain, shown
from sheetlog.reports.findings import Aim

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter.worksheet import Worksheet

_LAST = 11
"""The last of the page's columns."""
_PANEL = "#F1F5F9"
_CHART = (548, 330)
_TEXTS = (0, 7, 9, 10)
"""Columns in which tables of this page have texts."""
_CHART_ROW, _BELOW, _MOST = 8, 26, 9


def write(book: Book) -> None:
    """Write the page."""
    content, sheet = book.content, book.sheets["summary"]
    sheet.set_column(0, _LAST, 10.7)
    for column, width in enumerate((14, 6, 17, 17, 9), 7):
        sheet.set_column(column, column, width)
    say, where = content.say, content.where
    under = content.wanted.question or say(
        "stamp", source=content.source, when=f"{content.when:%Y-%m-%d %H:%M}",
        count=f"{len(content.frame):,}", where=say("where", where=where) if where else "",
    )  # fmt: skip
    book.heading(sheet, content.title, under, columns=_LAST + 1)
    _cards(book, sheet)
    if content.aim is None:
        across(book, sheet, 6, (0, _LAST), say("no_aim"), text_wrap=True)
    else:
        ranked = findings.ranked(content.frame, content.aim)
        sheet.set_row(6, 36)
        across(book, sheet, 6, (0, _LAST), _sentence(book, ranked, content.aim),
               text_wrap=True, font_size=12, valign="vcenter")  # fmt: skip
        _course(book, sheet, content.aim)
        _differently(book, sheet, ranked)
        last = _influence(book, sheet, content.aim)
        if content.wanted.question:
            stamp = say(
                "stamp", source=content.source, when=f"{content.when:%Y-%m-%d %H:%M}",
                count=f"{len(content.frame):,}",
                where=say("where", where=where) if where else "",
            )  # fmt: skip
            across(book, sheet, last + 1, (0, _LAST), stamp, font_color=PALE, font_size=9)
    book.setup(sheet, high=1)


def _cards(book: Book, sheet: Worksheet) -> None:
    """Write the numbers that everybody asks for first, calculated from the page of runs."""
    content, say = book.content, book.content.say
    frame = content.frame
    cards: list[tuple[str, Any, str, str]] = [(say("runs"), len(frame), "#,##0", "ROWS")]
    if content.aim is not None:
        values = findings.numbers(frame[content.aim.metric])
        code = content.code(content.aim.metric)
        best = values.max() if content.aim.rising else values.min()
        name = "MAX" if content.aim.rising else "MIN"
        cards.append((say("best", metric=content.metric), float(best), code, name))
        cards.append(
            (say("median", metric=content.metric), float(values.median()), code, "MEDIAN")
        )
    cards.append((say("period"), _period(frame), "@", ""))
    sheet.set_row(3, 18)
    sheet.set_row(4, 34)
    column = content.aim.metric if content.aim is not None else None
    for at, (name, value, code, function) in enumerate(cards):
        left, right = 3 * at, 3 * at + 2
        across(book, sheet, 3, (left, right), name, font_color=PALE, font_size=10,
               bg_color=_PANEL, indent=1, shrink=True)  # fmt: skip
        size = 13 if isinstance(value, str) else 20
        look = {"bold": True, "font_size": size, "shrink": True,
                "font_color": TEAL, "bg_color": _PANEL, "align": "left", "indent": 1}  # fmt: skip
        across(book, sheet, 4, (left, right), value, num_format=code, **look)
        source = book.runs.get(column or "") or next(iter(book.runs.values()), None)
        held_as_days = column is not None and frame[column].dtype.kind == "m"
        if function and source is not None and len(frame) and not held_as_days:
            from xlsxwriter.utility import xl_range_abs

            cells = xl_range_abs(*source[1:])
            page = source[0].replace("'", "''")
            sheet.write_formula(
                4,
                left,
                f"={function}('{page}'!{cells})",
                book.look(num_format=code, **look),
                value,
            )


def _period(frame: pd.DataFrame) -> str:
    if "run.started" not in frame.columns or not frame["run.started"].notna().any():
        return "–"
    first, last = frame["run.started"].min(), frame["run.started"].max()
    days = dict.fromkeys((f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"))
    return " – ".join(days)


def _sentence(book: Book, ranked: pd.DataFrame, aim: Aim) -> str:
    content, say = book.content, book.content.say
    code, values = content.code(aim.metric), findings.numbers(ranked[aim.metric])
    names = [str(name) for name in ranked.get("run.name", ranked.index)]
    parts = []
    if names:
        first = shown(values.iloc[0], code)
        parts.append(
            say("best_run", run=names[0], metric=content.metric, value=first, better=say(aim.goal))
        )
    if len(names) > 1:
        parts.append(say("second", run=names[1], value=shown(values.iloc[1], code)))
    groups = findings.groups(content.frame, aim, content.by)
    if len(groups) and int(groups["n"].iloc[0]) > 1:
        lead = groups.iloc[0]
        mean, sd = (shown(float(lead[name]), code) for name in ("mean", "sd"))
        group = label(content, lead, content.by)
        parts.append(say("best_group", group=group, mean=mean, sd=sd, n=int(lead["n"])))
    missing = len(content.frame) - len(ranked)
    if missing:
        parts.append(say("not_counted", n=missing, all=len(content.frame)))
    return " ".join(parts)


def _course(book: Book, sheet: Worksheet, aim: Aim) -> None:
    """Draw each run's value and the best so far."""
    content, say = book.content, book.content.say
    course = findings.over_time(content.frame, aim)
    step = thinned(len(course))
    course = course.iloc[::step]
    if course.empty:
        return
    times = column_values(course["started"])
    x = book.plot(say("started"), times)
    y = book.plot(content.metric, course["value"])
    best = book.plot(say("best_so_far"), course["best"])
    chart = book.book.add_chart({"type": "scatter", "subtype": "straight"})
    title = say("over_time", metric=content.metric)
    title += f" ({say('thinned', n=step)})" if step > 1 else ""
    styled(chart, title, legend=True, size=_CHART)
    chart.add_series({
        "name": say("each_run"), "categories": x, "values": y, "line": {"none": True},
        "marker": {"type": "circle", "size": 5, "fill": {"color": GREY}, "border": {"none": True}},
    })  # fmt: skip
    chart.add_series({
        "name": say("best_so_far"), "categories": x, "values": best, "marker": {"type": "none"},
        "line": {"color": TEAL, "width": 2.25},
    })  # fmt: skip
    found = axis(float(course["value"].min()), float(course["value"].max()))
    code = axis_code(content.code(aim.metric), found.get("major_unit", 0))
    chart.set_y_axis(axis_look("", num_format=code, **found))
    chart.set_x_axis(axis_look(say("started"), grid=False, **_time_axis(times)))
    sheet.insert_chart(_CHART_ROW, 0, chart, {"object_position": 2})


def _time_axis(times: Any) -> dict[str, Any]:
    """Return the ends and the format of an axis of times, or nothing where runs have none."""
    if not hasattr(times[0], "year"):
        return {}
    from sheetlog.xlsx.values import serial

    first = serial(min(times), date1904=False) or 0.0
    last = serial(max(times), date1904=False) or 0.0
    span = max(last - first, 1 / 86400)
    code = "yyyy-mm-dd" if span > 3 else "mm-dd hh:mm" if span > 0.5 else "hh:mm"
    code = "hh:mm:ss" if span < 10 / 1440 else code
    return {"min": first - span * 0.02, "max": last + span * 0.02, "num_format": code,
            "major_unit": span / 4}  # fmt: skip


def _table_head(book: Book, sheet: Worksheet, row: int, cells: list[tuple[int, int, str]]) -> None:
    for left, right, text in cells:
        align = "left" if left in _TEXTS else "right"
        across(book, sheet, row, (left, right), text, bold=True, font_size=9, font_color=PALE,
               bottom=1, bottom_color=LINE, text_wrap=True, align=align)  # fmt: skip


def _differently(book: Book, sheet: Worksheet, ranked: pd.DataFrame) -> None:
    """Write the settings in which the best run stands apart."""
    content, say = book.content, book.content.say
    row = _CHART_ROW
    across(book, sheet, row, (7, _LAST), say("differently"), bold=True, font_size=12)
    table = findings.differently(ranked, 0) if len(ranked) else None
    if table is None or table.empty:
        across(book, sheet, row + 1, (7, _LAST), say("nothing_else"), font_color=PALE)
        return
    _table_head(book, sheet, row + 1, [
        (7, 8, say("setting")), (9, 9, say("the_best")), (10, 10, say("the_others")),
        (11, 11, say("shared_by")),
    ])  # fmt: skip
    sheet.set_row(row + 1, 26)
    for at, (name, found) in enumerate(table.head(14).iterrows(), row + 2):
        line = {"bottom": 1, "bottom_color": "#E2E8F0", "font_size": 10, "align": "left"}
        across(book, sheet, at, (7, 8), content.name(str(name)), **line)
        best = plain(found["best"]) or say("not_set")
        put(book, sheet, at, 9, best, **line, bold=True, shrink=True,
            bg_color=BEST[0])  # fmt: skip
        put(book, sheet, at, 10, plain(found["usual"]) or say("not_set"), **line, shrink=True)
        share = say("of", n=int(found["same"]), all=int(found["n"]))
        put(book, sheet, at, 11, share, **{**line, "align": "right"})


def _influence(book: Book, sheet: Worksheet, aim: Aim) -> int:
    """Write which settings went along with the metric; return the last row."""
    content, say = book.content, book.content.say
    row = _BELOW
    across(book, sheet, row, (0, _LAST), say("influence", metric=content.metric), bold=True,
           font_size=12)  # fmt: skip
    table = book.influence(aim)
    said = table[table["correlation"].notna() | table["importance"].notna()]
    if said.empty:
        n = int(findings.numbers(content.frame[aim.metric]).notna().sum())
        across(book, sheet, row + 1, (0, _LAST), say("too_few", n=n), font_color=PALE)
        return row + 2
    _table_head(book, sheet, row + 1, [
        (0, 2, say("setting")), (3, 3, say("correlation")), (4, 4, say("n")),
        (5, 5, say("importance")), (6, 6, say("n")),
    ])  # fmt: skip
    forest = said["importance"].notna().any()
    line = {"bottom": 1, "bottom_color": "#E2E8F0", "font_size": 10}
    end = row + 2
    for end, (name, found) in enumerate(said.head(_MOST).iterrows(), row + 2):
        across(book, sheet, end, (0, 2), content.name(str(name)), **line, align="left")
        put(book, sheet, end, 3, found["correlation"], **line, num_format="+0.00;-0.00;0.00")
        put(book, sheet, end, 4, int(found["n"]), **line)
        put(book, sheet, end, 5, found["importance"] if forest else None, **line,
            num_format="0.000")  # fmt: skip
        put(book, sheet, end, 6, int(found["runs"]) if forest else None, **line)
    shown_here = range(row + 2, end + 1)
    sheet.conditional_format(shown_here[0], 3, end, 3, _TO_AND_FRO)
    if forest:
        sheet.conditional_format(shown_here[0], 5, end, 5, _UP)
    end = max(end, row + 7)
    sheet.merge_range(row + 2, 7, end, _LAST, say("influence_note"), book.look(
        text_wrap=True, valign="top", font_color=PALE, font_size=9, indent=1,
    ))  # fmt: skip
    return end


_TO_AND_FRO = {
    "type": "3_color_scale", "min_type": "num", "mid_type": "num", "max_type": "num",
    "min_value": -1, "mid_value": 0, "max_value": 1,
    "min_color": "#FCECC8", "mid_color": "#FFFFFF", "max_color": "#99D5CF",
}  # fmt: skip
_UP = {"type": "data_bar", "bar_color": "#C7D2FE"}
