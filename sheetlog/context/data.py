"""The data that a run read: version, content hash, number of files and rows, size.

Nothing is uploaded. A file's hash is the SHA-256 of its content; a folder's is that of its files'
relative paths and hashes, in order. Is given what earlier runs said; knows no journal, no sheet.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sheetlog import redact
from sheetlog.context.hashes import Hashes, Read, TooLongError
from sheetlog.errors import MisuseError
from sheetlog.record import Scalar

LONGEST = 20.0
"""Seconds that hashing may take in one call; what is larger keeps its size and number of files."""
ANSWER = 2.0
"""Seconds that a server may take to tell a file's ETag."""
_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_SAID = re.compile(r"v(\d+)(?: \(changed\))? · sha256 ([0-9a-f]{12})")
_PATH = re.compile(r".*? · [0-9.]+ (?:bytes|[kMGT]B)(?: · [0-9,]+ rows?)? · (.+)", re.DOTALL)


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


def describe(
    data: Mapping[str, Any],
    *,
    longest: float = LONGEST,
    known: str = "",
    earlier: Mapping[str, Sequence[str]] | None = None,
    online: bool = False,
) -> dict[str, Scalar]:
    """Return what a record says of each: its version, hash, size and path.

    `v2 (changed) · sha256 1f2e3d4c5b6a · 12 files · 3.4 MB · data/images`

    Args:
        data: paths by name.
        longest: seconds for all of it.
        known: path of the file that hashes are kept in; blank: none are.
        earlier: by key, what earlier runs said of it, the latest first.
        online: whether a URL's server is asked for the ETag.
    """
    hashes = Hashes(known, deadline=time.monotonic() + longest)
    cells: dict[str, Scalar] = {}
    for name, path in data.items():
        key = f"data.{name}"
        words = _described(os.fsdecode(os.fspath(path)), hashes, online=online)
        cells[key] = _versioned(words, (earlier or {}).get(key, ()))
    hashes.save()
    return cells


def digest(path: str, *, longest: float = LONGEST, known: str = "") -> str:
    """Return the first twelve digits of the hash of what is at a path now.

    Raises:
        OSError: it cannot be read.
        TooLongError: there is too much to read.
    """
    hashes = Hashes(known, deadline=time.monotonic() + longest)
    whole = os.path.expanduser(path)
    found = _whole(whole, hashes.of(_files(whole)))
    hashes.save()
    return found[:12]


def said(words: str) -> tuple[str, str] | None:
    """Return the hash and the path that a cell of data names; None: it names none."""
    found, path = _SAID.match(words), _PATH.fullmatch(words)
    return (found[2], path[1]) if found and path else None


def _versioned(words: str, earlier: Sequence[str]) -> str:
    """Return a description with its version: the same content has the number that it had."""
    if not words.startswith("sha256 "):
        return words
    found = [match for match in map(_SAID.match, earlier) if match]
    numbers = {match[2]: int(match[1]) for match in reversed(found)}
    now = words[7:19]
    if not found:
        return f"v1 · {words}"
    number = numbers.get(now, max(numbers.values()) + 1)
    changed = "" if found[0][2] == now else " (changed)"
    return f"v{number}{changed} · {words}"


def _described(path: str, hashes: Hashes, *, online: bool) -> str:
    if _URL.match(path):
        tag = _etag(path) if online else ""
        return redact.url(path) + (f" · ETag {tag}" if tag else "")
    whole = os.path.expanduser(path)
    try:
        files = _files(whole)
        size = sum(os.path.getsize(file) for file in files)
    except OSError as error:
        return f"not read: {error.strerror or type(error).__name__}: {path}"
    counted = f"{len(files):,} files · " if os.path.isdir(whole) else ""
    try:
        read = hashes.of(files)
    except TooLongError:
        return f"not hashed (takes too long) · {counted}{_words(size)}"
    except OSError as error:
        return f"not read: {error.strerror or type(error).__name__}: {path}"
    rows = [each.rows for each in read]
    total = sum(row for row in rows if row is not None)
    told = f" · {total:,} row{'s' * (total != 1)}" if rows and None not in rows else ""
    return f"sha256 {_whole(whole, read)[:12]} · {counted}{_words(size)}{told} · {path}"


def _files(path: str) -> list[str]:
    if not os.path.isdir(path):
        os.stat(path)
        return [path]
    found = []
    for place, folders, names in os.walk(path):
        folders.sort()
        files = (os.path.join(place, name) for name in sorted(names))
        found += [file for file in files if os.path.isfile(file)]
    return found


def _whole(path: str, read: Sequence[Read]) -> str:
    """Return the hash of a file, or of a folder from those of its files."""
    if not os.path.isdir(path):
        return read[0].digest
    whole = hashlib.sha256()
    for each in read:
        name = os.path.relpath(each.path, path).replace(os.sep, "/")
        whole.update(os.fsencode(name) + b"\0" + each.digest.encode() + b"\n")
    return whole.hexdigest()


def _etag(url: str) -> str:
    """Return what a server calls a file's content; blank: it has no word for it, or is silent."""
    if not url.lower().startswith(("http://", "https://")):
        return ""
    import http.client
    import urllib.request

    try:
        asked = urllib.request.Request(url, method="HEAD")  # noqa: S310  http and https alone
        with urllib.request.urlopen(asked, timeout=ANSWER) as answer:  # noqa: S310
            tag = str(answer.headers.get("ETag", ""))
    except (OSError, ValueError, http.client.HTTPException):
        return ""
    return "".join(c for c in tag.removeprefix("W/").strip('"') if c.isprintable())[:80]


def _words(size: int) -> str:
    """Return a number of bytes as people read it."""
    amount, unit = float(size), "bytes"
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if amount < 1000 or unit == "TB":
            break
        amount /= 1000
    return f"{size} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"
