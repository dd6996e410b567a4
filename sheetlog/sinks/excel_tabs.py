"""Overview and Dictionary of a workbook that is being made.

Knows what the flow wants and what `xlsx` can do; makes no decision about either.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sheetlog import dictionary, overview
from sheetlog.sinks.excel_write import samples
from sheetlog.tabs import Shown
from sheetlog.xlsx import beside
from sheetlog.xlsx.workbook import Workbook

if TYPE_CHECKING:
    from sheetlog.plan import Plan
    from sheetlog.template import Template
    from sheetlog.xlsx.package import Package


def put(package: Package, plan: Plan, template: Template) -> None:
    """Put the tabs that a template wants beside the only tab, which was made for a plan."""
    runs = Workbook(package).sheets[0]
    shown = _shown(plan)
    places = {key: place for place, key in enumerate(shown)}
    say = template.words.text
    for tab in (
        overview.overview(template, shown, say=say),
        dictionary.dictionary(shown, say=say),
    ):
        beside.put(package, tab, runs=runs, header=1, places=places)


def _shown(plan: Plan) -> Mapping[str, Shown]:
    """Return the columns that a plan makes, in their order."""
    first = samples(plan)
    days: dict[str, str] = {}
    for row in plan.rows:
        started = row.cells.get("run.started")
        day = f"{started:%Y-%m-%d}" if isinstance(started, datetime) else ""
        for key, value in row.cells.items():
            if day and value is not None:
                days[key] = min(day, days.get(key, day))
    added = {each.key: each for each in plan.added}
    return {
        column.key: dictionary.shown(
            added[column.key].column,
            column.key,
            column.title,
            sample=first.get(column.key),
            first_seen=days.get(column.key, ""),
        )
        for column in plan.columns()
        if column.key is not None
    }
