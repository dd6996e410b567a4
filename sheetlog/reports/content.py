"""What a report says, before anything is drawn: `Content`, made from runs and what is wanted.

Pure: takes a DataFrame and gives numbers and texts; opens no file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sheetlog import dress
from sheetlog.errors import MisuseError
from sheetlog.record import Series, path, section
from sheetlog.reports import findings
from sheetlog.reports.findings import Aim, told_apart
from sheetlog.reports.wanted import Wanted
from sheetlog.reports.words import Say, words
from sheetlog.template import Template, title_of

if TYPE_CHECKING:
    import pandas as pd

UNWANTED = ("run.revision", "run.more", "run.types")
"""Columns that are the sheet's own business."""
_FIRST = ("run.name", "run.status")
_LATER = ("run", "data", "artifacts", "curves", "notebook", "git", "hardware", "env")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that a report says."""

    frame: pd.DataFrame
    """The runs, a sheet's order."""
    wanted: Wanted
    template: Template
    titles: Mapping[str, str]
    source: str
    """Where the runs are from, as a reader of the report may see it."""
    where: str | None
    when: datetime
    aim: Aim | None
    """None: nothing to judge by."""
    by: tuple[str, ...]
    """What the runs of a group share."""
    curves: Mapping[str, Mapping[int, Series]] = field(default_factory=dict)
    """By column and by the run's place: the curves that are known point by point."""
    links: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """URLs of cells, by column and by the run's place."""

    @property
    def say(self) -> Say:
        """Gives phrases in the report's language."""
        return words(self.wanted.language)

    @property
    def title(self) -> str:
        """What stands on top."""
        return self.wanted.title or self.say("title")

    def name(self, column: str) -> str:
        """Return what a column is called in the report: what the sheet calls it."""
        return self.titles.get(column) or title_of(column)

    @property
    def metric(self) -> str:
        """What the metric that decides is called; blank: there is none."""
        return self.name(self.aim.metric) if self.aim is not None else ""

    def code(self, column: str) -> str:
        """Return a column's number format, as a sheet shows it."""
        if self.aim is not None and column == self.aim.metric and self._lasts(column):
            return "#,##0.0"  # judged in seconds
        held: Any = self.frame[column].dropna() if column in self.frame.columns else ()
        sample: Any = next((value for value in held if not isinstance(value, str)), None)
        sample = sample.item() if hasattr(sample, "item") else sample
        if hasattr(sample, "to_pydatetime"):
            sample = sample.to_pydatetime()
        elif hasattr(sample, "to_pytimedelta"):
            sample = sample.to_pytimedelta()
        described = findings.column_of(column, self.template)
        return dress.dress_column(described, column, "", sample=sample).number_format

    def _lasts(self, column: str) -> bool:
        return bool(self.frame[column].dtype.kind == "m")

    def ordered(self) -> tuple[list[str], int]:
        """Return all columns, those that tell runs apart first, and how many those are."""
        names = [str(name) for name in self.frame.columns if name not in UNWANTED]
        filled = [name for name in names if self.frame[name].notna().any()]
        vary = set(findings.varying(self.frame)) if len(self.frame) > 1 else set(names)
        people = [name for name in names if "." not in name or section(name) not in _SECTIONS]
        telling = [name for name in _FIRST if name in filled]
        telling += [name for name in filled if section(name) == "metrics"]
        telling += [name for name in people if name in filled]
        telling += [name for name in filled if section(name) == "params" and name in vary]
        later = [name for part in ("params", *_LATER) for name in names if section(name) == part]
        rest = [name for name in dict.fromkeys(later) if name not in telling and name in filled]
        blank = [name for name in people if name not in filled]  # yours to fill, so they stay
        return telling + rest + blank, len(telling)


_SECTIONS = frozenset(("metrics", "params", *_LATER))


def made(
    frame: pd.DataFrame,
    wanted: Wanted,
    template: Template,
    *,
    titles: Mapping[str, str],
    source: str,
    where: str | None,
    when: datetime,
    **more: Any,
) -> Content:
    """Return the content of a report.

    Raises:
        MisuseError: what is wanted names a metric or a goal that cannot be.
    """
    try:
        judged: Aim | None = findings.aim(frame, template, wanted.metric, wanted.goal)
    except MisuseError:
        if wanted.metric is not None or wanted.goal is not None:
            raise
        judged = None
    by = wanted.group or tuple(findings.configuration(frame))
    return Content(
        frame=frame, wanted=wanted, template=template, titles=titles, source=source,
        where=where, when=when, aim=judged, by=by, **more,
    )  # fmt: skip


def label(content: Content, row: pd.Series[Any], by: Sequence[str]) -> str:
    """Return what tells a group apart, in a line: `SVC, C 10, gamma 0.02`."""
    parts = []
    for name in by:
        value = row[name]
        if told_apart(value) == "":
            continue
        words_only = isinstance(value, str)
        parts.append(plain(value) if words_only else f"{path(name) or name} {plain(value)}")
    return ", ".join(parts) or content.say("not_set")


def plain(value: Any) -> str:
    """Return a value as a person reads it; a missing one is blank."""
    if told_apart(value) == "":
        return ""
    if hasattr(value, "strftime"):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e5 and value == int(value) else f"{value:.4g}"
    return str(value)


def shown(value: float, code: str) -> str:
    """Return a number as its format shows it, near enough for a sentence."""
    if told_apart(value) == "":
        return ""
    if code.endswith("%"):
        return f"{100 * value:.{len(code.partition('.')[2]) - 1 if '.' in code else 0}f} %"
    if code.endswith('"%"'):
        return f"{value:.1f} %"
    whole, point, digits = code.partition(".")
    if point and whole.strip("#,0") == "" and digits.strip("0") == "":
        return f"{value:,.{len(digits)}f}"
    return f"{value:.4g}"
