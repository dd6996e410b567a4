"""The fault table: which call meets which mishap.

A fault is chosen by the method's name and by the number of the call, or by chance from a seed.
What the mishap looks like on the wire is in `mishaps`.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

KINDS: dict[str, str] = {
    "429": "refused for the quota, not applied",
    "403_rate_limit": "refused for the quota as Drive does it, not applied",
    "401": "login expired, not applied",
    "500": "internal error, not applied",
    "500_after": "internal error, although applied",
    "502": "an HTML page of a proxy, not applied",
    "502_after": "an HTML page of a proxy, although applied",
    "503": "unavailable, not applied",
    "503_after": "unavailable, although applied",
    "504_after": "an HTML page of a proxy that gave up waiting, although applied",
    "reset_before": "connection reset, not applied",
    "reset_after": "connection reset instead of the answer, although applied",
    "reset_midway": "connection reset after `bytes` bytes of an upload were taken",
    "slow": "applied at once, answered after `seconds` (or when released)",
    "late": "applied and answered only after `seconds` (or when released)",
    "truncated": "applied; the connection ends after `bytes` bytes of the answer's body",
    "partial": "an upload keeps only `bytes` bytes of what was sent, and says so",
}


class UnknownFaultError(ValueError):
    """A fault that doesn't exist or lacks something; the text says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One line of the table."""

    method: str
    """A method's name such as `files.create`; `*` and `?` stand for anything."""
    kind: str
    """One of KINDS."""
    calls: tuple[int, ...] = ()
    """The calls that it hits, counted from 1 since the fault was set."""
    probability: float = 0.0
    """Or: the chance of each call to be hit."""
    seed: int = 0
    """The start of the chances: the same seed hits the same calls."""
    seconds: float = 3600.0
    bytes: int = 0
    user: str = ""
    """Only calls of this user, by e-mail address; "" for all."""

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Fault:
        """A fault as `/admin/faults` takes it; `call: 2` is short for `calls: [2]`.

        Raises UnknownFaultError.
        """
        given = dict(value)
        if "call" in given:
            given["calls"] = [given.pop("call")]
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(given) - known)
        if unknown:
            allowed = ", ".join(sorted(known))
            raise UnknownFaultError(f"a fault has no '{unknown[0]}'; it has: {allowed}")
        if given.get("kind") not in KINDS:
            allowed = ", ".join(KINDS)
            raise UnknownFaultError(
                f"no fault is called {given.get('kind')!r}; there are: {allowed}"
            )
        if not given.get("method") or not (given.get("calls") or given.get("probability")):
            raise UnknownFaultError("a fault needs 'method', and 'call', 'calls' or 'probability'")
        return cls(**given | {"calls": tuple(given.get("calls", ()))})


@dataclass(slots=True)
class _Line:
    """A fault with how many calls it has seen."""

    fault: Fault
    seen: int = 0
    chances: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chances = random.Random(self.fault.seed)

    def meets(self, method: str, user: str) -> bool:
        """Whether this call is hit; counts it if the line is about it at all."""
        fault = self.fault
        if not fnmatchcase(method, fault.method) or fault.user not in ("", user):
            return False
        self.seen += 1
        by_chance = bool(fault.probability) and self.chances.random() < fault.probability
        return by_chance or self.seen in fault.calls


class FaultTable:
    """All faults that are set; an empty one costs a call nothing."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._lines: list[_Line] = []
        self._held = 0
        self._releases = 0

    def add(self, *faults: Fault) -> None:
        """Set more faults; each counts the calls from now on."""
        with self._changed:
            self._lines += [_Line(fault) for fault in faults]

    def set(self, method: str, kind: str, **more: Any) -> None:
        """Set one fault: `set("files.create", "503_after", call=2)`. Raises UnknownFaultError."""
        self.add(Fault.from_json({"method": method, "kind": kind, **more}))

    def clear(self) -> None:
        """Take all faults away, and let go of the calls that are held."""
        with self._changed:
            self._lines = []
        self.release()

    def hold(self, seconds: float) -> None:
        """Wait for the seconds to pass or to be released, whichever comes first."""
        with self._changed:
            releases = self._releases
            self._held += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._releases != releases, seconds)
            self._held -= 1

    def release(self) -> None:
        """Let every call go on that a `slow` or `late` fault holds."""
        with self._changed:
            self._releases += 1
            self._changed.notify_all()

    def until_held(self, count: int = 1, seconds: float = 30.0) -> bool:
        """Wait until so many calls are held; False if they weren't in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._held >= count, seconds)

    def meeting(self, method: str, user: str) -> Fault | None:
        """The fault that this call meets; every line counts it, the first that hits wins."""
        if not self._lines:
            return None
        with self._changed:
            hits = [line.fault for line in self._lines if line.meets(method, user)]
        return hits[0] if hits else None

    def as_json(self) -> Iterable[dict[str, Any]]:
        """The table with the number of calls that each line has seen."""
        names = [item.name for item in fields(Fault)]
        with self._changed:
            return [
                {name: getattr(line.fault, name) for name in names} | {"seen": line.seen}
                for line in self._lines
            ]
