"""Which row is the header, which column is which, and where a run stands."""

from __future__ import annotations

import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sheetlog.errors import RefusedError
from sheetlog.plan import Header
from sheetlog.record import Link
from sheetlog.sinks.excel import ExcelSink
from tests.packages import zipped
from tests.unit.test_excel_sink import deliver
from tests.unit.xlsx.tabs import KEYS, header, logged, names, new, run, table, text, write

TWO = header() + run(2, "a") + run(3, "b")


def seen(path: Path, *ids: str, tab: str = "#Runs") -> Header:
    return ExcelSink(f"{path}{tab}").header(ids)


def places(header_: Header) -> dict[str, int]:
    return {column.key or column.title: column.place for column in header_.columns}


def test_marks_find_columns_whatever_their_titles(tmp_path: Path) -> None:
    """A mark counts, and a title says nothing."""
    path = write(tmp_path / "a.xlsx", TWO, marks=names({**KEYS, "metrics.acc": "D", "params.x": "C"}))
    found = seen(path)
    assert {"run.id": 0, "run.revision": 1, "params.x": 2, "metrics.acc": 3} == places(found)
    assert ["Run id", "Revision", "Accuracy", "x"] == [column.title for column in found.columns]


def test_columns_of_people(tmp_path: Path) -> None:
    """A column without a mark is a person's; so is one whose header cell is beside ours."""
    rows = header(("Mine", "Run id", "Revision", "Also mine")) + run(2, "a")
    path = write(tmp_path / "a.xlsx", rows, marks=names({"run.id": "B", "run.revision": "C"}))
    assert [None, "run.id", "run.revision", None] == [column.key for column in seen(path).columns]


def test_deleted_columns(tmp_path: Path) -> None:
    """A mark that points nowhere is a column that a person deleted."""
    gone = (
        '<definedName name="_sheetlog.params.lr" localSheetId="0" hidden="1">Runs!#REF!</definedName>'
        '<definedName name="_sheetlog.params.wd" localSheetId="0">#REF!</definedName>'
        '<definedName name="_sheetlog.params.other" localSheetId="7">#REF!</definedName>'
    )
    path = write(tmp_path / "a.xlsx", TWO, marks=names() + gone)
    assert frozenset({"params.lr", "params.wd"}) == seen(path).deleted


def test_a_column_that_is_there_is_not_deleted(tmp_path: Path) -> None:
    """A copied tab may have the workbook's old name beside its own: its own counts."""
    both = (
        '<definedName name="_sheetlog.params.x">Runs!$B$1</definedName>'
        '<definedName name="_sheetlog.params.gone">Runs!#REF!</definedName>'
        '<definedName name="_sheetlog.metrics.acc">Runs!$C$1</definedName>'
        '<definedName name="_sheetlog.metrics.acc" localSheetId="0">#REF!</definedName>'
    )
    own = {key: place for key, place in KEYS.items() if key != "metrics.acc"}
    found = seen(write(tmp_path / "a.xlsx", TWO, marks=both + names(own)))
    assert {"run.id": 0, "run.revision": 1, "metrics.acc": 2, "params.x": 3} == places(found)
    assert frozenset() == found.deleted


def test_a_mark_outside_of_the_header_is_lost(tmp_path: Path) -> None:
    """Somebody dragged the header cell away: the title below may still tell."""
    marks = names({k: p for k, p in KEYS.items() if k != "params.x"}) + names({"params.x": "F"}, row=7)
    found = seen(write(tmp_path / "a.xlsx", TWO, marks=marks))
    assert "params.x" not in [column.key for column in found.columns]
    assert frozenset() == found.deleted


def test_marks_of_another_tab_are_not_ours(tmp_path: Path) -> None:
    """A copied tab may have names that still point to the first one."""
    path = write(tmp_path / "a.xlsx", TWO, marks=names(title="Other"))
    assert list(KEYS) == [column.key for column in seen(path).columns]  # no tab is called so
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    tab = b'<sheet name="Other" sheetId="7" r:id="rId7"/></sheets>'
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(b"</sheets>", tab)
    path.write_bytes(zipped(members))
    assert [None] * 4 == [column.key for column in seen(path).columns]


def test_the_header_need_not_be_the_first_row(tmp_path: Path) -> None:
    """Marks say where it is; a table does; a filter does."""
    above = f'<row r="1">{text("A1", "Our experiments")}</row><row r="3"/>'
    rows = above + header(row=5) + run(6, "a")
    for name, given in {
        "marks": {"marks": names(row=5)},
        "table": {"marks": "", "tables": [table("A5:D6")]},
        "filter": {"marks": "", "tail": '<autoFilter ref="A5:D6"/>'},
        "looks": {"marks": ""},
    }.items():
        path = write(tmp_path / f"{name}.xlsx", rows, **given)  # type: ignore[arg-type]
        found = seen(path)
        assert ["Run id", "Revision", "Accuracy", "x"] == [column.title for column in found.columns], name


@pytest.mark.parametrize(
    ("rows", "titles"),
    [
        ("", []),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>', []),
        (f'<row r="2">{text("C2", "only")}</row><row r="3"><c r="C3"><v>1</v></c></row>', ["only"]),
        (f'<row r="1">{text("A1", "title")}</row>' + header(("p", "q"), 3), ["p", "q"]),
        (header(("p", "q")).replace("</row>", text("D1", "apart") + "</row>"), ["p", "q"]),
    ],
)
def test_what_looks_like_a_header(tmp_path: Path, rows: str, titles: list[str]) -> None:
    """The first row of nothing but texts, two of them side by side; one in a tab of one column."""
    path = write(tmp_path / "a.xlsx", rows, marks="")
    assert titles == [column.title for column in seen(path).columns]


def sheet_of(path: Path, rows: list[list[object]], *, merged: tuple[str, ...] = ()) -> Path:
    """Give a workbook with one tab, made by another program."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("above", "rows", "places"),
    [
        # A column without a title is a person's: it has values where the others have some.
        ([], [["Run", None, "lr"], ["a", "mine", 1]], [0, 2]),
        ([], [["Run", "Who", None, None, "lr"], ["a", "b", "c", 2, 1]], [0, 1, 4]),
        ([], [[None, "Run", None, "lr"], [7, "a", "b", 1]], [1, 3]),
        # A blank column parts two lists, as in Excel.
        ([], [["Run", "lr", None, "City", "Size"], ["a", 1, None, "b", 3]], [0, 1]),
        # Titles above, merged or not, are none of columns.
        ([["Our list"], []], [["Run", "lr"], ["a", 1]], [0, 1]),
        ([["Our list", None, None, "2026"]], [["Run", "lr", "x", "y"], ["a", 1, 2, 3]], [0, 1, 2, 3]),
        ([["General", None, "Params", None]], [["Run", "Who", "lr", "bs"], ["a", "b", 1, 2]], [0, 1, 2, 3]),
        # A row of nothing but texts may be a header itself, and the one above it a heading.
        ([], [["Ours", None, "2026"], ["Run", "Who", "x"]], [0, 1, 2]),
        ([], [["Run", None, "lr"], [], ["a", 2, 1]], []),
        # A sum or a count beside the titles is none of them, and doesn't hide them.
        ([], [["Run", "lr", "Who", None, "Best", 0.9], ["a", 1, "b"]], [0, 1, 2]),
        ([], [["Run", "lr", "Who", None, "=SUM(B2:B2)"], ["a", 1, "b"]], [0, 1, 2]),
        ([], [[7, None, "Run", "lr", "Who"], [None, None, "a", 1, "b"]], [2, 3, 4]),
        ([["Our list"]], [["Run", "lr", "Who", None, 2026], ["a", 1, "b"]], [0, 1, 2]),
        # Texts side by side among values are data; so are those below other cells.
        ([], [["a", "b", "c", None, 1], ["d", "e", "f", None, 2]], []),
        ([], [["Run", 2025, 2026], ["a", "b", "c", None, 1], ["d", "e", 2]], []),
        ([], [["Run", "lr", "Who", 0.9], ["a", 1, "b"]], []),
    ],
)  # fmt: skip
def test_titles_with_gaps(
    tmp_path: Path, above: list[list[object]], rows: list[list[object]], places: list[int]
) -> None:
    """Where the header is, and how far it goes, when another program made the tab."""
    path = sheet_of(tmp_path / "a.xlsx", [*above, *rows])
    assert places == [column.place for column in seen(path, tab="#Sheet").columns]


@pytest.mark.parametrize(
    ("rows", "merged", "places"),
    [
        ([["Run", None, "lr"], ["a", "x", 1]], ("A1:B1",), [0, 2]),
        ([["Run", "lr"], [None, None], ["a", 1]], ("A1:A2", "B1:B2"), [0, 1]),
        ([["Our runs", None, None], ["Run", "lr", "Who"], ["a", 1, "b"]], ("A1:C1",), [0, 1, 2]),
        ([["All", None, "P", None], ["Run", "Who", "lr", "bs"], ["a", "b", 1, 2]],
         ("A1:B1", "C1:D1"), [0, 1, 2, 3]),
    ],
)  # fmt: skip
def test_merged_titles(
    tmp_path: Path, rows: list[list[object]], merged: tuple[str, ...], places: list[int]
) -> None:
    """Merged cells count by their first one; they stay, and a new run stands below all data."""
    import openpyxl

    path = sheet_of(tmp_path / "a.xlsx", rows, merged=merged)
    assert places == [column.place for column in seen(path, tab="#Sheet").columns]
    deliver(ExcelSink(f"{path}#Sheet"), "c")
    sheet = openpyxl.load_workbook(path)["Sheet"]
    assert len(rows) + 1 == sheet.max_row
    assert len(merged) == len(sheet.merged_cells.ranges)


def test_a_header_of_thousands_of_columns(tmp_path: Path) -> None:
    """Gaps are crossed one after the other, at any width."""
    titles = [None if at % 3 == 1 else f"t{at}" for at in range(4000)]
    path = sheet_of(tmp_path / "a.xlsx", [titles, list(range(4000))])
    assert len([t for t in titles if t]) == len(seen(path, tab="#Sheet").columns)


def test_two_tables_in_a_tab(tmp_path: Path) -> None:
    """Runs go to the first one, and what stands below it moves down."""
    import openpyxl
    from openpyxl.worksheet.table import Table

    path = sheet_of(tmp_path / "a.xlsx", [["Run", "lr"], ["a", 1], [], ["City", "Size"], ["b", 3]])
    book = openpyxl.load_workbook(path)
    book["Sheet"].add_table(Table(displayName="Runs", ref="A1:B2"))
    book["Sheet"].add_table(Table(displayName="Cities", ref="A4:B5"))
    book.save(path)
    for id_ in "cde":
        deliver(ExcelSink(f"{path}#Sheet"), id_)
    sheet = openpyxl.load_workbook(path)["Sheet"]
    assert ["A1", "A6"] == sorted(t.ref.partition(":")[0] for t in sheet.tables.values())
    assert ["City", "b"] == [sheet.cell(row, 1).value for row in (6, 7)]


def test_titles_from_shared_strings(tmp_path: Path) -> None:
    """Excel keeps texts apart from the cells; rich text is its runs."""
    cells = "".join(f'<c r="{p}1" t="s"><v>{n}</v></c>' for n, p in enumerate("ABC"))
    path = write(
        tmp_path / "a.xlsx",
        f'<row r="1">{cells}</row>',
        marks=names({"run.id": "A"}),
        strings=("<t>Run</t>", "<r><t>Lo</t></r><r><t>ss</t></r>", "<t/>"),
    )
    assert ["Run", "Loss"] == [column.title for column in seen(path).columns][:2]


def test_runs_are_found_by_their_id(tmp_path: Path) -> None:
    """Wherever the row is by now; its revision and typed cells come with it."""
    path = write(tmp_path / "a.xlsx", TWO)
    when = datetime(2026, 11, 23, 12, 0, 1, 250000)
    logged(path, new("c", acc=when, x=Link(text="m", url="u#p")), new("d", acc=timedelta(hours=30), x=True))
    logged(path, edits={"c": {"run.revision": 4}})
    found = seen(path, "a", "c", "d", "nobody", "m").rows
    assert {"a", "c", "d"} == set(found)
    assert {"run.id": "a", "run.revision": 1, "metrics.acc": 0.5, "params.x": "one"} == found["a"].cells
    assert (4, when, Link(text="m", url="u#p")) == (
        found["c"].revision, found["c"].cells["metrics.acc"], found["c"].cells["params.x"],
    )  # fmt: skip
    assert (timedelta(hours=30), True) == (found["d"].cells["metrics.acc"], found["d"].cells["params.x"])


def test_many_runs_are_found_at_once(tmp_path: Path) -> None:
    """The column is read once then; odd ids are no matter."""
    ids = [f"run {n} <&> é" for n in range(20)]
    path = write(tmp_path / "a.xlsx", TWO)
    logged(path, *(new(id_) for id_ in ids))
    assert {*ids} == set(seen(path, *ids).rows)
    assert {ids[3]} == set(seen(path, ids[3]).rows)


def test_a_run_whose_id_is_a_shared_string(tmp_path: Path) -> None:
    """Once Excel has saved the workbook, the cell has a number for its text."""
    row = '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2"><v>3</v></c><c r="C2"><v>1</v></c></row>'
    path = write(tmp_path / "a.xlsx", header() + row, strings=("<t>zero</t>", "<t>abc</t>"))
    assert 3 == seen(path, "abc").rows["abc"].revision
    assert {} == seen(path, "zero").rows


def test_the_text_of_an_id_elsewhere_is_no_run(tmp_path: Path) -> None:
    """Only the id's own column counts."""
    path = write(tmp_path / "a.xlsx", header() + run(2, "a", x="b"))
    assert {} == seen(path, "b").rows


def test_a_copied_row_counts_once(tmp_path: Path) -> None:
    """The first of two is the run's."""
    path = write(tmp_path / "a.xlsx", header() + run(2, "a", 0.1) + run(3, "a", 0.2))
    assert 0.1 == seen(path, "a").rows["a"].cells["metrics.acc"]


def test_curves_are_no_value_to_compare(tmp_path: Path) -> None:
    """The bars in a curve's cell are a picture: nobody has typed them."""
    path = write(tmp_path / "a.xlsx", header() + run(2, "a", x="▁▂ █") + run(3, "b", x="▁ typed"))
    found = seen(path, "a", "b").rows
    assert "params.x" not in found["a"].cells
    assert "▁ typed" == found["b"].cells["params.x"]


def test_without_any_mark_the_title_finds_the_runs(tmp_path: Path) -> None:
    """A copied tab or an imported file: no run may be written twice."""
    path = write(tmp_path / "a.xlsx", TWO, marks="")
    assert {"a"} == set(seen(path, "a").rows)


def test_which_tab(tmp_path: Path) -> None:
    """The named one in any case, else one with marks; a chart's tab is refused."""
    path = write(tmp_path / "a.xlsx", TWO)
    assert seen(path, tab="").exists
    assert seen(path, tab="#rUNS").exists
    assert not seen(path, tab="#Other").exists
    assert not seen(write(tmp_path / "b.xlsx", TWO, marks=""), tab="").exists


def test_a_tab_without_cells_is_refused(tmp_path: Path) -> None:
    """It says so, and what to do."""
    import openpyxl

    book = openpyxl.Workbook()
    book.create_chartsheet("Chart")
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(RefusedError, match=r"'Chart' has no cells.*another tab"):
        seen(tmp_path / "a.xlsx", tab="#Chart")
