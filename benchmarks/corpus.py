"""One run logged into every workbook of a folder, in both ways, and what came of it.

    python -m benchmarks.corpus FOLDER [--ways new,first] [--readers calamine,openpyxl] [--every
    10]

The two ways: into a new tab, and into the first tab that there is. Each workbook is copied,
written through the Excel sink, and looked at again:

- done: the row reads back through the readers; every part that the plan didn't name has the same
  bytes as before; every value that stood in any tab still stands there, columns moved as planned;
- refused: the sink said why, and the file has the same bytes as before;
- anything else is a fault, and is listed.

FOLDER may also come from SHEETLOG_WORKBOOKS.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import shutil
import sys
import tempfile
import traceback
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sheetlog import layout
from sheetlog.catalog import load
from sheetlog.errors import SheetError
from sheetlog.plan import Plan
from sheetlog.record import Link, Record
from sheetlog.sinks.excel import ExcelSink

NAMED = re.compile(
    r"(^|[/\\])(\[content_types\]\.xml|workbook\d*\.xml(\.rels)?|styles\d*\.xml)$", re.IGNORECASE
)
"""Parts that either way may change."""
NAMED_FIRST = re.compile(
    r"(calcchain|/tables?/|/charts/|/drawings/|comments|pivotcachedefinition|pivottables?/"
    r"|ctrlprops|namedsheetviews|threadedcomment|queryTables)",
    re.IGNORECASE,
)
"""Parts that rows and columns in a tab that is there may change as well."""

RECORD = Record(
    id="corpus-run-1",
    values={
        "run.name": "corpus run",
        "run.status": "finished",
        "run.started": datetime(2026, 11, 20, 12, 30, tzinfo=UTC),
        "metrics.accuracy": 0.875,
        "metrics.epochs": 12,
        "params.optimizer": "=adam",
        "params.deep.flag": True,
        "artifacts.model": Link(text="model.pt", url="https://example.org/model.pt"),
    },
)


@dataclass(slots=True)
class Outcome:
    """What came of one workbook in one way."""

    path: str
    way: str
    state: str = "done"
    """`done`, `refused`, `fault`."""
    reason: str = ""
    sound: bool = True
    """Whether any reader could open it before."""
    moved: list[str] = field(default_factory=list)


def main() -> int:
    """Run over the folder and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", default=os.environ.get("SHEETLOG_WORKBOOKS"))
    parser.add_argument("--ways", default="new,first")
    parser.add_argument("--readers", default="calamine,openpyxl")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    if not given.folder:
        parser.error("which folder? name one, or set SHEETLOG_WORKBOOKS")
    files = sorted(
        path for path in Path(given.folder).rglob("*") if path.suffix.lower() in {".xlsx", ".xlsm"}
    )
    files = [path for path in files if given.only in str(path)][:: given.every]
    outcomes = []
    for path in files:
        for way in given.ways.split(","):
            outcome = tried(path, way, given.readers.split(","))
            outcomes.append(outcome)
            if outcome.state == "fault":
                print(f"{way}: {path}: {outcome.reason}", file=sys.stderr, flush=True)
    print(table(outcomes))
    return int(any(outcome.state == "fault" for outcome in outcomes))


def tried(path: Path, way: str, readers: list[str]) -> Outcome:
    """Log one run into a copy of a workbook."""
    outcome = Outcome(str(path), way)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        shutil.copyfile(path, copy)
        before = values(path)
        outcome.sound = before is not None
        try:
            plan, title = logged(copy, way)
        except SheetError as error:
            outcome.state, outcome.reason = "refused", str(error).replace(folder, "")
            if copy.read_bytes() != path.read_bytes():
                outcome.state, outcome.reason = "fault", f"refused, but changed: {error}"
            return outcome
        except Exception:  # noqa: BLE001  whatever it is, it belongs into the table
            outcome.state = "fault"
            outcome.reason = traceback.format_exc(limit=-4)
            return outcome
        faults = [
            *parts_changed(path, copy, way),
            *values_changed(before, values(copy), plan, title, way),
            *(fault for r in readers if r in READERS for fault in READERS[r](path, copy, title)),
        ]
        if "office" in readers:
            faults += [f"office: {fault}" for fault in by_office(path, copy, plan, title, way)]
        if faults:
            outcome.state, outcome.reason = "fault", "; ".join(faults[:6])
    return outcome


def logged(path: Path, way: str) -> tuple[Plan, str]:
    """Deliver the record; return the plan and the tab's title."""
    template = load("default")
    title = "Runs of the corpus"
    if way == "first":
        from sheetlog.xlsx.package import Package
        from sheetlog.xlsx.workbook import Workbook

        with Package.open(path) as package:
            sheets = Workbook(package).sheets
            title = sheets[0].title if sheets else title
    sink = ExcelSink(f"{path}#{title}")
    with sink.exclusive(1):
        plan = layout.plan(template, sink.header(), [RECORD])
        sink.apply(plan, template)
    with sink.exclusive(1):
        again = sink.header([RECORD.id])
        if RECORD.id not in again.rows:
            raise AssertionError("the row is not found again")
        second = layout.plan(template, again, [RECORD], shown={RECORD.id: RECORD})
        if not second.empty:
            raise AssertionError(f"a second delivery would change something: {second}")
    return plan, title


def contents(path: Path) -> dict[str, int]:
    """Return the checksums of a package's parts, by name, whose case says nothing (OPC, 6.2.2)."""
    with zipfile.ZipFile(path) as package:
        return {each.filename.lower(): _checksum(package, each) for each in package.infolist()}


def _checksum(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    try:
        return zlib.crc32(package.read(member))
    except (zipfile.BadZipFile, zlib.error, RuntimeError):  # damaged before, and kept so
        return member.CRC


def parts_changed(before: Path, after: Path, way: str) -> Iterator[str]:
    """Yield parts that changed and weren't named by the plan."""
    old, new = contents(before), contents(after)
    for name, checksum in old.items():
        if name.endswith("/"):
            continue
        if name not in new and way == "first" and "calcchain" in name.lower():
            continue  # Excel makes it anew; one that names a cell without a formula is damage
        if name not in new:
            yield f"part '{name}' is gone"
        elif new[name] != checksum and not NAMED.search(name):
            sheet = (way == "first" or "style" in name) and (
                "sheet" in name.lower() or NAMED_FIRST.search(name) or name.endswith(".rels")
            )
            if not sheet:
                yield f"part '{name}' changed"


Values = dict[str, list[list[Any]]]


def values(path: Path) -> Values | None:
    """Return the values of all tabs, or None where the file can't be opened."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }
    except BaseException:  # noqa: BLE001  a reader's panic is no `Exception`
        return None


def values_changed(
    before: Values | None, after: Values | None, plan: Plan, title: str, way: str
) -> Iterator[str]:
    """Yield values that don't stand where they stood, or where their column went."""
    if before is None:
        return
    if after is None:
        yield "it cannot be opened any more"
        return
    places: list[int] = [added.place for added in plan.added]
    for name, rows in before.items():
        if name not in after:
            yield f"tab '{name}' is gone"
            continue
        mine = way == "first" and name.casefold() == title.casefold()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value == "" or value is None:
                    continue
                at = column
                for place in places if mine else ():
                    at += at >= place
                now = _at(after[name], number, at)
                if mine and not _same(value, now):
                    # Behind the last column nothing moved; below a table, totals did.
                    where = [_at(after[name], number, column)]
                    where += [_at(after[name], number + 1, c) for c in (column, at)]
                    now = value if any(_same(value, other) for other in where) else now
                if not _same(value, now):
                    yield f"'{name}' row {number + 1} column {column + 1}: {value!r} → {now!r}"
    flat = [value for row in after.get(title, []) for value in row]
    for wanted in (RECORD.id, 0.875, "=adam"):
        if wanted not in flat:
            yield f"{wanted!r} is not found"


def _at(rows: list[list[Any]], row: int, column: int) -> Any:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12) or (math.isnan(one) and math.isnan(other))
    return bool(one == other)


def by_calamine(_before: Path, _after: Path, _title: str) -> Iterator[str]:
    """What python-calamine says is checked with the values."""
    yield from ()


def by_openpyxl(before: Path, after: Path, title: str) -> Iterator[str]:
    """Yield what openpyxl doesn't find, where it could open the workbook before."""
    import warnings

    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            known = openpyxl.load_workbook(before).sheetnames
        except Exception:  # noqa: BLE001  then it says nothing about what came later
            return
        if not known:  # it opens strict packages, and sees no tab in them
            return
        try:
            sheet = openpyxl.load_workbook(after)[title]
        except Exception as error:  # noqa: BLE001  that is the finding
            if "Unknown relationship" in str(error) and _cased(after):
                return
            yield f"openpyxl: {error!r}"
            return
        found = {cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}
        for wanted in (RECORD.id, 0.875, "=adam"):
            if wanted not in found:
                yield f"openpyxl doesn't find {wanted!r}"


def _cased(path: Path) -> bool:
    """Return whether parts and their relationships are named in different cases.

    Names have no case, but openpyxl doesn't find such relationships, old ones or new ones.
    """
    names = set(zipfile.ZipFile(path).namelist())
    rels = [re.sub(r"_rels/(.*)\.rels$", r"\1", name) for name in names if name.endswith(".rels")]
    lower = {name.lower() for name in names}
    return any(part not in names and part.lower() in lower for part in rels)


READERS = {"calamine": by_calamine, "openpyxl": by_openpyxl}


def by_office(before: Path, after: Path, plan: Plan, title: str, way: str) -> Iterator[str]:
    """Yield what LibreOffice shows otherwise than before."""
    from tests.people import office

    try:
        old, again = _shown(before), _shown(before)
    except office.OfficeError:
        return
    if old is not None and again is not None:
        # What differs from one opening to the next (RAND, NOW) says nothing.
        for tab, rows in old.items():
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if not _same(value, _at(again[tab], number, column)):
                        row[column] = ""
    try:
        new = _shown(after)
    except office.OfficeError as error:
        yield f"LibreOffice: {error}"
        return
    if old is None or new is None:
        return
    yield from values_changed(old, new, plan, title, way)


def _shown(path: Path) -> Values | None:
    from tests.people import office

    desk = office.running()
    tabs = desk.do("open", path=str(path))
    shown: Values = {}
    try:
        for tab in tabs:
            rows: list[list[Any]] = []
            for name, value in desk.do("cells", tab=tab).items():
                letters = name.rstrip("0123456789")
                row, column = int(name[len(letters) :]), 0
                for letter in letters:
                    column = 26 * column + ord(letter) - 64
                while len(rows) < row:
                    rows.append([])
                line = rows[row - 1]
                line += [""] * (column - len(line))
                line[column - 1] = value["value"] if isinstance(value, dict) else value
            shown[tab] = rows
    finally:
        desk.do("close")
    return shown


def table(outcomes: list[Outcome]) -> str:
    """Return the table: what came of how many, and why some were refused."""
    lines = [
        "| way | workbooks | done | refused | faults | done of the sound ones |",
        "|---|---|---|---|---|---|",
    ]
    for way in dict.fromkeys(outcome.way for outcome in outcomes):
        mine = [outcome for outcome in outcomes if outcome.way == way]
        states = Counter(outcome.state for outcome in mine)
        sound = [outcome for outcome in mine if outcome.sound]
        done = sum(outcome.state == "done" for outcome in sound)
        share = f"{100 * done / max(1, len(sound)):.1f} %"
        lines.append(
            f"| {way} | {len(mine)} | {states['done']} | {states['refused']} | {states['fault']} "
            f"| {done} of {len(sound)} ({share}) |"
        )
    reasons = Counter(
        (outcome.way, outcome.sound, re.sub(r"'[^']*'", "'…'", outcome.reason))
        for outcome in outcomes
        if outcome.state == "refused"
    )
    lines += ["", "| refused | sound | how many | why |", "|---|---|---|---|"]
    lines += [
        f"| {way} | {'yes' if sound else 'no'} | {count} | {reason} |"
        for (way, sound, reason), count in sorted(reasons.items(), key=lambda entry: -entry[1])
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
