"""A new tab in a workbook that has none of ours, and a new workbook by the very same code.

Knows the package, the styles and what a tab looks like; knows no plan, no record and no template.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sheetlog import colours
from sheetlog.errors import RefusedError
from sheetlog.xlsx import colspans, look, references, spans
from sheetlog.xlsx.look import NewColumn
from sheetlog.xlsx.shelves import integer
from sheetlog.xlsx.styles import Styles
from sheetlog.xlsx.values import content
from sheetlog.xlsx.widening import column_xml, unique
from sheetlog.xlsx.workbook import ORDER, Workbook

if TYPE_CHECKING:
    import os

    from sheetlog.xlsx.package import Package

HEADER_HEIGHT = 32.0
"""Points: two lines."""
LINES = "D5DBE3"
"""Of the borders of our cells: as pale as the grid on the screen, and there on paper as well."""
LONGEST_TITLE = 31
"""Characters that Excel allows in a tab's title."""

DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."
MAIN = {
    False: "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    True: "http://purl.oclc.org/ooxml/spreadsheetml/main",
}
RELATIONS = {
    False: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    True: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NO_NAME = re.compile(r"[^\w.]")


def new_workbook(path: str | os.PathLike[str]) -> None:
    """Write a package that `Package.open` takes: a workbook without any tab yet."""
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}sheet.main+xml"/></Types>'
    )
    links = (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS[False]}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    )
    workbook = (
        f'<workbook xmlns="{MAIN[False]}" xmlns:r="{RELATIONS[False]}"><workbookPr/>'
        "<bookViews><workbookView/></bookViews><sheets></sheets></workbook>"
    )
    none = f'<Relationships xmlns="{_PACKAGE}/relationships"></Relationships>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", DECLARED + types)
        archive.writestr("_rels/.rels", DECLARED + links)
        archive.writestr("xl/workbook.xml", DECLARED + workbook)
        archive.writestr("xl/_rels/workbook.xml.rels", DECLARED + none)


def add_tab(
    package: Package, name: str, columns: Sequence[NewColumn], *, freeze_columns: int = 0
) -> str:
    """Add a tab with a table: a header in row 1, and one blank row, which a table must have.

    The rows of runs are written by the same code as into any other tab: the first one fills the
    blank row. Nothing else in the package is touched but the workbook part, its relationships, the
    content types and the styles.

    Args:
        name: what the tab is called; changed where it is taken, or not allowed (31 characters,
            and none of those that paths and ranges are made of).
        columns: from left to right; their places don't matter.
        freeze_columns: so many stay in sight when a person scrolls to the right.

    Returns:
        The worksheet's part name.

    Raises:
        RefusedError: the workbook's structure is protected, or it has no room for a style.
    """
    book = Workbook(package)
    title = legal_title(name, book.titles)
    check_unprotected(package)
    part = free_part(package, "worksheets/sheet")
    titles = _titles(columns)
    head, rows, tail = _pieces(package, columns, titles, freeze_columns, first=not book.titles)
    package.add(part, head + rows + tail, content_type=TYPES + "worksheet+xml")
    table = free_part(package, "tables/table")
    package.add(table, _table(package, book, title, titles), content_type=TYPES + "table+xml")
    relations = RELATIONS[package.strict]
    link = package.relate(part, f"{relations}/table", table)
    mark = f'<tablePart xmlns:r="{relations}" r:id="{link}"/>'
    tail = tail.replace(_TABLE_HERE, mark.encode())
    area = f"A1:{references.letters(len(columns) - 1)}2"
    package.sheet(part).rewrite(head, [rows], tail, area)
    link = package.relate(package.workbook, f"{relations}/worksheet", part)
    enter(package, title, link, freeze_columns)
    return part


def legal_title(name: str, taken: Iterable[str]) -> str:
    """Return a title that a tab can have: allowed in Excel, and not there already in any case."""
    known = {title.casefold() for title in taken}
    base = _FORBIDDEN.sub(" ", name).strip().strip("'")[:LONGEST_TITLE].strip() or "Runs"
    if base.casefold() == "history":  # Excel keeps this title to itself
        base = "History of runs"
    found, number = base, 1
    while found.casefold() in known:
        number += 1
        ending = f" ({number})"
        found = base[: LONGEST_TITLE - len(ending)] + ending
    return found


def _titles(columns: Sequence[NewColumn]) -> list[str]:
    """Return the header cells' texts: a table has no title twice, and none that is blank."""
    found: list[str] = []
    taken: set[str] = set()
    for column in columns:
        found.append(unique(column.title, taken))
        taken.add(found[-1].casefold())
    return found


def _pieces(
    package: Package,
    columns: Sequence[NewColumn],
    titles: Sequence[str],
    freeze: int,
    *,
    first: bool,
) -> tuple[bytes, bytes, bytes]:
    """Return the worksheet's head, its rows and its tail, in which the table is still missing."""
    styles = Styles(package)
    rules: list[str] = []
    choices: list[str] = []
    rank = 1
    for place, (column, title) in enumerate(zip(columns, titles, strict=True)):
        xml, count = look.conditions(column, styles, place=place, header=1, rank=rank)
        rank += count
        rules.append(xml)
        choices += look.validations(column, title, place=place, header=1)
    if choices:
        choices = [f'<dataValidations count="{len(choices)}">', *choices, "</dataValidations>"]

    def framed(xf: int | None) -> int:
        return styles.xf_like(xf or 0, border=LINES)

    last = f"{references.letters(len(columns) - 1)}2"
    cols = colspans.xml(
        [(place, place, made) for place, column in enumerate(columns)
         if (made := look.attributes(column))]
    )  # fmt: skip
    head = (
        f'{DECLARED}<worksheet xmlns="{MAIN[package.strict]}">'
        f'<sheetPr><tabColor rgb="FF{colours.TAB}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{last}"/>{_view(freeze, first=first)}'
        f'<sheetFormatPr defaultRowHeight="15"/>{cols.decode()}<sheetData>'
    )
    cells = "".join(
        _header_cell(references.cell(place, 1), title, framed(column.header_xf))
        for place, (column, title) in enumerate(zip(columns, titles, strict=True))
    )
    blank = "".join(
        f'<c r="{references.cell(place, 2)}" s="{framed(column.xf)}"/>'
        for place, column in enumerate(columns)
    )
    rows = (
        f'<row r="1" ht="{HEADER_HEIGHT:g}" customHeight="1">{cells}</row><row r="2">{blank}</row>'
    )
    styles.save()
    tail = (
        f"</sheetData>{''.join(rules)}{''.join(choices)}"
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter>"
        f'<tableParts count="1">{_TABLE_HERE.decode()}</tableParts></worksheet>'
    )
    return head.encode(), rows.encode(), tail.encode()


_TABLE_HERE = b"<tablePart/>"


def _view(freeze: int, *, first: bool) -> str:
    """Return how the tab is looked at: the header and the first columns stay in sight."""
    corner = references.cell(freeze, 2)
    pane = "bottomRight" if freeze else "bottomLeft"
    across = f'xSplit="{freeze}" ' if freeze else ""
    chosen = 'tabSelected="1" ' if first else ""
    return (
        f'<sheetViews><sheetView {chosen}workbookViewId="0"><pane {across}ySplit="1" '
        f'topLeftCell="{corner}" activePane="{pane}" state="frozen"/>'
        f'<selection pane="{pane}" activeCell="{corner}" sqref="{corner}"/>'
        "</sheetView></sheetViews>"
    )


def _header_cell(name: str, title: str, xf: int) -> str:
    made = content(title)
    return f'<c r="{name}" s="{xf}" t="{made.kind}">{made.xml}</c>'


def _table(package: Package, book: Workbook, title: str, titles: Sequence[str]) -> bytes:
    """Return the table's part: its number and name are no other table's, and no name's."""
    numbers, names = [0], {name.name.casefold() for name in book.names}
    for part in package.names():
        if (package.content_type(part) or "").endswith(".table+xml"):
            root = spans.parse(package.xml(part), part)
            numbers.append(integer(root.value("id")))
            names |= {(root.value(each) or "").casefold() for each in ("name", "displayName")}
    number = max(numbers) + 1
    name = table_name(title, names)
    area = f"A1:{references.letters(len(titles) - 1)}2"
    columns = "".join(column_xml(place, each) for place, each in enumerate(titles, 1))
    return (
        f'{DECLARED}<table xmlns="{MAIN[package.strict]}" id="{number}" name="{name}" '
        f'displayName="{name}" ref="{area}" totalsRowShown="0"><autoFilter ref="{area}"/>'
        f'<tableColumns count="{len(titles)}">{columns}</tableColumns>'
        '<tableStyleInfo name="TableStyleLight1" showFirstColumn="0" showLastColumn="0" '
        'showRowStripes="0" showColumnStripes="0"/></table>'
    ).encode()


def table_name(title: str, taken: Iterable[str]) -> str:
    """Return a name for a tab's table: of letters and digits, and nobody's yet.

    Args:
        title: of the tab.
        taken: names of tables and ranges, casefolded.
    """
    known = set(taken)
    base = _NO_NAME.sub("_", title)[:200]
    if not re.match(r"[^\W\d]|_", base) or references.quoted(base) != base:
        base = f"_{base}"
    found, number = base, 1
    while found.casefold() in known:
        number += 1
        found = f"{base}_{number}"
    return found


def free_part(package: Package, stem: str) -> str:
    """Return a part name beside the workbook that no part has: `xl/tables/table3.xml`."""
    folder = posixpath.dirname(package.workbook)
    # A relationship that leads nowhere would lead to our part if it had that name.
    promised = {each.target.casefold() for each in package.relationships(package.workbook)}
    number = 1
    while (
        package.has(name := posixpath.join(folder, f"{stem}{number}.xml"))
        or name.casefold() in promised
    ):
        number += 1
    return name


def structure_protected(package: Package) -> bool:
    """Return whether people have locked the workbook against new tabs."""
    root = spans.parse(package.xml(package.workbook), package.workbook)
    guard = root.child("workbookProtection")
    return guard is not None and guard.value("lockStructure") in {"1", "true"}


def check_unprotected(package: Package) -> None:
    if structure_protected(package):
        raise RefusedError(
            "the workbook's structure is protected, so that no tab can be added; take the "
            "protection off in Excel (Review, Protect Workbook), or name a tab that is there"
        )


def enter(package: Package, title: str, link: str, freeze: int | None) -> None:
    """Enter the tab into the workbook part, with what is repeated on each printed page.

    Args:
        freeze: so many columns and the first row are; None: nothing is.
    """
    data = package.xml(package.workbook)
    root = spans.parse(data, package.workbook)
    p = spans.prefix(data, root)
    edits = spans.Edits(data)
    holder = root.child("sheets")
    sheets = [] if holder is None else [each for each in holder.children if each.name == "sheet"]
    numbers = [integer(each.value("sheetId")) for each in sheets]
    xml = (
        f'<{p}sheet xmlns:r="{RELATIONS[package.strict]}" name="{spans.escaped(title)}" '
        f'sheetId="{max(numbers, default=0) + 1}" r:id="{link}"/>'
    )
    if holder is not None:
        edits.append(holder, xml.encode())
    else:
        whole = f"<{p}sheets>{xml}</{p}sheets>".encode()
        edits.insert(root, whole, name="sheets", order=ORDER)
    if freeze is None:
        package.replace(package.workbook, edits.done())
        return
    quoted = references.quoted(title)
    area = f"{quoted}!$1:$1"
    if freeze:
        area = f"{quoted}!$A:${references.letters(freeze - 1)},{area}"
    name = (
        f'<{p}definedName name="_xlnm.Print_Titles" localSheetId="{len(sheets)}">'
        f"{spans.escaped(area)}</{p}definedName>"
    )
    names = root.child("definedNames")
    if names is not None:
        edits.append(names, name.encode())
    else:
        whole = f"<{p}definedNames>{name}</{p}definedNames>".encode()
        edits.insert(root, whole, name="definedNames", order=ORDER)
    package.replace(package.workbook, edits.done())
