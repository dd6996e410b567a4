"""Google's limits: what goes beyond them is split or said, and no run is lost."""

from __future__ import annotations

import json

import pytest

import sheetlog
from sheetlog import api
from sheetlog.sinks import sheets_writing
from tests.faults.sheets_histories import blank
from tests.google.server import LocalGoogle
from tests.google.sheets import grid
from tests.google.sheets.model import Sheet


@pytest.fixture
def url(google: LocalGoogle) -> str:
    """Return the URL of a spreadsheet whose tab has a run."""
    found = f"https://docs.google.com/spreadsheets/d/{blank(google)}"
    assert sheetlog.log({"lr": 0}, {"acc": 0}, sheet=found).delivered
    return found


def tab(google: LocalGoogle) -> Sheet:
    (book,) = google.world.spreadsheets.values()
    (found,) = (sheet for sheet in book.sheets if sheet.title == "Runs")
    return found


def wait(monkeypatch: pytest.MonkeyPatch, count: int, sheet: str, **params: object) -> None:
    """Log runs that wait."""
    api._sinks.clear()  # as a new process has none
    monkeypatch.setenv("SHEETLOG_OFFLINE", "1")
    with pytest.warns(sheetlog.SheetlogWarning):
        _log(count, sheet, params)
    monkeypatch.delenv("SHEETLOG_OFFLINE")


def _log(count: int, sheet: str, params: dict[str, object]) -> None:
    for number in range(count):
        sheetlog.log({**params, "lr": number}, {"acc": number / 7}, sheet=sheet)


def test_ten_million_cells(google: LocalGoogle, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """In a spreadsheet that is full, runs wait, and the message says how to make room."""
    (book,) = google.world.spreadsheets.values()
    monkeypatch.setattr(grid, "MAX_CELLS", book.cell_count())
    monkeypatch.setattr("sheetlog.sinks.sheets_room.CELLS", book.cell_count())
    wait(monkeypatch, 3, url)
    done = sheetlog.sync(url)
    assert (0, 3) == (len(done.delivered), done.waiting)
    assert done.problem is not None
    assert "that Google allows, blank ones and all tabs counted: delete blank rows" in done.problem
    monkeypatch.setattr(grid, "MAX_CELLS", 10_000_000)
    assert 3 == len(sheetlog.sync(url).delivered)
    assert 4 == len(sheetlog.runs(url))


def test_as_many_rows_as_there_is_room_for(
    google: LocalGoogle, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """What has room lands; the rest waits."""
    (book,) = google.world.spreadsheets.values()
    room = book.cell_count() + 3 * tab(google).column_count + 400
    wait(monkeypatch, 40, url)
    monkeypatch.setattr(grid, "MAX_CELLS", room)
    monkeypatch.setattr("sheetlog.sinks.sheets_room.CELLS", room)
    done = sheetlog.sync(url)
    assert done.problem is not None
    assert "that Google allows" in done.problem
    assert 0 < len(done.delivered) < 40
    assert 1 + len(done.delivered) == len(sheetlog.runs(url))
    assert 40 == len(done.delivered) + done.waiting


def test_columns(google: LocalGoogle, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """A run that would need one column too many waits, and the message says what helps."""
    width = tab(google).column_count
    monkeypatch.setattr(grid, "MAX_COLUMNS", width)
    monkeypatch.setattr("sheetlog.sinks.sheets_room.COLUMNS", width)
    wait(monkeypatch, 1, url, depth=3)
    done = sheetlog.sync(url)
    assert (0, 1) == (len(done.delivered), done.waiting)
    assert "columns, and Google allows no more: delete some" in str(done.problem)
    monkeypatch.setattr(grid, "MAX_COLUMNS", 18_278)
    assert 1 == len(sheetlog.sync(url).delivered)


def test_fifty_thousand_characters(google: LocalGoogle, url: str) -> None:
    """A longer text is cut with a mark that says so; one of just this length is whole."""
    assert sheetlog.log({"text": "x" * 50_000}, sheet=url, name="whole").delivered
    assert sheetlog.log({"text": "y" * 70_000}, sheet=url, name="cut").delivered
    rows = sheetlog.runs(url).set_index("run.name")["params.text"]
    assert "x" * 50_000 == rows["whole"]
    assert 50_000 == len(rows["cut"])
    assert "[cut: 70,000 characters in all" in rows["cut"]


def test_two_megabytes(google: LocalGoogle, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Runs that are more together go in several calls, none of them larger."""
    sizes = []
    dumps = json.dumps

    def noted(body: object, **how: object) -> str:
        text = dumps(body, **how)  # type: ignore[arg-type]
        if isinstance(body, dict) and "requests" in body:
            sizes.append(len(text.encode()))
        return text

    wait(monkeypatch, 30, url, text="x" * 45_000, more="y" * 45_000)
    with monkeypatch.context() as patch:
        patch.setattr("sheetlog.google.http.json.dumps", noted)
        assert 30 == len(sheetlog.sync(url).delivered)
    assert 2 <= len(sizes)
    assert max(sizes) <= sheets_writing.LARGEST + 1000
    assert 31 == len(sheetlog.runs(url))


def test_one_run_of_more(google: LocalGoogle, url: str) -> None:
    """Two megabytes are advice: a single run that is more goes all the same."""
    long = {f"text{number}": "x" * 49_000 for number in range(50)}
    assert sheetlog.log(long, sheet=url).delivered
    assert 2 == len(sheetlog.runs(url))
