"""The atomic write: a new file beside the old one takes its place, or nothing happens.

Members that don't change are copied as they are, packed bytes and headers included. A worksheet
that was extended comes after all of them, and the small parts that change with each row after it:
so, from one row to the next, all that stays is one span at an unchanged offset, which the system
copies (or shares) by itself.

What remains: between the last look at the old file and the rename, some microseconds, another
program may replace it; its version is lost then. The look tells size, time and inode: a program
that writes as many bytes into the file itself, within one tick of the disk's clock, is not seen.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

from sheetlog.errors import RefusedError, StaleError
from sheetlog.xlsx import attributes, held, inventory, records
from sheetlog.xlsx.archive import Archive
from sheetlog.xlsx.changes import Changes, Span
from sheetlog.xlsx.records import DEFLATED, UTF8_FLAG, Member
from sheetlog.xlsx.trouble import meaning

_SMALL = 1 << 14
_CHUNK = 1 << 18
_PAGE = 1 << 12
_ORPHAN_AGE = 3600
_MAX_LISTED = 2_000
_FIRST_DAY = 0x21 << 16
# Programs that look only at the first bytes of a file know a workbook by these standing first.
_FIRST = ("[content_types].xml", "_rels/.rels")
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_swept: set[str] = set()


def write(archive: Archive, changes: Changes, *, mode: int | None) -> None:
    """Write an archive with changes, as one atomic, durable change of its file; it is closed then.

    Args:
        archive: as it was read.
        changes: all of them.
        mode: permission bits of the file; None: as they are.

    Raises:
        StaleError, BusyError, RefusedError: the file was not changed.
    """
    path = archive.path
    try:
        _check_same(path, archive.stat)
        held.check_free(path)
        _check_writable(path, archive.stat)
        stem, new = _new_name(path)
        fd = os.open(new, _NEW, archive.stat.st_mode & 0o777)
    except OSError as error:
        raise meaning(error, path) from error
    try:
        try:
            _sweep(path, stem, os.fstat(fd).st_mtime)
            _fill(fd, archive, changes)
            inventory.check(archive, fd, changes)
            attributes.keep(archive.fileno(), archive.stat, fd, path=path, mode=mode)
            os.fsync(fd)
        finally:
            os.close(fd)
        _take_place(new, archive)
    except OSError as error:
        remove(new)
        raise meaning(error, path) from error
    except BaseException:
        remove(new)
        raise
    settle(path)


def _check_same(path: str, seen: os.stat_result) -> None:
    """Raise unless the file is still the one that was read: the plan is for no other one."""
    try:
        now = os.stat(path)
    except FileNotFoundError:
        now = None
    if now is None or (now.st_size, now.st_mtime_ns, now.st_ino) != (
        seen.st_size, seen.st_mtime_ns, seen.st_ino,
    ):  # fmt: skip
        raise StaleError(f"'{path}' was changed by another program meanwhile; it is read again")


def _check_writable(path: str, seen: os.stat_result) -> None:
    """Refuse what its owner made read-only: a rename needs no right to the file itself."""
    if not seen.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise RefusedError(f"'{path}' is read-only; make it writable, or name another workbook")


def _new_name(path: str) -> tuple[str, str]:
    """Return a path for a new file beside a workbook, and how all such names for it start."""
    folder, name = os.path.split(path)
    # Synced folders leave files alone that are called so. The whole name might become too long.
    stem = f".~{name[:40]}."
    return stem, os.path.join(folder, f"{stem}{os.urandom(8).hex()}.tmp")


def _sweep(path: str, stem: str, now: float) -> None:
    """Remove what killed writers left behind, once per process: in time it would fill the disk."""
    if path in _swept:
        return
    _swept.add(path)
    try:
        with os.scandir(os.path.dirname(path)) as found:
            for _, one in zip(range(_MAX_LISTED), found, strict=False):
                ours = one.name.startswith(stem) and one.name.endswith(".tmp")
                if ours and now - one.stat(follow_symlinks=False).st_mtime > _ORPHAN_AGE:
                    os.unlink(one.path)
    except OSError:
        # It is tidying up: the next process does it.
        return


def _fill(fd: int, archive: Archive, changes: Changes) -> None:
    """Write the new archive."""
    output = _Output(fd, archive)
    entries: dict[str, bytes] = {}
    order = sorted(_members(archive, changes), key=lambda one: _rank(one[0], one[1], changes))
    for same, member in order:
        content = changes.contents.get(same)
        if content is None:
            entries[same] = records.moved(member, output.place)
            output.copy(member.start, member.end)
            continue
        written = member._replace(
            flags=member.flags & UTF8_FLAG, method=DEFLATED, crc=content.crc, start=output.place,
            packed=content.packed, size=content.size,
        )  # fmt: skip
        entries[same] = records.entry(written)
        output.write(records.header(written))
        for piece in content.pieces:
            if isinstance(piece, Span):
                output.copy(piece.start, piece.end)
            else:
                output.write(piece)
    start = output.place
    # One that gets another name is among both.
    names = dict.fromkeys((*archive.members, *changes.added))
    listed = [entries[one] for one in names if one in entries]
    directory = b"".join(listed)
    output.write(directory)
    output.write(records.end(len(listed), start, len(directory), archive.comment))
    output.flush()


def _members(archive: Archive, changes: Changes) -> Iterator[tuple[str, Member]]:
    for same, member in archive.members.items():
        if same not in changes.removed:
            yield same, member
    for same, name in changes.added.items():
        raw = name.encode()
        flags = 0 if raw.isascii() else UTF8_FLAG
        yield same, Member(name, raw, flags, DEFLATED, _FIRST_DAY, 0, 0, 0, 0, 0, b"")


def _rank(same: str, member: Member, changes: Changes) -> tuple[int, int]:
    """Return what a member's place in the new file follows from."""
    content = changes.contents.get(same)
    if content is None or (same in _FIRST and same not in changes.added):
        return 0, member.start
    # The largest first: what follows one that was extended is at another place each time.
    return (1, -content.packed) if content.extended else (2, member.start)


class _Output:
    """The new file: small pieces are gathered, large ones copied by the system."""

    def __init__(self, fd: int, archive: Archive) -> None:
        self.place = 0
        self._fd = fd
        self._archive = archive
        self._waiting: list[bytes] = []
        self._size = 0
        self._span = Span(0, 0)

    def write(self, data: bytes) -> None:
        """Append bytes."""
        self._end_span()
        self._waiting.append(data)
        self._size += len(data)
        self.place += len(data)
        if self._size >= _CHUNK:
            self._flush()

    def copy(self, start: int, end: int) -> None:
        """Append bytes of the old file; spans that follow each other are copied at once."""
        if start == self._span.end and self._span.end > self._span.start:
            self._span = Span(self._span.start, end)
        else:
            self._end_span()
            self._span = Span(start, end)
        self.place += end - start

    def flush(self) -> None:
        """Hand all that waits to the system."""
        self._end_span()
        self._flush()

    def _end_span(self) -> None:
        (start, end), self._span = self._span, Span(0, 0)
        if end - start > _SMALL:
            self._flush()
            _copy(self._archive, self._fd, start, end)
        elif end > start:
            self._waiting.append(self._archive.at(start, end - start))
            self._size += end - start

    def _flush(self) -> None:
        data = memoryview(b"".join(self._waiting))
        self._waiting, self._size = [], 0
        while data:
            data = data[os.write(self._fd, data) :]


def _copy(archive: Archive, fd: int, start: int, end: int) -> None:
    """Append bytes of the old file, in the system where it can."""
    copier = getattr(os, "copy_file_range", None)
    # Between places that differ within a page the system takes twice as long as we do.
    if (os.lseek(fd, 0, os.SEEK_CUR) - start) % _PAGE:
        copier = None
    while start < end and copier is not None:
        try:
            done = copier(archive.fileno(), fd, end - start, start)
        except OSError as error:
            if error.errno not in _NO_COPIER:
                raise
            break
        if not done:
            break
        start += done
    while start < end:
        data = memoryview(archive.at(start, min(_CHUNK, end - start)))
        start += len(data)
        while data:
            data = data[os.write(fd, data) :]


_NO_COPIER = frozenset({
    errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM, errno.EBADF,
    errno.ETXTBSY,
})  # fmt: skip


def _take_place(new: str, archive: Archive) -> None:
    """Put the new file in the old one's place, unless that is no longer the one that was read."""
    path, seen = archive.path, archive.stat
    # Windows renames onto no file that is open.
    archive.close()
    held.check_free(path)
    _check_same(path, seen)
    try:
        os.replace(new, path)
    except PermissionError as error:
        raise meaning(error, path, renaming=True) from error


def remove(new: str) -> None:
    """Remove a new file that has taken no place, or has another name by now."""
    try:
        os.unlink(new)
    except OSError:
        # The folder may be gone, and the file with it; else the next process removes it.
        return


def settle(path: str) -> None:
    """Make a file's new name durable: without this, power loss may bring the old file back."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    try:
        fd = os.open(os.path.dirname(path) or ".", os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        # Some network drives know no such thing.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise meaning(error, path) from error
