"""How a value looks in its cell: number patterns, dates, and the look without a pattern.

Source of the patterns: Google's guide "Date and number formats". The decimal mark follows the
spreadsheet's locale; month and day names stay English.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

EPOCH = datetime(1899, 12, 30)
DEFAULT_PATTERNS = {
    "NUMBER": "#,##0.00",
    "PERCENT": "0.00%",
    "CURRENCY": "$#,##0.00",
    "DATE": "m/d/yyyy",
    "TIME": "h:mm:ss AM/PM",
    "DATE_TIME": "m/d/yyyy h:mm:ss",
    "SCIENTIFIC": "0.00E+00",
}
DATE_TYPES = {"DATE", "TIME", "DATE_TIME"}
COMMA_DECIMALS = frozenset(
    "ca cs da de el es fi fr hr hu id it lt nb nl pl pt ro ru sk sl sv tr uk".split()  # noqa: SIM905
)
TOKEN = re.compile(
    r"""
    (?P<quote>"[^"]*")
  | (?P<escape>\\.)
  | (?P<space>_.)
  | (?P<fill>\*.)
  | (?P<elapsed>\[(?:h+|m+|s+)\])
  | (?P<symbol>\[\$[^\]]*\])
  | (?P<colour>\[[^\]]*\])
  | (?P<ampm>AM/PM|am/pm|A/P|a/p)
  | (?P<second>s+(?:\.0+)?)
  | (?P<date>y+|m+|M+|d+|h+|H+)
  | (?P<exponent>[Ee][+-]0+)
  | (?P<digits>[0#?][0#?,]*(?:\.[0#?]*,*)?|\.[0#?]+,*)
  | (?P<percent>%)
  | (?P<text>@)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
Token = tuple[str, str]


def formatted(value: float | str | bool | None, number_format: dict[str, Any], locale: str) -> str:
    """The text that the cell shows. `number_format` is Google's NumberFormat, {} for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    pattern = pattern_of(number_format)
    text = general(value) if pattern is None else _by_pattern(value, pattern)
    if locale.partition("_")[0] in COMMA_DECIMALS and not is_date(number_format):
        text = text.translate(str.maketrans(",.", ".,"))
    return text


def pattern_of(number_format: dict[str, Any]) -> str | None:
    """The pattern in force; None for the general look."""
    pattern = number_format.get("pattern") or DEFAULT_PATTERNS.get(number_format.get("type", ""))
    return None if pattern in (None, "General", "@") else pattern


def is_date(number_format: dict[str, Any]) -> bool:
    """Whether the format shows a date, a time or a duration."""
    if number_format.get("type") in DATE_TYPES:
        return True
    pattern = pattern_of(number_format)
    return pattern is not None and any(_dates(section) for section in _sections(pattern))


def serial(moment: datetime) -> float:
    """Days since 1899-12-30, the number that stands for a moment."""
    return (moment - EPOCH) / timedelta(days=1)


def general(number: float) -> str:
    """A number without a format: ten significant digits, no trailing zeros."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    text = f"{number:.10g}"
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return text
    return f"{mantissa}E{int(exponent):+03d}"


@lru_cache(maxsize=1024)
def _sections(pattern: str) -> tuple[tuple[Token, ...], ...]:
    """The pattern's parts between semicolons, each as tokens."""
    sections: list[list[Token]] = [[]]
    for match in TOKEN.finditer(pattern):
        kind = match.lastgroup or "other"
        text = match.group()
        if kind == "other" and text == ";":
            sections.append([])
        else:
            sections[-1].append((kind, text))
    return tuple(tuple(section) for section in sections)


def _dates(section: tuple[Token, ...]) -> bool:
    return any(kind in ("date", "second", "elapsed", "ampm") for kind, _ in section)


def _by_pattern(number: float, pattern: str) -> str:
    sections = _sections(pattern)
    if number < 0 and len(sections) > 1:
        section, number = sections[1], -number
    elif number == 0 and len(sections) > 2:
        section = sections[2]
    else:
        section = sections[0]
    return _as_date(number, section) if _dates(section) else _as_number(number, section)


def _literal(kind: str, text: str) -> str:
    if kind == "quote":
        return text[1:-1]
    if kind == "escape":
        return text[1:]
    if kind == "space":
        return " "
    if kind == "symbol":
        return text[2:-1].partition("-")[0]
    return "" if kind in ("fill", "colour") else text


def _as_number(number: float, section: tuple[Token, ...]) -> str:
    """Digits in place of the digit tokens, everything else as it stands."""
    if not any(kind == "digits" for kind, _ in section):
        return "".join(general(number) if kind == "text" else _literal(kind, text)
                       for kind, text in section)  # fmt: skip
    scaled = Decimal(repr(float(number)))
    scaled *= 100 ** sum(kind == "percent" for kind, _ in section)
    exponent = next((text for kind, text in section if kind == "exponent"), None)
    power = 0
    if exponent is not None and scaled:
        power = scaled.adjusted()
        scaled = scaled.scaleb(-power)
    sign = "-" if scaled < 0 else ""
    parts = []
    for kind, text in section:
        if kind == "digits":
            parts.append(_digits(abs(scaled), text))
        elif kind == "exponent":
            parts.append(f"E{power:+0{len(text) - 1}d}")
        else:
            parts.append(_literal(kind, text))
    return sign + "".join(parts)


def _digits(number: Decimal, shape: str) -> str:
    # Commas behind the last digit each divide by a thousand; one between digits groups them.
    whole, _, fraction = shape.rstrip(",").partition(".")
    number = number.scaleb(-3 * (len(shape) - len(shape.rstrip(","))))
    grouped = "," in whole
    whole = whole.replace(",", "")
    rounded = number.quantize(Decimal(1).scaleb(-len(fraction)), rounding=ROUND_HALF_UP)
    text = f"{rounded:,f}" if grouped else f"{rounded:f}"
    integer, _, decimals = text.partition(".")
    if whole.count("0") == 0 and integer == "0":
        integer = ""
    integer = integer.rjust(whole.count("0"), "0")
    optional = len(fraction) - len(fraction.rstrip("#?"))
    kept = decimals[: len(fraction) - optional]
    kept += decimals[len(fraction) - optional :].rstrip("0")
    return f"{integer}.{kept}" if kept or (fraction and not optional) else integer


def _as_date(number: float, section: tuple[Token, ...]) -> str:
    """The moment that the number stands for, token by token."""
    smallest = 3 if any("." in text for kind, text in section if kind == "second") else 0
    seconds = round(number * 86400, smallest)
    moment = EPOCH + timedelta(seconds=seconds)
    halves = any(kind == "ampm" for kind, _ in section)
    parts = []
    for place, (kind, text) in enumerate(section):
        if kind == "elapsed":
            unit = {"h": 3600, "m": 60, "s": 1}[text[1]]
            parts.append(str(int(seconds // unit)).rjust(len(text) - 2, "0"))
        elif kind == "ampm":
            word = "AM" if moment.hour < 12 else "PM"
            parts.append(word if len(text) > 3 else word[0])
        elif kind == "second":
            parts.append(_seconds(moment, text))
        elif kind == "date":
            parts.append(_date_part(moment, section, place, halves=halves))
        else:
            parts.append(_literal(kind, text))
    return "".join(parts)


def _seconds(moment: datetime, text: str) -> str:
    whole, _, fraction = text.partition(".")
    shown = str(moment.second).rjust(len(whole), "0")
    return shown + ("." + f"{moment.microsecond:06d}"[: len(fraction)] if fraction else "")


def _date_part(moment: datetime, section: tuple[Token, ...], place: int, *, halves: bool) -> str:
    text = section[place][1]
    letter, width = text[0], len(text)
    if letter == "y":
        return f"{moment.year:04d}" if width > 2 else f"{moment.year % 100:02d}"
    if letter == "d":
        return (
            moment.strftime("%a" if width == 3 else "%A")
            if width > 2
            else (str(moment.day).rjust(width, "0"))
        )
    if letter in "hH":
        hour = (moment.hour % 12 or 12) if halves else moment.hour
        return str(hour).rjust(width, "0")
    if letter == "m" and _means_minutes(section, place):
        return str(moment.minute).rjust(width, "0")
    if width > 2:
        name = moment.strftime("%b" if width == 3 else "%B")
        return name[0] if width == 5 else name
    return str(moment.month).rjust(width, "0")


def _means_minutes(section: tuple[Token, ...], place: int) -> bool:
    """An `m` after an hour or before a second counts minutes, any other one months."""
    timely = ("date", "second", "elapsed")
    before = [text.strip("[]")[0] for kind, text in section[:place] if kind in timely]
    after = [text.strip("[]")[0] for kind, text in section[place + 1 :] if kind in timely]
    return bool((before and before[-1] in "hH") or (after and after[0] == "s"))
