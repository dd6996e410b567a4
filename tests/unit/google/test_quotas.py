"""Quotas as recorded: two counters a user, fixed windows of a minute, and a clock to turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.google.modes import Modes
from tests.google.quotas import READS, WRITES, Quotas

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.plain import PlainClient
    from tests.google.server import LocalGoogle

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
# 19:04:18 was the start of a recorded window.
WINDOW_START = "2021-09-08T19:04:18Z"


@pytest.fixture
def sheet(google: LocalGoogle, client: PlainClient) -> str:
    """The path of a spreadsheet, with quotas on and the clock at the start of a window."""
    client.post("/admin/clock", {"freeze": WINDOW_START})
    client.post("/admin/modes", {"quotas": True})
    body = {"name": "a", "mimeType": SPREADSHEET}
    return f"/v4/spreadsheets/{client.post('/drive/v3/files', body).json['id']}"


def read(client: PlainClient, sheet: str) -> int:
    return client.get(sheet, fields="spreadsheetId").status


def write(client: PlainClient, sheet: str) -> int:
    return client.post(f"{sheet}/values/A1:clear").status


def test_sixty_a_minute(client: PlainClient, sheet: str) -> None:
    """The sixty-first read of a window is refused, and the first of the next is not."""
    assert [200] * 60 + [429] * 2 == [read(client, sheet) for _ in range(62)]
    client.post("/admin/clock", {"advance": 59.9})
    assert 429 == read(client, sheet)
    client.post("/admin/clock", {"advance": 0.1})
    assert 200 == read(client, sheet)


def test_windows_are_fixed(client: PlainClient, sheet: str) -> None:
    """Sixty in the last second of a window leave the next window's sixty untouched."""
    client.post("/admin/clock", {"advance": 59.0})
    assert {200} == {read(client, sheet) for _ in range(60)}
    client.post("/admin/clock", {"advance": 1.0})
    assert {200} == {read(client, sheet) for _ in range(60)}
    assert 429 == read(client, sheet)


def test_reads_and_writes_are_counted_apart(client: PlainClient, sheet: str) -> None:
    """A user without reads left may still write."""
    assert {200} == {read(client, sheet) for _ in range(60)}
    assert [429, 200] == [read(client, sheet), write(client, sheet)]


def test_users_are_counted_apart(
    client_of: Callable[[str], PlainClient], client: PlainClient, sheet: str
) -> None:
    """One user's minute is not another's."""
    assert [200] * 60 + [429] == [write(client, sheet) for _ in range(61)]
    assert 200 == write(client_of("bob"), sheet)


def test_the_project_has_a_limit_of_its_own(
    google: LocalGoogle, client_of: Callable[[str], PlainClient], sheet: str
) -> None:
    """Many users together reach the project's limit before any reaches a user's."""
    google.world.set_modes({"project_per_minute": 5})
    clients = [client_of(name) for name in "abcdef"]
    assert [200] * 5 + [429] == [write(one, sheet) for one in clients]
    body = write_refusal(clients[0], sheet)
    assert "WriteRequestsPerMinutePerProject" == body["details"][0]["metadata"]["quota_limit"]


def write_refusal(client: PlainClient, sheet: str) -> dict[str, Any]:
    body: dict[str, Any] = client.post(f"{sheet}/values/A1:clear").json["error"]
    return body


def test_the_body_is_todays(client: PlainClient, sheet: str) -> None:
    """The refusal has the recorded shape, says when its window began, and no Retry-After."""
    while (got := client.get(sheet, fields="spreadsheetId")).status == 200:
        pass
    assert "retry-after" not in got.headers
    error = got.json["error"]
    assert {"code", "message", "status", "details"} == set(error)
    assert "RESOURCE_EXHAUSTED" == error["status"]
    assert (
        "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per "
        "user' of service 'sheets.googleapis.com' for consumer 'project_number:0'."
    ) == error["message"]
    metadata = {
        "quota_limit_value": "60",
        "service": "sheets.googleapis.com",
        "consumer": "projects/0",
        "quota_unit": "1/min/{project}/{user}",
        "quota_location": "global",
        "quota_metric": "sheets.googleapis.com/read_requests",
        "quota_limit": "ReadRequestsPerMinutePerUser",
        "window_start_time": "2021-09-08T19:04:18+00:00",
    }
    assert metadata == error["details"][0]["metadata"]
    assert "type.googleapis.com/google.rpc.Help" == error["details"][1]["@type"]


def test_a_refused_call_was_not_applied(
    google: LocalGoogle, client: PlainClient, sheet: str
) -> None:
    """A 429 refuses at the door; the log of calls says so."""
    google.world.set_modes({"writes_per_minute": 0})
    path = f"{sheet}/values/A1"
    got = client.call("PUT", path, {"values": [["x"]]}, valueInputOption="RAW")
    assert 429 == got.status
    assert not google.world.calls.since()[-1].applied
    assert "values" not in client.get(path).json


def test_drive_is_not_counted(client: PlainClient, sheet: str) -> None:
    """Drive's quotas are so wide that no test of ours reaches them."""
    assert {200} == {client.get("/drive/v3/files").status for _ in range(70)}


def test_without_the_mode_nothing_is_counted(google: LocalGoogle, client: PlainClient) -> None:
    """Quotas are off unless they are switched on."""
    body = {"name": "a", "mimeType": SPREADSHEET}
    sheet = f"/v4/spreadsheets/{client.post('/drive/v3/files', body).json['id']}"
    assert {200} == {read(client, sheet) for _ in range(70)}


def test_refusals_do_not_count() -> None:
    """However often a refused caller tries, the next window is not shorter for it."""
    quotas, modes = Quotas(), Modes(reads_per_minute=1, writes_per_minute=1)
    assert quotas.refusal(modes, 18.0, "ann", READS) is None
    assert [429] * 5 == [
        refused.status
        for second in range(5)
        if (refused := quotas.refusal(modes, 19.0 + second, "ann", READS)) is not None
    ]
    assert quotas.refusal(modes, 77.9, "ann", READS) is not None
    assert quotas.refusal(modes, 78.0, "ann", READS) is None
    assert quotas.refusal(modes, 78.0, "ann", WRITES) is None
