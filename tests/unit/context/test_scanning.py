"""Secrets that have leaked are found in sheet and journal, and blanked where they are ours."""

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import sheetlog
from sheetlog import redact
from sheetlog.cli import cli

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.fixture
def leaked(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a workbook into which two secrets came, as an older version would have let them."""
    sheetlog.configure(quiet=True)
    with monkeypatch.context() as patch:
        patch.setattr(redact, "redact", lambda values, rules: (dict(values), ()))
        sheetlog.log({"hub_token": TOKEN, "lr": 0.1}, {"acc": 1}, run_id="first")
        sheetlog.log({"lr": 0.2}, {"acc": 2}, run_id="second", notes=f"used {TOKEN} here")
    sheetlog.log({"lr": 0.3, "use_cls_token": True, "max_tokens": 512}, {"acc": 3}, run_id="third")
    return place / "runs.xlsx"


def found(leaks: list) -> set[tuple[str, str, bool]]:
    """Give run, key and whether it was blanked."""
    return {(leak.run_id, leak.key, leak.blanked) for leak in leaks}


def test_found_and_left_alone(leaked: Path) -> None:
    """Looking changes nothing, and no finding holds the secret."""
    before = leaked.read_bytes()
    leaks = sheetlog.scan()
    expected = {("first", "params.hub_token", False), ("second", "run.notes", False)}
    assert expected == found(leaks)
    assert before == leaked.read_bytes()
    assert TOKEN not in str(leaks)
    assert expected == found(sheetlog.scan(journal=True))


def test_blanked(leaked: Path) -> None:
    """Asked to, a cell loses its secret and nothing else; then nothing is found any more."""
    leaks = sheetlog.scan(blank=True)
    assert {("first", "params.hub_token", True), ("second", "run.notes", True)} == found(leaks)
    assert [] == sheetlog.scan()
    rows = sheetlog.runs()
    assert redact.MARK == rows.loc["first", "params.hub_token"]
    assert f"used {redact.MARK} here" == rows.loc["second", "run.notes"]
    assert [0.1, 0.2, 0.3] == list(rows["params.lr"])


def test_what_a_person_wrote_is_told_and_stays(leaked: Path) -> None:
    """A secret in a person's column is told; the cell is theirs."""
    book = openpyxl.load_workbook(leaked)
    tab = book.worksheets[0]
    notes = next(c.column for c in tab[1] if c.value == "Notes")
    tab.cell(2, notes).value = TOKEN
    book.save(leaked)
    assert ("first", "Notes", False) in found(sheetlog.scan(blank=True))
    assert {("first", "Notes", False)} == found(sheetlog.scan())


def test_the_command(leaked: Path) -> None:
    """`sheetlog scan` is 1 while there are secrets, and 0 when there are none."""
    runner = CliRunner()
    first = runner.invoke(cli, ["scan"], standalone_mode=False)
    assert first.return_value == 1
    assert "params.hub_token" in first.output
    assert TOKEN not in first.output
    second = runner.invoke(cli, ["scan", "--blank"], standalone_mode=False)
    assert second.return_value == 0
    third = runner.invoke(cli, ["scan"], standalone_mode=False)
    assert (0, "no secrets found\n") == (third.return_value, third.output)


def journal_bytes(place: Path) -> bytes:
    """Return all that the journal has on disk, its log of changes included."""
    return b"".join(file.read_bytes() for file in (place.parent / "state").iterdir())


def test_a_journal_is_blanked(leaked: Path, place: Path) -> None:
    """All its revisions, down to the bytes of its file; runs and states stay as they were."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(redact, "redact", lambda values, rules: (dict(values), ()))
        sheetlog.log(metrics={"acc": 4}, run_id="first")
    assert TOKEN.encode() in journal_bytes(place)
    expected = {("first", "params.hub_token", True), ("second", "run.notes", True)}
    assert expected == found(sheetlog.scan(journal=True, blank=True))
    assert TOKEN.encode() not in journal_bytes(place)
    assert [] == sheetlog.scan(journal=True)
    shown = sheetlog.show("first")
    assert ("delivered", redact.MARK, 4) == (
        shown.state,
        shown.values["params.hub_token"],
        shown.values["metrics.acc"],
    )


def test_what_waits_goes_without_the_secret(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that waits is delivered once, with what is left; a later state of it, too."""
    with monkeypatch.context() as patch:
        patch.setattr(redact, "redact", lambda values, rules: (dict(values), ()))
        patch.setenv("SHEETLOG_OFFLINE", "1")
        with pytest.warns(sheetlog.SheetlogWarning):
            sheetlog.log({"hub_token": TOKEN, "lr": 0.1}, {"acc": 1}, run_id="first")
    sheetlog.scan(journal=True, blank=True)
    assert ("first",) == sheetlog.sync().delivered
    sheetlog.log(metrics={"acc": 2}, run_id="first")
    rows = sheetlog.runs()
    assert [redact.MARK] == list(rows["params.hub_token"])
    assert [2] == list(rows["metrics.acc"])


def test_a_google_sheet_is_blanked(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a workbook is: cells of ours lose the secret, a person's are told and stay."""
    from tests.google.server import serving
    from tests.people.sheets import Person

    with serving() as google:
        monkeypatch.setenv("SHEETLOG_GOOGLE_ENDPOINT", google.base_url)
        monkeypatch.setenv("SHEETLOG_SHEET", "google:Runs")
        sheetlog.configure(quiet=True)
        with monkeypatch.context() as patch:
            patch.setattr(redact, "redact", lambda values, rules: (dict(values), ()))
            sheetlog.log({"hub_token": TOKEN, "lr": 0.1}, {"acc": 1}, run_id="first")
            sheetlog.log({"lr": 0.2}, {"acc": 2}, run_id="second", notes=f"used {TOKEN} here")
        (book,) = google.world.spreadsheets.values()
        hands = Person(google.base_url, book.spreadsheet_id, book.sheets[0].sheet_id)
        width = len(hands.rows()[0])
        hands.insert_column(width - 1, "Mine")
        hands.write(1, width - 1, TOKEN)
        ours = {("first", "params.hub_token", True), ("second", "run.notes", True)}
        mine = ("first", "Mine", False)
        assert {*ours, mine} == found(sheetlog.scan(blank=True))
        assert {mine} == found(sheetlog.scan())
        rows = sheetlog.runs()
        assert f"used {redact.MARK} here" == rows.loc["second", "run.notes"]
        assert [0.1, 0.2] == list(rows["params.lr"])
        assert TOKEN == hands.rows()[1][width - 1]
