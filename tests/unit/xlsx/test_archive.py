"""The archive of a workbook: what is read, and what is refused with which reason."""

import os
import struct
import zipfile
from pathlib import Path

import pytest

from sheetlog.errors import BusyError, RefusedError
from sheetlog.xlsx import archive as archive_module
from sheetlog.xlsx.archive import Archive
from tests.packages import descriptors, parts, streamed, wide, zipped


def opened(tmp_path: Path, data: bytes) -> Archive:
    """Give the archive of a file with these bytes."""
    path = tmp_path / "runs.xlsx"
    path.write_bytes(data)
    return Archive(str(path))


def reading(tmp_path: Path, data: bytes) -> dict[str, bytes]:
    """Give what all members inflate to."""
    archive = opened(tmp_path, data)
    return {member.name: archive.read(member) for member in archive.members.values()}


def encrypted(data: bytes) -> bytes:
    """Set the flag of the first entry that says it is encrypted."""
    place = data.index(b"PK\1\2") + 8
    return data[:place] + b"\1\0" + data[place + 2 :]


def patched(data: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """Write bytes behind the first place of a mark."""
    place = data.index(mark) + offset
    return data[:place] + value + data[place + len(value) :]


def renamed(old: bytes, new: bytes) -> bytes:
    """Give a workbook's archive with one name exchanged for another of the same length."""
    assert len(old) == len(new)
    return zipped(parts()).replace(old, new)


READABLE = {
    "deflated": zipped(parts()),
    "stored": zipped(parts(), method=zipfile.ZIP_STORED),
    "data descriptors": streamed(parts()),
    "a comment": zipped(parts(), comment=b"kept by PK people " * 1000),
    "zip64": wide(parts()),
    "another order": zipped(dict(reversed(parts().items()))),
    "folders": zipped({"xl/": b"", **parts()}),
}


@pytest.mark.parametrize("data", READABLE.values(), ids=READABLE.keys())
def test_every_kind_of_sound_archive_is_read(tmp_path: Path, data: bytes) -> None:
    """Members are found and inflate to what went in."""
    read = reading(tmp_path, data)
    assert parts() == {name: text for name, text in read.items() if not name.endswith("/")}


def test_names_with_backslashes_and_a_slash_in_front(tmp_path: Path) -> None:
    """They are parts as any others, and keep their spelling in the archive."""
    archive = opened(tmp_path, renamed(b"docProps/app.xml", b"\\docProps\\ap.xml"))
    member = archive.members["docprops/ap.xml"]
    assert ("docProps/ap.xml", b"\\docProps\\ap.xml") == (member.name, member.raw_name)


def test_names_are_found_percent_encoded_or_not(tmp_path: Path) -> None:
    """`sheet%31.xml` and `sheet1.xml` name the same part."""
    archive = opened(tmp_path, renamed(b"docProps/app.xml", b"docProps/a%2D.x "))
    assert "docprops/a-.x " in archive.members


REFUSED = {
    "empty": (b"", "it is empty"),
    "text": (b"run,accuracy\n1,0.5\n", "it is no workbook"),
    "encrypted package": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "encrypted with a password"),
    "encrypted member": (encrypted(zipped(parts())), "encrypted"),
    "truncated": (zipped(parts())[:-40], "its end is missing"),
    "half": (zipped(parts())[:1000], "its end is missing"),
    "bytes in front": (b"#!/bin/sh\n" + zipped(parts()), "other bytes before the archive"),
    "bytes behind": (zipped(parts()) + b"\0\0", "its end is missing"),
    "two ends": (zipped({}, comment=zipped({})), "more than one end"),
    "unknown method": (patched(zipped(parts()), b"PK\1\2", 10, b"\x0c\0"), "packed in a way"),
    "climbing": (renamed(b"docProps/app.xml", b"../../../app.xml"), "leads elsewhere"),
    "climbing, encoded": (renamed(b"docProps/app.xml", b"%2e%2e/a/app.xml"), "leads elsewhere"),
    "drive": (renamed(b"docProps/app.xml", b"C:/Props/app.xml"), "leads elsewhere"),
    "zero byte": (renamed(b"docProps/app.xml", b"docProps/app\0xml"), "leads elsewhere"),
    "no name between": (renamed(b"docProps/app.xml", b"docProps//pp.xml"), "leads elsewhere"),
    "signed": (zipped({**parts(), "_xmlsignatures/sig1.xml": b"<Signature/>"}), "is signed"),
    "several disks": (patched(zipped(parts()), b"PK\5\6", 4, b"\1\0"), "several parts"),
    "more than there are": (patched(zipped(parts()), b"PK\5\6", 8, b"\xf0\xff" * 2), "members"),
    "fewer": (patched(zipped(parts()), b"PK\5\6", 8, b"\3\0" * 2), "another length"),
    "directory elsewhere": (patched(zipped(parts()), b"PK\5\6", 16, b"\1\0\0\0"), "not where its end"),
    "overlapping": (patched(zipped(parts()), b"PK\1\2", 20, b"\xff\xff\0\0"), "overlaps"),
    "two sizes": (
        patched(zipped(parts(), method=zipfile.ZIP_STORED), b"PK\1\2", 24, b"\1\0\0\0"), "two sizes",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_edited_safely_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    """Opening says why; the file's name is in the message."""
    with pytest.raises(RefusedError, match=reason) as refused:
        opened(tmp_path, data)
    assert str(tmp_path / "runs.xlsx") in str(refused.value)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["xl/workbook.xml", "XL/Workbook.XML", "/xl\\workbook.xml", "xl/%77orkbook.xml"])
def test_one_part_under_two_names_is_refused(tmp_path: Path, second: str) -> None:
    """Readers would disagree on which of them is the part."""
    path = tmp_path / "runs.xlsx"
    path.write_bytes(zipped(parts()))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(second, b"<other/>")
    with pytest.raises(RefusedError, match="twice"):
        Archive(str(path))


def test_a_wrong_checksum_is_found_when_the_member_is_read(tmp_path: Path) -> None:
    """Opening looks at the directory only; reading checks."""
    archive = opened(tmp_path, patched(zipped(parts()), b"PK\1\2", 16, b"\1\2\3\4"))
    with pytest.raises(RefusedError, match="doesn't match its checksum"):
        archive.read(next(iter(archive.members.values())))


def test_damaged_data_is_found_when_the_member_is_read(tmp_path: Path) -> None:
    """What cannot be inflated is refused, not passed on."""
    data = zipped(parts())
    archive = opened(tmp_path, patched(data, b"[Content_Types].xml", 19, b"\xff\xff\xff\xff"))
    with pytest.raises(RefusedError, match="cannot be inflated"):
        archive.read(archive.members["[content_types].xml"])


@pytest.mark.parametrize(
    ("offset", "value", "reason"),
    [(0, b"XX", "there is no member"), (30, b"X", "another name"), (8, b"\0\0", "not what")],
)
def test_a_header_that_contradicts_the_directory(
    tmp_path: Path, offset: int, value: bytes, reason: str
) -> None:
    """A member of which the file says two things is refused when it is read."""
    archive = opened(tmp_path, patched(zipped(parts()), b"PK\3\4", offset, value))
    with pytest.raises(RefusedError, match=reason):
        archive.read(archive.members["[content_types].xml"])


def test_a_member_that_says_it_inflates_beyond_all_measure(tmp_path: Path) -> None:
    """It is refused for what it says, before a byte is inflated."""
    archive = opened(tmp_path, patched(zipped(parts()), b"PK\1\2", 24, b"\xfe\xff\xff\xff"))
    with pytest.raises(RefusedError, match="says that it inflates to 4,294,967,294 bytes"):
        archive.read(archive.members["[content_types].xml"])


def test_a_member_that_inflates_to_more_than_it_says(tmp_path: Path) -> None:
    """Inflating stops soon after the size that it says."""
    bomb = zipped({**parts(), "xl/bomb.xml": bytes(64 << 20)})
    place = bomb.rindex(b"xl/bomb.xml") - 46
    archive = opened(tmp_path, bomb[: place + 24] + struct.pack("<L", 100) + bomb[place + 28 :])
    given: list[int] = []
    with pytest.raises(RefusedError, match="checksum"):
        given.extend(map(len, archive.chunks(archive.members["xl/bomb.xml"], 1 << 16)))
    assert sum(given) <= 1 << 16


def test_the_head_of_a_member(tmp_path: Path) -> None:
    """Only so much is given as was asked for, whatever chunk it ends in."""
    text = b"<a>" + b"<row>1</row>" * 5000 + b"<mark/>" + bytes(100_000)
    archive = opened(tmp_path, zipped({**parts(), "xl/a.xml": text}))
    member = archive.members["xl/a.xml"]
    assert text[: text.index(b"<mark/>") + 7] == archive.head(member, b"<mark/>", 1 << 20)
    assert b"<a><row>1</row>" == archive.head(member, b"</row>", 1 << 20)
    assert text == archive.head(member, b"<nowhere/>", 1 << 20)
    assert text[:500] == archive.head(member, b"<mark/>", 500)


@pytest.mark.parametrize("before", range(8180, 8196))
def test_the_head_ends_across_two_chunks(tmp_path: Path, before: int) -> None:
    """What is looked for may begin in one chunk and end in the next."""
    text = b"x" * before + b"<mark/>" + b"y" * 20_000
    archive = opened(tmp_path, zipped({**parts(), "xl/a.xml": text}))
    found = archive.head(archive.members["xl/a.xml"], b"<mark/>", 1 << 20)
    assert text[: before + 7] == found


@pytest.mark.parametrize("size", [1, 7, 4096, 1 << 20])
@pytest.mark.parametrize("text", [b"abc" * 3000 + bytes(range(256)) * 9, b"abc" * 3000 + bytes(40_000)], ids=["hard", "easy"])
def test_chunks_are_the_whole(tmp_path: Path, text: bytes, size: int) -> None:
    """Whatever their size, nothing is missing at a border and none is longer."""
    archive = opened(tmp_path, zipped({**parts(), "xl/a.xml": text}))
    chunks = list(archive.chunks(archive.members["xl/a.xml"], size))
    assert text == b"".join(chunks)
    assert size >= max(map(len, chunks))


def test_a_folder_in_the_workbooks_place(tmp_path: Path) -> None:
    """It is refused, not read."""
    with pytest.raises(RefusedError, match="folder"):
        Archive(str(tmp_path))


def test_a_pipe_in_the_workbooks_place(tmp_path: Path) -> None:
    """Opening it doesn't wait for a writer."""
    os.mkfifo(tmp_path / "runs.xlsx")
    with pytest.raises(RefusedError, match="device"):
        Archive(str(tmp_path / "runs.xlsx"))


@pytest.mark.parametrize("name", ["missing.xlsx", "missing/runs.xlsx", "n" * 300 + ".xlsx"])
def test_no_such_file(tmp_path: Path, name: str) -> None:
    """It is a sheet's error, with the path, not the system's."""
    with pytest.raises(RefusedError, match="cannot be used"):
        Archive(str(tmp_path / name))


def test_a_drive_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may be over in a minute is not refused but tried again."""
    path = tmp_path / "runs.xlsx"
    path.write_bytes(zipped(parts()))

    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(archive_module, "read_at", fail)
    with pytest.raises(BusyError, match="just now"):
        Archive(str(path))


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    """Neither after closing nor after a refusal."""
    path = tmp_path / "runs.xlsx"
    for data in (zipped(parts()), b"no workbook", b""):
        path.write_bytes(data)
        try:
            Archive(str(path)).close()
        except RefusedError:
            continue
    assert [] == descriptors(tmp_path)


def test_systems_without_pread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows seeks and reads."""
    monkeypatch.setattr(archive_module, "read_at", archive_module._seek_and_read)
    assert parts() == reading(tmp_path, zipped(parts()))
