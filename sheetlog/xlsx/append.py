"""Runs written into a worksheet: new rows below the last one, cells of rows that are there.

Puts together place, rows, styles, links and what grows. Knows no keys and no plan: cells come by
column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from sheetlog.cells import Cell, Formula
from sheetlog.errors import RefusedError
from sheetlog.record import Link
from sheetlog.xlsx import grow, place, references, tables
from sheetlog.xlsx.links import Links
from sheetlog.xlsx.rows import NewCell, Splice
from sheetlog.xlsx.values import content

if TYPE_CHECKING:
    from sheetlog.xlsx.pictures import Picture, Pictures
    from sheetlog.xlsx.place import Place
    from sheetlog.xlsx.worksheet import Region, Worksheet

DATETIME = "yyyy-mm-dd hh:mm:ss"
DURATION = "[h]:mm:ss"
BOOLEAN = '"TRUE";"TRUE";"FALSE"'
"""LibreOffice shows the second of two truths in one column as 1, unless its format says it."""
_SHORT = 12
"""Characters that no column is too narrow for."""


class Writing:
    """All that one change does to a worksheet; `save` puts it into the package."""

    def __init__(
        self,
        sheet: Worksheet,
        region: Region,
        *,
        picture_of: Callable[[int, Link], Picture | None] = lambda _, __: None,
    ) -> None:
        """Take a worksheet.

        Args:
            sheet: to write into.
            region: where its runs stand.
            picture_of: gives what a link of a column shows, if it shows anything.
        """
        self._sheet = sheet
        self._picture_of = picture_of
        self._pictures: Pictures | None = None
        self._region = region
        self._protected = sheet.protected
        self._splice = Splice(sheet)
        self._links = Links(sheet)
        self._formulas = False
        self._bold: Mapping[int, bool] = {}
        self._is_bold = lru_cache(maxsize=None)(sheet.styles.is_bold)
        self._last = region.header
        self._columns = (region.left, region.right)

    def append(
        self,
        rows: Sequence[Mapping[int, Cell]],
        format_of: Callable[[int], str],
        bold: Sequence[Mapping[int, bool]] = (),
    ) -> int:
        """Write new rows below the last one; return the last one's number.

        Args:
            rows: cells by column. A formula's references are written for row 1.
            format_of: gives the number format of a column in which no row has a style yet.
            bold: of each row, columns whose cell is to be bold, or not; none: as the cells above.

        Raises:
            RefusedError: there is no room, or something is in the way.
        """
        sheet, region = self._sheet, self._region
        at = place.find(sheet, region, len(rows))
        if at.pushed:
            self._push(at)
        looks = place.looks(sheet, region, at)
        calculated = grow.calculated(sheet, region, at)
        for number, cells in enumerate(rows, at.first):
            self._bold = bold[number - at.first] if bold else {}
            there = self._splice.cells(number)
            new: dict[int, Cell] = {
                column: _down(f"={text}", number - of)
                for column, (text, of) in calculated.items()
                if column not in there or not there[column].formula
            }
            for column, value in cells.items():
                if isinstance(value, Formula):
                    new[column] = _down(value.text, number - 1)
                else:
                    new[column] = value
            blank = dict.fromkeys(looks.keys() - new.keys() - there.keys())
            own = {column: cell.xf for column, cell in there.items()}
            self._put(number, {**new, **blank}, {**own, **looks}, format_of)
            # Below the header alone, the first row is what the others look like.
            looks = looks or {column: xf for column, xf in own.items() if xf is not None}
        self._bold = {}
        grow.grow(sheet, region, at)
        if region.table is not None and at.bottom != region.table.last:
            tables.grow(sheet.package, region.table, at.bottom)
        return at.last

    def _push(self, at: Place) -> None:
        """Make room for new rows of a table: what stands below it moves down."""
        from sheetlog.xlsx.push import Block, push

        table = self._region.table
        assert table is not None
        self._splice.settle()
        block = Block(
            left=table.area.left,
            right=table.area.right,
            row=at.bottom - at.pushed + 1,
            count=at.pushed,
            title=self._sheet.sheet.title,
            data=table.data,
        )
        push(self._sheet, block)

    def edit(self, row: int, cells: Mapping[int, Cell]) -> None:
        """Put cells into a row that is there. A cell in which a person has put a formula stays."""
        there = self._splice.cells(row)
        kept = {
            column: value
            for column, value in cells.items()
            if column not in there or not there[column].formula
        }
        if self._sheet.frame.child("drawing") is not None:
            for column, value in kept.items():
                if isinstance(value, Link | str):
                    self._drawn().take(column, row)
        self._put(row, kept, {column: cell.xf for column, cell in there.items()}, _general)

    def save(self) -> None:
        """Put what has changed into the package."""
        sheet = self._sheet
        if self._formulas or _has_formulas(sheet):
            sheet.book.calculate()
        self._links.save()
        if self._pictures is not None:
            self._pictures.save()
        sheet.styles.save()
        self._splice.write(sheet.frame.new_tail(), self._dimension())

    def _put(
        self,
        number: int,
        cells: Mapping[int, Cell],
        looks: Mapping[int, int],
        format_of: Callable[[int], str],
    ) -> None:
        """Put cells into a row, each with its style and its link."""
        sheet = self._sheet
        new: dict[int, NewCell] = {}
        for column, value in cells.items():
            self._formulas = self._formulas or isinstance(value, Formula)
            xf = self._xf(value, column, looks.get(column), format_of)
            bold = self._bold.get(column)
            if bold is not None and bold is not self._is_bold(xf):
                xf = sheet.styles.xf_like(xf, bold=bold)
            shown = self._links.put(column, number, value)
            made = content(shown, prefix=sheet.prefix, date1904=sheet.book.date1904)
            new[column] = NewCell(made, xf)
            if self._protected and made.xml and not sheet.styles.unlocked(xf):
                raise _protected(sheet)
        if new:
            left, right = self._columns
            self._columns = (min(left, *new), max(right, *new))
            self._splice.put(number, new)
            self._last = max(self._last, number)
            self._raise(number, {c: made.xf for c, made in new.items()}, cells)
        self._show(number, {c: value for c, value in cells.items() if isinstance(value, Link)})

    def _raise(
        self, number: int, xfs: Mapping[int, int | None], cells: Mapping[int, Cell]
    ) -> None:
        """Make a row as high as the texts that go over several lines in it."""
        texts = {c: v for c, v in cells.items() if isinstance(v, str)}
        long = {c: v for c, v in texts.items() if len(v) > _SHORT or "\n" in v}
        sheet = self._sheet
        wrapped = [c for c in long if sheet.styles.wraps(xfs[c] or 0)]
        if wrapped:
            from sheetlog.xlsx import heights

            tall = heights.points((str(long[c]), sheet.column_width(c)) for c in wrapped)
            if tall:
                self._splice.raised(number, tall)

    def _show(self, number: int, links: Mapping[int, Link]) -> None:
        """Show pictures in the cells of links that have one; the row is made as high as they."""
        for column, link in links.items():
            picture = self._picture_of(column, link)
            if picture is not None:
                from sheetlog.xlsx import pictures

                height = self._splice.raised(number, pictures.HEIGHT)
                self._drawn().put(column, number, picture, height=height)

    def _drawn(self) -> Pictures:
        if self._pictures is None:
            from sheetlog.xlsx.pictures import Pictures

            self._pictures = Pictures(self._sheet)
        return self._pictures

    def _xf(
        self, value: Cell, column: int, look: int | None, format_of: Callable[[int], str]
    ) -> int:
        """Return a cell's style: that of the cells above, made fit for what the value is."""
        styles = self._sheet.styles
        xf = look or 0
        if look is None:
            xf = self._sheet.column_xf(column)
            code = "General" if xf else format_of(column)
            if code != "General":
                xf = styles.xf_like(xf, number_format=code)
        if isinstance(value, datetime) and self._sheet.reader.kind(xf) != "date":
            return styles.xf_like(xf, number_format=DATETIME)
        if isinstance(value, timedelta) and self._sheet.reader.kind(xf) != "duration":
            return styles.xf_like(xf, number_format=DURATION)
        if isinstance(value, Link):
            return styles.xf_like(xf, hyperlink=True)
        return self._truth(xf, value) if isinstance(value, int | float) else xf

    def _truth(self, xf: int, value: float) -> int:
        """Return the style of a cell that holds true or false, or a number that may stand below
        one that does.
        """
        styles = self._sheet.styles
        if not isinstance(value, bool) and not styles.mentions(BOOLEAN):
            return xf
        code = styles.number_format_of(xf)
        if isinstance(value, bool) and code == "General":
            return styles.xf_like(xf, number_format=BOOLEAN)
        if code == BOOLEAN and not isinstance(value, bool):
            return styles.xf_like(xf, number_format="General")
        return xf

    def _dimension(self) -> str | None:
        """Return the used area once the new cells are in it."""
        area = references.area(self._sheet.frame.dimension)
        left, right = self._columns
        if area is None or right < left:
            return None
        first = references.cell(min(area.left, left), min(area.top, self._region.header or 1))
        last = references.cell(max(area.right, right), max(area.bottom, self._last))
        return f"{first}:{last}"


def _protected(sheet: Worksheet) -> RefusedError:
    """Return the error to raise where a person would have to take a protection off first."""
    return RefusedError(
        f"the tab '{sheet.sheet.title}' is protected, and Excel would let nobody write there; "
        "take the protection off (Review > Unprotect Sheet), unlock the cells that runs go to, or "
        "name another tab"
    )


def _down(formula: str, rows: int) -> Formula:
    """Return a formula as it reads so many rows further down."""
    return Formula(text=references.translated(formula, columns=0, rows=rows))


def _general(_column: int) -> str:
    return "General"


def _has_formulas(sheet: Worksheet) -> bool:
    """Return whether the workbook has formulas whose results were kept."""
    package = sheet.package
    return any(
        each.kind == "calcChain" and package.has(each.target)
        for each in package.relationships(package.workbook)
    )
