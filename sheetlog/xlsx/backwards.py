"""The segments of a member read from its end, one by one: what `segments` knows, in a file.

Knows the archive; knows no XML but that a segment starts with a tag.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sheetlog.xlsx import segments
from sheetlog.xlsx.archive import MAX_SHEET, Archive

_FIRST_LOOK = 1 << 16


class Backwards(NamedTuple):
    """The segments between two places of a member's packed bytes."""

    archive: Archive
    start: int
    """Where the member's data start in the file."""
    first: int
    """Where the first segment starts; this and all below count from `start`."""
    end: int
    """Where the last one ends."""
    place: int
    """From where on the bytes are there already."""
    last: bytes
    """Those bytes."""

    def packed(self, start: int, end: int) -> bytes:
        """Return packed bytes; those near the end are there already."""
        if start >= self.place:
            return self.last[start - self.place : end - self.place]
        return self.archive.at(self.start + start, end - start)

    def each(self) -> Iterator[tuple[int, bytes | None]]:
        """Yield the segments, the last one first: where each starts, and its text.

        The text is None where the bytes are no segment; nothing comes after that.
        """
        end = self.end
        while end > self.first:
            start = self._flush_before(end)
            text = segments.unpacked(self.packed(start, end))
            # The mark of a flush may also stand within a segment, by chance.
            while start > self.first and not (text and text.lstrip()[:1] == b"<"):
                start = self._flush_before(start)
                text = segments.unpacked(self.packed(start, end), MAX_SHEET)
            yield start, text
            if text is None:
                return
            end = start

    def merged(self, end: int, size: int) -> tuple[int, bytes]:
        """Return where the text before `end` starts that is packed anew with new text; and it.

        Segments of about the new one's size are merged with it, as the digits of a counter carry:
        so there are few small ones, and no text is packed anew more than a few times.
        """
        found = b""
        while True:
            room = min(size, segments.MERGED - size)
            start = self._flush_before(end) if end > self.first else end
            text: bytes | None = b""
            if 0 < end - start <= room:
                text = segments.unpacked(self.packed(start, end), room)
            # A flush found by chance within a segment: then the segment stays as it is.
            if not text or text[:1] != b"<":
                return end, found
            found, end, size = text + found, start, size + len(text)

    def _flush_before(self, place: int) -> int:
        """Return the last place before another one at which a segment may start."""
        length = _FIRST_LOOK
        while True:
            low = max(self.first, place - length)
            found = self.packed(low, place - 1).rfind(segments.FLUSH)
            if found >= 0:
                return low + found + len(segments.FLUSH)
            if low == self.first:
                return self.first
            length <<= 3
