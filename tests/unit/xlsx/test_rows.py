"""New rows below the last one: where they go, what they look like, and what stays as it was."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sheetlog.cells import Formula
from sheetlog.errors import RefusedError
from sheetlog.plan import Edit, Plan
from sheetlog.record import Link
from sheetlog.sinks.excel import ExcelSink
from sheetlog.xlsx.package import Package
from sheetlog.xlsx.rawrows import Rows
from tests.packages import MAIN, OFFICE
from tests.unit.xlsx.tabs import (
    KEYS,
    TEMPLATE,
    cells,
    header,
    logged,
    names,
    new,
    part,
    rows,
    run,
    table,
    text,
    write,
)

TWO = header() + run(2, "a") + run(3, "b")
T3 = table("A1:D3")


def test_after_the_last_row_of_the_table(tmp_path: Path) -> None:
    """The rows before it keep their bytes; the new one takes their styles."""
    path = write(tmp_path / "a.xlsx", TWO, tables=[T3])
    assert "Runs!A5" == logged(path, new("c"), new("d", acc=2))
    after = rows(path)
    assert [1, 2, 3, 4, 5] == list(after)
    assert TWO == "".join(after[n] for n in (1, 2, 3))
    assert '<c r="C4" s="1"><v>0.75</v></c>' in after[4]
    assert ("c", "<v>2</v>") == (cells(path)["A4"].partition("</t>")[0][-1], cells(path)["C5"])
    assert 'ref="A1:D5"' in part(path, "xl/tables/table1.xml")
    assert 'ref="A1:D5"' in part(path)


def test_the_second_time_only_the_end_is_written(tmp_path: Path) -> None:
    """Once the stream is sheetlog's, every byte up to the last rows stays."""
    path = write(tmp_path / "a.xlsx", TWO, tables=[T3])
    logged(path, new("c"))
    with Package.open(path) as package:
        assert package.sheet("xl/worksheets/sheet1.xml").ours
    before = part(path)
    logged(path, new("d"))
    assert before.partition("</sheetData>")[0].replace("A1:D4", "A1:D5") in part(path)


def test_a_table_with_blank_rows_is_filled(tmp_path: Path) -> None:
    """Blank rows at a table's end are used first, and keep what they look like."""
    blank = '<row r="4" ht="30" customHeight="1"><c r="A4" s="3"/><c r="C4" s="2"/></row><row r="5"/>'
    path = write(tmp_path / "a.xlsx", TWO + blank, tables=[table("A1:D6")])
    logged(path, new("c"))
    row = rows(path)[4]
    assert row.startswith('<row r="4" ht="30" customHeight="1"><c r="A4" s="3" t="inlineStr">')
    assert '<c r="C4" s="2"><v>0.75</v></c>' in row
    assert 'ref="A1:D6"' in part(path, "xl/tables/table1.xml")
    logged(path, new("d"), new("e"), new("f"))
    assert 'ref="A1:D7"' in part(path, "xl/tables/table1.xml")
    assert ["a", "b", "c", "d", "e", "f"] == [
        cells(path)[f"A{n}"].partition("</t>")[0].rpartition(">")[2] for n in range(2, 8)
    ]


def test_a_new_table_has_one_blank_row(tmp_path: Path) -> None:
    """The first run goes into it."""
    path = write(tmp_path / "a.xlsx", header(), tables=[table("A1:D2")])
    assert "Runs!A2" == logged(path, new("a"))
    assert "Runs!A3" == logged(path, new("b"))


def test_without_a_table_below_all_that_is_there(tmp_path: Path) -> None:
    """Notes under the columns are gone below; what stands beside them is not looked at."""
    rest = f'<row r="5">{text("B5", "a note")}</row><row r="9">{text("F9", "beside")}</row>'
    path = write(tmp_path / "a.xlsx", TWO + rest)
    assert "Runs!A6" == logged(path, new("c"))
    assert "Runs!A7" == logged(path, new("d"))
    logged(path, new("e"), new("f"))
    assert text("F9", "beside") in rows(path)[9]
    assert rows(path)[9].startswith('<row r="9"><c r="A9"')


def test_merged_cells_are_gone_below(tmp_path: Path) -> None:
    """A row cannot be written into them."""
    path = write(tmp_path / "a.xlsx", TWO, tail='<mergeCells><mergeCell ref="B4:C6"/></mergeCells>')
    assert "Runs!A7" == logged(path, new("c"))


def test_formatted_empty_rows_are_filled(tmp_path: Path) -> None:
    """Rows that only look like something are no data."""
    empty = "".join(f'<row r="{n}" s="3" customFormat="1"><c r="B{n}" s="3"/></row>' for n in range(4, 9))
    path = write(tmp_path / "a.xlsx", TWO + empty)
    assert "Runs!A4" == logged(path, new("c"))
    assert 5 <= max(rows(path))


def test_one_coloured_row_is_no_pattern(tmp_path: Path) -> None:
    """The style that most of the last rows have is taken."""
    path = write(tmp_path / "a.xlsx", TWO + run(4, "c") + run(5, "d").replace('s="1"', 's="2"'))
    logged(path, new("e"))
    assert '<c r="C6" s="1">' in rows(path)[6]


def test_rows_and_cells_without_names(tmp_path: Path) -> None:
    """Some programs number neither: places follow from the order, before and after."""
    bare = TWO.replace(' r="1"', "").replace(' r="2"', "").replace(' r="3"', "")
    for name in ("A", "B", "C", "D"):
        for number in (1, 2, 3):
            bare = bare.replace(f' r="{name}{number}"', "")
    gap = '<row r="6"><c><v>6</v></c></row><row><c/><c/><c s="3"/></row>'
    path = write(tmp_path / "a.xlsx", bare + gap, tables=[table("A1:D4")])
    assert "Runs!A5" == logged(path, new("c"), new("d"))
    after = part(path)
    assert bare in after
    assert after.index('<row r="5">') < after.index('<row r="6">')


def test_prefixes_quotes_and_comments(tmp_path: Path) -> None:
    """A prefix is used for what is new; comments and CDATA don't mislead."""
    path = write(tmp_path / "a.xlsx", TWO)
    import zipfile

    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    for name in ("worksheet", "dimension", "sheetData", "row", "c", "is", "t", "v"):
        sheet = sheet.replace(f"<{name}", f"<x:{name}").replace(f"</{name}>", f"</x:{name}>")
    for found in ("<x:t>", "<x:c ", "<x:v>", "<x:row ", "<x:is>"):
        assert found in sheet
    sheet = sheet.replace("xmlns=", "xmlns:x=").replace("<x:sheetData>", "<!-- <x:row r='9'> --><x:sheetData>")
    sheet = sheet.replace('r="3"', "r='3'").replace("<x:t>b</x:t>", "<x:t><![CDATA[b</x:row>]]></x:t>")
    members["xl/worksheets/sheet1.xml"] = sheet.encode()
    from tests.packages import zipped

    path.write_bytes(zipped(members))
    assert "Runs!A4" == logged(path, new("c"))
    after = part(path)
    assert '<x:row r="4"><x:c r="A4" t="inlineStr"><x:is><x:t xml:space="preserve">c</x:t>' in after
    assert "<![CDATA[b</x:row>]]>" in after


def test_dates_durations_and_links_get_their_looks(tmp_path: Path) -> None:
    """A format is added where the one above doesn't show what the value is."""
    path = write(tmp_path / "a.xlsx", TWO, tables=[T3])
    when = datetime(2026, 11, 23, 12)
    logged(path, new("c", acc=when, x=timedelta(days=1)))
    logged(path, new("d", acc=when, x=Link(text="m", url="https://e.org/a b#top")))
    styles = part(path, "xl/styles.xml")
    assert 'formatCode="yyyy-mm-dd hh:mm:ss"' in styles
    assert 'numFmtId="46"' in styles
    assert '<hyperlink ref="D5" location="top"' in part(path)
    assert 'Target="https://e.org/a%20b"' in part(path, "xl/worksheets/_rels/sheet1.xml.rels")
    assert "<v>46349.5</v>" == cells(path)["C5"]


def test_dates_of_1904(tmp_path: Path) -> None:
    """A workbook says which calendar it counts in."""
    path = write(tmp_path / "a.xlsx", TWO)
    import zipfile

    from tests.packages import zipped

    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(
        b"<sheets>", b'<workbookPr date1904="1"/><sheets>'
    )
    path.write_bytes(zipped(members))
    logged(path, new("c", acc=datetime(2026, 11, 23, 12)))
    assert "<v>44887.5</v>" == cells(path)["C4"]


def test_formulas_of_the_template(tmp_path: Path) -> None:
    """Keys become cells of the row; the workbook is calculated when it is opened."""
    marks = names({**KEYS, "formula.twice": "E"})
    path = write(tmp_path / "a.xlsx", TWO, marks=marks)
    row = new("c", **{"formula.twice": Formula(text='={metrics.acc}*2&"{x"')})
    logged(path, row)
    assert '<f>C4*2&amp;"{x"</f>' == cells(path)["E4"]
    assert 'fullCalcOnLoad="1"' in part(path, "xl/workbook.xml")
    logged(path, new("d", **{"formula.twice": Formula(text="={metrics.gone}*2")}))
    assert "E5" not in cells(path) or not cells(path)["E5"]


def test_calculated_columns_of_people(tmp_path: Path) -> None:
    """A formula that the table has for a column is written with the row."""
    inner = "<calculatedColumnFormula>Runs[[#This Row],[Accuracy]]*2</calculatedColumnFormula>"
    titles = ("Run id", "Revision", "Accuracy", "Twice")
    keys = {key: place for key, place in KEYS.items() if key != "params.x"}
    made = header(titles) + run(2, "a") + run(3, "b")
    path = write(
        tmp_path / "a.xlsx", made, marks=names(keys), tables=[table("A1:D3", titles, inner=inner)]
    )
    logged(path, new("c"))
    assert "<f>Runs[[#This Row],[Accuracy]]*2</f>" == cells(path)["D4"]


def test_calculated_columns_with_references(tmp_path: Path) -> None:
    """References that go along with the row are taken from the row above."""
    inner = "<calculatedColumnFormula>C2+$C$2</calculatedColumnFormula>"
    titles = ("Run id", "Revision", "Accuracy", "Sum")
    keys = {key: place for key, place in KEYS.items() if key != "params.x"}
    filled = [
        run(n, id_).replace(text(f"D{n}", "one"), f'<c r="D{n}"><f>C{n}+$C$2</f><v>1</v></c>')
        for n, id_ in ((2, "a"), (3, "b"))
    ]
    path = write(
        tmp_path / "a.xlsx",
        header(titles) + "".join(filled),
        marks=names(keys),
        tables=[table("A1:D3", titles, inner=inner)],
    )
    logged(path, new("c"), new("d"))
    assert ("<f>C4+$C$2</f>", "<f>C5+$C$2</f>") == (cells(path)["D4"], cells(path)["D5"])


def test_formulas_in_blank_rows_are_no_data(tmp_path: Path) -> None:
    """A table that was made longer than its data has them; they stay, and the row is filled."""
    inner = "<calculatedColumnFormula>C2*2</calculatedColumnFormula>"
    titles = ("Run id", "Revision", "Accuracy", "Twice")
    keys = {key: place for key, place in KEYS.items() if key != "params.x"}
    made = "".join(
        f'<row r="{n}">{text(f"A{n}", "a") if n == 2 else ""}<c r="D{n}"><f>C{n}*2</f><v>0</v></c></row>'
        for n in (2, 3, 4)
    )
    path = write(
        tmp_path / "a.xlsx", header(titles) + made, marks=names(keys), tables=[table("A1:D4", titles, inner=inner)]
    )
    assert "Runs!A3" == logged(path, new("b"))
    assert '<c r="D3"><f>C3*2</f><v>0</v></c>' in rows(path)[3]


def test_cells_without_names_are_named_where_others_come_between(tmp_path: Path) -> None:
    """Without its name a cell's place would follow from those before it."""
    blank = '<row r="4"><c s="2"/><c/><c s="3"/><c/><c><f>1+1</f></c></row>'
    path = write(tmp_path / "a.xlsx", TWO + blank, marks=names({"run.id": "A", "metrics.acc": "C"}))
    logged(path, new("c"))
    assert '<c r="E4"><f>1+1</f></c>' in rows(path)[4]
    assert '<c r="C4" s="3"><v>0.75</v></c>' in rows(path)[4]


def test_an_edit_near_the_end_costs_no_more_than_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Live runs edit the rows that they have just written."""
    from sheetlog.xlsx.stream import SheetStream

    path = write(tmp_path / "a.xlsx", TWO, tables=[T3])
    logged(path, new("c"))
    logged(path, new("d"))

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the whole worksheet was written")

    monkeypatch.setattr(SheetStream, "rewrite", never)
    sink = ExcelSink(str(path))
    with sink.exclusive(0):
        base = sink.header()
        edit = Edit(id="d", place=5, key="metrics.acc", cell=0.25)
        sink.apply(Plan(base=base, edits=(edit,), rows=(new("e"),)), TEMPLATE)
    assert ("<v>0.25</v>", "<v>0.75</v>") == (cells(path)["C5"], cells(path)["C6"])
    assert [1, 2, 3, 4, 5, 6] == list(rows(path))


@pytest.mark.parametrize("ours", [False, True])
def test_edits(tmp_path: Path, *, ours: bool) -> None:
    """Only the cell changes; its style stays, a formula of a person's stays whole."""
    mine = run(3, "b").replace("<v>0.5</v>", "<f>B3*2</f><v>2</v>")
    path = write(tmp_path / "a.xlsx", header() + run(2, "a") + mine, tables=[T3])
    if ours:
        logged(path, new("c"))
    before = rows(path)
    logged(path, edits={"a": {"metrics.acc": 9.5}, "b": {"metrics.acc": 1, "params.x": None}})
    after = rows(path)
    assert before[2].replace("<v>0.5</v>", "<v>9.5</v>") == after[2]
    assert "<f>B3*2</f><v>2</v>" in after[3]
    assert "D3" not in after[3]
    assert before[1] == after[1]


def test_a_link_that_becomes_text_is_no_link(tmp_path: Path) -> None:
    """The cell's old link goes with its value, other cells' links stay."""
    path = write(tmp_path / "a.xlsx", TWO)
    logged(path, new("c", x=Link(text="c", url="u1")), new("d", x=Link(text="d", url="u2")))
    logged(path, edits={"c": {"params.x": "plain"}})
    assert 'ref="D4"' not in part(path)
    assert '<hyperlink ref="D5"' in part(path)
    logged(path, edits={"d": {"params.x": Link(text="d", url="u3")}})
    assert 1 == part(path).count('ref="D5"')


@pytest.mark.parametrize("holder", [
    "", '<hyperlinks><hyperlink ref="A2" location="top"/></hyperlinks>', "<hyperlinks/>",
    f"<hyperlinks xmlns:r='{OFFICE}'><hyperlink ref='A2' r:id='rId9'/></hyperlinks>",
    '<hyperlinks xmlns:r="urn:mine" r:x="1"><hyperlink ref="A2" location="top"/></hyperlinks>',
])  # fmt: skip
def test_a_link_is_one_whatever_is_declared_around_it(tmp_path: Path, holder: str) -> None:
    """Its id is in the relationships' namespace, declared once or by the link itself."""
    path = write(tmp_path / "a.xlsx", TWO, tail=holder)
    for id_ in "cd":
        logged(path, new(id_, x=Link(text="m", url=f"u-{id_}")))
    found = ET.fromstring(part(path)).iter(f"{{{MAIN}}}hyperlink")
    ids = {each.get("ref"): each.get(f"{{{OFFICE}}}id") for each in found}
    with Package.open(path) as package:
        urls = {each.id: each.target for each in package.relationships("xl/worksheets/sheet1.xml")}
    assert ["u-c", "u-d"] == [urls[str(ids[name])] for name in ("D4", "D5")]
    assert ("A2" in ids) == ("A2" in holder)


def test_too_many_links_become_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Excel opens so many in a tab and no more; the URL stands in the cell then."""
    monkeypatch.setattr("sheetlog.xlsx.links.MOST", 1)
    path = write(tmp_path / "a.xlsx", TWO)
    logged(path, new("c", x=Link(text="c", url="u1")), new("d", x=Link(text="d", url="u2")))
    assert 1 == part(path).count("<hyperlink ")
    assert "d u2" in cells(path)["D5"]


def test_no_room(tmp_path: Path) -> None:
    """A full tab is refused, and says what to do."""
    path = write(tmp_path / "a.xlsx", header() + run(1_048_576, "a"))
    before = path.read_bytes()
    with pytest.raises(RefusedError, match="new tab"):
        logged(path, new("b"))
    assert before == path.read_bytes()


def test_rows_out_of_order_are_refused() -> None:
    """Nobody can tell where the end is."""
    with pytest.raises(RefusedError, match="out of order"):
        Rows(b'<row r="2"/><row r="1"/>', prefix="", what="sheet1.xml")


def test_relationships_of_links_are_external(tmp_path: Path) -> None:
    """A link is a relationship and no formula."""
    path = write(tmp_path / "a.xlsx", TWO)
    logged(path, new("c", x=Link(text="c", url="models/c.pt")))
    rels = part(path, "xl/worksheets/_rels/sheet1.xml.rels")
    assert f'Type="{OFFICE}/hyperlink" Target="models/c.pt" TargetMode="External"' in rels
    assert "HYPERLINK" not in part(path)


@pytest.mark.parametrize("rels", [None, "<Relationships xmlns='{}'/>", "<p:Relationships xmlns:p='{}'></p:Relationships>\n"])
def test_relationships_of_any_form(tmp_path: Path, rels: str | None) -> None:
    """None yet, an empty element, a prefix: each link gets an id of its own."""
    import zipfile

    from tests.packages import PACKAGE, zipped

    path = write(tmp_path / "a.xlsx", TWO)
    name = "xl/worksheets/_rels/sheet1.xml.rels"
    with zipfile.ZipFile(path) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    del members[name]
    if rels is not None:
        members[name] = rels.format(f"{PACKAGE}/relationships").encode()
    path.write_bytes(zipped(members))
    logged(path, *(new(f"r{n}", x=Link(text="m", url=f"u{n % 3}")) for n in range(5)))
    logged(path, new("z", x=Link(text="m", url="u9")))
    with Package.open(path) as package:
        links = package.relationships("xl/worksheets/sheet1.xml")
        found = {each.id: each.target for each in links}
        assert all(each.external and each.kind == "hyperlink" for each in links)
    assert ["u0", "u1", "u2", "u9"] == sorted(found.values())
    assert 6 == part(path).count("<hyperlink ")


def test_a_table_among_many_links_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are very many, they aren't all read."""
    monkeypatch.setattr("sheetlog.xlsx.relating._FIRST", 200)
    path = write(tmp_path / "a.xlsx", TWO, tables=[T3])
    logged(path, new("c", x=Link(text="m", url="rId1")))
    logged(path, new("d"))
    assert 'ref="A1:D5"' in part(path, "xl/tables/table1.xml")


def test_a_header_further_down_costs_no_rewriting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Titles stand above many a list; the rows below are not read for its header."""
    from sheetlog.xlsx.stream import SheetStream

    above = f'<row r="1">{text("A1", "Our experiments")}</row>'
    path = write(tmp_path / "a.xlsx", above + header(row=4) + run(5, "a"), marks=names(row=4))
    logged(path, new("b"))

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the whole worksheet was read or written")

    monkeypatch.setattr(SheetStream, "rewrite", never)
    monkeypatch.setattr(SheetStream, "whole", never)
    assert "Runs!A7" == logged(path, new("c"))
    assert [1, 4, 5, 6, 7] == list(rows(path))
