"""YAML text → values by the core rules of YAML 1.2, each with its place in the text.

Stock PyYAML follows YAML 1.1, which reads `1e-4` as text, `on` as true, `012` as ten and
`12:30:45` as 45045: wrong for machine learning. Of PyYAML only the parser is used; what a word
stands for is decided here (https://yaml.org/spec/1.2.2/, section 10.3.2). Pure: knows no file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from sheetlog.errors import MisuseError, SheetlogError

if TYPE_CHECKING:
    import yaml

Place = tuple[int, int]
"""Line and column, both from 1."""

DEEPEST = 256
"""Levels of lists and mappings inside one another; with some ten thousand of them PyYAML's own
composer crashes the process."""

MOST_REPEATED = 100_000
"""Values that aliases may add to those written out, so that ten lines cannot become 10^9."""

_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **{sign + word: math.inf for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **{"-" + word: -math.inf for word in (".inf", ".Inf", ".INF")},
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_STANDARD = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A value and where it stands."""

    value: Any
    """A list's is a tuple of nodes, a mapping's a dict; else None, bool, int, float or str."""
    place: Place
    keys: Mapping[Hashable, Place] = field(default_factory=dict)
    """Of a mapping: where each key stands."""
    size: int = 1
    """Values in it, what aliases repeat counted each time."""


def load(text: str, source: str, *, error: Callable[[str], SheetlogError] = MisuseError) -> Any:
    """Return the values of a YAML text: dicts, lists, and None, bool, int, float, str.

    Dates and times stay text, but for those that `yaml_text` wrote with a tag of ours: `!datetime`
    and `!timedelta`. A tag of the core rules (`!!str`, `!!int`) is obeyed; a word with any other
    keeps it as text (`!include other.yaml`), and a list or mapping is read without it.

    Args:
        text: of one document; may be empty, which is None.
        source: how messages name it: a file's path.
        error: makes the exception of a message, which starts with `source:line:column: `.
    """
    return _plain(compose(text, source, error=error), {})


def compose(
    text: str, source: str, *, error: Callable[[str], SheetlogError] = MisuseError
) -> Node:
    """Return the same values as `load`, each as a node that knows its place."""
    return _Composer(text, source, error).document()


def resolve(word: str) -> bool | int | float | str | None:
    """Return what a word without quotes and without a tag stands for."""
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.fullmatch(word):
        try:
            return int(word)
        except ValueError:
            # Python refuses thousands of digits; as text none of them is lost.
            return word
    if _OCTAL.fullmatch(word):
        return int(word, 0)
    if _HEX.fullmatch(word):
        return int(word, 0)
    if _FLOAT.fullmatch(word):
        number = float(word)
        return word if math.isinf(number) else number
    return word


def _plain(node: Node, done: dict[int, Any]) -> Any:
    """Strip the places. What aliases repeat stays one object, so that it takes no more room."""
    if not isinstance(node.value, tuple | dict):
        return node.value
    if id(node) not in done:
        done[id(node)] = (
            {key: _plain(value, done) for key, value in node.value.items()}
            if isinstance(node.value, dict)
            else [_plain(value, done) for value in node.value]
        )
    return done[id(node)]


class _Composer:
    """Makes nodes of a parser's events. One text, used once."""

    def __init__(self, text: str, source: str, error: Callable[[str], SheetlogError]) -> None:
        self._text = text.removeprefix("\ufeff")
        self._source = source
        self._error = error
        self._anchors: dict[str, Node | None] = {}
        self._written = 0
        self._events = self._parsed()

    def _parsed(self) -> Iterator[Any]:
        import yaml

        # The C parser is missing from PyYAML where it was built without libyaml.
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            yield from yaml.parse(self._text, Loader=loader)
        except yaml.MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            self._refuse(place, self._in_words(problem))
        except yaml.reader.ReaderError as problem:
            self._refuse_character(int(problem.character))
        except UnicodeEncodeError as problem:
            self._refuse_character(ord(self._text[problem.start]))

    def document(self) -> Node:
        next(self._events)
        start = next(self._events)
        if _kind(start) == "StreamEnd":
            return Node(value=None, place=(1, 1))
        try:
            node = self._node(next(self._events), 0)
        except RecursionError:
            self._refuse((1, 1), "lists and mappings stand too deep inside one another")
        next(self._events)
        further = next(self._events)
        if _kind(further) != "StreamEnd":
            self._refuse(_place(further), "a second document starts; only one can be read")
        return node

    def _node(self, event: Any, depth: int) -> Node:
        kind = _kind(event)
        if kind == "Alias":
            return self._repeated(event)
        self._written += 1
        if depth > DEEPEST:
            self._refuse(
                _place(event), f"more than {DEEPEST} lists and mappings inside one another"
            )
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        if kind == "Scalar":
            node = Node(value=self._scalar(event), place=_place(event))
        elif kind == "SequenceStart":
            node = self._sequence(event, depth)
        else:
            node = self._mapping(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _repeated(self, event: Any) -> Node:
        if event.anchor not in self._anchors:
            self._refuse(
                _place(event),
                f"'*{event.anchor}' repeats a value that no '&{event.anchor}' names before it;"
                " if it is text, put it in quotes",
            )
        node = self._anchors[event.anchor]
        if node is None:
            self._refuse(_place(event), f"'*{event.anchor}' stands inside its own value")
        return node

    def _scalar(self, event: Any) -> Any:
        tag, word = event.tag, event.value
        if tag is None:
            return resolve(word) if event.implicit[0] else word
        name = tag.removeprefix(_STANDARD)
        if tag in ("!datetime", "!timedelta") and (moment := _moment(tag, word)) is not None:
            return moment
        if tag == "!" or name in ("str", "timestamp"):
            return word
        if name not in ("null", "bool", "int", "float"):
            return f"{'!!' + name if name != tag else tag} {word}".rstrip()
        value = resolve(word)
        if name == "float" and type(value) is int:
            value = float(value)
        if type(value).__name__ != {"null": "NoneType"}.get(name, name):
            self._refuse(_place(event), f"'{word}' is no {name}, as its tag '!!{name}' says")
        return value

    def _sequence(self, event: Any, depth: int) -> Node:
        items = []
        size = 1
        while _kind(following := next(self._events)) != "SequenceEnd":
            items.append(self._node(following, depth + 1))
            size = self._bounded(size + items[-1].size, following)
        return Node(value=tuple(items), place=_place(event), size=size)

    def _mapping(self, event: Any, depth: int) -> Node:
        own: dict[Hashable, Node] = {}
        merged: dict[Hashable, Node] = {}
        keys: dict[Hashable, Place] = {}
        size = 1
        while _kind(start := next(self._events)) != "MappingEnd":
            key = self._node(start, depth + 1)
            value = self._node(next(self._events), depth + 1)
            size = self._bounded(size + value.size, start)
            if key.value == "<<" and start.tag is None and start.implicit[0]:
                for mapping in self._merges(value):
                    merged |= mapping.value
                    keys |= {name: at for name, at in mapping.keys.items() if name not in own}
                continue
            self._check_key(key, own, keys)
            own[key.value] = value
            keys[key.value] = key.place
        return Node(value=merged | own, place=_place(event), keys=keys, size=size)

    def _merges(self, value: Node) -> tuple[Node, ...]:
        """Return the mappings that `<<` brings in, the one that counts most last."""
        mappings = value.value[::-1] if isinstance(value.value, tuple) else (value,)
        for mapping in mappings:
            if not isinstance(mapping.value, dict):
                self._refuse(mapping.place, "'<<' brings in a mapping or a list of mappings only")
        return mappings

    def _check_key(
        self, key: Node, own: Mapping[Hashable, Node], keys: Mapping[Hashable, Place]
    ) -> None:
        if isinstance(key.value, tuple | dict):
            self._refuse(
                key.place,
                "a list or mapping cannot be a key; text with braces or brackets goes in quotes",
            )
        if key.value in own:
            line, column = keys[key.value]
            first = f"the key '{key.value}' is there already, at {line}:{column}"
            self._refuse(key.place, f"{first}; remove one")

    def _bounded(self, size: int, event: Any) -> int:
        if size > self._written + MOST_REPEATED:
            self._refuse(
                _place(event), f"aliases repeat more than {MOST_REPEATED:,} values; write fewer"
            )
        return size

    def _in_words(self, problem: yaml.MarkedYAMLError) -> str:
        """Return a parser's complaint; the frequent ones in words that say what to do."""
        said = str(problem.problem)
        mark = problem.problem_mark
        lines = self._text.splitlines()
        line = lines[mark.line] if mark and mark.line < len(lines) else ""
        character = line[mark.column : mark.column + 1] if mark else ""
        if character == "\t" or "tab character" in said:
            return "a tab stands here; YAML is indented with spaces only"
        if "cannot start any token" in said:
            return f"a value cannot start with '{character}'; put it in quotes"
        if "mapping values are not allowed" in said:
            return "': ' stands where no key can end; text with ': ' in it goes in quotes"
        if "could not find expected ':'" in said:
            return "': ' is missing after a key, or a text goes over several lines without quotes"
        return f"{problem.context}: {said}" if problem.context else said

    def _refuse_character(self, code: int) -> NoReturn:
        before = self._text.partition(chr(code))[0]
        place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        self._refuse(place, f"the character U+{code:04X} cannot stand in YAML; remove it")

    def _refuse(self, place: Place, what: str) -> NoReturn:
        # Without `from None` the message of the parser follows, which says the same less well.
        raise self._error(f"{self._source}:{place[0]}:{place[1]}: {what}") from None


def _moment(tag: str, word: str) -> datetime | timedelta | None:
    """Return what a word with a tag of ours stands for; None: it is not of our writing."""
    try:
        if tag == "!datetime":
            found = datetime.fromisoformat(word)
            return found if found.tzinfo is not None else None
        seconds, _, rest = word.removeprefix("-").partition(".")
        length = timedelta(seconds=int(seconds), microseconds=int(rest.ljust(6, "0")))
        return -length if word.startswith("-") else length
    except (ValueError, OverflowError):
        return None


def _kind(event: Any) -> str:
    return type(event).__name__.removesuffix("Event")


def _place(event: Any) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1
