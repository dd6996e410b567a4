"""Cell formats are looked up and added; those that are there keep their numbers and bytes."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from sheetlog.errors import RefusedError
from sheetlog.xlsx.numberformats import is_date, is_duration
from sheetlog.xlsx.package import Package
from sheetlog.xlsx.styles import Styles
from tests.unit.xlsx.books import made, plain

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PART = "xl/styles.xml"


def with_styles(path: Path, styles: str | None) -> Path:
    """Return a workbook whose styles part is another one, or none."""
    old = made(path.with_name("old.xlsx"), plain)
    with zipfile.ZipFile(old) as before, zipfile.ZipFile(path, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name == PART:
                if styles is None:
                    continue
                data = styles.encode()
            if styles is None and name.endswith("workbook.xml.rels"):
                data = data.replace(b"/styles", b"/other")
            after.writestr(name, data)
    return path


def content(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(PART).decode()


def test_new_formats_go_to_the_end_and_the_rest_keeps_its_bytes(tmp_path: Path) -> None:
    """Numbers are given once: cells everywhere refer to them."""
    path = made(tmp_path / "a.xlsx", plain)
    before = content(path)
    with Package.open(path) as package:
        styles = Styles(package)
        first = styles.xf_like(0, number_format="0.000", bold=True, fill="FFCC00")
        second = styles.xf_like(first, hyperlink=True, wrap=True, horizontal="left")
        assert (1, 2) == (first, second)
        styles.save()
        package.save()
    after = content(path)
    for part in ("<border>", '<xf numFmtId="0" fontId="0"', "<cellStyle ", "<tableStyles"):
        start = before.index(part)
        assert before[start : before.index(">", start)] in after
    sheet = openpyxl.load_workbook(path)
    sheet["Runs"]["A1"]._style = sheet._cell_styles[second]
    cell = sheet["Runs"]["A1"]
    assert ("0.000", True, "single") == (cell.number_format, cell.font.b, cell.font.u)
    assert ("FFFFCC00", True, "left") == (
        cell.fill.fgColor.rgb, cell.alignment.wrapText, cell.alignment.horizontal
    )  # fmt: skip


def test_an_equal_format_is_reused(tmp_path: Path) -> None:
    """Asking twice adds once, in one session and in the next."""
    path = made(tmp_path / "a.xlsx", plain)
    for _ in range(2):
        with Package.open(path) as package:
            styles = Styles(package)
            found = {styles.xf_like(0, number_format="0.00%", border="D5DBE3") for _ in "ab"}
            assert {1} == found
            assert 0 == styles.dxf(fill="FFCC00", font_color="112233", bold=True)
            assert 0 == styles.xf_like(0)
            styles.save()
            package.save()
    assert 1 == content(path).count("<dxf>")
    assert 2 == content(path).count("<border>")


def test_nothing_is_written_when_nothing_is_added(tmp_path: Path) -> None:
    """Looking a format up changes no part."""
    path = made(tmp_path / "a.xlsx", plain)
    before = path.read_bytes()
    with Package.open(path) as package:
        styles = Styles(package)
        assert "General" == styles.number_format_of(0)
        assert not styles.is_date(0)
        styles.save()
        package.save()
    assert before == path.read_bytes()


def test_a_number_format_gets_a_free_number(tmp_path: Path) -> None:
    """Built-in ones keep theirs, those of the workbook are reused, new ones follow the last."""
    formats = (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="2">'
        '<numFmt numFmtId="170" formatCode="0.0 &quot;x&quot;"/>'
        '<numFmt numFmtId="9" formatCode="0"/></numFmts>'
        '<cellXfs count="3"><xf numFmtId="170"/><xf numFmtId="9"/><xf numFmtId="99"/></cellXfs>'
        "</styleSheet>"
    )
    path = with_styles(tmp_path / "a.xlsx", formats)
    with Package.open(path) as package:
        styles = Styles(package)
        assert '0.0 "x"' == styles.number_format_of(0)
        assert "0" == styles.number_format_of(1)
        assert None is styles.number_format_of(2)
        percent, rare = styles.xf_like(0, number_format="0%"), styles.xf_like(0, number_format="?")
        assert ("0%", "?") == (styles.number_format_of(percent), styles.number_format_of(rare))
        styles.save()
        package.save()
    # The workbook gave the number of the built-in `0%` to another code.
    assert '<numFmt numFmtId="171" formatCode="0%"/>' in content(path)
    assert '<numFmt numFmtId="172" formatCode="?"/>' in content(path)
    assert '<numFmts count="4">' in content(path)


def test_prefixed_styles_grow_with_their_prefix(tmp_path: Path) -> None:
    """Lists that are empty, missing or self-closed are filled in the schema's order."""
    path = with_styles(
        tmp_path / "a.xlsx",
        f'<x:styleSheet xmlns:x="{MAIN}"><x:fonts count="1"><x:font><x:sz val="9"/></x:font>'
        '</x:fonts><x:cellXfs count="1"><x:xf numFmtId="0" fontId="0"/></x:cellXfs>'
        '<x:dxfs count="0"/></x:styleSheet>',
    )
    with Package.open(path) as package:
        styles = Styles(package)
        assert 1 == styles.xf_like(0, bold=True, number_format="0.0", border="AABBCC")
        assert 0 == styles.dxf(fill="FFCC00")
        styles.save()
        package.save()
    text = content(path)
    order = [text.index(f"<x:{name} ") for name in ("numFmts", "fonts", "borders", "cellXfs")]
    assert sorted(order) == order
    assert '<x:font><x:b/><x:sz val="9"/></x:font></x:fonts>' in text
    assert '<x:dxfs count="1"><x:dxf><x:fill>' in text


def test_a_workbook_without_styles_gets_some(tmp_path: Path) -> None:
    """The part, its relationship and its content type, with the formats that all others need."""
    path = with_styles(tmp_path / "a.xlsx", None)
    with Package.open(path) as package:
        styles = Styles(package)
        assert "General" == styles.number_format_of(0)
        assert 1 == styles.xf_like(0, number_format="0%")
        styles.save()
        package.save()
    book = openpyxl.load_workbook(path)
    book["Runs"]["A1"]._style = book._cell_styles[1]
    assert "0%" == book["Runs"]["A1"].number_format


def test_no_more_formats_than_excel_takes(tmp_path: Path) -> None:
    """The workbook would open damaged."""
    xfs = "".join(f'<xf numFmtId="{number}"/>' for number in range(64_000))
    path = with_styles(
        tmp_path / "a.xlsx", f'<styleSheet xmlns="{MAIN}"><cellXfs>{xfs}</cellXfs></styleSheet>'
    )
    with Package.open(path) as package, pytest.raises(RefusedError, match="64,000 cell formats"):
        Styles(package).xf_like(0, bold=True)


def test_border_and_fill_of_another_format(tmp_path: Path) -> None:
    """What stands in a coloured row goes on in its colour, with its own kind of numbers."""
    path = made(tmp_path / "a.xlsx", plain)
    with Package.open(path) as package:
        styles = Styles(package)
        coloured = styles.xf_like(0, fill="FFCC00", border="000000", number_format="0%")
        own = styles.xf_like(0, number_format="0.000")
        both = styles.xf_like(own, framed_like=coloured)
        assert own == styles.xf_like(own, framed_like=0)
        blue = styles.xf_like(0, fill="0000FF")
        assert styles.xf_like(blue, border="000000") == styles.xf_like(blue, framed_like=coloured)
        assert "0.000" == styles.number_format_of(both)
        styles.save()
        package.save()
    book = openpyxl.load_workbook(path)
    book["Runs"]["A1"]._style = book._cell_styles[both]
    cell = book["Runs"]["A1"]
    assert ("FFFFCC00", "thin") == (cell.fill.fgColor.rgb, cell.border.left.style)


@pytest.mark.parametrize(
    ("date", "duration", "code"),
    [
        (True, False, "yyyy-mm-dd hh:mm"),
        (True, False, "mm-dd-yy"),
        (True, False, "[$-409]d/m/yy h:mm AM/PM;@"),
        (True, False, '"on" d'),
        (False, True, "[h]:mm:ss"),
        (False, True, "[mm]:ss.0"),
        (False, False, "General"),
        (False, False, "0.00E+00"),
        (False, False, '0.0 "days"'),
        (False, False, r"0 \m"),
        (False, False, "0_d"),
        (False, False, "[Red]0;[Blue]-0"),
        (False, False, "#,##0;dd"),
        (False, False, "@"),
    ],
)
def test_dates_and_durations_are_told_by_their_code(
    code: str, *, date: bool, duration: bool
) -> None:
    """Quoted, escaped and bracketed parts say nothing, and only the first section counts."""
    assert (date, duration) == (is_date(code), is_duration(code))


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_formats_are_told_without_taking_the_part_apart(tmp_path: Path, prefix: str) -> None:
    """What each row asks for is the same before and after the formats have been looked into."""
    xml = (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="170" formatCode="0.0&quot;x&quot;"/>'
        '</numFmts><cellXfs count="4"><xf numFmtId="170"/><xf numFmtId="10"><alignment wrapText="1"/>'
        '</xf><!-- <xf> --><xf numFmtId="99"><alignment wrapText=\'true\' vertical="top"/></xf>'
        '<xf numFmtId="0"><alignment wrapText="0"/></xf></cellXfs></styleSheet>'
    )
    if prefix:
        xml = re.sub("<(/?)(?=[a-z])", rf"<\1{prefix}", xml).replace("xmlns=", "xmlns:x=")
    with Package.open(with_styles(tmp_path / "a.xlsx", xml)) as package:
        styles = Styles(package)
        asked = [(styles.number_format_of(xf), styles.wraps(xf)) for xf in range(5)]
        assert asked == [
            ('0.0"x"', False), ("0.00%", True), (None, True), ("General", False), ('0.0"x"', False),
        ]  # fmt: skip
        assert styles.mentions('0.0"x"')
        assert not styles.mentions("0.000")
        new = styles.xf_like(1, number_format="0.000")
        assert ("0.000", True) == (styles.number_format_of(new), styles.wraps(new))
        assert styles.mentions("0.000")
