"""Workbooks with one tab of runs, written by hand as XML, and what is logged into them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sheetlog.cells import Cell
from sheetlog.plan import Edit, NewRow, Plan
from sheetlog.sinks.excel import ExcelSink
from sheetlog.template import Template
from tests.packages import MAIN, OFFICE, PACKAGE, SHEET, parts, zipped

TEMPLATE = Template(name="t", title="T")
KEYS = {"run.id": "A", "run.revision": "B", "metrics.acc": "C", "params.x": "D"}
TITLES = ("Run id", "Revision", "Accuracy", "x")
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def text(ref: str, value: str, style: str = "") -> str:
    return f'<c r="{ref}"{style} t="inlineStr"><is><t>{value}</t></is></c>'


def header(titles: Sequence[str] = TITLES, row: int = 1) -> str:
    cells = "".join(text(f"{chr(65 + at)}{row}", title) for at, title in enumerate(titles))
    return f'<row r="{row}">{cells}</row>'


def run(row: int, id_: str, acc: float = 0.5, x: str = "one") -> str:
    return (
        f'<row r="{row}">{text(f"A{row}", id_)}<c r="B{row}"><v>1</v></c>'
        f'<c r="C{row}" s="1"><v>{acc}</v></c>{text(f"D{row}", x)}</row>'
    )


def names(places: Mapping[str, str] = KEYS, row: int = 1, title: str = "Runs") -> str:
    """Give the names that mark columns; keys have small letters and dots alone."""
    return "".join(
        f'<definedName name="_sheetlog.{key}" localSheetId="0" hidden="1">'
        f"{title}!${place}${row}</definedName>"
        for key, place in places.items()
    )


def table(ref: str, titles: Sequence[str] = TITLES, *, totals: int = 0, inner: str = "") -> str:
    columns = "".join(
        f'<tableColumn id="{at}" name="{title}">{inner if at == len(titles) else ""}</tableColumn>'
        for at, title in enumerate(titles, 1)
    )
    totals_ = f' totalsRowCount="{totals}"' if totals else ' totalsRowShown="0"'
    last = ref.partition(":")[2]
    row = int(re.sub("[A-Z]", "", last)) - totals
    letter = re.sub("[0-9]", "", last)
    return (
        f'<table xmlns="{MAIN}" id="1" name="Runs" displayName="Runs" ref="{ref}"{totals_}>'
        f'<autoFilter ref="{ref.partition(":")[0]}:{letter}{row}"/>'
        f'<tableColumns count="{len(titles)}">{columns}</tableColumns></table>'
    )


def write(
    path: Path,
    rows: str,
    *,
    tail: str = "",
    before: str = '<dimension ref="A1:D3"/>',
    marks: str | None = None,
    tables: Sequence[str] = (),
    more: Mapping[str, tuple[str, str, str]] = {},
    workbook: str = "",
    styles: str = '<xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="22"/><xf numFmtId="46"/>',
    strings: Sequence[str] = (),
) -> Path:
    """Write a workbook with the tab `Runs`.

    Args:
        rows: `<row>` elements.
        tail: what stands behind the rows.
        before: what stands before them.
        marks: `<definedName>` elements; None: the usual ones.
        tables: parts of tables on the tab.
        more: other parts by name: relationship type's last word, type, content; they hang on the tab.
        workbook: what stands behind the names in the workbook part.
        styles: cell formats.
        strings: shared strings, as `<si>` holds them.
    """
    related = {f"xl/tables/table{n}.xml": ("table", "table", xml) for n, xml in enumerate(tables, 1)}
    ids = "".join(f'<tablePart xmlns:r="{OFFICE}" r:id="rId{n}"/>' for n in range(1, len(tables) + 1))
    if tables:
        tail += f'<tableParts count="{len(tables)}">{ids}</tableParts>'
    sheet = f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}<sheetData>{rows}</sheetData>{tail}</worksheet>'
    members = parts(sheet.encode())
    related |= more
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="/{name}"/>'
        for n, (name, (kind, _, _)) in enumerate(related.items(), 1)
    )
    members["xl/worksheets/_rels/sheet1.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
    ).encode()
    fonts = "<fonts count='1'><font><sz val='11'/></font></fonts>"
    members["xl/styles.xml"] = (
        f'<styleSheet xmlns="{MAIN}">{fonts}<cellXfs count="4">{styles}</cellXfs></styleSheet>'
    ).encode()
    inner = "".join(f"<si>{each}</si>" for each in strings)
    members["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{inner}</sst>'.encode()
    extra = {"xl/styles.xml": f"{TYPES}.styles+xml", "xl/sharedStrings.xml": f"{TYPES}.sharedStrings+xml"}
    for name, (_, kind, xml) in related.items():
        members[name] = xml.encode()
        extra[name] = kind if "/" in kind else f"{TYPES}.{kind}+xml"
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in extra.items()
    )
    members["[Content_Types].xml"] = members["[Content_Types].xml"].replace(
        b"</Types>", overrides.encode() + b"</Types>"
    )
    members["xl/_rels/workbook.xml.rels"] = members["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rId8" Type="{OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId9" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>".encode(),
    )
    marked = names() if marks is None else marks
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(
        b"</workbook>",
        f"{f'<definedNames>{marked}</definedNames>' if marked else ''}{workbook}</workbook>".encode(),
    )
    path.write_bytes(zipped(members))
    return path


def new(id_: str, acc: Cell = 0.75, x: Cell = "new", **more: Cell) -> NewRow:
    cells = {"run.id": id_, "run.revision": 1, "metrics.acc": acc, "params.x": x, **more}
    return NewRow(id=id_, cells=cells)


def logged(path: Path, *rows: NewRow, **given: Any) -> str:
    """Write rows (and edits, by `edits=`) through the sink; return where the last one is."""
    sink = ExcelSink(str(path))
    with sink.exclusive(1):
        edits: Mapping[str, Mapping[str, Cell]] = given.pop("edits", {})
        header_ = sink.header(edits)
        changes = tuple(
            Edit(id=id_, place=header_.rows[id_].place, key=key, cell=cell)
            for id_, cells in edits.items()
            for key, cell in cells.items()
        )
        plan = Plan(base=header_, rows=rows, edits=changes, **given)
        return sink.apply(plan, TEMPLATE).rpartition("#")[2]


def part(path: Path, name: str = SHEET) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def rows(path: Path) -> dict[int, str]:
    """Give the rows of the tab as they are written, by number."""
    found = re.findall(r'<row r="(\d+)"[^>]*?(?:/>|>.*?</row>)', part(path), re.DOTALL)
    whole = re.findall(r'<row r="\d+"[^>]*?(?:/>|>.*?</row>)', part(path), re.DOTALL)
    return dict(zip(map(int, found), whole, strict=True))


def cells(path: Path) -> dict[str, str]:
    """Give what stands between the tags of the tab's cells, by name."""
    pattern = r'<c r="([A-Z]+\d+)"[^>]*?(?:/>|>(.*?)</c>)'
    return dict(re.findall(pattern, part(path), re.DOTALL))
