"""Colours on the page: mixing them, and the ink that can be read on them."""

from __future__ import annotations

DARK = 140


def parts(digits: str) -> tuple[int, int, int]:
    """Red, green and blue of six hexadecimal digits."""
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def mixed(start: str, end: str, share: float) -> str:
    """The colour between two others; share 0 is the first."""
    pairs = zip(parts(start), parts(end), strict=True)
    return "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def ink_on(digits: str) -> str:
    """Black or white, whichever can be read on the colour."""
    red, green, blue = parts(digits)
    return "000000" if 0.299 * red + 0.587 * green + 0.114 * blue > DARK else "ffffff"
