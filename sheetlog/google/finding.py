"""A Google Sheet by its title: found among the user's files, or made, and shared. Knows Drive.

A title is no identity: two processes that make the same sheet at the same moment make two files.
After making one the files are listed again, and everybody takes the oldest; what remains is the
time that Drive takes until a new file is listed, about a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sheetlog.errors import RefusedError, SheetError
from sheetlog.google.http import DRIVE, SHEETS, Google
from sheetlog.google.replies import DeniedError

Json = dict[str, Any]

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
_FOLDER = re.compile(r"/folders/([A-Za-z0-9_-]+)")


def find(google: Google, title: str, *, deadline: float) -> str | None:
    """Return the id of the oldest sheet of this title that the user owns, or None.

    A service account owns nothing, so of it those count that are shared with it.
    """
    escaped = title.replace("\\", "\\\\").replace("'", "\\'")
    found = google.send(
        "get",
        f"{DRIVE}/drive/v3/files",
        what=f"the sheet '{title}'",
        deadline=deadline,
        params={
            "q": f"name = '{escaped}' and mimeType = '{SPREADSHEET}' and trashed = false",
            "fields": "files(id,createdTime,ownedByMe,driveId)",
            "orderBy": "createdTime",
            "pageSize": 100,
            "supportsAllDrives": "true",
            "includeItemsFromAllDrives": "true",
        },
    )
    files = sorted(found.get("files", ()), key=lambda f: (f.get("createdTime", ""), f["id"]))
    own = [file for file in files if file.get("ownedByMe")]
    others = files if google.service_account else []
    return next((str(file["id"]) for file in (*own, *others)), None)


def make(google: Google, title: str, tab: Json, *, deadline: float) -> tuple[str, bool]:
    """Make a spreadsheet with one tab; return its id and True, or that of an older one and False.

    Args:
        tab: properties of its tab.
    """
    what = f"the new sheet '{title}'"
    # Not safe to repeat: whether it was made shows when the files are listed the next time.
    try:
        made = google.send(
            "post",
            f"{SHEETS}/v4/spreadsheets",
            what=what,
            deadline=deadline,
            params={"fields": "spreadsheetId"},
            body={"properties": {"title": title}, "sheets": [{"properties": tab}]},
            safe=False,
        )
    except DeniedError as error:
        raise RefusedError(
            f"this login may not make {what} (a service account owns no storage): make it by "
            "hand, share it with the login as Editor, and name it by its URL"
        ) from error
    id_ = str(made["spreadsheetId"])
    oldest = find(google, title, deadline=deadline) or id_
    return oldest, oldest == id_


def file_in(google: Google, id_: str, folder: str, *, deadline: float) -> list[str]:
    """Move a file from My Drive into a folder; return a sentence where that was not possible.

    Args:
        folder: its id or URL.
    """
    parent = _FOLDER.search(folder)
    try:
        google.send(
            "patch",
            f"{DRIVE}/drive/v3/files/{id_}",
            what=f"the folder '{folder}'",
            deadline=deadline,
            params={
                "addParents": parent[1] if parent else folder,
                "removeParents": "root",
                "supportsAllDrives": "true",
                "fields": "id",
            },
            body={},
        )
    except SheetError as error:
        return [f"the sheet is in My Drive and not in its folder: {error}; move it by hand"]
    return []


def share(google: Google, id_: str, people: Iterable[str], *, deadline: float) -> list[str]:
    """Let people edit a file; return a sentence for each with whom that was not possible."""
    problems = []
    for person in people:
        try:
            google.send(
                "post",
                f"{DRIVE}/drive/v3/files/{id_}/permissions",
                what=f"the share with '{person}'",
                deadline=deadline,
                params={"supportsAllDrives": "true", "fields": "id"},
                body={"type": "user", "role": "writer", "emailAddress": person},
            )
        except SheetError as error:
            problems.append(f"the sheet is not shared with '{person}': {error}; share it by hand")
    return problems
