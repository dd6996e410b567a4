"""`kill -9` between any two steps of a delivery to Google, then `sync` by another process: once.

The server holds a call, before or after it is carried out, while the process that made it is
killed. `SHEETLOG_KILLS=all` does it at every call of a delivery instead of some.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import sheetlog
from sheetlog import api
from tests.faults.sheets_histories import Shown, blank
from tests.google.server import LocalGoogle, serving

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

ROOT = Path(__file__).parents[2]
CALLS = range(1, 16) if os.environ.get("SHEETLOG_KILLS") == "all" else (2, 4, 7)
WHEN = ("late, before", "late, after", "slow")
"""The held call is carried out before the sync, after it, or was carried out at once."""


@pytest.fixture(scope="module")
def google() -> Iterator[LocalGoogle]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def forks(google: LocalGoogle) -> Iterator[subprocess.Popen[str]]:
    """Give the process that forks those which are killed."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.google_children"],
        cwd=ROOT,
        env={
            **kept,
            "PYTHONPATH": str(ROOT),
            "SHEETLOG_GOOGLE_ENDPOINT": google.base_url,
            "SHEETLOG_CONTEXT": "off",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def sheet(google: LocalGoogle, place: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the URL of a blank spreadsheet; what is delivered in this process goes there as well."""
    google.world.reset()
    monkeypatch.setenv("SHEETLOG_GOOGLE_ENDPOINT", google.base_url)
    monkeypatch.setenv("SHEETLOG_QUIET", "1")
    return f"https://docs.google.com/spreadsheets/d/{blank(google)}"


def killed_at(
    call: int, kind: str, google: LocalGoogle, forks: subprocess.Popen[str], sheet: str
) -> list[str]:
    """Kill a process while its call is held; return what `log()` has returned for."""
    assert forks.stdin is not None
    assert forks.stdout is not None
    google.world.faults.set("*", kind, call=call)
    forks.stdin.write(f"{os.environ['SHEETLOG_JOURNAL']} {sheet}\n")
    forks.stdin.flush()
    child = int(forks.stdout.readline().split()[1])

    ended = threading.Event()

    def kill() -> None:
        while not ended.is_set():
            if google.world.faults.until_held(seconds=0.05):
                os.kill(child, signal.SIGKILL)
                return

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    returned = []
    while (line := forks.stdout.readline().strip()) != "done":
        returned.append(line)
    ended.set()
    killer.join()
    return returned


def carried_out(google: LocalGoogle) -> None:
    """Let the held call go, and wait until it is through."""
    count, held = len(google.world.calls), google.world.faults.until_held(seconds=0)
    google.world.faults.clear()
    assert not held or google.world.calls.until(count + 1)


def synced(sheet: str) -> None:
    """Deliver what waits as another process does, the dead one's lease having run out."""
    with sqlite3.connect(os.environ["SHEETLOG_JOURNAL"]) as journal:
        journal.execute("UPDATE entries SET expires = 0 WHERE state = 'claimed'")
    journal.close()
    api._sinks.clear()
    assert 0 == sheetlog.sync(sheet).waiting


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("when", WHEN)
def test_kill_9_and_sync(
    when: str, call: int, google: LocalGoogle, forks: subprocess.Popen[str], sheet: str
) -> None:
    """Each run is there once, with the last values that were logged."""
    returned = killed_at(call, when.partition(",")[0], google, forks, sheet)
    if when == "slow":
        google.world.faults.clear()
    elif when == "late, before":
        carried_out(google)
    synced(sheet)
    if when == "late, after":
        carried_out(google)
    assert sheetlog.log({"lr": 9}, {"acc": 9}, run_id="next", sheet=sheet).delivered
    synced(sheet)
    table = Shown(google, sheet.rpartition("/")[2])
    rows = range(1, len(table.rows) + 1)
    runs = [table.run(row) for row in rows if table.run(row)]
    assert len(set(runs)) == len(runs)
    assert {"next", *(line[0] for line in returned)} <= set(runs) <= {"a", "b", "next"}
    shown = {table.run(row): table.cell(row, "metrics.acc") for row in rows}
    (journal,) = api._journals.values()
    for run in {"a", "b"} & set(runs):
        last = journal.latest(run)
        assert last is not None
        assert last.record.values["metrics.acc"] == shown[run]
    assert "a2" not in returned or 0.75 == shown["a"]
