"""Workbooks for tests of columns, made by another library, and what is done to them."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import xlsxwriter

from sheetlog.xlsx.columns import NewColumn, can_insert, insert_columns
from sheetlog.xlsx.package import Package

PART = "xl/worksheets/sheet1.xml"


def made(path: Path, fill: Any) -> Path:
    """Write a workbook with the tabs `Runs` and `Other`; `fill` gets both and the workbook."""
    book = xlsxwriter.Workbook(str(path))
    runs, other = book.add_worksheet("Runs"), book.add_worksheet("Other")
    fill(runs, other, book)
    book.close()
    return path


def plain(runs: Any, _other: Any, _book: Any) -> None:
    """Fill in a header with four titles and three rows."""
    runs.write_row(0, 0, ["Run", "Loss", "Acc", "Notes"])
    for row in range(1, 4):
        runs.write_row(row, 0, [f"run {row}", row / 10, row / 4, f"note {row}"])


def inserted(path: Path, *columns: NewColumn, header: int = 1) -> tuple[str, ...]:
    with Package.open(path) as package:
        titles = insert_columns(package, PART, columns, header_row=header)
        package.save()
    return titles


def reason(path: Path, *columns: NewColumn, header: int = 1) -> str | None:
    with Package.open(path) as package:
        return can_insert(package, PART, columns, header_row=header)


def xml(path: Path, part: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(part).decode()
