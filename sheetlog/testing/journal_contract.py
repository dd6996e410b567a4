"""What every journal must do, as tests for authors of journals: `JournalContract`.

Knows no journal.

    class TestMyJournal(JournalContract):
        def open(self, place, clock):
            return MyJournal(place / "journal", clock=clock)

A journal that several processes can have open at once proves more with `SharedJournalContract`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from sheetlog.journal.base import Journal
from sheetlog.record import Link, Record, Scalar, Series

SHEET = "/home/ann/runs.xlsx"
OTHER = "google:Runs of the team#Märchen"
START = datetime(2026, 5, 17, 10, 30, tzinfo=UTC)


class Clock:
    """A clock that shows what a test sets it to."""

    def __init__(self) -> None:
        self.seconds = START.timestamp()

    def __call__(self) -> float:
        return self.seconds

    def turn(self, seconds: float) -> None:
        """Put the clock forward, or back when negative."""
        self.seconds += seconds


def put(
    journal: Journal, run: str, *, revision: int = 1, sheet: str = SHEET, **values: float
) -> int:
    """Append a record with these metrics, and return its entry's number."""
    metrics = {f"metrics.{name}": value for name, value in values.items()}
    record = Record(id=run, revision=revision, values=metrics)
    return journal.append(record, sheet=sheet, template="default")


class JournalContract(ABC):
    """What every journal must do."""

    @abstractmethod
    def open(self, place: Path, clock: Callable[[], float]) -> Journal:
        """Return a journal in the folder, which reads the time from the clock."""

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def journal(self, tmp_path: Path, clock: Clock) -> Iterator[Journal]:
        journal = self.open(tmp_path, clock)
        yield journal
        journal.close()

    def test_whole_record(self, journal: Journal) -> None:
        """Every kind of value comes back as it went in, in its order."""
        values: dict[str, Scalar] = {
            "run.name": "tree \U0001f333\n=1+1 \x00 \ud800 'quoted\"",
            "run.started": START,
            "run.duration": timedelta(hours=1, microseconds=5),
            "params.z": 2**63,
            "params.a": None,
            "params.flag": True,
            "params.lr": 1e-300,
            "metrics.loss": float("inf"),
            "artifacts.model": Link(text="model", url="files/model.pt", size=7, sha256="ab"),
            "curves.loss": Series(values=(2.0, 1.0), count=9, last=1.0, lowest=1.0, highest=2.0),
        }
        record = Record(id="r1", revision=3, values=values)
        number = journal.append(record, sheet=SHEET, template="sweep")
        (entry,) = journal.claim(SHEET)
        assert (number, "sweep", SHEET) == (entry.number, entry.template, entry.sheet)
        assert ("r1", 3) == (entry.record.id, entry.record.revision)
        assert list(values.items()) == list(entry.record.values.items())

    def test_odd_names(self, journal: Journal) -> None:
        """Names may hold what no encoding has: the paths of some disks do."""
        odd = "/data/\udcff'\"\x00.xlsx"
        journal.append(Record(id=odd), sheet=odd, template=odd)
        (entry,) = journal.claim(odd)
        journal.release([entry], odd)
        found = journal.latest(odd)
        assert found is not None
        assert (odd, odd, odd, odd) == (
            found.record.id,
            found.sheet,
            found.template,
            found.problem,
        )
        assert [(odd, odd)] == [(each.sheet, each.problem) for each in journal.waiting(odd)]
        journal.deliver([found])
        assert [odd] == list(journal.shown(odd, [odd]))

    def test_append_numbers_ascend(self, journal: Journal, clock: Clock) -> None:
        """Numbers ascend, and the time of an append is the clock's."""
        numbers = []
        for run in "abc":
            numbers.append(put(journal, run))
            clock.turn(-60)
        assert sorted(set(numbers)) == numbers
        entries = [journal.latest(run) for run in "abc"]
        expected = [START, START - timedelta(seconds=60), START - timedelta(seconds=120)]
        assert expected == [entry and entry.appended for entry in entries]

    def test_claim_oldest_first(self, journal: Journal) -> None:
        """A claim takes the oldest entries of its sheet, so many as asked for, and no others."""
        for run in "abcd":
            put(journal, run, sheet=OTHER if run == "b" else SHEET)
        assert [] == list(journal.claim("nowhere"))
        assert [] == list(journal.claim(SHEET, limit=0))
        assert ["a", "c"] == [each.record.id for each in journal.claim(SHEET, limit=2)]
        assert ["d"] == [each.record.id for each in journal.claim(SHEET, limit=2)]
        assert ["b"] == [each.record.id for each in journal.claim(OTHER)]

    def test_claim_is_exclusive(self, journal: Journal, clock: Clock) -> None:
        """What is claimed cannot be claimed until its lease is over, and then it can."""
        put(journal, "a")
        (first,) = journal.claim(SHEET, lease=60)
        clock.turn(59)
        assert [] == list(journal.claim(SHEET, lease=60))
        clock.turn(1)
        (second,) = journal.claim(SHEET, lease=60)
        assert ("claimed", 0) == (first.state, first.attempts)
        assert ("claimed", 1) == (second.state, second.attempts)
        assert [] == list(journal.claim(SHEET))

    def test_clock_put_back(self, journal: Journal, clock: Clock) -> None:
        """A claim that a wrong clock dated into the future is not waited for."""
        put(journal, "a")
        clock.turn(86_400)
        journal.claim(SHEET, lease=60)
        clock.turn(-2)
        assert [] == list(journal.claim(SHEET))
        clock.turn(-86_398)
        assert [1] == [entry.attempts for entry in journal.claim(SHEET)]

    def test_takeover(self, journal: Journal) -> None:
        """Who has the sheet's lock takes over what the dead have claimed, but nothing refused."""
        for run in "ab":
            put(journal, run)
        journal.refuse(journal.claim(SHEET, limit=1), "no")
        journal.claim(SHEET, lease=1e6)
        assert [] == list(journal.claim(SHEET))
        taken = journal.claim(SHEET, takeover=True)
        assert [("b", 1)] == [(each.record.id, each.attempts) for each in taken]
        both = journal.claim(SHEET, takeover=True, runs=["a", "b"])
        assert [("a", 1), ("b", 2)] == [(each.record.id, each.attempts) for each in both]

    def test_deliver(self, journal: Journal) -> None:
        """What is delivered is never claimed again, and delivering it twice changes nothing."""
        put(journal, "a")
        entries = journal.claim(SHEET)
        journal.deliver(entries)
        journal.deliver(entries)
        assert [] == list(journal.claim(SHEET, takeover=True, runs=["a"]))
        assert [] == list(journal.waiting())
        found = journal.latest("a")
        assert found is not None
        assert ("delivered", None, 1) == (found.state, found.problem, found.attempts)

    def test_release(self, journal: Journal) -> None:
        """What is released waits again, with the reason; it counts unless nothing was written."""
        put(journal, "a")
        for attempted, expected in ((False, 0), (True, 1), (False, 1), (True, 2)):
            entries = journal.claim(SHEET)
            journal.release(entries, f"busy {expected}", attempted=attempted)
            found = journal.latest("a")
            assert found is not None
            assert ("pending", expected, f"busy {expected}") == (
                found.state,
                found.attempts,
                found.problem,
            )
        assert [(2, "busy 2")] == [(e.attempts, e.problem) for e in journal.claim(SHEET)]

    def test_tokens(self, journal: Journal) -> None:
        """Those claimed together share a token, which is kept as long as it may have been used."""
        put(journal, "a")
        put(journal, "b")
        first = journal.claim(SHEET)
        (token,) = {entry.token for entry in first}
        assert token
        journal.release(first, "nobody knows", attempted=True)
        put(journal, "c")
        again = {entry.record.id: entry.token for entry in journal.claim(SHEET)}
        assert again["a"] == again["b"] == token != again["c"]

    def test_a_token_that_was_never_used_is_forgotten(self, journal: Journal) -> None:
        """Where surely nothing was written, the next attempt has a token of its own."""
        put(journal, "a")
        (first,) = journal.claim(SHEET)
        journal.release([first], "busy", attempted=False)
        (second,) = journal.claim(SHEET)
        journal.release([second], "nobody knows", attempted=True)
        (third,) = journal.claim(SHEET)
        journal.release([third], "busy", attempted=False)
        (fourth,) = journal.claim(SHEET)
        assert first.token != second.token
        assert second.token == third.token == fourth.token

    def test_refuse(self, journal: Journal) -> None:
        """What is refused is claimed by run id alone."""
        for run in "abc":
            put(journal, run)
        journal.refuse(journal.claim(SHEET, limit=2), "deleted by a person")
        assert ["c"] == [each.record.id for each in journal.claim(SHEET)]
        (waiting,) = journal.waiting(SHEET)
        assert (3, 2, "deleted by a person") == (waiting.count, waiting.refused, waiting.problem)
        (asked,) = journal.claim(SHEET, runs=["b", "b", "z"])
        assert ("b", "claimed", 1) == (asked.record.id, asked.state, asked.attempts)
        journal.deliver([asked])
        assert [2] == [each.count for each in journal.waiting()]

    def test_claim_of_runs(self, journal: Journal) -> None:
        """A claim by run id takes all entries of these runs, the oldest first."""
        for revision in (1, 2):
            for run in "cab":
                put(journal, run, revision=revision)
        put(journal, "a", sheet=OTHER)
        taken = journal.claim(SHEET, runs={"a", "c"}, limit=3)
        assert [("c", 1), ("a", 1), ("c", 2)] == [
            (each.record.id, each.record.revision) for each in taken
        ]
        assert [] == list(journal.claim(SHEET, runs=[]))
        assert [("a", 2)] == [
            (each.record.id, each.record.revision) for each in journal.claim(SHEET, runs=["a"])
        ]

    @pytest.mark.parametrize("end", ["release", "refuse"])
    def test_lost_claim_ends_nothing(self, journal: Journal, clock: Clock, end: str) -> None:
        """Whose claim was taken over can say that it is delivered, and no more."""
        put(journal, "a")
        lost = journal.claim(SHEET, lease=1)
        clock.turn(2)
        kept = journal.claim(SHEET, lease=1000)
        getattr(journal, end)(lost, "too late")
        assert [] == list(journal.claim(SHEET))
        journal.release(kept, "busy", attempted=False)
        (again,) = journal.claim(SHEET)
        assert (1, "busy") == (again.attempts, again.problem)
        journal.deliver(lost)
        getattr(journal, end)([again], "too late")
        assert [] == list(journal.waiting())

    def test_redirect(self, journal: Journal) -> None:
        """What waits goes to another sheet from then on; what was delivered stays where it is."""
        put(journal, "a")
        journal.deliver(journal.claim(SHEET))
        put(journal, "b")
        put(journal, "c", sheet=OTHER)
        assert 1 == journal.redirect(SHEET, OTHER)
        assert 0 == journal.redirect(SHEET, OTHER)
        assert ["b", "c"] == [each.record.id for each in journal.claim(OTHER)]
        assert {"a"} == journal.shown(SHEET, "abc").keys()

    def test_shown(self, journal: Journal) -> None:
        """Shown is the highest revision that was delivered to the sheet, in whatever order."""
        for revision in (2, 1, 3):
            put(journal, "a", revision=revision, acc=revision / 10)
        put(journal, "b")
        put(journal, "a", revision=4, sheet=OTHER)
        journal.deliver(journal.claim(OTHER))
        assert {} == dict(journal.shown(SHEET, ["a", "b"]))
        journal.deliver(journal.claim(SHEET, limit=2))
        shown = journal.shown(SHEET, ["b", "a", "nobody"])
        assert {"a": {"metrics.acc": 0.2}} == {run: dict(r.values) for run, r in shown.items()}
        assert {} == dict(journal.shown(SHEET, []))

    def test_latest(self, journal: Journal) -> None:
        """The latest entry is that of the highest revision; of two such, the later one."""
        assert None is journal.latest("a")
        numbers = [put(journal, "a", revision=revision) for revision in (1, 3, 2)]
        numbers.append(put(journal, "a", revision=3, sheet=OTHER))
        found = journal.latest("a")
        assert found is not None
        assert (numbers[3], OTHER, "pending") == (found.number, found.sheet, found.state)

    def test_entries(self, journal: Journal) -> None:
        """Of each run the latest entry, that with the latest news first."""
        for run, revision, sheet in (
            ("a", 1, SHEET),
            ("b", 1, SHEET),
            ("c", 1, OTHER),
            ("a", 2, OTHER),
            ("b", 2, SHEET),
        ):
            put(journal, run, revision=revision, sheet=sheet)
        journal.deliver(journal.claim(OTHER, limit=1))

        def seen(sheet: str | None, limit: int = 1000) -> list[tuple[str, int, str]]:
            found = journal.entries(sheet, limit=limit)
            return [(each.record.id, each.record.revision, each.state) for each in found]

        everything = [("b", 2, "pending"), ("a", 2, "pending"), ("c", 1, "delivered")]
        assert everything == seen(None)
        assert everything[:2] == seen(None, 2)
        assert [] == seen(None, 0)
        assert [("b", 2, "pending"), ("a", 1, "pending")] == seen(SHEET)
        assert [("a", 2, "pending"), ("c", 1, "delivered")] == seen(OTHER)
        assert [] == seen("nowhere")

    def test_waiting(self, journal: Journal, clock: Clock) -> None:
        """What waits is told sheet by sheet, with its oldest entry and the latest problem."""
        assert [] == list(journal.waiting())
        put(journal, "a", sheet=OTHER)
        clock.turn(60)
        for run in "bc":
            put(journal, run)
        old, new = journal.claim(SHEET)
        journal.release([new], "first")
        clock.turn(1)
        journal.release([old], "second")
        assert [
            (OTHER, 1, 0, START, None),
            (SHEET, 2, 0, START + timedelta(seconds=60), "second"),
        ] == [(w.sheet, w.count, w.refused, w.oldest, w.problem) for w in journal.waiting()]
        assert [SHEET] == [each.sheet for each in journal.waiting(SHEET)]
        assert [] == list(journal.waiting("nowhere"))
        journal.claim(SHEET)
        assert [2] == [each.count for each in journal.waiting(SHEET)]

    def test_copies_of_entries(self, journal: Journal) -> None:
        """Entries are values: a changed copy still says which entry it is."""
        put(journal, "a")
        (entry,) = journal.claim(SHEET)
        journal.release([replace(entry, template="other")], "busy")
        assert ["pending"] == [each.state for each in journal.entries()]

    def test_threads(self, journal: Journal) -> None:
        """Threads that append and claim at once lose nothing and get nothing twice."""
        taken: list[list[int]] = [[] for _ in range(4)]

        def work(index: int) -> None:
            for step in range(10):
                put(journal, f"{index}-{step}")
                entries = journal.claim(SHEET, limit=2)
                journal.deliver(entries)
                taken[index] += [each.number for each in entries]

        threads = [Thread(target=work, args=(index,)) for index in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rest = [each.number for each in journal.claim(SHEET)]
        everything = sorted(sum(taken, rest))
        assert 40 == len(everything) == len(set(everything))

    def test_earlier(self, journal: Journal) -> None:
        """A run's elder is the newest of its name for its sheet, in its newest state by then."""
        steps = [("a1", SHEET), ("b2", SHEET), ("a1", SHEET), ("c3", OTHER), ("d4", SHEET)]
        for number, (run, sheet) in enumerate(steps, 1):
            values: dict[str, Scalar] = {"run.name": f"lr-{run}", "metrics.step": number}
            record = Record(id=run, revision=number, values=values)
            journal.append(record, sheet=sheet, template="default")
        found = {run: journal.earlier(SHEET, "lr", than=run) for run in ("a1", "b2", "d4", "new")}
        expected = {"a1": None, "b2": ("a1", 1), "d4": ("a1", 3), "new": ("d4", 5)}
        seen = {
            run: each and (each.record.id, each.record.revision) for run, each in found.items()
        }
        assert expected == seen
        assert journal.earlier(SHEET, "lr-d4", than="new") is None
        any_name = journal.earlier(SHEET, than="d4")
        assert ("a1", 3) == (any_name and (any_name.record.id, any_name.record.revision))

    def test_close(self, journal: Journal) -> None:
        """A closed journal may be closed again, and opens when it is next used."""
        journal.close()
        put(journal, "a")
        journal.close()
        journal.close()
        put(journal, "b")
        assert ["a", "b"] == [each.record.id for each in journal.claim(SHEET)]


class SharedJournalContract(JournalContract):
    """What a journal must do that outlives its process and that several have open at once."""

    @pytest.fixture
    def other(self, tmp_path: Path, clock: Clock) -> Iterator[Journal]:
        other = self.open(tmp_path, clock)
        yield other
        other.close()

    def test_seen_by_others(self, journal: Journal, other: Journal) -> None:
        """What one has appended, claimed and delivered, the other sees at once."""
        put(journal, "a")
        (entry,) = other.claim(SHEET)
        assert [] == list(journal.claim(SHEET))
        journal.deliver([entry])
        assert [] == list(other.waiting())
        assert {"a"} == other.shown(SHEET, ["a"]).keys()

    def test_outlives_closing(self, journal: Journal, other: Journal) -> None:
        """Entries and their states are there when the journal is opened anew."""
        for run in "abc":
            put(journal, run)
        entries = journal.claim(SHEET)
        journal.deliver(entries[:1])
        journal.release(entries[1:2], "busy")
        journal.close()
        states = [(e.record.id, e.state, e.problem) for e in other.entries()]
        expected = [("c", "claimed", None), ("b", "pending", "busy"), ("a", "delivered", None)]
        assert expected == states
