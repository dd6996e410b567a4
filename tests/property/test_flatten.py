"""Any config goes out and comes back: same keys, values and types."""

import json
import math
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetlog import flatten
from sheetlog.record import Record, dumps, loads
from sheetlog.redact import Rules, finds, redact, text

QUICK = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Drawing a config costs far more than the code under test."""

NUMBERS = st.integers() | st.floats() | st.integers(min_value=2**53, max_value=10**400)
TEXTS = st.text(st.characters(), max_size=12) | st.sampled_from(
    [
        "",
        "[]",
        "[1, 2]",
        '"x"',
        "{}",
        '{"a": 1}',
        '"',
        "[",
        "[1",
        "NaN",
        '"[1]"',
        "1",
        "None",
        '""',
    ]
)
MOMENTS = st.datetimes(timezones=st.just(UTC)) | st.timedeltas(
    timedelta(days=-9999), timedelta(days=9999)
)
PLAIN = st.none() | st.booleans() | NUMBERS | TEXTS
PATH_WORDS = st.text(st.characters(exclude_characters=".~"), min_size=1, max_size=5).filter(
    lambda word: not word.isdigit()
)
ANY_KEYS = st.text(max_size=4) | st.sampled_from(
    ["a.b", "a", "b", "a.", ".a", ".", "0", "1", "a~2"]
)


def configs(keys: st.SearchStrategy, leaves: st.SearchStrategy) -> st.SearchStrategy:
    """Draw mappings of mappings, lists and lists of mappings."""
    lists = st.lists(PLAIN | st.lists(PLAIN, max_size=3), max_size=4)
    trees = st.recursive(
        leaves | lists,
        lambda inner: (
            st.dictionaries(keys, inner, max_size=4)
            | st.lists(
                st.dictionaries(keys, inner, min_size=1, max_size=3), min_size=1, max_size=3
            )
        ),
        max_leaves=8,
    )
    return st.dictionaries(keys, trees, max_size=5)


def same(one: object, other: object) -> bool:
    """Compare values and types; NaN is NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return repr(one) == repr(other)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


def stored(values: dict) -> dict:
    """Give the values as they are after the way to disk and back."""
    return dict(loads(dumps(Record(id="x", values=values))).values)


@given(configs(PATH_WORDS, PLAIN | MOMENTS))
@QUICK
def test_a_config_comes_back_equal(config: dict) -> None:
    """Where keys are plain words, the config itself comes back, types and all."""
    flat = flatten.params(config)
    assert () == flat.warnings
    assert same(config, flatten.unflatten(stored(flat.values), "params"))


@given(configs(ANY_KEYS, PLAIN | MOMENTS))
@QUICK
def test_what_comes_back_gives_the_same_flat_values(config: dict) -> None:
    """With keys of any kind, dots and collisions included, the way round changes nothing more."""
    values = flatten.params(config).values
    again = flatten.params(flatten.unflatten(values, "params"))
    assert () == again.warnings
    assert same(values, again.values)


@given(configs(ANY_KEYS, PLAIN))
@QUICK
def test_no_value_is_lost(config: dict) -> None:
    """There are as many flat values as there are leaves, whatever the keys."""

    def leaves(value: object) -> int:
        if isinstance(value, dict):
            return sum(map(leaves, value.values())) or 1
        if isinstance(value, list) and any(isinstance(part, dict) for part in value):
            return sum(map(leaves, value))
        return 1

    expected = sum(map(leaves, config.values()))
    assert expected == len(flatten.params(config).values)


@given(TEXTS | st.text())
@QUICK
def test_a_text_is_a_text(value: str) -> None:
    """No text, whatever it looks like, comes back as anything else."""
    assert {"a": value} == flatten.unflatten(flatten.params({"a": value}).values, "params")


@given(st.lists(st.floats() | st.integers(-(10**6), 10**6), max_size=600), st.integers(2, 30))
@QUICK
def test_a_thinned_curve_keeps_ends_and_extremes(points: list[float], half: int) -> None:
    """Both ends, the lowest and the highest point stay, in order; the points come from the curve."""
    found = flatten.series(points, kept=2 * half)
    assert len(points) == found.count
    assert min(len(points), 2 * half) == len(found.values)
    if not points:
        return
    floats = [float(point) for point in points]
    assert same([floats[0], floats[-1]], [found.values[0], found.values[-1]])
    numbers = [point for point in floats if not math.isnan(point)]
    if numbers:
        assert (min(numbers), max(numbers)) == (found.lowest, found.highest)
        assert {min(numbers), max(numbers)} <= set(found.values)
    assert set(map(repr, found.values)) <= {*map(repr, floats), "nan"} | {"0.0", "-0.0"}


@given(configs(ANY_KEYS, PLAIN))
@QUICK
def test_redaction_changes_nothing_else_and_nothing_twice(config: dict) -> None:
    """What holds no secret passes as it is, and what was redacted is clean."""
    values = flatten.params(config).values
    clean, keys = redact(values, Rules())
    assert len(values) == len(clean)
    again, found = redact(clean, Rules())
    assert () == found
    assert same(clean, again)
    assert all(same(values.get(key), clean[key]) for key in clean if key not in keys)


WORDS = st.sampled_from(
    ["password", "token", "api_key", "=", ": ", " ", '"', "'", "\\", "\n", "--", "hunter2", "x1y2z3w4", "[",
     "]", "{", "}", "(", ")", "https://", "u:p@", "@", "?", "&", "Bearer ", "sk-", "eyJ", ".", ",", "a", "0",
     "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "[redacted]", "${A}", "#", "<", ">", "|"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=25).map("".join))
@settings(max_examples=200, deadline=None)
def test_a_redacted_text_is_clean(value: str) -> None:
    """Redaction ends with its first pass, and finds tells the truth about it."""
    clean = text(value)
    assert clean == text(clean)
    assert bool(finds(value)) == (clean != value)


@given(configs(PATH_WORDS, PLAIN))
@QUICK
def test_json_stays_json(config: dict) -> None:
    """JSON inside a value is JSON still, with the same shape."""
    whole = json.dumps({"password": "hunter2", "config": config})
    clean = json.loads(text(whole))
    assert "[redacted]" == clean["password"]
    assert config.keys() == clean["config"].keys() or "[redacted]" in str(clean)


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    """The zone is not kept; the moment is."""
    moment = datetime.fromisoformat("2024-05-06T07:08:09+05:30")
    assert {"params.t": moment} == flatten.params({"t": moment}).values
    assert UTC is flatten.params({"t": moment}).values["params.t"].tzinfo
