"""A resumable upload: what it is for, what has arrived, and what comes next.

Only whole blocks of 256 KiB are kept, except at the end: a client that believes that all it sent
was kept is wrong, with the real one as well.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.google.drive.content import BLOCK, ContentWriter
from tests.google.drive.errors import bad_request

if TYPE_CHECKING:
    from tests.google.wire import Reply, Stream

WEEK = 7 * 24 * 3600.0
CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What the header Content-Range says; `start` None asks how far the upload has come."""

    start: int | None
    end: int
    total: int | None


@dataclass(slots=True, kw_only=True)
class Session:
    """One upload under way."""

    upload_id: str
    metadata: dict[str, Any]
    target: str
    """The file whose content is replaced; "" when a new file is made."""
    content_type: str
    total: int | None
    """How long the content will be, once that is known."""
    started: float
    writer: ContentWriter
    query: list[tuple[str, str]]
    """The parameters that it was started with, for the answer at its end."""
    done: Reply | None = None
    """The answer that ended it, be it a refusal; asked again, it is given again."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held while bytes are taken: a client that gave up waiting may send them once more."""

    def expired(self, now: float) -> bool:
        """Whether the session's week is over."""
        return now - self.started > WEEK

    @property
    def complete(self) -> bool:
        """Whether every byte is there."""
        return self.total is not None and self.writer.size == self.total

    def take(self, span: Span, stream: Stream) -> None:
        """Keep what arrives of the span, as far as it goes. Raises ApiError for a gap."""
        if span.total is not None:
            if self.total is not None and self.total != span.total:
                raise bad_request("The total size differs from the one announced before.")
            self.total = span.total
        start = span.start or 0
        if start > self.writer.size:
            raise bad_request(f"Bytes {self.writer.size}-{start - 1} are missing.")
        _skip(stream, self.writer.size - start)
        while self.writer.size < span.end:
            piece = stream.read(min(BLOCK, span.end - self.writer.size))
            last = self.writer.size + len(piece) == self.total
            if not piece or (len(piece) < BLOCK and not last):
                return
            self.writer.write(piece)

    def take_all(self, stream: Stream) -> None:
        """Keep the whole body: the content, sent at once and without a Content-Range."""
        end = 1 << 62 if self.total is None else self.total
        self.writer.discard()
        self.writer = ContentWriter(self.writer.path.parent)
        while self.writer.size < end:
            piece = stream.read(min(BLOCK, end - self.writer.size))
            if not piece or (stream.broken and len(piece) < BLOCK):
                break
            self.writer.write(piece)
        if self.total is None and not stream.broken:
            self.total = self.writer.size


def _skip(stream: Stream, count: int) -> None:
    """Step over bytes that are kept already."""
    while count > 0:
        piece = stream.read(min(BLOCK, count))
        if not piece:
            return
        count -= len(piece)


def parse_content_range(text: str) -> Span:
    """The header's meaning: `bytes 0-262143/1000000`, `bytes 0-9/*`, `bytes */1000000`.

    Raises ApiError.
    """
    match = CONTENT_RANGE.fullmatch(text.strip())
    if match is None:
        raise bad_request("Failed to parse Content-Range header.")
    first, last, total = match.groups()
    size = None if total == "*" else int(total)
    if first is None:
        return Span(start=None, end=0, total=size)
    start, end = int(first), int(last) + 1
    if end <= start or (size is not None and end > size):
        raise bad_request("Failed to parse Content-Range header.")
    return Span(start=start, end=end, total=size)
