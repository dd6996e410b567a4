"""What a person types, read as Sheets reads it: `50%`, `2026-09-27`, `=A1+1`, `'text`.

Only the conventions for English; the cell that it is typed into isn't known here. Source:
Google's description of USER_ENTERED, and what recordings show.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from tests.google.sheets.model import Entered, Formula
from tests.google.sheets.numberformat import EPOCH, serial

NumberFormat = dict[str, str]

NUMBER = re.compile(r"[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d)(\.\d{1,3})?)?(?:\s*([AaPp])\.?[Mm]\.?)?")
ISO_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
US_DATE = re.compile(r"(\d{1,2})([/-])(\d{1,2})[/-](\d{4}|\d{2})")
NAMED_DATE = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})")
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
LAST_YEAR_OF_THE_2000S = 29


def read_entry(text: str) -> tuple[Entered, NumberFormat | None]:
    """The value that typing `text` puts into a cell, and the format that comes with it."""
    if text.startswith("'"):
        return text[1:], None
    if text.startswith("=") and len(text) > 1:
        return Formula(text), None
    stripped = text.strip()
    if stripped.upper() in ("TRUE", "FALSE"):
        return stripped.upper() == "TRUE", None
    for read in (_number, _percent, _currency, _moment):
        found = read(stripped)
        if found is not None:
            return found
    return text, None


def _plain_number(text: str) -> float | None:
    if not NUMBER.fullmatch(text):
        return None
    return tidy(float(text.replace(",", "")))


def tidy(number: float) -> float:
    """A whole number as an int, as far as a double holds it exactly; anything else as it is."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 2**53:
        return int(number)
    return float(number) if abs(number) >= 2**53 else number


def _number(text: str) -> tuple[Entered, NumberFormat | None] | None:
    number = _plain_number(text)
    if number is None:
        return None
    if "e" in text.lower():
        return number, {"type": "SCIENTIFIC", "pattern": "0.00E+00"}
    if "," in text:
        return number, {"type": "NUMBER", "pattern": "#,##0.00" if "." in text else "#,##0"}
    return number, None


def _percent(text: str) -> tuple[Entered, NumberFormat] | None:
    number = _plain_number(text[:-1].rstrip()) if text.endswith("%") else None
    if number is None:
        return None
    pattern = "0.00%" if "." in text else "0%"
    return tidy(number / 100), {"type": "PERCENT", "pattern": pattern}


def _currency(text: str) -> tuple[Entered, NumberFormat] | None:
    sign, rest = (text[0], text[1:]) if text[:1] in ("-", "+") else ("", text)
    number = _plain_number(rest[1:]) if rest.startswith("$") else None
    if number is None:
        return None
    pattern = "$#,##0.00" if "." in text else "$#,##0"
    return (-number if sign == "-" else number), {"type": "CURRENCY", "pattern": pattern}


def _moment(text: str) -> tuple[Entered, NumberFormat] | None:
    """A date, a time, or a date and a time."""
    clock = _clock(text)
    if clock is not None:
        return tidy(clock[0] / timedelta(days=1)), clock[1]
    date_text, _, clock_text = text.replace("T", " ", 1).partition(" ")
    found = _date(text) or _date(date_text)
    if found is None:
        return None
    day, pattern = found
    if _date(text) is not None or not clock_text:
        return tidy(serial(day)), {"type": "DATE", "pattern": pattern}
    clock = _clock(clock_text.strip())
    if clock is None or clock[0] >= timedelta(days=1):
        return None
    pattern = f"{pattern} {clock[1]['pattern']}"
    return tidy(serial(day + clock[0])), {"type": "DATE_TIME", "pattern": pattern}


def _clock(text: str) -> tuple[timedelta, NumberFormat] | None:
    match = CLOCK.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds, fraction, half = match.groups()
    hour = int(hours)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in "Pp" else 0)
    second = float(f"{seconds or 0}{fraction or ''}")
    time = timedelta(hours=hour, minutes=int(minutes), seconds=second)
    pattern = "h:mm" + (":ss" if seconds else "") + (" AM/PM" if half else "")
    if hour >= 24:
        return time, {"type": "TIME", "pattern": pattern.replace("h", "[h]", 1)}
    return time, {"type": "TIME", "pattern": pattern}


def _date(text: str) -> tuple[datetime, str] | None:
    if match := ISO_DATE.fullmatch(text):
        year, month, day = (int(group) for group in match.groups())
        return _day(year, month, day, "yyyy-mm-dd")
    if match := US_DATE.fullmatch(text):
        month, day, year = int(match.group(1)), int(match.group(3)), int(match.group(4))
        if year < 100:
            year += 2000 if year <= LAST_YEAR_OF_THE_2000S else 1900
        return _day(year, month, day, "m/d/yyyy")
    if match := NAMED_DATE.fullmatch(text):
        name = match.group(1)[:3].lower()
        if name in MONTHS:
            month = MONTHS.index(name) + 1
            return _day(int(match.group(3)), month, int(match.group(2)), "mmm d, yyyy")
    return None


def _day(year: int, month: int, day: int, pattern: str) -> tuple[datetime, str] | None:
    try:
        moment = datetime(year, month, day)
    except ValueError:
        return None
    return (moment, pattern) if moment >= EPOCH else None
