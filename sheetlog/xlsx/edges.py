"""Where a worksheet's rows begin and end in its XML. Pure; knows four tags and nothing in between.

Within attributes XML allows no `<`: outside of comments, CDATA sections and instructions each `<`
starts a tag. So tags are found by their bytes, whatever their prefix, without parsing what stands
between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    rb"""<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"""
    rb"""|(?P<open><!--|<!\[CDATA\[|<\?)"""
    rb"""|<(?P<end>/?)(?:[^\s<>/"'=:!?]+:)?(?P<name>sheetData|row|dimension)"""
    rb"""(?=[\s/>])(?:[^<>"'/]|"[^"<]*"|'[^'<]*')*(?P<empty>/?)>""",
    re.DOTALL,
)
_OPENED = re.compile(rb"<(?:[^\s<>/\"'=:!?]+:)?sheetData(?:\s[^<>/]*)?>\s*(?=<)")
_ROW = re.compile(rb"""<(?:[^\s<>/"'=:!?]+:)?row(?=[\s>])(?:[^<>"'/]|"[^"<]*"|'[^'<]*')*>""")
_CLOSED = re.compile(rb"</(?:[^\s<>/\"'=:!?]+:)?row\s*>")
_REF = re.compile(rb"""\sref\s*=\s*("[^"<]*"|'[^'<]*')""")
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_LONGEST_REF = 21
_UTF8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")


def foreign(start: bytes) -> str | None:
    """Return why a document can't be edited by its bytes, from its first ones; None: it can be."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
        return "is written in UTF-16 instead of UTF-8"
    declared = _ENCODING.search(start[:200])
    if declared and declared[1].lower() not in _UTF8:
        return f"is written in {declared[1].decode('ascii', 'replace')} instead of UTF-8"
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        return "declares a document type, which no spreadsheet program writes"
    return None


def first_row_end(data: bytes) -> int | None:
    """Return where the first row ends, or the rows where there is none; None: not in `data`."""
    if b"<!" not in data and data.find(b"<?", 2) < 0:
        # The usual case, in which the cells' tags need no look: there may be hundreds.
        opened = _OPENED.search(data)
        row = _ROW.match(data, opened.end()) if opened else None
        closed = _CLOSED.search(data, row.end()) if row else None
        if closed:
            return closed.end()
    inside = False
    for found in _TOKEN.finditer(data):
        if found["open"]:
            return None
        name = found["name"]
        if name == b"sheetData":
            if found["end"] or found["empty"]:
                return found.end()
            inside = True
        elif name == b"row" and inside and (found["end"] or found["empty"]):
            return found.end()
    return None


def rows_start(data: bytes) -> int | None:
    """Return where `<sheetData>` (or `<sheetData/>`) ends; None: not in `data`."""
    for found in _TOKEN.finditer(data):
        if found["open"]:
            return None
        if found["name"] == b"sheetData":
            return found.end()
    return None


def rows_end(data: bytes) -> int | None:
    """Return where `</sheetData>` starts, or `<sheetData/>` ends; None: not in `data`."""
    for found in _TOKEN.finditer(data) if b"<!" in data else _last_first(data):
        if found["open"]:
            return None
        if found["name"] == b"sheetData" and (found["end"] or found["empty"]):
            return found.start() if found["end"] else found.end()
    return None


def _last_first(data: bytes) -> Iterator[re.Match[bytes]]:
    """Yield the tags of the rows, the last one first: so the rows themselves need no reading.

    Only without comments and CDATA sections; what else says `sheetData` is text.
    """
    place = data.rfind(b"sheetData")
    while place >= 0:
        start = data.rfind(b"<", 0, place)
        if start >= 0 and (found := _TOKEN.match(data, start)):
            yield found
        place = data.rfind(b"sheetData", 0, place)


def is_rows_start(data: bytes, place: int = 0) -> bool:
    """Return whether `data` ends, from some place on, with the tag that opens the rows."""
    at = data.rfind(b"<", place)
    found = _TOKEN.fullmatch(data, at) if at >= 0 else None
    return bool(
        found and found["name"] == b"sheetData" and not found["end"] and not found["empty"]
    )


def is_tail(data: bytes) -> bool:
    """Return whether `data` starts with the tag that closes the rows."""
    found = _TOKEN.match(data)
    return bool(found and found["name"] == b"sheetData" and found["end"])


def dimension(head: bytes) -> tuple[int, int] | None:
    """Return where the start tag of the dimension starts and ends; None: there is none."""
    for found in _TOKEN.finditer(head):
        if found["name"] == b"dimension" and not found["end"] and _REF.search(found[0]):
            return found.span()
    return None


def is_dimension(data: bytes) -> bool:
    """Return whether `data` is the start tag of a dimension, and nothing else."""
    return dimension(data) == (0, len(data))


def with_room(tag: bytes, ref: str | None) -> bytes:
    """Return a dimension's tag with another `ref`, and blanks in it, so that every `ref` has room.

    Args:
        tag: start tag, with or without such blanks.
        ref: None leaves it as it is.
    """
    found = _REF.search(tag)
    if found is None:
        raise ValueError("a dimension without ref")
    start, end = found.span(1)
    value = tag[start + 1 : end - 1] if ref is None else ref.encode("ascii")
    if len(value) > _LONGEST_REF:
        raise ValueError(f"'{value.decode()}' is no range of a worksheet")
    close = b"/>" if tag.endswith(b"/>") else b">"
    rest = tag[end : len(tag) - len(close)].rstrip()
    return tag[:start] + b'"' + value + b'"' + rest + b" " * (_LONGEST_REF - len(value)) + close


def cut(rows: bytes, near: int) -> int:
    """Return where a row ends in `rows` at `near` or soon after it; the length where none does.

    `rows` holds no comments and no CDATA sections: in those an end tag may be anything.
    """
    place = rows.find(b"row>", near)
    while place >= 0:
        start = rows.rfind(b"<", 0, place)
        name = rows[start:place]
        if name == b"</" or (name[:2] == b"</" and name.endswith(b":")):
            return place + 4
        place = rows.find(b"row>", place + 1)
    return len(rows)
