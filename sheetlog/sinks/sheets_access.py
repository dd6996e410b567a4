"""What a login may do with a Google Sheet: asked of Drive and of the tab, nothing is written."""

from __future__ import annotations

from typing import Any

from sheetlog.errors import RefusedError, SheetError
from sheetlog.google.http import DRIVE
from sheetlog.sinks import sheets_sending
from sheetlog.sinks.base import Access
from sheetlog.sinks.sheets_desk import Desk
from sheetlog.sinks.sheets_view import View

Json = dict[str, Any]


def access(desk: Desk) -> Access:
    """Return who logs in, and whether rows can land in the tab."""
    there = desk.found()
    who, problem = _who(desk)
    if not there:
        words = f"{desk.what} is not there yet: the first run makes it"
        return Access(login=who, there=False, may_write=True, words=words)
    # Whoever may not even read it is told so by this.
    view = desk.look()
    if problem:
        words = f"{desk.what} can be read; whether it can be written shows with the next run"
        return Access(login=who, there=True, may_write=None, words=f"{words} ({problem})")
    may_write, words = _rights(desk, who)
    if may_write and isinstance(view, View):
        may_write, words = _protected(desk, view, words)
    return Access(login=who, there=True, may_write=may_write, words=words)


def _protected(desk: Desk, view: View, words: str) -> tuple[bool | None, str]:
    """Return the same, minding cells that people have closed to this login."""
    closed = sheets_sending.closed_to(desk, view)
    if not closed:
        return True, words
    said = sheets_sending.protected_words(desk, view, closed)
    # Of a part nobody can tell whether runs will ever need it; without the tab none can land.
    whole = any(_whole(each.get("range", {})) and not _gaps(each) for each in closed)
    return (False if whole else None), said


def _whole(area: Json) -> bool:
    return not {"startRowIndex", "startColumnIndex", "endRowIndex", "endColumnIndex"} & area.keys()


def _gaps(protected: Json) -> bool:
    return bool(protected.get("unprotectedRanges"))


def _who(desk: Desk) -> tuple[str, str]:
    """Return the login in words, and why Drive didn't say whose it is."""
    try:
        about = _asked(desk, f"{DRIVE}/drive/v3/about", "user(emailAddress)")
    except RefusedError as error:
        return desk.google.way, str(error)
    address = about.get("user", {}).get("emailAddress", "")
    return ", ".join(filter(None, (address, desk.google.way))), ""


def _rights(desk: Desk, who: str) -> tuple[bool | None, str]:
    """Return whether the file may be edited, and what to do where it may not."""
    try:
        file = _asked(
            desk,
            f"{DRIVE}/drive/v3/files/{desk.spreadsheet}",
            "name,trashed,capabilities(canEdit),owners(emailAddress)",
            supportsAllDrives="true",
        )
    except SheetError as error:
        return (
            None,
            f"{desk.what} can be read; Drive doesn't say whether it can be written: {error}",
        )
    named = f"'{file.get('name', desk.name.target)}'"
    if file.get("trashed"):
        return False, f"{named} is in the bin: take it out, or it is deleted after 30 days"
    owners = [each.get("emailAddress", "") for each in file.get("owners", ())]
    if file.get("capabilities", {}).get("canEdit"):
        return True, f"{named} can be written"
    login = who.partition(",")[0] or "this login"
    asked = " or ".join(filter(None, owners)) or "whoever owns it"
    return False, (
        f"{named} can be read, and not written: ask {asked} to share it with {login} as Editor"
    )


def _asked(desk: Desk, url: str, fields: str, **more: str) -> Json:
    found: Json = desk.google.send(
        "get",
        url,
        what=desk.what,
        deadline=desk.until,
        params={"fields": fields, **more},
    )
    return found
