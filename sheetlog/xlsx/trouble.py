"""What an error of the system means for a workbook: not now, or not until somebody acts."""

from __future__ import annotations

import errno

from sheetlog.errors import BusyError, RefusedError, SheetError

# Nothing heals these but a person. Whatever isn't here may be over in a minute: a network drive
# that is away, a limit on open files, an I/O error.
_ACT = {
    errno.ENOSPC: "the disk is full; make room",
    errno.EDQUOT: "your quota on this disk is used up; make room",
    errno.EFBIG: "the file would be larger than this disk allows",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "you have no access to it; ask its owner to let you write to it and its folder",
    errno.EPERM: "the system doesn't allow it; ask the owner of the file or the folder",
    errno.ENOENT: "it isn't there any more; put it back, or name another file",
    errno.ENOTDIR: "its folder isn't there; put it back, or name another file",
    errno.EISDIR: "it is a folder; name a file",
    errno.ELOOP: "its symbolic links lead in a circle; mend them",
    errno.ENAMETOOLONG: "its name is too long for this disk; shorten it",
}

# Windows: another program has the file open and lets nobody else write, or read, or rename onto
# it.
_ACCESS_DENIED, _SHARING_VIOLATION, _LOCK_VIOLATION = 5, 32, 33


def meaning(error: OSError, path: str, *, renaming: bool = False) -> SheetError:
    """Return the exception to raise for an error of the operating system about a workbook.

    Args:
        error: as it was raised.
        path: of the workbook.
        renaming: it came from a rename onto the workbook, which Windows denies while it is open.
    """
    windows = getattr(error, "winerror", None)
    held = (_SHARING_VIOLATION, _LOCK_VIOLATION)
    if windows in held or (renaming and windows == _ACCESS_DENIED):
        return BusyError(f"'{path}' is open in another program; close it there", soon=False)
    reason = _ACT.get(error.errno or 0)
    if reason:
        return RefusedError(f"'{path}' cannot be used: {reason}")
    text = error.strerror or str(error)
    return BusyError(f"'{path}' cannot be used just now: {text.lower()}")
