"""What an undo tab shows to be wrong in a tab, and the cells that put it right. Pure.

Positions may have moved again since, so everything is found anew: columns by their mark or stamp,
rows by their run's id, or by what else stands in them. An edit that hit another row, or what a
person had just typed, is taken back as a whole, and the run's next delivery does it again. A cell
in which anything else stands by now is a person's, or is newer, and is left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sheetlog.sinks import sheets_pictures
from sheetlog.sinks.sheets_cells import LINK, NUMBER_FORMAT, VALUE, fields, value
from sheetlog.sinks.sheets_undo import ADRIFT, Line, Undo
from sheetlog.sinks.sheets_view import View

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A tab with its cells, as one answer showed it."""

    view: View
    cells: Mapping[tuple[int, int], Json]
    stamps: Mapping[int, int] = field(default_factory=dict)
    """Column of each stamp, by metadata id."""

    def id(self, row: int) -> str:
        """Return what stands in a row instead of an id."""
        at = self.view.places.get("run.id")
        return "" if at is None else _id(self.cells.get((row, at), {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A cell to write."""

    row: int
    place: int
    now: Json
    """What stands there."""
    held: Json
    """What it is to hold."""
    mask: frozenset[str]
    """Which fields of it."""


def same(one: Json, other: Json) -> bool:
    """Return whether two cells hold the same."""
    return bool((one.get(VALUE) or {}) == (other.get(VALUE) or {}))


def _alike(one: Json, other: Json, mask: Collection[str]) -> bool:
    """Return whether two cells are the same in all of the fields."""
    looks = [held.get("userEnteredFormat") or {} for held in (one, other)]
    numbers = [look.get("numberFormat") for look in looks]
    links = [look.get("textFormat", {}).get("link") for look in looks]
    return (
        same(one, other)
        and (NUMBER_FORMAT not in mask or numbers[0] == numbers[1])
        and (LINK not in mask or links[0] == links[1])
    )


def right(undo: Undo) -> bool:
    """Return whether all edits hit what they were meant for, as far as the undo tab alone shows;
    whether columns that aren't compared were where they should be, it doesn't.
    """
    at = _ids(undo)
    return all(undo.found.get(place) == title for place, title in undo.titles.items()) and all(
        line.kind == "new" or _hit(line, _run(line, at, ())) for line in undo.lines
    )


def astray(undo: Undo, state: State) -> bool:
    """Return whether something is to be delivered anew."""
    return any(
        (line.kind == "edit" and not _well(undo, line, state))
        or (line.kind == "new" and _lost(undo, line, state))
        for line in undo.lines
    )


def fixes(undo: Undo, state: State) -> list[Fix]:
    """Return what to write where, so that the tab is as if only what was right had been done."""
    found: dict[tuple[int, int], Fix] = {}
    for line in undo.lines:
        each = _moved(undo, line, state) if line.kind == "new" else _back(undo, line, state)
        for fix in each:
            found.setdefault((fix.row, fix.place), fix)
    return list(found.values())


def wrong_marks(undo: Undo, state: State) -> list[str]:
    """Return the keys whose mark was put on a column that is not the one meant."""
    wrong = {
        undo.keys[place]
        for place, title in undo.titles.items()
        if undo.found.get(place) != title and place in undo.keys
    }
    return [key for key in state.view.places if key in wrong]


def requests(sheet: int, found: Iterable[Fix]) -> Iterator[Json]:
    """Yield what writes the cells."""
    for fix in found:
        start = {"sheetId": sheet, "rowIndex": fix.row, "columnIndex": fix.place}
        kept = {name: fix.held[name] for name in (VALUE, "userEnteredFormat") if name in fix.held}
        update = {
            "start": start,
            "rows": [{"values": [kept]}],
            "fields": ",".join(sorted(fix.mask)),
        }
        yield {"updateCells": update}


def _ids(undo: Undo) -> int | None:
    return next((place for place, key in undo.keys.items() if key == "run.id"), None)


def _id(held: Json) -> str:
    found = value(held)
    return "" if found is None else str(found)


def _hit(line: Line, run: str) -> bool:
    """Return whether an edit hit the row that was meant, and in it what was believed there.

    Args:
        run: whose row it hit.
    """
    return run == line.run and all(
        _unchanged(line.before.get(place, {}), held) for place, held in line.was.items()
    )


def _unchanged(found: Json, believed: Json) -> bool:
    # A formula's references are others in the copy.
    both = (found.get(VALUE) or {}).keys() & (believed.get(VALUE) or {}).keys()
    return same(found, believed) or "formulaValue" in both


def _column(undo: Undo, place: int, state: State) -> int | None:
    """Return where the column now is that was at a place when the batch was carried out."""
    if undo.stamped:
        return state.stamps.get(undo.stamp(place))
    key = undo.keys[place].removeprefix(ADRIFT)
    return state.view.places.get(key, state.view.adrift.get(key))


def _meant(undo: Undo, place: int, state: State) -> int | None:
    """Return where the column now is that was meant."""
    title = undo.titles.get(place)
    if title is not None and undo.found.get(place) != title:
        titled = (each for each in state.view.columns if each.title == title and each.key is None)
        return next((each.place for each in titled), None)
    key = undo.keys[place]
    if key.startswith(ADRIFT):
        return _column(undo, place, state)
    return state.view.places.get(key)


def _straight(undo: Undo, line: Line, state: State) -> bool:
    """Return whether all columns of a row were where they were believed to be."""
    return all(
        _column(undo, place, state) == _meant(undo, place, state)
        for place in line.after
        if place in undo.keys
    )


def _well(undo: Undo, line: Line, state: State) -> bool:
    """Return whether an edit hit its row, and its columns."""
    run = _run(line, _id_place(undo, state), state.view.runs)
    return _hit(line, run) and _straight(undo, line, state)


def _id_place(undo: Undo, state: State) -> int | None:
    """Return where the ids stood when the batch was carried out, if that is certain."""
    if not undo.stamped:
        return _ids(undo)
    column = state.view.places.get("run.id")
    if column is None:
        return None
    places = (at for at in range(undo.width) if state.stamps.get(undo.stamp(at)) == column)
    return next(places, None)


def _back(undo: Undo, line: Line, state: State) -> Iterator[Fix]:
    """Yield what takes an edit back."""
    if _well(undo, line, state):
        return
    run = _run(line, _id_place(undo, state), state.view.runs)
    columns = {place: _column(undo, place, state) for place in line.after}
    row = _row(undo, line, run, columns, state)
    if row is None:
        return  # a person has deleted it
    for place, column in columns.items():
        if column is None:
            continue
        now, wrote, before = state.cells.get((row, column), {}), line.after[place], line.before
        held = before.get(place, {})
        if same(now, wrote) and not _alike(now, held, fields(wrote)):
            yield Fix(row=row, place=column, now=now, held=held, mask=fields(wrote))


def _run(line: Line, at: int | None, runs: Collection[str]) -> str:
    """Return the id of the row that an edit hit.

    Args:
        at: where the ids stood; None: nobody knows.
        runs: all ids that there are.
    """
    if at is not None:
        return _id(line.before.get(at, {}))
    ids = [_id(held) for _, held in sorted(line.before.items())]
    if line.run in ids:
        return line.run
    return next((id_ for id_ in ids if id_ in runs), "")


def _row(
    undo: Undo, line: Line, run: str, columns: Mapping[int, int | None], state: State
) -> int | None:
    """Return where the row now is that an edit hit: by its id, or by what else stands in it."""
    ours = {column for column in columns.values() if column is not None}
    rows: dict[int, dict[int, Json]] = {}
    for (row, place), held in state.cells.items():
        if row > state.view.header and held.get(VALUE):
            rows.setdefault(row, {})[place] = held
    # Where an id was written over, another row may seem to have the same.
    at = _id_place(undo, state)
    covered = None if at is None else line.after.get(at)
    shown = run if covered is None else _id(covered)
    known = [row for row in rows if shown and state.id(row) == shown]
    if len(known) == 1 and covered is None:
        return known[0]
    rows = {row: rows[row] for row in known or rows}
    wrote = {columns[place]: held for place, held in line.after.items()}
    there = {
        state.stamps.get(undo.stamp(place), place) if undo.stamped else place: held
        for place, held in line.before.items()
        if place not in line.after and held.get(VALUE)
    }
    best: tuple[float, int] | None = None
    for row, line_now in rows.items():
        if not all(same(line_now.get(place, {}), wrote[place]) for place in ours):
            continue
        others = {place: cell for place, cell in line_now.items() if place not in ours}
        pairs = others.keys() | there.keys()
        equal = sum(same(others.get(place, {}), there.get(place, {})) for place in pairs)
        share = equal / len(pairs) if pairs else 1.0
        if share > 0.5 and (best is None or share > best[0]):
            best = share, row
    return None if best is None else best[1]


def _moved(undo: Undo, line: Line, state: State) -> Iterator[Fix]:
    """Yield what moves the cells of a new row to their columns."""
    if _straight(undo, line, state):
        return
    landed = {_column(undo, place, state): place for place in line.after}
    meant = {_meant(undo, place, state): place for place in line.after}
    row = _new_row(undo, line, state)
    if row is None:
        return
    lost = _lost(undo, line, state)
    for column in (landed.keys() | meant.keys()) - {None}:
        assert column is not None
        now = state.cells.get((row, column), {})
        wrote = line.after.get(landed.get(column, -1), {})
        wanted = line.after.get(meant.get(column, -1), {})
        if lost and wanted and undo.keys.get(meant[column]) == "run.revision":
            wanted = {
                VALUE: {"numberValue": 0}
            }  # older than any: the run's next delivery fills it
        formula = (wanted.get(VALUE) or {}).get("formulaValue")
        if formula is not None and sheets_pictures.link(formula) is None:
            wanted = {}  # its references are those of other columns
        ours = same(now, wrote) or "formulaValue" in (wrote.get(VALUE) or {})
        if not same(now, wanted) and (ours or not now.get(VALUE)):
            mask = fields(wrote) | fields(wanted)
            yield Fix(row=row, place=column, now=now, held=wanted, mask=mask)


def _lost(undo: Undo, line: Line, state: State) -> bool:
    """Return whether a value of a new row has no column any more."""
    return any(
        held.get(VALUE)
        and _column(undo, place, state) is not None
        and _meant(undo, place, state) is None
        for place, held in line.after.items()
    )


def _new_row(undo: Undo, line: Line, state: State) -> int | None:
    if line.run in state.view.runs:
        return state.view.runs[line.run]
    at = _ids(undo)
    column = None if at is None else _column(undo, at, state)
    rows = (
        row
        for (row, place), held in state.cells.items()
        if place == column and row > state.view.header and _id(held) == line.run
    )
    return next(rows, None)
