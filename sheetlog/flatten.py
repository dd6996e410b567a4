"""Any config → flat values, and back.

Pure: knows no journal, no sheet and no clock. What kinds of value there are is kinds.py's.

A key is the path of a value: `params.optim.lr`. What comes back from a sheet, by `unflatten`:

| given | kept as | comes back as |
| --- | --- | --- |
| None, bool, int, float, str; scalars of NumPy, torch, pandas, JAX | the value | the value |
| mapping, dataclass, attrs, pydantic, namedtuple, `Namespace`, config | a key a part | dict |
| datetime; without a zone it is local time, as Python has it | the moment, in UTC | the same |
| timedelta, `Link`, `Series` | the value | the same |
| list, tuple, set (sorted), array of up to 1,000 | its JSON: `[64, 64]` | a list |
| list that holds mappings, up to 100 | a key for each: `params.blocks.0.lr` | a list |
| empty mapping, at any depth | `{}` | an empty dict |
| text that looks like one of these | the text as a JSON string | the text |
| enum | its name; its text, if it is a text | text |
| path, class, function, date, time, UUID, complex, bytes, range, any object | text | text |
| Decimal, Fraction | float; text where that would change it (params) | float or text |
| integer of more than 640 digits | hexadecimal text | text |
| a value that a config still lacks (`???`) | the text `???` | text |
| a key that is no text | its text; that of a tuple is a path | text |

Among the metrics a list, tuple or array of numbers is a curve: the key holds its last value, and
`curves.PATH` the `Series`. Lists and arrays too long to be kept become a summary, with a warning.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sheetlog import kinds, lists
from sheetlog.curves import points, series
from sheetlog.errors import MisuseError
from sheetlog.record import Scalar, path

INDEXED = 100
"""Mappings; a longer list of them is kept as JSON."""
DEEPEST = 500
"""Mappings inside one another; what is deeper is left out, with a warning."""
MOST = 100_000
"""Values of one section. Only a config that makes itself up as it is read comes near."""
MOST_WARNINGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """What a config is as flat values."""

    values: dict[str, Scalar]
    """By key, in the order in which the config has them."""
    warnings: tuple[str, ...]
    """A sentence for each key that changed and each value that could not be kept whole."""


def params(value: Any) -> Flat:
    """Return the flat values of what went in, keys `params.PATH`.

    Raises:
        MisuseError: it is of a kind that has no named parts.
    """
    return section(value, "params")


def metrics(value: Any) -> Flat:
    """Return the flat values of what came out: keys `metrics.PATH`, and `curves.PATH` of curves.

    Raises:
        MisuseError: it is of a kind that has no named parts.
    """
    return section(value, "metrics")


def section(value: Any, name: str) -> Flat:
    """Return the flat values of a config, with keys that start with the section's name.

    Raises:
        MisuseError: it is of a kind that has no named parts.
    """
    if value is None:
        return Flat(values={}, warnings=())
    flattening = _Flattening(name)
    try:
        parts = _parts(value, name)
    except MisuseError:
        raise
    except Exception as error:  # noqa: BLE001  (reading a config is a stranger's code)
        parts = []
        flattening.unreadable(f"{name}.{name}", value, error)
    flattening.read(value, parts)
    told, more = flattening.warnings[:MOST_WARNINGS], flattening.warnings[MOST_WARNINGS:]
    if more:
        told.append(f"{len(more):,} more warnings of the kind")
    return Flat(values=flattening.values, warnings=tuple(told))


def unflatten(values: Mapping[str, Scalar], name: str) -> dict[str, Any]:
    """Return the config of a section: flattened again, it gives the same keys and values."""
    start = name + "."
    leaves = {key[len(start) :]: value for key, value in values.items() if key.startswith(start)}
    tree: dict[str, Any] = {}
    for key, value in leaves.items():
        words = key.split(".")
        node, at = tree, 0
        # A path stops being one where a value stands in its way; the rest is a key with dots.
        while at < len(words) - 1 and ".".join(words[: at + 1]) not in leaves:
            node = node.setdefault(words[at], {})
            at += 1
        node[".".join(words[at:])] = lists.decoded(value)
    _restore_lists(tree)
    return tree


class _FullError(Exception):
    """There are more values than a section may have."""


class _Frame:
    """A value whose parts are being read. No dataclass: making one costs the first call 2 ms."""

    __slots__ = ("empty", "key", "pairs", "value")

    def __init__(self, key: str, value: Any, pairs: Iterator[tuple[Any, Any]]) -> None:
        self.key = key
        self.value = value
        self.pairs = pairs
        self.empty = True


class _Flattening:
    """The flat values of one section, while they are collected.

    Depth is held in a list of frames, not in Python's stack: `log()` may be called from anywhere.
    """

    __slots__ = (
        "_frames", "_left", "_measured", "_name", "_suffix", "_trail", "values", "warnings",
    )  # fmt: skip

    def __init__(self, name: str) -> None:
        self.values: dict[str, Scalar] = {}
        self.warnings: list[str] = []
        self._name = name
        self._measured = name == "metrics"
        self._frames: list[_Frame] = []
        self._trail: dict[int, str] = {}
        self._suffix: dict[str, int] = {}
        self._left = MOST

    def read(self, value: Any, pairs: kinds.Pairs) -> None:
        """Collect the values of a config, given its parts."""
        self._enter(_Frame(self._name, value, iter(pairs)))
        while self._frames:
            frame = self._frames[-1]
            try:
                inner = self._next(frame)
            except _FullError:
                told = f"'{self._name}' has over {MOST:,} values; more are left out"
                self.warnings.insert(0, told)
                return
            except Exception as error:  # noqa: BLE001  (reading a mapping is a stranger's code)
                inner = None
                self.unreadable(frame.key, frame.value, error)
            if inner is not None:
                self._enter(inner)
            elif self._frames[-1] is frame:
                self._frames.pop()
                self._trail.pop(id(frame.value), None)

    def _enter(self, frame: _Frame) -> None:
        self._frames.append(frame)
        self._trail[id(frame.value)] = frame.key

    def _next(self, frame: _Frame) -> _Frame | None:
        """Put the next values; return the first that has parts itself, None at the end."""
        for name, value in frame.pairs:
            frame.empty = False
            key = f"{frame.key}.{name if type(name) is str else _word(name)}"
            if type(value) in kinds.PLAIN:
                self._put(key, self._scalar(key, value))
                continue
            try:
                inner = self._open(key, value)
            except _FullError:
                raise
            except Exception as error:  # noqa: BLE001  (so is reading any value)
                self.unreadable(key, value, error)
                continue
            if inner is not None:
                return inner
        if frame.empty and len(self._frames) > 1:
            self._put(frame.key, "{}")
        return None

    def _open(self, key: str, value: Any) -> _Frame | None:
        """Put a value that has no named parts; return the frame of one that has."""
        whole = kinds.unwrap(value, measured=self._measured)
        kind = type(whole)
        read, listed = kinds.fields(kind), kinds.is_list(kind)
        if read is None and not listed and not kinds.is_array(kind):
            self._put(key, self._scalar(key, whole))
        elif id(value) in self._trail:
            self._put(key, f"<cycle: {self._trail[id(value)]}>")
        elif len(self._frames) >= DEEPEST:
            self.warnings.append(f"'{key[:80]}…' is more than {DEEPEST} deep and was left out")
            self._put(key, f"<deeper than {DEEPEST}: {kind.__name__}>")
        elif read is not None:
            self._spend()
            return _Frame(key, value, iter(read(whole)))
        elif self._measured and (numbers := points(whole)):
            key = self._put(key, kinds.scalar(numbers[-1]))
            self.values[f"curves.{path(key)}"] = series(numbers)
        elif listed and len(whole) <= INDEXED and lists.holds_mappings(whole):
            return _Frame(key, value, iter(enumerate(whole)))
        else:
            self._put(key, self._listed(key, whole))
        return None

    def _scalar(self, key: str, value: Any) -> Scalar:
        found = kinds.scalar(value, measured=self._measured)
        if type(found) is kinds.Summary:
            return self._told(key, found)
        return lists.quoted(found) if type(found) is str else found

    def _listed(self, key: str, value: Any) -> str:
        try:
            return lists.dumps(value, key, self._trail)
        except lists.TooLongError:
            array = kinds.is_array(type(value))
            size = math.prod(kinds.shape(value)) if array else len(value)
            return self._told(key, kinds.summary(value, size))

    def _told(self, key: str, found: str) -> str:
        self.warnings.append(
            f"'{key}' is too much for a cell, so only a summary is kept; make it an artifact"
        )
        return str.__str__(found)

    def unreadable(self, key: str, value: Any, error: Exception) -> None:
        """Say in the value's place, and in a warning, that it cannot be read."""
        self.warnings.append(f"'{key}' cannot be read: {type(error).__name__}")
        self._put(key, kinds.unprintable(type(value)))

    def _spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _FullError

    def _put(self, key: str, value: Scalar) -> str:
        """Keep a value and return the key that it got. Rule 8: of two that collide, both stay."""
        self._spend()
        if key in self.values:
            taken, number = key, self._suffix.get(key, 1)
            while key in self.values:
                number += 1
                key = f"{taken}~{number}"
            self._suffix[taken] = number
            told = f"two values have the key '{taken}'; the second is kept as '{key}'"
            self.warnings.append(told)
        self.values[key] = value
        return key


def _parts(value: Any, name: str) -> kinds.Pairs:
    """Return the parts of a whole config."""
    whole = kinds.labelled(value)
    if whole is value:
        whole = kinds.unwrap(value, measured=name == "metrics")
    read = kinds.fields(type(whole))
    if read is None and callable(getattr(type(value), "to_dict", None)):
        whole = value.to_dict()
        read = kinds.fields(type(whole))
    if read is None:
        raise MisuseError(_misuse(value, name))
    return read(whole)


def _word(name: Any) -> str:
    """Return the text of a key that is none."""
    try:
        return kinds.key(name)
    except Exception:  # noqa: BLE001  (a key may be a stranger's, too)
        return kinds.unprintable(type(name))


def _misuse(value: Any, name: str) -> str:
    kind = type(value)
    found = f"of type '{kind.__name__}'"
    if isinstance(value, type):
        found, advice = f"the class '{value.__name__}' itself", "give an instance of it"
    elif isinstance(getattr(value, "history", None), dict):
        advice = "give its 'history'"
    elif kinds.is_list(kind) or kinds.is_array(kind) or kind in kinds.PLAIN:
        advice = f"give it a name: {name}={{'NAME': …}}"
    else:
        advice = "give a dict of what is in it, as by 'vars()'"
    return (
        f"'{name}' must be a mapping, a dataclass, attrs or pydantic object, a Namespace or a "
        f"config, and it is {found}; {advice}"
    )


def _restore_lists(tree: dict[str, Any]) -> None:
    """Make lists again of what was one: numbered from 0, with mappings among the values."""
    nodes: list[tuple[dict[str, Any], str]] = []
    ahead = [tree]
    for node in ahead:
        for key, part in node.items():
            if isinstance(part, dict):
                nodes.append((node, key))
                ahead.append(part)
    # From the inside out, because only a list's parts tell whether it was kept by numbers.
    for node, key in reversed(nodes):
        found = node[key]
        numbers = [str(at) for at in range(min(len(found), INDEXED))]
        if numbers and found.keys() == set(numbers):
            parts = [found[number] for number in numbers]
            node[key] = parts if lists.holds_mappings(parts) else found
