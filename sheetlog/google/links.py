"""Addresses of files in Drive, and what they tell of who may open them. Pure; asks nobody."""

from __future__ import annotations

import re

_VIEW = "https://drive.google.com/file/d/"
_SHARED = "?usp=sharing"
"""What Drive itself puts behind the link that it gives out for a file that is shared."""
_ANYONES = re.compile(re.escape(_VIEW) + r"([A-Za-z0-9_-]+)/view" + re.escape(_SHARED))


def view(id_: str, *, anyone: bool = False) -> str:
    """Return what opens a file.

    Args:
        anyone: everybody who has the link may open it, and the link is to tell so.
    """
    return f"{_VIEW}{id_}/view" + (_SHARED if anyone else "")


def anyones(url: str) -> str:
    """Return the id of a file that anybody with the link may open; blank: not known to be one."""
    found = _ANYONES.fullmatch(url)
    return found[1] if found else ""
