"""Overview and Dictionary in a Google Sheet, and a sheet that is dressed again."""

from __future__ import annotations

import re
import statistics
from pathlib import Path
from typing import Any

import pytest

import sheetlog
from sheetlog import api, catalog, dressing, settings
from sheetlog.errors import StaleError
from sheetlog.sinks import sheets_redress
from sheetlog.sinks.sheets import SheetsSink
from sheetlog.tabs import Redress, Restyle
from tests.google.plain import PlainClient
from tests.google.server import LocalGoogle

SHEET = "google:Runs"
BATCH = "spreadsheets.batchUpdate"
OURS = """\
overview: true
best_by: {metric: metrics.accuracy, goal: max}
columns:
  - {key: run.name, title: Run, width: 26, note: One row is one run}
  - {key: run.status}
  - {key: run.started, format: datetime}
  - {key: metrics.accuracy, title: Accuracy, format: percent, goal: max}
  - {title: Verdict, owner: people, choices: [keep, drop]}
  - {title: Ready, owner: people, format: checkbox}
  - {key: params.*}
"""


@pytest.fixture(autouse=True)
def template(place: Path, google: LocalGoogle) -> Path:
    """Give a template with an Overview, in force."""
    path = place / "ours.yaml"
    path.write_text(OURS)
    sheetlog.configure(template=str(path), sheet=SHEET)
    return path


def log(count: int = 1) -> sheetlog.Receipt:
    for number in range(count):
        receipt = sheetlog.log({"lr": number, "epochs": 10}, {"accuracy": number / 10})
    return receipt


def calls(google: LocalGoogle) -> list[str]:
    found = [call.method for call in google.world.calls.since()]
    google.world.calls.clear()
    return found


def address() -> str:
    return "/v4/spreadsheets/" + sheetlog.location().split("/d/")[1].split("/")[0]


def sheets(google: LocalGoogle) -> dict[str, Any]:
    """Give the tabs by title, as the API tells them."""
    client = PlainClient(google.base_url)
    got = client.get(address(), includeGridData="true")
    client.close()
    return {sheet["properties"]["title"]: sheet for sheet in got.json["sheets"]}


def change(google: LocalGoogle, *requests: dict[str, Any]) -> None:
    """Do what a person does."""
    client = PlainClient(google.base_url)
    assert 200 == client.post(address() + ":batchUpdate", {"requests": list(requests)}).status
    client.close()


def cell(sheet: dict[str, Any], row: int, column: int) -> dict[str, Any]:
    found: dict[str, Any] = sheet["data"][0]["rowData"][row]["values"][column]
    return found


def test_a_new_sheet_gets_its_tabs_in_one_call_more(google: LocalGoogle) -> None:
    """Later runs are one call each, as without."""
    assert log().delivered
    assert 2 == calls(google).count(BATCH)
    found = sheets(google)
    assert ["Runs", "Overview", "Dictionary", "sheetlog"] == list(found)
    assert found["sheetlog"]["properties"]["hidden"]
    assert 1 == len(found["Overview"]["charts"])
    assert "Overview" == cell(found["Overview"], 0, 0)["formattedValue"]
    assert "One row is one run" == cell(found["Dictionary"], 1, 1)["formattedValue"]
    calls(google)
    for _ in range(3):
        log()
        assert [BATCH] == calls(google)


def test_figures_follow_a_column_that_is_moved(google: LocalGoogle) -> None:
    """Whole columns of the runs' tab, which Google keeps right."""
    log(3)
    before = cell(sheets(google)["Overview"], 4, 1)
    assert 3 == before["effectiveValue"]["numberValue"]
    source = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    change(google, {"moveDimension": {"source": source, "destinationIndex": 5}})
    log()
    assert 4 == cell(sheets(google)["Overview"], 4, 1)["effectiveValue"]["numberValue"]


def test_no_figure_of_runs_without_another_seed_is_an_error(google: LocalGoogle) -> None:
    """A mean of one run has no deviation: its cell is blank."""
    log(3)
    rows = sheets(google)["Overview"]["data"][0]["rowData"]
    shown = [[each.get("formattedValue", "") for each in row.get("values", [])] for row in rows]
    at = next(number for number, row in enumerate(shown) if row[1:3] == ["Mean", "± sd"])
    assert [["20.0%", "", "1"], ["10.0%", "", "1"], ["0.0%", "", "1"]] == [
        row[1:4] for row in shown[at + 1 : at + 4]
    ]


@pytest.mark.parametrize("kind", ["503_after", "reset_after", "503", "reset_before"])
def test_tabs_are_made_once_whatever_becomes_of_the_answer(google: LocalGoogle, kind: str) -> None:
    """The call that makes them is sent again, and passes once."""
    google.world.faults.set(BATCH, kind, call=2)
    assert log().delivered
    assert ["Runs", "Overview", "Dictionary", "sheetlog"] == list(sheets(google))


def test_runs_are_there_although_tabs_are_refused(
    google: LocalGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing about a tab beside them keeps a run out; the message says what to do."""
    twice = {"addSheet": {"properties": {"title": "Runs"}}}
    with monkeypatch.context() as patch:
        patch.setattr(sheets_redress, "tab_requests", lambda *_: iter([twice]))
        with pytest.warns(sheetlog.SheetlogWarning, match="sheetlog dress"):
            assert log().delivered
    assert ["Runs"] == list(sheets(google))
    done = dressing.redress()
    assert "the tab 'Overview' is made" in done.done
    assert {"Runs", "Overview", "Dictionary"} < set(sheets(google))


@pytest.mark.parametrize("reading", ["ok", "refused"])
def test_what_the_template_changed_follows_once(
    google: LocalGoogle, template: Path, reading: str
) -> None:
    """In words first; whether or not Google lets columns be compared in a batch."""
    google.world.set_modes({"assumptions": {"delete_create_same_id_in_batch": reading}})
    log(6)
    dressing.redress()
    changed = OURS.replace("width: 26", "width: 40").replace("[keep, drop]", "[keep, look, drop]")
    changed = changed.replace("percent", '"0.000"').replace("One row is", "A row is")
    template.write_text(changed)
    calls(google)
    planned = dressing.redress(dry_run=True)
    assert BATCH not in calls(google)
    assert "'Run': width 26 → 40" in planned.done
    assert planned.done == dressing.redress().done
    runs = sheets(google)["Runs"]
    assert 285 == runs["data"][0]["columnMetadata"][0]["pixelSize"]
    assert "A row is one run" == cell(runs, 0, 0)["note"]
    assert "0.500" == cell(runs, 6, 3)["formattedValue"]
    values = cell(runs, 1, 4)["dataValidation"]["condition"]["values"]
    assert ["keep", "look", "drop"] == [value["userEnteredValue"] for value in values]
    assert () == dressing.redress().done
    assert log().delivered


def test_what_never_varies_is_folded_away(google: LocalGoogle) -> None:
    """In a group that opens with a click."""
    log(6)
    assert "'epochs' never varies and is folded away" in dressing.redress().done
    runs = sheets(google)["Runs"]
    (group,) = [each for each in runs["columnGroups"] if each["collapsed"]]
    titles = [each["formattedValue"] for each in runs["data"][0]["rowData"][0]["values"]]
    assert "epochs" in titles[group["range"]["startIndex"] : group["range"]["endIndex"]]


def test_what_people_restyled_stays(google: LocalGoogle, template: Path) -> None:
    """A width, a cell of the Overview: theirs, and told."""
    log(2)
    where = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    width = {"range": where, "properties": {"pixelSize": 500}, "fields": "pixelSize"}
    overview = sheets(google)["Overview"]["properties"]["sheetId"]
    rows = [{"values": [{"userEnteredValue": {"stringValue": "My page"}}]}]
    start = {"sheetId": overview, "rowIndex": 0, "columnIndex": 0}
    text = {"start": start, "rows": rows, "fields": "userEnteredValue"}
    change(google, {"updateDimensionProperties": width}, {"updateCells": text})
    template.write_text(OURS.replace("width: 26", "width: 40").replace("Accuracy", "Share"))
    done = dressing.redress()
    assert any(words.startswith("'Run': width 70.7 → 40: stays") for words in done.left)
    found = sheets(google)
    assert 500 == found["Runs"]["data"][0]["columnMetadata"][0]["pixelSize"]
    assert "My page" == cell(found["Overview"], 0, 0)["formattedValue"]


def test_a_renamed_tab_is_ours_and_a_deleted_one_is_made_again(google: LocalGoogle) -> None:
    """Tabs are known by their notes, not by their titles."""
    log(2)
    dressing.redress()
    found = sheets(google)
    overview = found["Overview"]["properties"]["sheetId"]
    renamed = {"properties": {"sheetId": overview, "title": "Our page"}, "fields": "title"}
    gone = {"sheetId": found["Dictionary"]["properties"]["sheetId"]}
    change(google, {"updateSheetProperties": renamed}, {"deleteSheet": gone})
    assert ("the tab 'Dictionary' is made",) == dressing.redress().done
    assert {"Runs", "Our page", "Dictionary", "sheetlog"} == set(sheets(google))


def test_a_column_that_moved_meanwhile_is_not_taken_for_another(google: LocalGoogle) -> None:
    """What was looked at must still be there when it is dressed."""
    log(2)
    sink = api.sink_of(settings.current().sheet)
    assert isinstance(sink, SheetsSink)
    looks = sink.looks()
    source = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    change(google, {"moveDimension": {"source": source, "destinationIndex": 4}})
    style = Restyle(key="run.name", place=0, attribute="width", value=90)
    with pytest.raises(StaleError):
        sink.dress(Redress(base=looks, columns=(style,)))
    sizes = sheets(google)["Runs"]["data"][0]["columnMetadata"]
    assert 635 not in [size.get("pixelSize") for size in sizes]


def test_a_box_that_nobody_ticked_makes_no_row(google: LocalGoogle) -> None:
    """Blank rows have boxes as well, and hold no runs."""
    log(2)
    assert 2 == len(sheetlog.runs())


def test_a_long_memory_is_kept_whole(google: LocalGoogle) -> None:
    """More than a cell holds, in several."""
    log()
    sink = api.sink_of(settings.current().sheet)
    assert isinstance(sink, SheetsSink)
    for text in ("a" * 120_000, "b" * 50_000, ""):
        sink.dress(Redress(base=sink.looks(), memory=text))
        assert text == sink.looks().memory


def test_a_language_is_that_of_the_tabs_too(google: LocalGoogle) -> None:
    """Their titles, and the figures' labels."""
    sheetlog.configure(language="de")
    assert "de" == catalog.load(settings.current().template, "de").words.code
    log()
    assert {"Übersicht", "Wörterbuch"} < set(sheets(google))


def test_figures_are_those_of_the_runs(google: LocalGoogle) -> None:
    """Best, top ten, mean and deviation over seeds: worked out here from what was logged."""
    scores = {1: (0.5, 0.75), 2: (0.9,), 3: (0.25, 0.5, 0.625)}
    for lr, values in scores.items():
        for seed, value in enumerate(values):
            sheetlog.log({"lr": lr, "seed": seed}, {"accuracy": value}, name=f"{lr}-{seed}")
    sheetlog.log({"lr": 9}, {}, status="failed")
    dressing.redress()  # the groups' column has come after the first run
    rows = sheets(google)["Overview"]["data"][0]["rowData"]
    shown = [[c.get("effectiveValue", {}) for c in row.get("values", [])] for row in rows]
    table = [[next(iter(v.values()), None) for v in row] for row in shown]
    table = [[None if isinstance(v, dict) else v for v in row] for row in table]  # errors
    by_label = {row[0]: row[1:] for row in reversed(table) if row}
    assert 7 == by_label["Total runs"][0]
    assert (6, 1) == (by_label["Finished"][0], by_label["Failed"][0])
    assert (0.9, "2-0") == (by_label["Accuracy"][0], by_label["Run"][0])
    best = [row for row in table if row and row[0] in ("2-0", "1-1", "3-2")]
    (groups,) = [at for at, row in enumerate(table) if row and row[0] == "Best run"]
    for lr, row in zip((2, 1, 3), table[groups + 1 :], strict=False):
        values = scores[lr]
        assert statistics.fmean(values) == pytest.approx(row[1])
        assert len(values) == row[3]
        assert max(values) == row[4]
        if len(values) > 1:
            assert statistics.stdev(values) == pytest.approx(row[2])
    assert 6 == len(best)


def test_the_page_draws_the_chart(google: LocalGoogle) -> None:
    """A line through the best runs so far, with its title, in the colour of the workbook's."""
    for number in range(3):
        sheetlog.log({"lr": number}, {"accuracy": number / 4}, name=f"run {number}")
    client = PlainClient(google.base_url)
    page = client.get(sheetlog.location().partition("#")[0].removeprefix(google.base_url))
    client.close()
    (chart,) = re.findall(r'<svg class="chart".*?</svg>', page.body.decode())
    assert "Best so far: Accuracy" in chart
    assert "50.0%" in chart
    assert 'stroke="#0f766e"' in chart
    assert 'points="' in chart


def test_a_moved_column_is_no_edit_of_the_overview(google: LocalGoogle, template: Path) -> None:
    """Google spells its formulas anew, and nobody has touched them."""
    log(2)
    dressing.redress()
    source = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    renamed = {"properties": {"sheetId": 0, "title": "All runs"}, "fields": "title"}
    change(
        google,
        {"moveDimension": {"source": source, "destinationIndex": 4}},
        {"updateSheetProperties": renamed},
    )
    template.write_text(OURS.replace("format: percent", 'format: "0.000"'))
    done = dressing.redress()
    assert "the tab 'Overview' is written anew" in done.done
    assert () == done.left
