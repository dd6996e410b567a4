"""What a store is: a place that files land in. Knows the record's `Link` and no store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sheetlog.record import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file that a store keeps."""

    link: Link
    """What opens it, shown under its name; size and hash are those of the next two."""
    size: int
    """Bytes."""
    sha256: str
    """Of the content, in hex."""
    version: int = 1
    """How many different states of the artifact there were with this one; 1 for the first."""
    same_as: int | None = None
    """The first version with the same bytes, if there was one before."""
    run: str = ""
    """What the run's folder is called."""

    @property
    def labelled(self) -> Link:
        """The link as a row shows it: `m.pt`, `m.pt · v2`, `m.pt · v3 (same as v2)`."""
        if self.version == 1:
            return self.link
        same = "" if self.same_as is None else f" (same as v{self.same_as})"
        return replace(self.link, text=f"{self.link.text} · v{self.version}{same}")


class Store(Protocol):
    """A place that files land in, safe for several processes at once."""

    def put(self, path: str, *, run: str, name: str, artifact: str | None = None) -> Stored:
        """Keep a file's content, and return what opens it; the same bytes are stored once.

        To put the same content again, for the same run and name, gives what it gave before: who
        was interrupted just puts again.

        Args:
            path: of the file to keep; it is read and never changed.
            run: what the run's folder is called.
            name: what the file is called there, ending included.
            artifact: what it is a version of: the same artifact in another run, or with another
                content, is the next version. None: it has no versions.

        Raises:
            ArtifactError: it cannot be kept; nothing half is left behind.
        """
        ...

    def fetch(self, link: Link, target: str) -> None:
        """Write the content that a link opens to a path, whole or not at all.

        Args:
            link: as a row or a record has it. Its hash is checked; where it has none, the one that
                the store knows.
            target: path of the file to write; what is there is replaced.

        Raises:
            ArtifactError: it is no longer there, it is not what was stored, or it cannot be read.
        """
        ...

    def versions(self, artifact: str) -> Sequence[Stored]:
        """Return what is known of an artifact's versions, the oldest first.

        What tells of them is a help and not the truth: people may delete files and folders.
        """
        ...
