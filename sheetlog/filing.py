"""The artifacts of a call: checked and named, then stored, each a link in the run's record.

Knows the base of stores and none of their kinds. What cannot be stored yet it hands to whoever
keeps it; `finishing` takes it up from there.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sheetlog import redact
from sheetlog.artifacts.base import Store
from sheetlog.errors import ArtifactError, MisuseError
from sheetlog.record import PENDING, Scalar


def named(artifacts: Any) -> list[tuple[str, Any]]:
    """Return the artifacts of a call, each with its name; a secret in one is taken out.

    Raises:
        MisuseError: it is neither a mapping, nor a list of paths, nor a path.
    """
    if artifacts is None:
        return []
    if isinstance(artifacts, str | os.PathLike):
        artifacts = [artifacts]
    if isinstance(artifacts, Mapping):
        return _distinct((str(name), value) for name, value in artifacts.items())
    if isinstance(artifacts, Iterable) and not isinstance(artifacts, bytes):
        found = list(artifacts)
        if all(isinstance(each, str | os.PathLike) for each in found):
            paths = [os.fsdecode(os.fspath(each)) for each in found]
            return _distinct((_file_name(each), each) for each in paths)
    raise MisuseError(
        "'artifacts' must be a mapping from name to path or value, a list of paths, or one path; "
        f"it is of the kind '{type(artifacts).__qualname__}'"
    )


def _file_name(path: str) -> str:
    return os.path.splitext(os.path.basename(os.path.normpath(path)))[0] or "file"


def _distinct(named: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return values under their names, no two alike."""
    taken: dict[str, Any] = {}
    for given, value in named:
        # A name is a column's title, which the whole team reads.
        clean = redact.text(given)
        name, number = clean, 1
        while name in taken:
            number += 1
            name = f"{clean}~{number}"
        taken[name] = value
    return list(taken.items())


def store(
    artifacts: Sequence[tuple[str, Any]],
    store: Store | None,
    *,
    run: str,
    keep: Callable[..., object],
) -> tuple[dict[str, Scalar], list[str]]:
    """Store the files, and return what the record says of them, and what went wrong.

    An artifact that cannot be stored costs its own cell: it says so there.

    Args:
        store: where they land at once; None: they all wait.
        run: what the run's folder is called.
        keep: keeps a file until it can be stored; `Spool.add` has the details.
    """
    from sheetlog.artifacts import media
    from sheetlog.artifacts.folder import safe_name

    values: dict[str, Scalar] = {}
    problems: list[str] = []
    try:
        made = tempfile.TemporaryDirectory(prefix="sheetlog-", ignore_cleanup_errors=True)
    except OSError as error:
        why = f"there is no place for temporary files ({error.strerror})"
        return {f"artifacts.{name}": f"not stored: {why}" for name, _ in artifacts}, [why]
    with made as folder:
        for name, value in artifacts:
            stem = safe_name(name)
            try:
                path = media.render(value, folder, stem)
                ending = os.path.splitext(path)[1]
                file = stem + ending
                if store is not None:
                    try:
                        stored = store.put(path, run=run, name=file, artifact=name)
                    except ArtifactError as error:
                        words = str(error)
                        if path.startswith(folder):
                            words = words.replace(path, file)  # ours is gone in a moment
                        problems.append(redact.text(words))
                    else:
                        values[f"artifacts.{name}"] = stored.labelled
                        continue
                keep(
                    path,
                    made=path.startswith(folder),
                    key=f"artifacts.{name}",
                    folder=run,
                    name=file,
                    artifact=name,
                )
                values[f"artifacts.{name}"] = PENDING
            except ArtifactError as error:
                why = redact.text(str(error))
                values[f"artifacts.{name}"] = f"not stored: {why}"
                problems.append(why)
    return values, list(dict.fromkeys(problems))
