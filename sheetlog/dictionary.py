"""The Dictionary tab: what each column of the runs means, its unit, kind and owner, since when.

Pure: from the columns that a sheet has to cells with texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sheetlog import colours, dress
from sheetlog.cells import Cell
from sheetlog.plan import Plan
from sheetlog.tabs import DICTIONARY, Shown, Tab, TabCell, TabStyle
from sheetlog.template import Column

_TITLES = ("Column", "Meaning", "Unit", "Type", "Filled by", "First seen", "Key")
_WIDTHS = (30, 72, 10, 18, 14, 17, 34)
_KINDS = {
    "text": "Text",
    "long": "Text",
    "integer": "Number",
    "number": "Number",
    "percent": "Number",
    "scientific": "Number",
    "pattern": "Number",
    "datetime": "Date and time",
    "date": "Date",
    "duration": "Duration",
    "checkbox": "Checkbox",
    "link": "Link",
    "curve": "Curve",
    "image": "Picture",
    "choice": "Choice",
    "general": "Text or number",
}
"""What a person calls what a column holds, by `Shown.kind`."""
_CELL = TabStyle(ink="1E293B", align="left", wrap=True)
_KEY = TabStyle(ink="64748B", align="left")


def dictionary(shown: Mapping[str, Shown], *, say: Callable[[str], str]) -> Tab:
    """Return the tab: a row for each column.

    Args:
        shown: the columns that the sheet has, by key, in their order.
        say: gives each text in the sheet's language.
    """
    style = colours.header("Run")
    heading = TabStyle(fill=style.fill, ink=style.ink, bold=True, align="left")
    cells = [
        TabCell(row=0, column=column, value=say(title), style=heading)
        for column, title in enumerate(_TITLES)
    ]
    for row, (key, each) in enumerate(shown.items(), 1):
        texts = (
            each.title,
            each.meaning,
            each.unit,
            say(_KINDS.get(each.kind, "Text or number")),
            say("People") if each.people else "sheetlog",
            each.first_seen,
            key,
        )
        cells += [
            TabCell(row=row, column=column, value=text, style=_KEY if text is key else _CELL)
            for column, text in enumerate(texts)
            if text
        ]
    return Tab(
        name=DICTIONARY,
        title=say("Dictionary"),
        cells=tuple(cells),
        widths=_WIDTHS,
        freeze_rows=1,
        colour=colours.TAB,
    )


def _kind(kind: str, sample: Cell) -> str:
    """Return what a column holds; where only its first value tells, by that one."""
    if kind != "general" or isinstance(sample, bool):
        return kind
    number = isinstance(sample, int | float)
    return "number" if number else "text" if isinstance(sample, str) else kind


def shown(
    column: Column,
    key: str,
    title: str,
    *,
    sample: Cell = None,
    number_format: str | None = None,
    first_seen: str = "",
) -> Shown:
    """Return a column as the tabs beside the runs speak of it.

    Args:
        column: of the template; a wildcard's for what it brought in.
        key: its own, or the mark of people's columns and formulas.
        title: what its header cell shows.
        sample: its first value, where that is known.
        number_format: that of its cells, where that is known.
        first_seen: the day of the first run that has it.
    """
    look = dress.dress_column(column, key, title, sample=sample)
    return Shown(
        title=title,
        number_format=number_format or look.number_format,
        goal=look.goal,
        meaning=None if column.note is None else column.shown(column.note),
        unit=column.unit,
        kind="choice" if look.choices else _kind(look.kind, sample),
        people=column.owner == "people",
        first_seen=first_seen,
    )


def shown_by(plan: Plan) -> dict[str, Shown]:
    """Return the columns that a plan makes, by key, in their order."""
    first: dict[str, Cell] = {}
    days: dict[str, str] = {}
    for row in plan.rows:
        started = row.cells.get("run.started")
        day = f"{started:%Y-%m-%d}" if isinstance(started, datetime) else ""
        for key, value in row.cells.items():
            if value not in (None, ""):
                first.setdefault(key, value)
                days[key] = min(day or "~", days.get(key, "~"))
    added = {each.key: each for each in plan.added}
    return {
        column.key: shown(
            added[column.key].column,
            column.key,
            column.title,
            sample=first.get(column.key),
            first_seen=days.get(column.key, "~").strip("~"),
        )
        for column in plan.columns()
        if column.key is not None
    }
