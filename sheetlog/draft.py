"""A template's text from what a sheet looks like: its columns again, people's included.

Pure: looks + the template in force → YAML. What a sheet doesn't tell (goals, aliases, what follows
which wildcard) comes from the template in force, where it has the column. Each column is tried by
the reader of templates, so that what is written has no mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sheetlog import dress, grammar, yaml_text
from sheetlog.errors import TemplateError
from sheetlog.formulas import TICKS
from sheetlog.placing import Wants
from sheetlog.record import path, section
from sheetlog.tabs import ColumnLook, Looks
from sheetlog.template import Column, Template, title_of

_FORMATS = {code: name for name, code in dress.CODES.items()}
_OPTIONAL = ("formula", "role", "choices", "format", "aliases", "note", "unit", "group", "width")
"""Attributes to go without, one after the other, where a column is none with them."""
_SOME = ({"key": "run.name"},)
_CLOSE = 1.0
"""Characters: a width that differs by less is the one that the column has by itself."""
_PART = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")|(?P<other>'(?:[^']|'')*'!?|[A-Za-z_][\w.]*\(|[A-Za-z_]\w*!)"""
    r"|\$?(?P<column>[A-Z]{1,3})\$?(?P<row>[0-9]+)(?![\w(])"
    r"|(?P<number>[0-9]+E-?[0-9]+)|(?P<semicolon>;)|(?P<range>:)"
)


@dataclass(slots=True, eq=False)
class Draft:
    """A template while it is written."""

    looks: Looks
    base: Template
    """The template in force."""
    left: list[str] = field(default_factory=list)
    """What could not be taken over, a sentence each."""

    def text(self, title: str) -> str:
        """Return the whole template; `title` says what it is for."""
        columns = list(self._with_wildcards(self._columns()))
        found: dict[str, Any] = {"title": title}
        for name in ("tab", "freeze_columns", "best_by", "overview", "language"):
            value = self._of_all(name)
            if value and _reads({name: value, "columns": _SOME}):
                found[name] = value
        lines = [f"{name}: {_flow(value)}" for name, value in found.items()]
        lines += ["columns:", *(f"  - {_flow(column)}" for column in columns)]
        lines += [f"rest: {self.base.rest}", f"max_columns: {self.base.max_columns}"]
        return "\n".join(lines) + "\n"

    def _of_all(self, name: str) -> Any:
        best = self.base.best_by
        if name == "best_by":
            there = best is not None and best.metric in {each.key for each in self.looks.columns}
            return {"metric": best.metric, "goal": best.goal} if best and there else None
        own = {"tab": self.looks.title, "freeze_columns": self.looks.frozen}
        return own[name] if name in own else getattr(self.base, name)

    def _columns(self) -> Iterator[dict[str, Any]]:
        """Yield the sheet's columns in their order, each such that the reader takes it."""
        named = list(self._named())
        # Nearly always all of them are right, and one look tells.
        if _reads({"columns": named}):
            yield from named
            return
        for said in named:
            if (taken := _taken(said)) is None:
                title = said.get("title", said.get("key"))
                self.left.append(f"'{title}' can be no column of a template")
            else:
                yield taken

    def _named(self) -> Iterator[dict[str, Any]]:
        """Yield what a template would say of the columns, no two with one title."""
        titles: set[str] = set()
        wants = Wants.of(self.base)
        both = (*self.looks.columns, *self.looks.others)
        for look in sorted(both, key=lambda each: each.place):
            known = look.key in wants.explicit
            column = wants.column(look.key) if known else Column(words=self.base.words)
            said = self._column(look, column, wants)
            if said is None:
                continue
            shown = said.get("title") or title_of(said["key"], self.base.words)
            title, number = shown, 1
            while title.casefold() in titles:  # a person may call two columns the same
                number += 1
                title = f"{shown} ({number})"
            if title != shown:
                said["title"] = title
            titles.add(title.casefold())
            titles |= {alias.casefold() for alias in said.get("aliases", ())}
            yield said

    def _column(self, look: ColumnLook, column: Column, wants: Wants) -> dict[str, Any] | None:
        """Return what a template says of a column; None: it comes without being named."""
        theirs = not look.key or look.key.startswith("people.")
        if theirs:
            said: dict[str, Any] = {"title": look.title.strip(), "owner": "people"}
            said |= {"role": column.role} if column.role else {}
        elif look.key.startswith("formula."):
            said = {"title": look.title.strip()}
            said |= self._formula(look, column)
            if len(said) == 1:
                self.left.append(f"'{look.title}' has a formula that speaks of other rows")
                return None
        elif section(look.key) == "run" and path(look.key) not in grammar.RUN_KEYS:
            return None
        else:
            said = {"key": look.key}
            if look.title.strip() not in ("", title_of(look.key, self.base.words)):
                said["title"] = look.title.strip()
        said |= self._dress(look, column, wants, theirs=theirs)
        return said

    def _dress(
        self, look: ColumnLook, column: Column, wants: Wants, *, theirs: bool
    ) -> dict[str, Any]:
        said: dict[str, Any] = {}
        ticked = look.checkbox or set(look.choices) == set(TICKS)
        form = "checkbox" if ticked else _format(look, column)
        if form is not None:
            said["format"] = form
        plain = Column(key=look.key or None, owner="people" if theirs else "sheetlog")
        alone = dress.dress_column(plain, look.key or None, look.title)
        if form is not None and alone.number_format == look.number_format:
            del said["format"]
        natural = dress.dress_column(
            replace(plain, format=said.get("format")), look.key or None, look.title
        ).width
        if look.width is not None and abs(look.width - natural) > _CLOSE:
            said["width"] = max(1, min(255, round(look.width)))
        note = self._note(look.note, column)
        if note:
            said["note"] = note
        if theirs and look.choices and form != "checkbox":
            said["choices"] = list(look.choices)
        # What is folded away with its group is none that nobody should see.
        if look.hidden and not look.grouped:
            said["hidden"] = True
        for name in ("unit", "goal", "group"):
            value = getattr(column, name)
            if value:
                said[name] = value
        if column.aliases:
            said["aliases"] = list(column.aliases)
        index = wants.index(look.key)
        if "group" not in said and index is not None and wants.template.columns[index].group:
            said["group"] = wants.template.columns[index].group
        return said

    def _note(self, note: str | None, column: Column) -> str | None:
        """Return a note without the words about the goal, which are added again."""
        if not note:
            return None
        if column.note and note.startswith(column.shown(column.note)):
            return column.shown(column.note)
        words = column.words.text
        for better in map(words, ("Higher is better.", "Lower is better.")):
            if note.endswith(better):
                note = note.removesuffix(better).strip().removesuffix(words("."))
        line = " ".join(note.split())
        return line if len(line) <= grammar.LONGEST_NOTE else None

    def _formula(self, look: ColumnLook, column: Column) -> dict[str, Any]:
        if column.delta:
            return {"delta": column.delta}
        if column.formula:
            return {"formula": column.formula}
        if look.formula is None:
            return {}
        found = _with_keys(look.formula[0], look.formula[1], self._keys())
        return {} if found is None else {"formula": found}

    def _keys(self) -> dict[str, str]:
        """Return the key of each column of ours and of people's, by its letters."""
        return {_letters(each.place): each.key for each in self.looks.columns}

    def _with_wildcards(self, columns: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield the columns, each wildcard behind the last one that it stands for."""
        found = list(columns)
        wants = Wants.of(self.base)
        wild = {each.key: _wildcard(each) for each in self.base.columns if each.wildcard}
        for name in ("metrics.*", "params.*"):
            wild.setdefault(name, {"key": name})
        behind: dict[int, list[dict[str, Any]]] = {}
        for key, said in wild.items():
            mine = [at for at, each in enumerate(found) if _stands_for(key, each, wants)]
            behind.setdefault(mine[-1] if mine else len(found) - 1, []).append(said)
        for at, column in enumerate(found):
            yield column
            yield from behind.get(at, ())


def _wildcard(column: Column) -> dict[str, Any]:
    said: dict[str, Any] = {"key": column.key}
    for name in ("format", "group", "goal", "width"):
        if getattr(column, name):
            said[name] = getattr(column, name)
    return said | ({"hidden": True} if column.hidden else {})


def _stands_for(wildcard: str | None, column: Mapping[str, Any], wants: Wants) -> bool:
    key = column.get("key")
    if wildcard is None or key is None or not key.startswith(wildcard[:-1]):
        return False
    return wildcard in ("metrics.*", "params.*") or key not in wants.explicit


def _format(look: ColumnLook, column: Column) -> str | None:
    """Return what a template calls a column's number format; None: nothing, or it says it."""
    if column.format in ("link", "curve", "image", "checkbox"):
        return column.format
    if column.delta is not None:
        return column.format  # its signs come by themselves
    code = look.number_format
    if code is None or code == "General" or section(look.key) in ("artifacts", "curves"):
        return None
    return _FORMATS.get(code, code)


def _with_keys(formula: str, row: int, keys: Mapping[str, str]) -> str | None:
    """Return a formula with keys in place of the cells of its row; None: it has other cells."""
    bad = False

    def part(match: re.Match[str]) -> str:
        nonlocal bad
        if match["column"]:
            key = keys.get(match["column"])
            bad = bad or key is None or int(match["row"]) != row + 1
            return f"{{{key}}}"
        if match["number"]:
            return repr(float(match["number"]))
        bad = bad or bool(match["range"]) or (match["other"] or "").endswith("!")
        return "," if match["semicolon"] else match[0]

    found = _PART.sub(part, formula)
    return None if bad else found


def _letters(place: int) -> str:
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def _taken(said: dict[str, Any]) -> dict[str, Any] | None:
    """Return a column with as many of its attributes as the reader takes; None: with none."""
    tried = dict(said)
    # These need another column, or are right by where they come from.
    alone = {name: value for name, value in tried.items() if name not in ("delta", "formula")}
    if len(alone) < len(tried):
        alone["owner"] = "people"
    for name in (None, *_OPTIONAL):
        if name is not None and name in alone:
            alone.pop(name, None)
            tried.pop(name, None)
        if _reads({"columns": [alone]}):
            return tried
    return None


def _reads(template: dict[str, Any]) -> bool:
    rest = [f"{name}: {_flow(value)}" for name, value in template.items() if name != "columns"]
    lines = [*rest, "columns:", *(f"  - {_flow(column)}" for column in template["columns"])]
    try:
        grammar.read("\n".join(lines), "draft.yaml")
    except TemplateError:
        return False
    return True


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(part)}" for name, part in value.items()) + "}"
    return yaml_text.one(value)
