"""What a tab of a Google Sheet is like now: `View`, made of an answer of the Sheets API. Pure.

Marks are developer metadata: `sl.c` on a column (its key), `sl.h` on the header's row (the title
that the tab was made with), `sl.k` on the tab (keys that ever had a column), `sl.t` on the
spreadsheet (tokens), `sl.a` on the spreadsheet (what was learned about Google's behaviour).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheetlog.plan import HeaderColumn
from sheetlog.sinks.sheets_cells import value
from sheetlog.template import title_of

Json = dict[str, Any]

COLUMN, HEADER, KEYS, TOKEN, LEARNED = "sl.c", "sl.h", "sl.k", "sl.t", "sl.a"
ANCHOR = "sl.x"
"""On a column besides its mark, and never set again: a mark without one was set on a column that
had taken the place of its own, which a person had deleted. On the tab: that its columns have one.
"""
CELLS = "values(userEnteredValue,formattedValue)"
DATA = (
    "data(startRow,startColumn,columnMetadata(developerMetadata),"
    f"rowMetadata(developerMetadata),rowData({CELLS}))"
)
SHEET = "properties(sheetId,title,index,hidden,sheetType,gridProperties)"
FIELDS = f"spreadsheetId,developerMetadata,sheets({SHEET},developerMetadata,{DATA})"
"""Of an answer that a `View` is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A tab as an answer of Google's showed it."""

    spreadsheet: str
    """The spreadsheet's id."""
    sheet: int
    """The tab's id."""
    title: str
    rows: int
    """Of the grid."""
    width: int
    """Columns of the grid."""
    header: int
    """0-based row of the header."""
    header_marked: bool
    columns: tuple[HeaderColumn, ...]
    marks: Mapping[str, int] = field(default_factory=dict)
    """Metadata id of each marked key."""
    anchored: bool = False
    """Whether the marks of this tab have anchors."""
    anchors: frozenset[int] = frozenset()
    """Metadata ids of all anchors."""
    adrift: Mapping[str, int] = field(default_factory=dict)
    """Columns with a mark that isn't theirs, by its key."""
    known: tuple[str, ...] | None = None
    """Keys that ever had a column here; None: nothing says so."""
    runs: Mapping[str, int] = field(default_factory=dict)
    """Row of each run id that the answer showed; of a copied row, the first."""
    end: int
    """The row after the last run."""
    tokens: Mapping[int, str] = field(default_factory=dict)
    """Values by metadata id."""
    learned: Mapping[str, str] = field(default_factory=dict)

    @property
    def places(self) -> dict[str, int]:
        """Return the column of each marked key."""
        return {column.key: column.place for column in self.columns if column.key is not None}

    @property
    def deleted(self) -> frozenset[str]:
        """Return the keys whose column a person deleted."""
        return frozenset(self.known or ()) - self.places.keys()

    @property
    def layout(self) -> tuple[object, ...]:
        """Return what a batch counts on."""
        grid = (self.sheet, self.title, self.rows, self.width, self.header, self.end)
        return (*grid, self.columns, tuple(sorted(self.marks.items())))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoTab:
    """There is no tab to write to yet; perhaps no spreadsheet."""

    spreadsheet: str | None = None
    titles: tuple[str, ...] = ()
    """Of the tabs that there are."""
    blank: int | None = None
    """Id of a tab without anything in it that may be taken."""
    blank_title: str = ""
    grid: tuple[int, int] | None = None
    """Rows and columns of that tab."""
    learned: Mapping[str, str] = field(default_factory=dict)


def metadata_id(*parts: object) -> int:
    """Return an id for metadata that every process makes of the same parts: 31 bits."""
    text = "\0".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(text).digest()[:4]) & 0x7FFFFFFF or 1


def entries(held: Mapping[str, Any]) -> Iterator[tuple[int, str, str]]:
    """Yield id, key and value of the developer metadata that something carries."""
    for each in held.get("developerMetadata", ()):
        yield each.get("metadataId", 0), each.get("metadataKey", ""), each.get("metadataValue", "")


def tokens(reply: Json) -> dict[int, str]:
    """Return the tokens that an answer shows."""
    return {id_: held for id_, key, held in entries(reply) if key == TOKEN}


def learned(reply: Json) -> dict[str, str]:
    """Return what was learned about Google's behaviour in this spreadsheet."""
    found = (held.partition("=") for _, key, held in entries(reply) if key == LEARNED)
    return {name: answer for name, _, answer in found}


def marked_sheets(reply: Json) -> list[tuple[Json, str, bool]]:
    """Return the tabs whose header row is marked, the title that each was made with, and whether
    the mark is the tab's own (that of a copy has another id).
    """
    found = []
    for sheet in reply.get("sheets", ()):
        for block in sheet.get("data", ()):
            for row in block.get("rowMetadata", ()):
                for id_, key, held in entries(row):
                    if key == HEADER:
                        own = id_ == metadata_id(HEADER, sheet["properties"]["sheetId"])
                        found.append((sheet, held, own))
    unique: dict[int, tuple[Json, str, bool]] = {}
    for sheet, held, own in found:
        unique.setdefault(sheet["properties"]["sheetId"], (sheet, held, own))
    return list(unique.values())


def view(reply: Json, sheet: Json) -> View:
    """Return the view of one tab of an answer; its header row is the first that has a mark, or
    else the first with anything in it.
    """
    properties = sheet["properties"]
    grid = properties.get("gridProperties", {})
    blocks = sheet.get("data", ())
    anchored = any(key == ANCHOR for _, key, _ in entries(sheet))
    anchors, adrift = _anchors(blocks, anchored=anchored)
    keys, marks = _marks(blocks, properties["sheetId"], adrift)
    header, marked = _header_row(blocks)
    titles = _titles(blocks, header)
    columns = tuple(
        HeaderColumn(place=place, title=titles.get(place, ""), key=keys.get(place))
        for place in sorted({*titles, *keys})
    )
    at = next((place for place, key in keys.items() if key == "run.id"), None)
    if at is None and not keys:
        # Without any mark (an imported file, a copied tab) a title is all that tells.
        wanted = {"run.id", title_of("run.id").casefold()}
        at = next((c.place for c in columns if c.title.strip().casefold() in wanted), None)
    runs, end = _runs(blocks, at, header, whole=not keys)
    return View(
        spreadsheet=reply["spreadsheetId"],
        sheet=properties["sheetId"],
        title=properties["title"],
        rows=grid.get("rowCount", 0),
        width=grid.get("columnCount", 0),
        header=header,
        header_marked=marked,
        columns=columns,
        marks=marks,
        anchored=anchored,
        anchors=anchors,
        adrift={key: place for key, place in sorted(adrift) if key not in marks},
        known=_known(sheet),
        runs=runs,
        end=end,
        tokens=tokens(reply),
        learned=learned(reply),
    )


def cells(block: Json) -> Iterator[tuple[int, int, Json]]:
    """Yield row, column and CellData of a block of an answer."""
    top, left = block.get("startRow", 0), block.get("startColumn", 0)
    for row, line in enumerate(block.get("rowData", ()), top):
        for column, held in enumerate(line.get("values", ()), left):
            if held:
                yield row, column, held


def _anchors(
    blocks: Sequence[Json], *, anchored: bool
) -> tuple[frozenset[int], set[tuple[str, int]]]:
    """Return the ids of all anchors, and which keys' marks are on which columns without one."""
    ids: set[int] = set()
    adrift: set[tuple[str, int]] = set()
    for block in blocks:
        for place, column in enumerate(
            block.get("columnMetadata", ()), block.get("startColumn", 0)
        ):
            held = list(entries(column))
            ids.update(id_ for id_, key, _ in held if key == ANCHOR)
            there = {value for _, key, value in held if key == ANCHOR}
            marked = {value for _, key, value in held if key == COLUMN}
            adrift |= {(key, place) for key in marked if anchored and key not in there}
    return frozenset(ids), adrift


def _marks(
    blocks: Sequence[Json], sheet: int, adrift: Collection[tuple[str, int]]
) -> tuple[dict[int, str], dict[str, int]]:
    """Return the key of each marked column, and the metadata id of each key."""
    keys: dict[int, str] = {}
    marks: dict[str, int] = {}
    for block in blocks:
        for place, column in enumerate(
            block.get("columnMetadata", ()), block.get("startColumn", 0)
        ):
            for id_, key, held in entries(column):
                if key != COLUMN or keys.get(place, held) != held or (held, place) in adrift:
                    continue
                # Of two columns with one key, the one whose mark sheetlog made is meant.
                if held not in marks or id_ == metadata_id(COLUMN, sheet, held):
                    keys = {p: k for p, k in keys.items() if k != held or p == place}
                    keys[place], marks[held] = held, id_
    return keys, marks


def _header_row(blocks: Sequence[Json]) -> tuple[int, bool]:
    for block in blocks:
        for row, held in enumerate(block.get("rowMetadata", ()), block.get("startRow", 0)):
            if any(key == HEADER for _, key, _ in entries(held)):
                return row, True
    rows = [row for block in blocks for row, _, held in cells(block) if _shown(held)]
    return min(rows, default=0), False


def _shown(held: Json) -> str:
    return str(
        held.get("formattedValue") or held.get("userEnteredValue", {}).get("stringValue", "")
    )


def _titles(blocks: Sequence[Json], header: int) -> dict[int, str]:
    return {
        column: _shown(held)
        for block in blocks
        for row, column, held in cells(block)
        if row == header and _shown(held)
    }


def _runs(
    blocks: Sequence[Json], at: int | None, header: int, *, whole: bool
) -> tuple[dict[str, int], int]:
    """Return the rows of runs, and the row after the last of them.

    Args:
        at: the column that the ids are in.
        whole: whether any cell counts for the end: no run tells where it is.
    """
    runs: dict[str, int] = {}
    end = header + 1
    for block in blocks:
        for row, column, held in cells(block):
            if row <= header:
                continue
            if column == at:
                id_ = value(held)
                if id_ not in (None, ""):
                    runs.setdefault(str(id_), row)
                    end = max(end, row + 1)
            elif whole and held.get("userEnteredValue"):
                end = max(end, row + 1)
    return runs, end


def _known(sheet: Json) -> tuple[str, ...] | None:
    for _, key, held in entries(sheet):
        if key == KEYS:
            try:
                listed = json.loads(held)
            except ValueError:
                return None
            return tuple(map(str, listed)) if isinstance(listed, list) else None
    return None
