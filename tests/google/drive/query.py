"""The search language of files.list: `name contains 'a' and not trashed = true`.

Text becomes a test of one file. `and` and `or` bind equally and group from the left, as Drive
documents it; `not` binds to what follows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tests.google.access import permissions_on
from tests.google.clock import parse_stamp

if TYPE_CHECKING:
    from tests.google.callers import Caller
    from tests.google.drive.file import DriveFile
    from tests.google.world import World

TOKEN = re.compile(
    r"""\s*(?: (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
             | (?P<mark>!=|<=|>=|=|<|>|\(|\)|\{|\})
             | (?P<word>[A-Za-z]+) )\s*""",
    re.VERBOSE | re.DOTALL,
)
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
ROLES_OF = {
    "owners": {"owner"},
    "writers": {"writer", "fileOrganizer", "organizer", "owner"},
    "readers": {"reader", "commenter", "writer", "fileOrganizer", "organizer", "owner"},
}


class QuerySyntaxError(ValueError):
    """A query that Drive refuses with 400."""


@dataclass(frozen=True, slots=True)
class View:
    """A file and from where it is looked at."""

    file: DriveFile
    world: World
    caller: Caller


Test = Callable[[View], bool]


@lru_cache(maxsize=256)
def parse_query(text: str) -> Test:
    """The test that the query spells. Raises QuerySyntaxError."""
    tokens = _Tokens(text)
    test = _terms(tokens)
    if tokens.peek():
        raise QuerySyntaxError(text)
    return test


class _Tokens:
    """The words of a query, from left to right; a quoted text keeps its quotes until taken."""

    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        self._at = 0
        start = 0
        while start < len(text.rstrip()):
            match = TOKEN.match(text, start)
            if match is None:
                raise QuerySyntaxError(text)
            self._tokens.append(match.group().strip())
            start = match.end()

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self._at += 1
        return token

    def accept(self, token: str) -> bool:
        """Step over the token if it comes next."""
        found = self.peek() == token
        self._at += found
        return found

    def expect(self, token: str) -> None:
        if not self.accept(token):
            raise QuerySyntaxError(f"'{token}' is missing")

    def text(self) -> str:
        """The next token, which must be quoted, without its quotes."""
        token = self.take()
        if token[:1] not in ("'", '"'):
            raise QuerySyntaxError(f"'{token}' is not quoted")
        return re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)


def _terms(tokens: _Tokens) -> Test:
    test = _term(tokens)
    while tokens.peek() in ("and", "or"):
        joined = _both if tokens.take() == "and" else _either
        test = joined(test, _term(tokens))
    return test


def _both(one: Test, other: Test) -> Test:
    return lambda view: one(view) and other(view)


def _either(one: Test, other: Test) -> Test:
    return lambda view: one(view) or other(view)


def _term(tokens: _Tokens) -> Test:
    if tokens.accept("not"):
        test = _term(tokens)
        return lambda view: not test(view)
    if tokens.accept("("):
        inside = _terms(tokens)
        tokens.expect(")")
        return inside
    if tokens.peek()[:1] in ("'", '"'):
        value = tokens.text()
        tokens.expect("in")
        return _membership(value, tokens.take())
    return _field(tokens, tokens.take())


def _membership(value: str, where: str) -> Test:
    """`'x' in parents`, or in one of the lists of people."""
    if where == "parents":
        return lambda view: _folder(view, value) in view.file.parents
    if where not in ROLES_OF:
        raise QuerySyntaxError(f"nothing is in '{where}'")
    roles = ROLES_OF[where]

    def holds(view: View) -> bool:
        person = view.caller.user if value == "me" else value
        granted = (permission for _, permission in permissions_on(view.world, view.file))
        return any(one.holder == person and one.role in roles for one in granted)

    return holds


def _folder(view: View, name: str) -> str:
    return view.world.root_of(view.caller.user) if name == "root" else name


def _field(tokens: _Tokens, name: str) -> Test:
    if name in ("name", "title", "fullText"):
        return _name_test(tokens, name)
    if name == "mimeType":
        return _mime_type_test(tokens)
    if name in ("trashed", "starred", "sharedWithMe"):
        return _switch_test(tokens, name)
    if name in ("createdTime", "modifiedTime"):
        return _time_test(tokens, "created" if name == "createdTime" else "modified")
    if name in ("properties", "appProperties"):
        return _property_test(tokens, name)
    raise QuerySyntaxError(f"files can't be found by '{name}'")


def _operator(tokens: _Tokens, allowed: tuple[str, ...]) -> str:
    operator = tokens.take()
    if operator not in allowed:
        raise QuerySyntaxError(f"'{operator}' is not one of {', '.join(allowed)}")
    return operator


def _name_test(tokens: _Tokens, field: str) -> Test:
    """Equality knows no case; `contains` means that a word of the name starts so."""
    allowed = ("contains",) if field == "fullText" else ("=", "!=", "contains")
    operator = _operator(tokens, allowed)
    value = tokens.text().casefold()
    if operator == "contains":
        start = re.compile(r"(?<!\w)" + re.escape(value))

        def contains(view: View) -> bool:
            text = view.world.name_of(view.file)
            if field == "fullText":
                text = f"{text} {view.file.other.get('description', '')}"
            return bool(start.search(text.casefold()))

        return contains
    compare = COMPARISONS[operator]
    return lambda view: compare(view.world.name_of(view.file).casefold(), value)


def _mime_type_test(tokens: _Tokens) -> Test:
    operator = _operator(tokens, ("=", "!=", "contains"))
    value = tokens.text()
    if operator == "contains":
        return lambda view: view.file.mime_type.startswith(value)
    compare = COMPARISONS[operator]
    return lambda view: compare(view.file.mime_type, value)


def _switch_test(tokens: _Tokens, name: str) -> Test:
    """`trashed = false`; a lone `sharedWithMe` is true."""
    wanted = True
    if tokens.peek() in ("=", "!="):
        operator = tokens.take()
        word = tokens.take()
        if word not in ("true", "false"):
            raise QuerySyntaxError(f"'{word}' is neither true nor false")
        wanted = (word == "true") == (operator == "=")
    return lambda view: _switch(view, name) == wanted


def _switch(view: View, name: str) -> bool:
    if name == "trashed":
        return view.world.is_binned(view.file)
    if name == "starred":
        return bool(view.file.other.get("starred", False))
    return view.file.owner not in ("", view.caller.user)


def _time_test(tokens: _Tokens, attribute: str) -> Test:
    compare = COMPARISONS[_operator(tokens, tuple(COMPARISONS))]
    try:
        wanted = parse_stamp(tokens.text())
    except ValueError as error:
        raise QuerySyntaxError(str(error)) from None
    return lambda view: compare(getattr(view.file, attribute), wanted)


def _property_test(tokens: _Tokens, name: str) -> Test:
    """`properties has { key='a' and value='b' }`."""
    for token in ("has", "{", "key", "="):
        tokens.expect(token)
    key = tokens.text()
    for token in ("and", "value", "="):
        tokens.expect(token)
    value = tokens.text()
    tokens.expect("}")
    if name == "properties":
        return lambda view: view.file.properties.get(key) == value
    return lambda view: view.file.app_properties.get(view.caller.app, {}).get(key) == value
