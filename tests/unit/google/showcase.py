"""A sheet with everything in it that the page draws, made through the API alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.google.plain import PlainClient

Json = dict[str, Any]

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
TITLES = (
    "Run", "Status", "Started (UTC)", "Accuracy", "Loss", "Curve", "Model", "lr", "Keep",
    "Verdict", "Notes", "Commit", "Hidden", "Picture",
)  # fmt: skip
WIDTHS = (170, 90, 125, 80, 80, 130, 110, 80, 60, 100, 260, 90, 100, 90)
RUNS = 14
VERDICTS = ("keep", "retry", "drop", "")
STATUSES = ("finished", "finished", "failed", "running")
PICTURE = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='60' height='17'>"
    "<rect width='60' height='17' fill='teal'/></svg>"
)


def color(digits: str) -> Json:
    values = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    return {"rgbColor": dict(zip(("red", "green", "blue"), values, strict=True))}


def text(value: str, **more: Any) -> Json:
    return {"userEnteredValue": {"stringValue": value}, **more}


def number(value: float, pattern: str) -> Json:
    form = {"numberFormat": {"type": "NUMBER", "pattern": pattern}}
    return {"userEnteredValue": {"numberValue": value}, "userEnteredFormat": form}


def formula(value: str) -> Json:
    return {"userEnteredValue": {"formulaValue": value}}


def header() -> list[Json]:
    """The header row: bold, filled, one with a note."""
    form = {
        "backgroundColorStyle": color("E2E8F0"),
        "textFormat": {"bold": True, "foregroundColorStyle": color("1E293B")},
        "horizontalAlignment": "CENTER",
        "verticalAlignment": "MIDDLE",
        "wrapStrategy": "WRAP",
    }
    cells = [text(title, userEnteredFormat=form) for title in TITLES]
    cells[3]["note"] = "share of test images that were right"
    return cells


def run(index: int) -> list[Json]:
    """One row."""
    accuracy = 0.81 + 0.011 * ((index * 5) % RUNS)
    points = ",".join(f"{0.3 + 0.6 * (1 - 0.7**step) - 0.01 * index:.3f}" for step in range(12))
    options = '{"charttype","line";"color","#0F766E";"linewidth",2}'
    link = {"textFormat": {"link": {"uri": f"https://example.org/runs/{index}"}}}
    long = "looks promising, try once more with a longer warm-up and a smaller batch"
    wrapped = {"wrapStrategy": "WRAP" if index == 3 else "OVERFLOW_CELL"}
    return [
        text(f"resnet-50 baseline {index}", userEnteredFormat=link),
        text(STATUSES[index % 4]),
        number(46292.5 + index, "yyyy-mm-dd hh:mm"),
        number(accuracy, "0.0%"),
        number(0.4 - 0.02 * index, "0.0000"),
        formula(f"=SPARKLINE({{{points}}},{options})"),
        text("resnet50" if index % 2 else "vit-b/16"),
        number(0.1 / 2**index, "0.00E+00"),
        {"userEnteredValue": {"boolValue": index % 3 == 0}},
        text(VERDICTS[index % 4]) if VERDICTS[index % 4] else {},
        text(long, userEnteredFormat=wrapped) if index in (1, 3) else {},
        formula(f'=HYPERLINK("https://example.org/c/{index}","4f2a9c{index:x}")'),
        text("not to be seen"),
        formula(f'=IMAGE("{PICTURE}")') if index == 0 else {},
    ]


def area(top: int, bottom: int, left: int, right: int) -> Json:
    return {
        "sheetId": 0,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }


def sizes(dimension: str, index: int, fields: str, **properties: Any) -> Json:
    return {
        "updateDimensionProperties": {
            "range": {
                "sheetId": 0,
                "dimension": dimension,
                "startIndex": index,
                "endIndex": index + 1,
            },
            "properties": properties,
            "fields": fields,
        }
    }


def validation(left: int, condition: Json) -> Json:
    rule = {"condition": condition, "showCustomUi": True, "strict": False}
    return {"setDataValidation": {"range": area(1, RUNS + 1, left, left + 1), "rule": rule}}


def when(left: int, right: int, kind: str, value: str, form: Json) -> Json:
    condition = {"type": kind, "values": [{"userEnteredValue": value}]}
    rule = {
        "ranges": [area(1, RUNS + 1, left, right)],
        "booleanRule": {"condition": condition, "format": form},
    }
    return {"addConditionalFormatRule": {"index": 0, "rule": rule}}


def scale(left: int, low: str, high: str) -> Json:
    points = {
        "minpoint": {"type": "MIN", "colorStyle": color(low)},
        "maxpoint": {"type": "MAX", "colorStyle": color(high)},
    }
    rule = {"ranges": [area(1, RUNS + 1, left, left + 1)], "gradientRule": points}
    return {"addConditionalFormatRule": {"index": 0, "rule": rule}}


def looks() -> list[Json]:
    """Sizes, what is frozen, hidden and grouped, filters, rules and validation."""
    grid = {"frozenRowCount": 1, "frozenColumnCount": 1}
    group = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 6, "endIndex": 8}
    verdicts = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": v} for v in VERDICTS[:3]]}
    failed = {"textFormat": {"foregroundColorStyle": color("9CA3AF"), "italic": True}}
    good, bad = ({"backgroundColorStyle": color(digits)} for digits in ("D3F0DF", "FBDCDC"))
    sheet = {
        "sheetId": 0,
        "title": "Runs",
        "gridProperties": grid,
        "tabColorStyle": color("0F766E"),
    }
    fields = "title,gridProperties.frozenRowCount,gridProperties.frozenColumnCount,tabColorStyle"
    return [
        {"updateSheetProperties": {"properties": sheet, "fields": fields}},
        *[sizes("COLUMNS", i, "pixelSize", pixelSize=width) for i, width in enumerate(WIDTHS)],
        sizes("ROWS", 0, "pixelSize", pixelSize=36),
        sizes("ROWS", 5, "pixelSize", pixelSize=40),
        sizes("COLUMNS", 12, "hiddenByUser", hiddenByUser=True),
        sizes("ROWS", 7, "hiddenByUser", hiddenByUser=True),
        {"addDimensionGroup": {"range": group}},
        {"addDimensionGroup": {"range": {**group, "dimension": "ROWS", "endIndex": 10}}},
        {"setBasicFilter": {"filter": {"range": area(0, RUNS + 1, 0, len(TITLES))}}},
        validation(8, {"type": "BOOLEAN"}),
        validation(9, verdicts),
        scale(3, "FFFFFF", "57BB8A"),
        scale(4, "FFD666", "FFFFFF"),
        when(0, 14, "CUSTOM_FORMULA", '=$B2="failed"', failed),
        when(9, 10, "TEXT_EQ", "keep", good),
        when(9, 10, "TEXT_EQ", "drop", bad),
    ]


def below() -> list[Json]:
    """Under the runs: a banded range, a merge, text with several links, borders."""
    colors = {
        "headerColorStyle": color("356854"),
        "firstBandColorStyle": color("FFFFFF"),
        "secondBandColorStyle": color("F6F8F9"),
    }
    start = RUNS + 3
    banding = {"range": area(start, start + 5, 0, 4), "rowProperties": colors}
    rows = [[text(title) for title in ("Model", "Best", "Mean", "Runs")]]
    rows += [[text(f"model {i}"), number(0.9, "0.0%"), number(0.8, "0.0%"), number(i, "0")]
             for i in range(4)]  # fmt: skip
    line = {"style": "SOLID_MEDIUM", "colorStyle": color("EA4335")}
    linked = text("see paper <u> code", textFormatRuns=[
        {"startIndex": 4, "format": {"link": {"uri": "https://example.org/paper"}}},
        {"startIndex": 9, "format": {}},
        {"startIndex": 14, "format": {"link": {"uri": "https://example.org/code"}, "bold": True}},
    ])  # fmt: skip
    title = text("Merged title", userEnteredFormat={
        "horizontalAlignment": "CENTER",
        "textFormat": {"fontSize": 16, "fontFamily": "Georgia", "italic": True},
        "backgroundColorStyle": color("0F766E"),
        "borders": {"bottom": line},
    })  # fmt: skip
    bars = ('=SPARKLINE({3,5,-2,8},{"charttype","column";"negcolor","red"})',
            '=SPARKLINE({7,3},{"charttype","bar";"color1","#4285f4";"color2","#d2e3fc"})',
            "=SPARKLINE(B19:B22)")  # fmt: skip
    return [
        cells(start, 0, rows),
        {"addBanding": {"bandedRange": banding}},
        cells(start, 5, [[title], [linked], *[[formula(bar)] for bar in bars]]),
        {"mergeCells": {"range": area(start, start + 1, 5, 8), "mergeType": "MERGE_ALL"}},
    ]


def second() -> list[Json]:
    """Another tab with a table, chips in it, and no lines."""
    choices = [{"userEnteredValue": word} for word in ("open", "done")]
    rule = {"condition": {"type": "ONE_OF_LIST", "values": choices}}
    table = {
        "name": "Tasks",
        "range": {**area(1, 5, 1, 4), "sheetId": 7},
        "columnProperties": [
            {"columnIndex": 0, "columnName": "Task"},
            {"columnIndex": 1, "columnName": "State", "columnType": "DROPDOWN",
             "dataValidationRule": rule},
            {"columnIndex": 2, "columnName": "File"},
        ],
    }  # fmt: skip
    uri = "https://drive.google.com/file/d/1234567890abc/view"
    chip = text("@", chipRuns=[{"chip": {"richLinkProperties": {"uri": uri}}}])
    grid = {"sheetId": 7, "gridProperties": {"hideGridlines": True}}
    return [
        {"addSheet": {"properties": {"sheetId": 7, "title": "Second & last"}}},
        {"addTable": {"table": table}},
        {"updateCells": {
            "start": {"sheetId": 7, "rowIndex": 2, "columnIndex": 1},
            "rows": [{"values": [text("write"), text("open"), chip]},
                     {"values": [text("<b>ship</b>")]}],
            "fields": "userEnteredValue,chipRuns",
        }},
        {"updateSheetProperties": {"properties": grid, "fields": "gridProperties.hideGridlines"}},
    ]  # fmt: skip


def cells(row: int, column: int, rows: list[list[Json]]) -> Json:
    return {
        "updateCells": {
            "start": {"sheetId": 0, "rowIndex": row, "columnIndex": column},
            "rows": [{"values": values} for values in rows],
            "fields": "*",
        }
    }


def showcase(client: PlainClient) -> str:
    """The id of the spreadsheet."""
    body = {"name": "Image classification", "mimeType": SPREADSHEET}
    file_id = str(client.post("/drive/v3/files", body).json["id"])
    requests = [
        cells(0, 0, [header(), *[run(index) for index in range(RUNS)]]),
        *looks(),
        *below(),
        *second(),
        {"addSheet": {"properties": {"sheetId": 8, "title": "Hidden tab", "hidden": True}}},
    ]
    got = client.post(f"/v4/spreadsheets/{file_id}:batchUpdate", {"requests": requests})
    if got.status != 200:
        raise AssertionError(got.body)
    return file_id
