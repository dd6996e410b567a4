"""A plain HTTP client for tests: it sends what it is told and shows what came back.

It shares nothing with the server but the wire, and hides nothing: a reset is an exception.
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    @property
    def reason(self) -> str:
        """The reason that Drive gives for an error."""
        return str(self.json["error"]["errors"][0]["reason"])


class PlainClient:
    """One connection, opened again after it broke."""

    def __init__(self, base_url: str, *, token: str = "", timeout: float = 60.0) -> None:
        split = urlsplit(base_url)
        self._connection = http.client.HTTPConnection(
            str(split.hostname), split.port, timeout=timeout
        )
        self._token = token

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        /,
        *,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Got:
        """Send one request; a body that isn't bytes goes as JSON.

        Raises what http.client raises: nothing is sent again.
        """
        sent = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        target = path + ("?" + urlencode(query) if query else "")
        try:
            self._connection.request(method, target, body, {**sent, **(headers or {})})
            reply = self._connection.getresponse()
            got = Got(
                status=reply.status,
                headers={name.lower(): value for name, value in reply.getheaders()},
                body=reply.read(),
            )
        except (http.client.HTTPException, OSError):
            self.close()
            raise
        return got

    def get(self, path: str, /, **query: Any) -> Got:
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any = None, /, **query: Any) -> Got:
        return self.call("POST", path, body, **query)

    def patch(self, path: str, body: Any = None, /, **query: Any) -> Got:
        return self.call("PATCH", path, body, **query)

    def delete(self, path: str, /, **query: Any) -> Got:
        return self.call("DELETE", path, **query)

    def close(self) -> None:
        self._connection.close()
