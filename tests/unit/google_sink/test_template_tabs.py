"""Runs go to the tab of their template, where the sheet's name says none."""

from __future__ import annotations

from pathlib import Path

import pytest

import sheetlog
from sheetlog import api
from tests.google.server import LocalGoogle
from tests.people.sheets import Person

SHEET = "google:Runs"
OTHER = """\
title: Others
tab: Others
columns:
  - {key: run.name, title: Run}
  - {key: metrics.*}
  - {key: run.id, title: Run ID}
"""


@pytest.fixture
def other(place: Path) -> str:
    """Give the path of a template whose tab is called Others."""
    path = place / "others.yaml"
    path.write_text(OTHER, encoding="utf-8")
    return str(path)


def log(run: str, acc: float, template: str | None = None, sheet: str = SHEET) -> sheetlog.Receipt:
    api._sinks.clear()  # as a new process has none
    return sheetlog.log(
        {"lr": 1}, {"acc": acc}, run_id=run, name=run, sheet=sheet, template=template
    )


def names(sheet: str) -> list[str]:
    api._sinks.clear()
    return list(sheetlog.runs(sheet)["run.name"])


def test_each_template_has_its_tab(google: LocalGoogle, other: str) -> None:
    """A tab that another template made is not taken, and its runs are found in their own."""
    log("a", 0.1)
    log("b", 0.2, other)
    log("c", 0.3)
    assert (["a", "c"], ["b"]) == (names(f"{SHEET}#Runs"), names(f"{SHEET}#Others"))
    assert ["a", "c"] == names(SHEET)


def test_calls_are_as_many_as_ever(google: LocalGoogle, other: str) -> None:
    """Another template's tab in the way costs no read more; nor do runs after the first."""
    log("a", 0.1)
    log("b", 0.2, other)
    for run, template in (("c", None), ("d", other)):
        google.world.calls.clear()
        log(run, 0.3, template)
        found = [call.method for call in google.world.calls.since() if call.method != "files.list"]
        assert ["spreadsheets.getByDataFilter", "spreadsheets.batchUpdate"] == found
    google.world.calls.clear()
    sheetlog.log({"lr": 2}, {"acc": 0.4}, sheet=SHEET, template=other)
    assert ["spreadsheets.batchUpdate"] == [call.method for call in google.world.calls.since()]


def test_who_only_reads_takes_what_is_there(google: LocalGoogle, other: str) -> None:
    """Runs are shown also where the template's tab isn't there."""
    log("b", 0.2, other)
    assert ["b"] == names(SHEET)


def test_a_tab_that_was_renamed_is_still_its_templates(google: LocalGoogle, other: str) -> None:
    """It is known by the title that it was made with."""
    log("a", 0.1)
    log("b", 0.2, other)
    (held,) = google.world.spreadsheets.values()
    (tab,) = (tab for tab in held.sheets if tab.title == "Others")
    Person(google.base_url, held.spreadsheet_id, tab.sheet_id).rename_tab("Hers")
    log("c", 0.3, other)
    assert (["a"], ["b", "c"]) == (names(SHEET), names(f"{SHEET}#Hers"))


@pytest.mark.parametrize("sheet", [SHEET, "runs.xlsx"])
def test_a_later_state_that_waited_is_delivered_to_its_own_tab(
    google: LocalGoogle, other: str, monkeypatch: pytest.MonkeyPatch, sheet: str
) -> None:
    """Whoever delivers it has another template in the settings: the run's own one counts."""
    log("a", 0.1, sheet=sheet)
    log("b", 0.2, other, sheet)
    monkeypatch.setenv("SHEETLOG_OFFLINE", "1")
    with pytest.warns(sheetlog.SheetlogWarning):
        log("b", 0.9, other, sheet)
    monkeypatch.delenv("SHEETLOG_OFFLINE")
    api._sinks.clear()
    done = sheetlog.sync(sheet)
    assert (("b",), ()) == (done.delivered, done.gone)
    assert ["a"] == list(sheetlog.runs(sheet)["run.name"])  # the settings' own again
    assert [0.9] == list(sheetlog.runs(f"{sheet}#Others")["metrics.acc"])
    assert [0.1] == list(sheetlog.runs(f"{sheet}#Runs")["metrics.acc"])


def test_each_has_its_own_overview(google: LocalGoogle, other: str) -> None:
    """A second template's tabs get titles that no tab has; so do those of a tab made again."""
    Path(other).write_text(OTHER.replace("columns:", "overview: true\ncolumns:"), encoding="utf-8")
    log("a", 0.1)
    log("b", 0.2, other)
    (held,) = google.world.spreadsheets.values()
    first = ["Runs", "Overview", "Dictionary", "sheetlog"]
    second = ["Others", "Overview (2)", "Dictionary (2)", "sheetlog (2)"]
    assert sorted(first + second) == sorted(tab.title for tab in held.sheets)
    api._sinks.clear()
    assert () == sheetlog.redress(SHEET, template=other).done


@pytest.mark.parametrize("sheet", [SHEET, "runs.xlsx"])
def test_a_template_is_written_from_whichever_is_there(
    google: LocalGoogle, other: str, sheet: str, place: Path
) -> None:
    """The settings name another template than the one that the sheet was made with."""
    log("b", 0.2, other, sheet)
    api._sinks.clear()
    drafted = sheetlog.new_template(place / "new.yaml", sheet=sheet)
    assert "tab: Others" in Path(drafted.path).read_text(encoding="utf-8")
