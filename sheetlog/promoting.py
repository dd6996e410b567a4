"""The run that people gave a stage to: the sheet as the registry of models. `promoted()`.

Reads the sheet; writes nothing. Who may set a stage is who may write into the sheet.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sheetlog import comparing, naming, reading
from sheetlog.errors import MisuseError
from sheetlog.language import CODES
from sheetlog.mistakes import nearest
from sheetlog.record import section

if TYPE_CHECKING:
    import pandas as pd


def promoted(
    stage: str,
    *,
    column: str = "Stage",
    sheet: comparing.Sheet = None,
    where: str | None = None,
) -> pd.Series[Any]:
    """Return the run to which a person gave a stage; of several, the one that started last.

    Args:
        stage: `production`, say; in capitals or not, and in any language of a shipped template.
        column: title of the people's column in which it stands, as the template or the sheet has
            it.
        sheet: a workbook's path, a Google Sheets URL or `google:TITLE`; None: the settings' one.
        where: which runs take part.

    Returns:
        All that `runs()` has of it; its name is the run's id. Artifacts are where they are to be
        had: a path, or a URL.

    Raises:
        MisuseError: no run has the stage, or there is no such column.
        WhereError: `where` cannot be understood.
        SheetError: the sheet cannot be read.
    """
    if not isinstance(stage, str) or not stage.strip():
        raise MisuseError(f"'stage' must be a word such as 'production', and it is {stage!r}")
    read = comparing.loaded(sheet, where)
    name = _column(read, column)
    stages = [_plain(value) for value in read.frame[name]]
    at = [place for place, each in enumerate(stages) if each == _plain(stage)]
    if not at:
        shown = {_plain(word) for word in _translated(stage.strip())}
        at = [place for place, each in enumerate(stages) if each in shown]
    if not at:
        raise MisuseError(f"no run has the stage '{stage}' in '{name}'; {_there(read, name)}")
    return _with_paths(read, _newest(read.frame, at))


def _plain(word: Any) -> str:
    return word.strip().casefold() if isinstance(word, str) else ""


def _translated(stage: str) -> list[str]:
    """Return how a shipped template shows a stage in any language."""
    from sheetlog import languages

    return [languages.of(code).text(stage.casefold()) for code in CODES]


def _column(read: reading.Loaded, column: str) -> str:
    """Return what a people's column is called in code: by its mark, else by its title."""
    names = dict(zip(reading.names_of(read.table.columns), read.table.columns, strict=True))
    theirs = {name: each for name, each in names.items() if each.owner == "people"}
    for name, each in theirs.items():
        if each.key == f"people.{column}":
            return name
    for name in theirs:
        if name.casefold() == column.casefold():
            return name
    hint = nearest(column, list(theirs))
    raise MisuseError(
        f"the sheet has no column of people's called '{column}';{hint} name another with "
        "'column', or add one to the sheet and write the stage into a run's row"
    )


def _there(read: reading.Loaded, name: str) -> str:
    """Return which stages there are, and how many runs have each."""
    said = [str(value).strip() for value in read.frame[name] if _plain(value)]
    counted = {word: said.count(word) for word in dict.fromkeys(said)}
    listed = ", ".join(f"'{word}' ({count})" for word, count in list(counted.items())[:12])
    return f"there are: {listed}" if listed else "no run has any stage yet"


def _newest(frame: pd.DataFrame, at: list[int]) -> int:
    """Return the place of the run that started last; where none says when, of the last row."""
    if "run.started" not in frame.columns:
        return at[-1]
    started = frame["run.started"].iloc[at]
    latest = started.max()
    last = [place for place, time in zip(at, started, strict=True) if time == latest]
    return (last or at)[-1]


def _with_paths(read: reading.Loaded, place: int) -> pd.Series[Any]:
    """Return a run whose artifacts say where they are, and not what their links are called."""
    name = naming.parse(read.sheet)
    beside = os.path.dirname(os.path.realpath(name.target)) if name.kind == "excel" else ""
    found = read.frame.iloc[place].copy()
    for key, urls in reading.links_of(read).items():
        if section(key) == "artifacts" and place in urls:
            found[key] = _path(urls[place], beside)
    return found


def _path(url: str, beside: str) -> str:
    if not beside or ":" in url.partition("/")[0]:
        return url
    return os.path.normpath(os.path.join(beside, *unquote(url).split("/")))
