"""One contract, every sink; people edit the workbook with LibreOffice, as a person would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sheetlog.sinks.base import Sink
from sheetlog.sinks.excel import ExcelSink
from sheetlog.testing.memory_sink import MemorySink
from tests.contract.sink_contract import PeopleSheet, SinkContract, deliver, record
from tests.people import office


class MemorySheet(MemorySink):
    """The sink that ships for tests is its own sheet."""

    @property
    def sink(self) -> MemorySink:
        return self


class TestMemorySink(SinkContract):
    """The sheet in memory."""

    def make(self, place: Path) -> PeopleSheet:
        return MemorySheet()


class Workbook:
    """A workbook; what moves, LibreOffice moves, because other libraries move no names."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sink: Sink = ExcelSink(str(path))

    @contextmanager
    def opened(self) -> Iterator[office.Office]:
        with office.running().opened(self.path, save=self.path) as desk:
            yield desk

    def rename(self, place: int, title: str) -> None:
        with self.opened() as desk:
            desk.do("write", tab="Runs", cell=f"{_letter(place)}1", value=title)

    def insert_column(self, place: int, title: str = "") -> None:
        with self.opened() as desk:
            desk.do("insert_columns", tab="Runs", place=place)
            desk.do("write", tab="Runs", cell=f"{_letter(place)}1", value=title)

    def move_column(self, place: int, to: int) -> None:
        with self.opened() as desk:
            desk.do("move_column", tab="Runs", place=place, to=to)

    def delete_column(self, place: int) -> None:
        with self.opened() as desk:
            desk.do("delete_columns", tab="Runs", place=place)

    def insert_row(self, row: int) -> None:
        with self.opened() as desk:
            desk.do("insert_rows", tab="Runs", place=row + 1)

    def delete_row(self, row: int) -> None:
        with self.opened() as desk:
            desk.do("delete_rows", tab="Runs", place=row + 1)

    def sort(self, place: int, *, descending: bool = False) -> None:
        with self.opened() as desk:
            area = desk.do("tables")["Runs"].partition("!")[2]
            desk.do("sort", tab="Runs", area=area, column=place, descending=descending)

    def write(self, row: int, place: int, cell: Any) -> None:
        with self.opened() as desk:
            desk.do("write", tab="Runs", cell=f"{_letter(place)}{row + 2}", value=cell)

    def titles(self) -> list[str]:
        return [str(value or "") for value in self._grid()[0]]

    def rows(self) -> list[list[Any]]:
        return self._grid()[1:]

    def _grid(self) -> list[list[Any]]:
        import openpyxl

        sheet = openpyxl.load_workbook(self.path)["Runs"]
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        while rows and not any(value is not None for value in rows[-1]):
            rows.pop()
        return rows


def _letter(place: int) -> str:
    return chr(65 + place)


@pytest.mark.office
class TestExcelSink(SinkContract):
    """A workbook."""

    def make(self, place: Path) -> PeopleSheet:
        return Workbook(place / "runs.xlsx")

    def another(self, sheet: PeopleSheet) -> Sink:
        return ExcelSink(sheet.sink.name)

    def test_a_renamed_tab_is_found(self, filled: PeopleSheet) -> None:
        """By its marks; a copy of it stays as it is."""
        assert isinstance(filled, Workbook)
        with filled.opened() as desk:
            desk.do("duplicate_tab", tab="Runs", name="Copy")
            desk.do("rename_tab", tab="Runs", name="My 'own' runs")
        deliver(filled.sink, record("d", metrics__acc=0.9))
        import openpyxl

        book = openpyxl.load_workbook(filled.path)
        assert (5, 4) == (book["My 'own' runs"].max_row, book["Copy"].max_row)
        assert "name of d" in [cell.value for cell in book["My 'own' runs"][5]]

    def test_what_else_is_in_the_workbook_stays(self, filled: PeopleSheet) -> None:
        """Formulas, charts, conditional formats and notes that people added in LibreOffice."""
        assert isinstance(filled, Workbook)
        with filled.opened() as desk:
            desk.do("new_tab", name="Summary")
            desk.do("formula", tab="Summary", cell="A1", text="=SUM(Runs.B2:B4)")
            desk.do("write", tab="Summary", cell="A2", value="mine")
            desk.do("chart", tab="Runs", area="B1:B4", name="accuracy")
            desk.do("condition", tab="Runs", area="B2:B4", above=0.15)
            desk.do("note", tab="Runs", cell="B3", text="look")
        deliver(filled.sink, record("d", metrics__acc=0.9, params__lr=3))
        with office.running().opened(filled.path) as desk:
            assert ["Runs", "Summary"] == desk.do("tabs")
            assert "mine" == desk.do("read", tab="Summary", cell="A2")["text"]
            assert "=SUM($Runs.B2:B4)" == desk.do("read", tab="Summary", cell="A1")["formula"]
            assert {"B3": "look"} == desk.do("notes", tab="Runs")
            shown = [area for areas in desk.do("charts", tab="Runs").values() for area in areas]
            assert any("$B$5" in area for area in shown)
            assert any("B2:B5" in area for area in desk.do("conditions", tab="Runs"))

    def test_dates_are_dates_for_everybody(self, sheet: PeopleSheet) -> None:
        """Other programs see a date, and sheetlog its moment."""
        when = dt.datetime(2026, 11, 23, 12, 30, tzinfo=dt.UTC)
        deliver(sheet.sink, record("a", params__when=when))
        assert dt.datetime(2026, 11, 23, 12, 30) in sheet.rows()[0]
