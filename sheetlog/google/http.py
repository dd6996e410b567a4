"""One way to Google: `send`. Time-outs on every call, a pace below the quota, retries by `retry`.

gspread carries the requests: its session holds the login. No token is ever part of a message.
Knows no spreadsheet.
"""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sheetlog.errors import BusyError, SheetError
from sheetlog.google import replies
from sheetlog.retry import Retry

SHEETS = "https://sheets.googleapis.com"
DRIVE = "https://www.googleapis.com"
CONNECT, READ = 10.0, 190.0
"""Seconds: to connect; to answer. Google gives up on a call after 180 s (Sheets API, Usage
limits)."""
CALLS, WINDOW = 50, 60.0
"""Calls in so many seconds: Google allows 60 reads and 60 writes a minute for each user (ibidem).
"""
TRIES = 8
BLOCK = 1 << 20
"""Bytes of a long answer in memory at a time."""


class Pace:
    """Keeps calls below so many in a window. Safe for threads."""

    def __init__(self, now: Callable[[], float], *, calls: int = CALLS) -> None:
        self._now, self._calls = now, calls
        self._made: deque[float] = deque()
        self._lock = Lock()

    def take(self) -> float:
        """Return 0 and count a call that may be made now, or the seconds until one may be."""
        with self._lock:
            now = self._now()
            while self._made and self._made[0] <= now - WINDOW:
                self._made.popleft()
            if len(self._made) >= self._calls:
                return self._made[0] + WINDOW - now
            self._made.append(now)
            return 0.0


class Google:
    """A login, and the way to send with it.

    Args:
        login: gives google-auth's credentials; asked when the first call is made.
        endpoint: base URL that every call goes to instead of Google's own.
        calls: reads, and as many writes, that are sent in a minute at the most.
    """

    def __init__(
        self,
        login: Callable[[], Any],
        *,
        endpoint: str = "",
        calls: int = CALLS,
        now: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] | None = None,
    ) -> None:
        self._login, self._endpoint = login, endpoint.rstrip("/")
        self._now, self._wall, self._sleep = now, wall, sleep
        self._random = random or _random
        self._paces = {"read": Pace(now, calls=calls), "write": Pace(now, calls=calls)}
        self._credentials: Any = None
        self._session: Any = None
        self._pid = 0
        self._lock = Lock()

    @property
    def endpoint(self) -> str:
        """Base URL that every call goes to instead of Google's own; empty: Google's own."""
        return self._endpoint

    @property
    def service_account(self) -> bool:
        """Whether the login is a service account's; known once something was sent."""
        return hasattr(self._credentials, "service_account_email")

    @property
    def way(self) -> str:
        """Where the login is from, in words; known once something was sent."""
        return str(getattr(self._login, "words", ""))

    def now(self) -> float:
        """Return seconds that only go up."""
        return self._now()

    def wall(self) -> float:
        """Return seconds since 1970."""
        return self._wall()

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self._sleep(seconds)

    def chance(self) -> float:
        """Return a number from 0 up to, but not including, 1."""
        return self._random()

    def send(
        self,
        method: str,
        url: str,
        *,
        what: str,
        deadline: float,
        params: Any = None,
        body: Any = None,
        content: tuple[str, bytes] | None = None,
        safe: bool = True,
        doubts: list[SheetError] | None = None,
    ) -> Any:
        """Return what Google answers.

        Args:
            method: `get`, `post`, `put`, `patch` or `delete`.
            url: begins with `SHEETS` or `DRIVE`.
            what: what it is about, in words for messages.
            deadline: when to stop, as `now()` counts.
            params: of the query.
            body: sent as JSON.
            content: type and bytes, sent instead of a body.
            safe: whether it may be sent again although it may have been carried out; such a call
                changes nothing, or carries a token that lets it pass only once.
            doubts: gets the errors of tries that may have been carried out all the same.

        Raises:
            SheetError: see `replies.value`; `ambiguous` where any of the tries may have been
                carried out, even if the last one was refused.
        """
        kind, data = content or ("application/json", None if body is None else dumps(body))
        start, attempt, ambiguous = self._now(), 0, False
        policy = Retry(seconds=max(0.0, deadline - start), tries=TRIES)
        while True:
            attempt += 1
            try:
                self._keep_pace(method, url, deadline, what)
                return self._once(
                    method, url, params, data, what=what, deadline=deadline, kind=kind
                )
            except SheetError as error:
                if error.ambiguous and doubts is not None:
                    doubts.append(error)
                ambiguous = ambiguous or error.ambiguous
                error.ambiguous = ambiguous
                wait = None
                if error.transient and error.soon and (safe or not ambiguous):
                    hint: Any = error.hint
                    elapsed = self._now() - start
                    wait = policy.next_wait(
                        attempt, elapsed=elapsed, hint=hint, random=self._random
                    )
                if wait is None:
                    raise
                self._sleep(wait)

    def _keep_pace(self, method: str, url: str, deadline: float, what: str) -> None:
        """Wait until the next call is within the quota."""
        if not url.startswith(SHEETS):
            return  # Drive's quota is a thousand times greater
        pace = self._paces["read" if method == "get" else "write"]
        while (wait := pace.take()) > 0:
            if self._now() + wait > deadline:
                raise BusyError(f"too many calls in this minute about {what}", soon=False)
            self._sleep(wait)

    def _once(
        self,
        method: str,
        url: str,
        params: Any,
        data: bytes | None,
        *,
        what: str,
        deadline: float,
        kind: str,
    ) -> Any:
        headers = {} if data is None else {"Content-Type": kind}
        status, heads, content = self.exchange(
            method, url, what=what, deadline=deadline, params=params, data=data, headers=headers
        )
        try:
            return replies.value(
                status, content, heads, now=self._wall(), what=what, who=self._who()
            )
        except replies.LoginError:
            raise self._not_accepted("401") from None

    def _who(self) -> str:
        """Return whose login it is, as far as that is known without asking."""
        address = getattr(self._credentials, "service_account_email", "")
        return f"the service account '{address}'" if "@" in str(address) else "this login"

    def _not_accepted(self, why: str) -> replies.LoginError:
        again = getattr(self._login, "again", "log in again")
        login = f"the login to Google ({self.way})" if self.way else "the login to Google"
        return replies.LoginError(f"{login} has run out or is not accepted ({why}): {again}")

    def exchange(
        self,
        method: str,
        url: str,
        *,
        what: str,
        deadline: float,
        params: Any = None,
        data: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Send once, and return status, headers (names in lower case) and body of the answer.

        Raises:
            BusyError: there was no answer.
            LoginError: there is no login any more.
        """
        with self.streamed(
            method, url, what=what, deadline=deadline, params=params, data=data, headers=headers
        ) as (status, heads, blocks):
            return status, heads, b"".join(blocks)

    @contextmanager
    def streamed(
        self,
        method: str,
        url: str,
        *,
        what: str,
        deadline: float,
        params: Any = None,
        data: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[tuple[int, dict[str, str], Iterator[bytes]]]:
        """Send once, and give status, headers and the body, block by block.

        Raises:
            BusyError: there was no answer, or it broke off.
            LoginError: there is no login any more.
        """
        import google.auth.exceptions
        import requests

        session = self._ready()
        for prefix in (SHEETS, DRIVE):
            if self._endpoint and url.startswith(prefix):
                url = self._endpoint + url[len(prefix) :]
        left = max(deadline - self._now(), 0.1)
        try:
            with session.request(
                method.upper(),
                url,
                params=params,
                data=data,
                headers=dict(headers or {}),
                timeout=(min(CONNECT, left), min(READ, left)),
                stream=True,
            ) as reply:
                heads = {name.lower(): held for name, held in reply.headers.items()}
                yield reply.status_code, heads, reply.iter_content(BLOCK)
        except requests.RequestException as error:
            words = f"Google cannot be reached about {what} ({type(error).__name__}); "
            words += "look whether this computer is online"
            raise BusyError(words, ambiguous=not _never_sent(error)) from None
        except google.auth.exceptions.TransportError as error:
            words = f"Google's login service cannot be reached ({type(error).__name__}); "
            raise BusyError(words + "look whether this computer is online") from None
        except google.auth.exceptions.GoogleAuthError as error:
            raise self._not_accepted(type(error).__name__) from None

    def _ready(self) -> Any:
        """Return gspread's session; a connection of before a fork is the other process's."""
        with self._lock:
            if self._session is None or self._pid != os.getpid():
                import gspread

                self._credentials = self._credentials or self._login()
                client = gspread.authorize(self._credentials)
                self._session, self._pid = client.http_client.session, os.getpid()
            return self._session


def dumps(body: Any) -> bytes:
    """Return a body as it is sent."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "replace"
    )


def _random() -> float:
    import random

    return random.random()  # noqa: S311 - it spreads tries, and keeps no secret


def _never_sent(error: BaseException) -> bool:
    """Return whether the request cannot have reached anybody: there was no connection."""
    import requests
    import urllib3

    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)


class Login:
    """The credentials of `auth`, found once they are needed."""

    def __init__(self, *, path: str, endpoint: str) -> None:
        self._path, self._endpoint = path, endpoint
        self.words = ""
        """Where they are from; known once they were needed."""
        self.again = "log in again"
        """What to do where they aren't accepted."""

    def __call__(self) -> Any:
        from sheetlog.google import auth

        found, way = auth.login(path=self._path, endpoint=self._endpoint)
        self.words, self.again = way.words, way.again
        return found


def login(*, path: str = "", endpoint: str = "") -> Login:
    """Return what gives the credentials of `auth`, once they are needed.

    Args:
        path: of a service account's or authorized user's file.
        endpoint: where calls go instead of Google; then nobody needs to log in.
    """
    return Login(path=path, endpoint=endpoint)
