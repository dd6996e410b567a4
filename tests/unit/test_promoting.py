"""The run that people gave a stage to, with its artifacts."""

from pathlib import Path

import openpyxl
import pytest

import sheetlog
from sheetlog.errors import MisuseError
from sheetlog.promoting import promoted

TEMPLATE = """
columns:
  - {key: run.name, title: Run}
  - {key: run.started}
  - {key: metrics.*}
  - {title: Stage, owner: people, choices: [candidate, staging, production, archived]}
  - {title: Verdict, owner: people, choices: [keep, drop]}
  - {key: artifacts.*}
  - {key: run.id}
"""


@pytest.fixture
def book(place) -> Path:
    """Give a workbook of three runs with a model each."""
    Path("ours.yaml").write_text(TEMPLATE)
    sheetlog.configure(template="ours.yaml")
    for name, acc in (("a", 0.9), ("b", 0.8), ("c", 0.7)):
        Path(f"{name} model.pt").write_text(name)
        sheetlog.log({}, {"acc": acc}, name=name, artifacts={"model": f"{name} model.pt"})
    return place / "runs.xlsx"


def write(book, **cells):
    """Have a person write into cells of the first tab."""
    found = openpyxl.load_workbook(book)
    for cell, value in cells.items():
        found.active[cell] = value
    found.save(book)


def test_promoted(book):
    """The run has all that `runs()` has of it, and its artifacts are there to be read."""
    write(book, D3="production", D2="candidate", E3="keep")
    run = promoted("production")
    assert ("b", 0.8, "keep") == (run["run.name"], run["metrics.acc"], run["Verdict"])
    assert "b" == Path(run["artifacts.model"]).read_text()
    assert run.name == sheetlog.runs(where="Stage == 'production'").index[0]


def test_the_newest_of_several(book):
    """Where several have the stage, the one that started last, wherever its row stands."""
    write(book, D2="production", D3="Production ", D4="staging")
    assert "b" == promoted("production")["run.name"]
    assert "a" == promoted("PRODUCTION", where="acc > 0.85")["run.name"]


def test_a_renamed_column(book):
    """The template's title finds the column also where a person has renamed it."""
    write(book, D1="Phase", D2="production")
    assert "a" == promoted("production")["run.name"]
    assert "a" == promoted("production", column="phase")["run.name"]


def test_another_column(book):
    """Any column of people's can hold the stages."""
    write(book, E4="drop")
    assert "c" == promoted("drop", column="Verdict")["run.name"]


def test_stages_in_another_language(book):
    """A sheet in German has its stages in German, and code stays as it is."""
    write(book, D2="Produktion")
    assert "a" == promoted("production")["run.name"]


def test_which_stages_there_are(book):
    """A stage that no run has is answered with those that there are."""
    with pytest.raises(MisuseError, match=r"'production' in 'Stage'; no run has any stage yet"):
        promoted("production")
    write(book, D2="staging", D3="staging", D4="candidate")
    with pytest.raises(MisuseError, match=r"there are: 'staging' \(2\), 'candidate' \(1\)"):
        promoted("production")


def test_no_such_column(book):
    """A column that is not there is answered with the nearest one, and with what to do."""
    with pytest.raises(MisuseError, match=r"called 'Stages'; did you mean 'Stage'\?"):
        promoted("production", column="Stages")
    with pytest.raises(MisuseError, match="must be a word such as 'production'"):
        promoted("")


def test_verdicts_come_back(book):
    """What people wrote decides which runs code takes."""
    write(book, E2="drop", E3="keep", E4="keep")
    assert ["b", "c"] == list(sheetlog.runs(where="Verdict == 'keep'")["run.name"])
    assert "b" == sheetlog.best("acc", goal="max", where="Verdict == 'keep'")["run.name"]
