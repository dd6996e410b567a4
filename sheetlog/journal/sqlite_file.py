"""The file of the SQLite journal: its schema and versions, how it is opened, what follows damage.

Knows SQLite and the schema. Knows nothing of claims, of records' text, of threads and of forks.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sheetlog.errors import JournalError
from sheetlog.journal.sqlite_faults import ELSEWHERE, locked

if TYPE_CHECKING:
    from sqlite3 import Connection

APPLICATION_ID = int.from_bytes(b"slog", "big")
"""In the file's header (https://sqlite.org/fileformat.html#application_id): this is a journal."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # What changes (a few dozen bytes) stands apart from what never does (kilobytes of record):
        # SQLite rewrites whole rows, and a thousand are claimed and delivered at once.
        """CREATE TABLE entries (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            run TEXT NOT NULL,
            revision INTEGER NOT NULL,
            sheet TEXT NOT NULL,
            template TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'pending',
            attempts INTEGER NOT NULL DEFAULT 0,
            claimed INTEGER,
            expires INTEGER,
            problem TEXT,
            failed INTEGER,
            appended INTEGER NOT NULL
        )""",
        "CREATE TABLE records (number INTEGER PRIMARY KEY, text TEXT NOT NULL)",
        # As long as what waits is little, finding it costs little, however much was delivered.
        "CREATE INDEX entries_waiting ON entries (sheet, number) WHERE state <> 'delivered'",
        "CREATE INDEX entries_run ON entries (run, revision, number)",
        "CREATE INDEX entries_sheet ON entries (sheet, number)",
    ),
    ("ALTER TABLE entries ADD COLUMN token TEXT",),
    (
        "ALTER TABLE entries ADD COLUMN name TEXT",
        "CREATE INDEX entries_name ON entries (sheet, name, number) WHERE name IS NOT NULL",
    ),
)
"""Each brings a file of the version before it to its own; a new file goes through all of them.
A version that was released is never edited: a change is a further one.

All times are microseconds since 1970 in UTC. `attempts` counts every claim that may have written
to the sheet, the present one included."""

FLOOR = 1
"""The oldest version whose programs may use a file of the newest one. Raised when a migration
makes something that they would get wrong; a further column or index is none."""

_READ_ENTRY = """SELECT number, run, revision, sheet, template, state, attempts, claimed, expires,
    problem, failed, appended FROM entries WHERE number = ?"""
_READ_RECORD = "SELECT number, text FROM records WHERE number = ?"
_COPY_ENTRY = """INSERT INTO entries (number, run, revision, sheet, template, state, attempts,
    claimed, expires, problem, failed, appended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_COPY_RECORD = "INSERT INTO records (number, text) VALUES (?, ?)"


def newest(path: str) -> tuple[str, int]:
    """Return the file in use, and how often it had to be renewed because of damage."""
    times = 0
    while os.path.exists(renewed(path, times + 1)):
        times += 1
    return renewed(path, times), times


def renewed(path: str, times: int) -> str:
    """Return the name of the file that is used after so many damaged ones.

    A damaged file keeps its name and its place: to rename a database that another process has open
    would part it from its write-ahead log, which SQLite finds by name.
    """
    if times == 0:
        return path
    stem, ending = os.path.splitext(path)
    return f"{stem}-renewed-{times}{ending}"


def open_file(
    path: str, *, timeout: float, before: str | None = None
) -> tuple[Connection, int | None]:
    """Open the file, made and brought up to date where that is needed.

    Args:
        path: absolute.
        timeout: seconds to wait for other processes, at most.
        before: the damaged file that this one replaces; what is readable in it is copied.

    Returns:
        The connection, and how many entries were copied; None: the file was there already.

    Raises:
        sqlite3.Error, OSError: it cannot be opened.
        JournalError: it is another program's, or a newer sheetlog's.
    """
    import sqlite3

    deadline = time.monotonic() + timeout
    make_folder(os.path.dirname(path))
    try:
        connection = _connect(path, deadline, wal=True)
    except sqlite3.OperationalError as error:
        if locked(error):
            raise
        # Without shared memory (network disks, some containers) there is no write-ahead log.
        try:
            connection = _connect(path, deadline, wal=False)
        except sqlite3.OperationalError:
            raise error from None  # that was not it, and the first error says what it is
    try:
        copied = _migrate(connection, path, before, deadline)
    except BaseException:
        connection.close()
        raise
    return connection, copied


def _connect(path: str, deadline: float, *, wal: bool) -> Connection:
    """Return a connection that can write, every transaction of which is on disk when it ends."""
    import sqlite3

    connection = sqlite3.connect(
        path,
        timeout=max(0.0, deadline - time.monotonic()),
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        if not wal:
            # Before all else, since all else reads the file: this mode can do so without shared
            # memory, even where the file was in use with it.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA synchronous = FULL")
        # On macOS fsync leaves the data in the drive's cache; elsewhere this does nothing.
        connection.execute("PRAGMA fullfsync = ON")
        _version(connection, path)  # before the first write: it may be somebody else's
        if wal:
            _use_wal(connection, deadline)
        else:
            # Unlike DELETE, this mode syncs the end of each transaction, too.
            connection.execute("PRAGMA journal_mode = TRUNCATE").fetchone()
            connection.execute("PRAGMA locking_mode = NORMAL")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # unlocks it
        # Whether the disk is read-only, or has no shared memory, shows with the first write.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def make_folder(folder: str) -> None:
    """Make the folder and those above it, so that they outlive a power cut."""
    missing = []
    while not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        missing.append(folder)
        folder = os.path.dirname(folder)
    for made in reversed(missing):
        with contextlib.suppress(FileExistsError):  # by another process; a file fails below
            os.mkdir(made)
        if os.name != "nt":  # Windows has no way to sync a folder
            handle = os.open(os.path.dirname(made), os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _version(connection: Connection, path: str) -> int:
    """Return the file's version; 0: it is empty.

    Raises:
        JournalError: it is another program's, or of a newer sheetlog and not for this one.
    """
    ((application,),) = connection.execute("PRAGMA application_id")
    ((stamp,),) = connection.execute("PRAGMA user_version")
    if application == APPLICATION_ID:
        floor, version = divmod(int(stamp), 100)
        if floor <= len(MIGRATIONS):
            return version
        raise JournalError(
            f"the journal '{path}' was written by a newer sheetlog (its format is {version}, and "
            f"this one knows {len(MIGRATIONS)}): upgrade sheetlog, or {ELSEWHERE}"
        )
    ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_master")
    if application == stamp == tables == 0:
        return 0
    raise JournalError(
        f"the file '{path}' is a database of another program and is left as it is: {ELSEWHERE}"
    )


def _use_wal(connection: Connection, deadline: float) -> None:
    """Have one fsync a transaction, and readers that nobody waits for."""
    import sqlite3

    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            # Two processes that make the file at once are told so without SQLite's own waiting.
            if not locked(error) or time.monotonic() >= deadline:
                raise
            time.sleep(0.005)
        else:
            return


def _migrate(connection: Connection, path: str, before: str | None, deadline: float) -> int | None:
    """Bring the file to the newest version; return how many entries came over, if it is new."""
    if _version(connection, path) >= len(MIGRATIONS):
        return None
    connection.execute("BEGIN IMMEDIATE")
    version = _version(connection, path)  # another process may have been quicker
    copied = 0
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    if version < len(MIGRATIONS):
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {100 * FLOOR + len(MIGRATIONS)}")
    if version == 0 and before is not None and os.path.exists(before):
        copied = _rescue(before, connection, deadline)
    connection.execute("COMMIT")
    return copied if version == 0 else None


def _rescue(path: str, connection: Connection, deadline: float) -> int:
    """Copy what can be read of a damaged journal: what waits first, then the newest."""
    import sqlite3
    from urllib.parse import quote

    copied = 0
    # Read-only, so that the damaged file and its write-ahead log stay as they were found.
    source = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, isolation_level=None)
    with contextlib.closing(source):
        # What this is for is another thing; it also reads a file that is shorter than it says.
        source.execute("PRAGMA writable_schema = ON")
        for number in _numbers(source):
            if time.monotonic() >= deadline:
                break
            try:
                entry, text = _whole(source, number)
            except (sqlite3.Error, ValueError):
                continue  # this one stands on a broken page; the next may not
            connection.execute(_COPY_ENTRY, entry)
            connection.execute(_COPY_RECORD, text)
            copied += 1
    return copied


def _whole(source: Connection, number: int) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """Return an entry's rows; ValueError: there are none."""
    (entry,) = source.execute(_READ_ENTRY, (number,))
    (text,) = source.execute(_READ_RECORD, (number,))
    return entry, text


def _numbers(source: Connection) -> Iterator[int]:
    """Give the numbers that may be in a damaged file, each once, by whatever of it can be read."""
    import sqlite3

    given: set[int] = set()
    for question in (
        "SELECT number FROM entries INDEXED BY entries_waiting WHERE state <> 'delivered'",
        "SELECT number FROM entries ORDER BY number DESC",
        "SELECT number FROM records ORDER BY number DESC",
    ):
        found: list[int] = []
        with contextlib.suppress(sqlite3.Error):  # up to the first broken page
            for (number,) in source.execute(question):
                found.append(number)
        for number in found:
            if number not in given:
                given.add(number)
                yield number
