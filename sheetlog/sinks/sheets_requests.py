"""A plan as one batch of requests of the Sheets API: `requests_for`. Pure; sends nothing.

The order is the protocol of docs/google.md: tokens, columns compared and set, new columns, cells
of rows that are there, new rows. All of a batch is carried out, or nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sheetlog import dress
from sheetlog.cells import Cell, Formula
from sheetlog.plan import Added, NewRow, Plan
from sheetlog.sinks import sheets_dress, sheets_strays, sheets_undo, sheets_views
from sheetlog.sinks.sheets_cells import LINK, VALUE, data, fields, letters, quoted, weighed
from sheetlog.sinks.sheets_marks import (
    at,
    compared,
    create,
    delete,
    header_mark,
    keys_note,
    mark,
    new_marks,
    notes,
)
from sheetlog.sinks.sheets_pictures import heights, pictured
from sheetlog.sinks.sheets_undo import Undo
from sheetlog.sinks.sheets_view import LEARNED, TOKEN, View
from sheetlog.template import Template

Json = dict[str, Any]

SPARE = 20
"""Blank rows below the runs of a new tab."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What a batch carries besides its plan."""

    tokens: Mapping[int, str]
    """To create: value by metadata id."""
    spent: Collection[int] = ()
    """Metadata ids of tokens to delete."""
    compare: bool = True
    """Whether columns are compared and set in the batch."""
    learned: Mapping[int, str] = field(default_factory=dict)
    """What is to be remembered about Google: value by metadata id."""
    taken: Collection[int] = ()
    """Metadata ids that strangers have."""
    nonce: str = ""
    """Of the undo tab; empty: there is none."""
    now: float = 0.0
    """Seconds since 1970."""
    raw: Mapping[str, Mapping[int, Json]] = field(default_factory=dict)
    """What stands in the rows of runs that are edited, by run id and place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Requests, and what to look at in the answer."""

    requests: list[Json]
    ranges: list[str]
    """To read back."""
    places: Mapping[str, int]
    """Where the batch counts on each key's column to be, afterwards."""
    rows: Mapping[str, int]
    """Where each run that it writes stands afterwards."""
    cells: Mapping[str, Mapping[str, Cell]]
    """What it writes, by run id and key."""
    titles: Mapping[int, str] = field(default_factory=dict)
    """Titles that columns must have which got their mark back, by place."""
    title: str = ""
    """Of the tab that it makes."""
    compares: bool = False
    """Whether columns are compared and set in it."""
    undo: Undo | None = None
    """What it writes over."""


def requests_for(plan: Plan, view: View, template: Template, extras: Extras) -> Batch:
    """Return the batch that carries out a plan in a tab that is there."""
    places = {column.key: column.place for column in plan.columns() if column.key is not None}
    requests = [_token(id_, value) for id_, value in extras.tokens.items()]
    if extras.compare:
        requests += compared(view, _used(plan))
    requests += [delete(id_) for id_ in extras.spent]
    requests += [_learned(id_, value) for id_, value in extras.learned.items()]
    for each in plan.marks:
        requests += mark(view, each.key, each.place, extras.taken)
    requests += _added(plan, view, template, extras.taken)
    requests += notes(view, plan, template)
    cleared = _cleared(plan, view, extras)
    undo = _undo(plan, view, places, cleared, extras)
    if undo.kept:
        edited = {edit.id: edit.place for edit in plan.edits if isinstance(edit.place, int)}
        width = max(view.width + len(plan.added), 1 + max(undo.keys, default=0))
        requests += sheets_undo.requests(undo, header=view.header, rows=edited, width=width)
    for edit in plan.edits:
        assert isinstance(edit.place, int)
        one = [NewRow(id=edit.id, cells={edit.key: edit.cell})]
        shown = pictured(one, template)
        requests += _written(view.sheet, edit.place, one, places, [edit.key], shown=shown)
    for edit in {edit.id: edit for edit in plan.edits}.values():
        for place in cleared.get(edit.id, ()):
            assert isinstance(edit.place, int)
            requests.append(_update(view.sheet, edit.place, place, [[{}]], VALUE))
    rows = {edit.id: edit.place for edit in plan.edits if isinstance(edit.place, int)}
    if plan.rows:
        requests += _inserted(plan, view, template, places)
        rows |= {row.id: view.end + at for at, row in enumerate(plan.rows)}
    cells: dict[str, dict[str, Cell]] = {row.id: dict(row.cells) for row in plan.rows}
    for edit in plan.edits:
        cells.setdefault(edit.id, {})[edit.key] = edit.cell
    return Batch(
        requests=requests,
        # What was edited shows in the undo tab.
        ranges=[] if plan.edits else _ranges(view, places, rows, added=bool(plan.added)),
        places=places,
        rows=rows,
        cells=cells,
        titles=_marked(plan, places),
        compares=extras.compare and "run.id" in view.places,
        undo=undo,
    )


def _marked(plan: Plan, places: Mapping[str, int]) -> dict[int, str]:
    """Return the titles of columns that get their mark back, by place."""
    titles = {column.place: column.title for column in plan.columns()}
    return {places[mark.key]: titles[places[mark.key]] for mark in plan.marks}


def _undo(
    plan: Plan,
    view: View,
    places: Mapping[str, int],
    cleared: Mapping[str, Mapping[int, str]],
    extras: Extras,
) -> Undo:
    """Return what a batch writes over."""
    marked = _marked(plan, places)
    # Where columns are compared, nothing of anybody's can be in the way of new rows.
    kept = bool(extras.nonce) and bool(plan.edits or marked or not extras.compare)
    lines = sheets_undo.lines(plan, view, places, extras.raw, cleared) if kept else []
    keys = sheets_undo.named(lines, places, marked)
    for strays in cleared.values():
        keys = {**strays, **keys}
    return Undo(
        nonce=extras.nonce,
        sheet=view.sheet,
        made=extras.now,
        keys=keys,
        lines=lines,
        titles=marked,
        stamped=not extras.compare,
        kept=kept,
    )


def _cleared(plan: Plan, view: View, extras: Extras) -> dict[str, dict[int, str]]:
    """Return the strays to clear, by run id and place, once columns were added."""

    def shifted(place: int) -> int:
        for added in plan.added:
            place += place >= added.place
        return place

    found = sheets_strays.strays(plan, extras.raw, view)
    return {
        run: {shifted(at): name for at, name in strays.items()} for run, strays in found.items()
    }


def new_tab(
    plan: Plan,
    template: Template,
    title: str,
    sheet: int,
    extras: Extras,
    *,
    blank: tuple[int, int] | None,
) -> Batch:
    """Return the batch that makes a tab with the plan's columns and rows.

    Args:
        sheet: id of the tab.
        blank: rows and columns of the tab with this id that is blank and to be taken; None: the
            tab is to be added.
    """
    columns = plan.columns()
    places = {column.key: column.place for column in columns if column.key is not None}
    width = len(columns)
    tall, wide = grid_of(plan, blank)
    size = {"rowCount": tall, "columnCount": wide}
    properties: Json = {"sheetId": sheet, "title": title, "gridProperties": size}
    requests = [_token(id_, value) for id_, value in extras.tokens.items()]
    if blank is not None:
        names = "title,gridProperties(rowCount,columnCount)"
        change: Json = {"properties": properties, "fields": names}
        requests.append({"updateSheetProperties": change})
    else:
        requests.append({"addSheet": {"properties": properties}})
    order = {column.key: column.place for column in columns}
    made = [replace(each, place=order[each.key]) for each in plan.added]
    samples = sheets_dress.samples(plan.rows)
    looks = {each.key: sheets_dress.look(each, samples) for each in made}
    requests += new_marks(sheet, {each.key: each.place for each in made}, extras.taken)
    requests += [
        header_mark(sheet, 0, template.tab),
        keys_note(sheet, [each.key for each in made]),
    ]
    heads = [sheets_dress.header_cell(each, looks[each.key]) for each in _by_place(made)]
    requests.append(_update(sheet, 0, 0, [heads], sheets_dress.HEADER_LOOK))
    for each in made:
        requests += sheets_dress.column_requests(sheet, each.place, 1, each, looks[each.key])
    best = dress.dressing(template).best
    for each in reversed(made):
        requests += sheets_dress.colour_requests(sheet, each.place, 1, looks[each.key], best)
    requests += sheets_dress.tab_requests(sheet, template, max(width, 2))
    written = [row.cells for row in plan.rows]
    requests += sheets_views.view_requests(sheet, template, places, written, max(width, 2))
    shown = pictured(plan.rows, template)
    requests += _written(sheet, 1, plan.rows, places, _written_keys(places), shown=shown)
    requests += heights(sheet, 1, plan.rows, shown)
    rows = {row.id: 1 + at for at, row in enumerate(plan.rows)}
    return Batch(
        requests=requests,
        ranges=[],  # whether ranges may name a tab that the batch itself makes is not known
        places=places,
        rows=rows,
        cells={row.id: row.cells for row in plan.rows},
        title=title,
    )


def grid_of(plan: Plan, blank: tuple[int, int] | None) -> tuple[int, int]:
    """Return rows and columns of a new tab's grid; a blank one that is taken doesn't shrink."""
    rows, width = blank or (0, 0)
    return max(rows, 1 + max(1, len(plan.rows)) + SPARE), max(width, len(plan.columns()), 2)


def _token(id_: int, value: str) -> Json:
    return create(id_, TOKEN, value)


def _learned(id_: int, value: str) -> Json:
    return create(id_, LEARNED, value)


def _used(plan: Plan) -> Collection[str]:
    """Return the keys of columns that a plan counts on."""
    used = {key for row in plan.rows for key in row.cells} | {edit.key for edit in plan.edits}
    for cells in (row.cells for row in plan.rows):
        for cell in cells.values():
            if isinstance(cell, Formula):
                used |= {part.split("}")[0].lstrip(":") for part in cell.text.split("{")[1:]}
    return used | {"run.id"}


def _added(plan: Plan, view: View, template: Template, taken: Collection[int]) -> Iterator[Json]:
    """Yield what inserts the plan's columns, one after the other."""
    samples = sheets_dress.samples(plan.rows)
    width, top = view.width, view.header + 1
    best = dress.dressing(template).best
    for added in plan.added:
        look = sheets_dress.look(added, samples)
        insertion = {
            "range": at(view.sheet, "COLUMNS", added.place),
            # At the grid's end only this way; elsewhere it keeps a person's table in one piece.
            "inheritFromBefore": added.place > 0,
        }
        width += 1
        yield {"insertDimension": insertion}
        yield from mark(view, added.key, added.place, taken)
        head = [[sheets_dress.header_cell(added, look)]]
        yield _update(view.sheet, view.header, added.place, head, sheets_dress.HEADER_LOOK)
        yield from sheets_dress.column_requests(view.sheet, added.place, top, added, look)
        yield from sheets_dress.colour_requests(view.sheet, added.place, top, look, best)


def _inserted(
    plan: Plan, view: View, template: Template, places: Mapping[str, int]
) -> Iterator[Json]:
    """Yield what inserts the plan's rows after the last run."""
    first = view.end == view.header + 1
    yield {
        "insertDimension": {
            "range": at(view.sheet, "ROWS", view.end, len(plan.rows)),
            # The first row would take over the header's looks; the grid's end allows nothing else.
            "inheritFromBefore": not first or view.end == view.rows,
        }
    }
    if first:
        yield from _plain(plan, view, template, places)
    # A row that is put in has the links of the one above.
    own = frozenset((LINK,))
    shown, keys = pictured(plan.rows, template), _written_keys(places)
    yield from _written(view.sheet, view.end, plan.rows, places, keys, also=own, shown=shown)
    yield from heights(view.sheet, view.end, plan.rows, shown)


def _plain(
    plan: Plan, view: View, template: Template, places: Mapping[str, int]
) -> Iterator[Json]:
    """Yield what gives the first rows our columns' looks, and not those of the header."""
    from sheetlog.placing import Wants

    if view.end == view.rows:
        rows = {"sheetId": view.sheet, "startRowIndex": view.end}
        yield {"repeatCell": {"range": rows, "cell": {}, "fields": "userEnteredFormat,note"}}
    wants, samples = Wants.of(template), sheets_dress.samples(plan.rows)
    for key in _written_keys(places):
        column = wants.column(key)
        added = Added(place=places[key], key=key, title="", column=column)
        look = sheets_dress.look(added, samples)
        yield {
            "repeatCell": {
                "range": sheets_dress.area(
                    view.sheet, places[key], view.end, view.end + len(plan.rows)
                ),
                "cell": {"userEnteredFormat": sheets_dress.cell_format(look)},
                "fields": "userEnteredFormat,note",
            }
        }


def _written_keys(places: Mapping[str, int]) -> list[str]:
    return [key for key in places if not key.startswith("people.")]


def _written(
    sheet: int,
    top: int,
    rows: Sequence[NewRow],
    places: Mapping[str, int],
    keys: Iterable[str],
    *,
    also: frozenset[str] = frozenset(),
    shown: frozenset[str] = frozenset(),
) -> Iterator[Json]:
    """Yield what writes cells of neighbouring rows: a request for each stretch of columns that
    stand side by side and need the same fields.

    Args:
        also: fields that are written in any case, and cleared where a cell hasn't any.
        shown: keys of the columns that show pictures.
    """
    if not rows:
        return
    stretch: list[list[Json]] = []
    start, mask = 0, frozenset[str]()
    for key in sorted(keys, key=lambda key: places[key]):
        place = places[key]
        cells = (row.cells.get(key) for row in rows)
        column = [
            data(cell, row=top + at, places=places, shown=key in shown)
            for at, cell in enumerate(cells)
        ]
        if key.startswith("params.") and any(row.marked is not None for row in rows):
            # A row that is put in has the looks of the one above.
            bold = [key in (row.marked or ()) for row in rows]
            column = [weighed(held, bold=each) for held, each in zip(column, bold, strict=True)]
        needed = also.union(*map(fields, column))
        if stretch and (place != start + len(stretch) or needed != mask):
            yield _stretch(sheet, top, start, stretch, mask)
            stretch = []
        if not stretch:
            start, mask = place, needed
        stretch.append(column)
    if stretch:
        yield _stretch(sheet, top, start, stretch, mask)


def _stretch(
    sheet: int, top: int, left: int, columns: Sequence[Sequence[Json]], mask: Collection[str]
) -> Json:
    rows = [list(row) for row in zip(*columns, strict=True)]
    return _update(sheet, top, left, rows, ",".join(sorted(mask)))


def _update(sheet: int, row: int, column: int, rows: Sequence[Sequence[Json]], mask: str) -> Json:
    start = {"sheetId": sheet, "rowIndex": row, "columnIndex": column}
    lines = [{"values": list(line)} for line in rows]
    return {"updateCells": {"start": start, "rows": lines, "fields": mask}}


def _by_place(added: Iterable[Added]) -> list[Added]:
    return sorted(added, key=lambda each: each.place)


def _ranges(
    view: View, places: Mapping[str, int], rows: Mapping[str, int], *, added: bool
) -> list[str]:
    """Return what to read back: the header, and where the written rows' ids are.

    Every range begins in the grid as it was before: when Google checks that is not documented.
    """
    tab = quoted(view.title)
    found = [f"{tab}!{view.header + 1}:{view.header + 1}"]
    at = places.get("run.id")
    if at is None or at >= view.width or added:
        top = min(view.end, view.rows)
        return [*found, f"{tab}!{top}:{max([top, *(row + 1 for row in rows.values())])}"]
    name = letters(at)
    # From the last row that was there: what others appended meanwhile shows, too.
    return [*found, f"{tab}!{name}{min(view.end, view.rows)}:{name}"]


def size(batch: Batch) -> int:
    """Return the bytes of a batch as it is sent, more or less."""
    return len(json.dumps(batch.requests, ensure_ascii=False, separators=(",", ":")))
