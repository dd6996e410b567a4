"""What users and the world around them do that nobody asked for, through `log()` alone."""

import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

import sheetlog
from sheetlog import catalog
from sheetlog.errors import MisuseError


def rows_by_tab(path: Path) -> dict[str, int]:
    """Give how many rows each tab of runs has below its header, as another library counts them."""
    beside = {"Overview", "Dictionary"}
    book = openpyxl.load_workbook(path)
    return {sheet.title: sheet.max_row - 1 for sheet in book if sheet.title not in beside}


class _Deaf:
    """A stream that takes nothing any more: a closed one, a broken pipe, a full disk."""

    encoding = "ascii"

    def __init__(self, error: Exception) -> None:
        self._error = error

    def write(self, _text: str) -> int:
        """Raise."""
        raise self._error


@pytest.mark.parametrize(
    "error", [BrokenPipeError(32, "broken pipe"), ValueError("I/O operation on closed file")]
)
def test_a_line_that_cannot_be_printed_ends_no_training(
    error: Exception, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run is in the sheet, whoever hears of it."""
    monkeypatch.setattr(sys, "stdout", _Deaf(error))
    assert sheetlog.log({"a": 1}, {}, name="é").delivered
    monkeypatch.setattr(sys, "stdout", None)
    assert sheetlog.log({"a": 1}, {}).delivered
    assert {"Runs": 2} == rows_by_tab(place / "runs.xlsx")


def test_a_terminal_that_knows_no_emoji_shows_what_it_can(place: Path) -> None:
    """Other characters are escaped instead of raising."""
    code = "import sheetlog; sheetlog.log({}, {}, name='é😀')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
    )
    assert (0, b"") == (done.returncode, done.stderr)
    assert rb"run '\xe9\U0001f600' is in file:" in done.stdout


@pytest.mark.parametrize("tab", ["x" * 40, "a/b", "a:b", "'q'", " lead", "History", "[x]"])
def test_a_tab_that_excel_would_not_call_so_is_found_again(tab: str, place: Path) -> None:
    """One tab for all runs, not one for each; a later state edits its row."""
    for number in range(3):
        sheetlog.log({"i": number}, {}, sheet=f"b.xlsx#{tab}", run_id=f"r{number // 2}")
    assert [2] == list(rows_by_tab(place / "b.xlsx").values())


@pytest.mark.parametrize("id_", ["NaN", "None", "12345678901234567890", "'1", '"x"', "=A"])
def test_an_id_that_looks_like_a_value_is_found_again(id_: str, place: Path) -> None:
    """A later state edits the row, and `runs()` gives the id as it was."""
    for number in range(2):
        assert sheetlog.log({"i": number}, {}, run_id=id_).delivered
    frame = sheetlog.runs()
    assert ([id_], [1]) == (list(frame.index), list(frame["params.i"]))


@pytest.mark.parametrize("id_", ["x" * 256, "\ud800"])
def test_an_id_that_no_cell_holds_is_misuse(id_: str, place: Path) -> None:
    """Its row could not be found again."""
    with pytest.raises(MisuseError, match="'run_id' must be"):
        sheetlog.log({}, {}, run_id=id_)


@pytest.mark.parametrize("name", ["a\0b.xlsx", "\ud800.xlsx"])
def test_a_path_that_no_disk_knows_is_misuse(name: str, place: Path) -> None:
    """It is said at the call, and does not stand in the journal for `sync` to fall over."""
    with pytest.raises(MisuseError, match="cannot tell which sheet"):
        sheetlog.log({}, {}, sheet=name)
    assert 0 == sheetlog.sync().waiting


@pytest.mark.parametrize(
    "link", ["https://x.sharepoint.com/a/runs.xlsx", "s3://b/runs.xlsx", "file:///tmp/runs.xlsx"]
)
def test_a_link_to_a_workbook_is_misuse(link: str, place: Path) -> None:
    """No folder is made that is called after the link's scheme."""
    with pytest.raises(MisuseError, match="is a link"):
        sheetlog.log({}, {}, sheet=link)
    assert [] == os.listdir(place)


def test_a_folder_that_is_not_mounted_is_not_made(place: Path) -> None:
    """The workbook would lie on this computer's disk, where nobody else sees it."""
    (place / "model.pt").write_bytes(b"weights")
    with pytest.warns(sheetlog.errors.SheetlogWarning):
        receipt = sheetlog.log({}, {}, sheet="share/runs.xlsx", artifacts="model.pt")
    assert (False, False) == (receipt.delivered, (place / "share").exists())


def test_params_that_cannot_be_read_cost_their_own_cells(place: Path) -> None:
    """The metrics are in the sheet all the same."""

    class Broken(dict[str, object]):
        def items(self) -> object:  # type: ignore[override]
            raise RuntimeError("no")

    with pytest.warns(sheetlog.errors.SheetlogWarning, match="cannot be read: RuntimeError"):
        assert sheetlog.log(Broken(lr=1), {"acc": 0.5}).delivered
    assert [0.5] == list(sheetlog.runs()["metrics.acc"])


def test_a_working_directory_that_is_gone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What surrounded the run is looked for elsewhere."""
    monkeypatch.setenv("SHEETLOG_CONTEXT", "git")
    gone = place / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert sheetlog.log({}, {}, sheet=place / "runs.xlsx").delivered


def test_no_column_is_written_beyond_the_last(place: Path) -> None:
    """Excel opens no workbook with 16,385 columns: the run is kept, the file stays as it is."""
    book = openpyxl.Workbook()
    book.worksheets[0].append([f"c{number}" for number in range(16_380)])
    book.save(place / "wide.xlsx")
    before = (place / "wide.xlsx").read_bytes()
    with pytest.warns(sheetlog.errors.SheetlogWarning, match=r"16,384 columns"):
        receipt = sheetlog.log({"lr": 1}, {}, sheet="wide.xlsx#Sheet")
    assert (False, 1) == (receipt.delivered, receipt.waiting)
    assert before == (place / "wide.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("above", "header"),
    [
        ([["Project", "MNIST"], ["Owner", "Ana"], []], 4),
        ([["Mnist runs"], ["Project", "MNIST"], [], []], 5),
        ([["Run", "Accuracy"], ["a", 0.5], [], ["Per", "week", "runs"]], 1),
        ([["Run", "Verdict"], ["a", "keep"], ["b", "drop"]], 1),
    ],
)
def test_pairs_above_a_table_are_not_its_header(
    above: list[list[object]], header: int, place: Path
) -> None:
    """The run stands under the header that its values belong to."""
    book = openpyxl.Workbook()
    for row in [*above, ["Run", "Accuracy", "lr"], ["a", 0.5, 0.1]]:
        book.worksheets[0].append(row)
    book.save(place / "team.xlsx")
    sheetlog.log({}, {}, sheet="team.xlsx#Sheet", name="ours")
    sheet = openpyxl.load_workbook(place / "team.xlsx").worksheets[0]
    (row,) = [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == "ours"]
    titled = [row for row in range(1, row) if "Status" in [cell.value for cell in sheet[row]]]
    assert [header] == titled


def test_ctrl_c_while_the_parser_is_loaded_costs_one_call(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Afterwards it is loaded whole; half of it would stay for as long as the process lives."""
    whole = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "yaml"}
    for name in whole:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(catalog, "_loaded", {})

    class Interrupts:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "yaml.loader":
                raise KeyboardInterrupt

    finder = Interrupts()
    sys.meta_path.insert(0, finder)  # type: ignore[arg-type]
    try:
        with pytest.raises(KeyboardInterrupt):
            sheetlog.log({}, {}, name="first")
    finally:
        sys.meta_path.remove(finder)  # type: ignore[arg-type]
    assert sheetlog.log({}, {}, name="second").delivered
    assert ["first", "second"] == sorted(sheetlog.runs()["run.name"])
    for name in [name for name in sys.modules if name.split(".")[0] == "yaml"]:
        monkeypatch.delitem(sys.modules, name)
    sys.modules.update(whole)


def test_a_template_that_fails_unforeseen_refuses_no_run(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run waits, and the next call delivers it."""
    with monkeypatch.context() as patch:
        patch.setattr(catalog, "load", lambda *given: {}[given])
        with pytest.warns(sheetlog.errors.SheetlogWarning, match="cannot be read"):
            sheetlog.log({}, {}, name="first")
    assert sheetlog.log({}, {}, name="second").delivered
    assert {"Runs": 2} == rows_by_tab(place / "runs.xlsx")
