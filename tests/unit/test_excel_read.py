"""All rows of a tab as values, by the short way and by the long one."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from sheetlog.record import Link
from sheetlog.sinks.excel import ExcelSink
from tests.packages import PACKAGE, zipped
from tests.unit.xlsx.tabs import TITLES, header, logged, names, new, run, table, text, write

TWO = header() + run(2, "a") + run(3, "b", 1.0)


def read(path: Path) -> list[list[object]]:
    return [list(row) for row in ExcelSink(f"{path}#Runs").read().rows]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<v>1</v>", 1),
        ("<v>1.0</v>", 1.0),
        ("<v>1E-3</v>", 0.001),
        ("<v>-7</v>", -7),
        ("<v></v>", None),
        ("<v>x</v>", "x"),
        ("<f>1+1</f><v>2</v>", 2),
        ("<f>A1</f>", None),
    ],
)
def test_numbers(tmp_path: Path, cell: str, value: object) -> None:
    """Whole where they are written whole; of a formula, its last result."""
    for name, attributes in (("a", ""), ("b", ' t="n"'), ("c", " ph='1'")):
        row = f'<row r="2">{text("A2", "a")}<c r="C2"{attributes}>{cell}</c></row>'
        found = read(write(tmp_path / f"{name}.xlsx", header() + row))[0][2]
        assert (type(value), value) == (type(found), found)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('t="b"><v>1</v>', True),
        ('t="b"><v>0</v>', False),
        ('t="str"><f>A1</f><v>a&amp;b</v>', "a&b"),
        ('t="e"><v>#DIV/0!</v>', "#DIV/0!"),
        ('t="s"><v>1</v>', "one & <two>"),
        ('t="s"><v>99</v>', ""),
        ('t="inlineStr"><is><t>a&lt;_x0041_&#10;b</t></is>', "a<A\nb"),
        ('t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></is>', "a b"),
        ('t="d"><v>2026-11-23T12:00:00</v>', datetime(2026, 11, 23, 12)),
        ('s="2"><v>46349.5</v>', datetime(2026, 11, 23, 12)),
        ('s="2" t="n"><v>-1</v>', -1),
    ],
)
def test_other_kinds(tmp_path: Path, cell: str, value: object) -> None:
    """Texts of all three sorts, errors as they show, dates by their format."""
    row = f'<row r="2">{text("A2", "a")}<c r="C2" {cell}</c></row>'
    strings = ("<t>zero</t><!-- <si> -->", "<r><t>one &amp; </t></r><r><t>&lt;two&gt;</t></r>")
    path = write(tmp_path / "a.xlsx", header() + row, strings=strings)
    assert value == read(path)[0][2]


def test_the_long_way_gives_the_same(tmp_path: Path) -> None:
    """Rows in another form (quotes, order of attributes, no names) have the same values."""
    usual = read(write(tmp_path / "a.xlsx", TWO))
    assert [["a", 1, 0.5, "one"], ["b", 1, 1.0, "one"]] == usual
    quoted = TWO.replace('"', "'")
    bare = TWO
    for name in "ABCD":
        for number in (1, 2, 3):
            bare = bare.replace(f' r="{name}{number}"', "")
    for name, rows in {"quoted": quoted, "bare": bare}.items():
        assert usual == read(write(tmp_path / f"{name}.xlsx", rows)), name


def test_totals_are_no_run(tmp_path: Path) -> None:
    """A table says which row sums up the others."""
    more = f'<row r="4">{text("A4", "Total")}</row>'
    path = write(tmp_path / "a.xlsx", TWO + more, tables=[table("A1:D4", totals=1)])
    assert ["a", "b"] == [row[0] for row in read(path)]


def test_blank_rows_are_left_out(tmp_path: Path) -> None:
    """So are columns with neither title nor mark."""
    rows = header(("Run id", "Revision", "", "x")) + '<row r="2"/>' + run(3, "a")
    path = write(tmp_path / "a.xlsx", rows, marks=names({"run.id": "A", "params.x": "D"}))
    table_ = ExcelSink(str(path)).read()
    assert ["Run id", "Revision", "x"] == [column.title for column in table_.columns]
    assert [["a", 1, "one"]] == [list(row) for row in table_.rows]


def test_links(tmp_path: Path) -> None:
    """A text with a link is one; a link of a person's over several cells is its first cell's."""
    path = write(tmp_path / "a.xlsx", TWO)
    logged(path, new("c", x=Link(text="m", url="https://e.org/a#b")), new("d", acc=Link(text="n", url="f")))
    assert Link(text="m", url="https://e.org/a#b") == read(path)[2][3]
    assert Link(text="n", url="f") == read(path)[3][2]


def test_no_such_tab(tmp_path: Path) -> None:
    """Nothing is there to be read, and that is no error."""
    path = write(tmp_path / "a.xlsx", TWO)
    assert [] == list(ExcelSink(f"{path}#Other").read().rows)
    assert [] == list(ExcelSink(str(tmp_path / "none.xlsx")).read().rows)


def test_peoples_columns_that_join_the_table_are_read(tmp_path: Path) -> None:
    """Excel takes them into the table as they are typed; LibreOffice and libraries don't."""
    titles = header((*TITLES, "Verdict", "Why"))
    row = run(2, "a").replace("</row>", text("E2", "keep") + text("H2", "far") + "</row>")
    path = write(tmp_path / "a.xlsx", titles + row, tables=[table("A1:D2")])
    found = ExcelSink(f"{path}#Runs").read()
    assert [None, None] == [column.key for column in found.columns[4:]]
    assert ["Verdict", "Why"] == [column.title for column in found.columns[4:]]
    assert [["a", 1, 0.5, "one", "keep", None]] == [list(each) for each in found.rows]
    assert ("column H, which has no title or no place in the table",) == found.skipped
    alone = header().replace("</row>", text("F1", "Aside") + "</row>")
    path = write(tmp_path / "b.xlsx", alone + run(2, "a"), tables=[table("A1:D2")])
    assert 4 == len(ExcelSink(f"{path}#Runs").read().columns)


@pytest.mark.parametrize("link", [
    '<hyperlink ref="D3" r:id="rId8"/>',
    "<hyperlink r:id='rId8' display='a' ref='D3:E3'/>",
    '<hyperlink ref="D3" r:id="rId&#56;"/>',
    '<hyperlink ref="D3" location="b"/>',
    '<hyperlink ref="D3"\n r:id = "rId8"></hyperlink>',
])  # fmt: skip
def test_links_of_a_row_that_is_looked_for(tmp_path: Path, link: str) -> None:
    """However they are written, they are those that reading all rows gives."""
    others = '<hyperlink ref="D2" r:id="rId1"/><hyperlink ref="D33" r:id="rId9"/>'
    path = write(tmp_path / "a.xlsx", TWO, tail=f"<hyperlinks>{others}{link}</hyperlinks>")
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/_rels/sheet1.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        '<Relationship Id="rId1" Type="t" Target="one" TargetMode="External"/>'
        "<Relationship TargetMode='External' Target='b&amp;c' Type='t' Id='rId8'/>"
        '<Relationship Id="rId9" Type="t" Target="nine" TargetMode="External"/></Relationships>'
    ).encode()
    path.write_bytes(zipped(members))
    sink = ExcelSink(f"{path}#Runs")
    whole = {str(row[0]): row[3] for row in sink.read().rows}
    assert Link(text="one", url="#b" if "location" in link else "b&c") == whole["b"]
    for id_ in "ab":
        assert whole[id_] == sink.header([id_]).rows[id_].cells["params.x"]
