"""Bytes to Drive and back: in parts, going on where a broken connection left off.

A file is made with an id that was asked for before, so that however often it is tried there is one
(developers.google.com/workspace/drive/api/guides/manage-uploads). Knows files and no sheet.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from sheetlog.errors import BusyError
from sheetlog.google import replies
from sheetlog.google.http import DRIVE, Google
from sheetlog.retry import Hint, Retry

Json = dict[str, Any]

CHUNK = 8 << 20
"""Bytes of a part: a multiple of 256 KiB, as Google asks for."""
READ = 64 << 10
"""Bytes in memory at a time."""
SMALL = 1 << 20
"""Bytes up to which one call carries all; Google recommends no more than 5 MB for that."""
PATIENCE = 120.0
"""Seconds without any progress after which an upload is left to another time."""
TRIES = 8
"""In a row without any progress."""
RESTARTS = 3
"""How often an upload begins anew whose session Google has given up."""
FIELDS = "id,name,size,sha256Checksum,trashed,properties"
SHARED = {"supportsAllDrives": "true"}


class Part:
    """Some bytes of an open file, read as they are sent: none of them stays in memory.

    Args:
        check: is asked before each of them; what it raises ends the sending.
    """

    def __init__(
        self, file: BinaryIO, start: int, size: int, check: Callable[[], None] = lambda: None
    ) -> None:
        self._file, self._start, self._size = file, start, size
        self._check = check
        self._read = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(READ), b"")

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; after the last ones it begins anew, for a login that ran out."""
        left = self._size - self._read
        if not left:
            self._read = 0
            return b""
        self._check()
        self._file.seek(self._start + self._read)
        block = self._file.read(min(left, size if size > 0 else READ))
        if not block:
            raise ValueError("it has fewer bytes than it had")
        self._read += len(block)
        return block


@dataclass(slots=True, kw_only=True)
class Upload:
    """A file on its way.

    Args:
        path: of the file; it is read and never changed.
        metadata: of the file in Drive, with the `id` that it is to have.
        notes: where the session is noted, so that another process can go on with it. The session's
            address lets whoever has it write this one file: it is kept where secrets may be.
        deadline: when to stop, as `google.now()` counts.
        tell: is told how many bytes Drive has, of how many.
    """

    google: Google
    path: str
    size: int
    mime: str
    metadata: Json
    notes: MutableMapping[str, str]
    deadline: float
    what: str
    tell: Callable[[int, int], None]
    _at: int | None = None
    """How many bytes Drive has; None: that must be asked."""
    _most: int = 0
    _failed: int = 0
    """Tries in a row without progress."""
    _since: float = 0.0
    """When there was progress."""
    _restarts: int = 0

    def run(self) -> Json:
        """Return what Drive says of the file once it has all of it.

        Raises:
            SheetError: it has not; `BusyError` where trying again goes on from there.
            OSError: the file cannot be read.
            ValueError: the file has fewer bytes than it had.
        """
        self._since = self.google.now()
        try:
            return self._small() if self.size <= SMALL else self._large()
        except replies.ConflictError:
            # A try whose answer was lost, or another process that goes on with the same notes.
            return look(self.google, self.metadata["id"], what=self.what, deadline=self.deadline)

    def _small(self) -> Json:
        with open(self.path, "rb") as file:
            content = file.read(self.size)
        if len(content) < self.size:
            raise ValueError("it has fewer bytes than it had")
        edge = f"sheetlog{os.urandom(12).hex()}"
        head = json.dumps(self.metadata)
        parts = (
            f"--{edge}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{head}\r\n"
            f"--{edge}\r\nContent-Type: {self.mime}\r\n\r\n"
        )
        made: Json = self.google.send(
            "post",
            f"{DRIVE}/upload/drive/v3/files",
            what=self.what,
            deadline=self.deadline,
            params={"uploadType": "multipart", "fields": FIELDS, **SHARED},
            content=(
                f"multipart/related; boundary={edge}",
                parts.encode() + content + f"\r\n--{edge}--\r\n".encode(),
            ),
        )
        self.tell(self.size, self.size)
        return made

    def _large(self) -> Json:
        with open(self.path, "rb") as file:
            while True:
                try:
                    session = self.notes.get("session") or self._begin()
                    done = self._step(session, file)
                except BusyError as error:
                    self._wait(error)
                    continue
                if done is not None:
                    return done

    def _begin(self) -> str:
        """Start a session, and return its address."""
        status, heads, content = self.google.exchange(
            "post",
            f"{DRIVE}/upload/drive/v3/files",
            what=self.what,
            deadline=self.deadline,
            params={"uploadType": "resumable", "fields": FIELDS, **SHARED},
            data=json.dumps(self.metadata).encode(),
            headers={
                "Content-Type": "application/json; charset=UTF-8",
                "X-Upload-Content-Type": self.mime,
                "X-Upload-Content-Length": str(self.size),
            },
        )
        if "location" not in heads or status >= 300:
            self._raise(status, heads, content)
        self.notes["session"] = heads["location"]
        self._at = 0
        return heads["location"]

    def _step(self, session: str, file: BinaryIO) -> Json | None:
        """Send the next part, or ask how many bytes are there; return what the end says."""
        part, span = Part(file, 0, 0), f"bytes */{self.size}"
        if self._at is not None:
            part = Part(file, self._at, min(CHUNK, self.size - self._at), self._check)
            span = f"bytes {self._at}-{self._at + len(part) - 1}/{self.size}"
        self._at = None  # whatever comes of it, what Drive says counts
        status, heads, content = self.google.exchange(
            "put",
            session,
            what=self.what,
            deadline=self.deadline,
            data=part if len(part) else b"",
            headers={"Content-Range": span},
        )
        if status == 308:
            self._progress(heads.get("range", ""))
            return None
        if status in (200, 201):
            self.tell(self.size, self.size)
            value: Json = replies.value(status, content, heads, now=0, what=self.what)
            return value
        if status in (400, 404, 410, 499) and self._restarts < RESTARTS:
            # Its week is over, or Google has lost it: the id is what makes a new one safe.
            self._restarts += 1
            self.notes.pop("session", None)
            return None
        self._raise(status, heads, content)
        return None

    def _check(self) -> None:
        """Stop where the time is over, in the midst of a part: a slow line takes long for one."""
        if self.google.now() >= self.deadline:
            words = f"the time is over with {self._most:,} of {self.size:,} bytes of {self.what}"
            raise BusyError(f"{words} in Drive; 'sheetlog sync' goes on from there", soon=False)

    def _progress(self, held: str) -> None:
        """Note how many bytes Drive has: `bytes=0-N`, or nothing at all."""
        last = held.rpartition("-")[2]
        self._at = int(last) + 1 if last.isdecimal() else 0
        if self._at > self._most:
            self._most, self._failed, self._since = self._at, 0, self.google.now()
            self.tell(self._at, self.size)
        else:
            self._wait(BusyError(f"Google takes no more bytes of {self.what}"))

    def _raise(self, status: int, heads: dict[str, str], content: bytes) -> None:
        if 200 <= status < 300:
            raise BusyError(f"Google gave no address for {self.what}")
        replies.value(status, content, heads, now=self.google.wall(), what=self.what)

    def _wait(self, error: BusyError) -> None:
        """Wait before the next try; raise the error where none is left."""
        if not error.soon:
            raise error
        self._failed += 1
        if self._failed == 1 and self._most and not error.hint:
            return  # a connection that just broke, after it had carried something
        now = self.google.now()
        gone = now - self._since
        seconds = min(PATIENCE, gone + max(0.0, self.deadline - now))
        hint = error.hint if isinstance(error.hint, Hint) else None
        wait = Retry(seconds=seconds, tries=TRIES).next_wait(
            self._failed, elapsed=gone, hint=hint, random=self.google.chance
        )
        if wait is None:
            raise error
        self.google.pause(wait)


def look(google: Google, id_: str, *, what: str, deadline: float) -> Json:
    """Return what Drive says of a file that has an id."""
    found: Json = google.send(
        "get",
        f"{DRIVE}/drive/v3/files/{id_}",
        what=what,
        deadline=deadline,
        params={"fields": FIELDS, **SHARED},
    )
    return found


def download(
    google: Google, id_: str, write: Callable[[bytes], object], *, what: str, deadline: float
) -> None:
    """Give the bytes of a file, block by block, going on where a broken connection left off.

    Raises:
        SheetError: they cannot be had.
    """
    got, failed, since = 0, 0, google.now()
    while True:
        before = got
        try:
            with google.streamed(
                "get",
                f"{DRIVE}/drive/v3/files/{id_}",
                what=what,
                deadline=deadline,
                params={"alt": "media", **SHARED},
                headers={"Range": f"bytes={got}-"} if got else {},
            ) as (status, heads, blocks):
                if status == 416:
                    return  # the connection broke right after the last byte
                if status != (206 if got else 200):
                    _refused(status, next(blocks, b""), heads, google, what)
                for block in blocks:
                    write(block)
                    got += len(block)
                return
        except BusyError as error:
            failed, since = (1, google.now()) if got > before else (failed + 1, since)
            policy = Retry(seconds=PATIENCE, tries=TRIES)
            gone = google.now() - since
            wait = policy.next_wait(failed, elapsed=gone, hint=None, random=google.chance)
            if wait is None or not error.soon or google.now() + wait > deadline:
                raise
            google.pause(wait)


def _refused(status: int, body: bytes, heads: dict[str, str], google: Google, what: str) -> None:
    if not 200 <= status < 300:
        replies.value(status, body, heads, now=google.wall(), what=what)
    raise BusyError(f"Google does not go on with {what}", soon=False)
