"""How many calls Google gets, counted by the server."""

from __future__ import annotations

import pytest

import sheetlog
from sheetlog import api
from tests.faults.sheets_histories import blank
from tests.google.server import LocalGoogle

SHEET = "google:Runs"


def calls(google: LocalGoogle) -> list[str]:
    """Return the methods called since the last time."""
    found = [call.method for call in google.world.calls.since()]
    google.world.calls.clear()
    return found


def log(number: int = 0, sheet: str = SHEET) -> sheetlog.Receipt:
    return sheetlog.log({"lr": number}, {"acc": number / 7}, sheet=sheet)


def url_of(google: LocalGoogle) -> str:
    """Return the URL of a new spreadsheet that has a tab with a run."""
    url = f"https://docs.google.com/spreadsheets/d/{blank(google)}"
    assert log(sheet=url).delivered
    api._sinks.clear()  # as a new process has none
    calls(google)
    return url


def test_two_for_the_first_and_one_for_each_later(google: LocalGoogle) -> None:
    """A new process looks once; after that each run is one call."""
    url = url_of(google)
    assert log(1, url).delivered
    assert ["spreadsheets.getByDataFilter", "spreadsheets.batchUpdate"] == calls(google)
    for number in range(5):
        assert log(number, url).delivered
        assert ["spreadsheets.batchUpdate"] == calls(google)


def test_a_title_is_looked_up_once(google: LocalGoogle) -> None:
    """By Drive, which has a quota of its own."""
    log()
    api._sinks.clear()
    calls(google)
    log(1)
    log(2)
    assert ["files.list", "spreadsheets.getByDataFilter"] == calls(google)[:2]
    assert 3 == len(sheetlog.runs(SHEET))


def test_three_for_a_thousand(google: LocalGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waited goes in few batches."""
    url = url_of(google)
    monkeypatch.setenv("SHEETLOG_OFFLINE", "1")
    with pytest.warns(sheetlog.SheetlogWarning):
        _many(1000, url, lr=1)
    monkeypatch.delenv("SHEETLOG_OFFLINE")
    assert 1000 == len(sheetlog.sync(url).delivered)
    assert 3 >= len(calls(google))
    assert 1001 == len(sheetlog.runs(url))


def test_reading_is_one_call(google: LocalGoogle) -> None:
    """`runs()` reads all rows at once."""
    url = url_of(google)
    assert 1 == len(sheetlog.runs(url))
    assert ["spreadsheets.get"] == calls(google)


def test_wide_rows_are_split(google: LocalGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    """No request is larger than Google recommends."""
    url = url_of(google)
    monkeypatch.setenv("SHEETLOG_OFFLINE", "1")
    with pytest.warns(sheetlog.SheetlogWarning):
        _many(60, url, text="x" * 45_000)
    monkeypatch.delenv("SHEETLOG_OFFLINE")
    assert 60 == len(sheetlog.sync(url).delivered)
    assert 2 <= calls(google).count("spreadsheets.batchUpdate") <= 4


def _many(count: int, sheet: str, **params: object) -> None:
    for number in range(count):
        sheetlog.log({**params, "n": number}, {"acc": number / 7}, sheet=sheet)
