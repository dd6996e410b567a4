"""A part whose root gets more elements at its end, as a stream that can be extended.

    all before the end tag, in segments | the end tag

The relationships of a tab's links and the drawing of its pictures grow with each run, as its rows
do. Knows no XML but where the end tag starts.
"""

from __future__ import annotations

import re
import zlib

from sheetlog.xlsx import crc, segments
from sheetlog.xlsx.archive import Archive
from sheetlog.xlsx.backwards import Backwards
from sheetlog.xlsx.changes import Packed, Span, packed
from sheetlog.xlsx.records import DEFLATED, Member

_END = re.compile(rb"</[^\s<>/]+\s*>\s*")
_LAST_BYTES = 1 << 16


class Growing:
    """A part in the archive that can be extended."""

    def __init__(self, body: Backwards, member: Member, end: bytes) -> None:
        """Take a part; `growing` is the way to get one."""
        self._body = body
        self._member = member
        self._end = end

    @property
    def last(self) -> bytes:
        """The last elements, and the end tag."""
        _, text = next(self._body.each(), (0, None))
        return (text or b"") + self._end

    def extended(self, xml: bytes) -> Packed:
        """Return its content with elements put behind all others."""
        body, member = self._body, self._member
        place, merged = body.merged(body.end, len(xml))
        old, new = merged + self._end, merged + xml + self._end
        sums = (zlib.crc32(old), len(old)), (zlib.crc32(new), len(new))
        added = segments.segment(merged + xml) + segments.last_segment(self._end)
        stays = Span(body.start, body.start + place)
        size = member.size - len(old) + len(new)
        return Packed((stays, added), place + len(added), size, crc.exchanged(member.crc, *sums))


def growing(archive: Archive, member: Member) -> Growing | None:
    """Return a part of ours as one that can be extended; None: it isn't one."""
    if member.method != DEFLATED:
        return None
    start = archive.data_start(member)
    place = max(0, member.packed - _LAST_BYTES)
    last = archive.at(start + place, member.packed - place)
    flushed = last.rfind(segments.FLUSH) + len(segments.FLUSH)
    end = segments.ended(last[flushed:]) if flushed >= len(segments.FLUSH) else None
    if end is None or not _END.fullmatch(end):
        return None
    return Growing(Backwards(archive, start, 0, place + flushed, place, last), member, end)


def extendable(data: bytes) -> Packed:
    """Return a whole content, packed so that it can be extended from then on."""
    at = data.rfind(b"</")
    if at < 0 or not _END.fullmatch(data, at):
        return packed(data)
    added = segments.segment(data[:at]) + segments.last_segment(data[at:])
    return Packed((added,), len(added), len(data), zlib.crc32(data))


def inserted(data: bytes, xml: bytes) -> bytes | None:
    """Return a content with elements put behind all others; None: it has no end tag at its end."""
    at = data.rfind(b"</")
    return data[:at] + xml + data[at:] if at >= 0 and _END.fullmatch(data, at) else None
