"""How a sheet is named: a workbook's path, a Google Sheets URL, `google:TITLE`; `#TAB` may follow.

Pure: takes names apart and puts them together; looks at no disk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sheetlog.errors import MisuseError

_WORKBOOK = re.compile(r"(?P<path>.+\.xls[xm])(?:#(?P<tab>.+))?", re.IGNORECASE | re.DOTALL)
_URL = re.compile(r"https?://[^/]+/(?:.*/)?spreadsheets/(?:u/\d+/)?d/(?P<id>[A-Za-z0-9_-]+)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_NO_NAME = re.compile("[\\0\ud800-\udc7f\udd00-\udfff]")
"""What no file's name holds. The surrogates from DC80 to DCFF are how Python writes a name's bytes
that are no text (PEP 383)."""
_GID = re.compile(r"[#?&]gid=(?P<gid>\d+)")
_PLAIN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"

UNSETTLED = "unsettled:"
"""Followed by a folder: the sheet of a run whose settings could not be understood there."""


def words(name: str) -> str:
    """Return what a person is told of a sheet's name."""
    if not name.startswith(UNSETTLED):
        return name
    return f"the sheet that the settings in '{name.removeprefix(UNSETTLED)}' name"


def quoted(path: bytes, *, also: bytes = b"") -> str:
    """Return a path as it stands in a URL (RFC 3986), each byte but plain ones and `also` as %XX.

    `urllib.parse.quote` does the same, and takes longer to load than a run to be written.
    """
    plain = _PLAIN + also
    return "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in path)


def is_google(name: str) -> bool:
    """Return whether a Google Sheet is named; each `log()` asks, so nothing is taken apart."""
    return name.startswith(("google:", "http://", "https://"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetName:
    """A sheet's name, taken apart."""

    kind: str
    """`excel`, `url` or `google`."""
    target: str
    """The workbook's path, the spreadsheet's id, or its title."""
    tab: str | None = None
    """The tab's title; None: the template's."""
    gid: int | None = None
    """The tab's number, where a URL names it so."""


def parse(name: str) -> SheetName:
    """Return the name taken apart.

    Raises:
        MisuseError: it is none of the three kinds.
    """
    if name.startswith("google:"):
        title, _, tab = name[len("google:") :].partition("#")
        if title.strip():
            return SheetName(kind="google", target=title.strip(), tab=tab or None)
    url = _URL.match(name)
    if url:
        gid = _GID.search(name)
        _, _, tab = name.partition("#")
        return SheetName(
            kind="url",
            target=url["id"],
            gid=int(gid["gid"]) if gid else None,
            tab=tab if tab and not tab.startswith("gid=") else None,
        )
    workbook = _WORKBOOK.fullmatch(name)
    if workbook and _SCHEME.match(name):
        raise MisuseError(
            f"'{name}' is a link, and a workbook is named by its path: give the path of the file "
            "itself, or of the folder on this computer that is synced with it"
        )
    if workbook and not _NO_NAME.search(name):
        return SheetName(kind="excel", target=workbook["path"], tab=workbook["tab"])
    raise MisuseError(
        f"cannot tell which sheet '{name}' is: name a workbook ('runs.xlsx', 'runs.xlsm', "
        "'runs.xlsx#Tab'), a Google Sheets URL, or a Google Sheet by its title ('google:My runs')"
    )
