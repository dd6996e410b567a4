"""One cell: a value written as XML, and XML read as a value. Knows no row, no style and no plan.

Text is text, whatever it starts with: only a `Formula` is written as one.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import NamedTuple

from sheetlog.cells import Cell, Formula, units
from sheetlog.record import Link, Series
from sheetlog.xlsx.texts import LIMIT, drawn, xstring

# Serial numbers know no time zone; sheetlog writes UTC.
_EPOCH = datetime.fromisoformat("1899-12-30")
_EPOCH_1904 = datetime.fromisoformat("1904-01-01")
_LEAP = 61
"""The first serial number behind the 29th of February 1900, a day that only Excel knows."""
_LAST = 2_958_466
"""The serial number behind the 31st of December 9999."""
_DAY = 86_400_000_000
"""Microseconds."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


class Content(NamedTuple):
    """What stands between the tags of a cell, and which type it has."""

    kind: str | None
    """The cell's `t` attribute; None: a number, or nothing."""
    xml: str


def content(value: Cell, *, prefix: str = "", date1904: bool = False) -> Content:
    """Return a value as it stands in a cell.

    Args:
        value: a link gives its text, a curve its bars; a formula's references are resolved
            already.
        prefix: of the worksheet's elements, with its colon.
        date1904: whether dates count from 1904.
    """
    p = prefix
    if type(value) is float and math.isfinite(value):  # most of all, so it comes first
        return Content(None, f"<{p}v>{value!r}</{p}v>")
    if value is None or value == "":
        return Content(None, "")
    if isinstance(value, bool):
        return Content("b", f"<{p}v>{int(value)}</{p}v>")
    if isinstance(value, timedelta):
        value = value / timedelta(days=1)
    if isinstance(value, datetime):
        number = serial(value, date1904=date1904)
        value = value.isoformat(" ") if number is None else number
    if isinstance(value, int | float) and math.isfinite(value):
        return Content(None, f"<{p}v>{value!r}</{p}v>")
    if isinstance(value, Formula):
        formula = xml_text(value.text.removeprefix("="))
        return Content(None, f"<{p}f>{formula}</{p}f>")
    if isinstance(value, Link):
        value = value.text
    text = drawn(value.values) if isinstance(value, Series) else str(value)
    inner = f'<{p}t xml:space="preserve">{xstring(fitting(text))}</{p}t>'
    return Content("inlineStr", f"<{p}is>{inner}</{p}is>")


def xml_text(text: str) -> str:
    """Return a text that is no `ST_Xstring` (a formula, say) as it stands between two tags."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)


def fitting(text: str) -> str:
    """Return as much of a text as a cell holds; what is longer has been cut with a mark before."""
    if len(text) * 2 <= LIMIT or units(text) <= LIMIT:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * LIMIT]
    return kept.decode("utf-16-le", "ignore")


def serial(moment: datetime, *, date1904: bool) -> float | None:
    """Return a moment as the number that stands for it; None where there is none."""
    moment = moment.replace(tzinfo=None)
    since = (moment - (_EPOCH_1904 if date1904 else _EPOCH)) // timedelta(microseconds=1)
    if not date1904 and since < _LEAP * _DAY:
        since -= _DAY
    if since < (0 if date1904 else _DAY):
        return None
    return since // _DAY if since % _DAY == 0 else since / _DAY


def moment(number: float, *, date1904: bool) -> datetime | None:
    """Return the moment that a number stands for, to the microsecond; None where there is none."""
    if not 0 <= number < _LAST:
        return None
    if not date1904 and number < _LEAP - 1:
        number += 1
    micros = round(number * _DAY)
    # A double holds a moment of today to half a microsecond or so: what looks like a
    # whole millisecond was one.
    near = round(micros, -3)
    micros = near if abs(near - micros) <= 2 else micros
    try:
        return (_EPOCH_1904 if date1904 else _EPOCH) + timedelta(microseconds=micros)
    except OverflowError:
        return None


def span(number: float) -> timedelta | float:
    """Return the length of time that a number of days stands for; else the number."""
    try:
        micros = round(number * _DAY)
        near = round(micros, -3)
        return timedelta(microseconds=near if abs(near - micros) <= 2 else micros)
    except (OverflowError, ValueError):
        return number


def number(text: str) -> Cell:
    """Return the number that a cell's `<v>` holds: an int where it is written as one."""
    text = text.strip()
    if not text:
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    try:
        found = float(text)
    except ValueError:
        return text
    return found if math.isfinite(found) else text
