"""The methods of files but for list and uploads: create, get, update, copy, delete, export."""

from __future__ import annotations

import copy as copying
from typing import TYPE_CHECKING, Any

from tests.google import sheets
from tests.google.drive import errors
from tests.google.drive.content import download
from tests.google.drive.convert import export
from tests.google.drive.creating import check_new, check_room, create_file, fill, parents_for
from tests.google.drive.file import FOLDER, SPREADSHEET
from tests.google.drive.metadata import apply_fields, check_fields
from tests.google.drive.resource import DEFAULT_FIELDS, file_json
from tests.google.wire import Reply

if TYPE_CHECKING:
    from tests.google.drive.ask import Ask
    from tests.google.drive.file import Content, DriveFile

Json = dict[str, Any]

MOST_IDS = 1000


def shown(ask: Ask, file: DriveFile) -> Reply:
    """The answer that holds a file."""
    return ask.show("File", file_json(ask.world, file, ask.caller), DEFAULT_FIELDS)


def create(ask: Ask) -> Reply:
    """files.create without bytes."""
    return shown(ask, create_file(ask, ask.body()))


def get(ask: Ask) -> Reply:
    """files.get: the metadata, or with `alt=media` the bytes."""
    file = ask.file()
    if ask.request.parameter("alt") != "media":
        return shown(ask, file)
    if file.content is None:
        message = (
            "Only files with binary content can be downloaded. Use Export with Docs Editors files."
        )
        raise errors.forbidden("fileNotDownloadable", message)
    return download(file, ask.request.headers.get("range", ""))


def update(ask: Ask) -> Reply:
    """files.update without bytes."""
    return shown(ask, change(ask, ask.file("writer"), ask.body()))


def change(
    ask: Ask,
    file: DriveFile,
    metadata: Json,
    content: Content | None = None,
    content_type: str = "",
) -> DriveFile:
    """The file with other metadata, another place, other bytes. Raises ApiError."""
    check_fields(metadata, creating=False)
    parents = _moved(ask, file)
    if content is not None:
        check_room(ask, content.size - (file.content.size if file.content else 0), file.drive_id)
    # The bytes count as a change of now; a modifiedTime of the client's then wins over it.
    ask.world.touch(file.file_id, ask.caller)
    apply_fields(ask.world, file, metadata, ask.caller)
    file.parents = parents
    if content is not None:
        if content_type and not file.is_google_type and "mimeType" not in metadata:
            file.mime_type = content_type
        fill(ask, file, content, content_type)
    return file


def _moved(ask: Ask, file: DriveFile) -> list[str]:
    """The parents after `removeParents` and `addParents`: exactly one."""
    removed = _ids(ask, "removeParents")
    added = _ids(ask, "addParents")
    if not removed and not added:
        return file.parents
    for folder in added:
        parents_for(ask, {"parents": [folder]})
    kept = [parent for parent in file.parents if parent not in removed]
    parents = kept + [folder for folder in added if folder not in kept]
    if len(parents) > 1:
        message = "Increasing the number of parents is not allowed"
        raise errors.forbidden("cannotAddParent", message)
    return parents or [ask.world.root_of(ask.caller.user)]


def _ids(ask: Ask, name: str) -> list[str]:
    root = ask.world.root_of(ask.caller.user)
    ids = [item.strip() for item in ask.request.parameter(name).split(",") if item.strip()]
    return [root if item == "root" else item for item in ids]


def copy(ask: Ask) -> Reply:
    """files.copy: the content, the properties and the place; not the permissions."""
    source = ask.file()
    if source.mime_type == FOLDER:
        raise errors.forbidden("cannotCopyFile", "This file cannot be copied by the user.")
    metadata = ask.body()
    name = f"Copy of {ask.world.name_of(source)}"
    metadata = {"name": name, "mimeType": source.mime_type, "parents": source.parents} | metadata
    check_new(ask, metadata)
    if source.mime_type != SPREADSHEET:
        file = create_file(ask, metadata, source.content, source.mime_type)
    else:
        file = _copied_spreadsheet(ask, source, metadata)
    file.properties = source.properties | file.properties
    file.app_properties = copying.deepcopy(source.app_properties) | file.app_properties
    return shown(ask, file)


def _copied_spreadsheet(ask: Ask, source: DriveFile, metadata: Json) -> DriveFile:
    file = create_file(ask, metadata)
    original = ask.world.spreadsheets[source.file_id]
    copied = sheets.copy_spreadsheet(original, file.file_id, metadata["name"])
    ask.world.spreadsheets[file.file_id] = copied
    return file


def delete(ask: Ask) -> Reply:
    """files.delete: for good, past the trash; a folder takes all in it along."""
    _remove(ask, ask.file("owner"))
    return Reply(status=204)


def _remove(ask: Ask, file: DriveFile) -> None:
    world = ask.world
    if file.mime_type == FOLDER:
        children = [one for one in world.files.values() if file.file_id in one.parents]
        for child in children:
            _remove(ask, child)
    world.files.pop(file.file_id, None)
    world.spreadsheets.pop(file.file_id, None)


def empty_trash(ask: Ask) -> Reply:
    """files.emptyTrash: delete all that the caller has put there."""
    for file in list(ask.world.files.values()):
        if file.trashed and file.owner == ask.caller.user:
            _remove(ask, file)
    return Reply(status=204)


def export_file(ask: Ask) -> Reply:
    """files.export."""
    return export(ask.world, ask.file(), ask.request.parameter("mimeType"))


def generate_ids(ask: Ask) -> Reply:
    """files.generateIds: ids that a later create may name."""
    count = ask.request.parameter("count") or "10"
    if not count.isdecimal() or not 1 <= int(count) <= MOST_IDS:
        raise errors.invalid_parameter("count")
    ids = [ask.world.new_id() for _ in range(int(count))]
    ask.world.generated_ids.update(ids)
    answer = {"kind": "drive#generatedIds", "space": "drive", "ids": ids}
    return ask.show("GeneratedIds", answer, "*")


def list_comments(ask: Ask) -> Reply:
    """comments.list: nobody comments here, so there are none."""
    ask.file()
    return ask.show("CommentList", {"kind": "drive#commentList", "comments": []}, "*")
