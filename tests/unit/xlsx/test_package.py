"""The package: parts by name, types, relationships, and what a save leaves as it was."""

import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sheetlog.errors import RefusedError
from sheetlog.xlsx import names
from sheetlog.xlsx.package import Package
from tests.packages import HEAD, OFFICE, ROWS, SHEET, TAIL, content, parts, raw, zipped

RELS = "xl/_rels/workbook.xml.rels"
TYPES = "[Content_Types].xml"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small workbook."""
    return written(tmp_path, parts())


def written(tmp_path: Path, members: dict[str, bytes]) -> Path:
    """Give a workbook of these members."""
    file = tmp_path / "runs.xlsx"
    file.write_bytes(zipped(members))
    return file


def with_text(name: str, old: str, new: str) -> dict[str, bytes]:
    """Give the small workbook's parts with another text in one of them."""
    members = parts()
    assert old.encode() in members[name]
    members[name] = members[name].replace(old.encode(), new.encode())
    return members


def test_parts_are_found_whatever_their_case(path: Path) -> None:
    """Names are given as the archive has them."""
    with Package.open(path) as package:
        assert tuple(parts()) == package.names()
        assert package.has("XL/Workbook.XML")
        assert not package.has("xl")
        assert parts()[SHEET] == package.read(SHEET.upper())
        assert "xl/workbook.xml" == package.workbook
        assert not package.strict


@pytest.mark.parametrize("target", [
    "/xl/workbook.xml", "./xl/workbook.xml", "xl\\workbook.xml", "XL/workbook.xml",
    "docProps/../xl/workbook.xml", "../xl/workbook.xml", "xl/%77orkbook.xml", "xl/workbook.xml#a",
])  # fmt: skip
def test_the_workbook_is_found_however_it_is_pointed_to(tmp_path: Path, target: str) -> None:
    """Absolute, relative, with backslashes, percent-encoded, in another case."""
    path = written(tmp_path, with_text("_rels/.rels", "xl/workbook.xml", target))
    with Package.open(path) as package:
        assert parts()["xl/workbook.xml"] == package.read(package.workbook)


def test_a_workbook_under_another_name(tmp_path: Path) -> None:
    """The relationship's type tells which part it is."""
    members = {
        name.replace("xl/workbook", "x/book"): data.replace(b"xl/workbook", b"x/book")
        for name, data in parts().items()
    }
    members["x/_rels/book.xml.rels"] = members.pop(RELS).replace(
        b"worksheets/", b"../xl/worksheets/"
    )
    with Package.open(written(tmp_path, members)) as package:
        assert "x/book.xml" == package.workbook
        assert [SHEET] == [one.target for one in package.relationships(package.workbook)]


def test_strict_workbooks_are_told(tmp_path: Path) -> None:
    """The namespaces of ISO 29500 strict are another family of the same names."""
    strict = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    with Package.open(written(tmp_path, with_text("_rels/.rels", OFFICE, strict))) as package:
        assert package.strict
        assert "officeDocument" == package.relationships("")[0].kind


SPREADSHEET = "openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


@pytest.mark.parametrize(("members", "reason"), [
    ({"a.txt": b"a"}, "holds no workbook"),
    ({}, "holds no workbook"),
    (with_text("_rels/.rels", 'officeDocument"', 'other"'), "holds no workbook"),
    (with_text("_rels/.rels", "xl/workbook.xml", "xl/none.xml"), "holds no workbook"),
    ({name: data for name, data in parts().items() if name != TYPES}, "holds no workbook"),
    (with_text(TYPES, SPREADSHEET, "openxmlformats-officedocument.wordprocessingml.document.main+xml"),
     "another kind of document"),
    (with_text(TYPES, SPREADSHEET, "ms-excel.sheet.binary.macroEnabled.main"), "binary"),
    (with_text("_rels/.rels", "</Relationships>",
               '<Relationship Id="rId9" Target="_xmlsig/origin.sigs" Type="http://schemas.'
               'openxmlformats.org/package/2006/relationships/digital-signature/origin"/></Relationships>'),
     "is signed"),
    (with_text("_rels/.rels", "<Relationships", '<!DOCTYPE a [<!ENTITY b "c">]><Relationships'),
     "document type"),
    (with_text("_rels/.rels", "</Relationships>", ""), "damaged"),
])  # fmt: skip
def test_what_is_no_workbook_is_refused(
    tmp_path: Path, members: dict[str, bytes], reason: str
) -> None:
    """Opening says why."""
    with pytest.raises(RefusedError, match=reason):
        Package.open(written(tmp_path, members))


@pytest.mark.parametrize(
    "kind", ["spreadsheetml.template.main+xml", "SpreadsheetML.Sheet.Main+XML"]
)
def test_other_kinds_of_workbooks(tmp_path: Path, kind: str) -> None:
    """Templates, and types in another case, are workbooks."""
    members = with_text(TYPES, "spreadsheetml.sheet.main+xml", kind)
    with Package.open(written(tmp_path, members)) as package:
        assert "xl/workbook.xml" == package.workbook


def test_content_types(path: Path) -> None:
    """An override goes before the extension's default; neither looks at case."""
    with Package.open(path) as package:
        assert (package.content_type(SHEET.upper()) or "").endswith("worksheet+xml")
        assert "image/png" == package.content_type("xl/media/image9.png")
        assert "application/xml" == package.content_type("docProps/app.XML")
        assert package.content_type("xl/vbaProject.bin") is None


def test_a_part_that_is_missing(path: Path) -> None:
    """Reading it is refused, with its name."""
    with Package.open(path) as package:
        for read in (package.read, package.xml, package.sheet, package.relationships):
            if read != package.relationships:
                with pytest.raises(RefusedError, match=r"'xl/none\.xml' is missing"):
                    read("xl/none.xml")
        assert [] == package.relationships("xl/none.xml")
        with pytest.raises(RefusedError, match="is missing"):
            package.replace("xl/none.xml", b"")


def test_the_head_of_a_part(path: Path) -> None:
    """Up to and with a mark, with changes."""
    with Package.open(path) as package:
        assert HEAD == package.head(SHEET, b"<sheetData>")
        package.replace(SHEET, b"<a><b/><c/></a>")
        assert b"<a><b/>" == package.head(SHEET, b"<b/>")
        assert b"<a><b/><c/></a>" == package.head(SHEET, b"<d/>")


def test_replaced_and_all_else_untouched(path: Path) -> None:
    """Other members keep every byte, their headers included."""
    before = raw(path)
    with Package.open(path) as package:
        package.replace("docProps/app.xml", b"<Properties>2</Properties>")
        assert b"<Properties>2</Properties>" == package.read("docprops/App.xml")
        package.save()
    after = raw(path)
    assert {**parts(), "docProps/app.xml": b"<Properties>2</Properties>"} == content(path)
    changed = {name for name in before if before[name] != after[name]}
    assert {"docProps/app.xml"} == changed
    assert list(before) == list(content(path))


def test_nothing_to_save_is_nothing_written(path: Path) -> None:
    """The file stays the same one."""
    before = path.stat()
    with Package.open(path) as package:
        package.save()
    assert (before.st_ino, before.st_mtime_ns) == (path.stat().st_ino, path.stat().st_mtime_ns)


def test_a_part_added(path: Path) -> None:
    """With its type, its relationship, and nothing else touched."""
    before = raw(path)
    with Package.open(path) as package:
        package.add("xl/tables/table1.xml", b"<table/>", content_type="application/x.table+xml")
        made = package.relate(SHEET, f"{OFFICE}/table", "xl/tables/table1.xml")
        assert "rId1" == made
        found = package.relationships(SHEET)
        assert [("rId1", "xl/tables/table1.xml", "table")] == [
            (one.id, one.target, one.kind) for one in found
        ]
        assert "application/x.table+xml" == package.content_type("xl/tables/table1.xml")
        package.save()
    after = raw(path)
    assert {TYPES} == {name for name in before if before[name] != after[name]}
    assert {
        "xl/tables/table1.xml",
        "xl/worksheets/_rels/sheet1.xml.rels",
    } == after.keys() - before.keys()
    with Package.open(path) as package:
        assert [b"<table/>"] == [package.read(one.target) for one in package.relationships(SHEET)]


def test_a_relationship_is_spliced_in(path: Path) -> None:
    """All else in the relationships' text stays as it is; ids differ from those that are there."""
    old = parts()[RELS].replace(b'"rId1"', b'"RID2"')
    with Package.open(path) as package:
        package.replace(RELS, old)
        assert "rId3" == package.relate("xl/workbook.xml", f"{OFFICE}/x", "docProps/app.xml")
        assert "rId4" == package.relate(
            "xl/workbook.xml", f"{OFFICE}/link", 'https://a.b/?c=1&d="e"', external=True
        )
        new = package.read(RELS)
        first, last = package.relationships("xl/workbook.xml")[1:]
    place = old.index(b"</Relationships>")
    assert (old[:place], old[place:]) == (new[:place], new[-len(old[place:]) :])
    root = ET.fromstring(new)
    assert [None, None, "External"] == [child.get("TargetMode") for child in root]
    assert "../docProps/app.xml" == root[1].get("Target")
    assert ("docProps/app.xml", False) == (first.target, first.external)
    assert ('https://a.b/?c=1&d="e"', True) == (last.target, last.external)


@pytest.mark.parametrize("rels", [
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>',
    b'<p:Relationships xmlns:p="http://schemas.openxmlformats.org/package/2006/relationships"></p:Relationships>',
])  # fmt: skip
def test_relationships_written_otherwise(path: Path, rels: bytes) -> None:
    """An empty element and a prefix are taken over."""
    with Package.open(path) as package:
        package.add("xl/worksheets/_rels/sheet1.xml.rels", rels)
        package.relate(SHEET, "t", "xl/a.xml")
        root = ET.fromstring(package.read("xl/worksheets/_rels/sheet1.xml.rels"))
    assert ["../a.xml"] == [child.get("Target") for child in root]
    assert {root.tag.replace("Relationships", "Relationship")} == {child.tag for child in root}


def test_a_part_removed(path: Path) -> None:
    """With its type, its relationships and those that lead to it."""
    with Package.open(path) as package:
        package.add("xl/worksheets/_rels/sheet1.xml.rels", b"<Relationships/>")
        package.remove(SHEET, source="xl/workbook.xml")
        assert not package.has(SHEET)
        assert SHEET not in package.names()
        package.save()
    left = content(path)
    assert set(parts()) - {SHEET} == set(left)
    assert b"sheet1.xml" not in left[TYPES] + left[RELS]


def test_removed_and_added_again(path: Path) -> None:
    """The new content takes the old one's place."""
    with Package.open(path) as package:
        package.remove("docProps/app.xml", source="")
        package.add("docProps/app.xml", b"<new/>")
        package.save()
    assert {**parts(), "docProps/app.xml": b"<new/>"} == content(path)


def test_adding_what_is_there_is_a_mistake(path: Path) -> None:
    """In any case of its name."""
    with Package.open(path) as package, pytest.raises(ValueError, match="there already"):
        package.add("DOCPROPS/app.xml", b"")


def test_a_sheet_that_is_added(path: Path) -> None:
    """It may be written as a stream at once, and extended from then on."""
    with Package.open(path) as package:
        package.add("xl/worksheets/sheet2.xml", HEAD + TAIL)
        sheet = package.sheet("xl/worksheets/sheet2.xml")
        assert not sheet.ours
        assert HEAD + TAIL == sheet.whole()
        sheet.rewrite(HEAD, [ROWS], TAIL, "A1:C3")
        assert ROWS in package.read("xl/worksheets/sheet2.xml")
        package.save()
    with Package.open(path) as package:
        sheet = package.sheet("xl/worksheets/sheet2.xml")
        assert sheet.ours
        sheet.extend(b"<row/>", tail=TAIL, dimension=None)
        assert package.read("xl/worksheets/sheet2.xml").endswith(ROWS + b"<row/>" + TAIL)
        package.save()
    assert content(path)["xl/worksheets/sheet2.xml"].endswith(ROWS + b"<row/>" + TAIL)


def test_names_that_zip_cannot_hold_in_ascii(path: Path) -> None:
    """They are marked as UTF-8, and zipfile reads them."""
    with Package.open(path) as package:
        package.add("xl/größe.xml", b"<a/>")
        package.save()
    assert b"<a/>" == content(path)["xl/größe.xml"]


def test_archives_of_every_kind_keep_what_they_are(tmp_path: Path) -> None:
    """Comment, folders and descriptors of members that stay are still there."""
    file = tmp_path / "runs.xlsx"
    file.write_bytes(zipped({"xl/": b"", **parts()}, comment=b"by hand"))
    with Package.open(file) as package:
        package.replace("docProps/app.xml", b"<a/>")
        package.save()
    with zipfile.ZipFile(file) as archive:
        assert b"by hand" == archive.comment
        assert "xl/" in archive.namelist()
        assert (2026, 1, 2, 3, 4, 6) == archive.getinfo("docProps/app.xml").date_time


@pytest.mark.parametrize(("source", "target", "expected"), [
    ("", "xl/workbook.xml", "xl/workbook.xml"),
    ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "worksheets/sheet1.xml"),
    ("xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "../tables/table1.xml"),
    ("xl/worksheets/sheet1.xml", "docProps/app.xml", "../../docProps/app.xml"),
    ("xl/a/b.xml", "xl/a/c.xml", "c.xml"),
])  # fmt: skip
def test_targets_lead_there_and_back(source: str, target: str, expected: str) -> None:
    """A relative target resolves to the part that it was made for."""
    assert expected == names.relative(source, target)
    assert target == names.resolved(source, expected)


def test_relationships_get_the_case_of_their_part(tmp_path: Path) -> None:
    """Excel finds them in any case; openpyxl, and with it pandas, only under the part's name."""
    members, wrong = parts(), "xl/worksheets/_rels/SHEET1.xml.rels"
    right = names.relationships_of(SHEET)
    members[wrong] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
    )
    path = written(tmp_path, members)
    with Package.open(path) as package:
        package.relate(SHEET, f"{OFFICE}/hyperlink", "https://example.com", external=True)
        package.save()
    with zipfile.ZipFile(path) as archive:
        assert {*members, right} - {wrong} == set(archive.namelist())
        assert b"example.com" in archive.read(right)
