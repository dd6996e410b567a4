"""The artifacts of a call: checked and named, then stored, each a link in the run's record.

Knows the base of stores and none of their kinds.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sheetlog import redact
from sheetlog.artifacts.base import Store
from sheetlog.errors import ArtifactError, MisuseError
from sheetlog.record import Scalar


def named(artifacts: Any) -> list[tuple[str, Any]]:
    """Return the artifacts of a call, each with its name.

    Raises:
        MisuseError: it is neither a mapping, nor a list of paths, nor a path.
    """
    if artifacts is None:
        return []
    if isinstance(artifacts, str | os.PathLike):
        artifacts = [artifacts]
    if isinstance(artifacts, Mapping):
        return [(str(name), value) for name, value in artifacts.items()]
    if isinstance(artifacts, Iterable) and not isinstance(artifacts, bytes):
        found = list(artifacts)
        if all(isinstance(each, str | os.PathLike) for each in found):
            return _by_file_name([os.fsdecode(os.fspath(each)) for each in found])
    raise MisuseError(
        "'artifacts' must be a mapping from name to path or value, a list of paths, or one path; "
        f"it is of the kind '{type(artifacts).__qualname__}'"
    )


def _by_file_name(paths: Sequence[str]) -> list[tuple[str, Any]]:
    """Return paths under the names of their files, no two alike."""
    taken: dict[str, Any] = {}
    for path in paths:
        stem = os.path.splitext(os.path.basename(os.path.normpath(path)))[0] or "file"
        name, number = stem, 1
        while name in taken:
            number += 1
            name = f"{stem}~{number}"
        taken[name] = path
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
    with tempfile.TemporaryDirectory(prefix="sheetlog-") as folder:
        for name, value in artifacts:
            stem = safe_name(redact.text(name))
            try:
                path = media.render(value, folder, stem)
                ending = os.path.splitext(path)[1]
                file = stem + ending
                if store is not None:
                    try:
                        stored = store.put(path, run=run, name=file, artifact=name)
                    except ArtifactError as error:
                        problems.append(redact.text(str(error)))
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
                values[f"artifacts.{name}"] = "pending"
            except ArtifactError as error:
                why = redact.text(str(error))
                values[f"artifacts.{name}"] = f"not stored: {why}"
                problems.append(why)
    return values, list(dict.fromkeys(problems))
