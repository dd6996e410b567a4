"""Recorded answers of the real Google, replayed: they lie beside the checkout, or are named."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.google.server import LocalGoogle

BESIDE = Path(__file__).parents[4] / "shared" / "google"
RECORDINGS = Path(os.environ.get("LOCAL_GOOGLE_RECORDINGS", BESIDE))


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings aren't beside the checkout")
@pytest.mark.parametrize("folder", ["recordings", "recordings_extra"])
def test_the_answers_are_googles(google: LocalGoogle, folder: str) -> None:
    """At least 97 % are equal, and as many without the five kinds that every test begins with."""
    replayed = subprocess.run(
        [
            sys.executable,
            RECORDINGS / "replay.py",
            google.base_url,
            RECORDINGS / folder,
            "--quiet",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    figures = re.findall(r"^(\d+) of (\d+) interactions equal", replayed.stdout, re.MULTILINE)
    assert 2 == len(figures)
    for equal, total in figures:
        assert 97 * int(total) <= 100 * int(equal), replayed.stdout
