"""Filter views that a new tab gets: `Best`, `Mine`, `Failed`, `To review`. Pure.

A view is each reader's own look at the rows: it moves and hides nothing for the others. Its range
reaches the grid's end, so that rows that are put in above the blank ones are in it as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sheetlog.cells import Cell
from sheetlog.language import STATUSES, Language
from sheetlog.sinks.sheets_cells import letters
from sheetlog.sinks.sheets_view import metadata_id
from sheetlog.template import Template

Json = dict[str, Any]

VIEW = "sl.v"


def view_requests(
    sheet: int,
    template: Template,
    places: Mapping[str, int],
    rows: Sequence[Mapping[str, Cell]],
    width: int,
) -> Iterator[Json]:
    """Yield what adds the views for which the tab has columns.

    Args:
        places: of the columns, by key.
        rows: of the first runs; who logged the first is whom `Mine` shows.
        width: columns of the tab.
    """
    area = {"sheetId": sheet, "startRowIndex": 0, "startColumnIndex": 0, "endColumnIndex": width}
    for name, said in _views(template, places, rows):
        view = {
            # The same in every process: of two that make the tab, one makes the view.
            "filterViewId": metadata_id(VIEW, sheet, name),
            "title": _title(name, template.words, said),
            "range": area,
            **{key: value for key, value in said.items() if key != "who"},
        }
        yield {"addFilterView": {"filter": view}}


def _title(name: str, words: Language, said: Mapping[str, Any]) -> str:
    """Return what the view is called; `Mine` with whose, for everybody sees its name."""
    return words.text(name) + (f" ({said['who']})" if "who" in said else "")


def _views(
    template: Template, places: Mapping[str, int], rows: Sequence[Mapping[str, Cell]]
) -> Iterator[tuple[str, Json]]:
    best, status, user = template.best_by, places.get("run.status"), places.get("run.user")
    finished = [] if status is None else [_only(status, _any_of(status, "finished"))]
    if best is not None and best.metric in places:
        order = "DESCENDING" if best.goal == "max" else "ASCENDING"
        sort = [{"dimensionIndex": places[best.metric], "sortOrder": order}]
        yield "Best", {"sortSpecs": sort, "filterSpecs": finished}
    who = next((row["run.user"] for row in rows if row.get("run.user")), None)
    if user is not None and isinstance(who, str):
        condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": who}]}
        yield "Mine", {"filterSpecs": [_only(user, condition)], "who": who}
    if status is not None:
        yield "Failed", {"filterSpecs": [_only(status, _any_of(status, "failed"))]}
    verdict = next(
        (places[c.mark] for c in template.columns if c.choices and c.mark and c.mark in places),
        None,
    )
    if verdict is not None:
        blank = _only(verdict, {"type": "BLANK"})
        yield "To review", {"filterSpecs": [*finished, blank]}


def _only(place: int, condition: Json) -> Json:
    return {"columnIndex": place, "filterCriteria": {"condition": condition}}


def _any_of(place: int, status: str) -> Json:
    """Return the condition that a cell shows a status, in whichever language."""
    cell = f"{letters(place)}2"
    equal = ";".join(f'{cell}="{word}"' for word in STATUSES[status])
    return {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": f"=OR({equal})"}]}
