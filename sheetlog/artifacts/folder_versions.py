"""Which versions of an artifact a folder has: one text file for each artifact, only appended to.

A line is `run <tab> file <tab> size <tab> SHA-256`; a version's number is the place of its line
among the different ones. Appending needs no lock: the system puts each line behind the last. The
files that the runs have are the truth; where this one is lost it is made again from them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sheetlog.artifacts.base import Stored
from sheetlog.record import Link

_LINE = re.compile(r"([^\t\n]+)\t([^\t\n]+)\t([0-9]+)\t([0-9a-f]{64})\n")


class Version(NamedTuple):
    """A file of a run, as a line of the text file."""

    run: str
    """What the run's folder is called."""
    file: str
    size: int
    sha256: str

    def stored(self, url: str, number: int, same_as: int | None) -> Stored:
        """Return it as a store gives it.

        Args:
            url: what opens it.
            number: of the version.
            same_as: number of the first one with the same bytes; None: it is the first.
        """
        link = Link(text=self.file, url=url, size=self.size, sha256=self.sha256)
        return Stored(
            link=link,
            size=self.size,
            sha256=self.sha256,
            version=number,
            same_as=same_as,
            run=self.run,
        )


def numbered(lines: Iterable[Version]) -> Iterator[tuple[Version, int, int | None]]:
    """Yield each version with its number, and that of the first one with the same bytes."""
    first: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        yield line, number, first.get(line.sha256)
        first.setdefault(line.sha256, number)


def added(folder: str, stem: str, line: Version) -> tuple[int, int | None]:
    """Add a version, and return its number, and that of the first one with the same bytes.

    Args:
        folder: of the store.
        stem: what the files of the artifact are called, without ending.
        line: to add, unless it is there.

    Raises:
        OSError: it cannot be written or read.
    """
    # Not parsed twice: there may be tens of thousands.
    if f"\n{_text(line)}\n" not in f"\n{_contents(folder, stem)}":
        _append(_path(folder, stem), line)
    # In a network folder whose clients overwrite one another's ends it may be missing.
    for each, number, same in numbered([*known(folder, stem), line]):
        if (each.run, each.sha256) == (line.run, line.sha256):
            return number, same
    raise AssertionError


def known(folder: str, stem: str) -> list[Version]:
    """Return the versions, the oldest first.

    Raises:
        OSError: they cannot be read.
    """
    found: dict[tuple[str, str], Version] = {}
    for run, file, size, sha256 in _LINE.findall(_contents(folder, stem)):
        # Two processes that complete one run may both have written it.
        if (run, sha256) not in found:
            found[run, sha256] = Version(run, file, int(size), sha256)
    return list(found.values())


def hash_of(folder: str, run: str, file: str) -> str | None:
    """Return the SHA-256 that a run's file was stored with, where that is known."""
    start = f"\n{run}\t{file}\t"
    with contextlib.suppress(OSError):
        place = os.path.join(folder, ".store", "versions")
        for name in os.listdir(place):
            text = "\n" + _read(os.path.join(place, name))
            if (at := text.rfind(start)) >= 0 and (found := _LINE.match(text, at + 1)):
                return found[4]
    return None


def _path(folder: str, stem: str) -> str:
    return os.path.join(folder, ".store", "versions", f"{stem}.tsv")


def _text(line: Version) -> str:
    return "\t".join(map(str, line))


def _contents(folder: str, stem: str) -> str:
    """Return the text file of an artifact; where there is none it is made first."""
    path = _path(folder, stem)
    if not os.path.exists(path):
        _remake(folder, stem, path)
    try:
        return _read(path)
    except FileNotFoundError:  # no run has it, so that there was nothing to write
        return ""


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        return file.read()


def _append(path: str, line: Version) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, 0o666)
    try:
        # The line break in front ends a line that a full disk has cut.
        os.write(handle, f"\n{_text(line)}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _remake(folder: str, stem: str, path: str) -> None:
    """Write what the runs' folders tell of an artifact, the oldest run first."""
    lines = _found(folder, stem)
    if not lines:
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    part = f"{path}.{os.urandom(6).hex()}"
    try:
        with open(part, "x", encoding="utf-8", newline="") as file:
            file.writelines(f"{_text(line)}\n" for line in lines)
        # Not `replace`: another process may have made it, and appended to it already.
        os.link(part, path)
    except FileExistsError:
        return
    except OSError:
        if not os.path.exists(part):
            raise
        os.replace(part, path)  # no hard links here
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)


def _found(folder: str, stem: str) -> list[Version]:
    own = re.compile(re.escape(stem) + r"(~[0-9]+)?(\.[^.]*)?")
    runs = [run for run in _entries(folder) if not run.name.startswith(".") and run.is_dir()]
    return [
        _version(run.name, file)
        for run in sorted(runs, key=lambda run: (run.stat().st_mtime, run.name))
        for file in sorted(_entries(run.path), key=lambda file: file.name)
        if own.fullmatch(file.name) and file.is_file()
    ]


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []


def _version(run: str, file: os.DirEntry[str]) -> Version:
    with open(file.path, "rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return Version(run, file.name, file.stat().st_size, digest)
