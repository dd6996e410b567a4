"""The body of a multipart upload: metadata as JSON, then the bytes, between lines that part them.

It is read as it comes: the bytes may be more than memory holds.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from tests.google.drive.content import BLOCK

if TYPE_CHECKING:
    from tests.google.drive.content import ContentWriter
    from tests.google.wire import Stream

BOUNDARY = re.compile(r"""boundary=(?:"([^"]+)"|'([^']+)'|([^;\s]+))""", re.IGNORECASE)


class MultipartError(ValueError):
    """A body that isn't the two parts that it should be."""


class _Source:
    """A stream that is read up to a mark."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._held = b""

    def pieces_until(self, mark: bytes) -> list[bytes] | None:
        """The next bytes before `mark`, read past it; None if it never comes."""
        pieces: list[bytes] = []
        while True:
            piece, found = self.next_piece(mark)
            pieces.append(piece)
            if found:
                return pieces
            if not piece:
                return None

    def next_piece(self, mark: bytes) -> tuple[bytes, bool]:
        """Some bytes before `mark` and whether it came; nothing and False at the end."""
        at = self._held.find(mark)
        while at < 0:
            # What may be the start of the mark stays back until more is there.
            keep = len(mark) - 1
            if len(self._held) > BLOCK + keep:
                cut = len(self._held) - keep
                piece, self._held = self._held[:cut], self._held[cut:]
                return piece, False
            more = self._stream.read(BLOCK)
            if not more:
                return b"", False
            searched = max(len(self._held) - keep, 0)
            self._held += more
            at = self._held.find(mark, searched)
        piece, self._held = self._held[:at], self._held[at + len(mark) :]
        return piece, True


def read_multipart(stream: Stream, content_type: str, writer: ContentWriter) -> tuple[bytes, str]:
    """The metadata's JSON and the type of the bytes, which go to the writer.

    Raises MultipartError.
    """
    match = BOUNDARY.search(content_type)
    if match is None:
        raise MultipartError("the header Content-Type names no boundary")
    mark = b"--" + next(group for group in match.groups() if group).encode()
    source = _Source(stream)
    if source.pieces_until(mark) is None:
        raise MultipartError("Missing body part in multipart upload")
    # Google's own client for Python ends its lines with a lone line feed.
    end_of_line = b"\r\n" if _line(source).endswith(b"\r") else b"\n"
    mark = end_of_line + mark
    _headers(source)
    metadata = source.pieces_until(mark)
    if metadata is None:
        raise MultipartError("Missing media part in multipart upload")
    _line(source)
    headers = _headers(source)
    _copy(source, mark, writer, headers)
    return b"".join(metadata), headers.get("content-type", "")


def _line(source: _Source) -> bytes:
    """The rest of the line, without its line feed."""
    pieces = source.pieces_until(b"\n")
    if pieces is None:
        raise MultipartError("a part of the multipart upload has no end of its headers")
    return b"".join(pieces)


def _headers(source: _Source) -> dict[str, str]:
    """The header fields of a part, names in lower case, up to the empty line."""
    fields = {}
    while line := _line(source).strip():
        name, _, value = line.decode("latin-1").partition(":")
        fields[name.strip().lower()] = value.strip()
    return fields


def _copy(source: _Source, mark: bytes, writer: ContentWriter, headers: dict[str, str]) -> None:
    """The bytes up to the mark, into the writer; as text of base64 they are held until whole."""
    encoded = headers.get("content-transfer-encoding", "").lower() == "base64"
    pieces: list[bytes] = []
    found = False
    while not found:
        piece, found = source.next_piece(mark)
        if not piece and not found:
            raise MultipartError("the multipart upload has no end")
        if encoded:
            pieces.append(piece)
        else:
            writer.write(piece)
    if encoded:
        writer.write(base64.b64decode(b"".join(pieces)))
