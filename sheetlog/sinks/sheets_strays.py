"""Values that a dead process has left in a column that wasn't theirs, found and cleared. Pure.

A person may delete one of our columns, and what then stands in its place passes for it in the
batch that compares columns: its mark is created there. The anchor that is missing beside it shows
that afterwards (`sheets_view`). The process itself sees it in the answer; where it was killed
before, its run comes back from the journal, and its values tell what in the row is a stray.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sheetlog.plan import HeaderRow, Plan
from sheetlog.record import OVERFLOW
from sheetlog.sinks.sheets_cells import VALUE, value
from sheetlog.sinks.sheets_undo import ADRIFT
from sheetlog.sinks.sheets_view import View

Json = dict[str, Any]


def doubted(
    rows: Mapping[str, HeaderRow], raw: Mapping[str, Mapping[int, Json]], view: View
) -> dict[str, HeaderRow]:
    """Return the rows, those that may have a stray a little older than they say: then the very
    revision that they show is planned once more.
    """
    columns = view.adrift.values()
    return {
        run: replace(row, revision=row.revision - 1)
        if any(raw[run].get(column, {}).get(VALUE) for column in columns)
        else row
        for run, row in rows.items()
    }


def strays(
    plan: Plan, raw: Mapping[str, Mapping[int, Json]], view: View
) -> dict[str, dict[int, str]]:
    """Return which cells to clear: of a run, where its column was taken to be, by place.

    The places are those before the plan adds any column; the names are those of `Undo.keys`.
    """
    found: dict[str, dict[int, str]] = {}
    for edit in plan.edits if view.adrift else ():
        if edit.key != OVERFLOW:
            continue
        for key, spilled in _spilled(edit.cell).items():
            place = view.adrift.get(key)
            held = {} if place is None else raw.get(edit.id, {}).get(place, {})
            if place is not None and held.get(VALUE) and value(held) == spilled:
                found.setdefault(edit.id, {})[place] = f"{ADRIFT}{key}"
    return found


def _spilled(more: object) -> Json:
    try:
        held = json.loads(more) if isinstance(more, str) else {}
    except ValueError:
        return {}  # it was cut
    return held if isinstance(held, dict) else {}
