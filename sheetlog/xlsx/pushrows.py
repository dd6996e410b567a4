"""A worksheet's rows when a block of cells moves down: its cells, and all formulas. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from sheetlog.xlsx import references
from sheetlog.xlsx.rawrows import RawCell, Rows
from sheetlog.xlsx.shiftrows import explicit
from sheetlog.xlsx.texts import resolved
from sheetlog.xlsx.values import xml_text

if TYPE_CHECKING:
    from sheetlog.xlsx.push import Block

_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>"']+)\s*=\s*("[^"]*"|'[^']*')""")


def pushed_rows(rows: Rows, block: Block, *, prefix: str) -> bytes:
    """Return the rows with a block moved down, all formulas following."""
    data = with_formulas(explicit(rows.data, prefix), block, prefix=prefix, own=True)
    rows = Rows(data, prefix=prefix, what="rows")
    first = rows.index(block.row)
    if first == len(rows):
        return data
    stays: dict[int, bytes] = {}
    moves: dict[int, list[tuple[RawCell, bytes]]] = {}
    for at in range(first, len(rows)):
        row, number = rows.content(at), rows.numbers[at]
        kept, taken, end = [], [], 0
        for cell in rows.cells(row):
            kept.append(row[end : cell.start])
            end = cell.end
            if block.holds(cell.column, number):
                taken.append((cell, row[cell.start : cell.end]))
            else:
                kept.append(row[cell.start : cell.end])
        stays[number] = b"".join(kept) + row[end:]
        if taken:
            moves[number + block.count] = taken
    whole = [
        _joined(rows, stays.get(number), number, moves.get(number, []), prefix)
        for number in sorted({*stays, *moves})
    ]
    return data[: rows.starts[first]] + b"".join(whole)


def _joined(
    rows: Rows,
    row: bytes | None,
    number: int,
    moved: list[tuple[RawCell, bytes]],
    prefix: str,
) -> bytes:
    """Return a row with cells that come from further up."""
    if row is None:
        row = f'<{prefix}row r="{number}"></{prefix}row>'.encode()
    elif moved and row.endswith(b"/>"):
        row = row[:-2].rstrip() + f"></{prefix}row>".encode()
    pieces, end = [], row.index(b">") + 1
    pieces.append(re.sub(rb"""\s+spans\s*=\s*(?:"[^"]*"|'[^']*')""", b"", row[:end]))
    waiting = list(moved)
    for cell in rows.cells(row):
        while waiting and waiting[0][0].column < cell.column:
            pieces.append(_renamed(*waiting.pop(0), number))
        pieces.append(row[end : cell.end])
        end = cell.end
    pieces += [_renamed(cell, data, number) for cell, data in waiting]
    return b"".join(pieces) + row[end:]


def _renamed(cell: RawCell, data: bytes, number: int) -> bytes:
    name = references.cell(cell.column, number).encode()
    return re.sub(rb'( r=")[^"]*(")', rb"\g<1>" + name + rb"\g<2>", data, count=1)


class _Formula(NamedTuple):
    """A formula where it stands."""

    column: int
    row: int
    attributes: dict[str, str]
    text: str


def with_formulas(rows: bytes, block: Block, *, prefix: str, own: bool) -> bytes:
    """Return rows with their formulas as they read after the move.

    Args:
        rows: with explicit names, if they are of the tab in which cells move (`own`).
    """
    p = re.escape(prefix.encode())
    if b"<" + prefix.encode() + b"f" not in rows:
        return rows
    if not own:
        rows = explicit(rows, prefix)
    pattern = re.compile(
        rb'(<%sc r="([A-Za-z]{1,3})([0-9]+)"[^<>]*>\s*)'
        rb"<%sf((?:\s[^<>]*?)?)(?:/>|>([^<]*)</%sf\s*>)" % (p, p, p)
    )
    changed = _changed(pattern, rows, block, own=own)
    tag = f"<{prefix}f".encode()

    def one(found: re.Match[bytes]) -> bytes:
        formula = _read(found)
        kind = formula.attributes.get("t")
        masters, torn = changed
        if kind == "shared" and formula.attributes.get("si") in torn:
            text = _after(_own(formula, masters), formula, block, own=own)
            return found[1] + tag + b">" + xml_text(text).encode() + b"</" + tag[1:] + b">"
        if kind == "shared":
            return found[0]
        attributes = _moved(formula, block) if own else formula.attributes
        text = _after(formula.text, formula, block, own=own)
        if (text, attributes) == (formula.text, formula.attributes):
            return found[0]
        inner = "".join(f' {name}="{xml_text(value)}"' for name, value in attributes.items())
        start = found[1] + tag + inner.encode()
        return start + b">" + xml_text(text).encode() + b"</" + tag[1:] + b">"

    return pattern.sub(one, rows)


def _changed(
    pattern: re.Pattern[bytes], rows: bytes, block: Block, *, own: bool
) -> tuple[dict[str, _Formula], set[str]]:
    """Return the shared formulas by number, and which of them can be shared no longer."""
    masters: dict[str, _Formula] = {}
    torn: set[str] = set()
    for found in pattern.finditer(rows):
        formula = _read(found)
        number = formula.attributes.get("si", "")
        if formula.attributes.get("t") != "shared":
            continue
        if formula.text:
            masters[number] = formula
        if number not in masters:
            continue
        text = _own(formula, masters)
        moves = own and block.holds(formula.column, formula.row)
        if moves or _after(text, formula, block, own=own) != text:
            torn.add(number)
    return masters, torn


def _read(found: re.Match[bytes]) -> _Formula:
    attributes = {
        name.decode(): resolved(value[1:-1]) for name, value in _ATTRIBUTE.findall(found[4])
    }
    column = references.column(found[2].decode())
    return _Formula(column, int(found[3]), attributes, resolved(found[5] or b""))


def _own(formula: _Formula, masters: dict[str, _Formula]) -> str:
    """Return what a cell's shared formula reads in that cell."""
    master = masters.get(formula.attributes.get("si", ""), formula)
    columns, rows = formula.column - master.column, formula.row - master.row
    return references.translated(master.text, columns=columns, rows=rows)


def _after(text: str, formula: _Formula, block: Block, *, own: bool) -> str:
    steps: list[Callable[[str], str]] = [lambda text: block.formula(text, own=own)]
    if own and formula.row == block.row and block.holds(formula.column, formula.row):
        steps.append(block.total)  # last: the rows it takes in are where the block was
    for step in steps:
        text = step(text)
    return text


def _moved(formula: _Formula, block: Block) -> dict[str, str]:
    """Return a formula's attributes, of which some say which cells it fills."""
    new = dict(formula.attributes)
    kind = new.get("t")
    for name in ("ref", "r1", "r2"):
        if name in new:
            if kind in {"array", "dataTable"} and name == "ref":
                block.check_whole(new[name], "an array formula")
            new[name] = block.range(new[name])
    return new
