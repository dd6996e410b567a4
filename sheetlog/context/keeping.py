"""The files of a run's surroundings → a store: one for each content, however many runs share it.

Knows the base of stores and none of their kinds.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Sequence

from sheetlog.artifacts.base import Store
from sheetlog.context.around import File
from sheetlog.errors import ArtifactError
from sheetlog.record import Scalar

FOLDER = "context"
"""What the folder of these files is called, beside those of the runs."""


def keep(
    files: Sequence[File], store: Store, *, folder: str
) -> tuple[dict[str, Scalar], list[str]]:
    """Store the files; return the links to them by key, and what went wrong.

    Args:
        folder: where each is written for the store to read. No `tempfile`: that takes longer to
            load than a run to be written.
    """
    links: dict[str, Scalar] = {}
    problems: list[str] = []
    for file in files:
        content = file.text.encode("utf-8", "backslashreplace")
        name = f"{file.stem}-{hashlib.sha256(content).hexdigest()[:8]}{file.ending}"
        path = os.path.join(folder, f"{os.getpid()}-{name}")
        try:
            os.makedirs(folder, exist_ok=True)
            with open(path, "wb") as out:
                out.write(content)
            links[file.key] = store.put(path, run=FOLDER, name=name).link
        except (ArtifactError, OSError) as error:
            problems.append(f"'{file.key}' is not kept: {error}")
        finally:
            with contextlib.suppress(OSError):
                os.unlink(path)
    return links, problems
