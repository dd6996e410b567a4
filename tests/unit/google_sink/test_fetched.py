"""Files of a Google Sheet's runs, fetched back from Drive."""

from __future__ import annotations

from pathlib import Path

import pytest

import sheetlog
from sheetlog import api
from sheetlog.errors import ArtifactError
from tests.google.server import LocalGoogle

SHEET = "google:Runs of the team"


def test_a_file_comes_back_from_drive(
    google: LocalGoogle, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the journal's link, and on another computer by the sheet's; called as it was."""
    one = sheetlog.log({}, {"acc": 1}, name="n", sheet=SHEET, artifacts={"model": b"one"})
    two = sheetlog.log({}, {"acc": 2}, name="n", sheet=SHEET, artifacts={"model": b"one"})
    assert (one.delivered, two.delivered) == (True, True)
    label = sheetlog.show(two.run_id).values["artifacts.model"].text
    assert "model.bin · v2 (same as v1)" == label
    found = sheetlog.artifact("model", run=two.run_id)
    assert ("model.bin", b"one") == (found.name, found.read_bytes())
    for journal in api._journals.values():
        journal.close()
    monkeypatch.setattr(api, "_journals", {})
    monkeypatch.setenv("SHEETLOG_JOURNAL", str(place.parent / "other" / "journal.sqlite3"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(place.parent / "cache of the other"))
    there = sheetlog.artifact("model", run=one.run_id, sheet=SHEET)
    assert there != found
    assert ("model.bin", b"one") == (there.name, there.read_bytes())
    with pytest.raises(ArtifactError, match="it has 'model'"):
        sheetlog.artifact("figure", run="n", sheet=SHEET)
