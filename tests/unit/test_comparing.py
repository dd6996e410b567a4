"""Runs beside one another: best, leaderboard, compare, influence, against pandas and by hand."""

from pathlib import Path

import pandas as pd
import pytest

import sheetlog
from sheetlog.errors import MisuseError

ROWS = [
    # name, lr, seed, model, acc, loss
    ("a0", 0.1, 0, "vit", 0.50, 0.9),
    ("a1", 0.1, 1, "vit", 0.60, 0.8),
    ("a2", 0.1, 2, "vit", 0.70, float("nan")),
    ("b0", 0.01, 0, "vit", 0.80, 0.5),
    ("b1", 0.01, 1, "vit", 0.90, 0.4),
    ("c0", 0.01, 0, "cnn", 0.85, 0.3),
]


@pytest.fixture
def sheet(place: Path) -> Path:
    """Give a workbook with six runs: three configurations over their seeds."""
    sheetlog.configure(quiet=True, context=False)
    for name, lr, seed, model, acc, loss in ROWS:
        params = {"lr": lr, "seed": seed, "model": model, "epochs": 3}
        sheetlog.log(params, {"acc": acc, "loss": loss}, name=name)
    return place / "runs.xlsx"


def test_the_best_run(sheet: Path) -> None:
    """By the greatest accuracy, by the smallest loss; a NaN is never the best."""
    assert "b1" == sheetlog.best()["run.name"]
    assert "c0" == sheetlog.best("loss")["run.name"]
    assert "a0" == sheetlog.best("acc", goal="min")["run.name"]
    assert "a2" == sheetlog.best("acc", where="lr == 0.1")["run.name"]


def test_groups_are_configurations_over_seeds(sheet: Path) -> None:
    """Mean, sd of the sample and n, as pandas has them; the best mean first."""
    table = sheetlog.leaderboard("acc")
    oracle = pd.DataFrame(ROWS, columns=["name", "lr", "seed", "model", "acc", "loss"])
    by_hand = oracle.groupby(["lr", "model"])["acc"].agg(["mean", "std", "count"])
    assert pytest.approx([0.85, 0.85, 0.6]) == list(table["mean"])
    assert [1, 2, 3] == list(table.index)
    for _, row in table.iterrows():
        mean, sd, count = by_hand.loc[(row["params.lr"], row["params.model"])]
        assert pytest.approx(mean) == row["mean"]
        assert (pd.isna(sd) and pd.isna(row["sd"])) or pytest.approx(sd) == row["sd"]
        assert count == row["n"]


def test_only_numbers_count(sheet: Path) -> None:
    """A NaN is in no mean, and n says so."""
    table = sheetlog.leaderboard("loss", group="lr").set_index("params.lr")
    assert 2 == table.loc[0.1, "n"]
    assert pytest.approx(0.85) == table.loc[0.1, "mean"]
    assert 3 == table.loc[0.01, "n"]


def test_runs_are_set_side_by_side(sheet: Path) -> None:
    """What differs, metrics and params apart, and numbers with their difference."""
    table = sheetlog.compare("a0", "c0")
    assert ["metrics", "metrics", "params", "params"] == [section for section, _ in table.index]
    assert pytest.approx(0.35) == table.loc[("metrics", "acc"), "Δ c0"]
    assert ["vit", "cnn"] == list(table.loc[("params", "model")])[:2]
    assert ("params", "epochs") not in table.index
    assert ("params", "epochs") in sheetlog.compare("a0", "c0", changed_only=False).index


def test_a_notebook_shows_hostile_names_as_text(place: Path) -> None:
    """A run's name is somebody's text and no markup."""
    sheetlog.configure(quiet=True, context=False)
    for number in range(2):
        sheetlog.log({"x": number}, {"acc": number}, name=f"<script>{number}</script>")
    shown = sheetlog.compare("<script>0</script>", "<script>1</script>")._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;0" in shown


def test_what_mattered_is_found(place: Path) -> None:
    """A param that decides comes first; one that does nothing explains nothing."""
    from sheetlog.reports.findings import Aim
    from sheetlog.reports.influence import influence_of

    frame = pd.DataFrame({
        "params.lr": [n % 7 for n in range(60)], "params.noise": [n * 37 % 11 for n in range(60)],
        "params.kind": ["x" if n % 2 else "y" for n in range(60)],
        "metrics.acc": [(n % 7) / 7 + 0.001 * (n % 3) for n in range(60)],
    })  # fmt: skip
    table = influence_of(frame, Aim(metric="metrics.acc", goal="max"))
    assert "params.lr" == table.index[0]
    assert 0.98 < table.loc["params.lr", "correlation"] <= 1
    assert pd.isna(table.loc["params.kind", "correlation"])
    assert {60} == set(table["runs"])
    pytest.importorskip("sklearn")
    assert table.loc["params.lr", "importance"] > 10 * table.loc["params.noise", "importance"]


@pytest.mark.parametrize(
    ("expected", "call"),
    [
        ("two runs or more", lambda: sheetlog.compare("a0")),
        ("no run 'zz'", lambda: sheetlog.compare("a0", "zz")),
        ("'goal' must be", lambda: sheetlog.best("acc", goal="up")),
        ("no run is like that", lambda: sheetlog.best("acc", where="acc > 2")),
        ("no column 'accc'", lambda: sheetlog.best("accc")),
        ("give goal=", lambda: sheetlog.best("epochs")),
    ],
)
def test_misuse_is_told(sheet: Path, expected: str, call: object) -> None:
    """What is wrong and what to do."""
    from sheetlog.errors import WhereError

    with pytest.raises((MisuseError, WhereError), match=expected):
        call()  # type: ignore[operator]


def test_a_sheet_without_runs(place: Path) -> None:
    """There is nothing to be the best of."""
    with pytest.raises(MisuseError, match="has no runs yet"):
        sheetlog.best()


def test_what_counts_as_a_number() -> None:
    """Finite numbers; no infinity, no text, no truth value, nothing missing."""
    from sheetlog.reports.findings import numbers

    mixed = pd.Series([1, 2.5, float("inf"), "3", True, None], dtype=object)
    assert [1.0, 2.5] == list(numbers(mixed).dropna())
    assert [1.0] == list(numbers(pd.Series([1.0, float("-inf"), float("nan")])).dropna())
