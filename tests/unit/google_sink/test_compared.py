"""What changed and the baseline in a Google Sheet: bold params, boxes to tick, live differences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sheetlog
from tests.google.plain import PlainClient
from tests.google.server import LocalGoogle

SHEET = "google:Runs"
TEMPLATE = """
columns:
  - {key: run.name, title: Run}
  - {key: metrics.accuracy, title: Accuracy, goal: max, aliases: [acc]}
  - {title: Compared, delta: metrics.accuracy}
  - {title: Baseline, owner: people, format: checkbox, role: baseline}
  - {key: params.*}
  - {key: run.id, hidden: true}
"""


@pytest.fixture
def rows(google: LocalGoogle) -> Any:
    """Log some runs, and give what reads the rows below the header, by title."""
    Path("ours.yaml").write_text(TEMPLATE)
    for lr, wd, acc in ((0.1, 1, 0.5), (0.2, 1, 0.75), (0.2, 2, 0.25)):
        params = {"lr": lr, "wd": wd}
        sheetlog.log(params, {"acc": acc}, name="a", sheet=SHEET, template="ours.yaml")

    def read() -> list[dict[str, Any]]:
        client = PlainClient(google.base_url)
        sheet = sheetlog.location(SHEET).split("/d/")[1].split("/")[0]
        got = json.loads(client.get(f"/v4/spreadsheets/{sheet}?includeGridData=true").body)
        client.close()
        (head, *others) = got["sheets"][0]["data"][0]["rowData"]
        titles = [cell.get("formattedValue") for cell in head["values"]]
        return [dict(zip(titles, row["values"], strict=False)) for row in others if row]

    return read


def bold(cell: dict[str, Any]) -> bool:
    """Say whether a cell's letters are bold."""
    text = cell.get("userEnteredFormat", {}).get("textFormat", {})
    return bool(text.get("bold", False))


def test_what_changed_is_bold_and_nothing_else(rows: Any) -> None:
    """A row that is put in takes over the looks of the one above, and not its marks."""
    found = [(bold(row["lr"]), bold(row["wd"]), bold(row["Run"])) for row in rows()[:3]]
    assert [(False, False, False), (True, False, False), (False, True, False)] == found


def test_differences_are_live(rows: Any) -> None:
    """Each row has the formula over whole columns, with its own cell, and no comma in it."""
    formulas = [row["Compared"]["userEnteredValue"]["formulaValue"] for row in rows()[:3]]
    expected = (
        "=IF(ISNUMBER(B{0});IFERROR(B{0}-AVERAGE(INDEX($B:$B;IFERROR(MATCH(TRUE;$D:$D;0);"
        'MATCH("☑";$D:$D;0))));"");"")'
    )
    assert [expected.format(number) for number in (2, 3, 4)] == formulas


def test_boxes_to_tick(rows: Any) -> None:
    """Google has boxes of its own, in rows that come later as well; it keeps FALSE in them."""
    boxes = [row["Baseline"] for row in rows()[:3]]
    assert all("BOOLEAN" == box["dataValidation"]["condition"]["type"] for box in boxes)
    assert [False] * 3 == [box["userEnteredValue"]["boolValue"] for box in boxes]


def test_boxes_below_the_last_run_are_no_rows(
    rows: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A column of boxes goes on below the runs, and says nothing there."""
    assert 3 == len(sheetlog.runs(SHEET))
    assert "" == capsys.readouterr().err
    assert [False] * 3 == list(sheetlog.runs(SHEET)["Baseline"])
