"""The record: what it holds cannot change, and its text form loses nothing."""

import math
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetlog.record import Link, Record, Series, dumps, loads, path, section

NUMBERS = st.floats(allow_nan=False)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | NUMBERS
    | st.text(st.characters(codec=None))
    | st.datetimes(timezones=st.just(UTC))
    | st.timedeltas()
    | st.builds(
        Link,
        text=st.text(),
        url=st.text(),
        size=st.none() | st.integers(0),
        sha256=st.none(),
    )
    | st.builds(
        Series,
        values=st.lists(NUMBERS, max_size=5).map(tuple),
        count=st.integers(0),
        last=NUMBERS,
        lowest=NUMBERS,
        highest=NUMBERS,
    )
)


@pytest.mark.parametrize("marked", [None, (), ("params.lr", "params.\ud800")])
def test_what_is_marked_is_kept(marked: tuple[str, ...] | None) -> None:
    """A run that was compared with none is another than one that differs in nothing."""
    assert marked == loads(dumps(Record(id="a", marked=marked))).marked
    assert loads('{"id":"a","revision":1,"values":[]}') == Record(id="a")


@given(st.dictionaries(st.text(st.characters(codec=None)), SCALARS, max_size=8), st.integers(1))
def test_the_text_form_loses_nothing(values: dict[str, object], revision: int) -> None:
    """Every value comes back equal, of its type, in its order."""
    record = Record(id="a", revision=revision, values=values)
    back = loads(dumps(record))
    assert record == back
    assert list(record.values) == list(back.values)
    assert [type(value) for value in record.values.values()] == [
        type(value) for value in back.values.values()
    ]
    dumps(record).encode("ascii")


def test_not_a_number_comes_back() -> None:
    """JSON has no word for it, so it has one of ours."""
    record = Record(id="a", values={"m": math.nan, "i": -math.inf})
    assert math.isnan(loads(dumps(record)).values["m"])
    assert -math.inf == loads(dumps(record)).values["i"]


def test_a_record_cannot_be_changed() -> None:
    """Neither through the mapping that it was made from nor through its own."""
    given_ = {"params.lr": 0.1}
    record = Record(id="a", values=given_)
    given_["params.lr"] = 0.2
    assert {"params.lr": 0.1} == dict(record.values)
    with pytest.raises(TypeError):
        record.values["params.lr"] = 0.3


def test_a_record_can_be_pickled_and_hashed() -> None:
    """Worker processes send records to one another."""
    record = Record(
        id="a", values={"run.started": datetime(2026, 1, 1, tzinfo=UTC), "d": timedelta(1)}
    )
    assert record == pickle.loads(pickle.dumps(record))
    assert hash(record) == hash(pickle.loads(pickle.dumps(record)))


def test_a_key_has_a_section_and_a_path() -> None:
    """The first dot parts the two."""
    assert ("params", "optim.lr") == (section("params.optim.lr"), path("params.optim.lr"))


def test_links_of_old_journals_are_read() -> None:
    """A journal outlives the version that wrote it: a link stays what it was."""
    old = '{"id":"a","revision":1,"values":[["artifacts.m",["link",["m.pt","f/m.pt",7,"ab"]]]]}'
    link = Link(text="m.pt", url="f/m.pt", size=7, sha256="ab")
    assert link == loads(old).values["artifacts.m"]
    assert old == dumps(loads(old))
