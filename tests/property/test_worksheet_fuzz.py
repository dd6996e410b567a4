"""Worksheets, tables and workbook parts with anything wrong: written or refused, and never an accident."""

from __future__ import annotations

import os
import random
import re
import zipfile
from pathlib import Path

import pytest

from sheetlog.errors import SheetError
from sheetlog.sinks.excel import ExcelSink
from tests.packages import SHEET, zipped
from tests.unit.xlsx.tabs import header, logged, names, new, run, table, text, write

ROUNDS = int(os.environ.get("SHEETLOG_TEST_FUZZ", "250"))
PARTS = (SHEET, SHEET, SHEET, "xl/workbook.xml", "xl/tables/table1.xml", "xl/styles.xml", "xl/sharedStrings.xml")
WORDS = (
    b"0", b"-1", b"99999999999999999999", b"x", b"", b"A1", b"XFD1048576", b"A1:B2", b"#REF!", b"&#xD800;",
    b"&#1114112;", b"&lt;", b"s", b"shared", b"array", b"1e999", b"nan", b"\xc3\xa9", b"Runs!$A$1", b"rId99",
)  # fmt: skip
TAGS = (b"<row>", b"</row>", b"<c/>", b"<v>1</v>", b"<!-- -->", b"<![CDATA[<row>]]>", b"<f>A1</f>", b"<is/>")


def base(path: Path) -> dict[str, bytes]:
    """Give the parts of a workbook with a bit of everything."""
    shared = '<c r="C4" t="s"><v>0</v></c><c r="D4"><f t="shared" ref="D4:D5" si="0">C3*2</f><v>1</v></c>'
    rows = header() + run(2, "a") + run(3, "b") + f'<row r="4">{text("A4", "c")}{shared}</row>'
    rows += f'<row r="5">{text("A5", "Total")}<c r="D5"><f t="shared" si="0"/></c></row>'
    tail = (
        '<autoFilter ref="A1:D4"/><mergeCells><mergeCell ref="F2:G3"/></mergeCells>'
        '<conditionalFormatting sqref="C2:C4"><cfRule type="expression" priority="1"><formula>C2&gt;1</formula>'
        '</cfRule></conditionalFormatting><hyperlinks><hyperlink ref="A2" location="Runs!A1"/></hyperlinks>'
    )
    write(
        path, rows, tail=tail, tables=[table("A1:D5", totals=1)], strings=("<t>s</t>",),
        marks=names() + '<definedName name="mine">Runs!$C$2:$C$4</definedName>', workbook="<calcPr/>",
    )  # fmt: skip
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def broken(data: bytes, chance: random.Random) -> bytes:
    """Give a part with one or more things wrong."""
    for _ in range(chance.randint(1, 3)):
        kind = chance.randrange(5)
        spots = list(re.finditer(rb'"([^"]*)"|>([^<]+)<|<[^>]+>', data))
        found = chance.choice(spots)
        if kind == 0 and found[1] is not None:
            data = data[: found.start(1)] + chance.choice(WORDS) + data[found.end(1) :]
        elif kind == 1 and found[2] is not None:
            data = data[: found.start(2)] + chance.choice(WORDS) + data[found.end(2) :]
        elif kind == 2:
            data = data[: found.start()] + data[found.end() :]
        elif kind == 3:
            data = data[: found.end()] + data[found.start() : found.end()] + data[found.end() :]
        else:
            data = data[: found.start()] + chance.choice(TAGS) + data[found.start() :]
    return data


@pytest.mark.parametrize("seed", range(ROUNDS // 50 or 1))
def test_whatever_is_wrong(tmp_path: Path, seed: int) -> None:
    """Nothing but the sink's own errors comes out, and a refused file keeps its bytes."""
    chance = random.Random(seed)
    path = tmp_path / "a.xlsx"
    members = base(path)
    for _ in range(50):
        part = chance.choice(PARTS)
        wrong = {**members, part: broken(members[part], chance)}
        data = zipped(wrong)
        path.write_bytes(data)
        changed = False
        try:
            logged(path, new("z"), new("y"))
            changed = True
            logged(path, edits={"a": {"metrics.acc": 2}, "z": {"params.x": None}})
            ExcelSink(f"{path}#Runs").read()
        except SheetError:
            # What nobody has asked for may be wrong and come out later, when it is read.
            assert changed or data == path.read_bytes()
        except KeyError as error:
            assert str(error) in {"'a'", "'z'"}  # the test's own: no such run is there
