"""Every message of a Google Sheet that takes no run, whole, as `log()` and `sync` print it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

import sheetlog
from sheetlog import api
from sheetlog.cli import cli
from tests.faults.sheets_histories import blank
from tests.google.server import LocalGoogle
from tests.people.sheets import Person

OFTEN = tuple(range(1, 60))
LATER = "'sheetlog sync', or the next run, tries again"
SHARE = (
    "its owner must share it with the login as Editor, and take a protection off the cells if "
    "there is one"
)


@dataclass(frozen=True)
class Case:
    """What happened to a sheet in which there is a run, and what is said then."""

    happens: Callable[[LocalGoogle, Person], object]
    words: str
    """Whole; `{id}` is the spreadsheet's, `{url}` the server's."""
    sheet: str = "https://docs.google.com/spreadsheets/d/{id}"
    """Where the next run goes."""


def modes(**changed: object) -> Callable[[LocalGoogle, Person], object]:
    return lambda google, _: google.world.set_modes(changed)


def faults(kind: str) -> Callable[[LocalGoogle, Person], object]:
    return lambda google, _: google.world.faults.set("*", kind, calls=OFTEN)


def dropdown(_: LocalGoogle, person: Person) -> None:
    """Let a column of sheetlog's take one word alone."""
    at = person.rows()[0].index("Status")
    cells = {"sheetId": person.sheet, "startRowIndex": 1}
    cells |= {"startColumnIndex": at, "endColumnIndex": at + 1}
    listed = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "fine"}]}
    rule = {"condition": listed, "strict": True}
    person.batch({"setDataValidation": {"range": cells, "rule": rule}})


def protected(google: LocalGoogle, person: Person) -> None:
    (book,) = google.world.spreadsheets
    google.world.files[book].owner = "person@example.com"
    person.protect(0, "mine alone")


CASES = {
    "the sheet is deleted": Case(
        lambda google, _: google.world.spreadsheets.clear(),
        "the sheet '{id}' is not there, or this login may not see it: check the URL, and that the "
        "sheet is shared with this login as Editor",
    ),
    "the tab of a URL is deleted": Case(
        lambda _, __: None,
        "the sheet '{id}' has no tab with the number 99 any more; name one of its tabs: Cover, "
        "Plans, Runs",
        sheet="https://docs.google.com/spreadsheets/d/{id}/edit#gid=99",
    ),
    "access is withdrawn": Case(
        modes(access={"*": "reader"}), "this login may not change the sheet '{id}': " + SHARE
    ),
    "cells are protected": Case(
        protected,
        "the sheet '{id}' has protected cells ('mine alone'), and this login may not change them: "
        "whoever protected them must let it (Data → Protect sheets and ranges), or name another "
        "tab",
    ),
    "a strict dropdown": Case(
        dropdown,
        "The data you entered in cell {cell} violates the data validation rules set on this cell.; "
        "look at the sheet '{id}', then run 'sheetlog sync'",
    ),
    "the Sheets API is off": Case(
        modes(api_off=["sheets"]),
        "the sheets.googleapis.com API is switched off in the login's Google Cloud project; "
        "switch it on at https://console.cloud.google.com/apis/library",
    ),
    "the Drive API is off": Case(
        modes(api_off=["drive"]),
        "the drive.googleapis.com API is switched off in the login's Google Cloud project; "
        "switch it on at https://console.cloud.google.com/apis/library",
        sheet="google:Another",
    ),
    "no place of its own": Case(
        modes(service_account=True),
        "this login may not make the new sheet 'Another' (a service account owns no storage): "
        "make it by hand, share it with the login as Editor, and name it by its URL",
        sheet="google:Another",
    ),
    "over quota": Case(
        faults("429"), "Google's quota of calls is used up for the sheet '{id}'; " + LATER
    ),
    "Google is ill": Case(faults("500"), "Google answered 500 about the sheet '{id}'; " + LATER),
    "no network": Case(
        faults("reset_before"),
        "Google cannot be reached about the sheet '{id}' (ConnectionError); look whether this "
        "computer is online",
    ),
    "the login ran out": Case(
        modes(expired_login=True),
        "the login to Google (none, every call goes to '{url}' (google_endpoint)) has run out or "
        "is not accepted (InvalidOperation): look what it wants",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_message(google: LocalGoogle, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The run is kept; what `log()` warns of says what to do, and so does `sheetlog sync`."""
    case = CASES[name]
    # The first answer is what is said; tries until the time-out have tests of their own.
    monkeypatch.setattr("sheetlog.retry.Retry.next_wait", lambda *_, **__: None)
    id_ = blank(google)
    url = f"https://docs.google.com/spreadsheets/d/{id_}"
    assert sheetlog.log({"lr": 1}, {"acc": 1}, sheet=url).delivered
    (book,) = google.world.spreadsheets.values()
    (tab,) = (sheet for sheet in book.sheets if sheet.title == "Runs")
    case.happens(google, Person(google.base_url, id_, tab.sheet_id))
    words = case.words.format(id=id_, url=google.base_url, cell="{cell}").split("{cell}")
    api._sinks.clear()  # as a new process has none
    with pytest.warns(sheetlog.SheetlogWarning) as warned:
        receipt = sheetlog.log({"lr": 2}, {"acc": 1}, name="r", sheet=case.sheet.format(id=id_))
    assert (False, 1) == (receipt.delivered, receipt.waiting)
    said = str(warned[0].message)
    assert said.startswith("sheetlog: run 'r' is not in the sheet yet: ")
    assert all(part in said for part in words), said
    assert "{cell}" in case.words or f"yet: {words[0]}" in said
    done = CliRunner().invoke(cli, ["sync"], standalone_mode=False)
    assert 3 == done.return_value, (done.output, done.exception)
    assert all(part in done.output for part in words), done.output


def test_a_renamed_tab_takes_runs(google: LocalGoogle) -> None:
    """Its mark tells which it is."""
    id_ = blank(google)
    url = f"https://docs.google.com/spreadsheets/d/{id_}"
    assert sheetlog.log({"lr": 1}, {"acc": 1}, sheet=url).delivered
    (tab,) = (s for s in google.world.spreadsheets[id_].sheets if s.title == "Runs")
    Person(google.base_url, id_, tab.sheet_id).rename_tab("Hers")
    api._sinks.clear()
    assert sheetlog.log({"lr": 2}, {"acc": 1}, sheet=url).delivered
