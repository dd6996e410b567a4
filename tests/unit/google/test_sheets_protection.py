"""Protected ranges: who may edit them, and what of them the others see."""

from __future__ import annotations

import json
from urllib.request import Request, urlopen

import pytest

from tests.google.server import LocalGoogle, serving
from tests.people.sheets import Json, Person


def new(google: LocalGoogle) -> str:
    """Return the id of a spreadsheet that is the person's."""
    maker = Person(google.base_url, "")
    maker.base = f"{google.base_url}/v4/spreadsheets"
    id_: str = maker.call("POST", "", {"properties": {"title": "x"}})["spreadsheetId"]
    return id_


def protected(by: Person) -> Json:
    (found,) = by.tab()["protectedRanges"]
    return found


class Guest(Person):
    """Somebody else who has the sheet open."""

    def call(self, method: str, tail: str = "", body: object = None) -> Json:
        headers = {"Content-Type": "application/json", "Authorization": "Bearer guest@example.com"}
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self.base + tail, data, headers, method=method)) as answer:
            found: Json = json.loads(answer.read())
        return found


@pytest.mark.parametrize("access", ["writer", "reader"])
def test_only_who_may_edit_sees_the_editors(access: str) -> None:
    """`requestingUserCanEdit` is true for the owner, and is left out for a guest and a reader."""
    with serving() as google:
        id_ = new(google)
        owner, guest = Person(google.base_url, id_), Guest(google.base_url, id_)
        owner.protect(0, "mine")
        assert (True, ["person@example.com"]) == (
            protected(owner)["requestingUserCanEdit"],
            protected(owner)["editors"]["users"],
        )
        assert not {"requestingUserCanEdit", "editors"} & protected(guest).keys()
        google.world.set_modes({"access": {"*": access}})
        assert (access == "writer") == ("requestingUserCanEdit" in protected(owner))


def test_an_editor_may() -> None:
    """Whoever is named among the editors."""
    with serving() as running:
        id_ = new(running)
        owner, guest = Person(running.base_url, id_), Guest(running.base_url, id_)
        owner.protect(0, "ours", ["guest@example.com"])
        assert protected(guest)["requestingUserCanEdit"]
