"""What is to change in an archive: new contents, packed, as bytes and as spans of the old file."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from sheetlog.xlsx import segments

if TYPE_CHECKING:
    from sheetlog.xlsx.archive import Archive


class Span(NamedTuple):
    """Bytes of the old file as they are: they are copied, and not read."""

    start: int
    end: int


class Packed(NamedTuple):
    """A member's new content, deflated."""

    pieces: tuple[Span | bytes, ...]
    packed: int
    """Bytes of all pieces."""
    size: int
    """Bytes that they inflate to."""
    crc: int

    @property
    def extended(self) -> bool:
        """Whether some of it stays where it was."""
        return any(isinstance(piece, Span) for piece in self.pieces)


class Changes(NamedTuple):
    """Everything that is to change. Members go by the `key` of their name."""

    contents: Mapping[str, Packed]
    """New contents, of members that are there and of added ones."""
    added: Mapping[str, str]
    """Names of added members, by key."""
    removed: frozenset[str]


def packed(data: bytes) -> Packed:
    """Return a whole new content."""
    piece = segments.last_segment(data)
    return Packed((piece,), len(piece), len(data), zlib.crc32(data))


def unpacked(archive: Archive, content: Packed) -> bytes:
    """Return what a new content inflates to."""
    pieces = [
        archive.at(piece.start, piece.end - piece.start) if isinstance(piece, Span) else piece
        for piece in content.pieces
    ]
    return zlib.decompress(b"".join(pieces), -zlib.MAX_WBITS)
