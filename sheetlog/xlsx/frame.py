"""A worksheet's XML as three pieces: head, rows, tail; and what stands around the rows.

Knows the worksheet's markup, but for its rows, and no package, no style and no plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from sheetlog.errors import RefusedError
from sheetlog.xlsx import edges
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
_ATTRIBUTES = re.compile(rb"""([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REF = re.compile(rb"""\sref\s*=\s*["']([^"']*)["']""")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?worksheet\s[^<>]*>")
_TABLE = re.compile(rb"<(?:[\w.-]+:)?tablePart(\s[^<>]*)>")


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
        self._holder = tail[tail.rfind(b"<", 0, start) : start]
        self._what = what
        self._space = b""
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

    def declares(self, space: bytes) -> bool:
        """Return whether a namespace's declaration (`xmlns:r="..."`) holds for new links, too.

        Thousands of links are a third as long without it; so new `<hyperlinks>` will have it.
        """
        if not self.links and self.child("hyperlinks") is None:
            self._space = b" " + space
            return True
        name = space.partition(b"=")[0]
        root = _ROOT.search(self.head)
        tag = self._holder if name in self._holder else root[0] if root else b""
        return space in tag.replace(b"'", b'"')

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
            xml = b"<" + name + self._space + b">" + links + b"</" + name + b">"
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
