"""Drive's files: their metadata, places, copies, properties, permissions and shared drives."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.plain import Got, PlainClient

FILES = "/drive/v3/files"
FOLDER = "application/vnd.google-apps.folder"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def made(client: PlainClient, name: str = "a", **more: Any) -> str:
    """The id of a new file."""
    got = client.post(FILES, {"name": name, **more})
    assert 200 == got.status
    return str(got.json["id"])


def folder(client: PlainClient, name: str = "f", **more: Any) -> str:
    return made(client, name, mimeType=FOLDER, **more)


def refused(got: Got) -> tuple[int, str]:
    return got.status, got.reason


def test_four_keys_without_fields(client: PlainClient) -> None:
    """create, get, update and copy answer kind, id, name and mimeType unless asked for more."""
    file_id = made(client)
    keys = {"kind", "id", "name", "mimeType"}
    path = f"{FILES}/{file_id}"
    for got in (client.get(path), client.patch(path, {}), client.post(f"{path}/copy", {})):
        assert keys == set(got.json)


def test_fields_cut_the_answer_down(client: PlainClient) -> None:
    """A mask may go into objects and lists; `*` is all."""
    path = f"{FILES}/{made(client, properties={'k': 'v'})}"
    assert {"owners": [{"me": True}]} == client.get(path, fields="owners/me").json
    assert {"name": "a", "properties": {"k": "v"}} == client.get(
        path, fields="name,properties"
    ).json
    assert {"createdTime", "capabilities", "webViewLink"} <= set(client.get(path, fields="*").json)


@pytest.mark.parametrize("fields", ["nonsense", "owners(nonsense)", "name,", "id(", "files(id)"])
def test_a_wrong_mask_is_refused(client: PlainClient, fields: str) -> None:
    """Drive's own words for a field that isn't there."""
    got = client.get(f"{FILES}/{made(client)}", fields=fields)
    assert (400, "invalidParameter") == refused(got)
    assert "Invalid field selection" in got.json["error"]["message"]


def test_an_unknown_file(client: PlainClient) -> None:
    """404 in the recorded shape; `includeItemsFromAllDrives` is ignored there."""
    got = client.get(f"{FILES}/nowhere", includeItemsFromAllDrives="True")
    message = "File not found: nowhere."
    where = {"location": "fileId", "locationType": "parameter"}
    item = {"message": message, "domain": "global", "reason": "notFound", **where}
    assert {"error": {"code": 404, "message": message, "errors": [item]}} == got.json


def test_names_are_not_unique(client: PlainClient) -> None:
    """Creating twice makes two files."""
    assert made(client) != made(client)
    assert 2 == len(client.get(FILES, q="name='a'").json["files"])


def test_a_body_with_an_unknown_name(client: PlainClient) -> None:
    """Every body is checked against the discovery document."""
    got = client.post(FILES, {"nmae": "a"})
    assert 400 == got.status
    assert 'Unknown name "nmae"' in got.json["error"]["message"]
    assert 400 == client.post(FILES, b"{").status
    assert (403, "fieldNotWritable") == refused(client.post(FILES, {"size": "3"}))


def test_times_of_the_client(client: PlainClient) -> None:
    """createdTime and modifiedTime may be given."""
    times = {"createdTime": "2020-01-02T03:04:05Z", "modifiedTime": "2021-01-02T03:04:05.6Z"}
    path = f"{FILES}/{made(client, **times)}"
    assert {
        "createdTime": "2020-01-02T03:04:05.000Z",
        "modifiedTime": "2021-01-02T03:04:05.600Z",
    } == client.get(path, fields="createdTime,modifiedTime").json
    assert 400 == client.patch(path, {"modifiedTime": "yesterday"}).status


def test_one_place_for_each_file(client: PlainClient) -> None:
    """A file moves with addParents and removeParents together, and never has two parents."""
    first, second = folder(client), folder(client)
    path = f"{FILES}/{made(client, parents=[first])}"
    assert [first] == client.get(path, fields="parents").json["parents"]
    assert (403, "cannotAddParent") == refused(client.patch(path, {}, addParents=second))
    assert (403, "fieldNotWritable") == refused(client.patch(path, {"parents": [second]}))
    moved = client.patch(path, {}, addParents=second, removeParents=first, fields="parents")
    assert [second] == moved.json["parents"]
    home = client.patch(path, {}, addParents="root", removeParents=second, fields="parents")
    root = client.get(f"{FILES}/root", fields="id,name").json
    assert ([root["id"]], "My Drive") == (home.json["parents"], root["name"])


def test_a_parent_must_be_a_folder(client: PlainClient) -> None:
    """Unknown parents are 404, files are no parents, and two are too many."""
    file_id = made(client)
    assert (404, "notFound") == refused(client.post(FILES, {"parents": ["nowhere"]}))
    assert (403, "parentNotAFolder") == refused(client.post(FILES, {"parents": [file_id]}))
    assert 403 == client.post(FILES, {"parents": [folder(client), folder(client)]}).status


def test_deleting_a_folder_deletes_what_is_in_it(client: PlainClient) -> None:
    """Files, folders and spreadsheets below go along; both services answer 404 then."""
    top = folder(client)
    inner = folder(client, parents=[top])
    sheet = made(client, mimeType=SPREADSHEET, parents=[inner])
    assert 204 == client.delete(f"{FILES}/{top}").status
    assert [404] * 3 == [client.get(f"{FILES}/{one}").status for one in (top, inner, sheet)]
    assert 404 == client.get(f"/v4/spreadsheets/{sheet}").status


def test_the_trash(client: PlainClient) -> None:
    """A trashed file can be read still, is listed unless excluded, and goes when emptied."""
    path = f"{FILES}/{made(client)}"
    client.patch(path, {"trashed": True})
    assert client.get(path, fields="trashed").json["trashed"]
    assert 1 == len(client.get(FILES).json["files"])
    assert [] == client.get(FILES, q="trashed = false").json["files"]
    assert 204 == client.delete(f"{FILES}/trash").status
    assert 404 == client.get(path).status


def test_what_lies_in_a_folder_in_the_trash_is_there_too(client: PlainClient) -> None:
    """`trashed` tells of folders above as well (Drive API, File resource), for new files too."""
    top = folder(client)
    client.patch(f"{FILES}/{top}", {"trashed": True})
    got = client.get(f"{FILES}/{made(client, parents=[top])}", fields="trashed,explicitlyTrashed")
    assert {"trashed": True, "explicitlyTrashed": False} == got.json
    assert [] == client.get(FILES, q="trashed = false").json["files"]


def test_ids_can_be_generated(client: PlainClient) -> None:
    """A create with a generated id works once; the second is 409 and makes nothing."""
    ids = client.get(f"{FILES}/generateIds", count=3).json["ids"]
    assert 3 == len(set(ids))
    assert ids[0] == made(client, id=ids[0])
    got = client.post(FILES, {"name": "again", "id": ids[0]})
    assert (409, "fileIdInUse") == refused(got)
    assert 1 == len(client.get(FILES).json["files"])
    assert 400 == client.post(FILES, {"id": "made-up"}).status
    assert 400 == client.post(FILES, {"id": ids[1], "mimeType": SPREADSHEET}).status
    assert ids[1] == folder(client, id=ids[1])
    assert 400 == client.get(f"{FILES}/generateIds", count=1001).status


def test_properties(client_of: Callable[[str], PlainClient]) -> None:
    """Public ones are for all apps, private ones for the app that set them; null takes away."""
    mine, theirs = client_of("ann/mine"), client_of("ann/theirs")
    path = f"{FILES}/{made(mine, properties={'a': '1'}, appProperties={'b': '2'})}"
    both = {"fields": "properties,appProperties"}
    assert {"properties": {"a": "1"}, "appProperties": {"b": "2"}} == mine.get(path, **both).json
    assert {"properties": {"a": "1"}} == theirs.get(path, **both).json
    changed = mine.patch(path, {"properties": {"c": "3", "a": None}, "appProperties": {}}, **both)
    assert {"properties": {"c": "3"}, "appProperties": {"b": "2"}} == changed.json
    assert (
        {}
        == mine.patch(path, {"properties": {"c": None}, "appProperties": {"b": None}}, **both).json
    )


def test_limits_of_properties(client: PlainClient) -> None:
    """124 bytes for key and value together, thirty of each kind."""
    path = f"{FILES}/{made(client)}"
    assert 200 == client.patch(path, {"properties": {"k": "é" * 61 + "x"}}).status
    too_long = client.patch(path, {"properties": {"k": "é" * 62}})
    assert (403, "propertyTooLarge") == refused(too_long)
    many = {str(number): "x" for number in range(30)}
    assert 200 == client.patch(path, {"appProperties": many}).status
    one_more = client.patch(path, {"name": "b", "appProperties": {"x": "x"}})
    assert (403, "propertiesLimitExceeded") == refused(one_more)
    assert "a" == client.get(path).json["name"]


def test_all_apps_together_have_a_limit(client_of: Callable[[str], PlainClient]) -> None:
    """A hundred properties, whosever they are."""
    path = f"{FILES}/{made(client_of('ann/a'))}"
    many = {str(number): "x" for number in range(30)}
    statuses = [
        client_of(f"ann/{app}").patch(path, {"appProperties": many}).status for app in "abcd"
    ]
    assert [200, 200, 200, 403] == statuses


def test_copies(client: PlainClient) -> None:
    """A copy has the content, the place and the properties; its name says that it is one."""
    place = folder(client)
    path = f"{FILES}/{made(client, 'x', parents=[place], properties={'k': 'v'})}"
    shown = client.post(f"{path}/copy", {}, fields="name,parents,properties").json
    assert {"name": "Copy of x", "parents": [place], "properties": {"k": "v"}} == shown
    assert "y" == client.post(f"{path}/copy", {"name": "y"}).json["name"]
    assert (403, "cannotCopyFile") == refused(client.post(f"{FILES}/{place}/copy", {}))


def sheet_with(client: PlainClient, values: list[list[Any]]) -> str:
    file_id = made(client, "sheet", mimeType=SPREADSHEET)
    path = f"/v4/spreadsheets/{file_id}/values/A1"
    assert 200 == client.call("PUT", path, {"values": values}, valueInputOption="RAW").status
    return file_id


def test_a_copied_spreadsheet_is_another_one(client: PlainClient) -> None:
    """What is written to the copy isn't in the original."""
    file_id = sheet_with(client, [["x"]])
    copied = client.post(f"{FILES}/{file_id}/copy", {"name": "other"}).json["id"]
    put = {"values": [["y"]]}
    client.call("PUT", f"/v4/spreadsheets/{copied}/values/A1", put, valueInputOption="RAW")
    values = [
        client.get(f"/v4/spreadsheets/{one}/values/A1").json["values"] for one in (file_id, copied)
    ]
    assert [[["x"]], [["y"]]] == values
    assert "other" == client.get(f"/v4/spreadsheets/{copied}").json["properties"]["title"]


def test_export_as_csv(client: PlainClient) -> None:
    """The first sheet's text, CRLF between rows, quoted where it must be."""
    file_id = sheet_with(client, [["a", 'say "x"', "b,c"], [1.5, "", "two\nlines"]])
    got = client.get(f"{FILES}/{file_id}/export", mimeType="text/csv")
    assert b'a,"say ""x""","b,c"\r\n1.5,,"two\nlines"' == got.body
    assert "text/csv" == got.headers["content-type"]
    tabs = client.get(f"{FILES}/{file_id}/export", mimeType="text/tab-separated-values")
    assert b'a\t"say ""x"""\tb,c\r\n1.5\t\t"two\nlines"' == tabs.body


DOUBLED = {
    "userEnteredValue": {"formulaValue": "=B1*2"},
    "userEnteredFormat": {
        "numberFormat": {"type": "PERCENT", "pattern": "0.0%"},
        "backgroundColor": {"red": 1},
        "textFormat": {"bold": True},
    },
    "note": "doubled",
}


def dress(client: PlainClient, file_id: str) -> None:
    """Put a dressed formula into B2, make column A wider, and freeze the first row."""
    here = {"sheetId": 0, "rowIndex": 1, "columnIndex": 1}
    frozen = {"sheetId": 0, "gridProperties": {"frozenRowCount": 1}}
    width = {
        "range": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1},
        "properties": {"pixelSize": 210},
        "fields": "pixelSize",
    }
    freeze = {"properties": frozen, "fields": "gridProperties.frozenRowCount"}
    requests = [
        {"updateCells": {"start": here, "rows": [{"values": [DOUBLED]}], "fields": "*"}},
        {"updateDimensionProperties": width},
        {"updateSheetProperties": freeze},
    ]
    path = f"/v4/spreadsheets/{file_id}:batchUpdate"
    assert 200 == client.post(path, {"requests": requests}).status


def test_export_as_xlsx(client: PlainClient) -> None:
    """A real workbook: typed values, formulas, text that only looks like one, widths, notes."""
    file_id = sheet_with(client, [["name", 0.5, True], ["=1+1"]])
    dress(client, file_id)
    got = client.get(f"{FILES}/{file_id}/export", mimeType=XLSX)
    sheet = load_workbook(io.BytesIO(got.body))["Sheet1"]
    assert ["name", 0.5, True] == [one.value for one in sheet[1]][:3]
    assert ("=1+1", "s") == (sheet["A2"].value, sheet["A2"].data_type)
    doubled = sheet["B2"]
    assert ("=B1*2", "f", "0.0%") == (doubled.value, doubled.data_type, doubled.number_format)
    assert (True, "00ff0000", "doubled") == (
        doubled.font.bold,
        doubled.fill.fgColor.rgb,
        doubled.comment.text,
    )
    assert (30.0, "A2") == (sheet.column_dimensions["A"].width, sheet.freeze_panes)


def test_what_cannot_be_exported_or_downloaded(client: PlainClient) -> None:
    """Spreadsheets have no bytes, and files no other form."""
    sheet, file_id = made(client, mimeType=SPREADSHEET), made(client)
    assert (403, "fileNotDownloadable") == refused(client.get(f"{FILES}/{sheet}", alt="media"))
    export = client.get(f"{FILES}/{file_id}/export", mimeType="text/csv")
    assert (403, "fileNotExportable") == refused(export)
    assert 400 == client.get(f"{FILES}/{sheet}/export", mimeType="image/png").status


def test_about(client: PlainClient) -> None:
    """The user and the storage; without `fields` it is refused."""
    assert (400, "required") == refused(client.get("/drive/v3/about"))
    about = client.get("/drive/v3/about", fields="user(emailAddress),storageQuota").json
    assert "anonymous@example.com" == about["user"]["emailAddress"]
    assert {"usage": "0", "limit": str(15 * 2**30)}.items() <= about["storageQuota"].items()


def test_links_say_what_a_file_is(client: PlainClient) -> None:
    """Folders, files and spreadsheets open in different places."""
    links = [
        client.get(f"{FILES}/{made(client, mimeType=kind)}", fields="webViewLink").json
        for kind in (FOLDER, SPREADSHEET, "image/png")
    ]
    assert ["/drive/folders/", "/spreadsheets/d/", "/file/d/"] == [
        next(part for part in ("/drive/folders/", "/spreadsheets/d/", "/file/d/") if part in link)
        for link in (one["webViewLink"] for one in links)
    ]


def test_no_comments(client: PlainClient) -> None:
    """Nobody comments here, and the list says so."""
    got = client.get(f"{FILES}/{made(client)}/comments", fields="comments/content,nextPageToken")
    assert {"comments": []} == got.json


def test_a_method_that_is_none(client: PlainClient) -> None:
    """What Drive doesn't have is 404, with the request in the message."""
    got = client.get("/drive/v3/nonsense")
    assert (404, "Not Found: GET /drive/v3/nonsense") == (
        got.status,
        got.json["error"]["message"],
    )
