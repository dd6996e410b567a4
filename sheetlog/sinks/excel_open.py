"""A workbook opened for its runs: the package, the tab, its marks, and where the runs stand.

Knows `xlsx`; decides nothing about rows or columns.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sheetlog.errors import RefusedError, StaleError
from sheetlog.sinks import excel_header
from sheetlog.sinks.excel_header import Marks
from sheetlog.xlsx.package import Package
from sheetlog.xlsx.trouble import meaning
from sheetlog.xlsx.workbook import Workbook
from sheetlog.xlsx.worksheet import Region, Worksheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A workbook that is open, and the tab that runs go to."""

    package: Package
    book: Workbook
    sheet: Worksheet | None
    """None: there is no such tab yet."""
    marks: Marks
    region: Region


def is_there(path: str) -> bool:
    """Return whether there is a workbook.

    Raises:
        RefusedError, BusyError: nobody can tell, or it is a link that leads nowhere.
    """
    try:
        os.stat(path)
    except FileNotFoundError as error:
        if os.path.islink(path):
            raise RefusedError(f"'{path}' is a link that leads nowhere; mend it") from error
        return False
    except OSError as error:
        raise meaning(error, path) from error
    return True


def opened(path: str, tab: str | None, made_as: str | None, *, or_any: bool = False) -> Opened:
    """Open a workbook.

    Args:
        tab: which one, by its title; None: one with marks.
        made_as: the title that it was made with.
        or_any: take another template's tab if there is none of this.

    Raises:
        RefusedError, BusyError: it cannot be read.
    """
    package = Package.open(path)
    try:
        with unchanged(package):
            return _opened(package, tab, made_as, or_any=or_any)
    except BaseException:
        package.close()
        raise


def _opened(package: Package, tab: str | None, made_as: str | None, *, or_any: bool) -> Opened:
    book = Workbook(package)
    found = excel_header.tab_of(book, tab, made_as, or_any=or_any)
    if found is None:
        marks = Marks(places={}, deleted=frozenset())
        region = Region(header=0, left=0, right=-1)
        return Opened(package=package, book=book, sheet=None, marks=marks, region=region)
    sheet, marks = Worksheet(package, book, found[0]), found[1]
    region = sheet.region(marks.row, marks.columns)
    return Opened(package=package, book=book, sheet=sheet, marks=marks, region=region)


@contextmanager
def unchanged(package: Package) -> Iterator[None]:
    """Tell damage from a file that another program is writing at the same time.

    Raises:
        StaleError: what was refused is no longer what was opened.
    """
    try:
        yield
    except RefusedError as error:
        with suppress(OSError):
            now = os.stat(package.path)
            seen = package.identity
            if (now.st_size, now.st_mtime_ns) == (seen.size, seen.mtime_ns):
                raise
        raise StaleError(f"'{package.path}' was changed while it was being read") from error
