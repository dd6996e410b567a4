"""The inventory: a writer that does something else than planned is stopped before the rename."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from sheetlog.errors import RefusedError
from sheetlog.xlsx import inventory
from sheetlog.xlsx.archive import Archive
from sheetlog.xlsx.changes import Changes, Packed, Span, packed
from tests.packages import SHEET, parts, zipped

APP = "docProps/app.xml"
NEW = b"<Properties>new</Properties>"


def deflated(data: bytes) -> bytes:
    """Pack as the code under test does not: in one block of zlib's default kind."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def planned(tmp_path: Path, data: bytes) -> tuple[Archive, Changes]:
    """Give an archive, and the plan to change one part of it."""
    path = tmp_path / "runs.xlsx"
    path.write_bytes(data)
    piece = deflated(NEW)
    content = Packed((piece,), len(piece), len(NEW), zlib.crc32(NEW))
    return Archive(str(path)), Changes({APP.lower(): content}, {}, frozenset())


def written(old: bytes, change: Callable[[dict[str, bytes]], None] = lambda _: None) -> bytes:
    """Give what a right writer would write, and then what `change` does to the members."""
    members = dict(parts())
    members[APP] = NEW
    change(members)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(old)) as before, zipfile.ZipFile(buffer, "w") as after:
        after.comment = before.comment
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            level = 9 if name == APP else None
            after.writestr(info, data, zipfile.ZIP_DEFLATED, level)
    return buffer.getvalue()


def check(tmp_path: Path, new: bytes, old: bytes | None = None) -> None:
    """Compare a new file with the old one and the plan."""
    archive, changes = planned(tmp_path, old or zipped(parts()))
    other = tmp_path / "new"
    other.write_bytes(new)
    with other.open("rb") as file:
        inventory.check(archive, file.fileno(), changes)


def test_the_planned_change_passes(tmp_path: Path) -> None:
    """One part with the planned content, all others as they were."""
    check(tmp_path, written(zipped(parts())))


def gone(members: dict[str, bytes]) -> None:
    """A part is missing."""
    del members["xl/media/image1.png"]


def come(members: dict[str, bytes]) -> None:
    """A part is too many."""
    members["xl/b.xml"] = b"<b/>"


def renamed(members: dict[str, bytes]) -> None:
    """A part has another name."""
    members["xl/media/image2.png"] = members.pop("xl/media/image1.png")


def altered(members: dict[str, bytes]) -> None:
    """A part that was to stay has another content of the same length."""
    members[SHEET] = members[SHEET].replace(b"2.5", b"3.5")


def another(members: dict[str, bytes]) -> None:
    """The part that was to change has another content than planned."""
    members[APP] = NEW.replace(b"new", b"NEW")


@pytest.mark.parametrize("change", [gone, come, renamed, altered, another])
def test_whatever_else_differs_stops_the_write(
    tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    """Added, missing, changed: nothing passes that the plan didn't name."""
    with pytest.raises(RefusedError, match="was not changed"):
        check(tmp_path, written(zipped(parts()), change))


def flipped(data: bytes, place: int) -> bytes:
    """Give bytes of which one is another."""
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


@pytest.mark.parametrize("mark", [b"xl/media/image1.png", b"xl/workbook.xml", b"[Content_Types].xml"])
@pytest.mark.parametrize("offset", [-20, 0, 40])
def test_a_single_bit(tmp_path: Path, mark: bytes, offset: int) -> None:
    """In a header, a name or the packed data of what was to stay."""
    new = written(zipped(parts()))
    with pytest.raises(RefusedError, match="was not changed"):
        check(tmp_path, flipped(new, new.index(mark) + offset))


def test_every_byte_of_what_was_written_counts(tmp_path: Path) -> None:
    """No bit may be another, but the version and the attributes of the part that was to change."""
    new = written(zipped(parts()))
    archive, changes = planned(tmp_path, zipped(parts()))
    other, passed = tmp_path / "new", set()
    for place in range(len(new)):
        other.write_bytes(flipped(new, place))
        with other.open("rb") as file:
            try:
                inventory.check(archive, file.fileno(), changes)
            except RefusedError:
                continue
        passed.add(place)
    entry = new.rindex(b"PK\1\2")
    versions, attributes = range(entry + 4, entry + 8), range(entry + 34, entry + 42)
    assert passed <= {*versions, *attributes}


def test_another_comment(tmp_path: Path) -> None:
    """The archive's comment belongs to what stays."""
    with pytest.raises(RefusedError, match="comment"):
        check(tmp_path, written(zipped(parts())), zipped(parts(), comment=b"by hand"))


def test_an_extended_part_has_to_end_well(tmp_path: Path) -> None:
    """Of what was extended the end is inflated: a wrong length anywhere before would show there."""
    path = tmp_path / "runs.xlsx"
    path.write_bytes(zipped(parts()))
    archive = Archive(str(path))
    member = archive.members[SHEET]
    start = archive.data_start(member)
    tail = packed(b"</sheetData>").pieces[0]
    assert isinstance(tail, bytes)
    content = Packed((Span(start, start + 10), tail), 10 + len(tail), 99, 7)
    raw, body = SHEET.encode(), archive.at(start, 10) + tail[:-1] + b"\xff"
    fields = (20, 0, 8, 0, 33, 7, len(body), 99, len(raw), 0)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", *fields) + raw + body
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *fields[:8], len(raw), *[0] * 6) + raw
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(local), 0)
    other = tmp_path / "new"
    other.write_bytes(local + entry + end)
    gone = frozenset(archive.members) - {SHEET}
    with other.open("rb") as file, pytest.raises(RefusedError, match="sheet1"):
        inventory.check(archive, file.fileno(), Changes({SHEET: content}, {}, gone))
    assert os.path.exists(path)
