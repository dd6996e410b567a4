"""What a store is: a place that files land in. Knows the record's `Link` and no store."""

from __future__ import annotations

from typing import Protocol

from sheetlog.record import Link


class Store(Protocol):
    """A place that files land in, safe for several processes at once."""

    def put(self, path: str, *, run: str, name: str) -> Link:
        """Keep a file's content, and return what opens it; the same bytes are stored once.

        Args:
            path: of the file to keep; it is read and never changed.
            run: what the run's folder is called.
            name: what the file is called there, ending included.

        Raises:
            ArtifactError: it cannot be kept; nothing half is left behind.
        """
        ...
