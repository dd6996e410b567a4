"""A person's hands in the local Google's sheets: what people do in a browser, as API calls.

Knows the Sheets API and nothing of sheetlog. Positions count from 0.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

Json = dict[str, Any]


class Person:
    """Somebody who has one tab of a spreadsheet open."""

    def __init__(self, base_url: str, spreadsheet: str, sheet: int = 0) -> None:
        self.base = f"{base_url}/v4/spreadsheets/{spreadsheet}"
        self.sheet = sheet

    def call(self, method: str, tail: str = "", body: Any = None) -> Json:
        data = None if body is None else json.dumps(body).encode()
        headers = {
            "Content-Type": "application/json",
            "Authorization": "Bearer person@example.com",
        }
        request = Request(self.base + tail, data=data, headers=headers, method=method)
        with urlopen(request) as answer:
            found: Json = json.loads(answer.read())
        return found

    def batch(self, *requests: Json) -> Json:
        return self.call("POST", ":batchUpdate", {"requests": requests})

    # -- columns and rows

    def _span(self, dimension: str, start: int, count: int = 1) -> Json:
        return {
            "sheetId": self.sheet,
            "dimension": dimension,
            "startIndex": start,
            "endIndex": start + count,
        }

    def move_column(self, place: int, to: int) -> None:
        """Drag a column so that it stands before the one that is at `to` now."""
        source = self._span("COLUMNS", place)
        self.batch({"moveDimension": {"source": source, "destinationIndex": to}})

    def insert_column(self, place: int, title: str) -> None:
        span = self._span("COLUMNS", place)
        self.batch(
            {"insertDimension": {"range": span, "inheritFromBefore": place > 0}},
            self._text(0, place, title),
        )

    def delete_column(self, place: int) -> None:
        self.batch({"deleteDimension": {"range": self._span("COLUMNS", place)}})

    def insert_row(self, row: int) -> None:
        span = self._span("ROWS", row)
        self.batch({"insertDimension": {"range": span, "inheritFromBefore": row > 1}})

    def delete_row(self, row: int) -> None:
        self.batch({"deleteDimension": {"range": self._span("ROWS", row)}})

    def move_row(self, row: int, to: int) -> None:
        source = self._span("ROWS", row)
        self.batch({"moveDimension": {"source": source, "destinationIndex": to}})

    # -- cells

    def _text(self, row: int, column: int, value: Any) -> Json:
        start = {"sheetId": self.sheet, "rowIndex": row, "columnIndex": column}
        kinds = {bool: "boolValue", int: "numberValue", float: "numberValue", str: "stringValue"}
        cell = {} if value is None else {"userEnteredValue": {kinds[type(value)]: value}}
        return {
            "updateCells": {
                "start": start,
                "rows": [{"values": [cell]}],
                "fields": "userEnteredValue",
            }
        }

    def write(self, row: int, column: int, value: Any) -> None:
        self.batch(self._text(row, column, value))

    def rename(self, place: int, title: str) -> None:
        self.write(0, place, title)

    def colour(self, row: int, column: int) -> None:
        area = {
            "sheetId": self.sheet,
            "startRowIndex": row,
            "endRowIndex": row + 1,
            "startColumnIndex": column,
            "endColumnIndex": column + 1,
        }
        look = {"userEnteredFormat": {"backgroundColor": {"red": 1, "green": 1}}}
        fields = "userEnteredFormat.backgroundColor"
        self.batch({"repeatCell": {"range": area, "cell": look, "fields": fields}})

    # -- views

    def sort(self, column: int, *, descending: bool = False) -> None:
        area = {"sheetId": self.sheet, "startRowIndex": 1}
        order = "DESCENDING" if descending else "ASCENDING"
        specs = [{"dimensionIndex": column, "sortOrder": order}]
        self.batch({"sortRange": {"range": area, "sortSpecs": specs}})

    def filter(self, column: int, hidden: list[str]) -> None:
        criteria = {str(column): {"hiddenValues": hidden}}
        area = {"sheetId": self.sheet, "startRowIndex": 0, "startColumnIndex": 0}
        self.batch({"setBasicFilter": {"filter": {"range": area, "criteria": criteria}}})

    def clear_filter(self) -> None:
        self.batch({"clearBasicFilter": {"sheetId": self.sheet}})

    def convert_to_table(self, rows: int, width: int, name: str = "Table1") -> None:
        """Make a table of the data: Format → Convert to table."""
        area = {
            "sheetId": self.sheet,
            "startRowIndex": 0,
            "endRowIndex": rows,
            "startColumnIndex": 0,
            "endColumnIndex": width,
        }
        self.clear_filter()
        self.batch({"addTable": {"table": {"name": name, "range": area}}})

    def protect(self, column: int, note: str, editors: list[str] | None = None) -> None:
        area = {"sheetId": self.sheet, "startColumnIndex": column, "endColumnIndex": column + 1}
        protected = {"range": area, "description": note, "editors": {"users": editors or []}}
        self.batch({"addProtectedRange": {"protectedRange": protected}})

    # -- tabs

    def duplicate(self, title: str) -> int:
        body = {"sourceSheetId": self.sheet, "newSheetName": title}
        made = self.batch({"duplicateSheet": body})
        number: int = made["replies"][0]["duplicateSheet"]["properties"]["sheetId"]
        return number

    def rename_tab(self, title: str) -> None:
        properties = {"sheetId": self.sheet, "title": title}
        self.batch({"updateSheetProperties": {"properties": properties, "fields": "title"}})

    def delete_tab(self) -> None:
        self.batch({"deleteSheet": {"sheetId": self.sheet}})

    def add_tab(self, title: str) -> None:
        self.batch({"addSheet": {"properties": {"title": title}}})

    # -- looking

    def tab(self) -> Json:
        """Return the tab with its cells and metadata."""
        whole = self.call("GET", "?includeGridData=true")
        (found,) = (s for s in whole["sheets"] if s["properties"]["sheetId"] == self.sheet)
        sheet: Json = found
        return sheet

    def rows(self) -> list[list[str]]:
        """Return what every cell shows, the header first."""
        lines = self.tab()["data"][0].get("rowData", [])
        shown = [[c.get("formattedValue", "") for c in line.get("values", [])] for line in lines]
        width = max(map(len, shown), default=0)
        return [line + [""] * (width - len(line)) for line in shown]

    def keys(self) -> list[str | None]:
        """Return the mark of each column."""
        columns = self.tab()["data"][0]["columnMetadata"]
        marks = [
            [
                m["metadataValue"]
                for m in c.get("developerMetadata", ())
                if m["metadataKey"] == "sl.c"
            ]
            for c in columns
        ]
        return [found[0] if found else None for found in marks]

    def values(self, area: str) -> list[list[Any]]:
        found: list[list[Any]] = self.call("GET", f"/values/{quote(area)}").get("values", [])
        return found
