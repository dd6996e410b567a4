"""Pictures in cells under people's hands: LibreOffice sorts, moves and saves; later runs come."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from sheetlog import layout
from sheetlog.record import Link, Record
from sheetlog.sinks.excel import ExcelSink
from sheetlog.template import Template
from tests.people import office

COLOURS = {"red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255), "black": (0, 0, 0)}
TEMPLATE = Template(name="t", title="T")


def log(path: Path, colour: str, acc: float) -> None:
    """Log a run that is named by the colour of its picture."""
    (path.parent / "files").mkdir(exist_ok=True)
    Image.new("RGB", (64, 48), colour).save(path.parent / "files" / f"{colour}.png")
    link = Link(text=f"{colour}.png", url=f"files/{colour}.png", size=1, sha256="0" * 64)
    values = {"run.name": colour, "metrics.acc": acc, "artifacts.picture": link}
    sink = ExcelSink(str(path))
    with sink.exclusive(5):
        plan = layout.plan(TEMPLATE, sink.header(), [Record(id=colour, values=values)])
        sink.apply(plan, TEMPLATE)


def beside(path: Path) -> dict[str, str]:
    """Give, by what the link in a cell says, the colour of the picture in that cell."""
    sheet = openpyxl.load_workbook(path)["Runs"]
    titles = [cell.value for cell in sheet[1]]
    found = {}
    for shown in sheet._images:
        corner = shown.anchor._from
        assert "picture" == titles[corner.col]
        with Image.open(shown.ref) as image:
            pixel = image.convert("RGB").getpixel((5, 5))
        near = min(COLOURS, key=lambda name: distance(COLOURS[name], pixel))
        link = sheet.cell(corner.row + 1, corner.col + 1).value
        found[str(link).removesuffix(".png")] = near
    return found


def distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Give how unlike two colours are."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Give a workbook with three runs."""
    for colour, acc in (("red", 0.2), ("green", 0.9), ("blue", 0.5)):
        log(tmp_path / "book.xlsx", colour, acc)
    return tmp_path / "book.xlsx"


def test_saved_by_another_program(book: Path) -> None:
    """Every picture is still in its row, and later runs add theirs to what that program wrote."""
    assert {each: each for each in ("red", "green", "blue")} == beside(book)
    with office.running().opened(book, save=book) as desk:
        desk.do("insert_rows", tab="Runs", place=1)
        desk.do("delete_rows", tab="Runs", place=1)
    log(book, "black", 0.1)
    assert {each: each for each in COLOURS} == beside(book)


def test_a_column_inserted_by_people(book: Path) -> None:
    """Pictures move along with their column."""
    with office.running().opened(book, save=book) as desk:
        desk.do("insert_columns", tab="Runs", place=0)
        desk.do("write", tab="Runs", cell="A1", value="Mine")
    log(book, "black", 0.1)
    assert {each: each for each in COLOURS} == beside(book)


def test_sorted_by_people(book: Path) -> None:
    """Each picture goes with its row, as far as LibreOffice moves pictures with their cells."""
    sheet = openpyxl.load_workbook(book)["Runs"]
    titles = [cell.value for cell in sheet[1]]
    area = f"A1:{openpyxl.utils.get_column_letter(len(titles))}4"
    place = next(at for at, title in enumerate(titles) if "acc" in title.lower())
    with office.running().opened(book, save=book) as desk:
        desk.do("sort", tab="Runs", area=area, column=place, descending=True)
    log(book, "black", 0.1)
    assert {each: each for each in COLOURS} == beside(book)
