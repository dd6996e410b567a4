"""What each kind of value becomes, as people and frameworks give them."""
# ruff: noqa: PD011  (the `values` are a record's, not a frame's)

import argparse
import collections
import dataclasses
import decimal
import enum
import fractions
import functools
import math
import pathlib
import sys
import types
import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, NamedTuple

import attrs
import ml_collections
import numpy as np
import pandas as pd
import pydantic
import pytest
from ml_collections import config_dict
from omegaconf import DictConfig, OmegaConf

from sheetlog import flatten
from sheetlog.errors import MisuseError
from sheetlog.record import Link, Series


class Colour(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    HIGH = 3


class Mode(enum.StrEnum):
    FAST = "fast"


class Plain:
    """An object with nothing to read."""


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no")


class Hidden:
    """Answers to no name but its type's."""

    @property
    def __class__(self) -> type:
        raise RuntimeError("no")

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


class Device:
    def __str__(self) -> str:
        return "cuda:0"


class Tensor:
    """As torch's: lengths, a kind, and a way to lists."""

    def __init__(self, value: Any, *shape: int) -> None:
        self._value, self._shape = value, shape

    @property
    def shape(self) -> tuple[int, ...]:
        return self._shape

    @property
    def dtype(self) -> str:
        return "torch.float32"

    def tolist(self) -> Any:
        return self._value

    def __getitem__(self, at: Any) -> Any:
        raise RuntimeError("on a device that cannot be read")


class Point(NamedTuple):
    x: int
    y: float


@dataclasses.dataclass
class Optim:
    lr: float = 0.1
    betas: tuple[float, float] = (0.9, 0.999)
    unset: int = dataclasses.field(init=False)


@attrs.define
class Net:
    width: int = 64
    optim: Optim = attrs.field(factory=Optim)


class Model(pydantic.BaseModel, extra="allow"):
    depth: int = 2
    key: pydantic.SecretStr = pydantic.SecretStr("hunter2")


class Words(pydantic.RootModel[list[str]]):
    pass


class Keyed:
    """A mapping by its methods alone."""

    def keys(self) -> list[str]:
        return ["a", "b"]

    def __getitem__(self, key: str) -> int:
        return {"a": 1, "b": 2}[key]


def generator() -> Any:
    yield 1


def function() -> None:
    """Nothing."""


NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)
LINK = Link(text="m", url="m.pt")
CURVE = Series(values=(1.0,), count=1, last=1.0, lowest=1.0, highest=1.0)
HERE = __name__

SCALARS = [
    (None, None), (True, True), (3, 3), (0.5, 0.5), ("x", "x"), ("\ud800\x00\n", "\ud800\x00\n"),
    (np.float64(0.5), 0.5), (np.float32(0.5), 0.5), (np.int64(3), 3), (np.bool_(True), True),
    (np.array(3), 3), (np.longdouble(1.5), 1.5), (np.str_("x"), "x"), (np.ma.masked, None),
    (np.datetime64("2024-01-02T12:00:00.000000000"), NOON), (np.timedelta64(90, "s"), timedelta(seconds=90)),
    (np.complex64(1 + 2j), "(1+2j)"), (np.dtype("f4"), "float32"), (np.tanh, "numpy.tanh"),
    (Tensor(0.25), 0.25), (Tensor(True), True), (pd.Timestamp(NOON), NOON), (pd.NaT, None), (pd.NA, None),
    (pd.Timedelta(seconds=90), timedelta(seconds=90)), (NOON, NOON), (timedelta(1), timedelta(1)),
    (datetime(2024, 1, 2, 14, tzinfo=timezone(timedelta(hours=2))), NOON), (date(2024, 1, 2), "2024-01-02"),
    (time(1, 2), "01:02:00"), (datetime(1, 1, 1), datetime(1, 1, 1, tzinfo=UTC)), (LINK, LINK), (CURVE, CURVE),
    (decimal.Decimal("0.1"), 0.1), (decimal.Decimal("0.1000000000000000000001"), "0.1000000000000000000001"),
    (decimal.Decimal("1e999"), "1E+999"), (fractions.Fraction(1, 2), 0.5), (fractions.Fraction(1, 3), "1/3"),
    (1 + 2j, "(1+2j)"), (Colour.RED, "RED"), (Level.HIGH, "HIGH"), (Mode.FAST, "fast"),
    (pathlib.PurePosixPath("/a/b"), "/a/b"), (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (Plain, f"{HERE}.Plain"), (function, f"{HERE}.function"), (int, "int"), (len, "len"),
    (Plain.__init__, "object.__init__"), (range(3), "range(0, 3)"), (b"ab", "b'ab'"), (bytearray(b"a"), "b'a'"),
    (Plain(), f"<{HERE}.Plain object>"), (Unprintable(), "<unprintable Unprintable>"), (Device(), "cuda:0"),
    (Hidden(), f"<{HERE}.Hidden object>"), (ValueError("x"), "ValueError('x')"), (2**63, 2**63),
    (10**400, 10**400), (10**700, hex(10**700)), (math.inf, math.inf), (collections.UserString("x"), "x"),
    (functools.partial(function, 1), "functools.partial(<function function>, 1)"),
    (pydantic.SecretStr("hunter2"), "**********"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), SCALARS, ids=range(len(SCALARS)))
def test_a_single_value(value: Any, expected: Any) -> None:
    """One kind of value, one scalar."""
    found = flatten.params({"v": value})
    assert ({"params.v": expected}, ()) == (found.values, found.warnings)
    assert type(expected) is type(found.values["params.v"])


def test_not_a_number_stays_one() -> None:
    """NaN of every library is the float."""
    for value in (math.nan, np.float32("nan"), decimal.Decimal("nan"), Tensor(math.nan)):
        assert math.isnan(flatten.params({"v": value}).values["params.v"])


def test_a_time_without_a_zone_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python has it; NumPy's times are in UTC, as NumPy has it."""
    if sys.platform == "win32":
        pytest.skip("the zone of a process cannot be changed on Windows")
    import time as clock

    monkeypatch.setenv("TZ", "XXX-5")
    clock.tzset()
    try:
        naive = {"a": datetime(2024, 1, 2, 17), "b": pd.Timestamp("2024-01-02 17:00")}
        assert {"params.a": NOON, "params.b": NOON} == flatten.params(naive).values
        assert {"params.c": NOON} == flatten.params(
            {"c": np.datetime64("2024-01-02T12:00")}
        ).values
    finally:
        monkeypatch.undo()
        clock.tzset()


LISTS = [
    ([64, 64], "[64, 64]"), ((1, 2.5, None, True, "é"), '[1, 2.5, null, true, "é"]'), ([], "[]"), ({}, "{}"),
    ({8, 1}, "[1, 8]"), (frozenset({"b", 1}), '["b", 1]'), (collections.deque([1]), "[1]"),
    ({"a": 1}.keys(), '["a"]'), ([[1, 2], [3]], "[[1, 2], [3]]"), (np.eye(2), "[[1.0, 0.0], [0.0, 1.0]]"),
    (np.array([], int), "[]"), (Tensor([1.0, 2.0], 2), "[1.0, 2.0]"), ([math.nan, math.inf], "[NaN, Infinity]"),
    (np.ma.array([1, 2], mask=[0, 1]), "[1, null]"), (np.array(["2024-01-02"], "M8[D]"), '["2024-01-02T00:00:00.000000"]'),
    (pd.Series([1, 2]), "[1, 2]"), (pd.Categorical(["a"]), '["a"]'), ([NOON, timedelta(1), LINK, CURVE],
     '["2024-01-02T12:00:00+00:00", "1 day, 0:00:00", "m.pt", [1.0]]'), ([Colour.RED, np.int64(1)], '["RED", 1]'),
    ("[1, 2]", '"[1, 2]"'), ('"x"', '"\\"x\\""'), ("{}", '"{}"'), ('{"a": 1}', '{"a": 1}'), ("[x", "[x"),
    ("[INST] hi [/INST]", "[INST] hi [/INST]"), ([10**5000], f'["{hex(10**5000)}"]'),
    ("[" * 9000 + "]" * 9000, '"' + "[" * 9000 + "]" * 9000 + '"'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), LISTS, ids=range(len(LISTS)))
def test_lists_and_texts_that_look_like_one(value: Any, expected: str) -> None:
    """A list is its JSON; a text that could be taken for it is in quotes."""
    assert {"params.v": expected} == flatten.params({"v": value}).values


CONFIGS = [
    (Optim(), {"lr": 0.1, "betas": "[0.9, 0.999]"}),
    (Net(), {"width": 64, "optim.lr": 0.1, "optim.betas": "[0.9, 0.999]"}),
    (Model(more=[1]), {"depth": 2, "key": "**********", "more": "[1]"}),
    ({"w": Words(["a"])}, {"w": '["a"]'}),
    (argparse.Namespace(a=1, b=argparse.Namespace(c=2)), {"a": 1, "b.c": 2}),
    (types.SimpleNamespace(a=1), {"a": 1}),
    (Point(1, 2.5), {"x": 1, "y": 2.5}),
    ({"p": Point(1, 2.5), "o": Optim}, {"p.x": 1, "p.y": 2.5, "o": f"{HERE}.Optim"}),
    (collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
    (types.MappingProxyType({"a": 1}), {"a": 1}),
    (Keyed(), {"a": 1, "b": 2}),
    ({"blocks": [{"lr": 1}, {"lr": [2]}, {}]}, {"blocks.0.lr": 1, "blocks.1.lr": "[2]", "blocks.2": "{}"}),
    ({"n": [[{"a": 1}], 3]}, {"n.0.0.a": 1, "n.1": 3}),
    ({1: "i", None: "n", Colour.RED: "e", ("t", 2): "t", 0.5: "f", Plain: "c", b"k": "y"},
     {"1": "i", "None": "n", "RED": "e", "t.2": "t", "0.5": "f", f"{HERE}.Plain": "c", "b'k'": "y"}),
    ({"a b": 1, 'q"': 2, "😀": 3, "n\n": 4, "": 5, ".": 6, "\ud800": 7}, {"a b": 1, 'q"': 2, "😀": 3, "n\n": 4, "": 5, ".": 6, "\ud800": 7}),
    (OmegaConf.create({"a": "???", "b": "${c}", "c": 3, "d": "${no.such}", "e": "${oc.env:HOME}/x", 5: None,
                       "l": [1, "${c}", "???"], "s": {"t": [{"u": "${c}"}]}, "m": [{"v": "${no}"}]}),
     {"a": "???", "b": 3, "c": 3, "d": "${no.such}", "e": "${oc.env:HOME}/x", "5": None,
      "l": '[1, 3, "???"]', "s.t.0.u": 3, "m.0.v": "${no}"}),
    ({"c": DictConfig(None), "m": DictConfig({})}, {"c": "{}", "m": "{}"}),
    (pd.Series({"a": 1, "b": 2.5}), {"a": 1.0, "b": 2.5}),
    (pd.Series([1, 2], index=["a", "a"]), {"a": 1, "a~2": 2}),
    ({"s": pd.Series([1], index=pd.MultiIndex.from_tuples([("a", "b")]))}, {"s.a.b": 1}),
    ({"d": pd.DataFrame({"a": [1], "b": [2]})}, {"d": "<DataFrame of 1 × 2: a, b>"}),
]  # fmt: skip


@pytest.mark.parametrize(("config", "expected"), CONFIGS, ids=range(len(CONFIGS)))
def test_configs_of_every_kind(config: Any, expected: dict[str, Any]) -> None:
    """Each named part is a value under its path."""
    found = flatten.params(config).values
    assert [(f"params.{key}", value) for key, value in expected.items()] == list(found.items())


def test_a_secret_of_the_environment_is_not_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where it is read nor where an innocent name points to it."""
    monkeypatch.setenv("SOME_TOKEN", "hunter2")
    config = OmegaConf.create(
        {
            "env": {"x": "${oc.env:SOME_TOKEN}"},
            "direct": "a ${oc.env:SOME_TOKEN}",
            "chained": {"way": "${env.x}", "longer": "${chained.way}/b", "list": ["${env.x}"]},
            "plain": "${lr}",
            "lr": 0.1,
            "loop": "${loop}",
        }
    )
    found = flatten.params(config).values
    assert "hunter2" not in str(found)
    assert ("${env.x}", "${chained.way}/b", 0.1) == (
        found["params.chained.way"], found["params.chained.longer"], found["params.plain"],
    )  # fmt: skip


def test_config_dict_with_references() -> None:
    """References give what they point to; what is required and missing says so."""
    config = ml_collections.ConfigDict({"lr": 0.1, "opt": {"n": (1, 2)}})
    config.ref = config.get_ref("lr")
    config.need = config_dict.required_placeholder(int)
    config.may = config_dict.placeholder(int)
    expected = {"lr": 0.1, "may": None, "need": "???", "opt.n": "[1, 2]", "ref": 0.1}
    assert {f"params.{key}": value for key, value in expected.items()} == flatten.params(
        config
    ).values
    frozen = ml_collections.FrozenConfigDict({"a": {"b": 1}})
    assert {"params.a.b": 1} == flatten.params(frozen).values


@pytest.mark.skipif(
    sys.version_info >= (3, 14), reason="pydantic's first version ends with Python 3.13"
)
def test_pydantic_of_the_first_version() -> None:
    """Its models have their values elsewhere."""
    from pydantic import v1

    class Old(v1.BaseModel):
        depth: int = 2

    assert {"params.depth": 2} == flatten.params(Old()).values


def test_an_object_with_to_dict_is_a_config() -> None:
    """As transformers' configurations are."""

    class Pretrained:
        def to_dict(self) -> dict[str, Any]:
            return {"hidden_size": 768}

    assert {"params.hidden_size": 768} == flatten.params(Pretrained()).values


def test_nothing_given_is_nothing() -> None:
    """None, and mappings without parts, have no values."""
    for value in (None, {}, argparse.Namespace()):
        assert flatten.Flat(values={}, warnings=()) == flatten.params(value)


MISUSES = [
    (3, "must be a mapping, a dataclass, attrs or pydantic object, a Namespace or a config, and it is "),
    (3, "'params' must be a mapping"), (3, "it is of type 'int'; give it a name: params={'NAME': …}"), ("x", "of type 'str'; give it a name"), ([1], "of type 'list'; give it a name"), (np.eye(2), "of type 'ndarray'"),
    (Optim, "the class 'Optim' itself; give an instance of it"), (Plain(), "as by 'vars()'"),
    (types.new_class("History", (), {}, lambda body: body.update(history={})) (), "give its 'history'"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "message"), MISUSES, ids=range(len(MISUSES)))
def test_misuse_says_what_to_do(value: Any, message: str) -> None:
    """What has no named parts is told apart, with the way out."""
    with pytest.raises(MisuseError) as error:
        flatten.params(value)
    assert message in str(error.value)


def curve(*points: float) -> Series:
    """Give a curve of few points."""
    numbers = [point for point in points if not math.isnan(point)]
    return Series(
        values=points,
        count=len(points),
        last=points[-1],
        lowest=min(numbers),
        highest=max(numbers),
    )


METRICS = [
    ({"loss": [3, 2, 1]}, {"metrics.loss": 1, "curves.loss": curve(3.0, 2.0, 1.0)}),
    ({"val": {"acc": (0.5, 0.25)}}, {"metrics.val.acc": 0.25, "curves.val.acc": curve(0.5, 0.25)}),
    ({"l": np.array([1.0, 2.0])}, {"metrics.l": 2.0, "curves.l": curve(1.0, 2.0)}),
    ({"l": [np.float32(1), Tensor(2.0), decimal.Decimal(3)]}, {"metrics.l": 3.0, "curves.l": curve(1.0, 2.0, 3.0)}),
    ({"l": pd.Series([1.0, 2.0])}, {"metrics.l": 2.0, "curves.l": curve(1.0, 2.0)}),
    ({"l": [10**400, 1]}, {"metrics.l": 1, "curves.l": curve(math.inf, 1.0)}),
    ({"a": []}, {"metrics.a": "[]"}), ({"a": [True, False]}, {"metrics.a": "[true, false]"}),
    ({"a": [None]}, {"metrics.a": "[null]"}), ({"a": ["x", 1]}, {"metrics.a": '["x", 1]'}),
    ({"a": {1, 2}}, {"metrics.a": "[1, 2]"}), ({"cm": np.eye(1)}, {"metrics.cm": "[[1.0]]"}),
    ({"a": "b"}, {"metrics.a": "b"}), ({"a": decimal.Decimal(1) / 3}, {"metrics.a": 1 / 3}),
    ({"folds": [{"acc": 1}, {"acc": 2}]}, {"metrics.folds.0.acc": 1, "metrics.folds.1.acc": 2}),
    (pd.Series({"acc": 0.5}), {"metrics.acc": 0.5}), (pd.Series([0.5]), {"metrics.0": 0.5}),
    (pd.DataFrame({"p": [0.5]}, index=["cat"]), {"metrics.p.cat": 0.5}),
    ({"h": pd.DataFrame({"l": [2, 1]})}, {"metrics.h.l": 1, "curves.h.l": curve(2.0, 1.0)}),
    ({"h": pd.DataFrame([[1, 2]], columns=["a", "a"], index=["x"])}, {"metrics.h.a.x": 1, "metrics.h.a.x~2": 2}),
    ({"a.b": [1], "a": {"b": [2]}},
     {"metrics.a.b": 1, "curves.a.b": curve(1.0), "metrics.a.b~2": 2, "curves.a.b~2": curve(2.0)}),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), METRICS, ids=range(len(METRICS)))
def test_metrics_and_their_curves(value: Any, expected: dict[str, Any]) -> None:
    """A list of numbers is a curve beside its last value."""
    assert expected == flatten.metrics(value).values


def test_points_that_are_none_are_no_numbers() -> None:
    """They keep their place in the curve."""
    found = flatten.metrics({"l": [None, 1.0]}).values["curves.l"]
    assert (2, 1.0, 1.0, 1.0) == (found.count, found.last, found.lowest, found.highest)
    assert math.isnan(found.values[0])


def test_a_million_points_keep_their_peaks() -> None:
    """A peak of one point is there, in its place, with both ends."""
    points = [0.0] * 1_000_000
    points[0], points[500_000], points[700_001], points[-1] = 1.0, 9.0, -7.0, 2.0
    found = flatten.series(points)
    assert (100, 1_000_000, 2.0, -7.0, 9.0) == (
        len(found.values), found.count, found.last, found.lowest, found.highest,
    )  # fmt: skip
    assert [1.0, 9.0, -7.0, 2.0] == [point for point in found.values if point]
    assert 40 < found.values.index(9.0) < 60 < found.values.index(-7.0) < 80


def test_a_curve_falls_and_rises_as_it_did() -> None:
    """In a stretch that falls, the highest comes first; one without numbers stays empty."""
    falling = flatten.series([float(point) for point in range(1000, 0, -1)], kept=10)
    assert sorted(falling.values, reverse=True) == list(falling.values)
    broken = flatten.series([1.0, *[math.nan] * 500, 2.0], kept=10)
    assert [1.0, 2.0] == [broken.values[0], broken.values[-1]]
    assert all(map(math.isnan, broken.values[1:-1]))
    assert math.isnan(flatten.series([]).last)


@pytest.mark.parametrize("kept", [0, 2, 7])
def test_a_curve_needs_an_even_number_of_points(kept: int) -> None:
    """Two for the ends, and two for each stretch."""
    with pytest.raises(MisuseError, match="even number from 4 on"):
        flatten.series([1.0], kept=kept)


def test_rule_8_keys_that_collide_keep_both_values() -> None:
    """Rule 8: the second gets a suffix that is free, and a warning says so."""
    found = flatten.params({"a.b": 1, "a": {"b": 2}, "a.b~2": 3, 1: 4, "1": 5})
    expected = {"a.b": 1, "a.b~2": 2, "a.b~2~2": 3, "1": 4, "1~2": 5}
    assert {f"params.{key}": value for key, value in expected.items()} == found.values
    assert (
        "two values have the key 'params.a.b'; the second is kept as 'params.a.b~2'"
        == found.warnings[0]
    )
    assert 3 == len(found.warnings)


def test_what_is_too_long_is_kept_in_short_and_said() -> None:
    """A list of 10,000 stays whole; what is longer becomes its length and its head."""
    assert (
        list(range(10_000))
        == flatten.unflatten(flatten.params({"v": list(range(10_000))}).values, "params")["v"]
    )
    for value, expected in [
        (list(range(10_001)), "<list of 10,001: 0, 1, 2, 3, 4 …>"),
        ([[0] * 5001] * 2, "<list of 2: list, list …>"),
        (np.zeros((100, 1000), "f4"), "<ndarray 100×1000 float32: 0.0, 0.0, 0.0, 0.0, 0.0 …>"),
        (Tensor(None, 2000), "<Tensor 2000 torch.float32>"),
        (b"a" * 2000, "<bytes of 2,000: b'aaaaaaaaaaaaaaaaaaaa' …>"),
    ]:
        found = flatten.params({"v": value})
        assert {"params.v": expected} == found.values
        assert "'params.v' is too much for a cell" in found.warnings[0]


def test_a_long_list_of_mappings_is_json() -> None:
    """It would be a sheet of its own; the list comes back all the same."""
    config = {"v": [{"a": at, 1: 0, "1": 2} for at in range(101)]}
    found = flatten.params(config).values
    assert ["params.v"] == list(found)
    back = flatten.unflatten(found, "params")["v"]
    assert [{"a": at, "1": 0, "1~2": 2} for at in range(101)] == back


def test_cycles_end() -> None:
    """What is inside itself says where it began; what is only there twice is there twice."""
    cycle: dict[str, Any] = {"n": 1}
    cycle["me"] = cycle
    cycle["l"] = [cycle, [cycle]]
    ring: list[Any] = [1]
    ring.append(ring)
    shared = {"x": 1}
    found = flatten.params(
        {"c": cycle, "r": ring, "s": shared, "t": shared, "u": [[1], [1]]}
    ).values
    expected = {
        "c.n": 1, "c.me": "<cycle: params.c>", "c.l.0": "<cycle: params.c>", "c.l.1.0": "<cycle: params.c>",
        "r": '[1, "<cycle: params.r>"]', "s.x": 1, "t.x": 1, "u": "[[1], [1]]",
    }  # fmt: skip
    assert {f"params.{key}": value for key, value in expected.items()} == found


def test_depth_200_comes_back() -> None:
    """Mappings and lists 200 deep, without a warning."""
    tree: Any = 1
    ring: Any = 1
    for _ in range(200):
        tree, ring = {"d": tree}, [ring]
    found = flatten.params({"t": tree, "r": ring})
    assert () == found.warnings
    assert {"t": tree, "r": ring} == flatten.unflatten(found.values, "params")


def test_deeper_than_everything_ends() -> None:
    """Mappings beyond 500 and lists beyond 200 are left out, and it is said."""
    tree: Any = {"x": 1}
    ring: Any = 1
    for _ in range(100_000):
        tree, ring = {"d": tree}, [ring]
    found = flatten.params({"t": tree, "r": ring, "after": 1})
    assert 1 == found.values["params.after"]
    assert "<deeper than 500: dict>" in found.values.values()
    assert "<list of 1: list …>" == found.values["params.r"]
    assert 2 == len(found.warnings)


def test_ten_thousand_keys() -> None:
    """All are there, in order."""
    config = {f"k{at}": at for at in range(10_000)}
    assert [f"params.{key}" for key in config] == list(flatten.params(config).values)


def test_a_megabyte_stays_whole() -> None:
    """What a cell cannot hold is cut later, where an artifact takes the rest."""
    assert {"params.v": "x" * 1_000_000} == flatten.params({"v": "x" * 1_000_000}).values


class Endless(collections.abc.Mapping[str, Any]):
    """Makes itself up as it is read."""

    def __getitem__(self, key: str) -> Any:
        return Endless()

    def __iter__(self) -> Any:
        return iter(("a", "b"))

    def __len__(self) -> int:
        return 2


class Breaking(Endless):
    def __getitem__(self, key: str) -> Any:
        if key == "b":
            raise RuntimeError("secret")
        return 1


def test_a_config_that_never_ends_is_cut() -> None:
    """What it has given until then is kept."""
    found = flatten.params(Endless())
    assert "'params' has over 100,000 values; more are left out" == found.warnings[0]


def test_what_breaks_takes_nothing_else_along() -> None:
    """A value that cannot be read says so; those before and after it are there."""

    @dataclasses.dataclass
    class Torn:
        a: int = 1

        def __getattribute__(self, name: str) -> Any:
            if name == "a":
                raise RuntimeError("hunter2")
            return object.__getattribute__(self, name)

    class Key:
        def __hash__(self) -> int:
            return 1

        def __repr__(self) -> str:
            raise RuntimeError("no")

    found = flatten.params({"x": 1, "m": Breaking(), "t": Torn(), Key(): 2, "y": 3})
    expected = {
        "x": 1, "m.a": 1, "m": "<unprintable Breaking>", "t.a": "<unprintable Torn>",
        "<unprintable Key>": 2, "y": 3,
    }  # fmt: skip
    assert {f"params.{key}": value for key, value in expected.items()} == found.values
    assert ("'params.m' cannot be read: RuntimeError",) == found.warnings


def test_generators_are_not_used_up() -> None:
    """What can be read only once is the training's."""
    loader = generator()
    assert {"params.g": "<generator object generator>"} == flatten.params({"g": loader}).values
    assert 1 == next(loader)


def test_warnings_are_bounded() -> None:
    """Ten thousand of them would hide the first."""
    found = flatten.params({str(at): b"x" * 2000 for at in range(50)})
    assert 21 == len(found.warnings)
    assert "30 more warnings of the kind" == found.warnings[-1]


UNFLATTENED = [
    ({"params.a": 1, "params.b.c": 2, "metrics.x": 3}, {"a": 1, "b": {"c": 2}}),
    ({"params.a": 1, "params.a.b": 2, "params.a.c.d": 3}, {"a": 1, "a.b": 2, "a.c.d": 3}),
    ({"params.a.b": 2, "params.a": "{}"}, {"a.b": 2, "a": {}}),
    ({"params.l.1.a": 1, "params.l.0.a": 2}, {"l": [{"a": 2}, {"a": 1}]}),
    ({"params.l.0.0.a": 1, "params.l.1": "[2]"}, {"l": [[{"a": 1}], [2]]}),
    ({"params.l.0": 1, "params.l.1": 2}, {"l": {"0": 1, "1": 2}}),
    ({"params.0.a": 1}, {"0": {"a": 1}}), ({"params.": 1}, {"": 1}), ({"params..a": 1}, {"": {"a": 1}}),
    ({"params.t": "[1"}, {"t": "[1"}), ({"params.t": '["x"]'}, {"t": ["x"]}), ({"params.t": NOON}, {"t": NOON}),
    ({"paramsx.a": 1}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("values", "expected"), UNFLATTENED, ids=range(len(UNFLATTENED)))
def test_unflatten(values: dict[str, Any], expected: dict[str, Any]) -> None:
    """Paths become mappings again, and lists lists."""
    assert expected == flatten.unflatten(values, "params")


def test_any_section() -> None:
    """Keys start with the section's name."""
    assert {"data.train.size": 3} == flatten.section({"train": {"size": 3}}, "data").values
