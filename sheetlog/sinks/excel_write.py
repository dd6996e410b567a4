"""Rows and marks written into a tab that is there: cells by column, formulas by reference.

Knows what the flow wants and what `xlsx` can do; makes no decision about either.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from sheetlog.cells import Cell, Formula
from sheetlog.plan import Plan
from sheetlog.record import Link, section
from sheetlog.template import Template
from sheetlog.xlsx import marks, references
from sheetlog.xlsx.append import Writing
from sheetlog.xlsx.workbook import Sheet, Workbook
from sheetlog.xlsx.worksheet import Region, Worksheet

if TYPE_CHECKING:
    from sheetlog.xlsx.pictures import Picture


class Where(NamedTuple):
    """A row in a tab."""

    title: str
    row: int

    def __str__(self) -> str:
        return f"{references.quoted(self.title)}!A{self.row}"


def mark(
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
        names.append((marks.TAB, marks.tab(made_as)))
    book.add_names(names, tab=tab.index)


def write(
    sheet: Worksheet, region: Region, plan: Plan, template: Template, places: Mapping[str, int]
) -> Where:
    """Write the plan's rows and edits into the package; return where the last of them stands.

    Args:
        places: columns by key, as they are now.
    """
    writing = Writing(sheet, region, picture_of=_shown(sheet, template, places))
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
        last = writing.append(rows, formats.code, _bold(plan, places))
    writing.save()
    return Where(sheet.sheet.title, last)


def _shown(
    sheet: Worksheet, template: Template, places: Mapping[str, int]
) -> Callable[[int, Link], Picture | None]:
    """Return what gives the picture that a link shows in a column, if it shows one."""
    keys = {place: key for key, place in places.items()}

    def picture_of(column: int, link: Link) -> Picture | None:
        key = keys.get(column, "")
        # Most links open pages and models: nothing is loaded for those.
        if section(key) != "artifacts" or not link.url.lower().endswith(ENDINGS):
            return None
        from sheetlog.placing import Wants
        from sheetlog.sinks import excel_pictures

        if Wants.of(template).column(key).format not in {None, "image"}:
            return None
        return excel_pictures.thumbnail(link, os.path.dirname(sheet.package.path))

    return picture_of


ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")
"""Of files that can be shown."""


def samples(plan: Plan) -> dict[str, Cell]:
    """Return the first value that the plan has for each key."""
    found: dict[str, Cell] = {}
    for row in plan.rows:
        for key, value in row.cells.items():
            found.setdefault(key, value)
    return found


def _bold(plan: Plan, places: Mapping[str, int]) -> list[dict[int, bool]]:
    """Return of each new row which params show that they differ, by column."""
    if all(row.marked is None for row in plan.rows):
        return []
    params = {key: place for key, place in places.items() if key.startswith("params.")}
    return [
        {} if row.marked is None else {place: key in row.marked for key, place in params.items()}
        for row in plan.rows
    ]


def _by_column(cells: Mapping[str, Cell], places: Mapping[str, int]) -> dict[int, Cell]:
    """Return a row's cells by column; formulas with the cells of row 1 in place of keys."""
    found: dict[int, Cell] = {}
    for key, value in cells.items():
        if key not in places:
            continue
        if isinstance(value, Formula):
            text = _resolved(value.text, places)
            if text is not None:
                found[places[key]] = Formula(text=text)
        else:
            found[places[key]] = value
    return found


def _resolved(formula: str, places: Mapping[str, int]) -> str | None:
    """Return a formula with references in place of keys; None where a column is missing."""
    pieces = formula.replace("{", "\0{").replace("}", "}\0").split("\0")
    for at, piece in enumerate(pieces):
        if piece.startswith("{") and piece.endswith("}"):
            key = piece[1:-1].removeprefix(":")
            if key not in places:
                return None
            name = references.letters(places[key])
            pieces[at] = f"${name}:${name}" if piece[1] == ":" else f"{name}1"
    return "".join(pieces)


class _Formats:
    """Number formats by column, from the template, made when one is asked for."""

    def __init__(self, plan: Plan, template: Template, places: Mapping[str, int]) -> None:
        self._keys = {place: key for key, place in places.items()}
        self._plan = plan
        self._template = template
        self._known: dict[int, str] = {}

    def code(self, column: int) -> str:
        """Return the number format of a column in which no row has one."""
        if column not in self._known:
            self._known[column] = self._code(self._keys.get(column))
        return self._known[column]

    def _code(self, key: str | None) -> str:
        if key is None:
            return "General"
        # Most rows have a row above to take their looks from, and never come here.
        from sheetlog import dress
        from sheetlog.placing import Wants

        column = Wants.of(self._template).column(key)
        sample = samples(self._plan).get(column.delta or key)
        return dress.dress_column(column, key, "", sample=sample).number_format
