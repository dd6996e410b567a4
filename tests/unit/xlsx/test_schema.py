"""Parts keep the schema's order, which Excel insists on and no other reader does."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from sheetlog.sinks.excel import ExcelSink
from tests.packages import HEAD, ROWS, TAIL, parts, zipped
from tests.schema import repairs
from tests.unit.test_excel_sink import deliver


def full(path: Path, *, table: bool) -> Path:
    """Give a workbook whose tab has something in most places that a worksheet has."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in (["Run", "acc", "Who"], ["a", 0.5, "x"], ["b", 0.75, "y"]):
        sheet.append(row)
    if table:
        sheet.add_table(Table(displayName="All", ref="A1:C3"))
    else:
        sheet.auto_filter.ref = "A1:C3"
    choice = DataValidation(type="list", formula1='"x,y"')
    choice.add("C2:C3")
    sheet.add_data_validation(choice)
    red = PatternFill(bgColor="FFC7CE")
    sheet.conditional_formatting.add("B2:B3", CellIsRule(operator="greaterThan", formula=["0.6"], fill=red))
    sheet.conditional_formatting.add("B2:B3", ColorScaleRule(start_type="min", end_type="max"))
    sheet.merge_cells("F6:G7")
    sheet["A2"].comment = Comment("why?", "me")
    sheet["C2"].hyperlink = "https://example.org/"
    sheet.print_title_rows = "1:1"
    sheet.oddFooter.center.text = "&P"
    book.save(path)
    return path


@pytest.mark.parametrize("table", [True, False])
@pytest.mark.parametrize("tab", ["Data", "New"])
def test_nothing_to_repair(tmp_path: Path, tab: str, table: bool) -> None:
    """Whatever a tab has, what comes into it stands at its place, and counts are true."""
    path = full(tmp_path / "a.xlsx", table=table)
    assert {} == repairs(path)
    deliver(ExcelSink(f"{path}#{tab}"), "r1")
    deliver(ExcelSink(f"{path}#{tab}"), "r2")
    assert {} == repairs(path)


def test_a_new_workbook_has_nothing_to_repair(tmp_path: Path) -> None:
    """One that sheetlog makes keeps the order as well."""
    path = tmp_path / "runs.xlsx"
    deliver(ExcelSink(str(path)), "r1")
    deliver(ExcelSink(str(path)), "r2")
    assert {} == repairs(path)


@pytest.mark.parametrize(
    "sheet",
    [
        HEAD + ROWS + TAIL.replace(b"</worksheet>", b'<autoFilter ref="A1:B2"/></worksheet>'),
        HEAD + ROWS + ROWS + TAIL,
        HEAD + ROWS.replace(b'r="B2"', b'r="B2" s="9"') + TAIL,
        HEAD + ROWS + TAIL.replace(b"<page", b'<mergeCells count="2"><mergeCell ref="A8:B9"/></mergeCells><page'),
    ],
)
def test_what_excel_repairs_is_seen(tmp_path: Path, sheet: bytes) -> None:
    """Order, rows, styles and counts: each is found where it is wrong."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(parts(sheet)))
    assert 1 == sum(repairs(path).values())
