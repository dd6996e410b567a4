"""Formulas that Google reads alike in every locale of a spreadsheet. Pure.

In many locales a comma is the decimal mark, and then `=IF(A1>0.5,1,2)` is no formula. Whether the
API takes formulas as the spreadsheet's locale has them is not documented; conditions of rules
are "parsed as if the user typed into a cell". So ours have neither commas nor decimal marks: a
semicolon separates arguments in every locale, and `5E-1` is a half in each.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*"|'(?:[^']|'')*')"""
    r"|(?<![\w.$])(?P<number>[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE](?P<exponent>[+-]?[0-9]+))?"
    r"|(?P<comma>,)"
)


def everywhere(formula: str) -> str:
    """Return a formula without commas and decimal marks; texts and tabs' names stay as they are.

    Args:
        formula: with English names of functions, `,` between arguments and `.` in numbers.
    """
    return _TOKEN.sub(_replaced, formula)


def number(value: float, digits: int) -> str:
    """Return a number to so many digits, as a formula has it in every locale."""
    return everywhere(f"{value:.{digits}g}".replace("e", "E"))


def _replaced(match: re.Match[str]) -> str:
    if match["comma"]:
        return ";"
    if not match["number"]:
        return match[0]
    whole, _, fraction = match["number"].partition(".")
    fraction = fraction.rstrip("0")
    exponent = int(match["exponent"] or 0) - len(fraction)
    mantissa = (whole + fraction).lstrip("0") or "0"
    return f"{mantissa}E{exponent}" if exponent and mantissa != "0" else mantissa
