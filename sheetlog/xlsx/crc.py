"""CRC-32 of a whole from those of its pieces, and back, without the bytes. Pure arithmetic.

CRC-32 is linear over GF(2): appending n zero bytes multiplies the checksum by x^(8n), modulo the
polynomial of zip and zlib (bits reversed here: bit 31 is x^0). Both ways the cost grows with the
number of digits of n. zlib has it as `crc32_combine`, for which Python has no binding.
"""

from __future__ import annotations

_POLYNOMIAL = 0xEDB88320
_ONE = 1 << 31
_X = 1 << 30
# x * 0xDB710641 = 1 modulo the polynomial.
_X_INVERSE = 0xDB710641

# x^(2^k) and x^-(2^k): 32 entries each are all there are, for x^(2^32) = x.
_squares = [_X]
_squares_back = [_X_INVERSE]


def joined(first: int, second: int, second_length: int) -> int:
    """Return the checksum of A + B from those of A and of B, and the length of B in bytes."""
    return _times(first, _power(_squares, 8 * second_length)) ^ second


def prefix(whole: int, second: int, second_length: int) -> int:
    """Return the checksum of A from those of A + B and of B, and the length of B in bytes."""
    return _times(whole ^ second, _power(_squares_back, 8 * second_length))


def replaced(whole: int, old: int, new: int, *, after: int) -> int:
    """Return the checksum of A + new + C from that of A + old + C.

    Args:
        whole: of A + old + C.
        old: of the piece that went.
        new: of the piece that takes its place, and has the same length.
        after: length of C in bytes.
    """
    return whole ^ _times(old ^ new, _power(_squares, 8 * after))


def _power(squares: list[int], exponent: int) -> int:
    """Return x^exponent, or x^-exponent with the other table."""
    # The polynomial is primitive: x has this order, so that no exponent needs more than 32 digits.
    exponent %= 0xFFFFFFFF
    result = _ONE
    for place in range(exponent.bit_length()):
        if place == len(squares):
            squares.append(_times(squares[-1], squares[-1]))
        if exponent >> place & 1:
            result = _times(squares[place], result)
    return result


def _times(one: int, other: int) -> int:
    """Return the product of two polynomials modulo the polynomial."""
    product = 0
    while one:
        if one & _ONE:
            product ^= other
        one = one << 1 & 0xFFFFFFFF
        other = other >> 1 ^ _POLYNOMIAL if other & 1 else other >> 1
    return product
