"""The command line as a shell has it: exit codes, and what is said on which stream."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import sheetlog
from sheetlog import cli, cli_table, console, settings
from sheetlog.errors import SheetlogWarning, WhereError
from sheetlog.journal.base import Waiting
from sheetlog.journal.sqlite import SQLiteJournal
from sheetlog.record import Link
from sheetlog.telling import Receipt, sentence, warn
from sheetlog.testing.journal_contract import put
from sheetlog.where import resolve

Called = Callable[..., tuple[int, str, str]]


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Called:
    """Give what calls a command: its exit code, and what it said on either stream."""
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)  # put back afterwards

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sheetlog", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


def test_nothing_to_log(place: Path, called: Called) -> None:
    """A command without anything to log puts no blank row into the team's sheet."""
    code, out, err = called("log")
    assert (2, "") == (code, out)
    assert "nothing to log" in err
    assert not (place / "runs.xlsx").exists()
    assert 0 == called("log", "--name", "one")[0]


def test_a_file_that_is_not_there(place: Path, called: Called) -> None:
    """A slip in a file's name is told, and is no run."""
    code, _, err = called("log", "nosuch.yaml")
    assert 2 == code
    assert "nosuch.yaml" in err
    assert [] == sheetlog.status()


def test_a_run_that_is_kept(place: Path, called: Called) -> None:
    """Exit code 3, one line that says why, and one run that waits, not each of its states."""
    (place / "params.json").write_text('{"lr": 1}')
    sheetlog.configure(quiet=True, timeout=0.1)
    sheetlog.log({"lr": 1}, name="zero")
    (place / "~$runs.xlsx").touch()
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        code, out, err = called("log", "params.json", "--name", "one")
    assert (3, "") == (code, out)
    assert err.startswith("sheetlog: run 'one' is not in the sheet yet: ")
    assert 1 == err.count("\n")
    code, out, _ = called("status", "--json")
    assert (3, [1]) == (code, [each["count"] for each in json.loads(out)])


def test_a_warning(called: Called, capsys: pytest.CaptureFixture[str]) -> None:
    """It is a line of ours, without the place in somebody's library."""
    called("templates")
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = cli._warned
        warn("something is not as it was on this very day")
    assert "sheetlog: something is not as it was on this very day\n" == capsys.readouterr().err


def test_help_is_not_cut(called: Called) -> None:
    """Each command's first sentence has room beside its name."""
    code, out, _ = called("--help")
    assert 0 == code
    assert "..." not in out.partition("Commands:")[2]


def test_a_place_beside_the_workbook() -> None:
    """It is shown as a path, to be copied; a URL as it is."""
    assert "runs_files/try 3/a.png" == console.value_text(
        Link(text="a", url="runs_files/try%203/a.png")
    )
    assert "https://a/b%20c" == console.value_text(Link(text="a", url="https://a/b%20c"))


def test_a_sheet_that_is_not_known_yet() -> None:
    """What waits for the mending of a settings file is told in words."""
    waiting = Waiting(sheet="unsettled:/code", count=1, refused=0, oldest=None, problem=None)
    assert "1 waiting for the sheet that the settings in '/code' name" == console.waiting_text(
        [waiting]
    )


def test_further_lines_of_a_finding() -> None:
    """They stand below where the text began."""
    assert "!!  one\n    two\nok  x" == console.columns([["!!", "one\ntwo"], ["ok", "x"]])


def test_tabs_of_other_templates(place: Path) -> None:
    """Runs in a tab of another template are not told as rows that somebody deleted."""
    sheetlog.log({"lr": 1}, {"acc": 0.9}, name="one")
    sheetlog.log({"lr": 1}, {"acc": 0.9}, name="two", template="sweep")
    found = {finding.what: finding.words for finding in sheetlog.check()}
    assert "deleted" not in found
    assert found["marks"].endswith(" are sheetlog's, 3 are people's")


def test_columns_that_tell_runs_apart() -> None:
    """What came out, what people say, what went in, then the rest; what is alike is left out."""
    names = ["run.id", "env.python", "git.commit", "run.name", "Verdict", "params.seed"]
    rows = [["a", "3.11", "c1", "x", "keep", 1], ["b", "3.11", "c2", "y", "keep", 1]]
    frame = pd.DataFrame(rows, columns=names).assign(**{"metrics.acc": [0.5, 0.5]})
    expected = ["run.name", "metrics.acc", "Verdict", "run.id", "git.commit"]
    assert expected == list(cli_table.telling(frame).columns)


def test_a_short_name_that_is_the_beginning_of_one() -> None:
    """It is told which column is meant."""
    with pytest.raises(WhereError, match=r"did you mean 'metrics\.accuracy'"):
        resolve("acc", ["run.name", "metrics.accuracy"])


def test_a_receipt_is_one_line() -> None:
    """Whatever its problem has; the mistakes of a template, say, stand in lines of their own."""
    problem = "the template has 2 mistakes:\n  a: this\n  b: that"
    receipt = Receipt(
        run_id="r", name="one", url=None, delivered=False, waiting=1, problem=problem
    )
    begin = "sheetlog: run 'one' is not in the sheet yet: "
    assert f"{begin}the template has 2 mistakes: a: this; b: that" == str(receipt)
    assert begin + problem == sentence(receipt)


def test_only_some_runs(place: Path, called: Called) -> None:
    """By id or name; a run that nobody knows is misuse."""
    sheetlog.configure(offline=True, quiet=True)
    for name in ("one", "two"):
        with pytest.warns(SheetlogWarning, match="'offline' is set"):
            sheetlog.log({"lr": 1}, name=name)
    sheetlog.configure(offline=None)
    assert (3, "1 delivered, 1 waiting\n") == called("sync", "--run", "one")[:2]
    assert 2 == called("sync", "--run", "nobody")[0]
    assert (0, "1 delivered, 0 waiting\n") == called("sync")[:2]


def second_journal() -> SQLiteJournal:
    """Give the journal that is used where the first place cannot be written."""
    _, second = settings.journal_paths(settings.current())
    return SQLiteJournal(second)


def test_what_waits_in_two_journals(place: Path, called: Called) -> None:
    """It is counted in both, whichever is looked at last."""
    assert [] == list(second_journal().waiting())
    (place / "bad.xlsx").write_text("no workbook")
    with pytest.warns(SheetlogWarning, match="it is no workbook"):
        sheetlog.log({"lr": 1}, name="one", sheet="bad.xlsx")
    code, out, _ = called("sync")
    assert (3, "0 delivered, 1 waiting") == (code, out.partition(":")[0])


def test_named_runs_of_two_journals(place: Path) -> None:
    """Names that can be looked at once only are those for both journals."""
    put(second_journal(), "other", sheet=str(place / "runs.xlsx"))
    assert () == sheetlog.sync(runs=iter(["nobody"])).delivered
    assert ("other",) == sheetlog.sync().delivered


def test_a_name_that_is_nearly_one(place: Path, called: Called) -> None:
    """The nearest one is told."""
    sheetlog.log({"lr": 1}, name="small lr")
    code, _, err = called("show", "smal lr")
    assert 2 == code
    assert "'smal lr': did you mean 'small lr'? give a run's id" in err


def test_init_says_each_thing_once(place: Path) -> None:
    """A workbook is not there before its first run, and one line says so."""
    found = [finding.what for finding in sheetlog.init("team.xlsx")]
    assert ["settings", "template", "journal", "access", "sheet"] == found
