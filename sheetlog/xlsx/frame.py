"""A worksheet's XML as three pieces: head, rows, tail; and rows and cells by their bytes.

Knows the worksheet's markup. Rows are found by their tags alone and looked into one by one,
because a sheet of 100,000 runs cannot be parsed for one more. Knows no package, no style and no
plan.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from sheetlog.errors import RefusedError
from sheetlog.xlsx import edges, references
from sheetlog.xlsx.spans import Edits, Element, check, masked, parse
from sheetlog.xlsx.texts import resolved

ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState",
    "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting",
    "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter",
    "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects",
    "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
"""Children of a worksheet as the schema orders them (ECMA-376, 18.3.1.99)."""

_SHEET_DATA = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)sheetData(?:\s[^<>]*?)?(/?)>")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']([0-9]+)["']""")
_ATTRIBUTES = re.compile(rb"""([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REF = re.compile(rb"""\sref\s*=\s*["']([^"']*)["']""")
_TABLE = re.compile(rb"<(?:[\w.-]+:)?tablePart(\s[^<>]*)>")
_CONTENT = re.compile(rb"<(?:[\w.-]+:)?(?:is[\s/>]|f[\s/>]|v[^>/]*>[^<])")


class Frame:
    """What stands before and behind the rows; the tail can be edited.

    It is well-formed; what is in it is parsed when it is asked for, which a plain append doesn't.
    """

    def __init__(self, head: bytes, tail: bytes, *, prefix: str, what: str) -> None:
        """Take the worksheet without its rows.

        Args:
            head: up to and with `<sheetData>`.
            tail: from `</sheetData>` to the end.
            prefix: of its elements, with a colon.
            what: the part's name, for messages.
        """
        self.head = head
        self.tail = tail
        self.prefix = prefix
        self._split = len(head)
        # A sheet with a link in every run has tens of thousands here, and none needs to be parsed.
        start, end = _links_span(tail, prefix)
        self.links = tail[start:end]
        self._what = what
        self._data = head + tail[:start] + tail[end:]
        check(self._data, what)
        self.edits = Edits(self._data)
        self._new_links: list[bytes] = []
        self._new_parts: list[tuple[str, bytes]] = []
        self._dropped: set[str] = set()

    @cached_property
    def root(self) -> Element:
        """The worksheet's element, without its rows and links."""
        return parse(self._data, self._what)

    @property
    def dimension(self) -> str:
        """The used area as the head has it; blank where it doesn't say it."""
        place = edges.dimension(self.head)
        found = _REF.search(self.head, *place) if place else None
        return found[1].decode() if found else ""

    @property
    def tables(self) -> list[str]:
        """The ids of the relationships that lead to the worksheet's tables, in their order."""
        tags = _TABLE.findall(masked(self._data[self._split :]))
        named = ({key: one or two for key, one, two in _ATTRIBUTES.findall(tag)} for tag in tags)
        ids = (v for each in named for key, v in each.items() if key.rpartition(b":")[2] == b"id")
        return [resolved(value) for value in ids]

    def mentions(self, texts: Iterable[str]) -> bool:
        """Return whether any of some texts stands anywhere behind the rows, links apart."""
        return any(self._data.find(text.encode(), self._split) >= 0 for text in texts)

    def child(self, *names: str) -> Element | None:
        """Return a part of the worksheet by the names that lead to it."""
        return self.root.child(*names)

    def each(self, *names: str) -> Iterator[Element]:
        """Return every element of these names, as `walk` does; those that most sheets lack are
        looked for by their bytes.
        """
        # A name that stands nowhere is no element's; whatever prefix it may have.
        there = [name for name in names if name.encode() in self._data]
        return self.root.walk(*there) if there else iter(())

    @property
    def behind(self) -> list[Element]:
        """The parts of the worksheet that stand behind its rows."""
        return [child for child in self.root.children if child.start >= self._split]

    def add_link(self, xml: bytes) -> None:
        """Put one more `<hyperlink>` in, behind those that are there."""
        self._new_links.append(xml)

    def add_part(self, name: str, xml: bytes) -> None:
        """Put one more part of the worksheet in, at its place, which is behind the links."""
        self._new_parts.append((name, xml))

    def replace_links(self, links: bytes) -> None:
        """Put other hyperlinks in the place of those that are there."""
        self.links = links
        self._dropped.add("")

    @property
    def changed(self) -> bool:
        """Whether the tail is to become another."""
        return bool(self.edits or self._new_links or self._new_parts or self._dropped)

    def settled(self, what: str) -> Frame:
        """Return the frame with all changes carried out, for further ones."""
        return Frame(self.head, self.new_tail(), prefix=self.prefix, what=what)

    def new_tail(self) -> bytes:
        """Return the tail with all changes; to be asked for once."""
        if not self.changed:
            return self.tail
        links = self.links + b"".join(self._new_links)
        holder = self.child("hyperlinks")
        if holder is not None:
            self.edits.append(holder, links)
        elif links:
            name = f"{self.prefix}hyperlinks".encode()
            xml = b"<" + name + b">" + links + b"</" + name + b">"
            self.edits.insert(self.root, xml, name="hyperlinks", order=ORDER)
        # Only now: what comes to one place stands there in the order in which it came.
        for part, xml in self._new_parts:
            self.edits.insert(self.root, xml, name=part, order=ORDER)
        return self.edits.done()[self._split :]


def _links_span(tail: bytes, prefix: str) -> tuple[int, int]:
    """Return where the content of `<hyperlinks>` stands, an empty span where there is none."""
    name = prefix.encode() + b"hyperlinks"
    plain = masked(tail)
    start = plain.find(b"<" + name)
    start = plain.find(b">", start) + 1 if start >= 0 else 0
    if not start or plain[start - 2 : start] == b"/>":
        return 0, 0
    end = plain.find(b"</" + name, start)
    return (start, end) if end >= 0 else (0, 0)


def split(data: bytes, what: str) -> tuple[bytes, bytes, bytes, str]:
    """Return head, rows and tail of a whole worksheet, and its elements' prefix.

    Raises:
        RefusedError: it has no `<sheetData>`.
    """
    plain = masked(data)
    found = _SHEET_DATA.search(plain)
    if found is None:
        raise RefusedError(f"'{what}' is no worksheet that holds rows; name another tab")
    prefix, name = found[1].decode(), found[1] + b"sheetData"
    if found[2]:
        opened = data[found.start() : found.end() - 2].rstrip() + b">"
        head = data[: found.start()] + opened
        return head, b"", b"</" + name + b">" + data[found.end() :], prefix
    end = plain.find(b"</" + name, found.end())
    if end < 0:
        raise RefusedError(f"'{what}' is damaged: its rows have no end; let Excel repair it")
    return data[: found.end()], data[found.end() : end], data[end:], prefix


def opening(data: bytes, what: str) -> tuple[bytes, bytes, str]:
    """Return head and the rows that follow it in the beginning of a worksheet, and the prefix."""
    plain = masked(data)
    found = _SHEET_DATA.search(plain)
    if found is None:
        raise RefusedError(f"'{what}' is no worksheet that holds rows; name another tab")
    return data[: found.end()], data[found.end() :], found[1].decode()


_USUAL = re.compile(
    rb'<c r="([A-Z]{1,3})[0-9]+"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?(?:/>|>(.*?)</c>)',
    re.DOTALL,
)
"""A cell as most programs write it; others are found with more care."""
_LOOKS = re.compile(rb'<c r="([A-Z]{1,3})[0-9]+"(?: s="([0-9]+)")?(?=[ />])')


@dataclass(slots=True, eq=False)
class RawCell:
    """A cell by its bytes."""

    column: int
    """0-based."""
    start: int
    """Within the row."""
    end: int
    xf: int
    """Index of its style."""
    kind: str
    """Its `t` attribute; blank where there is none."""
    inner: bytes
    """Between its tags."""

    @property
    def filled(self) -> bool:
        """Whether a value or a formula is in it."""
        return _CONTENT.search(self.inner) is not None

    @property
    def formula(self) -> bool:
        """Whether a formula is in it."""
        return re.search(rb"<(?:[\w.-]+:)?f[\s/>]", self.inner) is not None


class _Tags(NamedTuple):
    """How rows and cells are written with a prefix."""

    row: re.Pattern[bytes]
    row_end: bytes
    cell: re.Pattern[bytes]
    cell_end: bytes


@cache
def _tags(prefix: str) -> _Tags:
    raw = prefix.encode()
    escaped = re.escape(raw)
    return _Tags(
        re.compile(rb"<%srow(?=[\s/>])([^<>]*)>" % escaped),
        b"</" + raw + b"row",
        re.compile(rb"<%sc(?=[\s/>])([^<>]*?)(/?)>" % escaped),
        b"</" + raw + b"c",
    )


_tags("")  # what nearly every worksheet needs


class Rows:
    """Rows in a piece of a worksheet, found by number."""

    def __init__(self, data: bytes, *, prefix: str, what: str, before: int = 0) -> None:
        """Find where each row starts.

        Args:
            data: nothing but rows, and what may stand between them.
            prefix: of the worksheet's elements, with its colon.
            before: the number of the row before the first one.

        Raises:
            RefusedError: the rows aren't in order.
        """
        self.data = data
        self._plain = masked(data)
        self._tags = tags = _tags(prefix)
        self.numbers: list[int] = []
        self.starts: list[int] = []
        numbers, starts = self.numbers, self.starts
        number = before
        for found in tags.row.finditer(self._plain):
            said = _ROW_NUMBER.search(found[1])
            following = int(said[1]) if said else number + 1
            if following <= number:
                raise RefusedError(
                    f"the rows of '{what}' are out of order at row {following}; "
                    "open the workbook in Excel and save it"
                )
            number = following
            numbers.append(number)
            starts.append(found.start())

    def __len__(self) -> int:
        return len(self.numbers)

    def index(self, number: int) -> int:
        """Return the index of the first row that has this number or a greater one."""
        return bisect_left(self.numbers, number)

    def has(self, number: int) -> bool:
        """Return whether there is a row of this number."""
        at = self.index(number)
        return at < len(self.numbers) and self.numbers[at] == number

    def span(self, index: int) -> tuple[int, int]:
        """Return where a row stands."""
        start = self.starts[index]
        tag_end = self._plain.index(b">", start)
        if self._plain[tag_end - 1 : tag_end] == b"/":
            return start, tag_end + 1
        close = self._plain.find(self._tags.row_end, tag_end)
        if close < 0:
            raise RefusedError("a row has no end: the worksheet is damaged; let Excel repair it")
        return start, self._plain.index(b">", close) + 1

    def content(self, index: int) -> bytes:
        """Return a row's bytes."""
        start, end = self.span(index)
        return self.data[start:end]

    def row(self, number: int) -> bytes:
        """Return the bytes of the row of this number; none where there is no such row."""
        at = self.index(number)
        return self.content(at) if self.has(number) else b""

    def at(self, place: int) -> int:
        """Return the index of the row that stands at a place in the bytes."""
        return max(0, bisect_right(self.starts, place) - 1)

    def cell(self, index: int, column: int, name: str) -> RawCell | None:
        """Return one cell of a row, without looking into the others where that can be had.

        Args:
            index: of the row.
            column: 0-based.
            name: the column's name, `F` say.
        """
        start = self.starts[index]
        end = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.data)
        row = self.data[start:end]
        at = row.find(f' r="{name}{self.numbers[index]}"'.encode())
        if at < 0:
            return next((cell for cell in self.cells(row) if cell.column == column), None)
        at = row.rindex(b"<", 0, at)
        stop = row.find(self._tags.cell_end, at)
        stop = len(row) if stop < 0 else row.index(b">", stop) + 1
        return next(self.cells(row[at:stop]), None)

    def cells(self, row: bytes) -> Iterator[RawCell]:
        """Yield the cells of a row, from its bytes."""
        found = list(_USUAL.finditer(row))
        if self._usual(row) and len(found) == row.count(b"<c ") + row.count(b"<c>"):
            for cell in found:
                name, xf, kind, inner = cell.groups(b"")
                start, end = cell.span()
                yield RawCell(column_at(name), start, end, int(xf or 0), kind.decode(), inner)
        else:
            yield from self._any_cells(row)

    def looks(self, row: bytes) -> list[tuple[bytes, bytes]]:
        """Return column and style of each cell of a row, as they are written; [] where odd."""
        found = _LOOKS.findall(row)
        usual = self._usual(row) and len(found) == row.count(b"<c ") + row.count(b"<c>")
        return found if usual else []

    def _usual(self, row: bytes) -> bool:
        return self._tags.row_end == b"</row" and b"<!" not in row

    def _any_cells(self, row: bytes) -> Iterator[RawCell]:
        plain = masked(row)
        column = -1
        end = 0
        for found in self._tags.cell.finditer(plain):
            if found.start() < end:
                continue
            named = {key: one or two for key, one, two in _ATTRIBUTES.findall(found[1])}
            column = _column(named.get(b"r"), column + 1)
            inner_end = end = found.end()
            if not found[2]:
                inner_end = plain.find(self._tags.cell_end, found.end())
                if inner_end < 0:
                    raise RefusedError("a cell has no end: the worksheet is damaged")
                end = plain.index(b">", inner_end) + 1
            xf = named.get(b"s", b"0")
            yield RawCell(
                column,
                found.start(),
                end,
                int(xf) if xf.isdigit() else 0,
                named.get(b"t", b"").decode(),
                row[found.end() : inner_end],
            )

    def filled(self, index: int, left: int, right: int) -> bool:
        """Return whether any cell of a row, from column to column, has something in it."""
        row = self.content(index)
        if _CONTENT.search(row) is None:
            return False
        return any(left <= cell.column <= right and cell.filled for cell in self.cells(row))


@cache
def column_at(name: bytes) -> int:
    """Return the 0-based index of a column's name."""
    return references.column(name.decode())


def _column(reference: bytes | None, following: int) -> int:
    if reference is None:
        return following
    name = reference.rstrip(b"0123456789").decode()
    return references.column(name) if name.isalpha() and len(name) <= 3 else following
