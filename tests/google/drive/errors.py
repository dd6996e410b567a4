"""Drive's errors by name: each is an ApiError to raise."""

from __future__ import annotations

from tests.google.refusals import drive_error
from tests.google.wire import ApiError


def not_found(file_id: str, *, what: str = "File", location: str = "fileId") -> ApiError:
    """404: unknown, or not to be seen by this caller; which of them is not told."""
    where = (location, "parameter")
    return ApiError(drive_error(404, "notFound", f"{what} not found: {file_id}.", location=where))


def forbidden(reason: str, message: str) -> ApiError:
    """403 for one of many reasons."""
    return ApiError(drive_error(403, reason, message))


def no_file_permission(file_id: str) -> ApiError:
    """403: the caller sees the file, but may not do this to it."""
    message = f"The user does not have sufficient permissions for file {file_id}."
    return forbidden("insufficientFilePermissions", message)


def no_storage_of_its_own() -> ApiError:
    """403: a service account can't own files."""
    message = (
        "Service Accounts do not have storage quota. Leverage shared drives "
        "(https://developers.google.com/workspace/drive/api/guides/about-shareddrives), or use "
        "OAuth delegation (http://support.google.com/a/answer/7281227) instead."
    )
    return ApiError(drive_error(403, "storageQuotaExceeded", message, domain="usageLimits"))


def storage_full() -> ApiError:
    """403: the user's storage is used up."""
    message = "The user's Drive storage quota has been exceeded."
    return ApiError(drive_error(403, "storageQuotaExceeded", message))


def invalid_parameter(name: str, message: str = "Invalid Value") -> ApiError:
    """400: a query parameter has a value that it can't have."""
    return ApiError(drive_error(400, "invalid", message, location=(name, "parameter")))


def bad_request(message: str = "Bad Request") -> ApiError:
    """400 for all else."""
    return ApiError(drive_error(400, "badRequest", message))


def id_in_use() -> ApiError:
    """409: the answer to a second create with the same id."""
    message = "A file already exists with the provided ID."
    return ApiError(drive_error(409, "fileIdInUse", message, location=("file.id", "other")))
