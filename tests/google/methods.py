"""The names of the methods: what a request is called in the fault table and the log of calls.

They are Google's own names, except that a resumable upload is told apart step by step.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from tests.google.wire import Request

UNKNOWN = "unknown"
SHEETS_PATH = re.compile(r"/v4/spreadsheets(?:/([^/:]+)(?::(\w+)|/(.*))?)?", re.DOTALL)
SHEETS_PART = re.compile(r"(values|developerMetadata|sheets)(?:/.*)?", re.DOTALL)
COLON = re.compile(r"[:]|%3A", re.IGNORECASE)
VALUES_VERBS = {"append", "clear"}
PLAIN_VERBS = {"POST": "create", "GET": "get", "PUT": "update", "PATCH": "update"}
DRIVE_PATH = re.compile(r"/drive/v3/(\w+)(?:/([^/]+)(?:/(\w+)(?:/([^/]+))?)?)?")
# A word stands where else the id of a file is.
WITHOUT_AN_ID = {
    ("GET", "files", "generateIds"): "files.generateIds",
    ("DELETE", "files", "trash"): "files.emptyTrash",
}
FILE_VERBS = {"copy", "export"}


def api_of(path: str) -> str:
    """ "sheets", "drive", or "" for what is neither."""
    if path.startswith("/v4/"):
        return "sheets"
    return "drive" if path.startswith(("/drive/", "/upload/")) else ""


def file_id_of(path: str) -> str:
    """The id of the file or spreadsheet that the path names; "" for none."""
    match = re.search(r"/(?:spreadsheets|files)/([^/:?]+)", path)
    return unquote(match.group(1)) if match else ""


def method_name(request: Request) -> str:
    """Such as `spreadsheets.values.append`, `files.create` or `upload.put`."""
    path = request.path
    if path.startswith("/v4/"):
        return _sheets_name(request.method, path)
    if path.startswith("/upload/"):
        return _upload_name(request)
    if path.startswith("/drive/"):
        return _drive_name(request.method, path)
    return UNKNOWN


def _sheets_name(verb: str, path: str) -> str:
    match = SHEETS_PATH.fullmatch(path)
    if match is None:
        return UNKNOWN
    _, action, rest = match.groups()
    if action:
        return f"spreadsheets.{action}"
    if not rest:
        return f"spreadsheets.{PLAIN_VERBS.get(verb, UNKNOWN)}"
    return _sheets_part_name(verb, rest)


def _sheets_part_name(verb: str, rest: str) -> str:
    """What follows the spreadsheet's id; a range may hold colons of its own."""
    part = re.split(r"[/:]", rest, maxsplit=1)[0]
    action = COLON.split(rest)[-1] if COLON.search(rest) else ""
    if part == "values" and rest.startswith("values/"):
        action = action if verb == "POST" and action in VALUES_VERBS else PLAIN_VERBS.get(verb, "")
    return f"spreadsheets.{part}.{action or PLAIN_VERBS.get(verb, UNKNOWN)}"


def _upload_name(request: Request) -> str:
    if request.parameter("upload_id"):
        if request.method == "DELETE":
            return "upload.cancel"
        asks = request.headers.get("content-range", "").startswith("bytes */")
        return "upload.status" if asks else "upload.put"
    if request.parameter("uploadType") == "resumable":
        return "upload.start"
    return "files.create" if request.method == "POST" else "files.update"


def _drive_name(verb: str, path: str) -> str:
    match = DRIVE_PATH.fullmatch(path)
    if match is None:
        return UNKNOWN
    holder, first, second, third = match.groups()
    if (verb, holder, first) in WITHOUT_AN_ID:
        return WITHOUT_AN_ID[verb, holder, first]
    if second in FILE_VERBS:
        return f"files.{second}"
    if second is not None:
        return f"{second}.{_rest_verb(verb, whole=third is None)}"
    if holder == "about":
        return "about.get"
    return f"{holder}.{_rest_verb(verb, whole=first is None)}"


def _rest_verb(verb: str, *, whole: bool) -> str:
    """The verb for a collection as a whole, or for one thing in it."""
    if verb == "GET":
        return "list" if whole else "get"
    return {"DELETE": "delete"}.get(verb) or PLAIN_VERBS.get(verb, UNKNOWN)
