"""The package: parts by name, their types and relationships, and what is to change in them.

Knows the open packaging conventions, and nothing of spreadsheets but how the workbook part is found.
Nothing is read but what is asked for; nothing is written before `save`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from sheetlog.xlsx.stream import SheetStream


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIdentity:
    """What tells whether a file is still the one that was read."""

    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """A part's pointer to another part, or to something outside of the package."""

    id: str
    type: str
    """The whole URI; `kind` is its last word."""
    target: str
    """The part's name as `names` has it (or would have it, where it is missing); an external one's URL."""
    external: bool

    @property
    def kind(self) -> str:
        """The type's last word: `worksheet`, `table`, `styles`; the same in transitional and strict."""
        return self.type.rpartition("/")[2]


class Package:
    """A workbook file, opened. Names are as in `names()`; they are found whatever their case."""

    path: str
    """Of the real file, symbolic links followed."""
    workbook: str
    """The name of the workbook part, `xl/workbook.xml` say."""
    strict: bool
    """Whether it uses the strict namespaces (purl.oclc.org) instead of the transitional ones."""
    identity: FileIdentity

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Package:
        """Open a workbook; only the archive's directory, root relationships and content types are read.

        Raises:
            RefusedError: no such file, no access, or nothing that can be edited safely: encrypted, signed,
                damaged, an old .xls, a binary workbook, duplicate members, path tricks.
            BusyError: another program keeps it locked.
        """
        ...

    def __enter__(self) -> Package: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...

    def close(self) -> None:
        """Let the file go; changes that were not saved are forgotten."""
        ...

    def names(self) -> tuple[str, ...]:
        """Return the names of all parts, in the archive's order, added ones last."""
        ...

    def has(self, name: str) -> bool:
        """Return whether there is such a part."""
        ...

    def read(self, name: str) -> bytes:
        """Return a part's content, with the replacements made so far.

        Raises:
            RefusedError: there is no such part, it is damaged or inflates beyond all measure.
        """
        ...

    def xml(self, name: str) -> bytes:
        """Return the content of an XML part as UTF-8 bytes, as `read` does.

        Raises:
            RefusedError: as `read`; or it isn't UTF-8, or declares a document type (entities).
        """
        ...

    def head(self, name: str, until: bytes, limit: int = 1 << 20) -> bytes:
        """Return a part's content from its start up to and with `until`; all of it where that isn't there.

        Only so much is inflated, at most `limit` bytes, and no checksum is checked.
        """
        ...

    def relationships(self, name: str) -> list[Relationship]:
        """Return the relationships of a part, or of the package (""); with those made so far."""
        ...

    def content_type(self, name: str) -> str | None:
        """Return the content type of a part that is there or might be added; None: it has none."""
        ...

    def replace(self, name: str, data: bytes) -> None:
        """Give a part that is there another content."""
        ...

    def add(self, name: str, data: bytes, *, content_type: str | None = None) -> None:
        """Add a part; `content_type` is written unless its extension has it already."""
        ...

    def relate(self, name: str, type: str, target: str, *, external: bool = False) -> str:  # noqa: A002
        """Add a relationship to a part's (or the package's, "") and return its id.

        Args:
            name: of the part that the relationship starts at.
            type: whole URI.
            target: a part's name as in `names`, or a URL.
            external: the target is a URL.
        """
        ...

    def remove(self, name: str, *, source: str) -> None:
        """Remove a part, its own relationships, its content type, and those of `source` that lead to it."""
        ...

    def sheet(self, name: str) -> SheetStream:
        """Return a worksheet part as a stream; always the same one for a name.

        Raises:
            RefusedError: there is no such part, it is damaged, not UTF-8 or declares a document type.
        """
        ...

    def save(self, *, mode: int | None = None) -> None:
        """Write all changes as one atomic, durable change of the file; then the package is closed.

        Args:
            mode: permission bits of the file; None: as they are.

        Raises:
            StaleError: the file is no longer the one that was opened; it was not changed.
            BusyError: somebody has it open; it was not changed.
            RefusedError: no room, no access, or more would have changed than was asked for; not changed.
        """
        ...
