"""A Drive folder that Colab has mounted as store: a file is copied, then its id is waited for.

The mount uploads in the background; until it has, a file's id begins with `local`, and a link to
it would lead nowhere. So a file counts as stored once it has an id of its own. Until then it
waits, and its copy is found again by its bytes. The attribute that holds the id is widely used,
and not documented by Google.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from sheetlog.artifacts import folder_versions, turns
from sheetlog.artifacts.base import Stored
from sheetlog.artifacts.folder import safe_name
from sheetlog.artifacts.folder_versions import Version
from sheetlog.errors import ArtifactError
from sheetlog.record import Link

if TYPE_CHECKING:
    from sheetlog.artifacts.base import Store

ATTRIBUTE = "user.drive.id"
EVERY = 0.5
"""Seconds between two looks for the id."""
BLOCK = 1 << 20
"""Bytes in memory at a time."""
_ID = re.compile(r"[A-Za-z0-9_-]{10,}")


def _attribute(path: str) -> str:
    return os.getxattr(path, ATTRIBUTE).decode("ascii", "replace")


class MountedStore:
    """A folder of a mounted Drive.

    Args:
        folder: absolute path.
        seconds: to wait for a file's id; what has none by then gets it at the next try.
        id_of: gives the id that the mount tells of a file; raises OSError where it tells none.
        alone: gives what keeps others from storing the content of a hash meanwhile.
    """

    def __init__(
        self,
        folder: str,
        *,
        seconds: float = 600.0,
        id_of: Callable[[str], str] = _attribute,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
        alone: Callable[[str], AbstractContextManager[object]] = turns.of_threads,
    ) -> None:
        self._folder = folder
        self._id_of, self._sleep, self._now = id_of, sleep, now
        self._end = now() + seconds
        self._alone = alone

    def put(self, path: str, *, run: str, name: str, artifact: str | None = None) -> Stored:
        """Keep a file; see `Store.put`."""
        top = os.path.dirname(self._folder)
        if not os.path.isdir(top):
            # To make it would be to write beside the mount, on a disk that goes with the runtime.
            raise ArtifactError(
                f"'{path}' cannot be kept: '{top}' is not there; mount Drive "
                "(google.colab.drive.mount), then run 'sheetlog sync'"
            )
        run, name = safe_name(run), safe_name(name)
        stem = safe_name(artifact) if artifact is not None else ""
        try:
            size, digest = _flow(path, None)
            with self._alone(digest):
                lines = folder_versions.known(self._folder, stem) if stem else []
                own = self._there(lines, digest, size)
                own = own or self._copied(path, size, run, name, digest)
                line = Version(run, os.path.basename(own), size, digest)
                told = folder_versions.added(self._folder, stem, line) if stem else (1, None)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise ArtifactError(f"'{path}' cannot be kept in '{self._folder}': {why}") from error
        return _stored(line, self._waited(own), *told)

    def fetch(self, link: Link, target: str) -> None:
        """Write what a link opens; see `Store.fetch`."""
        found = next((path for path in self._files() if _url(self._id(path)) == link.url), None)
        if found is None:
            raise ArtifactError(f"'{link.text}' is no longer there")
        part = f"{target}.{os.urandom(6).hex()}"
        run, file = os.path.split(os.path.relpath(found, self._folder))
        wanted = link.sha256 or folder_versions.hash_of(self._folder, run, file)
        try:
            _, digest = _flow(found, part)
            if wanted not in (None, digest):
                raise ArtifactError(f"'{found}' is not what was stored: it was changed")
            os.replace(part, target)
        except OSError as error:
            raise ArtifactError(f"'{found}' cannot be fetched: {error.strerror}") from error
        finally:
            with contextlib.suppress(OSError):
                os.unlink(part)

    def versions(self, artifact: str) -> Sequence[Stored]:
        """Return those of an artifact's versions that have an id; see `Store.versions`."""
        lines = folder_versions.known(self._folder, safe_name(artifact))
        found = []
        for line, number, same in folder_versions.numbered(lines):
            path = self._there(lines, line.sha256, line.size)
            if path is not None and (id_ := self._id(path)):
                found.append(_stored(line, id_, number, same))
        return found

    def _there(self, lines: Sequence[Version], digest: str, size: int) -> str | None:
        """Return where the content lies already: the mount has no second names for a file."""
        for line in lines:
            path = os.path.join(self._folder, line.run, line.file)
            if line.sha256 != digest or not os.path.isfile(path):
                continue
            # People may have changed it: what it is called says nothing.
            if os.path.getsize(path) == size and _flow(path, None)[1] == digest:
                return path
        return None

    def _copied(self, path: str, size: int, run: str, name: str, digest: str) -> str:
        """Return where the run has the content now; another content keeps its name."""
        place = os.path.join(self._folder, run)
        os.makedirs(place, exist_ok=True)
        stem, ending = os.path.splitext(name)
        for number in range(1, 10_000):
            final = os.path.join(place, name if number == 1 else f"{stem}~{number}{ending}")
            if not os.path.exists(final):
                part = f"{final}.part-{os.getpid()}"
                try:
                    if _flow(path, part, size)[1] != digest:
                        raise ArtifactError(f"'{path}' was changed while it was copied")
                    os.replace(part, final)
                finally:
                    with contextlib.suppress(OSError):
                        os.unlink(part)
                return final
            if _flow(final, None)[1] == digest:
                return final
        raise ArtifactError(f"the folder '{place}' is full of files called '{name}'")

    def _waited(self, path: str) -> str:
        """Return a file's id once Drive has it.

        Raises:
            ArtifactError: it does not have it within the time.
        """
        while not (id_ := self._id(path)):
            if self._now() >= self._end:
                raise ArtifactError(
                    f"'{path}' is in the mounted Drive, and Drive does not have it yet; "
                    "'sheetlog sync' looks again; 'drive.flush_and_unmount()' makes it so at once"
                )
            self._sleep(EVERY)
        return id_

    def _id(self, path: str) -> str:
        """Return a file's id; blank where it has none yet."""
        try:
            id_ = self._id_of(path)
        except OSError:
            return ""
        return id_ if _ID.fullmatch(id_) and not id_.startswith("local") else ""

    def _files(self) -> Iterator[str]:
        for place, _, names in os.walk(self._folder):
            yield from (os.path.join(place, name) for name in names)


def _stored(line: Version, id_: str, version: int, same_as: int | None) -> Stored:
    return line.stored(_url(id_), version, same_as)


def _url(id_: str) -> str:
    return f"https://drive.google.com/file/d/{id_}/view"


def _flow(path: str, target: str | None, most: int | None = None) -> tuple[int, str]:
    """Return bytes and SHA-256 of what a file holds now; copy it where a target is named.

    Args:
        most: only so many bytes of it.
    """
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file, open(target or os.devnull, "wb") as out:
        left = os.fstat(file.fileno()).st_size if most is None else most
        while block := file.read(min(BLOCK, left)):
            digest.update(block)
            size += len(block)
            left -= len(block)
            out.write(block)
    return size, digest.hexdigest()


if TYPE_CHECKING:
    _: Store = MountedStore("")  # proves to the type checker that it is one
