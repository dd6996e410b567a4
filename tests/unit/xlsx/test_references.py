"""References follow what happens to a sheet, and nothing else in a formula changes."""

from __future__ import annotations

import pytest

from sheetlog.xlsx.references import (
    Area,
    across,
    area,
    areas,
    cell,
    column,
    functions,
    grown,
    in_formula,
    in_list,
    in_range,
    inserted_columns,
    letters,
    quoted,
    translated,
)

AT_C = inserted_columns([2])
DATA = Area(left=1, right=3, top=2, bottom=10)


@pytest.mark.parametrize(
    ("expected", "formula"),
    [
        ("A1+B2+D3", "A1+B2+C3"),
        ("$D$3*D$3-$D3", "$C$3*C$3-$C3"),
        ("SUM(A1:D5)", "SUM(A1:C5)"),
        ("SUM(A1:B5)", "SUM(A1:B5)"),
        ("SUM(D1:E5)", "SUM(C1:D5)"),
        ("E5:B1", "D5:B1"),
        ("SUM(B:D,D:D,1:3)", "SUM(B:C,C:C,1:3)"),
        ("SUM($A:$D)", "SUM($A:$C)"),
        ('"C1"&D1&"a ""C1"" b"', '"C1"&C1&"a ""C1"" b"'),
        ("LOG10(D1)+ATAN2(D1,1)+DEC2BIN(D1)", "LOG10(C1)+ATAN2(C1,1)+DEC2BIN(C1)"),
        ("1E5+D1", "1E5+C1"),
        ("Runs!D1+runs!D1", "Runs!C1+runs!C1"),
        ("Other!C1+'My runs'!C1", "Other!C1+'My runs'!C1"),
        ("Table1[[#This Row],[C1]]+D1", "Table1[[#This Row],[C1]]+C1"),
        ("Table1[C1]+T2[[#Headers],[it''s [C1']]]", "Table1[C1]+T2[[#Headers],[it''s [C1']]]"),
        ("[1]Runs!C1+'[1]Runs'!C1+[1]!C1", "[1]Runs!C1+'[1]Runs'!C1+[1]!C1"),
        ("'C:\\x\\[b.xlsx]Runs'!C1", "'C:\\x\\[b.xlsx]Runs'!C1"),
        ("First:Last!C1", "First:Last!C1"),
        ("#REF!+Runs!#REF!+D1", "#REF!+Runs!#REF!+C1"),
        ("C1_x+longC1+C1.a+_C1+\\C1+C1x", "C1_x+longC1+C1.a+_C1+\\C1+C1x"),
        ("R1C1+RC+D1", "R1C1+RC+C1"),
        ("XFE1+ABC1048577+D1", "XFE1+ABC1048577+C1"),
        ("A:XFD", "A:XFD"),
        ("D1:INDEX(D:D,3)", "C1:INDEX(C:C,3)"),
        ("D1:D2 D2:E2", "C1:C2 C2:D2"),
        ("{1,2;3,4}*D1%^-D2", "{1,2;3,4}*C1%^-C2"),
        ("OFFSET(D1,,1)<>D2", "OFFSET(C1,,1)<>C2"),
        ("_xlfn.ANCHORARRAY(D1)", "_xlfn.ANCHORARRAY(C1)"),
        ("IF(Ü1=D1,ä!C1,D1)", "IF(Ü1=C1,ä!C1,C1)"),
    ],
)
def test_a_formula_follows_an_inserted_column(expected: str, formula: str) -> None:
    """Only references to the tab move, wherever they stand in the formula."""
    assert expected == in_formula(formula, AT_C, sheet="Runs", own=True)


@pytest.mark.parametrize(
    ("expected", "formula"),
    [
        ("C1+Runs!D1", "C1+Runs!C1"),
        ("'Runs'!$D$1:$E$9", "'Runs'!$C$1:$D$9"),
        ("SUM(Runs!A:D)", "SUM(Runs!A:C)"),
    ],
)
def test_in_another_tab_only_qualified_references_move(expected: str, formula: str) -> None:
    """A bare reference means the tab in which its formula stands."""
    assert expected == in_formula(formula, AT_C, sheet="Runs", own=False)


def test_a_quoted_title_is_read_as_excel_writes_it() -> None:
    """Quotes in a title are doubled within its quotes."""
    assert "'it''s a tab'!D1" == in_formula(
        "'it''s a tab'!C1", AT_C, sheet="It's a tab", own=False
    )


def test_several_columns_are_inserted_one_after_the_other() -> None:
    """Each place counts when the earlier ones are there already."""
    assert "A1+D1+F1" == in_formula(
        "A1+B1+C1", inserted_columns([1, 2, 4]), sheet="Runs", own=True
    )


def test_relative_parts_of_a_name_are_offsets_and_stay() -> None:
    """A defined name without `$` means so many cells beside the one that uses it."""
    assert "Runs!$D$1+Runs!C1+Runs!$D1" == in_formula(
        "Runs!$C$1+Runs!C1+Runs!$C1", AT_C, sheet="Runs", own=False, named=True
    )


@pytest.mark.parametrize(
    ("expected", "formula"),
    [
        ("SUM(B2:B15)", "SUM(B2:B10)"),
        ("SUM(B1:B15)", "SUM(B1:B10)"),
        ("SUM(A1:Z15)", "SUM(A1:Z10)"),
        ("SUM(B3:B10)", "SUM(B3:B10)"),
        ("SUM(B2:B9)+SUM(B2:B11)", "SUM(B2:B9)+SUM(B2:B11)"),
        ("SUM(E2:F10)", "SUM(E2:F10)"),
        ("SUM(B:B)", "SUM(B:B)"),
        ("SUM(B15:B2)", "SUM(B10:B2)"),
    ],
)
def test_what_covered_a_column_covers_its_new_rows(expected: str, formula: str) -> None:
    """A range grows if it reached from the first data row, or from above, to the last one."""
    assert expected == in_formula(formula, grown(DATA, 15), sheet="Runs", own=True)


def test_one_data_row_grows_where_a_range_is_meant() -> None:
    """A list of ranges may grow out of one cell; a formula's one cell means that cell."""
    one = grown(Area(left=1, right=3, top=2, bottom=2), 4)
    assert "B2:B4 C2:C4 E2" == in_list("B2 C2:C2 E2", one)
    assert "B2+SUM(B2:B4)" == in_formula("B2+SUM(B2:B2)", one, sheet="Runs", own=True)
    assert "Runs!$B$2:$B$4" == in_formula("Runs!$B$2", one, sheet="Runs", own=False, spread=True)


def test_a_formula_is_copied_with_its_relative_parts() -> None:
    """Fixed parts stay, and what falls off the sheet is an error, as in Excel."""
    assert "B3+$A3+B$2+SUM(C4:D5)+#REF!" == translated(
        "A2+$A2+A$2+SUM(B3:C4)+XFD1", columns=1, rows=1
    )
    assert "#REF!" == translated("A1", columns=0, rows=-1)


def test_a_reference_over_several_tabs_is_found_where_it_would_be_torn() -> None:
    """It counts whatever the order of its ends, and only if its cells would move."""
    sheets = ["First", "Runs", "Last", "Other"]
    assert "First:Last!C5" == across("SUM(First:Last!C5)", AT_C, sheets=sheets, sheet="Runs")
    assert "'last:first'!D1:E2" == across("'last:first'!D1:E2", AT_C, sheets=sheets, sheet="Runs")
    assert None is across("SUM(First:Last!B5)", AT_C, sheets=sheets, sheet="Runs")
    assert None is across("SUM(First:Last!C5)", AT_C, sheets=sheets, sheet="Other")
    assert None is across("C5+Runs!C5", AT_C, sheets=sheets, sheet="Runs")


def test_functions_and_areas_of_a_formula_are_found() -> None:
    """Texts that look like either are neither."""
    assert {"VLOOKUP", "SUM", "FILTER"} == functions(
        'VLOOKUP(A1,B:C,2)&"INDEX(A1)"&sum(A1)+_xlfn._xlws.FILTER(A1)+MAX'
    )
    found = areas('A1+"C1"+Runs!B2:C3+Other!D4', sheet="Runs", own=False)
    assert [Area(left=1, right=2, top=2, bottom=3)] == found


@pytest.mark.parametrize("text", ["", "A", "1", "A0", "XFE1", "A1:B", "A1:B2:C3", "A1:5", "a b"])
def test_what_is_no_reference_is_left_alone(text: str) -> None:
    """Names and nonsense are no ranges."""
    assert text == in_range(text, AT_C)
    assert None is area(text)


@pytest.mark.parametrize(
    ("name", "index"), [("A", 0), ("Z", 25), ("AA", 26), ("AZ", 51), ("BA", 52), ("XFD", 16383)]
)
def test_columns_have_letters(name: str, index: int) -> None:
    """There and back, in either case."""
    assert name == letters(index)
    assert index == column(name) == column(name.lower())
    assert f"{name}7" == cell(index, 7)


@pytest.mark.parametrize(
    ("expected", "title"),
    [
        ("Runs", "Runs"),
        ("Läufe_2", "Läufe_2"),
        ("'My runs'", "My runs"),
        ("'it''s'", "it's"),
        ("'A1'", "A1"),
        ("'R1C1'", "R1C1"),
        ("'2024'", "2024"),
        ("'true'", "true"),
    ],
)
def test_titles_are_quoted_where_excel_needs_it(expected: str, title: str) -> None:
    """A title that could be read as something else is quoted."""
    assert expected == quoted(title)
