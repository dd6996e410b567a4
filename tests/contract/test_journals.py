"""One contract, every journal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sheetlog.journal.sqlite import SQLiteJournal
from sheetlog.testing.journal_contract import JournalContract, SharedJournalContract
from sheetlog.testing.memory_journal import MemoryJournal


class TestSQLiteJournal(SharedJournalContract):
    """The journal on disk."""

    def open(self, place: Path, clock: Callable[[], float]) -> SQLiteJournal:
        return SQLiteJournal(place / "made" / "when needed" / "journal.sqlite3", clock=clock)


class TestMemoryJournal(JournalContract):
    """The journal that ships for tests."""

    def open(self, place: Path, clock: Callable[[], float]) -> MemoryJournal:
        return MemoryJournal(clock=clock)
