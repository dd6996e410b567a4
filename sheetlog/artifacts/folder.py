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
import tempfile
from urllib.parse import quote

from sheetlog.errors import ArtifactError
from sheetlog.record import Link

BLOCK = 1 << 20
"""Bytes in memory at a time."""
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
            beside: the workbook's folder, which links are relative to.
        """
        self._folder, self._beside = folder, beside

    def put(self, path: str, *, run: str, name: str) -> Link:
        """Keep a file; see `Store.put`."""
        name = safe_name(name)
        if self._folder.startswith(self._beside) and not _is_folder(self._beside):
            # To make it would make a place for the workbook, too: on this computer's own disk,
            # where a shared folder is not mounted just now.
            raise ArtifactError(
                f"'{path}' cannot be kept: the workbook's folder '{self._beside}' is not there"
            )
        try:
            content, size, digest = self._keep(path)
            place = os.path.join(self._folder, safe_name(run))
            os.makedirs(place, exist_ok=True)
            final = self._show(content, place, name, digest)
        except (OSError, ValueError) as error:  # ValueError: a name that the system cannot have
            why = getattr(error, "strerror", None) or type(error).__name__
            raise ArtifactError(f"'{path}' cannot be kept in '{self._folder}': {why}") from error
        return Link(text=os.path.basename(final), url=self._url(final), size=size, sha256=digest)

    def _keep(self, path: str) -> tuple[str, int, str]:
        """Return where the content lies, its bytes and its SHA-256."""
        store = os.path.join(self._folder, ".store")
        os.makedirs(store, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, part = tempfile.mkstemp(prefix=".part-", dir=store)
        try:
            with os.fdopen(handle, "wb") as out, open(path, "rb") as file:
                while block := file.read(BLOCK):
                    digest.update(block)
                    size += len(block)
                    out.write(block)
                out.flush()
                os.fsync(out.fileno())
            content = os.path.join(store, digest.hexdigest())
            if os.path.exists(content) and os.path.getsize(content) == size:
                os.unlink(part)
            else:
                os.chmod(part, 0o644)
                os.replace(part, content)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(part)
            raise
        return content, size, digest.hexdigest()

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
            return "file:///" + quote(final.replace(os.sep, "/").lstrip("/"))
        return quote(path.replace(os.sep, "/"))


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
