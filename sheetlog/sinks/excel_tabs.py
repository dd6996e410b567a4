"""Overview and Dictionary of a workbook that is being made.

Knows what the flow wants and what `xlsx` can do; makes no decision about either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetlog import dictionary, overview
from sheetlog.xlsx import beside
from sheetlog.xlsx.workbook import Workbook

if TYPE_CHECKING:
    from sheetlog.plan import Plan
    from sheetlog.template import Template
    from sheetlog.xlsx.package import Package


def put(package: Package, plan: Plan, template: Template) -> None:
    """Put the tabs that a template wants beside the only tab, which was made for a plan."""
    runs = Workbook(package).sheets[0]
    shown = dictionary.shown_by(plan)
    places = {key: place for place, key in enumerate(shown)}
    say = template.words.text
    for tab in (
        overview.overview(template, shown, say=say),
        dictionary.dictionary(shown, say=say),
    ):
        beside.put(package, tab, runs=runs, header=1, places=places)
