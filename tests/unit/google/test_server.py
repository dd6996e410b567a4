"""The server beside its two services: HTTP, tokens, modes, the clock, the log, the admin."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.google.clock import Clock, parse_stamp, stamp
from tests.google.methods import method_name
from tests.google.modes import Modes
from tests.google.plain import PlainClient
from tests.google.server import serving
from tests.google.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.server import LocalGoogle

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
ROOT = Path(__file__).parents[3]


def new_sheet(client: PlainClient, **more: Any) -> str:
    body = {"name": "a", "mimeType": SPREADSHEET, **more}
    return str(client.post("/drive/v3/files", body).json["id"])


def raw(google: LocalGoogle, sent: bytes) -> bytes:
    """Everything that the server sends until it closes."""
    host, port = google.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(sent)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received


@pytest.mark.parametrize(
    ("verb", "path", "name"),
    [
        ("POST", "/v4/spreadsheets", "spreadsheets.create"),
        ("GET", "/v4/spreadsheets/1a-_", "spreadsheets.get"),
        ("POST", "/v4/spreadsheets/1a:batchUpdate", "spreadsheets.batchUpdate"),
        ("POST", "/v4/spreadsheets/1a:getByDataFilter", "spreadsheets.getByDataFilter"),
        ("GET", "/v4/spreadsheets/1a/values/A1:B2", "spreadsheets.values.get"),
        ("GET", "/v4/spreadsheets/1a/values/Sheet1!A1:append", "spreadsheets.values.get"),
        ("PUT", "/v4/spreadsheets/1a/values/'a%2Fb'!A1%3AB2", "spreadsheets.values.update"),
        ("POST", "/v4/spreadsheets/1a/values/A1:B2:append", "spreadsheets.values.append"),
        ("POST", "/v4/spreadsheets/1a/values/A1%3AB2:clear", "spreadsheets.values.clear"),
        ("GET", "/v4/spreadsheets/1a/values:batchGet", "spreadsheets.values.batchGet"),
        (
            "GET",
            "/v4/spreadsheets/1a/developerMetadata/7",
            "spreadsheets.developerMetadata.get",
        ),
        (
            "POST",
            "/v4/spreadsheets/1a/developerMetadata:search",
            "spreadsheets.developerMetadata.search",
        ),
        ("POST", "/v4/spreadsheets/1a/sheets/0:copyTo", "spreadsheets.sheets.copyTo"),
        ("POST", "/drive/v3/files", "files.create"),
        ("GET", "/drive/v3/files", "files.list"),
        ("GET", "/drive/v3/files/generateIds", "files.generateIds"),
        ("PATCH", "/drive/v3/files/1a", "files.update"),
        ("POST", "/drive/v3/files/1a/copy", "files.copy"),
        ("GET", "/drive/v3/files/1a/export", "files.export"),
        ("DELETE", "/drive/v3/files/1a/permissions/2b", "permissions.delete"),
        ("GET", "/drive/v3/drives", "drives.list"),
        ("GET", "/drive/v3/about", "about.get"),
        ("GET", "/nowhere", "unknown"),
    ],
)
def test_methods_have_googles_names(verb: str, path: str, name: str) -> None:
    """A request is called in faults and log what Google's documents call it."""
    assert name == method_name(Request(method=verb, path=path, query=[], headers={}))


def test_every_method_of_the_discovery_documents_is_told_apart() -> None:
    """No two methods of Sheets have the same name here; and it is the documents' name."""
    from googleapiclient import discovery_cache

    folder = Path(discovery_cache.__file__).parent / "documents"
    document = json.loads((folder / "sheets.v4.json").read_text(encoding="utf-8"))

    def methods(node: dict[str, Any]) -> list[dict[str, Any]]:
        inner = [method for one in node.get("resources", {}).values() for method in methods(one)]
        return [*node.get("methods", {}).values(), *inner]

    for method in methods(document):
        path = "/" + method["path"]
        for name in ("spreadsheetId", "range", "sheetId", "metadataId"):
            path = path.replace(f"{{{name}}}", "1")
        request = Request(method=method["httpMethod"], path=path, query=[], headers={})
        assert method["id"].removeprefix("sheets.") == method_name(request)


def test_connections_stay_open(google: LocalGoogle) -> None:
    """Two requests sent at once over one connection are answered in their order."""
    one = b"GET /admin/clock HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /admin/modes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    received = raw(google, one + last)
    assert 2 == received.count(b"HTTP/1.1 200 OK")
    assert received.index(b'{"now"') < received.index(b'{"quotas"')


def test_chunked_bodies_are_read(google: LocalGoogle) -> None:
    """A body may come in chunks, without a length."""
    body = b'{"name":"in chunks"}'
    chunks = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (5, body[:5], len(body) - 5, body[5:])
    head = b"POST /drive/v3/files HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
    after = b"GET /admin/clock HTTP/1.1\r\nConnection: close\r\n\r\n"
    received = raw(google, head + b"\r\n" + chunks + after)
    assert received.index(b'"name":"in chunks"') < received.index(b'{"now"')


def test_a_client_that_expects_100_gets_it(google: LocalGoogle) -> None:
    """curl waits for it before it sends a larger body."""
    head = b"POST /drive/v3/files HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
    received = raw(google, head + b"Connection: close\r\n\r\n{}")
    assert received.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_what_is_no_http_is_refused(google: LocalGoogle) -> None:
    """Bytes that are no request get a 400, and the server lives on."""
    assert raw(google, b"what\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert raw(google, b"GET / HTTP/1.1\r\nno colon\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_204_has_no_body(client: PlainClient) -> None:
    """A deletion's answer has neither body nor length."""
    got = client.delete(f"/drive/v3/files/{new_sheet(client)}")
    assert (204, b"") == (got.status, got.body)
    assert "content-length" not in got.headers


def test_many_connections_at_once(google: LocalGoogle) -> None:
    """Twenty clients create files side by side, and none is lost."""

    def create(number: int) -> int:
        client = PlainClient(google.base_url)
        status = client.post("/drive/v3/files", {"name": str(number)}).status
        client.close()
        return status

    with ThreadPoolExecutor(20) as pool:
        assert [200] * 100 == list(pool.map(create, range(100)))
    assert {str(n) for n in range(100)} <= {file.name for file in google.world.files.values()}


def test_the_log_says_what_was_called(
    google: LocalGoogle, client_of: Callable[[str], PlainClient]
) -> None:
    """Who, what, how it ended, whether it was applied, and the kinds in a batch."""
    ann = client_of("ann")
    file_id = new_sheet(ann)
    google.world.calls.clear()
    requests = [
        {"updateSheetProperties": {"properties": {"title": "b"}, "fields": "title"}},
        {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}},
    ]
    ann.post(f"/v4/spreadsheets/{file_id}:batchUpdate", {"requests": requests})
    ann.post(f"/v4/spreadsheets/{file_id}:batchUpdate", {"requests": [{"nonsense": {}}]})
    good, bad = ann.get("/admin/calls", method="spreadsheets.batchUpdate").json["calls"]
    assert "ann@example.com" == good["user"]
    assert (200, True) == (good["status"], good["applied"])
    assert ["updateSheetProperties", "appendDimension"] == good["requests"]
    assert (400, False) == (bad["status"], bad["applied"])
    assert 1 == len(ann.get("/admin/calls", since=1).json["calls"])
    assert 0 == ann.delete("/admin/calls").json["total"]


def test_a_write_to_a_sheet_is_a_change_of_its_file(google: LocalGoogle, client: Any) -> None:
    """Drive's modifiedTime and version move with what Sheets writes."""
    file_id = new_sheet(client)
    path = f"/drive/v3/files/{file_id}"
    before = client.get(path, fields="modifiedTime,version").json
    google.world.clock.advance(5)
    client.post(f"/v4/spreadsheets/{file_id}/values/A1:clear")
    after = client.get(path, fields="modifiedTime,version").json
    moved = parse_stamp(after["modifiedTime"]) - parse_stamp(before["modifiedTime"])
    assert 5 <= moved < 60
    assert int(before["version"]) < int(after["version"])


def test_the_name_is_one_for_both(client: PlainClient) -> None:
    """Drive's name and the spreadsheet's title are the same thing."""
    file_id = new_sheet(client)
    client.patch(f"/drive/v3/files/{file_id}", {"name": "by Drive"})
    assert "by Drive" == client.get(f"/v4/spreadsheets/{file_id}").json["properties"]["title"]
    change = {"properties": {"title": "by Sheets"}, "fields": "title"}
    batch = {"requests": [{"updateSpreadsheetProperties": change}]}
    client.post(f"/v4/spreadsheets/{file_id}:batchUpdate", batch)
    assert "by Sheets" == client.get(f"/drive/v3/files/{file_id}").json["name"]
    created = client.post("/v4/spreadsheets", {"properties": {"title": "made by Sheets"}}).json
    shown = client.get(f"/drive/v3/files/{created['spreadsheetId']}").json
    assert ("made by Sheets", SPREADSHEET) == (shown["name"], shown["mimeType"])


def test_an_unknown_end_point_names_those_there_are(client: PlainClient) -> None:
    """A slip in a test's set-up says what would be right."""
    assert "POST /admin/modes" in client.post("/admin/mode", {}).json["error"]["message"]


def test_the_clock_is_turned_and_frozen() -> None:
    """A frozen clock moves only by hand; a running one goes on from where it was turned to."""
    clock = Clock()
    clock.freeze(parse_stamp("2026-09-30T12:00:00Z"))
    assert "2026-09-30T12:00:00.000Z" == clock.stamp()
    clock.advance(61.5)
    assert "2026-09-30T12:01:01.500Z" == stamp(clock.now())
    clock.run()
    clock.advance(3600)
    import time

    assert 3590 < clock.now() - time.time() < 3610


def test_two_servers_share_nothing(google: LocalGoogle, client: PlainClient) -> None:
    """Another server in the process has its own world."""
    new_sheet(client)
    with serving(quotas=True) as other:
        second = PlainClient(other.base_url)
        assert [] == second.get("/drive/v3/files").json["files"]
        assert other.world.modes.quotas
        second.close()
    assert not google.world.modes.quotas
    assert not other.world.folder.exists()


def test_the_first_line_is_the_base_url() -> None:
    """`python -m tests.google` says where it is, serves with its modes, and ends when told to."""
    command = [sys.executable, "-m", "tests.google", "--port", "0", "--quotas", "--latency", "0.5"]
    command += ["--assume", "append_cells_concurrent=lose"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        client = PlainClient(process.stdout.readline().strip())
        modes = client.get("/admin/modes").json
        client.close()
        process.terminate()
        assert 0 == process.wait(timeout=60)
    assert (True, 0.5) == (modes["quotas"], modes["latency_ms"])
    assert "lose" == modes["assumptions"]["append_cells_concurrent"]


def test_the_readme_names_everything() -> None:
    """Every mode, assumption, fault and admin end point stands in the README's tables."""
    from tests.google.admin import ACTIONS
    from tests.google.faults import KINDS
    from tests.google.modes import ASSUMPTIONS

    readme = (ROOT / "tests" / "google" / "README.md").read_text(encoding="utf-8")
    names = [*ASSUMPTIONS, *KINDS, *Modes().as_json(), *(f"/admin/{what}" for _, what in ACTIONS)]
    assert [] == [
        name for name in names if f"`{name}`" not in readme and f" {name}`" not in readme
    ]
