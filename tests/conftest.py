"""Every test has a working directory, a journal and settings of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Give an empty working directory; the journal lies outside of it."""
    from sheetlog import api, settings, telling

    for name in settings._FIELDS:
        monkeypatch.delenv(f"SHEETLOG_{name.upper()}", raising=False)
    monkeypatch.delenv("COLAB_RELEASE_TAG", raising=False)
    # What surrounds the tests is no part of what they expect; those of `context` turn it on.
    monkeypatch.setenv("SHEETLOG_CONTEXT", "off")
    monkeypatch.setenv("SHEETLOG_JOURNAL", str(tmp_path / "state" / "journal.sqlite3"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    # Where a journal is when its own place cannot be written: what waits there is not the tests'.
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(settings, "_configured", {})
    monkeypatch.setattr(api, "_journals", {})
    monkeypatch.setattr(api, "_sinks", {})
    monkeypatch.setattr(api, "_drives", {})
    monkeypatch.setattr(telling, "_said", set())
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    yield work
    for journal in api._journals.values():
        journal.close()
