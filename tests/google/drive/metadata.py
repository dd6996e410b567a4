"""What a client may say of a file: which fields, within which limits, and how they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.google.clock import parse_stamp
from tests.google.drive import errors

if TYPE_CHECKING:
    from tests.google.callers import Caller
    from tests.google.drive.file import DriveFile
    from tests.google.world import World

Json = dict[str, Any]

# Kept and shown just as they came.
KEPT = {
    "description",
    "starred",
    "folderColorRgb",
    "originalFilename",
    "copyRequiresWriterPermission",
    "writersCanShare",
    "viewedByMeTime",
    "sharedWithMeTime",
    "contentRestrictions",
    "shortcutDetails",
    "inheritedPermissionsDisabled",
    "downloadRestrictions",
}
TAKEN = {"name", "mimeType", "properties", "appProperties", "createdTime", "modifiedTime"}
ONLY_AT_CREATION = {"id", "parents", "driveId", "teamDriveId"}
# Without an effect here; Drive takes them.
WITHOUT_EFFECT = {"kind", "contentHints", "ocrLanguage", "spaces", "permissions"}

MAX_PROPERTY_BYTES = 124
MAX_PUBLIC = 30
MAX_PRIVATE = 30
MAX_TOGETHER = 100


def check_fields(metadata: Json, *, creating: bool) -> None:
    """Raises ApiError for a field that can't be written, then."""
    allowed = KEPT | TAKEN | WITHOUT_EFFECT | (ONLY_AT_CREATION if creating else {"trashed"})
    if not creating and "parents" in metadata:
        message = (
            "The parents field is not directly writable in update requests. Use the addParents "
            "and removeParents parameters instead."
        )
        raise errors.forbidden("fieldNotWritable", message)
    if set(metadata) - allowed - {"id"}:
        message = "The resource body includes fields which are not directly writable."
        raise errors.forbidden("fieldNotWritable", message)


def apply_fields(world: World, file: DriveFile, metadata: Json, caller: Caller) -> None:
    """Put what the metadata says into the file. Raises ApiError before anything is changed."""
    public = _merged(file.properties, metadata.get("properties", {}))
    own = file.app_properties.get(caller.app, {})
    private = _merged(own, metadata.get("appProperties", {}))
    _check_properties(file, public, private, caller)
    created = _time(metadata, "createdTime", file.created)
    modified = _time(metadata, "modifiedTime", file.modified)
    if "name" in metadata:
        world.rename(file, metadata["name"])
    file.mime_type = metadata.get("mimeType", file.mime_type)
    file.properties = public
    file.app_properties = file.app_properties | ({caller.app: private} if private or own else {})
    file.created, file.modified = created, modified
    file.trashed = metadata.get("trashed", file.trashed)
    file.other |= {name: value for name, value in metadata.items() if name in KEPT}


def _merged(old: dict[str, str], changes: dict[str, str | None]) -> dict[str, str]:
    """The properties with the changes; null takes one away."""
    merged = old | changes
    return {key: value for key, value in merged.items() if value is not None}


def _check_properties(
    file: DriveFile, public: dict[str, str], private: dict[str, str], caller: Caller
) -> None:
    others = [own for app, own in file.app_properties.items() if app != caller.app]
    together = len(public) + len(private) + sum(map(len, others))
    if len(public) > MAX_PUBLIC or len(private) > MAX_PRIVATE or together > MAX_TOGETHER:
        message = "The file has too many properties."
        raise errors.forbidden("propertiesLimitExceeded", message)
    for key, value in (*public.items(), *private.items()):
        if len(key.encode()) + len(value.encode()) > MAX_PROPERTY_BYTES:
            message = f"The property '{key}' is larger than {MAX_PROPERTY_BYTES} bytes."
            raise errors.forbidden("propertyTooLarge", message)


def _time(metadata: Json, name: str, default: float) -> float:
    if name not in metadata:
        return default
    try:
        return parse_stamp(metadata[name])
    except ValueError:
        raise errors.bad_request(f"Invalid value for '{name}'") from None
