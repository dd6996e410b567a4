"""Files that are not in their store yet, on disk beside the journal: they outlive the process.

Each is a content (`ID.bin`), what is known of it (`ID.json`) and what its upload has to remember
(`ID.notes`). It is there once `ID.json` is. Knows no store.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sheetlog import filelocks
from sheetlog.errors import ArtifactError

COPIED = 16 << 20
"""Bytes up to which a person's file is copied; of a larger one a second name of it is kept, or
only its path, and what it was like."""
BLOCK = 1 << 20
"""Bytes in memory at a time."""
HASHING = 2.0
"""Seconds to hash a file that is not copied; who logs waits for it."""
DAY = 86_400
"""Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file that waits, and where it is to go."""

    id: str
    """Ascending in the order of time."""
    run: str
    """Id of the run."""
    key: str
    """Of the record's value that becomes the link: `artifacts.model`."""
    folder: str
    """What the run's folder in the store is called."""
    name: str
    """What the file is called there."""
    artifact: str
    """What it is a version of."""
    sheet: str
    """Name of the sheet that the run goes to."""
    where: str
    """The setting `artifacts` when it was logged: which store."""
    path: str
    """Where the content lies."""
    own: bool
    """Whether that is a copy of ours, which nobody changes."""
    size: int
    modified: int
    """Nanoseconds since 1970: when the content was last changed."""
    sha256: str
    """Blank where it would have taken too long: size and time tell then."""

    def lost(self) -> str | None:
        """Return why the content is no longer what was logged; None: it is.

        By its name: the words stand in a sheet that others read.
        """
        try:
            found = os.stat(self.path)
        except OSError as error:
            return f"'{self.name}' is gone ({error.strerror}), before it was stored"
        if (found.st_size, found.st_mtime_ns) != (self.size, self.modified):
            return f"'{self.name}' was changed before it was stored"
        return None


class Spool:
    """A folder of files that wait. Safe for several threads and processes."""

    def __init__(self, folder: str) -> None:
        """Name the folder; it is made with the first file."""
        self._folder = folder

    def add(
        self,
        path: str,
        *,
        made: bool,
        run: str,
        key: str,
        folder: str,
        name: str,
        artifact: str,
        sheet: str,
        where: str,
    ) -> Item:
        """Keep a file until it is stored, synced to the disk.

        Args:
            path: of the file.
            made: whether it was made of a value, so that nobody else has it: it is copied,
                however large.

        Raises:
            ArtifactError: it cannot be kept.
        """
        id_ = f"{time.time_ns():020d}-{os.urandom(4).hex()}"
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            self._sweep()
            content = self._content(path, id_, copied=made)
            item = Item(
                id=id_,
                run=run,
                key=key,
                folder=folder,
                name=name,
                artifact=artifact,
                sheet=sheet,
                where=where,
                **content,
            )
            _write(self._path(id_, "json"), asdict(item))
        except (OSError, ValueError) as error:
            with contextlib.suppress(OSError, ValueError):
                os.unlink(self._path(id_, "bin"))
            why = getattr(error, "strerror", None) or str(error)
            raise ArtifactError(f"'{path}' cannot be kept until it is stored: {why}") from error
        return item

    def items(self, sheet: str | None = None) -> list[Item]:
        """Return what waits, the oldest first.

        Args:
            sheet: only for this sheet; None: for all.
        """
        try:
            names = sorted(name for name in os.listdir(self._folder) if name.endswith(".json"))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ArtifactError(f"'{self._folder}' cannot be read: {error.strerror}") from error
        found = [self._item(name) for name in names]
        return [item for item in found if item is not None and sheet in (None, item.sheet)]

    def notes(self, item: Item) -> Notes:
        """Return what the upload of a file has to remember; what is set is on disk at once."""
        return Notes(self._path(item.id, "notes"))

    @contextmanager
    def holding(self, item: Item) -> Iterator[bool]:
        """Keep others from the file meanwhile; gives False where it is another's, or done."""
        with self._locked(self._path(item.id, "lock"), 0) as mine:
            yield mine and os.path.exists(self._path(item.id, "json"))

    @contextmanager
    def alone(self, name: str, seconds: float) -> Iterator[None]:
        """Keep other threads and processes of this computer from what a name stands for.

        Raises:
            ArtifactError: another has had it all the time.
        """
        mark = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:2]
        with contextlib.suppress(OSError):
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
        with self._locked(os.path.join(self._folder, f"{mark}.alone"), seconds) as mine:
            if not mine:
                raise ArtifactError("another process is storing the same file just now")
            yield

    def done(self, item: Item) -> None:
        """Let go of a file."""
        # The item first: what is left of the others belongs to nobody, and is swept.
        for ending in ("json", "bin", "notes", "lock"):
            with contextlib.suppress(OSError):
                os.unlink(self._path(item.id, ending))

    def _content(self, path: str, id_: str, *, copied: bool) -> dict[str, Any]:
        """Return where the content lies and what it is like."""
        target = self._path(id_, "bin")
        if not copied and os.path.getsize(path) > COPIED:
            held = os.path.realpath(path)
            # With a second name the content stays when the first is deleted or replaced.
            with contextlib.suppress(OSError):
                os.link(held, target)
                held = target
            before = os.stat(held)
            size, digest = _flow(held, None, HASHING)
            after = os.stat(held)
            times = (before.st_mtime_ns, after.st_mtime_ns)
            if size == after.st_size and times[0] == times[1]:
                return {
                    "path": held,
                    "own": False,
                    "size": size,
                    "modified": times[1],
                    "sha256": digest,
                }
            # It is being written to: what it is like now is kept as a copy.
            with contextlib.suppress(FileNotFoundError):
                os.unlink(target)
        size, digest = _flow(path, target)
        modified = os.stat(target).st_mtime_ns
        return {"path": target, "own": True, "size": size, "modified": modified, "sha256": digest}

    def _item(self, name: str) -> Item | None:
        try:
            with open(os.path.join(self._folder, name), encoding="utf-8") as file:
                return Item(**json.load(file))
        except (OSError, ValueError, TypeError):
            return None  # done meanwhile, or a newer sheetlog's

    def _path(self, id_: str, ending: str) -> str:
        return os.path.join(self._folder, f"{id_}.{ending}")

    @contextmanager
    def _locked(self, path: str, seconds: float) -> Iterator[bool]:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        try:
            fd = os.open(path, flags, 0o600)
        except OSError:
            yield True  # a place that cannot be written has nothing that others could have
            return
        try:
            yield _taken(fd, seconds)
        finally:
            os.close(fd)

    def _sweep(self) -> None:
        """Delete what processes that died have left half, a day ago or longer."""
        names = set(os.listdir(self._folder))
        for name in names:
            stem, _, ending = name.partition(".")
            if ending in ("bin", "notes", "part", "lock") and f"{stem}.json" not in names:
                path = os.path.join(self._folder, name)
                with contextlib.suppress(OSError):
                    # Not by the content's own time: a second name has that of the first.
                    if os.stat(path).st_ctime < time.time() - DAY:
                        os.unlink(path)


def _taken(fd: int, seconds: float) -> bool:
    """Return whether the lock is ours, within the time; where there are no locks it always is."""
    end = time.monotonic() + seconds
    while True:
        try:
            filelocks.take(fd)
        except OSError as error:
            if error.errno not in filelocks.HELD:
                return True
        else:
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(0.02)


class Notes(MutableMapping[str, str]):
    """Words that are on disk as soon as they are set."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._held: dict[str, str] = {}
        with contextlib.suppress(OSError, ValueError), open(path, encoding="utf-8") as file:
            self._held = json.load(file)

    def __getitem__(self, name: str) -> str:
        return self._held[name]

    def __setitem__(self, name: str, value: str) -> None:
        self._held[name] = value
        _write(self._path, self._held)

    def __delitem__(self, name: str) -> None:
        del self._held[name]
        _write(self._path, self._held)

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


def _write(path: str, value: Any) -> None:
    """Write a value as JSON, whole or not at all, synced to the disk."""
    part = f"{os.path.splitext(path)[0]}.part"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(value, out)
        out.flush()
        os.fsync(out.fileno())
    os.replace(part, path)
    if os.name != "nt":
        folder = os.open(os.path.dirname(path), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _flow(path: str, target: str | None, seconds: float = DAY) -> tuple[int, str]:
    """Return bytes and SHA-256 of what a file holds now; copy it where a target is named.

    Args:
        seconds: after which no hash is returned.
    """
    digest, size, end = hashlib.sha256(), 0, time.monotonic() + seconds
    with open(path, "rb") as file, contextlib.ExitStack() as stack:
        out = None
        if target is not None:
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            out = stack.enter_context(os.fdopen(handle, "wb"))
        left = os.fstat(file.fileno()).st_size
        while block := file.read(min(BLOCK, left)):
            if target is None and time.monotonic() > end:
                return size + left, ""
            digest.update(block)
            size += len(block)
            left -= len(block)
            if out is not None:
                out.write(block)
        if out is not None:
            out.flush()
            os.fsync(out.fileno())
    return size, digest.hexdigest()
