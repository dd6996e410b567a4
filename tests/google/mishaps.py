"""What each fault of the table looks like: the false answer, the cut stream, the broken end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from tests.google.quotas import READS, WINDOW, WRITES, too_many
from tests.google.refusals import drive_error, internal, login_expired, proxy_page, unavailable

if TYPE_CHECKING:
    from tests.google.faults import Fault
    from tests.google.wire import Reply, Request, Stream
    from tests.google.world import World

NOT_APPLIED = {"429", "403_rate_limit", "401", "500", "502", "503", "reset_before"}
CUTS_THE_BODY = {"reset_midway", "partial"}
RESETS = {"reset_before", "reset_after", "reset_midway"}
BAD_GATEWAY = (502, "Server Error")
GATEWAY_TIMEOUT = (504, "Gateway Timeout")


class Ending(Enum):
    """How the connection goes on after the answer."""

    SENT = auto()
    """The answer goes out whole, the connection stays."""
    RESET = auto()
    """No answer: the client sees a connection reset."""
    CUT = auto()
    """The head and a piece of the body, then the end."""


@dataclass(frozen=True, slots=True)
class CutStream:
    """A stream that breaks after some bytes."""

    stream: Stream
    left: list[int]

    @property
    def broken(self) -> bool:
        return self.left[0] <= 0 or self.stream.broken

    def read(self, size: int) -> bytes:
        piece = self.stream.read(min(size, self.left[0]))
        self.left[0] -= len(piece)
        return piece


def false_reply(fault: Fault, world: World, request: Request, api: str) -> Reply | None:
    """The answer that stands in for the true one; None if the true one is sent."""
    kind = fault.kind.removesuffix("_after").removesuffix("_before")
    if kind == "429":
        return _too_many(world, request, api)
    if kind == "403_rate_limit":
        message = "User Rate Limit Exceeded"
        return drive_error(403, "userRateLimitExceeded", message, domain="usageLimits")
    if kind == "401":
        return login_expired(api)
    if kind == "500":
        return internal(api)
    if kind == "503":
        return unavailable(api)
    pages = {"502": BAD_GATEWAY, "504": GATEWAY_TIMEOUT}
    return proxy_page(*pages[kind]) if kind in pages else None


def _too_many(world: World, request: Request, api: str) -> Reply:
    """The 429 of either API, as the quota of now would give it."""
    if api == "drive":
        message = "Rate Limit Exceeded"
        return drive_error(429, "rateLimitExceeded", message, domain="usageLimits")
    modes = world.modes
    reads = request.method == "GET"
    limit = modes.reads_per_minute if reads else modes.writes_per_minute
    now = world.clock.now()
    window = now - (now - modes.window_starts_at) % WINDOW
    return too_many(READS if reads else WRITES, limit, window, per_user=True)


def ending(fault: Fault) -> Ending:
    """How a call ends that meets this fault."""
    if fault.kind in RESETS:
        return Ending.RESET
    return Ending.CUT if fault.kind == "truncated" else Ending.SENT
