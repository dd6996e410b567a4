"""Which column a value goes to, and where a new one stands: rules 1, 3, 4, 5 of docs/layout.md.

Pure: from template and header to keys and places. Rows and cells are `layout`'s.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sheetlog.plan import Added, Header, Mark, Plan
from sheetlog.record import OVERFLOW, Scalar, Series, path, section
from sheetlog.template import Column, Template, title_of

NEEDED = ("run.id", "run.revision")
"""Without these a row cannot be found again (rule 6), so they come back if deleted."""
ASIDE = frozenset({"run.types", "run.config"})
"""Nobody's reading: where no template names it, it is hidden and belongs to no wildcard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """A template, indexed by key."""

    template: Template
    explicit: Mapping[str, int]
    """Mark → index of its template column: keys, `people.TITLE`, `formula.TITLE`."""
    prefixes: tuple[tuple[str, int], ...]
    """Of the wildcards, the longest (the most particular) first."""
    aliases: tuple[tuple[str, tuple[str, ...]], ...]
    """A column's key, and the other keys whose values it takes, the first that a run has."""

    @classmethod
    def of(cls, template: Template) -> Wants:
        explicit: dict[str, int] = {}
        prefixes: list[tuple[str, int]] = []
        aliases: list[tuple[str, tuple[str, ...]]] = []
        for index, column in enumerate(template.columns):
            if column.wildcard and column.key is not None:
                prefixes.append((column.key[:-1], index))
            elif column.mark is not None:
                explicit[column.mark] = index
            if column.key is not None and column.aliases and not column.wildcard:
                name = section(column.key)
                whole = [key for alias in column.aliases for key in (alias, f"{name}.{alias}")]
                aliases.append((column.key, tuple(whole)))
        prefixes.sort(key=lambda entry: -len(entry[0]))
        return cls(
            template=template, explicit=explicit, prefixes=tuple(prefixes), aliases=tuple(aliases)
        )

    def index(self, key: str) -> int | None:
        """Return which template column a key belongs to; None: no column names it."""
        index = self.explicit.get(key)
        if index is None and key not in ASIDE:
            for prefix, at in self.prefixes:
                if key.startswith(prefix):
                    return at
        return index

    def column(self, key: str) -> Column:
        """Return the template column of a key, or one that has nothing but the key."""
        index = self.index(key)
        if index is None:
            hidden = key in ASIDE or key in NEEDED or key == OVERFLOW
            return Column(key=key, hidden=hidden, words=self.template.words)
        return self.template.columns[index]

    def drops(self, key: str) -> bool:
        """Return whether the template wants a value that has no column thrown away (rule 5)."""
        return self.template.rest == "drop" and self.index(key) is None and key not in NEEDED


def aliased(wants: Wants, values: Mapping[str, Scalar]) -> dict[str, str]:
    """Return the keys of a record whose values go to a column of another key, and that key."""
    renamed: dict[str, str] = {}
    for target, others in wants.aliases:
        if target not in values:  # a column's own key comes first: no value pushes one out
            for other in others:
                if other in values and other not in wants.explicit and other not in renamed:
                    renamed[other] = target
                    break
    return renamed


def by_column(wants: Wants, values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Return a record's values by the key of the column that they go to."""
    renamed = aliased(wants, values)
    placed: dict[str, Scalar] = {}
    for key, value in values.items():
        target = renamed.get(key, key)
        placed[target] = _best(wants, target, values.get(f"curves.{path(key)}"), value)
    return placed


def _best(wants: Wants, key: str, curve: Scalar, value: Scalar) -> Scalar:
    """Return a curve's best point for a metric with a goal, and else the value as it is."""
    if not isinstance(curve, Series) or section(key) != "metrics":
        return value
    goal = wants.column(key).goal
    if goal is None:
        return value
    best = curve.highest if goal == "max" else curve.lowest
    return value if math.isnan(best) else best


def lost_marks(wants: Wants, header: Header, keys: Iterable[str]) -> tuple[Mark, ...]:
    """Return the marks to put back: columns that are known by title or alias alone (rule 1)."""
    marked = {column.key for column in header.columns if column.key is not None}
    known: dict[str, str] = {}
    for column in wants.template.columns:
        if column.mark is not None:
            shown = _title(column, column.mark)
            for title in (shown, column.title or shown, *column.aliases):
                known.setdefault(title.casefold(), column.mark)
    if not marked:
        # Where any mark is left, a column that only looks like one of ours is a person's.
        for key in dict.fromkeys((*NEEDED, *keys)):
            known.setdefault(_title(wants.column(key), key).casefold(), key)
            known.setdefault(key.casefold(), key)
    marks = []
    for there in header.columns:
        found = known.get(there.title.strip().casefold())
        if there.key is None and found and found not in marked and found not in header.deleted:
            marks.append(Mark(place=there.place, key=found))
            marked.add(found)
    return tuple(marks)


def added_columns(
    wants: Wants, sheet: Plan, values: Iterable[Mapping[str, Scalar]]
) -> tuple[Added, ...]:
    """Return the columns that the values need and the sheet doesn't have, each with its place."""
    order = _order(sheet)
    titles = {column.title.casefold() for column in sheet.columns()}
    added: list[Added] = []
    before: tuple[int | None, int] | None = None
    for key in _new_keys(wants, sheet, values):
        index = wants.index(key)
        # Neighbours in template order stand side by side: no need to search again.
        if before is not None and before[0] == index:
            place = before[1] + 1
        else:
            place = _place(wants, order, index)
        before = (index, place)
        order[place:place] = [key]
        column = wants.column(key)
        title = _unused(_title(column, key), key, titles)
        titles.add(title.casefold())
        added.append(Added(place=place, key=key, title=title, column=column))
    return tuple(added)


def _order(sheet: Plan) -> list[str | None]:
    """Return the sheet's keys by place; None: a column that isn't ours, or none at all."""
    columns = sheet.columns()
    order: list[str | None] = [None] * (1 + max((c.place for c in columns), default=-1))
    for column in columns:
        order[column.place] = column.key
    return order


def _new_keys(wants: Wants, sheet: Plan, values: Iterable[Mapping[str, Scalar]]) -> list[str]:
    """Return the keys to make columns for: in template order, then in the order first seen."""
    present = {column.key for column in sheet.columns()}
    deleted = sheet.base.deleted - {*NEEDED}
    last = len(wants.template.columns)
    new: dict[str, int] = {}
    spill = False
    # A sheet that is being made gets all that the template names, people's columns included.
    first = wants.explicit if not sheet.base.columns else ()
    for key in (*first, *NEEDED):
        if key not in present and key not in deleted:
            new[key] = wants.explicit.get(key, last)
    certain = set(new)
    for run in values:
        for key in run:
            if key in present or key in new:
                continue
            index = wants.index(key)
            if key in deleted or (index is None and wants.template.rest != "columns"):
                spill = spill or not wants.drops(key)  # rules 4 and 5
            else:
                new[key] = last if index is None else index
    ordered = sorted(new, key=new.__getitem__)
    certain |= wants.explicit.keys() & new.keys()
    taken = sum(not (key or "people.").startswith("people.") for key in (*present, *certain))
    room = max(0, wants.template.max_columns - taken)
    over = {*[key for key in ordered if key not in certain][room:]}
    kept = [key for key in ordered if key not in over]
    spill = spill or bool(over)
    if spill and OVERFLOW not in present and OVERFLOW not in new and OVERFLOW not in deleted:
        at = wants.index(OVERFLOW)
        kept.append(OVERFLOW)
        if at is not None:
            kept.sort(key=lambda key: at if key == OVERFLOW else new[key])
    return kept


def _place(wants: Wants, order: list[str | None], index: int | None) -> int:
    """Return where a new column stands (rule 3)."""
    ours = [place for place, key in enumerate(order) if key is not None]
    if index is not None:
        of = {place: wants.index(order[place] or "") for place in ours}
        for wanted in range(index, -1, -1):  # its own wildcard, else what comes before it
            places = [place for place in ours if of[place] == wanted]
            if places:
                return places[-1] + 1
        for wanted in range(index + 1, len(wants.template.columns)):
            places = [place for place in ours if of[place] == wanted]
            if places:
                return places[0]
    owned = [place for place in ours if not (order[place] or "").startswith("people.")]
    return owned[-1] + 1 if owned else len(order)


def _title(column: Column, key: str) -> str:
    """Return what the header cell of a new column shows."""
    named = column.title and not column.wildcard
    title = column.shown(column.title or "") if named else title_of(key, column.words)
    if column.unit and f"({column.unit})" not in title:
        title = f"{title} ({column.unit})"
    return title


def _unused(title: str, key: str, taken: set[str]) -> str:
    """Return the title, or one like it that no other column has: a table's titles must differ."""
    title = title.strip() or key
    candidate, number = title, 1
    while candidate.casefold() in taken:
        number += 1
        name = section(key)
        candidate = f"{title} ({name})" if number == 2 else f"{title} ({name} {number})"
    return candidate
