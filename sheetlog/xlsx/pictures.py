"""Pictures that stand in cells: an anchor in the tab's drawing, a part with the bytes of each.

Knows the package, the worksheet and the markup of drawings (ECMA-376 part 1, 20.5.2); knows no
store and no plan.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sheetlog.xlsx import colspans
from sheetlog.xlsx.links import safe
from sheetlog.xlsx.names import relationships_of
from sheetlog.xlsx.relating import OFFICE, Relations, target_of
from sheetlog.xlsx.spans import Edits, Element, escaped, parse

if TYPE_CHECKING:
    from sheetlog.xlsx.package import Package
    from sheetlog.xlsx.worksheet import Worksheet

HEIGHT = 72.0
"""Points that a row with pictures is high: a line of text, and what stands below it."""

_DRAWING = {
    False: "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
    True: "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
}
_MAIN = {
    False: "http://schemas.openxmlformats.org/drawingml/2006/main",
    True: "http://purl.oclc.org/ooxml/drawingml/main",
}
_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"
_OURS = "sheetlog "
"""What the names of our pictures begin with."""
_POINT = 12_700
_PIXEL = 9525
"""English metric units."""
_LABEL = 17
"""Points of the line of text above a picture."""
_EDGE = 2
"""Pixels between a picture and the edges of its cell."""
_LEAST = 12
"""Points; what is smaller than this shows nothing."""
_LARGER = 4.0
"""So many times its size a small picture may be shown."""
_NUMBER = re.compile(rb"""cNvPr\s[^<>]*?\bid\s*=\s*["']([0-9]+)""")
_BEGINNING = 4096
"""Bytes in which a drawing says its namespaces."""
_FROM = re.compile(
    rb"<(?:[\w.-]+:)?from>\s*<(?:[\w.-]+:)?col>\s*([0-9]+)\s*<.*?<(?:[\w.-]+:)?row>\s*([0-9]+)",
    re.DOTALL,
)


class Picture(NamedTuple):
    """What to show in a cell."""

    data: bytes
    ending: str
    """`png` or `jpeg`."""
    width: int
    """Pixels, at which it has its natural size."""
    height: int
    words: str
    """What it is, for those who cannot see it."""
    url: str
    """What a click opens."""


class _Box(NamedTuple):
    """A place within a cell, in English metric units."""

    left: int
    top: int
    right: int
    bottom: int


class Pictures:
    """The pictures that one change puts into a tab, and takes away from it."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._new: list[tuple[int, int, Picture, _Box]] = []
        self._gone: set[tuple[int, int]] = set()

    def put(self, column: int, row: int, picture: Picture, *, height: float) -> None:
        """Show a picture in a cell, below its text.

        Args:
            column: 0-based.
            row: 1-based.
            picture: to show.
            height: of the row, in points.
        """
        box = self._box(column, picture, height)
        if box is not None:
            self._new.append((column, row, picture, box))

    def take(self, column: int, row: int) -> None:
        """Take away the picture of ours that stands in a cell, if there is one."""
        self._gone.add((column, row))

    def save(self) -> None:
        """Put what has changed into the package, and the drawing into the tab's frame."""
        part = self._part()
        if self._gone and part is not None:
            _remove(self._sheet, part, self._gone)
        if not self._new:
            return
        if part is None:
            part = self._made()
        package = self._sheet.package
        relations = Relations(package, part)
        spaces = self._spaces(package.head(part, b"\0", _BEGINNING))
        anchors = []
        number = _last(package, part)
        for column, row, picture, box in self._new:
            number += 1
            image = relations.id("image", self._media(picture))
            link = relations.id("hyperlink", safe(picture.url), external=True)
            xml = _anchor(number, column, row, picture, box=box, image=image, link=link)
            anchors.append(xml.replace("<xdr:twoCellAnchor", f"<xdr:twoCellAnchor{spaces}", 1))
        relations.save()
        package.grow(part, "".join(anchors).encode())

    def _part(self) -> str | None:
        """Return the tab's drawing, if it has one."""
        sheet = self._sheet
        element = sheet.frame.child("drawing")
        wanted = element.value("id") if element is not None else None
        if wanted is None:
            return None
        return target_of(sheet.package, sheet.sheet.part, wanted)

    def _made(self) -> str:
        """Return a new drawing of the tab; one that leads nowhere is led to it."""
        sheet, package = self._sheet, self._sheet.package
        folder = posixpath.dirname(package.workbook)
        number = 1
        while package.has(part := posixpath.join(folder, f"drawings/drawing{number}.xml")):
            number += 1
        office = OFFICE[package.strict]
        root = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<xdr:wsDr xmlns:xdr="{_DRAWING[package.strict]}" xmlns:a="{_MAIN[package.strict]}" '
            f'xmlns:r="{office}"></xdr:wsDr>'
        )
        package.add(part, root.encode(), content_type=_TYPE)
        id_ = package.relate(sheet.sheet.part, f"{office}/drawing", part)
        frame = sheet.frame
        old = frame.child("drawing")
        if old is not None:
            frame.edits.remove(old)
        xml = f'<{sheet.prefix}drawing xmlns:r="{office}" r:id="{id_}"/>'
        frame.add_part("drawing", xml.encode())
        return part

    def _spaces(self, data: bytes) -> str:
        """Return the namespaces that an anchor has to declare in this drawing."""
        start = data.find(b"wsDr")
        tag = data[start : data.find(b">", start)].replace(b"'", b'"')
        strict = self._sheet.package.strict
        names = {"xdr": _DRAWING[strict], "a": _MAIN[strict], "r": OFFICE[strict]}
        missing = (f'xmlns:{name}="{uri}"' for name, uri in names.items())
        return "".join(f" {each}" for each in missing if each.encode() not in tag)

    def _media(self, picture: Picture) -> str:
        """Return the part with a picture's bytes: the same bytes are there once."""
        package = self._sheet.package
        folder = posixpath.dirname(package.workbook)
        name = hashlib.sha256(picture.data).hexdigest()[:16]
        part = posixpath.join(folder, f"media/{name}.{picture.ending}")
        if not package.has(part):
            package.allow(picture.ending, f"image/{picture.ending}")
            package.add(part, picture.data)
        return part

    @cached_property
    def _widths(self) -> Callable[[int], int]:
        frame = self._sheet.frame
        found = colspans.spans_of(frame.child("cols"))
        return colspans.widths(found, found, frame.child("sheetFormatPr")).before

    def _box(self, column: int, picture: Picture, height: float) -> _Box | None:
        """Return where in its cell a picture stands; None: there is no room for it."""
        width = self._widths(column)
        if width < 24 * _PIXEL:  # hidden, perhaps only today
            width = 100 * _PIXEL
        high = (height - _LABEL) * _POINT - _EDGE * _PIXEL
        wide = width - 2 * _EDGE * _PIXEL
        if high < _LEAST * _POINT or not picture.width or not picture.height:
            return None
        natural = (picture.width * _PIXEL, picture.height * _PIXEL)
        scale = min(wide / natural[0], high / natural[1], _LARGER)
        left, top = _EDGE * _PIXEL, _LABEL * _POINT
        return _Box(left, top, left + int(natural[0] * scale), top + int(natural[1] * scale))


def _anchor(
    number: int,
    column: int,
    row: int,
    picture: Picture,
    *,
    box: _Box,
    image: str,
    link: str,
) -> str:
    left, top, right, bottom = box

    def corner(name: str, x: int, y: int) -> str:
        return (
            f"<xdr:{name}><xdr:col>{column}</xdr:col><xdr:colOff>{x}</xdr:colOff>"
            f"<xdr:row>{row - 1}</xdr:row><xdr:rowOff>{y}</xdr:rowOff></xdr:{name}>"
        )

    # Held by both corners, and they lie in one cell: so it moves with its row when people sort,
    # and goes out of sight with it when they filter. Held by one it would lie over other rows.
    return (
        f'<xdr:twoCellAnchor editAs="twoCell">{corner("from", left, top)}'
        f'{corner("to", right, bottom)}<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="{number}" '
        f'name="{_OURS}{number}" descr="{escaped(picture.words)}"><a:hlinkClick r:id="{link}"/>'
        '</xdr:cNvPr><xdr:cNvPicPr><a:picLocks noChangeAspect="1"/></xdr:cNvPicPr></xdr:nvPicPr>'
        f'<xdr:blipFill><a:blip r:embed="{image}"/><a:stretch><a:fillRect/></a:stretch>'
        f'</xdr:blipFill><xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{right - left}" '
        f'cy="{bottom - top}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "</xdr:spPr></xdr:pic><xdr:clientData/></xdr:twoCellAnchor>"
    )


def _last(package: Package, part: str) -> int:
    """Return the greatest number of what is drawn.

    Ours count upwards, and no other program leaves a drawing extendable: so its end tells, and
    thousands of pictures before it need not be read.
    """
    data = package.ending(part) or package.xml(part)
    return max(map(int, _NUMBER.findall(data)), default=1)


def _remove(sheet: Worksheet, part: str, cells: Collection[tuple[int, int]]) -> None:
    """Take our pictures of some cells out of a drawing, and parts that nothing shows any more."""
    package = sheet.package
    data = package.xml(part)
    # A drawing may hold thousands; only one that has something in these cells is parsed.
    there = {(int(column), int(row) + 1) for column, row in _FROM.findall(data)}
    if _OURS.encode() not in data or there.isdisjoint(cells):
        return
    root = parse(data, part)
    edits = Edits(data)
    gone, kept = set(), set()
    for anchor in root.walk("twoCellAnchor", "oneCellAnchor"):
        image = next((blip.value("embed") for blip in anchor.walk("blip")), None)
        if _cell(anchor) in cells and _ours(anchor):
            edits.remove(anchor)
            gone.add(image)
        else:
            kept.add(image)
    if not edits:
        return
    package.replace(part, edits.done())
    targets = {each.id: each.target for each in package.relationships(part)}
    # Pictures of one content may have a relationship each.
    still = {targets.get(id_ or "") for id_ in kept}
    for media in {targets[id_] for id_ in gone if id_ in targets} - still:
        if package.has(media) and not _elsewhere(package, part, media):
            package.remove(media, source=part)


def _elsewhere(package: Package, part: str, media: str) -> bool:
    """Return whether another part than this drawing may show a picture, too."""
    own, last = relationships_of(part), posixpath.basename(media).encode()
    others = (name for name in package.names() if name.endswith(".rels") and name != own)
    return any(last in package.read(name) for name in others)


def _cell(anchor: Element) -> tuple[int, int] | None:
    column, row = anchor.child("from", "col"), anchor.child("from", "row")
    if column is None or row is None:
        return None
    told = column.text.strip(), row.text.strip()
    return (int(told[0]), int(told[1]) + 1) if all(map(str.isdecimal, told)) else None


def _ours(anchor: Element) -> bool:
    named = next(anchor.walk("cNvPr"), None)
    return named is not None and (named.value("name") or "").startswith(_OURS)
