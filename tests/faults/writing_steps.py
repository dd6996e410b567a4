"""The system calls of one write, counted: a fault, or the end of the process, at any one of them.

Run as a program it kills itself with SIGKILL: `python writing_steps.py WORKBOOK STEP HALF` ends before
the call number STEP, or in the middle of it (HALF is 1: of what is written, half is written).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sheetlog.xlsx import archive, inventory, writing
from sheetlog.xlsx.package import Package

SHEET = "xl/worksheets/sheet1.xml"
ROW = b'<row r="3"><c><v>3</v></c></row>'
CALLS = (
    "open", "close", "write", "copy_file_range", "fsync", "fstat", "stat", "access", "fchmod",
    "fchown", "listxattr", "getxattr", "setxattr", "scandir", "replace", "unlink", "lseek",
)  # fmt: skip

Fault = Callable[[str, Callable[..., Any], tuple[Any, ...]], Any]


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

    here = [name for name in CALLS if hasattr(os, name)]
    patches = [patch.object(os, name, instead(name, getattr(os, name))) for name in here]
    read = instead("read", archive.read_at)
    patches += [patch.object(module, "read_at", read) for module in (archive, inventory)]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def write(path: str, step: int = -1, fault: Fault | None = None) -> list[str]:
    """Add a row to a workbook and change a small part, with a fault in the save; give its calls."""
    seen: list[str] = []
    # Each write is the first one of its process.
    writing._swept.clear()
    with Package.open(path) as package:
        sheet = package.sheet(SHEET)
        sheet.extend(ROW, tail=sheet.tail(), dimension="A1:C3")
        package.replace("docProps/app.xml", b"<new/>")
        with fault_at(step, fault or _none, seen):
            package.save()
    return seen


def _none(_name: str, real: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    return real(*arguments)


def _die(name: str, real: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    try:
        if sys.argv[3] == "0":
            return None
        if name == "write":
            real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
        elif name == "copy_file_range":
            real(arguments[0], arguments[1], arguments[2] // 2, *arguments[3:])
        else:
            real(*arguments)
    finally:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    # One process for all steps, a fork for each: starting Python would take most of the time.
    folder, steps = sys.argv[1], int(sys.argv[2])
    for number in range(steps):
        child = os.fork()
        if child == 0:
            write(os.path.join(folder, str(number), "runs.xlsx"), number, _die)
            os._exit(7)
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status))
