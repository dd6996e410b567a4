"""One spreadsheet of the local Google, as the tests of its Sheets half speak to it.

It knows paths and JSON, and nothing of the server's inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from tests.google.plain import Got, PlainClient

Json = dict[str, Any]


class Book:
    """A spreadsheet with one sheet, `Sheet1`, whose id is 0."""

    def __init__(self, client: PlainClient, body: Json | None = None) -> None:
        self.client = client
        got = client.post("/v4/spreadsheets", body or {})
        assert 200 == got.status, got.body
        self.created: Json = got.json
        self.path = f"/v4/spreadsheets/{self.created['spreadsheetId']}"

    def sent(self, *requests: Json, **more: Any) -> Got:
        """The answer to a batch, whatever it is; `fields` is the query's."""
        query = {"fields": more.pop("fields")} if "fields" in more else {}
        return self.client.post(
            f"{self.path}:batchUpdate", {"requests": requests, **more}, **query
        )

    def batch(self, *requests: Json, **more: Any) -> Json:
        """The answer to a batch that is carried out."""
        got = self.sent(*requests, **more)
        assert 200 == got.status, got.body
        answer: Json = got.json
        return answer

    def reply(self, request: Json) -> Json:
        """The reply to a batch of one."""
        ((kind, _),) = request.items()
        reply: Json = self.batch(request)["replies"][0].get(kind, {})
        return reply

    def refusal(self, *requests: Json, **more: Any) -> str:
        """The message of a batch that is refused with 400."""
        got = self.sent(*requests, **more)
        assert (400, "INVALID_ARGUMENT") == (got.status, got.json["error"]["status"])
        return str(got.json["error"]["message"])

    def get(self, *ranges: str, **query: Any) -> Json:
        """The answer to spreadsheets.get."""
        pairs = [*(("ranges", item) for item in ranges), *query.items()]
        got = self.client.get(f"{self.path}?{urlencode(pairs)}")
        assert 200 == got.status, got.body
        answer: Json = got.json
        return answer

    def sheet(self, index: int = 0) -> Json:
        """One sheet of spreadsheets.get, without its cells."""
        sheet: Json = self.get()["sheets"][index]
        return sheet

    def cells(self, text: str, fields: str = "*") -> list[list[Json]]:
        """The CellData of a range, row by row."""
        mask = f"sheets.data.rowData.values({fields})" if fields != "*" else "sheets.data.rowData"
        got = self.client.get(self.path, ranges=text, fields=mask)
        data = got.json["sheets"][0]["data"][0]
        return [row.get("values", []) for row in data.get("rowData", [])]

    def values(self, text: str = "Sheet1", **query: Any) -> list[list[Any]]:
        """The values of a range."""
        got = self.client.get(f"{self.path}/values/{quote(text, safe='')}", **query)
        assert 200 == got.status, got.body
        values: list[list[Any]] = got.json.get("values", [])
        return values

    def put(self, text: str, rows: list[list[Any]], option: str = "RAW") -> Got:
        """The answer to values.update."""
        path = f"{self.path}/values/{quote(text, safe='')}"
        return self.client.call("PUT", path, {"values": rows}, valueInputOption=option)

    def append(self, text: str, rows: list[list[Any]], **query: Any) -> Got:
        """The answer to values.append."""
        path = f"{self.path}/values/{quote(text, safe='')}:append"
        query = {"valueInputOption": "RAW", **query}
        return self.client.post(path, {"values": rows}, **query)


def grid(top: int, bottom: int, left: int, right: int, sheet_id: int = 0) -> Json:
    """A GridRange in a request."""
    return {
        "sheetId": sheet_id,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }


def span(dimension: str, start: int, end: int, sheet_id: int = 0) -> Json:
    """A DimensionRange in a request."""
    return {
        "sheetId": sheet_id,
        "dimension": dimension,
        "startIndex": start,
        "endIndex": end,
    }


def insert(dimension: str, start: int, end: int, *, before: bool = False) -> Json:
    """An insertDimension request."""
    return {"insertDimension": {"range": span(dimension, start, end), "inheritFromBefore": before}}


def metadata(metadata_id: int | None, key: str, location: Json, value: str = "v") -> Json:
    """A createDeveloperMetadata request."""
    entry = {
        "metadataKey": key,
        "metadataValue": value,
        "location": location,
        "visibility": "DOCUMENT",
    }
    if metadata_id is not None:
        entry["metadataId"] = metadata_id
    return {"createDeveloperMetadata": {"developerMetadata": entry}}
