"""A chart of our own: the drawing and the chart's part, for a line through points of one tab.

Pure: from a description to XML (ECMA-376, parts 20.5 and 21.2). No values are kept beside the
cells that it is drawn from: every program draws it from those.
"""

from __future__ import annotations

from sheetlog import colours
from sheetlog.tabs import Cells, Chart
from sheetlog.xlsx import references
from sheetlog.xlsx.spans import escaped

DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_SHEET_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PIXEL = 9525
"""English metric units, at 96 pixels an inch."""
_INK, _PALE, _LINE = "1E293B", "64748B", "E2E8F0"


def drawing(charts: list[tuple[Chart, str]]) -> bytes:
    """Return the part that says where charts stand; each comes with its relationship's id."""
    anchors = "".join(_anchor(chart, link, at) for at, (chart, link) in enumerate(charts, 1))
    return (
        f'{DECLARED}<xdr:wsDr xmlns:xdr="{_SHEET_DRAWING}" xmlns:a="{_DRAWING}/main">'
        f"{anchors}</xdr:wsDr>"
    ).encode()


def _anchor(chart: Chart, link: str, number: int) -> str:
    # From a cell on and in pixels: it keeps its size when a person makes a column wider.
    return (
        f"<xdr:oneCellAnchor><xdr:from><xdr:col>{chart.column}</xdr:col><xdr:colOff>95250"
        f"</xdr:colOff><xdr:row>{chart.row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"
        f'<xdr:ext cx="{chart.width * _PIXEL}" cy="{chart.height * _PIXEL}"/>'
        '<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr>'
        f'<xdr:cNvPr id="{number + 1}" name="Chart {number}" descr="{escaped(chart.title)}"/>'
        "<xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm>"
        '<a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic>'
        f'<a:graphicData uri="{_DRAWING}/chart"><c:chart xmlns:c="{_DRAWING}/chart" '
        f'xmlns:r="{_RELATIONS}" r:id="{link}"/></a:graphicData></a:graphic>'
        "</xdr:graphicFrame><xdr:clientData/></xdr:oneCellAnchor>"
    )


def chart(described: Chart, tab: str) -> bytes:
    """Return a chart's part.

    Args:
        tab: title of the tab with its cells.
    """
    line = (
        f'<c:spPr><a:ln w="25400" cap="rnd"><a:solidFill><a:srgbClr val="{colours.TAB}"/>'
        "</a:solidFill><a:round/></a:ln></c:spPr>"
    )
    series = (
        f'<c:ser><c:idx val="0"/><c:order val="0"/>{line}<c:marker><c:symbol val="none"/>'
        f"</c:marker><c:xVal>{_numbers(described.x, tab)}</c:xVal>"
        f'<c:yVal>{_numbers(described.y, tab)}</c:yVal><c:smooth val="0"/></c:ser>'
    )
    plot = (
        '<c:plotArea><c:layout/><c:scatterChart><c:scatterStyle val="lineMarker"/>'
        f'<c:varyColors val="0"/>{series}<c:axId val="111111111"/><c:axId val="222222222"/>'
        "</c:scatterChart>"
        + _axis(111111111, 222222222, "b", described.x_format, "")
        + _axis(222222222, 111111111, "l", described.y_format, described.y_title)
        + "</c:plotArea>"
    )
    return (
        f'{DECLARED}<c:chartSpace xmlns:c="{_DRAWING}/chart" xmlns:a="{_DRAWING}/main" '
        f'xmlns:r="{_RELATIONS}"><c:roundedCorners val="0"/><c:chart>'
        f"{_title(described.title, size=1100, bold=True, ink=_INK)}"
        f'<c:autoTitleDeleted val="0"/>{plot}'
        # The cells that it is drawn from are hidden, and shown all the same.
        '<c:plotVisOnly val="0"/><c:dispBlanksAs val="gap"/></c:chart>'
        '<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'
        f'<a:ln><a:solidFill><a:srgbClr val="{_LINE}"/></a:solidFill></a:ln></c:spPr>'
        "</c:chartSpace>"
    ).encode()


def _numbers(cells: Cells, tab: str) -> str:
    name = references.letters(cells.column)
    area = f"{references.quoted(tab)}!${name}${cells.first + 1}:${name}${cells.last + 1}"
    return f"<c:numRef><c:f>{escaped(area)}</c:f></c:numRef>"


def _title(text: str, *, size: int, bold: bool, ink: str) -> str:
    look = f'sz="{size}" b="{int(bold)}"'
    fill = f'<a:solidFill><a:srgbClr val="{ink}"/></a:solidFill>'
    return (
        f"<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr {look}/></a:pPr>"
        f"<a:r><a:rPr {look}>{fill}</a:rPr><a:t>{escaped(text)}</a:t></a:r></a:p></c:rich></c:tx>"
        '<c:overlay val="0"/></c:title>'
    )


def _axis(number: int, other: int, side: str, code: str, title: str) -> str:
    """Return an axis of values: `side` is `b` (below) or `l` (left)."""
    grid = f'<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="{_LINE}"/></a:solidFill></a:ln>'
    grid = f"<c:majorGridlines>{grid}</c:spPr></c:majorGridlines>" if side == "l" else ""
    head = _title(title, size=900, bold=False, ink=_PALE) if title else ""
    return (
        f'<c:valAx><c:axId val="{number}"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{side}"/>{grid}{head}'
        f'<c:numFmt formatCode="{escaped(code)}" sourceLinked="0"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        '<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="900"/></a:pPr>'
        '<a:endParaRPr lang="en-US"/></a:p></c:txPr>'
        f'<c:crossAx val="{other}"/><c:crosses val="min"/><c:crossBetween val="midCat"/></c:valAx>'
    )
