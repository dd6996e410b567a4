"""Requests per minute of the Sheets API: counters, windows and the refusal.

Recorded from the real one: reads (GET) and writes (all else) are counted apart, per user and per
project, in fixed windows of 60 seconds; what was refused isn't counted. Drive's quotas are so wide
that none are counted; its refusals are in the fault table.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.google.wire import Reply

if TYPE_CHECKING:
    from tests.google.modes import Modes

WINDOW = 60.0
PROJECT = ""
"""The name under which all users together are counted."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One of the two things that are counted, with Google's names for it."""

    words: str
    limit: str
    metric: str


READS = Metric("Read requests", "ReadRequestsPerMinute", "read_requests")
WRITES = Metric("Write requests", "WriteRequestsPerMinute", "write_requests")


class Quotas:
    """The counters of the window that runs now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window = float("-inf")
        self._used: Counter[tuple[str, str]] = Counter()

    def clear(self) -> None:
        with self._lock:
            self._window = float("-inf")
            self._used.clear()

    def refusal(self, modes: Modes, now: float, user: str, metric: Metric) -> Reply | None:
        """Count one request; the 429 to answer if it is one too many."""
        window = now - (now - modes.window_starts_at) % WINDOW
        own = modes.reads_per_minute if metric is READS else modes.writes_per_minute
        with self._lock:
            if window != self._window:
                self._window = window
                self._used.clear()
            for holder, limit in ((user, own), (PROJECT, modes.project_per_minute)):
                if self._used[metric.metric, holder] >= limit:
                    return too_many(metric, limit, window, per_user=holder != PROJECT)
            self._used[metric.metric, user] += 1
            self._used[metric.metric, PROJECT] += 1
        return None


def too_many(metric: Metric, limit: int, window: float, *, per_user: bool) -> Reply:
    """Today's 429, without a Retry-After: none of the recorded ones has it."""
    whose, unit = (" per user", "/{user}") if per_user else ("", "")
    message = (
        f"Quota exceeded for quota metric '{metric.words}' and limit '{metric.words} per minute"
        f"{whose}' of service 'sheets.googleapis.com' for consumer 'project_number:0'."
    )
    metadata = {
        "quota_limit_value": str(limit),
        "service": "sheets.googleapis.com",
        "consumer": "projects/0",
        "quota_unit": "1/min/{project}" + unit,
        "quota_location": "global",
        "quota_metric": f"sheets.googleapis.com/{metric.metric}",
        "quota_limit": metric.limit + ("PerUser" if per_user else "PerProject"),
        "window_start_time": datetime.fromtimestamp(window, UTC).isoformat(),
    }
    return Reply.error(429, "RESOURCE_EXHAUSTED", message, _details(metadata))


def _details(metadata: dict[str, str]) -> list[dict[str, Any]]:
    info = {"reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com", "metadata": metadata}
    link = {
        "description": "Request a higher quota limit.",
        "url": "https://cloud.google.com/docs/quotas/help/request_increase",
    }
    return [
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", **info},
        {"@type": "type.googleapis.com/google.rpc.Help", "links": [link]},
    ]
