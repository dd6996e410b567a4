"""What covered the runs down to the last row covers the new one, and nothing else changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.packages import MAIN
from tests.unit.xlsx.tabs import header, logged, names, new, part, run, table, write

TWO = header() + run(2, "a") + run(3, "b")
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
PIVOT = "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotCacheDefinition+xml"


def sqrefs(path: Path, element: str) -> list[str]:
    return re.findall(rf'<{element}[^>]*sqref="([^"]*)"', part(path))


@pytest.mark.parametrize(
    ("sqref", "after"),
    [
        ("C2:C3", "C2:C4"),
        ("A1:D3", "A1:D4"),
        ("C2:C1048576", "C2:C1048576"),
        ("C:C", "C:C"),
        ("C2", "C2"),
        ("C3", "C3"),
        ("F2:F3", "F2:F3"),
        ("B2:B3 D2:D3 F1", "B2:B4 D2:D4 F1"),
    ],
)
def test_conditional_formats_and_choices(tmp_path: Path, sqref: str, after: str) -> None:
    """Ranges that ended at the last row go on; whole columns, single cells and others stay."""
    tail = (
        f'<conditionalFormatting sqref="{sqref}"><cfRule type="top10" rank="1" priority="1"/>'
        f'</conditionalFormatting><dataValidations count="1"><dataValidation type="list" sqref="{sqref}">'
        "<formula1>$C$2:$C$3</formula1></dataValidation></dataValidations>"
    )
    path = write(tmp_path / "a.xlsx", TWO, tail=tail)
    logged(path, new("c"))
    assert [after] == sqrefs(path, "conditionalFormatting")
    assert [after] == sqrefs(path, "dataValidation")
    assert "<formula1>$C$2:$C$4</formula1>" in part(path)


def test_a_table_that_is_longer_than_its_data(tmp_path: Path) -> None:
    """What ended with the data and what ended with the table both reach the last new row."""
    tail = "".join(
        f'<conditionalFormatting sqref="{sqref}"><cfRule type="top10" rank="1" priority="1"/>'
        "</conditionalFormatting>"
        for sqref in ("C2:C3", "C2:C4")
    )
    path = write(tmp_path / "a.xlsx", TWO, tail=tail, tables=[table("A1:D4")])
    logged(path, new("c"))
    assert ["C2:C4", "C2:C4"] == sqrefs(path, "conditionalFormatting")
    logged(path, new("d"))
    assert ["C2:C5", "C2:C5"] == sqrefs(path, "conditionalFormatting")


def test_part_of_the_rows(tmp_path: Path) -> None:
    """Pasting tears formats into pieces: the piece that reached the last row goes on."""
    tail = '<conditionalFormatting sqref="C3:C4"><cfRule type="top10" rank="1" priority="1"/></conditionalFormatting>'
    path = write(tmp_path / "a.xlsx", TWO + run(4, "c"), tail=tail)
    logged(path, new("d"))
    assert ["C3:C5"] == sqrefs(path, "conditionalFormatting")


def test_extensions(tmp_path: Path) -> None:
    """Formats, choices and sparklines of the extension list grow as well."""
    tail = (
        f'<extLst><ext xmlns:x14="{X14}" xmlns:xm="{XM}" uri="u">'
        "<x14:conditionalFormattings><x14:conditionalFormatting><x14:cfRule type='dataBar'/>"
        "<xm:sqref>C2:C3</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings>"
        "<x14:dataValidations><x14:dataValidation><x14:formula1><xm:f>Runs!$D$2:$D$3</xm:f></x14:formula1>"
        "<xm:sqref>D2:D3</xm:sqref></x14:dataValidation></x14:dataValidations>"
        "<x14:sparklineGroups><x14:sparklineGroup><x14:sparklines><x14:sparkline>"
        "<xm:f>Runs!C2:C3</xm:f><xm:sqref>G1</xm:sqref></x14:sparkline></x14:sparklines>"
        "</x14:sparklineGroup></x14:sparklineGroups></ext></extLst>"
    )
    path = write(tmp_path / "a.xlsx", TWO, tail=tail)
    logged(path, new("c"))
    after = part(path)
    for wanted in ("<xm:sqref>C2:C4<", "<xm:f>Runs!$D$2:$D$4<", "<xm:sqref>D2:D4<", "<xm:f>Runs!C2:C4<"):
        assert wanted in after
    assert "<xm:sqref>G1<" in after


def test_filters(tmp_path: Path) -> None:
    """A tab's filter and its sorting reach the new row, and so does the name behind it."""
    tail = '<autoFilter ref="A1:D3"><sortState ref="A2:D3"><sortCondition ref="C2:C3"/></sortState></autoFilter>'
    hidden = '<definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">Runs!$A$1:$D$3</definedName>'
    path = write(tmp_path / "a.xlsx", TWO, tail=tail, marks=names() + hidden)
    logged(path, new("c"))
    after = part(path)
    for wanted in ('<autoFilter ref="A1:D4">', '<sortState ref="A2:D4">', '<sortCondition ref="C2:C4"'):
        assert wanted in after
    assert ">Runs!$A$1:$D$4<" in part(path, "xl/workbook.xml")


def test_filter_of_a_table_leaves_totals_out(tmp_path: Path) -> None:
    """A table's own filter ends with its data."""
    totals = '<row r="4"><c r="A4"/><c r="C4"><f>SUBTOTAL(109,Runs[Accuracy])</f><v>1</v></c></row>'
    path = write(tmp_path / "a.xlsx", TWO + totals, tables=[table("A1:D4", totals=1)])
    logged(path, new("c"))
    xml = part(path, "xl/tables/table1.xml")
    assert 'ref="A1:D5"' in xml
    assert '<autoFilter ref="A1:D4"/>' in xml


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Runs!$C$2:$C$3", "Runs!$C$2:$C$4"),
        ("Runs!$A$1:$D$3", "Runs!$A$1:$D$4"),
        ("Runs!$C$3", "Runs!$C$3"),
        ("Runs!$C$3:$D$3", "Runs!$C$3:$D$3"),
        ("SUM(Runs!$C$2:$C$3)", "SUM(Runs!$C$2:$C$4)"),
        ("Other!$C$2:$C$3", "Other!$C$2:$C$3"),
        ('"Runs!$C$2:$C$3"', '"Runs!$C$2:$C$3"'),
    ],
)
def test_names_of_people(tmp_path: Path, text: str, after: str) -> None:
    """Print areas and lists grow, single cells and other tabs' don't."""
    quoted = text.replace('"', "&quot;")
    path = write(tmp_path / "a.xlsx", TWO, marks=names() + f'<definedName name="mine">{quoted}</definedName>')
    logged(path, new("c"))
    found = re.search('name="mine">([^<]*)<', part(path, "xl/workbook.xml"))
    assert found is not None
    assert after == found[1].replace("&quot;", '"')


def test_marks_stay_on_the_header(tmp_path: Path) -> None:
    """The first run below a header doesn't make a range of the marks."""
    path = write(tmp_path / "a.xlsx", header())
    logged(path, new("a"))
    logged(path, new("b"))
    assert names() in part(path, "xl/workbook.xml")


def test_charts(tmp_path: Path) -> None:
    """A series over the whole column shows the new run; its title and other ranges stay."""
    c = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    chart = (
        f'<c:chartSpace xmlns:c="{c}"><c:ser><c:tx><c:strRef><c:f>Runs!$C$1</c:f></c:strRef></c:tx>'
        "<c:cat><c:strRef><c:f>Runs!$A$2:$A$3</c:f></c:strRef></c:cat>"
        "<c:val><c:numRef><c:f>'Runs'!$C$2:$C$3</c:f></c:numRef></c:val></c:ser>"
        "<c:ser><c:val><c:numRef><c:f>Runs!$C$2:$C$2</c:f></c:numRef></c:val></c:ser></c:chartSpace>"
    )
    path = write(tmp_path / "a.xlsx", TWO, more={"xl/charts/chart1.xml": ("chart", CHART, chart)})
    logged(path, new("c"))
    after = part(path, "xl/charts/chart1.xml")
    wanted = chart.replace("$A$2:$A$3", "$A$2:$A$4").replace("$C$2:$C$3", "$C$2:$C$4")
    assert wanted == after


def test_a_chart_of_one_run(tmp_path: Path) -> None:
    """A single point becomes two; the series' name stays one cell."""
    c = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    chart = (
        f'<c:chartSpace xmlns:c="{c}"><c:ser><c:tx><c:strRef><c:f>Runs!$A$2</c:f></c:strRef></c:tx>'
        "<c:val><c:numRef><c:f>Runs!$C$2</c:f></c:numRef></c:val></c:ser></c:chartSpace>"
    )
    path = write(
        tmp_path / "a.xlsx", header() + run(2, "a"), more={"xl/charts/chart1.xml": ("chart", CHART, chart)}
    )
    logged(path, new("b"))
    assert chart.replace("Runs!$C$2", "Runs!$C$2:$C$3") == part(path, "xl/charts/chart1.xml")


def test_pivots(tmp_path: Path) -> None:
    """The source of a pivot grows if it is a range of this tab in this workbook."""
    source = '<cacheSource type="worksheet"><worksheetSource ref="A1:D3" sheet="{}"/></cacheSource>'
    before = f'<pivotCacheDefinition xmlns="{MAIN}">{source}</pivotCacheDefinition>'
    more = {
        f"xl/pivotCache/pivotCacheDefinition{n}.xml": ("pivotCacheDefinition", PIVOT, before.format(sheet))
        for n, sheet in enumerate(("Runs", "Other"))
    }
    path = write(tmp_path / "a.xlsx", TWO, more=more)
    logged(path, new("c"))
    grown = before.format("Runs").replace("A1:D3", "A1:D4")
    assert grown == part(path, "xl/pivotCache/pivotCacheDefinition0.xml")
    assert before.format("Other") == part(path, "xl/pivotCache/pivotCacheDefinition1.xml")


def test_formulas_of_people_stay(tmp_path: Path) -> None:
    """A cell is what its author wrote, also where it sums up the runs."""
    aside = '<row r="9"><c r="F9"><f>SUM(C2:C3)</f><v>1</v></c></row>'
    path = write(tmp_path / "a.xlsx", TWO + aside)
    logged(path, new("c"))
    assert aside in part(path)


def test_calculation_on_load(tmp_path: Path) -> None:
    """Where results are kept they are out of date: Excel calculates when it opens the workbook."""
    chain = f'<calcChain xmlns="{MAIN}"><c r="F9" i="1"/></calcChain>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    path = write(tmp_path / "a.xlsx", TWO, workbook='<calcPr calcId="191029"/>')
    logged(path, new("c"))
    assert '<calcPr calcId="191029"/>' in part(path, "xl/workbook.xml")
    import zipfile

    from tests.packages import OFFICE, zipped

    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/calcChain.xml"] = chain.encode()
    rels = members["xl/_rels/workbook.xml.rels"]
    link = f'<Relationship Id="rId7" Type="{OFFICE}/calcChain" Target="calcChain.xml"/></Relationships>'
    members["xl/_rels/workbook.xml.rels"] = rels.replace(b"</Relationships>", link.encode())
    override = f'<Override PartName="/xl/calcChain.xml" ContentType="{kind}"/></Types>'
    types = members["[Content_Types].xml"]
    members["[Content_Types].xml"] = types.replace(b"</Types>", override.encode())
    path.write_bytes(zipped(members))
    logged(path, new("d"))
    assert '<calcPr fullCalcOnLoad="1" calcId="191029"/>' in part(path, "xl/workbook.xml")
    assert chain == part(path, "xl/calcChain.xml")
