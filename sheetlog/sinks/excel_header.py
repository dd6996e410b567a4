"""A worksheet as the flow sees it: its columns by key and title, and the rows of some runs.

Knows the worksheet and the marks; writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sheetlog.cells import Cell
from sheetlog.plan import HeaderColumn, HeaderRow
from sheetlog.template import title_of
from sheetlog.xlsx import marks, references
from sheetlog.xlsx.rawrows import RawCell
from sheetlog.xlsx.reading import linked, links, links_of
from sheetlog.xlsx.relating import urls_of
from sheetlog.xlsx.texts import is_drawn, xstring
from sheetlog.xlsx.workbook import Name, Sheet, Workbook
from sheetlog.xlsx.worksheet import Region, Worksheet

_CELL = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_SIMPLE = re.compile(r"[\w.-]+")
_FEW = 8
"""So many runs are looked for by their bytes; for more, the column is read once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The column marks of one tab."""

    places: Mapping[str, tuple[int, int]]
    """Column (0-based) and row of each key's header cell."""
    deleted: frozenset[str]
    """Keys whose column a person deleted."""
    stale: bool = False
    """Whether some say a title that no tab has: a library has renamed theirs."""

    @property
    def row(self) -> int:
        """The header's row: that of the run's id, else of most marks; 0 without any."""
        if "run.id" in self.places:
            return self.places["run.id"][1]
        rows = [row for _, row in self.places.values()]
        return max(rows, key=rows.count, default=0)

    @property
    def columns(self) -> tuple[int, ...]:
        """The columns whose marks are in the header's row."""
        row = self.row
        return tuple(column for column, at in self.places.values() if at == row)


def marks_of(book: Workbook, sheet: Sheet) -> Marks:
    """Return the marks of a tab. A copied tab may have some that still point to the first one."""
    return _marks_of(book.names, sheet, tuple(book.titles))


# From one row to the next the names stay as they are.
@lru_cache(maxsize=16)
def _marks_of(all_names: tuple[Name, ...], sheet: Sheet, titles: tuple[str, ...]) -> Marks:
    own: dict[str, tuple[int, int]] = {}
    common: dict[str, tuple[int, int]] = {}
    others: dict[str, tuple[int, int]] = {}
    gone: set[str] = set()
    stale = False
    texts: dict[int | None, dict[str, str]] = {}
    for name, text, tab in all_names:
        if marks.is_mark(name):
            texts.setdefault(tab, {})[name] = text
    wanted = sheet.title.casefold()
    there = {title.casefold() for title in titles}
    for tab, marked in texts.items():
        for name, key in marks.keys(marked).items():
            found = _CELL.fullmatch(marked[name])
            if found is None:
                if "#REF!" in marked[name] and tab == sheet.index:
                    gone.add(key)
                continue
            title = (found[1].replace("''", "'") if found[1] else found[2]).casefold()
            # Libraries rename a tab and leave what its names say; `[` is another workbook's.
            old = tab == sheet.index and title not in there and "[" not in title
            stale = stale or old
            if title == wanted or old:
                place = references.column(found[3]), int(found[4])
                kept = own if tab == sheet.index else common if tab is None else others
                kept.setdefault(key, place)
    if "run.id" in own:
        # Marks of another tab, which a library has left behind, don't count beside all its own.
        others = {}
    places = {**others, **common, **own}
    return Marks(places=places, deleted=frozenset(gone - places.keys()), stale=stale)


def tab_of(
    book: Workbook, title: str | None, made_as: str | None, *, or_any: bool = False
) -> tuple[Sheet, Marks] | None:
    """Return the tab that runs go to, with its marks; None: it is to be made.

    Args:
        title: which one, by its title; None: one with marks.
        made_as: the title that it was made with, whatever it is called by now, so that a tab of
            another template isn't taken; None: whichever.
        or_any: take another template's if there is no such tab.
    """
    if title is not None:
        named = book.sheet(title) or book.sheet(_legal(title))
        return None if named is None else (named, marks_of(book, named))
    unlabelled: list[tuple[Sheet, Marks]] = []
    others: list[tuple[Sheet, Marks]] = []
    wanted = (made_as or "").casefold()
    # A copy has all that the tab has but its title, and Excel puts it before the tab.
    for sheet in sorted(book.sheets, key=lambda sheet: sheet.title.casefold() != wanted):
        found = marks_of(book, sheet)
        made = [n.text for n in book.names if n.tab == sheet.index and n.name == marks.TAB]
        # The tab stays ours when a person has deleted the column of run ids: it comes back.
        if "run.id" not in found.places and not (made and "run.id" in found.deleted):
            continue
        if made_as is None or marks.tab(made_as) in made:
            return sheet, found
        (others if made else unlabelled).append((sheet, found))
    # A tab of people's own that runs go to doesn't say for which template.
    return next(iter([*unlabelled, *(others if or_any else ())]), None)


def _legal(title: str) -> str:
    """Return what a tab is called that was made by a title which Excel doesn't allow."""
    from sheetlog.xlsx.tab import legal_title

    return legal_title(title, ())


def columns(sheet: Worksheet, region: Region, found: Marks) -> tuple[HeaderColumn, ...]:
    """Return the header's columns. A mark that isn't in the header's row counts as lost."""
    by_place: dict[int, str] = {}
    for key, (column, row) in found.places.items():
        if row == region.header:
            by_place.setdefault(column, key)
    titles = sheet.titles(region)
    return tuple(
        HeaderColumn(place=place, title=titles.get(place, ""), key=by_place.get(place))
        for place in sorted({*titles, *by_place})
    )


def runs(
    sheet: Worksheet, region: Region, header: Collection[HeaderColumn], ids: Collection[str]
) -> dict[str, HeaderRow]:
    """Return the rows of those of the runs that have one; of a copied row, the first."""
    keys = {column.key: column.place for column in header if column.key is not None}
    where = keys.get("run.id")
    if where is None and not keys:
        # Without any mark (an imported file, a copied tab) a title is all that tells.
        wanted = {"run.id", title_of("run.id").casefold()}
        where = next((c.place for c in header if c.title.strip().casefold() in wanted), None)
    if where is None or not ids:
        return {}
    found: dict[str, int] = {}
    for row, id_ in _candidates(sheet, region, where, ids):
        if id_ in ids:
            found.setdefault(id_, row)
    urls = _urls(sheet, found.values()) if found else {}
    return {id_: _row(sheet, keys, number, urls) for id_, number in found.items()}


def _urls(sheet: Worksheet, rows: Collection[int]) -> dict[str, str]:
    """Return the URLs of linked cells of some rows, at least, by cell name."""
    part, all_ = sheet.sheet.part, sheet.frame.links
    if len(rows) > _FEW:
        return links(all_, sheet.package.relationships(part))
    # A sheet with a link in every run has tens of thousands, and an edit needs those of one row.
    few = links_of(all_, rows)
    return links(few, urls_of(sheet.package, part, few)) if few else {}


def _candidates(
    sheet: Worksheet, region: Region, column: int, ids: Collection[str]
) -> Iterator[tuple[int, str]]:
    """Yield number and run id of rows that may be asked for."""
    rows = sheet.rows
    numbers: Collection[int] = range(rows.index(region.header + 1), len(rows))
    if len(ids) <= _FEW and all(map(_SIMPLE.fullmatch, ids)):
        numbers = sorted(set(_places(sheet, ids)))
    name = references.letters(column)
    for at in numbers:
        if rows.numbers[at] <= region.header:
            continue
        cell = rows.cell(at, column, name)
        if cell is not None:
            yield rows.numbers[at], str(sheet.reader.value(cell))


def _places(sheet: Worksheet, ids: Collection[str]) -> Iterator[int]:
    """Yield the indexes of rows in which the text of an id stands."""
    rows = sheet.rows
    for id_ in ids:
        text = xstring(id_).encode()
        for needle in (b">" + text + b"<", *sheet.strings.references(text)):
            at = rows.data.find(needle)
            while at >= 0:
                yield rows.at(at)
                at = rows.data.find(needle, at + 1)


def _row(
    sheet: Worksheet, keys: Mapping[str, int], number: int, urls: Mapping[str, str]
) -> HeaderRow:
    by_column: dict[int, RawCell] = {cell.column: cell for cell in sheet.row(number)}
    cells: dict[str, Cell] = {}
    for key, column in keys.items():
        if column in by_column:
            url = urls.get(references.cell(column, number))
            value = linked(sheet.reader.value(by_column[column]), url)
            # A curve's bars are a picture of it: nobody has typed them, and they hold no value.
            if value not in (None, "") and not (isinstance(value, str) and is_drawn(value)):
                cells[key] = value
    revision = cells.get("run.revision")
    known = isinstance(revision, int | float) and not isinstance(revision, bool)
    return HeaderRow(place=number, revision=int(revision) if known else 1, cells=cells)  # type: ignore[arg-type]
