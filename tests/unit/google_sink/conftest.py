"""A local Google for each test, which `log()` talks to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.google.server import LocalGoogle, serving


@pytest.fixture
def google(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalGoogle]:
    """Give a local Google; settings send every call there."""
    with serving() as running:
        monkeypatch.setenv("SHEETLOG_GOOGLE_ENDPOINT", running.base_url)
        monkeypatch.setenv("SHEETLOG_QUIET", "1")
        yield running
