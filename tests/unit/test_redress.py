"""A sheet dressed again: what the template changed follows, what people restyled stays."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.protection import WorkbookProtection

import sheetlog
from sheetlog.cli import cli
from sheetlog.dressing import Dressed
from sheetlog.errors import MisuseError

BEFORE = """
overview: true
best_by: {metric: metrics.accuracy, goal: max}
columns:
  - {key: run.name, title: Run, width: 20, note: One row is one run}
  - {key: run.status}
  - {key: run.started}
  - {key: metrics.accuracy, title: Accuracy, width: 12, format: percent, goal: max}
  - {title: Verdict, owner: people, choices: [keep, drop]}
  - {key: params.*}
  - {key: git.*}
"""
AFTER = """
overview: true
best_by: {metric: metrics.accuracy, goal: min}
columns:
  - {key: run.name, title: Name of the run, width: 33, note: Each row is a run}
  - {key: run.status}
  - {key: run.started}
  - {key: metrics.accuracy, title: Accuracy, width: 18, format: "0.000", goal: min}
  - {title: Verdict, owner: people, choices: [keep, ship, drop]}
  - {key: params.*}
  - {key: params.seed, hidden: true}
  - {key: git.*}
"""
BOOK = "runs.xlsx"
_MADE: list[bytes] = []
"""The workbook, once it was made: all tests begin with the same one."""


@pytest.fixture
def made(place: Path) -> Path:
    """Give the folder with a workbook of six runs and the two templates."""
    (place / "before.yaml").write_text(BEFORE, encoding="utf-8")
    (place / "after.yaml").write_text(AFTER, encoding="utf-8")
    sheetlog.configure(quiet=True, template="before.yaml")
    for number in range(0 if _MADE else 6):
        params = {"lr": 0.1, "seed": number, "depth": number % 2}
        sheetlog.log(params, {"accuracy": 0.5 + number / 20}, sheet=BOOK, name=f"run {number}")
    if not _MADE:
        _MADE.append(Path(BOOK).read_bytes())
    Path(BOOK).write_bytes(_MADE[0])
    return place


def test_what_the_template_changed_follows(made: Path) -> None:
    """Widths, formats, notes, choices, goals, hidden columns; titles and cells are as before."""
    before = cells()
    done = sheetlog.redress(BOOK, template="after.yaml").done
    assert "'Run': width 20 → 33" in done
    assert "'Run': note One row is one run → Each row is a run" in done
    assert "'Accuracy': number format 0.0% → 0.000" in done
    assert "'Accuracy' is coloured: the lowest is the best" in done
    assert "'Verdict': choices keep, drop → keep, ship, drop" in done
    assert "'seed' is hidden" in done
    assert before == cells()
    look = looks()
    assert (33, 18) == (look["Run"]["width"], look["Accuracy"]["width"])
    assert {"0.000"} == look["Accuracy"]["formats"]
    assert '"keep,ship,drop"' in look["Verdict"]["choices"]
    assert look["seed"]["hidden"]
    assert not look["depth"]["hidden"]
    assert ["containsBlanks", "top10", "colorScale"] == look["Accuracy"]["rules"]


def test_a_second_time_there_is_nothing_to_do(made: Path) -> None:
    """Nor is a byte of the workbook another."""
    sheetlog.redress(BOOK, template="after.yaml")
    content = Path(BOOK).read_bytes()
    again = sheetlog.redress(BOOK, template="after.yaml")
    assert ((), ()) == (again.done, again.left)
    assert content == Path(BOOK).read_bytes()


def test_what_a_person_restyled_stays(made: Path) -> None:
    """Width, format and choices of a person's own, and what was folded away and is unfolded."""
    sheetlog.redress(BOOK, template="before.yaml")
    with edited() as book:
        sheet = book["Runs"]
        sheet.column_dimensions["A"].width = 50.71
        for row in range(2, 8):
            sheet[f"D{row}"].number_format = "0.00000"
    done = sheetlog.redress(BOOK, template="after.yaml")
    assert any("'Run': width" in sentence and "stays" in sentence for sentence in done.left)
    assert any("number format" in sentence and "stays" in sentence for sentence in done.left)
    assert 50 == looks()["Run"]["width"]
    assert {"0.00000"} == looks()["Accuracy"]["formats"]
    assert () == sheetlog.redress(BOOK, template="after.yaml").left


def test_settings_that_never_vary_are_folded_away(made: Path) -> None:
    """And come back when they vary."""
    assert "'lr' never varies and is folded away" in sheetlog.redress(BOOK).done
    assert looks()["lr"]["level"] == 1
    sheetlog.log({"lr": 0.2, "seed": 9, "depth": 0}, {"accuracy": 0.7}, sheet=BOOK)
    assert ("'lr' varies and comes out of its group",) == sheetlog.redress(BOOK).done
    assert (0, False) == (looks()["lr"]["level"], looks()["lr"]["hidden"])


def test_a_dry_run_says_it_and_changes_nothing(made: Path) -> None:
    """Words are the same; no byte is another."""
    content = Path(BOOK).read_bytes()
    said = sheetlog.redress(BOOK, template="after.yaml", dry_run=True)
    assert content == Path(BOOK).read_bytes()
    assert said.done == sheetlog.redress(BOOK, template="after.yaml").done


def test_tabs_that_a_person_changed_stay(made: Path) -> None:
    """One that nobody touched is written anew; one that was deleted comes back."""
    with edited() as book:
        book["Overview"]["A1"] = "Our best runs"
        del book["Dictionary"]
    done = sheetlog.redress(BOOK, template="after.yaml")
    assert "the tab 'Dictionary' is made" in done.done
    assert any("'Overview' stays" in sentence for sentence in done.left)
    book = openpyxl.load_workbook(BOOK)
    assert "Our best runs" == book["Overview"]["A1"].value
    assert "Each row is a run" == book["Dictionary"]["B2"].value


def _paint(sheet: Any) -> None:
    sheet["A5"].fill = PatternFill("solid", fgColor="FFC000")


def _rule(sheet: Any) -> None:
    above = CellIsRule(operator="greaterThan", formula=["3"], font=Font(bold=True))
    sheet.conditional_formatting.add("B4:B8", above)


def _chart(sheet: Any) -> None:
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=5, max_row=8))
    sheet.add_chart(chart, "M2")


def _unbold(sheet: Any) -> None:
    sheet["A1"].font = Font(bold=False)


@pytest.mark.parametrize("change", [
    _paint, _rule, _chart, _unbold,
    lambda sheet: sheet.protection.enable(),
    lambda sheet: sheet.merge_cells("A60:C61"),
    lambda sheet: setattr(sheet["A5"], "comment", Comment("Look here", "Ada")),
    lambda sheet: setattr(sheet["A5"], "hyperlink", "https://example.org"),
])  # fmt: skip
def test_what_people_put_into_a_tab_beside_the_runs_stays(made: Path, change: Any) -> None:
    """Its texts are as they were made, and yet it isn't sheetlog's alone any more."""
    with edited():
        pass
    assert "the tab 'Overview' is written anew" in anew(dry_run=True).done
    with edited() as book:
        change(book["Overview"])
    with zipfile.ZipFile(BOOK) as before:
        there = before.read("xl/worksheets/sheet2.xml")
    assert any("'Overview' stays" in sentence for sentence in anew().left)
    with zipfile.ZipFile(BOOK) as after:
        assert there == after.read("xl/worksheets/sheet2.xml")


def test_a_tab_that_is_written_anew_keeps_its_widths(made: Path) -> None:
    """People made a column wider, and that is no reason to leave the figures as they were."""
    with edited() as book:
        book["Overview"].column_dimensions["F"].width = 99
    assert "the tab 'Overview' is written anew" in anew().done
    assert 99 == openpyxl.load_workbook(BOOK)["Overview"].column_dimensions["F"].width


def test_each_tab_of_runs_has_its_own_overview(made: Path) -> None:
    """Two templates in one workbook: dressing the one's runs leaves the other's as they are."""
    (made / "other.yaml").write_text(f"tab: More\n{AFTER}", encoding="utf-8")
    sheetlog.log({"lr": 1}, {"accuracy": 0.5}, sheet=BOOK, template="other.yaml")
    sheetlog.redress(BOOK)
    assert "the tab 'Overview' is made" in sheetlog.redress(BOOK, template="other.yaml").done
    tabs = ["Runs", "Overview", "Dictionary", "More", "Overview (2)", "Dictionary (2)"]
    with edited() as book:
        assert tabs == book.sheetnames
        book["Runs"].title = "Ours"  # names go on to say `Runs`
    sheetlog.log({"lr": 2}, {"accuracy": 0.6}, sheet=BOOK)
    done = sheetlog.redress(BOOK).done
    assert "the tab 'Overview' is written anew" in done
    assert () == sheetlog.redress(BOOK, template="other.yaml").done
    assert () == sheetlog.redress(BOOK).done


def test_a_protected_tab_is_not_dressed(made: Path) -> None:
    """Excel lets nobody format there; said with what to do, and done once it is off."""
    with edited() as book:
        book["Runs"].protection.enable()
    for dry_run in (True, False):
        said = sheetlog.redress(BOOK, template="after.yaml", dry_run=dry_run)
        assert not [words for words in said.done if "tab" not in words]
        assert [True] == ["'Runs'" in words and "Unprotect" in words for words in said.left]
    assert 20 == looks()["Run"]["width"]
    with edited() as book:
        book["Runs"].protection.disable()
    assert "'Run': width 20 → 33" in sheetlog.redress(BOOK, template="after.yaml").done


def test_a_protected_workbook_gets_no_tab(made: Path) -> None:
    """A dry run says so, too, and what concerns the runs is done."""
    with edited() as book:
        del book["Overview"]
        book.security = WorkbookProtection(lockStructure=True)
    for dry_run in (True, False):
        said = anew(dry_run=dry_run)
        assert "'Run': width 20 → 33" in said.done
        assert [True] == ["'Overview' is not made" in words for words in said.left]
    assert ["Runs", "Dictionary"] == openpyxl.load_workbook(BOOK).sheetnames


def test_a_renamed_tab_is_known(made: Path) -> None:
    """Its title is people's."""
    with edited() as book:
        book["Overview"].title = "At a glance"
    sheetlog.redress(BOOK, template="after.yaml")
    assert ["Runs", "At a glance", "Dictionary"] == openpyxl.load_workbook(BOOK).sheetnames


def test_runs_go_on_afterwards(made: Path) -> None:
    """The next run is a row below, dressed as those above."""
    sheetlog.redress(BOOK, template="after.yaml")
    assert sheetlog.log({"lr": 1, "new": 2}, {"accuracy": 0.9}, sheet=BOOK).delivered
    assert 7 == len(sheetlog.runs(BOOK))
    assert {"0.000"} == looks()["Accuracy"]["formats"]


def test_without_runs_it_is_misuse(place: Path) -> None:
    """There is no sheet to dress."""
    with pytest.raises(MisuseError, match="no runs yet"):
        sheetlog.redress(BOOK)


def test_the_command_says_what_it_would_do(made: Path) -> None:
    """In words, and as JSON."""
    options = ["dress", "--sheet", BOOK, "--template", "after.yaml"]
    shown = CliRunner().invoke(cli, [*options, "--dry-run"])
    assert (0, True) == (shown.exit_code, "would: 'Run': width 20 → 33" in shown.output)
    told = json.loads(CliRunner().invoke(cli, [*options, "--json"]).output)
    assert not told["dry_run"]
    assert "nothing to do" in CliRunner().invoke(cli, options).output


def anew(*, dry_run: bool = False) -> Dressed:
    """Dress the sheet by a template that has another Overview."""
    return sheetlog.redress(BOOK, template="after.yaml", dry_run=dry_run)


# -- what is in the workbook


class edited:  # noqa: N801 - reads as a verb
    """Open a workbook with another library, and save it."""

    def __enter__(self) -> Any:
        self.book = openpyxl.load_workbook(BOOK)
        return self.book

    def __exit__(self, *error: object) -> None:
        self.book.save(BOOK)


def cells() -> list[tuple[Any, ...]]:
    """Give what stands in the runs' tab."""
    return list(openpyxl.load_workbook(BOOK)["Runs"].iter_rows(values_only=True))


def looks() -> dict[str, dict[str, Any]]:
    """Give what each column looks like, by its title."""
    sheet = openpyxl.load_workbook(BOOK)["Runs"]
    found = {}
    for cell in sheet[1]:
        name = cell.column_letter
        size = sheet.column_dimensions[name]
        area = f"{name}2:{name}1048576"
        rules = [
            rule.type
            for each, listed in sheet.conditional_formatting._cf_rules.items()
            for rule in listed
            if str(each.sqref) == area
        ]
        found[cell.value] = {
            "width": round(size.width - 0.71),
            "hidden": size.hidden,
            "level": size.outlineLevel,
            "formats": {sheet[f"{name}{row}"].number_format for row in range(2, 8)},
            "choices": [v.formula1 for v in sheet.data_validations.dataValidation
                        if str(v.sqref) == area],
            "rules": rules,
        }  # fmt: skip
    return found
