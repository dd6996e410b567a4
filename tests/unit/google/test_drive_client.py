"""Google's own client library against the local Drive: it cannot tell."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.google.server import LocalGoogle

BLOCK = 256 * 1024


def noise(size: int) -> bytes:
    """Bytes in which no piece is like another."""
    return random.Random(size).randbytes(size)


@pytest.fixture
def drive(google: LocalGoogle) -> Iterator[Any]:
    """Drive as google-api-python-client builds it, with the local Google in Google's place."""
    from googleapiclient import discovery, discovery_cache
    from googleapiclient.http import build_http

    path = Path(discovery_cache.__file__).parent / "documents" / "drive.v3.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document |= {"rootUrl": google.base_url + "/", "baseUrl": google.base_url + "/drive/v3/"}
    document.pop("mtlsRootUrl", None)
    built = discovery.build_from_document(document, http=build_http())
    yield built
    built.close()


def test_googles_own_client_uploads_20_mb_and_resumes(
    google: LocalGoogle, drive: Any, tmp_path: Path
) -> None:
    """google-api-python-client resumes through a reset, a 503 and a server that keeps little."""
    from googleapiclient.errors import HttpError
    from googleapiclient.http import MediaFileUpload, MediaIoBaseDownload

    source, target = tmp_path / "model.pt", tmp_path / "back.pt"
    source.write_bytes(noise(20_000_000))
    google.world.faults.set("upload.put", "reset_midway", call=2, bytes=BLOCK + 9)
    google.world.faults.set("upload.put", "503", call=4)
    google.world.faults.set("upload.put", "partial", call=5, bytes=BLOCK)
    media = MediaFileUpload(str(source), chunksize=16 * BLOCK, resumable=True)
    request = drive.files().create(body={"name": "model.pt"}, media_body=media, fields="*")
    answer = None
    interruptions = 0
    while answer is None:
        try:
            _, answer = request.next_chunk()
        except (HttpError, OSError):
            interruptions += 1
    assert 2 == interruptions
    assert hashlib.md5(source.read_bytes()).hexdigest() == answer["md5Checksum"]
    with target.open("wb") as file:
        media_request = drive.files().get_media(fileId=answer["id"])
        download = MediaIoBaseDownload(file, media_request, chunksize=1 << 22)
        done = False
        while not done:
            _, done = download.next_chunk()
    assert source.read_bytes() == target.read_bytes()
    assert ["model.pt"] == [file["name"] for file in drive.files().list().execute()["files"]]


def test_googles_own_client_in_one_call(drive: Any) -> None:
    """A small file goes as multipart, and can be fetched, found and deleted."""
    from googleapiclient.http import MediaInMemoryUpload

    data = noise(5000)
    media = MediaInMemoryUpload(data, mimetype="a/b", resumable=False)
    file_id = drive.files().create(body={"name": "x"}, media_body=media).execute()["id"]
    assert data == drive.files().get_media(fileId=file_id).execute()
    found = drive.files().list(q="name='x'", fields="files(id,size)").execute()
    assert [{"id": file_id, "size": "5000"}] == found["files"]
    assert "" == drive.files().delete(fileId=file_id).execute()
