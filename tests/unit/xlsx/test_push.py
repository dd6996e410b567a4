"""What stands right below a table moves down with its rows, and whatever refers to it follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetlog.errors import RefusedError
from tests.packages import MAIN
from tests.unit.xlsx.tabs import (
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
TOTALS = (
    f'<row r="4" ht="30">{text("A4", "Total")}<c r="C4"><f>SUBTOTAL(109,Runs[Accuracy])</f><v>1</v></c>'
    f'<c r="D4"><f>SUM(C2:C3)</f><v>1</v></c>{text("F4", "beside")}</row>'
)


def with_totals(tmp_path: Path, more: str = "", **given: object) -> Path:
    return write(tmp_path / "a.xlsx", TWO + TOTALS + more, tables=[table("A1:D4", totals=1)], **given)  # type: ignore[arg-type]


def test_totals_stay_last(tmp_path: Path) -> None:
    """The totals row moves down, sums up the new rows, and what stands beside it stays."""
    path = with_totals(tmp_path)
    assert "Runs!A5" == logged(path, new("c"), new("d"))
    after = cells(path)
    assert "Total" in after["A6"]
    assert "<f>SUBTOTAL(109,Runs[Accuracy])</f><v>1</v>" == after["C6"]
    assert "<f>SUM(C2:C5)</f><v>1</v>" == after["D6"]
    assert "beside" in after["F4"]
    assert "F6" not in after
    assert 'ref="A1:D6"' in part(path, "xl/tables/table1.xml")
    logged(path, new("e"))
    assert "<f>SUM(C2:C6)</f><v>1</v>" == cells(path)["D7"]
    assert "e" in cells(path)["A6"]


def test_references_follow(tmp_path: Path) -> None:
    """Formulas beside and below, names, formats, links: all that named a cell that moved."""
    more = (
        '<row r="6"><c r="F6"><f>C4*2</f><v>2</v></c></row>'
        f'<row r="8">{text("A8", "note")}<c r="B8"><f>D4+F6</f><v>2</v></c></row>'
    )
    tail = (
        '<mergeCells><mergeCell ref="A8:A9"/><mergeCell ref="F6:G6"/></mergeCells>'
        '<conditionalFormatting sqref="A8 F6"><cfRule type="expression" priority="1"><formula>C4&gt;1</formula>'
        "</cfRule></conditionalFormatting>"
        '<hyperlinks><hyperlink ref="A8" location="Runs!A1"/><hyperlink ref="F6" location="Runs!A1"/></hyperlinks>'
    )
    mine = '<definedName name="total">Runs!$C$4</definedName><definedName name="aside">Runs!$F$6</definedName>'
    path = with_totals(tmp_path, more, tail=tail, marks=names() + mine)
    logged(path, new("c"))
    after, sheet = cells(path), part(path)
    assert "<f>C5*2</f><v>2</v>" == after["F6"]
    assert "note" in after["A9"]
    assert "<f>D5+F6</f><v>2</v>" == after["B9"]
    for wanted in ('"A9:A10"', '"F6:G6"', 'sqref="A9 F6"', "C5&gt;1", 'ref="A9"', 'ref="F6"'):
        assert wanted in sheet
    assert ">Runs!$C$5<" in part(path, "xl/workbook.xml")
    assert ">Runs!$F$6<" in part(path, "xl/workbook.xml")


def test_shared_formulas_are_torn_where_they_must(tmp_path: Path) -> None:
    """One that refers to what moved is written out; another one stays shared."""
    more = (
        '<row r="6"><c r="F6"><f t="shared" ref="F6:F7" si="0">C3*2</f><v>1</v></c>'
        '<c r="G6"><f t="shared" ref="G6:G7" si="1">C1</f><v>1</v></c></row>'
        '<row r="7"><c r="F7"><f t="shared" si="0"/><v>1</v></c><c r="G7"><f t="shared" si="1"/><v>1</v></c></row>'
    )
    path = with_totals(tmp_path, more)
    logged(path, new("c"))
    after = cells(path)
    assert ("<f>C3*2</f><v>1</v>", "<f>C5*2</f><v>1</v>") == (after["F6"], after["F7"])
    assert '<f t="shared" si="1"/><v>1</v>' == after["G7"]


def test_other_tabs_and_the_calculation_chain(tmp_path: Path) -> None:
    """Formulas on another tab follow, and the chain names cells that have formulas."""
    import openpyxl

    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "R & D's"
    for line in (["Run id", "Revision", "Accuracy", "x"], ["a", 1, 0.5, "y"], ["Total", None, "=SUM(C2:C2)"]):
        sheet.append(line)
    made = openpyxl.worksheet.table.Table(displayName="T", ref="A1:D3", totalsRowCount=1)
    sheet.add_table(made)
    book.create_sheet("Other")["A1"] = "='R & D''s'!C3+1"
    for key, place in {"run.id": "A", "run.revision": "B", "metrics.acc": "C", "params.x": "D"}.items():
        name = openpyxl.workbook.defined_name.DefinedName(
            f"_sheetlog.{key}", attr_text=f"'R & D''s'!${place}$1", hidden=True
        )
        sheet.defined_names[name.name] = name
    book.save(path)
    logged(path, new("b"))
    after = openpyxl.load_workbook(path)
    assert "='R & D''s'!C4+1" == after["Other"]["A1"].value
    assert "=SUM(C2:C3)" == after["R & D's"]["C4"].value
    assert "A1:D4" == after["R & D's"].tables["T"].ref


def test_the_calculation_chain_follows(tmp_path: Path) -> None:
    """An entry that names a cell without a formula would be damage; other tabs' entries stay."""
    import zipfile

    from tests.packages import OFFICE, zipped

    path = with_totals(tmp_path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    chain = f'<calcChain xmlns="{MAIN}"><c r="C4" i="1"/><c r="D4"/><c r="C4" i="2"/><c r="D4"/></calcChain>'
    members["xl/calcChain.xml"] = chain.encode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    override = f'<Override PartName="/xl/calcChain.xml" ContentType="{kind}"/></Types>'
    members["[Content_Types].xml"] = members["[Content_Types].xml"].replace(b"</Types>", override.encode())
    link = f'<Relationship Id="rId7" Type="{OFFICE}/calcChain" Target="calcChain.xml"/></Relationships>'
    rels = members["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", link.encode())
    members["xl/_rels/workbook.xml.rels"] = rels
    path.write_bytes(zipped(members))
    logged(path, new("c"))
    moved = chain.replace('"C4" i="1"/><c r="D4"', '"C5" i="1"/><c r="D5"')
    assert moved == part(path, "xl/calcChain.xml")


def test_another_table_moves_whole(tmp_path: Path) -> None:
    """It keeps its place relative to the first one."""
    other = header(("p", "q"), 5) + '<row r="6"><c r="A6"><v>1</v></c></row>'
    second = table("A5:B6", ("p", "q")).replace('id="1" name="Runs" displayName="Runs"', 'id="2" name="S" displayName="S"')
    path = write(tmp_path / "a.xlsx", TWO + other, tables=[table("A1:D3"), second])
    logged(path, new("c"))
    assert 'ref="A5:B6"' in part(path, "xl/tables/table2.xml")
    logged(path, new("d"))
    xml = part(path, "xl/tables/table2.xml")
    assert 2 == xml.count('ref="A6:B7"')
    assert "p" in cells(path)["A6"]


@pytest.mark.parametrize(
    ("tail", "says"),
    [
        ('<mergeCells><mergeCell ref="D4:E5"/></mergeCells>', "merged cell at D4:E5"),
        ('<mergeCells><mergeCell ref="A5:F5"/></mergeCells>', "merged cell at A5:F5"),
    ],
)
def test_what_cannot_move_whole_is_refused(tmp_path: Path, tail: str, says: str) -> None:
    """Nothing is written, and the message says what is in the way and what to do."""
    path = with_totals(tmp_path, tail=tail)
    before = path.read_bytes()
    with pytest.raises(RefusedError, match=says) as error:
        logged(path, new("c"))
    assert "move it" in str(error.value)
    assert before == path.read_bytes()


def test_an_array_formula_in_the_way_is_refused(tmp_path: Path) -> None:
    """It fills its cells as a whole."""
    more = '<row r="6"><c r="D6"><f t="array" ref="D6:E6">C2:C3</f><v>1</v></c></row>'
    path = with_totals(tmp_path, more)
    with pytest.raises(RefusedError, match="array formula at D6:E6"):
        logged(path, new("c"))


def test_a_note_in_the_way_is_refused(tmp_path: Path) -> None:
    """A note is more than a reference; one elsewhere is no matter."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
    for ref, fine in (("A2", True), ("A4", False)):
        comments = f'<comments xmlns="{MAIN}"><commentList><comment ref="{ref}"/></commentList></comments>'
        path = write(
            tmp_path / f"{ref}.xlsx",
            TWO + TOTALS,
            tables=[table("A1:D4", totals=1)],
            more={"xl/comments1.xml": ("comments", kind, comments)},
        )
        if fine:
            logged(path, new("c"))
            assert "Total" in cells(path)["A5"]
        else:
            with pytest.raises(RefusedError, match="a note at A4"):
                logged(path, new("c"))


def test_rows_that_are_not_moved_keep_their_bytes(tmp_path: Path) -> None:
    """Runs above stay as they are written."""
    path = with_totals(tmp_path)
    logged(path, new("c"))
    assert TWO == "".join(rows(path)[n] for n in (1, 2, 3))
