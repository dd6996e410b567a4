"""Columns that cannot be inserted: the reason is said, and the workbook keeps its bytes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sheetlog.xlsx.columns import CannotShift, NewColumn
from tests.unit.xlsx.books import PART, inserted, made, plain, reason, xml

AT_B = NewColumn(place=1, title="New")


def lookup(runs: Any, other: Any, book: Any) -> None:
    plain(runs, other, book)
    other.write_formula("A1", "=VLOOKUP(1,Runs!A1:D4,3)")


def indirect(runs: Any, other: Any, book: Any) -> None:
    plain(runs, other, book)
    other.write_formula("A1", '=INDIRECT("Runs!C3")')


def over_tabs(runs: Any, other: Any, book: Any) -> None:
    plain(runs, other, book)
    other.write_formula("B1", "=SUM(Runs:Other!C3)")


def array(runs: Any, other: Any, book: Any) -> None:
    plain(runs, other, book)
    runs.write_array_formula("A7:C9", "{=A2:C4*2}")


def merged_header(runs: Any, other: Any, book: Any) -> None:
    plain(runs, other, book)
    runs.merge_range("A1:B1", "both")


def other_table(runs: Any, other: Any, book: Any) -> None:
    plain(runs, other, book)
    runs.add_table("A8:C10", {"name": "Below"})


def at_the_edge(runs: Any, other: Any, book: Any) -> None:
    plain(runs, other, book)
    runs.write("XFD3", "the last")


@pytest.mark.parametrize(
    ("words", "fill"),
    [
        ("a formula counts columns of this tab, 'VLOOKUP(…)'", lookup),
        ("a formula has a reference in a text, 'INDIRECT(…)'", indirect),
        ("a formula has a reference over several tabs, 'Runs:Other!C3'", over_tabs),
        ("an array formula at A7:C9 would be cut in two", array),
        ("the header has merged cells (A1:B1)", merged_header),
        ("the table 'Below' would get a column in its midst", other_table),
        ("cells in the last columns would fall off the sheet", at_the_edge),
    ],
)
def test_what_cannot_follow_is_said_and_nothing_changes(
    tmp_path: Path, words: str, fill: Any
) -> None:
    """The reason says what is in the way; the file keeps its bytes."""
    path = made(tmp_path / "a.xlsx", fill)
    before = path.read_bytes()
    assert words == reason(path, AT_B)
    with pytest.raises(CannotShift, match=re.escape(words)):
        inserted(path, AT_B)
    assert before == path.read_bytes()


def test_blank_cells_may_fall_off_the_sheet(tmp_path: Path) -> None:
    """A whole row that a person coloured is no reason to refuse."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        runs.write_blank("XFD3", None, book.add_format({"bg_color": "#FFCC00"}))

    path = made(tmp_path / "a.xlsx", fill)
    inserted(path, AT_B)
    assert 'r="XFD3"' not in xml(path, PART)
