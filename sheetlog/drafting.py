"""`new_template()`: a template written from the columns of a sheet that is there.

Knows settings, templates and the base of sinks; `draft` makes the text of what it looks like.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from sheetlog import api, catalog, draft, settings
from sheetlog import template as templates
from sheetlog.errors import MisuseError
from sheetlog.sinks.base import Dressable


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A template that was written."""

    path: str
    columns: int
    """How many columns it names, wildcards included."""
    left: tuple[str, ...]
    """What could not be taken over, a sentence each."""


def new_template(
    path: str | os.PathLike[str],
    *,
    sheet: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
) -> Drafted:
    """Write a template that makes the columns of a sheet again, people's included.

    Titles, order, widths, number formats, notes, choices, hidden and frozen columns are the
    sheet's. Goals, aliases and wildcards are those of the template in force.

    Args:
        path: of the file, which ends in `.yaml`.
        sheet: a workbook's path, a Google Sheets URL or `google:TITLE`; None: the settings' one.
        overwrite: whether a file that is there is written anew.

    Raises:
        MisuseError: the path is none of a template, taken, or cannot be written; the sheet has no
            columns yet.
        SheetError: the sheet cannot be read.
        TemplateError: the template in force has mistakes.
    """
    target = os.path.abspath(os.fspath(path))
    if not target.endswith(catalog.ENDINGS):
        raise MisuseError(f"'{path}' must end in .yaml: a template is a YAML file")
    if os.path.lexists(target) and not overwrite:
        raise MisuseError(
            f"there is a '{target}' already; name another file, or write it anew (--overwrite)"
        )
    chosen = settings.current({"sheet": sheet})
    sink = api.sink_of(chosen.sheet, chosen)
    if not isinstance(sink, Dressable):
        raise MisuseError(f"'{chosen.sheet}' is a sheet whose looks cannot be read")
    looks = sink.looks(any_tab=True)
    if not looks.columns:
        raise MisuseError(f"'{chosen.sheet}' has no columns yet; log a run first")
    made = draft.Draft(looks, catalog.load(chosen.template, chosen.language))
    name = os.path.splitext(os.path.basename(target))[0]
    text = made.text(f"As in '{looks.title}'")
    found = templates.parse(text, f"{name}.yaml")
    try:
        with open(target, "w", encoding="utf-8") as file:
            file.write(f"# Made from the sheet {chosen.sheet}.\n{text}")
    except OSError as error:
        reason = error.strerror or str(error)
        raise MisuseError(
            f"'{target}' cannot be written: {reason}; name a file that you may write"
        ) from error
    return Drafted(path=target, columns=len(found.columns), left=tuple(made.left))
