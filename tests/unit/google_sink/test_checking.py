"""`sheetlog check`, `open` and `init` on a Google Sheet, as somebody reads it who is annoyed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import sheetlog
from sheetlog import api
from sheetlog.cli import cli
from sheetlog.errors import MisuseError, RefusedError
from tests.faults.sheets_histories import blank
from tests.google.server import LocalGoogle
from tests.people.sheets import Person

SHEET = "google:Runs"


def found(sheet: str = SHEET) -> dict[str, tuple[bool, str]]:
    """Return what `check()` says, by what it is about."""
    api._sinks.clear()  # as a new process has none
    return {each.what: (each.good, each.words) for each in sheetlog.check(sheet)}


def person(google: LocalGoogle, *, owns: bool = False) -> Person:
    (book,) = google.world.spreadsheets.values()
    if owns:
        google.world.files[book.spreadsheet_id].owner = "person@example.com"
    return Person(google.base_url, book.spreadsheet_id, book.sheets[0].sheet_id)


def three() -> None:
    for name in ("one", "two", "three"):
        assert sheetlog.log({"lr": 1}, {"acc": 1}, name=name, sheet=SHEET).delivered


def test_all_is_well(google: LocalGoogle) -> None:
    """Each thing is said, and all is good."""
    three()
    said = found()
    wanted = ["settings", "template", "journal", "login", "access", "sheet", "marks", "runs"]
    assert wanted == list(said)
    assert all(good for good, _ in said.values()), said
    assert said["login"][1].startswith("anonymous@example.com, none, every call goes to")
    assert "3 rows" in said["sheet"][1]
    assert (True, "no run is there twice, of 3 runs") == said["runs"]


def test_nothing_is_there_yet(google: LocalGoogle) -> None:
    """The first run makes it, and check makes nothing."""
    assert "the first run makes it" in found()["access"][1]
    assert {} == google.world.spreadsheets


def test_nothing_is_changed(google: LocalGoogle) -> None:
    """Check sends reads alone."""
    three()
    google.world.calls.clear()
    found()
    called = {call.method for call in google.world.calls.since()}
    changing = {"spreadsheets.batchUpdate", "spreadsheets.create", "files.create", "files.update"}
    assert called
    assert not called & changing


def test_a_row_that_a_person_deleted(google: LocalGoogle) -> None:
    """It is told, by name, and is no fault."""
    three()
    person(google).delete_row(2)
    good, words = found()["deleted"]
    assert good
    assert "1 run had a row that is not in this tab any more: 'two'" in words


def test_a_row_that_a_person_copied(google: LocalGoogle) -> None:
    """The run's id is told, and what to do."""
    three()
    hands = person(google)
    source = {"sheetId": hands.sheet, "startRowIndex": 1, "endRowIndex": 2}
    target = {"sheetId": hands.sheet, "startRowIndex": 6, "endRowIndex": 7}
    hands.batch({"copyPaste": {"source": source, "destination": target}})
    good, words = found()["runs"]
    assert not good
    assert "delete the copies" in words


def test_read_but_not_written(google: LocalGoogle) -> None:
    """Whom to ask, and for what."""
    three()
    person(google, owns=True)
    google.world.set_modes({"access": {"*": "reader"}})
    good, words = found(url(google))["access"]
    assert not good
    assert "ask person@example.com to share it with anonymous@example.com as Editor" in words


def url(google: LocalGoogle) -> str:
    (book,) = google.world.spreadsheets
    return f"https://docs.google.com/spreadsheets/d/{book}"


def test_in_the_bin(google: LocalGoogle) -> None:
    """A sheet in the bin takes rows, and is deleted with them."""
    three()
    for file in google.world.files.values():
        file.trashed = True
    good, words = found(url(google))["access"]
    assert (False, True) == (good, "is in the bin: take it out" in words)


@pytest.mark.parametrize(("whole", "good"), [(False, True), (True, False)])
def test_protected_cells(google: LocalGoogle, whole: bool, good: bool) -> None:
    """A protection that closes the tab keeps runs out; one of a part may."""
    three()
    hands = person(google, owns=True)
    if whole:
        area = {"range": {"sheetId": hands.sheet}, "description": "mine alone"}
        hands.batch({"addProtectedRange": {"protectedRange": area}})
    else:
        hands.protect(9, "mine alone")
    said = found(url(google))["access"]
    assert (good, True) == (said[0], "'mine alone'" in said[1])


def test_drive_is_switched_off(google: LocalGoogle) -> None:
    """A sheet that is named by its URL needs no Drive; check says what nobody can tell."""
    sheet = f"https://docs.google.com/spreadsheets/d/{blank(google)}"
    google.world.set_modes({"api_off": ["drive"]})
    good, words = found(sheet)["access"]
    assert good
    assert "whether it can be written shows with the next run" in words
    assert "switched off" in words


def test_what_waits(google: LocalGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many, for which sheet, why, and what delivers them."""
    monkeypatch.setenv("SHEETLOG_OFFLINE", "1")
    with pytest.warns(sheetlog.SheetlogWarning):
        sheetlog.log({"lr": 1}, sheet=SHEET)
    good, words = found()["journal"]
    assert not good
    assert "1 run for google:Runs (not tried yet); 'sheetlog sync' delivers" in words


def test_no_marks(google: LocalGoogle) -> None:
    """Where somebody pasted the data anew, the titles bring the marks back, and check says so."""
    three()
    hands = person(google)
    copy = hands.duplicate("Copy")
    good, words = found(f"{url(google)}/edit#gid={copy}")["marks"]
    assert (False, True) == (good, "has no mark" in words)


def test_open(google: LocalGoogle) -> None:
    """The URL; of a sheet that isn't there, that it isn't."""
    with pytest.raises(RefusedError, match="there is no sheet 'google:Runs' yet"):
        sheetlog.location(SHEET)
    three()
    assert next(iter(google.world.spreadsheets)) in sheetlog.location(SHEET)
    done = CliRunner().invoke(cli, ["open", "--sheet", SHEET, "--print"], standalone_mode=False)
    assert sheetlog.location(SHEET) == done.output.strip()


def test_open_a_workbook(place: Path) -> None:
    """Nothing is opened that isn't there."""
    with pytest.raises(RefusedError, match="yet: the first run makes it"):
        sheetlog.location("runs.xlsx")


def test_a_workbook(place: Path) -> None:
    """Whether it can be written: folder, file, and who has it open."""
    assert "the first run makes it" in found("runs.xlsx")["access"][1]
    assert "make it, or name another" in found("no/runs.xlsx")["access"][1]
    sheetlog.log({"lr": 1}, {"acc": 1}, sheet="runs.xlsx")
    assert (True, "1 row") == (
        found("runs.xlsx")["access"][0],
        found("runs.xlsx")["sheet"][1][-5:],
    )
    (place / "~$runs.xlsx").write_bytes(b"\3Ann" + b" " * 51)
    good, words = found("runs.xlsx")["access"]
    assert (False, True) == (good, "is open in Excel (Ann); close it there" in words)


def test_an_address_that_is_none(place: Path) -> None:
    """A slip is told before anything is made."""
    with pytest.raises(MisuseError, match="'ann' is no e-mail address"):
        sheetlog.init("google:Runs", share_with=["ann"])
    assert not (place / "sheetlog.yaml").exists()
