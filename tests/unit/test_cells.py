"""What a cell holds of each kind of value, and that it comes back as what it was."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetlog.cells import Formula, cell, overflow, same, scalar, too_long, units
from sheetlog.record import Link, Series

LIMIT = 32_767
CURVE = Series(values=(1.0, 2.0), count=2, last=2.0, lowest=1.0, highest=2.0)
LINK = Link(text="model.pt", url="runs_files/a/model.pt")


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("None", None),
        (True, True),
        (64, 64),
        (2**53, 2**53),
        ("9007199254740993", 2**53 + 1),
        ("-9223372036854775808", -(2**63)),
        (0.001, 1e-3),
        ("NaN", math.nan),
        ("Infinity", math.inf),
        ("-Infinity", -math.inf),
        ("=cmd()", "=cmd()"),
        ("", ""),
        ('"None"', "None"),
        ('"NaN"', "NaN"),
        ('"12345678901234567890"', "12345678901234567890"),
        ("007", "007"),
        (datetime(2026, 1, 2, 3), datetime(2026, 1, 2, 4, tzinfo=timezone(timedelta(hours=1)))),
        (timedelta(seconds=90), timedelta(seconds=90)),
        (LINK, LINK),
        (CURVE, CURVE),
    ],
)
def test_each_kind_of_value_has_its_cell(expected: object, value: object) -> None:
    """Numbers stay numbers, and what a cell cannot hold as it is becomes text."""
    made = cell(value, text_limit=LIMIT)
    assert expected == made
    assert type(expected) is type(made)


@given(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        ["None", '"None"', '""NaN""', '"', '""', "9" * 40, "-" + "1" * 20, "Infinity"]
    )
)
def test_a_value_comes_back_as_what_it_was(value: object) -> None:
    """`scalar` undoes `cell` for every value that a cell can hold whole."""
    back = scalar(cell(value, text_limit=LIMIT))
    assert type(value) is type(back)
    assert repr(value) == repr(back)


def test_a_text_over_the_limit_is_cut_and_says_so() -> None:
    """Counted as both products count: in UTF-16 units; no half of a character is left."""
    long = "🎉" * 100_000
    cut = cell(long, text_limit=LIMIT)
    assert isinstance(cut, str)
    assert LIMIT >= len(cut.encode("utf-16-le")) // 2 >= LIMIT - 2
    assert cut.endswith("[cut: 100,000 characters in all]")
    assert too_long(long, LIMIT)
    assert not too_long("short", LIMIT)
    cut.encode("utf-8")


def test_units_count_as_the_products_do() -> None:
    """A character outside the basic plane counts twice."""
    assert (3, 4, 0) == (units("abc"), units("🎉🎉"), units(""))


@pytest.mark.parametrize(
    ("expected", "one", "other"),
    [
        (True, 0.1, 0.1 + 1e-17),
        (False, 0.1, 0.1000001),
        (False, 1, True),
        (True, None, ""),
        (False, None, 0),
        (True, datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),
        (True, LINK, Link(text="model.pt", url="runs_files/a/model.pt", size=3)),
        (True, LINK, "model.pt"),
        (False, LINK, "other.pt"),
        (True, CURVE, "▁█"),
        (True, CURVE, "=SPARKLINE({1,2})"),
        (False, CURVE, "see my notes"),
        (False, CURVE, ""),
    ],
)
def test_same_tells_a_person_s_change_from_rounding(
    expected: bool, one: object, other: object
) -> None:
    """What the products keep of a value counts, and nothing finer."""
    assert expected is same(one, other)
    assert expected is same(other, one)


def test_overflow_is_json_that_any_program_reads() -> None:
    """Values that JSON has no word for become text."""
    import json

    values = {"params.a": math.nan, "params.b": 1, "artifacts.m": LINK, "run.d": timedelta(1)}
    expected = {"params.a": "NaN", "params.b": 1, "artifacts.m": LINK.url, "run.d": 86400.0}
    assert expected == json.loads(overflow(values))


def test_a_formula_reads_back_as_its_text() -> None:
    """A formula of a person's or of ours is shown as it stands."""
    assert "={metrics.a}" == scalar(Formula(text="={metrics.a}"))
