"""The system calls of one delivery into a workbook, the lock's and the reads' among them.

Run as a program it kills itself with SIGKILL: `python sink_steps.py FOLDER N N N...` delivers into
`FOLDER/N/runs.xlsx` for each N, and ends before the call number N.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sheetlog import layout
from sheetlog.record import Link, Record
from sheetlog.sinks.excel import ExcelSink
from sheetlog.template import Column, Template
from sheetlog.xlsx import archive, inventory, writing
from tests.faults.writing_steps import CALLS, Fault

TEMPLATE = Template(name="t", title="T", columns=(Column(key="run.name", title="Run"),))
ID = "id-of-the-new-one"
WAYS = ("extended", "spliced", "new tab", "new workbook")


def workbook(folder: Path, way: str) -> Path:
    """Make what one way starts from, in a folder of its own; return the workbook's path."""
    folder.mkdir()
    path = folder / "runs.xlsx"
    if way == "new tab":
        deliver(path, "first", tab="Other")
    elif way != "new workbook":
        deliver(path, "first")
        deliver(path, "second")
    if way == "spliced":
        saved(path)
    return path


def saved(path: Path) -> None:
    """Write a workbook anew, as another program does."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in members.items():
            new.writestr(name, data)


def deliver(path: Path, id_: str, *, tab: str = "Runs") -> None:
    """Deliver a run with a link as `deliver` does it, whether or not it is there."""
    writing._swept.clear()  # each is the first one of its process
    sink = ExcelSink(f"{path}#{tab}")
    record = Record(id=id_, values={"run.name": "r", "artifacts.m": Link(text="m", url=f"u/{id_}")})
    with sink.exclusive(0.0):
        plan = layout.plan(TEMPLATE, sink.header({id_}), [record])
        if plan.rows or plan.edits:
            sink.apply(plan, TEMPLATE)


@contextmanager
def fault_at(step: int, fault: Fault, seen: list[str]) -> Iterator[None]:
    """Let a fault take the place of the call number `step` (from 0); `seen` gets all calls' names."""

    def instead(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            seen.append(name)
            if len(seen) - 1 == step:
                return fault(name, real, arguments)
            return real(*arguments, **named)

        return call

    here = [name for name in (*CALLS, "link") if hasattr(os, name)]
    patches = [patch.object(os, name, instead(name, getattr(os, name))) for name in here]
    patches.append(patch.object(fcntl, "flock", instead("flock", fcntl.flock)))
    read = instead("read", archive.read_at)
    patches += [patch.object(module, "read_at", read) for module in (archive, inventory)]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def steps(path: Path, step: int = -1, fault: Fault | None = None) -> list[str]:
    """Deliver the new run with a fault at one call; give the names of all calls."""
    seen: list[str] = []
    with fault_at(step, fault or (lambda _, real, arguments: real(*arguments)), seen):
        deliver(path, ID)
    return seen


def _die(_name: str, _real: Callable[..., Any], _arguments: tuple[Any, ...]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    # One process for all steps, a fork for each: starting Python would take most of the time.
    for number in map(int, sys.argv[2:]):
        child = os.fork()
        if child == 0:
            steps(Path(sys.argv[1]) / str(number) / "runs.xlsx", number, _die)
            os._exit(7)
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status))
