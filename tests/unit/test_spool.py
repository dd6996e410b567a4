"""Files that wait on disk: what is copied, what is only remembered, and what becomes of changes."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import Any

import pytest

import sheetlog
from sheetlog.artifacts import spool as module
from sheetlog.artifacts.spool import Item, Spool
from sheetlog.errors import ArtifactError


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spool:
    """Give a spool that copies files of up to 100 bytes."""
    monkeypatch.setattr(module, "COPIED", 100)
    return Spool(str(tmp_path / "files"))


def add(spool: Spool, path: Path, **more: Any) -> Item:
    """Put a file in."""
    given: dict[str, Any] = {"made": False, "run": "1", "key": "artifacts.model", "folder": "r"}
    given |= {"name": "model.pt", "artifact": "model", "sheet": "google:Runs", "where": ""}
    return spool.add(str(path), **{**given, **more})


def test_a_small_file_is_copied(spool: Spool, tmp_path: Path) -> None:
    """Whatever becomes of it, the content that was logged stays."""
    path = tmp_path / "model.pt"
    path.write_bytes(b"weights")
    item = add(spool, path)
    path.write_bytes(b"other")
    path.unlink()
    assert b"weights" == Path(item.path).read_bytes()
    assert (7, hashlib.sha256(b"weights").hexdigest()) == (item.size, item.sha256)
    assert item.lost() is None
    assert [item] == spool.items()
    assert [] == spool.items("another sheet")


def test_a_large_file_gets_a_second_name(spool: Spool, tmp_path: Path) -> None:
    """It takes no room, and outlives the first name."""
    path = tmp_path / "model.pt"
    path.write_bytes(b"x" * 1000)
    item = add(spool, path)
    assert os.stat(item.path).st_ino == path.stat().st_ino
    path.unlink()
    assert item.lost() is None
    assert b"x" * 1000 == Path(item.path).read_bytes()


def test_a_large_file_that_is_written_anew_in_its_place(spool: Spool, tmp_path: Path) -> None:
    """What was logged is gone, and that is told."""
    path = tmp_path / "model.pt"
    path.write_bytes(b"x" * 1000)
    item = add(spool, path)
    with path.open("r+b") as file:
        file.write(b"y" * 2000)
    assert "'model.pt' was changed before it was stored" == item.lost(), "nobody's folders"


def test_a_file_that_takes_long_to_hash_goes_by_size_and_time(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who logs waits for the hash, whatever the time-out; a copy has one all the same."""
    monkeypatch.setattr(module, "HASHING", -1.0)
    path = tmp_path / "model.pt"
    path.write_bytes(b"x" * 1000)
    item = add(spool, path)
    assert (1000, "") == (item.size, item.sha256)
    assert item.lost() is None
    assert 64 == len(add(spool, path, made=True).sha256)
    os.utime(path, (1, 1))
    assert item.lost() is not None


def test_another_disk_has_no_second_names(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path is remembered; a file that is deleted before it is stored is told."""

    def refuse(*_: object) -> None:
        raise OSError(18, "another disk")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "model.pt"
    path.write_bytes(b"x" * 1000)
    item = add(spool, path)
    assert str(path) == item.path
    assert item.lost() is None
    path.unlink()
    assert "is gone" in str(item.lost())


def test_what_was_made_of_a_value_is_copied_however_large(spool: Spool, tmp_path: Path) -> None:
    """Nobody else has it."""
    path = tmp_path / "figure.png"
    path.write_bytes(b"x" * 1000)
    item = add(spool, path, made=True)
    assert os.stat(item.path).st_ino != path.stat().st_ino


def test_a_large_file_that_grows_is_copied(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was like when it was logged would be gone in a moment."""
    path = tmp_path / "log.txt"
    path.write_bytes(b"x" * 1000)
    real = module._flow

    def growing(source: str, target: str | None, *more: float) -> tuple[int, str]:
        found = real(source, target, *more)
        with path.open("ab") as file:
            file.write(b"y")
        return found

    monkeypatch.setattr(module, "_flow", growing)
    item = add(spool, path)
    assert item.lost() is None
    assert b"x" * 1000 + b"y" == Path(item.path).read_bytes()


@pytest.mark.parametrize("what", ["gone", "folder", "no\0name"])
def test_what_is_no_file(what: str, spool: Spool, tmp_path: Path) -> None:
    """It is told, and nothing waits."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(ArtifactError, match="cannot be kept until it is stored"):
        add(spool, tmp_path / what)
    assert [] == spool.items()


def test_notes_outlive_the_process(spool: Spool, tmp_path: Path) -> None:
    """What an upload has to remember is there for whoever goes on with it."""
    (tmp_path / "f").write_bytes(b"x")
    item = add(spool, tmp_path / "f")
    notes = spool.notes(item)
    notes["id"] = "1abc"
    notes["session"] = "https://…"
    del notes["session"]
    assert {"id": "1abc"} == dict(Spool(str(tmp_path / "files")).notes(item))


def test_one_at_a_time(spool: Spool, tmp_path: Path) -> None:
    """Who holds a file keeps others from it; what is done is nobody's any more."""
    (tmp_path / "f").write_bytes(b"x")
    item = add(spool, tmp_path / "f")
    seen = []

    def other() -> None:
        with spool.holding(item) as mine:
            seen.append(mine)

    with spool.holding(item) as mine:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        spool.done(item)
    assert (True, [False]) == (mine, seen)
    with spool.holding(item) as mine:
        assert not mine
    assert [] == spool.items()


def test_another_has_it_all_the_time(spool: Spool) -> None:
    """Waiting ends with the time."""
    with (
        spool.alone("a", 0),
        pytest.raises(ArtifactError, match="another process"),
        spool.alone("a", 0),
    ):
        raise AssertionError


def test_what_cannot_be_read_is_left_alone(spool: Spool, tmp_path: Path) -> None:
    """A newer sheetlog may know what it is; what was left half is deleted a day later."""
    (tmp_path / "f").write_bytes(b"x")
    add(spool, tmp_path / "f")
    (tmp_path / "files" / "9.json").write_text('{"id": "9", "new": 1}')
    (tmp_path / "files" / "8.bin").write_bytes(b"half")
    assert 1 == len(spool.items())
    add(spool, tmp_path / "f")
    assert (tmp_path / "files" / "8.bin").exists()


def test_only_the_user_can_read_it(spool: Spool, tmp_path: Path) -> None:
    """Files of a run may be private, and an upload's session lets whoever has it write."""
    (tmp_path / "f").write_bytes(b"x")
    spool.notes(add(spool, tmp_path / "f"))["session"] = "https://…"
    if os.name != "nt":
        modes = {p.stat().st_mode & 0o077 for p in (tmp_path / "files").iterdir()}
        assert {0} == modes
        assert 0 == (tmp_path / "files").stat().st_mode & 0o077


def test_a_workbook_s_folder_that_cannot_be_made(place: Path) -> None:
    """The row lands, the file waits, and `sync` stores it once there is a place for it."""
    Path("runs_files").write_text("in the way")
    with pytest.warns(sheetlog.SheetlogWarning, match="cannot be kept in"):
        receipt = sheetlog.log({}, {"acc": 1}, name="n", artifacts={"model": b"weights"})
    assert (True, ("model",)) == (receipt.delivered, receipt.pending)
    assert "pending" == sheetlog.runs()["artifacts.model"].iloc[0]
    assert [1] == [each.files for each in sheetlog.status()]
    Path("runs_files").unlink()
    assert 0 == sheetlog.sync().pending
    assert "model.bin" == sheetlog.runs()["artifacts.model"].iloc[0]
    (stored,) = Path("runs_files").glob("n-*/model.bin")
    assert b"weights" == stored.read_bytes()
    assert [] == sheetlog.status()


def test_offline_files_wait_for_no_one(place: Path) -> None:
    """A workbook's files are stored at once; the row waits."""
    sheetlog.configure(offline=True)
    with pytest.warns(sheetlog.SheetlogWarning, match="offline"):
        receipt = sheetlog.log({}, {"acc": 1}, name="n", artifacts={"model": b"weights"})
    assert (False, ()) == (receipt.delivered, receipt.pending)
    sheetlog.configure(offline=None)
    assert (1, 0) == (len(sheetlog.sync().delivered), sheetlog.sync().pending)
    assert "model.bin" == sheetlog.runs()["artifacts.model"].iloc[0]
