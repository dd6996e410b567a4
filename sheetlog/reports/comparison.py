"""Runs side by side as a DataFrame that a notebook shows with its differences marked.

Loaded on demand: needs pandas. Reads no sheet.
"""

from __future__ import annotations

import html
from typing import Any, cast

import pandas as pd

from sheetlog.reports.findings import numbers, told_apart

SECTIONS = ("metrics", "params")
"""What runs are compared by, in this order; people's columns and the data follow."""
_COLOURS = "background:#FCECC8;color:#59330A"


class Comparison(pd.DataFrame):
    """A DataFrame, and how a notebook shows it."""

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame

    def _repr_html_(self) -> str:
        """Return a table with the cells marked that differ from the first run's."""
        runs = [name for name in self.columns if not str(name).startswith("Δ ")]
        head = "".join(f"<th>{html.escape(str(name))}</th>" for name in self.columns)
        rows = []
        for index, row in self.iterrows():
            section, path = map(str, cast("tuple[str, str]", index))
            first = told_apart(row[runs[0]])
            cells = []
            for name in self.columns:
                differs = name in runs[1:] and told_apart(row[name]) != first
                style = f' style="{_COLOURS}"' if differs else ""
                cells.append(f"<td{style}>{html.escape(text(row[name]))}</td>")
            label = f"<th>{html.escape(section)}</th><th>{html.escape(path)}</th>"
            rows.append(f"<tr>{label}{''.join(cells)}</tr>")
        return (
            f"<table><thead><tr><th></th><th></th>{head}</tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table>"
        )


def side_by_side(frame: pd.DataFrame, *, changed_only: bool = True) -> Comparison:
    """Return runs as columns, and the differences of the later ones from the first.

    Args:
        frame: the runs, in their order.
        changed_only: leave out what is the same in all of them.
    """
    labels = labels_of(frame)
    rows: dict[tuple[str, str], list[Any]] = {}
    for name in _compared(frame):
        values = list(frame[name])
        if changed_only and len({told_apart(value) for value in values}) == 1:
            continue
        column = numbers(frame[name])
        deltas = [value - column.iloc[0] for value in column.iloc[1:]]
        section, _, path = name.partition(".") if "." in name else ("people", "", name)
        rows[section, path] = [*values, *deltas]
    columns = [*labels, *(f"Δ {label}" for label in labels[1:])]
    index = pd.MultiIndex.from_tuples(rows, names=["section", "name"]) if rows else None
    table = pd.DataFrame(list(rows.values()), columns=columns, index=index, dtype=object)
    return Comparison(table)


def labels_of(frame: pd.DataFrame) -> list[str]:
    """Return what runs are called beside one another: names, with ids where names are alike."""
    ids = [str(each) for each in frame.index]
    if "run.name" not in frame.columns:
        return ids
    names = [str(name) for name in frame["run.name"]]
    labels = [
        name if names.count(name) == 1 else f"{name} ({id_})"
        for name, id_ in zip(names, ids, strict=True)
    ]
    counts = [labels[: at + 1].count(label) for at, label in enumerate(labels)]
    return [f"{a} #{n}" if n > 1 else a for a, n in zip(labels, counts, strict=True)]


def _compared(frame: pd.DataFrame) -> list[str]:
    """Return the columns that are compared, section by section."""
    names = [str(name) for name in frame.columns]
    found = [n for section in SECTIONS for n in names if n.startswith(f"{section}.")]
    return found + [n for n in names if n.startswith("data.") or "." not in n]


def text(value: Any) -> str:
    """Return a value as it stands in a table; what is missing is blank."""
    if told_apart(value) == "":
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
