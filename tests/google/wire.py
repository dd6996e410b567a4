"""What travels between the server and the two services: a request, a reply, an error.

Nothing here knows of sockets, of Sheets or of Drive.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

JSON_HEADERS = {"Content-Type": "application/json; charset=UTF-8"}


class Stream(Protocol):
    """A body that is still on its way."""

    @property
    def broken(self) -> bool:
        """Whether the connection ended before the body did."""
        ...

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`; none at the end, or where the connection broke."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, as it came: the path still percent-encoded, header names in lower case.

    An upload's body is in `stream`, to be read once, and not in `body`: it may not fit in memory.
    """

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes = b""
    stream: Stream | None = None

    def parameter(self, name: str, default: str = "") -> str:
        """The last value of a query parameter."""
        return next((value for key, value in reversed(self.query) if key == name), default)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """A piece of a file that is sent as a body."""

    path: Path
    start: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer; the server adds Content-Length and nothing else.

    With a `file` that is the body, and `body` is not sent.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    file: FilePart | None = None

    @classmethod
    def json(cls, status: int, value: Any) -> Reply:
        """An answer that holds `value` as JSON."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        # A lone surrogate can't be UTF-8; JSON's own escape for it can be sent.
        return cls(
            status=status, body=text.encode(errors="backslashreplace"), headers=JSON_HEADERS
        )

    @classmethod
    def error(
        cls, code: int, status_word: str, message: str, details: list[Any] | None = None
    ) -> Reply:
        """An error in the shape that both services use: code, message, status, details."""
        error: dict[str, Any] = {"code": code, "message": message, "status": status_word}
        if details:
            error["details"] = details
        return cls.json(code, {"error": error})


class ApiError(Exception):
    """An answer that ends the handling of a request at once."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.body.decode(errors="replace"))
        self.reply = reply
