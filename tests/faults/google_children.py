"""A process that forks one that logs to a Google Sheet for each line that it reads.

Everything is imported before the fork, so that a child lives as short as its calls take. For each
child its number is printed, then what `log()` has returned for, and at its end a line `done`.
"""

import os
import sys

import google.auth.credentials  # noqa: F401 - what a child would have to wait for
import gspread  # noqa: F401
import requests  # noqa: F401

import sheetlog
from sheetlog import api  # noqa: F401

STATES = (("a", 0.5, {"lr": 1}), ("b", 0.25, {"depth": 3}), ("a", 0.75, {"lr": 1}))


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def log() -> None:
    """Log two runs, and a later state of the first."""
    sheetlog.configure(quiet=True)
    for number, (run, acc, params) in enumerate(STATES):
        sheetlog.log(params, {"acc": acc}, run_id=run, name=run)
        say(f"{run}{number}")


for line in sys.stdin:
    os.environ["SHEETLOG_JOURNAL"], os.environ["SHEETLOG_SHEET"] = line.split()
    child = os.fork()
    if not child:
        log()
        os._exit(0)
    say(f"child {child}")
    os.waitpid(child, 0)
    say("done")
