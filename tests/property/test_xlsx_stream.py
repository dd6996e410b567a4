"""Any history of a worksheet's stream, and any pieces of a checksum: zipfile and zlib are the oracle."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetlog.xlsx import crc
from sheetlog.xlsx.package import Package
from tests.packages import HEAD, SHEET, TAIL, parts, raw, zipped

pieces = st.builds(
    lambda seed, length: bytes((seed * at + at * at) & 0xFF for at in range(length)),
    st.integers(0, 255), st.one_of(st.integers(0, 300), st.sampled_from([65_535, 65_536, 200_001])),
)  # fmt: skip


@given(pieces, pieces, pieces, pieces)
@settings(max_examples=60, deadline=None)
def test_checksums_of_pieces(one: bytes, two: bytes, three: bytes, four: bytes) -> None:
    """Joining, cutting and exchanging give what zlib gives for the bytes."""
    sums = [zlib.crc32(piece) for piece in (one, two, three, four)]
    whole = zlib.crc32(one + two)
    assert whole == crc.exchanged(sums[0], (0, 0), (sums[1], len(two)))
    assert sums[0] == crc.prefix(whole, sums[1], len(two))
    after = crc.exchanged(whole, (sums[1], len(two)), (sums[2], len(three)))
    assert zlib.crc32(one + three) == after
    new = bytes(255 - byte for byte in two)
    found = crc.replaced(zlib.crc32(one + two + four), sums[1], zlib.crc32(new), after=len(four))
    assert zlib.crc32(one + new + four) == found


def rows_of(seed: int, count: int, width: int) -> bytes:
    """Give rows; some compress well, others hardly."""
    out = []
    for number in range(count):
        text = str((seed + 1) * 2_654_435_761 ** (number % 5 + 1) % 10**width) * (seed % 3 + 1)
        out.append(f'<row r="{number}"><c t="str"><v>{text}</v></c></row>'.encode())
    return b"".join(out)


rows = st.builds(rows_of, st.integers(0, 99), st.integers(0, 12), st.sampled_from([1, 40, 3000]))
many = st.lists(st.builds(rows_of, st.integers(0, 99), st.integers(0, 400), st.just(300)), max_size=4)
tails = st.integers(0, 2000).map(lambda size: TAIL + b"<!-- %d -->" % size * (size % 40))
refs = st.one_of(st.none(), st.sampled_from(["A1", "A1:B2", "A1:XFD1048576", "XFD1048576:XFD1048576"]))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("extend"), rows, tails, refs),
        st.tuples(st.just("extend"), rows, st.just(b""), refs),
        st.tuples(st.just("replace"), rows, tails, st.integers(1, 100_000)),
        st.tuples(st.just("rewrite"), many, tails, refs),
    ),
    max_size=12,
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for all examples, in which nothing needs to reach the disk."""
    with patch.object(os, "fsync", lambda _: None):
        yield tmp_path_factory.mktemp("stream")


@given(many, steps)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_history(folder: Path, first: list[bytes], history: list[tuple]) -> None:  # type: ignore[type-arg]
    """After every step the part is what was asked for, and all other parts are as they were."""
    path = folder / "runs.xlsx"
    path.write_bytes(zipped(parts()))
    others = {name: data for name, data in raw(path).items() if name != SHEET}
    body, tail, ref = b"", TAIL, b"A1:B2"
    for step in [("rewrite", first, TAIL, None), *history]:
        with Package.open(path) as package:
            sheet = package.sheet(SHEET)
            if step[0] == "rewrite":
                _, chunks, tail, new = step
                body, ref = b"".join(chunks), new.encode() if new else ref
                sheet.rewrite(HEAD.replace(b"A1:B2", ref), chunks, tail, new)
            elif step[0] == "extend":
                _, more, other, new = step
                tail, body, ref = other or tail, body + more, new.encode() if new else ref
                sheet.extend(more, tail=tail, dimension=new)
            else:
                _, more, tail, size = step
                last = sheet.last_rows(size)
                assert len(last) >= min(size, len(body))
                assert body.endswith(last)
                body = body[: len(body) - len(last)] + more
                sheet.extend(more, tail=tail, dimension=None, replacing=last)
            package.save()
        with zipfile.ZipFile(path) as archive:
            found = archive.read(SHEET)
        assert found.endswith(b"<sheetData>" + body + tail)
        head = found[: len(found) - len(body) - len(tail)]
        assert HEAD.replace(b"A1:B2", ref) == head.replace(b" " * (21 - len(ref)) + b"/>", b"/>", 1)
        assert others == {name: data for name, data in raw(path).items() if name != SHEET}
        with Package.open(path) as package:
            assert package.sheet(SHEET).ours
            assert tail == package.sheet(SHEET).tail()
