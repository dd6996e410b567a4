"""Several processes at once, and processes that are killed: every run once, the workbook whole."""

import os
import random
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("logging_child.py")
KILLS = int(os.environ.get("SHEETLOG_TEST_KILLS", "25"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A working directory with a journal of its own."""
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def environment(place: Path) -> dict[str, str]:
    """Give a child the place's journal and nobody else's settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SHEETLOG_")}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "SHEETLOG_JOURNAL": str(place.parent / "journal.sqlite3"),
        "PYTHONWARNINGS": "default",
    }


def start(place: Path, count: int, name: str) -> subprocess.Popen[str]:
    """Start a process that logs so many runs."""
    return subprocess.Popen(
        [sys.executable, str(CHILD), str(count), name],
        cwd=place, env=environment(place), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def sheetlog_command(place: Path, *arguments: str) -> str:
    """Run a command of sheetlog's, and give what it printed."""
    command = [sys.executable, "-c", "from sheetlog.cli import main; main()", *arguments]
    done = subprocess.run(
        command, cwd=place, env=environment(place), capture_output=True, text=True, check=True
    )
    return done.stdout


def rows_in(workbook: Path) -> dict[str, tuple[object, object]]:
    """Give of each row its run id, name and score, read by another library."""
    sheet = openpyxl.load_workbook(workbook).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    at = {title: number for number, title in enumerate(rows[0])}
    ids = [row[at["Run id"]] for row in rows[1:] if row[at["Run id"]]]
    assert sorted(set(ids)) == sorted(ids), "a run is there twice"
    return {
        row[at["Run id"]]: (row[at["Run"]], row[at["score"]])
        for row in rows[1:]
        if row[at["Run id"]]
    }


def test_eight_processes_at_once_lose_and_double_nothing(place: Path) -> None:
    """8 × 50 runs into one workbook: 400 rows, 400 ids, nothing waits."""
    children = [start(place, 50, f"w{number}") for number in range(8)]
    printed = [child.communicate() for child in children]
    assert [0] * 8 == [child.returncode for child in children], printed
    ids = [line.split()[0] for out, _ in printed for line in out.splitlines()]
    rows = rows_in(place / "runs.xlsx")
    assert (400, 400) == (len(set(ids)), len(rows))
    assert set(ids) == set(rows)
    expected = {(f"w{w}-{n}", n / 7) for w in range(8) for n in range(50)}
    assert expected == {
        (name, pytest.approx(score)) and (name, score) for name, score in rows.values()
    }
    assert "nothing waits" in sheetlog_command(place, "status")


def test_kill_9_at_any_moment(place: Path) -> None:
    """Whatever `log()` has returned for is in the sheet once; the workbook opens each time."""
    chance = random.Random(7)
    returned: set[str] = set()
    for number in range(KILLS):
        child = start(place, 1000, f"k{number}")
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(chance.randrange(1, 4))]
        # The child is somewhere between two runs or in the middle of one: nobody knows where.
        spin = chance.randrange(0, 60_000)
        while spin:
            spin -= 1
        child.send_signal(signal.SIGKILL)
        rest, errors = child.communicate()
        lines += rest.splitlines(keepends=True)
        assert "Traceback" not in errors
        returned |= {line.split()[0] for line in lines if line.endswith("\n") and line.strip()}
        if (place / "runs.xlsx").exists():
            assert zipfile.ZipFile(place / "runs.xlsx").testzip() is None
    sheetlog_command(place, "sync")
    assert "nothing waits" in sheetlog_command(place, "status")
    assert set() == returned - set(rows_in(place / "runs.xlsx"))
    litter = {path.name for path in place.iterdir()} - {"runs.xlsx", ".runs.xlsx.lock", "runs_files"}
    assert set() == {name for name in litter if not name.startswith(".")}
