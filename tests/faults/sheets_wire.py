"""A local Google asked without sockets: what a call gives back, or how it fails.

The server's own front serves every request, faults included; only HTTP is left out, so that ten
thousand histories take minutes. Knows nothing of sheetlog.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.google.front import answer
from tests.google.mishaps import Ending
from tests.google.server import LocalGoogle
from tests.google.wire import Request
from tests.people.sheets import Person

Json = dict[str, Any]


class BrokenError(Exception):
    """The connection broke, or nobody answered in time."""


def call(
    google: LocalGoogle,
    method: str,
    path: str,
    *,
    params: Any = None,
    data: bytes | None = None,
    token: str = "",
) -> tuple[int, Mapping[str, str], bytes]:
    """Return status, headers (names in lower case) and body of an answer.

    Raises:
        BrokenError: there is none.
    """
    path, _, query = path.partition("?")
    query = query or urlencode(params or {}, doseq=True)
    request = Request(
        method=method.upper(),
        path=path,
        query=parse_qsl(query, keep_blank_values=True),
        headers={"authorization": f"Bearer {token}"} if token else {},
        body=data or b"",
    )
    given = answer(google.world, request)
    if given.ending is not Ending.SENT:
        raise BrokenError
    reply = given.reply
    return reply.status, {name.lower(): held for name, held in reply.headers.items()}, reply.body


class Hands(Person):
    """A person whose edits go the short way."""

    def __init__(self, google: LocalGoogle, spreadsheet: str, sheet: int = 0) -> None:
        super().__init__(google.base_url, spreadsheet, sheet)
        self.google = google
        self.path = f"/v4/spreadsheets/{spreadsheet}"

    def call(self, method: str, tail: str = "", body: Any = None) -> Json:
        data = None if body is None else json.dumps(body).encode()
        status, _, held = call(
            self.google, method, self.path + tail, data=data, token="person@example.com"
        )
        assert 200 == status, held
        found: Json = json.loads(held)
        return found
