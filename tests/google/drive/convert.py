"""Between a spreadsheet and a file: CSV in; CSV, TSV and xlsx out."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from tests.google import sheets
from tests.google.drive import errors
from tests.google.drive.resource import SPREADSHEET_EXPORTS
from tests.google.wire import Reply

if TYPE_CHECKING:
    from tests.google.drive.file import Content, DriveFile
    from tests.google.world import World

CSV_TYPES = {"text/csv", "application/csv", "text/plain"}


def fill_spreadsheet(
    world: World, file: DriveFile, content: Content | None, content_type: str
) -> None:
    """Make the file a spreadsheet, if it isn't one yet, and put an uploaded CSV into it."""
    if file.file_id not in world.spreadsheets:
        world.spreadsheets[file.file_id] = sheets.new_spreadsheet(file.file_id, file.name)
    if content is None:
        return
    if content_type.partition(";")[0].strip() not in CSV_TYPES:
        raise errors.bad_request("Conversion from this type is not supported.")
    text = content.path.read_bytes().decode("utf-8-sig")
    content.path.unlink()
    sheets.import_csv(world.spreadsheets[file.file_id], text)


def export(world: World, file: DriveFile, mime_type: str) -> Reply:
    """The spreadsheet as a file of another type; of CSV it is the first sheet. Raises ApiError."""
    short = SPREADSHEET_EXPORTS.get(mime_type)
    spreadsheet = world.spreadsheets.get(file.file_id)
    if spreadsheet is None:
        raise errors.forbidden("fileNotExportable", "Export only supports Docs Editors files.")
    if short is None:
        message = "The requested conversion is not supported."
        raise errors.invalid_parameter("convertTo", message)
    if short == "xlsx":
        from tests.google.drive.workbook import workbook_of

        body = workbook_of(world, file.file_id)
    else:
        rows = sheets.rows_of(spreadsheet, 0)
        body = _delimited(rows, "," if short == "csv" else "\t").encode()
    return Reply(status=200, body=body, headers={"Content-Type": mime_type})


def _delimited(rows: list[list[str]], mark: str) -> str:
    """The rows as Google writes them: CRLF between rows, none at the end, all equally long."""
    width = max(map(len, rows), default=0)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mark, lineterminator="\r\n")
    writer.writerows(row + [""] * (width - len(row)) for row in rows)
    return text.getvalue().removesuffix("\r\n")
