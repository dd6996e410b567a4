"""What goes where: template + header + records → `Plan`. The rules of docs/layout.md, numbered.

Pure: knows no file, no network and no sink. Which column a value goes to is said by `placing`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sheetlog import overlong
from sheetlog.cells import Cell, Formula, cell, overflow, same, too_long
from sheetlog.language import status_of
from sheetlog.placing import Wants, added_columns, aliased, by_column, lost_marks
from sheetlog.plan import Added, Edit, Header, HeaderColumn, HeaderRow, Mark, NewRow, Plan
from sheetlog.record import OVERFLOW, Record, Scalar
from sheetlog.template import Template

__all__ = [
    "Added",
    "Edit",
    "Header",
    "HeaderColumn",
    "HeaderRow",
    "Mark",
    "NewRow",
    "Plan",
    "plan",
]

STATUS = "run.status"
"""Shows in the language in force; the same status in another language is no change."""
_OURS = frozenset({"run.revision", OVERFLOW})
"""Cells that hold what sheetlog needs and nobody else would edit: always brought up to date."""


def plan(
    template: Template,
    header: Header,
    records: Iterable[Record],
    *,
    shown: Mapping[str, Record] | None = None,
    wanted: Collection[str] = (),
    text_limit: int = 32_767,
) -> Plan:
    """Return what must change in the sheet so that it shows the records.

    Args:
        template: the columns that the user wants.
        header: what is in the sheet now, with the rows of the records' runs.
        records: any revisions of any runs, in any order; of each run the latest counts.
        shown: of each run the record that was last delivered to this sheet, where one was.
        wanted: ids of runs whose row is written again although a person deleted it.
        text_limit: the longest text that a cell of the sheet can hold, in UTF-16 units.
    """
    shown = shown or {}
    latest = _latest(records)
    gone = tuple(  # rule 7
        id_ for id_ in latest if id_ in shown and id_ not in header.rows and id_ not in wanted
    )
    live = {id_: record for id_, record in latest.items() if id_ not in gone}
    wants = Wants.of(template)
    values = {id_: by_column(wants, record.values) for id_, record in live.items()}
    marks = lost_marks(wants, header, [key for run in values.values() for key in run])
    sheet = Plan(base=header, marks=marks)
    there = _keys(sheet)
    added = added_columns(wants, sheet, values.values()) if live else ()
    sheet = replace(sheet, added=added)
    keys = _keys(sheet)
    rows: list[NewRow] = []
    edits: list[Edit] = []
    warnings: list[str] = []
    for id_, record in live.items():
        cells = _cells(wants, keys, record, values[id_], text_limit)
        row = header.rows.get(id_)
        if row is None:
            rows.append(NewRow(id=id_, cells=cells, marked=_marked(wants, record)))
        elif record.revision > row.revision:
            before = shown.get(id_)
            old = None
            if before is not None:
                # With the columns of before: what has just got one is not in its cell yet.
                old = _cells(wants, there, before, by_column(wants, before.values), text_limit)
            edits += _edits(record, row, cells, old=old, keys=keys, warnings=warnings)
    return replace(
        sheet, rows=tuple(rows), edits=tuple(edits), gone=gone, warnings=tuple(warnings)
    )


def _latest(records: Iterable[Record]) -> dict[str, Record]:
    """Return of each run its latest revision, in the order in which the runs came."""
    latest: dict[str, Record] = {}
    for record in records:
        if record.id not in latest or record.revision > latest[record.id].revision:
            latest[record.id] = record
    return latest


def _keys(sheet: Plan) -> list[str]:
    return [column.key for column in sheet.columns() if column.key is not None]


def _cells(
    wants: Wants,
    keys: Sequence[str],
    record: Record,
    values: Mapping[str, Scalar],
    text_limit: int,
) -> dict[str, Cell]:
    """Return the cells of a run's row, by key: those of `keys` that have something to hold."""
    there = set(keys)
    whole = {**values, "run.id": record.id, "run.revision": record.revision}
    cells: dict[str, Cell] = {}
    spilled: dict[str, Scalar] = {}
    for key, value in whole.items():
        if key == "run.id" and key in there:
            # As it is, also where it looks like a number or a word: the row is found by it.
            cells[key] = record.id
        elif key == STATUS and key in there and isinstance(value, str):
            cells[key] = cell(wants.template.words.text(value), text_limit=text_limit)
        elif key in there:
            cells[key] = _cell(key, value, values, text_limit)
        elif not wants.drops(key):
            spilled[key] = value
    if spilled and OVERFLOW in there:  # rules 4 and 5
        cells[OVERFLOW] = _cell(OVERFLOW, overflow(spilled), values, text_limit)
    for column in wants.template.columns:  # rule 2: a formula is written with the row
        if column.formula and column.mark in there and there.issuperset(column.keys_used):
            cells[column.mark] = Formula(text=column.formula)
    return cells


def _cell(key: str, value: Scalar, values: Mapping[str, Scalar], text_limit: int) -> Cell:
    """Return the cell of a value; one that is cut says which artifact has the whole."""
    # Of all cells one in a million: it is not looked for in the others.
    short = not isinstance(value, str) or 2 * len(value) <= text_limit
    whole = "" if short or not too_long(value, text_limit) else overlong.kept(key, values)
    return cell(value, text_limit=text_limit, whole=whole)


def _marked(wants: Wants, record: Record) -> frozenset[str] | None:
    """Return the keys of the columns in which a run differs from the one it was compared with."""
    if record.marked is None:
        return None
    renamed = aliased(wants, record.values)
    return frozenset(renamed.get(key, key) for key in record.marked)


def _edits(
    record: Record,
    row: HeaderRow,
    cells: Mapping[str, Cell],
    *,
    old: Mapping[str, Cell] | None,
    keys: Sequence[str],
    warnings: list[str],
) -> list[Edit]:
    """Return the cells of a row to change: what differs between the two revisions, and nothing
    that a person has changed since.
    """
    edits = []
    spilled = _spilled(row.cells.get(OVERFLOW))
    for key in keys:
        new, now = cells.get(key), row.cells.get(key)
        if isinstance(new, Formula) or key.startswith(("people.", "formula.")):
            continue  # rule 2: written with the row, and left alone afterwards
        if old is None and new is None:
            continue  # nobody here knows that it was ever another
        before = now if old is None or key in spilled else old.get(key)
        if key == STATUS and status_of(new) == status_of(now):
            continue
        if same(new, before if key not in _OURS else now):
            continue
        # A blank cell holds nothing of a person's; the column may be younger than the row.
        theirs = not (key == STATUS and status_of(now) == status_of(before))
        if key not in _OURS and theirs and now not in (None, "") and not same(now, before):
            if not same(now, new):  # else another process has written it a moment ago
                warnings.append(f"run {record.id}: '{key}' was changed by a person and stays so")
            continue
        edits.append(Edit(id=record.id, place=row.place, key=key, cell=new))
    return edits


def _spilled(more: Cell) -> Collection[str]:
    """Return the keys whose values are in a row's overflow cell: their columns came later."""
    try:
        held = json.loads(more) if isinstance(more, str) else {}
    except ValueError:  # cut, or a person has been at it
        return ()
    return held if isinstance(held, dict) else ()
