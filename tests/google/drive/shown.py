"""What an answer of Drive shows: its objects cut down to a field mask."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tests.google import discovery
from tests.google.fieldmask import Mask, MaskSyntaxError, parse_mask
from tests.google.refusals import drive_error
from tests.google.wire import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping


def cut_down(schema: str, value: Mapping[str, Any], text: str) -> Any:
    """`value` without what the mask leaves out. Raises ApiError for an unknown field."""
    return pick(_mask(schema, text), value)


def pick(mask: Mask, value: Any) -> Any:
    """The part of `value` that the mask takes; empty lists stay, as Drive shows them."""
    if mask.everything:
        return value
    if isinstance(value, list):
        return [pick(mask, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: pick(mask.branches[name], value[name]) for name in value if name in mask}


@lru_cache(maxsize=512)
def _mask(schema: str, text: str) -> Mask:
    try:
        mask = parse_mask(text)
    except MaskSyntaxError:
        raise _invalid_selection(text) from None
    unknown = discovery.unknown_path("drive", schema, mask)
    if unknown is not None:
        raise _invalid_selection(unknown)
    return mask


def _invalid_selection(path: str) -> ApiError:
    message = f"Invalid field selection {path}"
    where = ("fields", "parameter")
    return ApiError(drive_error(400, "invalidParameter", message, location=where))
