"""The lists that the styles part is made of: entries by number, and new ones at the end of a list.

Knows the part's elements, and nothing of what they mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetlog.errors import RefusedError
from sheetlog.xlsx import spans

if TYPE_CHECKING:
    from sheetlog.xlsx.spans import Element

MOST_XFS = 64_000
"""Cell formats that Excel allows in a workbook."""

ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs",
    "tableStyles", "colors", "extLst",
)  # fmt: skip
"""Lists of the styles part as the schema orders them (ECMA-376, 18.8.39)."""
FIRST = {
    "fonts": ("<font><sz val='11'/><name val='Calibri'/><family val='2'/></font>",),
    "fills": (
        "<fill><patternFill patternType='none'/></fill>",
        "<fill><patternFill patternType='gray125'/></fill>",
    ),
    "borders": ("<border><left/><right/><top/><bottom/><diagonal/></border>",),
    "cellStyleXfs": ("<xf numFmtId='0' fontId='0' fillId='0' borderId='0'/>",),
    "cellXfs": ("<xf numFmtId='0' fontId='0' fillId='0' borderId='0' xfId='0'/>",),
    "cellStyles": ("<cellStyle name='Normal' xfId='0' builtinId='0'/>",),
}
"""What each list begins with where a workbook has none of it."""


def integer(text: str | None) -> int:
    """Return the number that an attribute holds; 0 where it holds none."""
    return int(text) if text is not None and text.isascii() and text.isdecimal() else 0


class Item:
    """One entry of a list of the styles part, without prefixes."""

    def __init__(self, name: str, attributes: dict[str, str], children: str) -> None:
        self.name = name
        self.attributes = attributes
        self.children = children

    @classmethod
    def read(cls, xml: str) -> Item:
        data = xml.encode()
        return cls.of(spans.parse(data, "styles"), data)

    @classmethod
    def of(cls, element: Element, data: bytes) -> Item:
        """Take an entry out of the part; prefixes of its own and of what it holds are dropped."""
        own = {name: value for name, value in element.attributes.items() if " " not in name}
        inner = "".join(str(cls.of(child, data)) for child in element.children if _known(child))
        return cls(element.name, own, inner)

    def __str__(self) -> str:
        attributes = "".join(
            f' {name}="{spans.escaped(value)}"' for name, value in self.attributes.items()
        )
        if not self.children:
            return f"<{self.name}{attributes}/>"
        return f"<{self.name}{attributes}>{self.children}</{self.name}>"

    def same(self, other: Item) -> bool:
        return self.attributes == other.attributes and self.children == other.children


class Shelf:
    """A list of the styles part; entries are found by their number, and new ones go to the end."""

    def __init__(self, name: str, element: Element | None, data: bytes) -> None:
        self.name = name
        self.element = element
        if element is None:
            self.items = [Item.read(xml) for xml in FIRST.get(name, ())]
        else:
            self.items = [Item.of(child, data) for child in element.children]
        self._known = len(self.items)

    @property
    def added(self) -> list[Item]:
        return self.items[self._known :]

    def get(self, index: int) -> Item:
        if not self.items:
            return Item.read(FIRST[self.name][0])
        return self.items[index if 0 <= index < len(self.items) else 0]

    def index(self, item: Item) -> int:
        """Return the number of an equal entry, which is added where there is none."""
        for number, known in enumerate(self.items):
            if known.same(item):
                return number
        if self.name == "cellXfs" and len(self.items) >= MOST_XFS:
            raise RefusedError(
                f"the workbook has {len(self.items):,} cell formats, and Excel allows no more; "
                "delete the styles that nobody uses, or log into a new workbook"
            )
        self.items.append(item)
        return len(self.items) - 1

    def write(self, edits: spans.Edits, root: Element, prefix: str) -> None:
        count = str(len(self.items))
        if self.element is not None:
            edits.attribute(self.element, "count", count)
            entries = "".join(map(str, self.added))
            edits.append(self.element, _prefixed(entries, prefix).encode())
        else:
            whole = f'<{self.name} count="{count}">{"".join(map(str, self.items))}</{self.name}>'
            edits.insert(root, _prefixed(whole, prefix).encode(), name=self.name, order=ORDER)


def _known(element: Element) -> bool:
    """Return whether an element may be copied without the namespaces that its part declares."""
    return element.name != "extLst" and (element.space.endswith("main") or not element.space)


def _prefixed(xml: str, prefix: str) -> str:
    if not prefix:
        return xml
    # A `<` stands nowhere but before a tag: texts and attributes have it escaped.
    return xml.replace("</", "\0").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
