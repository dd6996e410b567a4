"""What a template's text may say: attribute by attribute, column by column, then all columns.

Pure: text → `Template`, or every mistake at once. The format in words: docs/templates.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sheetlog import formulas, mistakes, patterns, yaml12
from sheetlog.errors import TemplateError
from sheetlog.language import CODES
from sheetlog.mistakes import Mistakes, Reader, nearest
from sheetlog.record import SECTIONS, path, section
from sheetlog.template import LONGEST_TITLE, BestBy, Column, Template, title_of
from sheetlog.yaml12 import Node

# fmt: off
FORMATS = (
    "text", "integer", "number", "percent", "scientific", "datetime", "date", "duration",
    "checkbox", "link", "curve", "image",
)
"""The names that `format` knows; anything else must be a pattern."""

RUN_KEYS = (
    "id", "name", "status", "started", "duration", "notes", "tags", "parent", "error", "user",
    "host", "changed", "more", "revision", "source", "config",
)
"""The paths of the section `run`: sheetlog itself fills it, so no others can be."""
# fmt: on

LONGEST_NOTE = 230
"""Characters; with the words about the goal after it, as many as Excel shows at a header cell."""

OWNERS = ("sheetlog", "people")
ROLES = ("baseline",)
GOALS = ("min", "max")
RESTS = ("columns", "cell", "drop")
_NO_NUMBERS = ("text", "datetime", "date", "checkbox", "link", "curve", "image")
_SECTIONS = ", ".join(f"{name}." for name in SECTIONS)


def read(text: str, source: str) -> Template:
    """Return the template that a text describes; `template.parse` says more."""

    def error(message: str) -> TemplateError:
        return TemplateError(source, (message,))

    found = Mistakes(source)
    root = yaml12.compose(text, source, error=error)
    if root.value is None:
        raise error(f"{source}:1:1: is empty; it needs at least 'columns:' with a list")
    said = mistakes.fields(found, root, "", _TEMPLATE)
    if isinstance(root.value, dict) and "columns" not in root.value:
        found.add(root.place, "columns", "is missing; a template lists its columns")
    columns = _with_deltas(found, said.get("columns", ()))
    _compare(found, columns)
    if "best_by" in said:
        _compare_goals(found, said["best_by"], columns, root.value["best_by"])
    if wrong := found.sentences():
        raise TemplateError(source, wrong)
    name = re.split(r"[/\\]", source)[-1].removesuffix(".yaml").removesuffix(".yml")
    rest = {**said, "columns": tuple(each.column for each in columns)}
    return Template(**{"title": name, **rest}, name=name, source=source)


# --- attributes: one node → one value


def _title(found: Mistakes, node: Node, where: str) -> str | None:
    return mistakes.text(found, node, where, longest=LONGEST_TITLE)


def _tab(found: Mistakes, node: Node, where: str) -> str | None:
    # Excel's rules, which are the narrower ones.
    name = mistakes.text(found, node, where, longest=31)
    if name is None:
        return None
    if re.search(r"[\[\]:*?/\\]", name) or name[0] == "'" or name[-1] == "'":
        sentence = f"'{name}': a tab cannot have [ ] : * ? / \\ in its name, nor ' at an end of it"
        found.add(node.place, where, sentence)
        return None
    return name


def _key(found: Mistakes, node: Node, where: str) -> str | None:
    """Return a key or wildcard of the known sections."""
    key = mistakes.text(found, node, where, longest=1000)
    problem = None if key is None else _key_problem(key, wildcards=True)
    if problem is not None:
        found.add(node.place, where, problem)
        return None
    return key


def _metric(found: Mistakes, node: Node, where: str) -> str | None:
    key = mistakes.text(found, node, where, longest=1000)
    problem = None if key is None else _key_problem(key, wildcards=False)
    if problem is not None:
        found.add(node.place, where, problem)
        return None
    return key


def _key_problem(key: str, *, wildcards: bool) -> str | None:
    """Return what is wrong with a key as a sentence; None: nothing is."""
    first, rest = section(key), path(key)
    if first not in SECTIONS:
        hint = nearest(first.rstrip("*"), SECTIONS).replace("'?", ("." + (rest or "*")) + "'?")
        hint = hint or ("" if rest else f" did you mean 'metrics.{key}' or 'params.{key}'?")
        return f"'{key}' is outside of the sections;{hint} a key starts with one of {_SECTIONS}"
    stem = key.removesuffix(".*")
    if not rest:
        return f"'{key}' is a section, not a value in it; did you mean '{key}.*'?"
    if "*" in stem:
        right = stem.partition("*")[0].rstrip(".") + ".*"
        return f"'{key}': a wildcard is '.*' at the end, nowhere else; did you mean '{right}'?"
    if stem != key and not wildcards:
        return f"'{key}' stands for many values; name one of them"
    if first == "run" and key != "run.*" and rest not in RUN_KEYS:
        known = [f"run.{name}" for name in RUN_KEYS]
        return f"there is no '{key}';{nearest(key, known)} there are: {', '.join(known)}"
    return None


def _format(found: Mistakes, node: Node, where: str) -> str | None:
    value = mistakes.text(found, node, where, longest=patterns.LONGEST)
    if value is None or value in FORMATS:
        return value
    problem = patterns.problem(value)
    if problem is None:
        return value
    if value.isidentifier():
        problem = "is no format"
    names = ", ".join(FORMATS)
    hint = nearest(value, FORMATS)
    sentence = f"'{value}' {problem};{hint} allowed: {names}, or a pattern such as \"0.0000\""
    found.add(node.place, where, sentence)
    return None


def _formula(found: Mistakes, node: Node, where: str) -> str | None:
    value = mistakes.text(found, node, where, longest=4000)
    problem = None if value is None else formulas.problem(value)
    if problem is not None:
        found.add(node.place, where, problem)
        return None
    return value


def _choice(found: Mistakes, node: Node, where: str) -> str | None:
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        return str(node.value)
    value = mistakes.text(found, node, where, longest=100)
    if value is not None and "," in value:
        found.add(node.place, where, f"'{value}' has a comma, and a list in Excel cannot")
        return None
    return value


def _choices(found: Mistakes, node: Node, where: str) -> tuple[str, ...] | None:
    values = mistakes.listed(found, node, where, _choice)
    if values and len(",".join(values)) > 255:
        sentence = "are more than 255 characters together, and Excel takes no more"
        found.add(node.place, where, sentence)
        return None
    return values


def _best_by(found: Mistakes, node: Node, where: str) -> BestBy | None:
    said = mistakes.fields(found, node, where, {"metric": _metric, "goal": _goal})
    if not isinstance(node.value, dict):
        return None
    for name, allowed in (("metric", "a key such as metrics.accuracy"), ("goal", "min or max")):
        if name not in node.value:
            found.add(node.place, f"{where}.{name}", f"is missing; allowed: {allowed}")
    return BestBy(**said) if len(said) == 2 else None


_goal: Reader = partial(mistakes.one_of, allowed=GOALS)
_alias: Reader = partial(mistakes.text, longest=LONGEST_TITLE)

_ATTRIBUTES: dict[str, Reader] = {
    "key": _key,
    "title": _title,
    "owner": partial(mistakes.one_of, allowed=OWNERS),
    "formula": _formula,
    "width": partial(mistakes.integer, low=1, high=255),
    "format": _format,
    "note": partial(mistakes.text, longest=LONGEST_NOTE),
    "unit": partial(mistakes.text, longest=30),
    "goal": _goal,
    "choices": _choices,
    "hidden": mistakes.boolean,
    "aliases": partial(mistakes.listed, reader=_alias),
    "group": partial(mistakes.text, longest=30),
    "role": partial(mistakes.one_of, allowed=ROLES),
    "delta": _metric,
}


# --- columns: what one says must fit together


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A column that was read, and where it stands."""

    column: Column
    node: Node
    where: str

    def place(self, name: str) -> yaml12.Place:
        said: Node | None = self.node.value.get(name)
        return said.place if said is not None else self.node.place


def _columns(found: Mistakes, node: Node, where: str) -> tuple[_Read, ...] | None:
    if not isinstance(node.value, tuple) or not node.value:
        sentence = f"must be a list of columns, not {mistakes.kind(node)}"
        found.add(node.place, where, sentence)
        return None
    columns = []
    for index, item in enumerate(node.value):
        at = f"{where}[{index}]"
        said = mistakes.fields(found, item, at, _ATTRIBUTES)
        if isinstance(item.value, dict) and _fits(found, item, at, said):
            columns.append(_Read(column=Column(**said), node=item, where=at))
    return tuple(columns)


def _fits(found: Mistakes, node: Node, where: str, said: dict[str, Any]) -> bool:
    """Return whether the attributes make a column, after having told where they do not."""
    names = node.value.keys()
    kinds = [name for name in ("key", "formula", "delta") if name in names]
    if said.get("owner") == "people":
        kinds.append("owner: people")
    if not kinds and not ("owner" in names and "owner" not in said):
        sentence = "is no column yet: give it a 'key', a 'formula', a 'delta' or 'owner: people'"
        found.add(node.place, where, sentence)
    if len(kinds) > 1:
        sentence = f"cannot have '{kinds[0]}' and '{kinds[1]}' at once; keep one"
        found.add(node.place, where, sentence)
    if kinds in (["formula"], ["owner: people"]) and "title" not in names:
        found.add(node.place, f"{where}.title", "is missing; a column without a key needs a title")
    for name, sentence in _misplaced(said, kinds):
        found.add(node.value[name].place, f"{where}.{name}", sentence)
    return len(kinds) == 1 and not {"title", "key", "delta"}.isdisjoint(said)


def _misplaced(said: dict[str, Any], kinds: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each attribute that this kind of column cannot have, and why."""
    if "choices" in said and "owner: people" not in kinds:
        yield "choices", "are for people's columns; add 'owner: people' or remove them"
    if "choices" in said and said.get("format") == "checkbox":
        yield "choices", "do not go with a checkbox; keep one of the two"
    if "role" in said and (kinds != ["owner: people"] or said.get("format") != "checkbox"):
        yield "role", "needs 'owner: people' and 'format: checkbox': people tick the run"
    if str(said.get("key", "")).endswith(".*"):
        for name in ("title", "aliases"):
            if name in said:
                yield name, f"'{said['key']}' stands for many columns, and they cannot share it"
    if "goal" in said and said.get("format") in _NO_NUMBERS:
        yield "goal", f"needs numbers, and the format is {said['format']}"
    title, unit = said.get("title"), said.get("unit")
    if title and unit and len(title) + len(unit) + 3 > LONGEST_TITLE:
        yield "title", f"is with its unit longer than {LONGEST_TITLE} characters"


# --- columns against one another


def _with_deltas(found: Mistakes, columns: tuple[_Read, ...]) -> tuple[_Read, ...]:
    """Return the columns, with formulas for those that compare with the baseline."""
    ticked = [each for each in columns if each.column.role is not None]
    for each in ticked[1:]:
        sentence = f"{ticked[0].where} is the baseline already; remove one"
        found.add(each.place("role"), f"{each.where}.role", sentence)
    keys = {each.column.key: each.column for each in columns}
    done = []
    for each in columns:
        key = each.column.delta
        if key is not None and not ticked:
            sentence = (
                "needs a column in which people tick the run to compare with: "
                "{title: Baseline, owner: people, format: checkbox, role: baseline}"
            )
            found.add(each.place("delta"), f"{each.where}.delta", sentence)
        elif key is not None:
            of = keys.get(key) or Column(key=key)
            column = replace(
                each.column,
                formula=formulas.delta(key, ticked[0].column.mark or ""),
                title=each.column.title or f"Δ {of.title or title_of(key)}",
                format=each.column.format or of.format,
                goal=each.column.goal or of.goal,
            )
            each = replace(each, column=column)  # noqa: PLW2901 - the same one, complete
        done.append(each)
    return tuple(done)


def _compare(found: Mistakes, columns: tuple[_Read, ...]) -> None:
    keys = {each.column.key: each for each in reversed(columns) if each.column.key}
    titles: dict[str, _Read] = {}
    for each in columns:
        column = each.column
        first = keys.get(column.key or "", each)
        if first is not each:
            sentence = f"'{column.key}' has a column already, {first.where}; remove one"
            found.add(each.place("key"), f"{each.where}.key", sentence)
        elif not column.wildcard:
            _compare_title(found, each, titles)
    for each in columns:
        _compare_aliases(found, each, titles, keys)
        _compare_braces(found, each, columns)


def _compare_title(found: Mistakes, each: _Read, titles: dict[str, _Read]) -> None:
    """A title finds a column whose mark was lost, so no two may have the same."""
    title = each.column.title or title_of(each.column.key or "")
    first = titles.setdefault(title.casefold(), each)
    if first is each or not (first.column.title or each.column.title):
        return
    sentence = f"'{title}' is the title of {first.where} as well; give one another title"
    found.add(each.place("title"), f"{each.where}.title", sentence)


def _compare_aliases(
    found: Mistakes, each: _Read, titles: dict[str, _Read], keys: dict[str, _Read]
) -> None:
    for index, alias in enumerate(each.column.aliases):
        own = each.column.key
        taken = {alias, f"{section(own)}.{alias}"} if own else set()
        owner = titles.setdefault(alias.casefold(), each)
        for other in (owner, *(keys[key] for key in sorted(taken) if key in keys)):
            if other is not each:
                sentence = f"'{alias}' leads to {other.where} as well; remove it from one"
                place = each.node.value["aliases"].value[index].place
                found.add(place, f"{each.where}.aliases[{index}]", sentence)
                break


def _compare_braces(found: Mistakes, each: _Read, columns: tuple[_Read, ...]) -> None:
    people = [other.column.mark or "" for other in columns if other.column.owner == "people"]
    for key in each.column.keys_used:
        if key in people:
            continue
        problem = _key_problem(key, wildcards=False)
        if key.startswith("people."):
            problem = f"no column of people's has this title;{nearest(key, people)}"
        if problem is not None:
            sentence = f"{{{key}}}: {problem}"
            found.add(each.place("formula"), f"{each.where}.formula", sentence)


def _compare_goals(
    found: Mistakes, best_by: BestBy, columns: tuple[_Read, ...], node: Node
) -> None:
    for each in columns:
        goal = each.column.goal
        if each.column.key == best_by.metric and goal not in (None, best_by.goal):
            sentence = f"is {best_by.goal}, and {each.where}.goal says {goal}; make them the same"
            found.add(node.value["goal"].place, "best_by.goal", sentence)


_TEMPLATE: dict[str, Reader] = {
    "title": _title,
    "tab": _tab,
    "freeze_columns": partial(mistakes.integer, low=0, high=50),
    "best_by": _best_by,
    "columns": _columns,
    "rest": partial(mistakes.one_of, allowed=RESTS),
    "max_columns": partial(mistakes.integer, low=1, high=16_000),
    "overview": mistakes.boolean,
    "language": partial(mistakes.one_of, allowed=CODES),
}
