"""A project's first step: `init()` writes `sheetlog.yaml`, and makes or checks the sheet.

Knows settings, templates and the base of sinks; which sink it is, `api` chooses.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from sheetlog import api, catalog, naming, settings
from sheetlog.checking import Finding
from sheetlog.checking import check as look
from sheetlog.errors import MisuseError, SheetlogError
from sheetlog.sinks.base import Preparable


def init(
    sheet: str,
    *,
    template: str = "default",
    share_with: Iterable[str] = (),
    drive_folder: str = "",
    overwrite: bool = False,
) -> list[Finding]:
    """Write `sheetlog.yaml` into the working directory, and make or check the sheet.

    Args:
        sheet: a workbook's path, a Google Sheets URL or `google:TITLE`; `#TAB` may follow.
        template: name or path of the column template.
        share_with: e-mail addresses that a Google Sheet is shared with when it is made.
        drive_folder: id or URL of the Drive folder that a new Google Sheet is made in.
        overwrite: whether a `sheetlog.yaml` that is there is written anew.

    Returns:
        What is and isn't in order, as `check()` does.

    Raises:
        MisuseError: a value cannot be, or there is a `sheetlog.yaml` already.
        TemplateError: the template has mistakes.
    """
    path = os.path.join(settings.here(), settings.FILE)
    if os.path.lexists(path) and not overwrite:
        raise MisuseError(
            f"there is a '{path}' already; edit it, or write it anew with --overwrite"
        )
    naming.parse(sheet)
    people = list(share_with)
    if wrong := next((person for person in people if "@" not in person), None):
        raise MisuseError(f"share_with: '{wrong}' is no e-mail address")
    tab = catalog.load(template).tab
    values: dict[str, object] = {"sheet": sheet, "template": template}
    if people:
        values["share_with"] = people
    if drive_folder:
        values["folder"] = drive_folder
    _write(path, values)
    return [*_made(tab), *look()]


def _write(path: str, values: dict[str, object]) -> None:
    import json

    lines = ["# Settings of sheetlog, here and below; 'sheetlog check' looks whether they work."]
    # JSON is YAML: a title with a colon or a leading sign needs no rules of its own.
    lines += [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def _made(tab: str) -> list[Finding]:
    """Make the sheet where that can be done before there is a run, and say where it is."""
    chosen = settings.current()
    try:
        sink = api.sink_of(chosen.sheet, chosen)
        if not isinstance(sink, Preparable):
            return []  # a workbook is made with its first run, as `check()` says
        url = sink.prepare(tab)
    except SheetlogError as error:
        return [Finding(what="access", good=False, words=str(error))]
    return [Finding(what="access", good=True, words=url)]
