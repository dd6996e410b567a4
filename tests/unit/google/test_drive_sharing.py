"""Who may do what: service accounts, permissions and their inheritance, shared drives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.plain import Got, PlainClient
    from tests.google.server import LocalGoogle

FILES = "/drive/v3/files"
FOLDER = "application/vnd.google-apps.folder"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"


def made(client: PlainClient, name: str = "a", **more: object) -> str:
    """The id of a new file."""
    got = client.post(FILES, {"name": name, **more})
    assert 200 == got.status
    return str(got.json["id"])


def folder(client: PlainClient, name: str = "f", **more: object) -> str:
    return made(client, name, mimeType=FOLDER, **more)


def refused(got: Got) -> tuple[int, str]:
    return got.status, got.reason


def test_a_service_account_owns_nothing(client_of: Callable[[str], PlainClient]) -> None:
    """It may edit what is shared with it, but creates nothing in My Drive, whosever folder it is.

    In a shared drive it does, as that owns its files itself.
    """
    ann, robot = client_of("ann"), client_of("robot@x.iam.gserviceaccount.com")
    place, file_id = folder(ann), made(ann)
    for body in ({"name": "a"}, {"parents": [place]}, {"mimeType": SPREADSHEET}):
        got = robot.post(FILES, body)
        assert (403, "storageQuotaExceeded") == refused(got)
        assert "Service Accounts do not have storage quota" in got.json["error"]["message"]
    copied = robot.post(f"{FILES}/{file_id}/copy", {})
    assert (403, "storageQuotaExceeded") == refused(copied)
    assert 403 == robot.post("/v4/spreadsheets", {}).status
    assert 200 == robot.patch(f"{FILES}/{file_id}", {"name": "edited"}).status
    drive = ann.post("/drive/v3/drives", {"name": "team"}, requestId="1").json["id"]
    shared = robot.post(FILES, {"parents": [drive]}, supportsAllDrives="true")
    assert 200 == shared.status


def test_service_account_mode(google: LocalGoogle, client: PlainClient) -> None:
    """The mode makes every caller one; whether folders pass is an open question, and a switch."""
    google.world.set_modes({"service_account": True})
    assert (403, "storageQuotaExceeded") == refused(client.post(FILES, {}))
    assert 403 == client.post(FILES, {"mimeType": FOLDER}).status
    google.world.set_modes({"assumptions": {"service_account_folder": "ok"}})
    assert 200 == client.post(FILES, {"mimeType": FOLDER}).status


def test_permissions_are_inherited_from_the_folder(
    google: LocalGoogle, client_of: Callable[[str], PlainClient]
) -> None:
    """Sharing a folder once shares all that is in it, also what comes later."""
    google.world.set_modes({"enforce_permissions": True})
    ann, bob = client_of("ann"), client_of("bob")
    place = folder(ann)
    path = f"{FILES}/{made(ann, parents=[place])}"
    assert 404 == bob.get(path).status
    grant = {"type": "user", "role": "reader", "emailAddress": "bob@example.com"}
    granted = ann.post(f"{FILES}/{place}/permissions", grant)
    assert {"kind", "id", "type", "role"} == set(granted.json)
    assert 200 == bob.get(path).status
    assert (403, "insufficientFilePermissions") == refused(bob.patch(path, {"name": "x"}))
    listed = ann.get(f"{path}/permissions", fields="permissions(id,role,emailAddress)").json
    assert [("owner", "ann@example.com"), ("reader", "bob@example.com")] == [
        (one["role"], one["emailAddress"]) for one in listed["permissions"]
    ]
    assert ann.get(path, fields="shared").json["shared"]
    inherited = f"{path}/permissions/{granted.json['id']}"
    assert (403, "cannotDeletePermission") == refused(ann.delete(inherited))
    role = ann.patch(f"{FILES}/{place}/permissions/{granted.json['id']}", {"role": "writer"})
    assert "writer" == role.json["role"]
    assert 200 == bob.patch(path, {"name": "x"}).status
    assert 204 == ann.delete(f"{FILES}/{place}/permissions/{granted.json['id']}").status
    assert 404 == bob.get(path).status


def test_permissions_hold_for_the_sheet(
    google: LocalGoogle, client_of: Callable[[str], PlainClient]
) -> None:
    """A reader may read the spreadsheet, and a stranger may not even that."""
    google.world.set_modes({"enforce_permissions": True})
    ann, bob = client_of("ann"), client_of("bob")
    file_id = made(ann, mimeType=SPREADSHEET)
    path = f"/v4/spreadsheets/{file_id}"
    assert 403 == bob.get(path).status
    ann.post(f"{FILES}/{file_id}/permissions", {"type": "anyone", "role": "reader"})
    clear = bob.post(f"{path}/values/A1:clear")
    assert [200, 403] == [bob.get(path).status, clear.status]
    domain = {"type": "domain", "role": "writer", "domain": "example.com"}
    ann.post(f"{FILES}/{file_id}/permissions", domain)
    assert 200 == bob.post(f"{path}/values/A1:clear").status


@pytest.mark.parametrize(
    "body",
    [
        {"role": "reader"},
        {"type": "user", "role": "reader"},
        {"type": "anyone"},
        {"type": "anyone", "role": "god"},
        {"type": "user", "role": "owner", "emailAddress": "bob@example.com"},
        {"type": "anyone", "role": "organizer"},
    ],
)
def test_permissions_that_make_no_sense(client: PlainClient, body: dict[str, str]) -> None:
    """Type, role and person are checked."""
    got = client.post(f"{FILES}/{made(client)}/permissions", body)
    assert got.status in (400, 403)


def test_a_new_owner(client: PlainClient) -> None:
    """Ownership is given away with transferOwnership; the old owner stays a writer."""
    path = f"{FILES}/{made(client)}"
    body = {"type": "user", "role": "owner", "emailAddress": "bob@example.com"}
    assert 200 == client.post(f"{path}/permissions", body, transferOwnership="true").status
    shown = client.get(path, fields="owners/emailAddress,ownedByMe,permissions/role").json
    assert {"owners": [{"emailAddress": "bob@example.com"}], "ownedByMe": False} == {
        key: shown[key] for key in ("owners", "ownedByMe")
    }
    assert ["writer", "owner"] == [one["role"] for one in shown["permissions"]]


def test_shared_drives(client: PlainClient) -> None:
    """Their files are seen only by who says that it knows shared drives; nobody owns them."""
    drive = client.post("/drive/v3/drives", {"name": "team"}, requestId="1").json
    assert {"kind", "id", "name"} == set(drive)
    assert 409 == client.post("/drive/v3/drives", {"name": "team"}, requestId="1").status
    assert [drive] == client.get("/drive/v3/drives").json["drives"]
    assert "team" == client.get(f"/drive/v3/drives/{drive['id']}").json["name"]
    body = {"name": "in it", "parents": [drive["id"]]}
    assert (404, "notFound") == refused(client.post(FILES, body))
    file_id = client.post(FILES, body, supportsAllDrives="true").json["id"]
    assert 404 == client.get(f"{FILES}/{file_id}").status
    shown = client.get(f"{FILES}/{file_id}", supportsAllDrives="true", fields="*").json
    assert drive["id"] == shown["driveId"]
    assert not {"owners", "permissions"} & set(shown)
    everywhere = {"supportsAllDrives": "true", "includeItemsFromAllDrives": "true"}
    found = [
        len(client.get(FILES, **query).json["files"])
        for query in ({}, everywhere, {**everywhere, "corpora": "drive", "driveId": drive["id"]})
    ]
    assert [0, 1, 1] == found
    assert 400 == client.get(FILES, corpora="drive").status
    listed = client.get(
        f"{FILES}/{file_id}/permissions", supportsAllDrives="true", fields="*"
    ).json["permissions"]
    assert [("organizer", True, drive["id"])] == [
        (
            one["role"],
            one["permissionDetails"][0]["inherited"],
            one["permissionDetails"][0]["inheritedFrom"],
        )
        for one in listed
    ]
