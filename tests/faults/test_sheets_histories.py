"""Random histories around a Google Sheet: every run once, in its columns, nobody's cell changed.

`SHEETLOG_HISTORIES=2000` plays so many of each kind instead of a few, and
`SHEETLOG_HISTORIES_FROM=4000` begins with that seed, so that several processes can share them.
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

# New runs and updates, people's edits at any moment, every fault, kills and late copies in each.
KINDS = {
    "as usual": ({}, {}),
    "what is deleted must be there": (ERROR, {}),
    "eight processes": ({}, {"count": 8}),
    "eight processes that only add": ({}, {"count": 8, "revisions": False}),
    "many edits": (ERROR, {"meddling": 0.6}),
    "many kills": ({}, {"kills": 0.2}),
    "columns not compared": (REFUSED, {}),
    "columns not compared, and deleted must be there": ({**REFUSED, **ERROR}, {}),
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
