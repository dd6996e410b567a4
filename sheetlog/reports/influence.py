"""Which parameters went along with a metric: rank correlation, and a forest's importance. A hint.

Pure: DataFrame → DataFrame. Runs that people chose by hand are no experiment: what is found here
says where to look, not what causes what, so every number comes with its n.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheetlog.reports.findings import Aim, configuration, is_numeric, numbers

if TYPE_CHECKING:
    import pandas as pd

FEWEST, FEWEST_FOR_FOREST = 5, 20
"""Runs; of fewer nothing is said."""
_REPEATS, _TREES, _FOLDS = 5, 60, 3
_MOST_FOR_FOREST = 1_000
"""Runs that a forest sees, evenly taken from all: more cost minutes and change little."""


def influence_of(frame: pd.DataFrame, judged: Aim) -> pd.DataFrame:
    """Return how much each parameter went along with the metric, the strongest first.

    Returns:
        By param: `correlation` (Spearman's, of ranks; missing for words), `n` (the runs that it
        is of), `importance` (how much of R² on held-out runs a forest loses when the param is
        shuffled; missing without scikit-learn, with fewer than 20 runs, or where the forest
        explains nothing), `runs` (those that the forest saw).
    """
    import pandas as pd

    target = numbers(frame[judged.metric])
    kept = frame[target.notna().to_numpy()]
    target = target.dropna()
    rows = {}
    for name in configuration(kept):
        value, n = _correlation(kept[name], target)
        rows[name] = {"correlation": value, "n": n}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["correlation", "n"])
    step = -(-len(kept) // _MOST_FOR_FOREST) or 1
    shares = _importance(kept.iloc[::step], target.iloc[::step], list(rows))
    table["importance"] = pd.Series(shares, index=table.index, dtype="float64")
    table["runs"] = len(kept.iloc[::step])
    strength = table["importance"].fillna(-1.0), table["correlation"].abs().fillna(0.0)
    order = pd.DataFrame({"a": strength[0], "b": strength[1]}).sort_values(
        ["a", "b"], ascending=False, kind="stable"
    )
    return table.loc[order.index].astype({"n": int, "correlation": float})


def _correlation(column: pd.Series[Any], target: pd.Series[Any]) -> tuple[float, int]:
    """Return Spearman's rank correlation and its n; NaN where it has no meaning."""
    if not is_numeric(column):
        return float("nan"), int(column.notna().sum())
    values = numbers(column)
    both = values.notna().to_numpy()
    one, other = values[both].rank(), target[both].rank()
    if both.sum() < FEWEST or one.nunique() < 2 or other.nunique() < 2:
        return float("nan"), int(both.sum())
    return float(one.corr(other)), int(both.sum())


def _importance(frame: pd.DataFrame, target: pd.Series[Any], names: list[str]) -> dict[str, float]:
    """Return permutation importances on runs that the forest has not seen; {} where none."""
    if len(frame) < FEWEST_FOR_FOREST or not names:
        return {}
    try:
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.inspection import permutation_importance
        from sklearn.model_selection import KFold
    except ImportError:
        return {}
    import numpy as np

    inputs = np.column_stack([_codes(frame[name]) for name in names])
    wanted = target.to_numpy()
    lost, scores = np.zeros(len(names)), []
    for train, test in KFold(_FOLDS, shuffle=True, random_state=0).split(inputs):
        forest = RandomForestRegressor(_TREES, random_state=0, min_samples_leaf=2)
        forest.fit(inputs[train], wanted[train])
        scores.append(forest.score(inputs[test], wanted[test]))
        found = permutation_importance(
            forest, inputs[test], wanted[test], n_repeats=_REPEATS, random_state=0
        )
        lost += found.importances_mean / _FOLDS
    if float(np.mean(scores)) <= 0.1:
        return {}
    return {name: max(0.0, float(value)) for name, value in zip(names, lost, strict=True)}


def _codes(column: pd.Series[Any]) -> Any:
    """Return a column as numbers that a tree can split; missing ones stand below all others."""
    if is_numeric(column):
        values = numbers(column)
        return values.fillna(values.min() - 1.0).to_numpy()
    words = column.astype("string").fillna("")
    return words.rank(method="dense").to_numpy()
