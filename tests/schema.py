"""What Excel would repair in a workbook: order of elements, counts, and styles that aren't there.

Source: ECMA-376 part 1, CT_Worksheet, CT_Workbook, CT_Table and CT_Stylesheet. Reads with zipfile
and ElementTree alone.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree as ET

ORDER = {
    "worksheet": "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection "
    "protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr "
    "conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter "
    "rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing "
    "legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst",
    "workbook": "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups "
    "externalReferences definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes "
    "webPublishing fileRecoveryPr webPublishObjects extLst",
    "table": "autoFilter sortState tableColumns tableStyleInfo extLst",
    "styleSheet": "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst",
    "c": "f v is extLst",
}
COUNTED = {
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "dxfs", "tableColumns",
    "tableParts", "dataValidations", "mergeCells",
}  # fmt: skip
REPEATED = {"conditionalFormatting"}


def repairs(path: object) -> Counter[str]:
    """Give what is wrong in a workbook's parts, and how often."""
    with zipfile.ZipFile(str(path)) as package:
        parts = {
            name: ET.fromstring(package.read(name))
            for name in package.namelist()
            if name.endswith(".xml")
        }
    styles = next((part for part in parts.values() if _name(part) == "styleSheet"), None)
    xfs = 1 if styles is None else sum(len(each) for each in styles if _name(each) == "cellXfs")
    return Counter(
        f"{name}: {fault}"
        for name, part in parts.items()
        for element in part.iter()
        for fault in (*_order(element), *_counted(element), *_cells(element, xfs))
    )


def _order(element: ET.Element) -> Iterator[str]:
    order = ORDER.get(_name(element), "").split()
    last = -1
    for child in map(_name, element):
        if child in order:
            at = order.index(child)
            if at < last or (at == last and child not in REPEATED):
                yield f"'{child}' in '{_name(element)}' behind '{order[last]}'"
            last = at


def _counted(element: ET.Element) -> Iterator[str]:
    said = element.get("count")
    if _name(element) in COUNTED and said is not None and int(said) != len(element):
        yield f"'{_name(element)}' says {said} and has {len(element)}"


def _cells(element: ET.Element, xfs: int) -> Iterator[str]:
    """Give rows that don't ascend, and cells with a style that isn't there."""
    if _name(element) == "sheetData":
        numbers = [int(row.get("r", 0)) for row in element if row.get("r")]
        if numbers != sorted(set(numbers)):
            yield "rows don't ascend"
    elif _name(element) == "c" and int(element.get("s", 0)) >= xfs:
        yield f"style {element.get('s')} of {xfs}"


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
