"""The time that the local Google goes by; tests turn it instead of sleeping."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime


class Clock:
    """The machine's time plus what tests have added; or frozen, and moved by tests alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._added = 0.0
        self._frozen_at: float | None = None

    def now(self) -> float:
        """Seconds since 1970."""
        with self._lock:
            running = time.time() if self._frozen_at is None else self._frozen_at
            return running + self._added

    def stamp(self) -> str:
        """Now, as Drive prints times: 2026-09-30T12:34:56.789Z."""
        return stamp(self.now())

    def advance(self, seconds: float) -> None:
        """Turn the clock forward."""
        with self._lock:
            self._added += seconds

    def freeze(self, at: float | None = None) -> None:
        """Stop the clock, at a time or now."""
        stopped_at = self.now() if at is None else at
        with self._lock:
            self._frozen_at, self._added = stopped_at, 0.0

    def run(self) -> None:
        """Let the clock run again, from the machine's time."""
        with self._lock:
            self._frozen_at, self._added = None, 0.0


def stamp(seconds: float) -> str:
    """A time in RFC 3339 with milliseconds, UTC."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def parse_stamp(text: str) -> float:
    """The seconds since 1970 that RFC 3339 text names; without a zone it is UTC.

    Raises ValueError.
    """
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
