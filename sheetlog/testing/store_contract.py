"""What every store must do, as tests for authors of stores: `StoreContract`.

Knows no store.

    class TestMyStore(StoreContract):
        def open(self, place):
            return MyStore(place / "files")
        ...

The methods that are abstract say what the store's own world does: a person who deletes a file, a
line that breaks.
"""

from __future__ import annotations

import hashlib
import os
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from sheetlog.artifacts.base import Store, Stored
from sheetlog.errors import ArtifactError
from sheetlog.record import Link

CHUNKS = 4
"""How many chunks the file has that is interrupted at each of their ends."""

NAMES = [
    "model.pt",
    "no ending",
    "sub/dir.pt",
    "back\\slash.pt",
    "q'uo\"te.pt",
    "tab\there.pt",
    "emoji 🎉 é.png",
    "x" * 300 + ".bin",
    "nul",
    "..",
    " ",
    "a:b?*<>|.txt",
    "%41#?&=.bin",
    "half \ud800 a pair.bin",
]


class StoreContract(ABC):
    """Tests that hold for every store."""

    chunk: int
    """Bytes that the store moves at once, in these tests."""

    @abstractmethod
    def open(self, place: Path) -> Store:
        """Return the store at a place: a new one, or the one that was opened there before."""

    @abstractmethod
    def breaking(self, store: Store, at: int) -> AbstractContextManager[None]:
        """Return what breaks the way of a file after so many chunks, while it is entered."""

    @abstractmethod
    def lose(self, store: Store, link: Link) -> None:
        """Delete the file that a link opens, wherever the store has it."""

    @abstractmethod
    def spoil(self, store: Store, link: Link) -> None:
        """Change the bytes of the file that a link opens, wherever the store has them."""

    @abstractmethod
    def contents(self, store: Store) -> list[bytes]:
        """Return all that is kept, each content as often as it takes up room."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        """Give an empty store."""
        return self.open(tmp_path / "store")

    @staticmethod
    def put(
        store: Store,
        content: bytes,
        place: Path,
        *,
        run: str = "run",
        name: str = "it.bin",
        artifact: str | None = "it",
    ) -> Stored:
        """Keep a content."""
        source = place / "source"
        source.write_bytes(content)
        return store.put(str(source), run=run, name=name, artifact=artifact)

    @staticmethod
    def get(store: Store, link: Link, place: Path) -> bytes:
        """Give what a link opens."""
        target = place / "fetched"
        store.fetch(link, str(target))
        return target.read_bytes()

    @pytest.mark.parametrize("name", NAMES)
    def test_any_name(self, name: str, store: Store, tmp_path: Path) -> None:
        """Whatever a file is called, its link brings it back; size and hash are told."""
        stored = self.put(store, b"content", tmp_path, name=name, artifact=name)
        assert b"content" == self.get(store, stored.link, tmp_path)
        digest = hashlib.sha256(b"content").hexdigest()
        assert (7, digest) == (stored.size, stored.sha256)
        assert (7, digest) == (stored.link.size, stored.link.sha256)
        assert stored.link.text
        assert [stored] == list(store.versions(name))

    @pytest.mark.parametrize("name", NAMES)
    def test_any_run(self, name: str, store: Store, tmp_path: Path) -> None:
        """Whatever a run is called, it has a place of its own."""
        one = self.put(store, b"one", tmp_path, run=name)
        two = self.put(store, b"two", tmp_path, run=f"{name}2")
        assert b"one" == self.get(store, one.link, tmp_path)
        assert b"two" == self.get(store, two.link, tmp_path)

    def test_the_same_bytes_once(self, store: Store, tmp_path: Path) -> None:
        """Two runs and two names with one content take up the room of one."""
        first = self.put(store, b"x" * 1000, tmp_path, run="a")
        for run, name in (("b", "it.bin"), ("a", "other.bin")):
            again = self.put(store, b"x" * 1000, tmp_path, run=run, name=name)
            assert b"x" * 1000 == self.get(store, again.link, tmp_path)
        assert [b"x" * 1000] == self.contents(store)
        assert b"x" * 1000 == self.get(store, first.link, tmp_path)

    def test_one_name_with_two_contents(self, store: Store, tmp_path: Path) -> None:
        """Neither is overwritten, and who puts one again gets what it had before."""
        one = self.put(store, b"one", tmp_path)
        two = self.put(store, b"two", tmp_path)
        assert b"one" == self.get(store, one.link, tmp_path)
        assert b"two" == self.get(store, two.link, tmp_path)
        assert one == self.put(store, b"one", tmp_path)
        assert two == self.put(store, b"two", tmp_path)

    def test_what_was_opened_again(self, store: Store, tmp_path: Path) -> None:
        """A store opened at the same place has what was put there."""
        one = self.put(store, b"one", tmp_path)
        other = self.open(tmp_path / "store")
        assert b"one" == self.get(other, one.link, tmp_path)
        assert [one] == list(other.versions("it"))
        assert 2 == self.put(other, b"two", tmp_path, run="later").version

    def test_versions(self, store: Store, tmp_path: Path) -> None:
        """Each run's is the next one, and says which earlier one has the same bytes."""
        contents = [b"a", b"b", b"a", b"a", b"c"]
        made = [
            self.put(store, content, tmp_path, run=f"run-{number}")
            for number, content in enumerate(contents)
        ]
        told = [(each.version, each.same_as) for each in made]
        assert [(1, None), (2, None), (3, 1), (4, 1), (5, None)] == told
        assert made == list(store.versions("it"))
        assert [f"run-{number}" for number in range(5)] == [each.run for each in made]

    def test_other_artifacts_have_versions_of_their_own(
        self, store: Store, tmp_path: Path
    ) -> None:
        """And a file that is no version of anything is counted nowhere."""
        self.put(store, b"a", tmp_path, run="one")
        assert 1 == self.put(store, b"b", tmp_path, name="new.bin", artifact="new").version
        plain = self.put(store, b"c", tmp_path, run="two", artifact=None)
        assert (1, None) == (plain.version, plain.same_as)
        assert 2 == self.put(store, b"d", tmp_path, run="three").version
        assert [] == list(store.versions("never put"))

    def test_nothing_is_something(self, store: Store, tmp_path: Path) -> None:
        """A file without bytes is kept."""
        stored = self.put(store, b"", tmp_path)
        assert (0, hashlib.sha256(b"").hexdigest()) == (stored.size, stored.sha256)
        assert b"" == self.get(store, stored.link, tmp_path)

    def test_a_link_of_the_file_system(self, store: Store, tmp_path: Path) -> None:
        """What it leads to is kept, and stays as it was."""
        (tmp_path / "real").write_bytes(b"real")
        os.symlink("real", tmp_path / "linked")
        stored = store.put(str(tmp_path / "linked"), run="r", name="it.bin", artifact="it")
        (tmp_path / "linked").unlink()
        assert b"real" == (tmp_path / "real").read_bytes()
        (tmp_path / "real").unlink()
        assert b"real" == self.get(store, stored.link, tmp_path)

    def test_later_changes_of_the_file(self, store: Store, tmp_path: Path) -> None:
        """What was put is kept, whatever becomes of the file."""
        stored = self.put(store, b"then", tmp_path)
        (tmp_path / "source").write_bytes(b"now")
        assert b"then" == self.get(store, stored.link, tmp_path)

    @pytest.mark.parametrize("what", ["gone", "folder", "linked", "no\0name"])
    def test_what_is_no_file(self, what: str, store: Store, tmp_path: Path) -> None:
        """It is told, and nothing half is left."""
        (tmp_path / "folder").mkdir()
        os.symlink("nowhere", tmp_path / "linked")
        with pytest.raises(ArtifactError, match="cannot be kept"):
            store.put(str(tmp_path / what), run="r", name="it.bin", artifact="it")
        assert [] == self.contents(store)
        assert [] == list(store.versions("it"))

    def test_a_file_that_grows_while_it_is_read(self, store: Store, tmp_path: Path) -> None:
        """What is kept is how it began, and its size and hash are those of what is kept."""
        source = tmp_path / "growing"
        source.write_bytes(b"0123456789" * self.chunk)
        done = False

        def grow() -> None:
            with source.open("ab") as file:
                while not done:
                    file.write(b"0123456789" * 100)

        writer = Thread(target=grow)
        writer.start()
        try:
            stored = store.put(str(source), run="r", name="it.bin", artifact="it")
        finally:
            done = True
            writer.join()
        kept = self.get(store, stored.link, tmp_path)
        assert len(kept) == stored.size
        assert hashlib.sha256(kept).hexdigest() == stored.sha256
        assert source.read_bytes().startswith(kept)
        assert len(kept) >= 10 * self.chunk

    @pytest.mark.parametrize("at", range(CHUNKS + 1))
    def test_interrupted_and_put_again(self, at: int, store: Store, tmp_path: Path) -> None:
        """Whichever chunk it was, nothing half is shown, and putting again is enough."""
        whole = bytes(range(256)) * (self.chunk * CHUNKS // 256)
        assert CHUNKS * self.chunk == len(whole)
        with self.breaking(store, at):
            try:
                self.put(store, whole, tmp_path)
            except ArtifactError:
                assert [] == self.contents(store)
                assert [] == list(store.versions("it"))
        again = self.put(store, whole, tmp_path)
        assert whole == self.get(store, again.link, tmp_path)
        assert [whole] == self.contents(store)
        assert [again] == list(store.versions("it"))
        assert 1 == again.version

    def test_a_change_behind_the_back(self, store: Store, tmp_path: Path) -> None:
        """What is not what was stored is not handed out, and what stood there stays."""
        stored = self.put(store, b"content", tmp_path)
        self.spoil(store, stored.link)
        for link in (stored.link, replace(stored.link, sha256=None)):
            (tmp_path / "fetched").write_bytes(b"before")
            with pytest.raises(ArtifactError, match="not what was stored"):
                self.get(store, link, tmp_path)
            assert b"before" == (tmp_path / "fetched").read_bytes()

    def test_put_again_mends_what_was_changed(self, store: Store, tmp_path: Path) -> None:
        """A content that is there under its hash is only used if it still has that hash."""
        stored = self.put(store, b"content", tmp_path)
        self.spoil(store, stored.link)
        again = self.put(store, b"content", tmp_path, run="later")
        assert b"content" == self.get(store, again.link, tmp_path)

    def test_what_was_deleted(self, store: Store, tmp_path: Path) -> None:
        """It is told; the numbers of versions go on."""
        stored = self.put(store, b"content", tmp_path)
        self.lose(store, stored.link)
        with pytest.raises(ArtifactError, match="no longer there"):
            self.get(store, stored.link, tmp_path)
        assert not (tmp_path / "fetched").exists()
        assert 2 == self.put(store, b"more", tmp_path, run="later").version

    def test_a_link_that_is_none_of_the_store(self, store: Store, tmp_path: Path) -> None:
        """It is told."""
        with pytest.raises(ArtifactError):
            self.get(store, Link(text="x", url="https://example.org/x"), tmp_path)

    def test_a_place_that_cannot_be_written(self, store: Store, tmp_path: Path) -> None:
        """It is told."""
        stored = self.put(store, b"content", tmp_path)
        with pytest.raises(ArtifactError):
            store.fetch(stored.link, str(tmp_path / "no folder" / "target"))

    def test_ten_at_once(self, tmp_path: Path) -> None:
        """Each content is there, each run has a version, and no number is given twice."""
        files = []
        for number in range(10):
            files.append(tmp_path / f"source-{number}")
            files[-1].write_bytes(bytes([number % 3]) * 10_000)
        made: dict[int, Stored] = {}

        def work(number: int) -> None:
            store = self.open(tmp_path / "store")
            made[number] = store.put(
                str(files[number]), run=f"run-{number}", name="it.bin", artifact="it"
            )

        writers = [Thread(target=work, args=(number,)) for number in range(10)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        store = self.open(tmp_path / "store")
        for number, stored in made.items():
            assert files[number].read_bytes() == self.get(store, stored.link, tmp_path)
        assert list(range(1, 11)) == sorted(each.version for each in made.values())
        assert 3 == len(self.contents(store))
        assert list(range(1, 11)) == [each.version for each in store.versions("it")]
