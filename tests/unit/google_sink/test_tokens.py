"""Tokens: made, used up, kept while a copy may come, deleted."""

from __future__ import annotations

from sheetlog.sinks.sheets_tokens import LATE, OLD, Tokens


class Wall:
    seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_token_s_id_follows_from_its_text() -> None:
    """Every process gives the same token the same id, and each batch its own value."""
    one, two = Tokens(Wall()), Tokens(Wall())
    (first,), (second,) = one.fresh({"abc": False}, {}), two.fresh({"abc": False}, {})
    assert first == second
    assert one.fresh({"abc": False}, {}) != two.fresh({"abc": False}, {})


def test_used_up_tokens_are_not_made_again() -> None:
    """Instead the batch gets one that nobody had."""
    tokens = Tokens(Wall())
    made = tokens.fresh({"abc": False}, {})
    tokens.applied(made, certain=True)
    assert tokens.fresh({"abc": False}, {}).keys() != made.keys()
    assert Tokens(Wall()).fresh({"abc": True}, made).keys() != made.keys()


def test_a_certain_token_goes_with_the_next_batch() -> None:
    """One of an attempt whose end nobody knows, when no copy can come any more."""
    wall = Wall()
    tokens = Tokens(wall)
    sure, tried = tokens.fresh({"a": False}, {}), tokens.fresh({"b": True}, {})
    tokens.applied(sure, certain=True)
    tokens.applied(tried, certain=True)
    assert [*sure] == tokens.to_delete()
    wall.seconds += LATE + 1
    assert [*sure, *tried] == tokens.to_delete()
    assert [*tried] == tokens.to_delete(tried)


def test_old_tokens_of_others_are_swept() -> None:
    """Those of dead processes, a day later."""
    wall = Wall()
    others = Tokens(wall).fresh({"x": False}, {})
    tokens = Tokens(wall)
    assert [] == tokens.to_delete(others)
    wall.seconds += OLD + 1
    assert [*others] == tokens.to_delete(others)


def test_a_stranger_s_id_is_left_to_him() -> None:
    """The next token of this text has another."""
    tokens = Tokens(Wall())
    id_ = tokens.id("abc")
    assert not tokens.met(id_, "abc 1 x", "somebody's")
    assert id_ != tokens.id("abc")
