"""What is written beside values: params that changed in bold, truths as words, rows high enough."""

from pathlib import Path

import openpyxl
import pytest

import sheetlog

TEMPLATE = """
columns:
  - {key: run.name, title: Run}
  - {key: params.*}
  - {key: metrics.*}
  - {key: run.changed}
  - {key: run.notes, width: 40}
  - {key: run.id}
"""


@pytest.fixture
def log(place):
    """Give what logs a run of one name into a workbook."""
    Path("ours.yaml").write_text(TEMPLATE)

    def log(params, **given):
        return sheetlog.log(params, {"acc": 1}, name="a", template="ours.yaml", **given)

    return log


def tab():
    """Give the tab as another library reads it."""
    return openpyxl.load_workbook("runs.xlsx")["Runs"]


def bold(title):
    """Give for each row whether its cell in a column is bold."""
    sheet = tab()
    (column,) = (cell.column for cell in sheet[1] if cell.value == title)
    return [bool(row[column - 1].font.b) for row in sheet.iter_rows(min_row=2)]


def test_what_changed_is_bold(log):
    """Bold says that a param is another than in the run before, also after many that changed."""
    steps = [(1, 1), (2, 1), (3, 1), (4, 1), (4, 2), (4, 2)]
    for lr, wd in steps:
        log({"lr": lr, "wd": wd})
    assert [False, True, True, True, False, False] == bold("lr")
    assert [False, False, False, False, True, False] == bold("wd")
    assert not any(bold("acc") + bold("Run"))


def test_a_later_state_changes_no_looks(log):
    """What a person made of a mark stays, whatever is logged to the run afterwards."""
    log({"lr": 1})
    second = log({"lr": 2})
    book = openpyxl.load_workbook("runs.xlsx")
    book.active["B3"].font = openpyxl.styles.Font(bold=False, italic=True)
    book.save("runs.xlsx")
    log({"lr": 3}, run_id=second.run_id)
    cell = tab()["B3"]
    assert (3, False, True) == (cell.value, cell.font.b, cell.font.i)


def test_a_colour_of_the_column_is_kept(log):
    """A mark takes nothing from a cell's other looks."""
    log({"lr": 1})
    book = openpyxl.load_workbook("runs.xlsx")
    fill = openpyxl.styles.PatternFill("solid", fgColor="FFFFEEDD")
    book.active["B2"].fill, book.active["B2"].font = fill, openpyxl.styles.Font(color="FF112233")
    book.save("runs.xlsx")
    log({"lr": 2})
    cell = tab()["B3"]
    assert ("FFFFEEDD", "FF112233", True) == (
        cell.fill.fgColor.rgb,
        cell.font.color.rgb,
        cell.font.b,
    )


def test_an_alias_is_marked_in_its_column(log):
    """The column that shows the value shows that it changed."""
    Path("ours.yaml").write_text(
        TEMPLATE.replace("{key: params.*}", "{key: params.learning_rate, aliases: [lr]}")
    )
    log({"lr": 1})
    log({"lr": 2})
    assert [False, True] == bold("learning_rate")


def test_truths_are_words(log):
    """The format says what LibreOffice would show as 1; a number below a truth stays a number."""
    for value in (True, False, 2, True):
        log({"flag": value})
    formats = [row[1].number_format for row in tab().iter_rows(min_row=2)]
    words = '"TRUE";"TRUE";"FALSE"'
    assert [words, words, "General", words] == formats


def test_a_row_is_as_high_as_its_text(log):
    """A text over several lines is seen whole, and a very long one takes no whole screen."""
    log({"lr": 1})
    log({"lr": 1}, notes="word " * 20)
    log({"lr": 1}, notes="word " * 2000)
    heights = [tab().row_dimensions[row].height for row in (2, 3, 4)]
    assert [None, 45.0, 60.0] == heights
