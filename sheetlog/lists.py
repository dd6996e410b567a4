"""Lists as the text of a cell, and back: `[64, 64]`.

Pure. Holds the one rule by which a list's text and a text that only looks like one stay apart:
such a text is kept as a JSON string, in quotes. Knows nothing of keys or sections.
"""

from __future__ import annotations

import json
import math
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from sheetlog import kinds
from sheetlog.record import Link, Scalar, Series

WHOLE_LIST = 10_000
"""Elements, those of lists inside counted; a longer list becomes a summary."""
WHOLE_ARRAY = 1_000
"""Elements; a larger array becomes a summary."""
DEEPEST = 200
"""Lists inside one another; they are read by recursion."""

EMPTY = "{}"
"""The text of a mapping without parts."""


class TooLongError(Exception):
    """A list has more elements than its text may have."""


def dumps(value: Any, key: str, trail: dict[int, str]) -> str:
    """Return the JSON of a list or array; its elements that JSON has no kind for are texts.

    Args:
        value: for which `kinds.is_list` or `kinds.is_array` holds.
        key: the list's own.
        trail: the keys of the values that it is a part of, by `id`.

    Raises:
        TooLongError: it has too many elements.
    """
    return json.dumps(_Tree(trail).of(value, key, 0), ensure_ascii=False)


def quoted(text: str) -> str:
    """Return a text so that `decoded` gives it back: in quotes where it looks like a list."""
    return json.dumps(text, ensure_ascii=False) if _looks_like_one(text) else text


def decoded(value: Scalar) -> Any:
    """Return what a value of a record was: a list or empty dict for its text, else the value."""
    if not isinstance(value, str) or not _open_and_shut(value):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def holds_mappings(values: Any, depth: int = 0) -> bool:
    """Return whether a list holds something with named parts, at any depth."""
    types = set(map(type, values)) - kinds.PLAIN
    if not types or depth > DEEPEST:
        return False
    if any(kinds.fields(kind) for kind in types):
        return True
    if not any(kinds.is_list(kind) for kind in types):
        return False
    return any(kinds.is_list(type(each)) and holds_mappings(each, depth + 1) for each in values)


def _open_and_shut(text: str) -> bool:
    if text[:1] == "[":
        return text[-1] == "]"
    return text == EMPTY or (len(text) > 1 and text[0] == '"' == text[-1])


def _looks_like_one(text: str) -> bool:
    if not _open_and_shut(text):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    except RecursionError:
        # How deep is too deep differs from one Python to the next, and the reader's may go deeper.
        return True
    return True


class _Tree:
    """A list as JSON's own values, while it is read."""

    __slots__ = ("_left", "_trail")

    def __init__(self, trail: dict[int, str]) -> None:
        self._trail = dict(trail)
        self._left = WHOLE_LIST

    def of(self, value: Any, key: str, depth: int) -> Any:
        if type(value) in kinds.PLAIN:
            return kinds.scalar(value)
        whole = kinds.unwrap(value, measured=False)
        kind = type(whole)
        read = kinds.fields(kind)
        if read is None and not kinds.is_list(kind) and not kinds.is_array(kind):
            return _worded(kinds.scalar(whole))
        if id(value) in self._trail:
            return f"<cycle: {self._trail[id(value)]}>"
        if depth > DEEPEST:
            raise TooLongError
        self._trail[id(value)] = key
        try:
            if read is not None:
                return self._mapping(read(whole), key, depth)
            return self._elements(whole, key, depth)
        finally:
            del self._trail[id(value)]

    def _elements(self, whole: Any, key: str, depth: int) -> list[Any]:
        array = kinds.is_array(type(whole))
        size = math.prod(kinds.shape(whole)) if array else len(whole)
        if size > (WHOLE_ARRAY if array else self._left):
            raise TooLongError
        values = kinds.listed(whole) if array else whole
        found = []
        for at, value in enumerate(values):
            self._spend()
            if type(value) in kinds.PLAIN:
                found.append(kinds.scalar(value))
            else:
                found.append(self.of(value, f"{key}.{at}", depth + 1))
        return _sorted(found) if isinstance(whole, AbstractSet) else found

    def _mapping(self, pairs: kinds.Pairs, key: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            self._spend()
            word = kinds.key(name)
            while word in found:
                word += "~2"
            found[word] = self.of(value, f"{key}.{word}", depth + 1)
        return found

    def _spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise TooLongError


def _worded(value: Scalar) -> Any:
    """Return JSON's own kind of value; what JSON has no word for becomes text."""
    if isinstance(value, kinds.Summary):
        raise TooLongError
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Link):
        return value.url
    if isinstance(value, Series):
        return list(value.values)
    return value if type(value) in kinds.PLAIN else str(value)


def _sorted(values: list[Any]) -> list[Any]:
    """Sort what had no order, so that two runs with the same set have the same text."""
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=lambda value: json.dumps(value, ensure_ascii=False))
