"""Which number patterns Excel and Google Sheets both read, as a template's `format` may give one.

Pure. A pattern that Excel does not read makes it call the whole workbook damaged, so what is not
known to be right is told as a mistake of the template. Sources: ECMA-376 part 1, 18.8.31, and
https://developers.google.com/workspace/sheets/api/guides/formats
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 255
"""Characters; more is more than Excel takes."""

_TOKEN = re.compile(
    r"""
      (?P<quoted>"[^"]*" | \\. | _. | \*.)
    | (?P<colour>\[(?:Black|Blue|Cyan|Green|Magenta|Red|White|Yellow)\])
    | (?P<condition>\[(?:<=|>=|<>|<|>|=)-?[0-9]+(?:\.[0-9]+)?\])
    | (?P<currency>\[\$[^\[\]]*\])
    | (?P<elapsed>\[(?:h+|m+|s+)\](?:(?<=s\])\.0{1,3})?)
    | (?P<half>AM/PM|A/P)
    | (?P<exponent>E[+-](?=[0#?]))
    | (?P<digit>[0\#?])
    | (?P<text>@)
    | (?P<date>y{1,4}|m{1,5}|d{1,4}|h{1,2}|s{1,2}(?:\.0{1,3})?)
    | (?P<mark>[.,%/])
    | (?P<literal>[ $+\-():!^&'~{}<>=])
    | (?P<end>;)
    """,
    re.VERBOSE,
)


def problem(pattern: str) -> str | None:
    """Return what is wrong with a pattern, as the rest of a sentence; None: nothing is."""
    if len(pattern) > LONGEST:
        return f"has {len(pattern)} characters; at most {LONGEST} are allowed"
    sections: list[set[str]] = [set()]
    at = 0
    while at < len(pattern):
        match = _TOKEN.match(pattern, at)
        if match is None and _symbol(pattern[at]):
            at += 1
            continue
        if match is None and pattern[at] in "YMDHS":
            return f"has '{pattern[at]}'; letters of a date are small: yyyy-mm-dd hh:mm:ss"
        if match is None:
            return f"has '{pattern[at]}' outside of quotes; text goes in double quotes"
        at = match.end()
        if match.lastgroup == "end":
            sections.append(set())
        else:
            sections[-1].add(match.lastgroup or "")
    if len(sections) > 4:
        return "has more than four parts; ';' separates positive; negative; zero; text"
    if not any(section & {"digit", "text", "date", "elapsed"} for section in sections):
        return "shows no value: it needs 0, #, @ or letters of a date"
    if any(_mixed(section) for section in sections):
        return "mixes digits and letters of a date; text goes in double quotes"
    return None


def _mixed(section: set[str]) -> bool:
    """Return whether a part is about a number and a time at once; `ss.000` is a time alone."""
    dated = section & {"date", "elapsed", "half"}
    return bool(dated and section & {"digit", "text", "exponent"})


def _symbol(character: str) -> bool:
    """Return whether a character beyond ASCII shows as it is: `€`, `°`, but no letter."""
    return character > "\x7f" and unicodedata.category(character)[0] in "SPZ"
