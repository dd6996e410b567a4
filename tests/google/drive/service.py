"""Drive's methods by name: which function serves which request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.google.drive import drives, files, listing, permissions, uploads
from tests.google.drive.ask import Ask
from tests.google.refusals import drive_error
from tests.google.wire import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.callers import Caller
    from tests.google.wire import Request
    from tests.google.world import World

METHODS: dict[str, Callable[[Ask], Reply]] = {
    "about.get": drives.about,
    "comments.list": files.list_comments,
    "drives.create": drives.create,
    "drives.get": drives.get,
    "drives.list": drives.list_drives,
    "files.copy": files.copy,
    "files.create": files.create,
    "files.delete": files.delete,
    "files.emptyTrash": files.empty_trash,
    "files.export": files.export_file,
    "files.generateIds": files.generate_ids,
    "files.get": files.get,
    "files.list": listing.list_files,
    "files.update": files.update,
    "permissions.create": permissions.create,
    "permissions.delete": permissions.delete,
    "permissions.get": permissions.get,
    "permissions.list": permissions.list_permissions,
    "permissions.update": permissions.update,
}
# They take the lock themselves, when the bytes are there.
UPLOADS: dict[str, Callable[[Ask], Reply]] = {
    "files.create": uploads.simple,
    "files.update": uploads.simple,
    "upload.cancel": uploads.cancel,
    "upload.put": uploads.put,
    "upload.start": uploads.start,
    "upload.status": uploads.put,
}


def handle(world: World, request: Request, caller: Caller, method: str) -> Reply:
    """The answer of Drive. Raises ApiError for most refusals."""
    ask = Ask(world=world, request=request, caller=caller, method=method)
    if request.path.startswith("/upload/drive/v2/"):
        return uploads.v2_update(ask)
    if request.path.startswith("/upload/"):
        upload = UPLOADS.get(method)
        return upload(ask) if upload is not None else _no_such_method(request)
    serve = METHODS.get(method)
    if serve is None:
        return _no_such_method(request)
    with world.lock:
        return serve(ask)


def _no_such_method(request: Request) -> Reply:
    return drive_error(404, "notFound", f"Not Found: {request.method} {request.path}")
