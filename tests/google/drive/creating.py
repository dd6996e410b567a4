"""How a file comes to be: its id, its place, who owns it, and what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.google.drive import errors
from tests.google.drive.content import no_bytes
from tests.google.drive.convert import fill_spreadsheet
from tests.google.drive.file import BINARY, FOLDER, GOOGLE_APPS, SHORTCUT, SPREADSHEET
from tests.google.drive.metadata import apply_fields, check_fields

if TYPE_CHECKING:
    from tests.google.drive.ask import Ask
    from tests.google.drive.file import Content, DriveFile

Json = dict[str, Any]

WITHOUT_BYTES = {FOLDER, SHORTCUT}


def check_new(ask: Ask, metadata: Json) -> None:
    """Raises ApiError if no file can be made of this; asked before an upload's bytes are taken."""
    check_fields(metadata, creating=True)
    _check_id(ask, metadata)
    if not parents_for(ask, metadata)[1]:
        _check_storage_of_its_own(ask, metadata.get("mimeType", ""))


def create_file(
    ask: Ask, metadata: Json, content: Content | None = None, content_type: str = ""
) -> DriveFile:
    """A new file, in its place. Raises ApiError."""
    check_new(ask, metadata)
    parents, drive_id = parents_for(ask, metadata)
    if content is not None:
        check_room(ask, content.size, drive_id)
    mime_type = metadata.get("mimeType") or content_type or BINARY
    long = mime_type == SPREADSHEET
    file_id = metadata.get("id") or ask.world.new_id(44 if long else 33)
    name = metadata.get("name", "Untitled")
    file = ask.world.register_file(
        file_id, name, mime_type, caller=ask.caller, parents=parents, drive_id=drive_id
    )
    try:
        apply_fields(ask.world, file, metadata | {"mimeType": mime_type}, ask.caller)
        fill(ask, file, content, content_type)
    except BaseException:
        # What is refused half-way must not be in the next listing.
        ask.world.files.pop(file_id, None)
        ask.world.spreadsheets.pop(file_id, None)
        raise
    return file


def fill(ask: Ask, file: DriveFile, content: Content | None, content_type: str) -> None:
    """Give a file its bytes; of a Google type they are converted, of another they are kept."""
    if file.mime_type == SPREADSHEET:
        fill_spreadsheet(ask.world, file, content, content_type)
    elif content is not None and file.mime_type.startswith(GOOGLE_APPS):
        raise errors.bad_request("Conversion to this type is not supported.")
    elif not file.is_google_type:
        file.content = content or file.content or no_bytes()


def _check_id(ask: Ask, metadata: Json) -> None:
    file_id = metadata.get("id")
    if file_id is None:
        return
    if file_id in ask.world.files:
        raise errors.id_in_use()
    mime_type = metadata.get("mimeType", "")
    if mime_type.startswith(GOOGLE_APPS) and mime_type not in WITHOUT_BYTES:
        message = (
            "Generated IDs are not supported for the creation of native Google Documents formats."
        )
        raise errors.bad_request(message)
    if file_id not in ask.world.generated_ids:
        raise errors.bad_request("The provided file ID is not usable.")


def parents_for(ask: Ask, metadata: Json) -> tuple[list[str], str]:
    """The folder that the file goes to, and the shared drive of it ("" for My Drive)."""
    wanted = metadata.get("parents") or ["root"]
    if len(wanted) > 1:
        message = "A file cannot be added to more than one parent folder."
        raise errors.forbidden("teamDrivesParentLimit", message)
    folder = ask.find(wanted[0], "writer", location="parents")
    if folder.mime_type != FOLDER:
        message = "The specified parent is not a folder."
        raise errors.forbidden("parentNotAFolder", message)
    return [folder.file_id], folder.drive_id


def _check_storage_of_its_own(ask: Ask, mime_type: str) -> None:
    """The creator owns the file, whoever owns the folder; a service account can't own any."""
    modes = ask.world.modes
    if not (modes.service_account or ask.caller.is_service_account):
        return
    folders_pass = modes.assumptions["service_account_folder"] == "ok"
    if not (folders_pass and mime_type in WITHOUT_BYTES):
        raise errors.no_storage_of_its_own()


def check_room(ask: Ask, size: int, drive_id: str) -> None:
    """Raises ApiError if the user's storage can't take so many bytes more."""
    if not drive_id and bytes_used(ask, ask.caller.user) + size > ask.world.modes.storage_bytes:
        raise errors.storage_full()


def bytes_used(ask: Ask, user: str) -> int:
    """What the user's files take."""
    owned = (file for file in ask.world.files.values() if file.owner == user)
    return sum(file.content.size for file in owned if file.content is not None)
