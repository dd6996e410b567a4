"""A spreadsheet read whole, as a client would: through `spreadsheets.get` with its grid data.

The page and the export read it so. They see what an answer of the API shows, and nothing of how
the grid is kept.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.google import sheets
from tests.google.wire import ApiError, Request

if TYPE_CHECKING:
    from tests.google.world import World

Json = dict[str, Any]

# All but `effectiveFormat`: it is longer than the rest together, and without rules and bands.
CELL = (
    "userEnteredValue,effectiveValue,formattedValue,userEnteredFormat,hyperlink,note,"
    "textFormatRuns,dataValidation,chipRuns"
)
SIZE = "pixelSize,hiddenByUser,hiddenByFilter"
FIELDS = (
    "properties(title),sheets(properties,merges,conditionalFormats,bandedRanges,tables,basicFilter,"
    f"rowGroups,columnGroups,charts,data(rowData(values({CELL})),rowMetadata({SIZE}),"
    f"columnMetadata({SIZE})))"
)


def read_whole(world: World, spreadsheet_id: str) -> Json:
    """The answer to `spreadsheets.get` with all that is drawn or exported. Raises ApiError."""
    request = Request(
        method="GET",
        path=f"/v4/spreadsheets/{spreadsheet_id}",
        query=[("fields", FIELDS)],
        headers={},
    )
    reply = sheets.handle(world, request)
    if reply.status != 200:
        raise ApiError(reply)
    answer: Json = json.loads(reply.body)
    return answer


def rgb_hex(color: Json | None) -> str | None:
    """A Color, or a ColorStyle that holds one, as six hexadecimal digits; None for none."""
    if color is None:
        return None
    color = (
        color.get("rgbColor", color) if "themeColor" not in color else THEME[color["themeColor"]]
    )
    parts = (round(255 * color.get(part, 0)) for part in ("red", "green", "blue"))
    return "".join(f"{part:02x}" for part in parts)


def _rgb(digits: str) -> Json:
    values = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    return dict(zip(("red", "green", "blue"), values, strict=True))


# The colours of Google's standard theme.
THEME: dict[str, Json] = {
    "TEXT": _rgb("000000"),
    "BACKGROUND": _rgb("ffffff"),
    "ACCENT1": _rgb("4285f4"),
    "ACCENT2": _rgb("ea4335"),
    "ACCENT3": _rgb("fbbc04"),
    "ACCENT4": _rgb("34a853"),
    "ACCENT5": _rgb("ff6d01"),
    "ACCENT6": _rgb("46bdc6"),
    "LINK": _rgb("1155cc"),
}
