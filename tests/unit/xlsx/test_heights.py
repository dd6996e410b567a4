"""How high a row is with texts that go over several lines."""

from pathlib import Path

import openpyxl
import pytest

import sheetlog
from sheetlog.xlsx.heights import LINE, MOST, lines, points


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 40, 1),
        ("short", 40, 1),
        ("x" * 44, 40, 1),
        ("x" * 60, 40, 2),
        ("x" * 130, 40, 3),
        ("one\ntwo\n\nfour", 40, 4),
        ("汉" * 40, 40, 2),
        ("anything", 0, 7),
    ],
)
def test_lines(text, width, expected):
    """Letters are narrower than digits, Chinese ones twice as wide, and breaks are breaks."""
    assert expected == lines(text, width)


def test_the_longest_text_counts():
    """The row is as high as its highest cell, and one line needs nothing said."""
    assert 2 * LINE == points([("x" * 60, 40.0), ("short", 10.0)])
    assert 0 == points([("short", 10.0)])
    assert 0 == points([])


def test_no_row_is_higher_than_some_lines():
    """An error with all that led to it does not push the other runs out of sight."""
    assert MOST * LINE == points([("line\n" * 200, 40.0)])


def test_a_short_text_of_two_lines_makes_its_row_higher(place: Path) -> None:
    """The second line would stand in the row below."""
    sheetlog.configure(quiet=True)
    for notes in ("one\ntwo", "one two"):
        sheetlog.log({"lr": 1}, {"acc": 0.5}, notes=notes, sheet="runs.xlsx")
    rows = openpyxl.load_workbook("runs.xlsx")["Runs"].row_dimensions
    assert [2 * LINE, None] == [rows[2].height, rows[3].height]
