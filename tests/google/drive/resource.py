"""How Drive shows a file: its JSON, whole; the field mask cuts it down elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.google.access import may, permissions_on
from tests.google.clock import stamp
from tests.google.drive.file import FOLDER, GOOGLE_APPS, SHORTCUT, SPREADSHEET
from tests.google.world import person_id

if TYPE_CHECKING:
    from tests.google.callers import Caller
    from tests.google.drive.file import DriveFile, Permission
    from tests.google.world import World

Json = dict[str, Any]

DEFAULT_FIELDS = "kind,id,name,mimeType"
DRIVE_SITE = "https://drive.google.com"
SPREADSHEET_EXPORTS = {
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


def file_json(world: World, file: DriveFile, caller: Caller) -> Json:
    """The file as this caller sees it, with all its fields."""
    shown = {
        "kind": "drive#file",
        "id": file.file_id,
        "name": world.name_of(file),
        "mimeType": file.mime_type,
        "starred": False,
        "trashed": world.is_binned(file),
        "explicitlyTrashed": file.trashed,
        "parents": file.parents or None,
        "properties": file.properties or None,
        "appProperties": file.app_properties.get(caller.app) or None,
        "spaces": ["drive"],
        "version": str(file.version),
        "iconLink": f"https://drive-thirdparty.googleusercontent.com/16/type/{file.mime_type}",
        "hasThumbnail": False,
        "thumbnailVersion": "0",
        "createdTime": stamp(file.created),
        "modifiedTime": stamp(file.modified),
        "modifiedByMe": file.modified_by == caller.user,
        "lastModifyingUser": user_json(file.modified_by, caller),
        "viewersCanCopyContent": True,
        "copyRequiresWriterPermission": False,
        "writersCanShare": True,
        "isAppAuthorized": True,
        "quotaBytesUsed": "0",
    }
    shown |= _sharing(world, file, caller) | _links(file) | _content(file) | file.other
    return {name: value for name, value in shown.items() if value is not None}


def user_json(user: str, caller: Caller) -> Json:
    """A user as Drive shows people."""
    return {
        "kind": "drive#user",
        "displayName": user.partition("@")[0],
        "me": user == caller.user,
        "permissionId": person_id(user),
        "emailAddress": user,
    }


def permission_json(permission: Permission) -> Json:
    """A permission with all its fields."""
    shown: Json = {
        "kind": "drive#permission",
        "id": permission.permission_id,
        "type": permission.kind,
        "role": permission.role,
    }
    if permission.kind in ("user", "group"):
        name = permission.holder.partition("@")[0]
        shown |= {"emailAddress": permission.holder, "displayName": name, "deleted": False}
    elif permission.kind == "domain":
        shown |= {"domain": permission.holder, "displayName": permission.holder}
    if permission.kind in ("anyone", "domain"):
        shown["allowFileDiscovery"] = permission.discoverable
    return shown


def _sharing(world: World, file: DriveFile, caller: Caller) -> Json:
    """Whose the file is and who may see it; of a shared drive's files nobody is the owner."""
    permissions = [permission for _, permission in permissions_on(world, file)]
    rights = {
        "canEdit": may(world, caller, file, "writer"),
        "canComment": may(world, caller, file, "commenter"),
        "canDownload": True,
        "canShare": may(world, caller, file, "writer"),
        "canTrash": may(world, caller, file, "writer"),
        "canDelete": may(world, caller, file, "owner"),
        "canAddChildren": file.mime_type == FOLDER and may(world, caller, file, "writer"),
    }
    common: Json = {
        "capabilities": rights,
        "permissionIds": [permission.permission_id for permission in permissions],
    }
    if file.drive_id:
        drive = {"driveId": file.drive_id, "teamDriveId": file.drive_id, "ownedByMe": False}
        return common | drive | {"shared": True}
    return common | {
        "owners": [user_json(file.owner, caller)],
        "ownedByMe": file.owner == caller.user,
        "shared": any(permission.role != "owner" for permission in permissions),
        "permissions": [permission_json(permission) for permission in permissions],
    }


def _links(file: DriveFile) -> Json:
    if file.mime_type == FOLDER:
        return {"webViewLink": f"{DRIVE_SITE}/drive/folders/{file.file_id}"}
    if file.mime_type == SPREADSHEET:
        site = "https://docs.google.com/spreadsheets"
        links = {
            mime_type: f"{site}/export?id={file.file_id}&exportFormat={short}"
            for mime_type, short in SPREADSHEET_EXPORTS.items()
        }
        page = f"{site}/d/{file.file_id}/edit?usp=drivesdk"
        return {"webViewLink": page, "exportLinks": links}
    page = f"{DRIVE_SITE}/file/d/{file.file_id}/view?usp=drivesdk"
    if file.mime_type == SHORTCUT or file.mime_type.startswith(GOOGLE_APPS):
        return {"webViewLink": page}
    download = f"{DRIVE_SITE}/uc?id={file.file_id}&export=download"
    return {"webViewLink": page, "webContentLink": download}


def _content(file: DriveFile) -> Json:
    """What only files with bytes of their own have; sizes are text."""
    content = file.content
    if content is None:
        return {}
    extension = file.name.rpartition(".")[2] if "." in file.name else ""
    return {
        "originalFilename": file.name,
        "fileExtension": extension,
        "fullFileExtension": extension,
        "md5Checksum": content.md5,
        "sha1Checksum": content.sha1,
        "sha256Checksum": content.sha256,
        "size": str(content.size),
        "quotaBytesUsed": str(content.size),
        "headRevisionId": f"0B{content.sha256[:40]}",
    }
