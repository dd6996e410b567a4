"""How the service says no: a request refused inside a batch, and the plain errors.

The words are Google's where they have been seen; no client may depend on them.
"""

from __future__ import annotations

from tests.google.discovery import bad_request
from tests.google.wire import ApiError, Reply


class RefusedError(Exception):
    """A request that can't be carried out; whoever runs it says which request it was."""


def refusal(error: RefusedError, where: str = "") -> ApiError:
    """400 INVALID_ARGUMENT; `where` is `requests[0].addSheet` in a batch."""
    return bad_request(f"Invalid {where}: {error}" if where else str(error))


def entity_not_found() -> ApiError:
    """404 for a spreadsheet, or a path, that isn't there."""
    return ApiError(Reply.error(404, "NOT_FOUND", "Requested entity was not found."))


def internal_error() -> ApiError:
    """500, for a request that the service itself stumbled over."""
    return ApiError(Reply.error(500, "INTERNAL", "Internal error encountered."))
