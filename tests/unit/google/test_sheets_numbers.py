"""What typing means, what a pattern shows, what a formula is worth: functions without a server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.google.sheets.entry import read_entry
from tests.google.sheets.formulas import Neighbourhood, evaluate
from tests.google.sheets.functions import FormulaError
from tests.google.sheets.model import Formula
from tests.google.sheets.motions import Deleted, Inserted, Moved
from tests.google.sheets.numberformat import formatted
from tests.google.sheets.references import carried, references, retitled


@pytest.mark.parametrize(
    ("text", "value", "pattern"),
    [
        ("007", 7, None),
        ("+91", 91, None),
        ("-1.5", -1.5, None),
        (".5", 0.5, None),
        ("1e5", 100_000, "0.00E+00"),
        ("1,234", 1234, "#,##0"),
        ("2,000,000.01", 2000000.01, "#,##0.00"),
        ("50%", 0.5, "0%"),
        ("12.5%", 0.125, "0.00%"),
        ("$5", 5, "$#,##0"),
        ("-$1,234.50", -1234.5, "$#,##0.00"),
        ("2026-09-27", 46292, "yyyy-mm-dd"),
        ("9/27/2026", 46292, "m/d/yyyy"),
        ("Sep 27, 2026", 46292, "mmm d, yyyy"),
        ("2026-09-27 12:00:00", 46292.5, "yyyy-mm-dd h:mm:ss"),
        ("2026-09-27T12:00", 46292.5, "yyyy-mm-dd h:mm"),
        ("12:00", 0.5, "h:mm"),
        ("6:00 PM", 0.75, "h:mm AM/PM"),
        ("36:00:00", 1.5, "[h]:mm:ss"),
        ("true", True, None),
        ("'=1+1", "=1+1", None),
        ("=1+1", Formula("=1+1"), None),
    ],
)
def test_typing_is_read(text: str, value: Any, pattern: str | None) -> None:
    """The value, and the format that comes with it."""
    read, look = read_entry(text)
    assert (value, pattern) == (read, look and look["pattern"])


@pytest.mark.parametrize(
    "text",
    ["3_2_1", "abc", "-", ".", "e5", "1e", "1,23", "2026-13-01", "2026-02-30", "25:61", "=", " ",
     "13:00 PM", "%", "$", "1.2.3", "2026-09-27 noon", "NaN", "Infinity", "1/2"],
)  # fmt: skip
def test_typing_that_stays_text(text: str) -> None:
    """Whatever isn't quite a number, a date or a time."""
    assert (text, None) == read_entry(text)


@pytest.mark.parametrize(
    ("value", "pattern", "shown"),
    [
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (0.8512, "0.0%", "85.1%"),
        (0.5, "#.##", ".5"),
        (2, "0.###", "2"),
        (5, "000", "005"),
        (1.005, "0.00", "1.01"),
        (-1.5, "0.0", "-1.5"),
        (-3, "0;(0)", "(3)"),
        (0, '0;-0;"none"', "none"),
        (12345, "0.00E+00", "1.23E+04"),
        (0.00012, "0.0E+00", "1.2E-04"),
        (1_500_000, '0.0,,"M"', "1.5M"),
        (7, '0 "runs"', "7 runs"),
        (5, r"\#0", "#5"),
        (5, "[$€-407]0.00", "€5.00"),
        (46292.5, "yyyy-mm-dd hh:mm:ss", "2026-09-27 12:00:00"),
        (46292.75, "ddd d mmm yy h:mm AM/PM", "Sun 27 Sep 26 6:00 PM"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (90 / 86400, "[m]:ss", "1:30"),
        (0.25 / 86400, "s.000", "0.250"),
    ],
)
def test_patterns(value: float, pattern: str, shown: str) -> None:
    """Digits, groups, sections, exponents, thousands, literals, dates and durations."""
    assert shown == formatted(value, {"type": "NUMBER", "pattern": pattern}, "en_US")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1 / 3, "0.3333333333"),
        (1 / 1024, "0.0009765625"),
        (0.1 + 0.2, "0.3"),
        (2000000.01, "2000000.01"),
        (1e14, "100000000000000"),
        (1e21, "1E+21"),
        (True, "TRUE"),
        (None, ""),
        ("text", "text"),
    ],
)
def test_without_a_pattern(value: Any, shown: str) -> None:
    """Ten digits that count, and no zeros after them."""
    assert shown == formatted(value, {}, "en_US")


def test_a_type_without_a_pattern() -> None:
    """Each type has a look of its own."""
    looks = {"PERCENT": "150.00%", "DATE": "12/31/1899", "NUMBER": "1.50", "TEXT": "1.5"}
    assert looks == {kind: formatted(1.5, {"type": kind}, "en_US") for kind in looks}


def worth(formula: str, cells: dict[str, Any] | None = None) -> Any:
    """A formula's value over cells given by their references' text."""

    def look(reference: Any) -> list[list[Any]]:
        found = (cells or {})[reference.text(reference.area(0))]
        return found if isinstance(found, list) else [[found]]

    value = evaluate(formula, Neighbourhood(cells=look, named=lambda name: None))
    return value.shown if isinstance(value, FormulaError) else value


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=1+2*3-4/2", 5),
        ("=-2^2", 4),
        ("=(1+2)*3", 9),
        ("=50%", 0.5),
        ('="a"&"b"&1', "ab1"),
        ('="say ""x"""', 'say "x"'),
        ("=1=1", True),
        ('="a"="A"', True),
        ('=1<"a"', True),
        ("=IF(1>2,1/0,5)", 5),
        ("=IFERROR(1/0,7)", 7),
        ("=ROUND(2.345,2)", 2.35),
        ("=MAX(1,5,3)-MIN(4,2)", 3),
        ("=AND(TRUE,1=2)", False),
        ("=1/0", "#DIV/0!"),
        ('=1+"x"', "#VALUE!"),
        ("=SQRT(-1)", "#NUM!"),
        ("=NOPE()", "#NAME?"),
        ("=nope", "#NAME?"),
        ("=1+", "#ERROR!"),
        ("=SUM(1", "#ERROR!"),
        ("=#REF!+1", "#REF!"),
    ],
)
def test_formulas(formula: str, value: Any) -> None:
    """Precedence, text, comparison, choice, and the errors."""
    assert value == worth(formula)


def test_formulas_over_cells() -> None:
    """Text and blanks in a range are passed over; a single reference is its value."""
    cells = {"A1:A4": [[1], ["x"], [None], [5]], "B2": 4, "$C$3": None}
    assert (6, 3, 2, 3) == tuple(
        worth(formula, cells)
        for formula in ("=SUM(A1:A4)", "=AVERAGE(A1:A4)", "=COUNT(A1:A4)", "=COUNTA(A1:A4)")
    )
    assert (4, 0) == (worth("=B2", cells), worth("=0+$C$3", cells))


def test_references_are_found() -> None:
    """Not in texts, not in names of functions."""
    formula = "=A1+'My runs'!$B$2:C+\"A9\"&LOG10(D4)+Sheet2!E:E+3:4+SUM1"
    found = [formula[item.start : item.end] for item in references(formula)]
    assert ["A1", "'My runs'!$B$2:C", "D4", "Sheet2!E:E", "3:4", "SUM1"] == found


def test_references_are_carried_and_renamed() -> None:
    """What has a `$` stays; what would leave the grid breaks."""
    assert "=B2+$A2+B$1+$A$1" == carried("=A1+$A1+A$1+$A$1", 1, 1)
    assert "=#REF!" == carried("=A1", -1, 0)
    assert "='New one'!A1+B1" == retitled("=old!A1+B1", "Old", "New one")


@pytest.mark.parametrize(
    ("motion", "indexes"),
    [
        (Inserted(2, 3), [0, 1, 5, 6, 7, 8]),
        (Deleted(1, 3), [0, None, None, 1, 2, 3]),
        (Moved(1, 3, 5), [0, 3, 4, 1, 2, 5]),
        (Moved(3, 5, 1), [0, 3, 4, 1, 2, 5]),
    ],
)
def test_motions_of_an_index(motion: Any, indexes: list[int | None]) -> None:
    """Where each of six rows is afterwards."""
    assert indexes == [motion.index(index) for index in range(6)]
