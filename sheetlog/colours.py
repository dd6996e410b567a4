"""The colours of a sheet: calm tints under dark ink, each pair of them easy to read.

Pure: from a group's name or a word that people pick to a `Style`. Every pair has a contrast of 7
or more (WCAG 2.2, 1.4.6: https://www.w3.org/TR/WCAG22/), and no meaning hangs on colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a cell shows. Colours are six hex digits; None: as the sheet has it."""

    fill: str | None = None
    ink: str | None = None
    bold: bool = False


TAB = "0F766E"
"""Of the tab itself."""
BEST = Style(fill="B7E4C7", ink="0B3D20", bold=True)
"""Of the best run's cell."""
SCALE = ("FFFFFF", "DDF3E4")
"""From the worst number to the best; pale, so that the best cell stands out from it."""

BETTER = Style(ink="166534")
WORSE = Style(ink="991B1B")
"""Of differences from the baseline."""

_GROUPS = {
    "run": ("E2E8F0", "1E293B"),
    "results": ("D3F0DF", "0B3D20"),
    "settings": ("DBE7FB", "1B2F66"),
    "files": ("E9E3F9", "3B2070"),
    "data": ("D3EFF4", "0D3F4C"),
    "review": ("FCECC8", "59330A"),
    "surroundings": ("ECEEF1", "3A4250"),
}
_OTHERS = (("F6E0E6", "5C1A30"), ("E7EBD2", "36400F"), ("F5E4D7", "572A0C"))

_GOOD = Style(fill="D3F0DF", ink="0B3D20")
_DOUBT = Style(fill="FCECC8", ink="59330A")
_BAD = Style(fill="FBDCDC", ink="6B1414")
_LIVE = Style(fill="DBE7FB", ink="1B2F66")
_IDLE = Style(fill="ECEEF1", ink="3A4250")
_PLAIN = (
    Style(fill="E9E3F9", ink="3B2070"),
    Style(fill="D3EFF4", ink="0D3F4C"),
    Style(fill="F5E4D7", ink="572A0C"),
    Style(fill="E7EBD2", ink="36400F"),
    Style(fill="F6E0E6", ink="5C1A30"),
)

_MEANINGS = {
    **dict.fromkeys(
        ("finished", "keep", "best", "ship", "approve", "approved", "accept", "accepted", "pass",
         "passed", "good", "great", "yes", "done", "ok", "production", "winner"), _GOOD),
    **dict.fromkeys(
        ("retry", "maybe", "promising", "look closer", "check", "review", "to review", "unsure",
         "pending", "candidate", "staging", "needs work"), _DOUBT),
    **dict.fromkeys(
        ("failed", "fail", "crashed", "drop", "reject", "rejected", "bad", "no", "broken"), _BAD),
    **dict.fromkeys(("running", "testing", "in progress", "development", "new"), _LIVE),
    **dict.fromkeys(
        ("stopped", "archive", "archived", "skip", "skipped", "none", "n/a", "old", "baseline"),
        _IDLE),
}  # fmt: skip


def header(group: str) -> Style:
    """Return how the header cells of a group's columns show; a user's own has one, too."""
    known = _GROUPS.get(group.casefold())
    # Any sum will do that is the same in every process; `hash` of a text is not.
    fill, ink = known or _OTHERS[sum(map(ord, group.casefold())) % len(_OTHERS)]
    return Style(fill=fill, ink=ink, bold=True)


def choices(words: Sequence[str], goal: str | None = None) -> tuple[Style, ...]:
    """Return how each word that a person can pick shows: by its meaning, else in turn.

    Args:
        words: in their order.
        goal: `min` or `max` where the words are numbers and one end is the better one.
    """
    numbers = all(word.lstrip("-").isdigit() for word in words)
    if numbers and goal is None:
        return (Style(),) * len(words)
    if numbers:
        order = sorted(words, key=int, reverse=goal == "min")
        return tuple(_step(order.index(word), len(words)) for word in words)
    plain = cycle(_PLAIN)
    return tuple(_MEANINGS.get(word.casefold()) or next(plain) for word in words)


def _step(place: int, count: int) -> Style:
    """Return the style of a step from the worst to the best."""
    third = 3 * place // max(1, count)
    return (_BAD, _DOUBT, _GOOD)[min(2, third)]
