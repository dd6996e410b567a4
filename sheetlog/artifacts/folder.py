"""A folder as store: `runs_files/RUN/NAME` beside the workbook; the same bytes are stored once.

A content lies in `.store/` under its SHA-256, and a run's folder has a hard link to it (a copy,
where the file system has no links). Links in the sheet are relative: the folder may move with the
workbook.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from typing import BinaryIO

from sheetlog import naming
from sheetlog.artifacts import folder_versions
from sheetlog.artifacts.base import Stored
from sheetlog.artifacts.folder_versions import Version
from sheetlog.errors import ArtifactError
from sheetlog.record import Link

BLOCK = 1 << 20
"""Bytes in memory at a time."""
DAY = 86_400
"""Seconds."""
MODE = 0o644 if os.name == "nt" else 0o444
"""Of stored files. Those of several runs may be one: who saves into one would change them all.
Windows deletes no file that is read-only."""
LONGEST = 120
"""Characters of a file's name: with its folder it must fit Windows' 260."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class FolderStore:
    """A folder that files land in."""

    def __init__(self, folder: str, *, beside: str) -> None:
        """Name the folder; it is made with the first file.

        Args:
            folder: absolute path.
            beside: the workbook's real folder, which links are relative to.
        """
        above, name = os.path.split(folder)
        # By whichever name it is called: else links to a folder beside the workbook would lead
        # around it. The folder itself may be a link, to a larger disk say.
        self._folder = os.path.join(os.path.realpath(above), name)
        self._beside = beside

    def put(self, path: str, *, run: str, name: str, artifact: str | None = None) -> Stored:
        """Keep a file; see `Store.put`."""
        name, run = safe_name(name), safe_name(run)
        if self._folder.startswith(self._beside) and not _is_folder(self._beside):
            # To make it would make a place for the workbook, too: on this computer's own disk,
            # where a shared folder is not mounted just now.
            raise ArtifactError(
                f"'{path}' cannot be kept: the workbook's folder '{self._beside}' is not there"
            )
        try:
            content, size, digest = self._keep(path)
            place = os.path.join(self._folder, run)
            os.makedirs(place, exist_ok=True)
            final = self._show(content, place, name, digest)
            line = Version(run, os.path.basename(final), size, digest)
            if artifact is None:
                return self._stored(line)
            number, same = folder_versions.added(self._folder, safe_name(artifact), line)
        except (OSError, ValueError) as error:  # ValueError: a name that the system cannot have
            raise ArtifactError(
                f"'{path}' cannot be kept in '{self._folder}': {_why(error)}"
            ) from error
        return self._stored(line, number, same)

    def fetch(self, link: Link, target: str) -> None:
        """Write what a link opens; see `Store.fetch`."""
        path = self._path(link)
        run, file = os.path.split(os.path.relpath(path, self._folder))
        wanted = link.sha256 or folder_versions.hash_of(self._folder, run, file)
        if wanted is None and not _within(path, self._folder, self._beside):
            # Anybody who may write into the sheet could have named a file of this computer's.
            raise ArtifactError(f"'{path}' is no file of the folder '{self._folder}'")
        # The run's own file may have been changed or deleted by people.
        places = [path, *([os.path.join(self._folder, ".store", wanted)] if wanted else [])]
        there = [place for place in places if os.path.isfile(place)]
        try:
            if any(_copied(place, target, wanted) for place in there):
                return
        except OSError as error:
            raise ArtifactError(f"'{path}' cannot be fetched: {_why(error)}") from error
        if there:
            raise ArtifactError(f"'{path}' is not what was stored: it was changed, or is damaged")
        raise ArtifactError(f"'{path}' is no longer there")

    def versions(self, artifact: str) -> list[Stored]:
        """Return an artifact's versions; see `Store.versions`."""
        try:
            lines = folder_versions.known(self._folder, safe_name(artifact))
        except OSError as error:
            raise ArtifactError(f"'{self._folder}' cannot be read: {_why(error)}") from error
        return [self._stored(*each) for each in folder_versions.numbered(lines)]

    def _stored(self, line: Version, version: int = 1, same_as: int | None = None) -> Stored:
        url = self._url(os.path.join(self._folder, line.run, line.file))
        return line.stored(url, version, same_as)

    def _path(self, link: Link) -> str:
        from urllib.parse import unquote

        scheme, colon, rest = link.url.partition(":")
        if not colon:
            return os.path.normpath(os.path.join(self._beside, unquote(link.url)))
        if scheme.lower() != "file":
            raise ArtifactError(f"'{link.url}' is no file of the folder '{self._folder}'")
        path = unquote(rest).lstrip("/")
        return os.path.normpath(path if re.match(r"[A-Za-z]:", path) else f"/{path}")

    def _keep(self, path: str) -> tuple[str, int, str]:
        """Return where the content lies, its bytes and its SHA-256."""
        store = os.path.join(self._folder, ".store")
        parts = os.path.join(store, "parts")
        os.makedirs(parts, exist_ok=True)
        _sweep(parts)
        part = _new(parts)
        try:
            with open(part, "xb") as out, open(path, "rb") as file:
                size, digest = _flow(file, out)
                os.fsync(out.fileno())
            os.chmod(part, MODE)
            content = os.path.join(store, digest)
            _name(part, content, digest)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(part)
        return content, size, digest

    def _show(self, content: str, place: str, name: str, digest: str) -> str:
        """Return the path under which the run has the content; another content keeps its name."""
        stem, ending = os.path.splitext(name)
        for number in range(1, 10_000):
            final = os.path.join(place, name if number == 1 else f"{stem}~{number}{ending}")
            try:
                os.link(content, final)
            except FileExistsError:
                if _digest(final) == digest:
                    return final
                continue
            except OSError:
                if not os.path.exists(final):
                    _copy(content, final)
                    return final
                if _digest(final) == digest:
                    return final
                continue
            return final
        raise ArtifactError(f"the folder '{place}' is full of files called '{name}'")

    def _url(self, final: str) -> str:
        try:
            path = os.path.relpath(final, self._beside)
        except ValueError:  # on another drive of Windows
            path = final
        if path.startswith(os.pardir) or os.path.isabs(path):
            whole = final.replace(os.sep, "/").lstrip("/")
            return "file:///" + naming.quoted(os.fsencode(whole))
        return naming.quoted(os.fsencode(path.replace(os.sep, "/")))


def safe_name(name: str) -> str:
    """Return a name that every file system takes, as near to the given one as can be."""
    clean = _FORBIDDEN.sub("_", name).strip(" .") or "file"
    if _RESERVED.fullmatch(clean):
        clean = f"_{clean}"
    if len(clean) > LONGEST:
        # What was cut off may be all that two names differ in.
        tail = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        stem, ending = os.path.splitext(clean)
        ending = ending if len(ending) <= 12 else ""
        clean = f"{stem[: LONGEST - 9 - len(ending)]}-{tail}{ending}"
    return clean


def _name(part: str, content: str, digest: str) -> None:
    """Give a file the name of its content, unless there is one with that name and content."""
    try:
        # Not `replace`: of two processes at once both would take up room.
        os.link(part, content)
    except OSError:  # it is there, or there are no hard links here
        # A name tells what was stored there, and not what people did to it since.
        if not (os.path.exists(content) and _digest(content) == digest):
            os.replace(part, content)


def _flow(file: BinaryIO, out: BinaryIO) -> tuple[int, str]:
    """Copy as much as a file holds now; return bytes and SHA-256 of what was copied.

    A log that is written faster than it is read would have no end.
    """
    digest, size = hashlib.sha256(), 0
    left = os.fstat(file.fileno()).st_size
    while block := file.read(min(BLOCK, left)):
        digest.update(block)
        size += len(block)
        left -= len(block)
        out.write(block)
    out.flush()
    return size, digest.hexdigest()


def _copied(place: str, target: str, wanted: str | None) -> bool:
    """Copy a file, whole or not at all; return False where its hash is another."""
    part = _new(os.path.dirname(os.path.abspath(target)))
    try:
        with open(part, "xb") as out, open(place, "rb") as file:
            _, digest = _flow(file, out)
        if wanted is not None and digest != wanted:
            return False
        os.replace(part, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)
    return True


def _new(folder: str) -> str:
    """Return a path that nobody has. No `tempfile`: it takes longer to load than a run to log."""
    return os.path.join(folder, f".part-{os.urandom(8).hex()}")


def _sweep(parts: str) -> None:
    """Delete what processes that died have left half, a day ago or longer."""
    with contextlib.suppress(OSError), os.scandir(parts) as entries:
        for entry in entries:
            if entry.stat().st_mtime < time.time() - DAY:
                os.unlink(entry.path)


def _within(path: str, *folders: str) -> bool:
    """Return whether a file lies in one of some folders."""
    real = os.path.realpath(path)
    inside = (os.path.join(os.path.realpath(folder), "") for folder in folders)
    return any(real.startswith(folder) for folder in inside)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


def _is_folder(path: str) -> bool:
    try:
        return os.path.isdir(path)
    except ValueError:
        return False


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(content: str, final: str) -> None:
    import shutil

    part = f"{final}.part-{os.getpid()}"
    shutil.copyfile(content, part)
    os.replace(part, final)
