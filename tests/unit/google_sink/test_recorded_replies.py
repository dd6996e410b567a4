"""Answers that Google gave, through `replies`: a table of answer and meaning.

The recordings lie beside the checkout, or `LOCAL_GOOGLE_RECORDINGS` names their folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sheetlog.errors import BusyError, RefusedError, SheetError
from sheetlog.google import replies

BESIDE = Path(__file__).parents[4] / "shared" / "google"
RECORDINGS = Path(os.environ.get("LOCAL_GOOGLE_RECORDINGS", BESIDE))

pytestmark = pytest.mark.skipif(
    not (RECORDINGS / "errors_shapes.json").is_file(),
    reason="the recordings aren't beside the checkout",
)

MEANINGS: list[tuple[int, str, type[SheetError], str]] = [
    (400, "hide all the sheets", replies.InvalidError, "refused a request about the sheet 'R': I"),
    (400, "sheet name cannot be empty", replies.InvalidError, "cannot be empty"),
    (400, "data.values", replies.InvalidError, "Invalid value"),
    (400, "NOPE!A5", replies.InvalidError, "Unable to parse range"),
    (400, "contains an invalid argument", replies.InvalidError, "invalid argument"),
    (401, "authentication credentials", replies.LoginError, "log in again"),
    (
        403,
        "The caller does not have permission",
        replies.DeniedError,
        "must share it with the login",
    ),
    (403, "has not been used in project", RefusedError, "switched off"),
    (404, "Requested entity was not found", replies.MissingError, "check the URL"),
    (404, "File not found", replies.MissingError, "is not there, or this login may not see it"),
    (429, "'Write requests'", BusyError, "quota of calls is used up"),
    (429, "'Read requests'", BusyError, "quota of calls is used up"),
]
"""Status, what Google said in it, and the error with what a person reads."""


def shapes() -> list[dict[str, Any]]:
    path = RECORDINGS / "errors_shapes.json"
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def meaning(status: int, answer: object) -> Any:
    """Return the value of an answer, or the error that it means."""
    body = b"" if answer is None else json.dumps(answer).encode()
    try:
        return replies.value(status, body, {}, now=1_800_000_000.0, what="the sheet 'R'")
    except SheetError as error:
        return error


@pytest.mark.parametrize(("status", "said", "kind", "words"), MEANINGS)
def test_each_refusal(status: int, said: str, kind: type[SheetError], words: str) -> None:
    """Kind and words of the error; none of these was carried out, and none keeps a token."""
    found = [
        meaning(each["status"], each["response"])
        for each in shapes()
        if each["status"] == status and said in each["response"]["error"]["message"]
    ]
    assert found
    for error in found:
        assert kind is type(error)
        assert (True, False) == (words in str(error), error.ambiguous)


def test_every_recorded_error_has_a_row() -> None:
    """A shape that is recorded anew needs a row in the table."""
    for each in shapes():
        message = each["response"]["error"]["message"]
        rows = [row for row in MEANINGS if row[0] == each["status"] and row[1] in message]
        assert rows, (each["status"], message)


def test_which_request() -> None:
    """A refused batch says by its number which request it was."""
    numbers = {
        meaning(each["status"], each["response"]).index
        for each in shapes()
        if "requests[0]" in each["response"]["error"]["message"]
    }
    assert {0} == numbers


def test_a_quota_s_window() -> None:
    """Each waits for a window of the quota, and may be tried again."""
    quotas = [meaning(429, each["response"]) for each in shapes() if each["status"] == 429]
    assert 3 == len(quotas)
    assert all(error.transient and error.hint.quota for error in quotas)


def test_where_it_is_switched_on() -> None:
    """The message has the page of Google's own answer."""
    (answer,) = (e["response"] for e in shapes() if "has not been used" in str(e["response"]))
    (url,) = {
        detail["metadata"]["activationUrl"]
        for detail in answer["error"]["details"]
        if "activationUrl" in detail.get("metadata", {})
    } or {"https://console.cloud.google.com/apis/library"}
    assert f"switch it on at {url}" in str(meaning(403, answer))


def interactions() -> Iterator[dict[str, Any]]:
    """Give every recorded call and its answer."""
    for folder in ("recordings", "recordings_extra"):
        for path in sorted((RECORDINGS / folder).glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                yield json.loads(line)


def test_every_recorded_answer_is_understood() -> None:
    """A good answer is its value, a bad one an error of ours that nobody takes for carried out."""
    count = 0
    for each in interactions():
        answer = each["response"]
        if isinstance(answer, str):
            continue  # a file's content is no answer of JSON
        found = meaning(each["status"], answer)
        count += 1
        if each["status"] < 300:
            assert (answer or {}) == found
        else:
            assert isinstance(found, SheetError)
            assert not found.ambiguous
    assert 1000 < count
