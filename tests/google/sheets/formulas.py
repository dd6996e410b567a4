"""What a formula is worth: arithmetic, comparison, text, references, and the common functions.

Small on purpose. A function that isn't here gives `#NAME?`, as an unknown name does in Sheets;
IMAGE and SPARKLINE draw and are worth nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tests.google.sheets.arrays import LOOKING, each
from tests.google.sheets.functions import FUNCTIONS, FormulaError, number, scalar, text
from tests.google.sheets.references import REFERENCE, Reference, references

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.areas import Area

Scalar = bool | int | float | str | None
TOKEN = re.compile(
    rf"\s*(?:(?P<ref>{REFERENCE.pattern})|(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<name>[A-Za-z_][\w.]*)|(?P<error>#[A-Z/0]+[!?]?)"
    r"|(?P<sign><=|>=|<>|[-+*/^&=<>(),;:%{}\\]))"
)
BINARY = [("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",)]
Node = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What a formula can see: `cells(title or None, reference)` gives the rows of values."""

    cells: Callable[[Reference], list[list[Scalar]]]
    named: Callable[[str], Area | None]
    array: bool = False
    """Whether each cell of a range counts: within ARRAYFORMULA."""


def evaluate(formula: str, around: Neighbourhood) -> Scalar | FormulaError:
    """The formula's value; a FormulaError, such as `#DIV/0!`, is a value as well."""
    try:
        return scalar(_value(_parsed(formula), around))
    except FormulaError as error:
        return error
    except RecursionError:
        return FormulaError("REF", "Circular dependency detected.")
    except (ValueError, OverflowError, ZeroDivisionError, TypeError):
        return FormulaError("NUM", "The result is not a number.")
    except IndexError:
        return FormulaError("N/A", "Wrong number of arguments.")


@lru_cache(maxsize=16384)
def _parsed(formula: str) -> Node:
    parser = _Parser(formula[1:])
    node = parser.expression(0)
    if parser.at < len(parser.tokens):
        raise FormulaError("ERROR", "Formula parse error.")
    return node


class _Parser:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, source: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.at = 0
        place = 0
        source = source.rstrip()
        while place < len(source):
            match = TOKEN.match(source, place)
            if match is None or match.end() == place:
                raise FormulaError("ERROR", "Formula parse error.")
            kind = next(k for k in ("ref", "number", "name", "error", "sign") if match.group(k))
            self.tokens.append((kind, match.group(kind)))
            place = match.end()

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, sign: str) -> None:
        if self.peek() != sign:
            raise FormulaError("ERROR", "Formula parse error.")
        self.at += 1

    def expression(self, level: int) -> Node:
        if level == len(BINARY):
            return self.unary()
        left = self.expression(level + 1)
        while self.peek() in BINARY[level]:
            sign = self.peek()
            self.at += 1
            left = ("binary", sign, left, self.expression(level + 1))
        return left

    def unary(self) -> Node:
        sign = self.peek()
        if sign in ("+", "-"):
            self.at += 1
            return ("unary", sign, self.unary())
        node = self.atom()
        if self.peek() == ":":
            self.at += 1
            node = ("range", node, self.atom())
        while self.peek() == "%":
            self.at += 1
            node = ("percent", node)
        return node

    def atom(self) -> Node:
        if self.at >= len(self.tokens):
            raise FormulaError("ERROR", "Formula parse error.")
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "ref" and word.startswith('"'):
            return ("constant", word[1:-1].replace('""', '"'))
        if kind == "ref":
            return ("cells", references(word)[0])
        if kind == "number":
            return ("constant", float(word))
        if kind == "error":
            raise FormulaError(word.strip("#!?"), "")
        if kind == "name":
            return self.name(word)
        if word == "(":
            node = self.expression(0)
            self.take(")")
            return node
        if word == "{":
            return ("array", self.list_until("}"))
        raise FormulaError("ERROR", "Formula parse error.")

    def name(self, word: str) -> Node:
        if self.peek() == "(":
            self.at += 1
            return ("call", word.upper(), self.list_until(")"))
        if word.upper() in ("TRUE", "FALSE"):
            return ("constant", word.upper() == "TRUE")
        return ("name", word)

    def list_until(self, closing: str) -> list[Node]:
        items: list[Node] = []
        while self.peek() != closing:
            items.append(self.expression(0))
            if self.peek() in (",", ";", "\\"):
                self.at += 1
            elif self.peek() != closing:
                raise FormulaError("ERROR", "Formula parse error.")
        self.at += 1
        return items


def _value(node: Node, around: Neighbourhood) -> Any:
    kind = node[0]
    if kind == "constant":
        return node[1]
    if kind == "cells":
        return around.cells(node[1])
    if kind == "unary":
        sign = -1 if node[1] == "-" else 1
        return _over(lambda value: sign * number(value), around, _value(node[2], around))
    if kind == "percent":
        return number(_value(node[1], around)) / 100
    if kind == "binary":
        left, right = _value(node[2], around), _value(node[3], around)
        return _over(lambda one, other: _binary(node[1], one, other), around, left, right)
    if kind == "range":
        return _between(node[1], node[2], around)
    if kind == "array":
        return [[scalar(_value(item, around)) for item in node[1]]]
    if kind == "call":
        return _call(node[1], node[2], around)
    raise FormulaError("NAME", f"Unknown range name: '{node[1].upper()}'.")


def _over(function: Callable[..., Any], around: Neighbourhood, *operands: Any) -> Any:
    """The function of the operands: of each of their cells, or of the first alone."""
    if around.array:
        return each(function, *operands)
    return function(*(scalar(operand) for operand in operands))


def _between(first: Node, last: Node, around: Neighbourhood) -> Any:
    """The cells from one place of a column to another: `INDEX(A:A,2):INDEX(A:A,9)`."""
    if not (first[:2] == last[:2] == ("call", "INDEX") and first[2][0] == last[2][0]):
        raise FormulaError("ERROR", "Formula parse error.")
    start, end = (int(number(_value(node[2][1], around))) for node in (first, last))
    return _value(first[2][0], around)[start - 1 : end]


def _call(name: str, arguments: list[Node], around: Neighbourhood) -> Any:
    if name == "ARRAYFORMULA":
        around = replace(around, array=True)
    if name in ("IF", "IFERROR"):
        return _conditional(name, arguments, around)
    if name in LOOKING:
        return LOOKING[name]([_value(argument, around) for argument in arguments])
    function = FUNCTIONS.get(name)
    if function is None:
        raise FormulaError("NAME", f"Unknown function: '{name}'.")
    return function([_value(argument, around) for argument in arguments])


def _conditional(name: str, arguments: list[Node], around: Neighbourhood) -> Any:
    """The functions that must not look at an argument that they don't choose."""
    if not arguments:
        raise FormulaError("N/A", f"Wrong number of arguments to {name}.")
    fallback: Node = ("constant", False if name == "IF" else None)
    if name == "IFERROR":
        try:
            return scalar(_value(arguments[0], around))
        except FormulaError:
            return _value(arguments[1] if len(arguments) > 1 else fallback, around)
    condition = _value(arguments[0], around)
    if around.array and isinstance(condition, list):
        ways = [_value(argument, around) for argument in (*arguments[1:3], fallback)]
        return each(lambda holds, yes, no: yes if holds else no, condition, *ways[:2])
    chosen = 1 if scalar(condition) else 2
    return _value(arguments[chosen] if chosen < len(arguments) else fallback, around)


def _binary(sign: str, left: Scalar, right: Scalar) -> Scalar:
    if sign == "&":
        return text(left) + text(right)
    if sign in BINARY[0]:
        return _compared(sign, left, right)
    first, second = number(left), number(right)
    if sign == "/":
        if second == 0:
            raise FormulaError("DIV/0", "Function DIVIDE parameter 2 cannot be zero.")
        return first / second
    if sign == "^":
        return float(first**second)
    return {"+": first + second, "-": first - second, "*": first * second}[sign]


def _compared(sign: str, left: Scalar, right: Scalar) -> bool:
    """Numbers before text before booleans; text regardless of case."""
    one, other = _sort_key(left, right), _sort_key(right, left)
    outcomes = {
        "=": one == other,
        "<>": one != other,
        "<": one < other,
        ">": one > other,
        "<=": one <= other,
        ">=": one >= other,
    }
    return outcomes[sign]


def _sort_key(value: Scalar, beside: Scalar) -> tuple[int, Any]:
    if value is None:
        value = "" if isinstance(beside, str) else 0
    if isinstance(value, bool):
        return 2, value
    return (1, value.casefold()) if isinstance(value, str) else (0, value)


def first_constant(formula: str, name: str) -> str | None:
    """The first argument of a formula that is one call of `name`, if it is a text constant."""
    try:
        node = _parsed(formula)
    except FormulaError:
        return None
    if node[0] != "call" or node[1] != name or not node[2]:
        return None
    first = node[2][0]
    return str(first[1]) if first[0] == "constant" and isinstance(first[1], str) else None
