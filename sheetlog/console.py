"""What the command line prints: text and JSON of the public API's values. Knows no sheet."""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from sheetlog import naming, yaml_text
from sheetlog.record import Link, Series


def json_of(value: Any) -> str:
    """Return a value of the public API as JSON, indented; NaN and infinities as text."""
    return json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False)


def yaml_of(config: dict[str, Any]) -> str:
    """Return a config as YAML that `log` reads back as the same values."""
    return yaml_text.dumps(config).rstrip("\n")


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(held) for held in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def columns(rows: Sequence[Sequence[str]], *, indent: str = "") -> str:
    """Return rows as text in columns, the last one as long as it is."""
    if not rows:
        return ""
    counts = range(len(rows[0]) - 1)
    widths = [max(wide(str(row[at])) for row in rows) for at in counts]
    lines = []
    # What goes on in a further line stands below where it began.
    inner = "\n" + " " * (len(indent) + sum(width + 2 for width in widths))
    for row in rows:
        cells = [padded(str(row[at]), widths[at]) for at in counts]
        lines.append((indent + "  ".join([*cells, str(row[-1])])).rstrip().replace("\n", inner))
    return "\n".join(lines)


def wide(text: str) -> int:
    """Return how many places a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def padded(text: str, width: int) -> str:
    """Return the text filled up with blanks to so many places."""
    return text + " " * max(0, width - wide(text))


def terminal_width() -> int:
    """Return how many places a line of the terminal has."""
    return shutil.get_terminal_size((100, 24)).columns


def value_text(value: Any) -> str:
    """Return a value as a person reads it, on one line."""
    if isinstance(value, Link):
        # A place beside the workbook is shown as the path that it is, to be copied.
        return value.url if "://" in value.url else unquote(value.url)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S %Z}".rstrip()
    if isinstance(value, timedelta):
        return str(value).rstrip("0") if value.microseconds else str(value)
    if isinstance(value, Series):
        return f"{value.count} points, last {value.last:.6g}"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    # A value is somebody's text: an escape sequence in it must not reach the terminal.
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def run_text(shown: Any) -> str:
    """Return a run as text: where it is, then its values, section by section."""
    lines = [f"{shown.name}  ({shown.run_id})", f"{shown.state}: {shown.sheet}"]
    if shown.problem:
        lines.append(f"problem: {shown.problem}")
    sections: dict[str, list[list[str]]] = {}
    for key, value in shown.values.items():
        name, _, path = key.partition(".")
        sections.setdefault(name, []).append([value_text(path), value_text(value)])
    for name, rows in sections.items():
        lines += ["", name, columns(rows, indent="  ")]
    return "\n".join(lines)


def waiting_text(waiting: Sequence[Any]) -> str:
    """Return what waits, a line a sheet."""
    if not waiting:
        return "nothing waits"
    lines = []
    for each in waiting:
        refused = f", {each.refused} refused" if each.refused else ""
        files = f", {each.files} file{'s' * (each.files > 1)} not stored yet" * bool(each.files)
        why = f": {each.problem}" if each.problem else ""
        sheet = naming.words(each.sheet)
        lines.append(f"{each.count} waiting{refused}{files} for {sheet}{why}")
    return "\n".join(lines)
