"""The README as somebody follows it: its blocks one after the other, and its commands for real."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import openpyxl
from click.testing import CliRunner
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

import sheetlog
from sheetlog.cli import cli

TEXT = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    """Give the blocks of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def decided(book: Path, run: str, column: str, word: str) -> None:
    """Do what a person does: write a word into a cell."""
    found = openpyxl.load_workbook(book)
    tab = found["Runs"]
    (at,) = [cell.column for cell in tab[1] if cell.value == column]
    (row,) = [cell.row for cell in tab["A"] if cell.value == run]
    tab.cell(row, at).value = word
    found.save(book)


def test_the_blocks_one_after_the_other(place: Path) -> None:
    """Runs, a file fetched, what changed, a person's decision that code takes, the commands."""
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
    frame = sheetlog.runs(sort="run.id")
    (told,) = set(re.findall("`(lr .*?)`", TEXT))
    assert told == list(frame["run.changed"])[-1]
    assert "img-17" in sheetlog.artifact("worst", run="small lr").read_text(encoding="utf-8")
    decided(place / "runs.xlsx", "small lr", "Stage", "production")
    (promoted,) = blocks("python promoted")
    exec(compile(promoted, "README.md", "exec"), names)
    assert "small lr" == names["model"]["run.name"]  # type: ignore[index]
    commands = [line for block in blocks("console") for line in block.splitlines()]
    called = [line for line in commands if line.startswith("sheetlog ")]
    assert called
    for line in called:
        done = CliRunner().invoke(cli, shlex.split(line, comments=True)[1:])
        assert (line, 0, None) == (line, done.exit_code, done.exception)
        assert done.output.strip(), line
    assert {"ours.yaml", "report.xlsx"} <= {path.name for path in place.iterdir()}


def shown(tab: Worksheet, column: int) -> bool:
    """Give whether a column can be seen."""
    return not tab.column_dimensions[get_column_letter(column)].hidden


def test_the_template(place: Path) -> None:
    """It makes the columns that it shows, with sheetlog's own words in its language."""
    (block,) = blocks("yaml")
    (place / "ours.yaml").write_text(block, encoding="utf-8")
    receipt = sheetlog.log({"lr": 1}, {"acc": 0.9}, sheet="ours.xlsx", template="ours.yaml")
    assert receipt.delivered, receipt.problem
    found = openpyxl.load_workbook(place / "ours.xlsx")
    titles = [cell.value for cell in found["Runs"][1]]
    assert ["Genauigkeit", "Δ Genauigkeit", "Vergleich", "lr"] == titles[3:7]
    assert not [cell.value for cell in found["Runs"][1][7:] if shown(found["Runs"], cell.column)]
    assert ["Runs", "Übersicht", "Wörterbuch"] == found.sheetnames
    assert "fertig" in [cell.value for cell in found["Runs"][2]]
