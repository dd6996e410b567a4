"""A tab made for a plan, in a spreadsheet that is there or is made as well."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Mapping

from sheetlog.errors import RefusedError, SheetError, StaleError
from sheetlog.plan import Plan
from sheetlog.sinks import (
    sheets_marks,
    sheets_pictures,
    sheets_requests,
    sheets_sending,
    sheets_where,
)
from sheetlog.sinks.sheets_desk import Desk
from sheetlog.sinks.sheets_requests import Batch, Extras, grid_of
from sheetlog.sinks.sheets_view import TOKEN, NoTab, View
from sheetlog.sinks.sheets_writing import Written, check_size
from sheetlog.template import Template


def make(
    desk: Desk, base: NoTab, plan: Plan, template: Template, tokens: Mapping[str, bool]
) -> Written:
    """Make the tab with the plan's rows.

    Raises:
        StaleError: there is one by now.
    """
    if base.spreadsheet is None:
        made = spreadsheet(desk, desk.name.tab or template.tab)
        if made is None:
            raise StaleError(f"{desk.what} has been made meanwhile")
        base = made
    assert base.spreadsheet is not None
    title = base.blank_title or desk.name.tab or template.tab
    if base.blank is None and title in base.titles:
        if desk.made_as == title:
            raise RefusedError(f"{desk.what} has a tab '{title}' that no runs can go to")
        desk.made_as = title  # the template's own tab, which lost its marks
        raise StaleError(f"{desk.what} has a tab '{title}' already")
    sheet = base.blank
    if sheet is None:
        sheet = int.from_bytes(os.urandom(4)) & 0x7FFFFFFF or 1
    grid = base.grid if base.blank is not None else None
    extras = Extras(tokens=desk.tokens.fresh(tokens, {}), taken=desk.tokens.foreign)
    batch = sheets_requests.new_tab(plan, template, title, sheet, extras, blank=grid)
    check_size(batch, len(batch.rows))
    reply = sheets_sending.send(
        desk, base.spreadsheet, batch.requests, tokens=extras.tokens, base=base
    )
    desk.made_as = template.tab
    last = max(batch.rows.values(), default=0)
    view = None if reply is None else _view(desk, base, batch, plan, sheet)
    if desk.made and sheets_pictures.wanted(template):
        _allowed(desk, base.spreadsheet)
    if template.overview and view is not None:
        _beside(desk, view, plan, template, {*base.titles, view.title})
    return Written(view=view, sheet=sheet, row=last)


def _allowed(desk: Desk, spreadsheet: str) -> None:
    """Let a spreadsheet that is ours show pictures, so that no reader has to allow it.

    Raises nothing: an organisation may forbid it, and then the cells ask.
    """
    properties = {"importFunctionsExternalUrlAccessAllowed": True}
    change = {"properties": properties, "fields": ",".join(properties)}
    with contextlib.suppress(SheetError):
        desk.google.send(
            "post",
            sheets_where.url(spreadsheet, ":batchUpdate"),
            what=desk.what,
            deadline=desk.until,
            body={"requests": [{"updateSpreadsheetProperties": change}]},
        )


def _beside(
    desk: Desk, view: View, plan: Plan, template: Template, taken: Collection[str]
) -> None:
    """Put the tabs that the template wants beside the new one.

    Args:
        taken: titles that tabs have, those of another template's runs say.

    Raises nothing: the runs are there, and `sheetlog dress` makes the tabs at any time.
    """
    from sheetlog import dictionary, dress, overview, redressing
    from sheetlog.sinks import sheets_dress, sheets_redress, sheets_tabs

    shown, say = dictionary.shown_by(plan), template.words.text
    tabs = (overview.overview(template, shown, say=say), dictionary.dictionary(shown, say=say))
    samples = sheets_dress.samples(plan.rows)
    worn: list[tuple[str, dress.ColumnDress]] = [
        (each.key, sheets_dress.look(each, samples)) for each in plan.added
    ]
    tokens = desk.tokens.fresh({}, {})
    batch = [sheets_marks.create(id_, TOKEN, value) for id_, value in tokens.items()]
    titles = {title.casefold() for title in taken}
    runs = sheets_tabs.Runs(sheet=view.sheet, title=view.title, places=view.places)
    batch += sheets_redress.tab_requests(runs, tabs, {}, titles)
    titles.update(tab.title.casefold() for tab in tabs)
    memory = redressing.remembered(worn)
    batch += sheets_redress.memory_requests(view.sheet, memory, None, titles)
    try:
        sheets_sending.send(desk, view.spreadsheet, batch, tokens=tokens, base=view)
    except SheetError as error:
        desk.say(f"{error}; 'sheetlog dress' makes the tabs '{tabs[0].title}', '{tabs[1].title}'")


def spreadsheet(desk: Desk, title: str) -> NoTab | None:
    """Make and share a spreadsheet with one blank tab of this title; None: somebody else made one
    of the same name before.
    """
    from sheetlog.google import finding

    rows, width = sheets_requests.SPARE, 2
    tab = {
        "sheetId": 0,
        "title": title,
        "gridProperties": {"rowCount": rows, "columnCount": width},
    }
    name = desk.name.target
    id_, own = finding.make(desk.google, name, tab, deadline=desk.until)
    desk.spreadsheet = id_
    if not own:
        return None
    desk.made = True
    problems = finding.share(desk.google, id_, desk.share_with, deadline=desk.until)
    if desk.folder:
        problems += finding.file_in(desk.google, id_, desk.folder, deadline=desk.until)
    for problem in problems:
        desk.say(problem)
    return NoTab(spreadsheet=id_, titles=(title,), blank=0, blank_title=title, grid=(rows, width))


def _view(desk: Desk, base: NoTab, batch: Batch, plan: Plan, sheet: int) -> View:
    """Return the tab that a batch has made: nobody else can have been at it yet."""
    rows, width = grid_of(plan, base.grid if base.blank is not None else None)
    assert base.spreadsheet is not None
    return View(
        spreadsheet=base.spreadsheet,
        sheet=sheet,
        title=batch.title,
        rows=rows,
        width=width,
        header=0,
        header_marked=True,
        columns=plan.columns(),
        marks={
            key: sheets_marks.column_id(sheet, key, desk.tokens.foreign) for key in batch.places
        },
        anchored=True,
        anchors=frozenset(
            sheets_marks.anchor_id(sheet, key, desk.tokens.foreign) for key in batch.places
        ),
        known=tuple(batch.places),
        end=1 + len(batch.rows),
        learned=base.learned,
    )
