"""values.append: which table it finds, where it writes, what it pushes down."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.google.plain import PlainClient
from tests.unit.google.book import Book, grid

if TYPE_CHECKING:
    from tests.google.server import LocalGoogle

# Google's guide, "Append values": two tables, A1:C2 and B4:D6, the second with a gap in row 5.
GUIDE = [
    ["x", "y", "z"],
    ["x", "y", "z"],
    [],
    ["", "x", "y"],
    ["", "", "y", "z"],
    ["", "x", "y", "z"],
]


@pytest.fixture
def book(client: PlainClient) -> Book:
    return Book(client)


def first_cell(answer: dict[str, Any]) -> str:
    written: str = answer["updates"]["updatedRange"]
    return written.partition("!")[2].partition(":")[0]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Sheet1", "B7"),
        ("B4", "B7"),
        ("C5:D5", "B7"),
        ("B2:D4", "B7"),
        ("A3:G10", "B7"),
        ("A1", "A3"),
        ("E4", "E4"),
        ("A4", "A4"),
        ("B5", "B7"),
        ("D4", "B7"),
        ("C2", "A3"),
        ("F9", "F9"),
    ],
)
def test_the_table_that_a_range_means(book: Book, text: str, first: str) -> None:
    """The last table that the range touches; where there is none, the range's own first cell."""
    book.put("A1", GUIDE)
    assert first == first_cell(book.append(text, [["n"]]).json)


def test_a_table_range_only_if_there_is_a_table(book: Book) -> None:
    """On a blank sheet the key is absent."""
    assert "tableRange" not in book.append("Sheet1", [["a", "b"]]).json
    assert "Sheet1!A1:B1" == book.append("Sheet1", [["a", "b"]]).json["tableRange"]


def test_a_gap_in_the_header_moves_the_row(book: Book) -> None:
    """An empty cell splits the row in two tables, and the last one is meant."""
    assert "A1" == first_cell(book.append("Sheet1", [["a", "", "c"]]).json)
    assert "C2" == first_cell(book.append("Sheet1", [["a", "", "c"]]).json)
    assert "A2" == first_cell(book.append("Sheet1!A1", [["a", "", "c"]]).json)


def test_checkboxes_and_formulas_are_data(book: Book) -> None:
    """A row that holds only an unticked checkbox is a row of the table."""
    book.put("A1", [["done"]])
    rule = {"condition": {"type": "BOOLEAN"}}
    book.batch({"setDataValidation": {"range": grid(1, 4, 0, 1), "rule": rule}})
    assert "A5" == first_cell(book.append("Sheet1", [["x"]]).json)


def test_overwriting_writes_over_what_lies_below(book: Book) -> None:
    """The default: the row below the table is taken as it is."""
    book.put("A1", [["a"], [], ["below"]])
    book.append("A1", [["b"], ["c"]])
    assert [["a"], ["b"], ["c"]] == book.values()


def test_inserting_pushes_down_what_lies_below(book: Book) -> None:
    """INSERT_ROWS makes room first, and the grid grows."""
    book.put("A1", [["a"], [], ["below"]])
    book.append("A1", [["b"], ["c"]], insertDataOption="INSERT_ROWS")
    assert [["a"], ["b"], ["c"], [], ["below"]] == book.values()
    assert 1002 == book.sheet()["properties"]["gridProperties"]["rowCount"]


def test_the_grid_grows_at_its_end(book: Book) -> None:
    """Rows and columns come as they are needed."""
    book.put("A1000", [["last"]])
    assert "A1001" == first_cell(book.append("A1000", [["x"] * 28]).json)
    size = book.sheet()["properties"]["gridProperties"]
    assert (1001, 28) == (size["rowCount"], size["columnCount"])


def test_counts_and_null(book: Book) -> None:
    """ "" is a cell that was sent, null is none."""
    updates = book.append("Sheet1", [["a", "", None], ["b"]]).json["updates"]
    assert (2, 3, 3) == tuple(updates[f"updated{what}"] for what in ("Rows", "Columns", "Cells"))


def test_an_append_is_not_idempotent(book: Book) -> None:
    """The same call twice makes two rows."""
    book.append("Sheet1", [["a"]])
    book.append("Sheet1", [["a"]])
    assert [["a"], ["a"]] == book.values()


def appended_together(google: LocalGoogle, book: Book, send: Any) -> None:
    """Let four clients append at the same moment."""
    barrier = threading.Barrier(4)

    def run(name: str) -> None:
        client = PlainClient(google.base_url)
        barrier.wait()
        send(client, name)
        client.close()

    threads = [threading.Thread(target=run, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def by_values(book: Book, **query: str) -> Any:
    def send(client: PlainClient, name: str) -> None:
        path = f"{book.path}/values/Sheet1:append"
        client.post(path, {"values": [[name]]}, valueInputOption="RAW", **query)

    return send


def by_cells(book: Book) -> Any:
    def send(client: PlainClient, name: str) -> None:
        rows = [{"values": [{"userEnteredValue": {"stringValue": name}}]}]
        request = {"appendCells": {"rows": rows, "fields": "userEnteredValue"}}
        client.post(f"{book.path}:batchUpdate", {"requests": [request]})

    return send


@pytest.mark.parametrize("way", ["values", "cells", "insert"])
def test_appends_in_flight_keep_every_row(google: LocalGoogle, book: Book, way: str) -> None:
    """As long as nothing else is assumed, one waits for the other."""
    ways = {
        "values": by_values(book),
        "cells": by_cells(book),
        "insert": by_values(book, insertDataOption="INSERT_ROWS"),
    }
    appended_together(google, book, ways[way])
    assert list("abcd") == sorted(row[0] for row in book.values())


@pytest.mark.parametrize("way", ["values", "cells"])
def test_appends_in_flight_may_lose_rows(google: LocalGoogle, book: Book, way: str) -> None:
    """Under the switch they settle on the same row, and the later overwrites the earlier."""
    google.world.set_modes({"assumptions": {"append_cells_concurrent": "lose"}})
    appended_together(google, book, {"values": by_values, "cells": by_cells}[way](book))
    assert 4 > len(book.values())


def test_inserting_loses_nothing_even_then(google: LocalGoogle, book: Book) -> None:
    """INSERT_ROWS makes room of its own."""
    google.world.set_modes({"assumptions": {"append_cells_concurrent": "lose"}})
    appended_together(google, book, by_values(book, insertDataOption="INSERT_ROWS"))
    assert list("abcd") == sorted(row[0] for row in book.values())
