"""What stands in a cell: text, links, chips, checkboxes, pictures and small charts, as HTML."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from tests.google.page.literal import FormulaCall, Reference, parse_call
from tests.google.page.look import LINK, text_css
from tests.google.page.sparkline import sparkline
from tests.google.page.view import value_of
from tests.google.whole import rgb_hex

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.google.page.literal import Argument, Scalar
    from tests.google.page.view import SheetView

Json = dict[str, Any]

DRIVE_LINK = re.compile(
    r"https://(?:drive\.google\.com/(?:file/d/|thumbnail\?\S*?id=|uc\?\S*?id=|open\?id=)"
    r"|lh3\.googleusercontent\.com/d/|docs\.google\.com/\w+/d/)([-\w]{10,})"
)
A1 = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?", re.IGNORECASE)
TICKED = (
    '<svg class="box" viewBox="0 0 18 18"><rect x="1" y="1" width="16" height="16" rx="2" '
    'fill="currentColor"/><path d="M4 9l4 4 7-8" stroke="#fff" stroke-width="2" fill="none"/></svg>'
)
UNTICKED = (
    '<svg class="box" viewBox="0 0 18 18"><rect x="2" y="2" width="14" height="14" rx="1.5" '
    'fill="none" stroke="currentColor" stroke-width="2"/></svg>'
)
FILE = (
    '<svg class="mark" viewBox="0 0 12 14"><path d="M1 1h7l3 3v9H1z" fill="none" '
    'stroke="#4285f4" stroke-width="1.5"/></svg>'
)
PERSON = (
    '<svg class="mark" viewBox="0 0 12 14"><circle cx="6" cy="4" r="3" fill="#5f6368"/>'
    '<path d="M1 13a5 5 0 0 1 10 0z" fill="#5f6368"/></svg>'
)
MARGIN = 4


class CellPainter:
    """Draws the insides of one sheet's cells."""

    def __init__(self, view: SheetView, file_names: Mapping[str, str]) -> None:
        self._view = view
        self._file_names = file_names

    def inside(self, cell: Json, size: tuple[int, int]) -> str:
        """The HTML in the cell, which is so many pixels wide and high."""
        formula = cell.get("userEnteredValue", {}).get("formulaValue", "")
        call = parse_call(formula) if formula else None
        if call is not None and call.name in DRAWN:
            return DRAWN[call.name](self, call, size)
        rule: Json = cell.get("dataValidation", {})
        kind = rule.get("condition", {}).get("type", "")
        if kind == "BOOLEAN" and not isinstance(value_of(cell), str):
            return TICKED if value_of(cell) else UNTICKED
        if kind in ("ONE_OF_LIST", "ONE_OF_RANGE") and rule.get("showCustomUi"):
            return self._dropdown(cell)
        if "chipRuns" in cell:
            return self._chips(cell)
        return self.text(cell)

    def text(self, cell: Json) -> str:
        """The text that the cell shows, with its links and its runs."""
        shown = str(cell.get("formattedValue", ""))
        if cell.get("textFormatRuns"):
            return _runs(shown, cell["textFormatRuns"])
        if "hyperlink" in cell:
            return _link(str(cell["hyperlink"]), escape(shown))
        return escape(shown)

    def _dropdown(self, cell: Json) -> str:
        shown = escape(str(cell.get("formattedValue", "")))
        arrow = '<span class="arrow">▾</span>'
        return f'<span class="chip drop{"" if shown else " blank"}">{shown}{arrow}</span>'

    def _chips(self, cell: Json) -> str:
        """Each chip in place of its `@`; the text around them as it is."""
        text = str(cell.get("formattedValue", ""))
        pieces = []
        at = 0
        for run in cell["chipRuns"]:
            start = run.get("startIndex", 0)
            if "chip" not in run:
                continue
            pieces += [escape(text[at:start]), self._chip(run["chip"])]
            at = start + 1
        return "".join([*pieces, escape(text[at:])])

    def _chip(self, chip: Json) -> str:
        person = chip.get("personProperties")
        if person:
            return f'<span class="chip smart">{PERSON}{escape(person.get("email", ""))}</span>'
        uri = str(chip.get("richLinkProperties", {}).get("uri", ""))
        match = DRIVE_LINK.match(uri)
        label = self._file_names.get(match.group(1), uri) if match else uri
        return f'<a class="chip smart" href="{escape(uri)}">{FILE}{escape(label)}</a>'

    def _sparkline(self, call: FormulaCall, size: tuple[int, int]) -> str:
        arguments = [*call.arguments, None, None]
        rows = self._rows(arguments[0])
        options = {str(pair[0]): pair[1] for pair in self._rows(arguments[1]) if len(pair) > 1}
        if len(options) == 0 and isinstance(arguments[1], tuple):
            flat = [value for row in arguments[1] for value in row]
            options = {str(flat[i]): flat[i + 1] for i in range(0, len(flat) - 1, 2)}
        return sparkline(rows, options, (max(size[0] - MARGIN, 4), max(size[1] - MARGIN, 4)))

    def _rows(self, argument: Argument) -> list[list[Scalar]]:
        """An argument's values, row by row; a reference looks at this sheet's cells."""
        if isinstance(argument, tuple):
            return [list(row) for row in argument]
        if isinstance(argument, Reference):
            return self._referenced(argument.text)
        return [] if argument is None else [[argument]]

    def _referenced(self, text: str) -> list[list[Scalar]]:
        match = A1.fullmatch(text.rpartition("!")[2])
        if match is None:
            return []
        first, top, last, bottom = match.groups()
        columns = range(_index(first), _index(last or first) + 1)
        rows = range(int(top) - 1, int(bottom or top))
        return [[value_of(self._view.cell(row, column)) for column in columns] for row in rows]

    def _image(self, call: FormulaCall, size: tuple[int, int]) -> str:
        """The picture, fitted into the cell; one in this Drive is taken from here."""
        source = str(call.arguments[0]) if call.arguments else ""
        match = DRIVE_LINK.match(source)
        if match and match.group(1) in self._file_names:
            source = f"/drive/v3/files/{match.group(1)}?alt=media&supportsAllDrives=true"
        style = f"max-width:{size[0] - MARGIN}px;max-height:{size[1] - MARGIN}px"
        return f'<img src="{escape(source)}" style="{style}" alt="">'


DRAWN: dict[str, Callable[[CellPainter, FormulaCall, tuple[int, int]], str]] = {
    "SPARKLINE": CellPainter._sparkline,
    "IMAGE": CellPainter._image,
}


def _index(letters: str) -> int:
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def _link(uri: str, label: str, style: str = "") -> str:
    attribute = f' style="{style}"' if style else ""
    return f'<a href="{escape(uri)}" target="_blank"{attribute}>{label}</a>'


def _runs(text: str, runs: list[Json]) -> str:
    """Text whose parts look different; each run lasts until the next begins."""
    starts = [run.get("startIndex", 0) for run in runs]
    pieces = [escape(text[: starts[0]])]
    for run, start, end in zip(runs, starts, [*starts[1:], len(text)], strict=True):
        own: Json = run.get("format", {})
        css = list(text_css(own))
        color = rgb_hex(own.get("foregroundColorStyle") or own.get("foregroundColor"))
        uri = own.get("link", {}).get("uri")
        if color and not (uri and color == LINK):
            css.append(f"color:#{color}")
        label = escape(text[start:end])
        style = escape(";".join(css))
        pieces.append(_link(uri, label, style) if uri else f'<span style="{style}">{label}</span>')
    return "".join(pieces)
