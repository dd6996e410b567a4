"""Pictures in the rows of a Google Sheet: where everybody may open the files, and where not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sheetlog
from sheetlog import api
from sheetlog.artifacts.drive_folder import FOLDER
from sheetlog.record import Link
from sheetlog.sinks import sheets_pictures
from tests.google.server import LocalGoogle

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
SHARED = Link(text="a, b.png · v2", url="https://drive.google.com/file/d/F1/view?usp=sharing")
SHOWN = (
    '=IMAGE("https://drive.google.com/uc?export=download&id=F1&name=a%2C%20b.png%20%C2%B7%20v2")'
)
TEMPLATE = """
columns:
  - {key: run.name}
  - {key: artifacts.plot, format: image}
  - {key: artifacts.other}
"""


@pytest.fixture
def template(place: Path) -> Path:
    """Give a template with a column for pictures."""
    file = place / "runs.yaml"
    file.write_text(TEMPLATE)
    return file


def log(template: Path, name: str, **more: Any) -> sheetlog.Receipt:
    files = {"plot": place_of(template, "plot.png"), "other": place_of(template, "other.png")}
    return sheetlog.log(
        {}, {"acc": 1}, name=name, sheet="google:Runs", template=template, artifacts=files, **more
    )


def place_of(template: Path, name: str) -> Path:
    """Return a picture beside the template."""
    file = template.parent / name
    file.write_bytes(PNG + name.encode())
    return file


def share(google: LocalGoogle) -> None:
    """Let everybody with the link open the folder of files, as a person does it."""
    from tests.unit.google_sink.test_files import posted

    (folder,) = (
        file
        for file in google.world.files.values()
        if file.name.endswith(" files") and file.mime_type == FOLDER
    )
    path = f"/drive/v3/files/{folder.file_id}/permissions"
    posted(google, path, {"type": "anyone", "role": "reader"})
    api._drives.clear()  # as another process, which asks anew


def sheet(google: LocalGoogle) -> dict[str, Any]:
    """Return the spreadsheet with all of its cells."""
    from tests.unit.google_sink.test_dressed import whole

    return whole(google)


def test_a_link_as_a_formula_and_back() -> None:
    """The label comes along; neither commas nor decimal marks stand outside of the text."""
    assert SHOWN == sheets_pictures.formula(SHARED)
    assert SHARED == sheets_pictures.link(SHOWN)


@pytest.mark.parametrize(
    "cell",
    [
        Link(text="a.png", url="https://drive.google.com/file/d/F1/view"),
        Link(text="a.pt", url=SHARED.url),
        Link(text="ä" * 400 + ".png", url=SHARED.url),
        "a.png",
        None,
    ],
)
def test_what_is_not_shown(cell: Any) -> None:
    """A file that not everybody may open, a model, an address that is too long, no link."""
    assert "" == sheets_pictures.formula(cell)


@pytest.mark.parametrize("text", ['=IMAGE("https://example.org/a.png")', SHOWN[:-1] + ";4;9;9)"])
def test_formulas_of_people(text: str) -> None:
    """Are no links of ours."""
    assert None is sheets_pictures.link(text)


def cells(google: LocalGoogle) -> list[dict[str, Any]]:
    """Return the rows of runs, each as its cells by title, with its height."""
    data = sheet(google)["sheets"][0]["data"][0]
    titles = [cell.get("formattedValue") for cell in data["rowData"][0]["values"]]
    found = []
    for row, size in zip(data["rowData"][1:], data["rowMetadata"][1:], strict=False):
        line = dict(zip(titles, row.get("values", ()), strict=False))
        if line.get("Run", {}).get("userEnteredValue"):
            found.append({**line, "height": size["pixelSize"]})
    return found


def test_a_picture_shows_where_everybody_may_open_it(google: LocalGoogle, template: Path) -> None:
    """In its column, in a higher row; the link as before, where they may not, or elsewhere."""
    log(template, "before")
    share(google)
    log(template, "after")
    before, after = cells(google)
    assert {"stringValue": "plot.png"} == before["plot"]["userEnteredValue"]
    formula = after["plot"]["userEnteredValue"]["formulaValue"]
    assert formula.startswith('=IMAGE("https://drive.google.com/uc?export=download&id=')
    assert "stringValue" in after["other"]["userEnteredValue"]
    assert (21, 96) == (before["height"], after["height"])
    told = "plot.png · v2 (same as v1)"
    assert ["plot.png", told] == list(sheetlog.runs("google:Runs")["artifacts.plot"])


def test_later_revisions(google: LocalGoogle, template: Path) -> None:
    """The cell reads as the link that was written, and so isn't taken for a person's: it stays,
    and a new version replaces it. What a person puts there instead stays as well.
    """
    log(template, "first", run_id="a")
    share(google)
    log(template, "second", run_id="b")
    was = cells(google)[1]["plot"]["userEnteredValue"]
    log(template, "second", run_id="b", notes="good")
    assert was == cells(google)[1]["plot"]["userEnteredValue"]
    again(template, "b", b"new")
    now = cells(google)[1]["plot"]["userEnteredValue"]
    assert "v3" in now["formulaValue"]
    assert now != was
    typed(google, "mine")
    again(template, "b", b"newer")
    assert {"stringValue": "mine"} == cells(google)[1]["plot"]["userEnteredValue"]


def again(template: Path, run: str, content: bytes) -> None:
    """Log another picture for a run that is there."""
    file = template.parent / "plot.png"
    file.write_bytes(PNG + content)
    done = sheetlog.log(
        run_id=run, artifacts={"plot": file}, sheet="google:Runs", template=template
    )
    assert done.delivered


def typed(google: LocalGoogle, words: str) -> None:
    """Type over the second run's picture."""
    from tests.unit.google_sink.test_files import posted

    found = sheet(google)
    tab = found["sheets"][0]
    titles = [cell.get("formattedValue") for cell in tab["data"][0]["rowData"][0]["values"]]
    start = {
        "sheetId": tab["properties"]["sheetId"],
        "rowIndex": 2,
        "columnIndex": titles.index("plot"),
    }
    values = [{"userEnteredValue": {"stringValue": words}}]
    update = {"start": start, "rows": [{"values": values}], "fields": "userEnteredValue"}
    path = f"/v4/spreadsheets/{found['spreadsheetId']}:batchUpdate"
    posted(google, path, {"requests": [{"updateCells": update}]})


def test_the_file_behind_a_picture(
    google: LocalGoogle, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another computer fetches it, by what the sheet alone tells."""
    log(template, "first")
    share(google)
    log(template, "second")
    monkeypatch.setenv("SHEETLOG_JOURNAL", str(tmp_path / "other.sqlite3"))
    monkeypatch.setattr(api, "_journals", {})
    found = sheetlog.artifact("plot", run="second", sheet="google:Runs")
    assert PNG + b"plot.png" == found.read_bytes()
    assert "plot.png" == found.name


def test_a_picture_keeps_its_link(google: LocalGoogle, template: Path) -> None:
    """A click opens the whole file."""
    log(template, "first")
    share(google)
    log(template, "second")
    shown = cells(google)[1]["plot"]["userEnteredFormat"]["textFormat"]["link"]["uri"]
    assert shown.endswith("/view?usp=sharing")


@pytest.mark.parametrize("shows", [True, False])
def test_a_sheet_of_ours_may_show_pictures(
    google: LocalGoogle, template: Path, shows: bool
) -> None:
    """No reader is asked; a sheet without a column for pictures stays as Google makes it."""
    if not shows:
        template.write_text(TEMPLATE.replace(", format: image", ""))
    sheetlog.log({}, {"acc": 1}, sheet="google:Runs", template=template)
    allowed = "importFunctionsExternalUrlAccessAllowed"
    assert shows == sheet(google)["properties"].get(allowed, False)
