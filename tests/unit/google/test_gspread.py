"""gspread itself, the library that people use, against the local Google.

All of its traffic goes through `HTTPClient.request`, so a client that puts another base URL there is
all that it takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gspread
import pytest
import requests
from gspread.utils import (
    ExportFormat,
    MergeType,
    PasteType,
    ValidationConditionType,
    ValueInputOption,
)
from gspread.worksheet import ValueRange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.google.server import LocalGoogle

GOOGLES = ("https://sheets.googleapis.com", "https://www.googleapis.com")


@pytest.fixture
def client(google: LocalGoogle) -> Iterator[gspread.Client]:
    """A gspread client whose calls go to the local Google."""

    class LocalClient(gspread.HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> Any:
            for host in GOOGLES:
                endpoint = endpoint.replace(host, google.base_url)
            return super().request(method, endpoint, *args, **kwargs)

    with requests.Session() as session:
        session.headers["Authorization"] = "Bearer owner@example.com"
        yield gspread.Client(auth=None, session=session, http_client=LocalClient)  # type: ignore[arg-type]


@pytest.fixture
def book(client: gspread.Client) -> gspread.Spreadsheet:
    return client.create("Experiments")


@pytest.fixture
def sheet(book: gspread.Spreadsheet) -> gspread.Worksheet:
    """A sheet with a header and three runs."""
    sheet = book.sheet1
    rows = [["run", "lr", "acc"], ["a", 0.1, 0.9], ["b", 0.01, 0.7], ["c", 0.001, 0.8]]
    sheet.update(rows, "A1")
    return sheet


def test_files(client: gspread.Client, book: gspread.Spreadsheet) -> None:
    """create, open, open_by_key, open_by_url, openall, copy, export, del_spreadsheet."""
    book.sheet1.update([["a", 1], ["b", 2]], "A1")
    assert book.id == client.open("Experiments").id
    assert "Experiments" == client.open_by_key(book.id).title
    assert book.id == client.open_by_url(book.url).id
    assert b"a,1\r\nb,2" == client.export(book.id, ExportFormat.CSV)
    copied = client.copy(book.id, title="Copy")
    assert [["a", "1"], ["b", "2"]] == copied.sheet1.get_all_values()
    assert {"Experiments", "Copy"} == {each.title for each in client.openall()}
    assert 2 == len(client.list_spreadsheet_files())
    client.del_spreadsheet(copied.id)
    with pytest.raises(gspread.SpreadsheetNotFound):
        client.open("Copy")
    with pytest.raises(gspread.SpreadsheetNotFound):
        client.open_by_key(copied.id)


def test_importing_a_csv(client: gspread.Client, book: gspread.Spreadsheet) -> None:
    """import_csv puts the file in place of everything."""
    client.import_csv(book.id, b"run,score\na,0.5\n")
    sheet = client.open_by_key(book.id).sheet1
    assert [["run", "score"], ["a", "0.5"]] == sheet.get_all_values()


def test_sharing(book: gspread.Spreadsheet) -> None:
    """share, list_permissions, remove_permissions."""
    book.share("mate@example.com", perm_type="user", role="writer")
    assert {"owner", "writer"} == {each["role"] for each in book.list_permissions()}
    book.remove_permissions("mate@example.com")
    assert ["owner"] == [each["role"] for each in book.list_permissions()]


def test_properties_of_the_file(client: gspread.Client, book: gspread.Spreadsheet) -> None:
    """update_title, update_locale, update_timezone, creationTime, get_lastUpdateTime."""
    book.update_title("Renamed")
    book.update_locale("de_DE")
    book.update_timezone("Europe/Berlin")
    assert ("de_DE", "Europe/Berlin") == (book.locale, book.timezone)
    assert book.creationTime <= book.get_lastUpdateTime()
    assert book.id == client.open("Renamed").id


def test_worksheets(book: gspread.Spreadsheet) -> None:
    """add_, duplicate_, reorder_, del_worksheet, and the ways to find one."""
    first = book.sheet1
    second = book.add_worksheet("second", rows=5, cols=3)
    third = book.duplicate_sheet(second.id, new_sheet_name="third")
    assert third.id == book.get_worksheet(0).id
    assert second.id == book.get_worksheet_by_id(second.id).id
    book.reorder_worksheets([second, first, third])
    assert ["second", "Sheet1", "third"] == [each.title for each in book.worksheets()]
    book.del_worksheet(third)
    with pytest.raises(gspread.WorksheetNotFound):
        book.worksheet("third")
    second.update_title("2nd")
    second.update_index(1)
    assert "2nd" == book.worksheet("2nd").title
    assert (5, 3) == (second.row_count, second.col_count)


def test_copying_worksheets(client: gspread.Client, sheet: gspread.Worksheet) -> None:
    """duplicate within the file, copy_to another."""
    double = sheet.duplicate(new_sheet_name="double")
    assert sheet.get_all_values() == double.get_all_values()
    other = client.create("Other")
    sheet.copy_to(other.id)
    assert sheet.get_all_values() == other.worksheet("Copy of Sheet1").get_all_values()


def test_looks_of_a_worksheet(sheet: gspread.Worksheet) -> None:
    """hide, show, freeze, gridlines, tab colour."""
    extra = sheet.spreadsheet.add_worksheet("extra", 2, 2)
    extra.hide()
    assert ["Sheet1"] == [each.title for each in sheet.spreadsheet.worksheets(exclude_hidden=True)]
    extra.show()
    extra.hide()
    with pytest.raises(gspread.exceptions.APIError, match="hide all the sheets"):
        sheet.hide()
    sheet.freeze(rows=1, cols=1)
    sheet.hide_gridlines()
    sheet.update_tab_color("#ff0000")
    fresh = sheet.spreadsheet.worksheet("Sheet1")
    assert (1, 1, True) == (
        fresh.frozen_row_count,
        fresh.frozen_col_count,
        fresh.is_gridlines_hidden,
    )
    assert "#FF0000" == fresh.get_tab_color()
    sheet.show_gridlines()
    sheet.clear_tab_color()
    assert None is sheet.spreadsheet.worksheet("Sheet1").get_tab_color()


def test_reading(sheet: gspread.Worksheet) -> None:
    """acell, cell, row_values, col_values, range, get, get_all_…, batch_get, expand."""
    assert "0.9" == sheet.acell("C2").value
    assert 0.9 == sheet.cell(2, 3).numeric_value
    assert ["b", "0.01", "0.7"] == sheet.row_values(3)
    assert ["run", "a", "b", "c"] == sheet.col_values(1)
    assert ["a", "0.1", "b", "0.01"] == [cell.value for cell in sheet.range("A2:B3")]
    got = sheet.get("A2:C2")
    assert isinstance(got, ValueRange)
    assert [["a", "0.1", "0.9"]] == got
    assert {"run": "b", "lr": 0.01, "acc": 0.7} == sheet.get_all_records()[1]
    assert 1000 * 26 == len(sheet.get_all_cells())
    assert [[["a"]], [["0.8"]]] == sheet.batch_get(["A2", "C4"])
    assert 4 == len(sheet.expand("A1"))
    assert sheet.get_all_values() == sheet.get_values()


def test_writing(sheet: gspread.Worksheet) -> None:
    """update_acell, update_cell, update_cells, batch_update, batch_clear, clear."""
    sheet.update_acell("A2", "x")
    sheet.update_cell(2, 2, "=1+1")
    assert ["x", "2", "0.9"] == sheet.row_values(2)
    cells = sheet.range("A3:B3")
    for cell in cells:
        cell.value = "new"
    sheet.update_cells(cells)
    sheet.batch_update([{"range": "C3", "values": [[5]]}, {"range": "C4", "values": [[6]]}])
    assert [["new", "new", "5"], ["c", "0.001", "6"]] == sheet.get("A3:C4")
    sheet.batch_clear(["A3:B3"])
    assert ["", "", "5"] == sheet.row_values(3)
    sheet.clear()
    assert [[]] == sheet.get_all_values()


def test_writing_through_the_spreadsheet(sheet: gspread.Worksheet) -> None:
    """values_get, values_update, values_append, values_clear and their batches."""
    book = sheet.spreadsheet
    raw = {"valueInputOption": "RAW"}
    book.values_update("Sheet1!A5", raw, {"values": [["d"]]})
    book.values_append("Sheet1", raw, {"values": [["e"]]})
    assert [["d"], ["e"]] == book.values_get("Sheet1!A5:A6")["values"]
    body = {**raw, "data": [{"range": "Sheet1!A5", "values": [["D"]]}]}
    assert 1 == book.values_batch_update(body)["totalUpdatedCells"]
    assert [["D"]] == book.values_batch_get("Sheet1!A5")["valueRanges"][0]["values"]
    book.values_clear("Sheet1!A6")
    book.values_batch_clear(body={"ranges": ["Sheet1!A5"]})
    assert 4 == len(sheet.get_all_values())


def test_rows_and_columns(sheet: gspread.Worksheet) -> None:
    """append_, insert_, delete_, add_rows and columns, resize."""
    sheet.append_row(["d", 1])
    sheet.append_rows([["e", 2], ["f", 3]], value_input_option=ValueInputOption.user_entered)
    sheet.insert_row(["first"], 2)
    sheet.insert_rows([["x"], ["y"]], 3)
    assert ["run", "first", "x", "y", "a"] == sheet.col_values(1)[:5]
    sheet.delete_rows(2, 4)
    sheet.insert_cols([["new", 1]], 2)
    assert ["run", "new", "lr", "acc"] == sheet.row_values(1)
    sheet.delete_columns(2)
    assert [["f", "3"]] == sheet.get("A7:C7")
    sheet.resize(10, 5)
    sheet.add_rows(2)
    sheet.add_cols(1)
    fresh = sheet.spreadsheet.worksheet("Sheet1")
    assert (12, 6) == (fresh.row_count, fresh.col_count)
    with pytest.raises(gspread.exceptions.APIError, match="exceeds grid limits"):
        sheet.update([["x"]], "A13")


def test_finding_and_sorting(sheet: gspread.Worksheet) -> None:
    """find, findall, sort, set_basic_filter, clear_basic_filter."""
    assert (3, 1) == (sheet.find("b").row, sheet.find("b").col)
    assert 1 == len(sheet.findall("0.7"))
    assert None is sheet.find("nowhere")
    sheet.sort((3, "des"), range="A2:C4")
    assert ["run", "a", "c", "b"] == sheet.col_values(1)
    sheet.set_basic_filter("A1:C4")
    assert "basicFilter" in sheet.spreadsheet.fetch_sheet_metadata()["sheets"][0]
    sheet.clear_basic_filter()
    assert "basicFilter" not in sheet.spreadsheet.fetch_sheet_metadata()["sheets"][0]


def test_formats_and_notes(sheet: gspread.Worksheet) -> None:
    """format, batch_format, notes one by one and many at once, columns_auto_resize."""
    sheet.format("A1:C1", {"textFormat": {"bold": True}})
    sheet.batch_format(
        [{"range": "C2:C4", "format": {"numberFormat": {"type": "PERCENT", "pattern": "0%"}}}]
    )
    assert ["acc", "90%", "70%", "80%"] == sheet.col_values(3)
    sheet.insert_note("A1", "the run's name")
    sheet.update_notes({"B1": "rate", "C1": "share"})
    assert "rate" == sheet.get_note("B1")
    assert [["the run's name", "rate", "share"]] == sheet.get_notes()
    sheet.clear_note("B1")
    sheet.clear_notes(["C1"])
    assert [["the run's name"]] == sheet.get_notes()
    sheet.columns_auto_resize(0, 3)
    sheet.rows_auto_resize(0, 3)


def test_ranges_with_names_and_locks(sheet: gspread.Worksheet) -> None:
    """define_named_range, add_protected_range and the lists of both."""
    name = sheet.define_named_range("A2:C4", "runs")
    assert 3 == len(sheet.get("runs"))
    assert ["runs"] == [each["name"] for each in sheet.spreadsheet.list_named_ranges()]
    named_id = name["replies"][0]["addNamedRange"]["namedRange"]["namedRangeId"]
    sheet.delete_named_range(named_id)
    assert [] == sheet.spreadsheet.list_named_ranges()
    sheet.add_protected_range("A1:C1", editor_users_emails=["owner@example.com"])
    (protected,) = sheet.spreadsheet.list_protected_ranges(sheet.id)
    sheet.delete_protected_range(protected["protectedRangeId"])
    assert [] == sheet.spreadsheet.list_protected_ranges(sheet.id)


def test_merging_copying_and_checking(sheet: gspread.Worksheet) -> None:
    """merge_cells, unmerge_cells, batch_merge, copy_range, cut_range, add_validation."""
    sheet.merge_cells("A6:B7", merge_type=MergeType.merge_all)
    sheet.batch_merge([{"range": "D1:E1", "mergeType": MergeType.merge_rows}])
    assert 2 == len(sheet.spreadsheet.fetch_sheet_metadata()["sheets"][0]["merges"])
    sheet.unmerge_cells("A1:E9")
    sheet.copy_range("A2:A4", "E2:E4", paste_type=PasteType.values)
    sheet.cut_range("E2:E4", "F2:F4")
    assert ([], ["", "a", "b", "c"]) == (sheet.col_values(5), sheet.col_values(6))
    choices = ValidationConditionType.one_of_list
    sheet.add_validation("G1", choices, ["keep", "drop"], strict=True, inputMessage="one of both")
    with pytest.raises(gspread.exceptions.APIError, match="one of both"):
        sheet.update([["maybe"]], "G1")


def test_hiding_and_grouping(sheet: gspread.Worksheet) -> None:
    """hide_ and unhide_rows and _columns, dimension groups."""
    sheet.hide_rows(1, 2)
    sheet.hide_columns(0, 1)
    sheet.unhide_rows(1, 2)
    sheet.unhide_columns(0, 1)
    sheet.add_dimension_group_rows(1, 3)
    sheet.add_dimension_group_columns(0, 2)
    assert 1 == len(sheet.list_dimension_group_rows())
    assert 1 == len(sheet.list_dimension_group_columns())
    sheet.delete_dimension_group_rows(1, 3)
    assert [] == sheet.list_dimension_group_rows()


def test_combined_and_raw_batches(sheet: gspread.Worksheet) -> None:
    """Spreadsheet.batch_update with a request of one's own; get with merged cells combined."""
    request = {
        "updateSheetProperties": {"properties": {"sheetId": 0, "title": "T"}, "fields": "title"}
    }
    assert [{}] == sheet.spreadsheet.batch_update({"requests": [request]})["replies"]
    fresh = sheet.spreadsheet.worksheet("T")
    fresh.merge_cells("A2:B2")
    assert [["a", "a", "0.9"]] == fresh.get_values("A2:C2", combine_merged_cells=True)
