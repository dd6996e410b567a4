"""What the outside world does to the workbook and the journal: one warning, the run kept, nothing half."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sheetlog

RUNS = "runs.xlsx"


def as_directory(place: Path) -> None:
    """Somebody replaced the workbook by a folder."""
    (place / RUNS).unlink(missing_ok=True)
    (place / RUNS).mkdir()


def damaged(place: Path) -> None:
    """A synced folder left half of the file."""
    content = (place / RUNS).read_bytes()
    (place / RUNS).write_bytes(content[: len(content) // 2])


def empty(place: Path) -> None:
    """A crash of somebody else's left an empty file."""
    (place / RUNS).write_bytes(b"")


def text(place: Path) -> None:
    """It is a text that was called .xlsx."""
    (place / RUNS).write_text("hello, this is no workbook")


def open_in_excel(place: Path) -> None:
    """Excel's lock file lies beside it."""
    (place / f"~${RUNS}").write_bytes(b"\x05Alice" + b" " * 49)


def encrypted(place: Path) -> None:
    """Somebody set a password: Excel then writes an OLE file."""
    (place / RUNS).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))


def dangling(place: Path) -> None:
    """It is a link that leads nowhere."""
    (place / RUNS).unlink()
    (place / RUNS).symlink_to(place / "nowhere" / "book.xlsx")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (as_directory, "folder"),
        (damaged, "its end is missing"),
        (empty, "empty"),
        (text, "not a workbook|no workbook|not an? .*workbook|isn't a workbook"),
        (open_in_excel, "open in Excel"),
        (encrypted, "password|encrypted"),
        (dangling, "is not there; make it"),
    ],
)
def test_a_workbook_that_cannot_be_written(
    fault: Callable[[Path], None], words: str, place: Path
) -> None:
    """Said once with the reason; the file as it was; delivered once it is mended."""
    sheetlog.log({"n": 0}, {"acc": 0.0})
    whole = (place / RUNS).read_bytes()
    fault(place)
    before = (place / RUNS).read_bytes() if (place / RUNS).is_file() else None
    with pytest.warns(sheetlog.SheetlogWarning, match=words) as caught:
        kept = [sheetlog.log({"n": n}, {"acc": n / 10}) for n in (1, 2)]
    assert 1 == len({str(w.message).split(":", 2)[-1] for w in caught})
    assert [False, False] == [receipt.delivered for receipt in kept]
    assert before == ((place / RUNS).read_bytes() if (place / RUNS).is_file() else None)
    if (place / RUNS).is_dir():
        (place / RUNS).rmdir()
    (place / RUNS).unlink(missing_ok=True)
    (place / f"~${RUNS}").unlink(missing_ok=True)
    (place / RUNS).write_bytes(whole)
    assert {receipt.run_id for receipt in kept} == set(sheetlog.sync().delivered)
    assert [0.0, 0.1, 0.2] == list(sheetlog.runs()["metrics.acc"])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of 512 KiB, where one can be made."""
    where = tmp_path / "small"
    where.mkdir()
    mounted = sys.platform == "linux" and shutil.which("mount") and os.geteuid() == 0
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(where)]
    if not mounted or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can only be made by root on Linux")
    yield where
    subprocess.run(["umount", "-l", str(where)], check=True)


def fill(path: Path) -> None:
    """Write until there is no room left."""
    with path.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(bytes(1024))


def test_a_full_disk_under_the_workbook(place: Path, small_disk: Path) -> None:
    """The old workbook stays whole, the run is kept, and comes once there is room."""
    sheet = str(small_disk / RUNS)
    sheetlog.log({}, {"acc": 0.0}, sheet=sheet)
    whole = (small_disk / RUNS).read_bytes()
    filler = small_disk / "filler"
    fill(filler)
    with pytest.warns(sheetlog.SheetlogWarning, match="(?i)no space|full"):
        kept = sheetlog.log({}, {"acc": 1.0}, sheet=sheet)
    assert not kept.delivered
    assert whole == (small_disk / RUNS).read_bytes()
    filler.unlink()
    assert (kept.run_id,) == sheetlog.sync().delivered
    assert [0.0, 1.0] == list(sheetlog.runs(sheet)["metrics.acc"])


def test_a_full_disk_under_the_journal(
    place: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The run is kept in the second journal, and that is said."""
    monkeypatch.setenv("SHEETLOG_JOURNAL", str(small_disk / "journal.sqlite3"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    filler = small_disk / "filler"
    fill(filler)
    with pytest.warns(sheetlog.SheetlogWarning, match="kept in .* instead"):
        receipt = sheetlog.log({}, {"acc": 1.0})
    assert receipt.delivered
    assert [1.0] == list(sheetlog.runs()["metrics.acc"])


@pytest.mark.parametrize("kind", ["file above", "directory", "garbage"])
def test_a_journal_that_cannot_be_written(
    kind: str, place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One clear warning, and the training's row is there all the same."""
    path = tmp_path / "broken" / "journal.sqlite3"
    if kind == "file above":
        (tmp_path / "broken").write_text("a file where a folder should be")
    else:
        path.parent.mkdir()
        path.mkdir() if kind == "directory" else path.write_bytes(b"garbage" * 1000)
    monkeypatch.setenv("SHEETLOG_JOURNAL", str(path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.warns(sheetlog.SheetlogWarning, match="journal"):
        receipt = sheetlog.log({}, {"acc": 1.0})
    assert receipt.delivered
    assert [1.0] == list(sheetlog.runs()["metrics.acc"])


def test_a_read_only_folder(place: Path) -> None:
    """Said, kept, and delivered when the folder can be written again."""
    if sys.platform != "linux" or (os.geteuid() == 0 and not shutil.which("chattr")):
        pytest.skip("root can write everywhere")
    sheetlog.log({}, {"acc": 0.0})
    if os.geteuid() == 0:
        made = subprocess.run(["chattr", "+i", str(place)], capture_output=True, check=False)
        if made.returncode:
            pytest.skip("the file system has no immutable folders")
    else:
        place.chmod(0o555)
    try:
        with pytest.warns(
            sheetlog.SheetlogWarning, match="the system doesn't allow it"
        ):
            kept = sheetlog.log({}, {"acc": 1.0})
    finally:
        subprocess.run(["chattr", "-i", str(place)], capture_output=True, check=False)
        place.chmod(0o755)
    assert not kept.delivered
    assert (kept.run_id,) == sheetlog.sync().delivered
    assert zipfile.ZipFile(place / RUNS).testzip() is None
