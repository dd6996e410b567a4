"""What `import sheetlog` and `log()` cost: CPU and wall, medians; one run is 30 params and 10 metrics.

python benchmarks/log.py
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
REPEATS = 15
RUN = """
params = {f"p{n}": n / 7 for n in range(10)} | {f"i{n}": n for n in range(10)}
params |= {f"s{n}": f"text {n}" for n in range(6)} | {f"b{n}": n % 2 == 0 for n in range(4)}
metrics = {f"m{n}": n / 3 for n in range(10)}
"""
BARE = "pass"
IMPORT = "import sheetlog"
FIRST = f"""
import resource, time
{RUN}
cpu, wall = time.process_time(), time.perf_counter()
import sheetlog
sheetlog.configure(offline=True, quiet=True)
import warnings
warnings.simplefilter("ignore")
sheetlog.log(params, metrics)
first = time.process_time() - cpu, time.perf_counter() - wall
laters = []
for _ in range(200):
    cpu, wall = time.process_time(), time.perf_counter()
    sheetlog.log(params, metrics)
    laters.append((time.process_time() - cpu, time.perf_counter() - wall))
laters.sort()
print(*first, *laters[100])
"""
FLOOR = """
import os, time, tempfile
fd, path = tempfile.mkstemp(dir=".")
costs = []
for _ in range(200):
    cpu, wall = time.process_time(), time.perf_counter()
    os.write(fd, bytes(800)); os.fsync(fd)
    costs.append((time.process_time() - cpu, time.perf_counter() - wall))
costs.sort()
print(*costs[100])
"""


def child(code: str) -> tuple[float, float, str]:
    """Run code in a fresh interpreter; give its CPU and wall seconds, and what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SHEETLOG_JOURNAL": f"{folder}/j.sqlite3",
        }
        before, start = os.times(), time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, env=environment, text=True,
            capture_output=True, check=True,
        )  # fmt: skip
        wall, after = time.perf_counter() - start, os.times()
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return cpu, wall, done.stdout


def milliseconds(values: list[float]) -> str:
    """Give the median in milliseconds."""
    return f"{statistics.median(values) * 1000:8.2f}"


def main() -> None:
    """Print the table."""
    child(IMPORT)  # writes the bytecode
    rows = {
        name: [child(code) for _ in range(REPEATS)]
        for name, code in (("bare", BARE), ("import", IMPORT))
    }
    print(f"{'':34}{'CPU ms':>9}{'wall ms':>9}   (medians of {REPEATS})")
    for name, label in (("bare", "python -c pass"), ("import", "python -c 'import sheetlog'")):
        cpu, wall = ([row[at] for row in rows[name]] for at in (0, 1))
        print(f"{label:34}{milliseconds(cpu)} {milliseconds(wall)}")
    logs = [[float(n) for n in child(FIRST)[2].split()] for _ in range(5)]
    floor = [[float(n) for n in child(FLOOR)[2].split()] for _ in range(5)]
    labels = ("import + first log(), to disk", "later log(), to disk")
    for label, at in zip(labels, (0, 2), strict=True):
        print(
            f"{label:34}{milliseconds([r[at] for r in logs])} {milliseconds([r[at + 1] for r in logs])}"
        )
    print(
        f"{'floor: write 800 bytes + fsync':34}{milliseconds([r[0] for r in floor])} {milliseconds([r[1] for r in floor])}"
    )


if __name__ == "__main__":
    main()
