"""The data that a run read: size, number of files and content hash. Nothing is uploaded.

A file's hash is the SHA-256 of its content; a folder's is that of its files' relative paths and
hashes, in order. Knows no journal and no sheet.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from sheetlog import redact
from sheetlog.errors import MisuseError
from sheetlog.record import Scalar

LONGEST = 20.0
"""Seconds that hashing may take in one call; what is larger keeps its size and number of files."""
_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


class _TooLongError(Exception):
    """The time for hashing is over."""


def check(data: Any) -> Mapping[str, Any]:
    """Return the `data` of a call.

    Raises:
        MisuseError: it is no mapping from names to paths.
    """
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise MisuseError(
            "'data' must be a mapping from name to path, such as {'train': 'data/train.csv'}; "
            f"it is of the kind '{type(data).__qualname__}'"
        )
    for name, path in data.items():
        if not isinstance(path, str | os.PathLike):
            raise MisuseError(f"'data' names no path for '{name}': {type(path).__qualname__}")
    return data


def describe(data: Mapping[str, Any], *, longest: float = LONGEST) -> dict[str, Scalar]:
    """Return what a record says of each: `sha256 1f2e3d4c5b6a · 12 files · 3.4 MB`."""
    deadline = time.monotonic() + longest
    return {f"data.{name}": _described(os.fspath(path), deadline) for name, path in data.items()}


def _described(path: str | bytes, deadline: float) -> str:
    path = os.fsdecode(path)
    if _URL.match(path):
        return redact.url(path)
    whole = os.path.expanduser(path)
    try:
        files = list(_files(whole))
        size = sum(os.path.getsize(file) for file in files)
    except OSError as error:
        return f"not read: {error.strerror or type(error).__name__}: {path}"
    counted = f"{len(files):,} files · " if os.path.isdir(whole) else ""
    try:
        digest = _digest(whole, files, deadline)
    except _TooLongError:
        return f"not hashed (takes too long) · {counted}{_words(size)}"
    except OSError as error:
        return f"not read: {error.strerror or type(error).__name__}: {path}"
    return f"sha256 {digest[:12]} · {counted}{_words(size)}"


def _files(path: str) -> Iterator[str]:
    if not os.path.isdir(path):
        os.stat(path)
        yield path
        return
    for place, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            file = os.path.join(place, name)
            if os.path.isfile(file):
                yield file


def _digest(path: str, files: list[str], deadline: float) -> str:
    if not os.path.isdir(path):
        return _hashed(path, deadline)
    whole = hashlib.sha256()
    for file in files:
        name = os.path.relpath(file, path).replace(os.sep, "/")
        whole.update(os.fsencode(name) + b"\0" + _hashed(file, deadline).encode() + b"\n")
    return whole.hexdigest()


def _hashed(path: str, deadline: float) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 22):
            digest.update(block)
            if time.monotonic() > deadline:
                raise _TooLongError
    return digest.hexdigest()


def _words(size: int) -> str:
    """Return a number of bytes as people read it."""
    amount, unit = float(size), "bytes"
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if amount < 1000 or unit == "TB":
            break
        amount /= 1000
    return f"{size} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"
