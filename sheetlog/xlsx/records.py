"""The records of a zip archive: its end, its directory and its headers, as bytes and back. Pure.

Format: PKWARE's APPNOTE.TXT 6.3. Whatever a record says is a claim: what contradicts another
record is no sound archive, and two readers could see two different things in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from struct import Struct, error
from typing import NamedTuple

STORED, DEFLATED = 0, 8
ENCRYPTED_FLAG, UTF8_FLAG = 0x1, 0x800
MAX_MEMBERS = 100_000

_ENTRY = Struct("<4s6H3L5H2L")
_LOCAL = Struct("<4s5H3L2H")
_END = Struct("<4s4H2LH")
_END64 = Struct("<4sQ2H2L4Q")
_LOCATOR64 = Struct("<4sLQL")
_ENTRY_MARK, _LOCAL_MARK, _END_MARK = b"PK\1\2", b"PK\3\4", b"PK\5\6"
_END64_MARK, _LOCATOR64_MARK = b"PK\6\6", b"PK\6\7"
# What a field holds whose value stands in a zip64 record instead.
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_ZIP64 = 1
_LONGEST_COMMENT = 0xFFFF
_LAST_BYTES = 1 << 13


class Unsound(Exception):  # noqa: N818 - it is caught where the file's name is known
    """The archive is damaged, or is nothing that could be edited; the text says what is wrong."""


class Endless(Unsound):
    """There is no end of an archive: it was cut off, or never was one."""


class Member(NamedTuple):
    """A file in the archive, as the directory at its end has it."""

    name: str
    """With forward slashes and none in front; as it is spelled there otherwise."""
    raw_name: bytes
    flags: int
    method: int
    stamp: int
    """Time and date as DOS has them, in one number of 32 bits."""
    crc: int
    packed: int
    """Bytes in the archive."""
    size: int
    """Bytes that it says it inflates to."""
    start: int
    """Where its local header stands."""
    end: int
    """Where the next member, or the directory, starts."""
    entry: bytes
    """Its entry in the directory, whole."""

    @property
    def folder(self) -> bool:
        """Whether it is an entry for a folder, and no part."""
        return self.name.endswith("/")


class Directory(NamedTuple):
    """All members, in the directory's order, and what else the end of an archive holds."""

    members: tuple[Member, ...]
    start: int
    """Where the directory starts, and the last member's bytes end."""
    comment: bytes


_Entry = tuple[int, int, int, bytes, bytes, tuple[int, ...]]


def directory(at: Callable[[int, int], bytes], size: int) -> Directory:
    """Return the directory of an archive.

    Args:
        at: gives exactly so many bytes (second argument) from an offset (first).
        size: of the whole file.

    Raises:
        Unsound: with a reason.
    """
    first = max(0, size - _LAST_BYTES)
    last = at(first, size - first)
    found = _end(last, first, size)
    if found is None and first:
        first = max(0, size - _END.size - _LONGEST_COMMENT)
        last = at(first, size - first)
        found = _end(last, first, size)
    if found is None:
        raise Endless("its end is missing, as if it had not been copied or synced to the end")
    place, comment = found
    _, disk, start_disk, here, count, length, start, _ = _END.unpack_from(last, place - first)
    if place >= _LOCATOR64.size:
        locator = at(place - _LOCATOR64.size, _LOCATOR64.size)
        if locator[:4] == _LOCATOR64_MARK:
            place, here, count, length, start = _end64(at, locator, place)
    if disk not in (0, _FULL16) or start_disk not in (0, _FULL16) or here != count:
        raise Unsound("it is one part of an archive in several parts")
    if start + length != place:
        raise Unsound(_misplaced(at, start + length, place))
    if count > MAX_MEMBERS or count * _ENTRY.size > length:
        raise Unsound(f"it says that it has {count:,} members")
    inside = first <= start and place <= first + len(last)
    block = last[start - first : place - first] if inside else at(start, length)
    return Directory(tuple(_members(list(_entries(block, count)), start)), start, comment)


def _end(last: bytes, first: int, size: int) -> tuple[int, bytes] | None:
    """Find the record at the archive's end, and the archive's comment behind it."""
    found: list[tuple[int, bytes]] = []
    place = last.rfind(_END_MARK)
    while place >= 0:
        if place + _END.size <= len(last):
            comment = int.from_bytes(last[place + 20 : place + 22], "little")
            if first + place + _END.size + comment == size:
                found.append((first + place, last[place + _END.size :]))
        place = last.rfind(_END_MARK, 0, place + 3)
    if len(found) > 1:
        raise Unsound("it has more than one end, and readers would disagree on what is in it")
    return found[0] if found else None


def _end64(
    at: Callable[[int, int], bytes], locator: bytes, before: int
) -> tuple[int, int, int, int, int]:
    """Return place, members here, members, directory's length and start, of the zip64 record."""
    _, disk, place, disks = _LOCATOR64.unpack(locator)
    if disk or disks > 1:
        raise Unsound("it is one part of an archive in several parts")
    if place + _END64.size > before - _LOCATOR64.size:
        raise Unsound("its zip64 end is not where it should be")
    record = _END64.unpack(at(place, _END64.size))
    if record[0] != _END64_MARK or place + 12 + record[1] != before - _LOCATOR64.size:
        raise Unsound("its zip64 end is not where it should be")
    here, count, length, start = record[6:]
    return place, here, count, length, start


def _misplaced(at: Callable[[int, int], bytes], claimed: int, place: int) -> str:
    """Return what is wrong where the directory doesn't end where the record after it starts."""
    if claimed < place and at(0, 4) != _LOCAL_MARK:
        return "there are other bytes before the archive"
    return "its directory is not where its end says"


def _entries(block: bytes, count: int) -> Iterator[_Entry]:
    """Yield of each entry: start, packed size, size, raw name, all its bytes, its fields."""
    place = 0
    for _ in range(count):
        try:
            fields = _ENTRY.unpack_from(block, place)
        except error:
            raise Unsound("its directory ends too early") from None
        name_end = place + _ENTRY.size + fields[10]
        extra_end = name_end + fields[11]
        end = extra_end + fields[12]
        if fields[0] != _ENTRY_MARK or end > len(block):
            raise Unsound("its directory is not one")
        packed, size, start = fields[8], fields[9], fields[16]
        if _FULL32 in (packed, size, start):
            size, packed, start = _wide(block[name_end:extra_end], size, packed, start)
        yield start, packed, size, block[place + _ENTRY.size : name_end], block[place:end], fields
        place = end
    if place != len(block):
        raise Unsound("its directory has another length than its end says")


def _members(entries: list[_Entry], end: int) -> Iterator[Member]:
    """Yield the members with their ends, none of them reaching into the next."""
    ends: dict[int, int] = {}
    for start, packed, _, raw_name, _, _ in sorted(entries, reverse=True):
        if start + _LOCAL.size + len(raw_name) + packed > end:
            raise Unsound(f"'{spelled(raw_name, 0)}' overlaps with what comes after it")
        ends[start] = end
        end = start
    if end and entries:
        raise Unsound("there are other bytes before the archive")
    for start, packed, size, raw_name, entry, fields in entries:
        _, _, _, flags, method, time, date, crc = fields[:8]
        yield Member(
            spelled(raw_name, flags), raw_name, flags, method, date << 16 | time, crc, packed,
            size, start, ends[start], entry,
        )  # fmt: skip


def _wide(extra: bytes, *narrow: int) -> list[int]:
    """Return size, packed size and start, those that don't fit taken from the zip64 field."""
    field = next((data for kind, data in _fields(extra) if kind == _ZIP64), b"")
    wide = []
    for value in narrow:
        if value != _FULL32:
            wide.append(value)
            continue
        if len(field) < 8:
            raise Unsound("a zip64 field is too short")
        wide.append(int.from_bytes(field[:8], "little"))
        field = field[8:]
    return wide


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(extra):
        kind = int.from_bytes(extra[place : place + 2], "little")
        length = int.from_bytes(extra[place + 2 : place + 4], "little")
        yield kind, extra[place + 4 : place + 4 + length]
        place += 4 + length


def data_start(member: Member, header: bytes) -> int:
    """Return where a member's data start.

    Args:
        member: as the directory has it.
        header: the local header with the name, as far as the file has it.

    Raises:
        Unsound: the header says something else than the directory.
    """
    if len(header) < _LOCAL.size or header[:4] != _LOCAL_MARK:
        raise Unsound(f"there is no member where '{member.name}' should start")
    _, _, flags, method, *_, name_length, extra_length = _LOCAL.unpack_from(header)
    if name_length != len(member.raw_name) or header[_LOCAL.size :] != member.raw_name:
        raise Unsound(f"there is another name where '{member.name}' should start")
    start = member.start + header_length(member.raw_name) + extra_length
    if method != member.method or flags & ENCRYPTED_FLAG or start + member.packed > member.end:
        raise Unsound(f"'{member.name}' is not what the directory says")
    return int(start)


def header_length(raw_name: bytes) -> int:
    """Return the bytes of a local header with its name, without an extra field."""
    return _LOCAL.size + len(raw_name)


def header(member: Member) -> bytes:
    """Return the local header of a member that is written anew."""
    extra = _wide_field(member, start=False)
    needs = 45 if extra else 20
    packed, size = (_FULL32, _FULL32) if extra else (member.packed, member.size)
    fixed = _LOCAL.pack(
        _LOCAL_MARK,
        needs,
        member.flags,
        member.method,
        member.stamp & 0xFFFF,
        member.stamp >> 16,
        member.crc,
        packed,
        size,
        len(member.raw_name),
        len(extra),
    )
    return fixed + member.raw_name + extra


def entry(member: Member) -> bytes:
    """Return a member's entry in the directory: its fields, and the rest of its old entry."""
    made_by, needs, internal, external, rest, comment = 20, 20, 0, 0, b"", b""
    if member.entry:
        old = _ENTRY.unpack_from(member.entry)
        made_by, needs, internal, external = old[1], old[2], old[14], old[15]
        extra_end = _ENTRY.size + old[10] + old[11]
        extra, comment = member.entry[_ENTRY.size + old[10] : extra_end], member.entry[extra_end:]
        rest = b"".join(_field(*field) for field in _fields(extra) if field[0] != _ZIP64)
    wide = _wide_field(member, start=True)
    packed, size, start = (
        min(value, _FULL32) for value in (member.packed, member.size, member.start)
    )
    fixed = _ENTRY.pack(
        _ENTRY_MARK,
        made_by,
        max(needs, 45) if wide else needs,
        member.flags,
        member.method,
        member.stamp & 0xFFFF,
        member.stamp >> 16,
        member.crc,
        packed,
        size,
        len(member.raw_name),
        len(wide + rest),
        len(comment),
        0,
        internal,
        external,
        start,
    )
    return fixed + member.raw_name + wide + rest + comment


def moved(member: Member, start: int) -> bytes:
    """Return the entry of a member whose bytes are copied to another place, all else unchanged."""
    old = member.entry
    if start < _FULL32 and old[42:46] != b"\xff\xff\xff\xff":
        return old[:42] + start.to_bytes(4, "little") + old[46:]
    return entry(member._replace(start=start))


def end(count: int, start: int, length: int, comment: bytes) -> bytes:
    """Return what closes an archive: the end record, and before it the zip64 ones if needed."""
    wide = b""
    if count >= _FULL16 or length >= _FULL32 or start >= _FULL32:
        wide = _END64.pack(_END64_MARK, 44, 45, 45, 0, 0, count, count, length, start)
        wide += _LOCATOR64.pack(_LOCATOR64_MARK, 0, start + length, 1)
    few = min(count, _FULL16)
    return (
        wide
        + _END.pack(
            _END_MARK, 0, 0, few, few, min(length, _FULL32), min(start, _FULL32), len(comment)
        )
        + comment
    )


def _wide_field(member: Member, *, start: bool) -> bytes:
    """Return the zip64 field: of a header both sizes or nothing, of an entry what needs it."""
    if start:
        values = [v for v in (member.size, member.packed, member.start) if v >= _FULL32]
    else:
        values = [member.size, member.packed]
        values = values if max(values) >= _FULL32 else []
    return _field(_ZIP64, b"".join(v.to_bytes(8, "little") for v in values)) if values else b""


def _field(kind: int, data: bytes) -> bytes:
    return kind.to_bytes(2, "little") + len(data).to_bytes(2, "little") + data


def spelled(raw: bytes, flags: int) -> str:
    """Return a member's name as text, with forward slashes and none in front."""
    try:
        name = raw.decode("utf-8" if flags & UTF8_FLAG else "ascii")
    except UnicodeDecodeError:
        # Many writers forget the flag; cp437 has a character for every byte.
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("cp437")
    return name.replace("\\", "/").removeprefix("/")


def key(name: str) -> str:
    """Return what all names of one part have in common: no case, no percent encoding."""
    if "%" in name:
        first, *rest = name.encode("utf-8", "surrogatepass").split(b"%")
        name = (first + b"".join(map(_decoded, rest))).decode("utf-8", "replace")
    return name.lower()


def _decoded(piece: bytes) -> bytes:
    """Decode the two digits in front, where there are two."""
    digits = piece[:2]
    if len(digits) == 2 and all(digit in b"0123456789abcdefABCDEF" for digit in digits):
        return bytes((int(digits, 16),)) + piece[2:]
    return b"%" + piece
