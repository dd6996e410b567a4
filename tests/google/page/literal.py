"""Formulas that the page draws itself: SPARKLINE and IMAGE, as a name and its arguments.

Only constants and references are read; a formula that needs evaluating is None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""\s*(?: (?P<text>"(?:[^"]|"")*")
             | (?P<number>-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|-?\.\d+)
             | (?P<word>'(?:[^']|'')*'![$A-Za-z0-9:]+|[$A-Za-z_][\w.$!:]*)
             | (?P<mark>[(){},;]) )\s*""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A range in A1 notation."""

    text: str


Scalar = str | float | bool | None
Argument = Scalar | Reference | tuple[tuple[Scalar, ...], ...]


@dataclass(frozen=True, slots=True)
class FormulaCall:
    """One function with its arguments; an array is a tuple of rows."""

    name: str
    arguments: tuple[Argument, ...]


class _NotConstantError(ValueError):
    """More than constants and references."""


def parse_call(formula: str) -> FormulaCall | None:
    """The call that the formula is; None if it is anything else."""
    try:
        tokens = _tokens(formula.removeprefix("="))
        call, rest = _call(tokens)
    except _NotConstantError:
        return None
    return None if rest else call


def _tokens(text: str) -> list[str]:
    found = []
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise _NotConstantError(text)
        found.append(match.group().strip())
        at = match.end()
    return found


def _call(tokens: list[str]) -> tuple[FormulaCall, list[str]]:
    if len(tokens) < 3 or tokens[1] != "(":
        raise _NotConstantError
    name, rest = tokens[0].upper(), tokens[2:]
    arguments: list[Argument] = []
    while rest[:1] != [")"]:
        argument, rest = _argument(rest)
        arguments.append(argument)
        if rest[:1] in ([","], [";"]):
            rest = rest[1:]
        elif rest[:1] != [")"]:
            raise _NotConstantError
    return FormulaCall(name, tuple(arguments)), rest[1:]


def _argument(tokens: list[str]) -> tuple[Argument, list[str]]:
    if not tokens:
        raise _NotConstantError
    if tokens[0] == "{":
        return _array(tokens[1:])
    if tokens[0] in (",", ";"):
        return None, tokens
    return _scalar(tokens[0]), tokens[1:]


def _array(tokens: list[str]) -> tuple[tuple[tuple[Scalar, ...], ...], list[str]]:
    """`{1,2;3,4}`: commas part columns, semicolons rows."""
    rows: list[list[Scalar]] = [[]]
    while tokens and tokens[0] != "}":
        if tokens[0] == ";":
            rows.append([])
        elif tokens[0] != ",":
            item = _scalar(tokens[0])
            if isinstance(item, Reference):
                raise _NotConstantError
            rows[-1].append(item)
        tokens = tokens[1:]
    if not tokens:
        raise _NotConstantError
    return tuple(map(tuple, rows)), tokens[1:]


def _scalar(token: str) -> Scalar | Reference:
    if token.startswith('"'):
        return token[1:-1].replace('""', '"')
    if token.upper() in ("TRUE", "FALSE"):
        return token.upper() == "TRUE"
    try:
        return float(token)
    except ValueError:
        pass
    if not re.search(r"[A-Za-z]\$?\d", token):
        raise _NotConstantError(token)
    return Reference(token)
