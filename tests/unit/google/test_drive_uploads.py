"""Uploads byte for byte: in one call, in parts, resumed, broken off."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import socket
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.google.plain import Got, PlainClient
    from tests.google.server import LocalGoogle

FILES = "/drive/v3/files"
UPLOAD = "/upload/drive/v3/files"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
BLOCK = 256 * 1024
CHECKSUMS = "size,md5Checksum,sha1Checksum,sha256Checksum"


def noise(size: int) -> bytes:
    """Bytes in which no piece is like another."""
    return random.Random(size).randbytes(size)


def download(client: PlainClient, file_id: str) -> bytes:
    got = client.get(f"{FILES}/{file_id}", alt="media")
    assert 200 == got.status
    return got.body


def begun(client: PlainClient, path: str = UPLOAD, body: Any = None, size: int = 0) -> str:
    """The path and query of a new session."""
    headers = {"X-Upload-Content-Type": "application/x-weights"}
    if size:
        headers["X-Upload-Content-Length"] = str(size)
    verb = "POST" if path == UPLOAD else "PATCH"
    got = client.call(verb, path, body or {}, headers=headers, uploadType="resumable")
    assert 200 == got.status
    location = got.headers["location"]
    return location[location.index("/upload") :]


def put(client: PlainClient, session: str, content_range: str, piece: bytes = b"") -> Got:
    return client.call("PUT", session, piece, headers={"Content-Range": content_range})


def test_media(client: PlainClient) -> None:
    """The body is the content; size is text; three checksums."""
    data = noise(100_000)
    headers = {"Content-Type": "image/png"}
    got = client.call(
        "POST",
        UPLOAD,
        data,
        headers=headers,
        uploadType="media",
        fields=f"id,mimeType,{CHECKSUMS}",
    )
    assert {
        "mimeType": "image/png",
        "size": "100000",
        "md5Checksum": hashlib.md5(data).hexdigest(),
        "sha1Checksum": hashlib.sha1(data).hexdigest(),
        "sha256Checksum": hashlib.sha256(data).hexdigest(),
    } == {key: value for key, value in got.json.items() if key != "id"}
    assert data == download(client, got.json["id"])


def multipart(parts: list[tuple[str, bytes]], boundary: bytes = b"=_x") -> bytes:
    pieces = [b"--%s\r\n%s\r\n\r\n%s\r\n" % (boundary, h.encode(), data) for h, data in parts]
    return b"".join(pieces) + b"--%s--" % boundary


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, 3 * BLOCK + 7])
def test_multipart(client: PlainClient, size: int) -> None:
    """Metadata and content in one body, content that holds half a boundary included."""
    data = noise(size) + b"\r\n--=_"
    metadata = json.dumps({"name": "weights.pt", "properties": {"run": "1"}}).encode()
    body = multipart([("Content-Type: application/json", metadata), ("Content-Type: a/b", data)])
    headers = {"Content-Type": 'multipart/related; boundary="=_x"'}
    fields = "id,name,mimeType,properties,fileExtension"
    got = client.call("POST", UPLOAD, body, headers=headers, uploadType="multipart", fields=fields)
    shown = got.json
    assert data == download(client, shown.pop("id"))
    assert {
        "name": "weights.pt",
        "mimeType": "a/b",
        "properties": {"run": "1"},
        "fileExtension": "pt",
    } == shown


@pytest.mark.parametrize("cut", range(8))
def test_a_boundary_may_come_in_two_pieces(client: PlainClient, cut: int) -> None:
    """Wherever the reading of the body pauses inside the boundary's line, it is found."""
    before = len(multipart([("A: b", b"{}"), ("A: b", b"")])) - len(b"\r\n--=_x--")
    data = noise(2 * BLOCK - before - cut)
    body = multipart([("A: b", b"{}"), ("A: b", data)])
    assert 2 * BLOCK - cut == body.index(b"\r\n--=_x--")
    headers = {"Content-Type": "multipart/related; boundary==_x"}
    got = client.call("POST", UPLOAD, body, headers=headers, uploadType="multipart")
    assert data == download(client, got.json["id"])


def test_half_a_content_makes_no_file(google: LocalGoogle, client: PlainClient) -> None:
    """A client that breaks off an upload in one call has uploaded nothing."""
    host, port = google.base_url.removeprefix("http://").split(":")
    head = f"POST {UPLOAD}?uploadType=media HTTP/1.1\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=60) as raw:
        raw.sendall(head.encode() + b"x" * 500)
    assert google.world.calls.until(1)
    assert [400] == [call.status for call in google.world.calls.since()]
    assert [] == client.get(FILES).json["files"]
    assert [] == list(google.world.folder.iterdir())


def test_multipart_in_base64(client: PlainClient) -> None:
    """A part that says that it is base64 is decoded."""
    data = noise(1000)
    encoded = base64.b64encode(data)
    media = "Content-Type: a/b\r\nContent-Transfer-Encoding: base64"
    body = multipart([("Content-Type: application/json", b"{}"), (media, encoded)])
    headers = {"Content-Type": "multipart/related; boundary==_x"}
    got = client.call("POST", UPLOAD, body, headers=headers, uploadType="multipart")
    assert data == download(client, got.json["id"])


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/related", b""),
        ("multipart/related; boundary=x", b"nothing"),
        ("multipart/related; boundary=x", b"--x\r\nA: b\r\n\r\n{}\r\n--x--"),
        ("multipart/related; boundary=x", b"--x\r\nA: b\r\n\r\n{}\r\n--x\r\nA: b\r\n\r\nno end"),
    ],
)
def test_a_broken_multipart_makes_nothing(
    google: LocalGoogle, client: PlainClient, content_type: str, body: bytes
) -> None:
    """Half a body is refused and leaves neither a file nor bytes on the disk."""
    got = client.call(
        "POST", UPLOAD, body, headers={"Content-Type": content_type}, uploadType="multipart"
    )
    assert 400 == got.status
    assert [] == client.get(FILES).json["files"]
    assert [] == list(google.world.folder.iterdir())


def test_resumable(client: PlainClient) -> None:
    """Blocks of 256 KiB, each answered 308 with what is kept; the last with the file."""
    data = noise(2 * BLOCK + 1000)
    session = begun(client, body={"name": "model.pt"}, size=len(data))
    nothing = put(client, session, f"bytes */{len(data)}")
    assert (308, None) == (nothing.status, nothing.headers.get("range"))
    for start in (0, BLOCK):
        piece = data[start : start + BLOCK]
        span = f"bytes {start}-{start + BLOCK - 1}/{len(data)}"
        got = put(client, session, span, piece)
        assert (308, f"bytes=0-{start + BLOCK - 1}") == (got.status, got.headers["range"])
    last = put(
        client, session, f"bytes {2 * BLOCK}-{len(data) - 1}/{len(data)}", data[2 * BLOCK :]
    )
    assert (200, "model.pt", "application/x-weights") == (
        last.status,
        last.json["name"],
        last.json["mimeType"],
    )
    assert data == download(client, last.json["id"])
    again = put(client, session, f"bytes */{len(data)}")
    assert (200, last.json) == (again.status, again.json)
    assert 1 == len(client.get(FILES).json["files"])


def test_the_steps_have_names_of_their_own(google: LocalGoogle, client: PlainClient) -> None:
    """Faults can be set for each step of a resumable upload."""
    session = begun(client)
    put(client, session, "bytes */*")
    put(client, session, "bytes 0-2/3", b"abc")
    assert 499 == client.delete(session).status
    assert 404 == client.delete(session).status
    methods = [call.method for call in google.world.calls.since()]
    steps = ["upload.start", "upload.status", "upload.put", "upload.cancel", "upload.cancel"]
    assert steps == methods


def test_all_at_once_without_a_range(client: PlainClient) -> None:
    """A PUT without Content-Range is the whole content."""
    data = noise(BLOCK + 5)
    session = begun(client, size=len(data))
    got = client.call("PUT", session, data)
    assert data == download(client, got.json["id"])


def test_length_known_only_at_the_end(client: PlainClient) -> None:
    """`/*` while it isn't known; the last block says it."""
    data = noise(BLOCK + 3)
    session = begun(client)
    assert 308 == put(client, session, f"bytes 0-{BLOCK - 1}/*", data[:BLOCK]).status
    got = put(client, session, f"bytes {BLOCK}-{BLOCK + 2}/{BLOCK + 3}", data[BLOCK:])
    assert data == download(client, got.json["id"])


def test_an_empty_content(client: PlainClient) -> None:
    """Nothing at all is a content as well."""
    got = put(client, begun(client), "bytes */0")
    assert (200, b"") == (got.status, download(client, got.json["id"]))


def test_only_whole_blocks_are_kept(client: PlainClient) -> None:
    """A client that believes that all it sent was kept meets a gap, and is told."""
    data = noise(2 * BLOCK)
    session = begun(client, size=len(data))
    got = put(client, session, f"bytes 0-{BLOCK + 99}/{len(data)}", data[: BLOCK + 100])
    assert (308, f"bytes=0-{BLOCK - 1}") == (got.status, got.headers["range"])
    rest = f"bytes {BLOCK + 100}-{len(data) - 1}/{len(data)}"
    assert 400 == put(client, session, rest, data[BLOCK + 100 :]).status
    got = put(client, session, f"bytes {BLOCK}-{len(data) - 1}/{len(data)}", data[BLOCK:])
    assert data == download(client, got.json["id"])


def test_bytes_that_are_there_already_are_skipped(client: PlainClient) -> None:
    """A block sent twice is kept once."""
    data = noise(2 * BLOCK)
    session = begun(client, size=len(data))
    put(client, session, f"bytes 0-{BLOCK - 1}/{len(data)}", data[:BLOCK])
    got = put(client, session, f"bytes 0-{len(data) - 1}/{len(data)}", data)
    assert data == download(client, got.json["id"])


@pytest.mark.parametrize(
    "header", ["bytes 5-1/10", "bytes 0-9/5", "bytes 0-9", "0-9/10", "bytes a-b/c"]
)
def test_a_range_that_is_none(client: PlainClient, header: str) -> None:
    """400, and the session lives on."""
    session = begun(client)
    assert 400 == put(client, session, header, b"0123456789").status
    assert 200 == put(client, session, "bytes 0-9/10", b"0123456789").status


def test_a_session_lives_a_week(google: LocalGoogle, client: PlainClient) -> None:
    """After it, and for an id that never was, 404: the client starts anew."""
    session = begun(client, size=BLOCK)
    google.world.clock.advance(7 * 24 * 3600 - 60)
    assert 308 == put(client, session, f"bytes */{BLOCK}").status
    google.world.clock.advance(61)
    assert 404 == put(client, session, f"bytes */{BLOCK}").status
    assert 404 == put(client, f"{UPLOAD}?uploadType=resumable&upload_id=x", "bytes */9").status


def test_an_upload_with_a_generated_id_happens_once(client: PlainClient) -> None:
    """Tried again after success, it is 409 before a byte is sent."""
    file_id = client.get(f"{FILES}/generateIds", count=1).json["ids"][0]
    session = begun(client, body={"id": file_id})
    other = begun(client, body={"id": file_id})
    assert file_id == put(client, session, "bytes 0-2/3", b"abc").json["id"]
    got = client.post(UPLOAD, {"id": file_id}, uploadType="resumable")
    assert (409, "fileIdInUse") == (got.status, got.reason)
    assert 409 == put(client, other, "bytes 0-2/3", b"xyz").status
    assert b"abc" == download(client, file_id)


def test_new_content_for_a_file(google: LocalGoogle, client: PlainClient) -> None:
    """By PATCH, in one call or resumed; id and name stay, the version moves."""
    file_id = client.post(FILES, {"name": "a.txt"}).json["id"]
    assert b"" == download(client, file_id)
    path = f"{UPLOAD}/{file_id}"
    before = int(client.get(f"{FILES}/{file_id}", fields="version").json["version"])
    got = client.call("PATCH", path, b"one", uploadType="media", fields="id,name,size,version")
    assert (file_id, "a.txt", "3") == (got.json["id"], got.json["name"], got.json["size"])
    assert before < int(got.json["version"])
    session = begun(client, path, {"name": "b.txt"})
    assert "b.txt" == put(client, session, "bytes 0-4/5", b"other").json["name"]
    assert b"other" == download(client, file_id)


def test_ranges_of_a_download(client: PlainClient) -> None:
    """A part of the bytes, from the start, from the end; 416 beyond it."""
    file_id = client.call("POST", UPLOAD, b"0123456789", uploadType="media").json["id"]

    def part(wanted: str) -> tuple[int, bytes, str | None]:
        path = f"{FILES}/{file_id}"
        got = client.call("GET", path, headers={"Range": wanted}, alt="media")
        return got.status, got.body, got.headers.get("content-range")

    assert (206, b"234", "bytes 2-4/10") == part("bytes=2-4")
    assert (206, b"89", "bytes 8-9/10") == part("bytes=8-")
    assert (206, b"789", "bytes 7-9/10") == part("bytes=-3")
    assert (206, b"9", "bytes 9-9/10") == part("bytes=9-99")
    assert (416, b"", "bytes */10") == part("bytes=10-")


def test_a_client_that_breaks_off(google: LocalGoogle, client: PlainClient) -> None:
    """What arrived in whole blocks is kept, and the upload goes on from there."""
    data = noise(3 * BLOCK)
    session = begun(client, size=len(data))
    host, port = google.base_url.removeprefix("http://").split(":")
    head = f"PUT {session} HTTP/1.1\r\nContent-Length: {len(data)}\r\n"
    head += f"Content-Range: bytes 0-{len(data) - 1}/{len(data)}\r\n\r\n"
    calls = len(google.world.calls)
    with socket.create_connection((host, int(port)), timeout=60) as raw:
        raw.sendall(head.encode() + data[: BLOCK + 1000])
    assert google.world.calls.until(calls + 1)
    got = put(client, session, f"bytes */{len(data)}")
    assert (308, f"bytes=0-{BLOCK - 1}") == (got.status, got.headers["range"])
    got = put(client, session, f"bytes {BLOCK}-{len(data) - 1}/{len(data)}", data[BLOCK:])
    assert data == download(client, got.json["id"])


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("reset_midway", BLOCK), ("reset_before", 0), ("reset_after", 2 * BLOCK), ("503_after", -1)],
)
def test_faults_of_an_upload(
    google: LocalGoogle, client: PlainClient, kind: str, kept: int
) -> None:
    """Whatever the connection does, asking tells how much is kept, and the rest completes it."""
    data = noise(3 * BLOCK)
    session = begun(client, size=len(data))
    google.world.faults.set("upload.put", kind, call=1, bytes=BLOCK + 77)
    sent = data if kind != "reset_after" else data[: 2 * BLOCK]
    span = f"bytes 0-{len(sent) - 1}/{len(data)}"
    if kind.startswith("reset"):
        with pytest.raises(OSError, match=r"reset|[Bb]roken pipe"):
            put(client, session, span, sent)
    else:
        assert 503 == put(client, session, span, sent).status
    got = put(client, session, f"bytes */{len(data)}")
    if kept >= 0:
        wanted = f"bytes=0-{kept - 1}" if kept else None
        assert (308, wanted) == (got.status, got.headers.get("range"))
        rest = f"bytes {kept}-{len(data) - 1}/{len(data)}"
        got = put(client, session, rest, data[kept:])
    assert data == download(client, got.json["id"])
    assert 1 == len(client.get(FILES).json["files"])


def test_a_server_that_keeps_less_than_was_sent(google: LocalGoogle, client: PlainClient) -> None:
    """The fault `partial`: 308 with a Range that is shorter than what was sent."""
    data = noise(3 * BLOCK)
    session = begun(client, size=len(data))
    google.world.faults.set("upload.put", "partial", call=1, bytes=2 * BLOCK + 5)
    got = put(client, session, f"bytes 0-{len(data) - 1}/{len(data)}", data)
    assert (308, f"bytes=0-{2 * BLOCK - 1}") == (got.status, got.headers["range"])


def test_csv_becomes_a_sheet(client: PlainClient) -> None:
    """An upload of CSV as a spreadsheet is converted; other types are refused."""
    metadata = json.dumps({"name": "t", "mimeType": SPREADSHEET}).encode()
    body = multipart([("A: b", metadata), ("Content-Type: text/csv", "a,ü\n1,2".encode())])
    headers = {"Content-Type": "multipart/related; boundary==_x"}
    got = client.call("POST", UPLOAD, body, headers=headers, uploadType="multipart")
    path = f"/v4/spreadsheets/{got.json['id']}/values/A1:B2"
    values = client.get(path, valueRenderOption="UNFORMATTED_VALUE").json["values"]
    assert [["a", "ü"], [1, 2]] == values
    body = multipart([("A: b", metadata), ("Content-Type: image/png", b"x")])
    refused = client.call("POST", UPLOAD, body, headers=headers, uploadType="multipart")
    assert 400 == refused.status
    assert 1 == len(client.get(FILES).json["files"])


def test_storage_that_is_full(google: LocalGoogle, client: PlainClient) -> None:
    """403 storageQuotaExceeded; what was there counts, and a deletion makes room."""
    google.world.set_modes({"storage_bytes": 1500})
    first = client.call("POST", UPLOAD, noise(1000), uploadType="media").json["id"]
    got = client.call("POST", UPLOAD, noise(1000), uploadType="media")
    assert (403, "storageQuotaExceeded") == (got.status, got.reason)
    # The bytes that were refused are not kept.
    assert 1 == len(list(google.world.folder.iterdir()))
    client.delete(f"{FILES}/{first}")
    assert 200 == client.call("POST", UPLOAD, noise(1000), uploadType="media").status


def test_a_refused_upload_stays_refused(google: LocalGoogle, client: PlainClient) -> None:
    """What was refused at its end isn't carried out when the client asks once more."""
    session = begun(client)
    google.world.set_modes({"storage_bytes": 1})
    assert 403 == put(client, session, "bytes 0-2/3", b"abc").status
    google.world.set_modes({"storage_bytes": 1000})
    assert 403 == put(client, session, "bytes */3").status
    assert [] == client.get(FILES).json["files"]


def test_a_service_account_is_refused_before_the_bytes(
    google: LocalGoogle, client: PlainClient
) -> None:
    """Starting an upload fails already; new content for a person's file is fine."""
    file_id = client.post(FILES, {}).json["id"]
    google.world.set_modes({"service_account": True})
    for kind in ("resumable", "media"):
        got = client.call("POST", UPLOAD, b"{}", uploadType=kind)
        assert (403, "storageQuotaExceeded") == (got.status, got.reason)
    path = f"{UPLOAD}/{file_id}"
    assert 200 == client.call("PATCH", path, b"x", uploadType="media").status
