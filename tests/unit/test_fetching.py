"""Files of runs, fetched back: by name, with their checksum, from wherever they are kept."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

import sheetlog
from sheetlog import api
from sheetlog.errors import ArtifactError, MisuseError
from sheetlog.testing.memory_store import MemoryStore


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a cache of its own."""
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_file_comes_back(place: Path) -> None:
    """By the run's id, the beginning of it, and its name: the newest of that name."""
    first = sheetlog.log({}, {"acc": 1}, name="n", artifacts={"model": b"one", "t": {"a": 1}})
    second = sheetlog.log({}, {"acc": 1}, name="n", artifacts={"model": b"two"})
    assert b"one" == sheetlog.artifact("model", run=first.run_id).read_bytes()
    assert b"two" == sheetlog.artifact("model", run=second.run_id).read_bytes()
    assert b"two" == sheetlog.artifact("model", run="n").read_bytes()
    found = sheetlog.artifact("t", run=first.run_id)
    assert ("t.yaml", "a: 1\n") == (found.name, found.read_text())


def test_a_run_of_another_computer(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the journal doesn't have is found in the sheet, its checksum in the store."""
    sheetlog.log({}, {"acc": 1}, name="n", artifacts={"model": b"one"})
    sheetlog.log({}, {"acc": 2}, name="m", artifacts={"model": b"two"})
    for journal in api._journals.values():
        journal.close()
    monkeypatch.setattr(api, "_journals", {})
    monkeypatch.setenv("SHEETLOG_JOURNAL", str(place.parent / "other" / "journal.sqlite3"))
    found = sheetlog.artifact("model", run="m")
    assert ("model.bin", b"two") == (found.name, found.read_bytes())
    spoil(place, b"three")
    with pytest.raises(ArtifactError, match="not what was stored"):
        sheetlog.artifact("model", run="n")


def spoil(place: Path, content: bytes) -> None:
    """Write another content into every stored file."""
    for path in (place / "runs_files").rglob("*"):
        if path.is_file() and path.suffix != ".tsv":
            path.write_bytes(content)


def test_what_was_fetched_is_kept(place: Path, cache: Path) -> None:
    """Asked for again it needs no store; written into by mistake it is fetched again."""
    sheetlog.log({}, {}, name="n", artifacts={"model": b"one"})
    found = sheetlog.artifact("model", run="n")
    assert found.is_relative_to(cache)
    found.write_bytes(b"scribbled")
    assert b"one" == sheetlog.artifact("model", run="n").read_bytes()
    spoil(place, b"other")
    assert found == sheetlog.artifact("model", run="n")
    assert b"one" == found.read_bytes()
    found.write_bytes(b"scribbled")
    with pytest.raises(ArtifactError, match="not what was stored"):
        sheetlog.artifact("model", run="n")


def test_one_content_under_two_names(place: Path) -> None:
    """Each is called what it was called."""
    sheetlog.log({}, {}, name="n", artifacts={"a": b"same", "b": b"same"})
    assert ["a.bin", "b.bin"] == [sheetlog.artifact(each, run="n").name for each in "ab"]


@pytest.mark.filterwarnings("ignore::sheetlog.SheetlogWarning")
def test_what_cannot_be_had_says_why(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No such name, nothing at all, never stored, not stored yet, deleted; no such run."""
    sheetlog.log({}, {"acc": 1}, name="none")
    sheetlog.log({}, {}, name="n", artifacts={"model": b"1", "gone": "no/such.pt"})
    with pytest.raises(ArtifactError, match=r"has no artifact 'x'; it has none$"):
        sheetlog.artifact("x", run="none")
    with pytest.raises(ArtifactError, match=r"'; did you mean 'model'\? it has 'model', 'gone'"):
        sheetlog.artifact("modle", run="n")
    with pytest.raises(ArtifactError, match=r"'gone' of the run n .* is no file: not stored"):
        sheetlog.artifact("gone", run="n")
    for path in (place / "runs_files").rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(ArtifactError, match=r"runs_files/.*/model.bin' is no longer there"):
        sheetlog.artifact("model", run="n")
    with pytest.raises(MisuseError, match="no run 'nobody'"):
        sheetlog.artifact("model", run="nobody")
    store = MemoryStore()
    store.fail = "the disk is full"
    monkeypatch.setattr(api, "store_of", lambda *_, **__: store)
    sheetlog.log({}, {}, name="later", artifacts={"model": b"1"})
    with pytest.raises(ArtifactError, match=r"not in its store yet: 'sheetlog sync' brings .*re$"):
        sheetlog.artifact("model", run="later")


def test_a_process_that_died_while_it_copied(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits that `sync` could bring: what to do is to log it again."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sheetlog.completing.completed", die)
        with pytest.raises(KeyboardInterrupt):
            sheetlog.log({}, {}, name="n", artifacts={"model": b"1"})
    sheetlog.sync()
    with pytest.raises(ArtifactError, match="log it again, with run_id='") as told:
        sheetlog.artifact("model", run="n")
    run = str(told.value).split("run_id='")[1].rstrip("'")
    sheetlog.log(run_id=run, artifacts={"model": b"1"})
    assert b"1" == sheetlog.artifact("model", run="n").read_bytes()


def test_links_of_a_moved_folder(place: Path) -> None:
    """Workbook and files move together; the sheet by its new name tells where they are."""
    sheetlog.log({}, {}, name="n", artifacts={"model": b"one"})
    moved = place.parent / "moved"
    place.rename(moved)
    try:
        with pytest.raises(ArtifactError, match="is no longer there"):
            sheetlog.artifact("model", run="n")
        again = sheetlog.artifact("model", run="n", sheet=moved / "runs.xlsx")
        assert b"one" == again.read_bytes()
    finally:
        moved.rename(place)


def test_a_key_of_the_surroundings(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every link to a stored file can be fetched by its key."""
    monkeypatch.setenv("SHEETLOG_CONTEXT", "env,files")
    sheetlog.log({}, {}, name="n")
    value = sheetlog.show("n").values["env.lock"]
    kept = place / unquote(value.url)
    assert kept.read_bytes() == sheetlog.artifact("env.lock", run="n").read_bytes()
