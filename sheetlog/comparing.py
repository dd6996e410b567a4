"""Runs beside one another: `compare`, `best`, `leaderboard`, `influence`, from a sheet.

Reads the sheet and hands its runs to `reports.findings`, which knows what they show.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sheetlog import catalog, reading, telling
from sheetlog import where as language
from sheetlog.errors import MisuseError
from sheetlog.mistakes import nearest
from sheetlog.reports import findings
from sheetlog.template import Template

if TYPE_CHECKING:
    import pandas as pd

    from sheetlog.reports.comparison import Comparison

Sheet = str | os.PathLike[str] | None


def compare(*runs: str, sheet: Sheet = None, changed_only: bool = True) -> Comparison:
    """Return runs side by side: a row for each value, a column for each run.

    Args:
        runs: two at least, each by its id, the beginning of its id, or its name (the newest of
            that name). Numbers are compared with those of the first.
        sheet: a workbook's path, a Google Sheets URL or `google:TITLE`; None: the settings' one.
        changed_only: leave out what is the same in all of them.

    Returns:
        A DataFrame; rows by section (`params`, `metrics`) and path, a column for each run, and
        for each but the first its difference from the first, `Δ NAME`. A notebook shows it with
        what differs marked.

    Raises:
        MisuseError: fewer than two runs, or one that the sheet doesn't have.
        SheetError: the sheet cannot be read.
    """
    from sheetlog.reports.comparison import side_by_side

    if len(runs) < 2:
        raise MisuseError("'compare' takes two runs or more: their ids or names")
    frame = loaded(sheet).frame
    return side_by_side(frame.iloc[[place(frame, run) for run in runs]], changed_only=changed_only)


def best(
    metric: str | None = None,
    *,
    goal: str | None = None,
    sheet: Sheet = None,
    where: str | None = None,
) -> pd.Series[Any]:
    """Return the best run: all that `runs()` has of it. Its name is the run's id.

    Args:
        metric: the column that decides, short names allowed; None: the template's `best_by`, else
            the first metric whose name tells its goal.
        goal: `min` or `max`; None: the template's, else by the metric's name.
        sheet: a workbook's path, a Google Sheets URL or `google:TITLE`; None: the settings' one.
        where: which runs take part.

    Raises:
        MisuseError: no run has the metric, or its goal is unknown.
        WhereError: `where` or `metric` cannot be understood.
        SheetError: the sheet cannot be read.
    """
    read = loaded(sheet, where)
    judged = aim(read, metric, goal)
    order = findings.ranked(read.frame, judged)
    if order.empty:
        raise MisuseError(f"no run has a number in '{judged.metric}'")
    return order.iloc[0]


def leaderboard(
    metric: str | None = None,
    *,
    group: str | Sequence[str] | None = None,
    goal: str | None = None,
    sheet: Sheet = None,
    where: str | None = None,
) -> pd.DataFrame:
    """Return groups of runs, the best mean first.

    Args:
        metric: as in `best`.
        group: the column or columns that the runs of a group have in common; None: all params
            that vary but seeds, so that a group is one configuration over its seeds.
        goal: as in `best`.
        sheet: as in `best`.
        where: as in `best`.

    Returns:
        By rank: the group's columns, `mean`, `sd` (of the sample; missing for one run), `n` (the
        runs with a finite number), `best`, and `best run`, its id.

    Raises:
        MisuseError: no run has the metric, or its goal is unknown.
        WhereError: `where`, `metric` or `group` cannot be understood.
        SheetError: the sheet cannot be read.
    """
    read = loaded(sheet, where)
    judged = aim(read, metric, goal)
    asked = [group] if isinstance(group, str) else list(group or ())
    names = [str(name) for name in read.frame.columns]
    by = [language.resolve(name, names) for name in asked] or findings.configuration(read.frame)
    return findings.groups(read.frame, judged, by)


def influence(
    metric: str | None = None,
    *,
    goal: str | None = None,
    sheet: Sheet = None,
    where: str | None = None,
) -> pd.DataFrame:
    """Return how much each parameter went along with the metric: a hint where to look.

    Args:
        metric: as in `best`.
        goal: as in `best`.
        sheet: as in `best`.
        where: as in `best`.

    Returns:
        By param: `correlation` (Spearman's), `n`, and where scikit-learn is installed
        `importance` (a forest's loss of R² on held-out runs) and `runs`, of which it is.

    Raises:
        MisuseError: no run has the metric, or its goal is unknown.
        WhereError: `where` or `metric` cannot be understood.
        SheetError: the sheet cannot be read.
    """
    from sheetlog.reports.influence import influence_of

    read = loaded(sheet, where)
    return influence_of(read.frame, aim(read, metric, goal))


def aim(read: reading.Loaded, metric: str | None, goal: str | None) -> findings.Aim:
    """Return by which metric the runs are judged; short names allowed."""
    frame = read.frame
    if metric is not None:
        metric = language.resolve(metric, [str(name) for name in frame.columns])
    return findings.aim(frame, template_of(read), metric, goal)


def template_of(read: reading.Loaded) -> Template:
    """Return the template in force."""
    return catalog.load(read.template)


def place(frame: pd.DataFrame, run: str) -> int:
    """Return where a run stands, given its id, the beginning of it, or its name.

    Raises:
        MisuseError: there is no such run, or several ids begin so.
    """
    ids = [str(each) for each in frame.index]
    if run in ids:
        return ids.index(run)
    names = [str(name) for name in frame["run.name"]] if "run.name" in frame.columns else []
    if run in names:
        return len(names) - 1 - names[::-1].index(run)
    begins = [at for at, each in enumerate(ids) if each.startswith(run)] if run else []
    if len(begins) == 1:
        return begins[0]
    if begins:
        listed = ", ".join(ids[at] for at in begins[:5])
        raise MisuseError(f"{len(begins)} runs begin with '{run}': {listed}; give more of the id")
    raise MisuseError(
        f"the sheet has no run '{run}';{nearest(run, names)} give its id or its name"
    )


def loaded(sheet: Sheet, where: str | None = None) -> reading.Loaded:
    """Return a sheet's runs, one at least; what was left out is told once."""
    found = reading.load(sheet, where=where)
    if found.skipped:
        telling.warn(found.skipped)
    if found.frame.empty:
        what = "no run is like that" if where is not None else f"'{found.sheet}' has no runs yet"
        raise MisuseError(what)
    return found
