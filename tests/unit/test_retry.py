"""How long to wait before the next try, and when to stop."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetlog.errors import MisuseError
from sheetlog.retry import Hint, Retry


def low() -> float:
    return 0.0


def half() -> float:
    return 0.5


def high() -> float:
    return math.nextafter(1.0, 0.0)


@pytest.mark.parametrize(
    ("attempt", "longest"), [(1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 16.0)]
)
def test_longest_waits_double_and_fill_the_time(attempt: int, longest: float) -> None:
    """31 seconds over 6 tries are waits of at most 1, 2, 4, 8 and 16 seconds."""
    retry = Retry(seconds=31, tries=6)
    assert 0 == retry.next_wait(attempt, elapsed=0, random=low)
    assert pytest.approx(longest / 2) == retry.next_wait(attempt, elapsed=0, random=half)
    assert pytest.approx(longest) == retry.next_wait(attempt, elapsed=0, random=high)


@pytest.mark.parametrize(
    ("attempt", "elapsed"), [(3, 0.0), (4, 0.0), (1, 10.0), (1, 11.0), (1, math.inf)]
)
def test_stops(attempt: int, elapsed: float) -> None:
    """Nothing is tried again after the last try, and nothing after the end of the time."""
    assert None is Retry(seconds=10, tries=3).next_wait(attempt, elapsed=elapsed, random=half)


def test_one_try_is_no_retry() -> None:
    """With one try, or no time, the first failure is the last one."""
    assert None is Retry(seconds=10, tries=1).next_wait(1, elapsed=0, random=half)
    assert None is Retry(seconds=0, tries=9).next_wait(1, elapsed=0, random=half)


def test_late_wait_is_shortened() -> None:
    """What is left of the time is room for one more try."""
    retry = Retry(seconds=31, tries=6)
    assert pytest.approx(0.5) == retry.next_wait(5, elapsed=30, random=half)


@pytest.mark.parametrize(
    ("hint", "attempt", "least", "most"),
    [
        (Hint(quota=True), 1, 15, 30),
        (Hint(quota=True), 2, 30, 60),
        (Hint(quota=True), 3, 60, 64),
        (Hint(quota=True), 4, 64, 64),
        (Hint(quota=True, window=7.5), 1, 7.5, 8.5),
        (Hint(quota=True, window=7.5), 3, 7.5, 8.5),
        (Hint(quota=True, window=-3), 1, 0, 1),
        (Hint(window=90), 1, 90, 91),
        (Hint(after=20), 1, 20, 21),
        (Hint(after=20, quota=True), 1, 20, 30),
        (Hint(after=40, quota=True), 1, 40, 41),
        (Hint(after=3, window=7.5), 1, 7.5, 8.5),
        (Hint(after=-5), 1, 0, 1000 / 127),
        (Hint(after=math.nan, window=math.nan), 1, 0, 1),
        (Hint(), 1, 0, 1000 / 127),
    ],
)
def test_hints(hint: Hint, attempt: int, least: float, most: float) -> None:
    """What the service says about waiting is honoured; a quota is waited for by its minutes."""
    retry = Retry(seconds=1000, tries=8)
    assert pytest.approx(least) == retry.next_wait(attempt, elapsed=0, hint=hint, random=low)
    assert pytest.approx(most) == retry.next_wait(attempt, elapsed=0, hint=hint, random=high)


@pytest.mark.parametrize(
    "hint",
    [Hint(after=30), Hint(after=math.inf), Hint(window=31), Hint(after=1, window=40)],
)
def test_stops_rather_than_come_too_early(hint: Hint) -> None:
    """Where the service asks for more time than there is, there is no further try."""
    assert None is Retry(seconds=30, tries=6).next_wait(1, elapsed=0, hint=hint, random=low)


def test_quota_within_thirty_seconds() -> None:
    """The time-out of `log()` leaves room for one wait on a quota, and not for a second one."""
    retry = Retry(seconds=30, tries=6)
    hint = Hint(quota=True)
    assert pytest.approx(22) == retry.next_wait(1, elapsed=1, hint=hint, random=half)
    assert None is retry.next_wait(2, elapsed=24, hint=hint, random=low)


@pytest.mark.parametrize("seconds", [-1.0, math.nan, math.inf])
def test_seconds_that_cannot_be(seconds: float) -> None:
    """The time is finite and not negative."""
    with pytest.raises(MisuseError, match=f"not '{seconds}'"):
        Retry(seconds=seconds)


@pytest.mark.parametrize("tries", [0, -2])
def test_tries_that_cannot_be(tries: int) -> None:
    """There is at least one try."""
    with pytest.raises(MisuseError, match=f"the tries .* not '{tries}'"):
        Retry(tries=tries)


numbers = st.none() | st.floats(-10, 500)
hints = st.builds(Hint, after=numbers, quota=st.booleans(), window=numbers)


@given(
    seconds=st.floats(0, 1e4),
    tries=st.integers(1, 3000),
    hints=st.lists(hints, min_size=1),
    costs=st.lists(st.floats(0, 20), min_size=1),
    chances=st.lists(st.floats(0, 1, exclude_max=True), min_size=1),
)
def test_never_too_long_nor_too_often(
    seconds: float, tries: int, hints: list[Hint], costs: list[float], chances: list[float]
) -> None:
    """No wait ends after the deadline, or before the moment that the service asked for."""
    retry = Retry(seconds=seconds, tries=tries)
    elapsed, attempt = 0.0, 0
    while True:
        elapsed += costs[attempt % len(costs)]
        hint = hints[attempt % len(hints)]
        chance = chances[attempt % len(chances)]
        attempt += 1
        wait = retry.next_wait(attempt, elapsed=elapsed, hint=hint, random=lambda c=chance: c)
        if wait is None or attempt > 50:
            break
        assert 0 <= wait
        assert wait >= max(hint.after or 0, hint.window or 0)
        elapsed += wait
        assert elapsed <= seconds + 1e-9
    assert attempt <= max(tries, 51)


@given(seconds=st.floats(0.01, 64), tries=st.integers(2, 40))
def test_longest_waits_together_are_the_time(seconds: float, tries: int) -> None:
    """With the longest of all waits, and tries that cost nothing, the time is just used up."""
    retry = Retry(seconds=seconds, tries=tries)
    waits = [retry.next_wait(n, elapsed=0, random=high) for n in range(1, tries)]
    assert pytest.approx(seconds) == sum(wait or 0 for wait in waits)
