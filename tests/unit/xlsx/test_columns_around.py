"""What stands around the cells when columns are inserted: views, widths, colours, pivots, anchors."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sheetlog import colours
from sheetlog.xlsx.anchors import Widths, shift_anchors
from sheetlog.xlsx.columns import NewColumn, insert_columns
from sheetlog.xlsx.package import Package
from sheetlog.xlsx.shift import Shift
from sheetlog.xlsx.spans import Edits, parse
from sheetlog.xlsx.styles import Styles
from tests.unit.xlsx.books import PART, inserted, made, plain, reason, xml

AT_B = NewColumn(place=1, title="New")


@pytest.mark.parametrize(
    ("expected", "place"),
    [(("3", "D2"), 0), (("3", "D2"), 1), (("2", "C2"), 2), (("2", "C2"), 3)],
)
def test_what_is_frozen_stays_frozen(
    tmp_path: Path, expected: tuple[str, str], place: int
) -> None:
    """A column inserted right behind the frozen ones is one of those that scroll, and in sight."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        runs.freeze_panes(1, 2)

    path = made(tmp_path / "a.xlsx", fill)
    inserted(path, NewColumn(place=place, title="New"))
    pane = re.search(r'<pane xSplit="(\d+)" ySplit="1" topLeftCell="(\w+)"', xml(path, PART))
    assert pane is not None
    assert expected == pane.groups()


def test_a_new_column_between_wide_ones_has_its_own_width(tmp_path: Path) -> None:
    """A span of widths is cut where the column comes in."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        runs.set_column("A:D", 33)

    path = made(tmp_path / "a.xlsx", fill)
    inserted(path, NewColumn(place=2, title="New"), NewColumn(place=4, title="More", width=5))
    found = re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', xml(path, PART))
    wide = "33.7109375"
    assert found == [("1", "2", wide), ("4", "4", wide), ("5", "5", "5.71094"), ("6", "6", wide)]


def test_colours_and_choices_come_beside_those_that_are_there(tmp_path: Path) -> None:
    """Ranks stay unique, and so many choices are counted as there are."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        runs.data_validation("D2:D4", {"validate": "list", "source": ["a", "b"]})
        scale = {"type": "2_color_scale", "min_type": "formula", "min_value": "=$B$2"}
        runs.conditional_format("C2:C4", scale)
        runs.conditional_format("B2:B4", {"type": "top", "value": 1})

    path = made(tmp_path / "a.xlsx", fill)
    inserted(path, NewColumn(place=1, title="New", goal="min", choices=(), note="a note"))
    part = xml(path, PART)
    ranks = re.findall(r'priority="(\d+)"', part)
    assert len(ranks) == 5 == len(set(ranks))
    assert '<dataValidations count="2">' in part
    assert '<cfvo type="formula" val="$C$2"/>' in part
    worst, best = colours.SCALE
    assert f'<color rgb="FF{best}"/><color rgb="FF{worst}"/>' in part
    assert 'bottom="1"' in part


@pytest.mark.parametrize("choices", [("yes, really", "no"), ("x" * 100, "y" * 100, "z" * 100)])
def test_choices_that_no_list_can_hold_are_left_out(
    tmp_path: Path, choices: tuple[str, ...]
) -> None:
    """A comma would make two of one, and more than 255 characters damage the workbook."""
    path = made(tmp_path / "a.xlsx", plain)
    inserted(path, NewColumn(place=1, title="New", choices=choices))
    sheet = openpyxl.load_workbook(path)["Runs"]
    assert [] == sheet.data_validations.dataValidation
    assert sheet.conditional_formatting


def test_header_cells_look_like_their_neighbours_or_as_they_are_told(tmp_path: Path) -> None:
    """A style of its own gets the neighbour's lines, and no neighbour's colour."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        look = book.add_format({"bg_color": "#FFCC00", "border": 1})
        runs.write_row(0, 0, ["Run", "Loss"], look)

    path = made(tmp_path / "a.xlsx", fill)
    with Package.open(path) as package:
        styles = Styles(package)
        blue = styles.xf_like(0, fill="0000FF")
        styles.save()
        columns = [NewColumn(place=1, title="a", header_xf=blue), NewColumn(place=0, title="b")]
        insert_columns(package, PART, columns, header_row=1)
        package.save()
    sheet = openpyxl.load_workbook(path)["Runs"]
    shown = [(cell.fill.fgColor.rgb[2:], cell.border.left.style) for cell in sheet[1][:4]]
    yellow = ("FFCC00", "thin")
    assert [yellow, yellow, ("0000FF", "thin"), yellow] == shown


PIVOT = "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotCacheDefinition+xml"


def with_pivot(path: Path, source: str) -> Path:
    """Return a workbook with a table and a pivot's cache that takes its data from somewhere."""

    def fill(runs: Any, other: Any, book: Any) -> None:
        plain(runs, other, book)
        runs.add_table("A1:C4", {"name": "T", "columns": [{"header": t} for t in "abc"]})
        book.define_name("Some", "=Runs!$A$1:$C$4")

    old = made(path.with_name("old.xlsx"), fill)
    part = "xl/pivotCache/pivotCacheDefinition1.xml"
    with zipfile.ZipFile(old) as before, zipfile.ZipFile(path, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name == "[Content_Types].xml":
                entry = f'<Override PartName="/{part}" ContentType="{PIVOT}"/></Types>'
                data = data.replace(b"</Types>", entry.encode())
            after.writestr(name, data)
        cache = f"<pivotCacheDefinition><cacheSource>{source}</cacheSource></pivotCacheDefinition>"
        after.writestr(part, cache)
    return path


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ("a pivot table's source at A1:C4 would be cut in two", 'sheet="Runs" ref="A1:C4"'),
        ("a pivot table takes its data from 'T'", 'name="T"'),
        ("a pivot table takes its data from 'Some'", 'name="Some"'),
        (None, 'sheet="Other" ref="A1:C4"'),
        (None, 'sheet="Runs" ref="A1:A4"'),
        (None, 'name="Else"'),
    ],
)
def test_a_pivots_source_is_not_cut(tmp_path: Path, words: str | None, source: str) -> None:
    """Until it is refreshed, a pivot knows its columns by their number."""
    path = with_pivot(tmp_path / "a.xlsx", f"<worksheetSource {source}/>")
    assert words == reason(path, AT_B)


def test_a_pivots_source_moves_and_may_get_a_column_behind(tmp_path: Path) -> None:
    """Neither changes a column's number."""
    source = '<worksheetSource sheet="runs" ref="C1:D4"/>'
    path = with_pivot(tmp_path / "a.xlsx", source)
    inserted(path, AT_B)
    assert 'ref="D1:E4"' in xml(path, "xl/pivotCache/pivotCacheDefinition1.xml")
    behind = NewColumn(place=3, title="New")
    assert None is reason(with_pivot(tmp_path / "b.xlsx", '<worksheetSource name="T"/>'), behind)


@pytest.mark.parametrize(
    ("expected", "corners"),
    [
        (((0, 0), (3, 0)), ((0, 0), (2, 0))),
        (((0, 0), (1, 0)), ((0, 0), (1, 0))),
        (((0, 5), (2, 5)), ((0, 5), (1, 5))),
        (((2, 0), (2, 9)), ((1, 0), (1, 9))),
        (((2, 0), (2, 0)), ((1, 0), (1, 0))),
    ],
)
def test_a_picture_that_ends_at_the_place_is_not_stretched(
    expected: tuple[tuple[int, int], ...], corners: tuple[tuple[int, int], ...]
) -> None:
    """Its edge lies on the line where the column comes in."""

    def end(name: str, place: tuple[int, int]) -> str:
        return f"<{name}><col>{place[0]}</col><colOff>{place[1]}</colOff></{name}>"

    inner = end("from", corners[0]) + end("to", corners[1])
    data = f"<d><twoCellAnchor>{inner}</twoCellAnchor></d>".encode()
    edits = Edits(data)
    shift = Shift(places=(1,), title="Runs", titles=("Runs",))
    shift_anchors(parse(data, "d"), edits, shift, Widths(lambda _: 100, lambda _: 100))
    found = re.findall(rb"<col>(\d+)</col><colOff>(\d+)</colOff>", edits.done())
    assert expected == tuple((int(column), int(offset)) for column, offset in found)
