"""Tables for the command line: a DataFrame as text that fits the terminal, as JSON and as CSV.

Knows pandas' values; knows no sheet and no command.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import click

from sheetlog import console

if TYPE_CHECKING:
    import pandas as pd

WIDEST = 32
"""Places that a column takes at most; a longer text ends in `…`."""
_GAP = "  "
_FIRST = ("run.name", "run.status")
_ORDER = {
    "metrics": 1,
    "formula": 1,
    "params": 3,
    "artifacts": 4,
    "curves": 4,
    "data": 4,
    "run": 5,
}
_SURROUNDINGS = 6
_NEVER = ("run.revision", "run.more", "run.types")
"""Columns that are the sheet's own business."""


def text(
    frame: pd.DataFrame, *, heads: Sequence[str] | None = None, fit: bool = True
) -> tuple[str, int]:
    """Return a table as lines of text, numbers at the right; and how many columns it has.

    Args:
        frame: its index is not shown.
        heads: what stands above the columns; None: their names.
        fit: leave out the last columns where the terminal is too narrow for all.
    """
    names = heads if heads is not None else [str(name) for name in frame.columns]
    columns = [
        [name, *(cut(cell_text(value)) for value in frame.iloc[:, at])]
        for at, name in enumerate(names)
    ]
    right = [_numbers(frame.iloc[:, at]) for at in range(len(names))]
    kept = fitting([max(map(console.wide, column)) for column in columns]) if fit else len(columns)
    lines = []
    for row in zip(*columns[:kept], strict=True):
        widths = (max(map(console.wide, column)) for column in columns[:kept])
        cells = [
            " " * (width - console.wide(cell)) + cell if at_right else console.padded(cell, width)
            for cell, width, at_right in zip(row, widths, right, strict=False)
        ]
        lines.append(_GAP.join(cells).rstrip())
    return "\n".join(lines), kept


def beside(frame: pd.DataFrame) -> str:
    """Return runs side by side: what differs from the first run is coloured on a terminal."""
    names = [str(name) for name in frame.columns]
    runs = sum(not name.startswith("Δ ") for name in names)
    body = [["", "", *map(cut, names)]]
    for index, row in frame.iterrows():
        section, path = cast("tuple[str, str]", index)
        cells = [cut(cell_text(value)) for value in row]
        body.append([str(section), console.value_text(path), *cells])
    widths = [max(map(console.wide, column)) for column in zip(*body, strict=True)]
    kept = fitting(widths)
    lines = []
    for number, line in enumerate(body):
        cells = [console.padded(c, w) for c, w in zip(line, widths, strict=True)][:kept]
        for at in range(3, min(kept, runs + 2)) if number else ():
            if line[at] != line[2]:
                cells[at] = click.style(cells[at], fg="yellow", bold=True)
        for at in range(runs + 2, kept) if number else ():
            cells[at] = click.style(cells[at], dim=True)
        lines.append(_GAP.join(cells).rstrip())
    more = f"\n\n{len(widths) - kept} more columns: --json, --csv" if kept < len(widths) else ""
    return "\n".join(lines) + more


def upright(frame: pd.DataFrame) -> str:
    """Return one row as lines of name and value, section by section; blank values left out."""
    lines: dict[str, list[list[str]]] = {}
    for name in map(str, frame.columns):
        value = cell_text(frame[name].iloc[0])
        section, dot, path = name.partition(".")
        if value and name not in _NEVER:
            found = lines.setdefault(section if dot else "people", [])
            found.append([path if dot else name, value])
    parts = [f"{name}\n{console.columns(rows, indent='  ')}" for name, rows in lines.items()]
    return "\n\n".join(parts)


def telling(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that tell runs apart, the most telling first; blank ones are left out."""
    names = [str(name) for name in frame.columns]

    def sort_key(name: str) -> int:
        section = name.partition(".")[0]
        if name in _FIRST:
            return 0
        if "." not in name:
            return 2
        return _ORDER.get(section, _SURROUNDINGS)

    kept = []
    for name in sorted(names, key=sort_key):
        column = frame[name]
        if name in _FIRST or (name not in _NEVER and column.notna().any()):
            alike = len(frame) > 1 and len({str(value) for value in column}) == 1
            if name in _FIRST or not alike or sort_key(name) < _ORDER["params"]:
                kept.append(name)
    return frame[kept]


def short(names: Sequence[str]) -> list[str]:
    """Return what stands above columns: keys without their section where that is clear."""
    paths = [name.partition(".")[2] or name for name in names]
    return [
        path if paths.count(path) == 1 else name for name, path in zip(names, paths, strict=True)
    ]


def fitting(widths: Sequence[int]) -> int:
    """Return how many of the columns stand beside one another; at least one."""
    if not sys.stdout.isatty():
        return len(widths)  # a pager or a file takes lines of any length
    room, used = console.terminal_width(), -len(_GAP)
    for count, width in enumerate(widths):
        used += width + len(_GAP)
        if used > room:
            return max(1, count)
    return len(widths)


def cell_text(value: Any) -> str:
    """Return a value of a DataFrame as a person reads it; a missing one is blank."""
    import pandas as pd

    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d %H:%M}"
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124
        return ""
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, float) and abs(value) < 1000:
        return f"{value:.4g}"
    return console.value_text(value)


def cut(words: str) -> str:
    """Return a text that is no wider than a column may be."""
    if console.wide(words) <= WIDEST:
        return words
    while console.wide(words) >= WIDEST:
        words = words[:-1]
    return words + "…"


def json(frame: pd.DataFrame, *, one: bool = False) -> str:
    """Return the rows as a JSON list of objects, or the first as an object; blank is null."""
    names = [str(name) for name in frame.columns]
    rows = [
        {name: _plain(value) for name, value in zip(names, row, strict=True)}
        for row in frame.itertuples(index=False, name=None)
    ]
    return console.json_of(rows[0] if one else rows)


def csv(frame: pd.DataFrame) -> str:
    """Return the rows as CSV; numbers with all their digits, lengths of time in seconds."""
    for name in frame.select_dtypes("timedelta").columns:
        frame = frame.assign(**{name: frame[name].dt.total_seconds()})
    return frame.to_csv(index=False, lineterminator="\n")


def _plain(value: Any) -> Any:
    """Return Python's own kind of value."""
    import pandas as pd

    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124
        return None
    if isinstance(value, pd.Timestamp | pd.Timedelta):
        return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value.to_pytimedelta()
    return value.item() if hasattr(value, "item") else value


def _numbers(column: pd.Series[Any]) -> bool:
    import pandas as pd

    kind = column.dtype
    is_number = pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)
    return bool(is_number or pd.api.types.is_timedelta64_dtype(kind))


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Give what tells, on a terminal, the step that is being done; from the first second on."""
    begun, told = time.monotonic(), 0

    def tell(step: str) -> None:
        nonlocal told
        if sys.stderr.isatty() and time.monotonic() - begun > 1:
            told = max(told, len(step))
            click.echo(f"\r  {console.padded(step, told)}", nl=False, err=True)

    yield tell
    if told:
        click.echo("\r" + " " * (told + 2) + "\r", nl=False, err=True)
