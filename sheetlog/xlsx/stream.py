"""The worksheet part as a stream that can be extended; what `segments` knows, applied to a member.

An append keeps every byte up to the tail, adds a segment with the new rows and writes a new tail;
the checksum is carried on without reading the rows again, so that damage in rows that stay is not
found here, and not hidden from others either. Knows no XML but where the rows begin and end.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

from sheetlog.errors import RefusedError
from sheetlog.xlsx import crc, edges, segments
from sheetlog.xlsx.archive import MAX_SHEET, Archive
from sheetlog.xlsx.backwards import Backwards
from sheetlog.xlsx.changes import Packed, Span
from sheetlog.xlsx.records import DEFLATED, Member

_CHUNK = 1 << 13
_MAX_HEAD = 1 << 20
# Packed bytes in which head and tail are looked for: mostly a few kilobytes hold them.
_FIRST_BYTES = (1 << 14, 1 << 20)
_LAST_BYTES = (1 << 16, 1 << 19, 1 << 22)


class SheetStream:
    """A worksheet part. All bytes are UTF-8 XML; anything else is refused on opening it."""

    def __init__(
        self, archive: Archive, name: str, member: Member | None, data: bytes = b""
    ) -> None:
        """Take a member of the archive, or, where there is none yet, the content of a new part."""
        self.name = name
        self.pending: Packed | None = None
        """What the next save writes; None: the part stays as it is."""
        self._archive = archive
        self._member = member
        self._data = data
        self._start = 0
        self._head: segments.Head | None = None
        self._tail = segments.NO_TAIL
        self._last = (0, b"")
        if member is not None:
            self._recognise(member)
        if self._head is None:
            # In UTF-16 no tag would be found.
            self._check(self._until(len, 1, "content"))
            self._check(self._until(edges.rows_start, _MAX_HEAD, "rows"))

    @property
    def ours(self) -> bool:
        """Whether it can be extended: written by `rewrite`, and saved by nobody else since."""
        return self._head is not None

    def before_rows(self, limit: int = 1 << 20) -> bytes:
        """Return the XML from the start to just after the first complete row.

        Without any row: to just after `<sheetData/>` or `</sheetData>`.

        Raises:
            RefusedError: nothing of the kind within `limit` bytes, or the part is damaged.
        """
        return self._until(edges.first_row_end, limit, "first row")

    def tail(self) -> bytes:
        """Return the XML from `</sheetData>` to the end; of `<sheetData/>`, what follows it.

        Of a stream of ours only the last segment is inflated; of others everything, each time.
        """
        if self.ours:
            return self._tail.text
        whole = self.whole()
        place = edges.rows_end(whole)
        if place is None:
            raise self._refused("has no end of its rows; let Excel repair it")
        return whole[place:]

    def last_rows(self, at_least: int = 1) -> bytes:
        """Return the last rows, complete ones, that together have `at_least` so many bytes.

        Only for a stream of ours, of which only the last segments are inflated. b"" where it has
        none.
        """
        text = b""
        for _, rows in self._backwards():
            text = rows + text
            if len(text) >= at_least:
                break
        return text

    def whole(self) -> bytes:
        """Return all of it as it is in the file, its checksum checked."""
        return b"".join(self.chunks())

    def chunks(self, size: int = 1 << 20) -> Iterator[bytes]:
        """Yield all of it, `size` bytes or less at once; the checksum is checked at the end."""
        if self._member is None:
            return (self._data[at : at + size] for at in range(0, len(self._data), size))
        if self._member.size > MAX_SHEET:
            raise self._refused("is larger than readers can read; start a new tab")
        return self._archive.chunks(self._member, size)

    def extend(
        self, rows: bytes, *, tail: bytes, dimension: str | None, replacing: bytes = b""
    ) -> None:
        """Add complete rows after the last one. Only for a stream of ours.

        Args:
            rows: complete `<row>` elements.
            tail: from `</sheetData>` to the end.
            dimension: the new `ref`, or None: as it is. A part without `<dimension>` gets none.
            replacing: what `last_rows` returned, if `rows` takes its place (a totals row that
                moves down, an edited row near the end).
        """
        if self._head is None or self._member is None or self.pending:
            raise ValueError(f"'{self.name}' cannot be extended (any more); rewrite it")
        if not edges.is_tail(tail):
            raise ValueError("a tail starts with </sheetData>")
        end = self._without(replacing)
        gone = replacing + self._tail.text
        end, merged = self._segments.merged(end, len(rows))
        pieces, checksum = self._beginning(self._head, end, dimension, self._member)
        old, rows = merged + gone, merged + rows
        new = rows + tail
        size = self._member.size - len(old) + len(new)
        sums = (zlib.crc32(old), len(old)), (zlib.crc32(new), len(new))
        checksum = crc.exchanged(checksum, *sums)
        added = segments.segment(rows) if rows else b""
        self._pend((*pieces, added + segments.packed_tail(tail, self._tail)), size, checksum)

    def rewrite(
        self, head: bytes, rows: Iterable[bytes], tail: bytes, dimension: str | None
    ) -> None:
        """Write the whole part anew, so that it can be extended from then on.

        Args:
            head: from the start up to and with `<sheetData>`; its `<dimension>`, where it has one,
                is replaced by one that holds `dimension` and room to grow.
            rows: chunks of complete `<row>` elements, of any size.
            tail: from `</sheetData>` to the end.
            dimension: the new `ref`, or None: what the head says.
        """
        if not edges.is_rows_start(head) or not edges.is_tail(tail):
            raise ValueError("a head ends with <sheetData>, and a tail starts with </sheetData>")
        packed, head = segments.packed_head(head, dimension)
        pieces, checksum, size = [packed], zlib.crc32(head), len(head)
        for packed, text in segments.packed_rows(rows):
            pieces.append(packed)
            checksum, size = zlib.crc32(text, checksum), size + len(text)
        pieces.append(segments.packed_tail(tail))
        self._pend(tuple(pieces), size + len(tail), zlib.crc32(tail, checksum))

    def _recognise(self, member: Member) -> None:
        """Find head and tail if the stream is one of ours; else read no more than tells that."""
        if member.method != DEFLATED:
            return
        self._start = self._archive.data_start(member)
        head = self._find_head(member)
        if head is None:
            return
        for length in _LAST_BYTES:
            place = max(member.packed - length, head.end - len(segments.FLUSH))
            last = self._archive.at(self._start + place, member.packed - place)
            if found := segments.tail_of(last):
                self._head, self._last = head, (place, last)
                self._tail = found._replace(place=place + found.place)
                return

    def _check(self, start: bytes) -> None:
        if reason := edges.foreign(start):
            raise self._refused(f"{reason}; save the workbook anew in Excel or LibreOffice")

    def _find_head(self, member: Member) -> segments.Head | None:
        for length in _FIRST_BYTES:
            first = self._archive.at(self._start, min(member.packed, length))
            # A stream of ours has a flush early on, before its dimension.
            if segments.FLUSH not in first:
                return None
            if head := segments.head_of(first):
                return head
        return None

    def _until(self, end_of: Callable[[bytes], int | None], limit: int, what: str) -> bytes:
        """Return what comes before and with the place that `end_of` finds."""
        data, searched = b"", 0
        member = self._member
        for chunk in self._archive.inflated(member, _CHUNK) if member else self.chunks():
            data += chunk
            # From the beginning each time: a comment may have been open at the last search's end.
            if len(data) >= 2 * searched:
                searched = len(data)
                if end := end_of(data):
                    return data[:end]
            if len(data) >= limit:
                break
        if end := end_of(data):
            return data[:end]
        raise self._refused(f"has no {what} in its first {limit:,} bytes; use another tab")

    def _without(self, replacing: bytes) -> int:
        """Return where (packed) the rows end without the last ones, which are `replacing`."""
        end = self._tail.place
        for start, text in self._backwards() if replacing else ():
            if not replacing.endswith(text):
                break
            replacing, end = replacing[: len(replacing) - len(text)], start
            if not replacing:
                break
        if replacing:
            raise ValueError("only what last_rows returned can be replaced")
        return end

    @property
    def _segments(self) -> Backwards:
        """The segments of rows."""
        if self._head is None:
            raise ValueError(f"'{self.name}' is no stream of ours")
        return Backwards(self._archive, self._start, self._head.end, self._tail.place, *self._last)

    def _backwards(self) -> Iterator[tuple[int, bytes]]:
        """Yield the segments of rows, the last one first: where each starts, and its rows."""
        for start, text in self._segments.each():
            if text is None:
                raise self._refused("is damaged near its end; let Excel repair the workbook")
            yield start, text

    def _beginning(
        self, head: segments.Head, end: int, dimension: str | None, member: Member
    ) -> tuple[tuple[Span | bytes, ...], int]:
        """Return what stays of the stream to `end`, and the checksum with the dimension."""
        stays = Span(self._start, self._start + end)
        if dimension is None or head.dimension is None:
            return (stays,), member.crc
        tag_end = head.dimension_end
        old = head.text[tag_end - (head.dimension[1] - head.dimension[0]) : tag_end]
        new = edges.with_room(old, dimension)
        if len(new) != len(old):
            raise self._refused("has no room for its dimension; save the workbook in Excel")
        before, after = (self._start + place for place in head.dimension)
        checksum = crc.replaced(
            member.crc, zlib.crc32(old), zlib.crc32(new), after=member.size - tag_end
        )
        return (Span(stays.start, before), new, Span(after, stays.end)), checksum

    def _pend(self, pieces: tuple[Span | bytes, ...], size: int, checksum: int) -> None:
        packed = sum(p.end - p.start if isinstance(p, Span) else len(p) for p in pieces)
        if max(packed, size) > MAX_SHEET:
            raise self._refused("would become larger than readers can read; start a new tab")
        self.pending = Packed(pieces, packed, size, checksum)

    def _refused(self, reason: str) -> RefusedError:
        return RefusedError(f"'{self.name}' in '{self._archive.path}' {reason}")
