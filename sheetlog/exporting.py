"""`export`: runs of a sheet into a file to hand on: a report, or a table, by the suffix.

Reads the sheet and the journal's curves; what a report says and how it looks, `reports` knows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sheetlog import api, catalog, comparing, naming, reading
from sheetlog.errors import MisuseError, RefusedError, SheetlogError
from sheetlog.record import Series
from sheetlog.reports import content, findings, tables
from sheetlog.reports.wanted import Wanted, read

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".xlsx", *tables.FOR_PROGRAMS, *tables.FOR_PEOPLE)
_MOST_CURVES = 8


def export(
    path: str | os.PathLike[str],
    *,
    sheet: str | os.PathLike[str] | None = None,
    where: str | None = None,
    metric: str | None = None,
    goal: str | None = None,
    group: str | Sequence[str] | None = None,
    question: str | None = None,
    top: int | None = None,
    language: str | None = None,
    template: str | os.PathLike[str] | None = None,
    progress: Callable[[str], object] | None = None,
) -> Path:
    """Write a report, or a table of runs, and return where it is.

    Args:
        path: `.xlsx` gives a report with charts; `.csv` and `.parquet` give every column for
            programs; `.md`, `.html` and `.tex` a table for people: of runs, or with `group` of
            groups with mean, standard deviation and n. A file that is there is replaced.
        sheet: a workbook's path, a Google Sheets URL or `google:TITLE`; None: the settings' one.
        where: which runs, as in `runs()`.
        metric: by which runs are judged; None: as `best()` finds it.
        goal: `min` or `max`; None: as `best()` finds it.
        group: what runs of a group share; None: all settings but seeds.
        question: what the runs were to answer; stands below the report's title.
        top: so many runs are set side by side.
        language: `en`, `de` or `fr`.
        template: name or path of a report template; None: `default`.
        progress: is told each page before it is written.

    Raises:
        MisuseError: the suffix is none of these, or an argument cannot be.
        WhereError, TemplateError: `where`, a name or the report template is wrong.
        SheetError: the sheet cannot be read, or the file cannot be written.
    """
    from pathlib import Path

    target = Path(path)
    suffix = _suffix(target)
    given = {"metric": metric, "goal": goal, "question": question, "top": top}
    groups = (group,) if isinstance(group, str) else tuple(group or ())
    wanted = _wanted(template, {**given, "language": language, "group": groups or None})
    loaded = comparing.loaded(sheet, where)
    _refuse_the_sheet(target, loaded)
    wanted = _resolved(wanted, loaded)
    try:
        if suffix == ".xlsx":
            from sheetlog.reports import excel

            excel.write(target, _content(wanted, loaded, where, target), progress)
        else:
            _write(target, _table(wanted, loaded, where, suffix, grouped=bool(groups)))
    except OSError as error:
        raise _refused(target, error) from error
    return target


def _refused(target: Path, error: OSError) -> RefusedError:
    if not target.parent.is_dir():
        return RefusedError(
            f"'{target}' cannot be written: there is no folder '{target.parent}'; make it, or "
            "name another file"
        )
    reason = error.strerror or str(error)
    return RefusedError(f"'{target}' cannot be written: {reason}; close it, or name another file")


def _suffix(target: Path) -> str:
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise MisuseError(f"cannot tell what to write by '{target.name}': end it in {known}")
    return suffix


def _wanted(template: str | os.PathLike[str] | None, given: dict[str, Any]) -> Wanted:
    """Return what is wanted: by the template, and before it by the call."""
    from sheetlog.reports.wanted import MOST_BESIDE
    from sheetlog.reports.words import LANGUAGES

    top, language, goal = given["top"], given["language"], given["goal"]
    if top is not None and (type(top) is not int or not 2 <= top <= MOST_BESIDE):
        raise MisuseError(f"'top' must be a number from 2 to {MOST_BESIDE}, and it is {top!r}")
    if language is not None and language not in LANGUAGES:
        raise MisuseError(
            f"'language' must be one of {', '.join(LANGUAGES)}, and it is {language!r}"
        )
    if goal not in (None, "min", "max"):
        raise MisuseError(f"'goal' must be 'min' or 'max', and it is {goal!r}")
    text, source = catalog.report(os.fspath(template) if template is not None else "default")
    return replace(read(text, source), **{k: v for k, v in given.items() if v is not None})


def _resolved(wanted: Wanted, loaded: reading.Loaded) -> Wanted:
    """Return the same with short names resolved."""
    from sheetlog import where as language

    names = [str(name) for name in loaded.frame.columns]
    metric = language.resolve(wanted.metric, names) if wanted.metric is not None else None
    group = tuple(language.resolve(name, names) for name in wanted.group)
    return replace(wanted, metric=metric, group=group)


def _refuse_the_sheet(target: Path, loaded: reading.Loaded) -> None:
    """Keep a report from replacing the very sheet that it is made from."""
    name = naming.parse(loaded.sheet)
    if name.kind == "excel" and os.path.realpath(target) == os.path.realpath(name.target):
        raise MisuseError(f"'{target}' is the sheet itself: give the report another name")


def _content(
    wanted: Wanted, loaded: reading.Loaded, where: str | None, target: Path
) -> content.Content:
    found = content.made(
        loaded.frame,
        wanted,
        comparing.template_of(loaded),
        titles=loaded.titles,
        source=_source(loaded),
        where=where,
        when=datetime.now(UTC),
        links=_links(loaded, target),
    )
    return replace(found, curves=_curves(found))


def _source(loaded: reading.Loaded) -> str:
    """Return where the runs are from; of a path its last part, for a report is mailed."""
    name = naming.parse(loaded.sheet)
    if name.kind != "excel":
        return loaded.sheet
    return os.path.basename(name.target) + (f"#{name.tab}" if name.tab else "")


def _links(loaded: reading.Loaded, target: Path) -> dict[str, dict[int, str]]:
    """Return the URLs of cells; relative ones as they are from where the report is."""
    name = naming.parse(loaded.sheet)
    beside = os.path.dirname(os.path.realpath(name.target)) if name.kind == "excel" else ""
    here = os.path.dirname(os.path.abspath(target))

    def seen(url: str) -> str:
        if "://" in url or url.startswith(("mailto:", "#", "file:")) or not beside:
            return url
        return "external:" + os.path.relpath(os.path.join(beside, url), here)

    return {
        column: {at: seen(url) for at, url in urls.items()}
        for column, urls in reading.links_of(loaded).items()
    }


def _curves(found: content.Content) -> dict[str, dict[int, Series]]:
    """Return the curves of the best runs, point by point, from the journal where it has them."""
    frame = found.frame
    if not any(str(name).startswith("curves.") for name in frame.columns):
        return {}
    order = findings.ranked(frame, found.aim) if found.aim is not None else frame.iloc[::-1]
    places = {id_: at for at, id_ in enumerate(frame.index)}
    curves: dict[str, dict[int, Series]] = {}
    try:
        journals = api.journals()
        for id_ in order.index:
            entry = next(filter(None, (journal.latest(str(id_)) for journal in journals)), None)
            for key, value in entry.record.values.items() if entry is not None else ():
                known = curves.setdefault(key, {}) if isinstance(value, Series) else None
                if known is not None and isinstance(value, Series) and len(known) < _MOST_CURVES:
                    known[places[id_]] = value
            if curves and min(map(len, curves.values())) >= _MOST_CURVES:
                break
    except SheetlogError:
        return {}  # a report without curves is a report; the journal tells its trouble elsewhere
    return curves


def _table(
    wanted: Wanted, loaded: reading.Loaded, where: str | None, suffix: str, *, grouped: bool
) -> bytes:
    template = comparing.template_of(loaded)
    if grouped:
        judged = findings.aim(loaded.frame, template, wanted.metric, wanted.goal)
        frame = findings.groups(loaded.frame, judged, wanted.group).reset_index()
    else:
        frame = loaded.frame.reset_index() if loaded.frame.index.name else loaded.frame
    if suffix in tables.FOR_PROGRAMS:
        return tables.for_programs(frame, suffix)
    title = wanted.question or wanted.title or _source(loaded)
    if not grouped:
        found = content.made(
            loaded.frame, wanted, template, titles=loaded.titles, source="", where=where,
            when=datetime.now(UTC),
        )  # fmt: skip
        names, telling = found.ordered()
        frame = loaded.frame[names[:telling]]
    return tables.for_people(frame, suffix, titles=loaded.titles, title=title)


def _write(target: Path, data: bytes) -> None:
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        beside.write_bytes(data)
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
