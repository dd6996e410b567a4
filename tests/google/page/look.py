"""How a cell looks: the layers of formats put on top of one another, as CSS.

The layers are CellFormats in Google's shape; what a cell holds is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.google.whole import rgb_hex

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]

FAMILY = "Arial"
FONT_SIZE = 10
LINK = "1155cc"
SIDES = ("top", "right", "bottom", "left")
BORDER_STYLES = {
    "DOTTED": "1px dotted",
    "DASHED": "1px dashed",
    "SOLID": "1px solid",
    "SOLID_MEDIUM": "2px solid",
    "SOLID_THICK": "3px solid",
    "DOUBLE": "3px double",
}
WRAPPING = {"WRAP": "pre-wrap", "LEGACY_WRAP": "pre-wrap"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A cell's format, all layers together; None is the sheet's default."""

    background: str | None = None
    ink: str | None = None
    text: Json = field(default_factory=dict)
    horizontal: str = ""
    vertical: str = "BOTTOM"
    wrap: str = "OVERFLOW_CELL"
    borders: Json = field(default_factory=dict)

    @property
    def overflows(self) -> bool:
        """Whether text may run over into blank cells beside it."""
        return self.wrap == "OVERFLOW_CELL"

    def css(self) -> str:
        """The declarations for the cell; nothing where all is as by default."""
        found = [*self._text_css(), *self._box_css()]
        return ";".join(found)

    def _text_css(self) -> Iterable[str]:
        if self.ink is not None:
            yield f"color:#{self.ink}"
        yield from text_css(self.text)

    def _box_css(self) -> Iterable[str]:
        if self.background is not None:
            yield f"background-color:#{self.background}"
            # A fill hides the grid's lines.
            yield f"border-right-color:#{self.background};border-bottom-color:#{self.background}"
        if self.horizontal:
            yield f"text-align:{self.horizontal.lower()}"
        if self.vertical != "BOTTOM":
            yield f"vertical-align:{self.vertical.lower()}"
        if self.wrap in WRAPPING:
            yield "white-space:pre-wrap;overflow-wrap:anywhere"
        for side in SIDES:
            border = self.borders.get(side)
            if border and border.get("style") in BORDER_STYLES:
                color = rgb_hex(border.get("colorStyle") or border.get("color")) or "000000"
                yield f"border-{side}:{BORDER_STYLES[border['style']]} #{color}"


def text_css(text: Json) -> Iterable[str]:
    """The declarations for a TextFormat, its colour apart."""
    if text.get("bold"):
        yield "font-weight:bold"
    if text.get("italic"):
        yield "font-style:italic"
    lines = [
        css
        for name, css in (("underline", "underline"), ("strikethrough", "line-through"))
        if text.get(name)
    ]
    if lines:
        yield f"text-decoration:{' '.join(lines)}"
    if text.get("fontSize", FONT_SIZE) != FONT_SIZE:
        yield f"font-size:{text['fontSize']}pt"
    family = str(text.get("fontFamily", FAMILY))
    if family != FAMILY and "," not in family:
        # What isn't installed falls back to the font of all the rest.
        yield f'font-family:"{family.replace(chr(34), "")}",var(--font)'


def look_of(layers: Iterable[Json], value: Any) -> Look:
    """The layers, lowest first, put together; alignment follows the value where none is set."""
    background = ink = None
    text: Json = {}
    rest: Json = {}
    for layer in layers:
        background = _color(layer, "backgroundColor") or background
        own = layer.get("textFormat", {})
        ink = _color(own, "foregroundColor") or ink
        text |= own
        rest |= layer
    return Look(
        background=None if background == "ffffff" else background,
        ink=None if ink == "000000" else ink,
        text=text,
        horizontal=rest.get("horizontalAlignment") or _natural_side(value),
        vertical=rest.get("verticalAlignment", "BOTTOM"),
        wrap=rest.get("wrapStrategy", "OVERFLOW_CELL"),
        borders=rest.get("borders", {}),
    )


def _color(holder: Json, name: str) -> str | None:
    """A colour of a layer; its newer twin, `…Style`, counts first."""
    style = holder.get(name + "Style")
    return rgb_hex(style or holder.get(name))


def _natural_side(value: Any) -> str:
    if isinstance(value, bool):
        return "CENTER"
    return "RIGHT" if isinstance(value, (int, float)) else ""
