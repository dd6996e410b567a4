"""Files of the runs of a Google Sheet: where they land, what waits, what a person is told."""

from __future__ import annotations

import json
import time
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

import sheetlog
from sheetlog import api, delivering
from sheetlog.errors import SettingsError
from sheetlog.google import uploading
from tests.faults.sheets_histories import blank
from tests.google.server import LocalGoogle

FOLDER = "application/vnd.google-apps.folder"


@pytest.fixture
def url(google: LocalGoogle) -> str:
    """Give the URL of a new spreadsheet."""
    return f"https://docs.google.com/spreadsheets/d/{blank(google)}"


def calls(google: LocalGoogle) -> list[str]:
    """Return the methods called since the last time."""
    found = [call.method for call in google.world.calls.since()]
    google.world.calls.clear()
    return found


def contents(google: LocalGoogle) -> list[bytes]:
    """Return what Drive has but for the bin."""
    files = google.world.files.values()
    return [f.content.path.read_bytes() for f in files if f.content and not f.trashed]


def posted(google: LocalGoogle, path: str, body: object) -> dict[str, object]:
    """Send a request as a person's program would."""
    request = Request(
        f"{google.base_url}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(request) as answer:
        found: dict[str, object] = json.load(answer)
    return found


def names(google: LocalGoogle) -> dict[str, list[str]]:
    """Return for each folder what lies in it."""
    files = google.world.files
    return {
        folder.name: sorted(f.name for f in files.values() if folder.file_id in f.parents)
        for folder in files.values()
        if folder.mime_type == FOLDER
    }


def log(sheet: str, content: bytes, name: str = "n", **more: object) -> sheetlog.Receipt:
    return sheetlog.log({}, {"acc": 1}, name=name, sheet=sheet, artifacts={"m": content}, **more)


def test_small_files_come_with_the_row(google: LocalGoogle, url: str) -> None:
    """Their links are in the one call that makes it."""
    receipt = log(url, b"first")
    assert (True, ()) == (receipt.delivered, receipt.pending)
    calls(google)
    assert log(url, b"second").delivered
    assert ["spreadsheets.batchUpdate"] == [c for c in calls(google) if c.startswith("spread")]
    assert [b"first", b"second"] == sorted(contents(google))
    row = sheetlog.runs(url)["artifacts.m"]
    assert ["m.bin", "m.bin · v2"] == list(row)


def test_a_folder_beside_the_sheet(google: LocalGoogle) -> None:
    """Called as the sheet is, with one folder for each run."""
    log("google:Team runs", b"1", name="one")
    held = names(google)
    assert "Team runs files" in held["My Drive"]
    (run,) = held["Team runs files"]
    assert run.startswith("one-")
    assert ["m.bin"] == held[run]


def test_people_may_rename_and_move_the_folder(google: LocalGoogle, url: str) -> None:
    """It is known by its mark; one that they delete is made anew."""
    log(url, b"1")
    (folder,) = (f for f in google.world.files.values() if f.name.endswith(" files"))
    folder.name = "Ours"
    api._drives.clear()
    log(url, b"2")
    assert 2 == len(names(google)["Ours"])
    for file in google.world.files.values():
        if file.file_id == folder.file_id or folder.file_id in file.parents:
            file.trashed = True
    api._drives.clear()
    assert () == log(url, b"3").pending


def test_a_folder_that_vanishes_while_it_is_known(google: LocalGoogle, url: str) -> None:
    """The same process makes a new one."""
    log(url, b"1")
    for id_, file in list(google.world.files.items()):
        if file.name.endswith(" files") or file.name.startswith("n-"):
            del google.world.files[id_]
    assert () == log(url, b"2").pending


def test_the_same_bytes_are_uploaded_once(google: LocalGoogle, url: str) -> None:
    """The next run has a link to what is there, and says so."""
    for _ in range(3):
        log(url, b"same")
    assert [b"same"] == contents(google)
    told = list(sheetlog.runs(url)["artifacts.m"])
    assert ["m.bin", "m.bin · v2 (same as v1)", "m.bin · v3 (same as v1)"] == told


def test_a_service_account_is_told_at_the_start(google: LocalGoogle, url: str) -> None:
    """Files wait, rows land, and it is looked up once."""
    google.world.set_modes({"service_account": True})
    with pytest.warns(sheetlog.SheetlogWarning, match="Shared Drive.*log in as a person"):
        receipt = log(url, b"1")
    assert (True, ("m",)) == (receipt.delivered, receipt.pending)
    assert "not stored yet: 'm'" in str(receipt)
    assert "pending" == sheetlog.runs(url)["artifacts.m"].iloc[0]
    calls(google)
    log(url, b"2")
    assert "about.get" not in calls(google)
    (found,) = (f for f in sheetlog.check(url) if "Shared Drive" in f.words)
    assert ("files", False) == (found.what, found.good)
    google.world.set_modes({"service_account": False})
    api._drives.clear()
    assert 0 == sheetlog.sync().pending
    assert ["m.bin", "m.bin · v2"] == list(sheetlog.runs(url)["artifacts.m"])


def test_a_shared_drive_has_room_for_a_service_account(google: LocalGoogle) -> None:
    """Its folder lies in the Shared Drive, beside the sheet."""
    drive = posted(google, "/drive/v3/drives?requestId=1", {"name": "Team"})["id"]
    made = posted(
        google,
        "/drive/v3/files?supportsAllDrives=true",
        {"name": "Runs", "mimeType": "application/vnd.google-apps.spreadsheet"}
        | {"parents": [drive]},
    )
    google.world.set_modes({"service_account": True})
    receipt = log(f"https://docs.google.com/spreadsheets/d/{made['id']}", b"1")
    assert (True, ()) == (receipt.delivered, receipt.pending)
    (file,) = (f for f in google.world.files.values() if f.content)
    assert drive == file.drive_id


def test_what_drive_refuses_waits_for_the_next_one(google: LocalGoogle, url: str) -> None:
    """The row lands at once; status tells; a later run takes small files along."""
    google.world.set_modes({"api_off": ["drive"]})
    with pytest.warns(sheetlog.SheetlogWarning, match="switched off"):
        assert ("m",) == log(url, b"1").pending
    (told,) = sheetlog.status()
    assert (0, 1) == (told.count, told.files)
    assert any("not stored yet: 1" in found.words for found in sheetlog.check(url))
    google.world.set_modes({"api_off": []})
    assert () == log(url, b"2").pending
    assert {"m.bin", "m.bin · v2"} == set(sheetlog.runs(url)["artifacts.m"])
    assert [] == sheetlog.status()


def test_two_states_of_a_file_wait(google: LocalGoogle, url: str) -> None:
    """It is named once, by its name and not by where we keep it; the later one gets the link."""
    google.world.set_modes({"api_off": ["drive"]})
    with pytest.warns(sheetlog.SheetlogWarning, match="not stored yet: 'm.bin' is not in Drive"):
        run = log(url, b"1").run_id
    later = sheetlog.log(run_id=run, artifacts={"m": b"2"}, sheet=url)
    assert ("m",) == later.pending
    google.world.set_modes({"api_off": []})
    assert 0 == sheetlog.sync().pending
    assert b"2" == sheetlog.artifact("m", run=run).read_bytes()


def test_a_large_file_goes_when_the_row_stands(
    google: LocalGoogle, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what the time-out leaves of it `sync` finishes, from where it was."""
    monkeypatch.setattr(delivering, "SMALL", 1000)
    monkeypatch.setattr(uploading, "SMALL", 1000)
    monkeypatch.setattr(uploading, "CHUNK", 256 << 10)
    content = bytes(range(256)) * 4000
    google.world.faults.set("upload.*", "503", calls=tuple(range(3, 40)))
    monkeypatch.setattr(api_google(), "pause", lambda *_: None)
    with pytest.warns(sheetlog.SheetlogWarning, match="not stored yet"):
        receipt = log(url, content)
    assert (True, ("m",)) == (receipt.delivered, receipt.pending)
    order = calls(google)
    assert order.index("spreadsheets.batchUpdate") < order.index("upload.start")
    google.world.faults.clear()
    done = sheetlog.sync()
    assert (0, 1) == (done.pending, len(done.delivered))
    assert ["upload.status", "upload.put"] == [c for c in calls(google) if c.startswith("upload")][
        :2
    ]
    assert [content] == contents(google)


def test_the_time_out_holds_for_large_files(
    google: LocalGoogle, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the midst of a part: the row stands, and `sync` sends the rest."""
    monkeypatch.setattr(delivering, "SMALL", 1000)
    monkeypatch.setattr(uploading, "SMALL", 1000)
    log(url, b"first")
    gone = [0.0]
    real = uploading.Part.read

    def slow(self: uploading.Part, size: int = -1) -> bytes:
        gone[0] += 1.0
        return real(self, size)

    drive = next(iter(api._drives.values()))
    monkeypatch.setattr(drive.google, "_now", lambda: time.monotonic() + gone[0])

    monkeypatch.setattr(uploading.Part, "read", slow)
    content = bytes(range(256)) * 20_000
    with pytest.warns(sheetlog.SheetlogWarning, match="the time is over"):
        receipt = log(url, content)
    assert (True, ("m",)) == (receipt.delivered, receipt.pending)
    assert 15 <= gone[0] <= 31
    assert 0 == sheetlog.sync().pending
    assert sorted([b"first", content]) == sorted(contents(google))


def test_what_nobody_foresaw_keeps_no_row_back(
    google: LocalGoogle, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours costs the file its time, and nothing else."""
    from sheetlog.artifacts.drive import DriveStore

    def broken(*_: object, **__: object) -> None:
        raise KeyError("ours")

    with monkeypatch.context() as patch:
        patch.setattr(DriveStore, "put", broken)
        with pytest.warns(sheetlog.SheetlogWarning, match="KeyError"):
            assert log(url, b"1").delivered
    assert 0 == sheetlog.sync().pending


def api_google() -> type:
    """Return the class that sends."""
    from sheetlog.google.http import Google

    return Google


def test_a_run_logged_again_keeps_its_newer_file(google: LocalGoogle, url: str) -> None:
    """Of two files of one name that wait the later one is linked; both are stored."""
    google.world.set_modes({"api_off": ["drive"]})
    with pytest.warns(sheetlog.SheetlogWarning):
        receipt = log(url, b"old")
    log(url, b"new", run_id=receipt.run_id)
    google.world.set_modes({"api_off": []})
    assert 0 == sheetlog.sync().pending
    assert sorted([b"old", b"new"]) == sorted(contents(google))
    assert ["m.bin · v2"] == list(sheetlog.runs(url)["artifacts.m"])


def test_surroundings_come_with_the_row(
    google: LocalGoogle, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What surrounded the run lies in Drive as well, and costs no call more to the sheet."""
    from sheetlog.context import around

    monkeypatch.setenv("SHEETLOG_CONTEXT", "env,files")
    around.forget()
    sheetlog.configure(context="off")
    sheetlog.log({}, {"acc": 1}, sheet=url)
    sheetlog.configure(context=None)
    calls(google)
    for _ in range(2):
        assert sheetlog.log({}, {"acc": 1}, sheet=url).delivered
    assert 2 == calls(google).count("spreadsheets.batchUpdate")
    assert any(name.startswith("packages-") for name in names(google)["context"])
    around.forget()


def test_without_drive_the_surroundings_stay_here(
    google: LocalGoogle, url: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody asked for them, so nothing waits and nobody is warned."""
    from sheetlog.context import around

    google.world.set_modes({"service_account": True})
    monkeypatch.setenv("SHEETLOG_CONTEXT", "env,files")
    around.forget()
    assert () == sheetlog.log({}, {"acc": 1}, sheet=url).pending
    assert list((place / "runs_files" / "context").iterdir())
    around.forget()


@pytest.mark.parametrize("form", ["drive:{}", "https://drive.google.com/drive/folders/{}?x=1"])
def test_a_folder_by_name(form: str, google: LocalGoogle, url: str) -> None:
    """The setting names a folder of Drive, by id or URL."""
    folder = str(posted(google, "/drive/v3/files", {"name": "Here", "mimeType": FOLDER})["id"])
    sheetlog.configure(artifacts=form.format(folder))
    assert () == log(url, b"1").pending
    assert 1 == len(names(google)["Here"])


def test_a_workbook_s_files_in_drive(google: LocalGoogle) -> None:
    """`artifacts: drive` puts them into a folder that is called like the workbook."""
    sheetlog.configure(artifacts="drive")
    assert () == log("runs.xlsx", b"1").pending
    assert "runs files" in names(google)["My Drive"]


@pytest.mark.parametrize("value", ["drive:", "https://example.org/folder"])
def test_what_is_no_folder(value: str, place: Path) -> None:
    """The setting's mistake is told with what would be right."""
    with pytest.raises(SettingsError, match="drive:FOLDER_ID"):
        from sheetlog import settings

        settings.current({"artifacts": value})


def test_readers_of_the_sheet_without_the_files(google: LocalGoogle, url: str) -> None:
    """`check` names them, and the folder to share."""
    log(url, b"1")
    id_ = url.rpartition("/")[2]
    person = {"type": "user", "role": "reader", "emailAddress": "ann@example.com"}
    posted(google, f"/drive/v3/files/{id_}/permissions", person)
    (found,) = (f for f in sheetlog.check(url) if f.what == "files")
    assert not found.good
    assert "ann@example.com" in found.words
    assert "/drive/folders/" in found.words


def test_fetched_back(
    google: LocalGoogle, url: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the run, whether the journal or only the sheet knows it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(place / "cache"))
    log(url, b"weights", name="one")
    log(url, b"others", name="two")
    assert b"weights" == sheetlog.artifact("m", run="one", sheet=url).read_bytes()
    monkeypatch.setenv("SHEETLOG_JOURNAL", str(place / "elsewhere" / "journal.sqlite3"))
    fetched = sheetlog.artifact("m", run="two", sheet=url)
    assert ("m.bin", b"others") == (fetched.name, fetched.read_bytes())


def test_secrets_in_names(google: LocalGoogle, url: str) -> None:
    """A name is part of a shared folder as well."""
    secret = "ghp_" + "a1B2" * 9
    sheetlog.log({}, {"acc": 1}, sheet=url, artifacts={secret: b"1"})
    assert secret not in json.dumps(names(google))
