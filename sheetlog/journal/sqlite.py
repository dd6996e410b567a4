"""The journal on disk: `SQLiteJournal`. Which file it has open and how, `sqlite_held` knows.

Knows entries, claims and leases; knows no sheet, no template and no setting.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from sheetlog.errors import JournalError, SheetlogWarning
from sheetlog.journal.base import Entry, Journal, Waiting, name_of, new_token
from sheetlog.journal.sqlite_held import Held
from sheetlog.record import Record, dumps, loads

if TYPE_CHECKING:
    from sqlite3 import Connection

SKEW = 5.0
"""Seconds. A claim that was made later than this after now was made by a clock that has been put
back since; to wait for its end could take as long as the clock was wrong."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _whole(rest: str) -> str:
    return (
        "SELECT number, sheet, template, state, attempts, problem, appended, text, token "
        "FROM entries AS e JOIN records USING (number) "
    ) + rest


_APPEND = """INSERT INTO entries (run, revision, sheet, template, appended, name)
    VALUES (?, ?, ?, ?, ?, ?)"""
_APPEND_RECORD = "INSERT INTO records (number, text) VALUES (?, ?)"
_FREE = """state <> 'delivered' AND (state = 'pending' OR (state = 'refused' AND :refused)
    OR (state = 'claimed' AND (:takeover OR expires <= :now OR claimed > :now + :skew)))"""
_OLDEST = _whole(f"WHERE sheet = :sheet AND {_FREE} ORDER BY number")
# The plus keeps SQLite from going through all that waits for the sheet, once for each run.
_OF_RUN = _whole(f"WHERE run = :run AND +sheet = :sheet AND {_FREE}")
_CLAIM = """UPDATE entries SET state = 'claimed', attempts = attempts + 1, claimed = ?,
    expires = ?, token = ? WHERE number = ?"""
_DELIVER = """UPDATE entries SET state = 'delivered', claimed = NULL, expires = NULL,
    problem = NULL, failed = NULL WHERE number = ? AND run = ? AND revision = ?"""
# `attempts` numbers the claims of an entry: one that was taken over cannot be ended by the process
# that lost it.
_GIVE_BACK = """UPDATE entries SET state = ?, attempts = ?, problem = ?, failed = ?,
    claimed = NULL, expires = NULL, token = CASE WHEN ? THEN token END
    WHERE number = ? AND run = ? AND revision = ? AND state = 'claimed' AND attempts = ?"""
_REDIRECT = "UPDATE entries SET sheet = ? WHERE sheet = ? AND state <> 'delivered'"
_SHOWN = _whole("""WHERE run = ? AND +sheet = ? AND state = 'delivered'
    ORDER BY revision DESC, number DESC LIMIT 1""")
# A run whose states wait one behind another is one run for whoever asks how many wait.
_WAITING = """SELECT sheet, count(DISTINCT run),
        count(DISTINCT CASE WHEN state = 'refused' THEN run END), min(appended), (
        SELECT problem FROM entries AS f WHERE f.sheet = e.sheet AND f.state <> 'delivered'
        AND problem IS NOT NULL ORDER BY failed DESC, number DESC LIMIT 1)
    FROM entries AS e WHERE state <> 'delivered' AND (:sheet IS NULL OR sheet = :sheet)
    GROUP BY sheet ORDER BY min(number)"""
_LATEST = _whole("WHERE run = ? ORDER BY revision DESC, number DESC LIMIT 1")
_OLDER = """number < ifnull(
        (SELECT min(number) FROM entries WHERE run = :than), 9223372036854775807)
    ORDER BY number DESC LIMIT 1"""
_EARLIER = _whole(f"WHERE sheet = :sheet AND name = :name AND {_OLDER}")
_BEFORE = _whole(f"WHERE sheet = :sheet AND {_OLDER}")
_ENTRIES = _whole("""WHERE NOT EXISTS (SELECT 1 FROM entries AS l
        WHERE l.run = e.run AND (l.revision, l.number) > (e.revision, e.number))
    ORDER BY number DESC LIMIT :limit""")
_ENTRIES_OF = _whole("""WHERE sheet = :sheet AND NOT EXISTS (SELECT 1 FROM entries AS l
        WHERE l.run = e.run AND +l.sheet = :sheet
        AND (l.revision, l.number) > (e.revision, e.number))
    ORDER BY number DESC LIMIT :limit""")
_OLD = """SELECT number FROM entries AS e WHERE state = 'delivered' AND appended < :before
    AND NOT EXISTS (SELECT 1 FROM entries AS o WHERE o.run = e.run
        AND (o.state <> 'delivered' OR o.appended >= :before))"""


class SQLiteJournal:
    """Where records wait: a SQLite file, in the user's state folder by default.

    Safe for several threads and several processes at once, and over forks.

    Args:
        path: of the file; it and its folder are made when they are first needed.
        timeout: seconds that a call waits for other threads and processes, at most.
        clock: gives seconds since 1970.
        say: is told, in a sentence, what a person should know although the call did its work;
            None: it becomes a warning.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        timeout: float = 10.0,
        clock: Callable[[], float] = time.time,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self._held = Held(os.path.abspath(path), timeout=timeout, say=say or _warn)
        self._clock = clock

    @property
    def path(self) -> str:
        """Return the file in use: another one beside it, where the first one is damaged."""
        return self._held.file

    def append(self, record: Record, *, sheet: str, template: str) -> int:
        """See `Journal.append`."""
        text = dumps(record)
        names = (_in(sheet), _in(template))
        row = (_in(record.id), record.revision, *names, self._now(), _in(name_of(record)))

        def work(connection: Connection) -> int:
            number = connection.execute(_APPEND, row).lastrowid
            connection.execute(_APPEND_RECORD, (number, text))
            return number or 0

        return self._held.do(work, write=True)

    def claim(
        self,
        sheet: str,
        *,
        limit: int = 1000,
        lease: float = 60.0,
        runs: Collection[str] | None = None,
        takeover: bool = False,
    ) -> Sequence[Entry]:
        """See `Journal.claim`."""
        now = self._now()
        expires = now + round(lease * 1e6)
        token = new_token()
        named: dict[str, Any] = {
            "sheet": _in(sheet),
            "refused": runs is not None,
            "takeover": takeover,
            "now": now,
            "skew": round(SKEW * 1e6),
        }

        def work(connection: Connection) -> list[Entry]:
            if runs is None:
                rows: Iterable[Any] = connection.execute(_OLDEST, named)
            else:
                rows = sorted(
                    row
                    for run in set(runs)
                    for row in connection.execute(_OF_RUN, {**named, "run": _in(run)})
                )
            # A newer sheetlog may have written what this one can't read: that waits for it.
            found = list(islice(_readable(rows, state="claimed"), max(0, limit)))
            entries = [replace(entry, token=entry.token or token) for entry in found]
            claims = [(now, expires, entry.token, entry.number) for entry in entries]
            connection.executemany(_CLAIM, claims)
            return entries

        return self._held.do(work, write=True)

    def deliver(self, entries: Collection[Entry]) -> None:
        """See `Journal.deliver`."""
        rows = [(each.number, _in(each.record.id), each.record.revision) for each in entries]
        self._held.do(lambda connection: connection.executemany(_DELIVER, rows), write=True)

    def release(self, entries: Collection[Entry], problem: str, *, attempted: bool = True) -> None:
        """See `Journal.release`."""
        self._give_back(entries, "pending", problem, attempted=attempted)

    def refuse(self, entries: Collection[Entry], problem: str) -> None:
        """See `Journal.refuse`."""
        self._give_back(entries, "refused", problem, attempted=True)

    def _give_back(
        self, entries: Collection[Entry], state: str, problem: str, *, attempted: bool
    ) -> None:
        now, why = self._now(), _in(problem)
        rows = [
            (
                *(state, each.attempts + attempted, why, now, each.attempts + attempted),
                *(each.number, _in(each.record.id), each.record.revision, each.attempts + 1),
            )
            for each in entries
        ]
        self._held.do(lambda connection: connection.executemany(_GIVE_BACK, rows), write=True)

    def redirect(self, sheet: str, to: str) -> int:
        """See `Journal.redirect`."""
        names = (_in(to), _in(sheet))
        return self._held.do(
            lambda connection: connection.execute(_REDIRECT, names).rowcount, write=True
        )

    def shown(self, sheet: str, runs: Collection[str]) -> Mapping[str, Record]:
        """See `Journal.shown`."""

        def work(connection: Connection) -> dict[str, Record]:
            found = {}
            for run in runs:
                rows = connection.execute(_SHOWN, (_in(run), _in(sheet))).fetchall()
                for entry in _readable(rows):
                    found[run] = entry.record
            return found

        return self._held.do(work)

    def waiting(self, sheet: str | None = None) -> Sequence[Waiting]:
        """See `Journal.waiting`."""
        named = {"sheet": None if sheet is None else _in(sheet)}
        rows = self._held.do(lambda connection: connection.execute(_WAITING, named).fetchall())
        return [
            Waiting(
                sheet=_out(name),
                count=count,
                refused=refused,
                oldest=_time(oldest),
                problem=None if problem is None else _out(problem),
            )
            for name, count, refused, oldest, problem in rows
        ]

    def latest(self, run: str) -> Entry | None:
        """See `Journal.latest`."""
        key = (_in(run),)
        rows = self._held.do(lambda connection: connection.execute(_LATEST, key).fetchall())
        entries = list(_readable(rows))
        if rows and not entries:
            raise JournalError(
                f"the journal '{self.path}' cannot be used for the run '{run}': what it has of it "
                "was written by a newer sheetlog: upgrade sheetlog"
            )
        return entries[0] if entries else None

    def earlier(self, sheet: str, name: str | None = None, *, than: str) -> Entry | None:
        """See `Journal.earlier`."""
        question = _BEFORE if name is None else _EARLIER
        named = {"sheet": _in(sheet), "name": _in(name or ""), "than": _in(than)}
        rows = self._held.do(lambda connection: connection.execute(question, named).fetchall())
        return next(_readable(rows), None)

    def entries(self, sheet: str | None = None, *, limit: int = 1000) -> Sequence[Entry]:
        """See `Journal.entries`."""
        question = _ENTRIES if sheet is None else _ENTRIES_OF
        named = {"limit": max(0, limit)} | ({} if sheet is None else {"sheet": _in(sheet)})
        rows = self._held.do(lambda connection: connection.execute(question, named).fetchall())
        return list(_readable(rows))

    def prune(self, before: datetime) -> int:
        """Delete what was delivered of runs of which nothing waits and nothing is younger.

        A run that is logged to again after that is a new one to the journal.

        Args:
            before: with a time zone.

        Returns:
            How many entries were deleted.
        """
        named = {"before": (before - _EPOCH) // timedelta(microseconds=1)}

        def work(connection: Connection) -> int:
            numbers = connection.execute(_OLD, named).fetchall()
            connection.executemany("DELETE FROM records WHERE number = ?", numbers)
            connection.executemany("DELETE FROM entries WHERE number = ?", numbers)
            return len(numbers)

        return self._held.do(work, write=True)

    def rewrite(self, change: Callable[[Record], Record | None]) -> int:
        """See `Journal.rewrite`."""

        def work(connection: Connection) -> int:
            # Else what was there stays readable in the file, in pages that nobody uses.
            connection.execute("PRAGMA secure_delete = ON")
            rows = connection.execute("SELECT number, text FROM records").fetchall()
            changed = [(number, change(record)) for number, record in _records(rows)]
            new = [(number, record) for number, record in changed if record is not None]
            texts = [(dumps(record), number) for number, record in new]
            names = [(_in(name_of(record)), number) for number, record in new]
            connection.executemany("UPDATE records SET text = ? WHERE number = ?", texts)
            connection.executemany("UPDATE entries SET name = ? WHERE number = ?", names)
            return len(new)

        count = self._held.do(work, write=True)
        emptied = self._held.do(
            lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        )
        if emptied[0] and count:
            raise JournalError(
                f"the values are replaced in the journal '{self.path}', and as long as another "
                "process uses it, its '-wal' file has the old ones, too: do this again later"
            )
        return count

    def close(self) -> None:
        """See `Journal.close`."""
        self._held.close()

    def _now(self) -> int:
        return round(self._clock() * 1e6)


def _records(rows: Iterable[tuple[int, str]]) -> Iterator[tuple[int, Record]]:
    """Give number and record, leaving out those of a kind not known here."""
    for number, text in rows:
        try:
            yield number, loads(text)
        except (ValueError, TypeError, KeyError):
            continue


def _readable(rows: Iterable[Any], *, state: str | None = None) -> Iterator[Entry]:
    """Give the entries of rows, leaving out those whose record is of a kind not known here."""
    for number, sheet, template, found, attempts, problem, appended, text, token in rows:
        try:
            record = loads(text)
        except (ValueError, TypeError, KeyError):
            continue
        yield Entry(
            number=number,
            record=record,
            sheet=_out(sheet),
            template=_out(template),
            state=state or found,
            attempts=attempts,
            problem=None if problem is None else _out(problem),
            appended=_time(appended),
            token=token,
        )


def _in(text: str) -> str | bytes:
    """Return a text as SQLite can hold it: paths may have bytes that are no character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def _out(held: str | bytes) -> str:
    return held if isinstance(held, str) else held.decode("utf-8", "surrogatepass")


def _time(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _warn(sentence: str) -> None:
    warnings.warn(sentence, SheetlogWarning, stacklevel=2)


if TYPE_CHECKING:
    _: Journal = SQLiteJournal("")  # proves to the type checker that it is one
