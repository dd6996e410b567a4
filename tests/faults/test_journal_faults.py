"""The journal against disks and people: fault × call → what is expected.

A fault is made as the world makes it (a folder in the way, a disk that is full), not by telling
the code that it was.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sheetlog.errors import JournalError, SheetlogWarning
from sheetlog.journal import sqlite_file
from sheetlog.journal.sqlite import SQLiteJournal
from sheetlog.journal.sqlite_faults import explain
from sheetlog.record import Record

SHEET = "/home/ann/runs.xlsx"
ROOT = Path(__file__).parents[2]
NAME = "journal.sqlite3"


def put(journal: SQLiteJournal, run: str, *, size: int = 0) -> int:
    values = {"run.name": "x" * size}
    return journal.append(Record(id=run, values=values), sheet=SHEET, template="default")


CALLS: dict[str, Callable[[SQLiteJournal], object]] = {
    "append": lambda journal: put(journal, "a"),
    "claim": lambda journal: journal.claim(SHEET),
    "claim of a run": lambda journal: journal.claim(SHEET, runs=["a"]),
    "deliver": lambda journal: journal.deliver([]),
    "release": lambda journal: journal.release([], "busy"),
    "refuse": lambda journal: journal.refuse([], "no"),
    "redirect": lambda journal: journal.redirect(SHEET, "other"),
    "shown": lambda journal: journal.shown(SHEET, ["a"]),
    "waiting": lambda journal: journal.waiting(),
    "latest": lambda journal: journal.latest("a"),
    "entries": lambda journal: journal.entries(),
    "prune": lambda journal: journal.prune(sqlite_epoch()),
}
READS = ("shown", "waiting", "latest", "entries")


def sqlite_epoch() -> object:
    from datetime import UTC, datetime

    return datetime(1970, 1, 1, tzinfo=UTC)


# Faults that nothing can be done about but say so. Each makes its fault below a folder, and gives
# the journal's path and the words that tell a person what is wrong and what to do.


def folder_is_a_file(folder: Path) -> tuple[Path, str]:
    (folder / "state").write_text("mine")
    return folder / "state" / "sheetlog" / NAME, "the folder '.*state/sheetlog' cannot be made"


def journal_is_a_folder(folder: Path) -> tuple[Path, str]:
    (folder / NAME).mkdir()
    return folder / NAME, "a folder has this name: delete or rename it"


def another_programs(folder: Path) -> tuple[Path, str]:
    with closing(sqlite3.connect(folder / NAME)) as connection:
        connection.execute("CREATE TABLE photos (name)")
    return folder / NAME, "a database of another program and is left as it is"


def another_programs_with_a_mark(folder: Path) -> tuple[Path, str]:
    with closing(sqlite3.connect(folder / NAME)) as connection:
        connection.execute("PRAGMA application_id = 252006673")
    return folder / NAME, "a database of another program and is left as it is"


def much_newer(folder: Path) -> tuple[Path, str]:
    journal = SQLiteJournal(folder / NAME)
    put(journal, "a")
    journal.close()
    with closing(sqlite3.connect(folder / NAME)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    return folder / NAME, "a newer sheetlog .*: upgrade sheetlog"


def name_too_long(folder: Path) -> tuple[Path, str]:
    return folder / ("x" * 300), "it cannot be opened for writing"


FAULTS = (
    folder_is_a_file,
    journal_is_a_folder,
    another_programs,
    another_programs_with_a_mark,
    much_newer,
    name_too_long,
)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_said(fault: Callable[[Path], tuple[Path, str]], call: str, tmp_path: Path) -> None:
    """Every call says what is wrong and where else the journal can be; nothing is touched."""
    path, words = fault(tmp_path)
    before = contents(tmp_path)
    journal = SQLiteJournal(path)
    with pytest.raises(JournalError, match=f"{words}.*SHEETLOG_JOURNAL") as raised:
        CALLS[call](journal)
    assert f"'{path}'" in str(raised.value)
    journal.close()
    assert before == contents(tmp_path)


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return every file with its content; SQLite's own files beside a database are no content."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if not path.name.endswith(("-wal", "-shm"))
    }


@contextmanager
def without_rights() -> Iterator[Path]:
    """Give a folder, in which the process is nobody in particular as long as it lasts."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be a user to whom permissions apply; those of root do not."""
    if not hasattr(os, "geteuid"):
        pytest.skip("permissions are another matter on this system")
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("call", CALLS)
def test_folder_without_permission(call: str) -> None:
    """Where the folder cannot be written, a call says so."""
    with without_rights() as folder:
        folder.chmod(0o555)
        with as_nobody():
            journal = SQLiteJournal(folder / NAME)
            with pytest.raises(JournalError, match=r"no permission to write in the .*: name"):
                CALLS[call](journal)


@pytest.mark.parametrize("call", CALLS)
def test_file_without_permission(call: str) -> None:
    """Where the file cannot be written, a call that has to says so; the others do their work."""
    with without_rights() as folder:
        journal = SQLiteJournal(folder / NAME)
        put(journal, "a")
        journal.close()
        (folder / NAME).chmod(0o444)
        folder.chmod(0o777)
        with as_nobody():
            journal = SQLiteJournal(folder / NAME)
            if call in ("append", "claim", "claim of a run", "redirect"):
                with pytest.raises(JournalError, match=r"no permission to write it, or .*: name"):
                    CALLS[call](journal)
            else:  # there is nothing to write
                CALLS[call](journal)
            journal.close()


def on_a_disk(folder: Path, options: str, code: str) -> list[str]:
    """Run a program on a disk of its own, where that may be done; return the lines it prints."""
    head = (
        "import os, sys\n"
        "from sheetlog.journal.sqlite import SQLiteJournal\n"
        "from sheetlog.record import Record\n"
        f"def put(run): journal.append(Record(id=run, values={{'run.name': 'x' * 3000}}), "
        f"sheet={SHEET!r}, template='default')\n"
        "def said(work):\n"
        "    try: work()\n"
        "    except Exception as error: print(type(error).__name__, error)\n"
        "    else: print('done')\n"
        f"journal = SQLiteJournal({str(folder / NAME)!r})\n"
    )
    mount = f'mount -t tmpfs -o "{options}" tmpfs "$0"'
    shell = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    try:
        subprocess.run([*shell, mount, folder], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be mounted here")
    program = subprocess.run(
        [*shell, f'{mount} && exec "$1" -c "$2" "$0"', folder, sys.executable, head + code],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return program.stdout.splitlines()


def test_full_disk(tmp_path: Path) -> None:
    """On a full disk the append fails and says so, what was there stays; with room it goes on."""
    lines = on_a_disk(
        tmp_path,
        "size=400k",
        "filler = os.path.join(sys.argv[1], 'filler')\n"
        "put('before')\n"
        "with open(filler, 'wb', buffering=0) as file:\n"
        "    try:\n"
        "        while True: file.write(b'x' * 512)\n"
        "    except OSError: pass\n"
        "for run in range(30): said(lambda: put(str(run)))\n"
        "print(len(journal.entries()))\n"
        "journal.close()\n"
        "os.remove(filler)\n"
        "said(lambda: put('after'))\n"
        "print(len(journal.entries()))\n",
    )
    *appends, kept, after, last = lines
    done = appends.count("done")
    failed = [line for line in appends if line != "done"]
    assert failed
    assert {"JournalError"} == {line.split()[0] for line in failed}
    remedy = "the disk is full: free some space, or name another place with SHEETLOG_JOURNAL"
    assert [remedy in line for line in failed] == [True] * len(failed)
    assert (done + 1, "done", done + 2) == (int(kept), after, int(last))


def test_read_only_disk(tmp_path: Path) -> None:
    """On a read-only disk, an old journal and a new one say so."""
    lines = on_a_disk(
        tmp_path,
        "size=1m",
        "put('before')\n"
        "journal.close()\n"
        "os.system(f'mount -o remount,ro {sys.argv[1]}')\n"
        "said(lambda: put('after'))\n"
        "said(lambda: journal.entries())\n"
        "journal = SQLiteJournal(os.path.join(sys.argv[1], 'new', 'journal.sqlite3'))\n"
        "said(lambda: put('after'))\n",
    )
    assert "there is no permission to write it, or the disk is read-only: name" in lines[0]
    assert lines[0] == lines[1]
    assert f"'{tmp_path / 'new'}' cannot be made: name" in lines[2]


def test_no_room_in_the_file(tmp_path: Path) -> None:
    """An append that finds no room leaves nothing behind, and the next one that fits works."""
    journal = SQLiteJournal(tmp_path / NAME)
    put(journal, "before")
    pages = journal._held.do(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    journal._held.do(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    with pytest.raises(JournalError, match="the disk is full"):
        put(journal, "big", size=100_000)
    put(journal, "after", size=100_000)  # on a connection that does not know of the limit
    assert ["after", "before"] == [entry.record.id for entry in journal.entries()]
    journal.close()


@pytest.mark.parametrize("call", CALLS)
def test_locked_all_the_time(call: str, tmp_path: Path) -> None:
    """What has to be written waits no longer than it was given; reading waits for nobody."""
    journal = SQLiteJournal(tmp_path / NAME, timeout=0.02)
    put(journal, "a")
    with closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        if call in READS:
            CALLS[call](journal)
        else:
            with pytest.raises(JournalError, match="another process has been writing it"):
                CALLS[call](journal)
    CALLS[call](journal)
    journal.close()


def test_making_it_is_locked_all_the_time(tmp_path: Path) -> None:
    """A file that another process is making is waited for no longer than was given."""
    with closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        journal = SQLiteJournal(tmp_path / NAME, timeout=0.02)
        with pytest.raises(JournalError, match="another process has been writing it"):
            put(journal, "a")
    put(journal, "a")
    journal.close()


@pytest.mark.parametrize("call", CALLS)
def test_no_shared_memory(call: str, tmp_path: Path) -> None:
    """Where there can be no write-ahead log, the journal does its work without one."""
    (tmp_path / f"{NAME}-shm").mkdir()
    journal = SQLiteJournal(tmp_path / NAME)
    CALLS[call](journal)
    put(journal, "b")
    with closing(SQLiteJournal(tmp_path / NAME)) as other:
        assert "b" == other.entries()[0].record.id
        put(other, "c")
    mode = journal._held.do(lambda c: c.execute("PRAGMA journal_mode").fetchone()[0])
    assert ("truncate", "c") == (mode, journal.entries()[0].record.id)
    journal.close()


def fill(path: Path) -> None:
    """Write a journal of many pages, of whose runs every third is delivered."""
    journal = SQLiteJournal(path)
    for run in range(60):
        put(journal, str(run), size=500)
    journal.deliver(journal.claim(SHEET)[::3])
    journal.close()


def garbage(path: Path) -> int:
    path.write_bytes(b"not a database" * 500)
    return 0


def zeros(path: Path) -> int:
    path.write_bytes(bytes(8192))
    return 0


def text(path: Path) -> int:
    path.write_text("my notes")
    return 0


def head_lost(path: Path) -> int:
    fill(path)
    path.write_bytes(bytes(4096) + path.read_bytes()[4096:])
    return 0


def cut_short(path: Path) -> int:
    fill(path)
    path.write_bytes(path.read_bytes()[:-4096])
    return 20


def tables_broken(path: Path) -> int:
    """Overwrite the root of `entries` and a page of records."""
    fill(path)
    content = bytearray(path.read_bytes())
    content[4096:8192] = bytes(4096)
    content[9 * 4096 : 10 * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    return 0


def records_broken(path: Path) -> int:
    """Overwrite every page of records but the first and the last ones."""
    fill(path)
    content = bytearray(path.read_bytes())
    for start in range(14 * 4096, len(content) - 4 * 4096, 4096):
        if content[start] == 13 and content.find(b'"values"', start, start + 4096) >= 0:
            content[start : start + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    return 5


DAMAGES = (garbage, zeros, text, head_lost, cut_short, tables_broken, records_broken)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damaged(damage: Callable[[Path], int], tmp_path: Path) -> None:
    """A damaged journal is kept; another one takes its place, with what could be read."""
    path = tmp_path / NAME
    least = damage(path)
    before = path.read_bytes()
    said: list[str] = []
    journal = SQLiteJournal(path, say=said.append)
    put(journal, "100", size=3000)
    if said:  # some damage does no harm to those who only append
        assert before == path.read_bytes()
    for run in range(101, 130):
        put(journal, str(run), size=3000)
    journal.claim(SHEET)
    records = {entry.record.id: entry.record for entry in journal.entries()}
    assert str(tmp_path / "journal-renewed-1.sqlite3") == journal.path
    (sentence,) = said
    assert sentence.startswith(f"the journal '{path}' is damaged (")
    assert f"'{journal.path}' takes its place" in sentence
    assert {str(run) for run in range(100, 130)} <= records.keys()
    assert least <= len(records) - 30
    assert {500, 3000} >= {len(str(record.values["run.name"])) for record in records.values()}
    other = SQLiteJournal(path, say=said.append)
    assert records.keys() == {entry.record.id for entry in other.entries()}
    assert 1 == len(said)
    other.close()
    journal.close()


def test_damage_is_warned_of(tmp_path: Path) -> None:
    """Without anybody to tell, it is a warning, which names both files."""
    garbage(tmp_path / NAME)
    journal = SQLiteJournal(tmp_path / NAME)
    with pytest.warns(SheetlogWarning, match="' is damaged .file is not a database"):
        put(journal, "a")
    put(journal, "b")
    journal.close()


def test_damage_under_two(tmp_path: Path) -> None:
    """Who had the file open before it was damaged goes over to the new one with the others."""
    path = tmp_path / NAME
    fill(path)
    first = SQLiteJournal(path, say=lambda sentence: None)
    stale = first.claim(SHEET)
    first.close()
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    first.entries(limit=0)
    path.write_bytes(content)
    second = SQLiteJournal(path, say=lambda sentence: None)
    put(second, "by the second")
    put(first, "by the first")
    first.deliver(stale)  # of the damaged file
    assert first.path == second.path == str(tmp_path / "journal-renewed-1.sqlite3")
    runs = [entry.record.id for entry in second.entries(limit=2)]
    assert ["by the first", "by the second"] == runs
    assert {"pending"} == {entry.state for entry in second.entries(limit=2)}
    first.close()
    second.close()


def test_damage_again(tmp_path: Path) -> None:
    """A new file that is damaged in its turn is followed by a further one, entries and all."""
    path = tmp_path / NAME
    for run in "ab":
        garbage(path)
        journal = SQLiteJournal(tmp_path / NAME, say=lambda sentence: None)
        put(journal, run)
        path = Path(journal.path)
        journal.close()
    assert "journal-renewed-2.sqlite3" == path.name
    with closing(SQLiteJournal(tmp_path / NAME)) as journal:
        assert str(path) == journal.path
        assert ["b"] == [entry.record.id for entry in journal.entries()]


def test_delivered_in_a_damaged_file_stays_delivered(tmp_path: Path) -> None:
    """States come over with the entries, so that nothing is delivered as if it were new."""
    path = tmp_path / NAME
    fill(path)
    with closing(sqlite3.connect(path)) as connection:
        ((root,),) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'entries_run'"
        )
    content = bytearray(path.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    said: list[str] = []
    journal = SQLiteJournal(path, say=said.append)
    put(journal, "new")
    assert said[0].endswith("with 60 entries that could be read")
    claimed = journal.claim(SHEET, takeover=True)
    assert (41, {0, 1}) == (len(claimed), {entry.attempts for entry in claimed})
    assert 20 == len(journal.shown(SHEET, [str(run) for run in range(60)]))
    journal.close()


CODES = {
    name: getattr(sqlite3, name)
    for name in dir(sqlite3)
    if name.startswith("SQLITE_") and isinstance(getattr(sqlite3, name), int)
}


@pytest.mark.parametrize("name", CODES)
def test_every_error_of_sqlite_is_told(name: str, tmp_path: Path) -> None:
    """Whatever SQLite answers becomes the one error of the journal, with something to do."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = CODES[name]
    told = str(explain(error, str(tmp_path / NAME)))
    assert told.startswith(f"the journal '{tmp_path / NAME}' cannot be used: ")
    assert told.endswith("(disk I/O error)")
    remedies = ("SHEETLOG_JOURNAL", "try again", "log the big values as artifacts")
    assert any(remedy in told for remedy in remedies)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_IOERR_FSYNC, "the disk failed or knows no file locks"),
        (sqlite3.SQLITE_IOERR_LOCK, "the disk knows no file locks"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "another process has been writing it"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "it cannot be opened for writing"),
        (sqlite3.SQLITE_ERROR, "SQLite refused"),
    ],
)
def test_words_of_an_error(code: int, words: str, tmp_path: Path) -> None:
    """An error that SQLite tells in more detail is told as what it is a kind of."""
    error = sqlite3.OperationalError("whatever SQLite says")
    error.sqlite_errorcode = code
    assert f"cannot be used: {words}" in str(explain(error, str(tmp_path / NAME)))


def test_folder_is_made_in_time(tmp_path: Path) -> None:
    """The folder is made when it is needed, not before, and by whoever comes first."""
    path = tmp_path / "a" / "b" / NAME
    journal = SQLiteJournal(path)
    assert not path.parent.exists()
    sqlite_file.make_folder(str(path.parent))
    sqlite_file.make_folder(str(path.parent))
    put(journal, "a")
    assert path.exists()
    journal.close()


@pytest.mark.parametrize("name", ["a ?#%41.sqlite3", "Märchen.sqlite3", "no ending", ".hidden"])
def test_odd_paths(name: str, tmp_path: Path) -> None:
    """Whatever a path holds is part of the name, also when its damaged file is read."""
    journal = SQLiteJournal(tmp_path / name, say=lambda sentence: None)
    put(journal, "a")
    journal.close()
    assert [name] == [path.name for path in tmp_path.iterdir()]
    with closing(sqlite3.connect(tmp_path / name)) as connection:
        ((root,),) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'entries_run'"
        )
    content = bytearray((tmp_path / name).read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    (tmp_path / name).write_bytes(content)
    put(journal, "b")
    assert ["b", "a"] == [entry.record.id for entry in journal.entries()]
    journal.close()
