"""How long LibreOffice takes to open a workbook of N runs x 30 columns: dressed, and undressed.

    python -m benchmarks.opening --runs 10000

The dressed one has colours by value, choices, notes, Overview and Dictionary; the undressed one the
same rows and none of these. The Overview is calculated within the time.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import tempfile
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sheetlog import catalog, layout
from sheetlog.record import Record
from sheetlog.sinks.excel import ExcelSink
from sheetlog.template import Template
from tests.people.office import Office

DRESS = re.compile(
    rb"<conditionalFormatting.*</conditionalFormatting>|<dataValidations.*</dataValidations>",
    re.DOTALL,
)
START = datetime(2026, 1, 1, tzinfo=UTC)


def values(number: int, draw: random.Random) -> dict[str, Any]:
    """Give a run of 30 columns, ten of each configuration."""
    found: dict[str, Any] = {
        "run.name": f"run {number}",
        "run.status": draw.choice(["finished"] * 9 + ["failed"]),
        "run.started": START + timedelta(minutes=11 * number),
        "run.duration": timedelta(seconds=draw.randrange(60, 9000)),
        "run.config": f"{number % 1000:x}c",
        "metrics.accuracy": draw.random(),
        "metrics.loss": draw.random(),
    }
    found |= {f"metrics.m{n}": draw.random() for n in range(5)}
    found |= {f"params.p{n}": draw.randrange(10) / 7 for n in range(9)}
    return found | {f"params.s{n}": f"text {n}" for n in range(5)}


def made(path: Path, count: int, template: Template) -> None:
    """Make a workbook as sheetlog does."""
    sink, draw = ExcelSink(str(path)), random.Random(1)
    runs = [Record(id=f"id{n:06}", revision=1, values=values(n, draw)) for n in range(count)]
    for first in range(0, count, sink.at_once):
        some = runs[first : first + sink.at_once]
        with sink.exclusive(60):
            header = sink.header([run.id for run in some])
            sink.apply(layout.plan(template, header, some), template)


def undressed(path: Path, count: int) -> None:
    """Make the same rows without tabs beside them, colours by value, choices and notes."""
    template = replace(catalog.load("classification"), overview=False)
    whole = path.with_suffix(".whole.xlsx")
    made(whole, count, template)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as to:
        for name in source.namelist():
            to.writestr(name, DRESS.sub(b"", source.read(name)))


def cpu(desk: Office) -> float:
    """Give the CPU seconds that LibreOffice has taken so far: it is a child of the desk's."""
    parents, ticks = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        pid = int(stat.parent.name)
        parents[pid], ticks[pid] = int(fields[1]), int(fields[11]) + int(fields[12])
    ours = {desk.process.pid}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks.get(pid, 0) for pid in ours) / os.sysconf("SC_CLK_TCK")


def seconds(desk: Office, path: Path) -> tuple[float, float]:
    """Give CPU and wall seconds until every figure is there."""
    start, before = time.perf_counter(), cpu(desk)
    tabs = desk.do("open", path=str(path))
    if "Overview" in tabs:  # one formula that needs all the others
        text = "=SUMPRODUCT(1*ISERROR(A1:K60))"
        desk.do("formula", tab="Overview", cell="N1", text=text)
    took = cpu(desk) - before, time.perf_counter() - start
    desk.do("close")
    return took


def main() -> None:
    """Print medians."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--runs", type=int, default=10_000)
    asked.add_argument("--repeat", type=int, default=3)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bare, ours, saved = (Path(folder, f"{n}.xlsx") for n in ("bare", "dressed", "saved"))
        undressed(bare, given.runs)
        made(ours, given.runs, catalog.load("classification"))
        desk = Office(Path(folder, "profile"))
        desk.convert(ours, saved)
        names = {"undressed": bare, "dressed": ours, "dressed, saved by LibreOffice": saved}
        took: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
        for _ in range(given.repeat):
            for name, path in names.items():
                took[name].append(seconds(desk, path))
        desk.close()
    print(f"{'seconds':32}{'CPU':>8}{'wall':>8}")
    for name, each in took.items():
        print(
            f"{name:32}" + "".join(f"{statistics.median(t):8.2f}" for t in zip(*each, strict=True))
        )


if __name__ == "__main__":
    main()
