"""A batch on its way: sent until it is certain what became of it, or the time is over.

An outcome that nobody knows (no answer, a server's error, half an answer) is asked for again by
the identical batch: its token lets it pass once. What a refusal means is found out by a read, and
never from Google's sentences, which are translated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sheetlog.errors import RefusedError, SheetError, StaleError
from sheetlog.google.http import SHEETS
from sheetlog.google.replies import InvalidError, MissingError
from sheetlog.sinks import sheets_room, sheets_undo, sheets_view
from sheetlog.sinks.sheets_desk import Desk
from sheetlog.sinks.sheets_view import NoTab, View

Json = dict[str, Any]

READ_BACK = (
    f"updatedSpreadsheet(spreadsheetId,developerMetadata,sheets({sheets_view.SHEET},"
    f"developerMetadata,{sheets_view.DATA}))"
)


class CannotCompareError(RefusedError):
    """Google refuses a batch that compares and sets columns although they are where they were."""


class ProtectedError(RefusedError):
    """People keep this login out of cells that a batch writes."""

    def __init__(self, message: str, *, header: bool) -> None:
        super().__init__(message)
        self.header = header
        """Whether the header alone is among them, so that rows can land as long as no column is
        added."""


class CannotCopyError(RefusedError):
    """Google refuses to copy a row to an undo tab: merged cells, say, or too many tabs."""


def send(
    desk: Desk,
    spreadsheet: str,
    requests: Sequence[Json],
    *,
    tokens: Mapping[int, str],
    base: View | NoTab,
    ranges: Sequence[str] = (),
) -> Json | None:
    """Have a batch carried out; return what was read back, None where that was lost on its way.

    Raises:
        StaleError: it was refused; the next look may show why, and makes another plan.
        RefusedError: it was refused, and a person must act.
        BusyError: not now; with `ambiguous` perhaps it was carried out.
    """
    body: Json = {"requests": list(requests)}
    fields = "spreadsheetId"
    if ranges:
        body |= {"includeSpreadsheetInResponse": True, "responseRanges": list(ranges)}
        fields = READ_BACK
    doubts: list[SheetError] = []
    try:
        reply = desk.google.send(
            "post",
            f"{SHEETS}/v4/spreadsheets/{spreadsheet}:batchUpdate",
            what=desk.what,
            deadline=desk.until,
            params={"fields": fields},
            body=body,
            doubts=doubts,
        )
    except InvalidError as error:
        if doubts:
            desk.tokens.tried(tokens)
        try:
            applied = _refused(desk, spreadsheet, requests, error, tokens=tokens, base=base)
        except SheetError as other:
            other.ambiguous = other.ambiguous or error.ambiguous
            raise
        if not applied:
            # An earlier try that nobody knows the end of may still be carried out.
            words = f"{desk.what} has changed meanwhile"
            raise StaleError(words, ambiguous=error.ambiguous) from error
        desk.tokens.applied(tokens, certain=False)
        return None
    desk.tokens.applied(tokens, certain=not doubts)
    found: Json = reply.get("updatedSpreadsheet", {})
    return found


def _refused(
    desk: Desk,
    spreadsheet: str,
    requests: Sequence[Json],
    error: InvalidError,
    *,
    tokens: Mapping[int, str],
    base: View | NoTab,
) -> bool:
    """Find out why a batch was refused; return whether it was because it is carried out already.

    Raises:
        RefusedError: a person must act.
    """
    at = error.index
    request = requests[at] if at is not None and at < len(requests) else {}
    created = request.get("createDeveloperMetadata", {}).get("developerMetadata", {})
    asked = dict(tokens) if error.ambiguous or at is None else {}
    if created:
        asked[created["metadataId"]] = created["metadataValue"]
    compared = created.get("metadataKey") == sheets_view.COLUMN and _compares(requests, created)
    for id_, value in asked.items():
        found = _value(desk, spreadsheet, id_)
        if id_ in tokens:
            if found is not None and desk.tokens.met(id_, value, found[1]):
                return True
        elif found is not None and found != (created["metadataKey"], value):
            desk.tokens.foreign_id(id_)
    deleted = request.get("deleteDeveloperMetadata", {}).get("dataFilter", {})
    lookup = deleted.get("developerMetadataLookup", {})
    if "metadataLocation" not in lookup and lookup:
        desk.tokens.deleted([lookup["metadataId"]])
        return False
    if created.get("metadataKey") == sheets_view.TOKEN:
        return False
    try:
        _changed_or_refused(desk, base, requests, error, compared=compared)
    except RefusedError as refused:
        if desk.copies and sheets_undo.copies(request):
            desk.copies = False
            raise CannotCopyError(str(refused), ambiguous=error.ambiguous) from error
        raise
    return False


def _compares(requests: Sequence[Json], created: Json) -> bool:
    """Return whether a mark is created that the same batch deletes before."""
    for request in requests:
        deleted = request.get("deleteDeveloperMetadata", {}).get("dataFilter", {})
        if deleted.get("developerMetadataLookup", {}).get("metadataId") == created["metadataId"]:
            return True
    return False


def _value(desk: Desk, spreadsheet: str, id_: int) -> tuple[str, str] | None:
    """Return key and value of the metadata with an id, or None."""
    try:
        found = desk.google.send(
            "get",
            f"{SHEETS}/v4/spreadsheets/{spreadsheet}/developerMetadata/{id_}",
            what=desk.what,
            deadline=desk.until,
        )
    except MissingError:
        return None
    return found.get("metadataKey", ""), found.get("metadataValue", "")


def _changed_or_refused(
    desk: Desk,
    base: View | NoTab,
    requests: Sequence[Json],
    error: InvalidError,
    *,
    compared: bool,
) -> None:
    """Return where the tab is another by now, or where columns must be compared in another way.

    Raises:
        RefusedError: it is the same, so that the next try would end in the same way.
        TooLargeError: with fewer rows it may be carried out.
    """
    now = desk.look()
    if isinstance(now, NoTab) or isinstance(base, NoTab):
        same = type(now) is type(base) and now == base
    else:
        same = now.layout == base.layout
    if not same:
        return
    if compared:
        desk.compare = False
        raise CannotCompareError(f"{desk.what} takes no batch that compares columns")
    if now.spreadsheet is not None:
        sheets_room.check(desk, now.spreadsheet, requests, certain=not error.ambiguous)
    if isinstance(now, View) and (closed := closed_to(desk, now)):
        ends = [each.get("range", {}).get("endRowIndex") for each in closed]
        header = any(end is not None and end <= now.header + 1 for end in ends)
        raise ProtectedError(protected_words(desk, now, closed), header=header) from error
    raise RefusedError(f"{error}; look at {desk.what}, then run 'sheetlog sync'") from error


def closed_to(desk: Desk, view: View) -> list[Json]:
    """Return the tab's protected ranges that this login may not change."""
    reply = desk.google.send(
        "get",
        f"{SHEETS}/v4/spreadsheets/{view.spreadsheet}",
        what=desk.what,
        deadline=desk.until,
        params={"fields": "sheets(properties(sheetId),protectedRanges)"},
    )
    return [
        protected
        for sheet in reply.get("sheets", ())
        if sheet["properties"]["sheetId"] == view.sheet
        for protected in sheet.get("protectedRanges", ())
        if not protected.get("warningOnly") and not protected.get("requestingUserCanEdit")
    ]


def protected_words(desk: Desk, view: View, closed: Sequence[Json]) -> str:
    """Return what a person must do about protected ranges."""
    names = "', '".join(each.get("description") or _words(each, view) for each in closed)
    return (
        f"{desk.what} has protected cells ('{names}'), and this login may not change "
        "them: whoever protected them must let it (Data → Protect sheets and ranges), "
        "or name another tab"
    )


def _words(protected: Json, view: View) -> str:
    """Return where a protection begins, in A1 notation."""
    area = protected.get("range", {})
    if {"startRowIndex", "startColumnIndex"} & area.keys():
        from sheetlog.sinks.sheets_cells import letters

        column = letters(area.get("startColumnIndex", 0))
        return f"{view.title}!{column}{area.get('startRowIndex', 0) + 1}"
    return view.title
