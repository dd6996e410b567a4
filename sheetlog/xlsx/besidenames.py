"""Names that the tabs beside the runs use: one for each column, and what marks such a tab. Pure.

A column is named by its header cell, as its mark is: `runs.metrics.accuracy` stands for
`INDEX(Runs!$1:$1048576,0,COLUMN(Runs!$F$1))`. A reference to `Runs!$F:$F` would stay behind when
people move the cells of a table.
"""

from __future__ import annotations

import re
from hashlib import sha256

from sheetlog.xlsx import marks
from sheetlog.xlsx.references import MAX_ROWS

BESIDE = "_sheetlog..beside"
"""The name by which such a tab is known: it holds which one, and what was written into it."""
PREFIX = "runs."
_LONGEST = 200

_TEXT = re.compile(
    rf"INDEX\([^()]+!\$1:\${MAX_ROWS},0,COLUMN\([^()]+!\$?[A-Z]{{1,3}}\$?[0-9]+\)\)", re.IGNORECASE
)


def column_name(key: str) -> str:
    """Return the name of a key's column."""
    text = marks.names(key)[0].removeprefix(marks.PREFIX)
    if len(text) > _LONGEST:
        digest = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        text = f"{text[:_LONGEST]}.{digest}"
    return PREFIX + text


def column_text(title: str, cell: str) -> str:
    """Return what such a name says.

    Args:
        title: of the runs' tab, quoted.
        cell: the column's header cell, with dollars.
    """
    return f"INDEX({title}!$1:${MAX_ROWS},0,COLUMN({title}!{cell}))"


def is_column(text: str) -> bool:
    """Return whether a name says this: it counts columns, and is right wherever they go."""
    return _TEXT.fullmatch(text.strip()) is not None
