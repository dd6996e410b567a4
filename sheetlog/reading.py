"""From a sheet back to code: sink → DataFrame. `runs()` starts here.

One row per run; sheetlog's columns by key, people's by title, values typed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sheetlog import api, settings, telling
from sheetlog import where as language
from sheetlog.cells import Cell, Formula, scalar
from sheetlog.errors import MisuseError
from sheetlog.formulas import TICKS
from sheetlog.language import status_of
from sheetlog.plan import HeaderColumn
from sheetlog.record import Link, Series
from sheetlog.sinks.base import Table

if TYPE_CHECKING:
    import pandas as pd


def runs(
    sheet: str | os.PathLike[str] | None = None,
    *,
    where: str | None = None,
    sort: str | Sequence[str] | None = None,
    limit: int | None = None,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return the runs of a sheet, one row each, by run id.

    Args:
        sheet: a workbook's path, a Google Sheets URL or `google:TITLE`; None: the settings' one.
        where: which runs: `"metrics.acc > 0.9 and params.model == 'resnet'"`; short names such as
            `acc` work where they are unambiguous, and people's columns by their title.
        sort: by which column; `-` in front of it: the greatest first. Several in a list.
        limit: so many rows at the most.
        columns: only these, in this order; None: all.

    Returns:
        Columns: keys such as `params.lr`, and people's titles such as `Verdict`. Times are in UTC.
        A blank cell is missing (NaN, NaT or None).

    Raises:
        WhereError: `where`, `sort` or `columns` cannot be understood.
        SheetError: the sheet cannot be read.
        MisuseError: an argument has a type or value that it cannot have.
    """
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        raise MisuseError(f"'limit' must be a number of rows, and it is {limit!r}")
    loaded = load(sheet, where=where)
    if loaded.skipped:
        telling.warn(loaded.skipped)
    frame = loaded.frame
    if sort is not None:
        frame = _sorted(frame, [sort] if isinstance(sort, str) else list(sort))
    frame = frame if limit is None else frame.head(limit)
    if columns is None:
        return frame
    known = [str(name) for name in frame.columns]
    return frame[[language.resolve(name, known) for name in columns]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What was read from a sheet."""

    frame: pd.DataFrame
    titles: Mapping[str, str]
    """What the sheet calls its columns, by their names in code."""
    sheet: str
    """The sheet's absolute name."""
    url: str
    template: str
    """Name or path of the template in force."""
    table: Table
    kept: Sequence[int]
    """Which of the table's rows the frame has."""
    skipped: str
    """What else stood there and was not read, in a sentence; blank: nothing."""


def load(sheet: str | os.PathLike[str] | None = None, *, where: str | None = None) -> Loaded:
    """Return a sheet's runs, with what else is known of them; `runs` has the details."""
    chosen = settings.current({"sheet": sheet})
    sink = api.sink_of(chosen.sheet, chosen)
    table = sink.read()
    frame, skipped = frame_of(table), list(table.skipped)
    kept = frame.index
    if "run.id" in frame.columns:
        nameless = int(frame["run.id"].isna().sum())
        if nameless:
            rows = "a row" if nameless == 1 else f"{nameless} rows"
            skipped.append(f"{rows} without a run id (notes, totals or a second table?)")
            frame = frame[frame["run.id"].notna()]
        kept, frame = frame.index, frame.set_index("run.id")
    mixed = _mixed(frame)
    if where is not None:
        meant = _meant(frame, where)
        kept, frame = kept[meant], frame[meant]
    names = names_of(table.columns)
    said = f"left out of '{chosen.sheet}': {'; '.join(skipped)}" if skipped else ""
    return Loaded(
        frame=frame,
        titles={n: c.title.strip() or n for n, c in zip(names, table.columns, strict=True)},
        sheet=chosen.sheet,
        url=sink.url,
        template=chosen.template,
        table=table,
        kept=[int(row) for row in kept],
        skipped="; ".join(filter(None, (said, mixed))),
    )


def frame_of(table: Table) -> pd.DataFrame:
    """Return a sheet's rows as a DataFrame, a column for each of the sheet's."""
    import pandas as pd

    names = names_of(table.columns)
    by_column = list(zip(*table.rows, strict=True)) or [()] * len(names)
    read: list[Sequence[Cell]] = [
        [status_of(cell) for cell in cells] if column.key == "run.status" else cells
        for column, cells in zip(table.columns, by_column, strict=True)
    ]
    columns = {
        name: _typed(cells, ours=column.owner == "sheetlog" and column.key != "run.id")
        for name, column, cells in zip(names, table.columns, read, strict=True)
    }
    return pd.DataFrame(columns, columns=names)


def links_of(loaded: Loaded) -> dict[str, dict[int, str]]:
    """Return the URLs of cells, by column and by the place of their row in the frame."""
    found: dict[str, dict[int, str]] = {}
    for at, name in enumerate(names_of(loaded.table.columns)):
        cells = (loaded.table.rows[row][at] for row in loaded.kept)
        urls = {place: cell.url for place, cell in enumerate(cells) if isinstance(cell, Link)}
        if urls:
            found[name] = urls
    return found


def _mixed(frame: pd.DataFrame) -> str:
    """Return a sentence about metrics that have text among their numbers."""
    told = []
    for name in frame.columns:
        column = frame[name]
        if not str(name).startswith("metrics.") or column.dtype != object:
            continue
        words = [value for value in column if isinstance(value, str)]
        if words and len(words) < column.notna().sum():
            shown = ", ".join(f"'{word[:20]}'" for word in dict.fromkeys(words[:3]))
            told.append(f"'{name}' has text among its numbers ({shown}), which is kept as text")
    return "; ".join(told)


def names_of(columns: Sequence[HeaderColumn]) -> list[str]:
    """Return what the columns are called in code: keys, and titles for people's own."""
    taken = {column.key for column in columns if column.key is not None}
    names = []
    for column in columns:
        ours = column.owner == "sheetlog" and column.key is not None
        name = str(column.key) if ours else column.title.strip() or f"column {column.place + 1}"
        number, candidate = 1, name
        while not ours and (candidate in taken or candidate in names):
            number += 1
            candidate = f"{name} ({number})"
        names.append(candidate)
    return names


def _typed(cells: Sequence[Cell], *, ours: bool) -> Any:
    """Return a column's cells as the narrowest kind that holds them all."""
    import pandas as pd

    values: list[Any] = _values(cells) if ours else [_ticked(cell) for cell in cells]
    kinds = {type(value) for value in values}
    blank = type(None) in kinds
    kinds.discard(type(None))
    if not kinds:
        return pd.Series([None] * len(values), dtype=object)
    if kinds <= {int, float}:
        if float in kinds:
            return pd.Series(values, dtype="float64")
        if max(abs(value) for value in values if value is not None) < 2**63:
            return pd.Series(values, dtype="Int64" if blank else "int64")
    if kinds == {bool}:
        return pd.Series(values, dtype="boolean" if blank else "bool")
    if kinds == {datetime}:
        return pd.Series(pd.to_datetime(values, utc=True))
    if kinds == {timedelta}:
        return pd.Series(pd.to_timedelta(values))
    return pd.Series(values, dtype=object)


def _ticked(cell: Cell) -> Cell:
    """Return whether a box is ticked, where a cell shows one; else what it holds."""
    return cell == TICKS[0] if cell in TICKS else cell


def _values(cells: Sequence[Cell]) -> list[Any]:
    """Return what the cells of a column of sheetlog's stand for."""
    kinds = {type(cell) for cell in cells} - {type(None)}
    if kinds & {Link, Series, datetime, Formula} and len(kinds) > 1:
        plain = (cell.text if isinstance(cell, Link) else cell for cell in cells)
        return [None if cell == "" else scalar(cell) for cell in plain]
    if Link in kinds:
        return [cell.text if isinstance(cell, Link) else None for cell in cells]
    if str not in kinds:
        return list(cells)
    # A text that stands in many rows is looked at once.
    texts = {cell for cell in cells if isinstance(cell, str)}
    known: dict[Cell, Any] = {text: None if text == "" else scalar(text) for text in texts}
    return [known.get(cell, cell) for cell in cells]


def _meant(frame: pd.DataFrame, text: str) -> Any:
    names = [str(name) for name in frame.columns]
    if frame.index.name is not None:
        names.append(str(frame.index.name))
    test = language.parse(text, names)
    plain = frame.reset_index() if frame.index.name is not None else frame
    columns = {name: plain[name].astype(object).tolist() for name in names}
    rows = zip(*columns.values(), strict=True) if columns else iter(())
    return [test(dict(zip(names, map(_value, row), strict=True))) for row in rows]


def _value(value: Any) -> Any:
    """Return a pandas value as Python's; what is missing is None."""
    import pandas as pd

    return None if value is pd.NA or value is pd.NaT else value


def _sorted(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    names = [str(name) for name in frame.columns]
    columns, rising = [], []
    for text in by:
        falls = text.startswith("-")
        columns.append(language.resolve(text.removeprefix("-").strip(), [*names, "run.id"]))
        rising.append(not falls)
    return frame.sort_values(
        columns, ascending=rising, na_position="last", kind="stable", key=_sortable
    )


def _sortable(column: pd.Series[Any]) -> Any:
    """Return a column that can be sorted: one of mixed kinds goes by its text."""
    if column.dtype != object:
        return column
    kinds = {type(value) for value in column if value is not None}
    return column if len(kinds) <= 1 else column.map(lambda v: None if v is None else str(v))
