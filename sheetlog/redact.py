"""What must never reach a shared sheet: values whose name or look says that they are secrets.

Pure: knows no journal, no sheet and no settings. Names are judged by secret_names.py, looks by
secret_forms.py; here they meet in values, texts, command lines and URLs. In doubt a text loses a
word too many: a sheet is shared, and what has leaked once cannot be called back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sheetlog.record import Link, Scalar, path, section
from sheetlog.secret_forms import USER, Finding, compiled, forms, is_reference, looks_random
from sheetlog.secret_names import gives_away, grade
from sheetlog.secret_text import named

MARK = "[redacted]"
"""Stands where a secret was."""

_MEASURED = frozenset({"metrics", "curves", "hardware"})
"""Sections in which no number is a secret: `metrics.recall.password` was measured."""
_QUERY = r"[?&;#](?:amp;)?([\w.~-]{1,64}+)=([^&\s#;'\"<>\\]{1,8192}+)"
_SIGNED = frozenset(
    ("sig", "signature", "x-amz-signature", "x-amz-credential", "x-goog-signature")
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What people know better: patterns of keys, with or without section; `*`, `?` as in shells.

    The order: a key in `deny` loses its value, whatever it is, because that can be mended and a
    leak cannot. Then what looks like a secret goes. Then `allow` decides, over names only: a name
    can mislead, but `AKIA…` is a key under any name.
    """

    allow: tuple[str, ...] = ()
    """Keys whose name says secret and whose value is none."""
    deny: tuple[str, ...] = ()
    """Keys whose value never leaves."""


def redact(
    values: Mapping[str, Scalar], rules: Rules
) -> tuple[dict[str, Scalar], tuple[str, ...]]:
    """Return the values with `[redacted]` for what is secret, and the keys where it was."""
    denied, allowed = _matcher(rules.deny), _matcher(rules.allow)
    clean: dict[str, Scalar] = {}
    found: list[str] = []
    for key, value in values.items():
        word = _key(key, clean)
        if denied(key):
            clean[word] = MARK
        else:
            clean[word] = _value(key, value, trusted=allowed(key))
        if word != key or clean[word] is not value:
            found.append(word)
    return clean, tuple(found)


def text(value: str) -> str:
    """Return a text without its secrets: of notes, a diff, a notebook, JSON, a URL."""
    whole = _json(value)
    if whole is not None:
        return whole
    # Again, because where a secret was cut out, what stood beside it may be told from it at last.
    while (clean := _spliced(value, finds(value))) != value:
        value = clean
    return value


def command(argv: Sequence[str]) -> list[str]:
    """Return the words of a command line without its secrets.

    Known are `--api-key X`, `--password=X`, `TOKEN=x`, and whatever `text` finds in a single word.
    """
    found: list[str] = []
    option = ""
    for word in argv:
        name, assigned, value = word.partition("=")
        bare = name.lstrip("-+~@").strip()
        if option and not word.startswith("-") and gives_away(option, word):
            found.append(MARK)
        elif assigned and gives_away(bare, value):
            found.append(f"{name}={MARK}")
        else:
            found.append(text(word))
        option = bare if word.startswith("-") and not assigned else ""
    return found


def url(value: str) -> str:
    """Return a URL without user info and without the parameters that are secret; others stay."""
    bare = compiled(USER).sub(lambda match: match[0] if match[0] == "://git@" else "://", value)
    start, *rest = re.split(r"([?&#])", bare)
    opening = ""
    for mark, item in zip(rest[::2], rest[1::2], strict=True):
        if mark != "&":
            opening = mark
        if not any(_queries(f"?{item}")):
            start += (opening or mark) + item
            opening = ""
    return _spliced(start, forms(start))


def finds(value: str) -> list[Finding]:
    """Return what looks like a secret in a text, from left to right; no two overlap."""
    found = _apart([*_looks(value), *named(value)])
    if not found and (whole := _json(value)) is not None and whole != value:
        return [Finding(0, len(value), "secret inside JSON")]
    return found


def _value(key: str, value: Scalar, *, trusted: bool) -> Scalar:
    if isinstance(value, Link):
        link = replace(value, text=text(value.text), url=url(value.url))
        return value if link == value else link
    if not isinstance(value, str | int | float):
        return value
    measured = section(key) in _MEASURED and not isinstance(value, str)
    if not trusted and not measured and gives_away(path(key), value):
        return MARK
    if not isinstance(value, str):
        return value
    clean = text(value)
    return value if clean == value else clean


def _json(value: str) -> str | None:
    """Return JSON without its secrets; None: it is no JSON of a kind that could hold any."""
    if value[:1] + value[-1:] not in ("[]", "{}", '""') or len(value) < 3:
        return None
    try:
        whole = json.loads(value)
        clean = _walked(whole, "")
    except (ValueError, RecursionError):
        return None
    if clean == whole:
        return value
    lines = re.match(r"[\[{]\r?\n( *)", value)
    return json.dumps(clean, ensure_ascii=False, indent=len(lines[1]) if lines else None)


def _walked(value: Any, name: str) -> Any:
    """Return JSON's own values without secrets; the name is the path of keys that leads there."""
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for key, part in value.items():
            word = _key(key, found)
            found[word] = _walked(part, f"{name}.{key}" if name else key)
        return found
    if isinstance(value, list):
        words = all(isinstance(part, str) for part in value)
        if words and not grade(name) and any(part.startswith("-") for part in value):
            return command(value)
        return [_walked(part, name) for part in value]
    if gives_away(name, value):
        return MARK
    return text(value) if isinstance(value, str) else value


def _looks(value: str) -> Iterator[Finding]:
    """Give what is a secret by its look, whatever it is called."""
    yield from forms(value)
    if "=" in value and ("?" in value or "#" in value):
        yield from _queries(value)


def _queries(value: str) -> Iterator[Finding]:
    for match in compiled(_QUERY).finditer(value):
        name, given = match[1], match[2]
        low = name.lower()
        known = low in _SIGNED or (low in ("key", "code") and looks_random(given))
        if not is_reference(given) and (known or gives_away(name, given)):
            yield Finding(match.start(2), match.end(2), f"'{name}' in a URL")


def _apart(findings: Iterable[Finding]) -> list[Finding]:
    """Join findings that overlap."""
    found: list[Finding] = []
    for each in sorted(findings):
        if found and each.start < found[-1].end:
            found[-1] = found[-1]._replace(end=max(found[-1].end, each.end))
        else:
            found.append(each)
    return found


def _spliced(value: str, findings: Iterable[Finding]) -> str:
    parts, at = [], 0
    for each in _apart(findings):
        parts += [value[at : each.start], MARK]
        at = each.end
    return "".join((*parts, value[at:])) if parts else value


def _key(key: str, taken: Mapping[str, Any]) -> str:
    """Return a key without secrets that is not taken: two may have become the same."""
    # No service's token is so short; that spares most keys a look.
    short = len(key) < 16 and "://" not in key
    clean = free = key if short else _spliced(key, _looks(key))
    number = 1
    while free in taken:
        number += 1
        free = f"{clean}~{number}"
    return free


@lru_cache(maxsize=64)
def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Return what tells whether a key, or its path, matches one of the patterns."""
    if not patterns:
        return lambda _: False
    wholes = "|".join(f"(?:{_regular(pattern)})" for pattern in patterns)
    whole = re.compile(wholes, re.DOTALL)
    return lambda key: bool(whole.fullmatch(key) or whole.fullmatch(path(key)))


def _regular(pattern: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(mark, re.escape(mark)) for mark in pattern)
