"""The `<cols>` of a worksheet: widths, styles and hiding, when columns are inserted.

Knows that one element and nothing else of the worksheet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sheetlog.xlsx.anchors import Widths, emu
from sheetlog.xlsx.references import MAX_COLUMNS
from sheetlog.xlsx.spans import escaped

if TYPE_CHECKING:
    from sheetlog.xlsx.shift import Shift
    from sheetlog.xlsx.spans import Element

DEFAULT_WIDTH = 9.140625
"""Characters: 64 pixels in the usual font."""

Attributes = Mapping[str, str]
"""Of a `<col>`, without `min` and `max`."""


def col(
    *, width: float | None = None, style: int | None = None, hidden: bool = False
) -> dict[str, str]:
    """Return the attributes of a column; none where it is like any other."""
    made: dict[str, str] = {}
    if width is not None:
        # Excel counts the cell's margins: five pixels more than the characters take.
        made |= {"width": f"{width + 0.7109375:g}", "customWidth": "1"}
    if style is not None:
        made["style"] = str(style)
    if hidden:
        made["hidden"] = "1"
    if made and width is None:
        made["width"] = f"{DEFAULT_WIDTH:g}"  # Excel repairs a `<col>` without it
    return made


def spans_of(cols: Element | None) -> list[tuple[int, int, Attributes]]:
    """Return first and last column (0-based) and the attributes of each `<col>`."""
    found = []
    for element in [] if cols is None else cols.children:
        first, last = element.value("min") or "", element.value("max") or ""
        if element.name == "col" and first.isdecimal() and last.isdecimal():
            rest = {
                name: value
                for name, value in element.attributes.items()
                if name not in {"min", "max"} and " " not in name
            }
            found.append((int(first) - 1, min(int(last), MAX_COLUMNS) - 1, rest))
    return sorted(found, key=lambda span: span[0])


def shifted(
    cols: Element | None, shift: Shift, new: Mapping[int, Attributes]
) -> list[tuple[int, int, Attributes]]:
    """Return the spans after the shift.

    Args:
        new: attributes of the inserted columns, by the place where they end up.
    """
    found: list[tuple[int, int, Attributes]] = []
    for first, last, rest in spans_of(cols):
        start = first
        for column in range(first + 1, last + 2):
            here, before = (min(_moved(c, shift), MAX_COLUMNS) for c in (column, column - 1))
            if column > last or here != before + 1:
                begin = _moved(start, shift)
                if begin < MAX_COLUMNS:
                    found.append((begin, min(before, MAX_COLUMNS - 1), rest))
                start = column
    found += [(place, place, rest) for place, rest in new.items() if rest]
    return sorted(found, key=lambda span: span[0])


def _moved(column: int, shift: Shift) -> int:
    for place in shift.places:
        column += place <= column
    return column


def xml(spans: list[tuple[int, int, Attributes]], prefix: str = "") -> bytes:
    """Return `<cols>` for spans; nothing for none, since an empty one is damage to Excel."""
    if not spans:
        return b""
    inner = "".join(
        f'<{prefix}col min="{first + 1}" max="{last + 1}"'
        + "".join(f' {name}="{escaped(value)}"' for name, value in rest.items())
        + "/>"
        for first, last, rest in spans
    )
    return f"<{prefix}cols>{inner}</{prefix}cols>".encode()


def widths(
    before: list[tuple[int, int, Attributes]],
    after: list[tuple[int, int, Attributes]],
    form: Element | None,
) -> Widths:
    """Return how wide columns are, before and after the shift.

    Args:
        form: the sheet's `<sheetFormatPr>`.
    """
    text = (form.value("defaultColWidth") if form is not None else None) or ""
    usual = _number(text, DEFAULT_WIDTH)

    def width(spans: list[tuple[int, int, Attributes]]) -> Callable[[int], int]:
        known = {
            column: 0
            if rest.get("hidden") in {"1", "true"}
            else emu(_number(rest.get("width", ""), usual))
            for first, last, rest in spans
            for column in range(first, last + 1)
        }
        return lambda column: known.get(column, emu(usual))

    return Widths(width(before), width(after))


def _number(text: str, otherwise: float) -> float:
    try:
        return float(text)
    except ValueError:
        return otherwise
