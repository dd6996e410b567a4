"""One value put into a cell, taken as it is (RAW) or read as a person types (USER_ENTERED)."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.google.sheets.celledit import too_long
from tests.google.sheets.entry import read_entry, tidy
from tests.google.sheets.model import MAX_CHARACTERS
from tests.google.sheets.refusals import RefusedError

if TYPE_CHECKING:
    from tests.google.sheets.model import Cell


def raw(cell: Cell, value: Any) -> Cell:
    """The cell with the value as it was sent; `""` clears it."""
    if isinstance(value, str):
        if len(value) > MAX_CHARACTERS:
            raise too_long()
        return cell.with_value(value or None)
    if isinstance(value, bool):
        return cell.with_value(value)
    if isinstance(value, (int, float)) and abs(value) <= sys.float_info.max:
        return cell.with_value(tidy(value))
    raise RefusedError(f"Invalid values: {value!r} is neither text, nor a number, nor a boolean.")


def typed(cell: Cell, value: Any) -> Cell:
    """The cell after somebody typed the value into it."""
    number_format = (cell.format or {}).get("numberFormat", {})
    if not isinstance(value, str) or not value or number_format.get("type") == "TEXT":
        return raw(cell, value)
    if len(value) > MAX_CHARACTERS:
        raise too_long()
    entered, look = read_entry(value)
    new = cell.with_value(entered)
    if look is not None and not number_format:
        # A format that somebody chose before stays; one that the typing implies fills a gap.
        new = replace(new, format={**(cell.format or {}), "numberFormat": look})
    return new
