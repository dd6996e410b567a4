"""The workbook part: its tabs, its names, and how it calculates. Edited by span.

Knows the package and the schema's order; knows no cells and no plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sheetlog.errors import RefusedError
from sheetlog.xlsx import references
from sheetlog.xlsx.spans import Edits, Element, escaped, parse, prefix

if TYPE_CHECKING:
    from sheetlog.xlsx.package import Package

ORDER = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets",
    "functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize",
    "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing",
    "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip
"""Children of the workbook part as the schema orders them (ECMA-376, 18.2.27)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A tab that holds cells."""

    title: str
    part: str
    index: int
    """Its place among all tabs, which is how names of its own point to it."""
    number: str
    """Its `sheetId`, which it keeps for life."""


class Name(NamedTuple):
    """A defined name."""

    name: str
    text: str
    """A formula, mostly a reference: `Runs!$F$1`."""
    tab: int | None
    """The index of the tab that it belongs to; None: the whole workbook's."""


class Workbook:
    """The workbook part as it is, and what is to change in it."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._read()

    def _read(self) -> None:
        package = self._package
        self._data = package.xml(package.workbook)
        self._root = parse(self._data, package.workbook)
        self._prefix = prefix(self._data, self._root)
        self.titles = [sheet.value("name") or "" for sheet in self._elements("sheets", "sheet")]
        self.sheets = self._sheets()
        self._names = self._elements("definedNames", "definedName")
        self.names = _named(self._root)
        properties = self._root.child("workbookPr")
        self.date1904 = properties is not None and properties.value("date1904") in {"1", "true"}

    def _elements(self, parent: str, name: str) -> list[Element]:
        holder = self._root.child(parent)
        return [] if holder is None else [each for each in holder.children if each.name == name]

    def _sheets(self) -> list[Sheet]:
        targets = {
            each.id: each
            for each in self._package.relationships(self._package.workbook)
            if each.kind == "worksheet" and not each.external
        }
        found = []
        for index, element in enumerate(self._elements("sheets", "sheet")):
            target = targets.get(element.value("id") or "")
            if target is not None and self._package.has(target.target):
                title = element.value("name") or ""
                number = element.value("sheetId") or ""
                found.append(Sheet(title=title, part=target.target, index=index, number=number))
        return found

    def sheet(self, title: str) -> Sheet | None:
        """Return the tab of a title (in any case), or None.

        Raises:
            RefusedError: the tab holds a chart or macros instead of cells.
        """
        for sheet in self.sheets:
            if sheet.title.casefold() == title.casefold():
                return sheet
        if title.casefold() in (each.casefold() for each in self.titles):
            raise RefusedError(
                f"the tab '{title}' has no cells: it is a chart or a dialog, or is missing; "
                "name another tab"
            )
        return None

    def add_names(self, names: Iterable[tuple[str, str]], *, tab: int) -> None:
        """Add hidden names that belong to a tab, or point those that are there to another cell.

        Args:
            names: name and text of each.
            tab: index of the tab.
        """
        edits = Edits(self._data)
        new = []
        for name, text in names:
            known = [
                element
                for element, each in zip(self._names, self.names, strict=True)
                if each.tab == tab and each.name.casefold() == name.casefold()
            ]
            for element in known[:1]:
                edits.text(element, text)
            if not known:
                new.append(
                    f'<{self._prefix}definedName name="{escaped(name)}" localSheetId="{tab}" '
                    f'hidden="1">{escaped(text)}</{self._prefix}definedName>'
                )
        holder = self._root.child("definedNames")
        xml = "".join(new)
        if holder is not None and xml:
            edits.append(holder, xml.encode())
        elif xml:
            xml = f"<{self._prefix}definedNames>{xml}</{self._prefix}definedNames>"
            edits.insert(self._root, xml.encode(), name="definedNames", order=ORDER)
        self._keep(edits)

    def change_names(
        self,
        change: references.Change,
        *,
        sheet: Sheet,
        concerned: Callable[[str], bool] | None = None,
    ) -> None:
        """Carry out a change of a tab's areas in the names that refer to it.

        Args:
            concerned: tells of a name's text, much faster, whether it may change; None: any may.
        """
        edits = Edits(self._data)
        for element, name in zip(self._names, self.names, strict=True):
            if concerned is not None and not concerned(name.text):
                continue
            text = references.in_formula(
                name.text, change, sheet=sheet.title, own=False, named=True
            )
            if text != name.text:
                edits.text(element, text)
        self._keep(edits)

    def calculate(self) -> None:
        """Have all formulas calculated when the workbook is opened next."""
        edits = Edits(self._data)
        calc = self._root.child("calcPr")
        if calc is None:
            xml = f'<{self._prefix}calcPr fullCalcOnLoad="1"/>'.encode()
            edits.insert(self._root, xml, name="calcPr", order=ORDER)
        elif calc.value("fullCalcOnLoad") not in {"1", "true"}:
            edits.attribute(calc, "fullCalcOnLoad", "1")
        self._keep(edits)

    def _keep(self, edits: Edits) -> None:
        if edits:
            self._package.replace(self._package.workbook, edits.done())
            self._read()


# The same root stands for the same bytes: `parse` keeps it from one row to the next.
@lru_cache(maxsize=8)
def _named(root: Element) -> tuple[Name, ...]:
    holder = root.child("definedNames")
    elements = () if holder is None else holder.children
    return tuple(_name(each) for each in elements if each.name == "definedName")


def _name(element: Element) -> Name:
    tab = element.attributes.get("localSheetId", "")
    name = element.attributes.get("name", "")
    return Name(name, element.text.strip(), int(tab) if tab.isdigit() else None)
