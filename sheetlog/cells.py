"""What a cell may hold, and how a record's value becomes it and comes back (docs/cells.md).

Pure. A cell is typed, never parsed: numbers are numbers in every locale and text is text, whatever
it starts with. What a product cannot hold as it is becomes text that reads back as what it was.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sheetlog.record import Link, Scalar, Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula over columns of its own row: `={metrics.train_accuracy}-{metrics.accuracy}`."""

    text: str
    """Starts with `=`; each `{key}` stands for that column's cell in the same row."""


Cell = None | bool | int | float | str | datetime | timedelta | Link | Series | Formula

EXACT = 2**53
"""Up to here a double holds every integer; both products store numbers as doubles."""

_WORDS = {"None": None, "NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_DRAWN = frozenset("▁▂▃▄▅▆▇█")
_DIGITS = re.compile(r"-?[1-9][0-9]{15,}")


def cell(value: Scalar, *, text_limit: int, whole: str = "") -> Cell:
    """Return what the cell of a value holds.

    Args:
        value: of a record.
        text_limit: the product's longest text, in UTF-16 units.
        whole: the artifact that has a text whole which must be cut; blank: none has it.
    """
    if value is None:
        return "None"
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= EXACT else _cut(str(value), text_limit)
    if isinstance(value, float):
        return value if math.isfinite(value) else _word(value)
    if isinstance(value, str):
        return _cut(_quoted(value), text_limit, whole)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def scalar(cell: Cell) -> Scalar:
    """Return the value that a cell of sheetlog's stands for; a blank cell gives None, too."""
    if isinstance(cell, Formula):
        return cell.text
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=UTC)
    if not isinstance(cell, str):
        return cell
    if cell in _WORDS:
        return _WORDS[cell]
    if _DIGITS.fullmatch(cell) and abs(int(cell[:400])) > EXACT:
        return int(cell) if len(cell) <= 4000 else cell
    if len(cell) > 1 and cell[0] == '"' == cell[-1] and _stands_for_more(cell[1:-1]):
        return cell[1:-1]
    return cell


def same(one: Cell, other: Cell) -> bool:
    """Return whether two cells show the same, within what the products keep of a value."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-14, abs_tol=0.0)
    if isinstance(one, datetime) and isinstance(other, datetime):
        return abs(one.replace(tzinfo=None) - other.replace(tzinfo=None)) < timedelta(seconds=1)
    if isinstance(one, timedelta) and isinstance(other, timedelta):
        return abs(one - other) < timedelta(seconds=1)
    if isinstance(one, Link) and isinstance(other, Link):
        return (one.text, one.url) == (other.text, other.url)
    for value, shown in ((one, other), (other, one)):
        if isinstance(value, Link) and isinstance(shown, str):
            return value.text == shown
        if isinstance(value, Series) and shown not in (None, ""):
            # How a product draws a curve can't be compared with it; words are a person's.
            return not isinstance(shown, str) or shown[0] == "=" or not _DRAWN.isdisjoint(shown)
    return one in (None, "") if other in (None, "") else one == other


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units, which is how both products count."""
    return len(text) + sum(character > "\uffff" for character in text)


def too_long(value: Scalar, text_limit: int) -> bool:
    """Return whether the cell of this value would be cut."""
    return isinstance(value, str) and units(_quoted(value)) > text_limit


def _word(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _quoted(text: str) -> str:
    """Put a text in quotes where, bare, it would read back as another value."""
    return f'"{text}"' if _stands_for_more(text) else text


def _stands_for_more(text: str) -> bool:
    while len(text) > 1 and text[0] == '"' == text[-1]:
        text = text[1:-1]
    return text in _WORDS or _DIGITS.fullmatch(text) is not None


def _cut(text: str, text_limit: int, whole: str = "") -> str:
    """Cut a text that is too long, with a mark that says so and how long it was."""
    if units(text) <= text_limit:
        return text
    where = f"; the artifact '{whole[:100]}' has them" if whole else ""
    mark = f" … [cut: {len(text):,} characters in all{where}]"
    room = text_limit - units(mark)
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * room]
    # Half of a pair at the end would be a character that no file can hold.
    if 0xD800 <= int.from_bytes(kept[-2:], "little") < 0xDC00:
        kept = kept[:-2]
    return kept.decode("utf-16-le", "surrogatepass") + mark


def overflow(values: dict[str, Scalar]) -> str:
    """Return the text of the overflow cell: JSON of the values that have no column, by key."""
    return json.dumps({key: _plain(value) for key, value in values.items()}, ensure_ascii=False)


def _plain(value: Scalar) -> object:
    """Return JSON's own kind of value; what JSON has no word for becomes text."""
    if isinstance(value, float) and not math.isfinite(value):
        return _word(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Link):
        return value.url
    if isinstance(value, Series):
        return [_plain(point) for point in value.values]
    return value
