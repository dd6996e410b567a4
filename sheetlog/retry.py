"""How long to wait before the next try, and when to stop.

Pure: is given the time gone and the chance; never sleeps, and knows no service. What a reply says
about waiting comes as a `Hint`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from sheetlog.errors import MisuseError

QUOTA_WAIT = 15.0
"""Seconds to wait at least when a per-minute quota is used up and its next minute is not known.
Google's Sheets quotas refill each minute and have no daily cap
(developers.google.com/workspace/sheets/api/limits)."""
LONGEST = 64.0
"""Seconds that no wait exceeds by sheetlog's own choice: Google's `maximum_backoff`, ibidem."""
SPREAD = 1.0
"""Seconds over which tries are spread that would else all come at the moment a service named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What a refusal says about when to come back."""

    after: float | None = None
    """Seconds that the service asks to wait (`Retry-After`)."""
    quota: bool = False
    """Whether a quota is used up that refills each minute."""
    window: float | None = None
    """Seconds until the quota refills, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How many tries in all, within how many seconds; how long each wait is follows from these.

    The longest waits double from one to the next and fill `seconds` together; each wait is drawn
    from zero up to its longest (full jitter): processes that failed together come back apart.
    """

    seconds: float = 30.0
    """From the start of the first try; no wait ends later."""
    tries: int = 6
    """The first one included."""

    def __post_init__(self) -> None:
        if not 0 <= self.seconds < math.inf:  # not-a-number is refused by this order as well
            raise MisuseError(f"the seconds of a retry must be 0 or more, not '{self.seconds}'")
        if self.tries < 1:
            raise MisuseError(f"the tries of a retry must be 1 or more, not '{self.tries}'")

    def next_wait(
        self,
        attempt: int,
        *,
        elapsed: float,
        hint: Hint | None = None,
        random: Callable[[], float],
    ) -> float | None:
        """Return the seconds to wait before the next try; None: stop.

        Args:
            attempt: how many tries were made, all in vain.
            elapsed: seconds since the start of the first try.
            hint: what the last refusal said.
            random: gives a number from 0 up to, but not including, 1.
        """
        left = self.seconds - elapsed
        if attempt >= self.tries or not left > 0:
            return None
        least, most = self._range(attempt, hint or Hint())
        if not least < left:
            # To come earlier than asked for would only use up the quota.
            return None
        return least + random() * (min(most, left) - least)

    def _range(self, attempt: int, hint: Hint) -> tuple[float, float]:
        """Return the shortest and the longest wait after this many tries."""
        if hint.window is not None:
            least, most = _wait(hint.window), _wait(hint.window) + SPREAD
        elif hint.quota:
            least = _doubled(QUOTA_WAIT, attempt - 1)
            most = _doubled(2 * QUOTA_WAIT, attempt - 1)
        else:
            least, most = 0.0, _doubled(self._base(), attempt - 1)
        if hint.after is not None:
            least = max(least, _wait(hint.after))
            most = max(most, least + SPREAD)
        return least, most

    def _base(self) -> float:
        """Return the longest first wait: base * (1 + 2 + 4 + ...) over all waits is `seconds`."""
        return self.seconds / (2.0 ** min(self.tries - 1, 60) - 1)


def _doubled(seconds: float, times: int) -> float:
    return min(LONGEST, math.ldexp(seconds, min(times, 60)))


def _wait(seconds: float) -> float:
    """Return what a service named, as a wait: a moment that is gone asks for none."""
    return max(0.0, seconds) if not math.isnan(seconds) else 0.0
