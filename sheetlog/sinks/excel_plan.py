"""A plan carried out in a package: columns, marks and rows, as one change of the file.

Knows what the flow wants and what `xlsx` can do; makes no decision about either.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from sheetlog import dress
from sheetlog.cells import Cell, Formula
from sheetlog.errors import StaleError
from sheetlog.placing import Wants
from sheetlog.plan import Added, Plan
from sheetlog.sinks import excel_header
from sheetlog.template import Template
from sheetlog.xlsx import columns as xlsx_columns
from sheetlog.xlsx import marks, references
from sheetlog.xlsx.append import Writing
from sheetlog.xlsx.columns import CannotShift, NewColumn
from sheetlog.xlsx.package import Package
from sheetlog.xlsx.styles import Styles
from sheetlog.xlsx.tab import add_tab, new_workbook
from sheetlog.xlsx.workbook import Sheet, Workbook
from sheetlog.xlsx.worksheet import Region, Worksheet

if TYPE_CHECKING:
    from sheetlog.sinks.excel import Opened


class Where(NamedTuple):
    """A row in a tab."""

    title: str
    row: int

    def __str__(self) -> str:
        return f"{references.quoted(self.title)}!A{self.row}"


def make(path: str, plan: Plan, template: Template, title: str) -> Where:
    """Make a workbook that holds the plan's rows.

    Raises:
        StaleError: there is one by now.
    """
    with _made_beside(path) as new:
        new_workbook(new)
        with Package.open(new) as package:
            where = _in_new_tab(package, plan, template, title)
            package.save()
    return where


def carry_out(opened: Opened, plan: Plan, template: Template, title: str) -> Where:
    """Carry out a plan in a workbook that is there.

    Args:
        opened: as it was read for the plan's header.
        title: of the tab to make, where there is none.

    Raises:
        StaleError, BusyError, RefusedError: nothing was changed.
    """
    package, sheet, region = opened.package, opened.sheet, opened.region
    if sheet is None:
        where = _in_new_tab(package, plan, template, title)
        package.save()
        return where
    places = {column.key: column.place for column in plan.columns() if column.key is not None}
    header = region.header or 1
    if plan.marks:
        at = {mark.key: mark.place for mark in plan.marks}
        _mark(sheet.book, sheet.sheet, at, header)
    if plan.added:
        places |= _insert(sheet, region, plan, template, places)
        book = Workbook(package)
        tab = next(each for each in book.sheets if each.part == sheet.sheet.part)
        _mark(book, tab, {added.key: places[added.key] for added in plan.added}, header)
        sheet = Worksheet(package, book, tab)
        region = sheet.region(excel_header.marks_of(book, tab).places)
    last = _write(sheet, region, plan, template, places)
    package.save()
    return Where(sheet.sheet.title, last)


def _in_new_tab(package: Package, plan: Plan, template: Template, title: str) -> Where:
    """Make the tab, dressed by the template, with the plan's columns and rows."""
    styles = Styles(package)
    samples = _samples(plan)
    columns = [_new_column(each, styles, samples, header=True) for each in plan.added]
    styles.save()
    order = [column.key for column in plan.columns()]
    in_order = sorted(zip(plan.added, columns, strict=True), key=lambda e: order.index(e[0].key))
    columns = [_at(column, place) for place, (_, column) in enumerate(in_order)]
    part = add_tab(package, title, columns, freeze_columns=template.freeze_columns)
    book = Workbook(package)
    tab = next(each for each in book.sheets if each.part == part)
    places = {added.key: place for place, (added, _) in enumerate(in_order)}
    _mark(book, tab, places, 1, made_as=title)
    sheet = Worksheet(package, book, tab)
    region = sheet.region(excel_header.marks_of(book, tab).places)
    return Where(tab.title, _write(sheet, region, plan, template, places))


def _at(column: NewColumn, place: int) -> NewColumn:
    from dataclasses import replace

    return replace(column, place=place)


def _insert(
    sheet: Worksheet, region: Region, plan: Plan, template: Template, places: Mapping[str, int]
) -> dict[str, int]:
    """Insert the plan's columns; return where keys stand that the plan has elsewhere."""
    package, part = sheet.package, sheet.sheet.part
    samples = _samples(plan)
    header = region.header or 1
    styles = Styles(package)
    columns = [_new_column(each, styles, samples, header=False) for each in plan.added]
    styles.save()
    if plan.base.columns:
        try:
            xlsx_columns.insert_columns(package, part, columns, header_row=header)
        except CannotShift:
            pass
        else:
            return {}
    # Behind all that is there, nothing has to move.
    behind = xlsx_columns.place_behind(package, part, header_row=header)
    columns = [_at(column, place) for place, column in enumerate(columns, behind)]
    xlsx_columns.insert_columns(package, part, columns, header_row=header)
    before = {column.key: column.place for column in plan.base.columns if column.key}
    before |= {mark.key: mark.place for mark in plan.marks}
    return before | {added.key: place for place, added in enumerate(plan.added, behind)}


def _mark(
    book: Workbook,
    tab: Sheet,
    places: Mapping[str, int],
    row: int,
    *,
    made_as: str | None = None,
) -> None:
    """Mark columns by their header cells, and a tab by the title that it was made with."""
    title = references.quoted(tab.title)
    names = [
        (name, f"{title}!${references.letters(place)}${row}")
        for key, place in places.items()
        for name in marks.names(key)
    ]
    if made_as is not None:
        quoted = made_as.replace('"', '""')
        names.append((marks.TAB, f'"{quoted}"'))
    book.add_names(names, tab=tab.index)


def _write(
    sheet: Worksheet, region: Region, plan: Plan, template: Template, places: Mapping[str, int]
) -> int:
    """Write the plan's rows and edits; return the last row that was written."""
    writing = Writing(sheet, region)
    last = region.header
    edits: dict[int, dict[int, Cell]] = {}
    for edit in plan.edits:
        if edit.key in places and isinstance(edit.place, int):
            edits.setdefault(edit.place, {})[places[edit.key]] = edit.cell
    for row, cells in edits.items():
        writing.edit(row, cells)
        last = row
    if plan.rows:
        formats = _Formats(plan, template, places)
        rows = [_by_column(new.cells, places) for new in plan.rows]
        last = writing.append(rows, formats.code)
    writing.save()
    return last


def _by_column(cells: Mapping[str, Cell], places: Mapping[str, int]) -> dict[int, Cell]:
    """Return a row's cells by column; formulas with the cells of row 1 in place of keys."""
    found: dict[int, Cell] = {}
    for key, value in cells.items():
        if key not in places:
            continue
        if isinstance(value, Formula):
            text = _resolved(value.text, places)
            if text is None:
                continue
            value = Formula(text=text)
        found[places[key]] = value
    return found


def _resolved(formula: str, places: Mapping[str, int]) -> str | None:
    """Return a formula with references in place of keys; None where a column is missing."""
    pieces = formula.replace("{", "\0{").replace("}", "}\0").split("\0")
    for at, piece in enumerate(pieces):
        if piece.startswith("{") and piece.endswith("}"):
            if piece[1:-1] not in places:
                return None
            pieces[at] = references.cell(places[piece[1:-1]], 1)
    return "".join(pieces)


class _Formats:
    """Number formats by column, from the template, made when one is asked for."""

    def __init__(self, plan: Plan, template: Template, places: Mapping[str, int]) -> None:
        self._keys = {place: key for key, place in places.items()}
        self._samples = _samples(plan)
        self._template = template
        self._wants: Wants | None = None

    def code(self, column: int) -> str:
        """Return the number format of a column in which no row has one."""
        key = self._keys.get(column)
        if key is None:
            return "General"
        if self._wants is None:
            self._wants = Wants.of(self._template)
        dressed = dress.dress_column(
            self._wants.column(key), key, "", sample=self._samples.get(key)
        )
        return dressed.number_format


def _samples(plan: Plan) -> dict[str, Cell]:
    """Return the first value of each key."""
    found: dict[str, Cell] = {}
    for row in plan.rows:
        for key, value in row.cells.items():
            found.setdefault(key, value)
    return found


def _new_column(
    added: Added, styles: Styles, samples: Mapping[str, Cell], *, header: bool
) -> NewColumn:
    """Return a column as `xlsx` makes it, dressed by the template.

    Args:
        header: whether its header cell gets its group's colour; else that of its neighbour.
    """
    look = dress.dress_column(
        added.column, added.key, added.title, sample=samples.get(added.key)
    )
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
            bold=look.header.bold or None,
            font_color=look.header.ink,
            fill=look.header.fill,
            wrap=True,
            horizontal=look.align,
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
        choices=tuple(choice.word for choice in look.choices),
        goal=look.goal,
    )


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
    finally:
        if os.path.lexists(new):
            os.unlink(new)


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
