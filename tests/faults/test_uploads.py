"""Files on their way to Drive, while processes are killed and Google fails: each is there once."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from google.auth.credentials import AnonymousCredentials

import sheetlog
from sheetlog import api, delivering
from sheetlog.artifacts.drive import DriveStore
from sheetlog.artifacts.drive_folder import DriveFolder
from sheetlog.errors import ArtifactError
from sheetlog.google import uploading
from sheetlog.google.http import Google
from tests.faults.sheets_histories import blank
from tests.google.server import LocalGoogle, serving

STEPS = int(os.environ.get("SHEETLOG_TEST_EXAMPLES", "5"))
"""How many of the calls of a `log()` are tried as the moment of death; 100: all of them."""
LARGE = bytes(range(256)) * 2600
"""Three parts of an upload."""


@pytest.fixture(scope="module")
def server() -> Iterator[LocalGoogle]:
    """Give one local Google for all tests."""
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def child() -> Iterator[subprocess.Popen[str]]:
    """Give the process that starts the others."""
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("uploading_child.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as running:
        yield running
        running.stdin.close()


def files(google: LocalGoogle) -> list[bytes]:
    """Return the content of each file in Drive, but for those in the bin."""
    found = google.world.files.values()
    return [f.content.path.read_bytes() for f in found if f.content and not f.trashed]


class Processes:
    """Processes of one journal, working for one sheet."""

    def __init__(
        self, child: subprocess.Popen[str], google: LocalGoogle, place: Path, url: str
    ) -> None:
        self.child, self.google, self.place = child, google, place
        self.environment = {
            "SHEETLOG_GOOGLE_ENDPOINT": google.base_url,
            "SHEETLOG_JOURNAL": str(place / "state" / "journal.sqlite3"),
            "SHEETLOG_SHEET": url,
            "SHEETLOG_CONTEXT": "off",
            "SHEETLOG_QUIET": "1",
        }

    def start(self, do: str) -> int:
        """Start a process; return its id."""
        given = {
            "do": do,
            "environment": self.environment,
            "folder": str(self.place),
            "files": json.dumps({"model": "model.pt", "small": "small.txt"}),
        }
        self.child.stdin.write(json.dumps(given) + "\n")
        self.child.stdin.flush()
        return int(self.child.stdout.readline())

    def killed(self) -> bool:
        """Log, and kill the process once a call is held; False: it ended before."""
        pid = self.start("log")
        while not self.google.world.faults.until_held(1, 0.02):
            if select.select([self.child.stdout], [], [], 0)[0]:
                assert self.ended()
                return False
        os.kill(pid, signal.SIGKILL)
        assert not self.ended()
        return True

    def ended(self) -> bool:
        """Wait for the end of a process; return whether all was well with it."""
        return self.child.stdout.readline().split() == ["ended", "0"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("kind", ["late", "slow"])
def test_killed_at_each_call(
    kind: str, server: LocalGoogle, child: subprocess.Popen[str], tmp_path: Path
) -> None:
    """Whether the call was carried out or not: the next process ends with each file there once."""
    step, at = max(1, 30 // STEPS), 1 if kind == "late" else 2
    tried = 0
    while True:
        server.world.reset()
        place = tmp_path / f"at-{at}"
        (place / "state").mkdir(parents=True)
        (place / "model.pt").write_bytes(LARGE)
        (place / "small.txt").write_bytes(b"small")
        url = f"https://docs.google.com/spreadsheets/d/{blank(server)}"
        processes = Processes(child, server, place, url)
        server.world.faults.set("*", kind, call=at)
        held = processes.killed()
        server.world.faults.clear()
        processes.start("sync")
        assert processes.ended()
        assert sorted([b"small", LARGE]) == sorted(files(server)), f"killed at call {at}"
        assert [] == [p.name for p in (place / "state" / "journal_files").glob("*.json")]
        ids = {id_ for id_, file in server.world.files.items() if file.content is not None}
        assert ids == set(linked(server)), f"killed at call {at}"
        if not held:
            break
        tried, at = tried + 1, at + step
    assert tried >= min(STEPS, 20) - 2


def linked(google: LocalGoogle) -> list[str]:
    """Return the ids that the links of the only spreadsheet lead to, read as Google shows them."""
    (book,) = google.world.spreadsheets
    mask = "sheets.data.rowData.values(hyperlink,userEnteredFormat.textFormat.link)"
    with urlopen(f"{google.base_url}/v4/spreadsheets/{book}?fields={mask}") as answer:
        return re.findall(r"file/d/([A-Za-z0-9_-]+)/view", answer.read().decode())


CALLS = [
    ("files.get", 1), ("about.get", 1), ("files.generateIds", 1), ("files.create", 1),
    ("files.create", 2), ("files.create", 3), ("files.list", 2), ("files.list", 4),
    ("upload.start", 1), ("upload.put", 1), ("upload.put", 2), ("upload.put", 3),
]  # fmt: skip
KINDS = [
    "500", "500_after", "502_after", "503", "503_after", "504_after", "reset_before",
    "reset_after", "reset_midway", "truncated", "403_rate_limit", "partial",
]  # fmt: skip


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass between two tries, and make parts small."""
    monkeypatch.setattr(Google, "pause", lambda *_: None)
    monkeypatch.setattr(uploading, "CHUNK", 256 << 10)
    monkeypatch.setattr(uploading, "SMALL", 50_000)
    monkeypatch.setattr(delivering, "SMALL", 50_000)
    slept = Google.__init__

    def init(self: Google, *args: object, **more: object) -> None:
        slept(self, *args, **{**more, "sleep": lambda _: None})

    monkeypatch.setattr(Google, "__init__", init)


@pytest.mark.usefixtures("fast")
@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_at_each_call(
    kind: str, server: LocalGoogle, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that fails once, however it does, costs no file and makes none twice."""
    monkeypatch.setenv("SHEETLOG_GOOGLE_ENDPOINT", server.base_url)
    monkeypatch.setenv("SHEETLOG_QUIET", "1")
    Path("model.pt").write_bytes(LARGE)
    for method, call in CALLS[KINDS.index(kind) % 4 :: max(1, 36 // STEPS)]:
        server.world.reset()
        api._drives.clear()
        url = f"https://docs.google.com/spreadsheets/d/{blank(server)}"
        server.world.faults.set(method, kind, call=call, bytes=100_000)
        receipt = sheetlog.log(
            {}, {"acc": 1}, sheet=url, artifacts={"model": "model.pt", "small": b"small"}
        )
        server.world.faults.clear()
        assert receipt.delivered
        assert sorted([b"small", LARGE]) == sorted(files(server)), (method, call)
        assert () == receipt.pending
        row = sheetlog.runs(url).iloc[0]
        assert ["model.pt", "small.bin"] == [row["artifacts.model"], row["artifacts.small"]]


@pytest.mark.usefixtures("fast")
def test_a_connection_that_breaks_every_megabyte(
    server: LocalGoogle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20 MB arrive as they are, and none of them is sent twice but for what was lost on the way;
    benchmarks/upload.py does the same with 2 GiB.
    """
    server.world.reset()
    monkeypatch.setattr(uploading, "CHUNK", 768 << 10)
    path = tmp_path / "model.pt"
    path.write_bytes(b"".join(number.to_bytes(8, "big") * 512 for number in range(5000)))
    server.world.faults.set(
        "upload.put", "reset_midway", calls=tuple(range(2, 100, 2)), bytes=256 << 10
    )
    google = Google(AnonymousCredentials, endpoint=server.base_url)
    told: list[int] = []
    store = DriveStore(DriveFolder(google), tell=lambda done, _: told.append(done))
    stored = store.put(str(path), run="r", name="model.pt", artifact="model")
    server.world.faults.clear()
    assert [path.read_bytes()] == files(server)
    assert path.stat().st_size == stored.size == told[-1]
    assert sorted(set(told)) == told
    calls = [call for call in server.world.calls.since() if call.method == "upload.put"]
    assert 19 <= sum(call.fault == "reset_midway" for call in calls)
    target = tmp_path / "fetched"
    store.fetch(stored.link, str(target))
    assert path.read_bytes() == target.read_bytes()


@pytest.mark.usefixtures("fast")
def test_a_download_goes_on_where_it_broke(server: LocalGoogle, tmp_path: Path) -> None:
    """And what is fetched half takes no place."""
    server.world.reset()
    path = tmp_path / "model.pt"
    path.write_bytes(LARGE)
    store = DriveStore(DriveFolder(Google(AnonymousCredentials, endpoint=server.base_url)))
    link = store.put(str(path), run="r", name="model.pt", artifact="model").link
    target = tmp_path / "fetched"
    server.world.faults.set("files.get", "truncated", calls=(2, 3, 4), bytes=100_000)
    store.fetch(link, str(target))
    assert target.read_bytes() == LARGE
    server.world.faults.clear()
    server.world.faults.set("files.get", "503", calls=tuple(range(2, 60)))
    with pytest.raises(ArtifactError, match="cannot be fetched"):
        store.fetch(link, str(tmp_path / "other"))
    server.world.faults.clear()
    assert ["fetched", "model.pt"] == sorted(p.name for p in tmp_path.iterdir())


@pytest.mark.usefixtures("fast")
def test_an_expired_session_begins_again(server: LocalGoogle, tmp_path: Path) -> None:
    """With the id that the file was to have: a note of a week ago is no obstacle."""
    server.world.reset()
    path = tmp_path / "model.pt"
    path.write_bytes(LARGE)
    google = Google(AnonymousCredentials, endpoint=server.base_url)
    notes: dict[str, str] = {}
    server.world.faults.set("upload.*", "503", calls=tuple(range(3, 60)))
    with pytest.raises(ArtifactError):
        DriveStore(DriveFolder(google), notes=notes).put(
            str(path), run="r", name="m", artifact="m"
        )
    server.world.faults.clear()
    assert {"id", "session"} == set(notes)
    id_ = notes["id"]
    server.world.sessions.clear()
    stored = DriveStore(DriveFolder(google), notes=notes).put(
        str(path), run="r", name="m", artifact="m"
    )
    assert id_ in stored.link.url
    assert [LARGE] == files(server)


@pytest.mark.usefixtures("fast")
def test_what_arrives_otherwise_is_thrown_away(
    server: LocalGoogle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drive's own checksum is compared; the next try stores it anew."""
    server.world.reset()
    path = tmp_path / "model.pt"
    path.write_bytes(LARGE)
    store = DriveStore(DriveFolder(Google(AnonymousCredentials, endpoint=server.base_url)))
    real = uploading.Part.read

    def bent(self: uploading.Part, size: int = -1) -> bytes:
        return bytes(255 - byte for byte in real(self, size))

    with monkeypatch.context() as patch:
        patch.setattr(uploading.Part, "read", bent)
        with pytest.raises(ArtifactError, match="not what was sent"):
            store.put(str(path), run="r", name="m", artifact="m")
    assert [] == files(server)
    store.put(str(path), run="r", name="m", artifact="m")
    assert [LARGE] == files(server)
