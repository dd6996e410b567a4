"""What `runs()` and a report cost, beside pandas and beside the floor of the writing libraries.

    python -m benchmarks.reading [--sizes 10000,100000] [--report 10000]

CPU seconds, each way once and alone; reports in processes of their own, with their peak memory.
The floor of a report: XlsxWriter and openpyxl write the same cells, without looks and charts.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from benchmarks.append import delivered, record
from sheetlog.sinks.excel import ExcelSink

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Measure, and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--report", type=int, default=10_000)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(*given.child)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SHEETLOG_JOURNAL"] = f"{folder}/journal.sqlite3"
        print("| rows x 30 | sheetlog.runs() | read_excel, calamine | read_excel, openpyxl |")
        print("|---|---|---|---|")
        for size in map(int, given.sizes.split(",")):
            print(reading(made(Path(folder), size), size))
        print(f"\n| a report of {given.report:,} runs | CPU s | peak MB |\n|---|---|---|")
        path = made(Path(folder), given.report)
        for way in ("report", "xlsxwriter", "openpyxl"):
            print(report(way, path))


def made(folder: Path, size: int) -> Path:
    """Give a workbook of so many runs."""
    path = folder / f"runs{size}.xlsx"
    if not path.exists():
        sink = ExcelSink(str(path))
        for first in range(0, size, 10_000):
            delivered(sink, [record(n) for n in range(first, min(size, first + 10_000))])
    return path


def cpu(do: Callable[[], object]) -> float:
    """Give what a call costs."""
    begin = time.process_time()
    do()
    return time.process_time() - begin


def reading(path: Path, size: int) -> str:
    """Give a line of the first table."""
    import pandas as pd

    import sheetlog

    sheetlog.runs(made(path.parent, 100))  # imports are not the rows'
    ours = min(cpu(lambda: sheetlog.runs(path)) for _ in range(3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        calamine = cpu(lambda: pd.read_excel(path, engine="calamine"))
        openpyxl = cpu(lambda: pd.read_excel(path, engine="openpyxl"))
    return (
        f"| {size:,} | {ours:.2f} | {calamine:.2f} ({calamine / ours:.1f} x)"
        f" | {openpyxl:.2f} ({openpyxl / ours:.1f} x) |"
    )


def report(way: str, path: Path) -> str:
    """Give a line of the second table."""
    command = [sys.executable, "-m", "benchmarks.reading", "--child", way, str(path)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    seconds, peak = map(float, done.stdout.split())
    names = {"report": "sheetlog.export()", "xlsxwriter": "XlsxWriter", "openpyxl": "openpyxl"}
    return f"| {names[way]} | {seconds:.2f} | {peak:.0f} |"


def child(way: str, path: str) -> None:
    """Write the cells one way; print CPU seconds and the process' peak memory in MB."""
    import sheetlog

    frame = sheetlog.runs(path).reset_index()
    to = f"{path}.{way}.xlsx"
    if way == "report":
        seconds = cpu(lambda: sheetlog.export(to, sheet=path, metric="m00", goal="max"))
    else:
        rows = [list(map(str, frame.columns)), *frame.astype(object).to_numpy().tolist()]
        write = {"xlsxwriter": by_xlsxwriter, "openpyxl": by_openpyxl}[way]
        seconds = cpu(lambda: write(rows, to))
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def plain(value: object) -> object:
    """Give a value that both libraries take."""
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime().replace(tzinfo=None)
    return None if value is None or value != value else value  # noqa: PLR0124


def by_xlsxwriter(rows: list[list[object]], to: str) -> None:
    """Write cells and nothing else."""
    import xlsxwriter

    with xlsxwriter.Workbook(to) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, [plain(value) for value in row])


def by_openpyxl(rows: list[list[object]], to: str) -> None:
    """Write cells and nothing else."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([plain(value) for value in row])
    book.save(to)


if __name__ == "__main__":
    main()
