"""The errors that are the same for every method, in the shapes that were seen in the wild."""

from __future__ import annotations

from typing import Any

from tests.google.wire import Reply

ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
HELP = "type.googleapis.com/google.rpc.Help"
SERVICE_NAMES = {"sheets": "Google Sheets API", "drive": "Google Drive API"}


def login_expired(api: str) -> Reply:
    """401; Drive's has `errors` as well."""
    message = (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
        "cookie or other valid authentication credential. See "
        "https://developers.google.com/identity/sign-in/web/devconsole-project."
    )
    error: dict[str, Any] = {"code": 401, "message": message, "status": "UNAUTHENTICATED"}
    if api == "drive":
        where = {"location": "Authorization", "locationType": "header"}
        reason = {"message": "Invalid Credentials", "domain": "global", "reason": "authError"}
        error["errors"] = [reason | where]
    return Reply.json(401, {"error": error})


def api_disabled(api: str) -> Reply:
    """403: the API isn't enabled in the caller's project."""
    service = f"{api}.googleapis.com"
    url = f"https://console.developers.google.com/apis/api/{service}/overview?project=0"
    message = (
        f"{SERVICE_NAMES[api]} has not been used in project 0 before or it is disabled. Enable it "
        f"by visiting {url} then retry. If you enabled this API recently, wait a few minutes for "
        "the action to propagate to our systems and retry."
    )
    link = {"description": "Google developers console API activation", "url": url}
    metadata = {"consumer": "projects/0", "service": service}
    info = {"reason": "SERVICE_DISABLED", "domain": "googleapis.com", "metadata": metadata}
    details: list[Any] = [{"@type": HELP, "links": [link]}, {"@type": ERROR_INFO, **info}]
    return Reply.error(403, "PERMISSION_DENIED", message, details)


def no_permission() -> Reply:
    """403 of Sheets."""
    return Reply.error(403, "PERMISSION_DENIED", "The caller does not have permission")


def no_such_spreadsheet() -> Reply:
    """404 of Sheets."""
    return Reply.error(404, "NOT_FOUND", "Requested entity was not found.")


def internal(api: str) -> Reply:
    """500."""
    if api == "drive":
        return drive_error(500, "internalError", "Internal Error")
    return Reply.error(500, "INTERNAL", "Internal error encountered.")


def unavailable(api: str) -> Reply:
    """503."""
    if api == "drive":
        return drive_error(503, "backendError", "Backend Error")
    return Reply.error(503, "UNAVAILABLE", "The service is currently unavailable.")


def proxy_page(status: int, title: str) -> Reply:
    """502 and 504 come from a proxy: a page of HTML, no JSON."""
    page = (
        "<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n"
        f"  <title>Error {status} ({title})!!1</title>\n"
        f"  <p><b>{status}.</b> <ins>That’s an error.</ins>\n"
        "  <p>The server encountered a temporary error and could not complete your request."
        "<p>Please try again in 30 seconds.  <ins>That’s all we know.</ins>\n"
    )
    headers = {"Content-Type": "text/html; charset=UTF-8"}
    return Reply(status=status, body=page.encode(), headers=headers)


def drive_error(
    code: int,
    reason: str,
    message: str,
    *,
    domain: str = "global",
    location: tuple[str, str] | None = None,
) -> Reply:
    """An error in Drive's own shape; `location` is what it is about and the kind of that."""
    item: dict[str, Any] = {"message": message, "domain": domain, "reason": reason}
    if location is not None:
        item |= {"location": location[0], "locationType": location[1]}
    return Reply.json(code, {"error": {"code": code, "message": message, "errors": [item]}})
