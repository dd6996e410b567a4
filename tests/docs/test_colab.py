"""What is shown for Colab and Google, executed against the local Google: notebook, README, page.

`google.colab` is a stand-in that notes when the login is asked for.
"""

from __future__ import annotations

import json
import re
import sys
import types
from pathlib import Path

import pytest

from tests.google.server import serving

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "colab.ipynb"
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def section(page: str, title: str) -> list[str]:
    """Give the lines of the blocks under a heading, without what is for IPython alone."""
    text = (ROOT / page).read_text(encoding="utf-8")
    (found,) = re.findall(rf"^## {title}[^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    lines = "".join(BLOCK.findall(found)).splitlines()
    return [line for line in lines if line.strip() and not line.startswith(("!", "%"))]


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


@pytest.mark.parametrize("page", ["README.md", "docs/google.md"])
def test_the_lines_for_colab(
    place: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str], page: str
) -> None:
    """Two lines besides the installation: the run is in "sheetlog runs", and Colab was asked."""
    lines = section(page, "In Colab")
    assert 2 == len(lines)
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release-colab")
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    with serving() as google:
        _by_login(monkeypatch, google.base_url)
        exec(compile("\n".join(lines), page, "exec"), {})
        (book,) = google.world.spreadsheets.values()
        assert (["asked"], "sheetlog runs") == (asked, book.title)
        values = {cell.entered for cell in book.sheets[0].rows[1].values()}
        assert {0.93} <= values


def _by_login(monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    """Send Google's own addresses to the local one, so that the login is needed as in earnest."""
    from sheetlog.google import http

    monkeypatch.setattr(http, "SHEETS", base)
    monkeypatch.setattr(http, "DRIVE", base)
    for name in ("sheetlog.google.finding", "sheetlog.sinks.sheets_sending"):
        module = __import__(name, fromlist=["SHEETS"])
        monkeypatch.setattr(module, "SHEETS", base)
    monkeypatch.setattr("sheetlog.google.finding.DRIVE", base)
    monkeypatch.setattr("sheetlog.sinks.sheets_where.SHEETS", base)


def test_the_page_s_first_block(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sheet by its title, made with the first run."""
    block = BLOCK.findall((ROOT / "docs/google.md").read_text(encoding="utf-8"))[0]
    with serving() as google:
        monkeypatch.setenv("SHEETLOG_GOOGLE_ENDPOINT", google.base_url)
        exec(compile(block, "google.md", "exec"), {})
        (book,) = google.world.spreadsheets.values()
        assert "My experiments" == book.title
    assert "/spreadsheets/d/" in capsys.readouterr().out


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
