"""Number format codes: the built-in ones, and what a code shows numbers as. Pure.

The built-in codes are those of ECMA-376, 18.8.30; 14 to 22, 45 and 47 depend on the reader's
language.
"""

from __future__ import annotations

import re

SHARED = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 46: "[h]:mm:ss", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""Built-in codes that mean the same in every language."""

BUILTIN = SHARED | {
    14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;[Red](#,##0.00)", 45: "mm:ss", 47: "mmss.0",
    # East Asian ones, which programs in other languages show as some date, too.
    **dict.fromkeys((*range(27, 32), 36, *range(50, 55), 57, 58), "yyyy/m/d"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss"),
}  # fmt: skip

_SILENT = re.compile(r"\"[^\"]*\"|\\.|_.|\*.|General", re.DOTALL | re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)


def is_duration(code: str) -> bool:
    """Return whether a code shows numbers as elapsed time: `[h]:mm:ss`."""
    return _ELAPSED.search(_SILENT.sub("", code.partition(";")[0])) is not None


def is_date(code: str) -> bool:
    """Return whether a code shows numbers as a date or a time of day."""
    # A semicolon in quotes would end the section too early; nobody quotes one before a date.
    section = _SILENT.sub("", code.partition(";")[0])
    if _ELAPSED.search(section):
        return False
    return re.search(r"[ymdhs]", _BRACKETS.sub("", section), re.IGNORECASE) is not None
