"""Excel tables of a worksheet: read, and made to cover more rows. Edited by span.

Knows the package and the table part; knows no cells and no plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sheetlog.xlsx import references, texts
from sheetlog.xlsx.references import Area
from sheetlog.xlsx.relating import target_of
from sheetlog.xlsx.spans import Edits, Element, parse

if TYPE_CHECKING:
    from sheetlog.xlsx.frame import Frame
    from sheetlog.xlsx.package import Package


class TableColumn(NamedTuple):
    """A column of a table."""

    title: str
    formula: str | None
    """What each of its cells calculates (without `=`); None: it is no calculated column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as its part describes it."""

    part: str
    area: Area
    """Header and totals included."""
    headers: int
    """Header rows: 1 or 0."""
    totals: int
    """Totals rows: 1 or 0."""
    columns: tuple[TableColumn, ...]
    fed: bool
    """Whether a query or an XML file fills it: what others write is gone with the next refresh."""

    @property
    def last(self) -> int:
        """The last row of data."""
        return self.area.bottom - self.totals

    @property
    def data(self) -> Area:
        """The data rows alone."""
        top = self.area.top + self.headers
        return Area(left=self.area.left, right=self.area.right, top=top, bottom=self.last)


def tables(package: Package, part: str, frame: Frame) -> list[Table]:
    """Return the tables of a worksheet, in the order in which it names them."""
    found = []
    for id_ in frame.tables:
        name = target_of(package, part, id_)
        if name is not None:
            table = _table(name, parse(package.xml(name), name))
            if table is not None:
                found.append(table)
    return found


def _table(part: str, root: Element) -> Table | None:
    area = references.area(root.value("ref") or "")
    if area is None:
        return None
    return Table(
        part=part,
        area=area,
        headers=_count(root.value("headerRowCount"), 1),
        totals=_count(root.value("totalsRowCount"), 0),
        columns=tuple(_columns(root)),
        fed=(root.value("tableType") or "worksheet") != "worksheet",
    )


def _columns(root: Element) -> list[TableColumn]:
    holder = root.child("tableColumns")
    found = []
    for element in holder.children if holder is not None else ():
        formula = element.child("calculatedColumnFormula") if element.children else None
        # An array formula would have to be written as one; its column stays blank.
        array = formula is not None and formula.value("array") in {"1", "true"}
        text = formula.text.strip() if formula is not None and not array else ""
        title = texts.plain(element.value("name") or "")
        found.append(TableColumn(title=title, formula=text or None))
    return found


def _count(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdigit() else default


def grow(package: Package, table: Table, last: int) -> None:
    """Let a table reach down to the data row `last`, its totals behind it."""
    data = package.xml(table.part)
    root = parse(data, table.part)
    edits = Edits(data)
    first = references.cell(table.area.left, table.area.top)
    end = references.cell(table.area.right, last + table.totals)
    edits.attribute(root, "ref", f"{first}:{end}")
    change = references.grown(table.data, last)
    for element in root.walk("autoFilter", "sortState", "sortCondition"):
        ref = element.value("ref")
        if ref:
            edits.attribute(element, "ref", references.in_range(ref, change))
    package.replace(table.part, edits.done())
