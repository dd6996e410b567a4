"""Which run a run is compared with: its parent, else one before it, called alike if there is one."""

import pytest

import sheetlog
from sheetlog import lineage
from sheetlog.record import Record
from sheetlog.testing.memory_journal import MemoryJournal

SHEET = "/home/ann/runs.xlsx"


@pytest.fixture
def journal():
    """Give a journal with a run called `first`, of a program called `train`."""
    journal = MemoryJournal()
    add(journal, "id-first-0001", "train-0001", lr=1)
    return journal


def record(id_, name, *, parent=None, **params):
    """Give a run."""
    values = {"run.name": name, **({"run.parent": parent} if parent else {})}
    return Record(id=id_, values=values | {f"params.{key}": v for key, v in params.items()})


def add(journal, id_, name, *, sheet=SHEET, **params):
    """Put a run into the journal."""
    journal.append(record(id_, name, **params), sheet=sheet, template="default")


def changed(journal, run):
    """Give what is told of a run, and what is marked."""
    found = lineage.told(run, journal, sheet=SHEET)
    return found.values.get("run.changed"), found.marked


def test_the_run_before(journal):
    """Names that were made up are one name: that of the program."""
    add(journal, "id-other-0002", "evaluate-0002", lr=9)
    assert ("lr 1 → 2", ("params.lr",)) == changed(journal, record("x-0003", "train-0003", lr=2))


def test_a_run_of_another_name(journal):
    """Where no run before is called alike, it is compared with the run before."""
    add(journal, "id-second-0002", "evaluate-0002", lr=9)
    assert ("lr 9 → 2", ("params.lr",)) == changed(journal, record("x-0003", "other", lr=2))


def test_the_first_run(journal):
    """Nothing is said where there is nothing to compare with, and nothing is marked."""
    first = lineage.told(record("x-0003", "train", lr=2), journal, sheet="/home/ann/new.xlsx")
    assert first.marked is None
    assert "run.changed" not in first.values


@pytest.mark.parametrize("parent", ["id-first-0001", "train"])
def test_the_parent(journal, parent):
    """A parent is named by its id or its name, and comes before the run before."""
    add(journal, "id-second-0002", "later-0002", lr=5)
    run = record("x-0003", "later-0003", lr=2, parent=parent)
    assert ("lr 1 → 2", ("params.lr",)) == changed(journal, run)


def test_an_unknown_parent(journal):
    """Where this machine knows nothing of the parent, nothing is told of another run instead."""
    run = record("x-0003", "train-0003", lr=2, parent="made elsewhere")
    assert (None, None) == changed(journal, run)


def test_itself(journal):
    """A later state of a run is compared with what its first state was compared with."""
    add(journal, "id-second-0002", "train-0002", lr=2)
    add(journal, "id-third-0003", "train-0003", lr=3)
    run = record("id-second-0002", "train-0002", lr=2, wd=1)
    assert ("lr 1 → 2; + wd 1", ("params.lr", "params.wd")) == changed(journal, run)


def test_a_run_without_params(journal):
    """A run that says nothing of what went in has not changed anything."""
    assert (None, None) == changed(journal, record("x-0003", "train-0003"))


def test_configuration_is_told(journal):
    """Runs that differ by seed alone have one configuration."""
    one = lineage.told(record("a", "a", lr=1, seed=1), journal, sheet=SHEET)
    other = lineage.told(record("b", "b", lr=1, seed=2), journal, sheet=SHEET)
    assert one.values["run.config"] == other.values["run.config"]


def test_in_the_sheet(place):
    """What changed stands in the row; of a resumed run it stays what it was."""
    sheetlog.log({"lr": 0.1}, {"acc": 0.5}, name="a")
    second = sheetlog.log({"lr": 0.2}, {"acc": 0.6}, name="a", data={"train": __file__})
    sheetlog.log({"lr": 0.3}, {"acc": 0.7}, name="a")
    sheetlog.log(None, {"acc": 0.65}, run_id=second.run_id, name="a")
    found = list(sheetlog.runs()["run.changed"])
    assert [None, "lr 0.1 → 0.2; + data train", "lr 0.2 → 0.3; − data train"] == found


def test_a_hidden_secret_is_not_told(place):
    """A secret is left out before anything is compared."""
    for secret in ("hunter2hunter2", "correcthorsebattery"):
        sheetlog.log({"password": secret, "lr": 1}, {"acc": 0.5}, name="a")
    assert "no change" == sheetlog.runs()["run.changed"].iloc[1]
