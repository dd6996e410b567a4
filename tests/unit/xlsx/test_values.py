"""Values as cells and back: numbers typed, text text, dates in both calendars."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetlog.cells import Cell, Formula
from sheetlog.record import Link, Series
from sheetlog.xlsx import texts, values


def shown(value: Cell, *, date1904: bool = False) -> tuple[str | None, str]:
    made = values.content(value, date1904=date1904)
    return made.kind, made.xml


@pytest.mark.parametrize(
    ("value", "kind", "xml"),
    [
        (None, None, ""),
        ("", None, ""),
        (True, "b", "<v>1</v>"),
        (3, None, "<v>3</v>"),
        (1e-7, None, "<v>1e-07</v>"),
        (-2.5, None, "<v>-2.5</v>"),
        (timedelta(hours=36), None, "<v>1.5</v>"),
        (datetime(2026, 11, 23, 12), None, "<v>46349.5</v>"),
        (Formula(text="=A1<B1"), None, "<f>A1&lt;B1</f>"),
        (Link(text="model", url="u"), "inlineStr", '<is><t xml:space="preserve">model</t></is>'),
        ("=cmd()", "inlineStr", '<is><t xml:space="preserve">=cmd()</t></is>'),
    ],
)
def test_content(value: Cell, kind: str | None, xml: str) -> None:
    """Each kind of value has its kind of cell; only a formula is one."""
    assert (kind, xml) == shown(value)


def test_content_with_a_prefix() -> None:
    """Elements get the worksheet's prefix."""
    assert "<x:v>1</x:v>" == values.content(1, prefix="x:").xml
    assert '<x:is><x:t xml:space="preserve">a</x:t></x:is>' == values.content("a", prefix="x:").xml


@pytest.mark.parametrize(
    ("moment", "number", "number1904"),
    [
        ("1899-12-31", None, None),
        ("1900-01-01", 1, None),
        ("1900-02-28", 59, None),
        ("1900-03-01", 61, None),
        ("1904-01-01", 1462, 0),
        ("2026-11-23T06:00:00", 46349.25, 44887.25),
    ],
)
def test_serial_numbers(moment: str, number: float | None, number1904: float | None) -> None:
    """Both calendars, with the leap day of 1900 that never was; what has no number is text."""
    at = datetime.fromisoformat(moment)
    assert number == values.serial(at, date1904=False)
    assert number1904 == values.serial(at, date1904=True)
    for known, date1904 in ((number, False), (number1904, True)):
        if known is not None:
            assert at == values.moment(known, date1904=date1904)


@given(st.datetimes(datetime(1904, 1, 1), datetime(9999, 12, 31)), st.booleans())
def test_moments_come_back(at: datetime, date1904: bool) -> None:
    """To some microseconds, which is what a double holds."""
    number = values.serial(at, date1904=date1904)
    assert number is not None
    back = values.moment(number, date1904=date1904)
    assert back is not None
    assert abs(back - at) <= timedelta(microseconds=50 if at.year > 2200 else 3)


def test_moments_that_are_none() -> None:
    """Numbers outside of the calendar are no moments, and no error."""
    for number in (-1, 1e9, 2_958_466):
        assert values.moment(number, date1904=False) is None
    assert 1e300 == values.span(1e300)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), ("1.0", 1.0), ("-3", -3), ("1E5", 1e5), (" 2 ", 2), ("", None), ("x", "x"), ("nan", "nan")],
)
def test_numbers(text: str, number: Cell) -> None:
    """Whole numbers are ints as they are written; what is none stays text."""
    found = values.number(text)
    assert (type(number), number) == (type(found), found)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_texts_come_back(text: str) -> None:
    """Through the XML, read by another parser, to the same text."""
    xml = texts.xstring(text)
    parsed = ET.fromstring(f"<t>{xml}</t>").text or ""
    assert text == texts.plain(parsed)
    assert text == texts.rich(f"<t>{xml}</t>".encode())


@pytest.mark.parametrize(
    ("text", "xml"),
    [
        ("_x0041_", "_x005F_x0041_"),
        ("a\x01b", "a_x0001_b"),
        ("a\r\nb", "a_x000D_\nb"),
        ("a\ud800b", "a\\ud800b"),
        ("<&>", "&lt;&amp;&gt;"),
        ("\ufffe", "_xFFFE_"),
    ],
)
def test_escapes(text: str, xml: str) -> None:
    """Control characters and what looks like an escape are escaped as the format says."""
    assert xml == texts.xstring(text)


def test_rich_text_is_its_runs() -> None:
    """Runs are joined, phonetic guides left out, CDATA and entities resolved."""
    raw = b"<r><rPr><b/></rPr><t>a&amp;&#233;</t></r><rPh sb='0'><t>no</t></rPh><r><t><![CDATA[<b>]]></t></r>"
    assert "a&é<b>" == texts.rich(raw)


def test_fitting() -> None:
    """A text is cut to what a cell holds, and no pair is cut in two."""
    assert 32_767 == len(values.fitting("a" * 40_000))
    assert "🎉" * 16_383 == values.fitting("🎉" * 20_000)


@pytest.mark.parametrize(
    ("points", "line"),
    [
        ((1.0, 2.0, 3.0), "▁▅█"),
        ((1.0, 1.0), "▁▁"),
        ((1.0, math.nan, 2.0), "▁ █"),
        ((math.nan, math.inf), "  "),
        ((-1.7e308, 1.7e308), "▁█"),
        ((), ""),
    ],
)
def test_curves_as_characters(points: tuple[float, ...], line: str) -> None:
    """From the lowest to the highest point; gaps where there is no number."""
    assert line == texts.drawn(points)


def test_long_curves_are_thinned() -> None:
    """First and last point stay."""
    line = texts.drawn([float(n) for n in range(1000)])
    assert (16, "▁", "█") == (len(line), line[0], line[-1])


def test_series_cell() -> None:
    """A curve's cell shows its bars."""
    series = Series(values=(1.0, 2.0), count=2, last=2.0, lowest=1.0, highest=2.0)
    assert "▁█" in values.content(series).xml
