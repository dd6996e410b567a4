"""The folder of artifacts with many processes, and with some that are killed."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from sheetlog.artifacts.folder import FolderStore

WRITES = """
import sys
from sheetlog.artifacts.folder import FolderStore
place, number = sys.argv[1:]
store = FolderStore(place + "/runs_files", beside=place)
source = f"{place}/source-{number}"
for step in range(4):
    with open(source, "wb") as file:
        file.write(bytes([(int(number) + step) % 5]) * 50_000)
    store.put(source, run=f"run-{number}-{step}", name="it.bin", artifact="it")
"""

DIES = """
import io, os, signal, sys
from sheetlog.artifacts import folder
place, left = sys.argv[1], int(sys.argv[2])
folder.BLOCK = 1024
class Deadly(io.FileIO):
    def read(self, size=-1):
        global left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return super().read(size)
folder.open = lambda path, mode: (Deadly if mode == "rb" else io.FileIO)(path, mode)
store = folder.FolderStore(place + "/runs_files", beside=place)
store.put(place + "/source", run="run", name="it.bin", artifact="it")
"""


def store_at(place: Path) -> FolderStore:
    """Give the store that the children use."""
    return FolderStore(str(place / "runs_files"), beside=str(place))


def test_ten_processes_at_once(tmp_path: Path) -> None:
    """Each run has its bytes and a number of its own; no number is given twice or lost."""
    children = [
        subprocess.Popen([sys.executable, "-c", WRITES, str(tmp_path), str(number)])
        for number in range(10)
    ]
    assert [0] * 10 == [child.wait() for child in children]
    versions = store_at(tmp_path).versions("it")
    assert list(range(1, 41)) == [each.version for each in versions]
    assert {f"run-{n}-{step}" for n in range(10) for step in range(4)} == {v.run for v in versions}
    first: dict[str, int] = {}
    for each in versions:
        content = (tmp_path / unquote(each.link.url)).read_bytes()
        assert hashlib.sha256(content).hexdigest() == each.sha256
        assert first.get(each.sha256) == each.same_as
        first.setdefault(each.sha256, each.version)
    assert 5 == len([p for p in (tmp_path / "runs_files" / ".store").iterdir() if p.is_file()])


@pytest.mark.parametrize("blocks", range(5))
def test_killed_at_each_block(blocks: int, tmp_path: Path) -> None:
    """Nothing half has a name that anybody opens, and putting again is enough."""
    whole = bytes(range(256)) * 16
    (tmp_path / "source").write_bytes(whole)
    done = subprocess.run([sys.executable, "-c", DIES, str(tmp_path), str(blocks)], check=False)
    assert -signal.SIGKILL == done.returncode
    store = store_at(tmp_path)
    assert [] == store.versions("it")
    left = [path for path in (tmp_path / "runs_files").rglob("*") if path.is_file()]
    assert all("parts" == path.parent.name for path in left)
    stored = store.put(str(tmp_path / "source"), run="run", name="it.bin", artifact="it")
    assert (1, whole) == (stored.version, (tmp_path / unquote(stored.link.url)).read_bytes())


def test_a_line_that_a_full_disk_has_cut(tmp_path: Path) -> None:
    """The versions before and after it are counted, and it is none."""
    store, source = store_at(tmp_path), tmp_path / "source"
    for number in range(2):
        source.write_bytes(b"%d" % number)
        store.put(str(source), run=f"run-{number}", name="it.bin", artifact="it")
    [lines] = (tmp_path / "runs_files" / ".store" / "versions").iterdir()
    with lines.open("ab") as file:
        file.write(b"\nrun-9\tit.bin\t1\t6b86b273ff34")
    source.write_bytes(b"0")
    third = store.put(str(source), run="run-2", name="it.bin", artifact="it")
    assert (3, 1) == (third.version, third.same_as)
    assert ["run-0", "run-1", "run-2"] == [each.run for each in store.versions("it")]


def test_versions_without_their_file_are_told_by_the_runs(tmp_path: Path) -> None:
    """What counts versions is made again from what the runs have; others' files are left out."""
    store, source = store_at(tmp_path), tmp_path / "source"
    for number, content in enumerate((b"a", b"b", b"a")):
        source.write_bytes(content)
        run = f"run-{number}"
        store.put(str(source), run=run, name="it.bin", artifact="it")
        store.put(str(source), run=run, name="iterations.bin", artifact="iterations")
    before = store.versions("it")
    for path in (tmp_path / "runs_files" / ".store" / "versions").iterdir():
        path.unlink()
    assert before == store.versions("it")
    source.write_bytes(b"c")
    assert 4 == store.put(str(source), run="run-3", name="it.bin", artifact="it").version
