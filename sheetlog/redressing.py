"""What must change so that a sheet looks as its template says, without undoing what people did.

Pure: template + what the sheet looks like now → `Redress`, in words as well. What sheetlog has set
once it keeps in the sheet (`memory`): where a column looks otherwise now, a person wanted that and
it stays. What the template leaves open stays, too. Titles, order and cells are never touched.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sheetlog import dictionary, dress
from sheetlog.cells import Cell
from sheetlog.dress import ColumnDress
from sheetlog.placing import Wants
from sheetlog.tabs import ColumnLook, Looks, Redress, Restyle, Shown, Tab
from sheetlog.template import Column, Template

ATTRIBUTES = ("width", "number_format", "note", "choices", "hidden", "goal", "grouped")
"""What is remembered of a column, in this order."""

_CLOSE = 0.75
"""Widths that differ by less are the same: every program rounds them by its own letters."""
_PROTECTED = (
    "the columns of '{}' stay as they are: the tab is protected; take the protection off "
    "(Review > Unprotect Sheet) and dress it again"
)
_NAMES = {"number_format": "number format"}
_SWITCHED = {
    "hidden": ("is hidden", "is shown"),
    "grouped": ("never varies and is folded away", "varies and comes out of its group"),
}


def remembered(dressed: Iterable[tuple[str, ColumnDress]], before: str = "") -> str:
    """Return a sheet's memory once columns were made.

    Args:
        dressed: of each its key and how it was made.
        before: the memory until then.
    """
    memory = _read(before)
    for key, look in dressed:
        words = [choice.word for choice in look.choices]
        code = None if look.number_format == "General" else look.number_format
        memory[key] = [look.width, code, look.note, words, look.hidden, look.goal, False]
    return _written(memory)


def plan(
    template: Template,
    looks: Looks,
    *,
    samples: Mapping[str, Cell],
    days: Mapping[str, str],
    unvarying: Collection[str] = (),
) -> Redress:
    """Return what must change.

    Args:
        template: how the sheet shall look.
        looks: how it does.
        samples: of columns that hold something, a value by key.
        days: of these the day of the first run that has one, as in 2026-11-23.
        unvarying: keys of columns that never vary, to be folded away.
    """
    wants, found = Wants.of(template), _Found(_read(looks.memory))
    for look in looks.columns:
        column = wants.column(look.key)
        dressed = dress.dress_column(column, look.key, look.title, sample=samples.get(look.key))
        folded = look.key in unvarying and (look.grouped or not look.hidden)
        found.column(look, column, dressed, grouped=folded)
    if looks.protected and found.restyles:
        found = _Found(_read(looks.memory))
        found.left.append(_PROTECTED.format(looks.title))
    columns = [replace(look, number_format=found.code(look)) for look in looks.columns]
    tabs = _tabs(template, wants, columns, samples, days) if columns else ()
    written = [tab for tab in tabs if found.tab(tab, looks)]
    return Redress(
        base=looks,
        columns=tuple(found.restyles),
        tabs=tuple(written),
        memory=_written(found.memory),
        words=tuple(found.words),
        left=tuple(found.left),
    )


class _Found:
    """What is found while one column after the other is looked at."""

    def __init__(self, memory: dict[str, list[Any]]) -> None:
        self.restyles: list[Restyle] = []
        self.words: list[str] = []
        self.left: list[str] = []
        self.memory = memory

    def column(
        self, look: ColumnLook, column: Column, dressed: ColumnDress, *, grouped: bool
    ) -> None:
        """Compare a column with the template, thing by thing."""
        now = _now(look)
        kept = self.memory.get(look.key)
        before = dict(zip(ATTRIBUTES, kept, strict=False)) if kept is not None else None
        wanted = _wanted(column, dressed, before or now, grouped=grouped)
        for name in ATTRIBUTES:
            if before is None:
                settled = _same(name, wanted[name], now[name])
                theirs = not _blank(now[name])
            else:
                # The template hasn't changed: whatever a person did meanwhile stays.
                settled = _same(name, wanted[name], before[name])
                theirs = not _same(name, before[name], now[name])
            if settled or (name != "goal" and _same(name, wanted[name], now[name])):
                continue
            words = _words(look.title, name, now[name], wanted[name])
            if theirs:
                self.left.append(f"{words}: stays, for it isn't as sheetlog had made it")
                continue
            self.words.append(words)
            value = dressed.choices if name == "choices" else wanted[name]
            restyle = Restyle(key=look.key, place=look.place, attribute=name, value=value)
            self.restyles.append(restyle)
        self.memory[look.key] = [wanted[name] for name in ATTRIBUTES]

    def code(self, look: ColumnLook) -> str | None:
        """Return the number format that a column has once this is carried out."""
        for each in self.restyles:
            if each.key == look.key and each.attribute == "number_format":
                return each.value if isinstance(each.value, str) else None
        return look.number_format

    def tab(self, tab: Tab, looks: Looks) -> bool:
        """Return whether a tab is to be written."""
        there = looks.tabs.get(tab.name)
        if there is None and looks.closed:
            self.left.append(
                f"the tab '{tab.title}' is not made: the workbook's structure is protected "
                "(Review > Protect Workbook)"
            )
            return False
        if there is None:
            self.words.append(f"the tab '{tab.title}' is made")
            return True
        if there.made == tab.fingerprint(looks.title):
            return False
        if there.edited:
            self.left.append(
                f"the tab '{there.title}' stays: somebody has changed it; delete it to get it anew"
            )
            return False
        self.words.append(f"the tab '{there.title}' is written anew")
        return True


def _tabs(
    template: Template,
    wants: Wants,
    looks: Iterable[ColumnLook],
    samples: Mapping[str, Cell],
    days: Mapping[str, str],
) -> tuple[Tab, ...]:
    """Return the tabs beside the runs."""
    # A row of runs needs no such tab: what describes one is loaded where it is made.
    from sheetlog import overview

    shown: dict[str, Shown] = {}
    for look in looks:
        shown[look.key] = dictionary.shown(
            wants.column(look.key),
            look.key,
            look.title,
            sample=samples.get(look.key),
            number_format=look.number_format,
            first_seen=days.get(look.key, ""),
        )
    say = template.words.text
    return overview.overview(template, shown, say=say), dictionary.dictionary(shown, say=say)


def _now(look: ColumnLook) -> dict[str, Any]:
    return {
        "width": look.width,
        "number_format": look.number_format,
        "note": look.note,
        "choices": list(look.choices),
        "hidden": look.hidden and not look.grouped,
        "goal": look.shaded,
        "grouped": look.grouped,
    }


def _wanted(
    column: Column, dressed: ColumnDress, before: Mapping[str, Any], *, grouped: bool
) -> dict[str, Any]:
    """Return what the template says; where it leaves something open, what was there before."""
    code = None if dressed.number_format == "General" else dressed.number_format
    return {
        "width": before["width"] if column.width is None else column.width,
        "number_format": before["number_format"] if column.format is None else code,
        "note": dressed.note,
        "choices": [choice.word for choice in dressed.choices],
        "hidden": column.hidden,
        "goal": dressed.goal if dressed.scale else None,
        "grouped": grouped,
    }


def _same(name: str, one: Any, other: Any) -> bool:
    if name == "width" and one is not None and other is not None:
        return abs(float(one) - float(other)) < _CLOSE
    if name == "goal" and isinstance(other, bool):
        return bool(one) == other
    if name == "number_format" and one is not None and other is not None:
        # Programs put a backslash before each letter that stands for itself.
        return str(one).replace("\\", "").casefold() == str(other).replace("\\", "").casefold()
    return bool((one or None) == (other or None))


def _blank(value: Any) -> bool:
    return value in (None, "", [], False)


def _words(title: str, name: str, now: Any, wanted: Any) -> str:
    """Return in words what would change."""
    if name in ("hidden", "grouped"):
        return f"'{title}' {_SWITCHED[name][0 if wanted else 1]}"
    if name == "goal":
        ends = {"max": "the highest is the best", "min": "the lowest is the best"}
        return f"'{title}' is coloured: {ends[wanted]}" if wanted else f"'{title}' has no goal"
    return f"'{title}': {_NAMES.get(name, name)} {_shown(now)} → {_shown(wanted)}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if isinstance(value, float):
        return f"{value:.3g}"
    return "none" if value in (None, "") else f"{value}"


def _read(memory: str) -> dict[str, list[Any]]:
    """Return what a sheet remembers; of what nobody can read, nothing."""
    try:
        held = json.loads(memory) if memory else {}
    except ValueError:
        return {}
    if not isinstance(held, dict):
        return {}
    return {
        key: kept
        for key, kept in held.items()
        if isinstance(kept, list) and len(kept) == len(ATTRIBUTES)
    }


def _written(memory: Mapping[str, list[Any]]) -> str:
    return json.dumps(memory, ensure_ascii=True, separators=(",", ":")) if memory else ""
