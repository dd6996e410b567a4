"""Named ranges, and ranges that are protected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.google.sheets.a1 import LOOKS_LIKE_A_CELL
from tests.google.sheets.areas import Area
from tests.google.sheets.batch import PROTECTED
from tests.google.sheets.canonical import canonical
from tests.google.sheets.celledit import edited, update_mask
from tests.google.sheets.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.batch import Batch

Json = dict[str, Any]
NAME = re.compile(r"[^\W\d][\w.]{0,249}")


def add_named_range(batch: Batch, body: Json) -> Json:
    named = canonical("NamedRange", body.get("namedRange", {}))
    taken = {item["namedRangeId"] for item in batch.spreadsheet.named_ranges}
    if "namedRangeId" not in named:
        fresh = batch.spreadsheet.fresh_id(lambda number: str(number) in taken)
        named = {"namedRangeId": str(fresh), **named}
    elif named["namedRangeId"] in taken:
        raise RefusedError(f"A named range with ID {named['namedRangeId']} already exists.")
    named = _checked_named(batch, named)
    batch.spreadsheet.named_ranges.append(named)
    return {"namedRange": named}


def _checked_named(batch: Batch, named: Json) -> Json:
    name = named.get("name", "")
    if not NAME.fullmatch(name) or LOOKS_LIKE_A_CELL.fullmatch(name):
        raise RefusedError(f"The name '{name}' can't be the name of a range.")
    if "range" not in named:
        raise RefusedError("A range must be set.")
    for other in batch.spreadsheet.named_ranges:
        same_name = other["name"].casefold() == name.casefold()
        if same_name and other["namedRangeId"] != named["namedRangeId"]:
            raise RefusedError(
                f"Cannot add named range with name {name}, a named range with that name already "
                "exists."
            )
    return {**named, "range": batch.within_grid(named["range"])}


def _place_of_named(batch: Batch, named_range_id: str | None) -> int:
    for place, item in enumerate(batch.spreadsheet.named_ranges):
        if item["namedRangeId"] == named_range_id:
            return place
    raise RefusedError(f"No named range with ID: {named_range_id}")


def update_named_range(batch: Batch, body: Json) -> None:
    mask = update_mask("NamedRange", body.get("fields", ""))
    asked = body.get("namedRange", {})
    place = _place_of_named(batch, asked.get("namedRangeId"))
    old = batch.spreadsheet.named_ranges[place]
    new = {**edited(old, asked, mask), "namedRangeId": old["namedRangeId"]}
    new = canonical("NamedRange", new)
    batch.spreadsheet.named_ranges[place] = _checked_named(batch, new)


def delete_named_range(batch: Batch, body: Json) -> None:
    place = _place_of_named(batch, body.get("namedRangeId"))
    del batch.spreadsheet.named_ranges[place]


def add_protected_range(batch: Batch, body: Json) -> Json:
    """The owner can always edit what is protected, and is an editor though the reply is silent."""
    asked = canonical("ProtectedRange", body.get("protectedRange", {}))
    if "range" in asked:
        asked["range"] = batch.within_grid(asked["range"])
    sheet = batch.sheet(_checked_area(batch, asked).sheet_id)
    new_id = batch.new_id("protectedRanges", asked.get("protectedRangeId"))
    item: Json = {"protectedRangeId": new_id, **asked, "requestingUserCanEdit": True}
    editors = {name: kept for name, kept in asked.get("editors", {}).items() if kept}
    if not item.get("warningOnly"):
        users = list(dict.fromkeys([*editors.get("users", []), batch.user]))
        item["editors"] = {**editors, "users": users}
    else:
        item.pop("editors", None)
    sheet.stored["protectedRanges"].append(item)
    shown = {**item, "editors": editors} if "editors" in item else item
    return {"protectedRange": shown}


def _checked_area(batch: Batch, protected: Json) -> Area:
    """The cells that are protected, with what is left free lying in them."""
    area = batch.area_of(protected)
    for item in protected.get("unprotectedRanges", []):
        if not area.holds(Area.from_json(item)):
            raise RefusedError("An unprotected range must lie in the protected range.")
    return area


def update_protected_range(batch: Batch, body: Json) -> None:
    mask = update_mask("ProtectedRange", body.get("fields", ""))
    asked = body.get("protectedRange", {})
    sheet, place, old = batch.find("protectedRanges", asked.get("protectedRangeId"))
    if not batch.may_edit(old):
        raise RefusedError(PROTECTED)
    new = canonical("ProtectedRange", edited(old, asked, mask))
    new |= {name: old[name] for name in ("protectedRangeId", "requestingUserCanEdit")}
    _checked_area(batch, new)
    if new.get("warningOnly"):
        new.pop("editors", None)
    sheet.stored["protectedRanges"][place] = new


def delete_protected_range(batch: Batch, body: Json) -> None:
    sheet, place, old = batch.find("protectedRanges", body.get("protectedRangeId"))
    if not batch.may_edit(old) and not old.get("warningOnly"):
        raise RefusedError(PROTECTED)
    del sheet.stored["protectedRanges"][place]


REQUESTS: dict[str, Callable[[Batch, Json], Json | None]] = {
    "addNamedRange": add_named_range,
    "updateNamedRange": update_named_range,
    "deleteNamedRange": delete_named_range,
    "addProtectedRange": add_protected_range,
    "updateProtectedRange": update_protected_range,
    "deleteProtectedRange": delete_protected_range,
}
