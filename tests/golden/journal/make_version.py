"""Write `version-N.sqlite3`: a journal of the present version, kept to be read for ever.

Run once for each version that is released: `python tests/golden/journal/make_version.py`.
It refuses to write a file that is there: a file that was kept is never made again.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from sheetlog.journal.sqlite import SQLiteJournal
from sheetlog.journal.sqlite_file import MIGRATIONS
from sheetlog.record import Link, Record

SHEET = "/home/ann/runs.xlsx"


def write(path: Path) -> None:
    """Fill a journal with an entry in every state."""
    moment = datetime(2026, 5, 17, 10, 30, tzinfo=UTC).timestamp()
    journal = SQLiteJournal(path, clock=lambda: moment)
    link = Link(text="model", url="files/model.pt", size=7, sha256="ab")
    for number, run in enumerate(("delivered", "refused", "claimed", "failed", "pending")):
        values = {"run.name": run, "params.lr": number / 10, "artifacts.model": link}
        journal.append(Record(id=run, values=values), sheet=SHEET, template="default")
    delivered, refused, _, failed = journal.claim(SHEET, limit=4, lease=60)
    journal.deliver([delivered])
    journal.refuse([refused], "a person deleted the row of this run")
    journal.release([failed], "the workbook is open")
    journal.append(Record(id="delivered", revision=2), sheet="/data/\udcff.xlsx", template="sweep")
    journal.close()


if __name__ == "__main__":
    target = Path(__file__).parent / f"version-{len(MIGRATIONS)}.sqlite3"
    if target.exists():
        sys.exit(f"'{target}' is there already")
    write(target)
