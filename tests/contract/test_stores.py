"""One contract, every store."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote

import pytest

from sheetlog.artifacts import folder
from sheetlog.artifacts.folder import FolderStore
from sheetlog.record import Link
from sheetlog.testing.memory_store import MemoryStore
from sheetlog.testing.store_contract import StoreContract
from tests.contract.breaking import Breaking, opening


class TestFolderStore(StoreContract):
    """The folder beside a workbook."""

    chunk = 1024

    @pytest.fixture(autouse=True)
    def _small_blocks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(folder, "BLOCK", self.chunk)

    def open(self, place: Path) -> FolderStore:
        place.mkdir(exist_ok=True)
        return FolderStore(str(place / "runs_files"), beside=str(place))

    @contextmanager
    def breaking(self, store: FolderStore, at: int) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(folder, "open", opening, raising=False)
            patch.setattr(Breaking, "left", at)
            yield

    def _places(self, store: FolderStore, link: Link) -> list[Path]:
        path = Path(store._beside) / unquote(link.url)
        return [path, Path(store._folder) / ".store" / str(link.sha256)]

    def lose(self, store: FolderStore, link: Link) -> None:
        for path in self._places(store, link):
            path.unlink()

    def spoil(self, store: FolderStore, link: Link) -> None:
        with self._places(store, link)[0].open("ab") as file:
            file.write(b"!")

    def contents(self, store: FolderStore) -> list[bytes]:
        """Every inode once; what is half is no content, wherever it lies."""
        top = Path(store._folder)
        found = {p.stat().st_ino: p for p in top.rglob("*") if p.is_file() and p.suffix != ".tsv"}
        return [path.read_bytes() for path in found.values()]


class TestMemoryStore(StoreContract):
    """The store that ships for tests."""

    chunk = 1024
    _open: ClassVar[dict[Path, MemoryStore]] = {}

    def open(self, place: Path) -> MemoryStore:
        store = self._open.setdefault(place, MemoryStore())
        store.block = self.chunk
        return store

    @contextmanager
    def breaking(self, store: MemoryStore, at: int) -> Iterator[None]:
        left = [at]

        def step() -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.EIO, "the disk has failed")

        store.meanwhile = step
        yield
        store.meanwhile = None

    def lose(self, store: MemoryStore, link: Link) -> None:
        store.lose(link)

    def spoil(self, store: MemoryStore, link: Link) -> None:
        store.spoil(link)

    def contents(self, store: MemoryStore) -> list[bytes]:
        return list(store.contents.values())
