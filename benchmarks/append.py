"""One more run of 30 columns in a workbook of N runs: what it costs, and what others take.

    python -m benchmarks.append [--sizes 100,1000,10000] [--others 10000] [--repeat 9]

Ways, each in CPU and wall milliseconds (the median of `--repeat`):

- floor: the file copied and fsynced, in a process that has done so before and in a new one;
- warm: sheetlog's sink in a process that has written before;
- new process: the first row of a process, without the start of Python, its imports and the
  garbage that they leave; and with all of that;
- saved by a person: the first row after another program has written the file anew;
- every other library of `benchmarks/rewriters.py` that is installed: load, append, save.
What is timed is all that a delivery does with the sheet: the lock, `header`, `layout.plan` and
`apply`. A new process has read the template before, and has no cache of anything else.

Others are measured up to `--others` rows: at 100,000 they take a minute each.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import rewriters
from sheetlog import layout
from sheetlog.catalog import load
from sheetlog.record import Link, Record
from sheetlog.sinks.excel import ExcelSink

Times = tuple[float, float]
"""CPU and wall milliseconds."""


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--others", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--links", action="store_true", help="each run has a link")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--floor", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(Path(given.child), floor=given.floor)
        return
    rows = []
    for size in map(int, given.sizes.split(",")):
        with tempfile.TemporaryDirectory(dir=".") as folder:
            run = partial(record, linked=given.links)
            rows.append(measured(Path(folder), size, given.others, given.repeat, run))
    if given.json:
        print(json.dumps(rows, indent=2))
    else:
        print(table(rows))


def record(number: int, *, linked: bool = False) -> Record:
    """Return a run of 30 columns: 3 of the run, 12 metrics, 15 params of mixed kinds."""
    chance = random.Random(number)
    values: dict[str, Any] = {
        "run.name": f"run {number}",
        "run.started": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
        "run.status": "finished",
    }
    values |= {f"metrics.m{index:02}": chance.random() for index in range(12)}
    values |= {f"params.float{index}": chance.lognormvariate(0, 3) for index in range(4)}
    values |= {f"params.int{index}": chance.randrange(1, 5000) for index in range(4)}
    words = ("adam", "sgd", "cosine", "linear", "resnet-50", "vit-b-16", "imagenet", "none")
    values |= {f"params.word{index}": chance.choice(words) for index in range(5)}
    if linked:
        url = f"https://drive.google.com/file/d/{number:030}/view"
        values["artifacts.model"] = Link(text="model.pt", url=url)
    return Record(id=f"bench-{number:09}", values=values)


TEMPLATE = load("minimal")


def delivered(sink: ExcelSink, records: list[Record]) -> None:
    """Deliver records as `deliver` does it."""
    with sink.exclusive(1):
        sink.apply(layout.plan(TEMPLATE, sink.header(), records), TEMPLATE)


def timed(do: Callable[[], object]) -> Times:
    """Return what a call costs."""
    wall, cpu = time.perf_counter(), time.process_time()
    do()
    return 1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - wall)


def median(times: list[Times]) -> Times:
    """Return the medians of both kinds."""
    return statistics.median(t[0] for t in times), statistics.median(t[1] for t in times)


def measured(
    folder: Path, size: int, others: int, repeat: int, run: Callable[[int], Record]
) -> dict[str, Any]:
    """Return the times of all ways at one size."""
    path = folder / "runs.xlsx"
    sink = ExcelSink(str(path))
    delivered(sink, [run(number) for number in range(size)])
    for number in range(20):  # segments as they are in daily use
        delivered(sink, [run(size + number)])
    found: dict[str, Any] = {"rows": size, "bytes": path.stat().st_size}
    found["floor"] = median([timed(lambda: copied(path)) for _ in range(repeat)])
    floors = [in_child(path, "--floor") for _ in range(repeat)]
    found["floor, new process"] = median([each[0] for each in floors])
    numbers = iter(range(size + 100, size + 10_000))
    found["warm"] = median(
        [timed(lambda: delivered(sink, [run(next(numbers))])) for _ in range(repeat)]
    )
    new = [in_child(path) for _ in range(repeat)]
    found["new process"] = median([each[0] for each in new])
    found["new process, with Python and imports"] = median([each[1] for each in new])
    saved = folder / "saved.xlsx"
    after = []
    for _ in range(min(repeat, 5)):
        saved_by_others(path, saved)
        fresh = ExcelSink(str(saved))
        after.append(timed(lambda sink=fresh: delivered(sink, [record(next(numbers))])))  # type: ignore[misc]
    found["saved by a person"] = median(after)
    if size <= others:
        once = 3 if size <= 1000 else 1
        first = int(size <= 1000)  # the first call imports the library, and doesn't count
        for name, way in by_others(path, folder).items():
            try:
                found[name] = median([timed(way) for _ in range(once + first)][first:])
            except Exception as error:  # noqa: BLE001  what it refuses it has no time for
                print(f"{name}: {error!r}", file=sys.stderr)
    return found


def copied(path: Path) -> None:
    """Copy a file as the system does it best, and fsync the copy."""
    new = path.with_suffix(".copy")
    shutil.copyfile(path, new)
    fd = os.open(new, os.O_RDWR)
    os.fsync(fd)
    os.close(fd)
    new.replace(path.with_suffix(".other"))


def in_child(path: Path, *more: str) -> tuple[Times, Times]:
    """Return what the first row of a new process costs: alone, and with all before it."""
    command = [sys.executable, "-m", "benchmarks.append", "--child", str(path), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    alone, whole = json.loads(done.stdout)
    return tuple(alone), tuple(whole)


def child(path: Path, *, floor: bool) -> None:
    """Write one row, or copy the file, and print what it cost."""
    number = 10_000_000 + time.time_ns() % 10_000_000
    sink = ExcelSink(str(path))
    one = [record(number)]
    from sheetlog.sinks import excel_plan as _loaded  # noqa: F401  the import is not the row's

    gc.collect()
    alone = timed(lambda: copied(path) if floor else delivered(sink, one))
    print(json.dumps([alone, [1000 * time.process_time(), 0.0]]))


def saved_by_others(path: Path, to: Path) -> None:
    """Write the workbook as other programs do: each part one plain stream."""
    import zipfile

    with (
        zipfile.ZipFile(path) as old,
        zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))


def by_others(path: Path, folder: Path) -> dict[str, Callable[[], None]]:
    """Return the ways of other libraries, each to put one run below the others.

    What they get was written by XlsxWriter: some of them need a table of shared strings.
    """
    plain, to = folder / "plain.xlsx", folder / "others.xlsx"
    row = [str(v) if isinstance(v, datetime) else v for v in record(1).values.values()]
    rewriters.calamine_xlsxwriter(path, plain, "Runs", row)
    return {
        name: lambda way=way: way(plain, to, "Runs", row)  # type: ignore[misc]
        for name, way in rewriters.installed().items()
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Return the table: CPU, and wall in brackets."""
    ways = [
        key
        for key in dict.fromkeys(key for row in rows for key in row)
        if key not in {"rows", "bytes"}
    ]
    lines = [
        "| CPU (wall) in ms | " + " | ".join(f"{row['rows']:,} rows" for row in rows) + " |",
        "|---|" + "---|" * len(rows),
        "| file size, KB | " + " | ".join(f"{row['bytes'] / 1000:,.0f}" for row in rows) + " |",
    ]
    for way in ways:
        cells = [f"{row[way][0]:,.1f} ({row[way][1]:,.1f})" if way in row else "–" for row in rows]
        lines.append(f"| {way} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
