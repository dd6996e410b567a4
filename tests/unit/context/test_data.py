"""What a record says of the data that a run read."""

import functools
import hashlib
import http.server
import json
import os
import threading
from pathlib import Path

import pytest

import sheetlog
from sheetlog.context import data, hashes


def aged(path: Path, seconds: int = 100) -> None:
    """Make a file look as if it had been written a while ago."""
    before = path.stat()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns - seconds * 10**9))


def test_versions_count_contents(place: Path) -> None:
    """A cell says when the data changed, and a content that comes back has its old number."""
    sheetlog.configure(quiet=True)
    file = Path("train.csv")
    said = []
    for content in ("a\n1\n", "a\n1\n", "a\n2\n", "a\n2\n", "a\n1\n", "a\n3\n"):
        file.write_text(content)
        done = sheetlog.log({}, {"acc": 1}, data={"train": file})
        said.append(str(sheetlog.show(done.run_id).values["data.train"]).partition(" · ")[0])
    assert ["v1", "v1", "v2 (changed)", "v2", "v1 (changed)", "v3 (changed)"] == said


def test_a_folder_changes_with_names_and_contents(tmp_path: Path) -> None:
    """Another content or another name in a folder gives another hash; its order doesn't matter."""
    folder = tmp_path / "d"
    (folder / "b").mkdir(parents=True)
    for name, content in {"a": "1", "b/c": "2", "z": "3"}.items():
        (folder / name).write_text(content)
    first = data.digest(str(folder))
    parts = [
        f"{n}\0{hashlib.sha256(c).hexdigest()}\n"
        for n, c in (("a", b"1"), ("z", b"3"), ("b/c", b"2"))
    ]
    assert hashlib.sha256("".join(parts).encode()).hexdigest()[:12] == first
    (folder / "a").rename(folder / "a2")
    second = data.digest(str(folder))
    (folder / "z").write_text("4")
    assert 3 == len({first, second, data.digest(str(folder))})


def test_hashes_are_remembered_by_path_size_and_time(tmp_path: Path) -> None:
    """A file that is as it was isn't read again; one that may have changed is."""
    file, known = tmp_path / "f", str(tmp_path / "hashes.json")
    file.write_text("one")
    aged(file)
    first = data.digest(str(file), known=known)
    held = json.loads(Path(known).read_text())
    held[str(file)][2] = "f" * 64
    Path(known).write_text(json.dumps(held))
    assert "f" * 12 == data.digest(str(file), known=known)
    stamp = file.stat()
    file.write_text("two")
    assert first != data.digest(str(file), known=known) != "f" * 12
    assert file.stat().st_mtime_ns != stamp.st_mtime_ns


def test_a_file_that_was_just_written_is_not_remembered(tmp_path: Path) -> None:
    """Two changes within a step of the clock look alike, so a young file is read each time."""
    file, known = tmp_path / "f", tmp_path / "hashes.json"
    file.write_text("one")
    data.digest(str(file), known=str(known))
    assert not known.exists()


@pytest.mark.parametrize("damage", ["", "[1]", "{", '{"x": 1}'])
def test_damaged_memory_is_no_harm(damage: str, tmp_path: Path) -> None:
    """Where remembered hashes cannot be read, the files are."""
    file, known = tmp_path / "f", tmp_path / "hashes.json"
    file.write_text("one")
    known.write_text(damage)
    assert hashlib.sha256(b"one").hexdigest()[:12] == data.digest(str(file), known=str(known))


@pytest.mark.parametrize(
    ("expected", "content"),
    [
        (2, b"a,b\n1,2\n3,4\n"),
        (2, b"a,b\n1,2\n3,4"),
        (1, b'a,b\n"one\ntwo ""three""\n",2\n'),
        (0, b"a,b\n"),
        (0, b""),
    ],
)
@pytest.mark.parametrize("block", [1, 3, 1 << 22])
def test_rows_of_csv(
    expected: int, content: bytes, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are counted without the header; a line feed between quotes is none, however read."""
    monkeypatch.setattr(hashes, "_BLOCK", block)
    (tmp_path / "d.csv").write_bytes(content)
    words = str(data.describe({"d": tmp_path / "d.csv"})["data.d"])
    assert f" · {expected} row{'s' * (expected != 1)} · " in words


def test_rows_of_parquet(tmp_path: Path) -> None:
    """A Parquet file tells its rows itself."""
    pytest.importorskip("pyarrow")
    import pandas as pd

    pd.DataFrame({"a": range(1234)}).to_parquet(tmp_path / "d.parquet")
    assert "1,234 rows" in str(data.describe({"d": tmp_path / "d.parquet"})["data.d"])


def test_too_much_is_not_hashed(tmp_path: Path) -> None:
    """What cannot be read in time keeps its size."""
    (tmp_path / "d.bin").write_bytes(b"x" * 10)
    words = data.describe({"d": tmp_path / "d.bin"}, longest=-1)["data.d"]
    assert words == "not hashed (takes too long) · 10 bytes"


class Answers(http.server.BaseHTTPRequestHandler):
    """A server that knows a file's ETag."""

    def do_HEAD(self) -> None:
        self.send_response(200 if self.path == "/d.csv" else 404)
        self.send_header("ETag", '"abc-123"')
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def test_urls_keep_their_text_and_etag() -> None:
    """A URL is its text, with the ETag where a server answers; a bucket is its text alone."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=functools.partial(server.serve_forever, 0.01), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/d.csv"
        given = {"d": url, "no": url + "x", "s": "s3://bucket/d.csv"}
        expected = {"data.d": f"{url} · ETag abc-123", "data.no": url + "x", "data.s": given["s"]}
        assert expected == data.describe(given, online=True)
        assert {"data.d": url} == data.describe({"d": url})
        server.shutdown()
    assert {"data.d": url} == data.describe({"d": url}, online=True)


def test_what_a_cell_says_can_be_read_back(tmp_path: Path) -> None:
    """Hash and path of a cell are what it was made from."""
    path = tmp_path / "a · b.csv"
    path.write_text("x\n1\n")
    words = data.describe({"d": path})["data.d"]
    assert (data.digest(str(path)), str(path)) == data.said(str(words))
    assert data.said("s3://bucket/d.csv") is None
