"""The contract of stores, kept by a Drive folder that Colab has mounted, as far as is documented."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sheetlog.artifacts import mounted
from sheetlog.artifacts.mounted import MountedStore
from sheetlog.errors import ArtifactError
from sheetlog.record import Link
from sheetlog.testing.store_contract import StoreContract
from tests.contract.breaking import Breaking, opening


def id_of(path: str) -> str:
    """Give an id for each path that is there."""
    Path(path).stat()
    return hashlib.sha256(path.encode("utf-8", "replace")).hexdigest()[:33]


class TestMountedStore(StoreContract):
    """A folder whose files get ids."""

    chunk = 1024

    @pytest.fixture(autouse=True)
    def _small_blocks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mounted, "BLOCK", self.chunk)

    def open(self, place: Path) -> MountedStore:
        place.mkdir(exist_ok=True)
        return MountedStore(str(place / "files"), id_of=id_of)

    @contextmanager
    def breaking(self, store: MountedStore, at: int) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(mounted, "open", opening, raising=False)
            patch.setattr(Breaking, "left", at)
            yield

    def _path(self, store: MountedStore, link: Link) -> Path:
        return next(Path(p) for p in store._files() if id_of(p) in link.url)

    def lose(self, store: MountedStore, link: Link) -> None:
        self._path(store, link).unlink()

    def spoil(self, store: MountedStore, link: Link) -> None:
        self._path(store, link).write_bytes(b"spoilt!")

    def contents(self, store: MountedStore) -> list[bytes]:
        found = (Path(path) for path in store._files())
        return [path.read_bytes() for path in found if path.suffix != ".tsv"]


def test_a_file_waits_for_its_id(tmp_path: Path) -> None:
    """While the mount has but an id of its own, the file is not stored yet; it is copied once."""
    ids = iter(["local-1", "local-1", OSError(), "1realidofthefile"])
    waits: list[float] = []
    clock = [0.0]

    def told(_: str) -> str:
        found = next(ids)
        if isinstance(found, OSError):
            raise found
        return found

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    (tmp_path / "model.pt").write_bytes(b"weights")
    given = {"id_of": told, "sleep": sleep, "now": lambda: clock[0]}
    first = MountedStore(str(tmp_path / "drive"), seconds=0.5, **given)
    with pytest.raises(ArtifactError, match="Drive does not have it yet; 'sheetlog sync'"):
        first.put(str(tmp_path / "model.pt"), run="r", name="model.pt", artifact="model")
    again = MountedStore(str(tmp_path / "drive"), seconds=5, **given)
    stored = again.put(str(tmp_path / "model.pt"), run="r", name="model.pt", artifact="model")
    assert "https://drive.google.com/file/d/1realidofthefile/view" == stored.link.url
    assert 1 == stored.version
    assert ["model.pt"] == [p.name for p in (tmp_path / "drive" / "r").iterdir()]
    assert [0.5, 0.5] == waits


def test_drive_is_not_mounted(tmp_path: Path) -> None:
    """To make its folder would be to write on a disk that goes with the runtime."""
    (tmp_path / "f").write_bytes(b"x")
    store = MountedStore(str(tmp_path / "drive" / "MyDrive" / "files"), id_of=id_of)
    with pytest.raises(ArtifactError, match="mount Drive"):
        store.put(str(tmp_path / "f"), run="r", name="f")
    assert not (tmp_path / "drive").exists()
