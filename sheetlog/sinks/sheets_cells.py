"""A cell of the flow as Google's CellData, and back. Pure.

Typed, never parsed: a text that starts with `=` is sent as `stringValue` and stays one. Dates are
days since 1899-12-30 (Sheets API, DateTime serial numbers), in UTC as everywhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sheetlog.cells import Cell, Formula
from sheetlog.record import Link, Series
from sheetlog.sinks import sheets_formulas, sheets_pictures

Json = dict[str, Any]

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial number has no zone
DATETIME = {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm"}
DURATION = {"type": "TIME", "pattern": "[h]:mm:ss"}
VALUE, NUMBER_FORMAT, LINK, BOLD = (
    "userEnteredValue",
    "userEnteredFormat.numberFormat",
    "userEnteredFormat.textFormat.link",
    "userEnteredFormat.textFormat.bold",
)
_DAY = timedelta(days=1)
_REFERENCE = re.compile(r'"(?:[^"]|"")*"|\{[^{}]+\}')
_SPARKLINE = re.compile(r"=\s*SPARKLINE\(\{([^{}]*)\}", re.IGNORECASE)
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)


def letters(column: int) -> str:
    """Return a column's name: 0 gives A, 26 gives AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def quoted(title: str) -> str:
    """Return a tab's title as A1 notation wants it."""
    return "'" + title.replace("'", "''") + "'"


def data(cell: Cell, *, row: int, places: Mapping[str, int], shown: bool = False) -> Json:
    """Return a cell as CellData.

    Args:
        row: 0-based, for formulas.
        places: 0-based column of each key, for formulas.
        shown: a picture stands in the cell, where everybody may see it.
    """
    if cell is None or cell == "":
        return {}
    if isinstance(cell, bool):
        return {VALUE: {"boolValue": cell}}
    if isinstance(cell, int | float):
        return {VALUE: {"numberValue": cell}}
    if isinstance(cell, datetime):
        return _formatted((cell.replace(tzinfo=None) - EPOCH) / _DAY, DATETIME)
    if isinstance(cell, timedelta):
        return _formatted(cell / _DAY, DURATION)
    if isinstance(cell, Link):
        held: Json = {VALUE: {"stringValue": cell.text or cell.url}}
        if shown and (picture := sheets_pictures.formula(cell)):
            held = {VALUE: {"formulaValue": picture}}
        if re.match(r"https?://", cell.url):
            held["userEnteredFormat"] = {"textFormat": {"link": {"uri": cell.url}}}
        return held
    if isinstance(cell, Series):
        return _curve(cell)
    if isinstance(cell, Formula):
        return {VALUE: {"formulaValue": _resolved(cell.text, row, places)}}
    return {VALUE: {"stringValue": cell}}


def weighed(held: Json, *, bold: bool) -> Json:
    """Return a CellData whose letters are bold, or not."""
    look = held.get("userEnteredFormat", {})
    text = {**look.get("textFormat", {}), "bold": bold}
    return {**held, "userEnteredFormat": {**look, "textFormat": text}}


def fields(held: Json) -> frozenset[str]:
    """Return which fields a CellData needs written: nothing that a person set is listed."""
    look = held.get("userEnteredFormat", {})
    found = {VALUE}
    if "numberFormat" in look:
        found.add(NUMBER_FORMAT)
    text = look.get("textFormat", {})
    if "link" in text:
        found.add(LINK)
    if "bold" in text:
        found.add(BOLD)
    return frozenset(found)


def _formatted(number: float, look: Mapping[str, str]) -> Json:
    return {VALUE: {"numberValue": number}, "userEnteredFormat": {"numberFormat": dict(look)}}


def _curve(curve: Series) -> Json:
    points = [point for point in curve.values if math.isfinite(point)]
    if len(points) < 2:
        return {VALUE: {"numberValue": points[0]}} if points else {}
    # Seven digits are more than a line in a cell can show.
    listed = ";".join(sheets_formulas.number(point, 7) for point in points)
    return {VALUE: {"formulaValue": f"=SPARKLINE({{{listed}}})"}}


def _resolved(formula: str, row: int, places: Mapping[str, int]) -> str:
    """Return a formula with the cells of its row in place of the keys."""

    def cell(match: re.Match[str]) -> str:
        text = match[0]
        if text[0] != "{":
            return text
        name = letters(places[text[1:-1].removeprefix(":")])
        return f"${name}:${name}" if text[1] == ":" else f"{name}{row + 1}"

    return sheets_formulas.everywhere(_REFERENCE.sub(cell, formula))


def value(held: Mapping[str, Any]) -> Cell:
    """Return what a CellData holds; formulas give what they show, curves their points."""
    entered = held.get(VALUE) or {}
    if "formulaValue" in entered:
        curve = _SPARKLINE.match(entered["formulaValue"])
        if curve:
            return _points(curve[1])
        picture = sheets_pictures.link(entered["formulaValue"])
        if picture is not None:
            return picture
        entered = held.get("effectiveValue") or {}
    if "numberValue" in entered:
        return _number(entered["numberValue"], held)
    if "boolValue" in entered:
        return bool(entered["boolValue"])
    if "errorValue" in entered:
        return str(held.get("formattedValue") or "#ERROR!")
    text = entered.get("stringValue")
    if text is None:
        return None
    look = held.get("userEnteredFormat", {}).get("textFormat", {}).get("link", {})
    text, chip = _unchipped(str(text), held.get("chipRuns") or ())
    url = chip or held.get("hyperlink") or look.get("uri")
    return Link(text=text or url, url=url) if url else text


def _unchipped(text: str, runs: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
    """Return a text with its smart chips in words, and what the first of a file opens.

    An `@` stands for a chip (Sheets API, ChipRun): for a person the address takes its place, for a
    file nothing, as its title is no part of the answer. Whether a text that is read has the `@` or
    the title is not documented: what is no `@` stays.
    """
    raw, url = text.encode("utf-16-le", "surrogatepass"), ""
    at_sign = "@".encode("utf-16-le")
    chips = [(2 * run.get("startIndex", 0), run["chip"]) for run in runs if run.get("chip")]
    for at, chip in sorted(chips, key=lambda each: -each[0]):
        url = chip.get("richLinkProperties", {}).get("uri") or url
        if raw[at : at + 2] == at_sign:
            words = str(chip.get("personProperties", {}).get("email", ""))
            raw = raw[:at] + words.encode("utf-16-le") + raw[at + 2 :]
    clean = raw.decode("utf-16-le", "surrogatepass")
    return clean.strip() if clean != text else text, url


def _number(number: float, held: Mapping[str, Any]) -> Cell:
    look = (held.get("userEnteredFormat") or {}).get("numberFormat") or {}
    look = look or (held.get("effectiveFormat") or {}).get("numberFormat") or {}
    kind = look.get("type")
    try:
        if kind in ("DATE", "DATE_TIME"):
            # Milliseconds are more than a double of this size keeps apart.
            return EPOCH + timedelta(milliseconds=round(number * 86_400_000))
        if kind == "TIME" and _ELAPSED.search(look.get("pattern", "")):
            return timedelta(milliseconds=round(number * 86_400_000))
    except OverflowError:
        pass
    return int(number) if float(number).is_integer() and abs(number) <= 2**53 else float(number)


def _points(text: str) -> Cell:
    try:
        points = tuple(float(each) for each in re.split("[;,]", text))
    except ValueError:
        return text
    return Series(
        values=points,
        count=len(points),
        last=points[-1],
        lowest=min(points),
        highest=max(points),
    )
