"""Where references to cells stand: elements and attributes, by the content type of their part.

From ECMA-376 part 1 (18 for spreadsheets, 20 and 21 for drawings and charts) and [MS-XLSX] for the
extensions. Data only; `shift` carries it out.
"""

from __future__ import annotations

from sheetlog.xlsx.shift import Holders

SHEET = Holders(
    ranges={
        "sheetPr": ("syncRef",),
        "dimension": ("ref",),
        "selection": ("activeCell", "sqref"),
        "protectedRange": ("sqref",),
        "scenarios": ("sqref",),
        "inputCells": ("r",),
        "autoFilter": ("ref",),
        "sortState": ("ref",),
        "sortCondition": ("ref",),
        "mergeCell": ("ref",),
        "conditionalFormatting": ("sqref",),
        "dataValidation": ("sqref",),
        "hyperlink": ("ref",),
        "cellWatch": ("r",),
        "ignoredError": ("sqref",),
        "cellSmartTags": ("r",),
        "webPublishItem": ("sourceRef",),
    },
    formulas={
        "cfvo": ("val",),
        "hyperlink": ("location",),
        "controlPr": ("linkedCell", "listFillRange"),
    },
    texts=("formula", "formula1", "formula2", "f"),
    lists=("sqref",),
)
"""A worksheet without its rows."""

TABLE = Holders(texts=("calculatedColumnFormula", "totalsRowFormula"))
"""What `tables` doesn't do itself."""

DRAWING = Holders(formulas={"sp": ("textlink",), "cameraTool": ("cellRange",)})
CHART = Holders(texts=("f", "sqref"))
COMMENTS = Holders(ranges={"comment": ("ref",), "threadedComment": ("ref",)})
CONTROL = Holders(formulas={"formControlPr": ("fmlaLink", "fmlaRange", "fmlaTxbx", "fmlaGroup")})
CONNECTIONS = Holders(formulas={"parameter": ("cell",)})
XML_CELLS = Holders(ranges={"singleXmlCell": ("r",)})
PIVOT = Holders(ranges={"location": ("ref",)}, whole={"location": "a pivot table"})

BY_TYPE = {
    "drawing+xml": DRAWING,
    "chartshapes+xml": DRAWING,
    "chart+xml": CHART,
    "chartex+xml": CHART,
    "comments+xml": COMMENTS,
    "threadedcomments+xml": COMMENTS,
    "controlproperties+xml": CONTROL,
    "connections+xml": CONNECTIONS,
    "tablesinglecells+xml": XML_CELLS,
    "pivottable+xml": PIVOT,
}
"""By the last word of the content type, in small letters."""

ROWS = frozenset({"worksheet+xml", "macrosheet+xml", "intlmacrosheet+xml", "dialogsheet+xml"})
"""Parts with cells: their rows are `shiftrows`'s, all else is `SHEET`'s."""


def kind(content_type: str | None) -> str:
    """Return the last word of a content type, in small letters: `chart+xml`."""
    return (content_type or "").rpartition(".")[2].rpartition("/")[2].lower()
