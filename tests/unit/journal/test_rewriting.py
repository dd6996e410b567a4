"""Records get other values, in every journal; all else of an entry stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sheetlog.journal.base import Journal
from sheetlog.journal.sqlite import SQLiteJournal
from sheetlog.record import Record
from sheetlog.testing.memory_journal import MemoryJournal


@pytest.fixture(params=["sqlite", "memory"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """Give a journal with a delivered, a claimed and a pending entry."""
    made: Journal = MemoryJournal()
    if request.param == "sqlite":
        made = SQLiteJournal(tmp_path / "journal.sqlite3")
    for run in "abc":
        made.append(Record(id=run, values={"run.name": run, "x": 1}), sheet="s", template="t")
    made.deliver(made.claim("s", limit=1))
    made.claim("s", limit=1)
    yield made
    made.close()


def clean(record: Record) -> Record:
    return replace(record, values={**record.values, "x": 2, "run.name": "n"})


def test_values_alone_change(journal: Journal) -> None:
    """Number, state, attempts and token are those of before."""
    before = list(journal.entries())
    assert 3 == journal.rewrite(clean)
    assert [replace(e, record=clean(e.record)) for e in before] == list(journal.entries())


def test_what_is_left_alone(journal: Journal) -> None:
    """None means that the record stays."""
    before = list(journal.entries())
    assert 1 == journal.rewrite(lambda record: clean(record) if record.id == "b" else None)
    assert [2 if e.record.id == "b" else 1 for e in before] == [
        entry.record.values["x"] for entry in journal.entries()
    ]


def test_a_claim_goes_on(journal: Journal) -> None:
    """Who had claimed an entry before can end it."""
    (entry,) = journal.claim("s", limit=1)
    journal.rewrite(clean)
    journal.deliver([entry])
    (shown,) = journal.shown("s", ["c"]).values()
    assert 2 == shown.values["x"]


def test_no_old_value_is_left_in_the_file(tmp_path: Path) -> None:
    """Neither in pages that nobody uses any more nor in the log of changes."""
    journal = SQLiteJournal(tmp_path / "journal.sqlite3")
    secret = "correct horse battery staple " * 400
    for run in "abc":
        journal.append(Record(id=run, values={"x": secret}), sheet="s", template="t")
    assert 3 == journal.rewrite(lambda record: replace(record, values={"x": "gone"}))
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    journal.close()
    assert b"battery staple" not in held
