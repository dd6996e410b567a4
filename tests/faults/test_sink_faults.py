"""Every system call of a delivery × ways into a workbook × faults: old or new, and never twice."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sheetlog.errors import SheetError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, flock and SIGKILL")
sink_steps = pytest.importorskip("tests.faults.sink_steps", exc_type=ImportError)
WAYS = ("extended", "spliced", "new tab", "new workbook")
CHANGING = {"open", "flock", "write", "copy_file_range", "fsync", "replace", "link", "unlink"}
FOUND = sink_steps.ID.encode()


def times(path: Path) -> int:
    """Give how many rows the new run has; every part is read, and its checksum checked."""
    if not path.exists():
        return 0
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        sheets = [name for name in archive.namelist() if "worksheets/sheet" in name]
        rows = b"".join(archive.read(name) for name in sheets if not name.endswith(".rels"))
    return rows.count(b">" + FOUND + b"<")


@cache
def begun(folder: Path, way: str) -> Path:
    """Give the folder that a way starts from, to be copied."""
    return sink_steps.workbook(folder / f"{way} begun", way).parent


def copied(folder: Path, way: str, to: Path) -> Path:
    """Give a workbook that a way starts from."""
    shutil.copytree(begun(folder, way), to)
    return to / "runs.xlsx"


@cache
def calls(folder: Path, way: str) -> list[str]:
    """Give the names of all calls of a delivery."""
    return sink_steps.steps(sink_steps.workbook(folder / f"calls of {way}", way))


def chosen(names: list[str]) -> list[int]:
    """Give the steps to try: all, but of reads that follow each other only the first and last."""
    return [
        step
        for step, name in enumerate(names)
        if name != "read" or names[step - 1 : step] != ["read"] or names[step + 1 : step + 2] != ["read"]
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what all tests of a way need once."""
    return tmp_path_factory.mktemp("calls")


@pytest.mark.parametrize("way", WAYS)
def test_the_table_knows_the_calls(folder: Path, way: str) -> None:
    """The lock is taken, a new file filled and synced, put in place, and the folder synced."""
    place = "link" if way == "new workbook" else "replace"
    left = iter(calls(folder, way))
    for name in ("open", "flock", "open", "write", "fsync", place, "open", "fsync", "close"):
        assert name in left, name


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("way", WAYS)
def test_an_error_at_every_call(folder: Path, tmp_path: Path, way: str, number: int) -> None:
    """It is a sheet's error, or it makes no difference; the next delivery leaves one row."""

    def fault(name: str, real: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        if name == "close":  # the system closes it, whatever it says
            real(*arguments)
        raise OSError(number, os.strerror(number))

    names = calls(folder, way)
    for step in chosen(names):
        path = copied(folder, way, tmp_path / str(step))
        before = path.read_bytes() if path.exists() else b""
        try:
            sink_steps.steps(path, step, fault)
        except SheetError as error:
            assert str(path.parent) in str(error)
            placed = {"replace", "link"} & set(names[:step])
            assert placed or before == (path.read_bytes() if path.exists() else b""), step
        else:
            assert 1 == times(path), f"{names[step]} at {step}"
        left = set(os.listdir(path.parent)) - {"runs.xlsx", ".runs.xlsx.lock"}
        assert not left or names[step] == "unlink", f"{names[step]} at {step} left {left}"
        sink_steps.deliver(path, sink_steps.ID)
        assert 1 == times(path), f"{names[step]} at {step}"


@pytest.mark.parametrize("way", WAYS)
def test_a_folder_that_vanishes_at_every_call(folder: Path, tmp_path: Path, way: str) -> None:
    """What went along with it is old or new and whole; once it is back, there is one row."""
    names = calls(folder, way)
    for step in chosen(names):
        path = copied(folder, way, tmp_path / str(step))
        away = path.parent.with_suffix(".away")

        def vanish(_name: str, real: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
            path.parent.rename(away)  # noqa: B023
            return real(*arguments)

        try:
            sink_steps.steps(path, step, vanish)
        except SheetError:
            assert times(away / "runs.xlsx") in (0, 1)
        if away.exists():
            assert not path.exists()
            if path.parent.exists():
                path.parent.rmdir()
            away.rename(path.parent)
        sink_steps.deliver(path, sink_steps.ID)
        assert 1 == times(path), f"{names[step]} at {step}"


@pytest.mark.parametrize("way", WAYS)
def test_the_end_of_the_process_at_every_call(folder: Path, tmp_path: Path, way: str) -> None:
    """SIGKILL before each call: old or new, no lock stays behind, and the next one leaves one row."""
    names = calls(folder, way)
    # Between two calls that change something the disk is as it was.
    steps = [step for step, name in enumerate(names) if name in CHANGING]
    for step in steps:
        copied(folder, way, tmp_path / str(step))
    done = subprocess.run(
        [sys.executable, sink_steps.__file__, str(tmp_path), *map(str, steps)],
        capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert [str(int(signal.SIGKILL))] * len(steps) == done.stdout.split()
    for step in steps:
        path = tmp_path / str(step) / "runs.xlsx"
        assert times(path) in (0, 1)
        sink_steps.deliver(path, sink_steps.ID)
        assert 1 == times(path), step
