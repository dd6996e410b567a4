"""What a run did differently: in words, by keys, and which configuration it had."""

import pytest

from sheetlog.changes import MOST, Difference, alike, configuration, difference, is_seed
from sheetlog.record import Link


def params(**values):
    """Give params by key; a double underscore stands for a dot."""
    return {f"params.{name.replace('__', '.')}": value for name, value in values.items()}


def words(now, before, **how):
    """Give the words alone."""
    return difference(now, before, **how).words


def test_the_example_of_the_design():
    """Changed, new and gone, in this order, each named by its last word."""
    before = params(optim__lr=0.001, batch=64, dropout=0.1)
    now = params(mixup=True, optim__lr=0.0003, batch=64)
    found = difference(now, before)
    assert "lr 0.001 → 0.0003; + mixup; − dropout" == found.words
    assert ("params.optim.lr", "params.mixup") == found.keys


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (1e-3, 1e-5, "x 0.001 → 1e-5"),
        (1e6, 2.5e6, "x 1e6 → 2.5e6"),
        (100000.0, 0.1 + 0.2, "x 100000 → 0.3"),
        (0.3, 0.1 + 0.2, "x 0.3 → 0.30000000000000004"),
        (32, 64, "x 32 → 64"),
        (10**7, 2 * 10**7, "x 10000000 → 20000000"),
        (True, False, "x off"),
        (False, True, "x on"),
        (None, 0.1, "x none → 0.1"),
        (True, 1, "x on → 1"),
        ("resnet18", "vit", "x resnet18 → vit"),
        ("", "vit", "x '' → vit"),
        ("a\nb", "a  b", r"x 'a\nb' → 'a  b'"),
        ("long " * 20, "short", "x long long long long long long l… → short"),
        ("long " * 20 + "a", "long " * 20 + "b", "x changed"),
        (float("nan"), float("inf"), "x nan → inf"),
        (1, 1.0, "no change"),
        (float("nan"), float("nan"), "no change"),
    ],
)
def test_values_as_a_person_writes_them(before, now, expected):
    """Numbers in as many digits as say something, switches on and off, long texts cut."""
    assert expected == words(params(x=now), params(x=before))


def test_what_is_new():
    """A switch that is on needs no value; anything else has one."""
    now = params(a=True, b=False, c=0.5, d=None, e="cosine")
    assert "+ a; + b off; + c 0.5; + d none; + e cosine" == words(now, {})


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("lr", "lr 1 → 2"),
        ("optim.lr batch", "lr 1 → 2; batch 1 → 2"),
        ("optim.lr head.lr", "optim.lr 1 → 2; head.lr 1 → 2"),
        ("a.x.lr b.x.lr", "a.x.lr 1 → 2; b.x.lr 1 → 2"),
        ("lr optim.lr", "lr 1 → 2; optim.lr 1 → 2"),
        ("optim.name", "optim.name 1 → 2"),
        ("name", "name 1 → 2"),
        ("a.model.name", "model.name 1 → 2"),
    ],
)
def test_short_names_where_they_are_unambiguous(keys, expected):
    """The last part of a key, and as much before it as tells it apart and says something."""
    now, before = ({f"params.{key}": value for key in keys.split()} for value in (2, 1))
    assert expected == words(now, before)


def test_only_so_many():
    """Eight are told, and how many more there are."""
    now, before = (params(**{f"p{n:02}": n + add for n in range(12)}) for add in (1, 0))
    found = difference(now, before)
    assert [*(f"p{n:02} {n} → {n + 1}" for n in range(MOST)), "and 4 more"] == (
        found.words.split("; ")
    )
    assert 12 == len(found.keys)


def test_metrics_and_names_are_no_changes():
    """What came out of a run, and when it ran, is nothing that it did differently."""
    now = {**params(lr=1), "metrics.acc": 0.9, "run.name": "b", "env.python": "3.12"}
    before = {**params(lr=1), "metrics.acc": 0.8, "run.name": "a", "env.python": "3.11"}
    assert Difference(words="no change", keys=()) == difference(now, before)


def test_data():
    """Data is another when its content is: neither its path nor its version's number is."""
    train = "v1 · sha256 1f2e3d4c5b6a · 3.4 MB · data/train.csv"
    moved = "v1 · sha256 1f2e3d4c5b6a · 3.4 MB · /mnt/train.csv"
    newer = "v2 (changed) · sha256 aaaaaaaaaaaa · 3.5 MB · data/train.csv"
    before = {"data.train": train, "data.val": train}
    assert "no change" == words({"data.train": moved, "data.val": train}, before)
    assert "data train changed; + data test; − data val" == words(
        {"data.train": newer, "data.test": train}, before
    )


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"commit": "a1"}, {"commit": "a1"}, "no change"),
        ({"commit": "a1"}, {"commit": Link(text="a1", url="https://x.test/a1")}, "no change"),
        ({"commit": "a1"}, {"commit": "b2"}, "code changed"),
        ({}, {"commit": "b2"}, "no change"),
        (
            {"commit": "a1", "dirty": False},
            {"commit": "a1", "dirty": True},
            "code perhaps changed",
        ),
        ({"commit": "a1"}, {"commit": "a1", "dirty": True, "diff": "d1"}, "code changed"),
        (
            {"commit": "a1", "dirty": True, "diff": "d1"},
            {"commit": "a1", "dirty": True, "diff": Link(text="d1", url="file:///d1")},
            "no change",
        ),
    ],
)
def test_code(before, now, expected):
    """Another commit, or another uncommitted change of one, is another code."""
    one, other = ({f"git.{name}": v for name, v in said.items()} for said in (before, now))
    assert expected == words(other, one)


def test_what_is_not_known_yet_is_not_told():
    """Before data and surroundings are there, nothing is said of them, nor that nothing changed."""
    before = {**params(lr=1), "data.train": "v1 · sha256 1f2e3d4c5b6a", "git.commit": "a1"}
    assert "" == words(params(lr=1), before, whole=False)
    assert "lr 1 → 2" == words(params(lr=2), before, whole=False)


def test_redacted_stays_redacted():
    """A secret that was left out is nothing that words could give away."""
    assert "no change" == words(params(token="[redacted]"), params(token="[redacted]"))


def test_configuration():
    """Seeds, metrics, order and the kind of a number don't make another configuration."""
    one = configuration(params(lr=0.1, layers=4, seed=1) | {"metrics.acc": 0.9})
    assert one == configuration(params(optim__seed=7, layers=4.0, lr=0.1))
    assert one != configuration(params(lr=0.1, layers=5))
    assert one != configuration(params(lr=0.1))
    assert configuration(params(x=1)) != configuration(params(x=True))
    assert configuration(params(x=1)) != configuration(params(x="1"))
    assert "c" == (one or "")[0]
    assert 13 == len(one or "")


def test_no_configuration():
    """A run without params, or with a seed alone, has none."""
    assert configuration({"metrics.acc": 1.0}) is None
    assert configuration(params(seed=1)) is None


@pytest.mark.parametrize("key", ["params.seed", "params.data.random_state", "params.RNG"])
def test_seeds(key):
    """A seed is known by the last word of its key."""
    assert is_seed(key)
    assert not is_seed(f"{key}ling")


def test_alike():
    """One is 1.0, and neither of them is True."""
    assert alike(1, 1.0)
    assert not alike(1, True)
    assert not alike(1, "1")
