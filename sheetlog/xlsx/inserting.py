"""The worksheet itself when columns are inserted: its rows, and all that stands around them.

Knows one worksheet's markup; knows no package and no plan.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from sheetlog.xlsx import colspans, look, references, shiftrows
from sheetlog.xlsx.anchors import Widths, shift_anchors
from sheetlog.xlsx.frame import ORDER, split
from sheetlog.xlsx.holders import SHEET
from sheetlog.xlsx.look import NewColumn
from sheetlog.xlsx.shelves import integer
from sheetlog.xlsx.shift import CannotShift, Shift
from sheetlog.xlsx.spans import Edits, Element, parse
from sheetlog.xlsx.styles import Styles
from sheetlog.xlsx.values import content
from sheetlog.xlsx.widening import filter_moved


class Inserted(NamedTuple):
    """A worksheet with its new columns, as `SheetStream.rewrite` takes it."""

    head: bytes
    rows: bytes
    tail: bytes
    dimension: str | None


class Inserting:
    """Columns that go into one worksheet."""

    def __init__(
        self, data: bytes, part: str, shift: Shift, columns: Sequence[NewColumn], header: int
    ) -> None:
        """Take the worksheet.

        Args:
            data: all of it.
            part: its name, for messages.
            shift: of its columns.
            columns: one for each place of the shift.
            header: the header's row.
        """
        head, rows, tail, self._prefix = split(data, part)
        self._rows = shiftrows.explicit(rows, self._prefix)
        self._data = head + tail
        self._part = part
        self._root = parse(self._data, part)
        self._shift = shift
        self._header = header
        self._columns = dict(zip(_ends(shift), columns, strict=True))

    def checked(self) -> bytes:
        """Return the rows after the shift; checks all that could stand in its way.

        Raises:
            CannotShift: something does.
        """
        for element in self._root.walk("mergeCell"):
            area = references.area(element.value("ref") or "")
            if area and self._shift.grows(area) and area.top <= self._header <= area.bottom:
                raise CannotShift(f"the header has merged cells ({element.value('ref')})")
        return shiftrows.shifted(self._rows, self._shift, prefix=self._prefix, own=True)

    def around(self) -> Edits:
        """Return the changes of what stands around the rows.

        Raises:
            CannotShift: something would mean something else afterwards.
        """
        root, shift = self._root, self._shift
        edits = Edits(self._data)
        SHEET.shift(root, edits, shift, own=True)
        for element in root.walk("sheetView", "customSheetView"):
            _shift_view(element, edits, shift)
        for element in root.walk("autoFilter"):
            area = references.area(element.value("ref") or "")
            if area is not None:
                new_left = shift.change(area).left
                filter_moved(element, edits, shift, left=area.left, new_left=new_left)
        for breaks in root.walk("colBreaks"):
            for element in breaks.walk("brk"):
                place = element.value("id") or ""
                if place.isdecimal():
                    edits.attribute(element, "id", str(shift.edge(int(place))))
        self._shift_cols(edits)
        return edits

    def _shift_cols(self, edits: Edits) -> None:
        """Shift the columns' widths, and what is held by cells."""
        cols = self._root.child("cols")
        new = {place: look.attributes(column) for place, column in self._columns.items()}
        spans = colspans.shifted(cols, self._shift, new)
        xml = colspans.xml(spans, self._prefix)
        if cols is not None:
            edits.replace(cols.start, cols.end, xml)
        elif xml:
            edits.insert(self._root, xml, name="cols", order=ORDER)
        shift_anchors(self._root, edits, self._shift, self.widths())

    def widths(self) -> Widths:
        """Return how wide the columns are, before and after."""
        cols = self._root.child("cols")
        new = {place: look.attributes(column) for place, column in self._columns.items()}
        after = colspans.shifted(cols, self._shift, new)
        form = self._root.child("sheetFormatPr")
        return colspans.widths(colspans.spans_of(cols), after, form)

    def dressed(
        self, rows: bytes, edits: Edits, titles: Sequence[str], styles: Styles
    ) -> Inserted:
        """Return the worksheet with its new columns' header cells, colours and choices.

        Args:
            rows: after the shift.
            edits: of what stands around them.
            titles: of the columns.
            styles: to add formats to.
        """
        prefix, root = self._prefix, self._root
        ranks = [integer(each.value("priority")) for each in root.walk("cfRule")]
        rank = max(ranks, default=0) + 1
        rules, choices = [], []
        for (place, column), title in zip(self._columns.items(), titles, strict=True):
            xml, count = look.conditions(
                column, styles, place=place, header=self._header, rank=rank
            )
            rank += count
            rules.append(xml)
            choices += look.validations(column, title, place=place, header=self._header)
        name = "conditionalFormatting"
        if any(rules):
            edits.insert(root, look.prefixed(rules, prefix), name=name, order=ORDER)
        self._add_choices(edits, choices)
        rows = self._continued(rows, styles)
        cells = self._header_cells(rows, titles, styles)
        rows = shiftrows.with_cells(rows, self._header, cells, prefix=prefix)
        head, _, tail, _ = split(edits.done(), self._part)
        return Inserted(head, rows, tail, self._dimension())

    def _continued(self, rows: bytes, styles: Styles) -> bytes:
        """Carry borders and fills on from the cells to the left: a row that a person coloured."""
        for place, column in sorted(self._columns.items()):
            plain = column.xf or 0

            @cache
            def framed(left: int, plain: int = plain) -> int | None:
                own = styles.xf_like(plain, framed_like=left)
                return None if own == plain else own

            if place > 0:
                rows = shiftrows.continued(rows, place, self._header, framed, prefix=self._prefix)
        return rows

    def _add_choices(self, edits: Edits, choices: Sequence[str]) -> None:
        if not choices:
            return
        holder = self._root.child("dataValidations")
        xml = look.prefixed(choices, self._prefix)
        if holder is not None:
            count = sum(child.name == "dataValidation" for child in holder.children)
            edits.attribute(holder, "count", str(count + len(choices)))
            edits.append(holder, xml)
        else:
            whole = look.prefixed([f'<dataValidations count="{len(choices)}">'], self._prefix)
            close = look.prefixed(["</dataValidations>"], self._prefix)
            name = "dataValidations"
            edits.insert(self._root, whole + xml + close, name=name, order=ORDER)

    def _header_cells(
        self, rows: bytes, titles: Sequence[str], styles: Styles
    ) -> dict[int, bytes]:
        """Return the new header cells by place; one without a style looks like its neighbour."""
        known = shiftrows.styles_of(rows, self._header, prefix=self._prefix)
        cells: dict[int, bytes] = {}
        for (place, column), title in sorted(
            zip(self._columns.items(), titles, strict=True), key=lambda entry: entry[0][0]
        ):
            beside = known.get(place - 1, known.get(place + 1, 0))
            xf = beside
            if column.header_xf is not None:
                xf = styles.xf_like(column.header_xf, framed_like=beside)
            known[place] = xf
            made = content(title, prefix=self._prefix)
            style = f' s="{xf}"' if xf else ""
            kind = f' t="{made.kind}"' if made.kind else ""
            name = references.cell(place, self._header)
            p = self._prefix
            cells[place] = f'<{p}c r="{name}"{style}{kind}>{made.xml}</{p}c>'.encode()
        return cells

    def _dimension(self) -> str | None:
        """Return the used area with the new header cells in it."""
        element = self._root.child("dimension")
        area = references.area((element.value("ref") or "") if element is not None else "")
        if area is None:
            return None
        after = self._shift.change(area)
        left, right = min(after.left, *self._columns), max(after.right, *self._columns)
        top, bottom = min(after.top, self._header), max(after.bottom, self._header)
        return f"{references.cell(left, top)}:{references.cell(right, bottom)}"


def _ends(shift: Shift) -> list[int]:
    """Return where each inserted column stands when all are there."""
    found: list[int] = []
    for place in shift.places:
        found = [end + (end >= place) for end in found]
        found.append(place)
    return found


def _shift_view(view: Element, edits: Edits, shift: Shift) -> None:
    """Shift what a view shows. A column inserted right at an edge comes behind it, in sight."""
    corner = _corner(view, edits, shift)
    for pane in view.walk("pane"):
        _corner(pane, edits, shift)
        size = pane.value("xSplit") or ""
        if (pane.value("state") or "split").startswith("frozen") and size.isdecimal():
            new = shift.edge(corner + int(size)) - shift.edge(corner)
            edits.attribute(pane, "xSplit", str(new))


def _corner(element: Element, edits: Edits, shift: Shift) -> int:
    """Shift the cell that a view or a pane begins with; return its column before."""
    found = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?([0-9]+)", element.value("topLeftCell") or "")
    if found is None:
        return 0
    column = references.column(found[1])
    new = references.cell(shift.edge(column), int(found[2]))
    edits.attribute(element, "topLeftCell", new)
    return column
