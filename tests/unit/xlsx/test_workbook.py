"""The workbook part: names and calculation go where the schema wants them."""

from __future__ import annotations

import re
from pathlib import Path

from sheetlog.xlsx.package import Package
from sheetlog.xlsx.references import Area
from sheetlog.xlsx.workbook import Workbook
from tests.unit.xlsx.tabs import header, part, write


def opened(path: Path) -> tuple[Package, Workbook]:
    package = Package.open(path)
    return package, Workbook(package)


def children(path: Path) -> list[str]:
    xml = part(path, "xl/workbook.xml")
    return re.findall(r"<(\w+)", xml.partition("<workbook")[2].partition(">")[2])


def test_tabs(tmp_path: Path) -> None:
    """Title, part, place and number."""
    package, book = opened(write(tmp_path / "a.xlsx", header()))
    with package:
        sheet = book.sheet("runs")
        assert sheet is not None
        assert ("Runs", "xl/worksheets/sheet1.xml", 0, "1") == (
            sheet.title, sheet.part, sheet.index, sheet.number,
        )  # fmt: skip
        assert book.sheet("nobody") is None
        assert not book.date1904


def test_names_are_added_in_their_place(tmp_path: Path) -> None:
    """A first one makes the list, between the tabs and the calculation."""
    path = write(tmp_path / "a.xlsx", header(), marks="", workbook="<calcPr/><extLst/>")
    package, book = opened(path)
    with package:
        book.add_names([("_a", "Runs!$A$1"), ("_b", '"<x>"')], tab=0)
        assert [("_a", "Runs!$A$1", 0), ("_b", '"<x>"', 0)] == [
            (name.name, name.text, name.tab) for name in book.names
        ]
        package.save()
    assert ["sheets", "sheet", "definedNames", "definedName", "definedName", "calcPr", "extLst"] == children(path)


def test_a_name_that_is_there_gets_another_text(tmp_path: Path) -> None:
    """Its own tab's alone, in any case."""
    marks = '<definedName name="_A" localSheetId="0">old</definedName><definedName name="_a">global</definedName>'
    package, book = opened(write(tmp_path / "a.xlsx", header(), marks=marks))
    with package:
        book.add_names([("_a", "new")], tab=0)
        assert ["new", "global"] == [name.text for name in book.names]


def test_names_follow_a_change(tmp_path: Path) -> None:
    """People's and the marks; other tabs' stay."""
    marks = (
        '<definedName name="_sheetlog.run.id" localSheetId="0">Runs!$A$1</definedName>'
        '<definedName name="mine">Runs!$A$1:$B$1,Other!$A$1</definedName>'
    )
    package, book = opened(write(tmp_path / "a.xlsx", header(), marks=marks))

    def down(area: Area) -> Area:
        return Area(left=area.left, right=area.right, top=area.top + 2, bottom=area.bottom + 2)

    with package:
        sheet = book.sheets[0]
        book.change_names(down, sheet=sheet)
        assert ["Runs!$A$3", "Runs!$A$3:$B$3,Other!$A$1"] == [name.text for name in book.names]


def test_calculate(tmp_path: Path) -> None:
    """Set once; then the part stays as it is."""
    path = write(tmp_path / "a.xlsx", header(), workbook="<extLst/>")
    package, book = opened(path)
    with package:
        book.calculate()
        once = package.read("xl/workbook.xml")
        book.calculate()
        assert once == package.read("xl/workbook.xml")
    assert b'<calcPr fullCalcOnLoad="1"/><extLst/>' in once
