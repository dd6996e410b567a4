"""What a new tab of a Google Sheet looks like: its views, its rules, formulas in every locale."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheetlog
from sheetlog.sinks import sheets_formulas
from tests.google.plain import PlainClient
from tests.google.server import LocalGoogle

SHEET = "google:Runs"
TEXTS = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'')


def whole(google: LocalGoogle) -> dict[str, Any]:
    """Give the spreadsheet as the API tells it."""
    client = PlainClient(google.base_url)
    sheet = sheetlog.location(SHEET).split("/d/")[1].split("/")[0]
    got = client.get(f"/v4/spreadsheets/{sheet}?includeGridData=true")
    client.close()
    return json.loads(got.body)  # type: ignore[no-any-return]


def formulas(node: Any) -> list[str]:
    """Give every formula: of cells, of rules and of views."""
    if isinstance(node, dict):
        own = [
            node[n] for n in ("formulaValue", "userEnteredValue") if isinstance(node.get(n), str)
        ]
        return own + [each for part in node.values() for each in formulas(part)]
    return [each for part in node for each in formulas(part)] if isinstance(node, list) else []


def test_a_view_for_each_question(google: LocalGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    """Best, mine, failed, to review: each reader's own look, without a filter for the others."""
    monkeypatch.setenv("SHEETLOG_CONTEXT", "user")
    sheetlog.log({"lr": 1}, {"accuracy": 0.5}, sheet=SHEET, template="classification")
    (tab, *_) = whole(google)["sheets"]
    titles = [cell["formattedValue"] for cell in tab["data"][0]["rowData"][0]["values"]]
    views = {view["title"]: view for view in tab["filterViews"]}
    who = sheetlog.runs(SHEET).iloc[0]["run.user"]
    assert {"Best", f"Mine ({who})", "Failed", "To review"} == views.keys()
    best = views["Best"]["sortSpecs"][0]
    assert ("Accuracy", "DESCENDING") == (titles[best["dimensionIndex"]], best["sortOrder"])
    review = views["To review"]["filterSpecs"][-1]
    assert "Verdict" == titles[review["columnIndex"]]
    assert {"type": "BLANK"} == review["filterCriteria"]["condition"]
    mine = views[f"Mine ({who})"]["filterSpecs"][0]["filterCriteria"]["condition"]
    assert ("TEXT_EQ", who) == (mine["type"], mine["values"][0]["userEnteredValue"])


def test_views_reach_further_than_the_rows(google: LocalGoogle) -> None:
    """Runs that come later are in them, and no call more is made for it."""
    for number in range(30):
        sheetlog.log({"lr": number}, {"accuracy": number / 30}, sheet=SHEET)
    (tab, *_) = whole(google)["sheets"]
    assert all(view["range"]["endRowIndex"] >= 31 for view in tab["filterViews"])


def test_a_failed_run_is_found_in_every_language(google: LocalGoogle) -> None:
    """The view asks for the status, in whatever language its word stands there."""
    sheetlog.log({"lr": 1}, {"accuracy": 0.5}, sheet=SHEET)
    (tab, *_) = whole(google)["sheets"]
    (failed,) = [view for view in tab["filterViews"] if view["title"] == "Failed"]
    condition = failed["filterSpecs"][0]["filterCriteria"]["condition"]
    for word in ("failed", "fehlgeschlagen", "失敗", "échoué", "fallido", "失败"):
        assert f'="{word}"' in condition["values"][0]["userEnteredValue"]


def test_no_formula_depends_on_the_locale(google: LocalGoogle, place: Path) -> None:
    """Where a comma is the decimal mark, one in a formula would mean another thing."""
    (place / "ours.yaml").write_text(
        "best_by: {metric: metrics.loss, goal: min}\n"
        "columns: [{key: run.status}, {key: metrics.*}, {key: curves.*},"
        " {title: Half, formula: '=IF({metrics.loss}>0.5,ROUND({metrics.loss}*1.5,2),0.25)'}]\n"
    )
    metrics = {"loss": [0.9, 0.75, 0.625]}
    got = sheetlog.log({"lr": 1}, metrics, sheet=SHEET, template="ours.yaml")
    assert got.delivered
    found = [text for text in formulas(whole(google)["sheets"]) if text.startswith("=")]
    assert any("SPARKLINE" in text for text in found)
    assert any("ROUND" in text for text in found)
    assert any("ISNUMBER" in text for text in found)
    for text in found:
        assert not set(",.") & set(TEXTS.sub("", text)), text
    row = sheetlog.runs(SHEET).iloc[0]
    assert pytest.approx(0.94) == row["formula.Half"]


@pytest.mark.parametrize(
    ("formula", "same"),
    [
        ("=IF(A1>0.5,1,2)", "=IF(A1>5E-1;1;2)"),
        ('="a,1.5"&B2', '="a,1.5"&B2'),
        ("='a,b 1.5'!A1+.25", "='a,b 1.5'!A1+25E-2"),
        ("=STDEV.S(A1,2.50e3)", "=STDEV.S(A1;25E2)"),
        ("=1.0*100", "=1*100"),
        ("=T.TEST(A1:B2,0.0)", "=T.TEST(A1:B2;0)"),
        ('=HYPERLINK("a""b,c",D4)', '=HYPERLINK("a""b,c";D4)'),
    ],
)
def test_a_formula_has_the_same_parts_without_commas(formula: str, same: str) -> None:
    """Texts and names keep theirs."""
    assert same == sheets_formulas.everywhere(formula)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_the_same_without_its_decimal_mark(value: float) -> None:
    """To as many digits as it was asked for."""
    written = sheets_formulas.number(value, 17)
    assert not set(",.") & set(written)
    assert value == float(written)


def test_a_setting_with_many_digits_fits_its_column(google: LocalGoogle) -> None:
    """A learning rate drawn at random is read whole, and not cut in the middle."""
    sheetlog.log({"lr": 0.0007744278707, "epochs": 3}, {}, sheet=SHEET)
    (tab, *_) = whole(google)["sheets"]
    titles = [cell.get("formattedValue") for cell in tab["data"][0]["rowData"][0]["values"]]
    sizes = tab["data"][0]["columnMetadata"]
    assert len("0.0007744278707") * 7 <= sizes[titles.index("lr")]["pixelSize"]
    assert 100 >= sizes[titles.index("epochs")]["pixelSize"]
