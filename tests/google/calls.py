"""The log of all calls, for counting."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call to one of the two services, after it was answered."""

    time: float
    """By the local Google's clock, seconds since 1970."""
    user: str
    method: str
    """Such as `spreadsheets.batchUpdate`."""
    path: str
    status: int
    """The status that was sent; 0 when the connection was reset instead."""
    applied: bool
    """Whether the service carried it out."""
    fault: str = ""
    requests: tuple[str, ...] = ()
    """The kinds in a batchUpdate, in their order."""


class CallLog:
    """All calls since the start or the last reset, in the order of their answers."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: list[Call] = []

    def add(self, call: Call) -> None:
        with self._changed:
            self._calls.append(call)
            self._changed.notify_all()

    def clear(self) -> None:
        with self._changed:
            self._calls = []

    def __len__(self) -> int:
        return len(self._calls)

    def until(self, count: int, seconds: float = 30.0) -> bool:
        """Wait until so many calls are in the log; False if they weren't in time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._calls) >= count, seconds)

    def since(self, start: int = 0, method: str = "") -> list[Call]:
        """The calls from the `start`-th on; with a method only those to it."""
        with self._changed:
            calls = self._calls[start:]
        return [call for call in calls if not method or call.method == method]

    def as_json(self, start: int = 0, method: str = "") -> list[dict[str, Any]]:
        """The same as JSON objects."""
        return [asdict(call) for call in self.since(start, method)]
