"""Names that the tabs beside the runs use: one for each column, and what marks such a tab. Pure.

A column is named by its header cell, as its mark is: `runs.metrics.accuracy` stands for
`INDEX(Runs!$1:$1048576,0,COLUMN(Runs!$F$1))`. A reference to `Runs!$F:$F` would stay behind when
people move the cells of a table.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from hashlib import sha256

from sheetlog.xlsx import marks
from sheetlog.xlsx.references import MAX_ROWS

BESIDE = "_sheetlog..beside"
"""The name by which such a tab is known: it holds which one, and what was written into it."""
RUNS = "_sheetlog..runs"
"""The name that says which tab's runs such a tab is about: it goes along when that is renamed."""
MEMORY = "_sheetlog..memory"
"""What the names begin with in which the runs' tab keeps how sheetlog has dressed it."""
PREFIX = "runs."
_LONGEST = 200
_TEXT_LIMIT = 255
"""Characters of a text in a formula."""
_PIECES = 30
"""Such texts in one name: a formula has 8,192 characters at most."""

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


def runs_text(title: str) -> str:
    """Return what `RUNS` says, of a quoted title: no deleted row or column concerns it."""
    return f"{title}!$1:${MAX_ROWS}"


def runs_title(text: str) -> str:
    """Return the title that such a text says, in small letters; blank: none."""
    title, found, _ = text.rpartition("!")
    quoted = title.startswith("'") and title.endswith("'")
    title = title[1:-1].replace("''", "'") if quoted else title
    return title.casefold() if found and "#" not in text.partition("!")[0] else ""


def is_column(text: str) -> bool:
    """Return whether a name says this: it counts columns, and is right wherever they go."""
    return _TEXT.fullmatch(text.strip()) is not None


def memory_names(memory: str) -> list[tuple[str, str]]:
    """Return the names that keep a text, and what each of them says."""
    packed = base64.b64encode(zlib.compress(memory.encode())).decode()
    room = _TEXT_LIMIT * _PIECES
    parts = [packed[at : at + room] for at in range(0, len(packed), room)]
    names = []
    for number, part in enumerate(parts, 1):
        texts = [part[at : at + _TEXT_LIMIT] for at in range(0, len(part), _TEXT_LIMIT)]
        said = "&".join(f'"{text}"' for text in (f"{len(parts)}:", *texts))
        names.append((f"{MEMORY}.{number}", said))
    return names


def memory_of(names: Mapping[str, str]) -> str:
    """Return the text that names keep; blank where there is none that can be read.

    Args:
        names: what each name of the tab says.
    """
    said = {name.casefold(): "".join(re.findall(r'"([^"]*)"', t)) for name, t in names.items()}
    count = said.get(f"{MEMORY}.1", "").partition(":")[0]
    parts = [
        said.get(f"{MEMORY}.{number}", "").partition(":")[2]
        for number in range(1, int(count) + 1 if count.isdecimal() else 1)
    ]
    try:
        return zlib.decompress(base64.b64decode("".join(parts))).decode() if parts else ""
    except (ValueError, binascii.Error, zlib.error):
        return ""
