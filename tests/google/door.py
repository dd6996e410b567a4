"""What a request must pass before a service sees it: login, API, visibility, permission, quota."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.google.access import may, visible
from tests.google.methods import api_of, file_id_of
from tests.google.quotas import READS, WRITES
from tests.google.refusals import (
    api_disabled,
    login_expired,
    no_permission,
    no_such_spreadsheet,
)

if TYPE_CHECKING:
    from tests.google.callers import Caller
    from tests.google.wire import Reply, Request
    from tests.google.world import World

# They only read, although they are POSTs.
READING = {
    "spreadsheets.getByDataFilter",
    "spreadsheets.values.batchGetByDataFilter",
    "spreadsheets.developerMetadata.search",
}


def refusal(world: World, request: Request, caller: Caller, method: str) -> Reply | None:
    """The error that stops the request here; None if it may go on."""
    modes = world.modes
    api = api_of(request.path)
    if modes.expired_login and caller.issued <= world.tokens_expired_to:
        return login_expired(api)
    if api in modes.api_off:
        return api_disabled(api)
    if api != "sheets":
        return None
    if modes.quotas:
        metric = READS if request.method == "GET" else WRITES
        too_many = world.quotas.refusal(modes, world.clock.now(), caller.user, metric)
        if too_many is not None:
            return too_many
    return _sheets_refusal(world, request, caller, method)


def _sheets_refusal(world: World, request: Request, caller: Caller, method: str) -> Reply | None:
    """Sheets asks Drive whether the caller may see, and may change, the spreadsheet."""
    if method == "spreadsheets.create":
        alone = caller.is_service_account or world.modes.service_account
        return no_permission() if alone else None
    file = world.files.get(file_id_of(request.path))
    if file is None:
        return None
    if world.modes.drive_file and not visible(world, caller, file):
        return no_such_spreadsheet()
    reads = request.method == "GET" or method in READING
    if not may(world, caller, file, "reader" if reads else "writer"):
        return no_permission()
    return None
