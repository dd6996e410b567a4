"""A CellData that a client sent, put into a cell as its field mask says.

A field that the mask names and the data lacks is cleared: that is Google's rule, no accident.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tests.google.discovery import unknown_path
from tests.google.fieldmask import Mask, MaskSyntaxError, parse_mask
from tests.google.sheets.canonical import canonical, shared
from tests.google.sheets.entry import tidy
from tests.google.sheets.model import MAX_CHARACTERS, Cell, Entered, Formula
from tests.google.sheets.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]
DRIVE_HOSTS = ("https://drive.google.com/", "https://docs.google.com/")


def update_mask(schema: str, text: str) -> Mask:
    """The mask of an update request, every name known to the schema. Raises RefusedError."""
    if not text.strip():
        raise RefusedError(
            "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
        )
    try:
        mask = parse_mask(text)
    except MaskSyntaxError as error:
        raise RefusedError(str(error)) from None
    unknown = unknown_path("sheets", schema, mask)
    if unknown is not None:
        raise RefusedError(f"Invalid field: {unknown}")
    return mask


def edited(value: Json, source: Json, mask: Mask) -> Json:
    """`value` with every path of the mask set as in `source`, or removed if it isn't there."""
    if mask.everything:
        return dict(source)
    result = dict(value)
    for name, below in mask.branches.items():
        # The other spelling of a colour would win over the new one.
        result.pop(name.removesuffix("Style") if name.endswith("Style") else name + "Style", None)
        if below.everything:
            new = source.get(name)
        else:
            new = edited(result.get(name, {}), source.get(name, {}), below) or None
        if new is None:
            result.pop(name, None)
        else:
            result[name] = new
    return result


def entered_value(extended: Json | None) -> Entered:
    """The value that an ExtendedValue puts into a cell."""
    if not extended:
        return None
    kind, value = next(iter(extended.items()))
    if kind == "numberValue":
        return tidy(value)
    if kind == "boolValue":
        return bool(value)
    if kind == "errorValue":
        raise RefusedError("An error value can't be written to a cell.")
    if len(value) > MAX_CHARACTERS:
        raise too_long()
    if kind == "formulaValue":
        if not value.startswith("="):
            raise RefusedError(f"Invalid formula: '{value}' doesn't begin with '='.")
        return Formula(value)
    return str(value) or None


def too_long() -> RefusedError:
    """The refusal of more characters than a cell takes."""
    return RefusedError(
        f"Your input contains more than the maximum of {MAX_CHARACTERS} characters in a "
        "single cell."
    )


def _put_value(cell: Cell, data: Json, mask: Mask) -> Cell:
    return cell.with_value(entered_value(data.get("userEnteredValue")))


def _put_format(cell: Cell, data: Json, mask: Mask) -> Cell:
    new = edited(cell.format or {}, data.get("userEnteredFormat", {}), mask)
    return replace(cell, format=shared("CellFormat", new) if new else None)


def _put_note(cell: Cell, data: Json, mask: Mask) -> Cell:
    return replace(cell, note=data.get("note", ""))


def _put_runs(cell: Cell, data: Json, mask: Mask) -> Cell:
    runs = data.get("textFormatRuns", [])
    length = len(cell.entered) if isinstance(cell.entered, str) else 0
    if any(run.get("startIndex", 0) >= max(length, 1) for run in runs):
        raise RefusedError("A text format run starts beyond the end of the cell's text.")
    if length == 0:
        return replace(cell, runs=())
    return replace(cell, runs=tuple(canonical("TextFormatRun", run) for run in runs))


def _put_chips(cell: Cell, data: Json, mask: Mask) -> Cell:
    chips = [run for run in data.get("chipRuns", []) if run.get("chip")]
    for run in chips:
        uri = run["chip"].get("richLinkProperties", {}).get("uri")
        if uri is not None and not uri.startswith(DRIVE_HOSTS):
            raise RefusedError(f"Only Drive files can be written as chips, not '{uri}'.")
    held = cell.entered.count("@") if isinstance(cell.entered, str) else 0
    if len(chips) > held:
        raise RefusedError("The cell's text needs an '@' for every chip.")
    return replace(cell, chips=tuple(canonical("ChipRun", run) for run in chips))


def _put_validation(cell: Cell, data: Json, mask: Mask) -> Cell:
    return with_validation(cell, data.get("dataValidation"))


def _put_pivot(cell: Cell, data: Json, mask: Mask) -> Cell:
    return replace(cell, pivot=data.get("pivotTable"))


# In the order in which they are put: runs and chips belong to the value that is put before them.
SETTERS: dict[str, Callable[[Cell, Json, Mask], Cell]] = {
    "userEnteredValue": _put_value,
    "userEnteredFormat": _put_format,
    "note": _put_note,
    "dataValidation": _put_validation,
    "textFormatRuns": _put_runs,
    "chipRuns": _put_chips,
    "pivotTable": _put_pivot,
}


@lru_cache(maxsize=256)
def _steps(mask: Mask) -> list[tuple[Callable[[Cell, Json, Mask], Cell], Mask]]:
    """The setters that a mask asks for, each with what it says below; masks are kept alive."""
    belows = ((setter, mask.below(name)) for name, setter in SETTERS.items())
    return [(setter, below) for setter, below in belows if below is not None]


def put_cell(cell: Cell, data: Json, mask: Mask) -> Cell:
    """The cell after the fields of the mask were taken from the data. Raises RefusedError."""
    for setter, below in _steps(mask):
        cell = setter(cell, data, below)
    return cell


def with_validation(cell: Cell, rule: Json | None) -> Cell:
    """The cell under a validation rule; a checkbox in a blank cell is unticked, which is FALSE."""
    if rule is None:
        return replace(cell, validation=None)
    rule = shared("DataValidationRule", rule)
    if cell.entered is None and is_checkbox(rule):
        cell = cell.with_value(False)
    return replace(cell, validation=rule)


def is_checkbox(rule: Json) -> bool:
    """Whether the rule makes a checkbox with the usual TRUE and FALSE."""
    condition = rule.get("condition", {})
    return condition.get("type") == "BOOLEAN" and not condition.get("values")
