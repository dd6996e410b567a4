"""`sheetlog init`: settings written, the sheet made or checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import sheetlog
from sheetlog.cli import cli
from sheetlog.errors import MisuseError
from tests.google.server import LocalGoogle


def test_a_google_sheet_is_made(google: LocalGoogle, place: Path) -> None:
    """Once, and the first run goes into it."""
    findings = sheetlog.init("google:Our runs", share_with=["ann@example.com"])
    assert all(finding.good for finding in findings), findings
    assert 'sheet: "google:Our runs"' in (place / "sheetlog.yaml").read_text()
    assert sheetlog.log({"lr": 1}, {"acc": 1}).delivered
    (book,) = google.world.spreadsheets.values()
    assert ("Our runs", "Runs") == (book.title, book.sheets[0].title)
    assert book.spreadsheet_id in sheetlog.location()


def test_by_hand(google: LocalGoogle, place: Path) -> None:
    """The command asks for what it isn't told."""
    done = CliRunner().invoke(cli, ["init"], input="runs.xlsx\n", standalone_mode=False)
    assert 0 == done.return_value, done.output
    assert (place / "sheetlog.yaml").exists()


def test_nothing_is_overwritten(google: LocalGoogle, place: Path) -> None:
    """Unless asked for."""
    (place / "sheetlog.yaml").write_text("quiet: true\n")
    with pytest.raises(MisuseError, match="already"):
        sheetlog.init("runs.xlsx")
    sheetlog.init("runs.xlsx", overwrite=True)
    assert "runs.xlsx" in (place / "sheetlog.yaml").read_text()


def test_no_access_is_said(google: LocalGoogle) -> None:
    """What is not in order, the findings say."""
    google.world.set_modes({"api_off": ["drive"]})
    bad = [finding for finding in sheetlog.init("google:Our runs") if not finding.good]
    assert "switched off" in bad[0].words
