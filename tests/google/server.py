"""The server: sockets in, sockets out.

A thread for each connection; connections stay open. An answer leaves in one packet, as two would
cost 40 ms each time (Nagle's algorithm against the other side's delayed acknowledgement).

    with serving(quotas=True) as google:
        google.base_url, google.world
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING, Any, cast

from tests.google import admin
from tests.google.callers import issue_token
from tests.google.front import Answer, answer
from tests.google.http11 import BLOCK, BadRequestError, Body, Head, head_of, read_head, to_request
from tests.google.methods import api_of
from tests.google.mishaps import Ending
from tests.google.modes import Modes
from tests.google.page import page_of
from tests.google.wire import ApiError, Reply
from tests.google.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.google.wire import FilePart, Request

LOOPBACK = "127.0.0.1"
# Closing with this sends a reset instead of an orderly end.
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Connection(StreamRequestHandler):
    """One client's connection, for as long as it lasts."""

    wbufsize = -1
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.google = cast("GoogleServer", self.server)
        self.google.opened(self.connection)

    def finish(self) -> None:
        self.google.closed(self.connection)
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def handle(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while self._serve_one():
                pass

    def _serve_one(self) -> bool:
        """Answer the next request; whether another may follow."""
        try:
            head = read_head(self.rfile)
        except BadRequestError:
            self._send(Reply.error(400, "INVALID_ARGUMENT", "this is no HTTP request"))
            return False
        if head is None:
            return False
        if "100-continue" in head.headers.get("expect", "").lower():
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = Body(self.rfile, head)
        given = self._answer(head, body)
        if given.ending is Ending.RESET:
            self._reset()
            return False
        body.drain()
        if given.ending is Ending.CUT:
            self._send(given.reply, at_most=given.body_bytes)
            return False
        self._send(given.reply)
        return head.keeps_alive and not body.broken

    def _answer(self, head: Head, body: Body) -> Answer:
        request = to_request(head, body)
        if api_of(request.path):
            return answer(self.google.world, request)
        return Answer(reply=beside_the_apis(self.google.world, request))

    def _send(self, reply: Reply, at_most: int | None = None) -> None:
        """The reply; with `at_most` only so many bytes of its body."""
        head = head_of(reply, self.google.world.clock.now())
        if reply.file is None:
            self.connection.sendall(head + reply.body[:at_most])
        else:
            self.connection.sendall(head)
            length = reply.file.length
            self._send_file(reply.file, length if at_most is None else min(at_most, length))

    def _send_file(self, part: FilePart, left: int) -> None:
        with part.path.open("rb") as source:
            source.seek(part.start)
            while left:
                block = source.read(min(BLOCK, left))
                self.connection.sendall(block)
                left -= len(block)

    def _reset(self) -> None:
        """Drop the connection so that the client's kernel reports a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        # The socket is closed only when the files made from it are.
        self.rfile.close()
        self.wfile.close()
        self.google.closed(self.connection)
        self.connection.close()


def beside_the_apis(world: World, request: Request) -> Reply:
    """What isn't one of the two APIs: tokens, the page of a sheet, and the tests' own hands."""
    try:
        if request.path.startswith("/admin/"):
            return admin.handle(world, request)
        if request.path == "/token" and request.method == "POST":
            with world.lock:
                world.tokens_issued += 1
                return issue_token(request.body, world.tokens_issued)
        if request.path.startswith("/spreadsheets/d/") and request.method == "GET":
            return page_of(world, request)
    except ApiError as error:
        return error.reply
    return Reply.error(404, "NOT_FOUND", f"there is nothing at {request.path}")


class GoogleServer(ThreadingTCPServer):
    """The listening socket and the connections that came of it."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, world: World, port: int = 0) -> None:
        super().__init__((LOOPBACK, port), Connection)
        self.world = world
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()

    @property
    def base_url(self) -> str:
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.discard(connection)

    def hang_up(self) -> None:
        """End every connection, so that the threads that wait on them end too."""
        self.world.faults.clear()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalGoogle:
    """A local Google that is running."""

    base_url: str
    world: World


@contextmanager
def serving(*, port: int = 0, **modes: Any) -> Iterator[LocalGoogle]:
    """A local Google in this process, for the length of a `with`; the modes are those of Modes."""
    world = World(Modes().changed(modes))
    server = GoogleServer(world, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield LocalGoogle(base_url=server.base_url, world=world)
    finally:
        server.shutdown()
        thread.join()
        server.hang_up()
        server.server_close()
        world.close()
