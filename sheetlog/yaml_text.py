"""A config → the YAML that `yaml12` reads back as the same values: keys, values and types.

Pure. Texts that could be read as something else stand in double quotes, escaped as YAML 1.2 has it
(https://yaml.org/spec/1.2.2/, section 5.7).
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sheetlog.record import Link, Series

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+-]+)*")
_WORDS = frozenset(
    ("null", "true", "false", "yes", "no", "on", "off", "y", "n", "none", "nan", "inf")
)
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def dumps(config: dict[str, Any]) -> str:
    """Return the YAML of a config, a line for each value."""
    return "\n".join(_lines(config, "")) + "\n" if config else "{}\n"


def one(value: Any) -> str:
    """Return a value that has no names in it, on one line; also between brackets."""
    return _one(value)


def _lines(value: Any, indent: str) -> list[str]:
    """Return the lines of a mapping or list that is not empty."""
    found: list[str] = []
    pairs = value.items() if isinstance(value, dict) else ((None, part) for part in value)
    for key, part in pairs:
        # A key of more than 128 characters is none on one line, for some readers.
        head = "-" if key is None else f"{_text(str(key))}:"
        if key is not None and len(head) > 120:
            head = f"? {_text(str(key))}\n{indent}:"
        nested = isinstance(part, dict | list) and bool(part) and not _flat(part)
        if not nested:
            found.append(f"{indent}{head} {_one(part)}")
        else:
            found.append(indent + head)
            found += _lines(part, indent + "  ")
    return found


def _flat(value: Any) -> bool:
    """Return whether this is a list that reads best on one line."""
    return isinstance(value, list) and not any(isinstance(part, dict | list) for part in value)


def _one(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_one, value))}]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, datetime):
        return f"!datetime {value.astimezone(UTC).isoformat()}"
    if isinstance(value, timedelta):
        whole = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
        sign = "-" if whole < 0 else ""
        seconds, rest = divmod(abs(whole), 1_000_000)
        return f"!timedelta {sign}{seconds}.{rest:06}"
    if isinstance(value, Link):
        return _text(value.url)
    if isinstance(value, Series):
        return _one(list(value.values))
    return _text(str(value))


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    return repr(value)


def _text(text: str) -> str:
    """Return a text bare where nothing else can be read into it, else in quotes."""
    if len(text) <= 200 and _BARE.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if character.isprintable() and code != 0xFEFF:
        return character
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )
