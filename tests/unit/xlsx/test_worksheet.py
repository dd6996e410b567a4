"""Which row is the header, which column is which, and where a run stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sheetlog.errors import RefusedError
from sheetlog.plan import Header
from sheetlog.record import Link
from sheetlog.sinks.excel import ExcelSink
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
