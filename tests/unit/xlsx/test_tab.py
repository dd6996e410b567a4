"""New tabs and new workbooks: sound packages that three readers agree about."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
import python_calamine

from sheetlog.errors import RefusedError
from sheetlog.xlsx.package import Package
from sheetlog.xlsx.styles import Styles
from sheetlog.xlsx.tab import NewColumn, add_tab, legal_title, new_workbook, table_name
from tests.people import office
from tests.unit.xlsx.books import made, plain

TITLES = ["Run", "Status", "Accuracy", "run", "two\nlines", ' "<&>" ', ""]
WRITTEN = ["Run", "Status", "Accuracy", "run (2)", "two\nlines", ' "<&>" ', "Column"]


def columns(styles: Styles) -> list[NewColumn]:
    return [
        NewColumn(
            place=place,
            title=title,
            xf=styles.xf_like(0, number_format="0.0%") if place == 2 else None,
            width=12 + place,
            hidden=place == 6,
            choices=("keep", 'say "no"') if place == 1 else (),
            goal="max" if place == 2 else None,
            note="share of the test images" if place == 2 else None,
        )
        for place, title in enumerate(TITLES)
    ]


def add(path: Path, name: str = "Runs") -> str:
    with Package.open(path) as package:
        styles = Styles(package)
        wanted = columns(styles)
        styles.save()
        part = add_tab(package, name, wanted, freeze_columns=2)
        package.save()
    return part


def new(tmp_path: Path) -> Path:
    path = tmp_path / "new.xlsx"
    new_workbook(path)
    add(path)
    return path


def test_a_new_workbook_has_one_tab_with_a_table(tmp_path: Path) -> None:
    """Header texts are the names of the table's columns, each once."""
    book = openpyxl.load_workbook(new(tmp_path))
    assert ["Runs"] == book.sheetnames
    sheet = book["Runs"]
    table = sheet.tables["Runs"]
    assert ("A1:G2", "A1:G2") == (table.ref, table.autoFilter.ref)
    assert WRITTEN == [column.name for column in table.tableColumns]
    assert WRITTEN == [cell.value for cell in sheet[1]]
    assert [None] * 7 == [cell.value for cell in sheet[2]]


def test_it_is_dressed(tmp_path: Path) -> None:
    """Frozen, wide, hidden, formatted, printed on one page's width under its header."""
    sheet = openpyxl.load_workbook(new(tmp_path))["Runs"]
    assert "C2" == sheet.freeze_panes
    assert "0.0%" == sheet["C2"].number_format == sheet.column_dimensions["C"].number_format
    assert [True, False] == [sheet.column_dimensions[name].hidden for name in "GF"]
    assert 14.71 == pytest.approx(sheet.column_dimensions["C"].width, abs=0.01)
    listed, note = sheet.data_validations.dataValidation
    assert ("B2:B1048576", '"keep,say ""no"""') == (str(listed.sqref), listed.formula1)
    assert ("C1", "share of the test images") == (str(note.sqref), note.prompt)
    rules = {
        str(each.sqref): [rule.type for rule in found]
        for each, found in sheet.conditional_formatting._cf_rules.items()
    }
    assert ["containsBlanks", "top10", "colorScale"] == rules["C2:C1048576"]
    assert ("landscape", True) == (sheet.page_setup.orientation, sheet.page_setup.fitToWidth == 1)
    assert ("$1:$1", "$A:$B") == (sheet.print_title_rows, sheet.print_title_cols)


def test_three_readers_agree(tmp_path: Path) -> None:
    """What openpyxl, calamine and LibreOffice read is what was written."""
    path = new(tmp_path)
    [row, *_] = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(
        "Runs"
    ).to_python()  # fmt: skip
    assert WRITTEN == row
    desk = office.running()
    with desk.opened(path):
        assert [WRITTEN] == desk.do("shown", tab="Runs", area="A1:G1")
        assert {"Runs": "Runs!A1:G2"} == desk.do("tables")
        assert {"Runs.B2:B1048576", "Runs.C2:C1048576"} == set(desk.do("conditions", tab="Runs"))


def test_a_tab_is_added_and_nothing_else_is_touched(tmp_path: Path) -> None:
    """Parts that are there keep their bytes, but for the workbook, its links, types and styles."""

    def fill(runs: object, other: object, book: object) -> None:
        plain(runs, other, book)
        runs.add_table("A1:D4", {"name": "Runs_2", "columns": [{"header": t} for t in "abcd"]})
        book.define_name("runs_3", "=Runs!$A$1")

    path = made(tmp_path / "a.xlsx", fill)
    with zipfile.ZipFile(path) as archive:
        before = {name: archive.read(name) for name in archive.namelist()}
    assert "xl/worksheets/sheet3.xml" == add(path)
    with zipfile.ZipFile(path) as archive:
        after = {name: archive.read(name) for name in archive.namelist()}
    changed = {name for name in before if before[name] != after[name]}
    assert {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
    } == changed  # fmt: skip
    assert {
        "xl/worksheets/sheet3.xml", "xl/worksheets/_rels/sheet3.xml.rels", "xl/tables/table2.xml",
    } == after.keys() - before.keys()  # fmt: skip
    book = openpyxl.load_workbook(path)
    assert ["Runs", "Other", "Runs (2)"] == book.sheetnames
    [table] = book["Runs (2)"].tables.values()
    assert ("Runs__2_", 2) == (table.displayName, table.id)
    assert book["Runs"]["A2"].value == "run 1"
    assert "$1:$1" == book["Runs (2)"].print_title_rows
    assert not book["Runs (2)"].sheet_view.tabSelected


def test_a_protected_structure_is_respected(tmp_path: Path) -> None:
    """Whoever locked the tabs has to unlock them; the file keeps its bytes."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.security.lockStructure = True
    book.save(path)
    before = path.read_bytes()
    with pytest.raises(RefusedError, match="structure is protected"):
        add(path)
    assert before == path.read_bytes()


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        ("Runs", "Runs"),
        ("a b c", "a/b\\c"),
        ("x" * 31, "x" * 40),
        ("Runs", "[]"),
        ("it's", "'it's'"),
        ("Taken (2)", "taken"),
        ("y" * 27 + " (2)", "y" * 31),
        ("History of runs", "History"),
    ],
)
def test_titles_are_made_legal(expected: str, name: str) -> None:
    """Excel calls a workbook damaged for any other."""
    assert expected.casefold() == legal_title(name, ["Taken", "y" * 31]).casefold()


@pytest.mark.parametrize(
    ("expected", "title"),
    [
        ("Runs", "Runs"),
        ("My_runs", "My runs"),
        ("_2024", "2024"),
        ("_A1", "A1"),
        ("_R1C1", "R1C1"),
        ("Läufe", "Läufe"),
        ("Taken_2", "Taken"),
    ],
)
def test_tables_have_names_of_their_own(expected: str, title: str) -> None:
    """No other table's and no range's, and nothing that reads as a cell."""
    assert expected == table_name(title, {"taken"})
