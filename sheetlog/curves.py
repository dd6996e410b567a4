"""Lists of numbers among the metrics → `Series`, thin enough for a cell.

Pure: knows no key and no sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any

from sheetlog import kinds
from sheetlog.errors import MisuseError
from sheetlog.record import Series


def series(points: Iterable[float | None], *, kept: int = 100) -> Series:
    """Return a curve thinned so that its shape, both ends and all extremes stay.

    The first and the last point are kept. What is between them is cut into equal stretches, and
    each gives its lowest and its highest point, in their order: a peak of a single point is never
    lost, and the points stay evenly spaced in time. A stretch without any number gives NaN.

    Args:
        points: oldest first; None is a point that is no number, as NaN is.
        kept: how many points at most; an even number from 4 on.

    Raises:
        MisuseError: `kept` is another number.
    """
    if kept < 4 or kept % 2:
        raise MisuseError(f"'kept' must be an even number from 4 on, and it is {kept}")
    whole = list(map(_float, points))
    # One sum tells that all are numbers, far faster than asking each.
    finite = math.isfinite(sum(whole))
    numbers = whole if finite else [point for point in whole if not math.isnan(point)]
    return Series(
        values=tuple(whole) if len(whole) <= kept else _thinned(whole, kept, finite=finite),
        count=len(whole),
        last=whole[-1] if whole else math.nan,
        lowest=min(numbers, default=math.nan),
        highest=max(numbers, default=math.nan),
    )


def points(value: Any) -> list[Any] | None:
    """Return the numbers of a list, tuple or array of nothing else; None: it is no curve."""
    kind = type(value)
    if kinds.is_array(kind):
        if len(kinds.shape(value)) != 1:
            return None
        value = kinds.listed(value)
    elif not kinds.is_list(kind) or issubclass(kind, AbstractSet):
        return None
    types = set(map(type, value))
    if types <= {int, float}:
        return list(value)
    found: list[Any] = []
    for each in value:
        number = kinds.scalar(kinds.unwrap(each, measured=True), measured=True)
        if type(number) not in (int, float, type(None)):
            return None
        found.append(number)
    return found if any(number is not None for number in found) else None


def _float(point: float | None) -> float:
    if type(point) is float:
        return point
    try:
        return math.nan if point is None else float(point)
    except OverflowError:
        return math.inf if point > 0 else -math.inf  # type: ignore[operator]


def _thinned(whole: list[float], kept: int, *, finite: bool) -> tuple[float, ...]:
    found = [whole[0]]
    stretches = kept // 2 - 1
    inside = len(whole) - 2
    for at in range(stretches):
        stretch = whole[1 + at * inside // stretches : 1 + (at + 1) * inside // stretches]
        if not finite:
            stretch = [point for point in stretch if not math.isnan(point)] or [math.nan]
        lowest, highest = min(stretch), max(stretch)
        rising = math.isnan(lowest) or stretch.index(lowest) <= stretch.index(highest)
        found += (lowest, highest) if rising else (highest, lowest)
    return (*found, whole[-1])
