"""The contract of stores, kept by Drive: a local one, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials

from sheetlog.artifacts.drive import DriveStore
from sheetlog.artifacts.drive_folder import DriveFolder
from sheetlog.errors import ArtifactError
from sheetlog.google import uploading
from sheetlog.google.http import Google
from sheetlog.record import Link
from sheetlog.testing.store_contract import StoreContract
from tests.google.server import LocalGoogle, serving


@pytest.fixture(scope="module")
def server() -> Iterator[LocalGoogle]:
    """Give one local Google for all tests."""
    with serving() as running:
        yield running


class TestDriveStore(StoreContract):
    """A folder of Drive."""

    chunk = 256 << 10

    @pytest.fixture(autouse=True)
    def _world(self, server: LocalGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
        server.world.reset()
        self.server = server
        monkeypatch.setattr(uploading, "CHUNK", self.chunk)
        monkeypatch.setattr(uploading, "SMALL", 20_000)

    def open(self, place: Path) -> DriveStore:
        google = Google(AnonymousCredentials, endpoint=self.server.base_url, sleep=lambda _: None)
        return DriveStore(DriveFolder(google, title=f"{place.name} files"))

    @contextmanager
    def breaking(self, store: DriveStore, at: int) -> Iterator[None]:
        self.server.world.faults.set("upload.*", "503", calls=tuple(range(at + 2, at + 90)))
        yield
        self.server.world.faults.clear()

    def _file(self, link: Link) -> object:
        return self.server.world.files[link.url.split("/d/")[1].split("/")[0]]

    def lose(self, store: DriveStore, link: Link) -> None:
        """Into the bin, as a person does it."""
        self._file(link).trashed = True  # type: ignore[attr-defined]

    def spoil(self, store: DriveStore, link: Link) -> None:
        google = store._google
        id_ = link.url.split("/d/")[1].split("/")[0]
        google.send(
            "patch",
            f"https://www.googleapis.com/upload/drive/v3/files/{id_}",
            what="it",
            deadline=google.now() + 10,
            params={"uploadType": "media"},
            content=("application/octet-stream", b"spoilt"),
        )

    def contents(self, store: DriveStore) -> list[bytes]:
        files = self.server.world.files.values()
        return [
            file.content.path.read_bytes()
            for file in files
            if file.content is not None and not file.trashed
        ]

    def test_to_read_a_file_ends_in_time(self, tmp_path: Path) -> None:
        """A large one takes minutes to hash; Drive isn't asked at all."""
        path = tmp_path / "m.bin"
        path.write_bytes(b"m")
        store = DriveStore(self.open(tmp_path)._folder, seconds=0)
        with pytest.raises(ArtifactError, match="the time is over; 'sheetlog sync' goes on"):
            store.put(str(path), run="one", name="m.bin")

    @pytest.mark.parametrize("size", [50, 300_000])
    def test_a_folder_in_the_bin_is_made_anew_once(self, tmp_path: Path, size: int) -> None:
        """What lies in a folder in the bin is in the bin, too, and gone in thirty days."""
        store, path = self.open(tmp_path), tmp_path / "m.bin"
        path.write_bytes(bytes(size))
        store.put(str(path), run="one", name="m.bin")
        [folder] = (f for f in self.server.world.files.values() if f.name.endswith(" files"))
        folder.trashed = True
        path.write_bytes(bytes(size + 1))
        link = store.put(str(path), run="two", name="m.bin").link
        assert not self.server.world.is_binned(self._file(link))  # type: ignore[arg-type]
        assert 3 == len(self.contents(store))

    @pytest.mark.parametrize("size", [50, 300_000])
    def test_a_folder_that_stays_in_the_bin_ends_with_words(
        self, tmp_path: Path, size: int
    ) -> None:
        """The sheet's own folder, say: it must not be filled with one copy after the other."""
        store, path = self.open(tmp_path), tmp_path / "m.bin"
        path.write_bytes(bytes(size))
        store.put(str(path), run="one", name="m.bin")
        world = self.server.world
        world.files[world.root_of("anonymous@example.com")].trashed = True
        path.write_bytes(bytes(size + 1))
        notes: dict[str, str] = {}
        store = DriveStore(store._folder, notes=notes)
        with pytest.raises(ArtifactError, match="in Drive's bin: take it out"):
            store.put(str(path), run="two", name="m.bin")
        assert 3 == len(self.contents(store))
        assert {} == notes, "the next try begins anew"

    def test_a_named_folder_in_the_bin_is_refused_at_the_start(self, tmp_path: Path) -> None:
        """Nothing is uploaded to it."""
        store, path = self.open(tmp_path), tmp_path / "m.bin"
        path.write_bytes(b"m")
        store.put(str(path), run="one", name="m.bin")
        folder = store._folder.id(store._deadline)
        self.server.world.files[folder].trashed = True
        named = DriveStore(DriveFolder(store._google, folder=folder))
        with pytest.raises(ArtifactError, match="in Drive's bin"):
            named.put(str(path), run="two", name="n.bin")
        assert 1 == len(self.contents(store))
