"""Columns inserted into a workbook that another program made: everything follows, nothing else."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sheetlog.xlsx.columns import NewColumn, insert_columns, place_behind
from sheetlog.xlsx.package import Package
from tests.unit.xlsx.books import PART, inserted, made, plain, xml

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
    "08d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


AT_B = NewColumn(place=1, title="New")


def test_cells_move_and_the_header_gets_its_cell(tmp_path: Path) -> None:
    """What stood from the place on stands one column further, rows and all."""
    path = made(tmp_path / "a.xlsx", plain)
    assert ("New",) == inserted(path, AT_B)
    rows = list(openpyxl.load_workbook(path)["Runs"].iter_rows(values_only=True))
    assert rows[0] == ("Run", "New", "Loss", "Acc", "Notes")
    assert rows[2] == ("run 2", None, 0.2, 0.5, "note 2")
    assert '<dimension ref="A1:E4"' in xml(path, PART)


def test_several_columns_at_once(tmp_path: Path) -> None:
    """Each place counts when the earlier columns are there."""
    path = made(tmp_path / "a.xlsx", plain)
    columns = [NewColumn(place=p, title=t) for p, t in ((0, "a"), (2, "b"), (3, "c"), (7, "d"))]
    inserted(path, *columns)
    row = next(openpyxl.load_workbook(path)["Runs"].iter_rows(values_only=True))
    assert row == ("a", "Run", "b", "c", "Loss", "Acc", "Notes", "d")


def test_formulas_in_every_tab_follow(tmp_path: Path) -> None:
    """Bare ones in the tab itself, qualified ones elsewhere."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        runs.write_formula("F2", "=B2*2+A2")
        other.write_formula("A1", "=SUM(Runs!B2:C4)+B7")
        other.write_formula("A2", "=SUM('Other'!B2:C4)")

    path = made(tmp_path / "a.xlsx", fill)
    inserted(path, NewColumn(place=2, title="New"))
    book = openpyxl.load_workbook(path)
    assert "=B2*2+A2" == book["Runs"]["G2"].value
    assert "=SUM(Runs!B2:D4)+B7" == book["Other"]["A1"].value
    assert "=SUM('Other'!B2:C4)" == book["Other"]["A2"].value


def test_ranges_of_the_tab_follow(tmp_path: Path) -> None:
    """Merges, filters, formats, choices, links, widths, freezing, printing and names."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        runs.merge_range("B8:C8", "both")
        runs.autofilter("A1:D4")
        runs.conditional_format("C2:C4", {"type": "cell", "criteria": ">", "value": "$B$2"})
        runs.data_validation("D2:D4", {"validate": "list", "source": "=$B$2:$B$4"})
        runs.write_url("C3", "https://example.com/", string="here")
        runs.write_url("D3", "internal:Runs!C1", string="there")
        runs.write_url("D4", "external:other.xlsx#Runs!C1", string="elsewhere")
        runs.set_column("C:D", 33)
        runs.freeze_panes(1, 2)
        runs.print_area("A1:D4")
        runs.repeat_columns("A:B")
        book.define_name("Acc", "=Runs!$C$2:$C$4")
        other.insert_chart("A1", chart(book))

    def chart(book: Any) -> Any:
        made = book.add_chart({"type": "line"})
        made.add_series({"values": "=Runs!$C$2:$C$4", "name": "=Runs!$C$1"})
        return made

    path = made(tmp_path / "a.xlsx", fill)
    inserted(path, AT_B)
    book = openpyxl.load_workbook(path)
    runs = book["Runs"]
    assert ["C8:D8"] == [str(each) for each in runs.merged_cells.ranges]
    assert "A1:E4" == runs.auto_filter.ref
    [(area, rules)] = [(str(k.sqref), v) for k, v in runs.conditional_formatting._cf_rules.items()]
    assert ("D2:D4", ["$C$2"]) == (area, rules[0].formula)
    choices = runs.data_validations.dataValidation[0]
    assert ("E2:E4", "$C$2:$C$4") == (str(choices.sqref), choices.formula1)
    assert "https://example.com/" == runs["D3"].hyperlink.target
    assert "Runs!D1" == runs["E3"].hyperlink.location
    assert "Runs!C1" == runs["E4"].hyperlink.location
    assert re.findall(r'<col min="(\d+)" max="(\d+)"', xml(path, PART)) == [("4", "5")]
    assert "D2" == runs.freeze_panes
    assert "'Runs'!$A$1:$E$4" == runs.print_area
    assert "$A:$C" == runs.print_title_cols
    assert "Runs!$D$2:$D$4" == book.defined_names["Acc"].attr_text
    shown = xml(path, "xl/charts/chart1.xml")
    assert "<c:f>Runs!$D$2:$D$4</c:f>" in shown
    assert "<c:f>Runs!$D$1</c:f>" in shown


def test_a_table_takes_the_columns_in(tmp_path: Path) -> None:
    """Each has its own number and name, equal to the header cell's text."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        titles = [{"header": title} for title in ("Run", "Loss", "Acc", "Notes")]
        runs.add_table("A1:D4", {"name": "T", "columns": titles})
        runs.filter_column = None

    path = made(tmp_path / "a.xlsx", fill)
    columns = [
        NewColumn(place=1, title="loss"),
        NewColumn(place=5, title="two\nlines"),
        NewColumn(place=6, title=" "),
    ]
    assert ("loss (2)", "two\nlines", "Column") == inserted(path, *columns)
    sheet = openpyxl.load_workbook(path)["Runs"]
    table = sheet.tables["T"]
    names = ["Run", "loss (2)", "Loss", "Acc", "Notes", "two\nlines", "Column"]
    assert ("A1:G4", "A1:G4") == (table.ref, table.autoFilter.ref)
    assert names == [column.name for column in table.tableColumns]
    assert names == [cell.value for cell in sheet[1]]
    assert 7 == len({column.id for column in table.tableColumns})
    part = xml(path, "xl/tables/table1.xml")
    assert 'count="7"' in part
    assert 'name="two_x000a_lines"' in part


def test_a_column_left_of_all_joins_the_table(tmp_path: Path) -> None:
    """The table begins where its first column is inserted."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        runs.write_row(0, 1, ["Loss", "Acc"])
        titles = [{"header": "Loss"}, {"header": "Acc"}]
        runs.add_table("B1:C4", {"columns": titles})

    path = made(tmp_path / "a.xlsx", fill)
    inserted(path, AT_B)
    sheet = openpyxl.load_workbook(path)["Runs"]
    [table] = sheet.tables.values()
    assert "B1:D4" == table.ref
    assert ["New", "Loss", "Acc"] == [column.name for column in table.tableColumns]


@pytest.mark.parametrize(
    ("expected", "table"),
    [
        ({"T": "A1:C4", "U": "D1:E4"}, None),
        ({"T": "A1:C4", "U": "D1:E4"}, "xl/tables/table1.xml"),
        ({"T": "A1:B4", "U": "C1:E4"}, "xl/tables/table2.xml"),
    ],
)
def test_one_of_two_tables_side_by_side_takes_the_column_in(
    tmp_path: Path, expected: dict[str, str], table: str | None
) -> None:
    """The one that is named, else the first; the other one only moves."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        runs.add_table("A1:B4", {"name": "T", "columns": [{"header": t} for t in "ab"]})
        runs.add_table("C1:D4", {"name": "U", "columns": [{"header": t} for t in "cd"]})

    path = made(tmp_path / "a.xlsx", fill)
    with Package.open(path) as package:
        columns = [NewColumn(place=2, title="New")]
        insert_columns(package, PART, columns, header_row=1, table=table)
        package.save()
    tables = openpyxl.load_workbook(path)["Runs"].tables
    assert expected == dict(tables.items())


def test_filtered_columns_are_counted_anew(tmp_path: Path) -> None:
    """A filter counts its columns from the range's first one."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        runs.autofilter("A1:D4")
        runs.filter_column_list("C", ["0.5"])

    path = made(tmp_path / "a.xlsx", fill)
    inserted(path, AT_B)
    assert '<filterColumn colId="3">' in xml(path, PART)


def test_pictures_charts_and_notes_stay_with_their_cells(tmp_path: Path) -> None:
    """What is held by cells moves, and by its first cell alone keeps its size."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        for cell, held in (("A6", 1), ("A9", 2), ("A12", 3), ("D6", 2)):
            scale = {"x_scale": 150, "y_scale": 20, "object_position": held}
            runs.insert_image(cell, "dot.png", {"image_data": BytesIO(PNG), **scale})
        runs.write_comment("C2", "a note")
        runs.write_comment("A2", "another")

    path = made(tmp_path / "a.xlsx", fill)
    before = xml(path, "xl/drawings/drawing1.xml")
    inserted(path, AT_B)
    after = xml(path, "xl/drawings/drawing1.xml")
    corner = re.compile(
        r"<xdr:from><xdr:col>(\d+)</xdr:col><xdr:colOff>(\d+)</xdr:colOff>.*?"
        r"<xdr:to><xdr:col>(\d+)</xdr:col><xdr:colOff>(\d+)</xdr:colOff>", re.DOTALL
    )  # fmt: skip
    was = [tuple(map(int, found)) for found in corner.findall(before)]
    now = [tuple(map(int, found)) for found in corner.findall(after)]
    first, last = was[0][2:], was[3]
    # Stretched by the new column; then as wide as before, held by one cell or none.
    assert (0, 0, first[0] + 1, first[1]) == now[0]
    assert [was[1], was[2]] == [now[1], now[2]]
    assert (last[0] + 1, last[1], last[2] + 1, last[3]) == now[3]
    notes = {
        cell.coordinate: cell.comment.text
        for row in openpyxl.load_workbook(path)["Runs"].iter_rows()
        for cell in row
        if cell.comment
    }
    assert {"A2": "another", "D2": "a note"} == notes
    drawn = xml(path, "xl/drawings/vmlDrawing1.vml")
    assert ["0", "3"] == sorted(re.findall(r"<x:Column>(\d+)</x:Column>", drawn))
    anchors = re.findall(r"<x:Anchor>\s*(\d+),[^<]*?</x:Anchor>", drawn)
    assert ["1", "4"] == sorted(anchors)


def test_sparklines_and_later_kinds_of_formats_follow(tmp_path: Path) -> None:
    """What newer programs keep in the extension list refers to cells, too."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        runs.add_sparkline("F2", {"range": "Runs!B2:C2"})
        runs.conditional_format("C2:C4", {"type": "data_bar", "data_bar_2010": True})

    path = made(tmp_path / "a.xlsx", fill)
    inserted(path, NewColumn(place=2, title="New"))
    part = xml(path, PART)
    assert "<xm:f>Runs!B2:D2</xm:f><xm:sqref>G2</xm:sqref>" in part
    assert "<xm:sqref>D2:D4</xm:sqref>" in part


def test_the_look_of_a_new_column(tmp_path: Path) -> None:
    """Width, hiding, choices, colours and a note; a row that a person coloured goes on."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        runs.write_row(2, 0, ["run 2", 0.2, 0.5, "x"], book.add_format({"bg_color": "#FFCC00"}))
        runs.write_row(0, 0, ["Run", "Loss"], book.add_format({"bold": True}))

    path = made(tmp_path / "a.xlsx", fill)
    column = NewColumn(
        place=1, title="Verdict", width=20, hidden=True, choices=("keep", "drop"), note="yours"
    )
    inserted(path, column, NewColumn(place=2, title="Acc", goal="max"))
    sheet = openpyxl.load_workbook(path)["Runs"]
    width = sheet.column_dimensions["B"]
    assert (True, 20.7109375) == (width.hidden, pytest.approx(width.width, abs=1e-3))
    assert "FFFFCC00" == sheet["B3"].fill.fgColor.rgb == sheet["C3"].fill.fgColor.rgb
    assert None is sheet["B2"].fill.fill_type
    assert sheet["B1"].font.b
    listed, note = sheet.data_validations.dataValidation
    assert ("B2:B1048576", '"keep,drop"') == (str(listed.sqref), listed.formula1)
    assert not listed.showErrorMessage
    assert ("B1", "Verdict", "yours") == (str(note.sqref), note.promptTitle, note.prompt)
    rules = {
        str(each.sqref): [rule.type for rule in found]
        for each, found in sheet.conditional_formatting._cf_rules.items()
    }
    assert ["expression", "expression"] == rules["B2:B1048576"]
    assert ["containsBlanks", "top10", "colorScale"] == rules["C2:C1048576"]


def test_behind_everything_nothing_moves(tmp_path: Path) -> None:
    """The place behind all that is used; formulas that cannot follow don't matter there."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        runs.write("H9", "far")
        runs.write_blank("J3", None, book.add_format({"bold": True}))
        other.write_formula("A1", "=VLOOKUP(1,Runs!A1:D4,3)")

    path = made(tmp_path / "a.xlsx", fill)
    with Package.open(path) as package:
        assert 8 == place_behind(package, PART)
    inserted(path, NewColumn(place=8, title="New"))
    book = openpyxl.load_workbook(path)
    assert ("New", "far") == (book["Runs"]["I1"].value, book["Runs"]["H9"].value)
    assert "=VLOOKUP(1,Runs!A1:D4,3)" == book["Other"]["A1"].value


def test_parts_that_do_not_refer_to_the_tab_keep_their_bytes(tmp_path: Path) -> None:
    """Only what must change is written anew."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        other.write_formula("A1", "=B1+'Not'!C3")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Other!$C$2:$C$4"})
        other.insert_chart("A5", chart)

    path = made(tmp_path / "a.xlsx", fill)
    with zipfile.ZipFile(path) as archive:
        before = {name: archive.read(name) for name in archive.namelist()}
    inserted(path, AT_B)
    with zipfile.ZipFile(path) as archive:
        after = {name: archive.read(name) for name in archive.namelist()}
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert {PART} == changed


def test_the_order_of_calculation_is_left_to_be_made_anew(tmp_path: Path) -> None:
    """It names cells that stand elsewhere now; Excel makes another one when it is gone."""
    path = tmp_path / "a.xlsx"
    made(tmp_path / "b.xlsx", plain)
    types = '<Override PartName="/xl/calcChain.xml" ContentType="{}calcChain+xml"/></Types>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    link = (
        '<Relationship Id="rIdX" Target="calcChain.xml" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/calcChain"/></Relationships>'
    )
    with zipfile.ZipFile(tmp_path / "b.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(b"</Types>", types.format(kind).encode())
            if name == "xl/_rels/workbook.xml.rels":
                data = data.replace(b"</Relationships>", link.encode())
            new.writestr(name, data)
        new.writestr("xl/calcChain.xml", '<calcChain><c r="C1" i="1"/></calcChain>')
    inserted(path, AT_B)
    with zipfile.ZipFile(path) as archive:
        assert "xl/calcChain.xml" not in archive.namelist()
    assert "calcChain" not in xml(path, "xl/_rels/workbook.xml.rels")
    assert "calcChain" not in xml(path, "[Content_Types].xml")
