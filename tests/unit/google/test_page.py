"""The page shows what a teammate would see; read with an HTML parser, and once with a browser."""

from __future__ import annotations

import shutil
import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from tests.google.page.literal import FormulaCall, Reference, parse_call
from tests.google.page.sparkline import sparkline
from tests.google.plain import PlainClient
from tests.google.server import LocalGoogle, serving
from tests.unit.google.showcase import RUNS, TITLES, showcase

if TYPE_CHECKING:
    from pathlib import Path


class Shown(HTMLParser):
    """The tables of a page: for each tab the cells by row number and column letter."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tabs: list[str] = []
        self.cells: dict[tuple[str, str], dict[str, Any]] = {}
        self.letters: list[str] = []
        self.numbers: list[str] = []
        self.styles: dict[str, str] = {}
        self._in: list[str] = []
        self._gid = self._row = ""
        self._column = 0
        self._here: dict[str, Any] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        self._in.append(f"{tag}.{own.get('class', '')}")
        if tag == "section":
            self._gid, self._row = own["data-gid"], ""
            if self._gid == "0":
                self.letters, self.numbers = [], []
        if tag == "tr":
            self._column = 0
        if tag == "td":
            self._here = {"class": own.get("class", ""), "html": [], "text": ""}
            self._here |= {"title": own.get("title", ""), "colspan": own.get("colspan", "1")}
            if self._gid == "0":
                self.cells[self._row, self.letters[self._column]] = self._here
            self._column += int(own.get("colspan", "1"))
        elif self._here is not None:
            self._here["html"].append((tag, own))

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._here = None
        if self._in:
            self._in.pop()

    def handle_data(self, data: str) -> None:
        where = self._in[-1] if self._in else ""
        if where.startswith("style"):
            self._read_styles(data)
        elif where.startswith("a.") and self._here is None:
            self.tabs.append(data)
        elif self._here is not None:
            self._here["text"] += data
        elif where.startswith("th.number"):
            self._row = data
            self.numbers += [data] if self._gid == "0" else []
        elif where.startswith("th.") and data.isalpha() and self._gid == "0":
            self.letters.append(data)

    def _read_styles(self, css: str) -> None:
        for line in css.splitlines():
            name, _, rest = line.partition("{")
            if name.startswith(".grid td.t"):
                self.styles[name.removeprefix(".grid td.")] = rest.removesuffix("}")

    def css(self, row: int, letter: str) -> str:
        """The style of a cell."""
        names = self.cells[str(row), letter]["class"].split()
        return ";".join(self.styles.get(name, "") for name in names)

    def text(self, row: int, letter: str) -> str:
        return str(self.cells[str(row), letter]["text"])

    def tags(self, row: int, letter: str) -> list[str]:
        return [tag for tag, _ in self.cells[str(row), letter]["html"]]


@pytest.fixture(scope="module")
def page() -> str:
    """The page of the showcase."""
    with serving() as google:
        client = PlainClient(google.base_url)
        got = client.get(f"/spreadsheets/d/{showcase(client)}/edit")
        client.close()
    assert (200, "text/html; charset=UTF-8") == (got.status, got.headers["content-type"])
    return got.body.decode()


@pytest.fixture(scope="module")
def shown(page: str) -> Shown:
    return Shown(page)


def test_letters_and_numbers_without_the_hidden(shown: Shown) -> None:
    """Column M and row 8 are hidden, so they aren't there at all."""
    assert list("ABCDEFGHIJKLNOP") == shown.letters[:15]
    assert ["6", "7", "9", "10"] == shown.numbers[5:9]


def test_tabs(shown: Shown) -> None:
    """The tabs that are to be seen, in their order."""
    assert ["Runs ▾", "Second & last ▾"] == shown.tabs


def test_header(shown: Shown) -> None:
    """Titles as they are, bold on their fill, centred, with the filter's button."""
    titles = [shown.text(1, letter) for letter in shown.letters[: len(TITLES) - 1]]
    assert [title for title in TITLES if title != "Hidden"] == titles
    css = shown.css(1, "B")
    for declaration in (
        "color:#1e293b",
        "font-weight:bold",
        "background-color:#e2e8f0",
        "text-align:center",
        "vertical-align:middle",
        "white-space:pre-wrap",
    ):
        assert declaration in css.split(";")
    assert "svg" in shown.tags(1, "B")


def test_what_is_frozen_stays(shown: Shown, page: str) -> None:
    """The first row and column are sticky, at the place where they are."""
    assert '<tr class="fr frl" style="height:36px;--top:44px">' in page
    assert {"fc", "t0f0", "fcl"} <= set(shown.cells["2", "A"]["class"].split())
    assert ".t0f0{left:66px}" in page


def test_sizes(page: str) -> None:
    """Widths and heights are those of the sheet."""
    widths = [20, 46, 170, 90, 125, 80]
    assert "".join(f'<col style="width:{width}px">' for width in widths) in page
    assert 1 == page.count('style="height:40px"')


def test_numbers_by_their_format(shown: Shown) -> None:
    """What is shown is the formatted value, on the right; text stands on the left."""
    assert ["81.0%", "0.4000", "1.00E-01"] == [shown.text(2, letter) for letter in "DEH"]
    assert "2026-09-27 12:00" == shown.text(2, "C")
    assert "text-align:right" in shown.css(2, "C")
    assert "text-align" not in shown.css(2, "G")


def test_links_show_their_label(shown: Shown) -> None:
    """A linked cell, a HYPERLINK formula, and text with two links."""
    links = [
        [own["href"] for tag, own in shown.cells[row, letter]["html"] if tag == "a"]
        for row, letter in (("2", "A"), ("2", "L"), ("19", "F"))
    ]
    assert [
        ["https://example.org/runs/0"],
        ["https://example.org/c/0"],
        ["https://example.org/paper", "https://example.org/code"],
    ] == links
    assert ["resnet-50 baseline 0", "4f2a9c0", "see paper <u> code"] == [
        shown.text(2, "A"),
        shown.text(2, "L"),
        shown.text(19, "F"),
    ]


def test_charts_checkboxes_chips_and_pictures_are_drawn(shown: Shown) -> None:
    """SPARKLINE is a line of twelve points, a truth a box, a choice a chip, IMAGE an image."""
    drawn = dict(shown.cells["2", "F"]["html"])
    assert 12 == len(drawn["polyline"]["points"].split())
    assert "#0F766E" == drawn["polyline"]["stroke"]
    assert ["svg", "rect", "path"] == shown.tags(2, "I")
    assert ["svg", "rect"] == shown.tags(3, "I")
    classes = [own.get("class") for _, own in shown.cells["2", "J"]["html"]]
    assert ["chip drop", "arrow"] == classes
    assert "keep▾" == shown.text(2, "J")
    assert ["chip drop blank", "arrow"] == [
        own.get("class") for _, own in shown.cells["5", "J"]["html"]
    ]
    assert "img" in shown.tags(2, "N")


def test_colour_scale(shown: Shown) -> None:
    """The lowest is white, which is no fill; the highest has the scale's end; between is between.

    The accuracies are 81.0 % to 95.3 %; 82.1 % is one thirteenth of the way.
    """
    assert "background-color" not in shown.css(2, "D")
    assert "background-color:#57bb8a" in shown.css(13, "D")
    assert "background-color:#f2faf6" in shown.css(5, "D")


def test_rules_by_text_and_by_formula(shown: Shown) -> None:
    """`keep` and `drop` have their colours; the whole row of a failed run is grey and italic."""
    assert "background-color:#d3f0df" in shown.css(2, "J")
    assert "background-color:#fbdcdc" in shown.css(4, "J")
    assert "background-color" not in shown.css(3, "J")
    for letter in "ABCG":
        assert {"color:#9ca3af", "font-style:italic"} <= set(shown.css(4, letter).split(";"))
        assert "italic" not in shown.css(3, letter)


def test_a_note_is_a_corner_with_a_tooltip(shown: Shown) -> None:
    """The header of Accuracy has the only one."""
    noted = [key for key, cell in shown.cells.items() if "noted" in cell["class"]]
    assert [("1", "D")] == noted
    assert "share of test images that were right" == shown.cells["1", "D"]["title"]


def test_banding(shown: Shown) -> None:
    """Header, first and second band; dark colours don't change the ink of themselves."""
    start = RUNS + 4
    colors = ["#356854", "", "#f6f8f9", "", "#f6f8f9"]
    for offset, color in enumerate(colors):
        css = shown.css(start + offset, "A")
        assert (f"background-color:{color}" in css) if color else ("background" not in css)
    assert ";color:" not in ";" + shown.css(start, "A")


def test_a_merge_is_one_cell(shown: Shown) -> None:
    """It spans the columns that are shown, with its own font and border."""
    merged = shown.cells[str(RUNS + 4), "F"]
    assert ("Merged title", "3") == (merged["text"], merged["colspan"])
    css = shown.css(RUNS + 4, "F")
    assert "font-size:16pt" in css
    assert 'font-family:"Georgia"' in css
    assert "border-bottom:2px solid #ea4335" in css


def test_groups(page: str) -> None:
    """A bracket over two columns and one beside rows, each with its button."""
    assert 2 == page.count("<b>−</b>")
    assert '<th class="strip h line first"></th><th class="strip h line"></th>' in page
    assert '<th class="strip v line first">' in page


def test_long_text_is_cut_where_the_next_cell_begins(shown: Shown) -> None:
    """Notes of run 1 run into the commit; those of run 3 are wrapped."""
    clip = dict(shown.cells["3", "K"]["html"])["div"]
    assert {"class": "clip", "style": "width:253px"} == clip
    assert "div" not in shown.tags(5, "K")
    assert "white-space:pre-wrap" in shown.css(5, "K")


def test_what_people_type_is_text(page: str) -> None:
    """Markup in a cell is shown and not obeyed."""
    assert "&lt;b&gt;ship&lt;/b&gt;" in page
    assert "<b>ship" not in page


def test_another_tab_and_its_table(page: str) -> None:
    """The second tab's table has a white bold header, a dropdown, a chip for a file, no lines."""
    section = page[page.index('data-gid="7"') :]
    assert "color:#ffffff" in page
    assert '<span class="chip drop">open' in section
    assert 'class="chip smart"' in section
    assert 'class="grid t1 nolines"' in section


def test_a_chip_has_the_name_of_its_file(client: PlainClient) -> None:
    """Where the file is in this Drive; an IMAGE of it is taken from here as well."""
    file_id = client.post("/drive/v3/files", {"name": "model.pt"}).json["id"]
    body = {"name": "a", "mimeType": "application/vnd.google-apps.spreadsheet"}
    sheet = client.post("/drive/v3/files", body).json["id"]
    uri = f"https://drive.google.com/file/d/{file_id}/view"
    image = f'=IMAGE("https://drive.google.com/uc?export=download&id={file_id}")'
    values = [
        {
            "userEnteredValue": {"stringValue": "@ and more"},
            "chipRuns": [{"chip": {"richLinkProperties": {"uri": uri}}}, {"startIndex": 1}],
        },
        {"userEnteredValue": {"formulaValue": image}},
    ]
    update = {
        "start": {"sheetId": 0},
        "rows": [{"values": values}],
        "fields": "userEnteredValue,chipRuns",
    }
    batch = {"requests": [{"updateCells": update}]}
    assert 200 == client.post(f"/v4/spreadsheets/{sheet}:batchUpdate", batch).status
    page = client.get(f"/spreadsheets/d/{sheet}/edit").body.decode()
    assert "model.pt</a> and more" in page
    assert f'src="/drive/v3/files/{file_id}?alt=media' in page


def test_a_sheet_that_is_not_there(client: PlainClient) -> None:
    """404, as the API says it."""
    assert 404 == client.get("/spreadsheets/d/nowhere/edit").status
    assert 404 == client.get("/spreadsheets/d/").status


def test_the_first_rule_that_holds_wins(client: PlainClient) -> None:
    """Where two rules colour a cell, the one with the lower index does."""
    body = {"name": "a", "mimeType": "application/vnd.google-apps.spreadsheet"}
    sheet = client.post("/drive/v3/files", body).json["id"]
    rules = [
        {
            "ranges": [{"sheetId": 0, "endRowIndex": 1, "endColumnIndex": 1}],
            "booleanRule": {
                "condition": {"type": "BLANK"},
                "format": {"backgroundColor": {color: 1}},
            },
        }
        for color in ("red", "blue")
    ]
    adds = [
        {"addConditionalFormatRule": {"index": place, "rule": rule}}
        for place, rule in enumerate(rules)
    ]
    assert 200 == client.post(f"/v4/spreadsheets/{sheet}:batchUpdate", {"requests": adds}).status
    shown = Shown(client.get(f"/spreadsheets/d/{sheet}/edit").body.decode())
    assert "background-color:#ff0000" in shown.css(1, "A")


@pytest.mark.parametrize(
    ("formula", "call"),
    [
        ("=SPARKLINE({1,2;3,-4.5e1})", FormulaCall("SPARKLINE", (((1.0, 2.0), (3.0, -45.0)),))),
        ('=image("a ""b""", 4)', FormulaCall("IMAGE", ('a "b"', 4.0))),
        ("=SPARKLINE(A1:B$2;TRUE)", FormulaCall("SPARKLINE", (Reference("A1:B$2"), True))),
        ("=SPARKLINE('my tab'!A1:A9)", FormulaCall("SPARKLINE", (Reference("'my tab'!A1:A9"),))),
        ("=F(,1)", FormulaCall("F", (None, 1.0))),
        ("=F()", FormulaCall("F", ())),
        ("=A1+1", None),
        ("=F(G(1))", None),
        ("=F({1,2)", None),
        ("=F(1", None),
        ("=F(1)+1", None),
        ("=F({A1})", None),
        ("plain", None),
    ],
)
def test_formulas_of_constants_are_read(formula: str, call: FormulaCall | None) -> None:
    """One call with constants and references; anything that needs evaluating is left alone."""
    assert call == parse_call(formula)


@pytest.mark.parametrize(
    ("rows", "options", "shapes"),
    [
        ([[1.0, 3.0, 2.0]], {}, ['points="2.00,18.00 50.00,2.00 98.00,10.00"']),
        ([[1.0], [3.0]], {}, ['points="2.00,18.00 98.00,2.00"']),
        ([[0.0, 1.0, 4.0], [1.0, 2.0, 3.0]], {}, ['points="2.00,18.00 26.00,10.00 98.00,2.00"']),
        ([[5.0, 5.0]], {}, ['points="2.00,10.00 98.00,10.00"']),
        ([[1.0, "x", None, 3.0]], {}, ['points="2.00,18.00 98.00,2.00"']),
        ([[0.0, 1.0]], {"ymax": 2.0, "linewidth": 2.0}, ["98.00,10.00", 'stroke-width="2"']),
        ([[3.0, 1.0]], {"charttype": "bar"}, ['width="75.00"', 'width="25.00"']),
        ([[1.0, 1.0]], {"charttype": "bar", "max": 4.0}, ['x="25.00"', 'width="25.00"']),
        (
            [[2.0, -1.0]],
            {"charttype": "column", "negcolor": "red"},
            ['y="1.00" width="48.00" height="12.00"', 'fill="red"'],
        ),
        (
            [[9.0, -1.0]],
            {"charttype": "winloss"},
            ['y="1.00" width="48.00" height="9.00"', 'y="10.00" width="48.00" height="9.00"'],
        ),
        ([[1.0]], {"color": '"><script>'}, ["&quot;&gt;&lt;script&gt;"]),
    ],
)
def test_sparklines(rows: Any, options: Any, shapes: list[str]) -> None:
    """Line, bar, column and win-loss in a canvas of 100 by 20."""
    drawn = sparkline(rows, options, (100, 20))
    assert [] == [shape for shape in shapes if shape not in drawn]


def test_nothing_to_draw() -> None:
    """No numbers, or a kind of chart that there is not."""
    assert "" == sparkline([[]], {}, (100, 20))
    assert "" == sparkline([[1.0]], {"charttype": "pie"}, (100, 20))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_a_browser_draws_it(google: LocalGoogle, client: PlainClient, tmp_path: Path) -> None:
    """In a picture of the page are the header's fill, the chart's line and the scale's green."""
    from PIL import Image

    picture = tmp_path / "page.png"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    flags += [f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1600,900"]
    url = f"{google.base_url}/spreadsheets/d/{showcase(client)}/edit#gid=0"
    command = ["chromium", *flags, f"--screenshot={picture}", url]
    subprocess.run(command, check=True, capture_output=True)
    with Image.open(picture) as image:
        counted = image.convert("RGB").getcolors(1 << 24) or []
    seen = {color: count for count, color in counted}
    assert seen[0xE2, 0xE8, 0xF0] > 10_000
    assert seen[0x57, 0xBB, 0x8A] > 500
    assert seen[0x0F, 0x76, 0x6E] > 500
