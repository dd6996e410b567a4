"""The contract of stores, kept by Drive: a local one, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials

from sheetlog.artifacts.drive import DriveStore
from sheetlog.artifacts.drive_folder import DriveFolder
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
