"""The contract of files.list: what a query finds, in which order, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.plain import PlainClient
    from tests.google.server import LocalGoogle

FILES = "/drive/v3/files"
FOLDER = "application/vnd.google-apps.folder"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"

SHELF: list[dict[str, Any]] = [
    {"name": "HelloWorld", "mimeType": "image/png"},
    {"name": "Hello World", "mimeType": "image/jpeg", "starred": True},
    {"name": 'it\'s a \\ "quote"', "mimeType": "text/plain"},
    {"name": "runs", "mimeType": SPREADSHEET},
    {"name": "Runs", "mimeType": FOLDER, "description": "all our work"},
    {"name": "tagged", "properties": {"run": "a'b"}, "appProperties": {"key": "1"}},
]


@pytest.fixture
def shelf(client: PlainClient) -> dict[str, str]:
    """Name → id of the files; one more is inside the folder, one is in the trash."""
    ids = {body["name"]: client.post(FILES, body).json["id"] for body in SHELF}
    inside = {"name": "inside", "parents": [ids["Runs"]]}
    ids["inside"] = client.post(FILES, inside).json["id"]
    ids["gone"] = client.post(FILES, {"name": "gone"}).json["id"]
    client.patch(f"{FILES}/{ids['gone']}", {"trashed": True})
    return ids


def found(client: PlainClient, query: str, **more: Any) -> list[str]:
    got = client.get(FILES, q=query, orderBy="name", **more)
    assert 200 == got.status
    return [file["name"] for file in got.json["files"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name = 'HelloWorld'", ["HelloWorld"]),
        ('name = "HelloWorld"', ["HelloWorld"]),
        ("name = 'helloworld'", ["HelloWorld"]),
        ("name contains 'hello'", ["Hello World", "HelloWorld"]),
        ("name contains 'world'", ["Hello World"]),
        ("name = 'it\\'s a \\\\ \"quote\"'", ['it\'s a \\ "quote"']),
        ("fullText contains 'our'", ["Runs"]),
        (f"mimeType = '{SPREADSHEET}'", ["runs"]),
        ("mimeType contains 'image/'", ["Hello World", "HelloWorld"]),
        (f"name = 'runs' and mimeType != '{FOLDER}'", ["runs"]),
        ("trashed = true", ["gone"]),
        ("trashed=true or starred = true", ["gone", "Hello World"]),
        ("starred", ["Hello World"]),
        ("not trashed = false", ["gone"]),
        ("not (trashed = false or name = 'gone')", []),
        ("not name contains 'hello' and starred != false", []),
        ("properties has { key='run' and value='a\\'b' }", ["tagged"]),
        ("appProperties has { key='key' and value='1' } and trashed=false", ["tagged"]),
        ("appProperties has {key='key' and value='2'}", []),
        ("modifiedTime > '2012-06-04T12:00:00' and name = 'inside'", ["inside"]),
        ("createdTime < '2012-06-04T12:00:00'", []),
        ("'me' in owners and starred = true", ["Hello World"]),
        ("'nobody@example.com' in writers", []),
        ("sharedWithMe", []),
        # From the left, and not `and` before `or`: the last term cuts all down.
        ("name = 'runs' or name = 'inside' and starred = true", []),
        (
            "name = 'inside' or (name = 'Hello World' and starred = true)",
            ["Hello World", "inside"],
        ),
    ],
)
def test_a_query_finds(
    client: PlainClient, shelf: dict[str, str], query: str, names: list[str]
) -> None:
    """Each term of the search language, alone and joined."""
    assert names == found(client, query)


def test_by_folder(client: PlainClient, shelf: dict[str, str]) -> None:
    """`in parents` sees what is directly in the folder; root is a name for My Drive."""
    assert ["inside"] == found(client, f"'{shelf['Runs']}' in parents")
    assert "inside" not in found(client, "'root' in parents")
    assert 7 == len(found(client, "'root' in parents"))


@pytest.mark.parametrize(
    "query",
    [
        "name",
        "name =",
        "name = runs",
        "name is 'x'",
        "title = 'x' and",
        "(name = 'x'",
        "name = 'x')",
        "name = 'it's'",
        "mimeType > 'a'",
        "trashed = maybe",
        "properties has { key='a' }",
        "'x' in colours",
        "modifiedTime > 'yesterday'",
        "colour = 'red'",
        "name = 'a' name = 'b'",
        "=",
    ],
)
def test_a_wrong_query_is_refused(client: PlainClient, query: str) -> None:
    """400 that names the parameter q, and not an empty list."""
    got = client.get(FILES, q=query)
    where = got.json["error"]["errors"][0]
    assert (400, "invalid", "q") == (got.status, where["reason"], where["location"])


def test_everything_comes_page_by_page(client: PlainClient) -> None:
    """Following nextPageToken gives every file once; the last page has no token."""
    wanted = {client.post(FILES, {"name": str(number)}).json["id"] for number in range(7)}
    seen: list[str] = []
    token: dict[str, str] = {}
    sizes = []
    while True:
        page = client.get(FILES, pageSize=3, orderBy="name", **token).json
        seen += [file["id"] for file in page["files"]]
        sizes.append(len(page["files"]))
        if "nextPageToken" not in page:
            break
        token = {"pageToken": page["nextPageToken"]}
    assert ([3, 3, 1], 7, wanted) == (sizes, len(seen), set(seen))
    assert 400 == client.get(FILES, q="trashed=true", **token).status
    assert 400 == client.get(FILES, pageToken="x").status


@pytest.mark.parametrize("size", ["0", "1001", "-1", "x"])
def test_the_size_of_a_page_is_bounded(client: PlainClient, size: str) -> None:
    """1 to 1000."""
    assert 400 == client.get(FILES, pageSize=size).status


def test_order(google: LocalGoogle, client: PlainClient) -> None:
    """By several keys, each perhaps backwards; without any the last changed comes first."""
    bodies = [
        {"name": "b"},
        {"name": "A"},
        {"name": "c", "mimeType": FOLDER},
        {"name": "a", "mimeType": FOLDER},
    ]
    for body in bodies:
        google.world.clock.advance(1)
        client.post(FILES, body)

    def names(**query: str) -> str:
        return "".join(file["name"] for file in client.get(FILES, **query).json["files"])

    assert "acAb" == names(orderBy="folder,name")
    assert "bAca" == names(orderBy="folder desc, createdTime")
    assert "cbAa" == "".join(sorted(names(orderBy="name desc"), key="cbAa".index))
    assert "acAb" == names()
    assert 400 == client.get(FILES, orderBy="colour").status


def test_what_a_listing_shows(client: PlainClient, shelf: dict[str, str]) -> None:
    """Its own few keys without `fields`; with them just those, the kind too only if asked for."""
    plain = client.get(FILES, q="name = 'runs'", orderBy="name").json
    assert {"kind", "incompleteSearch", "files"} == set(plain)
    assert {"kind", "id", "name", "mimeType"} == set(plain["files"][0])
    shown = client.get(FILES, q="starred = true", fields="nextPageToken,files(name,starred)").json
    assert {"files": [{"name": "Hello World", "starred": True}]} == shown
    assert {"files": []} == client.get(FILES, q="name='x'", fields="files(id)").json


def test_a_deleted_file_is_gone_from_the_next_listing(
    client: PlainClient, shelf: dict[str, str]
) -> None:
    """No eventual consistency was ever recorded."""
    client.delete(f"{FILES}/{shelf['inside']}")
    assert [] == found(client, "name = 'inside'")


def test_private_properties_are_found_by_their_app_alone(
    client_of: Callable[[str], PlainClient],
) -> None:
    """Another app's search doesn't see appProperties."""
    mine, theirs = client_of("ann/mine"), client_of("ann/theirs")
    mine.post(FILES, {"name": "a", "appProperties": {"k": "v"}})
    query = "appProperties has { key='k' and value='v' }"
    assert [["a"], []] == [found(one, query) for one in (mine, theirs)]


def test_names_of_spreadsheets_are_their_titles(client: PlainClient) -> None:
    """A sheet that was renamed through Sheets is found by its new name."""
    file_id = client.post(FILES, {"name": "old", "mimeType": SPREADSHEET}).json["id"]
    change = {"properties": {"title": "new"}, "fields": "title"}
    batch = {"requests": [{"updateSpreadsheetProperties": change}]}
    client.post(f"/v4/spreadsheets/{file_id}:batchUpdate", batch)
    assert ["new"] == found(client, "name = 'new'")
    assert [] == found(client, "name = 'old'")
