"""What a run did differently from another one, in words; and which configuration it had.

Pure: two runs' values → words and keys; params → a short text. Which run a run is compared with,
`lineage` knows. Says nothing of metrics: they are what came out of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sheetlog.record import Link, Scalar, path, section

CHANGED = "run.changed"
CONFIG = "run.config"
NOTHING = "no change"
MOST = 8
"""Changes that are told one by one; more say less."""
SEEDS = ("seed", "random_state", "random_seed", "rng_seed", "rng")
"""Last words of keys that number repetitions of one and the same configuration."""

_VAGUE = frozenset(("name", "type", "kind", "value", "size", "path", "id", "n", "num"))
"""Last parts of keys that say nothing alone."""
_LONGEST = 32
"""Characters of a text that is told."""
_EXACT = 2**53
_HASH = re.compile(r"\bsha256 [0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What sets a run apart from another one."""

    words: str
    """`lr 0.001 → 0.0003; + mixup; − dropout`; blank: nothing, as far as it is known by now."""
    keys: tuple[str, ...]
    """Of the params that it has and the other has not, or has otherwise."""


def difference(
    now: Mapping[str, Scalar], before: Mapping[str, Scalar], *, whole: bool = True
) -> Difference:
    """Return what the one run did differently from the other.

    Args:
        now: the values of the one.
        before: of the other.
        whole: whether data and surroundings are among them already; they take time.
    """
    here = [key for key in now if section(key) == "params"]
    there = [key for key in before if section(key) == "params"]
    other = [key for key in here if key in before and not alike(now[key], before[key])]
    new = [key for key in here if key not in before]
    gone = [key for key in there if key not in now]
    name = _names({*here, *there})
    items = [f"{name(key)} {_step(before[key], now[key])}" for key in other]
    items += [f"+ {name(key)}{_with(now[key])}" for key in new]
    items += [f"− {name(key)}" for key in gone]
    if whole:
        items += [*_data(now, before), *_code(now, before)]
    if len(items) > MOST:
        items[MOST:] = [f"and {len(items) - MOST} more"]
    words = "; ".join(items) or (NOTHING if whole else "")
    return Difference(words=words, keys=(*other, *new))


def alike(one: Scalar, other: Scalar) -> bool:
    """Return whether two values are the same setting: 1 is 1.0, and neither is True."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other or (one != one and other != other)  # noqa: PLR0124 - both are NaN
    return one == other


def is_seed(key: str) -> bool:
    """Return whether a param numbers repetitions."""
    return key.rpartition(".")[2].lower() in SEEDS


def configuration(values: Mapping[str, Scalar]) -> str | None:
    """Return a short text that runs of one configuration share, whatever their seeds; None: the
    run has no params.
    """
    keys = sorted(key for key in values if section(key) == "params" and not is_seed(key))
    if not keys:
        return None
    text = "\n".join(f"{key}={_plain(values[key])!r}" for key in keys)
    # 48 bits: that two of a million configurations are taken for one happens once in 500 sheets.
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    # The letter in front: COUNTIFS takes `12e456789012` for a number, as it would any digits.
    return f"c{digest}"


def _plain(value: Scalar) -> object:
    whole = isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT
    return int(value) if whole else value  # type: ignore[arg-type]


def _names(keys: Iterable[str]) -> Callable[[str], str]:
    """Return what gives a key its name in words: its last part, with as much before it as tells
    it apart from the others.
    """
    paths = [path(key) for key in keys]

    def name(key: str) -> str:
        parts = path(key).split(".")
        for count in range(2 if parts[-1].lower() in _VAGUE else 1, len(parts)):
            found = ".".join(parts[-count:])
            if sum(each == found or each.endswith(f".{found}") for each in paths) == 1:
                return found
        return path(key)

    return name


def _step(before: Scalar, now: Scalar) -> str:
    if isinstance(before, bool) and isinstance(now, bool):
        return "on" if now else "off"
    old, new = _shown(before), _shown(now)
    if old == new:  # alike in what is shown of them
        old, new = repr(before), repr(now)
        if max(len(old), len(new)) > 2 * _LONGEST:
            return "changed"
    return f"{old} → {new}"


def _with(value: Scalar) -> str:
    """Return what stands behind the name of a setting that is new."""
    if isinstance(value, bool):
        return "" if value else " off"
    return f" {_shown(value)}"


def _shown(value: Scalar) -> str:
    """Return a value as a person writes it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    line = " ".join((value.text if isinstance(value, Link) else str(value)).split())
    return (line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…") or "''"


def _number(value: float) -> str:
    """Return a number in at most six digits: 0.0003, 1e-5, 100000, 2e6."""
    digits, sign, power = f"{value:.6g}".partition("e")
    return f"{digits}e{int(power)}" if sign else digits


def _data(now: Mapping[str, Scalar], before: Mapping[str, Scalar]) -> Iterator[str]:
    """Yield of each of the run's data whether its content is another one."""
    for key, value in now.items():
        if section(key) != "data":
            continue
        if key not in before:
            yield f"+ data {path(key)}"
        elif _content(value) != _content(before[key]):
            yield f"data {path(key)} changed"
    for key in before:
        if section(key) == "data" and key not in now:
            yield f"− data {path(key)}"


def _content(value: Scalar) -> object:
    """Return the hash that a description of data has, else all of it."""
    found = _HASH.search(value) if isinstance(value, str) else None
    return found[0] if found else value


def _code(now: Mapping[str, Scalar], before: Mapping[str, Scalar]) -> Iterator[str]:
    """Yield whether the code is another one. Without it, `no change` would say too much."""
    one, other = _text(now.get("git.commit")), _text(before.get("git.commit"))
    if not one or not other:
        return
    if one != other:
        yield "code changed"
    elif now.get("git.dirty") is True or before.get("git.dirty") is True:
        # Both have a name by their content.
        patch, earlier = _text(now.get("git.diff")), _text(before.get("git.diff"))
        if patch != earlier or not patch:
            yield "code changed" if patch or earlier else "code perhaps changed"


def _text(value: Scalar) -> str:
    return value.text if isinstance(value, Link) else str(value or "")
