"""What a run costs in a workbook whose rows show pictures: CPU time, the median of 20 runs.

    python benchmarks/pictures.py [PICTURES ...]        (100 and 1,000 unless named)

Each picture is one of its own, 768 x 576 pixels, as a figure of matplotlib is.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from sheetlog import layout
from sheetlog.record import Link, Record, Scalar
from sheetlog.sinks.excel import ExcelSink
from sheetlog.template import Template

TEMPLATE = Template(name="pictures", title="Pictures")


def record(folder: Path, number: int, *, picture: bool) -> Record:
    """Return a run of ten metrics, with a picture of its own or without."""
    values: dict[str, Scalar] = {f"metrics.m{at}": number * at / 7 for at in range(10)}
    if picture:
        path = folder / f"{number}.png"
        pixels = np.random.default_rng(number).integers(0, 255, (9, 12, 3), dtype="uint8")
        Image.fromarray(pixels).resize((768, 576), Image.Resampling.NEAREST).save(path)
        values["artifacts.figure"] = Link(text=path.name, url=path.name, sha256="0" * 64)
    return Record(id=f"r{number}", values=values)


def seconds(path: Path, records: Sequence[Record]) -> float:
    """Return the CPU time of writing runs as one change, by a sink of its own."""
    begin = time.process_time()
    sink = ExcelSink(str(path))
    with sink.exclusive(5):
        sink.apply(layout.plan(TEMPLATE, sink.header(), records), TEMPLATE)
    return time.process_time() - begin


def main() -> None:
    """Print a line for each number of pictures."""
    for count in map(int, sys.argv[1:] or (100, 1000)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            path = folder / "runs.xlsx"
            records = [record(folder, number, picture=True) for number in range(count)]
            made = seconds(path, records)
            told = [f"{count:6,} pictures, made at once in {made:.1f} s"]
            for picture in (False, True):
                more = [
                    record(folder, count + number + 1000 * picture, picture=picture)
                    for number in range(20)
                ]
                cost = statistics.median(seconds(path, [each]) for each in more)
                told.append(f"a run {'with' if picture else 'without'} one {cost * 1000:.1f} ms")
            size = path.stat().st_size / count / 1024
            print("; ".join([*told, f"{size:.1f} kB each"]))


if __name__ == "__main__":
    main()
