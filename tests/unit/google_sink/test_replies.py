"""What an answer of Google's means, decided without its sentences."""

from __future__ import annotations

import json

import pytest

from sheetlog.errors import BusyError, RefusedError, SheetError
from sheetlog.google import replies


def meaning(status: int, body: object = b"", **headers: str) -> SheetError:
    """Return the error that an answer means."""
    text = body if isinstance(body, bytes) else json.dumps({"error": body}).encode()
    with pytest.raises(SheetError) as caught:
        replies.value(status, text, headers, now=1000.0, what="the sheet")
    return caught.value


def quota(start: str) -> dict:
    info = {"reason": "RATE_LIMIT_EXCEEDED", "metadata": {"window_start_time": start}}
    return {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "x", "details": [info]}


def test_values() -> None:
    """JSON, or nothing at all."""
    assert {"a": 1} == replies.value(200, b'{"a": 1}', {}, now=0, what="")
    assert {} == replies.value(204, b"", {}, now=0, what="")


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_nobody_knows(status: int) -> None:
    """A server's error, a page of HTML as well, may have been carried out."""
    error = meaning(status, b"<!DOCTYPE html>")
    assert (True, True) == (isinstance(error, BusyError), error.ambiguous)


def test_half_an_answer() -> None:
    """It was carried out, most likely."""
    with pytest.raises(BusyError) as caught:
        replies.value(200, b'{"replies": [', {}, now=0, what="")
    assert caught.value.ambiguous


def test_quota() -> None:
    """It says when the next window begins; nothing was carried out."""
    error = meaning(429, quota("1970-01-01T00:16:10+00:00"))
    assert (False, 30.0) == (error.ambiguous, error.hint.window)  # type: ignore[attr-defined]
    drive = {"code": 403, "errors": [{"reason": "userRateLimitExceeded"}], "message": "x"}
    assert isinstance(meaning(403, drive), BusyError)


def test_nonsense_times_are_none() -> None:
    """A window of another form is no window."""
    assert meaning(429, quota("soon")).hint.window is None  # type: ignore[attr-defined]
    assert 7 == meaning(429, quota(""), **{"retry-after": "7"}).hint.after  # type: ignore[attr-defined]


def test_refusals() -> None:
    """Which of them somebody must act upon, and how."""
    assert isinstance(meaning(401), replies.LoginError)
    assert isinstance(meaning(404), replies.MissingError)
    assert isinstance(meaning(409), replies.ConflictError)
    off = {"reason": "SERVICE_DISABLED", "metadata": {"service": "sheets.googleapis.com"}}
    assert "switched off" in str(meaning(403, {"message": "x", "details": [off]}))
    scope = {"message": "x", "details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}
    assert "scopes" in str(meaning(403, scope))
    full = {"message": "x", "errors": [{"reason": "storageQuotaExceeded"}]}
    said = str(meaning(403, full))
    assert "no room left in this login's Drive: delete something" in said  # a person's
    assert "a service account owns no storage at all" in said


def test_which_request_was_refused() -> None:
    """By its number, in whatever language the sentence is."""
    error = meaning(400, {"message": "Ungültig: requests[7].updateCells"})
    assert isinstance(error, replies.InvalidError)
    assert isinstance(error, RefusedError)
    assert (7, False) == (error.index, error.transient)
    assert meaning(400, b"oops").index is None  # type: ignore[attr-defined]
