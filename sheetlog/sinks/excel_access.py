"""Whether a workbook can be written now: by this user, and with nobody having it open."""

from __future__ import annotations

import os

from sheetlog.errors import SheetError
from sheetlog.sinks.base import Access
from sheetlog.sinks.excel_open import is_there
from sheetlog.xlsx.held import check_free


def access(path: str) -> Access:
    """Return whether rows can land in the workbook of this path, and what to do if they can't.

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
    return Access(login="", there=there, may_write=may_write, words=words)
