"""Pictures in cells: where they stand, what they cost, and what of people's drawings stays."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from PIL import Image

from sheetlog.cells import Cell
from sheetlog.plan import Added, Plan
from sheetlog.record import Link
from sheetlog.sinks.excel import ExcelSink
from sheetlog.template import Column, Template
from tests.unit.xlsx.tabs import header, logged, new, part, run, write

DRAWING = "xl/drawings/drawing1.xml"
FROM = re.compile(r"<xdr:from><xdr:col>(\d+)</xdr:col>.*?<xdr:row>(\d+)</xdr:row>", re.DOTALL)
KEY = "artifacts.figure"
pytestmark = pytest.mark.filterwarnings("ignore:Workbook contains no default style")
ADDED = (Added(key=KEY, title="figure", place=4, column=Column(key="artifacts.*")),)


def image(
    folder: Path, name: str, colour: str = "red", size: tuple[int, int] = (400, 300)
) -> Link:
    """Make a picture beside the workbook and give the link to it."""
    (folder / "files").mkdir(exist_ok=True)
    Image.new("RGB", size, colour).save(folder / "files" / name)
    return Link(text=name, url=f"files/{name}", size=1, sha256="0" * 64)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Give a workbook with one run."""
    return write(tmp_path / "book.xlsx", header() + run(2, "a"))


def members(path: Path, start: str = "") -> set[str]:
    """Give the names of the parts that begin so."""
    with zipfile.ZipFile(path) as archive:
        found = {name for name in archive.namelist() if name.startswith(start)}
    return found - {"xl/media/image1.png"}  # stands in every workbook of these tests


def places(path: Path, drawing: str = DRAWING) -> list[tuple[int, int]]:
    """Give column and row of each picture of ours, both counted from 0."""
    return [(int(column), int(row)) for column, row in FROM.findall(part(path, drawing))]


def test_a_picture_stands_in_its_cell(book: Path) -> None:
    """Below the link, within the cell; the row is made high enough; another library sees it."""
    logged(book, new("b", **{KEY: image(book.parent, "b.png")}), added=ADDED)
    assert re.search("<hyperlinks.*<drawing ", part(book)), "the schema has them in this order"
    sheet = openpyxl.load_workbook(book)["Runs"]
    [shown] = sheet._images
    start, end = shown.anchor._from, shown.anchor.to
    assert (4, 2, 4, 2) == (start.col, start.row, end.col, end.row)
    assert ("b.png", "files/b.png") == (sheet["E3"].value, sheet["E3"].hyperlink.target)
    height = sheet.row_dimensions[3].height
    assert 72 == height
    assert 0 < start.rowOff < end.rowOff <= height * 12_700
    wide, high = end.colOff - start.colOff, end.rowOff - start.rowOff
    assert 400 / 300 == pytest.approx(wide / high, rel=0.01)
    with Image.open(shown.ref) as small:
        assert small.height <= 144
        assert (255, 0, 0) == small.convert("RGB").getpixel((5, 5))


def test_later_runs_add_theirs(book: Path) -> None:
    """One drawing for all; the same bytes are in the package once."""
    for number, colour in enumerate(("red", "blue", "red")):
        link = image(book.parent, f"{number}.png", colour)
        logged(book, new(f"r{number}", **{KEY: link}), added=() if number else ADDED)
    assert [(4, 2), (4, 3), (4, 4)] == places(book)
    assert 2 == len(members(book, "xl/media/"))
    assert {DRAWING, "xl/drawings/_rels/drawing1.xml.rels"} == members(book, "xl/drawings/")
    assert 3 == len(openpyxl.load_workbook(book)["Runs"]._images)
    assert 1 == part(book, "[Content_Types].xml").lower().count('extension="png"')
    ids = re.findall(r'cNvPr id="(\d+)"', part(book, DRAWING))
    assert 3 == len(set(ids))


def test_runs_without_pictures_touch_no_drawing(book: Path) -> None:
    """Neither a link to a model, nor one that leads nowhere, nor one to another computer."""
    links: list[Cell] = [
        Link(text="m", url="files/model.pt"),
        Link(text="m", url="files/gone.png"),
        Link(text="m", url="https://example.org/a.png"),
        "pending",
    ]
    (book.parent / "files").mkdir()
    (book.parent / "files" / "broken.png").write_bytes(b"no picture")
    links.append(Link(text="m", url="files/broken.png"))
    for number, link in enumerate(links):
        logged(book, new(f"r{number}", **{KEY: link}), added=() if number else ADDED)
    assert set() == members(book, "xl/drawings/")
    assert "customHeight" not in part(book)


def test_what_a_later_state_shows_takes_the_place_of_the_earlier(book: Path) -> None:
    """The old picture goes with its bytes, unless another row shows them; others stay."""
    red = image(book.parent, "red.png")
    logged(book, new("b", **{KEY: "pending"}), new("c", **{KEY: red}), added=ADDED)
    logged(book, edits={"b": {KEY: red}})
    assert [(4, 3), (4, 2)] == places(book)
    logged(book, edits={"b": {KEY: image(book.parent, "blue.png", "blue")}})
    assert [(4, 3), (4, 2)] == places(book)
    assert 2 == len(members(book, "xl/media/"))
    logged(book, edits={"b": {KEY: "not stored"}})
    assert [(4, 3)] == places(book)
    assert 1 == len(members(book, "xl/media/"))
    logged(book, edits={"c": {"params.x": "other"}})
    assert [(4, 3)] == places(book)
    assert 1 == len(openpyxl.load_workbook(book)["Runs"]._images)


def test_a_height_that_somebody_chose_stays(book: Path) -> None:
    """A picture is made as small as the row then is, and left out where it would be a dot."""
    rows = header() + run(2, "a").replace('r="2">', 'r="2" ht="48" customHeight="1">', 1)
    rows += run(3, "b").replace('r="3">', 'r="3" ht="20" customHeight="1">', 1)
    write(book, rows)
    link = image(book.parent, "a.png")
    logged(book, new("c", **{KEY: "pending"}), added=ADDED)
    logged(book, edits={"a": {KEY: link}, "b": {KEY: link}})
    assert [(4, 1)] == places(book)
    sheet = openpyxl.load_workbook(book)["Runs"]
    assert (48, 20) == (sheet.row_dimensions[2].height, sheet.row_dimensions[3].height)
    assert sheet._images[0].anchor.to.rowOff <= 48 * 12_700


def test_a_drawing_of_people_is_extended(tmp_path: Path) -> None:
    """Their chart and picture stay byte for byte; ours come behind them."""
    path, own = tmp_path / "book.xlsx", tmp_path / "own.png"
    Image.new("RGB", (30, 30), "green").save(own)
    made = xlsxwriter.Workbook(str(path))
    sheet = made.add_worksheet("Runs")
    sheet.write_row(0, 0, ["Run id", "Revision", "Accuracy", "x"])
    sheet.write_row(1, 0, ["a", 1, 0.5, "one"])
    chart = made.add_chart({"type": "line"})
    chart.add_series({"values": "=Runs!$C$2:$C$2"})
    sheet.insert_chart("H2", chart)
    sheet.insert_image("H20", str(own))
    for place, key in enumerate(("run.id", "run.revision", "metrics.acc", "params.x")):
        made.define_name(f"_sheetlog.{key}", f"=Runs!${'ABCD'[place]}$1")
    made.close()
    before = part(path, DRAWING)
    logged(path, new("b", **{KEY: image(tmp_path, "b.png")}), added=ADDED)
    after = part(path, DRAWING)
    # A column was inserted before theirs, so that their anchors have moved by one.
    kept = before.removesuffix("</xdr:wsDr>").replace("<xdr:col>7<", "<xdr:col>8<")
    moved = re.sub(r"<xdr:col>(\d+)<", "<xdr:col>?<", kept)
    assert re.sub(r"<xdr:col>(\d+)<", "<xdr:col>?<", after).startswith(moved)
    sheet = openpyxl.load_workbook(path)["Runs"]
    assert (1, 2) == (len(sheet._charts), len(sheet._images))
    logged(path, edits={"b": {KEY: "not stored"}})
    sheet = openpyxl.load_workbook(path)["Runs"]
    assert (1, 1) == (len(sheet._charts), len(sheet._images))


def test_another_prefix_and_an_empty_drawing(tmp_path: Path) -> None:
    """As other programs write them."""
    space = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
    kind = "application/vnd.openxmlformats-officedocument.drawing+xml"
    for number, xml in enumerate((f'<wsDr xmlns="{space}"/>', f"<wsDr xmlns='{space}'></wsDr>")):
        path = write(
            tmp_path / f"{number}.xlsx",
            header() + run(2, "a"),
            tail='<drawing r:id="rId1"/>',
            more={DRAWING: ("drawing", kind, xml)},
        )
        logged(path, new("b", **{KEY: image(tmp_path, "b.png")}), added=ADDED)
        assert [(4, 2)] == places(path)
        assert 1 == len(openpyxl.load_workbook(path)["Runs"]._images)


def test_a_drawing_that_leads_nowhere(tmp_path: Path) -> None:
    """A new one takes its place."""
    path = write(tmp_path / "b.xlsx", header() + run(2, "a"), tail='<drawing r:id="rId77"/>')
    logged(path, new("b", **{KEY: image(tmp_path, "b.png")}), added=ADDED)
    assert 1 == len(openpyxl.load_workbook(path)["Runs"]._images)


@pytest.mark.parametrize("name", ["p.jpg", "p.gif", "p.webp", "p.bmp", "alpha.png", "tiny.png"])
def test_kinds_of_pictures(name: str, book: Path) -> None:
    """What Pillow reads is shown, as PNG or JPEG, which every Excel knows."""
    link = image(book.parent, name, size=(8, 8) if name == "tiny.png" else (500, 100))
    if name == "alpha.png":
        Image.new("RGBA", (50, 50), (255, 0, 0, 100)).save(book.parent / "files" / name)
    logged(book, new("b", **{KEY: link}), added=ADDED)
    [media] = members(book, "xl/media/")
    assert media.endswith((".png", ".jpeg"))
    assert [(4, 2)] == places(book)


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_a_picture_of_fine_shades(mode: str, book: Path) -> None:
    """A depth map shows its depths: what is above 255 is not all white."""
    link = image(book.parent, "depth.tiff")
    depths = Image.linear_gradient("L").convert("F").point(lambda value: value * 20.0 + 1000.0)
    shades = depths if mode == "F" else depths.convert("I").convert(mode)
    shades.save(book.parent / "files" / "depth.tiff")
    logged(book, new("b", **{KEY: link}), added=ADDED)
    [media] = members(book, "xl/media/")
    with zipfile.ZipFile(book) as archive, Image.open(archive.open(media)) as shown:
        low, high = shown.convert("L").getextrema()
    assert (True, True) == (low < 10, high > 245)


def test_without_pillow(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small PNG is shown as it is; what would be too much is a link."""
    link = image(book.parent, "small.png")
    raw = (book.parent / "files" / "small.png").read_bytes()
    big = image(book.parent, "big.png")
    (book.parent / "files" / "big.png").write_bytes(raw + b"\0" * 40_000)
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    logged(book, new("b", **{KEY: link}), new("c", **{KEY: big}), added=ADDED)
    [media] = members(book, "xl/media/")
    with zipfile.ZipFile(book) as archive:
        assert raw == archive.read(media)


def test_a_column_of_links_shows_links(book: Path) -> None:
    """Where the template says `link`, there are no pictures."""
    sink = ExcelSink(str(book))
    template = Template(name="t", title="T", columns=(Column(key="artifacts.*", format="link"),))
    link = image(book.parent, "a.png")
    with sink.exclusive(1):
        plan = Plan(base=sink.header(), rows=(new("b", **{KEY: link}),), added=ADDED)
        sink.apply(plan, template)
    assert set() == members(book, "xl/drawings/")


def test_a_picture_that_would_fill_the_memory(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a link, with Pillow and without."""
    link = image(book.parent, "bomb.png", size=(2500, 2500))
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", 1_000_000)
    logged(book, new("b", **{KEY: link}), added=ADDED)
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    logged(book, new("c", **{KEY: link}))
    assert (book.parent / "files" / "bomb.png").stat().st_size < 32_768
    assert set() == members(book, "xl/drawings/")


def test_a_row_that_its_text_makes_high(book: Path) -> None:
    """Becomes as high as its picture needs; what one change has raised nobody chose."""
    xf = '<xf numFmtId="0" applyAlignment="1"><alignment wrapText="1"/></xf>'
    rows = header() + run(2, "a").replace('<c r="D2"', '<c r="D2" s="4"')
    write(book, rows, styles='<xf numFmtId="0"/>' * 4 + xf)
    long = "several words that need more than one line " * 3
    logged(book, new("b", x=long), added=ADDED)
    sheet = openpyxl.load_workbook(book)["Runs"]
    assert 15 < sheet.row_dimensions[3].height < 72
    logged(book, new("c", x=long, **{KEY: image(book.parent, "c.png")}))
    sheet = openpyxl.load_workbook(book)["Runs"]
    assert 72 == sheet.row_dimensions[4].height
    assert [(4, 3)] == places(book)


def test_a_picture_of_people_s_in_the_same_cell_stays(book: Path) -> None:
    """What we take away is only what we drew."""
    logged(book, new("b", **{KEY: image(book.parent, "b.png")}), added=ADDED)
    with zipfile.ZipFile(book) as archive:
        members_ = {name: archive.read(name) for name in archive.namelist()}
    members_[DRAWING] = members_[DRAWING].replace(b'name="sheetlog 2"', b'name="Holiday"')
    with zipfile.ZipFile(book, "w") as archive:
        for name, data in members_.items():
            archive.writestr(name, data)
    logged(book, edits={"b": {KEY: image(book.parent, "c.png", "blue")}})
    assert [(4, 2), (4, 2)] == places(book)
    assert 'name="Holiday"' in part(book, DRAWING)
    assert 2 == len(members(book, "xl/media/"))
    logged(book, edits={"b": {KEY: "not stored"}})
    assert [(4, 2)] == places(book)
