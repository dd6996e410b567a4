"""Templates that are made of a sheet: they load, and give the same columns again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

import sheetlog
from sheetlog import api, catalog, draft, settings
from sheetlog.errors import MisuseError
from sheetlog.template import Column
from tests.google.server import serving

NAMES = ("classification", "default", "llm-finetune", "minimal", "regression", "sweep")


@pytest.fixture
def google(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with serving() as running:
        monkeypatch.setenv("SHEETLOG_GOOGLE_ENDPOINT", running.base_url)
        yield


def log(sheet: str, template: str) -> None:
    metrics = {"accuracy": 0.9, "eval_loss": 2.0, "rmse": 0.5, "loss_curve": [3.0, 2.0, 1.0]}
    params = {"lr": 0.2, "optim": {"name": "adam, 'fast'"}, "on": True}
    sheetlog.configure(sheet=sheet, template=template, quiet=True)
    assert sheetlog.log(params, metrics).delivered


def columns(sheet: str) -> list[tuple[str, str | None]]:
    """Give title and mark of each column."""
    sink = api.sink_of(settings.current({"sheet": sheet}).sheet)
    return [(column.title, column.key) for column in sink.header().columns]


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_made_again(place: Path, name: str) -> None:
    """Titles, order and marks of each shipped template's columns come back."""
    log("first.xlsx", name)
    made = sheetlog.new_template("ours.yaml")
    assert ("ours.yaml", ()) == (Path(made.path).name, made.left)
    assert made.columns == len(catalog.load("ours.yaml").columns)
    log("second.xlsx", "ours.yaml")
    assert columns("first.xlsx") == columns("second.xlsx")
    first, second = (
        openpyxl.load_workbook(f"{n}.xlsx").worksheets[0] for n in ("first", "second")
    )
    assert first.freeze_panes == second.freeze_panes
    for letter, column in first.column_dimensions.items():
        other = second.column_dimensions[letter]
        assert (column.hidden, letter) == (other.hidden, letter)
        assert column.width == pytest.approx(other.width, abs=1.01), letter
    formats = [[cell.number_format for cell in sheet[2]] for sheet in (first, second)]
    assert formats[0] == formats[1]


@pytest.mark.parametrize("name", ["classification", "llm-finetune"])
@pytest.mark.usefixtures("google")
def test_a_google_sheet_made_again(name: str) -> None:
    """The same on Google."""
    log("google:First", name)
    made = sheetlog.new_template("ours.yaml")
    assert () == made.left
    log("google:Second", "ours.yaml")
    assert columns("google:First") == columns("google:Second")


def test_what_people_made_of_a_workbook_is_in_the_template(place: Path) -> None:
    """A column of their own with its choices, a new title, another width."""
    log("runs.xlsx", "default")
    book = openpyxl.load_workbook("runs.xlsx")
    sheet = book["Runs"]
    titles = {cell.value: cell for cell in sheet[1]}
    titles["Verdict"].value = "Decision, final"
    sheet.column_dimensions[titles["Notes"].column_letter].width = 70
    sheet.tables.clear()
    free = sheet.cell(1, sheet.max_column + 1, "Reviewer")
    choices = DataValidation(type="list", formula1='"Ann,Ben"')
    choices.add(f"{free.column_letter}2:{free.column_letter}999")
    sheet.add_data_validation(choices)
    book.save("runs.xlsx")
    sheetlog.new_template("ours.yaml")
    by_title = {column.title: column for column in catalog.load("ours.yaml").columns}
    assert ("people", ("Ann", "Ben")) == (by_title["Reviewer"].owner, by_title["Reviewer"].choices)
    assert ("keep", "retry", "drop") == by_title["Decision, final"].choices
    assert 69 <= (by_title["Notes"].width or 0) <= 70


def test_what_the_sheet_does_not_tell_comes_from_the_template_in_force(place: Path) -> None:
    """Goals, aliases and the best run's metric."""
    log("runs.xlsx", "classification")
    sheetlog.new_template("ours.yaml")
    made, shipped = catalog.load("ours.yaml"), catalog.load("classification")
    assert shipped.best_by == made.best_by
    by_key = {column.key: column for column in made.columns}
    assert ("max", "acc") == (
        by_key["metrics.accuracy"].goal,
        by_key["metrics.accuracy"].aliases[0],
    )
    order = [column.key for column in made.columns]
    assert order.index("metrics.*") == order.index("metrics.loss_curve") + 1


def test_a_formula_is_read_from_its_cells(place: Path) -> None:
    """Another template in force doesn't know it; one over other rows is left out and told."""
    (place / "theirs.yaml").write_text(
        "columns: [{key: metrics.*}, {title: Half, formula: '=ROUND({metrics.accuracy}*0.5,2)'}]\n"
    )
    log("runs.xlsx", "theirs.yaml")
    sheetlog.configure(template="minimal")
    made = sheetlog.new_template("ours.yaml")
    (half,) = [column for column in catalog.load("ours.yaml").columns if column.title == "Half"]
    assert "=ROUND({metrics.accuracy}*0.5,2)" == half.formula
    assert () == made.left


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=IF(B5>5E-1;C5*2;0)", "={IF}({metrics.a}>0.5,{metrics.b}*2,0)"),
        ('=B5&"B5;"&C5', '={metrics.a}&"B5;"&{metrics.b}'),
        ("=B4-C5", None),
        ("=SUM(B5:C5)", None),
        ("=Other!B5", None),
        ("='My tab'!B5", None),
        ("=$B5+B$5", "={metrics.a}+{metrics.a}"),
        ("=D5", None),
    ],
)
def test_a_formulas_cells_become_keys(formula: str, expected: str | None) -> None:
    """Those of its own row do; with others it is none of a template."""
    keys = {"B": "metrics.a", "C": "metrics.b"}
    wanted = expected if expected is None else re.sub(r"\{IF\}", "IF", expected)
    assert wanted == draft._with_keys(formula, 4, keys)


def test_two_columns_of_one_title_and_odd_ones_load(place: Path) -> None:
    """Whatever people call their columns, the template has no mistake."""
    log("runs.xlsx", "minimal")
    book = openpyxl.load_workbook("runs.xlsx")
    sheet = book["Runs"]
    sheet.tables.clear()
    for title in ("Notes", "{a: [b]}", "- #1: 'x'", "yes", "012", "=sum", "x" * 300):
        cell = sheet.cell(1, sheet.max_column + 1, title)
        cell.data_type = "s"
    book.save("runs.xlsx")
    made = sheetlog.new_template("ours.yaml")
    titles = [column.title for column in catalog.load("ours.yaml").columns]
    assert {"Notes", "Notes (2)", "{a: [b]}", "- #1: 'x'", "yes", "012", "=sum"} <= {*titles}
    assert 1 == len(made.left)


def test_nothing_is_overwritten_and_nothing_made_of_nothing(place: Path) -> None:
    """Each message says what to do."""
    with pytest.raises(MisuseError, match="no columns yet; log a run first"):
        sheetlog.new_template("ours.yaml", sheet="runs.xlsx")
    log("runs.xlsx", "minimal")
    with pytest.raises(MisuseError, match=r"must end in \.yaml"):
        sheetlog.new_template("ours.txt")
    with pytest.raises(MisuseError, match=r"cannot be written: No such .*; name a file that you"):
        sheetlog.new_template("no/such/ours.yaml")
    sheetlog.new_template("ours.yaml")
    with pytest.raises(MisuseError, match="name another file"):
        sheetlog.new_template("ours.yaml")
    sheetlog.new_template("ours.yaml", overwrite=True)


def test_a_column_goes_without_what_no_template_can_say() -> None:
    """A number format that one product alone knows is left out, not the column."""
    said = {"key": "metrics.a", "format": "[>=1]0;nonsense", "width": 12}
    assert {"key": "metrics.a", "width": 12} == draft._taken(said)
    assert draft._taken({"title": "", "owner": "people"}) is None
    assert Column(key="metrics.a").mark == "metrics.a"
