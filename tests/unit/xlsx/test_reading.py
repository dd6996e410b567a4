"""Cells read from their bytes: the shorter way gives what the careful one gives."""

import pytest

from sheetlog.xlsx.reading import titles


def row(*cells: str) -> bytes:
    """Give a header row with texts in the columns from A on, as sheetlog writes them."""
    inner = "".join(
        f'<c r="{name}1" s="4" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        for name, text in zip("ABCDEFG", cells, strict=False)
    )
    return f'<row r="1">{inner}</row>'.encode()


def test_titles_as_sheetlog_writes_them() -> None:
    """Each filled cell by column, whatever the language."""
    assert ((0, "Run"), (1, "Größe ✓"), (2, "")) == titles(row("Run", "Größe ✓", ""))


def test_a_row_without_cells() -> None:
    """No cell, no title."""
    assert () == titles(b'<row r="1"></row>')


@pytest.mark.parametrize("odd", [
    row("Run", "a&amp;b"), row("Run", "_x0041_"), row("Run", "two\rlines"),
    row("Run") + b"<!-- -->",
    row("Run").replace(b"</row>", b'<c r="B1"/></row>'),
    row("Run").replace(b"</row>", b"<c><v>1</v></c></row>"),
    row("Run").replace(b"</row>", b'<c r="B1" t="s"><v>0</v></c></row>'),
    row("Run").replace(b"<c ", b"<x:c ").replace(b"<row", b"<c><row"),
    row("Run").replace(b"<t ", b"<t  "),
])  # fmt: skip
def test_what_needs_a_closer_look(odd: bytes) -> None:
    """An entity, an escape, another kind of cell: the shorter way says that it doesn't know."""
    assert titles(odd) is None
