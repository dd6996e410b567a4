"""Which formulas of a template both products read, as far as the text alone can say.

Pure. A formula that Excel cannot read makes it call the whole workbook damaged, so its brackets,
quotes and separators are checked before it gets there. The names of functions are the user's.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"(?:[^"]|"")*"|\{[^{}]*\}|.', re.DOTALL)
_PAIRS = {")": "(", "]": "["}


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
