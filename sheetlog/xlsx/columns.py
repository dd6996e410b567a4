"""Inserting columns into a tab of a package that exists; everything that refers to it follows.

Knows the package and the parts in which references to cells may stand; knows no plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sheetlog.xlsx import besidenames, holders, references, shiftrows
from sheetlog.xlsx.anchors import shift_anchors, shift_legacy
from sheetlog.xlsx.frame import split
from sheetlog.xlsx.inserting import Inserting
from sheetlog.xlsx.look import NewColumn
from sheetlog.xlsx.shift import CannotShift, Shift
from sheetlog.xlsx.spans import Edits, Element, parse
from sheetlog.xlsx.styles import Styles
from sheetlog.xlsx.widening import TablePart, filter_moved
from sheetlog.xlsx.workbook import Workbook

if TYPE_CHECKING:
    from sheetlog.xlsx.package import Package
    from sheetlog.xlsx.workbook import Sheet

__all__ = ["CannotShift", "NewColumn", "can_insert", "insert_columns", "place_behind"]


def can_insert(
    package: Package,
    part: str,
    columns: Sequence[NewColumn],
    *,
    header_row: int,
    table: str | None = None,
) -> str | None:
    """Return why `insert_columns` would raise `CannotShift`, or None. The package is not changed.

    Args: as there.
    """
    try:
        _Insertion(package, part, columns, header_row, table).prepare()
    except CannotShift as reason:
        return str(reason)
    return None


def insert_columns(
    package: Package,
    part: str,
    columns: Sequence[NewColumn],
    *,
    header_row: int,
    table: str | None = None,
) -> tuple[str, ...]:
    """Insert columns, and return their titles as written: everything right of them moves.

    Cells, widths, merges, formulas in every tab, conditional formats, validations, links, tables,
    filters, names (column marks among them), views, pictures, charts, notes, pivots and sparklines
    follow as they would in Excel. A table whose header is in `header_row` takes in a column that
    comes into it or right beside it. The rows' stream is written anew, extendable; what was read
    of the package before (a `Workbook`, a worksheet's frame) is out of date then.

    Args:
        part: the worksheet's part name.
        header_row: 1-based.
        table: the part name of the table that takes the columns in, where several stand side by
            side; None: the one that most of them touch.

    Raises:
        CannotShift: nothing was changed. At `place_behind` nothing needs to move.
        RefusedError: the workbook is damaged, or has no room for a style; nothing was saved.
    """
    if any(column.place >= references.MAX_COLUMNS for column in columns):
        raise CannotShift(f"a tab has {references.MAX_COLUMNS:,} columns, and this one's are used")
    insertion = _Insertion(package, part, columns, header_row, table)
    insertion.prepare()
    return insertion.carry_out()


def place_behind(package: Package, part: str) -> int:
    """Return the first column from which on every cell is empty, and no table stands."""
    data = package.xml(part)
    _, rows, _, prefix = split(data, part)
    used = shiftrows.last_column(shiftrows.explicit(rows, prefix), prefix=prefix)
    tables = [TablePart(package.xml(name), name) for name in _related(package, part, "table")]
    return max([used, *(table.area.right for table in tables)], default=-1) + 1


class _Insertion:
    """One insertion: first everything is made, then it is put into the package."""

    def __init__(
        self,
        package: Package,
        part: str,
        columns: Sequence[NewColumn],
        header: int,
        table: str | None,
    ) -> None:
        self._package = package
        self._part = part
        self._columns = columns
        self._header = header
        self._book = Workbook(package)
        self._sheet = next(each for each in self._book.sheets if each.part == part)
        self._shift = Shift(
            places=tuple(column.place for column in columns),
            title=self._sheet.title,
            titles=tuple(self._book.titles),
        )
        self._inserting = Inserting(package.xml(part), part, self._shift, columns, header)
        self._own = {each.target for each in package.relationships(part) if not each.external}
        self._table_part = table or self._touched()
        self._titles = [column.title for column in columns]
        self._parts: dict[str, bytes] = {}
        self._chains: list[str] = []

    def _touched(self) -> str | None:
        """Return the table with its header in the row that most of the columns touch."""
        counts: dict[str, int] = {}
        for name in _related(self._package, self._part, "table"):
            table = TablePart(self._package.xml(name), name)
            if table.has_header and table.area.top == self._header:
                counts[name] = sum(map(table.takes_in, self._shift.places))
        best = max(counts, key=lambda name: counts[name], default=None)
        return best if best is not None and counts[best] else None

    def prepare(self) -> None:
        """Make all parts that change.

        Raises:
            CannotShift: one of them cannot be made.
        """
        for each in self._book.names:
            if not besidenames.is_column(each.text):
                self._shift.formula(each.text, own=False)
        self._rows = self._inserting.checked()
        self._around = self._inserting.around()
        for name in self._package.names():
            kind = holders.kind(self._package.content_type(name))
            if name not in (self._part, self._package.workbook):
                self._prepare(name, kind)

    def carry_out(self) -> tuple[str, ...]:
        """Put everything into the package."""
        package = self._package
        styles = Styles(package)
        done = self._inserting.dressed(self._rows, self._around, self._titles, styles)
        styles.save()
        for name, content in self._parts.items():
            package.replace(name, content)
        for name in self._chains:
            # Excel makes the order of calculation anew where it is missing.
            package.remove(name, source=package.workbook)
        self._book.change_names(self._shift.change, sheet=self._sheet)
        stream = package.sheet(self._part)
        stream.rewrite(done.head, [done.rows], done.tail, done.dimension)
        return tuple(self._titles)

    def _prepare(self, name: str, kind: str) -> None:
        own = name in self._own
        if kind.startswith("revision"):
            raise CannotShift("the workbook is shared the old way, and keeps a history of changes")
        if kind == "calcchain+xml":
            self._chains.append(name)
            return
        data = self._package.read(name) if kind == "vmldrawing" else b""
        if kind == "vmldrawing":
            after = shift_legacy(data, self._shift, own=own)
        elif kind in _KINDS:
            data = self._package.xml(name)
            after = self._shifted(name, kind, data, own=own)
        else:
            return
        if after != data:
            self._parts[name] = after

    def _shifted(self, name: str, kind: str, data: bytes, *, own: bool) -> bytes:
        if kind in holders.ROWS:
            return self._other_sheet(name, data)
        if kind == "table+xml":
            return self._table(name, data, own=own)
        root = parse(data, name)
        edits = Edits(data)
        if kind in holders.BY_TYPE:
            holders.BY_TYPE[kind].shift(root, edits, self._shift, own=own)
        if kind == "drawing+xml" and own:
            shift_anchors(root, edits, self._shift, self._inserting.widths())
        if kind == "pivotcachedefinition+xml":
            self._sources(root, edits)
        if kind == "namedsheetviews+xml" and own:
            self._views(root, edits)
        if kind == "volatiledependencies+xml":
            self._topics(root, edits)
        return edits.done()

    def _other_sheet(self, name: str, data: bytes) -> bytes:
        """Shift what another tab refers to. Its rows are not parsed."""
        if b"sheetData" not in data:
            return data
        head, rows, tail, prefix = split(data, name)
        around = head + tail
        root = parse(around, name)
        edits = Edits(around)
        holders.SHEET.shift(root, edits, self._shift, own=False)
        self._sources(root, edits)
        if b"!" in rows or b"INDIRECT" in rows.upper():
            rows = shiftrows.shifted(
                shiftrows.explicit(rows, prefix), self._shift, prefix=prefix, own=False
            )
        head, _, tail, _ = split(edits.done(), name)
        return head + rows + tail

    def _table(self, name: str, data: bytes, *, own: bool) -> bytes:
        table = TablePart(data, name)
        if name == self._table_part and any(map(table.takes_in, self._shift.places)):
            content, self._titles = table.widened(self._shift, self._titles)
            return content
        return table.shifted(self._shift, own=own)

    def _sources(self, root: Element, edits: Edits) -> None:
        """Shift the ranges of this tab that a pivot or a consolidation takes its data from.

        A pivot knows its source's columns by their number until it is refreshed.
        """
        shift, wanted = self._shift, self._shift.title.casefold()
        for element in root.walk("worksheetSource", "rangeSet", "dataRef"):
            said = element.attributes
            ref, sheet, name = said.get("ref"), said.get("sheet") or "", said.get("name")
            if element.value("id") is not None:  # a range of another workbook
                continue
            if ref and sheet.casefold() == wanted:
                if element.name != "dataRef":
                    shift.check_whole(ref, "a pivot table's source")
                edits.attribute(element, "ref", shift.range(ref))
            for area in self._named(name) if name else ():
                if shift.grows(area) or area.left in shift.places:
                    raise CannotShift(f"a pivot table takes its data from '{name}'")

    def _named(self, name: str) -> list[references.Area]:
        """Return the areas of this tab that a table or a defined name stands for."""
        wanted = name.casefold()
        parts = _related(self._package, self._part, "table")
        tables = [TablePart(self._package.xml(part), part) for part in parts]
        found = [table.area for table in tables if table.name.casefold() == wanted]
        for each in self._book.names:
            if each.name.casefold() == wanted:
                found += references.areas(each.text, sheet=self._shift.title, own=False)
        return found

    def _views(self, root: Element, edits: Edits) -> None:
        """Shift the filters of people's own views of this tab."""
        for element in root.walk("nsvFilter"):
            area = references.area(element.value("ref") or "")
            if area is not None:
                left = self._shift.change(area).left
                filter_moved(element, edits, self._shift, left=area.left, new_left=left)
                edits.attribute(element, "ref", self._shift.range(element.value("ref") or ""))
        for element in root.walk("sortCondition"):
            if element.value("ref"):
                edits.attribute(element, "ref", self._shift.range(element.value("ref") or ""))

    def _topics(self, root: Element, edits: Edits) -> None:
        """Shift the cells of this tab that show live data."""
        number = str(_number(self._package, self._sheet))
        for element in root.walk("tr"):
            if element.value("s") == number and element.value("r"):
                edits.attribute(element, "r", self._shift.range(element.value("r") or ""))


_KINDS = (
    holders.ROWS
    | set(holders.BY_TYPE)
    | {"table+xml", "pivotcachedefinition+xml", "namedsheetviews+xml", "volatiledependencies+xml"}
)


def _related(package: Package, part: str, kind: str) -> Iterator[str]:
    for each in package.relationships(part):
        if each.kind == kind and package.has(each.target):
            yield each.target


def _number(package: Package, sheet: Sheet) -> str | None:
    """Return the number that a tab keeps for life, whatever its place."""
    root = parse(package.xml(package.workbook), package.workbook)
    holder = root.child("sheets")
    tabs = [] if holder is None else [each for each in holder.children if each.name == "sheet"]
    return tabs[sheet.index].value("sheetId")
