"""The methods of drives (shared drives), and about.get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.google.access import visible
from tests.google.clock import stamp
from tests.google.drive import errors
from tests.google.drive.creating import bytes_used
from tests.google.drive.file import FOLDER, SPREADSHEET, Permission
from tests.google.drive.resource import SPREADSHEET_EXPORTS, user_json
from tests.google.refusals import drive_error
from tests.google.wire import ApiError, Reply
from tests.google.world import person_id

if TYPE_CHECKING:
    from tests.google.drive.ask import Ask

Json = dict[str, Any]

DEFAULT_FIELDS = "kind,id,name"
DEFAULT_LIST_FIELDS = f"kind,nextPageToken,drives({DEFAULT_FIELDS})"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedDrive:
    """A shared drive; its root folder is a file with the same id."""

    drive_id: str
    name: str
    created: float


def create(ask: Ask) -> Reply:
    """drives.create; the same `requestId` again is refused, as the first has made its drive."""
    request_id = ask.request.parameter("requestId")
    if not request_id:
        raise errors.bad_request("The requestId parameter is required.")
    drive_id = f"0A{person_id(request_id)[:11]}Uk9PVA"
    if drive_id in ask.world.drives:
        message = "A shared drive already exists with the provided request ID."
        raise ApiError(drive_error(409, "duplicate", message))
    world = ask.world
    drive = SharedDrive(
        drive_id=drive_id,
        name=ask.body("Drive").get("name", "Untitled"),
        created=world.clock.now(),
    )
    world.drives[drive_id] = drive
    root = world.register_file(
        drive_id, drive.name, FOLDER, caller=ask.caller, parents=[], drive_id=drive_id
    )
    user = ask.caller.user
    organizer = Permission(
        permission_id=person_id(user), kind="user", role="organizer", holder=user
    )
    root.permissions[organizer.permission_id] = organizer
    return ask.show("Drive", _json(drive), DEFAULT_FIELDS)


def get(ask: Ask) -> Reply:
    """drives.get."""
    drive = ask.world.drives.get(ask.segment(1))
    if drive is None or not _seen(ask, drive):
        what = "Shared drive"
        raise errors.not_found(ask.segment(1), what=what, location="driveId")
    return ask.show("Drive", _json(drive), DEFAULT_FIELDS)


def list_drives(ask: Ask) -> Reply:
    """drives.list: those that the caller is a member of."""
    drives = [_json(drive) for drive in ask.world.drives.values() if _seen(ask, drive)]
    answer = {"kind": "drive#driveList", "drives": drives}
    return ask.show("DriveList", answer, DEFAULT_LIST_FIELDS)


def about(ask: Ask) -> Reply:
    """about.get: the user and what the user's files take; `fields` must be given."""
    if not ask.request.parameter("fields"):
        message = "The 'fields' parameter is required for this method."
        where = ("fields", "parameter")
        raise ApiError(drive_error(400, "required", message, location=where))
    used = str(bytes_used(ask, ask.caller.user))
    quota = {"usage": used, "usageInDrive": used, "usageInDriveTrash": "0"}
    alone = ask.world.modes.service_account or ask.caller.is_service_account
    limit = 0 if alone else ask.world.modes.storage_bytes
    answer = {
        "kind": "drive#about",
        "user": user_json(ask.caller.user, ask.caller),
        "storageQuota": quota | {"limit": str(limit)},
        "exportFormats": {SPREADSHEET: list(SPREADSHEET_EXPORTS)},
        "importFormats": {"text/csv": [SPREADSHEET]},
        "maxUploadSize": "5497558138880",
        "appInstalled": True,
        "canCreateDrives": not alone,
    }
    return ask.show("About", answer, "*")


def _seen(ask: Ask, drive: SharedDrive) -> bool:
    return visible(ask.world, ask.caller, ask.world.files[drive.drive_id])


def _json(drive: SharedDrive) -> Json:
    return {
        "kind": "drive#drive",
        "id": drive.drive_id,
        "name": drive.name,
        "createdTime": stamp(drive.created),
        "hidden": False,
    }
