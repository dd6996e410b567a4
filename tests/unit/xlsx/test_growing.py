"""A part that grows at its end: whatever was there stays, and nothing of it is packed anew."""

import zipfile
import zlib
from pathlib import Path

import pytest

from sheetlog.xlsx import segments
from sheetlog.xlsx.package import Package
from sheetlog.xlsx.relating import Relations
from tests.packages import PACKAGE, parts, zipped

SHEET = "xl/worksheets/sheet1.xml"
RELS = "xl/worksheets/_rels/sheet1.xml.rels"
ROOT = f'<Relationships xmlns="{PACKAGE}/relationships">'


def book(tmp_path: Path, rels: str) -> Path:
    """Give a workbook whose first tab has these relationships."""
    path = tmp_path / "runs.xlsx"
    path.write_bytes(zipped({**parts(), RELS: rels.encode()}))
    return path


def linked(path: Path, *urls: str) -> list[str]:
    """Add links in one change; return their ids."""
    with Package.open(path) as package:
        relations = Relations(package, SHEET)
        found = [relations.id("hyperlink", url, external=True) for url in urls]
        relations.save()
        package.save()
    return found


def content(path: Path) -> str:
    """Give the relationships as another program reads them; it checks the checksum."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(RELS).decode()


def test_many_changes_one_after_the_other(tmp_path: Path) -> None:
    """Each link is there, in order, and every id is another."""
    path = book(tmp_path, f"{ROOT}</Relationships>")
    ids = [id_ for n in range(40) for id_ in linked(path, f"u{n}", f"v{n}")]
    assert 80 == len(set(ids))
    with Package.open(path) as package:
        found = [each.target for each in package.relationships(SHEET)]
    assert [f"{name}{n}" for n in range(40) for name in "uv"] == found


def test_what_is_there_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second change costs nothing for the thousands that are there."""
    many = "".join(f'<Relationship Id="rId{n}" Target="t{n}"/>' for n in range(3000))
    path = book(tmp_path, f"{ROOT}{many}</Relationships>")
    linked(path, "first")

    xml = Package.xml

    def never(self: Package, name: str) -> bytes:
        assert name != RELS
        return xml(self, name)

    monkeypatch.setattr(Package, "xml", never)
    linked(path, "second")
    assert content(path).startswith(ROOT + many)
    assert 2 == content(path).count('Id="sl')


@pytest.mark.parametrize(("rels", "expected"), [
    (f"{ROOT}</Relationships>", ["sl1"]),
    (f'{ROOT}<Relationship Id="SL7" Target="a"/><Relationship Id="rId9" Target="b"/></Relationships>',
     ["sl8"]),
    (ROOT.replace(">", "/>"), ["sl1"]),
    (f"{ROOT}</Relationships><!-- made by hand -->", ["sl1"]),
    (f"{ROOT}</Relationships>\n", ["sl1"]),
])  # fmt: skip
def test_a_free_id_whoever_wrote_the_part(tmp_path: Path, rels: str, expected: list[str]) -> None:
    """An id that is there in any case of letters is taken; the second change goes on from it."""
    path = book(tmp_path, rels)
    assert expected == linked(path, "one")
    assert [f"sl{int(expected[0][2:]) + 1}"] == linked(path, "two")
    with Package.open(path) as package:
        assert ["one", "two"] == [each.target for each in package.relationships(SHEET)][-2:]


def test_another_prefix(tmp_path: Path) -> None:
    """The root's prefix is that of the new elements, also once the root is not read again."""
    path = book(tmp_path, f'<p:Relationships xmlns:p="{PACKAGE}/relationships"></p:Relationships>')
    linked(path, "one")
    linked(path, "two")
    assert 2 == content(path).count("<p:Relationship ")


def test_after_another_program_saved_it(tmp_path: Path) -> None:
    """Its ids are looked through anew: some may be greater than the last one's."""
    path = book(tmp_path, f"{ROOT}</Relationships>")
    linked(path, "one")
    rows = content(path).replace("</Rel", '<Relationship Id="sl50" Target="x"/><Relationship Id="rId1" Target="y"/></Rel')
    book(tmp_path, rows)
    assert ["sl51"] == linked(path, "two")


def test_somebody_elses_flushed_stream(tmp_path: Path) -> None:
    """A stream that only looks extendable, and whose last id isn't ours, is read as a whole."""
    path = book(tmp_path, f"{ROOT}</Relationships>")
    linked(path, "one")
    with Package.open(path) as package:
        package.grow(RELS, b'<Relationship Id="rId1" Target="z"/>')
        package.save()
    assert ["sl2"] == linked(path, "two")


def test_two_at_work_in_one_change(tmp_path: Path) -> None:
    """Links and a drawing, say: the second sees what the first has taken."""
    path = book(tmp_path, f"{ROOT}</Relationships>")
    linked(path, "one")
    with Package.open(path) as package:
        for url in ("two", "three"):
            relations = Relations(package, SHEET)
            relations.id("hyperlink", url, external=True)
            relations.save()
        package.save()
    with Package.open(path) as package:
        assert ["sl1", "sl2", "sl3"] == [each.id for each in package.relationships(SHEET)]


def test_what_is_pending_can_be_read(tmp_path: Path) -> None:
    """Before it is saved, the part reads as it shall be; replaced, it is what replaced it."""
    path = book(tmp_path, f"{ROOT}</Relationships>")
    linked(path, "one")
    with Package.open(path) as package:
        package.grow(RELS, b'<Relationship Id="a" Target="z"/>')
        package.grow(RELS, b'<Relationship Id="b" Target="z"/>')
        assert package.read(RELS).endswith(b'Id="b" Target="z"/></Relationships>')
        assert ["sl1", "a", "b"] == [each.id for each in package.relationships(SHEET)]
        package.replace(RELS, f"{ROOT}</Relationships>".encode())
        assert [] == package.relationships(SHEET)


def test_a_long_tail_is_packed_once() -> None:
    """Segments of a tail that are still in the new one are taken over as they are."""
    links = b"".join(b'<hyperlink ref="A%d"/>' % n for n in range(9000))
    first = b"</sheetData><autoFilter ref='A1:B9'/><hyperlinks>" + links + b"</hyperlinks></worksheet>"
    second = first.replace(b"A1:B9", b"A1:B10").replace(b"</hyper", b'<hyperlink ref="A9000"/></hyper')
    head = segments.segment(b"<row/>")
    old = segments.tail_of(head + segments.packed_tail(first))
    assert old is not None
    assert first == old.text
    assert len(head) == old.place
    new = segments.packed_tail(second, old)
    assert second == zlib.decompress(new, -zlib.MAX_WBITS)
    kept = [packed for _, packed in old.segments[1:-1]]
    assert len(kept) > 3
    assert all(packed in new for packed in kept)
    again = segments.tail_of(head + new)
    assert again is not None
    assert second == again.text


@pytest.mark.parametrize("text", [
    b"</sheetData>", b"</sheetData>" + b"x" * segments.MERGED, b"</sheetData>" + b"x" * 70_000,
])  # fmt: skip
def test_a_tail_of_any_length(text: bytes) -> None:
    """It reads back, and so does any other that takes over some of it."""
    old = segments.tail_of(segments.FLUSH + segments.packed_tail(text))
    assert old is not None
    assert text == old.text
    for new in (text, text[:40_000], text[:65_536], text + text[12:], b"</sheetData>y"):
        packed = segments.packed_tail(new, old)
        assert new == zlib.decompress(packed, -zlib.MAX_WBITS)
        again = segments.tail_of(segments.FLUSH + packed)
        assert again is not None
        assert new == again.text
