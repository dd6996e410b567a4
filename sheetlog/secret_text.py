"""Secrets that stand in a text beside their names: `password=…`, `--token …`, `"api_key": "…"`.

Pure. A text may be a command line, code, a diff, YAML, prose, or a notebook's JSON with escaped
quotes. A secret differs from code in that it is written out: `token = "abc"`, not `token = get()`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetlog.secret_forms import Finding, compiled
from sheetlog.secret_names import gives_away, grade, hinted

_NAMED = r"""(?x)
    (?<![\w.-])  # Whole names only: that is also what keeps the search linear.
    ((?:(?i:api|access|secret|private|auth|account)[ ](?=(?i:key|token)))?[\w.-]++)
    (\\{0,3}["'`]?\]?[ \t]{0,4}(?:={1,3}>?|:=?)[ \t]{0,4})"""
_OPTION = r"""(?x)
    (?<![\w.-])(--?[A-Za-z][\w.-]*+)
    (?:[ \t]{1,4}|\\{0,3}["'],\s{0,40}(?=\\{0,3}["']))(?!-)"""
_JUDGED = 512
"""Characters of a value without quotes that are read to judge it."""
_VALUE = r"""(?x)
    (?:(?i:bearer|basic|token|digest)[ ]{1,2})?
    (?: [bfruBFRU]{0,2}(?P<mark>\"{3}|'{3}|\\{0,3}["'`])
        (?P<quoted>[^\n]{0,4096}?)(?:(?P=mark)|$|(?=\n))
      | (?P<many>\[[^\[\]\n]{0,4096}\]|\{[^{}\n]{0,4096}\}|\([^()\n]{0,400}\))
      | [|>][+-]?[ ]*\n[ ]+(?P<block>[^\n]{1,4096})
      | (?P<bare>(?:[^\s"'`,;&\\]|\\(?![nrt"'`\\])|,(?![\s"'`\\]|$)){1,512}+))"""
_REST = r"""[^\s"'`,;&\\]*+"""
_PAIRS = (
    (  # add_argument("--api-key", default="…")
        "default",
        r"""["'](--?[A-Za-z][\w-]*+)\\{0,3}["'][^\n]{0,99}?default ?= ?\\{0,3}["']([^"'\\\n]+)""",
    ),
    (  # setx HF_TOKEN …; aws configure set aws_secret_access_key …
        "set",
        r"""\bset(?:x| -g?x)?[ ]{1,3}([\w.]++)[ ]{1,3}["']?([^\s"'\\=]++)""",
    ),
    ("</", r"""<([\w.:-]{1,80}+)(?:[ ][^<>\n]{0,200})?>([^<>\n]{1,400})</"""),
    (  # os.environ.setdefault("HF_TOKEN", "…"); %env HF_TOKEN …
        "env",
        r"""(?:(?:set|put|get|%)env|environ\.\w{1,12}|ENV)[ (]{1,3}\\{0,3}["']?(\w++)(?#
        )(?:\\{0,3}["'], ?\\{0,3}["']|[ \t]{1,4})([^\s"'\\=]++)""",
    ),
)
_SCHEME = r"(?i:bearer|basic|token|digest)\s+"
_LITERAL = r"""["'][^"'\s]{3,}["']"""
_CALL = r"[A-Za-z_][\w.]*[(\[]"
_IDENTIFIER = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_CLOSERS = {")": "(", "]": "[", "}": "{", ">": "<"}


def named(text: str) -> Iterator[Finding]:
    """Give what a text's own words say is a secret; findings may overlap."""
    low = text.lower()
    if not hinted(low):
        return
    if "=" in text or ":" in text:
        yield from _assigned(text)
    if "-" in text:
        yield from _options(text)
    for trigger, pattern in _PAIRS:
        if trigger in low:
            for match in compiled(pattern).finditer(text):
                if gives_away(match[1].lstrip("-"), match[2]):
                    yield Finding(match.start(2), match.end(2), _kind(match[1]))


def _assigned(text: str) -> Iterator[Finding]:
    done = 0
    for match in compiled(_NAMED).finditer(text):
        name = match[1].strip("-.")
        # Nothing more is looked for inside a secret: `token=token=token=…` would take for ever.
        if match.start() < done or grade(name) is None:
            continue
        value = compiled(_VALUE).match(text, match.end())
        if value is None:
            continue
        if value["bare"] is None:
            yield from _enclosed(name, value)
            continue
        bare = _without_closers(value["bare"])
        start = value.start("bare")
        after = text[start + len(bare) :][:1]
        if gives_away(name, bare) and _written_out(name, bare, match, after):
            done = _end(text, start, value["bare"], bare)
            yield Finding(start, done, _kind(name))


def _end(text: str, start: int, bare: str, kept: str) -> int:
    """Return where a value without quotes ends; the pattern only reads as far as judging needs."""
    if len(kept) < len(bare):
        return start + len(kept)
    rest = compiled(_REST).match(text, start + len(bare))
    return rest.end() if rest and len(bare) == _JUDGED else start + len(bare)


def _options(text: str) -> Iterator[Finding]:
    for match in compiled(_OPTION).finditer(text):
        name = match[1].strip("-.")
        if grade(name) is None:
            continue
        value = compiled(_VALUE).match(text, match.end())
        if value is None:
            continue
        if value["bare"] is None:
            yield from _enclosed(name, value)
            continue
        # A program's help says `--api-key API_KEY`.
        shown = value["bare"].strip("[]()<>.,")
        helps = ("TEXT", "STRING", name.upper().replace("-", "_"))
        if shown not in helps and gives_away(name, shown):
            start = value.start("bare")
            yield Finding(start, _end(text, start, value["bare"], value["bare"]), _kind(name))


def _enclosed(name: str, value: re.Match[str]) -> Iterator[Finding]:
    """Give a quoted value, a list with quoted ones, or the line of a YAML block."""
    if value["block"] is not None:
        yield Finding(*value.span("block"), _kind(name))
    elif value["many"] is not None:
        if grade(name) != "random" and compiled(_LITERAL).search(value["many"]):
            yield Finding(*value.span("many"), _kind(name))
    elif gives_away(name, compiled(_SCHEME).sub("", value["quoted"], count=1)):
        yield Finding(*value.span("quoted"), _kind(name))


def _written_out(name: str, bare: str, match: re.Match[str], after: str) -> bool:
    """Return whether a value without quotes is a literal: no expression, type or word of prose."""
    if compiled(_CALL).match(bare) and bare[-1] in "([)]":
        return False
    if compiled(_IDENTIFIER).fullmatch(bare):
        own = name.rpartition(".")[2]
        if bare == own or (("." in bare or "_" in bare) and grade(bare) is not None):
            return False
    tight = match[2].strip("\\\"'`]") == "="
    if tight or grade(name) == "any":
        return True
    before = match.string[max(0, match.start() - 40) : match.start()].rpartition("\n")[2]
    alone = before.strip(" \t-+\"'") == "" and after in ("", "\n", "\r", "\\")
    if alone and ":" in match[2]:
        return True
    return len(bare) >= 8 and any(character.isdigit() for character in bare)


def _without_closers(bare: str) -> str:
    """Return a value without what ends the code or sentence around it: `None):`, `abc).`."""
    while bare:
        opener = _CLOSERS.get(bare[-1])
        if bare[-1] not in ":." and (opener is None or bare.count(bare[-1]) <= bare.count(opener)):
            break
        bare = bare[:-1]
    return bare


def _kind(name: str) -> str:
    return f"value of '{name.strip('-.')}'"
