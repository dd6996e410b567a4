"""The inventory: what a new file really holds, compared with the old one that it is to replace.

Trusts nothing of what was meant to be written. The new file is read back: its directory, the
bytes of every member that was to stay, and what was written for those that were to change.
Whatever else differs stops the write.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable

from sheetlog.errors import RefusedError
from sheetlog.xlsx import records
from sheetlog.xlsx.archive import Archive, read_at
from sheetlog.xlsx.changes import Changes, Packed
from sheetlog.xlsx.records import Member, Unsound

_CHUNK = 1 << 16
_INFLATED_WHOLE = 4 << 20


def check(old: Archive, new: int, changes: Changes) -> None:
    """Return if the new file is the old one with the planned changes, and nothing else.

    Args:
        old: as it was read.
        new: descriptor of the new file.
        changes: the plan.

    Raises:
        RefusedError: it isn't.
    """

    def at(offset: int, size: int) -> bytes:
        return read_at(new, size, offset)

    try:
        _check(old, at, os.fstat(new).st_size, changes)
    except Unsound as unsound:
        raise RefusedError(
            f"'{old.path}' was not changed: the new file is not what it should be ({unsound});"
            " report this to sheetlog, with the workbook if you can"
        ) from None


def _check(old: Archive, at: Callable[[int, int], bytes], size: int, changes: Changes) -> None:
    directory = records.directory(at, size)
    found = {records.key(member.name): member for member in directory.members}
    expected = (old.members.keys() - changes.removed) | changes.added.keys()
    if found.keys() != expected or len(found) != len(directory.members):
        wrong = found.keys() ^ expected
        raise Unsound(f"added or missing: {', '.join(sorted(wrong)) or 'members'}")
    if directory.comment != old.comment:
        raise Unsound("another comment")
    stay: list[tuple[Member, Member]] = []
    for same, member in found.items():
        content = changes.contents.get(same)
        if content is not None:
            _check_content(at, member, content)
        elif not _alike(member, old.members[same]):
            raise Unsound(f"changed: '{member.name}'")
        else:
            stay.append((old.members[same], member))
    for start, end, shift in _runs(stay):
        for place in range(start, end, _CHUNK):
            length = min(_CHUNK, end - place)
            if old.at(place, length) != at(place + shift, length):
                raise Unsound(f"changed: bytes {place:,} to {place + length:,}")


def _alike(one: Member, other: Member) -> bool:
    """Return whether the directories say the same of a member, but for where it stands."""
    told = [
        (m.raw_name, m.flags, m.method, m.stamp, m.crc, m.packed, m.size, m.end - m.start)
        for m in (one, other)
    ]
    entries = [(m.entry[:42], m.entry[46:]) for m in (one, other)]
    # What moves across the four gigabytes has its place in another field of the entry.
    wide = b"\xff\xff\xff\xff" in one.entry + other.entry
    return told[0] == told[1] and (wide or entries[0] == entries[1])


def _check_content(at: Callable[[int, int], bytes], member: Member, content: Packed) -> None:
    """Check a member that was to change; of a large one its end, whose place tells of the rest."""
    told = (member.crc, member.packed, member.size)
    header = records.header(member)
    start = member.start + len(header)
    if (
        told != (content.crc, content.packed, content.size)
        or at(member.start, len(header)) != header
        or start + member.packed != member.end
    ):
        raise Unsound(f"'{member.name}' is another than planned")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    whole = not content.extended and content.size <= _INFLATED_WHOLE
    last = content.pieces[-1]
    length = member.packed if whole or not isinstance(last, bytes) else len(last)
    try:
        text = inflater.decompress(at(member.end - length, length))
    except zlib.error:
        raise Unsound(f"'{member.name}' cannot be inflated") from None
    if not inflater.eof or inflater.unused_data or (whole and zlib.crc32(text) != member.crc):
        raise Unsound(f"'{member.name}' doesn't match its checksum")


def _runs(stay: list[tuple[Member, Member]]) -> list[tuple[int, int, int]]:
    """Return what to compare: start and end in the old file, and how far it moved."""
    runs: list[tuple[int, int, int]] = []
    for before, after in sorted(stay, key=lambda pair: pair[0].start):
        shift = after.start - before.start
        if runs and runs[-1][1:] == (before.start, shift):
            runs[-1] = (runs[-1][0], before.end, shift)
        else:
            runs.append((before.start, before.end, shift))
    return runs
