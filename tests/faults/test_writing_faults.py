"""Every system call of a write × every fault: the old file or the new one, and the next write works."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sheetlog.errors import BusyError, RefusedError, SheetError, StaleError
from sheetlog.xlsx.package import Package
from tests.faults import writing_steps
from tests.faults.writing_steps import ROW, SHEET, write
from tests.packages import HEAD, ROWS, TAIL, content, parts, zipped

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")

TOLERATED = {
    "scandir": "tidying up is not worth a row",
    "unlink": "the same; and what is left doesn't stand in the way",
    "close": "what was written is on disk by then, or will be refused by what follows",
    "lseek": "then the bytes are copied by hand",
}
NUMBERS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.ENOENT, errno.EDQUOT)


def workbook(folder: Path) -> Path:
    """Make a workbook whose worksheet can be extended, in a folder of its own."""
    folder.mkdir()
    path = folder / "runs.xlsx"
    members = {"xl/media/image2.png": os.urandom(70_000), **parts()}
    path.write_bytes(zipped(members))
    with Package.open(path) as package:
        package.sheet(SHEET).rewrite(HEAD, [ROWS], TAIL, None)
        package.save()
    return path


def is_old(path: Path) -> bool:
    """Give whether the file is the one before the write; anything but old and new is an error."""
    found = content(path)
    rows = found[SHEET].count(b"<row ")
    assert (rows, found["docProps/app.xml"]) in ((2, b"<Properties/>"), (3, b"<new/>"))
    assert (rows == 3) == (ROW in found[SHEET])
    return rows == 2


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names of all system calls of a write, in order."""
    return write(str(workbook(tmp_path_factory.mktemp("calls") / "a")))


def raising(number: int) -> writing_steps.Fault:
    """Give a fault: the call fails with this error."""

    def fault(_name: str, _real: Callable[..., Any], _arguments: tuple[Any, ...]) -> Any:
        raise OSError(number, os.strerror(number))

    return fault


def error_of(path: Path, step: int, fault: writing_steps.Fault) -> SheetError | None:
    """Give the sheet's error that a write with a fault ends with; any other one is passed on."""
    try:
        write(str(path), step, fault)
    except SheetError as error:
        return error
    return None


def test_the_table_knows_the_calls(calls: list[str]) -> None:
    """The write does what the faults are put into: it makes, fills, syncs, looks, renames, syncs."""
    expected = ["stat", "open", "scandir", "write", "fsync", "stat", "replace", "open", "fsync"]
    left = iter(calls)
    assert all(name in left for name in expected)
    if hasattr(os, "copy_file_range"):
        assert "copy_file_range" in calls


@pytest.mark.parametrize("number", NUMBERS, ids=[errno.errorcode[number] for number in NUMBERS])
def test_an_error_at_every_call(tmp_path: Path, calls: list[str], number: int) -> None:
    """Each is a sheet's error or tolerated; old or new is there, nothing else, and writing goes on."""
    for step, name in enumerate(calls):
        path = workbook(tmp_path / str(step))
        before = path.read_bytes()
        error = error_of(path, step, raising(number))
        if error is not None:
            renamed = "replace" in calls[:step]
            assert renamed or before == path.read_bytes(), f"{name} at {step}: {error}"
            assert renamed != is_old(path), f"{name} at {step}: {error}"
            assert str(path) in str(error)
        else:
            assert name in TOLERATED or _harmless(name, number), f"{name} at {step} was passed over"
            assert not is_old(path)
        left = set(os.listdir(path.parent)) - {"runs.xlsx"}
        assert not left or name == "unlink", f"{name} at {step} left {left}"
        if is_old(path):
            write(str(path))
        assert not is_old(path)


def _harmless(name: str, number: int) -> bool:
    """Give whether a write may go on after this error of this call."""
    if name in ("listxattr", "getxattr", "setxattr"):
        return number in (errno.EACCES, errno.EPERM, errno.ENOTSUP)
    # No lock file beside the workbook is the normal case; whatever else hides it, hides no lock.
    return name == "stat" or (name == "copy_file_range" and number == errno.EXDEV)


@pytest.mark.parametrize(("name", "number", "kind"), [
    ("write", errno.ENOSPC, RefusedError), ("copy_file_range", errno.ENOSPC, RefusedError),
    ("fsync", errno.ENOSPC, RefusedError), ("fsync", errno.EIO, BusyError),
    ("open", errno.EACCES, RefusedError), ("open", errno.EROFS, RefusedError),
    ("replace", errno.EACCES, RefusedError), ("replace", errno.EIO, BusyError),
    ("open", errno.EMFILE, BusyError), ("open", errno.ENOENT, RefusedError),
])  # fmt: skip
def test_what_a_fault_is_said_to_be(
    tmp_path: Path, calls: list[str], name: str, number: int, kind: type[SheetError]
) -> None:
    """Not now, or not until somebody acts."""
    if name not in calls:
        pytest.skip(f"no {name} here")
    path = workbook(tmp_path / "a")
    with pytest.raises(kind) as raised:
        write(str(path), calls.index(name), raising(number))
    assert kind is type(raised.value)
    assert is_old(path)


def test_a_folder_that_vanishes_at_every_call(tmp_path: Path, calls: list[str]) -> None:
    """A drive unplugged, a folder renamed: the file that went along is old or new, and whole."""
    for step, name in enumerate(calls):
        path = workbook(tmp_path / str(step))
        away = path.parent.with_suffix(".away")

        def vanish(_name: str, real: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
            path.parent.rename(away)  # noqa: B023
            return real(*arguments)

        error = error_of(path, step, vanish)
        assert isinstance(error, RefusedError | StaleError | None), f"{name} at {step}: {error}"
        assert is_old(away / "runs.xlsx") == ("replace" not in calls[:step]), f"{name} at {step}"


@pytest.mark.parametrize("half", [0, 1])
def test_the_end_of_the_process_at_every_call(
    tmp_path: Path, calls: list[str], half: int
) -> None:
    """SIGKILL before each call or in the middle of it: old or new, and the next write works."""
    for step in range(len(calls)):
        workbook(tmp_path / str(step))
    done = subprocess.run(
        [sys.executable, writing_steps.__file__, str(tmp_path), str(len(calls)), str(half)],
        capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert [str(int(signal.SIGKILL))] * len(calls) == done.stdout.split()
    for step, name in enumerate(calls):
        path = tmp_path / str(step) / "runs.xlsx"
        old = is_old(path)
        renamed = calls[: step + half].count("replace")
        assert bool(renamed) != old, f"{name} at {step}"
        if old:
            write(str(path))
        assert not is_old(path)


def test_a_real_limit_on_the_files_size(tmp_path: Path) -> None:
    """The system's own refusal in the middle of a copy, not a made-up one."""
    path = workbook(tmp_path / "a")
    before = path.read_bytes()
    program = (
        "import resource, sys\n"
        "from tests.faults.writing_steps import write\n"
        "from sheetlog.errors import RefusedError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try:\n    write(sys.argv[1])\nexcept RefusedError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert "the file would be larger than this disk allows" in done.stdout
    assert before == path.read_bytes()
    assert ["runs.xlsx"] == os.listdir(path.parent)
