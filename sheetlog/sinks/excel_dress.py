"""A workbook dressed again: what it looks like now, and a `Redress` carried out in its package.

Knows what the flow wants and what `xlsx` can do; makes no decision about either.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

from sheetlog import redressing
from sheetlog.dress import dress_column
from sheetlog.sinks import excel_header
from sheetlog.sinks.excel_write import samples
from sheetlog.tabs import ColumnLook, Looks, Redress
from sheetlog.xlsx import beside, besidenames, restyling
from sheetlog.xlsx.shelves import integer
from sheetlog.xlsx.styles import Styles
from sheetlog.xlsx.tab import structure_protected
from sheetlog.xlsx.workbook import Workbook

_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f(?:\s[^>]*)?>([^<]+)<")

if TYPE_CHECKING:
    from sheetlog.plan import Plan
    from sheetlog.sinks.excel_open import Opened
    from sheetlog.xlsx.package import Package
    from sheetlog.xlsx.worksheet import Worksheet


def looks(found: Opened) -> Looks:
    """Return what an open workbook looks like."""
    sheet, package = found.sheet, found.package
    if sheet is None:
        return Looks(title="", columns=(), version=package.identity)
    header = excel_header.columns(sheet, found.region, found.marks)
    columns = [
        ColumnLook(key=column.key, place=column.place, title=column.title)
        for column in header
        if column.key is not None
    ]
    part, row = sheet.sheet.part, found.region.header or 1
    theirs = [
        ColumnLook(key="", place=column.place, title=column.title)
        for column in header
        if column.key is None and column.title.strip()
    ]
    both = (*columns, *theirs)
    seen = restyling.looked(package.xml(part), part, Styles(package), both, header=row)
    written = _formulas(sheet)
    seen = tuple(replace(column, formula=written.get(column.place)) for column in seen)
    tabs = beside.known(package, found.book, sheet.sheet)
    return Looks(
        title=sheet.sheet.title,
        columns=tuple(column for column in seen if column.key),
        others=tuple(column for column in seen if not column.key),
        frozen=_frozen(sheet),
        tabs={name: look for name, (_, look) in tabs.items()},
        memory=memory(found.book, sheet.sheet.index),
        protected=sheet.protected,
        closed=structure_protected(package),
        version=package.identity,
    )


def _frozen(sheet: Worksheet) -> int:
    """Return how many columns stay in sight."""
    for pane in sheet.frame.each("pane"):
        if (pane.value("state") or "").startswith("frozen"):
            return integer(pane.value("xSplit"))
    return 0


def _formulas(sheet: Worksheet) -> dict[int, tuple[str, int]]:
    """Return the formulas of the last row with the row, by column."""
    rows = sheet.rows
    if not len(rows):
        return {}
    found = {}
    for cell in rows.cells(rows.content(len(rows) - 1)):
        formula = _FORMULA.search(cell.inner)
        if formula is not None:
            found[cell.column] = ("=" + unescape(formula[1].decode()), rows.numbers[-1] - 1)
    return found


def memory(book: Workbook, tab: int) -> str:
    """Return what a tab of runs remembers of its dress."""
    return besidenames.memory_of(
        {name.name: name.text for name in book.names if name.tab == tab and _remembers(name.name)}
    )


def _remembers(name: str) -> bool:
    return name.casefold().startswith(besidenames.MEMORY)


def remember(package: Package, part: str, plan: Plan) -> None:
    """Keep in a tab of runs how the columns were made that a plan has added."""
    first = samples(plan)
    made = [
        (each.key, dress_column(each.column, each.key, each.title, sample=first.get(each.key)))
        for each in plan.added
    ]
    book = Workbook(package)
    tab = next(each.index for each in book.sheets if each.part == part)
    book.add_names(
        besidenames.memory_names(redressing.remembered(made, memory(book, tab))), tab=tab
    )


def dress(found: Opened, change: Redress) -> None:
    """Carry out a change, and save the workbook.

    Raises:
        StaleError, BusyError, RefusedError: nothing was changed.
    """
    sheet, package = found.sheet, found.package
    assert sheet is not None
    part, row = sheet.sheet.part, found.region.header or 1
    columns = {column.key: column for column in change.base.columns}
    if change.columns:
        styles = Styles(package)
        head, rows, tail = restyling.restyled(
            package.xml(part), part, styles, columns, change.columns, header=row
        )
        styles.save()
        package.sheet(part).rewrite(head, [rows], tail, None)
    places = {key: column.place for key, column in columns.items()}
    for tab in change.tabs:
        beside.put(package, tab, runs=sheet.sheet, header=row, places=places)
    book = Workbook(package)
    book.add_names(besidenames.memory_names(change.memory), tab=sheet.sheet.index)
    package.save()
