"""The segments of a worksheet's deflate stream, as bytes and back. Pure.

    head to the dimension | dimension, a stored block | rest of the head | rows | ... | rows
    | tail | ... | tail

Each but the last ends with a full flush: byte aligned, its last four bytes an empty stored
block's, and nothing after it refers back across it. So each can be inflated alone, and whatever
follows one can be exchanged. Whether a stream is of this kind is seen from itself. Format: RFC
1951.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sheetlog.xlsx import edges

FLUSH = b"\0\0\xff\xff"
"""What every segment but the last ends with. By chance it stands elsewhere, too."""
MERGED = 1 << 15
"""Bytes of rows up to which small segments are merged: deflate looks no farther back."""

_WHOLE = 1 << 18
# Rows by the thousand are packed in passing, small segments for good: 1 takes a quarter of the
# time of 6, and a seventh more room.
_BULK_LEVEL, _FINE_LEVEL = 1, 6
_MAX_SEGMENT = 1 << 26
_TAIL_PIECE = 1 << 15
_TRIES = 16


class Head(NamedTuple):
    """What stands before the rows of a stream of ours."""

    text: bytes
    """Inflated, up to and with `<sheetData>`."""
    end: int
    """Packed bytes up to the first segment of rows."""
    dimension: tuple[int, int] | None
    """Where, in packed bytes, the dimension's tag starts and ends; it is stored as it is."""
    dimension_end: int
    """Where it ends in `text`."""


class Tail(NamedTuple):
    """What stands behind the rows of a stream of ours."""

    place: int
    """Where it starts, packed."""
    text: bytes
    """Inflated."""
    segments: tuple[tuple[bytes, bytes], ...]
    """Text and packed bytes of each."""


NO_TAIL = Tail(0, b"", ())


def segment(text: bytes, *, bulk: bool = False) -> bytes:
    """Return a segment that others can follow."""
    packer = zlib.compressobj(_BULK_LEVEL if bulk else _FINE_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)


def last_segment(text: bytes) -> bytes:
    """Return the segment that ends a stream."""
    packer = zlib.compressobj(_FINE_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush()


def stored(text: bytes) -> bytes:
    """Return a block that holds the text as it is; at most 65,535 bytes."""
    length = len(text)
    return b"\0" + length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little") + text


def packed_head(head: bytes, dimension: str | None) -> tuple[bytes, bytes]:
    """Return a head packed, and what it inflates to: with room in its dimension if it has one."""
    place = edges.dimension(head)
    if place is None:
        return segment(head), head
    before, tag, after = head[: place[0]], head[slice(*place)], head[place[1] :]
    tag = edges.with_room(tag, dimension)
    return segment(before) + stored(tag) + segment(after), before + tag + after


def packed_rows(rows: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield segments of complete rows, each with what it inflates to; the last one is small."""
    waiting: list[bytes] = []
    size = 0
    for chunk in rows:
        waiting.append(chunk)
        size += len(chunk)
        if size < 2 * _WHOLE:
            continue
        rest = b""
        for text in _cut(b"".join(waiting)):
            if rest:
                yield segment(rest, bulk=True), rest
            rest = text
        waiting, size = [rest], len(rest)
    rest = b"".join(waiting)
    small = 0
    if len(rest) > MERGED and b"<!" not in rest:
        small = edges.cut(rest, len(rest) - MERGED // 2)
    for text in (rest[:small], rest[small:]):
        if text:
            yield segment(text, bulk=True), text


def _cut(rows: bytes) -> Iterator[bytes]:
    """Yield rows in pieces for a segment each; the last one may be of any size, also empty."""
    if b"<!" in rows:
        # Within comments and CDATA sections an end tag may be anything.
        yield rows
        yield b""
        return
    start = 0
    while len(rows) - start >= 2 * _WHOLE:
        end = edges.cut(rows, start + _WHOLE)
        yield rows[start:end]
        start = end
    yield rows[start:]


def unpacked(packed: bytes, limit: int = _MAX_SEGMENT) -> bytes | None:
    """Return what one or more whole segments inflate to; None: it is something else, or more."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        text = inflater.decompress(packed, limit)
    except zlib.error:
        return None
    # All input may be read while output is still waiting for room.
    if inflater.eof or inflater.unconsumed_tail or inflater.decompress(b"", 1):
        return None
    return text


def head_of(first: bytes) -> Head | None:
    """Return the head of a stream that starts so; None: it isn't one of ours."""
    try:
        return _head_of(first)
    except zlib.error:
        return None


def _head_of(first: bytes) -> Head | None:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    dimension, dimension_end, text, done = None, 0, b"", 0
    for _ in range(_TRIES):
        place = first.find(FLUSH, done)
        if place < 0:
            return None
        text += inflater.decompress(first[done : place + 4])
        done = place + 4
        if inflater.eof:
            return None
        if edges.is_rows_start(text):
            return Head(text, done, dimension, dimension_end)
        tag = b"" if dimension else _stored_tag(first, done)
        if tag:
            dimension = (done + 5, done + 5 + len(tag))
            text += inflater.decompress(first[done : dimension[1]])
            done, dimension_end = dimension[1], len(text)
            # What looks like a block of its own may stand within another one.
            if not text.endswith(tag):
                return None
    return None


def _stored_tag(first: bytes, place: int) -> bytes:
    """Return the dimension's tag, if a block that holds one starts at a place; else nothing."""
    length = int.from_bytes(first[place + 1 : place + 3], "little")
    tag = first[place + 5 : place + 5 + length]
    return tag if first[place : place + 5] == stored(tag)[:5] and edges.is_dimension(tag) else b""


def tail_of(last: bytes) -> Tail | None:
    """Return the tail that ends a stream with these last bytes; None: it isn't one of ours."""
    place, end = last.rfind(FLUSH), len(last)
    found: list[tuple[bytes, bytes]] = []
    tries = 0
    while place >= 0 and tries < _TRIES:
        packed = last[place + 4 : end]
        text = unpacked(packed) if found else ended(packed)
        tries += 1
        if text:
            found.append((text, packed))
            end, tries = place + 4, 0
            if edges.is_tail(text):
                found.reverse()
                return Tail(end, b"".join(text for text, _ in found), tuple(found))
        place = last.rfind(FLUSH, 0, place + 3)
    return None


def ended(packed: bytes) -> bytes | None:
    """Return what the segment that ends a stream inflates to; None: it is something else."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        text = inflater.decompress(packed, _MAX_SEGMENT)
    except zlib.error:
        return None
    return text if inflater.eof and not inflater.unused_data else None


def packed_tail(text: bytes, old: Tail | None = None) -> bytes:
    """Return the segments that end a stream.

    Args:
        text: from `</sheetData>` to the end.
        old: what stood there before; segments of it that are still in the text are not packed
            anew. A sheet with a link in each run has long tails that hardly change.
    """
    pieces: list[bytes] = []
    at = 0
    for known, packed in old.segments[:-1] if old else ():
        place = text.find(known, at)
        if place >= 0:
            pieces += (*_tail_pieces(text[at:place]), packed)
            at = place + len(known)
    rest = text[at:]
    cut = max(0, (len(rest) - 1) // _TAIL_PIECE) * _TAIL_PIECE
    pieces += _tail_pieces(rest[:cut])
    return b"".join(pieces) + last_segment(rest[cut:])


def _tail_pieces(text: bytes) -> list[bytes]:
    return [segment(text[at : at + _TAIL_PIECE]) for at in range(0, len(text), _TAIL_PIECE)]
