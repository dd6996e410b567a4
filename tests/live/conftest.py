"""Tests against Google itself: only with `--google-sheet URL`, by name."""

from __future__ import annotations

import os

import pytest

from sheetlog import naming
from sheetlog.google.http import SHEETS, Google, login

HELD: dict[str, str] = {}
"""What was found out about Google, by assumption."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--google-sheet", default="", help="URL of a spreadsheet to test in")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, answer in sorted(HELD.items()):
        terminalreporter.write_line(f"assumption {name}: {answer}")


class Live:
    """A spreadsheet of the tester's."""

    def __init__(self, url: str) -> None:
        self.endpoint = os.environ.get("SHEETLOG_GOOGLE_ENDPOINT", "")
        path = os.environ.get("SHEETLOG_CREDENTIALS", "")
        self.id = naming.parse(url).target
        self.google = Google(login(path=path, endpoint=self.endpoint), endpoint=self.endpoint)

    def call(self, method: str, tail: str = "", body: object = None, **params: object) -> dict:
        return self.google.send(
            method,
            f"{SHEETS}/v4/spreadsheets/{self.id}{tail}",
            what="the live sheet",
            deadline=self.google.now() + 100,
            params=params,
            body=body,
        )

    def batch(self, *requests: dict) -> dict:
        return self.call("post", ":batchUpdate", {"requests": requests})


@pytest.fixture(scope="session")
def live(request: pytest.FixtureRequest) -> Live:
    url = request.config.getoption("--google-sheet")
    if not url:
        pytest.skip("asked for by name only: pytest tests/live --google-sheet URL")
    return Live(url)
