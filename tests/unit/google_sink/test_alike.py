"""A workbook and a Google Sheet of the same runs look alike, cell by cell, for each template.

Read by openpyxl and by the API's own answer: what is compared is what the files say.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import sheetlog
from sheetlog.record import Series
from tests.google.plain import PlainClient
from tests.google.server import LocalGoogle

NAMES = ("classification", "default", "llm-finetune", "minimal", "regression", "sweep")
EPOCH = datetime(1899, 12, 30)
OWN = ("Run id", "Started (UTC)", "Duration", "Configuration", "Revision", "More values")
TICKS = ["☑", "☐"]
TRUTHS = '"TRUE";"TRUE";"FALSE"'
"""What shows a truth as one where nothing else does; Google does by itself."""


def log_runs(template: str) -> None:
    """Log a good run, a better one with a curve and a file, a failed and a running one."""
    (Path.cwd() / "note.txt").write_text("x")
    sheetlog.configure(template=template, quiet=True, context="user")
    losses = [3.0, 2.0, 1.25]
    runs: list[dict[str, Any]] = [
        {"params": {"lr": 1e-3, "model": "svm"}, "metrics": {"accuracy": 0.91, "rmse": 0.5}},
        {
            "params": {"lr": 1e-4, "model": "mlp", "on": True},
            "metrics": {"accuracy": 0.95, "rmse": 0.25, "eval_loss": losses},
            "artifacts": {"note": "note.txt"},
        },
        {
            "params": {"lr": 10, "model": "mlp"},
            "metrics": {"accuracy": math.nan},
            "status": "failed",
        },
        {"params": {"lr": 0.1, "model": "mlp"}, "status": "running", "notes": "a\nb " * 40},
    ]
    for number, run in enumerate(runs):
        for sheet in ("runs.xlsx", "google:Runs"):
            assert sheetlog.log(**run, name=f"run {number}", sheet=sheet).delivered


class Workbook:
    """What the workbook's file says."""

    def __init__(self) -> None:
        self.sheet = openpyxl.load_workbook("runs.xlsx").worksheets[0]
        self.titles = [cell.value for cell in self.sheet[1]]

    def column(self, at: int) -> dict[str, Any]:
        letter = openpyxl.utils.get_column_letter(at + 1)
        size = self.sheet.column_dimensions[letter]
        rules = self.sheet.data_validations.dataValidation
        lists = [r.formula1.strip('"').split(",") for r in rules if self._for(r, f"{letter}2")]
        notes = [r.prompt for r in rules if f"{letter}1" == str(r.sqref)]
        return {
            "width": round(size.width - 0.71),
            "hidden": bool(size.hidden),
            "choices": lists[0] if lists else [],
            "note": notes[0] if notes else None,
        }

    def _for(self, rule: Any, place: str) -> bool:
        return rule.type == "list" and place in rule.sqref

    def cell(self, row: int, at: int) -> dict[str, Any]:
        cell = self.sheet.cell(row + 1, at + 1)
        fill = cell.fill.fgColor.rgb[2:] if cell.fill.fill_type == "solid" else None
        return {
            "value": plain(cell.value),
            "format": cell.number_format.replace(TRUTHS, "General"),
            "bold": bool(cell.font.bold),
            "fill": fill,
            "align": cell.alignment.horizontal,
            "wrap": bool(cell.alignment.wrap_text),
            "link": cell.hyperlink is not None,
        }

    @property
    def frozen(self) -> str:
        return str(self.sheet.freeze_panes)

    @property
    def best(self) -> set[str]:
        """Titles of the columns whose best run is marked."""
        return {
            self.titles[
                openpyxl.utils.column_index_from_string(re.match("[A-Z]+", str(a.sqref))[0]) - 1
            ]
            for a, rules in self.sheet.conditional_formatting._cf_rules.items()
            for rule in rules
            if rule.type == "top10"
        }


class Google:
    """What the API says."""

    def __init__(self, google: LocalGoogle) -> None:
        address = sheetlog.location("google:Runs").split("/d/")[1].split("/")[0]
        client = PlainClient(google.base_url)
        got = client.get(f"/v4/spreadsheets/{address}", includeGridData="true")
        client.close()
        self.sheet = got.json["sheets"][0]
        self.data = self.sheet["data"][0]
        self.titles = [v.get("formattedValue") for v in self.data["rowData"][0]["values"]]

    def _held(self, row: int, at: int) -> dict[str, Any]:
        values = self.data["rowData"][row].get("values", [])
        return values[at] if at < len(values) else {}

    def column(self, at: int) -> dict[str, Any]:
        size = self.data["columnMetadata"][at]
        condition = self._held(1, at).get("dataValidation", {}).get("condition", {})
        choices = [value["userEnteredValue"] for value in condition.get("values", [])]
        return {
            "width": round((size["pixelSize"] - 5) / 7),
            "hidden": size.get("hiddenByUser", False),
            "choices": TICKS if condition.get("type") == "BOOLEAN" else choices,
            "note": self._held(0, at).get("note"),
        }

    def cell(self, row: int, at: int) -> dict[str, Any]:
        held = self._held(row, at)
        look = held.get("userEnteredFormat", {})
        code = look.get("numberFormat", {}).get("pattern", "General")
        fill = look.get("backgroundColorStyle", {}).get("rgbColor")
        entered = held.get("userEnteredValue", {})
        value = next(iter(entered.values()), None)
        if isinstance(value, float) and "numberValue" in entered and re.search("[yhs]", code):
            value = EPOCH + timedelta(days=value)
        return {
            "value": plain(value),
            "format": code,
            "bold": look.get("textFormat", {}).get("bold", False),
            "fill": fill
            and "".join(f"{round(fill.get(c, 0) * 255):02X}" for c in ("red", "green", "blue")),
            "align": look.get("horizontalAlignment", "").lower() or None,
            "wrap": look.get("wrapStrategy") == "WRAP",
            "link": "hyperlink" in held or "link" in look.get("textFormat", {}),
        }

    @property
    def frozen(self) -> str:
        grid = self.sheet["properties"]["gridProperties"]
        column, row = grid.get("frozenColumnCount", 0) + 1, grid["frozenRowCount"] + 1
        return f"{openpyxl.utils.get_column_letter(column)}{row}"

    @property
    def best(self) -> set[str]:
        """Titles of the columns whose best run is marked."""
        return {
            self.titles[rule["ranges"][0]["startColumnIndex"]]
            for rule in self.sheet["conditionalFormats"]
            if "=AND(ISNUMBER(" in str(rule.get("booleanRule"))
        }


@cache
def _drawn() -> re.Pattern[str]:
    return re.compile("[▁▂▃▄▅▆▇█]+|=SPARKLINE.*", re.IGNORECASE)


def plain(value: Any) -> Any:
    """Give a value as both sides can have it: to the minute, formulas and curves as such."""
    if isinstance(value, timedelta):
        value = EPOCH + value
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    if hasattr(value, "hour"):  # a time of day, which is how openpyxl reads a short duration
        return EPOCH + timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, str):
        if _drawn().fullmatch(value):
            return Series
        return "formula" if value.startswith("=") else value
    if isinstance(value, bool) or value in ("", None):
        return value or None
    return pytest.approx(value)


@pytest.mark.parametrize("name", NAMES)
def test_workbook_and_google_sheet_look_alike(place: Path, google: LocalGoogle, name: str) -> None:
    """Titles, values, number formats, fills, bold, widths, notes, choices, what is frozen."""
    log_runs(name)
    one, other = Workbook(), Google(google)
    assert one.titles == other.titles
    assert one.frozen == other.frozen
    assert one.best == other.best
    for at, title in enumerate(one.titles):
        assert (title, one.column(at)) == (title, other.column(at))
        for row in range(5):
            mine, theirs = one.cell(row, at), other.cell(row, at)
            if title in OWN:
                del mine["value"], theirs["value"]  # each log() has its own
            assert (title, row, mine) == (title, row, theirs)
