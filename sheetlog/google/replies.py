"""What an answer of Google's means: its value, or the error to raise. Pure: sends nothing.

Decided by status, `error.status` and the reasons in the body, never by an English sentence: the
sentences are translated. Sources: developers.google.com/workspace/sheets/api/limits,
developers.google.com/workspace/drive/api/guides/handle-errors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sheetlog.errors import BusyError, RefusedError, SheetError
from sheetlog.retry import Hint

UNKNOWN = frozenset({408, 500, 502, 503, 504})
"""After these the request may have been carried out all the same."""
QUOTAS = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "quotaExceeded"}
)
WINDOW = 60.0
"""Seconds of a quota's window."""
LATER = "'sheetlog sync', or the next run, tries again"
_INDEX = re.compile(r"requests\[(\d+)\]")


class LoginError(RefusedError):
    """The login has run out or was never good."""


class MissingError(RefusedError):
    """There is no such file, or not for this login."""


class InvalidError(RefusedError):
    """A request was refused as it stands (400); nothing of its batch was carried out."""

    def __init__(self, message: str, *, index: int | None = None) -> None:
        super().__init__(message)
        self.index = index
        """Which request of the batch, where the answer says so."""


class DeniedError(RefusedError):
    """The login has not the right to (403), and nothing says that more than a share is missing."""


class ConflictError(RefusedError):
    """There is one with this id already (409)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What the body of a failed answer says."""

    status: int
    word: str = ""
    """`error.status`, such as `PERMISSION_DENIED`."""
    message: str = ""
    reasons: frozenset[str] = frozenset()
    metadata: Mapping[str, str] = field(default_factory=dict)


def value(
    status: int,
    body: bytes,
    headers: Mapping[str, str],
    *,
    now: float,
    what: str,
    who: str = "this login",
) -> Any:
    """Return what the answer holds.

    Args:
        now: seconds since 1970, to tell how long a quota's window still lasts.
        what: what was asked for, in words for messages: `the sheet 'My runs'`.
        who: whose login it is, likewise.

    Raises:
        BusyError: later it may work; `ambiguous` where the request may have been carried out.
        RefusedError: somebody must act; its subclasses say what kind of refusal it is.
    """
    if 200 <= status < 300:
        if not body.strip():
            return {}
        try:
            return json.loads(body)
        except ValueError:
            message = f"the answer of Google about {what} was cut off"
            raise BusyError(message, ambiguous=True) from None
    raise error(_failure(status, body), headers, now=now, what=what, who=who)


def _failure(status: int, body: bytes) -> Failure:
    try:
        held = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return Failure(status=status)  # an HTML page of some server in between
    if not isinstance(held, dict):
        return Failure(status=status, message=str(held))
    details = [each for each in held.get("details", ()) if isinstance(each, dict)]
    errors = [each for each in held.get("errors", ()) if isinstance(each, dict)]
    metadata: dict[str, str] = {}
    for each in details:
        if isinstance(each.get("metadata"), dict):
            metadata.update(each["metadata"])
    reasons = {str(each["reason"]) for each in (*details, *errors) if "reason" in each}
    return Failure(
        status=status,
        word=str(held.get("status", "")),
        message=str(held.get("message", "")),
        reasons=frozenset(reasons),
        metadata=metadata,
    )


def error(
    failure: Failure, headers: Mapping[str, str], *, now: float, what: str, who: str
) -> SheetError:
    """Return the exception that a failed answer means."""
    status, reasons = failure.status, failure.reasons
    if status == 429 or (status == 403 and reasons & QUOTAS):
        hint = Hint(after=_after(headers), quota=True, window=_window(failure, now))
        said = f"Google's quota of calls is used up for {what}; {LATER}"
        return BusyError(said, hint=hint)
    if status in UNKNOWN:
        said = f"Google answered {status} about {what}; {LATER}"
        return BusyError(said, ambiguous=True, hint=Hint(after=_after(headers)))
    if status == 401:
        return LoginError("the login to Google has run out or is not accepted: log in again")
    if status == 403:
        return _denied(failure, what, who)
    if status in (404, 410):
        return MissingError(
            f"{what} is not there, or {who} may not see it: "
            f"check the URL, and that the sheet is shared with {who} as Editor"
        )
    if status == 409:
        return ConflictError(f"{what} is there already")
    found = _INDEX.search(failure.message)
    index = int(found[1]) if found else None
    said = failure.message or f"status {status}"
    return InvalidError(f"Google refused a request about {what}: {said}", index=index)


def _denied(failure: Failure, what: str, who: str) -> SheetError:
    """Return the error that a 403 means: what is wrong and what to do."""
    words = _reason(failure, what)
    if words:
        return RefusedError(words)
    return DeniedError(
        f"{who} may not change {what}: its owner must share it with the login as Editor, "
        "and take a protection off the cells if there is one"
    )


def _reason(failure: Failure, what: str) -> str:
    """Return what the reasons of a 403 mean and what to do; empty: they tell nothing."""
    reasons = failure.reasons
    if "SERVICE_DISABLED" in reasons or "accessNotConfigured" in reasons:
        url = failure.metadata.get(
            "activationUrl", "https://console.cloud.google.com/apis/library"
        )
        name = failure.metadata.get("service", "Sheets or Drive")
        return (
            f"the {name} API is switched off in the login's Google Cloud project; "
            f"switch it on at {url}"
        )
    if reasons & {"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"}:
        return (
            f"the login may not use {what}: it lacks the scopes "
            "'https://www.googleapis.com/auth/spreadsheets' and '…/auth/drive'; log in with them"
        )
    if "storageQuotaExceeded" in reasons:
        # Of a person's full Drive as well as of a service account, which never has any room.
        return (
            "there is no room left in this login's Drive: delete something there and empty its "
            "bin; a service account owns no storage at all: let a person make the sheet and share "
            "it with the account as Editor, or use a Shared Drive or a person's login"
        )
    return ""


def _after(headers: Mapping[str, str]) -> float | None:
    try:
        return float(headers.get("retry-after", ""))
    except ValueError:
        return None


def _window(failure: Failure, now: float) -> float | None:
    """Return the seconds until the quota's next window, where the answer says when one began."""
    start = failure.metadata.get("window_start_time", "")
    try:
        begun = datetime.fromisoformat(start).astimezone(UTC).timestamp()
    except ValueError:
        return None
    return max(0.0, begun + WINDOW - now) if begun <= now + WINDOW else None
