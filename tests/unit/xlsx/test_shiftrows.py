"""Rows follow inserted columns, however a program wrote them."""

from __future__ import annotations

import pytest

from sheetlog.xlsx.shift import CannotShift, Shift
from sheetlog.xlsx.shiftrows import explicit, last_column, shifted, styles_of, with_cells

AT_B = Shift(places=(1,), title="Runs", titles=("Runs", "Other"))


def follow(rows: str, *, prefix: str = "", own: bool = True) -> str:
    whole = explicit(rows.encode(), prefix)
    return shifted(whole, AT_B, prefix=prefix, own=own).decode()


def test_cells_are_renamed_and_spans_dropped() -> None:
    """Every byte else stays: styles, types, values, attributes of extensions."""
    assert (
        '<row r="1" ht="20"><c r="A1" s="1" t="s"><v>0</v></c><c r="C1"/>'
        '<c r="D1" t="inlineStr"><is><t>B1</t></is></c></row>'
    ) == follow(
        '<row r="1" spans="1:3" ht="20"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1"/>'
        '<c r="C1" t="inlineStr"><is><t>B1</t></is></c></row>'
    )


def test_cells_without_a_name_get_one() -> None:
    """They stand right of the cell before, in the row below the row before."""
    assert (
        '<row r="1"><c r="A1"><v>1</v></c><c r="C1" s="3"/></row>'
        '<row r="5"><c r="E5"/><c r="F5"/></row><row r="6"><c r="A6"/></row>'
    ) == follow(
        '<row><c><v>1</v></c><c s="3"/></row>'
        "<row r='5'><c s='' r='D5'/><c/></row><row><c/></row>"
    ).replace(" s=''", "")


def test_prefixed_rows_and_comments() -> None:
    """Tags are found whatever their prefix; a comment or a CDATA section hides none."""
    assert ('<x:row r="1"><x:c r="C1" t="str"><x:f>C1+"&lt;c&gt;"</x:f></x:c></x:row>') == follow(
        '<x:row r="1"><!-- <x:c r="B9"/> --><x:c r="B1" t="str">'
        '<x:f><![CDATA[B1+"<c>"]]></x:f></x:c></x:row>',
        prefix="x:",
    )


def test_a_formula_shared_down_a_column_stays_shared() -> None:
    """What it refers to moves by the same in each row."""
    assert (
        '<row r="1"><c r="D1"><f t="shared" ref="D1:D9" si="0">A1+C1</f></c></row>'
        '<row r="2"><c r="D2"><f t="shared" si="0"/></c></row>'
    ) == follow(
        '<row r="1"><c r="C1"><f t="shared" ref="C1:C9" si="0">A1+B1</f></c></row>'
        '<row r="2"><c r="C2"><f t="shared" si="0"/></c></row>'
    )


def test_a_formula_shared_across_columns_is_written_into_each_cell() -> None:
    """What it refers to moves by one column here and by none there."""
    assert (
        '<row r="1"><c r="E1"><f>A1</f><v>7</v></c><c r="F1"><f>C1</f></c></row>'
        '<row r="2"><c r="E2"><f>A2</f></c><c r="F2"><f>C2</f></c></row>'
    ) == follow(
        '<row r="1"><c r="D1"><f t="shared" ref="D1:E2" si="4">A1</f><v>7</v></c>'
        '<c r="E1"><f t="shared" si="4"/></c></row>'
        '<row r="2"><c r="D2"><f t="shared" si="4"/></c><c r="E2"><f t="shared" si="4"></f></c></row>'
    )


def test_array_formulas_and_data_tables_move_as_a_whole() -> None:
    """Their own range moves with them."""
    assert (
        '<row r="1"><c r="C1"><f t="array" ref="C1:D2">C1:D2*2</f></c>'
        '<c r="E1"><f t="dataTable" ref="E1:F2" dt2D="1" r1="C9" r2="A9"/></c></row>'
    ) == follow(
        '<row r="1"><c r="B1"><f t="array" ref="B1:C2">B1:C2*2</f></c>'
        '<c r="D1"><f t="dataTable" ref="D1:E2" dt2D="1" r1="B9" r2="A9"/></c></row>'
    )
    with pytest.raises(CannotShift, match="a data table at A1:B2"):
        follow('<row r="1"><c r="A1"><f t="dataTable" ref="A1:B2" r1="C1"/></c></row>')


def test_in_another_tab_only_formulas_about_this_one_change() -> None:
    """Cells stay where they are."""
    assert (
        '<row r="1" spans="1:3"><c r="B1"><f>Runs!C1+B1</f></c><c r="C1"><f>B1</f></c></row>'
    ) == follow(
        '<row r="1" spans="1:3"><c r="B1"><f>Runs!B1+B1</f></c><c r="C1"><f>B1</f></c></row>',
        own=False,
    )


def test_cells_are_put_where_they_belong() -> None:
    """Before, between and behind those that are there; a row that isn't there is made."""
    rows = b'<row r="1"><c r="B1"/><c r="D1"/></row><row r="3" s="1"/>'
    cells = dict.fromkeys((0, 2, 4), b"<c/>")
    assert (
        b'<row r="1"><c/><c r="B1"/><c/><c r="D1"/><c/></row><row r="3" s="1"/>'
    ) == with_cells(rows, 1, cells, prefix="")
    one = {0: b"<c/>"}
    assert rows[:-2] + b"><c/></row>" == with_cells(rows, 3, one, prefix="")
    start, end = rows[:-18], rows[-18:]
    assert start + b'<row r="2"><c/></row>' + end == with_cells(rows, 2, one, prefix="")
    assert rows + b'<row r="9"><c/></row>' == with_cells(rows, 9, one, prefix="")
    assert b'<row r="1"><c/></row>' == with_cells(b"", 1, one, prefix="")


def test_what_stands_in_a_row() -> None:
    """Styles by column, and the last column with something in it."""
    rows = b'<row r="1"><c r="B1" s="3"/><c r="D1"><v>1</v></c><c r="F1" s="2"/></row>'
    assert {1: 3, 3: 0, 5: 2} == styles_of(rows, 1, prefix="")
    assert {} == styles_of(rows, 2, prefix="")
    assert 3 == last_column(rows, prefix="")
    assert -1 == last_column(b'<row r="1"/>', prefix="")
