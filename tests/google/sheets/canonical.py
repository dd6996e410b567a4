"""The form in which Google keeps and prints an object that a client sent.

Scalars at their default are left out, colours have eight bits a channel, and a colour field and
its twin (`backgroundColor`, `backgroundColorStyle`) are both there, whichever of them was sent.
"""

from __future__ import annotations

import json
import struct
from functools import cache, lru_cache
from typing import Any

from tests.google.discovery import document
from tests.google.sheets.shapes import fold

Json = dict[str, Any]

SCALAR_DEFAULTS: tuple[Any, ...] = (False, 0, "")
# Scalars that Google prints even at their default: a member of a oneof, or a field with presence.
PRESENT = {
    "SheetProperties": {"sheetId", "index", "title"},
    "GridRange": {"startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex"},
    "DimensionRange": {"startIndex", "endIndex"},
    "ExtendedValue": {"boolValue", "numberValue", "stringValue", "formulaValue"},
    "TextFormat": {"bold", "italic", "underline", "strikethrough", "fontSize"},
    "DeveloperMetadataLocation": {"sheetId", "spreadsheet"},
    "ConditionValue": {"userEnteredValue"},
    "SortSpec": {"dimensionIndex"},
    "FilterSpec": {"columnIndex"},
    "Padding": {"top", "right", "bottom", "left"},
    "TextRotation": {"angle", "vertical"},
    "EmbeddedObjectPosition": {"sheetId"},
}
CHANNELS = ("red", "green", "blue", "alpha")
WHITE: Json = {"red": 1, "green": 1, "blue": 1}
THEME: dict[str, Json] = {
    "TEXT": {},
    "BACKGROUND": WHITE,
    "ACCENT1": {"red": 0.25882354, "green": 0.52156866, "blue": 0.95686275},
    "ACCENT2": {"red": 0.91764706, "green": 0.2627451, "blue": 0.20784314},
    "ACCENT3": {"red": 0.9843137, "green": 0.7372549, "blue": 0.015686275},
    "ACCENT4": {"red": 0.20392157, "green": 0.65882355, "blue": 0.3254902},
    "ACCENT5": {"red": 1, "green": 0.42745098, "blue": 0.003921569},
    "ACCENT6": {"red": 0.27450982, "green": 0.7411765, "blue": 0.7764706},
    "LINK": {"red": 0.06666667, "green": 0.33333334, "blue": 0.8},
}


def canonical(schema: str, value: Json) -> Json:
    """`value`, a message of this schema, as Google would print it back."""
    return fold(schema, value, _settled)


def shared(schema: str, value: Json) -> Json:
    """The same, and one object for all that are equal: for what many cells have in common."""
    return _shared(schema, json.dumps(value, sort_keys=True))


@lru_cache(maxsize=4096)
def _shared(schema: str, text: str) -> Json:
    return canonical(schema, json.loads(text))


def _settled(schema: str, value: Json) -> Json:
    if schema == "Color":
        return _rounded(value)
    for key in _twins(schema):
        style = key + "Style"
        if style in value:
            value[key] = rgb(value[style])
        elif key in value:
            value[style] = {"rgbColor": value[key]}
    present = PRESENT.get(schema, set())
    return {
        key: item
        for key, item in value.items()
        if key in present or isinstance(item, (dict, list)) or item not in SCALAR_DEFAULTS
    }


@cache
def _twins(schema: str) -> tuple[str, ...]:
    """The colour fields of a message that have a ColorStyle beside them."""
    properties = document("sheets").messages[schema].properties
    return tuple(key for key in properties if key + "Style" in properties)


def _rounded(colour: Json) -> Json:
    """Eight bits a channel, printed as single precision; zeros and full alpha are left out."""
    result: Json = {}
    for channel in CHANNELS:
        kept = _single(round(colour.get(channel, 0) * 255) / 255)
        if kept and not (channel == "alpha" and kept == 1):
            result[channel] = int(kept) if kept == 1 else kept
    return result


@cache
def _single(value: float) -> float:
    """The shortest number that is `value` in single precision, as protobuf prints a float."""
    exact = struct.pack("f", value)
    texts = (f"{value:.{digits}g}" for digits in range(6, 10))
    return next(float(text) for text in texts if struct.pack("f", float(text)) == exact)


def rgb(style: Json) -> Json:
    """The colour that a ColorStyle stands for."""
    if "themeColor" in style:
        return THEME.get(style["themeColor"], {})
    colour: Json = style.get("rgbColor", {})
    return colour
