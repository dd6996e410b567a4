"""A sample of the workbooks that real programs made: done or refused, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.corpus import tried

FOLDER = Path(
    os.environ.get("SHEETLOG_WORKBOOKS", Path(__file__).parents[3] / "shared" / "workbooks")
)
EVERY = int(os.environ.get("SHEETLOG_TEST_EVERY", "80"))
FILES = sorted(p for p in FOLDER.rglob("*") if p.suffix.lower() in {".xlsx", ".xlsm"})[::EVERY]


@pytest.mark.skipif(not FILES, reason="no workbooks: name their folder in SHEETLOG_WORKBOOKS")
@pytest.mark.parametrize("way", ["new", "first"])
def test_workbooks_of_others(way: str) -> None:
    """The row reads back and all else is as it was, or the file is, and there is a reason."""
    outcomes = [tried(path, way, ["calamine", "openpyxl"]) for path in FILES]
    assert [] == [outcome for outcome in outcomes if outcome.state == "fault"]
    done = sum(outcome.state == "done" for outcome in outcomes if outcome.sound)
    assert done >= 0.97 * sum(outcome.sound for outcome in outcomes) - 1
