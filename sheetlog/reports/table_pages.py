"""The report's pages that are tables: ranks by group, runs side by side, what columns mean."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sheetlog.record import section
from sheetlog.reports import findings
from sheetlog.reports.book import (
    BEST,
    LINE,
    MARKED,
    PALE,
    TEAL,
    Book,
    across,
    axis,
    axis_code,
    axis_look,
    column_values,
    height,
    put,
    styled,
    within,
)  # fmt: skip
from sheetlog.reports.content import Content, label, plain
from sheetlog.reports.findings import told_apart

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter.worksheet import Worksheet

_MOST_GROUPS, _MOST_BARS, _MOST_COLUMNS = 25, 15, 4
_HEAD = 3
_ROW = {"bottom": 1, "bottom_color": "#E2E8F0", "valign": "top"}


def _head(
    book: Book, sheet: Worksheet, cells: list[tuple[str, float]], right: Collection[int] = ()
) -> None:
    sheet.set_row(_HEAD, 32)
    for column, (text, width) in enumerate(cells):
        sheet.set_column(column, column, width)
        align: dict[str, Any] = {"align": "right"} if column in right else {"indent": 1}
        put(book, sheet, _HEAD, column, text, bold=True, bg_color="#E2E8F0", text_wrap=True,
            border=1, border_color=LINE, **align)  # fmt: skip


def leaderboard(book: Book) -> None:
    """Write groups of runs by their mean, and draw them."""
    content, sheet, say = book.content, book.sheets["leaderboard"], book.content.say
    aim = content.aim
    assert aim is not None
    table = findings.groups(content.frame, aim, content.by)
    split = len(content.by) <= _MOST_COLUMNS
    names = [content.name(name) for name in content.by] if split else [say("configuration")]
    sizes = [
        (name, max(12.0, min(34.0, _longest(table, column, name))))
        for column, name in zip(content.by, names, strict=False)
    ]
    if not split:
        sizes = [(names[0], 52.0)]
    numbers = [say("mean"), say("sd"), say("n"), say("top_value")]
    heads = [(say("rank"), 7.0), *sizes, *((n, 12.0) for n in numbers), (say("top_run"), 28.0)]
    book.heading(
        sheet, say("leaderboard"),
        say("groups", metric=content.metric, better=say(aim.goal)), columns=len(heads),
    )  # fmt: skip
    _head(book, sheet, heads, range(len(sizes) + 1, len(sizes) + 5))
    code = content.code(aim.metric)
    called = _names_of_runs(content)
    row = _HEAD
    for row, (rank, found) in enumerate(table.head(_MOST_GROUPS).iterrows(), _HEAD + 1):
        put(book, sheet, row, 0, rank, **_ROW, align="center", bold=rank == 1)
        texts = column_values(found[name] for name in content.by)
        for column, value in enumerate(texts if split else [label(content, found, content.by)], 1):
            put(book, sheet, row, column, value, **_ROW, align="left", text_wrap=True, indent=1)
        texts = texts if split else [label(content, found, content.by)]
        sheet.set_row(
            row, height((plain(t), s - 2) for t, (_, s) in zip(texts, sizes, strict=True))
        )
        after = len(sizes) + 1
        best = {"bg_color": BEST[0], "bold": True} if rank == 1 else {}
        put(book, sheet, row, after, found["mean"], **_ROW, num_format=code, **best)
        put(book, sheet, row, after + 1, found["sd"], **_ROW, num_format=code)
        put(book, sheet, row, after + 2, int(found["n"]), **_ROW)
        put(book, sheet, row, after + 3, found["best"], **_ROW, num_format=code)
        put(book, sheet, row, after + 4, called.get(found["best run"], ""), **_ROW, align="left",
            indent=1)  # fmt: skip
    note = say("groups_note")
    if len(table) > _MOST_GROUPS:
        note = f"{say('more_groups', n=len(table) - _MOST_GROUPS)}. {note}"
    across(book, sheet, row + 1, (0, len(heads) - 1), note, font_color=PALE, font_size=9)
    if len(table):
        _bars(book, sheet, table, row + 3, code)
        # Pixels; a wider table is printed smaller, so that more of it goes below one another.
        room = 600 * max(1.0, 7 * sum(width for _, width in heads) / 1000)
        if 20 * row + _chart_height(len(table)) > room:
            sheet.set_h_pagebreaks([row + 2])
    book.setup(sheet)


def _longest(table: pd.DataFrame, column: str, title: str) -> float:
    """Return a width that holds a column's texts."""
    return max(len(title), *(len(plain(value)) for value in table[column].head(50))) + 4.0


def _bars(book: Book, sheet: Worksheet, table: pd.DataFrame, row: int, code: str) -> None:
    """Draw the groups' means, the best on top, with their standard deviations."""
    content, say = book.content, book.content.say
    shown = table.head(_MOST_BARS)
    labels = [
        f"{label(content, found, content.by)[:60]} (n={found['n']})"
        for _, found in shown.iterrows()
    ]
    names = book.plot(say("configuration"), labels)
    means = book.plot(say("mean"), shown["mean"])
    spread = book.plot(say("sd"), shown["sd"].fillna(0.0))
    chart = book.book.add_chart({"type": "bar"})
    styled(chart, say("mean_chart", metric=content.metric), size=(960, _chart_height(len(shown))))
    error = _absolute(spread)
    chart.add_series({
        "categories": names, "values": means, "fill": {"color": TEAL}, "gap": 45,
        "y_error_bars": {"type": "custom", "plus_values": error, "minus_values": error,
                         "line": {"color": "#1E293B"}},
    })  # fmt: skip
    spreads = shown["sd"].fillna(0.0)
    ends = float((shown["mean"] - spreads).min()), float((shown["mean"] + spreads).max())
    found = within(axis(*ends), shown["mean"], code)
    chart.set_y_axis(axis_look("", grid=False, reverse=True))
    digits = axis_code(code, found.get("major_unit", 0))
    chart.set_x_axis(
        axis_look("", num_format=digits, **found, crossing="min", label_position="high")
    )
    sheet.insert_chart(row, 0, chart, {"object_position": 2, "x_offset": 4})


def _chart_height(groups: int) -> int:
    return 130 + 26 * min(groups, _MOST_BARS)


def _absolute(where: list[Any]) -> str:
    from xlsxwriter.utility import xl_range_abs

    page = where[0].replace("'", "''")
    return f"='{page}'!{xl_range_abs(*where[1:])}"


def _names_of_runs(content: Content) -> dict[Any, str]:
    frame = content.frame
    names = frame["run.name"] if "run.name" in frame.columns else frame.index
    return dict(zip(frame.index, (plain(name) for name in names), strict=True))


def top_runs(content: Content) -> pd.DataFrame:
    """Return the runs that stand side by side: the best ones, else the last ones."""
    if content.aim is None:
        return content.frame.iloc[::-1].head(content.wanted.top)
    return findings.ranked(content.frame, content.aim).head(content.wanted.top)


def compare(book: Book) -> None:
    """Write the top runs side by side."""
    from sheetlog.reports.comparison import labels_of

    content, sheet, say = book.content, book.sheets["compare"], book.content.say
    runs = top_runs(content)
    labels = labels_of(runs)
    width = max(14.0, min(26.0, 100.0 / max(1, len(labels))))
    book.heading(sheet, say("compare"), say("beside", n=len(runs)), columns=len(labels) + 1)
    _head(book, sheet, [("", 30.0), *((name, width) for name in labels)], range(1, 20))
    row, alike = _HEAD + 1, []
    for part in ("metrics", "params", "people"):
        names = [name for name in runs.columns if _part(str(name)) == part]
        written = [str(name) for name in names if runs[name].notna().any()]
        if not written:
            continue
        across(book, sheet, row, (0, len(labels)), say(part), bold=True, font_color=TEAL,
               bottom=1, bottom_color=LINE)  # fmt: skip
        row += 1
        for name in written:
            same = len({told_apart(value) for value in runs[name]}) == 1
            if same and part == "params" and len(runs) > 1:
                alike.append(f"{content.name(name)} {plain(runs[name].iloc[0])}")
                continue
            _line(book, sheet, row, runs, name, width=width)
            row += 1
    if alike:
        text = say("same_in_all", names=", ".join(alike))
        sheet.set_row(row + 1, 15.0 * (1 + len(text) // 110))
        across(book, sheet, row + 1, (0, len(labels)), text, font_color=PALE, font_size=9,
               text_wrap=True, valign="top")  # fmt: skip
    book.setup(sheet)
    sheet.repeat_rows(_HEAD)
    sheet.freeze_panes(_HEAD + 1, 1)


def _part(name: str) -> str:
    if section(name) in ("metrics", "params"):
        return section(name)
    return "people" if "." not in name else ""


def _line(
    book: Book, sheet: Worksheet, row: int, runs: pd.DataFrame, name: str, *, width: float
) -> None:
    """Write a row: what differs from the first run is marked, and the best number is bold."""
    content = book.content
    put(book, sheet, row, 0, content.name(name), **_ROW, text_wrap=True, indent=1)
    values = column_values(runs[name])
    code = content.code(name)
    goal = findings.goal_of(name, content.template) if "." in name else None
    numbers = findings.numbers(runs[name])
    top = numbers.max() if goal == "max" else numbers.min() if goal == "min" else None
    for column, (value, number) in enumerate(zip(values, numbers, strict=True), 1):
        look: dict[str, Any] = {**_ROW, "text_wrap": isinstance(value, str), "align": "right"}
        if not isinstance(value, str) and code not in ("@", "General"):
            look["num_format"] = code
        if told_apart(value) != told_apart(values[0]):
            look |= {"bg_color": MARKED[0], "font_color": MARKED[1]}
        elif value is None:
            look["font_color"] = PALE
        if top is not None and number == top:
            look |= {"bold": True}
        put(book, sheet, row, column, content.say("not_set") if value is None else value, **look)
    texts = [(plain(value), width) for value in values]
    sheet.set_row(row, height([(content.name(name), 30.0), *texts]))


def dictionary(book: Book) -> None:
    """Write what each column of the page of runs means and holds."""
    content, sheet, say = book.content, book.sheets["dictionary"], book.content.say
    names, _ = content.ordered()
    heads = [(say("column"), 24.0), (say("key"), 28.0), (say("meaning"), 44.0), (say("unit"), 9.0),
             (say("goal"), 9.0), (say("filled"), 12.0), (say("range"), 48.0)]  # fmt: skip
    book.heading(sheet, say("dictionary"), say("what_each", runs=say("runs")), columns=len(heads))
    _head(book, sheet, heads)
    for row, name in enumerate(names, _HEAD + 1):
        column = findings.column_of(name, content.template)
        goal = findings.goal_of(name, content.template) if "." in name else column.goal
        filled = int(content.frame[name].notna().sum())
        meaning = column.note or _meaning(content, name)
        cells = [
            content.name(name), name if "." in name else "", meaning,
            column.unit or "", say(f"is_{goal}") if goal else "",
            say("of", n=f"{filled:,}", all=f"{len(content.frame):,}"), values_of(content, name),
        ]  # fmt: skip
        for at, text in enumerate(cells):
            put(book, sheet, row, at, text or None, **_ROW, text_wrap=True, indent=1)
        widths = [width for _, width in heads]
        sheet.set_row(row, height(zip(cells, widths, strict=True)))
    sheet.freeze_panes(_HEAD + 1, 1)
    book.setup(sheet)
    sheet.repeat_rows(_HEAD)


def _meaning(content: Content, name: str) -> str:
    part = section(name) if "." in name else "people"
    known = {"run", "params", "metrics", "curves", "artifacts", "data", "git", "env", "hardware",
             "notebook", "formula"}  # fmt: skip
    return content.say(f"m_{part}" if part in known else "m_people")


def values_of(content: Content, name: str) -> str:
    """Return what a column holds, in a line: a span of numbers or times, or common words."""
    column, say = content.frame[name], content.say
    held = column.dropna()
    if held.empty or section(name) in ("curves", "artifacts") or name in ("run.id", "run.name"):
        return ""
    if findings.is_numeric(column):
        found = findings.numbers(column).dropna()
        if found.min() == found.max():
            return plain(float(found.iloc[0]))
        ends = (plain(float(value)) for value in (found.min(), found.max(), found.median()))
        return say("to", **dict(zip(("low", "high", "median"), ends, strict=True)))
    if hasattr(held.iloc[0], "strftime"):
        return f"{plain(held.min())} – {plain(held.max())}"
    counts = held.map(plain).value_counts()
    parts = [f"{str(word)[:30]} ({n})" for word, n in counts.head(5).items()]
    if len(counts) > 5:
        parts.append(say("others", n=len(counts) - 5))
    return ", ".join(parts)
