"""A person deletes what sheetlog needs to find its rows again."""

from pathlib import Path

import pytest

import sheetlog
from tests.people import office


@pytest.mark.office
def test_a_deleted_run_id_column_comes_back_in_the_same_tab(place: Path) -> None:
    """Run ids and revisions of new rows stand in new columns; no second tab is made."""
    sheetlog.log({"lr": 1}, {"acc": 0.1})
    desk = office.running()
    book = place / "runs.xlsx"
    titles = {value: name for name, value in shown(desk, book).items() if name.rstrip("0123456789") and name.endswith("1")}
    column = letters(next(name for title, name in titles.items() if title == "Run id"))
    with desk.opened(book, save=book):
        desk.do("delete_columns", tab="Runs", place=column)
    sheetlog.log({"lr": 2}, {"acc": 0.2})
    cells = shown(desk, book)
    assert [0.1, 0.2] == sorted(value for value in cells.values() if value in (0.1, 0.2))
    assert "Run id" in cells.values()
    import openpyxl

    assert ["Runs", "Overview", "Dictionary"] == openpyxl.load_workbook(book).sheetnames


def shown(desk: office.Office, book: Path) -> dict[str, object]:
    """Give what the cells of the first tab show."""
    return {name: cell["value"] if isinstance(cell, dict) else cell for name, cell in desk.cells(book).items()}


def letters(name: str) -> int:
    """Give the 0-based column of a cell's name."""
    number = 0
    for letter in name.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number - 1
