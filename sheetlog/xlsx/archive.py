"""The archive of a workbook, open for reading: its members, and what each inflates to.

Knows nothing of workbooks, but that an OLE file in the place of one is an encrypted one, or an
old one. Whatever can't be edited safely is refused here, with a reason that a teammate
understands; nothing that the archive says of itself is believed further than it is checked.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from stat import S_ISREG

from sheetlog.errors import RefusedError
from sheetlog.xlsx.records import (
    DEFLATED,
    ENCRYPTED_FLAG,
    STORED,
    Directory,
    Endless,
    Member,
    Unsound,
    data_start,
    directory,
    header_length,
    key,
)
from sheetlog.xlsx.trouble import meaning

MAX_PART = 256 << 20
"""Bytes that a part may inflate to where it is read whole."""
MAX_SHEET = (1 << 32) - (1 << 20)
"""Bytes that a worksheet may inflate to, which is read piecemeal. Beyond, readers need zip64."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_FLAGS = ENCRYPTED_FLAG | 0x40 | 0x2000
_CHUNK = 1 << 18
_HEAD_CHUNK = 1 << 13
# A byte of deflate gives at most this many.
_MAX_RATIO = 1032
_OPENING = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


class Archive:
    """An archive, open for reading; what it says of itself was checked when it was opened."""

    __slots__ = ("_fd", "comment", "members", "path", "stat")

    members: dict[str, Member]
    """By `key` of their name, in the directory's order; folders among them."""

    def __init__(self, path: str) -> None:
        """Open it.

        Raises:
            RefusedError, BusyError: it cannot be read, or is nothing that could be edited safely.
        """
        self.path = path
        self._fd = -1
        try:
            # Without O_NONBLOCK, opening a pipe that has this name would wait for ever.
            self._fd = os.open(path, _OPENING)
            self.stat = os.fstat(self._fd)
            found = self._directory()
            self.comment = found.comment
            self.members = self._checked(found)
        except OSError as error:
            self.close()
            raise meaning(error, path) from error
        except BaseException:
            # Not only when it is collected: Windows renames onto no file that is open.
            self.close()
            raise

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def fileno(self) -> int:
        """Return the file's descriptor."""
        return self._fd

    def at(self, offset: int, size: int) -> bytes:
        """Return exactly so many bytes from an offset."""
        try:
            data = read_at(self._fd, size, offset)
            while len(data) < size:
                more = read_at(self._fd, size - len(data), offset + len(data))
                if not more:
                    raise self.damaged("it ends too early")
                data += more
        except OSError as error:
            raise meaning(error, self.path) from error
        return data

    def damaged(self, what: str) -> RefusedError:
        """Return the error to raise where the archive isn't sound."""
        return RefusedError(
            f"'{self.path}' cannot be edited: {what}; let Excel repair it and save it, or name"
            " another workbook"
        )

    def signed(self) -> RefusedError:
        """Return the error to raise where the archive carries a signature over its parts."""
        return RefusedError(
            f"'{self.path}' is signed, and any change would break the signature; remove the"
            " signature in Excel (File > Info), or name another workbook"
        )

    def data_start(self, member: Member) -> int:
        """Return where a member's data start; if its header says what the directory says."""
        length = min(header_length(member.raw_name), member.end - member.start)
        try:
            return data_start(member, self.at(member.start, length))
        except Unsound as unsound:
            raise self.damaged(str(unsound)) from None

    def read(self, member: Member, limit: int = MAX_PART) -> bytes:
        """Return what a member inflates to, its checksum checked."""
        if member.size > limit or member.size > _MAX_RATIO * (member.packed + 1):
            raise self.damaged(f"'{member.name}' says that it inflates to {member.size:,} bytes")
        return b"".join(self.chunks(member))

    def chunks(self, member: Member, size: int = 1 << 20) -> Iterator[bytes]:
        """Yield what a member inflates to, `size` bytes or less at once; checked at the end."""
        total = crc = 0
        for chunk in self.inflated(member, size):
            total += len(chunk)
            crc = zlib.crc32(chunk, crc)
            # One that says too little of itself is stopped here, before it fills the memory.
            if total > member.size:
                break
            yield chunk
        if total != member.size or crc != member.crc:
            raise self.damaged(f"what is in '{member.name}' doesn't match its checksum")

    def head(self, member: Member, until: bytes, limit: int) -> bytes:
        """Return a member's content up to and with `until`, at most `limit` bytes; no checksum."""
        data = b""
        for chunk in self.inflated(member, _HEAD_CHUNK):
            # What is looked for may begin in one chunk and end in the next.
            searched = max(0, len(data) - len(until) + 1)
            data += chunk
            found = data.find(until, searched)
            if found >= 0:
                return data[: found + len(until)][:limit]
            if len(data) >= limit:
                break
        return data[:limit]

    def inflated(self, member: Member, size: int) -> Iterator[bytes]:
        """Yield what a member inflates to, at most `size` bytes at once, unchecked."""
        start = self.data_start(member)
        stop = start + member.packed
        step = min(_CHUNK, size)
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        for offset in range(start, stop, step):
            waiting = self.at(offset, min(step, stop - offset))
            if member.method == STORED:
                yield waiting
                continue
            full = True
            # All input may be read while output is still waiting for room.
            while waiting or full:
                try:
                    chunk = inflater.decompress(waiting, size)
                except zlib.error:
                    raise self.damaged(f"'{member.name}' cannot be inflated") from None
                yield chunk
                if inflater.eof:
                    return
                waiting, full = inflater.unconsumed_tail, len(chunk) == size
        if member.method == DEFLATED:
            raise self.damaged(f"'{member.name}' ends too early")

    def _directory(self) -> Directory:
        if not S_ISREG(self.stat.st_mode):
            raise RefusedError(f"'{self.path}' is a folder or a device; name a workbook")
        size = self.stat.st_size
        first = self.at(0, min(8, size))
        if first == _OLE:
            raise RefusedError(
                f"'{self.path}' cannot be edited: it is encrypted with a password, or an old .xls;"
                " save it without a password as .xlsx"
            )
        if not size:
            raise self.damaged("it is empty")
        try:
            return directory(self.at, size)
        except Unsound as unsound:
            if isinstance(unsound, Endless) and not first.startswith(b"PK"):
                raise RefusedError(
                    f"'{self.path}' cannot be edited: it is no workbook; name a file that"
                    " Excel saved as .xlsx or .xlsm"
                ) from None
            raise self.damaged(str(unsound)) from None

    def _checked(self, found: Directory) -> dict[str, Member]:
        members: dict[str, Member] = {}
        for member in found.members:
            same = key(member.name)
            if same in members:
                raise self.damaged(f"it holds '{member.name}' twice")
            if member.flags & _ENCRYPTED_FLAGS:
                raise self.damaged(f"'{member.name}' in it is encrypted")
            if member.method not in (STORED, DEFLATED):
                raise self.damaged(f"'{member.name}' is packed in a way that Excel doesn't read")
            if member.method == STORED and member.packed != member.size:
                raise self.damaged(f"'{member.name}' has two sizes")
            if _trick(same):
                raise self.damaged(f"the name '{member.name}' in it leads elsewhere")
            if same.startswith("_xmlsignatures/"):
                raise self.signed()
            members[same] = member
        return members


def _trick(name: str) -> bool:
    """Whether a name, unpacked by somebody, would land outside of the folder or in no file."""
    if "\0" in name or ":" in name.partition("/")[0]:
        return True
    steps = name.removesuffix("/").split("/")
    return "" in steps or "." in steps or ".." in steps


def _seek_and_read(fd: int, size: int, offset: int) -> bytes:
    os.lseek(fd, offset, os.SEEK_SET)
    return os.read(fd, size)


# Windows has no pread.
read_at = getattr(os, "pread", _seek_and_read)
