"""What surrounded a run, put together: what is known at once, and what takes a while.

A piece that fails is missing and nothing more. What takes a while is told once the run is on disk,
then kept for the runs that follow in the same process. Knows no journal and no sheet.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sheetlog import settings
from sheetlog.context import environment, git, hardware
from sheetlog.record import Scalar

FRESH = 30.0
"""Seconds for which what git said of changed files holds, while HEAD and index stay the same."""


class File:
    """A text that belongs to a run, without its secrets."""

    __slots__ = ("ending", "key", "stem", "text")

    def __init__(self, key: str, stem: str, ending: str, text: str) -> None:
        """Name the key of the record's link to it, and the two parts of its name."""
        self.key = key
        self.stem = stem
        self.ending = ending
        self.text = text


class Later:
    """What took a while to find out."""

    __slots__ = ("files", "values")

    def __init__(self, values: dict[str, Scalar], files: list[File]) -> None:
        """Give what the record says, and the files that are kept with it."""
        self.values = values
        self.files = files


_once: dict[object, dict[str, Scalar]] = {}
"""By piece: what stays as it is in a process."""
_told: dict[str, tuple[float, tuple[object, ...], dict[str, Scalar]]] = {}
"""By sheet, as links to files depend on it: what took a while, and when that was."""


def forget() -> None:
    """Look at everything again, as a new process would."""
    _once.clear()
    _told.clear()


def at_once(pieces: Collection[str], sheet: str) -> dict[str, Scalar]:
    """Return what can be told within a millisecond, and what an earlier run took time for.

    Args:
        pieces: which of `settings.PIECES` are wanted.
        sheet: the name of the sheet that the run goes to.
    """
    values: dict[str, Scalar] = {}
    if "user" in pieces:
        values |= _kept(environment.user)
    if "host" in pieces:
        values |= _kept(environment.host)
    repository = _repository() if "git" in pieces else None
    if repository is not None:
        values |= _tried(git.head, repository)
    if "hardware" in pieces:
        values |= _tried(hardware.torch) | _tried(hardware.described)
    if "env" in pieces:
        values |= _kept(environment.described) | _tried(environment.packages)
    # What may be out of date is left out: it is told anew once the run is on disk.
    known = None if due(pieces, sheet) else _told.get(_key(pieces, sheet))
    return {**known[2], **values} if known is not None else values


def due(pieces: Collection[str], sheet: str) -> bool:
    """Return whether there is something to tell that takes a while."""
    if not {"git", "files", "notebook", "hardware"}.intersection(pieces):
        return False
    known = _told.get(_key(pieces, sheet))
    if known is None:
        return True
    late = "git" in pieces and time.monotonic() - known[0] > FRESH
    return late or known[1] != _seen(pieces)


def afterwards(pieces: Collection[str], *, workbook: str = "") -> Later:
    """Return what takes a while: changed files, the notebook's link, sources, packages."""
    values: dict[str, Scalar] = {}
    files: list[File] = []
    repository = _repository() if "git" in pieces else None
    if "notebook" in pieces:
        from sheetlog.context import notebook

        values |= _kept(notebook.described)
    if repository is not None:
        state = _state(repository, workbook)
        values |= state.values if state is not None else {}
        if state is not None and state.diff:
            files.append(File("git.diff", "diff", ".patch", state.diff))
    if "hardware" in pieces:
        values |= _kept(hardware.nvidia)
    if "files" in pieces:
        try:
            files += _sources(repository, pieces)
        except Exception:  # noqa: BLE001  a piece that fails is a missing cell
            return Later(values, files)
    return Later(values, files if "files" in pieces else [])


def remember(pieces: Collection[str], sheet: str, values: Mapping[str, Scalar]) -> None:
    """Keep what took a while, with the links to its files, for the runs that follow."""
    _told[_key(pieces, sheet)] = (time.monotonic(), _seen(pieces), dict(values))


def _state(repository: git.Repository, workbook: str) -> git.State | None:
    try:
        return git.state(repository, without=[workbook] if workbook else [])
    except Exception:  # noqa: BLE001  a piece that fails is a missing cell, whatever the reason
        return None


def _sources(repository: git.Repository | None, pieces: Collection[str]) -> list[File]:
    """Return the source where git doesn't have it, and the list of packages."""
    from sheetlog.context import notebook

    files = []
    path = notebook.script()
    known = bool(path) and repository is not None and git.tracks(repository, path)
    text = "" if known else _text(notebook.source)
    if text and "notebook" in pieces:
        files.append(File("env.source", "source", ".py", text))
    packages = _text(environment.installed) if "env" in pieces else ""
    if packages:
        files.append(File("env.lock", "packages", ".txt", packages))
    return files


def _repository() -> git.Repository | None:
    """Return the repository of the script, else that of the working directory."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    places = [settings.here()]
    try:
        # A program that was installed, such as a launcher, is not the code that the run is about.
        if isinstance(main, str) and not os.path.abspath(main).startswith(sys.prefix + os.sep):
            places.insert(0, os.path.dirname(os.path.abspath(main)))
        return next(filter(None, map(git.find, places)), None)
    except Exception:  # noqa: BLE001  a piece that fails is a missing cell, whatever the reason
        return None


def _seen(pieces: Collection[str]) -> tuple[object, ...]:
    """Return what is another once there is something new to tell."""
    cells = vars(sys.modules["__main__"]).get("In") if "files" in pieces else None
    count = len(cells) if isinstance(cells, list) and "ipykernel" in sys.modules else 0
    repository = _repository() if "git" in pieces else None
    try:
        return (count, *(git.seen(repository) if repository is not None else ()))
    except OSError:
        return (count,)


def _key(pieces: Collection[str], sheet: str) -> str:
    return "\n".join([sheet, *sorted(pieces)])


def _kept(piece: Callable[[], dict[str, Scalar]]) -> dict[str, Scalar]:
    if piece not in _once:
        _once[piece] = _tried(piece)
    return _once[piece]


def _tried(piece: Callable[..., dict[str, Scalar]], *given: Any) -> dict[str, Scalar]:
    try:
        return piece(*given)
    except Exception:  # noqa: BLE001  a piece that fails is a missing cell, whatever the reason
        return {}


def _text(source: Callable[[], str]) -> str:
    try:
        return source()
    except Exception:  # noqa: BLE001  the same holds for a file
        return ""
