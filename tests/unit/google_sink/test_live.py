"""The suite for Google itself (`tests/live`), tried on the local one in every reading."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sheetlog.google.assumptions import OPEN
from tests.faults.sheets_histories import blank
from tests.google.modes import ASSUMPTIONS
from tests.google.server import LocalGoogle
from tests.live import settling
from tests.live.conftest import Live

ROOT = Path(__file__).parents[3]
PYTEST = [sys.executable, "-m", "pytest", "tests/live", "-q", "-p", "no:xdist"]
PYTEST += ["-p", "no:cacheprovider"]
READINGS = [(name, answer) for name in settling.QUESTIONS for answer in ASSUMPTIONS[name]]


def url(google: LocalGoogle) -> str:
    return f"{google.base_url}/spreadsheets/d/{blank(google)}"


def tabs(google: LocalGoogle) -> list[str]:
    (book,) = google.world.spreadsheets.values()
    return [sheet.title for sheet in book.sheets]


@pytest.mark.parametrize(("name", "answer"), READINGS)
def test_each_question_is_settled(google: LocalGoogle, name: str, answer: str) -> None:
    """Whatever Google does, the answer says so, and no tab stays behind."""
    google.world.set_modes({"assumptions": {name: answer}})
    live = Live(url(google), endpoint=google.base_url)
    before = tabs(google)
    assert answer == settling.QUESTIONS[name](live)
    assert before == tabs(google)


def test_every_question_is_asked() -> None:
    """What sheetlog leaves open is what the report is about."""
    assert OPEN.keys() == settling.QUESTIONS.keys()


@pytest.mark.parametrize(
    "holds",
    [settling.id_in_use_refused, settling.copied_to_a_new_tab, settling.found_by_its_mark],
)
def test_what_must_hold(google: LocalGoogle, holds: Callable[[Live], bool]) -> None:
    """It does here, and no tab stays behind."""
    live = Live(url(google), endpoint=google.base_url)
    before = tabs(google)
    assert holds(live)
    assert before == tabs(google)


def test_the_report_says_what_held(google: LocalGoogle) -> None:
    """As a person runs it; contract and questions, and nothing stays in the spreadsheet."""
    google.world.set_modes(
        {"assumptions": {"metadata_under_move": "stays", "masked_cells_cut": "before"}}
    )
    sheet = url(google)
    before = tabs(google)
    wanted = "documentation or id_in_use or copied or mark or test_sorted_rows or the_first_run"
    done = subprocess.run(
        [*PYTEST, "-k", wanted, "--google-sheet", sheet],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "assumption metadata_under_move: stays" in done.stdout
    assert "assumption masked_cells_cut: before" in done.stdout
    assert "assumption delete_metadata_no_match: empty" in done.stdout
    (book,) = google.world.spreadsheets.values()
    assert (before, {}) == (tabs(google), book.metadata)


def test_nothing_runs_unasked() -> None:
    """Without a sheet each test is skipped, and says how it is asked for."""
    done = subprocess.run(
        [*PYTEST, "-k", "id_in_use"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, True) == (done.returncode, "--google-sheet URL" in done.stdout)
    assert "assumption" not in done.stdout
