"""What stands below a table moves down when the table needs its rows, as Excel moves it.

Only the table's own columns move: what stands beside them stays. Everything that refers to a cell
that moves follows. Knows the package's parts; knows no plan.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from sheetlog.errors import RefusedError
from sheetlog.xlsx import holders, references
from sheetlog.xlsx.pushrows import pushed_rows, with_formulas
from sheetlog.xlsx.references import MAX_ROWS, Area
from sheetlog.xlsx.spans import Edits, Element, parse
from sheetlog.xlsx.values import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheetlog.xlsx.shift import Holders, Shift
    from sheetlog.xlsx.worksheet import Worksheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Cells that move down: some columns, from a row to the sheet's end."""

    left: int
    right: int
    row: int
    count: int
    """By so many rows."""
    title: str
    """The tab's."""
    data: Area
    """The table's rows, which the cells right below them may sum up."""

    def change(self, area: Area) -> Area:
        """Return where an area is afterwards. What reaches beyond the columns stays."""
        if area.left < self.left or area.right > self.right or area.bottom < self.row:
            return area
        if area.bottom == MAX_ROWS:
            return area
        top = area.top + self.count if area.top >= self.row else area.top
        return replace(area, top=top, bottom=area.bottom + self.count)

    def cuts(self, area: Area) -> bool:
        """Return whether only a part of an area would move."""
        if area.bottom < self.row or area.right < self.left or area.left > self.right:
            return False
        return area.left < self.left or area.right > self.right or area.top < self.row

    def holds(self, column: int, row: int) -> bool:
        """Return whether a cell moves."""
        return self.left <= column <= self.right and row >= self.row

    # What `holders` asks of whoever shifts references.

    def formula(self, text: str, *, own: bool) -> str:
        """Return a formula with its references to cells that move."""
        return references.in_formula(text, self.change, sheet=self.title, own=own)

    def total(self, text: str) -> str:
        """Return a formula below the table: what sums up all rows sums up the new ones, too."""
        change = references.grown(self.data, self.data.bottom + self.count)
        return references.in_formula(text, change, sheet=self.title, own=True)

    def range(self, ref: str) -> str:
        """Return a bare range of the tab."""
        return references.in_range(ref, self.change)

    def ranges(self, sqref: str) -> str:
        """Return a list of ranges of the tab."""
        return references.in_list(sqref, self.change)

    def check_whole(self, ref: str, what: str) -> None:
        """Check that what must stay in one piece does.

        Raises:
            RefusedError: a part of it would move.
        """
        area = references.area(ref)
        if area is not None and self.cuts(area):
            raise RefusedError(
                f"the table on '{self.title}' needs the row {self.row}, and {what} at {ref} is in "
                "the way; move it beside the table or further down"
            )


def push(sheet: Worksheet, block: Block) -> None:
    """Move the cells of a block down, in the package and in what has been read of the worksheet.

    Raises:
        RefusedError: something is in the way that cannot move in one piece.
    """
    for element in sheet.frame.each("mergeCell"):
        block.check_whole(element.value("ref") or "", "a merged cell")
    others = [table for table in sheet.tables if table.data != block.data]
    for table in others:
        _check_table(table.area, block)
    _check_related(sheet, block)
    sheet.replace_rows(pushed_rows(sheet.rows, block, prefix=sheet.prefix))
    edits = sheet.frame.edits
    for child in sheet.frame.behind:
        holders.SHEET.shift(child, edits, cast("Shift", block), own=True)
    sheet.frame.replace_links(_links(sheet, block))
    sheet.frame = sheet.frame.settled(sheet.sheet.part)
    sheet.book.change_names(block.change, sheet=sheet.sheet)
    for table in others:
        _part(sheet, table.part, block, holders.TABLE, own=True)
    _elsewhere(sheet, block)


def _check_table(area: Area, block: Block) -> None:
    first = references.cell(area.left, area.top)
    block.check_whole(f"{first}:{references.cell(area.right, area.bottom)}", "another table")


def _check_related(sheet: Worksheet, block: Block) -> None:
    """Check that no note and no pivot table stands where cells move: it has more than a range."""
    package = sheet.package
    for each in package.relationships(sheet.sheet.part):
        if each.kind not in {"comments", "threadedComment", "pivotTable"}:
            continue
        if not package.has(each.target):
            continue
        what = "a pivot table" if each.kind == "pivotTable" else "a note"
        root = parse(package.xml(each.target), each.target)
        for element in root.walk("comment", "threadedComment", "location"):
            area = references.area(element.value("ref") or "")
            if area is not None and (block.cuts(area) or block.holds(area.left, area.top)):
                raise RefusedError(
                    f"the table on '{block.title}' needs the row {block.row}, and {what} at "
                    f"{element.value('ref')} is in the way; move it beside the table"
                )


def _links(sheet: Worksheet, block: Block) -> bytes:
    """Return the hyperlinks of the tab, those in the block moved."""
    from sheetlog.xlsx.links import each_reference

    return each_reference(sheet.frame.links, block.range)


def _elsewhere(sheet: Worksheet, block: Block) -> None:
    """Change references in all other parts that may have some."""
    package = sheet.package
    for name in package.names():
        kind = holders.kind(package.content_type(name))
        if name == sheet.sheet.part:
            continue
        if kind in holders.ROWS:
            _other_tab(sheet, name, block)
        elif kind == "calcchain+xml":
            _chain(sheet, name, block)
        elif kind == "pivotcachedefinition+xml":
            _source(sheet, name, block)
        elif kind in {"chart+xml", "chartex+xml"}:
            _part(sheet, name, block, holders.CHART, own=False)
        elif kind in {"drawing+xml", "chartshapes+xml"}:
            _part(sheet, name, block, holders.DRAWING, own=False)


def _part(sheet: Worksheet, name: str, block: Block, held: Holders, *, own: bool) -> None:
    data = sheet.package.xml(name)
    root = parse(data, name)
    edits = Edits(data)
    held.shift(root, edits, cast("Shift", block), own=own)
    for element in (root, *root.walk("autoFilter", "sortState", "sortCondition")) if own else ():
        ref = element.value("ref")
        if ref and block.range(ref) != ref:
            edits.attribute(element, "ref", block.range(ref))
    if edits:
        sheet.package.replace(name, edits.done())


def _other_tab(sheet: Worksheet, name: str, block: Block) -> None:
    from sheetlog.xlsx.frame import Frame, split

    data = sheet.package.xml(name)
    titles = (block.title, block.title.replace("'", "''"))
    if not any(xml_text(title).encode() in data for title in titles):
        return
    head, rows, tail, prefix = split(data, name)
    frame = Frame(head, tail, prefix=prefix, what=name)
    for child in frame.behind:
        holders.SHEET.shift(child, frame.edits, cast("Shift", block), own=False)
    new = with_formulas(rows, block, prefix=prefix, own=False)
    if new != rows or frame.changed:
        sheet.package.sheet(name).rewrite(head, [new] if new else [], frame.new_tail(), None)


def _chain(sheet: Worksheet, name: str, block: Block) -> None:
    """Move the calculation chain's entries: one that names a cell without a formula is damage."""
    data = sheet.package.xml(name)
    root = parse(data, name)
    edits = Edits(data)
    tab = ""
    for element in root.children:
        tab = element.value("i") or tab  # an entry without its tab's number is of the one before
        area = references.area(element.value("r") or "")
        if tab == sheet.sheet.number and area and block.holds(area.left, area.top):
            edits.attribute(element, "r", block.range(element.value("r") or ""))
    if edits:
        sheet.package.replace(name, edits.done())


def _source(sheet: Worksheet, name: str, block: Block) -> None:
    data = sheet.package.xml(name)
    edits = Edits(data)
    for element in _sources(parse(data, name), block.title):
        ref = element.value("ref") or ""
        if block.range(ref) != ref:
            edits.attribute(element, "ref", block.range(ref))
    if edits:
        sheet.package.replace(name, edits.done())


def _sources(root: Element, title: str) -> Iterator[Element]:
    for element in root.walk("worksheetSource", "rangeSet", "dataRef"):
        mine = (element.attributes.get("sheet") or "").casefold() == title.casefold()
        if mine and element.attributes.get("ref") and element.value("id") is None:
            yield element
