"""A tab beside that of the runs: cells, formulas and charts from a description, made or replaced.

Knows the package, the styles and what `tabs` describes; knows no plan and no template. What it has
written it remembers in a hidden name of the tab, so that what people change is seen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sheetlog.tabs import RUN_LINK, Tab, TabCell, TabLook
from sheetlog.xlsx import besidelook, besidenames, chart, colspans, heights, references
from sheetlog.xlsx.spans import parse
from sheetlog.xlsx.styles import Styles
from sheetlog.xlsx.tab import (
    DECLARED,
    MAIN,
    RELATIONS,
    TYPES,
    check_unprotected,
    enter,
    free_part,
    legal_title,
)
from sheetlog.xlsx.texts import plain, resolved
from sheetlog.xlsx.values import content, xml_text
from sheetlog.xlsx.workbook import Sheet, Workbook
from sheetlog.xlsx.worksheet import Worksheet

if TYPE_CHECKING:
    from sheetlog.xlsx.package import Package

_KNOWN = re.compile(r'"(\w+) ([0-9a-f]+) ([0-9a-f]+)(?: ([0-9a-f]+))?"')
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f(?:\s[^<>]*)?>([^<]+)</")
_CACHED = re.compile(rb"(</(?:[\w.-]+:)?f>)<((?:[\w.-]+:)?)v>[^<]*</\2v>")
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def put(package: Package, tab: Tab, *, runs: Sheet, header: int, places: Mapping[str, int]) -> str:
    """Make a tab, or write the one of its name anew; return its title.

    Args:
        runs: the tab of the runs.
        header: the row of its header.
        places: its columns by key.

    Raises:
        RefusedError: the workbook's structure is protected, or it has no room for a style.
    """
    book = Workbook(package)
    there = known(package, book, runs).get(tab.name)
    if there is None:
        check_unprotected(package)
        title = legal_title(tab.title, book.titles)
        part = free_part(package, "worksheets/sheet")
        package.add(part, b"", content_type=TYPES + "worksheet+xml")
        link = package.relate(package.workbook, f"{RELATIONS[package.strict]}/worksheet", part)
        enter(package, title, link, None)
    else:
        sheet = there[0]
        title, part = sheet.title, sheet.part
    formulas = _Formulas(runs.title, header, places)
    cols = _cols(tab) if there is None else _kept_cols(package, part) or _cols(tab)
    link = _drawn(package, tab, title, part)
    package.replace(part, _worksheet(package, tab, formulas, link, cols))
    book = Workbook(package)
    sheet = next(each for each in book.sheets if each.part == part)
    shown = {cell_name(cell): text for cell in tab.cells if (text := formulas.shown(cell))}
    made = f"{tab.fingerprint(runs.title)} {_digest(shown)} {besidelook.made(tab)}"
    mark = f'"{tab.name} {made}"'
    about = besidenames.runs_text(references.quoted(runs.title))
    names = [(besidenames.BESIDE, mark), (besidenames.RUNS, about)]
    book.add_names([*formulas.names(tab), *names], tab=sheet.index)
    book.calculate()
    return title


def known(package: Package, book: Workbook, runs: Sheet) -> dict[str, tuple[Sheet, TabLook]]:
    """Return the tabs of ours that are there for a tab of runs, by name."""
    found: dict[str, tuple[Sheet, TabLook]] = {}
    by_index = {sheet.index: sheet for sheet in book.sheets}
    about = {
        name.tab: besidenames.runs_title(name.text)
        for name in book.names
        if name.name.casefold() == besidenames.RUNS
    }
    titles = {title.casefold() for title in book.titles}
    mine = runs.title.casefold()
    # One that is about no tab there is (any more) comes after one that is about this.
    for name in sorted(book.names, key=lambda name: about.get(name.tab) != mine):
        said = _KNOWN.fullmatch(name.text) if name.name.casefold() == besidenames.BESIDE else None
        sheet = by_index.get(name.tab) if name.tab is not None else None
        others = about.get(name.tab) in titles - {mine}
        if said is not None and sheet is not None and said[1] not in found and not others:
            edited = _edited(package, Worksheet(package, book, sheet), said[3], said[4])
            look = TabLook(name=said[1], title=sheet.title, made=said[2], edited=edited)
            found[said[1]] = sheet, look
    return found


def forget_results(package: Package) -> None:
    """Take the results out of the tabs of ours: what another program kept there is out of date.

    LibreOffice shows what a file holds and calculates nothing, whatever `fullCalcOnLoad` says.
    """
    book = Workbook(package)
    by_index = {sheet.index: sheet for sheet in book.sheets}
    for name in book.names:
        if name.name.casefold() != besidenames.BESIDE or name.tab not in by_index:
            continue
        part = by_index[name.tab].part
        data = package.xml(part)
        blank = _CACHED.sub(rb"\1", data)
        if blank != data:
            package.replace(part, blank)
            book.calculate()


class _Formulas:
    """Formulas as this workbook reads them: a name of the tab for each column of the runs.

    A name gives a column by where its header cell is: that one goes along when people move the
    cells of a table, as no reference to a whole column does.
    """

    def __init__(self, title: str, header: int, places: Mapping[str, int]) -> None:
        self._title = title
        self._header = header
        self._places = places

    def text(self, formula: str) -> str:
        """Return a formula without its `=`."""
        return _PLACEHOLDER.sub(self._resolved, formula.removeprefix("="))

    def _resolved(self, found: re.Match[str]) -> str:
        if found[0] == RUN_LINK:
            link = f"#{references.quoted(self._title)}!A".replace('"', '""')
            return f'"{link}"'
        return besidenames.column_name(found[1])

    def names(self, tab: Tab) -> Iterator[tuple[str, str]]:
        """Yield name and text of each column that a tab refers to."""
        title = references.quoted(self._title)
        for key in sorted(tab.keys):
            cell = f"${references.letters(self._places[key])}${self._header}"
            yield besidenames.column_name(key), besidenames.column_text(title, cell)

    def shown(self, cell: TabCell) -> str:
        """Return what a cell holds as one text; blank: nothing."""
        if cell.formula is not None:
            return f"={self.text(cell.formula)}".replace(" ", "")
        return "" if cell.value is None else str(cell.value)


def cell_name(cell: TabCell) -> str:
    """Return a cell's name."""
    return references.cell(cell.column, cell.row + 1)


def _edited(package: Package, sheet: Worksheet, said: str, looked: str | None) -> bool:
    """Return whether people changed a tab: what it says, its colours, or what else is in it."""
    if besidelook.added(sheet) or _digest(dict(_shown(sheet))) != said:
        return True
    # Tabs of earlier versions don't remember what they looked like.
    return looked is not None and besidelook.now(package, sheet) != looked


def _shown(worksheet: Worksheet) -> Iterator[tuple[str, str]]:
    """Yield the cells of a tab that hold something, as `_Formulas.shown` gives them."""
    for number in worksheet.rows.numbers:
        for cell in worksheet.row(number):
            found = _FORMULA.search(cell.inner)
            if found is not None:
                text = "=" + plain(resolved(found[1])).replace(" ", "")
            else:
                value = worksheet.reader.value(cell)
                text = "" if value is None else str(value)
            if text:
                yield references.cell(cell.column, number), text


def _digest(shown: Mapping[str, str]) -> str:
    text = "\n".join(f"{name} {shown[name]}" for name in sorted(shown))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _drawn(package: Package, tab: Tab, title: str, part: str) -> str:
    """Put a tab's charts into the package; return the relationship to their drawing."""
    relations = RELATIONS[package.strict]
    for each in package.relationships(part):
        if each.kind == "drawing" and package.has(each.target):
            for inner in package.relationships(each.target):
                if inner.kind == "chart" and package.has(inner.target):
                    package.remove(inner.target, source=each.target)
            package.remove(each.target, source=part)
    if not tab.charts:
        return ""
    place = free_part(package, "drawings/drawing")
    package.add(
        place, b"", content_type="application/vnd.openxmlformats-officedocument.drawing+xml"
    )
    links = []
    for described in tab.charts:
        name = free_part(package, "charts/chart")
        package.add(name, chart.chart(described, title), content_type=_CHART)
        links.append((described, package.relate(place, f"{relations}/chart", name)))
    package.replace(place, chart.drawing(links))
    return package.relate(part, f"{relations}/drawing", place)


_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"


def _cols(tab: Tab) -> bytes:
    """Return the columns' widths, and which of them are hidden."""
    return colspans.xml(
        [
            (at, at, colspans.col(width=width, hidden=at in tab.hidden))
            for at, width in enumerate(tab.widths)
        ]
    )


def _kept_cols(package: Package, part: str) -> bytes:
    """Return the widths as they are in a tab: people may have chosen them; blank: none can be."""
    data = package.xml(part)
    cols = parse(data, part).child("cols")
    kept = data[cols.start : cols.end] if cols is not None else b""
    # A prefix would be one that the new part doesn't declare.
    return kept if kept.startswith(b"<cols") and b":" not in kept else b""


def _worksheet(
    package: Package, tab: Tab, formulas: _Formulas, drawing: str, cols: bytes
) -> bytes:
    """Return the worksheet's part."""
    styles = Styles(package)
    known_styles: dict[object, int] = {}

    def xf(cell: TabCell) -> int:
        look = cell.style
        if look not in known_styles:
            known_styles[look] = styles.xf_like(
                0,
                number_format=look.number_format,
                hyperlink=True if look.link else None,
                bold=True if look.bold else None,
                font_color=look.ink,
                font_size=look.size,
                fill=look.fill,
                wrap=True if look.wrap else None,
                horizontal=look.align,
                vertical="top" if look.wrap else None,
                underlined=look.underlined,
            )
        return known_styles[look]

    rows: dict[int, list[str]] = {}
    for cell in tab.cells:
        rows.setdefault(cell.row, []).append(_cell(cell, xf(cell), formulas))
    styles.save()
    tall = _heights(tab)
    inner = "".join(_row(row, cells, tall.get(row, 0.0)) for row, cells in sorted(rows.items()))
    last = references.cell(len(tab.widths) - 1, max(rows, default=0) + 1)
    colour = f'<tabColor rgb="FF{tab.colour}"/>' if tab.colour else ""
    shown = f'<drawing r:id="{drawing}"/>' if drawing else ""
    return (
        f'{DECLARED}<worksheet xmlns="{MAIN[package.strict]}" '
        f'xmlns:r="{RELATIONS[package.strict]}"><sheetPr>{colour}<pageSetUpPr fitToPage="1"/>'
        f'</sheetPr><dimension ref="A1:{last}"/>{_view(tab.freeze_rows)}'
        f'<sheetFormatPr defaultRowHeight="15"/>{cols.decode()}<sheetData>{inner}</sheetData>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        f"<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter>"
        f"{shown}</worksheet>"
    ).encode()


def _view(freeze: int) -> str:
    pane = ""
    if freeze:
        corner = references.cell(0, freeze + 1)
        pane = (
            f'<pane ySplit="{freeze}" topLeftCell="{corner}" activePane="bottomLeft" '
            f'state="frozen"/><selection pane="bottomLeft" activeCell="{corner}" '
            f'sqref="{corner}"/>'
        )
    grid = "" if freeze else ' showGridLines="0"'
    return f'<sheetViews><sheetView{grid} workbookViewId="0">{pane}</sheetView></sheetViews>'


def _heights(tab: Tab) -> dict[int, float]:
    """Return how high rows are, in points: as the tab says, else as long texts need; 0: usual."""
    texts: dict[int, list[tuple[str, float]]] = {}
    for cell in tab.cells:
        if cell.style.wrap and isinstance(cell.value, str):
            texts.setdefault(cell.row, []).append((cell.value, tab.widths[cell.column]))
    return {row: heights.points(found) for row, found in texts.items()} | dict(tab.heights)


def _row(row: int, cells: list[str], height: float) -> str:
    tall = f' ht="{height:g}" customHeight="1"' if height else ""
    return f'<row r="{row + 1}"{tall}>{"".join(cells)}</row>'


def _cell(cell: TabCell, xf: int, formulas: _Formulas) -> str:
    name = cell_name(cell)
    if cell.formula is not None:
        text = xml_text(formulas.text(cell.formula))
        array = f' t="array" ref="{name}"' if cell.array else ""
        return f'<c r="{name}" s="{xf}"><f{array}>{text}</f></c>'
    made = content(cell.value)
    kind = f' t="{made.kind}"' if made.kind else ""
    return (
        f'<c r="{name}" s="{xf}"{kind}>{made.xml}</c>' if made.xml else f'<c r="{name}" s="{xf}"/>'
    )
