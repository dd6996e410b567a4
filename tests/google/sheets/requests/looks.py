"""Banding and conditional formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.google.sheets.areas import Area
from tests.google.sheets.canonical import canonical
from tests.google.sheets.celledit import edited, update_mask
from tests.google.sheets.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.batch import Batch
    from tests.google.sheets.model import Sheet

Json = dict[str, Any]


def add_banding(batch: Batch, body: Json) -> Json:
    asked = canonical("BandedRange", body.get("bandedRange", {}))
    new_id = batch.new_id("bandedRanges", asked.get("bandedRangeId"))
    item = {"bandedRangeId": new_id, **asked}
    sheet, item = _checked_banding(batch, item)
    sheet.stored["bandedRanges"].append(item)
    return {"bandedRange": item}


def _checked_banding(batch: Batch, item: Json) -> tuple[Sheet, Json]:
    if "rowProperties" not in item and "columnProperties" not in item:
        raise RefusedError("Either rowProperties or columnProperties must be set.")
    sheet, box = batch.box(item.get("range", {}))
    for other in [*sheet.stored["bandedRanges"], *sheet.stored["tables"]]:
        same = other.get("bandedRangeId") == item["bandedRangeId"]
        if not same and Area.from_json(other["range"]).meets(box.area):
            raise RefusedError(
                "You cannot add alternating background colors to a range that already has "
                "alternating background colors."
            )
    return sheet, {**item, "range": box.area.to_json()}


def update_banding(batch: Batch, body: Json) -> None:
    mask = update_mask("BandedRange", body.get("fields", ""))
    asked = body.get("bandedRange", {})
    sheet, place, old = batch.find("bandedRanges", asked.get("bandedRangeId"))
    new = canonical("BandedRange", edited(old, asked, mask))
    home, new = _checked_banding(batch, {**new, "bandedRangeId": old["bandedRangeId"]})
    if home is not sheet:
        raise RefusedError("A banded range can't move to another sheet.")
    sheet.stored["bandedRanges"][place] = new


def delete_banding(batch: Batch, body: Json) -> None:
    sheet, place, _ = batch.find("bandedRanges", body.get("bandedRangeId"))
    del sheet.stored["bandedRanges"][place]


def add_conditional_format_rule(batch: Batch, body: Json) -> None:
    sheet, rule = _checked_rule(batch, body.get("rule", {}))
    rules = sheet.stored["conditionalFormats"]
    index = body.get("index", 0)
    if not 0 <= index <= len(rules):
        raise RefusedError(f"No conditional format on sheet: {sheet.sheet_id} at index: {index}")
    rules.insert(index, rule)


def _checked_rule(batch: Batch, asked: Json) -> tuple[Sheet, Json]:
    """The rule with its ranges closed, and the one sheet that they are in."""
    rule = canonical("ConditionalFormatRule", asked)
    if ("booleanRule" in rule) == ("gradientRule" in rule):
        raise RefusedError("Exactly one of booleanRule and gradientRule must be set.")
    if "booleanRule" in rule and "type" not in rule["booleanRule"].get("condition", {}):
        raise RefusedError("The boolean rule needs a condition with a type.")
    if "gradientRule" in rule and not {"minpoint", "maxpoint"} <= set(rule["gradientRule"]):
        raise RefusedError("The gradient rule needs a minpoint and a maxpoint.")
    if not rule.get("ranges"):
        raise RefusedError("At least one range must be set.")
    boxes = [batch.box(item) for item in rule["ranges"]]
    sheet = boxes[0][0]
    if any(other is not sheet for other, _ in boxes):
        raise RefusedError("All ranges must be on the same sheet.")
    return sheet, {**rule, "ranges": [box.area.to_json() for _, box in boxes]}


def _rules(batch: Batch, sheet_id: int, index: int) -> tuple[Sheet, list[Json]]:
    sheet = batch.sheet(sheet_id)
    rules = sheet.stored["conditionalFormats"]
    if not 0 <= index < len(rules):
        raise RefusedError(f"No conditional format on sheet: {sheet_id} at index: {index}")
    return sheet, rules


def update_conditional_format_rule(batch: Batch, body: Json) -> Json:
    """Put another rule in its place, or move the rule to another place."""
    index = body.get("index", 0)
    if "rule" in body:
        sheet, rule = _checked_rule(batch, body["rule"])
        _, rules = _rules(batch, sheet.sheet_id, index)
        old = rules[index]
        rules[index] = rule
        return _without_zero({"newRule": rule, "newIndex": index, "oldRule": old})
    _, rules = _rules(batch, body.get("sheetId", 0), index)
    new_index = body.get("newIndex", 0)
    if not 0 <= new_index < len(rules):
        raise RefusedError(f"The newIndex {new_index} is outside of the list of rules.")
    rule = rules.pop(index)
    rules.insert(new_index, rule)
    return _without_zero({"newRule": rule, "newIndex": new_index, "oldIndex": index})


def _without_zero(reply: Json) -> Json:
    return {name: item for name, item in reply.items() if item != 0}


def delete_conditional_format_rule(batch: Batch, body: Json) -> Json:
    _, rules = _rules(batch, body.get("sheetId", 0), body.get("index", 0))
    return {"rule": rules.pop(body.get("index", 0))}


REQUESTS: dict[str, Callable[[Batch, Json], Json | None]] = {
    "addBanding": add_banding,
    "updateBanding": update_banding,
    "deleteBanding": delete_banding,
    "addConditionalFormatRule": add_conditional_format_rule,
    "updateConditionalFormatRule": update_conditional_format_rule,
    "deleteConditionalFormatRule": delete_conditional_format_rule,
}
