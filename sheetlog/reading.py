"""From a sheet back to code: sink → DataFrame. `runs()` starts here.

One row per run; sheetlog's columns by key, people's by title, values typed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sheetlog import api, settings
from sheetlog import where as language
from sheetlog.cells import Cell, scalar
from sheetlog.errors import MisuseError
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
    chosen = settings.current({"sheet": sheet})
    table = api.sink_of(chosen.sheet, chosen).read()
    for sentence in table.skipped:
        api.warn(sentence)
    frame = frame_of(table)
    if where is not None:
        frame = frame[_meant(frame, where)]
    if sort is not None:
        frame = _sorted(frame, [sort] if isinstance(sort, str) else list(sort))
    frame = frame if limit is None else frame.head(limit)
    if columns is None:
        return frame
    known = [str(name) for name in frame.columns]
    return frame[[language.resolve(name, known) for name in columns]]


def frame_of(table: Table) -> pd.DataFrame:
    """Return a sheet's rows as a DataFrame, its index the run ids where there are any."""
    import pandas as pd

    names = names_of(table.columns)
    by_column = list(zip(*table.rows, strict=True)) or [()] * len(names)
    columns = {
        name: _typed(cells, ours=column.owner == "sheetlog")
        for name, column, cells in zip(names, table.columns, by_column, strict=True)
    }
    frame = pd.DataFrame(columns, columns=names)
    if "run.id" not in columns:
        return frame
    kept = frame["run.id"].notna()
    frame = frame[kept] if not kept.all() else frame
    return frame.set_index("run.id")


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

    kinds = {type(cell) for cell in cells}
    values: list[Any] = list(cells)
    if ours and (str in kinds or datetime in kinds):
        values = [None if cell == "" else scalar(cell) for cell in cells]
    if kinds & {Link, Series}:
        values = [value.text if isinstance(value, Link) else value for value in values]
    kinds = {type(value) for value in values if value is not None and value != ""}
    blank = any(value is None for value in values)
    if not kinds:
        return pd.Series([None] * len(values), dtype=object)
    if kinds <= {int, float}:
        whole = kinds == {int} and all(value is None or abs(value) < 2**63 for value in values)
        kind = "float64" if float in kinds else "Int64" if blank else "int64"
        if whole or float in kinds:
            return pd.Series(values, dtype=kind)
    if kinds == {bool}:
        return pd.Series(values, dtype="boolean" if blank else "bool")
    if kinds == {datetime}:
        return pd.Series(pd.to_datetime(values, utc=True))
    if kinds == {timedelta}:
        return pd.Series(pd.to_timedelta(values))
    return pd.Series(values, dtype=object)


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
