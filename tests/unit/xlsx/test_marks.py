"""Names that mark columns: any key becomes legal names, and comes back whatever their case."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetlog.xlsx import marks

LEGAL = re.compile(r"_sheetlog\.[a-z0-9_.]+")


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("params.optim.lr", "_sheetlog.params.optim.lr"),
        ("metrics.val_acc", "_sheetlog.metrics.val__acc"),
        ("params.hiddenSize", "_sheetlog.params.hidden_size"),
        ("params.a-b", "_sheetlog.params.a_22db"),
        ("params.é", "_sheetlog.params._2e9"),
        ("params.🎉", "_sheetlog.params._51f389"),
        (".a", "_sheetlog._22ea"),
    ],
)
def test_names(key: str, name: str) -> None:
    """Small letters, digits and dots stand for themselves."""
    assert (name,) == marks.names(key)


@given(st.text(st.characters(), min_size=1, max_size=400))
def test_every_key_comes_back(key: str) -> None:
    """The names are legal, short enough, and in any case give the key."""
    names = marks.names(key)
    assert all(LEGAL.fullmatch(name) and len(name) <= 255 for name in names)
    assert all(map(marks.is_mark, names))
    assert [key] == list(marks.keys(name.upper() for name in names).values())


@given(st.sets(st.text("aAbB_.1é", min_size=1), min_size=2, max_size=6))
def test_keys_stay_apart(keys: set[str]) -> None:
    """Different keys have different names, also where names are the same in any case."""
    names = [name.casefold() for key in keys for name in marks.names(key)]
    assert len(names) == len(set(names))


def test_a_long_key_needs_all_its_pieces() -> None:
    """Without one of them there is no key; the order doesn't matter."""
    key = "params." + "Long_" * 150
    names = marks.names(key)
    assert len(names) > 1
    assert {names[0]: key} == marks.keys(reversed(names))
    assert {} == marks.keys(names[1:])


def test_other_names_are_no_marks() -> None:
    """People's names, and the name of the tab itself, give no key."""
    assert {} == marks.keys(["Total", "_xlnm.Print_Area", "_sheetlog.", marks.TAB])
    assert not marks.is_mark("sheetlog.a")
