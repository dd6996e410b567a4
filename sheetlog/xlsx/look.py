"""A new column in a worksheet's own terms: colours that depend on values, choices, notes, widths.

Knows styles and the markup around the rows; knows no package, no rows and no plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetlog import colours
from sheetlog.formulas import TICKS
from sheetlog.xlsx import colspans
from sheetlog.xlsx.references import MAX_ROWS, letters
from sheetlog.xlsx.spans import escaped
from sheetlog.xlsx.values import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sheetlog.xlsx.styles import Styles

_LONGEST_LIST = 255
"""Characters of a list of choices (and of any text in a formula) that Excel allows."""
_LONGEST_NOTE = 255
_LONGEST_HEADING = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class NewColumn:
    """A column to insert. Several are inserted one after the other, in order."""

    place: int
    """0-based; counted when all earlier ones are there already."""
    title: str
    """The header cell's text; made unique in a table that has it already (`Loss (2)`)."""
    header_xf: int | None = None
    """The header cell's style, lined as its neighbour's; None: that of its neighbour."""
    xf: int | None = None
    """The style of its cells; None: the workbook's default."""
    width: float | None = None
    """In characters; None: the sheet's default."""
    hidden: bool = False
    note: str | None = None
    """What the column means; shows when the header cell is selected."""
    choices: tuple[str, ...] = ()
    """What a person picks from in its cells."""
    looks: tuple[colours.Style, ...] = ()
    """How each of these shows; none: by what the words mean in English."""
    goal: str | None = None
    """`min` or `max`: shades from the worst to the best, and a mark on the best cell."""
    signs: tuple[colours.Style, colours.Style] | None = None
    """How numbers above and below zero show."""


def attributes(column: NewColumn) -> dict[str, str]:
    """Return the attributes of the column's `<col>`; none where it is like any other."""
    return colspans.col(width=column.width, style=column.xf, hidden=column.hidden)


def conditions(
    column: NewColumn, styles: Styles, *, place: int, header: int, rank: int
) -> tuple[str, int]:
    """Return the conditional formats of a column's cells, and how many rules they have.

    Args:
        place: the column, 0-based.
        header: the header's row.
        rank: the first rule's; no two rules of a worksheet have the same.
    """
    top = f"{letters(place)}{header + 1}"
    rules = [*_words(column, styles, top), *_signs(column, styles), *_shades(column, styles, top)]
    if not rules:
        return "", 0
    inner = "".join(
        f'<cfRule priority="{number}" {rule}</cfRule>' for number, rule in enumerate(rules, rank)
    )
    area = _below(place, header)
    return f'<conditionalFormatting sqref="{area}">{inner}</conditionalFormatting>', len(rules)


def _words(column: NewColumn, styles: Styles, top: str) -> Iterator[str]:
    """Yield a rule for each word that has a colour; `top` is the first cell."""
    if column.choices == TICKS:
        return
    looks = column.looks or colours.choices(column.choices, column.goal)
    for word, style in zip(column.choices, looks, strict=True):
        plain = style.fill is None and style.ink is None
        text = word.replace('"', '""')
        if not plain and len(text) <= _LONGEST_LIST:
            # Compared as a whole: a person's own word that contains ours is another one.
            formula = xml_text(f'EXACT({top},"{text}")')
            dxf = _dxf(style, styles)
            yield f'type="expression" dxfId="{dxf}"><formula>{formula}</formula>'


def _signs(column: NewColumn, styles: Styles) -> Iterator[str]:
    """Yield the rules that colour differences. A text counts as more than any number: a blank one
    shows no colour of letters.
    """
    for operator, style in zip(("greaterThan", "lessThan"), column.signs or (), strict=False):
        dxf = _dxf(style, styles)
        yield f'type="cellIs" dxfId="{dxf}" operator="{operator}"><formula>0</formula>'


def _shades(column: NewColumn, styles: Styles, top: str) -> Iterator[str]:
    """Yield the rules of a column in which one end is the better one."""
    if column.goal is None or column.choices:
        return
    # LibreOffice counts blank cells among the lowest, and marks them; so this one comes first.
    blank = f"<formula>LEN(TRIM({top}))=0</formula>"
    yield f'type="containsBlanks" stopIfTrue="1">{blank}'
    lowest = ' bottom="1"' if column.goal == "min" else ""
    yield f'type="top10" dxfId="{_dxf(colours.BEST, styles)}"{lowest} rank="1">'
    # LibreOffice lays the scale over the best cell's colour: so its end is that colour.
    tints, near = [*colours.SCALE, colours.BEST.fill], 99
    if column.goal == "min":
        tints, near = tints[::-1], 1
    stops = "".join(f'<color rgb="FF{tint}"/>' for tint in tints)
    yield (
        'type="colorScale"><colorScale><cfvo type="min"/>'
        f'<cfvo type="percentile" val="{near}"/><cfvo type="max"/>{stops}</colorScale>'
    )


def validations(column: NewColumn, title: str, *, place: int, header: int) -> list[str]:
    """Return what a column's cells offer to pick from, and the note at its header cell."""
    found = []
    listed = ",".join(column.choices).replace('"', '""')
    # A word with a comma would fall apart in such a list, and a longer one damages the workbook.
    whole = len(listed) <= _LONGEST_LIST and not any("," in word for word in column.choices)
    if column.choices and whole:
        found.append(
            # Other words are allowed all the same: the sheet is theirs.
            f'<dataValidation type="list" allowBlank="1" sqref="{_below(place, header)}">'
            f'<formula1>"{xml_text(listed)}"</formula1></dataValidation>'
        )
    if column.note:
        heading = " ".join(title.split())[:_LONGEST_HEADING]
        found.append(
            '<dataValidation allowBlank="1" showInputMessage="1" '
            f'promptTitle="{escaped(heading)}" prompt="{escaped(column.note[:_LONGEST_NOTE])}" '
            f'sqref="{letters(place)}{header}"/>'
        )
    return found


def prefixed(xml: Sequence[str], prefix: str) -> bytes:
    """Return elements with the prefix that the worksheet's own have."""
    whole = "".join(xml)
    if prefix:
        # A `<` stands nowhere but before a tag: texts and attributes have it escaped.
        whole = whole.replace("</", "\0").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
    return whole.encode()


def _below(place: int, header: int) -> str:
    """Return the range of all cells below a header: what people add is dressed as well."""
    name = letters(place)
    return f"{name}{header + 1}:{name}{MAX_ROWS}"


def _dxf(style: colours.Style, styles: Styles) -> int:
    return styles.dxf(font_color=style.ink, fill=style.fill, bold=True if style.bold else None)
