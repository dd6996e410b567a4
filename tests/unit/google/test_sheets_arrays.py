"""Formulas over many cells at once: what an Overview asks for, against what Sheets answers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.google.sheets.formulas import Neighbourhood, evaluate
from tests.google.sheets.functions import FormulaError
from tests.google.sheets.references import Reference

CELLS = {
    "A": ["score", 0.5, 0.75, None, 0.9, "NaN"],
    "B": ["group", "x", "x", "y", "y", "z"],
    "C": [10, None, 30, 40, 50, 60],
}


def worth(formula: str) -> Any:
    """Give what the formula is worth beside these columns."""

    def cells(reference: Reference) -> list[list[Any]]:
        area = reference.area(0)
        columns = list(CELLS.values())[area.left : area.right]
        rows = list(zip(*columns, strict=True))[area.top or 0 : area.bottom]
        return [list(row) for row in rows]

    return evaluate(formula, Neighbourhood(cells=cells, named=lambda _: None))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=LARGE(A:A;1)", 0.9),
        ("=SMALL(A:A;2)", 0.75),
        ("=MATCH(0.9;A:A;0)", 5),
        ('=MATCH("X";B:B;0)', 2),
        ("=MATCH(1E+306;C:C;1)", 6),
        ("=INDEX(B:B;4)", "y"),
        ("=INDEX(A2:B3;2;2)", "x"),
        ('=COUNTIF(B:B;"X")', 2),
        ('=COUNTIF(A:A;">0.6")', 2),
        ('=COUNTIFS(B:B;"y";A:A;"<1E+306")', 1),
        ('=AVERAGEIF(B:B;"x";A:A)', 0.625),
        ("=ROUNDUP(2.1;0)", 3),
        ("=IFERROR(NA();7)", 7),
        ("=SUM(INDEX(C:C;3):INDEX(C:C;5))", 120),
        ('=ARRAYFORMULA(LARGE(IF(ISNUMBER(A1:A6)*(B1:B6="x");A1:A6);1))', 0.75),
        ('=ARRAYFORMULA(SUM(ISNUMBER(A1:A6)*(B1:B6<>"x")*1))', 1),
        ("=ARRAYFORMULA(MATCH(1;(A1:A6=0.9)*(COUNTIF(B2:B3;B1:B6)=0);0))", 5),
        ("=ARRAYFORMULA(MAX(-C3:C6))", -30),
        ("=ISNUMBER(A1)", False),
    ],
)  # fmt: skip
def test_a_formula_looks_through_its_cells(formula: str, expected: object) -> None:
    """Text and blanks among numbers don't count; capitals don't tell texts apart."""
    assert expected == worth(formula)


@pytest.mark.parametrize(
    ("formula", "kind"),
    [
        ("=LARGE(A:A;9)", "NUM"),
        ('=MATCH("q";B:B;0)', "N/A"),
        ('=AVERAGEIF(B:B;"z";A:A)', "DIV/0"),
        ("=INDEX(A:A;0)", "NUM"),
    ],
)
def test_what_is_not_there_is_an_error_of_its_kind(formula: str, kind: str) -> None:
    """As IFERROR and ISERROR see it."""
    found = worth(formula)
    assert isinstance(found, FormulaError)
    assert kind == found.kind
