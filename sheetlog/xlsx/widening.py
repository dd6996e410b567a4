"""A table's part (`xl/tables/tableN.xml`) when columns are inserted, into it or beside it.

Knows one table at a time; knows no package, no cells and no plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sheetlog.xlsx import references
from sheetlog.xlsx.holders import TABLE
from sheetlog.xlsx.references import Area
from sheetlog.xlsx.shelves import integer
from sheetlog.xlsx.shift import CannotShift, Shift
from sheetlog.xlsx.spans import Edits, Element, parse, prefix
from sheetlog.xlsx.texts import plain, xstring

LONGEST_TITLE = 255
"""Characters that Excel allows in the name of a table's column."""


class TablePart:
    """A table as its part describes it."""

    def __init__(self, data: bytes, part: str) -> None:
        self.part = part
        self._data = data
        self.root = parse(data, part)
        area = references.area(self.root.value("ref") or "")
        self.area = area or Area(left=0, right=0, top=1, bottom=1)
        """With header and totals."""
        self.name = self.root.value("name") or ""
        self.has_header = self.root.value("headerRowCount") != "0"
        self._columns = [
            element
            for element in self.root.walk("tableColumn")
            if element.value("name") is not None
        ]

    @property
    def titles(self) -> list[str]:
        """What its header cells read."""
        return [plain(element.value("name") or "") for element in self._columns]

    def takes_in(self, place: int) -> bool:
        """Return whether a column inserted there is one of the table's: within or beside it."""
        return self.area.left <= place <= self.area.right + 1

    def shifted(self, shift: Shift, *, own: bool) -> bytes:
        """Return the part after a shift that puts no column into the table.

        Raises:
            CannotShift: a column would come into the table, or a formula would change its meaning.
        """
        edits = Edits(self._data)
        TABLE.shift(self.root, edits, shift, own=own)
        if own:
            if shift.grows(self.area):
                raise CannotShift(f"the table '{self.name}' would get a column in its midst")
            _moved(self.root, edits, shift, shift.change(self.area).left)
            for element in (self.root, self.root.child("autoFilter")):
                if element is not None:
                    _set(edits, element, "ref", shift.range(element.value("ref") or ""))
        return edits.done()

    def widened(self, shift: Shift, titles: Sequence[str]) -> tuple[bytes, list[str]]:
        """Return the part after a shift; columns that touch the table become the table's.

        Args:
            titles: of the inserted columns, in the order of the shift's places.

        Returns:
            The part, and the titles as written: in the table unique, and none of them blank.

        Raises:
            CannotShift: the table is filled from elsewhere, or a formula would change its meaning.
        """
        kind = self.root.value("tableType") or "worksheet"
        if kind != "worksheet":
            raise CannotShift(f"the table '{self.name}' is filled from elsewhere ('{kind}')")
        edits = Edits(self._data)
        TABLE.shift(self.root, edits, shift, own=True)
        left, right = self.area.left, self.area.right
        order: list[Element | str] = list(self._columns)
        taken = {title.casefold() for title in self.titles}
        written: list[str] = []
        for place, title in zip(shift.places, titles, strict=True):
            if left <= place <= right + 1:
                title = unique(title, taken)  # noqa: PLW2901 - it is the same column's
                taken.add(title.casefold())
                order.insert(place - left, title)
                right += 1
            elif place < left:
                left, right = left + 1, right + 1
            written.append(title)
        _moved(self.root, edits, shift, left)
        for element in (self.root, self.root.child("autoFilter")):
            area = element and references.area(element.value("ref") or "")
            if element and area:
                _set(edits, element, "ref", name_of(replace(area, left=left, right=right)))
        self._insert(edits, order)
        return edits.done(), written

    def _insert(self, edits: Edits, order: Sequence[Element | str]) -> None:
        """Write the new columns before the old ones that follow them."""
        p = prefix(self._data, self.root)
        number = max((integer(each.value("id")) for each in self._columns), default=0)
        holder = self.root.child("tableColumns")
        if holder is None:
            raise CannotShift(f"the table '{self.name}' has no columns")
        waiting = b""
        for column in order:
            if isinstance(column, str):
                number += 1
                waiting += column_xml(number, column, p).encode()
            elif waiting:
                edits.replace(column.start, column.start, waiting)
                waiting = b""
        if waiting:
            edits.append(holder, waiting)
        edits.attribute(holder, "count", str(len(order)))


def unique(title: str, taken: Iterable[str]) -> str:
    """Return a title that a table's column can have: not blank, not too long, not there yet.

    Args:
        taken: the titles that are there, casefolded.
    """
    known = set(taken)
    title = title.replace("\r\n", "\n").replace("\r", "\n")
    title = title[:LONGEST_TITLE] if title.strip() else "Column"
    found, number = title, 1
    while found.casefold() in known:
        number += 1
        ending = f" ({number})"
        found = title[: LONGEST_TITLE - len(ending)] + ending
    return found


def column_xml(number: int, title: str, prefix: str = "") -> str:
    """Return a table's column; its name reads as the header cell does, line breaks escaped."""
    name = xstring(title).replace('"', "&quot;").replace("\t", "_x0009_").replace("\n", "_x000a_")
    return f'<{prefix}tableColumn id="{number}" name="{name}"/>'


def name_of(area: Area) -> str:
    """Return the range of an area, as a table's `ref` has it."""
    first = references.cell(area.left, area.top)
    return f"{first}:{references.cell(area.right, area.bottom)}"


def filter_moved(holder: Element, edits: Edits, shift: Shift, *, left: int, new_left: int) -> None:
    """Shift the columns that a filter counts from its own first one.

    Args:
        holder: the filter.
        left: its first column before the shift.
        new_left: and after.
    """
    for column in holder.walk("filterColumn", "columnFilter", "sortRule"):
        old = column.value("colId")
        if old is not None and old.isdigit():
            new = shift.column(left + int(old)) - new_left
            _set(edits, column, "colId", str(new))


def _moved(root: Element, edits: Edits, shift: Shift, new_left: int) -> None:
    """Shift what a table's filter and order refer to; the filter's own range is its caller's."""
    for element in root.walk("sortState", "sortCondition"):
        ref = element.value("ref")
        if ref is not None:
            _set(edits, element, "ref", shift.range(ref))
    for element in root.children:
        area = references.area(element.value("ref") or "")
        if element.name == "autoFilter" and area is not None:
            filter_moved(element, edits, shift, left=area.left, new_left=new_left)


def _set(edits: Edits, element: Element, name: str, value: str) -> None:
    if element.value(name) != value:
        edits.attribute(element, name, value)
