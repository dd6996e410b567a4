"""The held connection: threads, forks, other processes, and a file that goes away under it."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from sheetlog.errors import JournalError
from sheetlog.journal import sqlite_held
from sheetlog.journal.sqlite import SQLiteJournal
from sheetlog.record import Record

SHEET = "/home/ann/runs.xlsx"
ROOT = Path(__file__).parents[3]


def put(journal: SQLiteJournal, run: str) -> int:
    return journal.append(Record(id=run), sheet=SHEET, template="default")


def ids(path: Path) -> list[str]:
    journal = SQLiteJournal(path)
    found = [entry.record.id for entry in journal.entries(limit=10_000)]
    journal.close()
    return found[::-1]


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a Python program that has `journal`, a journal at its first argument, and `put`."""
    head = (
        "import os, sys, signal\n"
        "from sheetlog.journal.sqlite import SQLiteJournal\n"
        "from sheetlog.record import Record\n"
        "journal = SQLiteJournal(sys.argv[1])\n"
        f"def put(run): journal.append(Record(id=run), sheet={SHEET!r}, template='default')\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", head + code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def sound(path: Path) -> str:
    """Return what SQLite finds when it looks at every page."""
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def test_processes_at_once(tmp_path: Path) -> None:
    """Processes that make one journal and use it at once lose nothing and get nothing twice."""
    path = tmp_path / "journal.sqlite3"
    code = (
        "for step in range(20):\n"
        "    put(f'{sys.argv[2]}-{step}')\n"
        f"    entries = journal.claim({SHEET!r}, limit=3)\n"
        "    print(*(entry.record.id for entry in entries), end=' ')\n"
        "    journal.deliver(entries)\n"
    )
    children = [start(code, path, name) for name in "abcd"]
    claimed = " ".join(child.communicate()[0] for child in children).split()
    assert [0, 0, 0, 0] == [child.returncode for child in children]
    journal = SQLiteJournal(path)
    claimed += [entry.record.id for entry in journal.claim(SHEET)]
    journal.close()
    everything = {f"{name}-{step}" for name in "abcd" for step in range(20)}
    assert (80, everything) == (len(claimed), set(claimed))
    assert everything == set(ids(path))


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """What a killed process was told is on disk stays there, and the next one goes on at once."""
    path = tmp_path / "journal.sqlite3"
    code = (
        "say = lambda text: os.write(1, (text + '\\n').encode())\n"
        "for step in range(10**6):\n"
        "    run = f'{sys.argv[2]}-{step}'\n"
        "    put(run)\n"
        "    say('kept ' + run)\n"
        f"    entries = journal.claim({SHEET!r}, limit=2, takeover=True)\n"
        "    if step % 3 == 1:\n"
        "        journal.release(entries, 'busy')\n"
        "    else:\n"
        "        journal.deliver(entries)\n"
        "        for entry in entries: say('done ' + entry.record.id)\n"
    )
    chance = random.Random(20260517)
    told: list[str] = []
    for generation in range(12):
        child = start(code, path, generation)
        assert child.stdout is not None
        told += [child.stdout.readline().strip() for _ in range(chance.randrange(1, 60))]
        child.kill()  # wherever it is by now
        told += [line for line in child.communicate()[0].split("\n") if line]
    journal = SQLiteJournal(path)
    entries = {entry.record.id: entry for entry in journal.entries(limit=10**6)}
    journal.close()
    kept = {line.split()[1] for line in told if line.startswith("kept ")}
    done = {line.split()[1] for line in told if line.startswith("done ")}
    assert "ok" == sound(path)
    assert set() == kept - entries.keys()
    assert set() == {run for run in done if entries[run].state != "delivered"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_fork(tmp_path: Path) -> None:
    """After a fork, parent and children go on with connections of their own."""
    path = tmp_path / "journal.sqlite3"
    code = (
        "put('before')\n"
        "children = []\n"
        "for name in 'ab':\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        assert journal._held._connection is None, 'inherited'\n"
        "        for step in range(10): put(f'{name}-{step}')\n"
        "        sys.exit()\n"
        "    children.append(child)\n"
        "    for step in range(10): put(f'parent-{name}-{step}')\n"
        "for child in children: assert os.waitpid(child, 0)[1] == 0\n"
        "put('after')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with start(code, path) as child:
        assert -9 == child.wait()
    steps = [f"{name}-{step}" for name in ("a", "b", "parent-a", "parent-b") for step in range(10)]
    assert "ok" == sound(path)
    assert sorted(["before", "after", *steps]) == sorted(ids(path))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_fork_whose_parent_ends(tmp_path: Path) -> None:
    """A child has locks of its own: another process does not take it for gone with its parent."""
    path = tmp_path / "journal.sqlite3"
    code = (
        "put('parent')\n"
        "if os.fork(): os._exit(0)\n"
        "put('child')\n"
        "os.write(1, b'ready\\n')\n"
        "sys.stdin.readline()\n"
        "put('child again')\n"
        "os.write(1, b'done\\n')\n"
        "os._exit(0)\n"
    )
    with start(code, path) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert 0 == child.wait()
        assert "ready\n" == child.stdout.readline()
        journal = SQLiteJournal(path)
        put(journal, "other")
        journal.close()
        child.stdin.write("go on\n")
        child.stdin.flush()
        assert "done\n" == child.stdout.readline()
    assert ["parent", "child", "other", "child again"] == ids(path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_fork_while_a_thread_has_it(tmp_path: Path) -> None:
    """A fork waits for no thread for long, and the child is not stuck in what it does not have."""
    path = tmp_path / "journal.sqlite3"
    code = (
        "from threading import Event, Thread\n"
        "journal._held._timeout = 0.05\n"
        "put('before')\n"
        "inside, over = Event(), Event()\n"
        "work = lambda connection: (inside.set(), over.wait())\n"
        "thread = Thread(target=journal._held.do, args=(work,))\n"
        "thread.start()\n"
        "inside.wait()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    journal._held._timeout = 10\n"
        "    put('child')\n"
        "    os._exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "over.set()\n"
        "thread.join()\n"
        "put('parent')\n"
    )
    with start(code, path) as child:
        assert 0 == child.wait()
    assert ["before", "child", "parent"] == ids(path)


def test_fork_that_python_does_not_see(tmp_path: Path) -> None:
    """A connection of another process is neither used nor closed."""
    journal = SQLiteJournal(tmp_path / "journal.sqlite3")
    put(journal, "a")
    inherited = journal._held._connection
    journal._held._pid -= 1
    put(journal, "b")
    assert inherited is sqlite_held._ABANDONED.pop()
    assert inherited is not None
    assert inherited is not journal._held._connection
    journal._held._pid -= 1
    journal.close()
    sqlite_held._ABANDONED.pop().close()
    assert 2 == inherited.execute("SELECT count(*) FROM entries").fetchone()[0]
    inherited.close()


def test_file_deleted_under_it(tmp_path: Path) -> None:
    """Nothing is written into a file that somebody has deleted."""
    path = tmp_path / "folder" / "journal.sqlite3"
    journal = SQLiteJournal(path)
    put(journal, "a")
    for file in path.parent.iterdir():
        file.unlink()
    path.parent.rmdir()
    assert [] == list(journal.entries())
    put(journal, "b")
    assert ["b"] == ids(path)
    journal.close()
    assert ["b"] == ids(path)


def test_file_replaced_under_it(tmp_path: Path) -> None:
    """A file that took the place of the one that is open is the journal from then on."""
    path, aside = tmp_path / "journal.sqlite3", tmp_path / "aside.sqlite3"
    journal = SQLiteJournal(path)
    put(journal, "a")
    stale = journal.claim(SHEET)
    path.rename(aside)
    other = SQLiteJournal(path)
    put(other, "b")
    journal.deliver(stale)  # whose numbers are those of other entries now
    assert [("b", "pending")] == [(e.record.id, e.state) for e in journal.entries()]
    put(journal, "c")
    journal.close()
    other.close()
    assert ["b", "c"] == ids(path)


def test_file_replaced_during_an_append(tmp_path: Path) -> None:
    """An append that went into a file which was replaced meanwhile is done again."""
    path, aside = tmp_path / "journal.sqlite3", tmp_path / "aside.sqlite3"
    journal = SQLiteJournal(path)
    put(journal, "a")
    real = journal._held._ready
    files = [path]

    def replaced(deadline: float) -> sqlite3.Connection:
        connection = real(deadline)
        if files:
            files.pop().rename(aside)
        return connection

    journal._held._ready = replaced  # type: ignore[method-assign]
    put(journal, "b")
    journal.close()
    assert ["b"] == ids(path)


def test_file_moved_while_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is moved away as soon as it is open is not written to."""
    path, aside = tmp_path / "journal.sqlite3", tmp_path / "aside.sqlite3"
    journal = SQLiteJournal(path)
    put(journal, "a")
    journal.close()
    real = sqlite_held.open_file

    def moved(*arguments: object, **named: object) -> object:
        opened = real(*arguments, **named)  # type: ignore[arg-type]
        if not aside.exists():
            path.rename(aside)
        return opened

    monkeypatch.setattr(sqlite_held, "open_file", moved)
    put(journal, "b")
    journal.close()
    assert [["b"], ["a"]] == [ids(path), ids(aside)]


def test_renewed_by_another(tmp_path: Path) -> None:
    """Where another process found the file damaged, this one goes over to the new file as well."""
    journal = SQLiteJournal(tmp_path / "journal.sqlite3")
    put(journal, "a")
    renewed = SQLiteJournal(tmp_path / "journal-renewed-1.sqlite3")
    put(renewed, "b")
    put(journal, "c")
    assert renewed.path == journal.path
    assert ["b", "c"] == [entry.record.id for entry in renewed.entries()][::-1]
    journal.close()
    renewed.close()


def test_file_replaced_each_time(tmp_path: Path) -> None:
    """Where nothing stays, that is said and not tried for ever."""
    journal = SQLiteJournal(tmp_path / "journal.sqlite3")
    journal._held._in_place = lambda: False  # type: ignore[method-assign]
    with pytest.raises(JournalError, match="damaged or replaced each time"):
        put(journal, "a")
    journal.close()


def test_call_within_a_call(tmp_path: Path) -> None:
    """A handler that interrupts a call is told so at once; the call itself comes to its end."""
    journal = SQLiteJournal(tmp_path / "journal.sqlite3")
    put(journal, "a")

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE entries SET template = 'new'")
        with pytest.raises(JournalError, match="within a call to it that was interrupted"):
            put(journal, "b")

    journal._held.do(work, write=True)
    assert [("a", "new")] == [(e.record.id, e.template) for e in journal.entries()]
    journal.close()


def test_interrupted_call(tmp_path: Path) -> None:
    """A call that is interrupted leaves nothing half done, and the next one works."""
    journal = SQLiteJournal(tmp_path / "journal.sqlite3")
    put(journal, "a")

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE entries SET template = 'new'")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        journal._held.do(work, write=True)
    put(journal, "b")
    assert ["default", "default"] == [each.template for each in journal.entries()]
    journal.close()


def test_another_thread_has_it(tmp_path: Path) -> None:
    """A thread waits for another no longer than it was given."""
    journal = SQLiteJournal(tmp_path / "journal.sqlite3", timeout=0.01)
    inside, over = Event(), Event()

    def work(connection: sqlite3.Connection) -> None:
        inside.set()
        over.wait()

    thread = Thread(target=journal._held.do, args=(work,))
    thread.start()
    inside.wait()
    with pytest.raises(JournalError, match=r"another thread has had it for 0[.]01 s: try again"):
        put(journal, "a")
    over.set()
    thread.join()
    put(journal, "b")
    journal.close()
