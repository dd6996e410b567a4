"""The bar of long uploads: where it is shown, and what it says."""

from __future__ import annotations

import io
import sys

import pytest

from sheetlog import progress


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, written over; the last one stays."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    tell = progress.bar("model.pt")
    tell(50, 100)
    tell(60, 100)  # too soon after the first
    tell(100, 100)
    assert (
        "\rmodel.pt [############............]  50% of 100 bytes"
        "\rmodel.pt [########################] 100% of 100 bytes\n"
    ) == stream.getvalue()


@pytest.mark.parametrize(("stream", "quiet"), [(io.StringIO(), False), (Terminal(), True)])
def test_nobody_looks(stream: io.StringIO, quiet: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file or a pipe gets nothing, nor does who wants it quiet."""
    monkeypatch.setattr(sys, "stderr", stream)
    progress.bar("model.pt", quiet=quiet)(100, 100)
    assert "" == stream.getvalue()


def test_a_closed_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The upload goes on."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    tell = progress.bar("model.pt")
    stream.close()
    tell(1, 2)
    monkeypatch.setattr(sys, "stderr", None)
    progress.bar("model.pt")(1, 2)


@pytest.mark.parametrize(
    ("expected", "size"),
    [
        ("0 bytes", 0),
        ("999 bytes", 999),
        ("1.0 kB", 1000),
        ("2.1 GB", 2**31),
        ("1000.0 TB", 10**15),
    ],
)
def test_amounts(expected: str, size: int) -> None:
    """As people read them."""
    assert expected == progress.amount(size)
