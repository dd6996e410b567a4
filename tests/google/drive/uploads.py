"""Uploads: media and multipart in one call, resumable in several; Drive v2's for CSV.

The bytes go from the connection to the disk without the world's lock; it is taken only to look
things up before and to put the file in its place after.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.google.drive import errors
from tests.google.drive.ask import Ask, checked
from tests.google.drive.content import BLOCK, ContentWriter
from tests.google.drive.creating import check_new, create_file
from tests.google.drive.files import change, shown
from tests.google.drive.multipart import MultipartError, read_multipart
from tests.google.drive.resource import file_json
from tests.google.drive.sessions import Session, parse_content_range
from tests.google.wire import ApiError, Reply

if TYPE_CHECKING:
    from tests.google.drive.file import Content
    from tests.google.wire import Stream

Json = dict[str, Any]

LARGEST_METADATA = 1 << 20


def simple(ask: Ask) -> Reply:
    """files.create and files.update with bytes, in one call: `uploadType` media or multipart."""
    kind = ask.request.parameter("uploadType")
    stream = _stream(ask)
    content_type = ask.request.headers.get("content-type", "")
    writer = ContentWriter(ask.world.folder)
    if kind == "multipart":
        try:
            raw, content_type = read_multipart(stream, content_type, writer)
        except MultipartError as error:
            writer.discard()
            raise errors.bad_request(str(error)) from None
        metadata = checked(raw)
    elif kind == "media":
        metadata = {}
        while piece := stream.read(BLOCK):
            writer.write(piece)
    else:
        raise errors.invalid_parameter("uploadType")
    if stream.broken:
        writer.discard()
        raise errors.bad_request("The body ended too early.")
    return _put_in_place(ask, ask.segment(1), metadata, writer, content_type)


def _put_in_place(
    ask: Ask, target: str, metadata: Json, writer: ContentWriter, content_type: str
) -> Reply:
    """A new file, or a file with new content; what is refused leaves no bytes behind."""
    content: Content = writer.finished()
    try:
        with ask.world.lock:
            if target:
                file = change(ask, ask.find(target, "writer"), metadata, content, content_type)
            else:
                file = create_file(ask, metadata, content, content_type)
            return shown(ask, file)
    except BaseException:
        writer.discard()
        raise


def start(ask: Ask) -> Reply:
    """upload.start: the metadata; the answer names where the bytes go."""
    target = ask.segment(1)
    length = ask.request.headers.get("x-upload-content-length", "")
    metadata = checked(_stream(ask).read(LARGEST_METADATA))
    with ask.world.lock:
        if target:
            ask.find(target, "writer")
        else:
            check_new(ask, metadata)
        session = Session(
            upload_id="AB" + ask.world.new_id(86),
            metadata=metadata,
            target=target,
            content_type=ask.request.headers.get("x-upload-content-type", ""),
            total=int(length) if length.isdecimal() else None,
            started=ask.world.clock.now(),
            writer=ContentWriter(ask.world.folder),
            query=ask.request.query,
        )
        ask.world.sessions[session.upload_id] = session
    query = f"uploadType=resumable&upload_id={session.upload_id}"
    host = ask.request.headers.get("host", "")
    location = f"http://{host}{ask.request.path}?{query}"
    return Reply(status=200, headers={"Location": location, "X-GUploader-UploadID": "local"})


def put(ask: Ask) -> Reply:
    """upload.put and upload.status: the next bytes, or the question how many are there."""
    session = _session(ask)
    if session is None:
        return Reply(status=404)
    with session.lock:
        if session.done is None:
            _take(ask, session)
        if session.done is None and session.complete:
            session.done = _ended(ask, session)
        return session.done or _so_far(session)


def _take(ask: Ask, session: Session) -> None:
    """Keep what this request brings; a question brings nothing."""
    text = ask.request.headers.get("content-range", "")
    if not text:
        session.take_all(_stream(ask))
        return
    span = parse_content_range(text)
    if span.start is not None:
        session.take(span, _stream(ask))
    elif session.total is None:
        session.total = span.total


def _ended(ask: Ask, session: Session) -> Reply:
    """The answer at the end of an upload: the file, or why there is none."""
    begun = replace(ask, request=replace(ask.request, query=session.query))
    try:
        return _put_in_place(
            begun, session.target, session.metadata, session.writer, session.content_type
        )
    except ApiError as error:
        return error.reply


def _so_far(session: Session) -> Reply:
    """308: the upload goes on behind what is kept; no Range where nothing is."""
    kept = session.writer.size
    return Reply(status=308, headers={"Range": f"bytes=0-{kept - 1}"} if kept else {})


def cancel(ask: Ask) -> Reply:
    """upload.cancel: forget the session; Google's status for that is 499."""
    session = _session(ask)
    if session is None:
        return Reply(status=404)
    with ask.world.lock:
        ask.world.sessions.pop(session.upload_id, None)
    if session.done is None:
        session.writer.discard()
    return Reply(status=499)


def _session(ask: Ask) -> Session | None:
    with ask.world.lock:
        session = ask.world.sessions.get(ask.request.parameter("upload_id"))
        if session is None or session.expired(ask.world.clock.now()):
            return None
        return session


def _stream(ask: Ask) -> Stream:
    if ask.request.stream is None:
        raise errors.bad_request("An upload has a body.")
    return ask.request.stream


def v2_update(ask: Ask) -> Reply:
    """files.update of Drive v2, with the few fields of its answer that clients read."""
    simple(ask)
    with ask.world.lock:
        file = file_json(ask.world, ask.file(), ask.caller)
    answer = {"kind": "drive#file", "id": file["id"], "title": file["name"]}
    times = {"createdDate": file["createdTime"], "modifiedDate": file["modifiedTime"]}
    link = {"mimeType": file["mimeType"], "alternateLink": file["webViewLink"]}
    return Reply.json(200, answer | link | times)
