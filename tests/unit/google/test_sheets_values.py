"""values.*: what is written, what is read back, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.google.book import Book, grid

if TYPE_CHECKING:
    from tests.google.plain import PlainClient
    from tests.google.server import LocalGoogle


@pytest.fixture
def book(client: PlainClient) -> Book:
    return Book(client)


def test_blanks_at_the_end_are_cut_and_inner_ones_are_empty_text(book: Book) -> None:
    """A row ends with its last value, the list with its last row that has one."""
    book.put("A1", [["a", "", "c", ""], ["", "", "", ""], ["", "b"], ["", ""]])
    assert [["a", "", "c"], [], ["", "b"]] == book.values()


def test_an_empty_range_has_no_values_at_all(book: Book) -> None:
    """The key is absent, not an empty list."""
    got = book.client.get(f"{book.path}/values/B2%3AC3")
    assert {"range": "Sheet1!B2:C3", "majorDimension": "ROWS"} == got.json


def test_the_answer_names_what_was_written(book: Book) -> None:
    """updatedRange is the part that values came for; "" counts as a cell."""
    answer = book.put("A1:D9", [["a"], ["b", "", "c"]]).json
    assert ("Sheet1!A1:C2", 2, 3, 4) == (
        answer["updatedRange"],
        answer["updatedRows"],
        answer["updatedColumns"],
        answer["updatedCells"],
    )


def test_null_skips_and_empty_text_clears(book: Book) -> None:
    """None leaves the cell as it is."""
    book.put("A1", [["a", "b", "c"]])
    book.put("A1", [[None, "", "x"]])
    assert [["a", "", "x"]] == book.values()


def test_raw_is_stored_and_user_entered_is_read(book: Book) -> None:
    """RAW keeps text that looks like something else."""
    texts = ["007", "50%", "2026-09-27", "=1+1", "TRUE", "'12"]
    book.put("A1", [texts])
    book.put("A2", [texts], option="USER_ENTERED")
    rows = book.values(valueRenderOption="UNFORMATTED_VALUE")
    assert [texts, [7, 0.5, 46292, 2, True, "12"]] == rows
    assert ["7", "50%", "2026-09-27", "2", "TRUE", "12"] == book.values("A2:F2")[0]
    assert [7, 0.5, 46292, "=1+1", True, "12"] == (
        book.values("A2:F2", valueRenderOption="FORMULA")[0]
    )


def test_dates_as_text_only_where_asked_for(book: Book) -> None:
    """UNFORMATTED_VALUE gives serial numbers unless dates are to be texts."""
    book.put("A1", [["2026-09-27", 5]], option="USER_ENTERED")
    how = {"valueRenderOption": "UNFORMATTED_VALUE"}
    assert [[46292, 5]] == book.values(**how)
    assert [["2026-09-27", 5]] == book.values(**how, dateTimeRenderOption="FORMATTED_STRING")


def test_columns_for_rows(book: Book) -> None:
    """majorDimension turns both what is sent and what is read."""
    path = f"{book.path}/values/A1"
    body = {"majorDimension": "COLUMNS", "values": [["a", "b"], ["c"]]}
    book.client.call("PUT", path, body, valueInputOption="RAW")
    assert [["a", "c"], ["b"]] == book.values()
    assert [["a", "b"], ["c"]] == book.values(majorDimension="COLUMNS")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Sheet1!A2:2", "Sheet1!A2:Z2"),
        ("Sheet1!B:C", "Sheet1!B1:C1000"),
        ("Sheet1!3:4", "Sheet1!A3:Z4"),
        ("Sheet1!B5:C", "Sheet1!B5:C1000"),
        ("Sheet1!D4:A1", "Sheet1!A1:D4"),
        ("Sheet1!A1:AZ2000", "Sheet1!A1:Z1000"),
        ("'Sheet1'!$B$2", "Sheet1!B2"),
        ("B2:C3", "Sheet1!B2:C3"),
        ("sheet1!R2C1:R3C2", "Sheet1!A2:B3"),
        ("Sheet1", "Sheet1!A1:Z1000"),
    ],
)
def test_a1_in_its_many_forms(book: Book, text: str, shown: str) -> None:
    """The answer names the range in full, cut off where the grid ends."""
    got = book.client.get(f"{book.path}/values/{text.replace(':', '%3A')}")
    assert shown == got.json["range"]


@pytest.mark.parametrize("title", ["My runs", "D3", "a/b!c", "it's", "🌵", "R1C1", "2026"])
def test_titles_that_need_quotes(book: Book, title: str) -> None:
    """They are quoted in every answer, a quote in them is doubled."""
    book.batch({"addSheet": {"properties": {"title": title}}})
    quoted = "'" + title.replace("'", "''") + "'"
    assert f"{quoted}!A1" == book.put(f"{quoted}!A1", [["x"]]).json["updatedRange"]
    assert [["x"]] == book.values(quoted)


@pytest.mark.parametrize(
    ("text", "rows", "part"),
    [
        ("AA1", [["x"]], "exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("A1001", [["x"]], "Range (Sheet1!A1001) exceeds grid limits"),
        ("Z1", [["x", "y"]], "Range (Sheet1!Z1:AA1) exceeds grid limits"),
        ("A1:B2", [["a"], ["b"], ["c"]], "tried writing to row [3]"),
        ("A1:B2", [["a", "b", "c"]], "tried writing to column [C]"),
        ("Nope!A1", [["x"]], "Unable to parse range: Nope!A1"),
        ("A1", [["x" * 50_001]], "more than the maximum of 50000 characters"),
        ("A1", [[{"a": 1}]], "neither text"),
        ("A1", [[[1]]], "neither text"),
    ],
)
def test_writes_that_are_refused(book: Book, text: str, rows: list[Any], part: str) -> None:
    """400, and nothing is written."""
    got = book.put(text, rows)
    assert 400 == got.status
    assert part in got.json["error"]["message"]
    assert [] == book.values()


@pytest.mark.parametrize("values", ["X", 5, [1], ["a"], {"a": 1}])
def test_values_that_are_no_list_of_lists(book: Book, values: Any) -> None:
    """Refused in the form of the body's own check."""
    path = f"{book.path}/values/A1"
    got = book.client.call("PUT", path, {"values": values}, valueInputOption="RAW")
    violation = got.json["error"]["details"][0]["fieldViolations"][0]
    assert 400 == got.status
    assert violation["field"].startswith("data.values")


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 400])
def test_numbers_that_no_double_holds(book: Book, number: bytes) -> None:
    """Neither as JSON nor as a value."""
    data = b'{"values": [[' + number + b"]]}"
    path = f"{book.path}/values/A1"
    assert 400 == book.client.call("PUT", path, data, valueInputOption="RAW").status
    cell = b'{"values": [{"userEnteredValue": {"numberValue": ' + number + b"}}]}"
    update = b'{"updateCells": {"start": {}, "fields": "*", "rows": [' + cell + b"]}}"
    batch = b'{"requests": [' + update + b"]}"
    assert 400 == book.client.call("POST", f"{book.path}:batchUpdate", batch).status


def test_the_input_option_is_required(book: Book) -> None:
    """Without it nothing is written."""
    got = book.client.call("PUT", f"{book.path}/values/A1", {"values": [["a"]]})
    assert 400 == got.status


@pytest.mark.parametrize(
    "query", [{"valueInputOption": "TYPED"}, {"nonsense": "1", "valueInputOption": "RAW"}]
)
def test_unknown_parameters_are_refused(book: Book, query: dict[str, str]) -> None:
    """Neither a name nor an enum value is guessed."""
    got = book.client.call("PUT", f"{book.path}/values/A1", {"values": [["a"]]}, **query)
    assert 400 == got.status


def test_a_batch_of_values_is_all_or_nothing(book: Book) -> None:
    """One bad range among good ones writes nothing."""
    data = [{"range": "A1", "values": [["a"]]}, {"range": "AA1", "values": [["b"]]}]
    body = {"valueInputOption": "RAW", "data": data}
    assert 400 == book.client.post(f"{book.path}/values:batchUpdate", body).status
    assert [] == book.values()


def test_totals_count_rows_and_columns_once(book: Book) -> None:
    """Two ranges in the same row are one row."""
    data = [{"range": text, "values": [["x"]]} for text in ("B2", "D2", "B4", "D4")]
    body = {"valueInputOption": "RAW", "data": data}
    answer = book.client.post(f"{book.path}/values:batchUpdate", body).json
    assert (2, 2, 4, 1) == tuple(
        answer[f"totalUpdated{what}"] for what in ("Rows", "Columns", "Cells", "Sheets")
    )


def test_reading_back_what_was_written(book: Book) -> None:
    """includeValuesInResponse gives the values under the response's own options."""
    got = book.client.call(
        "PUT",
        f"{book.path}/values/A1",
        {"values": [["=1+2"]]},
        valueInputOption="USER_ENTERED",
        includeValuesInResponse="true",
        responseValueRenderOption="UNFORMATTED_VALUE",
    )
    assert [[3]] == got.json["updatedData"]["values"]


def test_clearing_keeps_formats_and_notes(book: Book) -> None:
    """Only the values go."""
    book.put("A1", [["a"]])
    look = {"note": "n", "userEnteredFormat": {"textFormat": {"bold": True}}}
    fields = "note,userEnteredFormat"
    book.batch({"repeatCell": {"range": grid(0, 1, 0, 1), "cell": look, "fields": fields}})
    got = book.client.post(f"{book.path}/values/A1:clear", {})
    assert "Sheet1!A1" == got.json["clearedRange"]
    ((cell,),) = book.cells("A1")
    assert ("n", {"textFormat": {"bold": True}}) == (cell["note"], cell["userEnteredFormat"])
    assert "userEnteredValue" not in cell


def test_several_ranges_read_and_cleared(book: Book) -> None:
    """batchGet and batchClear answer range by range, in the order asked for."""
    book.put("A1", [["a", "b", "c"]])
    got = book.client.get(f"{book.path}/values:batchGet?ranges=C1&ranges=A1%3AB1")
    assert [[["c"]], [["a", "b"]]] == [item["values"] for item in got.json["valueRanges"]]
    cleared = book.client.post(f"{book.path}/values:batchClear", {"ranges": ["A1", "C1"]})
    assert ["Sheet1!A1", "Sheet1!C1"] == cleared.json["clearedRanges"]
    assert [["", "b"]] == book.values()


def test_a_strict_rule_refuses_a_value(book: Book) -> None:
    """And the rule's own message is in the answer; a rule that isn't strict lets it pass."""
    rule = {
        "condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "y"}]},
        "inputMessage": "say y",
        "strict": True,
    }
    book.batch({"setDataValidation": {"range": grid(0, 1, 0, 1), "rule": rule}})
    got = book.put("A1", [["n"]])
    assert 400 == got.status
    assert "say y" in got.json["error"]["message"]
    assert 200 == book.put("A1", [["y"]]).status
    rule["strict"] = False
    book.batch({"setDataValidation": {"range": grid(0, 1, 0, 1), "rule": rule}})
    assert 200 == book.put("A1", [["n"]]).status


def test_strict_rules_may_not_stop_the_api(google: LocalGoogle, book: Book) -> None:
    """The other reading: a strict rule only holds in the UI."""
    google.world.set_modes({"assumptions": {"strict_validation": "ignored"}})
    rule = {"condition": {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "5"}]}}
    rule["strict"] = True
    book.batch({"setDataValidation": {"range": grid(0, 1, 0, 1), "rule": rule}})
    assert 200 == book.put("A1", [[1]]).status


def test_a_spreadsheet_that_is_not_there(client: PlainClient) -> None:
    """404 in Google's words."""
    got = client.get("/v4/spreadsheets/nope/values/A1")
    assert (404, "NOT_FOUND") == (got.status, got.json["error"]["status"])
