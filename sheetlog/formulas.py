"""Which formulas of a template both products read; and the one that compares with the baseline.

Pure: goes by the text alone. A formula that Excel cannot read makes it call the whole workbook
damaged, so its brackets, quotes and separators are checked before it gets there. The names of
functions are the user's.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"(?:[^"]|"")*"|\{[^{}]*\}|.', re.DOTALL)
_PAIRS = {")": "(", "]": "["}

TICKS = ("☑", "☐")
"""What a box to tick shows, ticked and not, where the product has none of its own."""


def problem(formula: str) -> str | None:
    """Return what is wrong with a formula, as a sentence; None: nothing that its text shows."""
    if not formula.startswith("=") or not formula[1:].strip():
        return f"'{formula}' must start with '=', as in ={{metrics.a}}-{{metrics.b}}"
    open_brackets: list[str] = []
    for match in _TOKEN.finditer(formula[1:]):
        part = match[0]
        if part in "([":
            open_brackets.append(part)
        elif part in _PAIRS and (not open_brackets or open_brackets.pop() != _PAIRS[part]):
            return f"'{formula}': '{part}' closes nothing"
        elif part in "{}":
            return f"'{formula}': '{part}' stands alone; a key goes between {{ and }}"
        elif part == '"':
            return f"'{formula}': a text is not closed by '\"'"
        elif part == ";":
            return f"'{formula}': arguments are separated by ',', whatever the sheet's language"
    if open_brackets:
        return f"'{formula}': '{open_brackets[-1]}' is not closed"
    return None


def delta(key: str, baseline: str) -> str:
    """Return the formula that takes from a run's value that of the run that people ticked.

    Blank where either is no number, or none is ticked; of several ticked runs the first counts.

    Args:
        key: of the value.
        baseline: mark of the column in which people tick.
    """
    ticked = ",".join(f"MATCH({tick},{{:{baseline}}},0)" for tick in ("TRUE", f'"{TICKS[0]}"'))
    # Of a single cell AVERAGE is its number, and an error where it is blank or a text; a reference
    # alone would be 0 there.
    base = f"AVERAGE(INDEX({{:{key}}},IFERROR({ticked})))"
    return f'=IF(ISNUMBER({{{key}}}),IFERROR({{{key}}}-{base},""),"")'


def signed(code: str) -> str:
    """Return a number format code that shows whether a number is above or below zero."""
    if code in ("General", "@") or ";" in code:
        code = "0.0000"
    return f"+{code};-{code};{code}"
