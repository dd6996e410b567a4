"""What grows when rows are added below a region: filters, formats, choices, names, charts, pivots.

What covered the data down to its last row covers the new rows, too; whatever else refers to the
sheet stays as it is. Edited by span. Knows the package's parts; knows no rows' markup and no plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sheetlog.xlsx import references
from sheetlog.xlsx.references import Area, Change
from sheetlog.xlsx.spans import Edits, Element, parse
from sheetlog.xlsx.texts import resolved, uncovered

if TYPE_CHECKING:
    from sheetlog.xlsx.frame import RawCell
    from sheetlog.xlsx.place import Place
    from sheetlog.xlsx.worksheet import Region, Worksheet

_PARTS = ("chart", "chartEx", "pivotCacheDefinition")
"""Words at the end of the content types of parts, besides tabs, that refer to cells by range."""


def grow(sheet: Worksheet, region: Region, at: Place) -> None:
    """Let everything that covered the data cover the rows at `at` as well."""
    before = _data(region, at)
    if not before:
        return
    whole = _each(before, references.grown)
    ended = _each(before, _ended)
    _frame(sheet, whole, ended)
    sheet.book.change_names(whole, sheet=sheet.sheet, mine=False)
    for name in _referring(sheet):
        _part(sheet, name, whole)


def _data(region: Region, at: Place) -> list[tuple[Area, int]]:
    """Return the data rows as they were, and the last row that each shall have.

    A table that was longer than its data has two ends: that of the data, and its own.
    """
    ends = {at.filled: at.last}
    if region.table is not None:
        ends[region.table.last] = at.bottom
    return [
        (Area(left=region.left, right=region.right, top=region.header + 1, bottom=end), last)
        for end, last in ends.items()
        if region.header < end < last
    ]


def _each(before: Sequence[tuple[Area, int]], kind: Callable[[Area, int], Change]) -> Change:
    changes = [kind(area, last) for area, last in before]

    def change(area: Area) -> Area:
        for each in changes:
            after: Area = each(area)
            if after != area:
                return after
        return area

    return change


def _ended(data: Area, last: int) -> Change:
    """Return the change of formats and choices: those of a part of the rows go on as well."""

    def change(area: Area) -> Area:
        beside = area.right < data.left or area.left > data.right
        part = area.top > data.top and area.top == area.bottom
        if beside or area.bottom != data.bottom or part or area.top < data.top - 1:
            return area
        return replace(area, bottom=last)

    return change


def _frame(sheet: Worksheet, whole: Change, ended: Change) -> None:
    """Let the ranges behind the worksheet's rows grow."""
    frame = sheet.frame
    title = sheet.sheet.title

    def formula(element: Element) -> None:
        new = references.in_formula(element.text, whole, sheet=title, own=True)
        if new != element.text:
            frame.edits.text(element, new)

    for element in frame.root.walk("autoFilter", "conditionalFormatting", "dataValidation"):
        if element.name == "autoFilter":
            _refs(frame.edits, element, whole)
        elif "sqref" in element.attributes:
            new = references.in_list(element.attributes["sqref"], ended)
            if new != element.attributes["sqref"]:
                frame.edits.attribute(element, "sqref", new)
        for child in element.walk("formula", "formula1", "formula2", "f", "sqref"):
            if child.name != "sqref":
                formula(child)
            elif child.text != (new := references.in_list(child.text, ended)):
                frame.edits.text(child, new)
    for element in frame.root.walk("sparkline"):
        shown = element.child("f")
        if shown is not None:
            formula(shown)


def _refs(edits: Edits, element: Element, change: Change) -> None:
    for each in (element, *element.walk("sortState", "sortCondition")):
        ref = each.value("ref")
        if ref and (new := references.in_range(ref, change)) != ref:
            edits.attribute(each, "ref", new)


def _referring(sheet: Worksheet) -> Iterator[str]:
    """Yield the parts besides tabs that may refer to this one."""
    package = sheet.package
    for name in package.names():
        kind = (package.content_type(name) or "").removesuffix("+xml").rpartition(".")[2]
        if kind.lower() in {word.lower() for word in _PARTS}:
            yield name


def _part(sheet: Worksheet, name: str, change: Change) -> None:
    """Let the ranges of a chart or a pivot's source grow."""
    data = sheet.package.xml(name)
    root = parse(data, name)
    edits = Edits(data)
    title = sheet.sheet.title
    # The name of a series is one cell, whatever becomes of the rows.
    names = {id(each) for holder in root.walk("tx") for each in holder.walk("f")}
    for element in root.walk("f"):
        if id(element) not in names:
            new = references.in_formula(element.text, change, sheet=title, own=False, spread=True)
            if new != element.text:
                edits.text(element, new)
    for element in root.walk("worksheetSource"):
        ref = element.value("ref") or ""
        here = (element.attributes.get("sheet") or "").casefold() == title.casefold()
        # With an id it is a range of another workbook.
        new = references.in_range(ref, change)
        if here and element.value("id") is None and new != ref:
            edits.attribute(element, "ref", new)
    if edits:
        sheet.package.replace(name, edits.done())


def calculated(
    region: Region, above: Sequence[Sequence[RawCell]], at: Place
) -> dict[int, tuple[str, int]]:
    """Return the formulas of a table's calculated columns, each with the row that it is for."""
    table = region.table
    found: dict[int, tuple[str, int]] = {}
    for column, each in enumerate(table.columns if table else (), table.area.left if table else 0):
        if each.formula is None:
            continue
        if references.translated(each.formula, columns=0, rows=1) == each.formula:
            found[column] = each.formula, at.first
            continue
        # What goes along with the row is written in the table's part as for some row of its own.
        for cell in (cell for row in above[:1] for cell in row if cell.column == column):
            formula = cell_formula(cell)
            if formula is not None:
                found[column] = formula, at.filled
    return found


_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f((?:\s[^<>]*)?)>([^<]+)</")


def cell_formula(cell: RawCell) -> str | None:
    """Return a cell's own formula; None where it has none, or only shares in another cell's."""
    found = _FORMULA.search(uncovered(cell.inner))
    if found is None or b"array" in found[1] or b"dataTable" in found[1]:
        return None
    return resolved(found[2])
