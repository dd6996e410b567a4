"""The Overview as LibreOffice calculates it, before and after what people do, against pandas."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import sheetlog
from sheetlog import catalog, layout
from sheetlog.record import Record
from sheetlog.sinks.excel import ExcelSink
from tests.people import office

pytestmark = pytest.mark.office
TEMPLATE = "classification"
START = datetime(2026, 9, 1, 8, tzinfo=UTC)
AMBER = 0xFFC000
FIRST, LATER = 40, 1000


def test_figures_are_pandas_figures_whatever_people_and_runs_do(place: Path) -> None:
    """A sort, moved columns, own colours, a thousand further runs and a new column later."""
    path = place / "runs.xlsx"
    desk = office.running()
    land(path, records(0, FIRST))
    figures_hold(path)
    with desk.opened(path, save=path):
        titles = {title: at for at, title in enumerate(header(desk))}
        area = f"A1:{letters(len(titles) - 1)}{FIRST + 1}"
        desk.do("sort", tab="Runs", area=area, column=titles["lr"], descending=True)
        desk.do("move_column", tab="Runs", place=titles["Accuracy"], to=1)
        desk.do("insert_columns", tab="Runs", place=3)
        desk.do("colour", tab="Runs", area="A3:D3", colour=AMBER)
    figures_hold(path)
    for first in range(FIRST, FIRST + LATER, 500):
        land(path, records(first, 500, extra=True))
    figures_hold(path)
    rules_cover(path)
    sheet = openpyxl.load_workbook(path)["Runs"]
    painted = {cell.coordinate for row in sheet.iter_rows() for cell in row if amber(cell)}
    assert {"A3", "B3", "C3", "D3"} == painted


def test_figures_of_no_run_and_of_one_are_blank_or_its_own(place: Path) -> None:
    """A run that failed before its first metric is counted; nothing is an error in a cell."""
    path = place / "runs.xlsx"
    values = {"run.name": "early", "run.status": "failed", "run.started": START, "params.lr": 1}
    land(path, [Record(id="early", revision=1, values=values)])
    shown = overview(path)
    assert (1, 0, 1) == (shown["Total runs"], shown["Finished"], shown["Failed"])
    assert "" == shown["Accuracy"]
    assert not [text for text in texts(path) if text.startswith(("#", "Err:"))]


def test_a_name_that_looks_like_a_formula_stays_a_text(place: Path) -> None:
    """Names and titles with quotes, signs and blanks break no formula."""
    path = place / "runs.xlsx"
    values = {
        "run.name": '=1+"1"',
        "run.status": "finished",
        "run.started": START,
        "metrics.accuracy": 0.5,
    }
    land(path, [Record(id="odd", revision=1, values=values)], tab="Bob's (best)")
    shown = overview(path)
    assert ('=1+"1"', 0.5) == (shown["Run"], shown["Accuracy"])


# -- what is logged


def records(first: int, count: int, *, extra: bool = False) -> list[Record]:
    """Give runs of some configurations; their numbers are rounded, so that some are equal."""
    draw = random.Random(first)
    found = []
    for number in range(first, first + count):
        rate, failed = draw.choice((0.1, 0.01, 0.001)), draw.random() < 0.1
        values: dict[str, Any] = {
            "run.name": f"run {number}",
            "run.status": "failed" if failed else "finished",
            "run.started": START + timedelta(minutes=37 * number),
            "params.lr": rate,
            "params.seed": number % 3,
            "run.config": f"{int(rate * 1000):x}c{number % 7}",
        }
        if not failed:
            values["metrics.accuracy"] = round(draw.uniform(0.5, 0.95), 2)
        if extra:
            values["metrics.f1"] = draw.random()
        found.append(Record(id=f"id{number:05}", revision=1, values=values))
    return found


def land(path: Path, runs: list[Record], *, tab: str | None = None) -> None:
    """Put runs into the workbook."""
    template = catalog.load(TEMPLATE)
    sink = ExcelSink(f"{path}#{tab}" if tab else str(path))
    with sink.exclusive(10):
        header_now = sink.header([run.id for run in runs])
        sink.apply(layout.plan(template, header_now, runs), template)


# -- what LibreOffice shows


def figures_hold(path: Path) -> None:
    """Compare each figure with what pandas makes of the runs."""
    frame = sheetlog.runs(str(path))
    accuracy = frame["metrics.accuracy"].astype(float)
    shown = overview(path)
    assert len(frame) == shown["Total runs"]
    for status in ("finished", "failed", "running"):
        assert (frame["run.status"] == status).sum() == shown[status.capitalize()]
    assert accuracy.max() == shown["Accuracy"]
    top = accuracy.nlargest(10)
    assert list(top) == [each[1] for each in shown["top"]]
    best = set(frame.loc[accuracy >= top.min(), "run.name"])
    names = [each[0] for each in shown["top"]]
    assert (10, set()) == (len(set(names)), set(names) - best)
    groups = accuracy.groupby(frame["run.config"])
    wanted = groups.max().nlargest(10)
    assert list(wanted) == pytest.approx([each[4] for each in shown["groups"]])
    by_name = frame.set_index("run.name")["run.config"]
    for name, mean, spread, count, highest in shown["groups"]:
        group = groups.get_group(by_name[name])
        assert (group.mean(), group.max()) == pytest.approx((mean, highest))
        assert group.count() == count
        assert ("" if count < 2 else pytest.approx(group.std())) == spread
    started, so_far = frame["run.started"], shown["chart"]
    for moment, value in so_far:
        before = accuracy[started <= pd.Timestamp(moment, tz="UTC")]
        assert before.max() == value
    assert accuracy.max() == so_far[-1][1]


def rules_cover(path: Path) -> None:
    """The colours by value are on the accuracies, all of them, wherever people moved them."""
    desk = office.running()
    with desk.opened(path):
        titles = header(desk)
        ranges = desk.do("conditions", tab="Runs")
        charts = desk.do("charts", tab="Overview")
    name = letters(titles.index("Accuracy"))
    assert any(
        f"${name}$2:${name}$1048576" in each.replace("Runs.", "") for each in ranges
    ) or any(
        each.replace("$", "").replace("Runs.", "").startswith(f"{name}2:{name}1048576")
        for each in ranges
    )
    assert 1 == len(charts)


def overview(path: Path) -> dict[str, Any]:
    """Give the figures by their labels; the lists as rows."""
    cells = office.running().cells(path, "Overview")
    value = {name: c["value"] if isinstance(c, dict) else c for name, c in cells.items()}
    found: dict[str, Any] = {}
    for row in range(1, 17):
        if isinstance(label := value.get(f"A{row}"), str):
            found.setdefault(label, value.get(f"B{row}", ""))
    top = next(row for row in range(1, 40) if value.get(f"A{row}") == "Top ten")
    groups = next(row for row in range(1, 50) if str(value.get(f"A{row}")).startswith("Same "))
    rows = {"top": (top, "AB"), "groups": (groups, "ABCDE")}
    for name, (row, columns) in rows.items():
        lines = [[value.get(f"{c}{row + 2 + at}", "") for c in columns] for at in range(10)]
        found[name] = [line for line in lines if line[0] != ""]
    epoch = datetime(1899, 12, 30)
    points = [(value.get(f"J{row}"), value.get(f"K{row}")) for row in range(5, 29)]
    # A hair later: serial numbers are rounded.
    found["chart"] = [
        (epoch + timedelta(days=moment, milliseconds=5), best)
        for moment, best in points
        if isinstance(moment, float | int) and isinstance(best, float | int)
    ]
    return found


def texts(path: Path) -> list[str]:
    """Give what a person sees in the Overview, the cells of the chart left out."""
    desk = office.running()
    with desk.opened(path):
        return [text for row in desk.do("shown", tab="Overview", area="A1:H50") for text in row]


def header(desk: office.Office) -> list[str]:
    """Give the titles of the runs' tab."""
    shown = desk.do("shown", tab="Runs", area="A1:AN1")[0]
    while shown and not shown[-1]:
        shown.pop()
    return list(shown)


def letters(place: int) -> str:
    """Give a column's name, of the first 52."""
    return chr(65 + place) if place < 26 else f"A{chr(65 + place - 26)}"


def amber(cell: Any) -> bool:
    """Tell whether a cell has the person's colour."""
    return str(cell.fill.fgColor.rgb).endswith(f"{AMBER:06X}") and cell.fill.patternType == "solid"
