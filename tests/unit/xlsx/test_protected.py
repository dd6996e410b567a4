"""A tab that a person has protected: what Excel would refuse them, sheetlog doesn't do either."""

from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Protection

from sheetlog.errors import RefusedError
from sheetlog.record import Link
from tests.unit.test_excel_sink import ExcelSink, deliver, names
from tests.unit.xlsx.tabs import header, logged, new, part, rows, run, write

TWO = header() + run(2, "a") + run(3, "b")
ALL = "ABCDEFGHIJ"
ON = '<sheetProtection sheet="1" objects="1" scenarios="1"/>'


def protect(path: Path, *, unlocked: range, columns: str) -> None:
    """Protect the first tab as Excel does it, some of its rows unlocked before."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for row in unlocked:
        for column in columns:
            sheet[f"{column}{row}"].protection = Protection(locked=False)
    sheet.protection.enable()
    book.save(path)


def ours(tmp_path: Path) -> Path:
    """Give a workbook of ours with two runs."""
    path = tmp_path / "a.xlsx"
    sheet = ExcelSink(str(path))
    deliver(sheet, "a", "b")
    return path


@pytest.mark.parametrize("change", [
    lambda path: logged(path, new("c")),
    lambda path: logged(path, new("c", x=Link(text="m", url="u"))),
    lambda path: logged(path, edits={"a": {"metrics.acc": 0.9}}),
])  # fmt: skip
def test_a_protected_tab_stays_as_it_is(tmp_path: Path, change: object) -> None:
    """No row, no cell; the message says how to take the protection off."""
    path = write(tmp_path / "a.xlsx", TWO, tail=ON)
    before = path.read_bytes()
    with pytest.raises(RefusedError, match=r"'Runs' is protected.*Unprotect Sheet.*another tab"):
        change(path)  # type: ignore[operator]
    assert before == path.read_bytes()


@pytest.mark.parametrize("off", ['<sheetProtection sheet="0"/>', "<sheetProtection/>"])
def test_a_protection_that_is_off(tmp_path: Path, off: str) -> None:
    """Excel leaves its settings in the tab when it is taken off."""
    path = write(tmp_path / "a.xlsx", TWO, tail=off)
    logged(path, new("c"))
    assert [1, 2, 3, 4] == list(rows(path))
    assert off in part(path)


def test_cells_that_are_unlocked(tmp_path: Path) -> None:
    """Where a person could type, a run can be written."""
    path = ours(tmp_path)
    protect(path, unlocked=range(2, 4), columns=ALL)
    deliver(ExcelSink(str(path)), "c")
    deliver(ExcelSink(str(path)), "d")
    assert ["a", "b", "c", "d"] == names(path)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.protection.sheet
    assert not sheet["A5"].protection.locked


def test_it_is_said_before_a_run_is_refused(tmp_path: Path) -> None:
    """By `check`: not for a tab whose rows are unlocked, nor for one that isn't read at all."""
    path = ours(tmp_path)
    assert ExcelSink(str(path)).access().may_write
    protect(path, unlocked=range(2, 3), columns=ALL)
    found = ExcelSink(str(path)).access()
    assert (False, True) == (found.may_write, "'Runs' is protected" in found.words)
    protect(path, unlocked=range(2, 4), columns=ALL)
    assert ExcelSink(str(path)).access().may_write
    path.write_bytes(b"no workbook")
    assert ExcelSink(str(path)).access().there


def test_one_locked_cell_is_enough(tmp_path: Path) -> None:
    """All of the run or nothing of it."""
    path = ours(tmp_path)
    protect(path, unlocked=range(2, 4), columns=ALL[1:])
    before = path.read_bytes()
    with pytest.raises(RefusedError, match="is protected"):
        deliver(ExcelSink(str(path)), "c")
    assert before == path.read_bytes()


def test_no_columns_are_inserted(tmp_path: Path) -> None:
    """The first run into a tab of people's own needs some, if only for its id."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Run", "Comment"])
    book.save(path)
    protect(path, unlocked=range(2, 9), columns="AB")
    before = path.read_bytes()
    with pytest.raises(RefusedError, match="'Sheet' is protected"):
        deliver(ExcelSink(f"{path}#Sheet"), "a")
    assert before == path.read_bytes()
    deliver(ExcelSink(str(path)), "a")
    assert ["Sheet", "Runs"] == openpyxl.load_workbook(path).sheetnames


def test_a_protected_workbook(tmp_path: Path) -> None:
    """Its structure is closed to new tabs, and open to new rows."""
    path = tmp_path / "a.xlsx"
    deliver(ExcelSink(str(path)), "a")
    book = openpyxl.load_workbook(path)
    book.security = openpyxl.workbook.protection.WorkbookProtection(lockStructure=True)
    book.save(path)
    deliver(ExcelSink(str(path)), "b")
    assert ["a", "b"] == names(path)
    before = path.read_bytes()
    with pytest.raises(RefusedError, match="protect"):
        deliver(ExcelSink(f"{path}#Another"), "c")
    assert before == path.read_bytes()
