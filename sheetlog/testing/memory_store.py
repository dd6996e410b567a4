"""A store in memory, whose files people change by methods: `MemoryStore`.

Knows what a store is, and no other one.

store = MemoryStore()
stored = store.put("model.pt", run="r", name="model.pt", artifact="model")
store.lose(stored.link)             # as a person would
store.fail = "the disk is full"     # as the world would
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from threading import Lock
from urllib.parse import quote

from sheetlog.artifacts.base import Stored
from sheetlog.errors import ArtifactError
from sheetlog.record import Link


class MemoryStore:
    """Files as long as the process lives."""

    def __init__(self) -> None:
        self.fail: str | None = None
        """Why every file is refused, until it is set otherwise."""
        self.meanwhile: Callable[[], object] | None = None
        """What happens after each block that is read."""
        self.block = 1 << 20
        """Bytes that are read at once."""
        self.contents: dict[str, bytes] = {}
        """Every content, by its SHA-256."""
        self._files: dict[str, str] = {}
        self._lines: dict[str, list[Stored]] = {}
        self._lock = Lock()

    def put(self, path: str, *, run: str, name: str, artifact: str | None = None) -> Stored:
        """Keep a file; see `Store.put`."""
        if self.fail is not None:
            raise ArtifactError(f"'{path}' cannot be kept: {self.fail}")
        try:
            content = self._read(path)
        except (OSError, ValueError) as error:
            raise ArtifactError(f"'{path}' cannot be kept: {error}") from error
        digest = hashlib.sha256(content).hexdigest()
        with self._lock:
            self.contents[digest] = content
            url = f"memory:{quote(f'{run}/{name}', safe='/', errors='replace')}#{digest[:12]}"
            self._files[url] = digest
            link = Link(text=name, url=url, size=len(content), sha256=digest)
            stored = Stored(link=link, size=len(content), sha256=digest, run=run)
            return stored if artifact is None else self._version(artifact, stored)

    def fetch(self, link: Link, target: str) -> None:
        """Write what a link opens; see `Store.fetch`."""
        digest = self._files.get(link.url)
        content = None if digest is None else self.contents.get(digest)
        if digest is None or content is None:
            raise ArtifactError(f"'{link.url}' is no longer there")
        found = hashlib.sha256(content).hexdigest()
        wanted = link.sha256 or digest
        if not wanted == digest == found:
            raise ArtifactError(f"'{link.url}' is not what was stored: it was changed")
        part = f"{target}.{os.getpid()}"
        try:
            with open(part, "wb") as out:
                out.write(content)
            os.replace(part, target)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(part)
            raise ArtifactError(f"'{target}' cannot be written: {error}") from error

    def versions(self, artifact: str) -> list[Stored]:
        """Return an artifact's versions; see `Store.versions`."""
        with self._lock:
            return list(self._lines.get(artifact, ()))

    def lose(self, link: Link) -> None:
        """Delete a file, as a person would."""
        self.contents.pop(self._files.pop(link.url), None)

    def spoil(self, link: Link) -> None:
        """Change a file, as a failing disk would."""
        self.contents[self._files[link.url]] += b"!"

    def _read(self, path: str) -> bytes:
        content = b""
        with open(path, "rb") as file:
            left = os.fstat(file.fileno()).st_size
            while block := file.read(min(self.block, left - len(content))):
                content += block
                if self.meanwhile is not None:
                    self.meanwhile()
        return content

    def _version(self, artifact: str, stored: Stored) -> Stored:
        lines = self._lines.setdefault(artifact, [])
        same = [each for each in lines if each.sha256 == stored.sha256]
        again = next((each for each in same if each.run == stored.run), None)
        if again is not None:
            return again
        made = Stored(
            link=stored.link,
            size=stored.size,
            sha256=stored.sha256,
            version=len(lines) + 1,
            same_as=same[0].version if same else None,
            run=stored.run,
        )
        lines.append(made)
        return made
