"""The lock beside a workbook: one delivery at a time, between processes and between threads.

`.NAME.lock` is made once and stays; the lock on it goes with the process that holds it, however
that ends. Where a network folder knows no locks, deliveries go on without: then the check that
nobody has changed the file meanwhile is what keeps two of them apart, but for the moment between
it and the rename. Knows no workbook.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sheetlog import filelocks
from sheetlog.errors import BusyError, RefusedError

_FIRST_WAIT, _LONGEST_WAIT = 0.005, 0.1
"""Seconds between two tries."""


@contextmanager
def locked(path: str, timeout: float) -> Iterator[bool]:
    """Hold the lock of a workbook; gives False where its folder knows no locks.

    Args:
        path: of the workbook's real file, which need not be there.
        timeout: seconds of waiting.

    Raises:
        BusyError: somebody else has had it all the time.
        RefusedError: the folder is not there, or nothing may be written in it.
    """
    fd = _opened(path)
    if fd is None:
        yield False
        return
    try:
        yield _lock(fd, path, timeout)
    finally:
        # Closing lets the lock go. The file stays: whoever removed it could remove one that
        # another process has just locked.
        with suppress(OSError):  # it is closed all the same, and nothing was written to it
            os.close(fd)


def _opened(path: str) -> int | None:
    folder, name = os.path.split(path)
    lock = os.path.join(folder, f".{name}.lock")
    try:
        return os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    except OSError as error:
        if not os.path.isdir(folder):
            raise RefusedError(
                f"the folder '{folder}' is not there; make it, or name another workbook"
            ) from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            return _without(lock, folder, error)
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise RefusedError(f"the disk of '{folder}' is full; make room") from error
        if error.errno in filelocks.NONE_HERE:
            return None
        raise BusyError(
            f"'{lock}' cannot be made: {(error.strerror or str(error)).lower()}"
        ) from error


def _without(lock: str, folder: str, error: OSError) -> int:
    """Return the lock file of another user of a shared folder, which is there to be read only."""
    try:
        return os.open(lock, os.O_RDONLY)
    except OSError:
        raise RefusedError(
            f"nothing may be written in the folder '{folder}'; ask its owner for the right to, "
            "or name a workbook elsewhere"
        ) from error


def _lock(fd: int, path: str, timeout: float) -> bool:
    end = time.monotonic() + timeout
    wait = _FIRST_WAIT
    while True:
        try:
            filelocks.take(fd)
        except OSError as error:
            if error.errno in filelocks.NONE_HERE:
                return False
            if error.errno not in filelocks.HELD:
                reason = (error.strerror or str(error)).lower()
                raise BusyError(f"the lock beside '{path}' cannot be taken: {reason}") from error
        else:
            return True
        left = end - time.monotonic()
        if left <= 0:
            raise BusyError(
                f"another process has been writing to '{path}' for {timeout:g} s; "
                "the run is delivered with the next one"
            )
        time.sleep(min(wait, left))
        wait = min(wait * 2, _LONGEST_WAIT)
