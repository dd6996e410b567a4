"""The atomic write: what of the file is kept, when it waits, when it refuses."""

import errno
import os
import stat
import time
from pathlib import Path

import pytest

from sheetlog.errors import BusyError, RefusedError, SheetError, StaleError
from sheetlog.xlsx import attributes, held, records, trouble, writing
from sheetlog.xlsx.package import Package
from tests.packages import (
    HEAD,
    ROWS,
    SHEET,
    TAIL,
    content,
    descriptors,
    parts,
    raw,
    streamed,
    wide,
    zipped,
)

root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workbook whose worksheet can be extended."""
    file = tmp_path / "runs.xlsx"
    file.write_bytes(zipped(parts()))
    with Package.open(file) as package:
        package.sheet(SHEET).rewrite(HEAD, [ROWS], TAIL, None)
        package.save()
    return file


def append(path: Path, rows: bytes = b"<row/>", mode: int | None = None) -> None:
    """Add rows to the worksheet, and change a small part beside."""
    with Package.open(path) as package:
        sheet = package.sheet(SHEET)
        sheet.extend(rows, tail=sheet.tail(), dimension="A1:B3")
        package.replace("docProps/app.xml", rows)
        package.save(mode=mode)


def unchanged(path: Path) -> "_Unchanged":
    """Check that a file is, bytes and all, the same at the end of a block, and nothing is beside it."""
    return _Unchanged(path)


class _Unchanged:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = (path.read_bytes(), path.stat().st_ino, sorted(os.listdir(path.parent)))

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        path = self._path
        after = (path.read_bytes(), path.stat().st_ino, sorted(os.listdir(path.parent)))
        assert self._before == after


def test_the_worksheet_comes_last_of_what_stays(path: Path) -> None:
    """What changes with each row stands behind it, so that all before it keeps its place."""
    append(path)
    first = raw(path)
    append(path)
    second = raw(path)
    assert [SHEET, "docProps/app.xml"] == list(second)[-2:]
    assert list(first) == list(second)
    assert all(first[name] == second[name] for name in list(first)[:-2])


def test_types_stay_first(tmp_path: Path) -> None:
    """Programs that look at the first bytes of a file still see a workbook."""
    path = tmp_path / "runs.xlsx"
    path.write_bytes(zipped(parts()))
    with Package.open(path) as package:
        package.add("xl/a.bin", b"a", content_type="application/x")
        package.relate("", "t", "xl/a.bin")
        package.save()
    assert ["[Content_Types].xml", "_rels/.rels"] == list(raw(path))[:2]


def test_data_descriptors_of_what_stays(tmp_path: Path) -> None:
    """Members with descriptors are copied with them; what is rewritten has none."""
    path = tmp_path / "runs.xlsx"
    path.write_bytes(streamed(parts()))
    before = raw(path)
    with Package.open(path) as package:
        package.replace(SHEET, b"<new/>")
        package.save()
    after = raw(path)
    assert {SHEET} == {name for name in before if before[name] != after[name]}
    assert {**parts(), SHEET: b"<new/>"} == content(path)
    assert b"PK\7\x08" not in after[SHEET]


def test_zip64_that_was_not_needed(tmp_path: Path) -> None:
    """Archives that use it everywhere are edited as any others, again and again."""
    path = tmp_path / "runs.xlsx"
    path.write_bytes(wide(parts()))
    before = raw(path)
    for text in (b"<a/>", b"<longer/>"):
        with Package.open(path) as package:
            package.replace("[Content_Types].xml", parts()["[Content_Types].xml"] + b"<!---->")
            package.replace(SHEET, text)
            package.save()
        after = raw(path)
        changed = {name for name in before if before[name] != after[name]}
        assert {SHEET, "[Content_Types].xml"} == changed
        assert text == content(path)[SHEET]


def test_zip64_is_written_only_where_needed() -> None:
    """Sizes and places beyond four gigabytes get a wide field, all others none."""
    small = records.Member("a", b"a", 0, 8, 0x210000, 7, 10, 20, 30, 40, b"")
    assert (46 + 1, 30 + 1) == (len(records.entry(small)), len(records.header(small)))
    far = small._replace(start=1 << 33)
    assert (46 + 1 + 4 + 8, 30 + 1) == (len(records.entry(far)), len(records.header(far)))
    large = small._replace(size=1 << 33)
    assert (46 + 1 + 4 + 8, 30 + 1 + 20) == (len(records.entry(large)), len(records.header(large)))
    assert records.entry(far) == records.moved(small._replace(entry=records.entry(small)), 1 << 33)


@pytest.mark.parametrize("start", [0, 5_000_000_000])
def test_what_is_written_is_read_again(start: int) -> None:
    """A directory far behind, found through zip64 records, gives the members that were written."""
    member = records.Member("xl/a", b"xl/a", 0, 8, 0x210000, 7, 10, 20, 0, start, b"")
    entry = records.entry(member)
    data = entry + records.end(1, start, len(entry), b"hello") if start else b""

    def at(offset: int, size: int) -> bytes:
        return data[max(0, offset - start) :][:size].rjust(size, b"\0")

    if start:
        found = records.directory(at, start + len(data))
        assert [member._replace(entry=entry)] == list(found.members)
        assert b"hello" == found.comment


@pytest.mark.parametrize("missing", [False, True])
def test_large_spans_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    """By the system where it can, by hand where it cannot; the bytes are the same."""
    if missing:
        monkeypatch.delattr(os, "copy_file_range", raising=False)
    path = tmp_path / "runs.xlsx"
    members = {**parts(), "xl/media/large.png": os.urandom(3_000_000)}
    path.write_bytes(zipped(members))
    for shift in (b"<a/>", b"<a>and longer</a>" * 1000, b""):
        with Package.open(path) as package:
            package.replace("[Content_Types].xml", members["[Content_Types].xml"] + b"<!--" + shift + b"-->")
            package.save()
        assert members["xl/media/large.png"] == content(path)["xl/media/large.png"]


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP])
def test_systems_that_cannot_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A network drive that knows no such call is written to as any other."""

    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "copy_file_range", fail, raising=False)
    path = tmp_path / "runs.xlsx"
    members = {"xl/media/large.png": os.urandom(300_000), **parts()}
    path.write_bytes(zipped(members))
    with Package.open(path) as package:
        package.replace("docProps/app.xml", b"<a/>")
        package.save()
    assert members["xl/media/large.png"] == content(path)["xl/media/large.png"]


def test_permissions_are_kept(path: Path) -> None:
    """Whatever they were; another mode only if asked for."""
    for mode in (0o600, 0o664, 0o640, 0o777):
        path.chmod(mode)
        append(path)
        assert mode == stat.S_IMODE(path.stat().st_mode)
    append(path, mode=0o604)
    assert 0o604 == stat.S_IMODE(path.stat().st_mode)


@root
def test_owner_and_group_are_kept(path: Path) -> None:
    """A teammate's file stays theirs."""
    os.chown(path, 1234, 4321)
    append(path)
    assert (1234, 4321) == (path.stat().st_uid, path.stat().st_gid)


def test_a_group_that_would_be_locked_out(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file isn't replaced by one that the group can't open; where all may, it doesn't matter."""

    def deny(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    seen = path.stat()
    other = os.stat_result((*seen[:4], seen.st_uid + 1, seen.st_gid + 1, *seen[6:]))
    monkeypatch.setattr(os, "fchown", deny)
    with path.open("rb") as old, (path.parent / "new").open("wb") as new:
        open_to_all = os.stat_result((0o100666, *other[1:]))
        attributes.keep(old.fileno(), open_to_all, new.fileno(), path=str(path), mode=None)
        for mode in (0o100660, 0o100640):
            shared = os.stat_result((mode, *other[1:]))
            with pytest.raises(RefusedError, match="belongs to a group"):
                attributes.keep(old.fileno(), shared, new.fileno(), path=str(path), mode=None)


def test_a_teammates_file_in_a_common_group(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only root can give a file away: the group is kept, which keeps it open to the team."""
    given = []

    def chown(_fd: int, owner: int, group: int) -> None:
        if owner != -1:
            raise PermissionError(errno.EPERM, "Operation not permitted")
        given.append(group)

    monkeypatch.setattr(os, "fchown", chown)
    seen = path.stat()
    other = os.stat_result((0o100660, *seen[1:4], seen.st_uid + 1, seen.st_gid + 1, *seen[6:]))
    with path.open("rb") as old, (path.parent / "new").open("wb") as new:
        attributes.keep(old.fileno(), other, new.fileno(), path=str(path), mode=None)
    assert [seen.st_gid + 1] == given


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes here")
def test_extended_attributes_are_kept(path: Path) -> None:
    """Tags and comments that file managers put there stay."""
    try:
        os.setxattr(path, "user.tag", b"important")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    append(path)
    assert b"important" == os.getxattr(path, "user.tag")


def test_symbolic_links_stay(path: Path) -> None:
    """The real file is replaced, where it is."""
    (path.parent / "links").mkdir()
    link = path.parent / "links" / "latest.xlsx"
    link.symlink_to(path)
    append(link)
    assert link.is_symlink()
    assert b"<row/>" == content(path)["docProps/app.xml"]
    assert ["latest.xlsx"] == os.listdir(link.parent)


def test_a_read_only_file(path: Path) -> None:
    """Its owner made it read-only on purpose; the rename alone would not mind."""
    path.chmod(0o444)
    with unchanged(path), pytest.raises(RefusedError, match="read-only"):
        append(path)


@pytest.mark.parametrize(("lock", "data", "who"), [
    ("~$runs.xlsx", b"\x03Ann" + b" " * 51 + b"\x03\0A\0n\0n\0", r"Excel \(Ann\)"),
    ("~$runs.xlsx", b"", "Excel;"),
    (".~lock.runs.xlsx#", b"Bo,bo,desk,23.11.2026 10:00,file:///home;", r"LibreOffice \(Bo\)"),
    (".~lock.runs.xlsx#", b",bo,desk,", "LibreOffice;"),
])  # fmt: skip
def test_a_workbook_that_somebody_has_open(path: Path, lock: str, data: bytes, who: str) -> None:
    """It waits, and the message says with what, and who if the lock says so."""
    (path.parent / lock).write_bytes(data)
    with unchanged(path), pytest.raises(BusyError, match=who) as busy:
        append(path)
    assert str(path.parent / lock) in str(busy.value)


def test_a_lock_that_was_left_behind(path: Path) -> None:
    """A program that died last week doesn't keep the rows out for ever."""
    lock = path.parent / "~$runs.xlsx"
    lock.write_bytes(b"")
    old = time.time() - held.LEFT_BEHIND - 10
    os.utime(lock, (old, old))
    append(path)
    assert b"<row/>" == content(path)["docProps/app.xml"]


def test_opened_while_the_new_file_was_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The locks are looked at once more before the rename."""
    fill = writing._fill

    def fill_then_open(*arguments: object) -> None:
        fill(*arguments)  # type: ignore[arg-type]
        (path.parent / "~$runs.xlsx").write_bytes(b"")

    monkeypatch.setattr(writing, "_fill", fill_then_open)
    before = path.read_bytes()
    with pytest.raises(BusyError, match="Excel"):
        append(path)
    assert before == path.read_bytes()
    assert {"runs.xlsx", "~$runs.xlsx"} == set(os.listdir(path.parent))


def edited(path: Path) -> None:
    """Another program writes into the file."""
    path.write_bytes(path.read_bytes()[:-1] + b"\0")


def synced(path: Path) -> None:
    """A synced folder puts another file there, of the same size and date."""
    seen = path.stat()
    other = path.with_suffix(".other")
    other.write_bytes(bytes(seen.st_size))
    os.utime(other, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize("change", [edited, synced, Path.unlink])
def test_a_file_that_changed_meanwhile(path: Path, change: object) -> None:
    """Whatever it is now stays; the plan was made for another one."""
    with Package.open(path) as package:
        package.replace("docProps/app.xml", b"<a/>")
        change(path)  # type: ignore[operator]
        left = path.read_bytes() if path.exists() else None
        with pytest.raises(StaleError, match="meanwhile"):
            package.save()
    assert left == (path.read_bytes() if path.exists() else None)
    assert set(os.listdir(path.parent)) <= {"runs.xlsx"}


@pytest.mark.parametrize("change", [edited, synced, Path.unlink])
def test_a_file_that_changes_while_the_new_one_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch, change: object
) -> None:
    """It is looked at once more before the rename."""
    fill, left = writing._fill, []

    def fill_and_change(*arguments: object) -> None:
        fill(*arguments)  # type: ignore[arg-type]
        change(path)  # type: ignore[operator]
        left.append(path.read_bytes() if path.exists() else None)

    monkeypatch.setattr(writing, "_fill", fill_and_change)
    with pytest.raises(StaleError, match="meanwhile"):
        append(path)
    assert set(os.listdir(path.parent)) <= {"runs.xlsx"}
    assert left == [path.read_bytes() if path.exists() else None]


def test_a_writer_that_does_something_else(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The inventory is taken of what was really written, before the rename."""
    copy = writing._Output.copy

    def copy_less(self: writing._Output, start: int, end: int) -> None:
        copy(self, start, end - 1)
        self.write(b"?")

    monkeypatch.setattr(writing._Output, "copy", copy_less)
    with unchanged(path), pytest.raises(RefusedError, match="not what it should be"):
        append(path)


def test_what_killed_writers_left_is_removed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour later, and only what has their kind of name."""
    old = time.time() - 2 * 3600
    kept = {"runs.xlsx", ".~runs.xlsx.0f.tmp", "notes.tmp", ".~other.xlsx.0a.tmp"}
    for name in {*kept, ".~runs.xlsx.1f.tmp"} - {"runs.xlsx"}:
        (path.parent / name).write_bytes(b"half")
        if name != ".~runs.xlsx.0f.tmp":
            os.utime(path.parent / name, (old, old))
    monkeypatch.setattr(writing, "_swept", set())
    append(path)
    assert kept == set(os.listdir(path.parent))


def test_names_of_any_length(tmp_path: Path) -> None:
    """The new file's name fits even where the workbook's has the greatest length."""
    path = tmp_path / ("é" * 125 + ".xlsx")
    path.write_bytes(zipped(parts()))
    with Package.open(path) as package:
        package.replace("docProps/app.xml", b"<a/>")
        package.save()
    assert b"<a/>" == content(path)["docProps/app.xml"]


def test_no_descriptor_is_left_open(path: Path) -> None:
    """Neither by a write nor by one that failed."""
    append(path)
    (path.parent / "~$runs.xlsx").write_bytes(b"")
    with pytest.raises(BusyError):
        append(path)
    assert [] == descriptors(path.parent)


def windows(number: int) -> OSError:
    """Give an error as Windows has it."""
    error = PermissionError(errno.EACCES, "Access is denied")
    error.winerror = number  # type: ignore[attr-defined]
    return error


MEANINGS: list[tuple[OSError, bool, type[SheetError], str]] = [
    (OSError(errno.ENOSPC, "No space left on device"), False, RefusedError, "disk is full"),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), False, RefusedError, "quota"),
    (OSError(errno.EROFS, "Read-only file system"), False, RefusedError, "read-only"),
    (OSError(errno.EACCES, "Permission denied"), False, RefusedError, "no access"),
    (OSError(errno.EACCES, "Permission denied"), True, RefusedError, "no access"),
    (OSError(errno.EIO, "Input/output error"), False, BusyError, "just now: input/output error"),
    (OSError(errno.EMFILE, "Too many open files"), False, BusyError, "just now"),
    (OSError("odd"), False, BusyError, "just now: odd"),
    (windows(32), False, BusyError, "open in another program"),
    (windows(33), False, BusyError, "open in another program"),
    (windows(5), True, BusyError, "open in another program"),
    (windows(5), False, RefusedError, "no access"),
]


@pytest.mark.parametrize(("error", "renaming", "kind", "text"), MEANINGS)
def test_what_the_systems_errors_mean(
    error: OSError, renaming: bool, kind: type[SheetError], text: str
) -> None:
    """Not now, or not until somebody acts; the message names the file and says what to do."""
    found = trouble.meaning(error, "a/runs.xlsx", renaming=renaming)
    assert kind is type(found)
    assert text in str(found)
    assert str(found).startswith("'a/runs.xlsx' ")

