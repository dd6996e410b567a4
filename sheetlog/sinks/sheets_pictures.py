"""Pictures in cells: a link to one as the formula that shows it, and back. Pure.

`IMAGE` is carried out by Google's servers without anybody's login, so it shows only files that
everybody with the link may open (Docs editors help, IMAGE). The file's label stands in the address
behind what Drive looks at, as the cell has no other place for it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any
from urllib.parse import quote, unquote

from sheetlog.cells import Cell
from sheetlog.google import links
from sheetlog.plan import NewRow
from sheetlog.record import Link
from sheetlog.template import Template

Json = dict[str, Any]

HEIGHT = 96
"""Pixels of a row with a picture: as high as in a workbook, 72 points."""
ENDINGS = (".png", ".jpg", ".jpeg", ".gif")
"""Of files that `IMAGE` shows."""
LONGEST = 2000
"""Bytes of an address that every server takes."""
_CONTENT = "https://drive.google.com/uc?export=download&id="
_FORMULA = re.compile(
    r'=\s*IMAGE\("' + re.escape(_CONTENT) + r'([A-Za-z0-9_-]+)&name=([^"&]+)"\)', re.IGNORECASE
)


def formula(cell: Cell) -> str:
    """Return the formula that shows what a link opens; blank: it is nothing that can be shown."""
    if not isinstance(cell, Link) or not (id_ := links.anyones(cell.url)):
        return ""
    # Behind the name stands the version.
    if not cell.text.partition(" · ")[0].lower().endswith(ENDINGS):
        return ""
    address = f"{_CONTENT}{id_}&name={quote(cell.text, safe='', errors='surrogatepass')}"
    return f'=IMAGE("{address}")' if len(address) <= LONGEST else ""


def link(text: str) -> Link | None:
    """Return the link that a formula of ours shows; None: it is another formula."""
    found = _FORMULA.fullmatch(text.strip())
    if found is None:
        return None
    label = unquote(found[2], errors="surrogatepass")
    return Link(text=label, url=links.view(found[1], anyone=True))


def pictured(rows: Iterable[NewRow], template: Template) -> frozenset[str]:
    """Return the keys of the columns in which these rows show pictures."""
    keys = {
        key
        for row in rows
        for key, cell in row.cells.items()
        if key.startswith("artifacts.") and formula(cell)
    }
    if not keys:
        return frozenset()
    from sheetlog.placing import Wants

    wants = Wants.of(template)
    return frozenset(key for key in keys if wants.column(key).format == "image")


def wanted(template: Template) -> bool:
    """Return whether a template has a column for pictures."""
    return any(column.format == "image" for column in template.columns)


def heights(sheet: int, top: int, rows: Iterable[NewRow], keys: Collection[str]) -> Iterator[Json]:
    """Yield what makes the new rows higher in which a picture stands.

    Args:
        top: where the first of them stands.
        keys: of the columns that show pictures.
    """
    for at, row in enumerate(rows, top):
        if any(formula(row.cells.get(key)) for key in keys):
            span = {"sheetId": sheet, "dimension": "ROWS", "startIndex": at, "endIndex": at + 1}
            change = {"range": span, "properties": {"pixelSize": HEIGHT}, "fields": "pixelSize"}
            yield {"updateDimensionProperties": change}
