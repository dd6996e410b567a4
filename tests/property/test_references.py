"""References follow inserted columns as LibreOffice lets them follow. It is the oracle."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetlog.xlsx.references import in_formula, inserted_columns
from tests.people import office as office_module
from tests.people.office import Office

pytestmark = pytest.mark.office
EXAMPLES = int(os.environ.get("SHEETLOG_TEST_EXAMPLES", "60"))

COLUMNS = st.sampled_from(["B", "C", "D", "E", "F", "G", "Z", "AA", "AB"])
ROWS = st.integers(1, 40).map(str)
DOLLAR = st.sampled_from(["", "$"])
CORNER = st.builds("{}{}{}{}".format, DOLLAR, COLUMNS, DOLLAR, ROWS)
WHOLE = st.builds("{}{}".format, DOLLAR, COLUMNS)
PREFIX = st.sampled_from(["", "", "Runs!", "Other!", "'My tab'!"])
REFERENCE = st.one_of(
    st.builds("{}{}".format, PREFIX, CORNER),
    st.builds("SUM({}{}:{})".format, PREFIX, CORNER, CORNER),
    st.builds("COUNTA({}{}:{})".format, PREFIX, WHOLE, WHOLE),
)
OTHER = st.sampled_from(['"C1:D2"', "LOG10(7)", "1E5", "TRUE", "PI()", '"a""C3"'])
FORMULA = st.lists(st.one_of(REFERENCE, OTHER), min_size=1, max_size=4).map("+".join)


@pytest.fixture(scope="module")
def desk() -> Iterator[Office]:
    """Yield a workbook with three tabs."""
    office = office_module.running()
    office.do("new")
    office.do("rename_tab", tab=office.do("tabs")[0], name="Runs")
    office.do("new_tab", name="Other")
    office.do("new_tab", name="My tab")
    yield office
    office.do("close")


def spoken(formula: str) -> str:
    """Return a formula as LibreOffice writes references to other tabs."""
    return re.sub(r"(\w+|'[^']*')!", r"$\1.", formula)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(formula=FORMULA, place=st.integers(1, 27), own=st.booleans())
def test_formulas_follow_as_in_libreoffice(
    desk: Office, formula: str, place: int, *, own: bool
) -> None:
    """Insert a column there, and read what has become of a formula in this tab or another."""
    tab = "Runs" if own else "Other"
    desk.do("formula", tab=tab, cell="A50", text="=" + spoken(formula))
    desk.do("insert_columns", tab="Runs", place=place)
    expected = desk.do("read", tab=tab, cell="A50")["formula"]
    ours = in_formula(formula, inserted_columns([place]), sheet="Runs", own=own)
    # Written and read, so that both are in LibreOffice's spelling.
    desk.do("formula", tab=tab, cell="A50", text="=" + spoken(ours))
    assert expected == desk.do("read", tab=tab, cell="A50")["formula"]
