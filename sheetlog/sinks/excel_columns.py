"""Columns and tabs made for a plan, dressed by the template.

Knows what the flow wants and what `xlsx` can do; makes no decision about either.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sheetlog import dress
from sheetlog.cells import Cell
from sheetlog.errors import RefusedError, StaleError
from sheetlog.formulas import TICKS
from sheetlog.plan import Added, Plan
from sheetlog.sinks import excel_dress
from sheetlog.sinks.excel_header import marks_of
from sheetlog.sinks.excel_write import Where, mark, samples, write
from sheetlog.template import Template
from sheetlog.xlsx import marks, references, writing
from sheetlog.xlsx.columns import CannotShift, NewColumn, insert_columns, place_behind
from sheetlog.xlsx.package import Package
from sheetlog.xlsx.styles import Styles
from sheetlog.xlsx.tab import add_tab, new_workbook
from sheetlog.xlsx.trouble import meaning
from sheetlog.xlsx.workbook import Workbook
from sheetlog.xlsx.worksheet import Region, Worksheet


def make(path: str, plan: Plan, template: Template, title: str) -> Where:
    """Make a workbook that holds the plan's rows.

    Raises:
        StaleError: there is one by now.
    """
    with _made_beside(path) as new:
        new_workbook(new)
        with Package.open(new) as package:
            if path.lower().endswith(".xlsm"):
                # Excel opens no file of this name that says it has no macros.
                types = package.xml(_TYPES)
                package.replace(_TYPES, types.replace(_WITHOUT_MACROS, _WITH_MACROS))
            where = in_new_tab(package, plan, template, title)
            if template.overview:
                from sheetlog.sinks import excel_tabs

                excel_tabs.put(package, plan, template)
            package.save()
    return where


_TYPES = "[Content_Types].xml"
_WITHOUT_MACROS = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_WITH_MACROS = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def in_new_tab(package: Package, plan: Plan, template: Template, title: str) -> Where:
    """Make a tab in an open package, with the plan's columns and rows; the package isn't saved."""
    columns = _dressed(package, plan, header=True)
    order = [column.key for column in plan.columns()]
    both = zip(plan.added, columns, strict=True)
    in_order = sorted(both, key=lambda pair: order.index(pair[0].key))
    columns = [replace(column, place=place) for place, (_, column) in enumerate(in_order)]
    part = add_tab(package, title, columns, freeze_columns=template.freeze_columns)
    places = {added.key: place for place, (added, _) in enumerate(in_order)}
    excel_dress.remember(package, part, plan)
    sheet, region = _anew(package, part, places, 1, made_as=title)
    return write(sheet, region, plan, template, places)


def inserted(
    sheet: Worksheet, region: Region, plan: Plan
) -> tuple[Worksheet, Region, dict[str, int]]:
    """Insert the plan's columns; return the tab as it is then, and the columns by key."""
    package, part = sheet.package, sheet.sheet.part
    header = region.header or 1
    table = region.table.part if region.table is not None else None
    # A tab of ours keeps the colours of its groups; a person's own takes the neighbour's look.
    book, index = sheet.book, sheet.sheet.index
    ours = any(name.tab == index and name.name == marks.TAB for name in book.names)
    columns = _dressed(package, plan, header=ours)
    known = {column.key: column.place for column in plan.base.columns if column.key is not None}
    known |= {each.key: each.place for each in plan.marks}
    planned = {column.key: column.place for column in plan.columns() if column.key is not None}
    for places, wanted in _ways(sheet, plan, columns, known, planned):
        try:
            insert_columns(package, part, wanted, header_row=header, table=table)
        except CannotShift as error:
            reason = error
        else:
            new = {added.key: places[added.key] for added in plan.added}
            excel_dress.remember(package, part, plan)
            return *_anew(package, part, new, header), places
    raise RefusedError(
        f"no columns can be added to the tab '{sheet.sheet.title}': {reason}; name another tab"
    ) from reason


def _ways(
    sheet: Worksheet,
    plan: Plan,
    columns: Sequence[NewColumn],
    known: Mapping[str, int],
    planned: dict[str, int],
) -> Iterator[tuple[dict[str, int], list[NewColumn]]]:
    """Yield where columns may stand, by key: where the plan wants them, else behind all else."""
    if plan.base.columns:
        yield planned, list(columns)
    behind = place_behind(sheet.package, sheet.sheet.part)
    for element in sheet.frame.each("mergeCell"):
        area = references.area(element.value("ref") or "")
        if area is not None and area.right < references.MAX_COLUMNS - 1:
            behind = max(behind, area.right + 1)
    # Behind all that is there nothing has to move. A table there may be one that takes in no more.
    for first in (behind, behind + 1):
        wanted = [replace(column, place=at) for at, column in enumerate(columns, first)]
        added = {each.key: at for at, each in enumerate(plan.added, first)}
        yield {**known, **added}, wanted


def _anew(
    package: Package,
    part: str,
    marked: Mapping[str, int],
    header: int,
    *,
    made_as: str | None = None,
) -> tuple[Worksheet, Region]:
    """Mark columns, and return a tab that has changed as it is now."""
    book = Workbook(package)
    tab = next(each for each in book.sheets if each.part == part)
    mark(book, tab, marked, header, made_as=made_as)
    sheet = Worksheet(package, book, tab)
    found = marks_of(book, tab)
    return sheet, sheet.region(found.row, found.columns)


def _dressed(package: Package, plan: Plan, *, header: bool) -> list[NewColumn]:
    styles = Styles(package)
    values = samples(plan)
    columns = [
        _column(each, styles, values.get(each.column.delta or each.key), header=header)
        for each in plan.added
    ]
    styles.save()
    return columns


def _column(added: Added, styles: Styles, sample: Cell, *, header: bool) -> NewColumn:
    """Return a column as `xlsx` makes it.

    Args:
        sample: the first value that it gets.
        header: whether its header cell gets its group's colour; else that of its neighbour.
    """
    look = dress.dress_column(added.column, added.key, added.title, sample=sample)
    xf = styles.xf_like(
        0,
        number_format=None if look.number_format == "General" else look.number_format,
        hyperlink=True if look.kind == "link" else None,
        wrap=True if look.wrap else None,
        horizontal=look.align,
        vertical="top",
    )
    header_xf = None
    if header:
        header_xf = styles.xf_like(
            0,
            bold=True if look.header.bold else None,
            font_color=look.header.ink,
            fill=look.header.fill,
            wrap=True,
            # At the right end stands the filter's button, over a title that goes so far.
            horizontal="center" if look.align == "center" else "left",
            vertical="center",
        )
    return NewColumn(
        place=added.place,
        title=added.title,
        header_xf=header_xf,
        xf=xf,
        width=look.width,
        hidden=look.hidden,
        note=look.note,
        choices=tuple(choice.word for choice in look.choices) or _boxes(added, look),
        looks=tuple(choice.style for choice in look.choices),
        goal=look.goal,
        signs=look.signs,
    )


def _boxes(added: Added, look: dress.ColumnDress) -> tuple[str, ...]:
    """Return what people pick from to tick: real boxes are of the newest Excel alone."""
    theirs = added.column.owner == "people"
    return TICKS if theirs and look.kind == "checkbox" else ()


@contextmanager
def _made_beside(path: str) -> Iterator[str]:
    """Give the path of a new file in the same folder; afterwards it gets the name, or goes.

    Raises:
        StaleError: there is a file of this name by now.
    """
    folder, name = os.path.split(os.path.realpath(path))
    new = os.path.join(folder, f".~{name[:40]}.{os.urandom(8).hex()}.tmp")
    try:
        yield new
        _name(new, os.path.join(folder, name))
    except OSError as error:
        raise meaning(error, path) from error
    finally:
        writing.remove(new)
    writing.settle(os.path.join(folder, name))


def _name(new: str, path: str) -> None:
    """Give a new file its name, unless another has it."""
    try:
        # Unlike a rename, a link takes nobody's place.
        os.link(new, path)
    except FileExistsError:
        raise StaleError(f"'{path}' has been made meanwhile") from None
    except OSError:
        if os.path.lexists(path):
            raise StaleError(f"'{path}' has been made meanwhile") from None
        os.rename(new, path)
