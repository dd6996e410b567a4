"""One connection to the journal's file, held while the process lives: `Held`.

Knows threads, forks, time-outs, and what to do when the file is damaged, deleted or replaced.
Knows no table: the work to do comes as a function.
"""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Callable
from contextlib import suppress
from threading import RLock
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakSet

from sheetlog.errors import JournalError
from sheetlog.journal.sqlite_faults import ELSEWHERE, damaged, explain, passing
from sheetlog.journal.sqlite_file import newest, open_file, renewed

if TYPE_CHECKING:
    from sqlite3 import Connection

T = TypeVar("T")

TIMES = 3
"""So often a call starts again because the file under it was damaged, deleted or replaced."""


class Held:
    """A connection that opens when it is first needed, and anew when its file is no longer there.

    Args:
        path: absolute.
        timeout: seconds that a call waits for other threads and processes, at most.
        say: is told, in a sentence, what a person should know although the call did its work.
    """

    def __init__(self, path: str, *, timeout: float, say: Callable[[str], None]) -> None:
        self._path = path
        self._timeout = timeout
        self._say = say
        self._lock = RLock()
        self._pid = os.getpid()
        self._connection: Connection | None = None
        self._identity: tuple[int, int] | None = None
        """Device and number of the file that the connection has open."""
        self._times = newest(path)[1]
        """How often the file in use was renewed because of damage."""
        self._damage: BaseException | None = None
        """What is wrong with the file before the one to open."""
        self._news: list[str] = []

    @property
    def file(self) -> str:
        """Return the file in use."""
        return renewed(self._path, self._times)

    def do(self, work: Callable[[Connection], T], *, write: bool = False) -> T:
        """Return what the work gives.

        Args:
            work: may be done again, on another file, so it depends on nothing but the connection.
            write: whether it is one transaction, which is on disk when this returns.

        Raises:
            JournalError: it was not done, or not in time.
        """
        deadline = time.monotonic() + self._timeout
        if self._pid != os.getpid():
            self.abandon()
        if not self._lock.acquire(timeout=max(0.0, self._timeout)):
            raise JournalError(
                f"the journal '{self.file}' cannot be used: another thread has had it for "
                f"{self._timeout:g} s: try again"
            )
        try:
            if self._connection is not None and self._connection.in_transaction:
                # A signal's handler, or the like; its work would be undone with the other's.
                raise JournalError(
                    f"the journal '{self.file}' cannot be used within a call to it that was "
                    "interrupted: try again when that has ended"
                )
            result = self._persist(work, write, deadline)
            news, self._news = self._news, []
        finally:
            self._lock.release()
        for sentence in news:
            self._say(sentence)
        return result

    def close(self) -> None:
        """Let go of the file; the next work opens it anew. Work that is going on keeps it."""
        if self._pid != os.getpid():
            self.abandon()
        if self._lock.acquire(timeout=max(0.0, self._timeout)):
            try:
                if self._connection is not None and not self._connection.in_transaction:
                    self._drop()
            finally:
                self._lock.release()

    def _persist(self, work: Callable[[Connection], T], write: bool, deadline: float) -> T:
        """Do the work until it was done on the file that the next process will open."""
        import sqlite3

        for _ in range(TIMES):
            try:
                connection = self._ready(deadline)
                result = _transaction(connection, work) if write else work(connection)
            except (sqlite3.Error, OSError, OverflowError) as error:
                if damaged(error):
                    self._drop()
                    self._damage = error
                    continue
                if not passing(error):
                    self._drop()
                raise explain(error, self.file) from error
            # A file that was deleted or replaced takes what is written to it, and nobody reads it.
            if not write or self._in_place():
                return result
        raise JournalError(
            f"the journal '{self.file}' cannot be used: it is damaged or replaced each time "
            f"that it is made: look after its disk, or {ELSEWHERE}"
        )

    def _ready(self, deadline: float) -> Connection:
        """Return the connection to the file in use, told how long it may wait."""
        if self._connection is not None and not self._in_place():
            self._drop()
        left = max(0.0, deadline - time.monotonic())
        connection = self._connection or self._open(left)
        connection.execute(f"PRAGMA busy_timeout = {int(left * 1000)}")
        return connection

    def _open(self, left: float) -> Connection:
        damage, self._damage = self._damage, None
        file, times = newest(self._path)
        if damage is not None and times <= self._times:
            times = self._times + 1
            file = renewed(self._path, times)
        self._times = times
        before = renewed(self._path, times - 1) if times else None
        # Looked at before it is opened: should it be replaced in between, the difference shows.
        identity = _identity(file)
        connection, copied = open_file(file, timeout=left, before=before)
        self._connection = connection
        self._identity = identity or _identity(file)
        _HELD.add(self)
        _watch()
        if before is not None and copied is not None:
            self._news.append(
                f"the journal '{before}' is damaged ({damage or 'it cannot be read'}) and is left "
                f"as it is; '{file}' takes its place, with {copied} entries that could be read"
            )
        return connection

    def _in_place(self) -> bool:
        """Return whether the file that is open is the one that another process would open."""
        same = self._identity is not None and _identity(self.file) == self._identity
        return same and not os.path.exists(renewed(self._path, self._times + 1))

    def _drop(self) -> None:
        import sqlite3

        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):  # what was committed stays so, however this ends
                connection.close()

    def abandon(self) -> None:
        """Forget a connection that another process opened: here it can be neither used nor closed.

        After a fork that `pause` was not told of, or where another thread had the connection.
        https://sqlite.org/howtocorrupt.html#_carrying_an_open_database_connection_across_a_fork_
        """
        self._pid = os.getpid()
        self._lock = RLock()  # whatever thread had it is not in this process
        connection, self._connection = self._connection, None
        if connection is not None:
            _ABANDONED.append(connection)

    def pause(self) -> bool:
        """Close the connection before a fork, and keep others from opening one until `resume`.

        SQLite remembers in the process which locks it has on a file, so even a new connection of
        a child would count on locks that only its parent has.
        """
        if not self._lock.acquire(timeout=min(1.0, self._timeout)):
            return False
        if self._connection is not None and not self._connection.in_transaction:
            self._drop()
        return True

    def resume(self) -> None:
        """Let others open a connection again, after a fork."""
        self._lock.release()


def _identity(file: str) -> tuple[int, int] | None:
    """Return device and number of a file; None: there is none, or none to be seen."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _transaction(connection: Connection, work: Callable[[Connection], T]) -> T:
    import sqlite3

    try:
        connection.execute("BEGIN IMMEDIATE")
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            # The error that brought us here says more than one of the way back.
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise
    return result


_HELD: WeakSet[Held] = WeakSet()
"""Those that may have a connection."""
_ABANDONED: list[Connection] = []
"""Kept for ever: to forget them would be to close them."""
_PAUSED: list[Held] = []
_watching = False


def _watch() -> None:
    """Close connections before a fork and at the end of the process."""
    global _watching
    if _watching:
        return
    _watching = True
    atexit.register(_close_all)
    if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
        os.register_at_fork(
            before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
        )


def _close_all() -> None:
    for held in tuple(_HELD):
        held.close()


def _before_fork() -> None:
    _PAUSED.extend(held for held in tuple(_HELD) if held.pause())


def _after_fork() -> None:
    while _PAUSED:
        _PAUSED.pop().resume()
