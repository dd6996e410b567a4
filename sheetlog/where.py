"""The language of `where`: a text → a test of a run. Compares, and evaluates nothing as code.

    metrics.acc > 0.9 and (params.model in ['resnet', 'vit'] or not Verdict == 'drop')
    run.name contains 'baseline'      run.started >= '2026-11-01'      params.dropout == none

Pure: knows neither pandas nor a sheet. A name is a key, the end of one, or a title; one with
blanks stands `in backquotes`.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn

from sheetlog.errors import WhereError

Test = Callable[[Mapping[str, Any]], bool]
"""Says of a run, given its values by column name, whether it is meant."""

LONGEST, DEEPEST = 10_000, 50
"""Characters and levels of brackets: more than a person writes, less than a stack holds."""

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])
    | (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | `(?P<quoted>[^`]+)`
    | (?P<mark><=|>=|==|!=|<>|=|<|>|\(|\)|\[|\]|,)
    | (?P<word>[^\W\d][\w./@:%~-]*)
    )""",
    re.VERBOSE,
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_CONSTANTS = {"true": True, "false": False, "none": None, "null": None, "nan": None}
_WORDS = frozenset({"and", "or", "not", "in", "contains", "is"})
_HOW = "write for example \"acc > 0.9 and model == 'resnet'\""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str, names: Sequence[str]) -> Test:
    """Return the test that a `where` text describes.

    Args:
        text: see the top of this file.
        names: the columns that there are.

    Raises:
        WhereError: it cannot be understood, or names a column that isn't there.
    """
    if not isinstance(text, str):
        raise WhereError(f"'where' must be a text, and it is {text!r}; {_HOW}")
    if len(text) > LONGEST:
        raise WhereError(f"'where' has {len(text):,} characters, and {LONGEST:,} are allowed")
    return _Parser(text, names).whole()


def resolve(name: str, names: Sequence[str]) -> str:
    """Return the column that a name means: itself, the end of a key, or a title in other capitals.

    Raises:
        WhereError: there is no such column, or there are several.
    """
    if name in names:
        return name
    ways: tuple[Callable[[str], bool], ...] = (
        lambda column: column.partition(".")[2] == name,
        lambda column: column.endswith(f".{name}"),
        lambda column: column.casefold() == name.casefold(),
        lambda column: column.casefold().endswith(f".{name.casefold()}"),
    )
    for fits in ways:
        found = [column for column in names if fits(column)]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(f"'{column}'" for column in found[:8])
            raise WhereError(f"'{name}' may be any of {listed}: write which one")
    paths = {column.rpartition(".")[2]: column for column in names}
    near = difflib.get_close_matches(name, [*names, *paths], n=3)
    near = near or [path for path in paths if path.casefold().startswith(name.casefold())]
    meant = [paths.get(each, each) for each in near] or list(names[:8])
    words = "did you mean" if near else "there are"
    listed = ", ".join(f"'{column}'" for column in dict.fromkeys(meant)) or "no columns at all"
    raise WhereError(f"there is no column '{name}'; {words} {listed}")


class _Parser:
    """Reads one text from left to right: or, and, not, comparison, value."""

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self.text, self.names = text, names
        self.tokens = self._split()
        self.next, self.depth = 0, 0

    def _split(self) -> list[_Token]:
        tokens, at, end = [], 0, len(self.text.rstrip())
        while at < end:
            found = _TOKEN.match(self.text, at)
            if found is None or found.lastgroup is None:
                self._fail(at, "cannot be understood")
            start = found.start(found.lastgroup)
            tokens.append(_Token(kind=found.lastgroup, text=found[found.lastgroup], at=start))
            at = found.end()
        return tokens

    def whole(self) -> Test:
        """Return the test of the whole text."""
        if not self.tokens:
            raise WhereError(f"'where' is blank; {_HOW}")
        test = self._either()
        if self.next < len(self.tokens):
            self._fail(self.tokens[self.next].at, "does not belong here")
        return test

    def _either(self) -> Test:
        self.depth += 1
        if self.depth > DEEPEST:
            raise WhereError(f"'where' has more than {DEEPEST} levels of brackets")
        tests = [self._both()]
        while self._word("or"):
            tests.append(self._both())
        self.depth -= 1
        return tests[0] if len(tests) == 1 else lambda run: any(test(run) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._word("and"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda run: all(test(run) for test in tests)

    def _one(self) -> Test:
        opposite = False
        while self._word("not"):
            opposite = not opposite
        if self._mark("("):
            test = self._either()
            self._expect(")")
        else:
            test = self._comparison()
        return (lambda run: not test(run)) if opposite else test

    def _comparison(self) -> Test:
        left = self._value()
        opposite = self._word("not")
        if self._word("in"):
            members = self._members()
            test: Test = lambda run: any(_equal(left(run), each) for each in members)  # noqa: E731
        elif self._word("contains"):
            right = self._value()
            test = lambda run: _contains(left(run), right(run))  # noqa: E731
        elif opposite:
            self._fail(self._place(), "must be 'in' or 'contains' after 'not'")
        else:
            return self._compared(left)
        return (lambda run: not test(run)) if opposite else test

    def _compared(self, left: Callable[[Mapping[str, Any]], Any]) -> Test:
        if self._word("is"):
            sign = "!=" if self._word("not") else "=="
        else:
            token = self._take()
            sign = token.text if token is not None and token.kind == "mark" else ""
            if token is None or sign not in ("==", "=", "!=", "<>", *_COMPARE):
                self._fail(
                    len(self.text) if token is None else token.at,
                    "should be a comparison: ==, !=, <, <=, >, >=, in, not in, contains",
                )
        right = self._value()
        if sign in ("==", "="):
            return lambda run: _equal(left(run), right(run))
        if sign in ("!=", "<>"):
            return lambda run: not _equal(left(run), right(run))
        compare = _COMPARE[sign]
        return lambda run: _ordered(compare, left(run), right(run))

    def _value(self) -> Callable[[Mapping[str, Any]], Any]:
        token = self._take()
        if token is None:
            return self._fail(len(self.text), "ends where a name or a value should stand")
        constant, is_constant = self._constant(token)
        if is_constant:
            return lambda _: constant
        if token.kind == "quoted" or (token.kind == "word" and token.text not in _WORDS):
            name = resolve(token.text, self.names)
            return lambda run: run.get(name)
        return self._fail(token.at, "should be a name or a value")

    def _constant(self, token: _Token) -> tuple[Any, bool]:
        if token.kind == "number":
            number = float(token.text)
            whole = token.text.lstrip("+-").isdigit() and len(token.text) < 400
            return (int(token.text) if whole else number), True
        if token.kind == "text":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1]), True
        if token.kind == "word" and token.text.lower() in _CONSTANTS:
            known = token.text in self.names
            return _CONSTANTS[token.text.lower()], not known
        return None, False

    def _members(self) -> list[Any]:
        closing = "]" if self._mark("[") else ")" if self._mark("(") else None
        if closing is None:
            self._fail(self._place(), "should be a list in brackets: ['a', 'b']")
        members: list[Any] = []
        while not self._mark(closing):
            if members:
                self._expect(",")
            token = self._take()
            value, known = self._constant(token) if token is not None else (None, False)
            if token is None or not known:
                self._fail(
                    len(self.text) if token is None else token.at,
                    "should be a number, a text in quotes, true, false or none",
                )
            members.append(value)
        return members

    def _take(self) -> _Token | None:
        if self.next >= len(self.tokens):
            return None
        self.next += 1
        return self.tokens[self.next - 1]

    def _word(self, word: str) -> bool:
        return self._is("word", word)

    def _mark(self, mark: str) -> bool:
        return self._is("mark", mark)

    def _is(self, kind: str, text: str) -> bool:
        if self.next < len(self.tokens):
            token = self.tokens[self.next]
            if token.kind == kind and token.text.lower() == text:
                self.next += 1
                return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._mark(mark):
            self._fail(self._place(), f"should be '{mark}'")

    def _place(self) -> int:
        return self.tokens[self.next].at if self.next < len(self.tokens) else len(self.text)

    def _fail(self, at: int, why: str) -> NoReturn:
        rest = self.text[at : at + 20].strip()
        what = f"'{rest}' (character {at + 1})" if rest else "the text"
        raise WhereError(f"in 'where': {what} {why}; {_HOW}")


def _missing(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _equal(one: Any, other: Any) -> bool:
    if _missing(one) or _missing(other):
        return _missing(one) and _missing(other)
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    one, other = _alike(one, other)
    try:
        return bool(one == other)
    except (TypeError, ValueError):
        return False


def _ordered(compare: Callable[[Any, Any], bool], one: Any, other: Any) -> bool:
    if _missing(one) or _missing(other):
        return False
    one, other = _alike(one, other)
    try:
        return bool(compare(one, other))
    except (TypeError, ValueError):
        return False  # a text is neither more nor less than a number


def _contains(one: Any, other: Any) -> bool:
    return not _missing(one) and str(other).casefold() in str(one).casefold()


def _alike(one: Any, other: Any) -> tuple[Any, Any]:
    """Return both as one kind where the one is a time and the other a text or a number."""
    if isinstance(one, str) and isinstance(other, datetime | timedelta):
        other, one = _alike(other, one)
        return one, other
    if isinstance(one, datetime):
        return _utc(one), _utc(_date(other))
    if isinstance(one, timedelta) and isinstance(other, int | float):
        return one.total_seconds(), other
    return one, other


def _date(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return value


def _utc(value: Any) -> Any:
    """Return a time as UTC; one without a zone is UTC, as everything in a sheet is."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value
