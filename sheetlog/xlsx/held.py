"""Whether a person has the workbook open, as far as the files beside it tell.

Excel and LibreOffice hold the workbook in memory and write all of it when they save: a row written
meanwhile would be gone. So the row waits. Excel keeps `~$name` beside it, LibreOffice
`.~lock.name#`, on whatever computer they run. On Windows Excel also locks the workbook itself,
which the rename meets.

A program that died leaves its file behind, and nothing tells for sure: it may have run on another
computer. A weekend after it was made it is taken for left behind. Who has really had a workbook
open for longer is asked by both programs, on saving, whether to overwrite a file that changed.
"""

from __future__ import annotations

import os
import time

from sheetlog.errors import BusyError

LEFT_BEHIND = 3 * 24 * 3600
"""Seconds after which such a file counts as left behind."""


def check_free(path: str) -> None:
    """Return if nobody has the workbook open.

    Raises:
        BusyError: somebody has; the message says with what, and who if that is known.
    """
    folder, name = os.path.split(path)
    for program, lock in (("Excel", f"~${name}"), ("LibreOffice", f".~lock.{name}#")):
        beside = os.path.join(folder, lock)
        try:
            age = time.time() - os.stat(beside).st_mtime
        except OSError:
            continue
        if age < LEFT_BEHIND:
            who = _holder(beside, program)
            raise BusyError(
                f"'{path}' is open in {program}{f' ({who})' if who else ''}; close it there, or,"
                f" if nobody has it open, delete '{beside}'",
                soon=False,
            )


def _holder(beside: str, program: str) -> str:
    """Return the name of who has it open, where the file says so."""
    try:
        fd = os.open(beside, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return ""
    try:
        data = os.read(fd, 256)
    except OSError:
        return ""
    finally:
        os.close(fd)
    if program == "Excel":
        return data[1 : 1 + data[0]].decode("cp1252", "replace").strip() if data else ""
    return data.decode("utf-8", "replace").partition(",")[0].strip()
