"""Libraries that put a row into a workbook that is there: each as its documentation says.

Each way takes the workbook, the file to write, the tab (None: the first) and a row of plain
values; it loads, appends and saves. Those that aren't installed are left out:

    pip install openpyxl pandas python-calamine XlsxWriter polars fastexcel xlsxturbo \
        rustpy-xlsxwriter wolfxl excelize xlsxedit pyopenxlsx
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Row = Sequence[str | float | int]
Way = Callable[[Path, Path, str | None, Row], None]


def installed() -> dict[str, Way]:
    """Return the ways whose libraries are there, by name."""
    found = importlib.util.find_spec
    return {name: way for name, (needs, way) in WAYS.items() if all(map(found, needs))}


def openpyxl(path: Path, to: Path, tab: str | None, row: Row) -> None:
    """Load, append, save."""
    import openpyxl

    book = openpyxl.load_workbook(path, keep_vba=path.suffix == ".xlsm")
    sheet = book[tab] if tab else book.worksheets[0]
    sheet.append(list(row))
    book.save(to)


def pandas(path: Path, to: Path, tab: str | None, row: Row) -> None:
    """`ExcelWriter(mode="a", if_sheet_exists="overlay")`."""
    import pandas as pd

    shutil.copyfile(path, to)
    with pd.ExcelWriter(to, mode="a", engine="openpyxl", if_sheet_exists="overlay") as writer:
        tab = tab or writer.book.worksheets[0].title
        end = writer.sheets[tab].max_row
        frame = pd.DataFrame([list(row)])
        frame.to_excel(writer, sheet_name=tab, startrow=end, header=False, index=False)


def calamine_xlsxwriter(path: Path, to: Path, tab: str | None, row: Row) -> None:
    """Read the values with calamine, write all of them anew with XlsxWriter."""
    import xlsxwriter
    from python_calamine import CalamineWorkbook

    with (
        CalamineWorkbook.from_path(str(path)) as old,
        xlsxwriter.Workbook(to, {"default_date_format": "yyyy-mm-dd hh:mm"}) as new,
    ):
        for number, name in enumerate(old.sheet_names):
            sheet = new.add_worksheet(name)
            rows: list[Any] = old.get_sheet_by_name(name).to_python()
            if name == tab or (tab is None and number == 0):
                rows.append(list(row))
            for place, values in enumerate(rows):
                sheet.write_row(place, 0, values)


def rustpy(path: Path, to: Path, tab: str | None, row: Row) -> None:
    """Read the values with calamine, write them anew with rustpy-xlsxwriter."""
    import rustpy_xlsxwriter
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(str(path)) as old:
        rows = old.get_sheet_by_name(tab or old.sheet_names[0]).to_python()
    titles = [str(value) for value in rows[0]]
    records = [dict(zip(titles, map(str, values), strict=False)) for values in [*rows[1:], row]]
    rustpy_xlsxwriter.FastExcel(str(to)).sheet(tab or "Sheet1", records).save()


def polars_xlsxturbo(path: Path, to: Path, tab: str | None, row: Row) -> None:
    """Read one tab with polars and fastexcel, write it anew with xlsxturbo."""
    import polars as pl
    import xlsxturbo

    frame = pl.read_excel(path, sheet_name=tab) if tab else pl.read_excel(path)
    more = pl.DataFrame([[each] for each in row], schema=frame.columns[: len(row)])
    whole = pl.concat([frame, more], how="diagonal_relaxed")
    xlsxturbo.df_to_xlsx(whole, str(to), sheet_name=tab or "Sheet1")


def wolfxl(path: Path, to: Path, tab: str | None, row: Row) -> None:
    """Load for modification, append, save."""
    import wolfxl

    book = wolfxl.load_workbook(str(path), modify=True)
    sheet = book[tab] if tab else book[book.sheetnames[0]]
    sheet.append(list(row))
    book.save(str(to))


def excelize(path: Path, to: Path, tab: str | None, row: Row) -> None:
    """Open, set a row below the last one, save."""
    import excelize

    book = excelize.open_file(str(path))
    try:
        tab = tab or book.get_sheet_list()[0]
        end = len(book.get_rows(tab))
        book.set_sheet_row(tab, f"A{end + 1}", list(row))
        book.save_as(str(to))
    finally:
        book.close()


def xlsxedit(path: Path, to: Path, tab: str | None, row: Row) -> None:
    """Open, write a row below the last one, save."""
    import xlsxedit

    book = xlsxedit.Workbook.open(str(path))
    sheet = next((each for each in book.worksheets if each.name == tab), book.worksheets[0])
    end = sum(1 for _ in sheet.iter_rows())
    sheet.write_rows([list(row)], at_row=end + 1)
    book.save(str(to))


def pyopenxlsx(path: Path, to: Path, tab: str | None, row: Row) -> None:
    """Open, append, save."""
    import pyopenxlsx

    shutil.copyfile(path, to)
    book = pyopenxlsx.load_workbook(str(to))
    sheet = book[tab or book.sheetnames[0]]
    sheet.append(list(row))
    book.save(str(to))
    book.close()


WAYS: dict[str, tuple[tuple[str, ...], Way]] = {
    "openpyxl": (("openpyxl",), openpyxl),
    "pandas, overlay": (("pandas", "openpyxl"), pandas),
    "calamine + XlsxWriter": (("python_calamine", "xlsxwriter"), calamine_xlsxwriter),
    "calamine + rustpy-xlsxwriter": (("python_calamine", "rustpy_xlsxwriter"), rustpy),
    "polars + xlsxturbo": (("polars", "fastexcel", "xlsxturbo"), polars_xlsxturbo),
    "wolfxl": (("wolfxl",), wolfxl),
    "excelize": (("excelize",), excelize),
    "xlsxedit": (("xlsxedit",), xlsxedit),
    "pyopenxlsx": (("pyopenxlsx",), pyopenxlsx),
}
