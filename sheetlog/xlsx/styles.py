"""The styles part (`xl/styles.xml`): looking cell formats up, and adding some. Knows no worksheet.

Edited by span: what stands there keeps its bytes and its number; what is new goes to the end.
"""

from __future__ import annotations

import posixpath
import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from sheetlog.xlsx import spans
from sheetlog.xlsx.numberformats import BUILTIN, SHARED, is_date, is_duration
from sheetlog.xlsx.shelves import FIRST, ORDER, Item, Shelf, integer

if TYPE_CHECKING:
    from sheetlog.xlsx.package import Package
    from sheetlog.xlsx.spans import Element

LINK_COLOR = "0563C1"

_UNLOCKED = re.compile(r"""<(?:[\w.-]+:)?protection\s[^<>]*\blocked\s*=\s*["'](?:0|false)["']""")
_XF = re.compile(rb"<(?:[\w.-]+:)?xf\s[^<>]*(?:/>|(?<!/)>.*?</(?:[\w.-]+:)?xf\s*>)", re.DOTALL)
_WRAPS = re.compile(rb"""\swrapText\s*=\s*["'](?:1|true)["']""")
_FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color",
    "name", "family", "charset", "scheme",
)  # fmt: skip
_BOLD = re.compile(r"<b(?: val=[\"'](\w+)[\"'])?\s*/>")
_SOLID = re.compile(
    r"""<patternFill[^<>]*\spatternType="(?!none)[^<>]*><fgColor\s([^<>]*?)\s*/>"""
)
_RGB = re.compile(r'\brgb="[0-9A-Fa-f]{2}([0-9A-Fa-f]{6})"')
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_RELATIONS = {
    False: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    True: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
_MAIN = {
    False: "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    True: "http://purl.oclc.org/ooxml/spreadsheetml/main",
}


class Styles:
    """The styles of one workbook. Adding gives an index; `save` puts the part into the package.

    The part is read when something is asked for the first time.
    """

    def __init__(self, package: Package) -> None:
        self._package = package

    def xf_like(
        self,
        base: int = 0,
        *,
        number_format: str | None = None,
        hyperlink: bool | None = None,
        bold: bool | None = None,
        font_color: str | None = None,
        font_size: int | None = None,
        fill: str | None = None,
        wrap: bool | None = None,
        horizontal: str | None = None,
        vertical: str | None = None,
        border: str | None = None,
        underlined: str | None = None,
        framed_like: int | None = None,
    ) -> int:
        """Return the index of a cell format that is `base` but for what is given (None: as there).

        An equal one is reused; else it is added at the end of `cellXfs`.

        Args:
            base: its index; one that the workbook doesn't have means the first.
            number_format: a code such as `0.00%`; `General` takes the format away.
            hyperlink: blue and underlined.
            bold: whether the font is.
            font_color: six hex digits RGB.
            font_size: in points.
            fill: six hex digits RGB, for the whole cell.
            wrap: whether long text goes on in the next line.
            horizontal: `left`, `center`, `right`.
            vertical: `top`, `center`, `bottom`.
            border: six hex digits RGB, for a thin line all around.
            underlined: six hex digits RGB, for a thin line below and none elsewhere.
            framed_like: another cell format, whose border this one gets, and whose fill, unless it
                has one.

        Raises:
            RefusedError: the workbook has all the cell formats that Excel allows.
        """
        xf = self._xfs.get(base)
        attributes = dict(xf.attributes)
        if number_format is not None:
            attributes |= _chosen("numFmtId", "NumberFormat", self._number_format(number_format))
        font = _font(hyperlink=hyperlink, bold=bold, color=font_color, size=font_size)
        if font:
            index = self._like_font(integer(attributes.get("fontId")), font)
            attributes |= _chosen("fontId", "Font", index)
        if fill is not None:
            attributes |= _chosen("fillId", "Fill", self._fills.index(_paint(fill)))
        if border is not None:
            attributes |= _chosen("borderId", "Border", self._borders.index(_lines(border)))
        if underlined is not None:
            line = _lines(underlined, only="bottom")
            attributes |= _chosen("borderId", "Border", self._borders.index(line))
        if framed_like is not None:
            attributes |= self._frame(attributes, framed_like)
        wrapped = None if wrap is None else str(int(wrap))
        asked = {"horizontal": horizontal, "vertical": vertical, "wrapText": wrapped}
        return self._xfs.index(_aligned(Item("xf", attributes, xf.children), asked))

    def _frame(self, attributes: dict[str, str], like: int) -> dict[str, str]:
        """Return what changes in an xf that is framed like another one."""
        frame = self._xfs.get(like).attributes
        changed: dict[str, str] = {}
        if integer(attributes.get("fillId")) == 0 != integer(frame.get("fillId")):
            changed |= _chosen("fillId", "Fill", integer(frame.get("fillId")))
        if integer(attributes.get("borderId")) != integer(frame.get("borderId")):
            changed |= _chosen("borderId", "Border", integer(frame.get("borderId")))
        return changed

    def number_format_of(self, xf: int) -> str | None:
        """Return the code of a cell format's numbers; None where the workbook doesn't say it."""
        known = _codes_of(self._root)
        if "_xfs" not in self.__dict__ and 0 <= xf < len(known):
            return known[xf]
        number = integer(self._xfs.get(xf).attributes.get("numFmtId"))
        return self._codes.get(number, BUILTIN.get(number))

    def mentions(self, code: str) -> bool:
        """Return whether any number format may be this one: the part is not parsed for it."""
        # What was added since is not in these bytes.
        added = "_formats" in self.__dict__ and self._formats.added
        return bool(added) or _stands_in(self._part[1], code)

    def unlocked(self, xf: int) -> bool:
        """Return whether a person may type into such a cell of a protected tab."""
        return _UNLOCKED.search(self._xfs.get(xf).children) is not None

    def is_date(self, xf: int) -> bool:
        """Return whether numbers in this cell format show as a date or a time of day."""
        return is_date(self.number_format_of(xf) or "General")

    def is_duration(self, xf: int) -> bool:
        """Return whether numbers in this cell format show as elapsed time (`[h]:mm:ss`)."""
        return is_duration(self.number_format_of(xf) or "General")

    def wraps(self, xf: int) -> bool:
        """Return whether long texts go on in the next line."""
        known = _wrapping(self._part[1])
        if 0 <= xf < len(known):
            return known[xf]
        return 'wrapText="1"' in self._xfs.get(xf).children

    def is_bold(self, xf: int) -> bool:
        """Return whether the letters of a cell format are bold."""
        font = self._fonts.get(integer(self._xfs.get(xf).attributes.get("fontId")))
        found = _BOLD.search(font.children)
        return found is not None and found[1] not in ("0", "false")

    def fill_of(self, xf: int) -> str:
        """Return a cell format's colour in six hex digits, or as the file says it; blank: none."""
        fill = self._fills.get(integer(self._xfs.get(xf).attributes.get("fillId"))).children
        found = _SOLID.search(fill)
        if found is None:
            return fill if "gradientFill" in fill else ""
        color = _RGB.search(found[1])
        return color[1].upper() if color else found[1]

    def dxf(
        self,
        *,
        font_color: str | None = None,
        fill: str | None = None,
        bold: bool | None = None,
    ) -> int:
        """Return the index of a differential format, for conditional ones; reuses an equal one."""
        font = "".join(
            [
                "" if bold is None else f"<b val='{int(bold)}'/>",
                "" if font_color is None else f"<color rgb='FF{font_color}'/>",
            ]
        )
        inner = f"<font>{font}</font>" if font else ""
        if fill is not None:
            inner += f"<fill><patternFill><bgColor rgb='FF{fill}'/></patternFill></fill>"
        return self._dxfs.index(Item.read(f"<dxf>{inner}</dxf>"))

    def save(self) -> None:
        """Put the part into the package if anything was added; else nothing is done."""
        shelves = self._shelves()
        if not shelves:
            return
        name, data = self._part
        prefix = spans.prefix(data, self._root)
        edits = spans.Edits(data)
        for shelf in shelves:
            shelf.write(edits, self._root, prefix)
        content = edits.done()
        if name is not None:
            self._package.replace(name, content)
        else:
            strict = self._package.strict
            folder = posixpath.dirname(self._package.workbook)
            name = posixpath.join(folder, "styles.xml")
            self._package.add(name, content, content_type=_TYPE)
            self._package.relate(self._package.workbook, f"{_RELATIONS[strict]}/styles", name)
        for made in ("_part", "_root", "_codes", *_SHELVES):
            self.__dict__.pop(made, None)

    @cached_property
    def _part(self) -> tuple[str | None, bytes]:
        for link in self._package.relationships(self._package.workbook):
            if link.kind == "styles" and self._package.has(link.target):
                return link.target, self._package.xml(link.target)
        empty = f'<styleSheet xmlns="{_MAIN[self._package.strict]}"></styleSheet>'
        declared = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        return None, (declared + empty).encode()

    @cached_property
    def _root(self) -> Element:
        name, data = self._part
        return spans.parse(data, name or "styles.xml")

    def _shelf(self, name: str) -> Shelf:
        return Shelf(name, self._root.child(name), self._part[1])

    @cached_property
    def _fonts(self) -> Shelf:
        return self._shelf("fonts")

    @cached_property
    def _fills(self) -> Shelf:
        return self._shelf("fills")

    @cached_property
    def _borders(self) -> Shelf:
        return self._shelf("borders")

    @cached_property
    def _xfs(self) -> Shelf:
        return self._shelf("cellXfs")

    @cached_property
    def _dxfs(self) -> Shelf:
        return self._shelf("dxfs")

    @cached_property
    def _formats(self) -> Shelf:
        return self._shelf("numFmts")

    def _shelves(self) -> list[Shelf]:
        """Return what has grown, in the schema's order; a new part needs all its first entries."""
        used: list[Shelf] = [self.__dict__[name] for name in _SHELVES if name in self.__dict__]
        grown = [shelf for shelf in used if shelf.added]
        if grown and self._part[0] is None:
            there = {shelf.name for shelf in grown}
            grown += [Shelf(name, None, b"") for name in FIRST if name not in there]
        return sorted(grown, key=lambda shelf: ORDER.index(shelf.name))

    @cached_property
    def _codes(self) -> dict[int, str]:
        """Number formats by number. A file may give a built-in number another code."""
        return {
            int(item.attributes["numFmtId"]): item.attributes["formatCode"]
            for item in self._formats.items
            if item.attributes.get("numFmtId", "").isdigit() and "formatCode" in item.attributes
        }

    def _number_format(self, code: str) -> int:
        for number, known in (self._codes | SHARED).items():
            if known == code and self._codes.get(number, code) == code:
                return number
        number = max([163, *self._codes]) + 1
        self._formats.index(Item("numFmt", {"numFmtId": str(number), "formatCode": code}, ""))
        self._codes[number] = code
        return number

    def _like_font(self, base: int, changed: dict[str, dict[str, str] | None]) -> int:
        font = self._fonts.get(base)
        data = f"<font>{font.children}</font>".encode()
        kept = {
            child.name: data[child.start : child.end].decode()
            for child in spans.parse(data, "font").children
        }
        for name, attributes in changed.items():
            kept.pop(name, None)
            if attributes is not None:
                kept[name] = str(Item(name, attributes, ""))
        known = {name: place for place, name in enumerate(_FONT_ORDER)}
        order = sorted(kept, key=lambda name: known.get(name, len(known)))
        return self._fonts.index(
            Item("font", font.attributes, "".join(kept[name] for name in order))
        )


@lru_cache(maxsize=8)
def _wrapping(data: bytes) -> tuple[bool, ...]:
    """Return of each cell format whether it wraps texts: nearly each new row asks, and a new
    process would have to parse the part for it.
    """
    plain = spans.masked(data)
    start = plain.find(b"cellXfs")
    xfs = _XF.findall(plain, start, plain.find(b"cellXfs", start + 1)) if start >= 0 else []
    return tuple(_WRAPS.search(xf) is not None for xf in xfs)


# From one row to the next the part stays as it is, and `parse` keeps its root.
@lru_cache(maxsize=8)
def _stands_in(part: bytes, code: str) -> bool:
    """Return whether a part has this text, escaped or not; each number of a row asks the same."""
    return any(text.encode() in part for text in (code, spans.escaped(code)))


@lru_cache(maxsize=8)
def _codes_of(root: Element) -> tuple[str | None, ...]:
    """Return the number format of each cell format of the part."""
    formats, xfs = root.child("numFmts"), root.child("cellXfs")
    codes = dict(BUILTIN)
    for each in formats.children if formats is not None else ():
        number, code = each.value("numFmtId") or "", each.value("formatCode")
        if number.isdigit() and code is not None:
            codes[int(number)] = code
    numbers = [integer(each.value("numFmtId")) for each in xfs.children] if xfs is not None else []
    return tuple(codes.get(number) for number in numbers)


_SHELVES = ("_formats", "_fonts", "_fills", "_borders", "_xfs", "_dxfs")


def _paint(color: str) -> Item:
    return Item.read(
        f"<fill><patternFill patternType='solid'><fgColor rgb='FF{color}'/>"
        "<bgColor indexed='64'/></patternFill></fill>"
    )


def _lines(color: str, *, only: str | None = None) -> Item:
    sides = "".join(
        f"<{side} style='thin'><color rgb='FF{color}'/></{side}>"
        if only in (None, side)
        else f"<{side}/>"
        for side in ("left", "right", "top", "bottom")
    )
    return Item.read(f"<border>{sides}<diagonal/></border>")


def _chosen(name: str, applied: str, index: int) -> dict[str, str]:
    return {name: str(index), f"apply{applied}": "1"}


def _font(
    *, hyperlink: bool | None, bold: bool | None, color: str | None, size: int | None
) -> dict[str, dict[str, str] | None]:
    """Return the parts of a font that change: their attributes, or None for a part that goes."""
    changed: dict[str, dict[str, str] | None] = {}
    if hyperlink is not None:
        changed["u"] = {} if hyperlink else None
        if hyperlink and color is None:
            color = LINK_COLOR
    if bold is not None:
        changed["b"] = {} if bold else None
    if size is not None:
        changed["sz"] = {"val": str(size)}
    if color is not None:
        changed["color"] = {"rgb": f"FF{color}"}
    return changed


def _aligned(xf: Item, asked: dict[str, str | None]) -> Item:
    """Return an xf with the alignment changed where something is asked of it."""
    changed = {name: value for name, value in asked.items() if value is not None}
    if not changed:
        return xf
    data = f"<xf>{xf.children}</xf>".encode()
    kept: dict[str, str] = {}
    rest = ""
    for child in spans.parse(data, "xf").children:
        if child.name == "alignment":
            kept = child.attributes
        else:
            rest += data[child.start : child.end].decode()
    # The schema has it before all else.
    children = str(Item("alignment", kept | changed, "")) + rest
    return Item("xf", {**xf.attributes, "applyAlignment": "1"}, children)
