"""The worksheet's stream: recognised from itself, read at its ends, extended, rewritten.

The oracle is zipfile: whatever is written inflates, with a checksum that it finds right.
"""

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from sheetlog.errors import RefusedError
from sheetlog.xlsx import edges, segments
from sheetlog.xlsx.package import Package
from tests.packages import HEAD, ROWS, SHEET, TAIL, content, parts, zipped

PREFIXED = tuple(
    text.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?")
    .replace(b"xmlns=", b"xmlns:x=")
    for text in (HEAD, ROWS, TAIL)
)  # fmt: skip


def row(number: int, width: int = 3) -> bytes:
    """Give a row with a cell each of number and text."""
    cells = "".join(f'<c t="inlineStr"><is><t>{number * 7919 % 1000}</t></is></c>' for _ in range(width))
    return f'<row r="{number}">{cells}</row>'.encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workbook that another program made."""
    file = tmp_path / "runs.xlsx"
    file.write_bytes(zipped(parts()))
    return file


@pytest.fixture
def ours(path: Path) -> Path:
    """A workbook whose worksheet can be extended."""
    with Package.open(path) as package:
        package.sheet(SHEET).rewrite(HEAD, [ROWS], TAIL, None)
        package.save()
    return path


def extend(path: Path, rows: bytes, *, dimension: str | None = None, replacing: bytes = b"") -> None:
    """Extend the worksheet of a workbook."""
    with Package.open(path) as package:
        sheet = package.sheet(SHEET)
        sheet.extend(rows, tail=sheet.tail(), dimension=dimension, replacing=replacing)
        package.save()


def plain(xml: bytes) -> bytes:
    """Give a worksheet without the room in its dimension."""
    start, end = edges.dimension(xml) or (0, 0)
    tag = xml[start:end]
    return xml[:start] + tag.replace(b" " * (len(tag) - len(tag.rstrip(b"/> ")) - 2), b"") + xml[end:]


def test_a_stream_of_another_program_is_none_of_ours(path: Path) -> None:
    """It is read whole, and cannot be extended."""
    with Package.open(path) as package:
        sheet = package.sheet(SHEET)
        assert not sheet.ours
        assert HEAD + ROWS + TAIL == sheet.whole()
        assert TAIL == sheet.tail()
        with pytest.raises(ValueError, match="rewrite it"):
            sheet.extend(row(3), tail=TAIL, dimension=None)


def test_rewritten_it_is_the_same_but_for_room(ours: Path) -> None:
    """Only blanks within the dimension's tag are new."""
    assert HEAD + ROWS + TAIL == plain(content(ours)[SHEET])
    with Package.open(ours) as package:
        assert package.sheet(SHEET).ours
        assert TAIL == package.sheet(SHEET).tail()
        assert ROWS == package.sheet(SHEET).last_rows()


def test_extended_it_has_the_new_rows_last(ours: Path) -> None:
    """Rows, dimension and tail are what was asked for."""
    extend(ours, row(3), dimension="A1:XFD1048576")
    expected = HEAD.replace(b"A1:B2", b"A1:XFD1048576") + ROWS + row(3) + TAIL
    assert expected == plain(content(ours)[SHEET])


def test_a_new_tail(ours: Path) -> None:
    """What stands behind the rows may change in the same go."""
    tail = TAIL.replace(b"0.7", b"0.25") + b"<!-- longer -->" * 300
    with Package.open(ours) as package:
        package.sheet(SHEET).extend(b"", tail=tail, dimension=None)
        package.save()
    assert HEAD + ROWS + tail == plain(content(ours)[SHEET])


def test_hundreds_of_rows_one_by_one(ours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost or doubled by merging segments, and few segments are left."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    for number in range(3, 403):
        extend(ours, row(number), dimension=f"A1:C{number}")
    rows = ROWS + b"".join(row(number) for number in range(3, 403))
    assert HEAD.replace(b"B2", b"C402") + rows + TAIL == plain(content(ours)[SHEET])
    with zipfile.ZipFile(ours) as archive:
        packed = archive.getinfo(SHEET).compress_size
    assert packed < 1.3 * len(zlib.compress(rows))


def test_rows_that_are_replaced(ours: Path) -> None:
    """A totals row at the end makes room for new rows before it."""
    with Package.open(ours) as package:
        last = package.sheet(SHEET).last_rows()
    extend(ours, last + row(3) + b"<row/>", replacing=last)
    assert HEAD + ROWS + row(3) + b"<row/>" + TAIL == plain(content(ours)[SHEET])


def test_only_what_was_last_can_be_replaced(ours: Path) -> None:
    """Rows that aren't the last ones are a mistake of the caller, and nothing is written."""
    with Package.open(ours) as package:
        sheet = package.sheet(SHEET)
        with pytest.raises(ValueError, match="last_rows"):
            sheet.extend(row(3), tail=TAIL, dimension=None, replacing=row(9))
        assert sheet.pending is None


def test_the_last_rows_of_many(path: Path) -> None:
    """At least as much as was asked for, from a row's start on, and not much more."""
    rows = [row(number, 30) for number in range(3, 4000)]
    with Package.open(path) as package:
        package.sheet(SHEET).rewrite(HEAD, rows, TAIL, None)
        package.save()
    with Package.open(path) as package:
        sheet = package.sheet(SHEET)
        for size in (1, 100_000, 1_000_000, 1 << 30):
            last = sheet.last_rows(size)
            assert b"".join(rows).endswith(last)
            assert last.startswith(b"<row ")
            assert min(size, len(b"".join(rows))) <= len(last) < size + (1 << 20)
        assert len(sheet.last_rows()) <= segments.MERGED


@pytest.mark.parametrize("size", [1, 5000, 300_000, 10_000_000])
def test_chunks_of_rows_may_have_any_size(path: Path, size: int) -> None:
    """However the rows come, they are written once and in order."""
    rows = [row(number, 30) for number in range(3, 2000)]
    chunks = [b""]
    for one in rows:
        chunks[-1] += one
        if len(chunks[-1]) >= size:
            chunks.append(b"")
    with Package.open(path) as package:
        package.sheet(SHEET).rewrite(HEAD, chunks, TAIL, None)
        package.save()
    assert HEAD + b"".join(rows) + TAIL == plain(content(path)[SHEET])
    with Package.open(path) as package:
        assert package.sheet(SHEET).ours


@pytest.mark.parametrize("count", [2_000, 20_000])
def test_no_cut_within_a_comment(path: Path, count: int) -> None:
    """A comment may hold any number of end tags: no segment starts in it."""
    odd = b"<!-- " + row(9) * count + b" -->" + row(3)
    with Package.open(path) as package:
        package.sheet(SHEET).rewrite(HEAD, [ROWS, odd], TAIL, None)
        package.save()
    with Package.open(path) as package:
        assert ROWS + odd == package.sheet(SHEET).last_rows()


def test_prefixed_names(tmp_path: Path) -> None:
    """A prefix on every element is no obstacle, and stays."""
    head, rows, tail = PREFIXED
    path = tmp_path / "runs.xlsx"
    path.write_bytes(zipped(parts(head + rows + tail)))
    with Package.open(path) as package:
        sheet = package.sheet(SHEET)
        assert head + rows[: rows.index(b"</x:row>") + 8] == sheet.before_rows()
        sheet.rewrite(head, [rows], tail, None)
        package.save()
    new = b'<x:row r="3"/>'
    extend(path, new, dimension="A1:B3")
    expected = head.replace(b"A1:B2", b"A1:B3") + rows + new + tail
    assert expected == plain(content(path)[SHEET])


def test_without_a_dimension(tmp_path: Path) -> None:
    """None is made up: the part may do without it."""
    head = HEAD.replace(b'<dimension ref="A1:B2"/>', b"")
    path = tmp_path / "runs.xlsx"
    path.write_bytes(zipped(parts(head + ROWS + TAIL)))
    with Package.open(path) as package:
        package.sheet(SHEET).rewrite(head, [ROWS], TAIL, "A1:B2")
        package.save()
    extend(path, row(3), dimension="A1:C3")
    assert head + ROWS + row(3) + TAIL == content(path)[SHEET]


@pytest.mark.parametrize("tag", [
    b"<dimension ref='A1:B2' ></dimension>", b'<dimension\n ref = "A1:B2"/>',
    b'<!-- <dimension ref="Z9"/> --><dimension other="&gt;" ref="A1:B2"/>',
])  # fmt: skip
def test_a_dimension_written_otherwise(tmp_path: Path, tag: bytes) -> None:
    """Quotes, blanks, end tags and comments are kept; only the range is another."""
    head = HEAD.replace(b'<dimension ref="A1:B2"/>', tag)
    path = tmp_path / "runs.xlsx"
    path.write_bytes(zipped(parts(head + ROWS + TAIL)))
    with Package.open(path) as package:
        package.sheet(SHEET).rewrite(head, [ROWS], TAIL, None)
        package.save()
    extend(path, row(3), dimension="A1:C3")
    found = content(path)[SHEET]
    start, end = edges.dimension(found) or (0, 0)
    expected = tag.replace(b"A1:B2", b"A1:C3").replace(b"'", b'"')
    assert expected.replace(b" ", b"") in found[: end + 12].replace(b" ", b"").replace(b"'", b'"')
    assert found.endswith(b"<sheetData>" + ROWS + row(3) + TAIL)
    assert start


@pytest.mark.parametrize(("sheet", "expected"), [
    (HEAD + ROWS + TAIL, HEAD + ROWS[: ROWS.index(b"</row>") + 6]),
    (HEAD + b'<row r="1"/>' + ROWS + TAIL, HEAD + b'<row r="1"/>'),
    (HEAD + b'<row r="1"><c/></row ><row r="2"></row>' + TAIL, HEAD + b'<row r="1"><c/></row >'),
    (HEAD + b'<rowX><c/></rowX><row r="2"></row>' + TAIL, HEAD + b'<rowX><c/></rowX><row r="2"></row>'),
    (HEAD[:-1] + b' a="/">' + b'<row r="1"></row><row r="2"></row>' + TAIL,
     HEAD[:-1] + b' a="/"><row r="1"></row>'),
    (HEAD + TAIL, HEAD + b"</sheetData>"),
    (HEAD[:-1] + b"/></worksheet>", HEAD[:-1] + b"/>"),
    (HEAD + b"<!-- </row> --><row><c><v>1</v></c></row>" + TAIL,
     HEAD + b"<!-- </row> --><row><c><v>1</v></c></row>"),
    (HEAD + b"<row><c><is><t><![CDATA[</row>]]></t></is></c></row>" + TAIL,
     HEAD + b"<row><c><is><t><![CDATA[</row>]]></t></is></c></row>"),
    (HEAD + b'<row spans="1:2" x="a>/b">\n</row >' + TAIL,
     HEAD + b'<row spans="1:2" x="a>/b">\n</row >'),
    (HEAD.replace(b"<sheetData>", b"<!-- <sheetData><row/> --><rowBreaks/><sheetData>") + ROWS + TAIL,
     HEAD.replace(b"<sheetData>", b"<!-- <sheetData><row/> --><rowBreaks/><sheetData>")
     + ROWS[: ROWS.index(b"</row>") + 6]),
])  # fmt: skip
def test_up_to_the_first_row(tmp_path: Path, sheet: bytes, expected: bytes) -> None:
    """What comes before and with the first complete row, whatever hides in comments."""
    path = tmp_path / "runs.xlsx"
    path.write_bytes(zipped(parts(sheet)))
    with Package.open(path) as package:
        assert expected == package.sheet(SHEET).before_rows()


def test_a_first_row_far_behind(tmp_path: Path) -> None:
    """A long head is read as far as needed, and no farther than allowed."""
    head = HEAD.replace(b"<sheetData>", b"<cols>" + b'<col min="1"/>' * 20_000 + b"</cols><sheetData>")
    path = tmp_path / "runs.xlsx"
    path.write_bytes(zipped(parts(head + ROWS + TAIL)))
    with Package.open(path) as package:
        sheet = package.sheet(SHEET)
        assert head + ROWS[: ROWS.index(b"</row>") + 6] == sheet.before_rows()
        with pytest.raises(RefusedError, match="no first row in its first 1,000 bytes"):
            sheet.before_rows(1000)
        sheet.rewrite(head, [ROWS], TAIL, None)
        package.save()
    with Package.open(path) as package:
        assert package.sheet(SHEET).ours


@pytest.mark.parametrize(("sheet", "reason"), [
    ((HEAD + ROWS + TAIL).decode().encode("utf-16"), "UTF-16"),
    (HEAD.replace(b'"1.0"', b'"1.0" encoding="ISO-8859-1"') + ROWS + TAIL, "ISO-8859-1"),
    (HEAD.replace(b"?>", b'?><!DOCTYPE worksheet [<!ENTITY a "b">]>') + ROWS + TAIL, "document type"),
    (b"<chartsheet/>", "no rows"),
])  # fmt: skip
def test_what_cannot_be_edited_by_its_bytes(tmp_path: Path, sheet: bytes, reason: str) -> None:
    """Another encoding, entities, another kind of sheet: refused when the stream is opened."""
    path = tmp_path / "runs.xlsx"
    path.write_bytes(zipped(parts(sheet)))
    with Package.open(path) as package, pytest.raises(RefusedError, match=reason):
        package.sheet(SHEET)


@pytest.mark.parametrize("start", [
    b"<worksheet><sheetData><!-- <row/>", b"<worksheet><sheetData><row><c><![CDATA[</row>",
    b"<worksheet><sheetData><row", b"<worksheet><!-- <sheetData><row/>", b"<worksheet><?a <sheetData/>",
    b"<worksheet><sheetDataSet><row/></sheetDataSet>", b"<row/>", b'<a b="<row/>"><sheetData><rows/>',
])  # fmt: skip
def test_what_is_not_yet_a_row(start: bytes) -> None:
    """What may still be part of a comment, or of a longer name, ends nothing."""
    assert edges.first_row_end(start) is None


@pytest.mark.parametrize(("xml", "expected"), [
    (b"<sheetData></sheetData><b/>", 11), (b"<sheetData/><b/>", 12), (b"<x:sheetData /><b/>", 15),
    (b"<!-- </sheetData> --><sheetData></sheetData >sheetData", 32), (b"<sheetData>", None),
    (b"<sheetData></sheetData>sheetData<sheetDataX/>", 11), (b"<a>sheetData/></a>", None),
])  # fmt: skip
def test_where_the_rows_end(xml: bytes, expected: int | None) -> None:
    """At the end tag, or behind an empty element; text and other names don't matter."""
    assert expected == edges.rows_end(xml)


def test_a_full_flush_by_chance(path: Path) -> None:
    """Four bytes that look like a flush stand in stored data: no segment starts there."""
    rows = b'<row r="3"><!--' + segments.FLUSH * 3 + b"--></row>"
    head, tail = segments.packed_head(HEAD, None)[0], segments.last_segment(TAIL)
    packed = head + segments.stored(rows) + segments.segment(b"") + tail
    text = zlib.decompress(packed, -15)
    path.write_bytes(_with_stream(packed, text))
    with Package.open(path) as package:
        sheet = package.sheet(SHEET)
        assert sheet.ours
        assert rows == sheet.last_rows()
    extend(path, row(4))
    assert text[: -len(TAIL)] + row(4) + TAIL == content(path)[SHEET]


def _with_stream(packed: bytes, text: bytes) -> bytes:
    """Give a workbook whose worksheet is this deflate stream."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts().items():
            if name != SHEET:
                archive.writestr(name, data)
    start = archive.start_dir
    body, rest = buffer.getvalue()[:start], buffer.getvalue()[start:]
    raw, count = SHEET.encode(), len(parts())
    fields = (20, 0, 8, 0, 33, zlib.crc32(text), len(packed), len(text), len(raw), 0)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", *fields) + raw + packed
    places = (len(raw), 0, 0, 0, 0, 0, start)
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *fields[:8], *places) + raw
    entries = rest[: rest.rindex(b"PK\5\6")] + entry
    sizes = (count, count, len(entries), start + len(local), 0)
    return body + local + entries + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, *sizes)
