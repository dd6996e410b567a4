"""Checksums joined and cut without the bytes: zlib's own over the bytes is the oracle."""

from zlib import crc32

import pytest

from sheetlog.xlsx import crc

LENGTHS = (0, 1, 2, 255, 4096, 65_535, 65_536, 65_537, 300_000)


def joined(first: int, second: int, length: int) -> int:
    """Give the checksum of two pieces: nothing goes, and the second one comes."""
    return crc.exchanged(first, (0, 0), (second, length))


def some(length: int, seed: int) -> bytes:
    """Give bytes that differ everywhere."""
    return bytes((seed * 31 + at * at * 7 + at) & 0xFF for at in range(length))


@pytest.mark.parametrize("length", LENGTHS)
def test_the_checksum_of_two_pieces(length: int) -> None:
    """Exchanged gives that of the concatenation, whatever the second one's length."""
    first, second = some(1000, 1), some(length, 2)
    assert crc32(first + second) == joined(crc32(first), crc32(second), length)


@pytest.mark.parametrize("length", LENGTHS)
def test_the_checksum_without_the_end(length: int) -> None:
    """Prefix takes a known end off again."""
    first, second = some(1000, 3), some(length, 4)
    assert crc32(first) == crc.prefix(crc32(first + second), crc32(second), length)


@pytest.mark.parametrize(("gone", "come"), [(0, 5), (5, 0), (700, 700), (900, 90_000), (90_000, 900)])
def test_another_end(gone: int, come: int) -> None:
    """Exchanged gives the checksum with another end, longer or shorter."""
    first, old, new = some(5000, 5), some(gone, 6), some(come, 7)
    found = crc.exchanged(crc32(first + old), (crc32(old), gone), (crc32(new), come))
    assert crc32(first + new) == found


@pytest.mark.parametrize("after", LENGTHS)
def test_a_piece_in_the_middle(after: int) -> None:
    """Replaced gives the checksum with other bytes of the same length in the middle."""
    first, old, new, rest = some(77, 8), some(40, 9), some(40, 10), some(after, 11)
    whole = crc32(first + old + rest)
    assert crc32(first + new + rest) == crc.replaced(whole, crc32(old), crc32(new), after=after)


def test_lengths_beyond_memory() -> None:
    """Shifts add up, and x has the order 2^32 - 1: four gigabytes of zeros shift as one byte does."""
    value, half = 0x12345678, 1 << 31
    once = joined(value, 0, 2 * half)
    assert once == joined(joined(value, 0, half), 0, half)
    assert value == crc.prefix(once, 0, 2 * half)
    assert once == joined(value, 0, 1)
