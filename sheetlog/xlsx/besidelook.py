"""What people did to a tab beside the runs, other than to what its cells say.

A tab that is written anew loses their colours, charts, rules, notes and protection: one that has
any isn't sheetlog's alone any more. Knows worksheets and drawings; writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sheetlog.xlsx import references
from sheetlog.xlsx.spans import parse

if TYPE_CHECKING:
    from sheetlog.tabs import Tab
    from sheetlog.xlsx.package import Package
    from sheetlog.xlsx.worksheet import Worksheet

_THEIRS = frozenset((
    "protectedRanges", "autoFilter", "mergeCells", "conditionalFormatting", "dataValidations",
    "hyperlinks", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects",
    "controls", "tableParts",
))  # fmt: skip
"""Parts of a worksheet that such a tab is never made with, and no program adds by itself."""
_EXTENSIONS = ("sparklineGroup", "slicerList", ":conditionalFormatting", ":dataValidation")
_ANCHORS = frozenset(("oneCellAnchor", "twoCellAnchor", "absoluteAnchor"))


def added(sheet: Worksheet) -> bool:
    """Return whether there is anything in a tab that none is made with."""
    frame = sheet.frame
    names = {child.name for child in frame.behind}
    return sheet.protected or not names.isdisjoint(_THEIRS) or frame.mentions(_EXTENSIONS)


def made(tab: Tab) -> str:
    """Return a short text of the colours and charts that a tab is made with."""
    painted = {}
    for cell in tab.cells:
        if cell.style.fill is not None or cell.style.bold:
            name = references.cell(cell.column, cell.row + 1)
            painted[name] = _paint(cell.style.fill or "", bold=cell.style.bold)
    return _digest(painted, len(tab.charts))


def now(package: Package, sheet: Worksheet) -> str:
    """Return the same of a tab as it is."""
    painted, styles = {}, sheet.styles
    for number in sheet.rows.numbers:
        for cell in sheet.row(number):
            paint = _paint(styles.fill_of(cell.xf), bold=styles.is_bold(cell.xf))
            if paint:
                painted[references.cell(cell.column, number)] = paint
    return _digest(painted, _drawn(package, sheet.sheet.part))


def _paint(fill: str, *, bold: bool) -> str:
    return f"{fill}{' bold' if bold else ''}"


def _drawn(package: Package, part: str) -> int:
    """Return how many things are drawn on a tab: charts, pictures, shapes."""
    found = 0
    for link in package.relationships(part):
        if link.kind == "drawing" and package.has(link.target):
            children = parse(package.xml(link.target), link.target).children
            found += sum(child.name in _ANCHORS for child in children)
    return found


def _digest(painted: Mapping[str, str], drawn: int) -> str:
    lines = [str(drawn), *(f"{name} {painted[name]}" for name in sorted(painted))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
