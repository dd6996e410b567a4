"""From a request to its answer: name it, let the door and the faults have it, serve it, log it.

Sockets are not known here; nor is anything that the two services do.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.google import drive, sheets
from tests.google.callers import Caller, caller_of
from tests.google.calls import Call
from tests.google.door import refusal
from tests.google.methods import api_of, file_id_of, method_name
from tests.google.mishaps import CUTS_THE_BODY, NOT_APPLIED, CutStream, Ending, ending, false_reply
from tests.google.wire import ApiError, Reply, Request

if TYPE_CHECKING:
    from tests.google.faults import Fault
    from tests.google.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A reply, and how it is to be sent."""

    reply: Reply
    ending: Ending = Ending.SENT
    body_bytes: int = 0
    """How much of the body goes out when the ending is CUT."""


def answer(world: World, request: Request) -> Answer:
    """Serve one request of either API, as the modes and faults of the world have it."""
    if world.modes.latency_ms:
        time.sleep(world.modes.latency_ms / 1000)
    caller = caller_of(request.headers.get("authorization", ""))
    method = method_name(request)
    fault = world.faults.meeting(method, caller.user)
    if fault is None:
        reply = _serve(world, request, caller, method)
        _log(world, request, caller, method, status=reply.status, applied=reply.status < 400)
        return Answer(reply=reply)
    return _answer_with(fault, world, request, caller, method)


def _answer_with(
    fault: Fault, world: World, request: Request, caller: Caller, method: str
) -> Answer:
    """The answer to a call that meets a fault."""
    reply, applied = None, False
    if fault.kind == "late":
        world.faults.hold(fault.seconds)
    if fault.kind in CUTS_THE_BODY and request.stream is not None:
        request = replace(request, stream=CutStream(request.stream, [fault.bytes]))
    if fault.kind not in NOT_APPLIED:
        reply = _serve(world, request, caller, method)
        applied = reply.status < 400
    if reply is None or applied:
        # Where even the true answer is a refusal, that is what the client gets to see.
        reply = false_reply(fault, world, request, api_of(request.path)) or reply
    how = ending(fault)
    status = 0 if reply is None or how is Ending.RESET else reply.status
    _log(world, request, caller, method, status=status, applied=applied, fault=fault.kind)
    if fault.kind == "slow":
        world.faults.hold(fault.seconds)
    sent = reply or Reply(status=500)
    length = len(sent.body) if sent.file is None else sent.file.length
    return Answer(reply=sent, ending=how, body_bytes=fault.bytes or length // 2)


def _serve(world: World, request: Request, caller: Caller, method: str) -> Reply:
    """The true answer."""
    refused = refusal(world, request, caller, method)
    if refused is not None:
        return refused
    try:
        if request.path.startswith("/v4/"):
            reply = sheets.handle(world, request)
        else:
            reply = drive.handle(world, request, caller, method)
    except ApiError as error:
        return error.reply
    except Exception as error:
        # A mistake of ours and none of Google's errors: it must be seen in the test.
        traceback.print_exc(file=sys.stderr)
        return Reply.error(500, "INTERNAL", f"the local Google failed: {error!r}")
    if request.method != "GET" and reply.status < 400 and request.path.startswith("/v4/"):
        with world.lock:
            world.touch(file_id_of(request.path), caller)
    return reply


def _log(
    world: World,
    request: Request,
    caller: Caller,
    method: str,
    *,
    status: int,
    applied: bool,
    fault: str = "",
) -> None:
    requests = _kinds(request.body) if method == "spreadsheets.batchUpdate" else ()
    call = Call(
        time=world.clock.now(),
        user=caller.user,
        method=method,
        path=request.path,
        status=status,
        applied=applied,
        fault=fault,
        requests=requests,
    )
    world.calls.add(call)


def _kinds(body: bytes) -> tuple[str, ...]:
    """The kinds of the requests in a batchUpdate; none for a body that isn't one."""
    try:
        return tuple(kind for one in json.loads(body).get("requests", []) for kind in one)
    except (ValueError, AttributeError, TypeError):
        return ()
