"""What a user wants in a report: a report template's YAML → `Wanted`, or every mistake at once.

Pure: is given text; knows no file and no run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from sheetlog import mistakes, yaml12
from sheetlog.errors import TemplateError
from sheetlog.mistakes import Mistakes
from sheetlog.reports.words import LANGUAGES
from sheetlog.yaml12 import Node

PAGES = ("summary", "leaderboard", "compare", "charts", "runs", "dictionary")
PAPERS = ("a4", "letter")
MOST_BESIDE, MOST_CHARTS = 12, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a report shall hold."""

    title: str | None = None
    """None: the language's own."""
    question: str | None = None
    """What the runs were to answer."""
    metric: str | None = None
    """By which runs are judged; None: as `best()` finds it."""
    goal: str | None = None
    """`min` or `max`; None: as `best()` finds it."""
    group: tuple[str, ...] = ()
    """What the runs of a group share; none: their configuration."""
    pages: tuple[str, ...] = PAGES
    top: int = 5
    """So many runs stand side by side."""
    charts: int = 12
    """So many settings get a chart."""
    language: str = "en"
    paper: str = "a4"


def read(text: str, source: str) -> Wanted:
    """Return what a report template says.

    Raises:
        TemplateError: with every mistake, each with its file, line, column and path.
    """

    def error(message: str) -> TemplateError:
        return TemplateError(source, (message,))

    found = Mistakes(source)
    root = yaml12.compose(text, source, error=error)
    said = mistakes.fields(found, root, "", _FIELDS)
    if wrong := found.sentences():
        raise TemplateError(source, wrong)
    return Wanted(**said)


def _names(found: Mistakes, node: Node, path: str) -> tuple[Any, ...] | None:
    return mistakes.listed(found, node, path, partial(mistakes.text, longest=200))


def _pages(found: Mistakes, node: Node, path: str) -> tuple[Any, ...] | None:
    return mistakes.listed(found, node, path, partial(mistakes.one_of, allowed=PAGES))


_FIELDS: dict[str, mistakes.Reader] = {
    "title": partial(mistakes.text, longest=120),
    "question": partial(mistakes.text, longest=300),
    "metric": partial(mistakes.text, longest=200),
    "goal": partial(mistakes.one_of, allowed=("min", "max")),
    "group": _names,
    "pages": _pages,
    "top": partial(mistakes.integer, low=2, high=MOST_BESIDE),
    "charts": partial(mistakes.integer, low=0, high=MOST_CHARTS),
    "language": partial(mistakes.one_of, allowed=LANGUAGES),
    "paper": partial(mistakes.one_of, allowed=PAPERS),
}
