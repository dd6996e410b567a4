"""Column marks: how a key becomes the name of a hidden defined name, and comes back.

Pure. Names are the same whatever their case, and may hold letters, digits, `_` and `.` (ECMA-376,
18.17.2.5; the backslash it allows as well is not taken by every program). So `_` starts an escape:

    __      an underscore
    _x      a capital X
    _31e6   the character U+1E6: how many hex digits, then the digits
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

PREFIX = "_sheetlog."
TAB = "_sheetlog..tab"
"""The name that holds the title which a tab was made with, whatever it is called by now."""

LONGEST = 255
"""Characters that Excel allows in a name."""

_PLAIN = re.compile(r"[^a-z0-9.]")
_ESCAPE = re.compile(r"_(_|[a-z]|[1-6])")
_PIECE = re.compile(r"_sheetlog\.\.([0-9a-f]{16})\.([0-9]+)\.([0-9]+)\.(.*)", re.DOTALL)


def names(key: str) -> tuple[str, ...]:
    """Return the names that mark a key's column: one, or several pieces of a long key."""
    text = _PLAIN.sub(_escape, key)
    # A name that starts `_sheetlog..` is a piece.
    whole = PREFIX + ("_22e" + text[1:] if text.startswith(".") else text)
    if len(whole) <= LONGEST:
        return (whole,)
    digest = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    room = LONGEST - len(f"{PREFIX}.{digest}.9999.9999.")
    pieces = [text[at : at + room] for at in range(0, len(text), room)]
    return tuple(
        f"{PREFIX}.{digest}.{number}.{len(pieces)}.{piece}"
        for number, piece in enumerate(pieces, 1)
    )


def tab(title: str) -> str:
    """Return what the name `TAB` holds: the title as formulas write a text."""
    return '"' + title.replace('"', '""') + '"'


def is_mark(name: str) -> bool:
    """Return whether a defined name is a column mark."""
    return name.casefold().startswith(PREFIX)


def keys(found: Iterable[str]) -> dict[str, str]:
    """Return the keys that names mark, by name; for a key in pieces, by that of the first.

    Names that are no marks, and pieces of which others are missing, are left out.
    """
    whole: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, str, int]]] = {}
    for name in found:
        low = name.casefold()
        piece = _PIECE.fullmatch(low) if low.startswith(f"{PREFIX}.") else None
        if piece:
            number, count = int(piece[2]), int(piece[3])
            pieces.setdefault(piece[1], {})[number] = (name, piece[4], count)
        elif low.startswith(PREFIX) and low[len(PREFIX) :][:1] not in {"", "."}:
            whole[name] = _read(low[len(PREFIX) :])
    for parts in pieces.values():
        order = [parts[number] for number in sorted(parts)]
        if sorted(parts) == list(range(1, order[0][2] + 1)):
            whole[order[0][0]] = _read("".join(text for _, text, _ in order))
    return whole


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character == "_":
        return "__"
    if "A" <= character <= "Z":
        return "_" + character.lower()
    digits = f"{ord(character):x}"
    return f"_{len(digits)}{digits}"


def _read(text: str) -> str:
    if "_" not in text:
        return text
    parts: list[str] = []
    at = 0
    while found := _ESCAPE.search(text, at):
        parts.append(text[at : found.start()])
        at = found.end()
        kind = found[1]
        if not kind.isdigit():
            parts.append("_" if kind == "_" else kind.upper())
            continue
        digits = text[at : at + int(kind)]
        at += int(kind)
        try:
            parts.append(chr(int(digits, 16)))
        except ValueError:  # somebody else's name that only looks like a mark
            parts.append(f"_{kind}{digits}")
    return "".join(parts) + text[at:]
