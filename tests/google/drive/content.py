"""Bytes of files: written piece by piece to disk, checksummed on the way, read in ranges.

Nothing is ever held in memory whole: a file may be larger than that.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.google.drive.file import Content
from tests.google.wire import FilePart, Reply

if TYPE_CHECKING:
    from tests.google.drive.file import DriveFile

BLOCK = 1 << 18
ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class ContentWriter:
    """A file's bytes while they arrive."""

    def __init__(self, folder: Path) -> None:
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            self.path = Path(file.name)
        self.size = 0
        self._hashes = [hashlib.md5(), hashlib.sha1(), hashlib.sha256()]

    def write(self, piece: bytes) -> None:
        """Add bytes at the end."""
        with self.path.open("ab") as file:
            file.write(piece)
        for one in self._hashes:
            one.update(piece)
        self.size += len(piece)

    def finished(self) -> Content:
        """The bytes as a file's content."""
        md5, sha1, sha256 = (one.hexdigest() for one in self._hashes)
        return Content(path=self.path, size=self.size, md5=md5, sha1=sha1, sha256=sha256)

    def discard(self) -> None:
        """Forget the bytes."""
        self.path.unlink(missing_ok=True)


def no_bytes() -> Content:
    """The content of a file that was made without any; it takes no place on the disk."""
    return Content(
        path=Path(os.devnull),
        size=0,
        md5=hashlib.md5().hexdigest(),
        sha1=hashlib.sha1().hexdigest(),
        sha256=hashlib.sha256().hexdigest(),
    )


def download(file: DriveFile, wanted: str) -> Reply:
    """The file's bytes, or those that the header Range asks for."""
    content = file.content
    if content is None:
        raise ValueError(f"'{file.file_id}' has no bytes")
    headers = {"Content-Type": file.mime_type, "Accept-Ranges": "bytes"}
    start, end = 0, content.size
    if wanted:
        span = _span(wanted, content.size)
        if span is None:
            unsatisfied = {"Content-Range": f"bytes */{content.size}"}
            return Reply(status=416, headers=headers | unsatisfied)
        start, end = span
        headers |= {"Content-Range": f"bytes {start}-{end - 1}/{content.size}"}
    part = FilePart(path=content.path, start=start, length=end - start)
    return Reply(status=206 if wanted else 200, headers=headers, file=part)


def _span(wanted: str, size: int) -> tuple[int, int] | None:
    """Start and end of `bytes=5-9`, `bytes=5-` or `bytes=-5`; None if no byte is in it."""
    match = ONE_RANGE.fullmatch(wanted.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1 if last else size, size)
    return (start, end) if start < end else None
