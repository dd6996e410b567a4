"""Broken and hostile workbooks: done, or refused with the file untouched; no third outcome.

A short run by default. `SHEETLOG_FUZZ_EXAMPLES=200000` makes a long one, and
`SHEETLOG_FUZZ_SEED=1` one that isn't the same each time.
"""

from __future__ import annotations

import os
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetlog.errors import SheetError
from sheetlog.xlsx import edges
from sheetlog.xlsx.package import Package
from tests.packages import HEAD, OFFICE, ROWS, SHEET, TAIL, parts, raw, streamed, zipped

EXAMPLES = int(os.environ.get("SHEETLOG_FUZZ_EXAMPLES", "250"))
MEMORY = 48 << 20
"""Bytes that one edit of these small workbooks may take at its peak, whatever they claim."""

NUMBERS = (0, 1, 2, 7, 8, 0x7F, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
# Of each record: its mark, and where its fields stand and how long they are.
RECORDS = (
    (b"PK\1\2", ((6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (42, 4))),
    (b"PK\3\4", ((4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2))),
    (b"PK\5\6", ((4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2))),
    (b"PK\6\6", ((4, 8), (16, 4), (24, 8), (32, 8), (40, 8), (48, 8))),
    (b"PK\6\7", ((4, 4), (8, 8), (16, 4))),
)  # fmt: skip
END64 = (
    struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 7, 7, 400, 2000)
    + struct.pack("<4sLQL", b"PK\6\7", 0, 2400, 1)
)  # fmt: skip
TOKENS = (
    b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?a ", b"?>", b"<", b">", b"/>", b'"', b"'", b"&", b"\0",
    b"<row>", b"</row>", b"<row/>", b"<sheetData>", b"</sheetData>", b"<sheetData/>", b"<x:row>",
    b"</x:sheetData>", b'<dimension ref="A1:XFD1048576"/>', b'<dimension ref=""/>', b'ref="A1"',
    b'<!DOCTYPE a [<!ENTITY b "bbbb">]>', b"&b;", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80",
    b'encoding="UTF-16"', b"../", b"..\\", b"%2e%2e/", b"/", b"xl/workbook.xml", b"XL/WORKBOOK.XML",
    b'Target="/"', b'Target=""', b'TargetMode="External"', b'Id="rId1"', b"PK\5\6", b"PK\1\2",
    b"\0\0\xff\xff", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"_xmlsignatures/a", b"<a>" * 500,
)  # fmt: skip

places = st.integers(0, 1 << 16)
xml_edits = st.lists(
    st.tuples(
        st.sampled_from([name for name in parts() if not name.endswith("png")]), places,
        st.integers(0, 30), st.one_of(st.sampled_from(TOKENS), st.binary(max_size=6)),
    ),
    max_size=3,
)  # fmt: skip
zip_edits = st.lists(
    st.one_of(
        st.tuples(st.just("field"), st.sampled_from(RECORDS), places, places, st.sampled_from(NUMBERS)),
        st.tuples(st.just("set"), places, st.integers(0, 255)),
        st.tuples(st.just("splice"), places, st.integers(0, 60), st.one_of(st.binary(max_size=8), st.sampled_from(TOKENS))),
        st.tuples(st.just("repeat"), places, st.integers(1, 900)),
        st.tuples(st.just("cut"), places),
        st.tuples(st.just("end64")),
        st.tuples(st.just("rename"), st.sampled_from(list(parts())), st.sampled_from(
            [*parts(), "../evil", "/xl/workbook.xml", "xl\\workbook.xml", "a\0b", "_xmlsignatures/a"])),
    ),
    max_size=3,
)  # fmt: skip
kinds = st.sampled_from(["deflated", "stored", "streamed", "ours", "bomb"])


def made(kind: str, edits: list[tuple[str, int, int, bytes]]) -> bytes:
    """Give a workbook whose parts were edited, of one of the kinds of archives."""
    if kind in WHOLE:
        return WHOLE[kind]
    members = parts()
    for name, place, length, new in edits:
        old = members[name]
        at = place % (len(old) + 1)
        members[name] = old[:at] + new + old[at + length :]
    if kind == "streamed":
        return streamed(members)
    return zipped(members, method=zipfile.ZIP_STORED if kind == "stored" else zipfile.ZIP_DEFLATED)


WHOLE: dict[str, bytes] = {}
"""Workbooks whose parts are not edited: one whose worksheet is ours, and one of bombs."""


def damaged(data: bytes, edits: list[tuple]) -> bytes:  # type: ignore[type-arg]
    """Give an archive with all edits made to its bytes."""
    for kind, *edit in edits:
        size = len(data) or 1
        if kind == "field":
            (mark, fields), which, field, number = edit
            found = [one.start() for one in re.finditer(re.escape(mark), data)]
            if found:
                offset, length = fields[field % len(fields)]
                at = found[which % len(found)] + offset
                data = data[:at] + (number % (1 << 8 * length)).to_bytes(length, "little") + data[at + length :]
        elif kind == "set":
            at, value = edit
            data = data[: at % size] + bytes((value,)) + data[at % size + 1 :]
        elif kind == "splice":
            at, length, new = edit
            data = data[: at % size] + new + data[at % size + length :]
        elif kind == "repeat":
            at, length = edit
            data = data[: at % size + length] + data[at % size :]
        elif kind == "cut":
            data = data[: edit[0] % size]
        elif kind == "end64":
            at = max(0, data.rfind(b"PK\5\6"))
            data = data[:at] + END64 + data[at:]
        else:
            old, new = (name.encode() for name in edit)
            data = data.replace(old, new.ljust(len(old), b"x")[: len(old)])
    return data


def edit_all(path: Path) -> set[str]:
    """Do to a workbook whatever a delivery might do; give the names of what was to change."""
    with Package.open(path) as package:
        touched = {"docprops/app.xml", "[content_types].xml"}
        for one in package.relationships(package.workbook):
            if one.kind == "worksheet" and not one.external and package.has(one.target):
                touched |= {one.target.lower(), "/_rels/".join(one.target.rsplit("/", 1)).lower() + ".rels"}
                touched.add(one.target.lower())
                _edit_sheet(package, one.target)
        for name in package.names():
            package.content_type(name)
            package.head(name, b"<mark/>", 1 << 16)
        package.xml(package.workbook)
        if package.has("docProps/app.xml"):
            package.replace("docProps/app.xml", b"<new/>")
        if not package.has("xl/new.bin"):
            package.add("xl/new.bin", b"new", content_type="application/new")
        package.save()
    return touched


def _edit_sheet(package: Package, name: str) -> None:
    sheet = package.sheet(name)
    first, tail = sheet.before_rows(), sheet.tail()
    assert b"sheetData" in first
    if sheet.pending:
        return
    if sheet.ours:
        last = sheet.last_rows(100)
        sheet.extend(last + b"<row/>", tail=tail, dimension="A1:B9", replacing=last)
    else:
        whole = sheet.whole()
        start, end = edges.rows_start(whole), edges.rows_end(whole)
        if start and end and start <= end and edges.is_rows_start(whole[:start]) and edges.is_tail(whole[end:]):
            sheet.rewrite(whole[:start], [whole[start:end], b"<row/>"], whole[end:], "A1:B9")
    package.relate(name, f"{OFFICE}/hyperlink", "https://a.b/c", external=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for all examples, in which nothing needs to reach the disk."""
    with patch.object(os, "fsync", lambda _: None):
        folder = tmp_path_factory.mktemp("fuzz")
        path = folder / "ours.xlsx"
        path.write_bytes(zipped(parts()))
        with Package.open(path) as package:
            package.sheet(SHEET).rewrite(HEAD, [ROWS] * 20, TAIL, None)
            package.save()
        WHOLE["ours"] = path.read_bytes()
        bombs = {**parts(), "xl/bomb.xml": bytes(80 << 20), SHEET: HEAD + bytes(60 << 20)}
        WHOLE["bomb"] = zipped(bombs)
        yield folder


@given(kinds, xml_edits, zip_edits)
@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None,
    derandomize="SHEETLOG_FUZZ_SEED" not in os.environ,
)  # fmt: skip
def test_done_or_refused(
    folder: Path, kind: str, xml: list[tuple[str, int, int, bytes]], archive: list[tuple]  # type: ignore[type-arg]
) -> None:
    """Only a sheet's error is raised, with the file unchanged; what is done leaves other parts alone."""
    path = folder / "runs.xlsx"
    data = damaged(made(kind, xml), archive)
    path.write_bytes(data)
    before = path.stat()
    tracemalloc.start()
    try:
        touched = edit_all(path)
    except SheetError:
        assert data == path.read_bytes()
        assert before.st_ino == path.stat().st_ino
    else:
        _check_others(path, data, touched, folder)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MEMORY
    assert not [name for name in os.listdir(folder) if name.endswith(".tmp")]


def _check_others(path: Path, data: bytes, touched: set[str], folder: Path) -> None:
    """Check with zipfile that what wasn't to change has the same bytes as before."""
    old = folder / "old.xlsx"
    old.write_bytes(data)
    try:
        members = raw(old)
    except (zipfile.BadZipFile, UnicodeDecodeError, RuntimeError):
        return
    after = raw(path)
    for name, content in members.items():
        if name.replace("\\", "/").removeprefix("/").lower() not in touched:
            assert content == after[name], name
