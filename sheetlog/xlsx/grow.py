"""What grows when rows are added below a region: filters, formats, choices, names, charts, pivots.

What covered the data down to its last row covers the new rows, too; whatever else refers to the
sheet stays as it is. Edited by span. Knows the package's parts; knows no rows' markup and no plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sheetlog.xlsx import place, references
from sheetlog.xlsx.package import TYPES
from sheetlog.xlsx.references import Area
from sheetlog.xlsx.spans import Edits, Element, parse
from sheetlog.xlsx.texts import resolved, uncovered

if TYPE_CHECKING:
    from sheetlog.xlsx.place import Place
    from sheetlog.xlsx.rawrows import RawCell
    from sheetlog.xlsx.worksheet import Region, Worksheet

_PARTS = frozenset({"chart+xml", "chartex+xml", "pivotcachedefinition+xml", "namedsheetviews+xml"})
"""Ends of the content types of parts, besides tabs, that refer to cells by range."""
_RANGES = (
    "autoFilter", "conditionalFormatting", "dataValidation", "protectedRange", "ignoredError",
)  # fmt: skip


def grow(sheet: Worksheet, region: Region, at: Place) -> None:
    """Let everything that covered the data cover the rows at `at` as well."""
    growth = _Growth.of(region, at)
    if not growth.ends:
        return
    # A range that ends with the data says so; most end with the sheet.
    if sheet.frame.mentions(growth.written):
        _frame(sheet, growth)
    sheet.book.change_names(growth.whole, sheet=sheet.sheet, concerned=growth.touches)
    for name in _referring(sheet):
        _part(sheet, name, growth)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Growth:
    """The data rows before and after."""

    left: int
    right: int
    top: int
    ends: Mapping[int, int]
    """A last row of data, and which it shall be. A table that was longer than its data has two."""
    written: tuple[str, ...]
    """The last rows as a text names them."""

    @classmethod
    def of(cls, region: Region, at: Place) -> _Growth:
        ends = {at.filled: at.last}
        if region.table is not None:
            ends[region.table.last] = at.bottom
        kept = {end: last for end, last in ends.items() if region.header < end < last}
        return cls(
            left=region.left,
            right=region.right,
            top=region.header + 1,
            ends=kept,
            written=tuple(map(str, kept)),
        )

    def whole(self, area: Area) -> Area:
        """Return an area as it shall be, if it covered all rows of some of the columns."""
        return self._to(area) if area.top <= self.top else area

    def ended(self, area: Area) -> Area:
        """Return an area of formats or choices: those of some rows up to the last go on, too."""
        return self._to(area) if area.top <= self.top or area.top < area.bottom else area

    def _to(self, area: Area) -> Area:
        last = self.ends.get(area.bottom)
        beside = area.right < self.left or area.left > self.right
        return area if last is None or beside else replace(area, bottom=last)

    def touches(self, text: str) -> bool:
        """Return whether any of the last rows is named in a text at all: most aren't."""
        return any(end in text for end in self.written)


def _frame(sheet: Worksheet, growth: _Growth) -> None:
    """Let the ranges behind the worksheet's rows grow."""
    frame = sheet.frame
    title = sheet.sheet.title

    def formula(element: Element) -> None:
        if growth.touches(element.text):
            new = references.in_formula(element.text, growth.whole, sheet=title, own=True)
            if new != element.text:
                frame.edits.text(element, new)

    for element in frame.each(*_RANGES):
        sqref = element.attributes.get("sqref", "")
        if element.name == "autoFilter":
            _refs(frame.edits, element, growth)
        elif growth.touches(sqref):
            new = references.in_list(sqref, growth.ended)
            if new != sqref:
                frame.edits.attribute(element, "sqref", new)
        for child in element.walk("formula", "formula1", "formula2", "f", "sqref"):
            if child.name != "sqref":
                formula(child)
            elif growth.touches(child.text):
                frame.edits.text(child, references.in_list(child.text, growth.ended))
    for element in frame.each("sparkline"):
        shown = element.child("f")
        if shown is not None:
            formula(shown)


def _refs(edits: Edits, element: Element, growth: _Growth) -> None:
    for each in (element, *element.walk("sortState", "sortCondition")):
        ref = each.value("ref") or ""
        if growth.touches(ref) and (new := references.in_range(ref, growth.whole)) != ref:
            edits.attribute(each, "ref", new)


def _referring(sheet: Worksheet) -> Iterator[str]:
    """Yield the parts besides tabs that may refer to this one."""
    package = sheet.package
    types = package.xml(TYPES).lower()
    # Most workbooks have no such part. What is written with a reference may be any of them.
    if b"&" not in types and not any(kind.encode() in types for kind in _PARTS):
        return
    own: set[str] | None = None
    for name in package.names():
        kind = (package.content_type(name) or "").rpartition(".")[2].lower()
        if kind == "namedsheetviews+xml":  # a tab's own, with bare ranges
            if own is None:
                own = {each.target for each in package.relationships(sheet.sheet.part)}
            if name in own:
                yield name
        elif kind in _PARTS:
            yield name


def _part(sheet: Worksheet, name: str, growth: _Growth) -> None:
    """Let the ranges of a chart, a pivot's source or a view's filter grow."""
    data = sheet.package.xml(name)
    if not any(end.encode() in data for end in growth.written):
        return
    root = parse(data, name)
    edits = Edits(data)
    title = sheet.sheet.title
    # The name of a series is one cell, whatever becomes of the rows.
    names = {id(each) for holder in root.walk("tx") for each in holder.walk("f")}
    for element in root.walk("f"):
        if id(element) not in names and growth.touches(element.text):
            new = references.in_formula(
                element.text, growth.whole, sheet=title, own=False, spread=True
            )
            if new != element.text:
                edits.text(element, new)
    for element in root.walk("worksheetSource"):
        here = (element.attributes.get("sheet") or "").casefold() == title.casefold()
        # With an id it is a range of another workbook.
        if here and element.value("id") is None:
            _refs(edits, element, growth)
    for element in root.walk("nsvFilter"):
        _refs(edits, element, growth)
    if edits:
        sheet.package.replace(name, edits.done())


def calculated(sheet: Worksheet, region: Region, at: Place) -> dict[int, tuple[str, int]]:
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
        for cell in place.nearest(sheet, at):
            formula = cell_formula(cell) if cell.column == column else None
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
