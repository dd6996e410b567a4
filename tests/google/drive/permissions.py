"""The methods of permissions: who may do what with a file, granted on it or on a folder above."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.google.access import permissions_on
from tests.google.drive import errors
from tests.google.drive.file import Permission
from tests.google.drive.resource import permission_json
from tests.google.wire import Reply
from tests.google.world import person_id

if TYPE_CHECKING:
    from tests.google.drive.ask import Ask
    from tests.google.drive.file import DriveFile

Json = dict[str, Any]

DEFAULT_FIELDS = "kind,id,type,role"
DEFAULT_LIST_FIELDS = f"kind,nextPageToken,permissions({DEFAULT_FIELDS})"
KINDS = {"user": "emailAddress", "group": "emailAddress", "domain": "domain", "anyone": ""}
ROLES = {"owner", "organizer", "fileOrganizer", "writer", "commenter", "reader"}


def list_permissions(ask: Ask) -> Reply:
    """permissions.list: the file's own and those of the folders above it."""
    file = ask.file()
    shown: dict[str, Json] = {}
    for holder, permission in permissions_on(ask.world, file):
        if permission.permission_id not in shown:
            shown[permission.permission_id] = _json(file, holder, permission)
    answer = {"kind": "drive#permissionList", "permissions": list(shown.values())}
    return ask.show("PermissionList", answer, DEFAULT_LIST_FIELDS)


def create(ask: Ask) -> Reply:
    """permissions.create; for the same person again the role is replaced."""
    file = ask.file("writer")
    body = ask.body("Permission")
    kind, role = body.get("type", ""), body.get("role", "")
    if kind not in KINDS:
        raise errors.bad_request("The permission type field is required.")
    _check_role(ask, file, role)
    holder = body.get(KINDS[kind], "") if KINDS[kind] else ""
    if KINDS[kind] and not holder:
        raise errors.bad_request(f"The {KINDS[kind]} field is required for this type.")
    permission = Permission(
        permission_id=_id(kind, holder),
        kind=kind,
        role=role,
        holder=holder,
        discoverable=body.get("allowFileDiscovery", False),
    )
    return _granted(ask, file, permission)


def get(ask: Ask) -> Reply:
    """permissions.get."""
    file = ask.file()
    holder, permission = _find(ask, file)
    return ask.show("Permission", _json(file, holder, permission), DEFAULT_FIELDS)


def update(ask: Ask) -> Reply:
    """permissions.update: another role; an inherited one gets a place on the file itself."""
    file = ask.file("writer")
    _, permission = _find(ask, file)
    role = ask.body("Permission").get("role", permission.role)
    _check_role(ask, file, role)
    return _granted(ask, file, replace(permission, role=role))


def delete(ask: Ask) -> Reply:
    """permissions.delete; what a folder grants can't be taken away below it."""
    file = ask.file("writer")
    holder, permission = _find(ask, file)
    if holder is not file or permission.role == "owner":
        message = "The permission cannot be removed from this item."
        raise errors.forbidden("cannotDeletePermission", message)
    del file.permissions[permission.permission_id]
    return Reply(status=204)


def _granted(ask: Ask, file: DriveFile, permission: Permission) -> Reply:
    """Put the permission on the file; with a new owner the old one becomes a writer."""
    if permission.role == "owner":
        for key, old in list(file.permissions.items()):
            if old.role == "owner":
                file.permissions[key] = replace(old, role="writer")
        file.owner = permission.holder
    file.permissions[permission.permission_id] = permission
    return ask.show("Permission", _json(file, file, permission), DEFAULT_FIELDS)


def _check_role(ask: Ask, file: DriveFile, role: str) -> None:
    if role not in ROLES:
        raise errors.bad_request("The permission role field is required.")
    if role == "owner" and (file.drive_id or not ask.flag("transferOwnership")):
        message = "The transferOwnership parameter must be enabled when the role is 'owner'."
        raise errors.forbidden("forbidden", message)
    if role in ("organizer", "fileOrganizer") and not file.drive_id:
        raise errors.forbidden("invalidSharingRequest", f"The role '{role}' is not valid here.")


def _find(ask: Ask, file: DriveFile) -> tuple[DriveFile, Permission]:
    wanted = ask.segment(3)
    for holder, permission in permissions_on(ask.world, file):
        if permission.permission_id == wanted:
            return holder, permission
    raise errors.not_found(wanted, what="Permission", location="permissionId")


def _id(kind: str, holder: str) -> str:
    if kind == "anyone":
        return "anyoneWithLink"
    if kind == "domain":
        return f"{int(hashlib.sha256(holder.encode()).hexdigest(), 16) % 10**20:020d}k"
    return person_id(holder)


def _json(file: DriveFile, holder: DriveFile, permission: Permission) -> Json:
    """The permission; in a shared drive also where it comes from."""
    shown = permission_json(permission)
    if file.drive_id:
        detail = {"permissionType": "file", "role": permission.role, "inherited": False}
        if holder is not file:
            detail |= {"inherited": True, "inheritedFrom": holder.file_id}
        shown["permissionDetails"] = [detail]
    return shown
