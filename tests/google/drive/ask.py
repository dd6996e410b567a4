"""One request to Drive, with what every method wants to know of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.google import discovery
from tests.google.access import may, visible
from tests.google.drive import errors
from tests.google.drive.shown import cut_down
from tests.google.refusals import drive_error
from tests.google.wire import ApiError, Reply

if TYPE_CHECKING:
    from tests.google.callers import Caller
    from tests.google.drive.file import DriveFile
    from tests.google.wire import Request
    from tests.google.world import World

Json = dict[str, Any]
# What a PATCH takes away by giving null for it.
MAPS = ("properties", "appProperties")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request, who sent it, and the world that it is about."""

    world: World
    request: Request
    caller: Caller
    method: str

    def flag(self, name: str) -> bool:
        """Whether a query parameter is true, in whatever case."""
        return self.request.parameter(name).lower() == "true"

    def segment(self, index: int) -> str:
        """A piece of the path behind `/drive/v3/` or `/upload/drive/v3/`, from 0."""
        parts = self.request.path.partition("drive/")[2].split("/")[1:]
        return unquote(parts[index]) if index < len(parts) else ""

    def file(self, role: str = "reader") -> DriveFile:
        """The file that the path names, if the caller has the role on it. Raises ApiError."""
        return self.find(self.segment(1), role)

    def find(self, file_id: str, role: str = "reader", *, location: str = "fileId") -> DriveFile:
        """A file by its id or by "root", if the caller has the role on it. Raises ApiError."""
        if file_id == "root":
            file_id = self.world.root_of(self.caller.user)
        file = self.world.files.get(file_id)
        if file is None or not visible(self.world, self.caller, file):
            raise errors.not_found(file_id, location=location)
        if file.drive_id and not self.sees_all_drives:
            raise errors.not_found(file_id, location=location)
        if not may(self.world, self.caller, file, role):
            raise errors.no_file_permission(file_id)
        return file

    @property
    def sees_all_drives(self) -> bool:
        """Whether the caller says that it knows of shared drives."""
        return self.flag("supportsAllDrives") or self.flag("supportsTeamDrives")

    def body(self, schema: str = "File") -> Json:
        """The JSON body, checked against Drive's schema. Raises ApiError."""
        return checked(self.request.body, schema)

    def show(self, schema: str, value: Json, default: str) -> Reply:
        """The answer: `value`, cut down to the parameter `fields` or else to the default."""
        text = self.request.parameter("fields") or default
        return Reply.json(200, cut_down(schema, value, text))


def checked(text: bytes, schema: str = "File") -> Json:
    """A JSON body, checked against Drive's schema; null in a map of properties stays.

    Raises ApiError.
    """
    try:
        body = json.loads(text) if text.strip() else {}
    except ValueError:
        raise ApiError(drive_error(400, "parseError", "Parse Error")) from None
    if not isinstance(body, dict):
        raise ApiError(drive_error(400, "parseError", "Parse Error"))
    nulls = {name: _nulls(body[name]) for name in MAPS if isinstance(body.get(name), dict)}
    plain = body | {
        name: {key: value for key, value in body[name].items() if value is not None}
        for name in nulls
    }
    try:
        kept = discovery.check_body("drive", schema, plain)
    except ApiError as error:
        message = json.loads(error.reply.body)["error"]["message"]
        raise ApiError(drive_error(400, "invalid", message)) from None
    return {**kept, **{name: kept.get(name, {}) | gone for name, gone in nulls.items()}}


def _nulls(mapping: Json) -> Json:
    return {key: None for key, value in mapping.items() if value is None}
