"""Two stores as one: what the first does not take, the second does."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sheetlog.artifacts.base import Store, Stored
from sheetlog.errors import ArtifactError
from sheetlog.record import Link


class EitherStore:
    """A store, and what takes its place from its first refusal on."""

    def __init__(self, first: Store, second: Store) -> None:
        self._stores = [first, second]

    def put(self, path: str, *, run: str, name: str, artifact: str | None = None) -> Stored:
        """Keep a file; see `Store.put`."""
        if len(self._stores) > 1:
            with contextlib.suppress(ArtifactError):
                return self._stores[0].put(path, run=run, name=name, artifact=artifact)
            # Asked again it would only take time once more.
            del self._stores[0]
        return self._stores[0].put(path, run=run, name=name, artifact=artifact)

    def fetch(self, link: Link, target: str) -> None:
        """Write what a link opens; see `Store.fetch`."""
        *others, last = self._stores
        for store in others:
            with contextlib.suppress(ArtifactError):
                return store.fetch(link, target)
        return last.fetch(link, target)

    def versions(self, artifact: str) -> Sequence[Stored]:
        """Return an artifact's versions; see `Store.versions`."""
        return self._stores[0].versions(artifact)


if TYPE_CHECKING:
    from sheetlog.artifacts.folder import FolderStore

    _: Store = EitherStore(FolderStore("", beside=""), FolderStore("", beside=""))
