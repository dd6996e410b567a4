"""Tabs beside the runs in the package: names, results that others kept, what people changed."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

import sheetlog
from sheetlog.sinks.excel import ExcelSink
from sheetlog.xlsx import besidenames
from sheetlog.xlsx.columns import insert_columns
from sheetlog.xlsx.look import NewColumn
from sheetlog.xlsx.package import Package
from tests.people import office

BOOK = "runs.xlsx"


@pytest.fixture
def made(place: Path) -> Path:
    """Give a workbook with an Overview and three runs."""
    sheetlog.configure(quiet=True, template="classification")
    for number in range(3):
        sheetlog.log({"lr": number}, {"accuracy": number / 4}, sheet=BOOK, name=f"run {number}")
    return place / BOOK


@pytest.mark.parametrize("length", [0, 10, 5_000, 90_000])
def test_a_memory_is_read_as_it_was_kept(length: int) -> None:
    """However long it is, no name says more than a formula may, and no text in it is too long."""
    text = json.dumps({f"params.k{n}": n * 7919 for n in range(length // 18)})
    names = besidenames.memory_names(text)
    assert text == besidenames.memory_of(dict(names))
    assert all(len(said) <= 8_192 for _, said in names)
    assert all(len(piece) <= 255 for _, said in names for piece in re.findall('"([^"]*)"', said))


def test_a_memory_that_nobody_can_read_is_none() -> None:
    """A person has been at it."""
    assert "" == besidenames.memory_of({f"{besidenames.MEMORY}.1": '"1:"&"nonsense"'})
    assert "" == besidenames.memory_of({f"{besidenames.MEMORY}.1": "Runs!$A$1"})


def test_formulas_find_columns_that_moved(made: Path) -> None:
    """A column before all others: each name says its header cell as it stands then."""
    before = said(made)
    with Package.open(made) as package:
        part = "xl/worksheets/sheet1.xml"
        insert_columns(package, part, [NewColumn(place=0, title="First")], header_row=1)
        package.save()
    after = said(made)
    assert before.keys() == after.keys()
    assert "INDEX(Runs!$1:$1048576,0,COLUMN(Runs!$A$1))" == before["runs.run.name"]
    assert "INDEX(Runs!$1:$1048576,0,COLUMN(Runs!$B$1))" == after["runs.run.name"]


def test_results_of_another_program_are_taken_out_with_the_next_row(made: Path) -> None:
    """They are those of before it, and LibreOffice would show them as they are."""
    kept(made, b"<v>1</v>")
    assert b"</f><v>" in overview(made)
    sheetlog.log({"lr": 5}, {"accuracy": 0.9}, sheet=BOOK)
    assert b"</f><v>" not in overview(made)
    assert b"</f>" in overview(made)
    book = zipfile.ZipFile(made).read("xl/workbook.xml")
    assert b'fullCalcOnLoad="1"' in book


@pytest.mark.office
def test_saving_is_no_change_of_people(made: Path) -> None:
    """LibreOffice writes all of it anew: it is still known as sheetlog's own, memory included."""
    before = ExcelSink(str(made)).looks()
    saved = office.running().convert(made, made.with_name("saved.xlsx"))
    after = ExcelSink(str(saved)).looks()
    assert before.memory == after.memory != ""
    assert before.tabs == after.tabs
    assert [False, False] == [tab.edited for tab in after.tabs.values()]
    again = sheetlog.redress(saved, dry_run=True)
    assert [] == [words for words in again.left if "Overview" in words]


def test_readers_open_it(made: Path) -> None:
    """The chart and the formulas are there for another library, too."""
    sheet = openpyxl.load_workbook(made)["Overview"]
    assert 1 == len(sheet._charts)
    assert "=COUNT(runs.run.revision)" == sheet["B5"].value
    assert "runs.run.name" in sheet.defined_names


def said(path: Path) -> dict[str, str]:
    """Give what the Overview's names say."""
    names = openpyxl.load_workbook(path)["Overview"].defined_names
    return {name: each.value for name, each in names.items() if name.startswith("runs.")}


def overview(path: Path) -> bytes:
    """Give the Overview's part."""
    return zipfile.ZipFile(path).read("xl/worksheets/sheet2.xml")


def kept(path: Path, result: bytes) -> None:
    """Save a workbook as a program does that calculates: as plain streams, with results."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    name = "xl/worksheets/sheet2.xml"
    parts[name] = parts[name].replace(b"</f>", b"</f>" + result)
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for each, content in parts.items():
            target.writestr(each, content)


def test_a_meaning_of_some_lines_has_room(place: Path) -> None:
    """A long note of a template is read whole in the Dictionary, where nobody computes heights."""
    note = "Wide enough for two lines. " * 5
    columns = f"[{{key: run.name, note: '{note}'}}, {{key: metrics.*}}]"
    Path("ours.yaml").write_text(f"overview: true\ncolumns: {columns}\n", encoding="utf-8")
    sheetlog.configure(quiet=True, template="ours.yaml")
    sheetlog.log({}, {"accuracy": 0.5}, sheet=BOOK, name="run")
    rows = openpyxl.load_workbook(BOOK)["Dictionary"].row_dimensions
    assert [None, 30.0, None] == [rows[row].height for row in (1, 2, 3)]
