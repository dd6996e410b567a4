"""Locks on open files: they go with the process that holds them, however that ends."""

from __future__ import annotations

import errno
import os

HELD = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
"""Errors that say that somebody else has the lock."""
NONE_HERE = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}
"""Errors that say that the file's folder, on a network say, knows no locks."""

if os.name == "nt":
    import msvcrt

    def take(fd: int) -> None:
        """Lock an open file, or raise OSError at once; closing it lets the lock go."""
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:
    import fcntl

    def take(fd: int) -> None:
        """Lock an open file, or raise OSError at once; closing it lets the lock go."""
        # Unlike lockf, flock keeps two threads of one process apart, too.
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
