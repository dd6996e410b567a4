"""CRC-32 of a whole from those of its pieces, and back, without the bytes. Pure arithmetic.

CRC-32 is linear over GF(2): appending n zero bytes multiplies the checksum by x^(8n), modulo the
polynomial of zip and zlib (bits reversed here: bit 31 is x^0). Both ways the cost grows with the
number of digits of n. zlib has it as `crc32_combine`, for which Python has no binding.
"""

from __future__ import annotations

import zlib

_POLYNOMIAL = 0xEDB88320
# x^0.
_ONE = 1 << 31
# x * 0xDB710641 = 1 modulo the polynomial.
_X_INVERSE = 0xDB710641
_ALL = 0xFFFFFFFF
_ZEROS = bytes(1 << 16)

# x^(2^k), from that of all the zeros on, and x^-(2^k), as far as they were needed yet.
_squares: list[int] = []
_squares_back = [_X_INVERSE]


def prefix(whole: int, second: int, second_length: int) -> int:
    """Return the checksum of A from those of A + B and of B, and the length of B in bytes."""
    return _shifted(whole ^ second, -second_length)


def exchanged(whole: int, old: tuple[int, int], new: tuple[int, int]) -> int:
    """Return the checksum of A + new from that of A + old.

    Args:
        whole: of A + old.
        old: checksum and length in bytes of what goes; 0 and 0 where nothing does.
        new: of what comes.
    """
    # One shift by the difference of the lengths, which is mostly small.
    return _shifted(whole ^ old[0], new[1] - old[1]) ^ new[0]


def replaced(whole: int, old: int, new: int, *, after: int) -> int:
    """Return the checksum of A + new + C from that of A + old + C.

    Args:
        whole: of A + old + C.
        old: of the piece that goes.
        new: of the piece that takes its place, and has the same length.
        after: length of C in bytes.
    """
    return whole ^ _shifted(old ^ new, after)


def _shifted(value: int, length: int) -> int:
    """Return a checksum without its conditioning, times x^(8 length); `length` may be negative."""
    if length < 0:
        # The polynomial is primitive: x has this order.
        return _multiplied(value, -8 * length % _ALL, _squares_back)
    many, few = divmod(length, len(_ZEROS))
    if many and not _squares:
        _squares.append(_over_zeros(_ONE, len(_ZEROS)))
    return _multiplied(_over_zeros(value, few), many, _squares)


def _over_zeros(value: int, count: int) -> int:
    """Return a checksum after so many zero bytes, 65,536 at most: nothing is as fast as zlib."""
    # It inverts before and after.
    return zlib.crc32(_ZEROS[:count], value ^ _ALL) ^ _ALL


def _multiplied(value: int, exponent: int, squares: list[int]) -> int:
    """Return a value times the powers that an exponent's digits stand for."""
    for place in range(exponent.bit_length()):
        if place == len(squares):
            squares.append(_times(squares[-1], squares[-1]))
        if exponent >> place & 1:
            value = _times(value, squares[place])
    return value


def _times(one: int, other: int) -> int:
    """Return the product of two polynomials modulo the polynomial."""
    product = 0
    while one:
        if one & _ONE:
            product ^= other
        one = one << 1 & _ALL
        other = other >> 1 ^ _POLYNOMIAL if other & 1 else other >> 1
    return product
