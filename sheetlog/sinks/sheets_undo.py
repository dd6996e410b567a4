"""What a batch writes over, kept in the spreadsheet by the batch itself: the undo tab. Pure.

Google has no compare-and-set for cells: an edit goes to a position, and a person who sorts in the
same round trip makes that another run's. So a batch that edits rows first copies them, as Google
finds them at that very moment, to a hidden tab of its own, together with what it is about to
write and for which run. Whoever looks next sees what was hit and puts it back (`sheets_repair`),
even if the process that sent the batch is gone. The tab goes as soon as that is certain.

Its rows: the header as it was; the key of each column that is written; then for each row two: as
it was, and what was written. The last column says as JSON what the rows are about.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheetlog.plan import Plan
from sheetlog.sinks.sheets_cells import VALUE, data, fields
from sheetlog.sinks.sheets_marks import create
from sheetlog.sinks.sheets_view import View, cells, entries, metadata_id

Json = dict[str, Any]

UNDO, STAMP = "sl.u", "sl.s"
"""Marks: on the undo tab (`TAB TIME NONCE`), and on the columns that a batch counted on."""
TITLE = "sheetlog undo"
ADRIFT = "adrift:"
"""Before a key: the column whose mark isn't its own."""
STAMPED = 200
"""Columns of a tab that are all stamped; of a wider one, those that are written, as marks may
take 30,000 characters (Sheets API, Metadata)."""
FIRST = 2
"""The row of the tab at which the pairs of rows begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row that a batch writes."""

    run: str
    """Whose row is meant; empty: one without an id."""
    kind: str = "edit"
    """`edit`, `new` for a row that the batch inserts, `back` for what puts an edit back."""
    after: Mapping[int, Json]
    """What is written, by place: where the batch counts on its columns to be."""
    was: Mapping[int, Json] = field(default_factory=dict)
    """What is believed to stand there before, as far as it is known, by place."""
    before: Mapping[int, Json] = field(default_factory=dict)
    """The row as it was when it was written to; known from the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What a batch writes over."""

    nonce: str
    """What makes it unlike all others."""
    sheet: int
    """The tab that the batch changes."""
    made: float = 0.0
    """Seconds since 1970."""
    keys: Mapping[int, str]
    """Of the columns that are written, by place."""
    lines: Sequence[Line]
    titles: Mapping[int, str] = field(default_factory=dict)
    """Of columns that get their mark back: what they must be titled."""
    found: Mapping[int, str] = field(default_factory=dict)
    """What these were titled then; known from the answer."""
    stamped: bool = False
    """Whether the columns carry stamps, as they aren't compared in the batch."""
    width: int = 0
    """Columns of the rows that were copied; known from the answer."""
    kept: bool = True
    """Whether there is a tab of it in the spreadsheet."""

    @property
    def tab(self) -> int:
        """Return the id of its tab."""
        return metadata_id(UNDO, self.nonce)

    def stamp(self, place: int) -> int:
        """Return the metadata id of a column's stamp."""
        return metadata_id(STAMP, self.nonce, place)


def named(
    lines: Sequence[Line], places: Mapping[str, int], titles: Collection[int]
) -> dict[int, str]:
    """Return the keys of all columns that a batch is about, and of the ids, by place."""
    about = {place for line in lines for place in line.after} | set(titles)
    return {at: key for key, at in places.items() if at in about or key == "run.id"}


def lines(
    plan: Plan,
    view: View,
    places: Mapping[str, int],
    raw: Mapping[str, Mapping[int, Json]],
    cleared: Mapping[str, Collection[int]],
) -> list[Line]:
    """Return the rows that a plan writes to.

    Args:
        places: of the keys, once columns were added.
        raw: what stands in the rows of runs, by run id and place, before that.
        cleared: what is cleared in them besides, by run id and place, once columns were added.
    """
    edits: dict[str, dict[str, Json]] = {}
    for edit in plan.edits:
        assert isinstance(edit.place, int)
        edits.setdefault(edit.id, {})[edit.key] = data(edit.cell, row=edit.place, places=places)
    old = {**view.places, **{mark.key: mark.place for mark in plan.marks}}
    found = []
    for run, written in edits.items():
        after = {places[key]: held for key, held in written.items()}
        known = raw.get(run)
        was = {places[k]: known.get(old[k], {}) for k in written if k in old} if known else {}
        after |= {place: {} for place in cleared.get(run, ())}
        found.append(Line(run=run, after=after, was=was))
    for row in plan.rows:
        cells = {places[key]: data(cell, row=0, places=places) for key, cell in row.cells.items()}
        found.append(Line(run=row.id, kind="new", after=cells))
    return found


def requests(
    undo: Undo, *, header: int, rows: Mapping[str, int], width: int, at: Sequence[int] = ()
) -> Iterator[Json]:
    """Yield what makes the tab; comes before whatever it is to undo.

    Args:
        header: row of the header.
        rows: of the runs, before the batch inserts any.
        width: columns to copy.
        at: rows of the lines, where they are not known by their run.
    """
    tab, nonce = undo.tab, undo.nonce
    tall = FIRST + 2 * len(undo.lines)
    size = {"rowCount": tall, "columnCount": width + 1}
    title = f"{TITLE} {tab}"
    properties = {"sheetId": tab, "title": title, "hidden": True, "gridProperties": size}
    yield {"addSheet": {"properties": properties}}
    stamped = " stamped" if undo.stamped else ""
    value = f"{undo.sheet} {int(undo.made)} {nonce}{stamped}"
    yield create(tab, UNDO, value, {"sheetId": tab})
    start = {"sheetId": tab, "rowIndex": 0, "columnIndex": 0}
    written = [{"values": line} for line in _rows(undo, width)]
    listed: frozenset[str] = frozenset({VALUE})
    for line in undo.lines:
        listed = listed.union(*map(fields, line.after.values()))
    yield {"updateCells": {"start": start, "rows": written, "fields": ",".join(sorted(listed))}}
    if undo.titles:
        yield _copied(undo, header, 0, width)
    for number, line in enumerate(undo.lines):
        if line.kind != "new":
            row = at[number] if at else rows[line.run]
            yield _copied(undo, row, FIRST + 2 * number, width)
    if undo.stamped:
        for place in range(width) if width <= STAMPED else sorted(undo.keys):
            span = {"dimension": "COLUMNS", "startIndex": place, "endIndex": place + 1}
            location = {"dimensionRange": {"sheetId": undo.sheet, **span}}
            yield create(undo.stamp(place), STAMP, nonce, location)


def _rows(undo: Undo, width: int) -> Iterator[list[Json]]:
    """Yield the rows of the tab, as they are before anything is copied to them."""

    def line(held: Mapping[int, Json], about: Any) -> list[Json]:
        text = {VALUE: {"stringValue": json.dumps(about, ensure_ascii=False)}}
        return [held.get(place, {}) for place in range(width)] + [text]

    yield []
    names = {place: {VALUE: {"stringValue": key}} for place, key in undo.keys.items()}
    yield line(names, {str(place): title for place, title in undo.titles.items()})
    for each in undo.lines:
        yield []
        known = {str(place): held.get(VALUE) or {} for place, held in each.was.items()}
        about = {"run": each.run, "kind": each.kind, "at": sorted(each.after), "was": known}
        yield line(each.after, about)


def _copied(undo: Undo, row: int, to: int, width: int) -> Json:
    def area(sheet: int, row: int) -> Json:
        rows = {"sheetId": sheet, "startRowIndex": row, "endRowIndex": row + 1}
        return {**rows, "startColumnIndex": 0, "endColumnIndex": width}

    # With the looks: an edit may change a link or a number's format, too.
    source, target = area(undo.sheet, row), area(undo.tab, to)
    kind = {"pasteType": "PASTE_NORMAL", "pasteOrientation": "NORMAL"}
    return {"copyPaste": {"source": source, "destination": target, **kind}}


def copies(request: Json) -> bool:
    """Return whether a request is one of those that make an undo tab."""
    added = request.get("addSheet", {}).get("properties", {})
    return "copyPaste" in request or added.get("title", "").startswith(TITLE)


def deletion(undo: Undo) -> Iterator[Json]:
    """Yield what takes the tab and its stamps away."""
    if not undo.kept:
        return
    yield {"deleteSheet": {"sheetId": undo.tab}}
    if undo.stamped:
        lookup = {"metadataKey": STAMP, "metadataValue": undo.nonce}
        yield {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}


def made(reply: Json, sheet: int) -> dict[int, float]:
    """Return the undo tabs that an answer shows of a tab, and when each was made."""
    found = {}
    for each in reply.get("sheets", ()):
        parts = _parts(each)
        if parts is not None and parts[0] == sheet:
            found[int(each["properties"]["sheetId"])] = parts[1]
    return found


def is_one(sheet: Json) -> bool:
    """Return whether a tab is an undo tab."""
    return _parts(sheet) is not None


def undo(sheet: Json) -> Undo | None:
    """Return what an undo tab says; None: it is none."""
    parts = _parts(sheet)
    if parts is None:
        return None
    about, made_at, nonce, stamped = parts
    rows: dict[int, dict[int, Json]] = {}
    for block in sheet.get("data", ()):
        for row, column, held in cells(block):
            rows.setdefault(row, {})[column] = held
    last = sheet["properties"]["gridProperties"]["columnCount"] - 1
    keys = {place: _text(held) for place, held in rows.get(1, {}).items() if place < last}
    lines = []
    for row in range(FIRST + 1, max(rows, default=0) + 1, 2):
        line = _line(rows.get(row, {}), rows.get(row - 1, {}), last)
        if line is not None:
            lines.append(line)
    titles = {int(place): str(title) for place, title in _about(rows.get(1, {}), last).items()}
    return Undo(
        nonce=nonce,
        sheet=about,
        made=made_at,
        keys=keys,
        lines=lines,
        titles=titles,
        found={place: _text(rows.get(0, {}).get(place, {})) for place in titles},
        stamped=stamped,
        width=last,
    )


def _parts(sheet: Json) -> tuple[int, float, str, bool] | None:
    for _, key, held in entries(sheet):
        about, made_at, nonce, *more = (*held.split(" "), "", "")
        # The mark of a copied tab, where marks are copied along, is about another's batch.
        own = sheet["properties"]["sheetId"] == metadata_id(UNDO, nonce)
        if key == UNDO and own and about.isdigit() and made_at.isdigit():
            return int(about), float(made_at), nonce, "stamped" in more
    return None


def _about(row: Mapping[int, Json], last: int) -> Json:
    try:
        found = json.loads(_text(row.get(last, {})) or "{}")
    except ValueError:
        return {}  # a person has been at it
    return found if isinstance(found, dict) else {}


def _line(written: Mapping[int, Json], before: Mapping[int, Json], last: int) -> Line | None:
    about = _about(written, last)
    if not about.keys() >= {"run", "kind", "at", "was"}:
        return None
    return Line(
        run=about["run"],
        kind=about["kind"],
        after={place: written.get(place, {}) for place in about["at"]},
        was={int(place): {VALUE: held} for place, held in about["was"].items()},
        before=before,
    )


def _text(held: Json) -> str:
    entered = held.get(VALUE) or {}
    return str(held.get("formattedValue") or entered.get("stringValue") or "")
