"""Runs under the interpreter that has LibreOffice's `uno`: is told what people do, and does it.

One JSON object a line comes in (`{"do": "write", "tab": "Runs", ...}`), one goes out
(`{"is": ...}` or `{"error": ...}`). Knows LibreOffice and nothing of sheetlog. Started by
`office.py`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import traceback

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException
from com.sun.star.sheet.ConditionOperator import GREATER

EXCEL, PDF = "Calc MS Excel 2007 XML", "calc_pdf_Export"
FILTERS = {"xlsx": EXCEL, "xlsm": "Calc MS Excel 2007 VBA XML", "pdf": PDF, "ods": "calc8"}
VALUE, TEXT, FORMULA = 1, 2, 3


def connect(profile: str) -> tuple[object, subprocess.Popen[bytes]]:
    """Start an office of our own and return its desktop, and its process."""
    pipe = f"desk{time.time_ns()}"
    address = f"pipe,name={pipe};urp;StarOffice.ComponentContext"
    office = subprocess.Popen(
        [
            "soffice",
            "--headless",
            "--norestore",
            "--nologo",
            "--nofirststartwizard",
            f"--accept={address.removesuffix('StarOffice.ComponentContext')}",
            f"-env:UserInstallation=file://{profile}",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(600):
        try:
            context = resolver.resolve(f"uno:{address}")
        except NoConnectException:
            if office.poll() is not None:
                break
            time.sleep(0.1)
        else:
            desktop = context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
            return desktop, office
    raise SystemExit("LibreOffice did not start")


def properties(**values: object) -> tuple[PropertyValue, ...]:
    made = []
    for name, value in values.items():
        made.append(PropertyValue())
        made[-1].Name, made[-1].Value = name, value
    return tuple(made)


class Desk:
    """One document at a time, as on a person's desk."""

    def __init__(self, desktop: object) -> None:
        self.desktop = desktop
        self.document = None

    # -- files

    def open(self, path: str) -> list[str]:
        self.close()
        url = uno.systemPathToFileUrl(path)
        self.document = self.desktop.loadComponentFromURL(
            url, "_blank", 0, properties(Hidden=True, MacroExecutionMode=0, UpdateDocMode=0)
        )
        if self.document is None or not hasattr(self.document, "Sheets"):
            raise ValueError(f"LibreOffice cannot open '{path}'")
        return self.tabs()

    def new(self) -> list[str]:
        self.close()
        self.document = self.desktop.loadComponentFromURL(
            "private:factory/scalc", "_blank", 0, properties(Hidden=True)
        )
        return self.tabs()

    def save(self, path: str) -> None:
        kind = path.rpartition(".")[2]
        options = {"FilterName": FILTERS[kind]}
        self.document.storeToURL(uno.systemPathToFileUrl(path), properties(**options))

    def close(self) -> None:
        if self.document is not None:
            document, self.document = self.document, None
            document.close(True)

    # -- reading

    def tabs(self) -> list[str]:
        return list(self.document.Sheets.ElementNames)

    def cells(self, tab: str) -> dict[str, object]:
        """Return what stands in the used cells, by name: number, text, or formula and value."""
        found = {}
        sheet = self.document.Sheets.getByName(tab)
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.RangeAddress
        area = sheet.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow)
        for row, (values, formulas) in enumerate(
            zip(area.DataArray, area.FormulaArray, strict=True), start=1
        ):
            for column, (value, formula) in enumerate(zip(values, formulas, strict=True)):
                if formula != "":
                    found[f"{self.letters(column)}{row}"] = self.content(
                        sheet, column, row, value, formula
                    )
        return found

    def content(self, sheet: object, column: int, row: int, value: object, formula: str) -> object:
        if (
            formula[:1] in "='"
            and sheet.getCellByPosition(column, row - 1).Type.value == "FORMULA"
        ):
            return {"formula": formula, "value": value}
        return value

    def calculate(self) -> None:
        """Calculate every formula anew."""
        self.document.calculateAll()

    def shown(self, tab: str, area: str) -> list[list[str]]:
        """Return the texts that a person sees in an area."""
        cells = self.area(tab, area)
        size = cells.RangeAddress
        return [
            [
                cells.getCellByPosition(column, row).String
                for column in range(size.EndColumn - size.StartColumn + 1)
            ]
            for row in range(size.EndRow - size.StartRow + 1)
        ]

    def notes(self, tab: str) -> dict[str, str]:
        annotations = self.sheet(tab).Annotations
        return {
            f"{self.letters(note.Position.Column)}{note.Position.Row + 1}": note.String
            for note in (annotations.getByIndex(i) for i in range(annotations.Count))
        }

    def names(self) -> dict[str, str]:
        ranges = self.document.NamedRanges
        return {name: ranges.getByName(name).Content for name in ranges.ElementNames}

    def tables(self) -> dict[str, str]:
        """Return the database ranges (tables, filters) of the workbook."""
        ranges = self.document.DatabaseRanges
        found = {}
        for name in ranges.ElementNames:
            area = ranges.getByName(name).DataArea
            first = f"{self.letters(area.StartColumn)}{area.StartRow + 1}"
            tab = self.document.Sheets.getByIndex(area.Sheet).Name
            found[name] = f"{tab}!{first}:{self.letters(area.EndColumn)}{area.EndRow + 1}"
        return found

    def conditions(self, tab: str) -> list[str]:
        """Return the ranges that have conditional formats."""
        formats = self.sheet(tab).ConditionalFormats.ConditionalFormats
        return [each.Range.RangeAddressesAsString for each in formats]

    def charts(self, tab: str) -> dict[str, list[str]]:
        """Return the ranges that the charts of a tab show."""
        charts = self.sheet(tab).Charts
        return {
            name: list(charts.getByName(name).EmbeddedObject.getUsedRangeRepresentations())
            for name in charts.ElementNames
        }

    # -- what people do

    def write(self, tab: str, cell: str, value: object) -> None:
        target = self.area(tab, cell).getCellByPosition(0, 0)
        if isinstance(value, str):
            target.String = value
        else:
            target.Value = value

    def formula(self, tab: str, cell: str, text: str) -> object:
        target = self.area(tab, cell).getCellByPosition(0, 0)
        target.Formula = text
        return target.String

    def read(self, tab: str, cell: str) -> dict[str, object]:
        target = self.area(tab, cell).getCellByPosition(0, 0)
        return {"formula": target.Formula, "value": target.Value, "text": target.String}

    def insert_columns(self, tab: str, place: int, count: int = 1) -> None:
        self.sheet(tab).Columns.insertByIndex(place, count)

    def delete_columns(self, tab: str, place: int, count: int = 1) -> None:
        self.sheet(tab).Columns.removeByIndex(place, count)

    def insert_rows(self, tab: str, place: int, count: int = 1) -> None:
        self.sheet(tab).Rows.insertByIndex(place, count)

    def delete_rows(self, tab: str, place: int, count: int = 1) -> None:
        self.sheet(tab).Rows.removeByIndex(place, count)

    def move_column(self, tab: str, place: int, to: int) -> None:
        """Cut a column and insert it so that it stands at `to` afterwards."""
        if place == to:
            return
        sheet = self.sheet(tab)
        gap = to if to < place else to + 1
        sheet.Columns.insertByIndex(gap, 1)
        source = place + (gap <= place)
        area = sheet.Columns.getByIndex(source).RangeAddress
        sheet.moveRange(sheet.getCellByPosition(gap, 0).CellAddress, area)
        sheet.Columns.removeByIndex(source, 1)

    def move_cells(self, tab: str, area: str, to: str) -> None:
        """Cut an area and paste it elsewhere in its tab."""
        sheet = self.sheet(tab)
        target = sheet.getCellRangeByName(to).getCellByPosition(0, 0).CellAddress
        sheet.moveRange(target, sheet.getCellRangeByName(area).RangeAddress)

    def hide_column(self, tab: str, place: int, *, hidden: bool = True) -> None:
        self.sheet(tab).Columns.getByIndex(place).IsVisible = not hidden

    def hide_row(self, tab: str, place: int, *, hidden: bool = True) -> None:
        self.sheet(tab).Rows.getByIndex(place).IsVisible = not hidden

    def colour(self, tab: str, area: str, colour: int) -> None:
        self.area(tab, area).CellBackColor = colour

    def sort(self, tab: str, area: str, column: int, *, descending: bool = False) -> None:
        """Sort an area that starts with its header by one of its columns."""
        field = uno.createUnoStruct("com.sun.star.table.TableSortField")
        field.Field, field.IsAscending = column, not descending
        fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
        self.area(tab, area).sort(properties(SortFields=fields, ContainsHeader=True))

    def filter(self, tab: str, area: str, column: int, value: str) -> None:
        """Show the rows of an area (with header) whose cell in one column reads `value`."""
        cells = self.area(tab, area)
        wanted = cells.createFilterDescriptor(True)
        field = uno.createUnoStruct("com.sun.star.sheet.TableFilterField")
        field.Field, field.StringValue = column, value
        field.Operator = uno.Enum("com.sun.star.sheet.FilterOperator", "EQUAL")
        wanted.ContainsHeader = True
        wanted.setFilterFields((field,))
        cells.filter(wanted)

    def note(self, tab: str, cell: str, text: str) -> None:
        target = self.area(tab, cell).getCellByPosition(0, 0)
        self.sheet(tab).Annotations.insertNew(target.CellAddress, text)

    def chart(self, tab: str, area: str, name: str) -> None:
        place = uno.createUnoStruct("com.sun.star.awt.Rectangle")
        place.X, place.Y, place.Width, place.Height = 20000, 8000, 9000, 6000
        address = self.area(tab, area).RangeAddress
        self.sheet(tab).Charts.addNewByName(name, place, (address,), True, False)

    def condition(self, tab: str, area: str, above: float) -> None:
        """Colour the cells of an area whose number is greater than `above`."""
        styles = self.document.StyleFamilies.getByName("CellStyles")
        if not styles.hasByName("Good one"):
            style = self.document.createInstance("com.sun.star.style.CellStyle")
            styles.insertByName("Good one", style)
            style.CellBackColor = 0xC6EFCE
        cells = self.area(tab, area)
        entries = cells.ConditionalFormat
        entries.addNew(properties(Operator=GREATER, Formula1=str(above), StyleName="Good one"))
        cells.ConditionalFormat = entries

    def new_tab(self, name: str, place: int = 32000) -> None:
        self.document.Sheets.insertNewByName(name, min(place, self.document.Sheets.Count))

    def duplicate_tab(self, tab: str, name: str, place: int = 32000) -> None:
        self.document.Sheets.copyByName(tab, name, min(place, self.document.Sheets.Count))

    def rename_tab(self, tab: str, name: str) -> None:
        self.sheet(tab).Name = name

    # -- where things are

    def sheet(self, tab: str) -> object:
        return self.document.Sheets.getByName(tab)

    def area(self, tab: str, area: str) -> object:
        return self.sheet(tab).getCellRangeByName(area)

    @staticmethod
    def letters(column: int) -> str:
        name = ""
        column += 1
        while column:
            column, rest = divmod(column - 1, 26)
            name = chr(65 + rest) + name
        return name


def main() -> None:
    desktop, office = connect(sys.argv[1])
    desk = Desk(desktop)
    tell({"is": "ready"})
    try:
        for line in sys.stdin:
            tell(done(desk, json.loads(line)))
            if office.poll() is not None:
                break
    finally:
        try:
            desktop.terminate()
            office.wait(20)
        except (DisposedException, subprocess.TimeoutExpired):
            office.terminate()  # it is gone already, or will not go
            office.wait(20)


def done(desk: Desk, asked: dict[str, object]) -> dict[str, object]:
    """Do what is asked, and return what is to be told."""
    try:
        return {"is": getattr(desk, asked.pop("do"))(**asked)}
    except Exception as error:
        text = str(error) or traceback.format_exc()
        return {"error": f"{type(error).__name__}: {text}"}


def tell(answer: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
