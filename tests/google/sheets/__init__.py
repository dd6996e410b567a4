"""Sheets v4: one spreadsheet service, from the request's path down to the single cell.

`handle` answers every request under /v4/; the rest is for Drive, which sees the same files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.google.sheets.create import import_csv, new_spreadsheet, rows_of, values_of
from tests.google.sheets.duplicate import copy_whole
from tests.google.sheets.service import handle

if TYPE_CHECKING:
    from tests.google.sheets.model import Spreadsheet

__all__ = [
    "copy_spreadsheet",
    "handle",
    "import_csv",
    "new_spreadsheet",
    "rows_of",
    "values_of",
]


def copy_spreadsheet(spreadsheet: Spreadsheet, new_id: str, title: str) -> Spreadsheet:
    """The whole file under another id; developer metadata comes along with the same ids."""
    return copy_whole(spreadsheet, new_id, title)
