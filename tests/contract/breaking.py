"""A disk that fails while a store reads a file."""

from __future__ import annotations

import errno
import io
from typing import ClassVar


class Breaking(io.FileIO):
    """A file that a failing disk lets be read up to some block."""

    left: ClassVar[int] = 0

    def read(self, size: int | None = -1) -> bytes:
        if not Breaking.left:
            raise OSError(errno.EIO, "the disk has failed")
        Breaking.left -= 1
        return super().read(size)


def opening(path: str, mode: str) -> io.FileIO:
    """Open as `open` does; what is read breaks."""
    return Breaking(path) if mode == "rb" else io.FileIO(path, mode)
