"""What a file has besides its content: owner, group, permissions, extended attributes.

A new file that takes the place of an old one must have them, or a teammate could no longer open
it.
"""

from __future__ import annotations

import errno
import os

from sheetlog.errors import RefusedError

_UNKNOWN = frozenset({errno.ENOTSUP, errno.EPERM, errno.EACCES, errno.ENODATA, errno.EINVAL})


def keep(old: int, seen: os.stat_result, new: int, *, path: str, mode: int | None) -> None:
    """Give a new file what an old one has.

    Args:
        old: descriptor of the old file.
        seen: its `stat`.
        new: descriptor of the new file.
        path: of the old file, for messages.
        mode: permission bits instead of the old one's.

    Raises:
        RefusedError: the new file would be closed to people to whom the old one was open.
        OSError: as the system says.
    """
    if hasattr(os, "fchown"):
        _keep_owner(seen, new, path=path)
    # After the attributes: an access control list is one, and its mask is among these bits.
    _keep_attributes(old, new)
    wanted = seen.st_mode & 0o7777 if mode is None else mode
    if hasattr(os, "fchmod") and os.fstat(new).st_mode & 0o7777 != wanted:
        os.fchmod(new, wanted)


def _keep_owner(seen: os.stat_result, new: int, *, path: str) -> None:
    made = os.fstat(new)
    if (made.st_uid, made.st_gid) == (seen.st_uid, seen.st_gid):
        return
    # A teammate's file: only root gives files away, but its group keeps it open to the team.
    for owner in (seen.st_uid, -1):
        try:
            os.fchown(new, owner, seen.st_gid)
        except PermissionError:
            continue
        return
    if seen.st_mode >> 3 & 7 != seen.st_mode & 7:
        raise RefusedError(
            f"'{path}' belongs to a group that you aren't in, and would be closed to it; ask its"
            " owner to share it with a group of yours"
        )


def _keep_attributes(old: int, new: int) -> None:
    if not hasattr(os, "listxattr"):
        return
    try:
        attributes = os.listxattr(old)
    except OSError as error:
        if error.errno in _UNKNOWN:
            return
        raise
    for name in attributes:
        try:
            os.setxattr(new, name, os.getxattr(old, name))
        except OSError as error:
            # Those of the system's own (security labels) it sets itself, and lets nobody else.
            if error.errno not in _UNKNOWN:
                raise
