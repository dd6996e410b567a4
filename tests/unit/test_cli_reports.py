"""Commands that read runs back: what they print, as text, JSON and CSV."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sheetlog
from sheetlog.cli import cli


@pytest.fixture
def sheet(place: Path) -> Path:
    """Give a workbook with three runs."""
    sheetlog.configure(quiet=True, context=False)
    for name, lr, acc in (("first", 0.1, 0.5), ("second", 0.01, 0.75), ("third", 0.001, 0.625)):
        sheetlog.log({"lr": lr, "model": "vit"}, {"acc": acc}, name=name)
    return place / "runs.xlsx"


def ask(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(cli, words, catch_exceptions=False, standalone_mode=False)


def test_runs_are_listed_with_what_tells_them_apart(sheet: Path) -> None:
    """Names, results and settings that differ; what is the same in all of them is counted."""
    lines = ask("runs", "--sort=-acc").output.splitlines()
    assert ["name", "status", "acc", "lr"] == lines[0].split()[:4]
    assert ["second", "third", "first"] == [line.split()[0] for line in lines[1:4]]
    assert "model" not in lines[0]
    assert lines[-1].startswith("3 runs; ")


def test_runs_as_json(sheet: Path) -> None:
    """Every column by its key; what is missing is null."""
    rows = json.loads(ask("runs", "--json", "--where", "acc > 0.6", "--limit", "1").output)
    assert 1 == len(rows)
    assert (0.01, "vit", 0.75) == (
        rows[0]["params.lr"], rows[0]["params.model"], rows[0]["metrics.acc"],
    )  # fmt: skip
    assert rows[0]["Verdict"] is None


def test_runs_as_csv(sheet: Path) -> None:
    """The columns that were asked for, with all digits; a length of time is a number of seconds."""
    text = ask("runs", "--csv", "--columns", "name,lr,duration").output
    rows = list(csv.DictReader(io.StringIO(text)))
    assert ["run.id", "run.name", "params.lr", "run.duration"] == list(rows[0])
    assert ["0.1", "0.01", "0.001"] == [row["params.lr"] for row in rows]
    assert all(float(row["run.duration"]) >= 0 for row in rows)


def test_nothing_to_list(place: Path) -> None:
    """A sheet that isn't there yet has no runs."""
    assert "no runs\n" == ask("runs").output


def test_a_terminal_s_width_is_kept(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns that do not fit are left out, and counted."""
    from sheetlog import cli_table

    monkeypatch.setattr(cli_table.console, "terminal_width", lambda: 24)
    monkeypatch.setattr(cli_table, "sys", type("S", (), {"stdout": type("T", (), {"isatty": staticmethod(lambda: True)})}))
    lines = ask("runs").output.splitlines()
    assert all(len(line) <= 24 for line in lines[:4])
    assert ["name", "status", "acc"] == lines[0].split()


def test_commands_that_compare(sheet: Path) -> None:
    """Side by side, the best, and ranks; as JSON too."""
    assert "second" in ask("best").output
    assert "second" == json.loads(ask("best", "acc", "--json").output)["run.name"]
    shown = ask("compare", "first", "second").output.splitlines()
    assert ["first", "second", "Δ", "second"] == shown[0].split()
    assert ["metrics", "acc", "0.5", "0.75", "0.25"] == shown[1].split()
    rows = json.loads(ask("leaderboard", "acc", "--group", "model", "--json").output)
    assert [("vit", 0.625, 3)] == [(r["params.model"], r["mean"], r["n"]) for r in rows]
    assert "rank" in ask("leaderboard").output
