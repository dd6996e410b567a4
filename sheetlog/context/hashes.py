"""Files → their hashes and rows, several at a time; remembered by path, size and time of change.

Knows files and one file of its own, which may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

MOST = 100_000
"""Files that are remembered."""
SETTLED = 2.0
"""Seconds after which a change shows in a file's time for certain, whatever its clock's steps."""
_BLOCK = 1 << 22


class TooLongError(Exception):
    """The time for reading is over."""


class Read(NamedTuple):
    """What was read of a file."""

    path: str
    digest: str
    """SHA-256, in hex."""
    rows: int | None
    """Of a CSV file without its header, or a Parquet file; None: it is none."""


class Hashes:
    """Hashes of files, read or remembered."""

    def __init__(self, path: str = "", *, deadline: float) -> None:
        """Name where they are remembered (blank: nowhere), and when reading must end."""
        self._path = path
        self._deadline = deadline
        self._known: dict[str, Any] = {}
        self._new = False
        if path:
            # What is damaged or of another time is read anew; nothing else hangs on it.
            with contextlib.suppress(OSError, ValueError), open(path, encoding="utf-8") as file:
                found = json.load(file)
                self._known = found if isinstance(found, dict) else {}

    def of(self, files: Sequence[str]) -> list[Read]:
        """Return what is in each of the files, in their order.

        Raises:
            OSError: one of them cannot be read.
            TooLongError: there is too much to read; what was read until then is remembered.
        """
        if len(files) < 2:
            return [self._one(file) for file in files]
        # Hashing lets other threads run: https://docs.python.org/3/library/hashlib.html
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as threads:
            return list(threads.map(self._one, files))

    def save(self) -> None:
        """Remember what was read; where that cannot be written, it is read again some day."""
        if not (self._path and self._new):
            return
        kept = dict(list(self._known.items())[-MOST:])
        part = f"{self._path}.part-{os.getpid()}"
        with contextlib.suppress(OSError):
            with open(part, "w", encoding="utf-8") as file:
                json.dump(kept, file)
            os.replace(part, self._path)

    def _one(self, path: str) -> Read:
        name, before = os.path.abspath(path), os.stat(path)
        stamp = [before.st_size, before.st_mtime_ns]
        held = self._known.get(name)
        if isinstance(held, list) and len(held) == 4 and held[:2] == stamp:
            return Read(path, held[2], held[3])
        digest, rows = self._read(path)
        after = os.stat(path)
        settled = time.time() - after.st_mtime > SETTLED
        if settled and [after.st_size, after.st_mtime_ns] == stamp:
            self._known[name] = [*stamp, digest, rows]
            self._new = True
        return Read(path, digest, rows)

    def _read(self, path: str) -> tuple[str, int | None]:
        digest = hashlib.sha256()
        lines = _Lines() if path.lower().endswith((".csv", ".tsv")) else None
        with open(path, "rb") as file:
            while block := file.read(_BLOCK):
                if time.monotonic() > self._deadline:
                    raise TooLongError
                digest.update(block)
                if lines is not None:
                    lines.add(block)
        if lines is not None:
            return digest.hexdigest(), lines.rows()
        return digest.hexdigest(), _parquet_rows(path)


class _Lines:
    """Counts the lines of a CSV file; a line feed between quotes is part of a value."""

    def __init__(self) -> None:
        self._count = 0
        self._quoted = False
        self._last = b"\n"

    def add(self, block: bytes) -> None:
        parts = block.split(b'"')
        self._count += sum(part.count(b"\n") for part in parts[self._quoted :: 2])
        self._quoted ^= len(parts) % 2 == 0
        self._last = block[-1:]

    def rows(self) -> int:
        return max(0, self._count + (self._last != b"\n") - 1)


def _parquet_rows(path: str) -> int | None:
    """Return the rows that a Parquet file's own metadata tells, where pyarrow can read it."""
    if not path.lower().endswith((".parquet", ".pq")):
        return None
    try:
        import pyarrow.parquet

        return int(pyarrow.parquet.read_metadata(path).num_rows)
    except (ImportError, OSError, ValueError):
        return None
