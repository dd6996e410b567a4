"""Whether a workbook can be written now: by this user, and with nobody having it open."""

from __future__ import annotations

import os

from sheetlog.errors import SheetError
from sheetlog.sinks.base import Access
from sheetlog.sinks.excel_open import is_there, opened, unchanged
from sheetlog.xlsx.held import check_free


def access(path: str, tab: str | None, made_as: str | None) -> Access:
    """Return whether rows can land in the workbook of this path, and what to do if they can't.

    Args:
        tab: which tab, by its title; None: one with marks.
        made_as: the title that it was made with.

    Raises:
        RefusedError, BusyError: nobody can tell, or it is a link that leads nowhere.
    """
    real = os.path.realpath(path)
    folder = os.path.dirname(real)
    there = is_there(path)
    may_write, words = True, f"'{path}' can be written"
    if not os.path.isdir(folder):
        may_write = False
        words = f"the folder '{folder}' is not there; make it, or name another workbook"
    elif not os.access(folder, os.W_OK | os.X_OK):
        # A new file takes the place of the old one, so the folder's rights are what counts.
        may_write = False
        words = (
            f"nothing may be written in the folder '{folder}'; ask its owner for the right to, "
            "or name a workbook elsewhere"
        )
    elif not there:
        words = f"'{path}' is not there yet: the first run makes it"
    elif not os.access(real, os.W_OK):
        may_write = False
        words = f"'{path}' is read-only; make it writable, or name another workbook"
    else:
        try:
            check_free(real)
        except SheetError as error:
            may_write, words = False, f"{error}; until then runs wait"
        else:
            locked = _locked(path, tab, made_as)
            may_write, words = not locked, locked or words
    return Access(login="", there=there, may_write=may_write, words=words)


def _locked(path: str, tab: str | None, made_as: str | None) -> str:
    """Return what keeps runs out of a tab that people have protected; blank: nothing does."""
    try:
        found = opened(path, tab, made_as)
    except SheetError:
        return ""  # whoever reads it is told why
    with found.package, unchanged(found.package):
        sheet = found.sheet
        if sheet is None or not sheet.protected:
            return ""
        # A new row has the styles of the one above it.
        last = sheet.rows.numbers[-1] if len(sheet.rows) else 0
        open_to_all = all(sheet.styles.unlocked(cell.xf) for cell in sheet.row(last))
        if last > found.region.header and open_to_all:
            return ""
        return (
            f"the tab '{sheet.sheet.title}' is protected: no run lands there until the protection "
            "is taken off (Review > Unprotect Sheet)"
        )
