"""The files of a run's surroundings → a store: one for each content, however many runs share it.

Knows the base of stores and none of their kinds.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence

from sheetlog.artifacts.base import Store
from sheetlog.context.around import File
from sheetlog.errors import ArtifactError
from sheetlog.record import Scalar

FOLDER = "context"
"""What the folder of these files is called, beside those of the runs."""


def keep(files: Sequence[File], store: Store) -> tuple[dict[str, Scalar], list[str]]:
    """Store the files; return the links to them by key, and what went wrong."""
    links: dict[str, Scalar] = {}
    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="sheetlog-") as folder:
        for file in files:
            content = file.text.encode("utf-8", "backslashreplace")
            name = f"{file.stem}-{hashlib.sha256(content).hexdigest()[:8]}{file.ending}"
            path = os.path.join(folder, name)
            try:
                with open(path, "wb") as out:
                    out.write(content)
                links[file.key] = store.put(path, run=FOLDER, name=name).link
            except (ArtifactError, OSError) as error:
                problems.append(f"'{file.key}' is not kept: {error}")
    return links, problems
