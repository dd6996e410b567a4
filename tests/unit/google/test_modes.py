"""The modes: logins, APIs, permissions, visibility, latency, and what is no mode."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.google.modes import Modes, UnknownModeError
from tests.google.plain import PlainClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.server import LocalGoogle

SPREADSHEET = "application/vnd.google-apps.spreadsheet"


def new_sheet(client: PlainClient, **more: Any) -> str:
    body = {"name": "a", "mimeType": SPREADSHEET, **more}
    return str(client.post("/drive/v3/files", body).json["id"])


@pytest.mark.parametrize(("api", "path"), [("sheets", "/v4/spreadsheets/x"), ("drive", "files")])
def test_an_api_that_is_off(client: PlainClient, api: str, path: str) -> None:
    """403 with the reason SERVICE_DISABLED and the service's name."""
    client.post("/admin/modes", {"api_off": [api]})
    got = client.get(path if api == "sheets" else "/drive/v3/files")
    info = got.json["error"]["details"][1]
    assert (403, "SERVICE_DISABLED") == (got.status, info["reason"])
    assert f"{api}.googleapis.com" == info["metadata"]["service"]


def issued(client: PlainClient, **form: str) -> str:
    got = client.post("/token", urlencode(form).encode())
    assert {"expires_in": 3599, "token_type": "Bearer"}.items() <= got.json.items()
    return str(got.json["access_token"])


def test_an_expired_login_is_cured_by_a_new_token(
    client: PlainClient, client_of: Callable[[str], PlainClient]
) -> None:
    """Old tokens are refused with 401 in both services' shapes; one issued since is good."""
    old = issued(client, grant_type="refresh_token", refresh_token="ann")
    client.post("/admin/modes", {"expired_login": True})
    stale = client_of(old)
    drive, sheets = stale.get("/drive/v3/files"), stale.get("/v4/spreadsheets/x")
    assert [401, 401] == [drive.status, sheets.status]
    assert "authError" == drive.reason
    assert "errors" not in sheets.json["error"]
    fresh = client_of(issued(client, grant_type="refresh_token", refresh_token="ann"))
    assert 200 == fresh.get("/drive/v3/files").status
    user = fresh.get("/drive/v3/about", fields="user").json["user"]
    assert "ann@example.com" == user["emailAddress"]


def test_a_service_account_is_known_by_its_assertion(
    client: PlainClient, client_of: Callable[[str], PlainClient]
) -> None:
    """The signed JWT of a service account names the user behind the token."""
    claims = {"iss": "robot@project.iam.gserviceaccount.com", "scope": "x"}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    token = issued(client, grant_type="jwt-bearer", assertion=f"eyJhbGciOiJSUzI1NiJ9.{payload}.s")
    about = client_of(token).get("/drive/v3/about", fields="user,storageQuota").json
    assert claims["iss"] == about["user"]["emailAddress"]
    assert "0" == about["storageQuota"]["limit"]


def test_a_token_request_without_a_grant(client: PlainClient) -> None:
    """OAuth's own error, as its clients expect it."""
    got = client.post("/token", b"grant_type=refresh_token")
    assert (400, "invalid_request") == (got.status, got.json["error"])


def test_a_sheet_without_permission(client: PlainClient) -> None:
    """What is forbidden to everybody by the mode is refused as a private sheet is."""
    file_id = new_sheet(client)
    path = f"/v4/spreadsheets/{file_id}"
    client.post("/admin/modes", {"access": {file_id: "reader"}})
    assert [200, 403] == [client.get(path).status, client.post(f"{path}/values/A1:clear").status]
    search = client.post(f"{path}/developerMetadata:search", {"dataFilters": []})
    assert 403 != search.status
    client.post("/admin/modes", {"access": {"*": "none"}})
    got = client.get(path)
    assert (403, "PERMISSION_DENIED") == (got.status, got.json["error"]["status"])
    assert 404 == client.get(f"/drive/v3/files/{file_id}").status


def test_a_person_protects_a_range(client_of: Callable[[str], PlainClient]) -> None:
    """Who owns the file may write there still, others are refused and nothing is written."""
    ann, robot = client_of("ann"), client_of("robot")
    path = f"/v4/spreadsheets/{new_sheet(ann)}"
    area = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1}
    protected = {"range": area, "editors": {"users": ["ann@example.com"]}}
    batch = {"requests": [{"addProtectedRange": {"protectedRange": protected}}]}
    assert 200 == ann.post(f"{path}:batchUpdate", batch).status

    def write(client: PlainClient, cell: str) -> int:
        where = f"{path}/values/{cell}"
        return client.call("PUT", where, {"values": [["x"]]}, valueInputOption="RAW").status

    assert [400, 200, 200] == [write(robot, "B1"), write(robot, "B2"), write(ann, "C1")]
    assert [["", "", "x"], ["", "x"]] == ann.get(f"{path}/values/A1:C2").json["values"]


def test_drive_file_hides_other_apps_files(
    client: PlainClient, client_of: Callable[[str], PlainClient]
) -> None:
    """Under the scope drive.file another app's sheet is 404 in both services, until granted."""
    file_id = new_sheet(client_of("ann/browser"))
    notebook = client_of("ann/notebook")
    assert 200 == notebook.get(f"/v4/spreadsheets/{file_id}").status
    client.post("/admin/modes", {"drive_file": True})
    assert 404 == notebook.get(f"/v4/spreadsheets/{file_id}").status
    assert 404 == notebook.get(f"/drive/v3/files/{file_id}").status
    assert [] == notebook.get("/drive/v3/files").json["files"]
    client.post("/admin/grant", {"fileId": file_id, "app": "notebook"})
    assert 200 == notebook.get(f"/v4/spreadsheets/{file_id}").status
    assert 200 == notebook.get(f"/drive/v3/files/{new_sheet(notebook)}").status


def test_latency_is_kept(google: LocalGoogle, client: PlainClient) -> None:
    """An answer takes at least as long as the mode says."""
    import time

    google.world.set_modes({"latency_ms": 20})
    start = time.monotonic()
    client.get("/drive/v3/files")
    assert 0.02 <= time.monotonic() - start


def test_reset_forgets_everything(google: LocalGoogle, client: PlainClient) -> None:
    """After a reset the world is as at the start, modes included."""
    new_sheet(client)
    client.post("/admin/modes", {"quotas": True})
    client.post("/admin/faults", {"method": "*", "kind": "503", "call": 1})
    client.post("/admin/clock", {"freeze": "2030-01-01T00:00:00Z"})
    client.post("/admin/reset")
    assert [] == client.get("/drive/v3/files").json["files"]
    assert not client.get("/admin/modes").json["quotas"]
    assert not client.get("/admin/clock").json["now"].startswith("2030")
    assert {} == google.world.spreadsheets


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"quota": True}, "there is no mode 'quota'"),
        ({"quotas": 1}, "mode 'quotas' is 1; it takes true or false"),
        ({"latency_ms": "x"}, "it takes a number"),
        ({"assumptions": {"x": "y"}}, "there is no assumption 'x'"),
        ({"assumptions": {"append_cells_concurrent": "y"}}, "serialise"),
        ({"access": {"*": "god"}}, "there is no role 'god'"),
        ({"api_off": ["docs"]}, "there is no API 'docs'; there are: drive, sheets"),
    ],
)
def test_a_mode_that_is_none_is_explained(
    changes: dict[str, Any], text: str, client: PlainClient
) -> None:
    """Names and values are checked before anything is switched."""
    with pytest.raises(UnknownModeError, match=text):
        Modes().changed(changes)
    got = client.post("/admin/modes", changes)
    assert 400 == got.status
    assert text in got.json["error"]["message"]


def test_assumptions_are_merged(client: PlainClient) -> None:
    """Switching one assumption leaves the others."""
    client.post("/admin/modes", {"assumptions": {"append_cells_concurrent": "lose"}})
    shown = client.post("/admin/modes", {"assumptions": {"delete_metadata_no_match": "error"}})
    assert "lose" == shown.json["assumptions"]["append_cells_concurrent"]
    assert "error" == shown.json["assumptions"]["delete_metadata_no_match"]
