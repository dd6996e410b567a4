"""1,000 runs that wait in the journal, delivered at once: into a new workbook, and once more.

python benchmarks/waiting.py
"""

import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import sheetlog

PARAMS = {f"p{n}": n / 7 for n in range(12)} | {f"s{n}": f"text {n}" for n in range(6)}
METRICS = {f"m{n}": n / 3 for n in range(6)}


def fill(count: int) -> None:
    """Put so many runs into the journal only."""
    sheetlog.configure(offline=True, quiet=True)
    for number in range(count):
        sheetlog.log({**PARAMS, "n": number}, METRICS)
    sheetlog.configure(offline=None)


def measured(count: int) -> tuple[float, float]:
    """Deliver so many runs; give CPU and wall seconds."""
    fill(count)
    cpu, wall = time.process_time(), time.perf_counter()
    done = sheetlog.sync()
    spent = time.process_time() - cpu, time.perf_counter() - wall
    assert (count, 0) == (len(done.delivered), done.waiting), done
    return spent


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["SHEETLOG_JOURNAL"] = f"{folder}/journal.sqlite3"
        print(f"{'1,000 waiting runs, delivered into':40}{'CPU s':>8}{'wall s':>8}")
        for label in ("a new workbook", "a workbook of 1,000 runs"):
            cpu, wall = measured(1000)
            print(f"{label:40}{cpu:8.3f}{wall:8.3f}")
        os.chdir("/")


if __name__ == "__main__":
    main()
