"""What a person is told when Google says no: the run is kept, and the message says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sheetlog
from sheetlog import api
from sheetlog.errors import RefusedError
from sheetlog.google import auth
from tests.faults.sheets_histories import blank
from tests.google.server import LocalGoogle
from tests.people.sheets import Person


def kept(sheet: str = "google:Runs") -> str:
    """Log a run that cannot be delivered, and return why."""
    with pytest.warns(sheetlog.SheetlogWarning):
        receipt = sheetlog.log({"lr": 1}, {"acc": 1}, sheet=sheet)
    assert (False, 1) == (receipt.delivered, receipt.waiting)
    assert receipt.problem
    return receipt.problem


def url(google: LocalGoogle) -> str:
    return f"https://docs.google.com/spreadsheets/d/{blank(google)}"


def test_api_is_off(google: LocalGoogle) -> None:
    """The message has the page where it is switched on."""
    google.world.set_modes({"api_off": ["sheets"]})
    problem = kept()
    assert "switched off" in problem
    assert "https://console" in problem


def test_access_withdrawn(google: LocalGoogle) -> None:
    """Whoever owns the sheet must share it."""
    sheet = url(google)
    google.world.set_modes({"access": {"*": "reader"}})
    assert "share it" in kept(sheet)
    google.world.set_modes({"access": {}})
    assert 1 == len(sheetlog.sync().delivered)


def test_login_ran_out(google: LocalGoogle) -> None:
    """The run waits for the next login."""
    google.world.faults.set("*", "401", calls=tuple(range(1, 9)))
    assert "log" in kept()
    google.world.faults.clear()
    assert 1 == len(sheetlog.sync().delivered)


def test_sheet_deleted(google: LocalGoogle) -> None:
    """A URL that leads nowhere is no place for a run."""
    sheet = url(google)
    google.world.spreadsheets.clear()
    assert "is not there" in kept(sheet)


def test_service_account_cannot_make_sheets(google: LocalGoogle) -> None:
    """It owns no storage; a person must make the sheet."""
    google.world.set_modes({"service_account": True})
    problem = kept()
    assert "service account" in problem or "Editor" in problem


def test_protected_cells(google: LocalGoogle) -> None:
    """The message names the protection."""
    sheet = url(google)
    assert sheetlog.log({"lr": 1}, {"acc": 1}, sheet=sheet).delivered
    (book,) = google.world.spreadsheets.values()
    (tab,) = (each for each in book.sheets if each.title == "Runs")
    google.world.files[book.spreadsheet_id].owner = "person@example.com"
    Person(google.base_url, book.spreadsheet_id, tab.sheet_id).protect(0, "mine alone")
    assert "'mine alone'" in kept(sheet)


def test_a_protected_header(google: LocalGoogle) -> None:
    """It keeps new columns out and no run: what has no column goes to the cell for that."""
    sheet = url(google)
    assert sheetlog.log({"lr": 1}, {"acc": 1}, sheet=sheet).delivered
    (book,) = google.world.spreadsheets.values()
    (tab,) = (each for each in book.sheets if each.title == "Runs")
    google.world.files[book.spreadsheet_id].owner = "person@example.com"
    area = {"sheetId": tab.sheet_id, "startRowIndex": 0, "endRowIndex": 1}
    header = {"protectedRangeId": 7, "range": area, "editors": {"users": []}}
    boss = Person(google.base_url, book.spreadsheet_id, tab.sheet_id)
    boss.batch({"addProtectedRange": {"protectedRange": header}})
    with pytest.warns(sheetlog.SheetlogWarning, match="'momentum' cannot get a column") as said:
        assert sheetlog.log({"lr": 2, "momentum": 9}, {"acc": 2}, sheet=sheet).delivered
    assert 1 == len(said)
    assert sheetlog.log({"lr": 3, "momentum": 8}, {"acc": 3}, sheet=sheet).delivered
    assert [1, 2, 3] == list(sheetlog.runs(sheet)["metrics.acc"])
    assert "momentum" not in [cell.entered for cell in tab.row(0).values()]
    boss.batch({"deleteProtectedRange": {"protectedRangeId": 7}})
    api._sinks.clear()  # as a new process has none
    assert sheetlog.log({"lr": 4, "momentum": 7}, {"acc": 4}, sheet=sheet).delivered
    frame = sheetlog.runs(sheet)
    assert ['{"params.momentum": 9}', '{"params.momentum": 8}'] == list(frame["run.more"].dropna())
    assert [7] == list(frame["params.momentum"].dropna())


def test_tab_deleted(google: LocalGoogle) -> None:
    """It is made anew."""
    sheet = url(google)
    sheetlog.log({"lr": 1}, {"acc": 1}, sheet=sheet)
    (book,) = google.world.spreadsheets.values()
    (tab,) = (each for each in book.sheets if each.title == "Runs")
    Person(google.base_url, book.spreadsheet_id, tab.sheet_id).delete_tab()
    assert sheetlog.log({"lr": 2}, {"acc": 1}, sheet=sheet).delivered


def test_trashed_sheets_are_not_used(google: LocalGoogle) -> None:
    """A title in the bin is free."""
    sheetlog.log({"lr": 1}, {"acc": 1}, sheet="google:Runs")
    next(iter(google.world.files.values())).trashed = True
    for file in google.world.files.values():
        file.trashed = file.mime_type.endswith("spreadsheet")
    api._sinks.clear()
    assert sheetlog.log({"lr": 1}, {"acc": 1}, sheet="google:Runs").delivered
    assert 2 == len(google.world.spreadsheets)


def test_no_login_at_all(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message lists the ways that were tried, and what to do."""
    import google.auth
    from google.auth.exceptions import DefaultCredentialsError

    def none(**_: object) -> None:
        raise DefaultCredentialsError("none here")

    monkeypatch.setenv("HOME", str(place))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setattr(google.auth, "default", none)
    with pytest.raises(RefusedError, match=r"SHEETLOG_CREDENTIALS.*not Colab.*gcloud auth"):
        auth.credentials()


def test_credentials_files(place: Path) -> None:
    """What is wrong with a file is said without what is in it."""
    path = place / "key.json"
    with pytest.raises(RefusedError, match=r"cannot be read \(FileNotFoundError\)"):
        auth.from_file(str(path))
    path.write_text(json.dumps({"type": "service_account", "private_key": "SECRET"}))
    with pytest.raises(RefusedError, match="incomplete") as caught:
        auth.from_file(str(path))
    assert "SECRET" not in str(caught.value)
    path.write_text(json.dumps({"type": "other"}))
    with pytest.raises(RefusedError, match="of the kind 'other'"):
        auth.from_file(str(path))


def test_a_new_sheet_is_shared_and_filed(google: LocalGoogle) -> None:
    """With those whom the settings name, in the folder that they name."""
    person = Person(google.base_url, "")
    person.base = f"{google.base_url}/drive/v3/files"
    folder = person.call(
        "POST", "", {"name": "Team", "mimeType": "application/vnd.google-apps.folder"}
    )["id"]
    sheetlog.configure(share_with=["ann@example.com"], folder=folder)
    assert sheetlog.log({"lr": 1}, sheet="google:Shared").delivered
    (book,) = google.world.spreadsheets
    file = google.world.files[book]
    assert folder in file.parents
    assert "ann@example.com" in [each.holder for each in file.permissions.values()]
