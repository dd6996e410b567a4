"""`runs()` of sheets that people mauled: what is there is read, and what was left out is told."""

import warnings
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheetlog
from sheetlog.errors import MisuseError, SheetlogWarning, WhereError


@pytest.fixture
def sheet(place: Path) -> Path:
    """Give a workbook with five runs."""
    sheetlog.configure(quiet=True, context=False)
    for n in range(5):
        sheetlog.log({"lr": 10.0**-n, "model": "vit"}, {"acc": n / 10}, name=f"run {n}")
    return place / "runs.xlsx"


def mauled(sheet: Path, do: object) -> openpyxl.Workbook:
    """Change a workbook with openpyxl, as a person would in Excel; marks stay."""
    book = openpyxl.load_workbook(sheet)
    do(book.active, {cell.value: cell.column for cell in book.active[1]})  # type: ignore[operator]
    book.save(sheet)
    return book


def told() -> tuple[pd.DataFrame, list[str]]:
    """Read the runs, and what was warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = sheetlog.runs()
    return frame, [str(each.message) for each in caught if each.category is SheetlogWarning]


def test_typed_values_and_names(sheet: Path) -> None:
    """Keys, people's titles, numbers as numbers and times in UTC, by run id."""
    frame = sheetlog.runs()
    assert "run.id" == frame.index.name
    assert [0.0, 0.1, 0.2, 0.3, 0.4] == list(frame["metrics.acc"])
    assert "UTC" == str(frame["run.started"].dtype.tz)
    assert {"Verdict", "Notes"} <= set(frame.columns)


def test_which_order_and_how_many(sheet: Path) -> None:
    """`where`, `sort`, `limit` and `columns`, short names allowed."""
    frame = sheetlog.runs(where="acc >= 0.2", sort="-acc", limit=2, columns=["name", "acc"])
    assert ["run 4", "run 3"] == list(frame["run.name"])
    assert ["run.name", "metrics.acc"] == list(frame.columns)


def test_a_wrong_name_gets_the_nearest_right_one(sheet: Path) -> None:
    """In `where`, `sort` and `columns` alike."""
    for wrong in ({"where": "metrics.ac > 0"}, {"sort": "metrics.ac"}, {"columns": ["metrics.ac"]}):
        with pytest.raises(WhereError, match=r"did you mean 'metrics\.acc'"):
            sheetlog.runs(**wrong)
    with pytest.raises(MisuseError, match="'limit'"):
        sheetlog.runs(limit=-1)


def test_blank_rows_are_nothing(sheet: Path) -> None:
    """Rows that a person left blank are no runs, and nothing to be told."""
    mauled(sheet, lambda tab, _: tab.insert_rows(3, 2))
    frame, said = told()
    assert 5 == len(frame)
    assert not [s for s in said if "without a run id" in s]


def test_notes_and_a_second_table_below(sheet: Path) -> None:
    """Rows without a run id are left out, with one warning that counts them."""

    def do(tab: object, _: dict[str, int]) -> None:
        tab.cell(12, 1).value = "Costs"
        tab.cell(13, 1).value, tab.cell(13, 2).value = "GPU hours", 12

    mauled(sheet, do)
    frame, said = told()
    assert 5 == len(frame)
    assert 1 == len(said)
    assert "2 rows without a run id" in said[0]


def test_text_in_a_column_of_numbers(sheet: Path) -> None:
    """It stays what it is; numbers beside it stay numbers, and means leave it out."""
    mauled(sheet, lambda tab, head: setattr(tab.cell(3, head["acc"]), "value", "see notes"))
    frame, said = told()
    assert [0.0, "see notes", 0.2, 0.3, 0.4] == list(frame["metrics.acc"])
    assert 1 == len(said)
    assert "'metrics.acc' has text among its numbers ('see notes')" in said[0]
    sheetlog.configure(quiet=True)
    assert 4 == sheetlog.leaderboard("acc", goal="max", group="model")["n"].iloc[0]
    assert ["run 2", "run 3", "run 4"] == list(sheetlog.runs(where="acc > 0.1")["run.name"])


def test_duplicate_and_blank_titles(sheet: Path) -> None:
    """Of two columns with one title the second gets a number; one without a title is told."""

    def do(tab: object, head: dict[str, int]) -> None:
        last = max(head.values())
        for at, title in enumerate(("Notes", None, "Mine"), last + 1):
            tab.cell(1, at).value = title
            tab.cell(2, at).value = f"word {at}"

    mauled(sheet, do)
    frame, said = told()
    assert 5 == len(frame)
    assert "Notes" in frame.columns
    assert any("title" in sentence for sentence in said) or "Notes (2)" in frame.columns


def test_merged_cells(sheet: Path) -> None:
    """A merged cell's value stands in its first row, as in the file."""

    def do(tab: object, head: dict[str, int]) -> None:
        tab.cell(2, head["Notes"]).value = "these three"
        tab.merge_cells(start_row=2, end_row=4, start_column=head["Notes"], end_column=head["Notes"])

    mauled(sheet, do)
    frame, _ = told()
    assert ["these three"] == list(frame["Notes"].dropna())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(
            st.none() | st.booleans() | st.integers(-(10**20), 10**20)
            | st.floats(allow_nan=False, allow_infinity=False) | st.text("ab&<>_x0\t é", max_size=8),
            min_size=4, max_size=4,
        ),
        max_size=25,
    )
)  # fmt: skip
def test_rows_read_together_are_rows_read_alone(rows: list[list[object]]) -> None:
    """Whatever shapes the rows have, reading them by shape gives what cell by cell gives."""
    from sheetlog.sinks.excel_shapes import USUAL, Shapes, numbers, texts
    from sheetlog.xlsx.values import content

    names = [b"A", b"B", b"C", b"D"]
    data, starts = b"", []
    for number, row in enumerate(rows, 2):
        starts.append(len(data))
        inner = ""
        for name, value in zip("ABCD", row, strict=True):
            found = content(value)
            kind = f' t="{found.kind}"' if found.kind else ""
            inner += f'<c r="{name}{number}"{kind}>{found.xml}</c>' if found.xml else f'<c r="{name}{number}"/>'
        data += f'<row r="{number}">{inner}</row>'.encode()
    starts.append(len(data))
    shapes = Shapes({name: at for at, name in enumerate(names)})
    alone = {}
    for index in range(len(rows)):
        if not shapes.take(data, starts[index], starts[index + 1], index):
            found = USUAL.findall(data[starts[index] : starts[index + 1]])
            shapes.learn(found)
            alone[index] = found

    def read(values: object, kind: str, _: int) -> list[object]:
        if kind == "b":
            return [value == b"1" for value in values]
        return texts(values) if kind == "inlineStr" else numbers(values)

    together = shapes.rows(4, read)
    assert set(range(len(rows))) == {*alone, *together}
    for index, values in together.items():
        for value, expected in zip(values, rows[index], strict=True):
            wanted = None if expected == "" else expected
            big = isinstance(wanted, int) and not isinstance(wanted, bool) and abs(wanted) >= 10**18
            assert (float(wanted) if big else wanted) == value
