"""What a caller may do with a file: by its permissions, its folders' and the modes.

The answer is a role; what a role is good for is decided by who asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.google.modes import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.google.callers import Caller
    from tests.google.drive.file import DriveFile, Permission
    from tests.google.world import World

# Shared drives have two roles more; what they may do with a file is what an owner may.
RANK = {role: place for place, role in enumerate(ROLES)} | {"fileOrganizer": 3, "organizer": 4}


def visible(world: World, caller: Caller, file: DriveFile) -> bool:
    """Whether the caller learns that the file exists at all."""
    # The root of a drive is nobody's work, and every app may put files there.
    is_root = not file.parents
    if world.modes.drive_file and not is_root and caller.app not in {file.app, *file.granted_to}:
        return False
    return role_of(world, caller, file) != "none"


def may(world: World, caller: Caller, file: DriveFile, role: str) -> bool:
    """Whether the caller has at least this role."""
    return RANK[role_of(world, caller, file)] >= RANK[role]


def role_of(world: World, caller: Caller, file: DriveFile) -> str:
    """The caller's role on the file: one of ROLES, or a shared drive's."""
    role = _granted(world, caller, file) if world.modes.enforce_permissions else "owner"
    access = world.modes.access
    most = access.get(file.file_id, access.get("*", "owner"))
    return min(role, most, key=RANK.__getitem__)


def _granted(world: World, caller: Caller, file: DriveFile) -> str:
    domain = caller.user.partition("@")[2]
    roles = [
        permission.role
        for _, permission in permissions_on(world, file)
        if permission.kind == "anyone" or permission.holder in (caller.user, domain)
    ]
    return max(roles, key=RANK.__getitem__, default="none")


def permissions_on(world: World, file: DriveFile) -> Iterator[tuple[DriveFile, Permission]]:
    """Every permission that holds for the file, each with the file or folder that grants it."""
    here: list[DriveFile] = [file]
    met: set[str] = set()
    while here:
        holder = here.pop(0)
        if holder.file_id in met:
            continue
        met.add(holder.file_id)
        for permission in holder.permissions.values():
            # Owning a folder isn't owning what others put into it, but it is editing it.
            if permission.role != "owner" or holder is file:
                yield holder, permission
        here += [world.files[parent] for parent in holder.parents if parent in world.files]
