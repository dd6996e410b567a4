"""The worksheet part as a deflate stream that can be extended. Knows no XML but a handful of tags.

A zip member's raw deflate stream may be cut into segments, each ended by a full flush: byte aligned, and
without references across it. A stream of ours is

    head up to <dimension> | the dimension, stored | rest of the head, <sheetData> | rows | ... | rows | tail

so that an append keeps every byte up to the tail, adds a segment and writes a new tail. Whether a stream
is ours is seen from the stream itself: whoever else saves the workbook writes a plain one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class SheetStream:
    """A worksheet part. All bytes are UTF-8 XML (anything else is refused when the stream is opened)."""

    name: str
    ours: bool
    """Whether it can be extended: made by `rewrite` or `extend`, and not saved by anybody else since."""

    def before_rows(self, limit: int = 1 << 20) -> bytes:
        """Return the XML from the start to just after the first complete row.

        Without any row: to just after `<sheetData/>`, or up to and with `</sheetData>`.

        Raises:
            RefusedError: nothing of the kind within `limit` bytes, or the part is damaged.
        """
        ...

    def tail(self) -> bytes:
        """Return the XML from `</sheetData>` to the end; of `<sheetData/>`, what follows it.

        Of a stream of ours only the last segment is inflated; of others everything (not kept).
        """
        ...

    def last_rows(self, at_least: int = 1) -> bytes:
        """Return the last rows, complete ones, that together have `at_least` so many bytes.

        Only for a stream of ours, of which only the last segments are inflated. b"" where it has no rows.
        """
        ...

    def whole(self) -> bytes:
        """Return all of it, its checksum checked."""
        ...

    def chunks(self, size: int = 1 << 20) -> Iterator[bytes]:
        """Yield all of it in pieces of at most `size` bytes; the checksum is checked after the last."""
        ...

    def extend(
        self, rows: bytes, *, tail: bytes, dimension: str | None, replacing: bytes = b""
    ) -> None:
        """Add complete rows after the last one. Only for a stream of ours; once per save.

        Args:
            rows: complete `<row>` elements.
            tail: from `</sheetData>` to the end.
            dimension: the new `ref`, or None: as it is. Left out where the part has no `<dimension>`.
            replacing: what `last_rows` returned, if `rows` takes its place (a totals row that moves
                down, an edited row near the end).
        """
        ...

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
        ...
