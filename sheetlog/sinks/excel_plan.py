"""A plan carried out in an open workbook: marks, columns, rows, and one save.

Knows what the flow wants; how it is done, its neighbours know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetlog.plan import Plan
from sheetlog.sinks.excel_write import Where, mark, write
from sheetlog.template import Template

if TYPE_CHECKING:
    from sheetlog.sinks.excel_open import Opened


def make(path: str, plan: Plan, template: Template, title: str) -> Where:
    """Make a workbook that holds the plan's rows.

    Raises:
        StaleError: there is one by now.
        BusyError, RefusedError: none was made.
    """
    from sheetlog.sinks import excel_columns

    return excel_columns.make(path, plan, template, title)


def carry_out(opened: Opened, plan: Plan, template: Template, title: str) -> Where:
    """Carry out a plan in a workbook that is there.

    Args:
        opened: as it was read for the plan's header.
        title: of the tab to make, where there is none.

    Raises:
        StaleError, BusyError, RefusedError: nothing was changed.
    """
    sheet, region = opened.sheet, opened.region
    if sheet is None:
        from sheetlog.sinks import excel_columns

        where = excel_columns.in_new_tab(opened.package, plan, template, title)
        opened.package.save()
        return where
    # Whoever has saved the workbook since has put results beside the formulas.
    foreign = not sheet.extendable
    places = {column.key: column.place for column in plan.columns() if column.key is not None}
    if opened.marks.stale:
        # As they are they would stay behind when a column is inserted.
        kept = {key: at for key, (at, row) in opened.marks.places.items() if row == region.header}
        mark(sheet.book, sheet.sheet, kept, region.header)
    if plan.marks:
        put_back = {each.key: each.place for each in plan.marks}
        mark(sheet.book, sheet.sheet, put_back, region.header or 1)
    if plan.added:
        from sheetlog.sinks import excel_columns

        sheet, region, places = excel_columns.inserted(sheet, region, plan)
    where = write(sheet, region, plan, template, places)
    if foreign:
        from sheetlog.xlsx import beside

        beside.forget_results(opened.package)
    opened.package.save()
    return where
