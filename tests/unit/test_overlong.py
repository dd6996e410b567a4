"""What no cell holds whole is a file of the run, and the cell says which."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
import yaml

import sheetlog
from sheetlog import api, overlong
from sheetlog.errors import ArtifactError

LONG = "prompt " * 6_000


def row(place: Path) -> dict[str, object]:
    """Give the newest row of the workbook by title, read by another library."""
    sheet = openpyxl.load_workbook(place / "runs.xlsx")["Runs"]
    return {
        head.value: cell.value for head, cell in zip(sheet[1], sheet[sheet.max_row], strict=True)
    }


def stored(place: Path, name: str) -> str:
    """Give the text of a stored file."""
    [path] = [p for p in (place / "runs_files").glob(f"*/{name}") if p.parent.name != ".store"]
    return path.read_text(encoding="utf-8")


def test_params_that_are_too_long_come_as_a_whole_config(place: Path) -> None:
    """The cell is cut and names the file; the file, logged again, gives the same params."""
    given = {"prompt": LONG, "optim": {"lr": 1e-4}, "word": "on"}
    receipt = sheetlog.log(given, {"acc": 1}, name="n")
    assert receipt.delivered
    shown = row(place)
    assert shown["prompt"].startswith("prompt prompt")
    end = "[cut: 42,000 characters in all; the artifact 'config' has them]"
    assert shown["prompt"].endswith(end)
    assert "config.yaml" == shown["config"]
    assert given == yaml.safe_load(stored(place, "config.yaml"))
    again = sheetlog.log(next((place / "runs_files").glob("*/config.yaml")), {"acc": 1})
    assert sheetlog.params("n") == sheetlog.params(again.run_id) == given
    assert "config.yaml · v2 (same as v1)" == row(place)["config"]


def test_params_of_another_computer_are_whole(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sheet has the beginning alone; the file is fetched, and missed where it is gone."""
    given = {"prompt": LONG, "n": 1.0, "deep": {"on": True, "none": None, "list": [1, 2]}}
    sheetlog.log(given, {"acc": 1}, name="n")
    for journal in api._journals.values():
        journal.close()
    monkeypatch.setattr(api, "_journals", {})
    monkeypatch.setenv("SHEETLOG_JOURNAL", str(place.parent / "other" / "journal.sqlite3"))
    assert given == sheetlog.params("n")
    shutil.rmtree(place / "runs_files")
    shutil.rmtree(place.parent / "cache")
    with pytest.raises(ArtifactError, match="no longer there"):
        sheetlog.params("n")


def test_other_long_texts_have_a_file_each(place: Path) -> None:
    """A note is no param; characters that no encoding has do not stop it."""
    sheetlog.log({"lr": 1}, {"acc": 1, "answer": LONG + "\ud800"}, notes=LONG)
    assert LONG == stored(place, "notes.txt")
    assert LONG + "\\ud800" == stored(place, "answer.txt")
    shown = row(place)
    assert "config" not in shown
    assert shown["Notes"] is None or "the artifact" not in str(shown["Notes"])
    assert [] == list((place / "runs_files").glob("*/config.yaml"))


def test_what_fits_is_no_file(place: Path) -> None:
    """However many runs are logged, no folder is made for them."""
    sheetlog.log(
        {"prompt": "x" * 32_000, "n": list(range(50))}, {"acc": 1, "answer": "x" * 32_767}
    )
    assert not (place / "runs_files").exists()
    assert "x" * 32_000 == row(place)["prompt"]
    assert "x" * 32_767 == row(place)["answer"]


def test_more_params_than_the_overflow_cell_lists(place: Path) -> None:
    """Those beyond the columns are cut in their cell, and whole in the file."""
    given = {f"p{number:04}": "v" * 10 for number in range(2_000)}
    Path("t.yaml").write_text("columns:\n- {key: run.name}\n- {key: params.*}\nmax_columns: 20\n")
    sheetlog.log(given, {}, template="t.yaml", artifacts={"config": b"another"})
    sheet = openpyxl.load_workbook(place / "runs.xlsx").worksheets[0]
    cells = [str(cell.value) for cell in sheet[2]]
    [cut] = [cell for cell in cells if "[cut:" in cell]
    assert cut.endswith("the artifact 'config~2' has them]")
    assert given == yaml.safe_load(stored(place, "config~2.yaml"))


def test_secrets_stay_out(place: Path) -> None:
    """What is no value of the record is none of the file."""
    with pytest.warns(sheetlog.SheetlogWarning, match="look like secrets"):
        sheetlog.log({"prompt": LONG, "api_key": "sk-abcdefghijklmnopqrstuvwx"}, {"acc": 1})
    assert "abcdefgh" not in stored(place, "config.yaml")


@pytest.mark.parametrize(
    ("expected", "values"),
    [
        ([], {"params.a": 1, "run.name": "n"}),
        ([], {"params.a": "x" * 32_700}),
        ([], {"params.a": "x" * 30_000, "metrics.a": "x" * 30_000}),
        (["config"], {"params.a": "x" * 20_000, "params.b": "x" * 20_000}),
        (["config"], {"params.a": "x" * 32_768}),
        (["config"], {"params.a": "🎉" * 16_384}),
        ([], {"metrics.a": "🎉" * 16_383}),
        (["a"], {"metrics.a": "x" * 32_768, "params.a": 1}),
        (["config", "a"], {"metrics.a": "x" * 32_768, "params.a": "x" * 32_768}),
    ],
)
def test_what_is_too_long(expected: list[str], values: dict[str, object]) -> None:
    """Counted as Excel counts; params together, everything else for itself."""
    assert expected == [each.name for each in overlong.files(values)]
