"""Every mistake of one YAML text, collected while it is read, so that all are told at once.

Pure: is given nodes of `yaml12`, gives back values. What a text may say, its reader knows
(`template`, `settings`); here is how a value of the wrong kind or an unknown name is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from sheetlog.yaml12 import Node, Place

_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]")


class Mistakes:
    """What is wrong in one text; the readers below add to it."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._found: dict[tuple[Place, str], str] = {}

    def add(self, place: Place, path: str, sentence: str) -> None:
        """Keep a mistake. `path` says where it is in words of the format: `columns[3].format`."""
        where = f"{self._source}:{place[0]}:{place[1]}"
        line = f"{where}: {path}: {sentence}" if path else f"{where}: {sentence}"
        self._found.setdefault((place, line), line)

    def sentences(self) -> tuple[str, ...]:
        """Return all of them, in the order of the text."""
        return tuple(self._found[key] for key in sorted(self._found))


Reader = Callable[[Mistakes, Node, str], Any]
"""Gives a node's value, or None after having added a mistake."""


def nearest(word: str, right: Iterable[str]) -> str:
    """Return ` did you mean '...'?` where a word is nearly one of the right ones, else nothing."""
    # Only who has made a mistake waits for this import.
    import difflib

    words = {known.casefold(): known for known in right}
    close = difflib.get_close_matches(word.casefold(), words, n=1, cutoff=0.6)
    return f" did you mean '{words[close[0]]}'?" if close else ""


def fields(
    mistakes: Mistakes, node: Node, path: str, readers: Mapping[str, Reader]
) -> dict[str, Any]:
    """Return what a mapping says, by name; names that are unknown or have no value are told."""
    if not isinstance(node.value, dict):
        names = ", ".join(readers)
        mistakes.add(node.place, path, f"must be a mapping, not {kind(node)}; it can say {names}")
        return {}
    found = {}
    for name, value in node.value.items():
        inside = f"{path}.{name}" if path else str(name)
        if name not in readers:
            allowed = ", ".join(readers)
            hint = nearest(str(name), readers)
            sentence = f"nothing is called '{name}' here;{hint} allowed: {allowed}"
            mistakes.add(node.keys[name], inside, sentence)
        elif value.value is None:
            mistakes.add(value.place, inside, "has no value; give one, or leave the line out")
        else:
            found[name] = readers[name](mistakes, value, inside)
    return {name: value for name, value in found.items() if value is not None}


def text(mistakes: Mistakes, node: Node, path: str, *, longest: int) -> str | None:
    """Return a text of one line, without blanks around it."""
    if not isinstance(node.value, str):
        hint = "" if isinstance(node.value, tuple | dict) else "; put it in quotes"
        mistakes.add(node.place, path, f"must be text, not {kind(node)}{hint}")
        return None
    value = node.value.strip()
    if not value:
        mistakes.add(node.place, path, "is blank; give a text, or leave the line out")
    elif len(value) > longest:
        sentence = f"has {len(value)} characters; at most {longest} are allowed"
        mistakes.add(node.place, path, sentence)
    elif _CONTROL.search(value):
        mistakes.add(node.place, path, "must be one line without control characters")
    else:
        return value
    return None


def one_of(mistakes: Mistakes, node: Node, path: str, *, allowed: Collection[str]) -> str | None:
    """Return one of some words."""
    if node.value in allowed:
        return str(node.value)
    hint = nearest(str(node.value), allowed)
    words = ", ".join(allowed)
    mistakes.add(node.place, path, f"cannot be {kind(node)};{hint} allowed: {words}")
    return None


def integer(mistakes: Mistakes, node: Node, path: str, *, low: int, high: int) -> int | None:
    """Return a whole number between two others, both allowed."""
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        if low <= node.value <= high:
            return node.value
        mistakes.add(node.place, path, f"is {node.value}; allowed: {low} to {high}")
        return None
    sentence = f"must be a whole number from {low} to {high}, not {kind(node)}"
    mistakes.add(node.place, path, sentence)
    return None


def boolean(mistakes: Mistakes, node: Node, path: str) -> bool | None:
    """Return true or false."""
    if isinstance(node.value, bool):
        return node.value
    mistakes.add(node.place, path, f"must be true or false, not {kind(node)}")
    return None


def listed(mistakes: Mistakes, node: Node, path: str, reader: Reader) -> tuple[Any, ...] | None:
    """Return what `reader` reads of each value of a list, in order; no value may stand twice."""
    if not isinstance(node.value, tuple) or not node.value:
        sentence = f"must be a list such as [one, two], not {kind(node)}"
        mistakes.add(node.place, path, sentence)
        return None
    values: list[Any] = []
    for index, item in enumerate(node.value):
        value = reader(mistakes, item, f"{path}[{index}]")
        if value in values:
            mistakes.add(item.place, f"{path}[{index}]", f"'{value}' stands twice; remove one")
        elif value is not None:
            values.append(value)
    return tuple(values)


def kind(node: Node) -> str:
    """Return what a value is, in words, with a short value itself."""
    value = node.value
    if isinstance(value, tuple):
        return "a list" if value else "an empty list"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"'{value if len(value) <= 60 else value[:59] + '…'}'"
    return f"the number {value}"
