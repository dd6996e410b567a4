"""The Colab notebook, executed against the local Google with a stand-in for `google.colab`."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path

import pytest

from tests.google.server import serving

NOTEBOOK = Path(__file__).parents[2] / "examples" / "colab.ipynb"


def cells() -> list[str]:
    """Give the notebook's code, without what is for IPython alone."""
    book = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    return [source for source in sources if not source.startswith("%")]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put a `google.colab` there whose login is noted, and gives the one of the local Google."""
    import google
    import google.auth
    from google.auth.credentials import AnonymousCredentials

    times: list[str] = []
    colab, auth = types.ModuleType("google.colab"), types.ModuleType("google.colab.auth")
    auth.authenticate_user = lambda: times.append("asked")  # type: ignore[attr-defined]
    colab.auth = auth  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    monkeypatch.setitem(sys.modules, "google.colab.auth", auth)
    monkeypatch.setattr(google, "colab", colab, raising=False)
    monkeypatch.setattr(google.auth, "default", lambda **_: (AnonymousCredentials(), None))
    return times


def test_the_notebook_runs(place: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    """Cell by cell; in the end the sheet that it made has a row for each run."""
    pytest.importorskip("sklearn")
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release-colab")
    with serving() as google:
        monkeypatch.setenv("SHEETLOG_GOOGLE_ENDPOINT", google.base_url)
        names: dict[str, object] = {}
        for source in cells():
            exec(compile(source, NOTEBOOK.name, "exec"), names)
        (book,) = google.world.spreadsheets.values()
        assert "sheetlog runs" == book.title
        rows = [row[0].entered for row in book.sheets[0].rows[1:] if 0 in row]
        assert 3 == sum(entered is not None for entered in rows)


def test_the_login_of_colab(
    place: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    """It is asked for in the notebook's own thread, and nowhere else."""
    from sheetlog.google import auth

    monkeypatch.setenv("HOME", str(place))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    assert auth.credentials() is not None
    assert ["asked"] == asked
    monkeypatch.setattr("threading.main_thread", lambda: None)
    found, why = auth._colab()
    assert found is None
    assert "main thread" in why
