"""A process that logs or syncs in processes of its own, one for each line of JSON that it reads.

Everything is loaded once; each process then starts within milliseconds. It prints a process's id
when it begins, and how it ended when it has.
"""

import json
import os
import sys
import time
import warnings

import gspread
import requests  # noqa: F401  loaded once, for all processes

import sheetlog
from sheetlog import api, catalog, completing, delivering, finishing
from sheetlog.artifacts import drive, media, spool
from sheetlog.google import auth, http, uploading
from sheetlog.journal.sqlite import SQLiteJournal
from sheetlog.sinks import sheets, sheets_making, sheets_writing

LOADED = (gspread, auth, http, catalog, completing, finishing, drive, media, spool, sheets)
LOADED += (sheets_making, sheets_writing)

uploading.CHUNK = 256 << 10
uploading.SMALL = delivering.SMALL = 50_000


def work(given: dict[str, str]) -> None:
    """Do what a line says."""
    warnings.simplefilter("ignore")
    os.environ |= given["environment"]
    os.chdir(given["folder"])
    if given["do"] == "log":
        sheetlog.log({"lr": 1}, {"acc": 1}, name="n", artifacts=json.loads(given["files"]))
    else:
        # As if the dead process's claims had run out.
        path = given["environment"]["SHEETLOG_JOURNAL"]
        api._journals[path] = SQLiteJournal(path, clock=lambda: time.time() + 1000)
        sheetlog.sync()


for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        try:
            work(json.loads(line))
        except BaseException as error:  # the process that waits is told
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    print(pid, flush=True)
    print("ended", os.waitpid(pid, 0)[1], flush=True)
