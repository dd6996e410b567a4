"""How to do a run again: what is printed, from the journal and from a sheet alone."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

import sheetlog
from sheetlog import api
from sheetlog.cli import cli
from sheetlog.context import around
from sheetlog.errors import MisuseError
from tests.google.server import serving

PARAMS = {
    "lr": 1.0, "steps": 3, "big": 2**70, "tiny": 5e-324, "minus": -0.0, "nan": float("nan"), "on": True,
    "text": "1.0", "formula": "=1+1", "blank": "", "none": None, "words": ["a", 1.0, None], "nested": {"b": 2.0},
    "at": datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), "for": timedelta(days=2, microseconds=7), "empty": {},
}  # fmt: skip


def elsewhere(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """Go on as on a computer whose journal knows nothing."""
    for journal in api._journals.values():
        journal.close()
    monkeypatch.setattr(api, "_journals", {})
    monkeypatch.setattr(api, "_sinks", {})
    monkeypatch.setenv("SHEETLOG_JOURNAL", str(place.parent / "other" / "journal.sqlite3"))


@pytest.mark.parametrize("sink", ["excel", "google"])
def test_params_come_back_through_a_sheet(
    place: Path, monkeypatch: pytest.MonkeyPatch, sink: str
) -> None:
    """From the journal and from the sheet alone: same keys, values, types; NaN is NaN."""
    with serving() as google:
        sheetlog.configure(quiet=True, strict=True)
        if sink == "google":
            sheetlog.configure(sheet="google:Runs", google_endpoint=google.base_url)
        run = sheetlog.log(PARAMS, {"acc": 1}).run_id
        sheetlog.log({"lr": 2, "steps": 3.5}, {"acc": 1})
        assert repr(PARAMS) == repr(sheetlog.params(run))
        elsewhere(monkeypatch, place)
        found = sheetlog.params(run)
        assert repr(PARAMS) == repr({name: found[name] for name in PARAMS})
        assert set(PARAMS) == set(found)


def test_the_printed_config_makes_the_same_run(place: Path) -> None:
    """`sheetlog params RUN > config.yaml`, logged again, has the same keys, values and types."""
    sheetlog.configure(quiet=True)
    run = sheetlog.log(PARAMS, {"acc": 1}, name="first").run_id
    printed = CliRunner().invoke(cli, ["params", "first"], standalone_mode=False)
    Path("config.yaml").write_text(printed.output, encoding="utf-8")
    again = sheetlog.log("config.yaml", {"acc": 1}).run_id
    one, two = sheetlog.show(run).values, sheetlog.show(again).values
    assert repr({k: v for k, v in one.items() if k.startswith("params.")}) == repr(
        {k: v for k, v in two.items() if k.startswith("params.")}
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_how(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkout, changes, environment, data, command and params: lines that can be carried out."""
    around.forget()
    monkeypatch.setattr(
        sys.modules["__main__"], "__file__", str(place / "train.py"), raising=False
    )
    monkeypatch.setattr(sys, "orig_argv", ["/usr/bin/python", "train.py", "--name", "a b"])
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    Path("train.py").write_text("lr = 0.1\n")
    Path("d.csv").write_text("a\n1\n")
    Path("gone.csv").write_text("a\n1\n")
    Path("same.csv").write_text("a\n1\n")
    for words in (["init", "-q"], ["add", "train.py"], ["commit", "-q", "-m", "x"],
                  ["remote", "add", "origin", "git@github.com:o/r.git"]):  # fmt: skip
        subprocess.run(["git", *who, *words], check=True, capture_output=True)
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    )
    Path("train.py").write_text("lr = 0.2\n")
    sheetlog.configure(quiet=True, context=True)
    given = {"d": "d.csv", "gone": "gone.csv", "same": "same.csv", "web": "s3://b/d.csv"}
    run = sheetlog.log({"lr": 0.2}, {"acc": 1}, name="first", data=given)
    Path("d.csv").write_text("a\n2\n")
    Path("gone.csv").unlink()
    told = sheetlog.how("first")
    (diff,) = (place / "runs_files" / "context").glob("diff-*.patch")
    (lock,) = (place / "runs_files" / "context").glob("packages-*.txt")
    lines = told.splitlines()
    expected = [
        f"# how to do 'first' ({run.run_id}) again",
        "# code, of the branch 'main'",
        "git clone https://github.com/o/r code && cd code",
        f"git checkout {commit.stdout.strip()}",
        f"git apply {diff}",
        f"pip install -r {lock}",
        "python train.py --name 'a b'",
        "lr: 0.2",
        "#   web: s3://b/d.csv",
    ]
    assert [] == [line for line in expected if line not in lines]
    data = {line.split(":")[0][4:]: line for line in lines if line.startswith("#   ")}
    assert "CHANGED: was sha256" in data["d"]
    assert "not here" in data["gone"]
    assert "as it was" in data["same"]
    subprocess.run(["git", "apply", "-R", "--check", str(diff)], check=True)
    assert told + "\n" == CliRunner().invoke(cli, ["show", "first", "--how"]).output


def test_how_of_a_run_of_which_little_is_known(place: Path) -> None:
    """Without surroundings there is a line that says so, and the params."""
    sheetlog.configure(quiet=True)
    run = sheetlog.log({"lr": 0.1}, {"acc": 1}).run_id
    told = sheetlog.how(run)
    assert "# code: nothing is known of it" in told
    assert told.endswith("lr: 0.1")


def test_a_cell_cannot_smuggle_in_a_command(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody wrote into a cell stays on its line, and one word of its command."""
    sheetlog.configure(quiet=True)
    run = sheetlog.log({}, {"acc": 1}, name="x").run_id
    values = {
        "git.commit": "abc; rm -r ~", "git.branch": "a\nrm -r ~", "env.command": "python a.py\nrm -r ~\x1b[2J",
        "run.name": "x\nrm -r ~", "data.d": "v1\nrm -r ~",
    }  # fmt: skip
    shown = sheetlog.show(run)
    object.__setattr__(shown, "values", values)
    monkeypatch.setattr("sheetlog.looking.show", lambda run: shown)
    told = sheetlog.how(run)
    assert not any(line.startswith("rm") for line in told.splitlines())
    assert "git checkout 'abc; rm -r ~'" in told
    assert "\x1b" not in told


def test_runs_are_found_in_a_sheet_as_in_the_journal(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By id, its beginning, or the newest of a name; what is not there or not clear is told."""
    sheetlog.configure(quiet=True)
    for number, id_ in enumerate(["aa1", "aa2", "bb1"]):
        sheetlog.log({"n": number}, {"acc": 1}, run_id=id_, name="same")
    elsewhere(monkeypatch, place)
    asked = ("aa1", "bb", "same")
    assert [0, 2, 2] == [sheetlog.params(run)["n"] for run in asked]
    with pytest.raises(MisuseError, match="2 runs begin with 'aa'"):
        sheetlog.params("aa")
    with pytest.raises(MisuseError, match="does not have it either"):
        sheetlog.params("zz")
