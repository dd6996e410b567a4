"""What of a picture a row shows: a small copy of it. Knows links and files, and no workbook."""

from __future__ import annotations

import io
import os
import re
import struct
import warnings
from typing import Any
from urllib.parse import unquote

from sheetlog.record import Link
from sheetlog.xlsx.pictures import Picture

SHOWN = 72
"""Pixels that a thumbnail is high on the screen, about."""
MOST_SHOWN = 240
"""Pixels that it is wide at the most."""
FINE = 2
"""Pixels of the thumbnail for each of those: screens are finer than 96 to the inch."""
LARGE = 64 << 20
"""Bytes of a file from which on it isn't looked into."""
MOST_PIXELS = 4 << 20
"""Of a PNG that is shown as it is."""
SMALL = 32 << 10
"""Bytes up to which a PNG is shown as it is, where nothing can make it smaller."""


def thumbnail(link: Link, folder: str) -> Picture | None:
    """Return what a row shows of a picture; None: it cannot be read here, or is none.

    Args:
        link: of an artifact.
        folder: of the workbook, which links are relative to.
    """
    path = _path(link.url, folder)
    try:
        if path is None or os.path.getsize(path) > LARGE:
            return None
        with open(path, "rb") as file:
            data = file.read()
    except (OSError, ValueError):
        return None
    try:
        from PIL import Image
    except ImportError:
        made = _as_it_is(data)
    else:
        made = _smaller(Image, data)
    if made is None:
        return None
    content, ending, (width, height) = made
    return Picture(
        data=content,
        ending=ending,
        width=width,
        height=height,
        words=link.text,
        url=link.url,
    )


def _path(url: str, folder: str) -> str | None:
    scheme, colon, rest = url.partition(":")
    if not colon:
        return os.path.join(folder, *unquote(url).split("/"))
    if scheme.lower() != "file":
        return None
    path = unquote(rest).lstrip("/")
    return path if re.match("[A-Za-z]:", path) else f"/{path}"


def _smaller(pillow: Any, data: bytes) -> tuple[bytes, str, tuple[int, int]] | None:
    """Return a small copy by Pillow, if it knows the picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of pictures that would fill the memory, say
            with pillow.open(io.BytesIO(data)) as image:
                image.draft("RGB", (MOST_SHOWN * FINE, SHOWN * FINE))
                kept = _shades(image).convert("RGBA" if _see_through(image) else "RGB")
        kept.thumbnail((MOST_SHOWN * FINE, SHOWN * FINE))
        return *_packed(kept), kept.size
    except Exception:  # noqa: BLE001 - a picture that no library can read is no fault of the run
        return None


def _shades(image: Any) -> Any:
    """Return a picture of more shades than a screen has with those that it uses spread over it.

    As it is, everything above 255 would be white: a depth map, a 16-bit scan.
    """
    if image.mode[0] not in "IF":
        return image
    fine = image.convert("F")
    low, high = fine.getextrema()
    scale = 255 / (high - low) if high > low else 1.0
    return fine.point(lambda value: value * scale - low * scale).convert("L")


def _see_through(image: Any) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info


def _packed(image: Any) -> tuple[bytes, str]:
    """Return a picture as PNG with few colours, or as JPEG where that is smaller: a photograph."""
    few = io.BytesIO()
    image.quantize(64, method=2 if image.mode == "RGBA" else None).save(few, "PNG", optimize=True)
    if image.mode == "RGBA":
        return few.getvalue(), "png"
    photo = io.BytesIO()
    image.save(photo, "JPEG", quality=80)
    if len(photo.getvalue()) < len(few.getvalue()):
        return photo.getvalue(), "jpeg"
    return few.getvalue(), "png"


def _as_it_is(data: bytes) -> tuple[bytes, str, tuple[int, int]] | None:
    """Return a PNG that is small enough to be shown as it is."""
    if len(data) > SMALL or data[:8] != b"\x89PNG\r\n\x1a\n" or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    # A file of a few bytes can hold a picture that fills the memory of whoever opens the workbook.
    return (data, "png", (width, height)) if width * height <= MOST_PIXELS else None
