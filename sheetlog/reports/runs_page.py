"""The report's page of all runs: the whole table, with filters, notes of people and links."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sheetlog import dress
from sheetlog.record import Link
from sheetlog.reports import findings
from sheetlog.reports.book import LINE, LONGEST, Book, column_values, put

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

HEADER = 3
_PRINTED = 230.0
"""Characters that a printed page takes side by side."""
_MOST_LINKS = 65_000
"""A worksheet of Excel's takes 65,530."""


def write(book: Book) -> None:
    """Write the page."""
    content, sheet = book.content, book.sheets["runs"]
    names, telling = content.ordered()
    count = len(content.frame)
    book.heading(
        sheet, content.say("runs"), content.say("all_runs", count=f"{count:,}"), columns=telling
    )
    last = HEADER + max(1, count)
    width = 0.0
    for column, name in enumerate(names):
        found = _column(book, sheet, column, name)
        width += found if column < telling else 0.0
        book.runs[name] = [sheet.get_name(), HEADER + 1, column, last, column]
    if names:
        sheet.autofilter(HEADER, 0, last, len(names) - 1)
        sheet.print_area(0, 0, last, max(0, telling - 1))
    sheet.freeze_panes(HEADER + 1, 1)
    book.setup(sheet)
    # More on one page could not be read any more.
    sheet.fit_to_pages(max(1, math.ceil(width / _PRINTED)), 0)
    sheet.repeat_rows(HEADER)
    sheet.repeat_columns(0)


def _column(book: Book, sheet: Worksheet, column: int, name: str) -> float:
    """Write a column, title in its group's colour, values in its format; return its width."""
    content = book.content
    held = column_values(content.frame[name])
    sample = next((value for value in held if value is not None), None)
    title = content.name(name)
    described = findings.column_of(name, content.template)
    key = name if "." in name else f"people.{name}"
    worn = dress.dress_column(described, key, title, sample=sample)
    head = worn.header
    numeric = isinstance(sample, int | float) and not isinstance(sample, bool)
    align = worn.align or ("right" if numeric else "left")
    sheet.write_string(
        HEADER, column, title,
        book.look(bold=True, bg_color=f"#{head.fill}", font_color=f"#{head.ink}", text_wrap=True,
                  border=1, border_color=LINE, align=align, indent=int(align == "left")),
    )  # fmt: skip
    if column == 0:
        sheet.set_row(HEADER, 32)
    look: dict[str, Any] = {"bottom": 1, "bottom_color": "#E2E8F0", "valign": "top"}
    if worn.number_format != "General" and not isinstance(sample, str):
        look["num_format"] = worn.number_format
    if worn.wrap or name.startswith("run.changed") or "." not in name:
        look["text_wrap"] = True
    look["align"] = align
    if align == "left":
        look["indent"] = 1
    longest = max((len(str(value)) for value in held[:500] if isinstance(value, str)), default=0)
    width = 10 if numeric or not longest else max(9, min(longest + 3, 40))
    width = max(width, 17 if worn.kind == "datetime" else 0)
    width = max(width, min(len(title) + 3, 18))
    sheet.set_column(column, column, width)
    found = book.look(**look)
    links = content.links.get(name, {})
    for at, value in enumerate(held):
        row = HEADER + 1 + at
        if type(value) is float or type(value) is int:
            if abs(value) <= 2**53:
                sheet.write_number(row, column, value, found)
            else:
                put(book, sheet, row, column, value, **look)
        elif type(value) is str and at not in links:
            sheet.write_string(row, column, value[:LONGEST], found)
        elif at in links and at < _MOST_LINKS:
            _link(book, sheet, (row, column), Link(text=str(value), url=links[at]), look)
        else:
            put(book, sheet, row, column, value, **look)
    return float(width)


def _link(
    book: Book, sheet: Worksheet, place: tuple[int, int], link: Link, look: dict[str, Any]
) -> None:
    shown = {**look, "font_color": "#0369A1", "underline": 1}
    if len(link.url) > 2000 or len(link.text) > 255:
        put(book, sheet, *place, link.text, **look)
    else:
        sheet.write_url(*place, link.url, book.look(**shown), link.text)
