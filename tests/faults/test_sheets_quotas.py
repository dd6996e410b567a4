"""Many processes on one account with Google's quotas on, time turned by hand: all runs once.

`SHEETLOG_CROWD=64x20` takes so many processes and runs each instead of a few.
"""

from __future__ import annotations

import os

from tests.faults.sheets_histories import History, Shown, blank
from tests.google.server import serving

PROCESSES, RUNS = map(int, os.environ.get("SHEETLOG_CROWD", "8x5").split("x"))


def test_a_crowd_within_the_quotas() -> None:
    """No process waits longer than its time-out; what isn't delivered in time, `sync` delivers."""
    with serving(quotas=True, writes_per_minute=max(6, PROCESSES // 2)) as google:
        crowd = History(google, blank(google), 1, count=PROCESSES, calm=True, revisions=False)
        google.world.clock.freeze(crowd.time.now())
        turned = crowd.time.sleep

        def sleep(seconds: float) -> None:
            turned(seconds)
            google.world.clock.advance(seconds)

        for process in crowd.processes:
            process.sink._desk.google._sleep = sleep
        for _ in range(RUNS):
            for which in range(PROCESSES):
                crowd.log(which)
                before = crowd.time.now()
                crowd.deliver(which, sleep=sleep)
                assert crowd.time.now() - before <= 31
            sleep(1)
        for which in range(PROCESSES):
            while crowd.deliver(which, sleep=sleep) is not None:
                sleep(20)
        crowd.check()
        shown = Shown(google, crowd.spreadsheet)
        runs = [shown.run(row) for row in range(1, len(shown.rows) + 1)]
        assert PROCESSES * RUNS == sum(map(bool, runs))
