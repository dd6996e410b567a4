"""HTTP/1.1 as far as clients of Google's APIs speak it: heads, bodies, answers.

Written by hand because the standard library's parser takes longer for a request's head than the
services take for the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from tests.google.wire import Request

if TYPE_CHECKING:
    from io import BufferedIOBase

    from tests.google.wire import Reply

MAX_LINE = 1 << 16
BLOCK = 1 << 18
PHRASES = {status.value: status.phrase for status in HTTPStatus} | {
    308: "Resume Incomplete",
    499: "Client Closed Request",
}
BODILESS = {204, 304}


class BadRequestError(Exception):
    """Bytes that are no HTTP request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The request line and the header fields, names in lower case."""

    method: str
    target: str
    headers: dict[str, str]

    @property
    def keeps_alive(self) -> bool:
        return self.headers.get("connection", "").lower() != "close"


class Body:
    """A request's body on its way in; a Stream."""

    def __init__(self, source: BufferedIOBase, head: Head) -> None:
        self._source = source
        self._chunked = head.headers.get("transfer-encoding", "").lower() == "chunked"
        self._left = 0 if self._chunked else int(head.headers.get("content-length", "0"))
        self._ended = not self._chunked and self._left == 0
        self.broken = False

    def read(self, size: int) -> bytes:
        """The next bytes: as many as asked for, unless the body ends or breaks."""
        pieces: list[bytes] = []
        while size > 0 and not self._ended:
            if self._chunked and self._left == 0:
                self._next_chunk()
                continue
            piece = self._take(min(size, self._left))
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _take(self, size: int) -> bytes:
        try:
            piece = self._source.read(size)
        except OSError:
            piece = b""
        self._left -= len(piece)
        if len(piece) < size:
            self.broken = self._ended = True
        elif self._left == 0:
            self._ended = not self._chunked
            if self._chunked:
                self._source.readline(MAX_LINE)
        return piece

    def _next_chunk(self) -> None:
        line = self._source.readline(MAX_LINE).partition(b";")[0].strip()
        try:
            self._left = int(line, 16)
        except ValueError:
            self.broken = self._ended = True
            return
        if self._left == 0:
            self._source.readline(MAX_LINE)
            self._ended = True

    def drain(self) -> None:
        """Read what nobody wanted, so that the next request starts at its start."""
        while self.read(BLOCK):
            pass


def read_head(source: BufferedIOBase) -> Head | None:
    """The next request's head; None when the client has gone. Raises BadRequestError."""
    line = source.readline(MAX_LINE)
    if not line.strip():
        return None
    parts = line.decode("latin-1").split()
    if len(parts) != 3:
        raise BadRequestError(line)
    headers: dict[str, str] = {}
    while True:
        line = source.readline(MAX_LINE)
        if line in (b"\r\n", b"\n", b""):
            return Head(method=parts[0], target=parts[1], headers=headers)
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise BadRequestError(line)
        headers[name.strip().lower()] = value.strip()


def to_request(head: Head, body: Body) -> Request:
    """The request; an upload's body stays in the stream, any other is read here."""
    path, _, query = head.target.partition("?")
    upload = path.startswith("/upload/")
    return Request(
        method=head.method,
        path=path,
        query=parse_qsl(query, keep_blank_values=True),
        headers=head.headers,
        body=b"" if upload else body.read(int(head.headers.get("content-length", 1 << 40))),
        stream=body if upload else None,
    )


def head_of(reply: Reply, now: float) -> bytes:
    """The status line and header fields of a reply."""
    length = len(reply.body) if reply.file is None else reply.file.length
    lines = [f"HTTP/1.1 {reply.status} {PHRASES.get(reply.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    lines.append(f"Date: {formatdate(now, usegmt=True)}")
    if reply.status not in BODILESS:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
