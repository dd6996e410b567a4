"""The report: what is in its cells, against pandas on the same runs; and as LibreOffice sees it."""

import math
import re
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import sheetlog
from sheetlog.errors import MisuseError, RefusedError, SheetlogWarning, TemplateError
from tests.people import office

PAGES = ["Summary", "Leaderboard", "Compare", "Charts", "Runs", "Dictionary", "Chart data"]


def runs_of(count: int) -> list[tuple[str, dict[str, object], dict[str, object]]]:
    """Give runs whose metric can be calculated by hand; every tenth failed with a NaN."""
    found = []
    for n in range(count):
        lr = (0.1, 0.01, 0.001)[n // 3 % 3]
        params = {"lr": lr, "model": ("vit", "cnn")[n % 2], "seed": n % 3, "width": 8 * (n % 5)}
        acc = math.nan if n % 10 == 9 else round(0.5 + 0.4 * math.sin(n) * lr**0.1, 6)
        found.append((f"run {n}", params, {"acc": acc, "loss": [1.0 / (n + k + 1) for k in range(9)]}))
    return found


@pytest.fixture
def logged(place: Path) -> Path:
    """Give a workbook with forty runs, and a journal that has them."""
    sheetlog.configure(quiet=True, context=False, offline=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SheetlogWarning)
        for name, params, metrics in runs_of(40):
            sheetlog.log(params, metrics, name=name)
    sheetlog.configure(offline=None)
    sheetlog.sync()
    return place / "runs.xlsx"


_BOOK: list[bytes] = []


@pytest.fixture
def sheet(request: pytest.FixtureRequest, place: Path) -> Path:
    """Give the same workbook, made once."""
    if not _BOOK:
        _BOOK.append(request.getfixturevalue("logged").read_bytes())
    sheetlog.configure(quiet=True, context=False)
    (place / "runs.xlsx").write_bytes(_BOOK[0])
    return place / "runs.xlsx"


def recomputed(path: Path) -> Path:
    """Give the workbook as LibreOffice saves it, all formulas calculated anew."""
    if office.missing():
        pytest.skip(str(office.missing()))
    whole = path.absolute()
    return office.running().convert(whole, whole.with_name("recomputed.xlsx"))


def cells(page: object) -> list[list[object]]:
    """Give a page's rows."""
    return [list(row) for row in page.iter_rows(values_only=True)]  # type: ignore[attr-defined]


@pytest.mark.office
def test_every_number_is_what_pandas_says(sheet: Path) -> None:
    """Summary, leaderboard and runs, read back after LibreOffice has recomputed the workbook."""
    made = sheetlog.export("report.xlsx", metric="acc", goal="max", group="lr")
    book = openpyxl.load_workbook(recomputed(made), data_only=True)
    assert PAGES == book.sheetnames
    oracle = pd.DataFrame([{"name": n, **p, "acc": m["acc"]} for n, p, m in runs_of(40)])
    summary = cells(book["Summary"])
    numbers = [value for value in summary[4] if isinstance(value, int | float)]
    assert pytest.approx([40, oracle["acc"].max(), oracle["acc"].median()]) == numbers
    by_hand = oracle.groupby("lr")["acc"].agg(["mean", "std", "count", "max"])
    by_hand = by_hand.sort_values("mean", ascending=False)
    board = [row for row in cells(book["Leaderboard"])[4:] if isinstance(row[0], int)]
    assert list(by_hand.index) == [row[1] for row in board]
    for row, (_, expected) in zip(board, by_hand.iterrows(), strict=True):
        assert pytest.approx(list(expected)) == row[2:6]
    rows = cells(book["Runs"])
    head = rows[3]
    written = pd.DataFrame(rows[4:], columns=head).set_index("Run")
    assert 40 == len(written)
    for name, params, metrics in runs_of(40):
        row = written.loc[name]
        expected = metrics["acc"]
        assert (pd.isna(row["acc"]) and math.isnan(expected)) or pytest.approx(expected) == row["acc"]
        assert (params["lr"], params["model"], params["width"]) == (row["lr"], row["model"], row["width"])
    # Rank correlation, by the definition: Pearson's of the ranks.
    both = oracle.dropna()
    expected = both["lr"].rank().corr(both["acc"].rank())
    said = {row[0]: row[3] for row in summary if row[0] in ("lr", "width", "model")}
    assert pytest.approx(expected) == said["lr"]


def test_charts_are_native_and_show_what_pandas_counts(logged: Path) -> None:
    """No pictures, no macros; the distribution's bars add up to the runs that have a number."""
    made = sheetlog.export("report.xlsx", metric="acc", goal="max")
    with zipfile.ZipFile(made) as package:
        names = package.namelist()
        charts = [package.read(n).decode() for n in names if re.match(r"xl/charts/chart", n)]
    assert 5 <= len(charts)
    assert not [name for name in names if "media" in name or "vba" in name]
    assert all("#REF!" not in chart for chart in charts)
    data = openpyxl.load_workbook(made)["Chart data"]
    columns = {column[0].value: [c.value for c in column[1:] if c.value is not None] for column in data.iter_cols()}
    assert 36 == sum(columns["Number of runs"])
    best = columns["best so far"]
    assert best == sorted(best)
    assert "run 1" in columns  # a curve, point by point
    assert 36 == len(best)


def test_a_report_can_be_printed(sheet: Path) -> None:
    """Each page has its paper, its fit, a header, a footer with page numbers, and the source."""
    made = sheetlog.export("report.xlsx", metric="acc", goal="max", question="Which?")
    book = openpyxl.load_workbook(made)
    for page in book.worksheets[:-1]:
        assert ("landscape", 9) == (page.page_setup.orientation, page.page_setup.paperSize)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert "&P" in page.oddFooter.center.text or "&[Page]" in page.oddFooter.center.text
        assert "runs.xlsx" in page.oddFooter.left.text
    assert "hidden" == book["Chart data"].sheet_state
    assert "Which?" == book["Summary"]["A2"].value


def test_people_s_words_are_in_the_report_and_stay_text(place: Path) -> None:
    """Notes of people, and names that look like formulas or links, are text."""
    sheetlog.configure(quiet=True, context=False)
    for n, name in enumerate(("=1+1", "http://x.example", "plain")):
        sheetlog.log({"x": n}, {"acc": n / 3}, name=name)
    book = openpyxl.load_workbook("runs.xlsx")
    head = {cell.value: cell.column for cell in book.active[1]}
    book.active.cell(2, head["Notes"]).value = "look at this one"
    book.save("runs.xlsx")
    made = sheetlog.export("report.xlsx")
    page = openpyxl.load_workbook(made)["Runs"]
    values = {cell.value: cell.data_type for row in page.iter_rows() for cell in row}
    assert "look at this one" in values
    assert ("s", "s") == (values["=1+1"], values["http://x.example"])


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_every_phrase_in_every_language(sheet: Path, language: str) -> None:
    """A report is of one language; no brace is left."""
    made = sheetlog.export(f"{language}.xlsx", language=language, metric="acc", goal="max", template="short")
    book = openpyxl.load_workbook(made)
    first = {"en": "Summary", "de": "Zusammenfassung", "fr": "Résumé"}[language]
    assert first == book.sheetnames[0]
    texts = [c.value for page in book for row in page.iter_rows() for c in row if isinstance(c.value, str)]
    assert not [text for text in texts if "{" in text and "}" in text]


def test_a_report_without_a_metric_to_judge_by(place: Path) -> None:
    """It says so, and has its pages all the same."""
    sheetlog.configure(quiet=True, context=False)
    sheetlog.log({"x": 1}, {"width": 3.0})
    book = openpyxl.load_workbook(sheetlog.export("report.xlsx"))
    assert "Leaderboard" not in book.sheetnames
    assert "No metric is known" in str(book["Summary"]["A7"].value)


def test_one_run_makes_a_report(place: Path) -> None:
    """The smallest sheet there is."""
    sheetlog.configure(quiet=True, context=False)
    sheetlog.log({"lr": 1}, {"acc": 0.5})
    assert "Leaderboard" in openpyxl.load_workbook(sheetlog.export("report.xlsx")).sheetnames


@pytest.mark.parametrize(
    ("kind", "expected", "given"),
    [
        (MisuseError, "end it in .xlsx, .csv", {"path": "report.doc"}),
        (MisuseError, "is the sheet itself", {"path": "runs.xlsx"}),
        (MisuseError, "'top' must be", {"path": "a.xlsx", "top": 1}),
        (MisuseError, "'language' must be", {"path": "a.xlsx", "language": "xx"}),
        (MisuseError, "'goal' must be", {"path": "a.xlsx", "goal": "up"}),
        (TemplateError, "no report template is called 'nope'", {"path": "a.xlsx", "template": "nope"}),
        (RefusedError, "there is no folder '", {"path": "nowhere/a.xlsx"}),
    ],
)
def test_what_cannot_be_is_told(sheet: Path, kind: type, expected: str, given: dict[str, object]) -> None:
    """The mistake and the way out; the sheet is as it was."""
    before = sheet.read_bytes()
    with pytest.raises(kind, match=re.escape(expected)):
        sheetlog.export(**given)
    assert before == sheet.read_bytes()
    assert ["runs.xlsx"] == [p.name for p in sheet.parent.iterdir() if not p.name.startswith(".")]


def test_a_template_s_mistakes_are_told_at_once(sheet: Path) -> None:
    """Each with its line and what is allowed."""
    Path("ours.yaml").write_text("titel: x\npages: [sumary]\ntop: 99\nlanguage: xx\n", encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        sheetlog.export("a.xlsx", template="ours.yaml")
    assert 4 == len(caught.value.mistakes)
    assert "did you mean 'title'" in str(caught.value)


def test_tables_by_suffix(sheet: Path) -> None:
    """CSV with every digit and column; Markdown, HTML and LaTeX for people, escaped."""
    sheetlog.log({"lr": 0.5}, {"acc": 1 / 3}, name="<b>|_&x")
    csv = pd.read_csv(sheetlog.export("t.csv"))
    assert 41 == len(csv)
    assert 1 / 3 == csv["metrics.acc"].iloc[-1]
    assert "run.id" in csv.columns
    texts = {s: sheetlog.export(f"t{s}").read_text(encoding="utf-8") for s in (".md", ".html", ".tex")}
    assert "\\<b\\>\\|\\_&x" in texts[".md"]
    assert "&lt;b&gt;|_&amp;x" in texts[".html"]
    assert "<b>" not in texts[".html"].partition("<body>")[2]
    assert r"\textless{}b\textgreater{}\textbar{}\_\&x" in texts[".tex"]
    assert 43 == texts[".md"].count("\n")
    assert all("0.3333" in text for text in texts.values())


def test_a_table_of_groups(sheet: Path) -> None:
    """With `group` a table has mean, sd and n."""
    table = pd.read_csv(sheetlog.export("g.csv", metric="acc", goal="max", group="model"))
    oracle = pd.DataFrame([{**p, "acc": m["acc"]} for _, p, m in runs_of(40)]).groupby("model")["acc"]
    for _, row in table.iterrows():
        held = oracle.get_group(row["params.model"])
        assert pytest.approx([held.mean(), held.std(), held.count()]) == [row["mean"], row["sd"], row["n"]]


def test_parquet_needs_pyarrow(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said where it is missing."""
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MisuseError, match="pip install pyarrow"):
        sheetlog.export("t.parquet")
