"""A workbook dressed again: what it looks like now, and a `Redress` carried out in its package.

Knows what the flow wants and what `xlsx` can do; makes no decision about either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetlog import redressing
from sheetlog.dress import dress_column
from sheetlog.sinks import excel_header
from sheetlog.sinks.excel_write import samples
from sheetlog.tabs import ColumnLook, Looks, Redress
from sheetlog.xlsx import beside, besidenames, restyling
from sheetlog.xlsx.styles import Styles
from sheetlog.xlsx.workbook import Workbook

if TYPE_CHECKING:
    from sheetlog.plan import Plan
    from sheetlog.sinks.excel_open import Opened
    from sheetlog.xlsx.package import Package


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
    seen = restyling.looked(package.xml(part), part, Styles(package), columns, header=row)
    tabs = beside.known(package, found.book)
    return Looks(
        title=sheet.sheet.title,
        columns=seen,
        tabs={name: look for name, (_, look) in tabs.items()},
        memory=memory(found.book, sheet.sheet.index),
        version=package.identity,
    )


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
