"""One contract, every journal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sheetlog.journal.sqlite import SQLiteJournal
from sheetlog.testing.journal_contract import SHEET, JournalContract, SharedJournalContract, put
from sheetlog.testing.memory_journal import MemoryJournal


class TestSQLiteJournal(SharedJournalContract):
    """The journal on disk."""

    def open(self, place: Path, clock: Callable[[], float]) -> SQLiteJournal:
        return SQLiteJournal(place / "made" / "when needed" / "journal.sqlite3", clock=clock)


class TestMemoryJournal(JournalContract):
    """The journal that ships for tests."""

    def open(self, place: Path, clock: Callable[[], float]) -> MemoryJournal:
        return MemoryJournal(clock=clock)


@pytest.mark.parametrize("contract", [TestSQLiteJournal, TestMemoryJournal])
def test_states_that_wait(tmp_path: Path, contract: type[JournalContract]) -> None:
    """A run of which several states wait is one run that waits."""
    journal = contract().open(tmp_path, lambda: 0.0)
    for revision in (1, 2):
        for run in "ab":
            put(journal, run, revision=revision)
    assert [(2, 0)] == [(each.count, each.refused) for each in journal.waiting()]
    journal.refuse(journal.claim(SHEET, runs=["a"]), "deleted by a person")
    assert [(2, 1)] == [(each.count, each.refused) for each in journal.waiting()]
