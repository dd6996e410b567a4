"""What each library loses of a workbook when it puts one row into its first tab.

    python -m benchmarks.losses FOLDER [--every 10] [--ways openpyxl,wolfxl] [--json]

FOLDER, or SHEETLOG_WORKBOOKS, holds workbooks made by other programs. Each is counted before and
after: parts by kind, and what stands in them by name (charts, pivots, sparklines, slicers, shapes,
formulas' cached values, …). Something of which fewer are there afterwards was lost. Not counted:
looks of single cells, the order of things, settings of a part, and the calculation chain, which
Excel makes anew.

Each library works in a process of its own, one for all workbooks, so that a crash or a hang of
its native part costs one workbook.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks import rewriters

SECONDS = 60.0
"""How long a library may take over one workbook."""
ROW = ("run 1", 0.875, 12)
LIMIT = 200 << 20

PARTS = {
    "charts": r"/charts/chart[^/]*\.xml$",
    "chart looks": r"/charts/(style|colors)[^/]*\.xml$",
    "pictures": r"/media/",
    "pivot tables": r"/pivottables?/[^/]*\.xml$",
    "pivot caches": r"/pivotcache/[^/]*definition[^/]*\.xml$",
    "slicers and timelines": r"/(slicer|timeline)s?(caches?)?/",
    "comments": r"comments\d*\.xml$",
    "threaded comments": r"/threadedcomments/",
    "macros": r"vbaproject\.bin$",
    "controls and embedded objects": r"/(ctrlprops|activex|embeddings)/",
    "data model and connections": r"(/model/|/connections\.xml$|/querytables/)",
    "custom XML": r"^customxml/",
    "printer settings": r"/printersettings/",
    "external links": r"/externallinks/[^/]*\.xml$",
    "tables": r"/tables/[^/]*\.xml$",
    "rich values, metadata": r"(/richdata/|/metadata\.xml$)",
    "diagrams": r"/diagrams/",
}
THINGS = {
    "sparklines": rb"<(?:\w+:)?sparkline>",
    "extension lists": rb"<(?:\w+:)?ext\s[^>]*uri=",
    "shapes and text boxes": rb"<(?:\w+:)?sp[ >]",
    "conditional formats": rb"<(?:\w+:)?cfRule[ >]",
    "validations": rb"<(?:\w+:)?dataValidation[ >]",
    "hyperlinks": rb"<(?:\w+:)?hyperlink[ >]",
    "merged cells": rb"<(?:\w+:)?mergeCell[ >]",
    "defined names": rb"<(?:\w+:)?definedName[ >]",
    "headers and footers": rb"<(?:\w+:)?headerFooter[ >]",
    "formulas": rb"<(?:\w+:)?f[ >]",
    "cached values of formulas": rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f [^>]*/>)\s*<(?:\w+:)?v>",
}


def main() -> None:
    """Go over the workbooks, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", default=os.environ.get("SHEETLOG_WORKBOOKS"))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--ways", default="")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if not given.folder:
        parser.error("which folder? name one, or set SHEETLOG_WORKBOOKS")
    found = (path for path in Path(given.folder).rglob("*") if path.suffix in {".xlsx", ".xlsm"})
    files = [path for path in sorted(found) if countable(path)][:: given.every]
    names = ["sheetlog", *rewriters.installed()]
    wanted = [each for each in names if not given.ways or each in given.ways.split(",")]
    results = {name: list(over(name, files)) for name in wanted}
    if given.json:
        print(json.dumps(results, indent=1))
    print(table(results, len(files)))


def countable(path: Path) -> bool:
    """Return whether a file is a zip with a workbook in it."""
    try:
        return any(re.search(r"workbook\d*\.xml$", name, re.IGNORECASE) for name in contents(path))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        return False


def contents(path: Path) -> dict[str, bytes]:
    """Return a package's parts by name."""
    with zipfile.ZipFile(path) as archive:
        if sum(each.file_size for each in archive.infolist()) > LIMIT:
            raise ValueError("too large to be counted")
        return {name.replace("\\", "/"): archive.read(name) for name in archive.namelist()}


def counted(path: Path) -> Counter[str]:
    """Return how many of each kind a workbook holds."""
    found: Counter[str] = Counter()
    for name, data in contents(path).items():
        for kind, pattern in PARTS.items():
            found[kind] += bool(re.search(pattern, name, re.IGNORECASE))
        if name.lower().endswith((".xml", ".vml")):
            for kind, pattern_ in THINGS.items():
                found[kind] += len(re.findall(pattern_, data))
    return found


def over(name: str, files: list[Path]) -> Iterator[list[str] | None]:
    """Give for each workbook what was lost of it; None where the library did nothing with it."""
    here = child = None
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            if child is None or here is None or not child.is_alive():
                here, child = started(name)
            to = Path(folder, "after" + path.suffix)
            to.unlink(missing_ok=True)
            here.send((path, to))
            done = answered(here)
            if not done:
                child.kill()  # it may hang, or be half gone
                child.join()
                child = None
            yield lost(path, to) if done and to.exists() else None
        if child is not None:
            child.kill()


def answered(here: Connection) -> bool:
    """Return whether the library did it: not where it raised, hung, or took its process down."""
    try:
        return bool(here.poll(SECONDS)) and here.recv() is True
    except (EOFError, OSError):
        return False


def started(name: str) -> tuple[Connection, multiprocessing.Process]:
    """Start the process in which a library works."""
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=work, args=(name, there))
    child.start()
    there.close()
    return here, child


def work(name: str, there: Connection) -> None:
    """Carry out what comes through the pipe, until that ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    way: Callable[..., None] = by_sheetlog if name == "sheetlog" else rewriters.WAYS[name][1]
    while True:
        path, to = there.recv()
        try:
            way(path, to, None, ROW)
        except Exception as error:  # noqa: BLE001  whatever a library raises is its answer
            there.send(repr(error))
        else:
            there.send(True)


def by_sheetlog(path: Path, to: Path, _tab: str | None, _row: rewriters.Row) -> None:
    """Log a run into the first tab."""
    import shutil

    from benchmarks.corpus import logged

    shutil.copyfile(path, to)
    logged(to, "first")


def lost(path: Path, to: Path) -> list[str]:
    """Return the kinds of which fewer are there than before."""
    try:
        after = counted(to)
    except (zipfile.BadZipFile, OSError, ValueError):
        return ["the workbook"]
    return [kind for kind, before in counted(path).items() if after[kind] < before]


def table(results: dict[str, list[list[str] | None]], total: int) -> str:
    """Return the table: of each library what it handled and what it lost."""
    lines = [
        f"| {total:,} workbooks | written | with a loss | what, and in how many |",
        "|---|---|---|---|",
    ]
    for name, found in results.items():
        done = [each for each in found if each is not None]
        kinds = Counter(kind for each in done for kind in each)
        words = ", ".join(f"{kind} {count:,}" for kind, count in kinds.most_common(8))
        losers = sum(map(bool, done))
        lines.append(f"| {name} | {len(done):,} | {losers:,} | {words or 'nothing'} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
