"""Random histories around a Google Sheet: every run once, in its columns, nobody's cell changed.

`SHEETLOG_HISTORIES=2000` plays so many of each kind instead of a few.
"""

from __future__ import annotations

import os

import pytest

from tests.faults import sheets_histories
from tests.google.server import serving

COUNT = int(os.environ.get("SHEETLOG_HISTORIES", "6"))
START = int(os.environ.get("SHEETLOG_HISTORIES_FROM", "0"))
REFUSED = {"delete_create_same_id_in_batch": "refused", "response_ranges_checked": "before"}
ERROR = {"delete_metadata_no_match": "error"}
ANSWERED = tuple(kind for kind in sheets_histories.KINDS if kind != "401")

# What is left out of each kind is what docs/google.md names as a window that remains.
KINDS = {
    "new runs, people, faults and kills": ({}, {"revisions": False}),
    "updates, people and faults": (ERROR, {"kills": 0, "kinds": ANSWERED}),
    "updates, faults and kills": ({}, {"meddling": 0}),
    "columns not compared: people and faults": (REFUSED, {"kills": 0, "kinds": ANSWERED}),
    "columns not compared: faults and kills": (REFUSED, {"meddling": 0}),
    "eight processes": ({}, {"count": 8, "revisions": False}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_histories(kind: str) -> None:
    """Whatever happens in between, the sheet ends as it should."""
    assumptions, how = KINDS[kind]
    with serving(assumptions=assumptions) as google:
        for seed in range(START, START + COUNT):
            sheets_histories.play(google, seed, **how)
            if seed % 20 == 19:
                google.world.reset()
