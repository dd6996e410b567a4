"""Each fault of the table happens as described, seen from a plain HTTP client."""

from __future__ import annotations

import http.client
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.google.faults import KINDS, Fault, FaultTable, UnknownFaultError
from tests.google.plain import PlainClient

if TYPE_CHECKING:
    from tests.google.server import LocalGoogle

CREATE = "files.create"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"


def names(google: LocalGoogle) -> list[str]:
    """The names of the files that exist, read from the world itself."""
    return [file.name for file in google.world.files.values() if file.parents]


@pytest.mark.parametrize(
    ("kind", "status", "applied"),
    [
        ("429", 429, False),
        ("403_rate_limit", 403, False),
        ("401", 401, False),
        ("500", 500, False),
        ("500_after", 500, True),
        ("502", 502, False),
        ("502_after", 502, True),
        ("503", 503, False),
        ("503_after", 503, True),
        ("504_after", 504, True),
    ],
)
def test_error_answers(
    google: LocalGoogle, client: PlainClient, kind: str, status: int, applied: bool
) -> None:
    """An error is answered for the one call, and it was applied or not as its name says."""
    google.world.faults.set(CREATE, kind, call=2)
    statuses = [client.post("/drive/v3/files", {"name": name}).status for name in "abc"]
    assert [200, status, 200] == statuses
    assert (["a", "b", "c"] if applied else ["a", "c"]) == names(google)
    assert [(200, ""), (status, kind), (200, "")] == [
        (call.status, call.fault) for call in google.world.calls.since()
    ]
    assert [True, applied, True] == [call.applied for call in google.world.calls.since()]


@pytest.mark.parametrize(("kind", "applied"), [("reset_before", False), ("reset_after", True)])
def test_resets(google: LocalGoogle, client: PlainClient, kind: str, applied: bool) -> None:
    """The connection is reset for real, not closed, before or after the work was done."""
    google.world.faults.set(CREATE, kind, call=1)
    with pytest.raises(ConnectionResetError):
        client.post("/drive/v3/files", {"name": "a"})
    assert (["a"] if applied else []) == names(google)
    assert 0 == google.world.calls.since()[0].status


def test_a_reset_is_seen_by_a_raw_socket(google: LocalGoogle) -> None:
    """The kernel reports ECONNRESET, and not the end of the stream."""
    google.world.faults.set("files.list", "reset_after", call=1)
    host, port = google.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as raw:
        raw.sendall(b"GET /drive/v3/files HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            raw.recv(1)


def test_502_is_a_page_of_a_proxy(google: LocalGoogle, client: PlainClient) -> None:
    """Its body is HTML, so whoever parses it as JSON fails."""
    google.world.faults.set(CREATE, "502", call=1)
    got = client.post("/drive/v3/files", {})
    assert "text/html; charset=UTF-8" == got.headers["content-type"]
    assert b"<!DOCTYPE html>" == got.body[:15]
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(got.body)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("429", "RESOURCE_EXHAUSTED"),
        ("401", "UNAUTHENTICATED"),
        ("500", "INTERNAL"),
        ("503", "UNAVAILABLE"),
    ],
)
def test_sheets_errors_have_googles_words(
    google: LocalGoogle, client: PlainClient, kind: str, word: str
) -> None:
    """An error of the Sheets API carries `error.status`."""
    file_id = client.post("/drive/v3/files", {"name": "a", "mimeType": SPREADSHEET}).json["id"]
    google.world.faults.set("spreadsheets.values.*", kind, call=1)
    got = client.get(f"/v4/spreadsheets/{file_id}/values/A1")
    assert word == got.json["error"]["status"]
    assert got.status == got.json["error"]["code"]


def test_slow_is_applied_at_once(google: LocalGoogle) -> None:
    """A client gives up waiting, and its request was carried out all the same."""
    google.world.faults.set(CREATE, "slow", call=1)
    impatient = PlainClient(google.base_url, timeout=0.05)
    with pytest.raises(TimeoutError):
        impatient.post("/drive/v3/files", {"name": "a"})
    assert google.world.faults.until_held()
    assert ["a"] == names(google)


def test_late_is_applied_when_the_client_has_gone(google: LocalGoogle) -> None:
    """A delayed copy of a request takes effect after its client saw a time-out."""
    google.world.faults.set(CREATE, "late", call=1)
    impatient = PlainClient(google.base_url, timeout=0.05)
    with pytest.raises(TimeoutError):
        impatient.post("/drive/v3/files", {"name": "a"})
    assert google.world.faults.until_held()
    assert [] == names(google)
    google.world.faults.release()
    assert google.world.calls.until(1)
    assert ["a"] == names(google)


def test_truncated(google: LocalGoogle, client: PlainClient) -> None:
    """The head promises more than comes; the request was carried out."""
    google.world.faults.set(CREATE, "truncated", call=1, bytes=10)
    with pytest.raises(http.client.IncompleteRead) as caught:
        client.post("/drive/v3/files", {"name": "a"})
    assert b'{"kind":"d' == caught.value.partial
    assert ["a"] == names(google)


def test_a_download_cut_short(google: LocalGoogle, client: PlainClient) -> None:
    """Half of a file's bytes arrive, and the client can tell that it is half."""
    body = b"0123456789"
    file_id = client.call("POST", "/upload/drive/v3/files", body, uploadType="media").json["id"]
    google.world.faults.set("files.get", "truncated", call=1)
    with pytest.raises(http.client.IncompleteRead) as caught:
        client.get(f"/drive/v3/files/{file_id}", alt="media")
    assert b"01234" == caught.value.partial
    assert body == client.get(f"/drive/v3/files/{file_id}", alt="media").body


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("429", "rateLimitExceeded"),
        ("403_rate_limit", "userRateLimitExceeded"),
        ("401", "authError"),
        ("500", "internalError"),
        ("503", "backendError"),
    ],
)
def test_drive_errors_have_drives_reasons(
    google: LocalGoogle, client: PlainClient, kind: str, reason: str
) -> None:
    """An error of Drive carries `errors[].reason`."""
    google.world.faults.set("files.list", kind, call=1)
    assert reason == client.get("/drive/v3/files").reason


def test_a_true_refusal_wins_over_a_false_answer(google: LocalGoogle, client: PlainClient) -> None:
    """What would be refused anyway is refused with the true reason, even under a fault."""
    google.world.faults.set("files.get", "503_after", call=1)
    assert 404 == client.get("/drive/v3/files/nowhere").status


def test_chance_is_repeatable(google: LocalGoogle, client: PlainClient) -> None:
    """The same seed hits the same calls; about as many as the probability says."""

    def pattern(seed: int) -> list[int]:
        google.world.reset()
        google.world.faults.set("files.*", "503", probability=0.5, seed=seed)
        return [client.get("/drive/v3/files").status for _ in range(40)]

    first = pattern(1)
    assert first == pattern(1)
    assert first != pattern(2)
    assert 10 < first.count(503) < 30


def test_calls_are_counted_by_method_and_user(google: LocalGoogle, client_of: Any) -> None:
    """A fault counts only the calls that it is about, from when it was set."""
    ann, bob = client_of("ann"), client_of("bob")
    ann.get("/drive/v3/files")
    google.world.faults.set("files.list", "500", calls=[1, 3], user="ann@example.com")
    statuses = []
    for client in (ann, bob, ann, bob, ann, ann):
        client.get("/drive/v3/about", fields="user")
        statuses.append(client.get("/drive/v3/files").status)
    assert [500, 200, 200, 200, 500, 200] == statuses


def test_set_and_cleared_over_http(google: LocalGoogle, client: PlainClient) -> None:
    """The admin end point does what the table in the process does."""
    line = {"method": "files.list", "kind": "503", "call": 1}
    shown = client.post("/admin/faults", {"faults": [line, line]}).json["faults"]
    assert [([1], 0), ([1], 0)] == [(one["calls"], one["seen"]) for one in shown]
    assert [503, 200] == [client.get("/drive/v3/files").status for _ in range(2)]
    assert [] == client.delete("/admin/faults").json["faults"]
    assert [] == client.get("/admin/faults").json["faults"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ({"method": "x", "kind": "504", "call": 1}, "no fault is called '504'"),
        ({"method": "x", "kind": "500", "cal": 1}, "a fault has no 'cal'"),
        ({"method": "x", "kind": "500"}, "'call', 'calls' or 'probability'"),
        ({"kind": "500", "call": 1}, "needs 'method'"),
    ],
)
def test_misuse_is_explained(line: dict[str, Any], text: str, client: PlainClient) -> None:
    """A fault that can't be set says what is wrong, in the process and over HTTP."""
    with pytest.raises(UnknownFaultError, match=text):
        Fault.from_json(line)
    got = client.post("/admin/faults", line)
    assert 400 == got.status
    assert text in got.json["error"]["message"]


def test_every_kind_of_fault_is_listed_once() -> None:
    """The names that other tests use are there, each with its meaning."""
    assert 17 == len(KINDS)
    assert all(KINDS.values())


def test_an_empty_table_meets_nothing() -> None:
    """Without faults no call is looked at."""
    assert FaultTable().meeting("files.list", "ann@example.com") is None
