"""The journal's file: versions, kept files, older and newer programs, damage."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sheetlog.errors import JournalError
from sheetlog.journal import sqlite, sqlite_file
from sheetlog.journal.sqlite import SQLiteJournal
from sheetlog.record import Link, Record

KEPT = sorted((Path(__file__).parents[2] / "golden" / "journal").glob("version-*.sqlite3"))
SHEET = "/home/ann/runs.xlsx"
FURTHER = ("ALTER TABLE entries ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'",)


def schema(path: Path) -> list[tuple[str, ...]]:
    """Return what the file says about itself, without the blanks of its statements."""
    with closing(sqlite3.connect(path)) as connection:
        marks = [
            *connection.execute("PRAGMA user_version"),
            *connection.execute("PRAGMA application_id"),
        ]
        statements = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name")
        return [*marks, *((name, " ".join((sql or "").split())) for name, sql in statements)]


def put(journal: SQLiteJournal, run: str) -> int:
    return journal.append(Record(id=run), sheet=SHEET, template="default")


def ids(path: Path) -> list[str]:
    journal = SQLiteJournal(path)
    found = [entry.record.id for entry in journal.entries()]
    journal.close()
    return found[::-1]


def test_a_file_is_kept_for_every_version() -> None:
    """Each version that there ever was has its file, so that none is forgotten to be read."""
    names = [f"version-{number + 1}.sqlite3" for number in range(len(sqlite_file.MIGRATIONS))]
    assert names == [path.name for path in KEPT]


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.stem)
def test_kept_files_are_read(kept: Path, tmp_path: Path) -> None:
    """A journal of any version is read whole, and goes on where it was."""
    path = tmp_path / "journal.sqlite3"
    shutil.copyfile(kept, path)
    journal = SQLiteJournal(path)
    assert [
        ("delivered", 2, "pending", 0, None, "/data/\udcff.xlsx", "sweep"),
        ("pending", 1, "pending", 0, None, SHEET, "default"),
        ("failed", 1, "pending", 1, "the workbook is open", SHEET, "default"),
        ("claimed", 1, "claimed", 1, None, SHEET, "default"),
        ("refused", 1, "refused", 1, "a person deleted the row of this run", SHEET, "default"),
    ] == [
        (e.record.id, e.record.revision, e.state, e.attempts, e.problem, e.sheet, e.template)
        for e in journal.entries()
    ]
    link = Link(text="model", url="files/model.pt", size=7, sha256="ab")
    assert {"delivered": {"run.name": "delivered", "params.lr": 0.0, "artifacts.model": link}} == {
        run: dict(record.values) for run, record in journal.shown(SHEET, ["delivered"]).items()
    }
    claimed = journal.claim(SHEET)
    assert ["claimed", "failed", "pending"] == [entry.record.id for entry in claimed]
    assert 7 == put(journal, "new")
    journal.close()


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.stem)
def test_migrated_schema_is_the_new_schema(kept: Path, tmp_path: Path) -> None:
    """A file that was brought up to date is what a new file is."""
    old, new = tmp_path / "old.sqlite3", tmp_path / "new.sqlite3"
    shutil.copyfile(kept, old)
    for path in (old, new):
        journal = SQLiteJournal(path)
        put(journal, "a")
        journal.close()
    assert schema(new) == schema(old)


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Make this program the next version of itself; `undo()` makes it the present one again."""
    further = (*sqlite_file.MIGRATIONS, FURTHER)
    monkeypatch.setattr(sqlite_file, "MIGRATIONS", further)
    return monkeypatch


def test_migration(tmp_path: Path, newer: pytest.MonkeyPatch) -> None:
    """A newer program brings an older file up to date, entries and all, and a new one likewise."""
    old, new = tmp_path / "old.sqlite3", tmp_path / "new.sqlite3"
    shutil.copyfile(KEPT[-1], old)
    for path in (old, new):
        journal = SQLiteJournal(path)
        put(journal, "a")
        journal.close()
    assert "colour" in str(schema(old))
    assert "pending" in ids(old)
    as_new = [line[0] for line in schema(new)]
    assert as_new == [line[0] for line in schema(old)]


def test_migration_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that fails half-way leaves the file as it was."""
    path = tmp_path / "journal.sqlite3"
    shutil.copyfile(KEPT[-1], path)
    before = schema(path)
    broken = (*sqlite_file.MIGRATIONS, (*FURTHER, "CREATE TABLE entries (a)"))
    monkeypatch.setattr(sqlite_file, "MIGRATIONS", broken)
    with pytest.raises(JournalError, match="already exists"):
        put(SQLiteJournal(path), "a")
    assert before == schema(path)


def test_older_program_uses_newer_file(tmp_path: Path, newer: pytest.MonkeyPatch) -> None:
    """What a newer program has only added to does not keep an older one from its work."""
    path = tmp_path / "journal.sqlite3"
    journal = SQLiteJournal(path)
    put(journal, "by the newer")
    newer.undo()
    older = SQLiteJournal(path)
    put(older, "by the older")
    assert ["by the newer", "by the older"] == [e.record.id for e in older.claim(SHEET)]
    put(journal, "by the newer again")
    older.close()
    journal.close()
    assert "colour" in str(schema(path))


def test_older_program_refuses(tmp_path: Path, newer: pytest.MonkeyPatch) -> None:
    """What an older program would get wrong, it leaves alone, and says what to do."""
    path = tmp_path / "journal.sqlite3"
    newer.setattr(sqlite_file, "FLOOR", len(sqlite_file.MIGRATIONS))
    journal = SQLiteJournal(path)
    put(journal, "a")
    journal.close()
    newer.undo()
    before = path.read_bytes()
    format_ = len(sqlite_file.MIGRATIONS) + 1
    with pytest.raises(JournalError, match=rf"\(its format is {format_}.*upgrade sheetlog"):
        put(SQLiteJournal(path), "b")
    assert before == path.read_bytes()


def test_records_of_a_newer_program_wait_for_it(tmp_path: Path) -> None:
    """A record that cannot be read stands in nobody's way, and stays."""
    path = tmp_path / "journal.sqlite3"
    journal = SQLiteJournal(path)
    put(journal, "a")
    put(journal, "b")
    with closing(sqlite3.connect(path)) as connection, connection:
        text = '{"id":"a","revision":1,"values":[["params.x",["tensor",[1,2,3]]]]}'
        connection.execute("UPDATE records SET text = ? WHERE number = 1", (text,))
    assert ["b"] == [entry.record.id for entry in journal.claim(SHEET, limit=1)]
    assert [2] == [each.count for each in journal.waiting()]
    assert ["b"] == [entry.record.id for entry in journal.entries()]
    with pytest.raises(JournalError, match=r"run 'a': .* upgrade sheetlog"):
        journal.latest("a")
    journal.close()


STATEMENTS = {
    name: text
    for name, text in vars(sqlite).items()
    if name.startswith("_") and isinstance(text, str) and text.lstrip().startswith("SELECT")
}
OF_A_RUN = ("_OF_RUN", "_SHOWN", "_LATEST", "_EARLIER")
SCANS = {
    "_ENTRIES": ["SCAN e"],  # from the newest one down, until there are enough
    "_WAITING": ["SCAN e USING INDEX entries_waiting"],  # holds nothing but what waits
    "_OLD": ["SCAN e"],  # everything is looked at once
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_questions_use_indexes(name: str, tmp_path: Path) -> None:
    """No question goes through everything that was ever logged."""
    path = tmp_path / "journal.sqlite3"
    journal = SQLiteJournal(path)
    put(journal, "a")
    journal.close()
    question = STATEMENTS[name]
    words = "sheet run refused takeover now skew limit before name than"
    names = dict.fromkeys(words.split())
    arguments = names if ":" in question else ("",) * question.count("?")
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {question}", arguments)
        plan = [detail for *_, detail in rows]
    if name in OF_A_RUN:
        assert any("INDEX entries_run (run=?" in step for step in plan)
    assert SCANS.get(name, []) == [step for step in plan if step.startswith("SCAN")]


def test_prune(tmp_path: Path) -> None:
    """Runs that are delivered and old are deleted whole; all others stay whole."""
    now = [1000.0]
    journal = SQLiteJournal(tmp_path / "journal.sqlite3", clock=lambda: now[0])
    for run in ("old", "old", "waiting", "resumed", "waiting"):
        put(journal, run)
    journal.deliver(journal.claim(SHEET, limit=4))
    journal.claim(SHEET, lease=1e6)
    now[0] = 2000.0
    put(journal, "resumed")
    put(journal, "new")
    journal.deliver(journal.claim(SHEET))
    assert 0 == journal.prune(sqlite._time(1_000_000_000))
    assert 2 == journal.prune(sqlite._time(2_000_000_000))
    assert ["waiting", "resumed", "new"] == [e.record.id for e in journal.entries()][::-1]
    runs = ["old", "waiting", "resumed", "new"]
    assert {"waiting", "resumed", "new"} == journal.shown(SHEET, runs).keys()
    assert 8 == put(journal, "next")
    journal.close()


def test_settings_of_the_connection(tmp_path: Path) -> None:
    """Every transaction is synced, readers wait for nobody, and waiting has an end."""
    journal = SQLiteJournal(tmp_path / "journal.sqlite3", timeout=3)
    put(journal, "a")

    def asked(name: str) -> object:
        return journal._held.do(lambda c: c.execute(f"PRAGMA {name}").fetchone()[0])

    assert ("wal", 2) == (asked("journal_mode"), asked("synchronous"))
    assert 2000 < int(str(asked("busy_timeout"))) <= 3000
    journal._held._timeout = 1
    assert int(str(asked("busy_timeout"))) <= 1000
    journal.close()


def test_file_that_two_make_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is asked again for its log while another process makes it, and not after the end."""
    refusal = sqlite3.OperationalError("database is locked")
    refusal.sqlite_errorcode = sqlite3.SQLITE_BUSY
    now = [0.0]
    monkeypatch.setattr(sqlite_file.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(sqlite_file.time, "sleep", lambda seconds: now.append(now.pop() + 1))

    class Refusing:
        """A connection that is refused until a time."""

        def __init__(self, until: float) -> None:
            self.until = until

        def execute(self, _: str) -> Refusing:
            if now[0] < self.until:
                raise refusal
            return self

        def fetchone(self) -> None:
            """Give what nobody looks at."""

    sqlite_file._use_wal(Refusing(until=3), deadline=5)  # type: ignore[arg-type]
    assert [3.0] == now
    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        sqlite_file._use_wal(Refusing(until=9), deadline=5)  # type: ignore[arg-type]
    assert [5.0] == now
