"""What a call of `log()` gave → the values of a record: flattened, redacted, in reading order.

Reads params and metrics files; knows no journal and no sheet.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sheetlog import flatten, redact
from sheetlog.errors import MisuseError
from sheetlog.record import Scalar

STATUSES = ("finished", "failed", "running", "stopped")
CONFIG_ENDINGS = (".yaml", ".yml", ".json", ".toml")
LONGEST_ID = 255
"""Characters of a run's id: it stands in a cell of its own, and people search for it."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_last_end: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a call gave."""

    id: str
    name: str
    values: dict[str, Scalar]
    defaults: frozenset[str]
    """Keys whose value the call did not give; they leave alone what a run of this id has."""
    warnings: tuple[str, ...]


def check(given: Mapping[str, Any]) -> None:
    """Raise MisuseError where an argument of a call has a type or value that it cannot have."""
    for argument in ("name", "notes", "parent", "run_id"):
        value = given[argument]
        if value is not None and not isinstance(value, str):
            raise MisuseError(f"'{argument}' must be a text, and it is {_shown(value)}")
    if given["run_id"] is not None and not given["run_id"].strip():
        raise MisuseError("'run_id' is blank; leave it out to make a new run")
    if given["run_id"] is not None:
        _check_id(given["run_id"])
    tags, status = given["tags"], given["status"]
    if isinstance(tags, bytes) or not isinstance(tags, Iterable):
        raise MisuseError(f"'tags' must be a list of texts, and it is {_shown(tags)}")
    if status not in STATUSES:
        raise MisuseError(
            f"'status' must be one of {', '.join(STATUSES)}, and it is {_shown(status)}"
        )
    for argument in ("sheet", "template"):
        value = given[argument]
        if value is not None and not isinstance(value, str | os.PathLike):
            raise MisuseError(f"'{argument}' must be a text or a path, and it is {_shown(value)}")


def _check_id(id_: str) -> None:
    """Raise MisuseError for an id that its cell would not hold as it is: rule 6 needs it there."""
    if len(id_) > LONGEST_ID or any("\ud800" <= character <= "\udfff" for character in id_):
        raise MisuseError(
            f"'run_id' must be a text of at most {LONGEST_ID} characters, none of them half a "
            f"surrogate pair, and it is {_shown(id_)}"
        )


def collect(
    given: Mapping[str, Any],
    *,
    rules: redact.Rules,
    context: Mapping[str, Scalar] | None = None,
) -> Collected:
    """Return the values of a call's record.

    Args:
        given: the arguments of the call.
        rules: what is secret.
        context: what surrounded the run.

    Raises:
        MisuseError: params or metrics are of a kind that cannot be flattened.
    """
    id_ = given["run_id"] or new_id()
    defaults = {"run.started", "run.duration"} | (set() if given["name"] else {"run.name"})
    name = given["name"] or given["run_id"] or f"{_script()}-{id_[-4:]}"
    warnings: list[str] = []
    values: dict[str, Scalar] = {"run.name": name, "run.status": given["status"], **_times()}
    tags = given["tags"]
    words = [tags] if isinstance(tags, str) else [str(tag) for tag in tags]
    extra = {
        "run.tags": ", ".join(words),
        "run.notes": given["notes"],
        "run.parent": given["parent"],
    }
    values.update({key: value for key, value in extra.items() if value})
    for what in ("metrics", "params"):
        if given[what] is None:
            continue
        content, problem = _content(given[what], what)
        if problem:
            warnings.append(redact.text(problem))
        flat = flatten.metrics(content) if what == "metrics" else flatten.params(content)
        values.update(flat.values)
        # A warning names keys, and a key can be a secret itself.
        warnings += [redact.text(warning) for warning in flat.warnings]
    # A later state of a run, such as one from a script that evaluates it, leaves alone what
    # surrounded the run itself.
    defaults |= set(context or ())
    values.update(context or {})
    values, hidden = redact.redact(values, rules)
    if hidden:
        warnings.append(f"values that look like secrets were left out: {', '.join(hidden)}")
    return Collected(
        id=id_,
        name=str(values["run.name"]),
        values=values,
        defaults=frozenset(defaults),
        warnings=tuple(warnings),
    )


def _times() -> dict[str, Scalar]:
    """Return when the run started and how long it took, as far as that is known."""
    now, started = time.time(), _started()
    begin = datetime.fromtimestamp(now if started is None else started, UTC)
    times: dict[str, Scalar] = {"run.started": begin.replace(microsecond=0)}
    if started is not None:
        times["run.duration"] = timedelta(seconds=round(max(0.0, now - started), 1))
    return times


def new_id() -> str:
    """Return a new run id: 16 characters, the first ten from the time, so that ids sort by age."""
    number = int(time.time() * 1000) << 30 | int.from_bytes(os.urandom(4), "big") >> 2
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))


def finished() -> None:
    """Note that a run has ended: the next one of this process started now."""
    global _last_end
    _last_end = time.time()


def _content(given: Any, what: str) -> tuple[Any, str | None]:
    """Return what a path's file holds, or the value itself; and why a file could not be read."""
    if not isinstance(given, str | os.PathLike):
        return given, None
    path = os.fspath(given)
    path = path.decode() if isinstance(path, bytes) else path
    if not path.lower().endswith(CONFIG_ENDINGS):
        raise MisuseError(
            f"'{what}' is the text {_shown(given)}: give a mapping, or the path of a file "
            f"that ends in {', '.join(CONFIG_ENDINGS)}"
        )
    try:
        found = _read(path)
    except (OSError, ValueError, RecursionError) as error:
        return {
            "file": path
        }, f"the {what} file '{path}' cannot be read, so only its path is kept: {error}"
    if not isinstance(found, Mapping):
        return {
            "file": path
        }, f"the {what} file '{path}' holds no mapping, so only its path is kept"
    return found, None


def _read(path: str) -> Any:
    with open(path, "rb") as file:
        content = file.read()
    if path.lower().endswith(".toml"):
        import tomllib

        return tomllib.loads(content.decode("utf-8-sig"))
    if path.lower().endswith(".json"):
        import json

        return json.loads(content.decode("utf-8-sig"))
    from sheetlog import yaml12

    return yaml12.load(content.decode("utf-8-sig"), path)


def _script() -> str:
    """Return what the program is called, for the names of runs."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    if not main or main.startswith("<") or _in_notebook():  # `<stdin>`: there is no file
        return "run"
    stem = os.path.splitext(os.path.basename(main))[0]
    if stem == "__main__":  # `python -m package`
        stem = os.path.basename(os.path.dirname(os.path.abspath(main)))
    return stem or "run"


def _in_notebook() -> bool:
    return "ipykernel" in sys.modules


def _started() -> float | None:
    """Return when the run started, in seconds since 1970: at the end of the one before, or with
    the process. A notebook's process says nothing about it.
    """
    if _last_end is not None:
        return _last_end
    if _in_notebook():
        return None
    return time.time() - _process_age()


def _process_age() -> float:
    """Return for how many seconds this process has run."""
    try:
        with open("/proc/self/stat", "rb") as file:
            ticks = float(file.read().rpartition(b")")[2].split()[19])
        with open("/proc/uptime", "rb") as file:
            uptime = float(file.read().split()[0])
        return max(0.0, uptime - ticks / os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, IndexError):
        return time.perf_counter() - _LOADED


_LOADED = time.perf_counter()


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001  a repr may raise anything
        text = f"<unprintable {type(value).__name__}: {type(error).__name__}>"
    return text if len(text) <= 80 else text[:77] + "..."
