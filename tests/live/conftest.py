"""Tests against Google itself: only with `--google-sheet URL`, by name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from sheetlog import naming
from sheetlog.google.http import SHEETS, Google, login
from tests.live import settling

HELD = pytest.StashKey[dict[str, str]]()
"""What was found out about Google, by question."""
PATIENCE = 150.0
"""Seconds that each call has: a quota's window, and Google's own limit for a call."""
LOCAL = 100_000
"""Calls a minute to a server that has no quota."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--google-sheet", default="", help="URL of a spreadsheet to test in")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[HELD] = {}


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.getoption("--google-sheet"):
        terminalreporter.section("what Google's documentation leaves open")
        for line in settling.report(config.stash[HELD]):
            terminalreporter.write_line(line)


class Patient(Google):
    """Waits for the quota however long: a test's time-outs are about sheetlog, and not about it."""

    def send(self, method: str, url: str, *, deadline: float, **how: Any) -> Any:
        return super().send(method, url, deadline=max(deadline, self.now() + PATIENCE), **how)


class Live:
    """A spreadsheet of the tester's."""

    def __init__(self, url: str, *, endpoint: str = "", credentials: str = "") -> None:
        self.id = naming.parse(url).target
        way = login(path=credentials, endpoint=endpoint)
        # A local server has no quota, and a person who waits for it has no use of the pace.
        pace = {"calls": LOCAL} if endpoint else {}
        self.google = Patient(way, endpoint=endpoint, **pace)

    def call(self, method: str, tail: str = "", body: object = None, **params: object) -> Any:
        return self.google.send(
            method,
            f"{SHEETS}/v4/spreadsheets/{self.id}{tail}",
            what="the live sheet",
            deadline=0.0,
            params=params,
            body=body,
        )

    def batch(self, *requests: dict[str, Any]) -> Any:
        return self.call("post", ":batchUpdate", {"requests": requests})

    def marks(self) -> set[int]:
        """Return the ids of the spreadsheet's own metadata: tokens, and what was learned."""
        held = self.call("get", fields="developerMetadata").get("developerMetadata", ())
        return {each["metadataId"] for each in held}


@pytest.fixture(scope="session")
def live(request: pytest.FixtureRequest) -> Iterator[Live]:
    url = request.config.getoption("--google-sheet")
    if not url:
        pytest.skip("asked for by name only: pytest tests/live --google-sheet URL")
    found = Live(
        url,
        endpoint=os.environ.get("SHEETLOG_GOOGLE_ENDPOINT", ""),
        credentials=os.environ.get("SHEETLOG_CREDENTIALS", ""),
    )
    before = found.marks()
    yield found
    left = found.marks() - before
    if left:
        found.batch(*map(settling.unmark, sorted(left)))


@pytest.fixture
def held(request: pytest.FixtureRequest) -> dict[str, str]:
    """Give where answers are kept for the report."""
    return request.config.stash[HELD]
