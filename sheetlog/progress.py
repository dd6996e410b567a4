"""A bar for what takes long: on a terminal or in a notebook, and nowhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

WIDTH = 24
"""Characters of the bar."""
EVERY = 0.2
"""Seconds between two changes of it, at least."""


def bar(name: str, *, quiet: bool = False) -> Callable[[int, int], None]:
    """Return what is told how much is done, of how much, and shows it where somebody looks.

    Args:
        name: of what is done.
        quiet: whether nothing is to be shown.
    """
    if quiet or not _looked_at():
        return lambda _, __: None
    shown = [0.0]

    def tell(done: int, size: int) -> None:
        now = time.monotonic()
        if done >= size or now - shown[0] >= EVERY:
            shown[0] = now
            _write(line(name, done, size), last=done >= size)

    return tell


def line(name: str, done: int, size: int) -> str:
    """Return the bar as text."""
    share = done / size if size else 1.0
    full = round(WIDTH * share)
    return f"{name} [{'#' * full}{'.' * (WIDTH - full)}] {share:4.0%} of {amount(size)}"


def amount(size: int) -> str:
    """Return a number of bytes as people read it."""
    number, units = float(size), ["bytes", "kB", "MB", "GB", "TB"]
    while number >= 1000 and len(units) > 1:
        number /= 1000
        del units[0]
    return f"{number:.0f} {units[0]}" if units[0] == "bytes" else f"{number:.1f} {units[0]}"


def _looked_at() -> bool:
    """Return whether a person sees the line as it changes."""
    if "ipykernel" in sys.modules:
        return True
    try:
        return sys.stderr is not None and sys.stderr.isatty()
    except ValueError:  # closed
        return False


def _write(text: str, *, last: bool) -> None:
    try:
        sys.stderr.write(f"\r{text}\n" if last else f"\r{text}")
        sys.stderr.flush()
    except (OSError, ValueError):
        return  # nobody reads it any more
