"""What runs show: the best of them, groups over seeds, what differs. Pure: DataFrame → DataFrame.

Takes runs as `runs()` gives them; reads no sheet and writes no file. Only finite numbers count; a
text among them, a blank and a NaN don't, and every mean says how many there were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheetlog import dress
from sheetlog.changes import is_seed
from sheetlog.errors import MisuseError
from sheetlog.template import Column, Template

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """By which metric runs are judged, and which of its numbers are the better ones."""

    metric: str
    goal: str
    """`min` or `max`."""

    @property
    def rising(self) -> bool:
        """Whether the greater number is the better one."""
        return self.goal == "max"


def numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column as floats; what is no finite number is missing."""
    import numpy as np
    import pandas as pd

    if pd.api.types.is_timedelta64_dtype(column.dtype):
        column = column.dt.total_seconds()
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return pd.Series(np.nan, index=column.index, dtype="float64")
    if column.dtype == object:
        column = column.map(lambda v: None if isinstance(v, str | bool) else v)
    found = pd.to_numeric(column, errors="coerce").astype("float64")
    return found.where(np.isfinite(found))


def is_numeric(column: pd.Series[Any]) -> bool:
    """Return whether all that a column holds are numbers, and it holds some."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(column.dtype):
        return False
    held = column.dropna()
    if column.dtype == object and any(isinstance(value, str | bool) for value in held):
        return False
    return len(held) > 0 and bool(numbers(column).notna().any())


def aim(
    frame: pd.DataFrame, template: Template, metric: str | None = None, goal: str | None = None
) -> Aim:
    """Return by which metric runs are judged.

    Args:
        metric: its column; None: the template's, else the first metric with a known goal.
        goal: `min` or `max`; None: the template's, else by the metric's name.

    Raises:
        MisuseError: there is no metric to judge by, or nobody knows which end is the better one.
    """
    if goal not in (None, "min", "max"):
        raise MisuseError(f"'goal' must be 'min' or 'max', and it is {goal!r}")
    best = template.best_by
    if metric is None and best is not None and best.metric in frame.columns:
        return Aim(metric=best.metric, goal=goal or best.goal)
    names = [str(name) for name in frame.columns if str(name).startswith("metrics.")]
    known = {name: goal_of(name, template) for name in names if is_numeric(frame[name])}
    if metric is None:
        judged = [name for name in known if known[name] or goal]
        # What a model reaches on what it was trained on says least about it.
        judged.sort(key=lambda name: "train" in name.lower())
        if not judged:
            listed = ", ".join(f"'{name}'" for name in list(known)[:8]) or "none"
            raise MisuseError(
                f"cannot tell by which metric to judge: name one with its goal, 'min' or 'max' "
                f"(there are {listed})"
            )
        metric = judged[0]
    found = goal or known.get(metric) or goal_of(metric, template)
    if best is not None and best.metric == metric:
        found = goal or best.goal
    if found is None:
        raise MisuseError(
            f"cannot tell whether '{metric}' shall be great or small: give goal='min' or 'max', "
            "or a 'goal' in the template"
        )
    return Aim(metric=metric, goal=found)


def goal_of(name: str, template: Template) -> str | None:
    """Return a column's goal by the template, else by its name."""
    column = column_of(name, template)
    return dress.dress_column(column, name, "").goal


def column_of(name: str, template: Template) -> Column:
    """Return what a template says of a column; of one that it doesn't name, nothing."""
    for column in template.columns:
        if name in (column.key, column.title) or name in column.aliases:
            return column
    return Column(key=name if "." in name else None, title=None)


def ranked(frame: pd.DataFrame, judged: Aim) -> pd.DataFrame:
    """Return the runs that have the metric, the best first; of equal ones the earlier first."""
    # By place: a run whose row somebody copied stands there twice under one id.
    values = numbers(frame[judged.metric]).reset_index(drop=True).dropna()
    order = values.sort_values(ascending=not judged.rising, kind="stable")
    return frame.iloc[list(order.index)]


def over_time(frame: pd.DataFrame, judged: Aim) -> pd.DataFrame:
    """Return when each run started, what it reached, and the best until then."""
    import pandas as pd

    values = numbers(frame[judged.metric])
    started = frame["run.started"] if "run.started" in frame.columns else None
    times = started.to_numpy() if started is not None else range(len(frame))
    found = pd.DataFrame({"started": times, "value": values.to_numpy()}, index=frame.index)
    found = found.dropna().sort_values("started", kind="stable")
    best = found["value"].cummax() if judged.rising else found["value"].cummin()
    return found.assign(best=best)


def varying(frame: pd.DataFrame, section: str = "params") -> list[str]:
    """Return the columns of a section that aren't the same in all runs."""
    names = [str(name) for name in frame.columns if str(name).startswith(f"{section}.")]
    return [name for name in names if len({told_apart(value) for value in frame[name]}) > 1]


def configuration(frame: pd.DataFrame) -> list[str]:
    """Return the params that tell configurations apart: those that vary, seeds left out."""
    return [name for name in varying(frame) if not is_seed(name)]


def groups(frame: pd.DataFrame, judged: Aim, by: Sequence[str]) -> pd.DataFrame:
    """Return a row for each group of runs, the best mean first.

    Args:
        by: the columns that runs of a group have in common; none: all runs are one group.

    Returns:
        Columns: those of `by`, then `mean`, `sd` (of the sample, n - 1; missing for one run), `n`,
        `best`, and `best run`, its id.
    """
    import pandas as pd

    values = numbers(frame[judged.metric])
    plain = pd.DataFrame({name: frame[name].map(told_apart).to_numpy() for name in by})
    plain = plain.assign(value=values.to_numpy(), row=range(len(frame))).dropna(subset=["value"])
    # Numbered by hand: a group over no column at all is one that pandas doesn't have.
    number = plain.groupby(list(by), sort=False, dropna=False).ngroup() if by else 0
    grouped = plain.assign(group=number).groupby("group", sort=False)
    held = grouped["value"]
    top = plain.loc[held.idxmax() if judged.rising else held.idxmin(), "row"].to_numpy()
    first = grouped["row"].first().to_numpy()
    found = {name: frame[name].iloc[first].to_numpy() for name in by}
    found |= {"mean": held.mean().to_numpy(), "sd": held.std(ddof=1).to_numpy()}
    found |= {"n": held.count().to_numpy(), "best": values.iloc[top].to_numpy()}
    table = pd.DataFrame({**found, "best run": frame.index[top]})
    table = table.sort_values("mean", ascending=not judged.rising, kind="stable")
    table.index = pd.RangeIndex(1, len(table) + 1, name="rank")
    return table


def differently(frame: pd.DataFrame, best: Any) -> pd.DataFrame:
    """Return what the best run did differently: its params beside what the others mostly had.

    Args:
        best: its place among the runs.

    Returns:
        By param: `best`, `usual` (of the others: the commonest value, or where all numbers are
        different the median), `same` (how many of the
        others had the best one's value), `n` (the others that have the param at all).
    """
    import pandas as pd

    rows = {}
    others = frame.iloc[[at for at in range(len(frame)) if at != best]]
    for name in configuration(frame):
        value = frame[name].iloc[best]
        # A setting of one kind of model is compared with the runs that have it, too.
        held = others[name] if told_apart(value) == "" else others[name].dropna()
        usual = _usual(held)
        if len(held) and told_apart(usual) != told_apart(value):
            same = int((held.map(told_apart) == told_apart(value)).sum())
            rows[name] = {"best": value, "usual": usual, "same": same, "n": len(held)}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["best", "usual", "same", "n"])
    return table.sort_values("same", kind="stable")


def _usual(column: pd.Series[Any]) -> Any:
    words = column.map(told_apart)
    counts = words.value_counts(dropna=False)
    if counts.empty:
        return None
    if is_numeric(column) and counts.iloc[0] <= len(column) / 10:
        return float(numbers(column).median())
    return column[(words == counts.index[0]).to_numpy()].iloc[0]


def told_apart(value: Any) -> str:
    """Return what tells values apart, missing ones included: 1, 1.0 and True stay three."""
    import pandas as pd

    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124
        return ""
    return f"{value:.12g}" if isinstance(value, float) else str(value)
