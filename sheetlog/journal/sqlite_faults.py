"""What goes wrong with a SQLite file, in words that say what to do.

Knows SQLite's result codes; knows no schema and no entry.
"""

from __future__ import annotations

import os

from sheetlog.errors import JournalError

ELSEWHERE = "name another place with SHEETLOG_JOURNAL"

# Primary result codes, https://sqlite.org/rescode.html. Numbers, because the module `sqlite3` is
# slow to import and is loaded by whoever opens a journal.
_PERM, _BUSY, _LOCKED, _NOMEM, _READONLY, _INTERRUPT = 3, 5, 6, 7, 8, 9
_IOERR, _CORRUPT, _FULL, _CANTOPEN, _PROTOCOL, _TOOBIG = 10, 11, 13, 14, 15, 18
_NOLFS, _AUTH, _NOTADB = 22, 23, 26

_WORDS = {
    _BUSY: "another process has been writing it all the time that there was, or its disk knows no "
    f"file locks: try again, or {ELSEWHERE}",
    _LOCKED: "it is locked by another call in this process: try again",
    _NOMEM: "the machine is out of memory: free some, and try again",
    _INTERRUPT: "the call was interrupted: try again",
    _IOERR: f"the disk failed or knows no file locks: look after the disk, or {ELSEWHERE}",
    _FULL: f"the disk is full: free some space, or {ELSEWHERE}",
    _PROTOCOL: f"the disk knows no file locks: {ELSEWHERE} on a local disk",
    _TOOBIG: "the record is larger than SQLite can hold (1 GB): log the big values as artifacts",
    _NOLFS: f"the disk cannot hold a file this large: {ELSEWHERE}",
}
_UNWRITABLE = (_PERM, _READONLY, _CANTOPEN, _AUTH)
_PASSING = (_BUSY, _LOCKED, _NOMEM, _INTERRUPT)
_IOERR_LOCKS = (10 | 15 << 8, 10 | 14 << 8)
"""SQLITE_IOERR_LOCK and SQLITE_IOERR_CHECKRESERVEDLOCK: what a disk without locks answers."""


def damaged(error: BaseException) -> bool:
    """Return whether the file's content is broken, or no database at all."""
    return _primary(error) in (_CORRUPT, _NOTADB)


def passing(error: BaseException) -> bool:
    """Return whether the file and the connection to it are as good as before the error."""
    return _primary(error) in _PASSING


def locked(error: BaseException) -> bool:
    """Return whether somebody else has the file just now."""
    return _primary(error) in (_BUSY, _LOCKED)


def explain(error: BaseException, path: str) -> JournalError:
    """Return the error as one that says what happened to the journal and what to do."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    code = _primary(error)
    if isinstance(error, OSError) or code in _UNWRITABLE:
        what = _unwritable(path)
    elif getattr(error, "sqlite_errorcode", None) in _IOERR_LOCKS:
        what = _WORDS[_PROTOCOL]
    elif code in _WORDS:
        what = _WORDS[code]
    else:
        what = f"SQLite refused: keep the file for whoever looks into it, and {ELSEWHERE}"
    return JournalError(f"the journal '{path}' cannot be used: {what} ({said})")


def _primary(error: BaseException) -> int | None:
    """Return the code without its extension; None: the error is not SQLite's own."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _unwritable(path: str) -> str:
    """Return why a file cannot be opened for writing; SQLite says only that it cannot."""
    folder = os.path.dirname(path)
    if os.path.isdir(path):
        return f"a folder has this name: delete or rename it, or {ELSEWHERE}"
    if os.path.exists(path) and not _allowed(path, os.R_OK | os.W_OK):
        return f"there is no permission to write it, or the disk is read-only: {ELSEWHERE}"
    if os.path.isdir(folder) and not _allowed(folder, os.W_OK | os.X_OK):
        return (
            f"there is no permission to write in the folder '{folder}', "
            f"or its disk is read-only: {ELSEWHERE}"
        )
    if not os.path.isdir(folder):
        return f"the folder '{folder}' cannot be made: {ELSEWHERE}"
    return f"it cannot be opened for writing: {ELSEWHERE}"


def _allowed(path: str, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)
