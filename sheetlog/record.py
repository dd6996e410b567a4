"""A run as flat values: `Record`, the kinds of value that it may hold, and its text form.

Pure: knows no journal, no sheet and no clock.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

SECTIONS = (
    "run",
    "metrics",
    "params",
    "artifacts",
    "data",
    "curves",
    "git",
    "env",
    "hardware",
    "notebook",
)
"""The first word of every key, in the order in which columns without a better place stand."""

OVERFLOW = "run.more"
"""The key whose cell holds, as JSON, the values that have no column."""
PENDING = "pending"
"""What the cell of an artifact says as long as its file waits for its store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something that opens with a click."""

    text: str
    """What the cell shows."""
    url: str
    """Absolute, or relative to the folder of the workbook."""
    size: int | None = None
    """Bytes of the file behind it, if there is one."""
    sha256: str | None = None
    """Of the file's content, in hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A curve, thinned to a number of points that fits a cell."""

    values: tuple[float, ...]
    """The points that are kept, oldest first; may hold NaN."""
    count: int
    """How many points there were."""
    last: float
    """The last point of all."""
    lowest: float
    """The smallest point of all that is a number; NaN where none is."""
    highest: float
    """The greatest point of all that is a number; NaN where none is."""


Scalar = None | bool | int | float | str | datetime | timedelta | Link | Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A run at one point of its life. A later state of the same run is a new revision of it."""

    id: str
    revision: int = 1
    values: Mapping[str, Scalar] = field(default_factory=dict)
    """Keys are `section.path`; the order is the order in which the run gave them."""
    marked: tuple[str, ...] | None = None
    """Keys whose values differ from those of the run that it was compared with; None: it was
    compared with none."""

    def __post_init__(self) -> None:
        # Whoever holds the mapping that came in could change what the journal has on disk.
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def __reduce__(self) -> tuple[Any, ...]:
        return loads, (dumps(self),)

    def __hash__(self) -> int:
        return hash((self.id, self.revision))


def section(key: str) -> str:
    """Return the first word of a key: `params` of `params.optim.lr`."""
    return key.partition(".")[0]


def path(key: str) -> str:
    """Return a key without its section: `optim.lr` of `params.optim.lr`."""
    return key.partition(".")[2]


def dumps(record: Record) -> str:
    """Return the record as one line of JSON from which `loads` makes an equal one."""
    values = [[key, plain(value)] for key, value in record.values.items()]
    whole = {"id": record.id, "revision": record.revision, "values": values}
    if record.marked is not None:
        whole["marked"] = record.marked
    return json.dumps(whole, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def loads(text: str) -> Record:
    """Return the record that `dumps` wrote."""
    whole = json.loads(text)
    values = {key: unplain(value) for key, value in whole["values"]}
    marked = whole.get("marked")
    return Record(
        id=whole["id"],
        revision=whole["revision"],
        values=values,
        marked=None if marked is None else tuple(marked),
    )


def plain(value: Scalar) -> Any:
    """Give JSON's own values as they are, every other kind as a list that starts with its name."""
    if isinstance(value, float) and not math.isfinite(value):
        return ["float", repr(value)]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return ["datetime", value.astimezone(UTC).isoformat()]
    if isinstance(value, timedelta):
        return ["timedelta", [value.days, value.seconds, value.microseconds]]
    if isinstance(value, Link):
        return ["link", [value.text, value.url, value.size, value.sha256]]
    points = [plain(float(point)) for point in value.values]
    rest = [plain(point) for point in (value.last, value.lowest, value.highest)]
    return ["series", [points, value.count, *rest]]


def unplain(value: Any) -> Scalar:
    """Return the value that `plain` gave."""
    if not isinstance(value, list):
        return value  # type: ignore[no-any-return]
    kind, held = value
    if kind == "float":
        return float(held)
    if kind == "datetime":
        return datetime.fromisoformat(held)
    if kind == "timedelta":
        return timedelta(*held)
    if kind == "link":
        text, url, size, sha256 = held
        return Link(text=text, url=url, size=size, sha256=sha256)
    points, count, *rest = held
    last, lowest, highest = (_number(point) for point in rest)
    values = tuple(_number(point) for point in points)
    return Series(values=values, count=count, last=last, lowest=lowest, highest=highest)


def _number(value: Any) -> float:
    return float(value[1] if isinstance(value, list) else value)
