"""files.list: which files, in which order, page by page."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from tests.google.access import visible
from tests.google.drive import errors
from tests.google.drive.file import FOLDER
from tests.google.drive.query import QuerySyntaxError, View, parse_query
from tests.google.drive.resource import file_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.google.drive.ask import Ask
    from tests.google.drive.file import DriveFile
    from tests.google.wire import Reply

DEFAULT_FIELDS = "kind,incompleteSearch,nextPageToken,files(kind,id,name,mimeType)"
DEFAULT_PAGE = 100
LARGEST_PAGE = 1000
CORPORA = {"", "user", "domain", "drive", "allDrives"}


def list_files(ask: Ask) -> Reply:
    """The files that the query finds, one page of them."""
    found = list(_found(ask))
    for key, backwards in reversed(_order(ask)):
        found.sort(key=key, reverse=backwards)
    start, size = _page(ask)
    page = found[start : start + size]
    answer: dict[str, Any] = {
        "kind": "drive#fileList",
        "incompleteSearch": False,
        "files": [file_json(ask.world, file, ask.caller) for file in page],
    }
    if start + size < len(found):
        answer["nextPageToken"] = _token(ask, start + size)
    return ask.show("FileList", answer, DEFAULT_FIELDS)


def _found(ask: Ask) -> Iterator[DriveFile]:
    text = ask.request.parameter("q").strip()
    try:
        test = parse_query(text) if text else None
    except QuerySyntaxError:
        raise errors.invalid_parameter("q") from None
    drive_id = _drive_wanted(ask)
    for file in ask.world.files.values():
        # The root of My Drive and of a shared drive are folders, but no search finds them.
        if not file.parents or not _in_corpora(ask, file, drive_id):
            continue
        if visible(ask.world, ask.caller, file) and (
            test is None or test(View(file, ask.world, ask.caller))
        ):
            yield file


def _drive_wanted(ask: Ask) -> str:
    """The one shared drive that is searched; "" for none in particular."""
    corpora = ask.request.parameter("corpora") or ask.request.parameter("corpus")
    drive_id = ask.request.parameter("driveId") or ask.request.parameter("teamDriveId")
    if corpora not in CORPORA:
        raise errors.invalid_parameter("corpora")
    if bool(drive_id) != (corpora == "drive"):
        message = "The driveId parameter must be specified if and only if corpora is set to drive."
        raise errors.invalid_parameter("driveId", message)
    if drive_id and drive_id not in ask.world.drives:
        raise errors.not_found(drive_id, what="Shared drive", location="driveId")
    return drive_id


def _in_corpora(ask: Ask, file: DriveFile, drive_id: str) -> bool:
    if drive_id:
        return file.drive_id == drive_id
    everywhere = ask.flag("includeItemsFromAllDrives") or ask.flag("includeTeamDriveItems")
    return not file.drive_id or (everywhere and ask.sees_all_drives)


def _order(ask: Ask) -> list[tuple[Callable[[DriveFile], Any], bool]]:
    """The sort keys of `orderBy`; without it the last changed file comes first."""
    keys: dict[str, Callable[[DriveFile], Any]] = {
        "createdTime": lambda file: file.created,
        "modifiedTime": lambda file: file.modified,
        "modifiedByMeTime": lambda file: file.modified,
        "recency": lambda file: file.modified,
        "folder": lambda file: file.mime_type != FOLDER,
        "name": lambda file: ask.world.name_of(file).casefold(),
        "name_natural": lambda file: ask.world.name_of(file).casefold(),
        "starred": lambda file: not file.other.get("starred", False),
        "quotaBytesUsed": lambda file: file.content.size if file.content else 0,
    }
    order = []
    for item in (ask.request.parameter("orderBy") or "recency desc").split(","):
        name, _, direction = item.strip().partition(" ")
        if name not in keys or direction.strip() not in ("", "desc", "asc"):
            raise errors.invalid_parameter("orderBy")
        order.append((keys[name], direction.strip() == "desc"))
    return order


def _page(ask: Ask) -> tuple[int, int]:
    """Where the page starts and how long it is at most."""
    text = ask.request.parameter("pageSize") or str(DEFAULT_PAGE)
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_PAGE:
        message = f"Invalid value '{text}'. Values must be within the range: [1, {LARGEST_PAGE}]"
        raise errors.invalid_parameter("pageSize", message)
    token = ask.request.parameter("pageToken")
    if not token:
        return 0, int(text)
    try:
        query, start = json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError, TypeError):
        raise errors.invalid_parameter("pageToken") from None
    # A token belongs to its query: with another one it would skip files unseen.
    if query != _query_of(ask):
        raise errors.invalid_parameter("pageToken")
    return int(start), int(text)


def _token(ask: Ask, start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([_query_of(ask), start]).encode()).decode()


def _query_of(ask: Ask) -> list[str]:
    return [ask.request.parameter(name) for name in ("q", "orderBy", "corpora", "driveId")]
