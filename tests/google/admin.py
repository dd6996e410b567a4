"""The tests' own hands: `/admin/...` switches modes, sets faults, turns the clock, shows the log.

It answers what a test asks for in JSON and knows nothing of Sheets or Drive.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.google.clock import parse_stamp, stamp
from tests.google.faults import Fault, UnknownFaultError
from tests.google.modes import UnknownModeError
from tests.google.wire import ApiError, Reply

if TYPE_CHECKING:
    from tests.google.wire import Request
    from tests.google.world import World

Json = dict[str, Any]


def handle(world: World, request: Request) -> Reply:
    """Do what the end point is for; the answer shows how things are afterwards."""
    what = request.path.removeprefix("/admin/")
    action = ACTIONS.get((request.method, what))
    if action is None:
        known = ", ".join(f"{method} /admin/{name}" for method, name in ACTIONS)
        raise _misuse(f"there is no {request.method} /admin/{what}; there are: {known}")
    try:
        value = json.loads(request.body) if request.body else {}
        return Reply.json(200, action(world, value, request))
    except (UnknownModeError, UnknownFaultError, ValueError, TypeError, KeyError) as error:
        raise _misuse(str(error)) from error


def _misuse(message: str) -> ApiError:
    return ApiError(Reply.error(400, "INVALID_ARGUMENT", message))


def _modes(world: World, value: Json, _: Request) -> Json:
    world.set_modes(value)
    return world.modes.as_json()


def _faults(world: World, value: Any, _: Request) -> Json:
    lines = value.get("faults", [value] if value else []) if isinstance(value, dict) else value
    world.faults.add(*[Fault.from_json(line) for line in lines])
    return {"faults": world.faults.as_json()}


def _no_faults(world: World, _value: Json, _: Request) -> Json:
    world.faults.clear()
    return {"faults": []}


def _release(world: World, _value: Json, _: Request) -> Json:
    world.faults.release()
    return {}


def _calls(world: World, _value: Json, request: Request) -> Json:
    start = int(request.parameter("since", "0"))
    calls = world.calls.as_json(start, request.parameter("method"))
    return {"calls": calls, "total": len(world.calls)}


def _forget_calls(world: World, _value: Json, _: Request) -> Json:
    world.calls.clear()
    return {"calls": [], "total": 0}


def _clock(world: World, value: Json, _: Request) -> Json:
    if "freeze" in value:
        at = value["freeze"]
        world.clock.freeze(parse_stamp(at) if isinstance(at, str) else None)
    if value.get("run"):
        world.clock.run()
    world.clock.advance(float(value.get("advance", 0)))
    return {"now": stamp(world.clock.now())}


def _grant(world: World, value: Json, _: Request) -> Json:
    with world.lock:
        granted = world.files[value["fileId"]].granted_to
        granted.add(value["app"])
        return {"fileId": value["fileId"], "apps": sorted(granted)}


def _reset(world: World, _value: Json, _: Request) -> Json:
    world.reset()
    return {}


ACTIONS = {
    ("GET", "modes"): _modes,
    ("POST", "modes"): _modes,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _faults,
    ("DELETE", "faults"): _no_faults,
    ("POST", "release"): _release,
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _forget_calls,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _clock,
    ("POST", "grant"): _grant,
    ("POST", "reset"): _reset,
}
