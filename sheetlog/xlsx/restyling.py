"""What columns of a worksheet look like, and how single things about them are set anew.

Knows one worksheet's markup and the styles; knows no plan and no template. What it isn't told to
change keeps its bytes: cells, colours of people, rules of other columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from sheetlog.tabs import ColumnLook, Restyle
from sheetlog.xlsx import colspans, look, references
from sheetlog.xlsx.colspans import Attributes
from sheetlog.xlsx.frame import ORDER, split
from sheetlog.xlsx.look import NewColumn
from sheetlog.xlsx.shelves import integer
from sheetlog.xlsx.spans import Edits, Element, parse
from sheetlog.xlsx.styles import Styles
from sheetlog.xlsx.texts import plain

_MARGIN = 0.7109375
"""Characters that a file's width has more than what fits into it."""
_LIST = re.compile(r'\s*"((?:[^"]|"")*)"\s*', re.DOTALL)
_CELL = rb"<%sc(?=\s(?:[^<>]*?\s)?r=[\"']%s[0-9]+[\"'])[^<>]*>"
"""The opening tag of a cell, by the prefix of its worksheet and the letters of its column."""
_XF = re.compile(rb"""\ss\s*=\s*["']([0-9]+)["']""")


def looked(
    data: bytes, part: str, styles: Styles, columns: Iterable[ColumnLook], *, header: int
) -> tuple[ColumnLook, ...]:
    """Return columns as they look now.

    Args:
        data: the worksheet.
        part: its name, for messages.
        columns: key, place and title of each.
        header: the header's row.
    """
    head, rows, tail, prefix = split(data, part)
    root = parse(head + tail, part)
    spans = colspans.spans_of(root.child("cols"))
    by_place = {at: rest for first, last, rest in spans for at in _few(first, last)}
    shaded = {at for rules in root.walk("conditionalFormatting") for at in _shaded(rules)}
    last = rows[rows.rfind(f"<{prefix}row".encode()) :] if rows else b""
    found = []
    for column in columns:
        rest = by_place.get(column.place, {})
        xf = _xf_in(last, column.place, prefix)
        xf = integer(rest.get("style")) if xf is None else xf
        code = styles.number_format_of(xf)
        width = rest.get("width")
        found.append(
            replace(
                column,
                width=float(width) - _MARGIN if width and rest.get("customWidth") else None,
                number_format=None if code == "General" else code,
                note=_note(root, column.place, header),
                choices=_choices(root, column.place, header),
                hidden=rest.get("hidden") in {"1", "true"},
                shaded=column.place in shaded,
                grouped=integer(rest.get("outlineLevel")) > 0,
            )
        )
    return tuple(found)


def _few(first: int, last: int) -> range:
    """Return the columns of a span that can matter: some reach to the edge of the sheet."""
    return range(first, min(last, first + 2_000) + 1)


def _shaded(rules: Element) -> Iterator[int]:
    if any(rules.walk("colorScale")):
        for ref in (rules.value("sqref") or "").split():
            area = references.area(ref)
            if area is not None and area.right - area.left < 2_000:
                yield from range(area.left, area.right + 1)


def _xf_in(row: bytes, place: int, prefix: str) -> int | None:
    name = references.letters(place).encode()
    found = re.search(
        _CELL % (re.escape(prefix.encode()), name),
        row,
    )
    said = _XF.search(found[0]) if found else None
    return int(said[1]) if said else None


def _validations(root: Element) -> list[Element]:
    holder = root.child("dataValidations")
    children = () if holder is None else holder.children
    return [each for each in children if each.name == "dataValidation"]


def _covers(element: Element, place: int, row: int) -> bool:
    """Return whether an element stands for one column alone, and for a cell of it."""
    areas = [references.area(ref) for ref in (element.value("sqref") or "").split()]
    return bool(areas) and all(
        area is not None and area.left == area.right == place and area.top <= row <= area.bottom
        for area in areas
    )


def _note(root: Element, place: int, header: int) -> str | None:
    for each in _validations(root):
        if _covers(each, place, header) and (prompt := each.value("prompt")):
            return plain(prompt)
    return None


def _choices(root: Element, place: int, header: int) -> tuple[str, ...]:
    for each in _validations(root):
        if each.value("type") == "list" and _covers(each, place, header + 1):
            shown = each.child("formula1")
            said = _LIST.fullmatch(shown.text) if shown is not None else None
            return tuple(said[1].replace('""', '"').split(",")) if said else ()
    return ()


def restyled(
    data: bytes,
    part: str,
    styles: Styles,
    columns: Mapping[str, ColumnLook],
    wanted: Sequence[Restyle],
    *,
    header: int,
) -> tuple[bytes, bytes, bytes]:
    """Return head, rows and tail of a worksheet with some things about its columns set anew.

    Args:
        columns: as they look now, by key.
        wanted: what is set.
    """
    head, rows, tail, prefix = split(data, part)
    around = head + tail
    root = parse(around, part)
    edits = Edits(around)
    by_key: dict[str, dict[str, object]] = {}
    for each in wanted:
        by_key.setdefault(each.key, {})[each.attribute] = each.value
    spans = _Columns(root)
    rules: list[str] = []
    choices: list[str] = []
    gone, rank = list[Element](), 1 + max(_ranks(root), default=0)
    for key, new in by_key.items():
        column = columns[key]
        spans.change(column.place, new)
        if "number_format" in new:
            code = str(new["number_format"] or "General")
            rows = _formatted(rows, column, code, styles, prefix)
            spans.format(column.place, styles, code)
        gone += _removed(root, edits, column, new, header)
        made = _made(column, new)
        xml, count = look.conditions(made, styles, place=column.place, header=header, rank=rank)
        rank += count
        rules.append(xml)
        choices += look.validations(made, column.title, place=column.place, header=header)
    spans.write(edits, prefix)
    if any(rules):
        name = "conditionalFormatting"
        edits.insert(root, look.prefixed(rules, prefix), name=name, order=ORDER)
    _validate(root, edits, choices, gone, prefix)
    head, _, tail, _ = split(edits.done(), part)
    return head, rows, tail


class _Columns:
    """The `<cols>` of a worksheet while single columns change."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._spans = colspans.spans_of(root.child("cols"))
        self._changed = False

    def change(self, place: int, new: Mapping[str, object]) -> None:
        """Set width, hiding and group of a column."""
        changed: dict[str, str | None] = {}
        if isinstance(width := new.get("width"), int | float):
            changed |= colspans.col(width=width)
        if "hidden" in new:
            changed["hidden"] = "1" if new["hidden"] else None
        if "grouped" in new:
            # A folded group: hidden columns of a level, which a click brings back.
            level = "1" if new["grouped"] else None
            changed |= {"outlineLevel": level, "hidden": level}
        self._set(place, changed)

    def format(self, place: int, styles: Styles, code: str) -> None:
        """Set the number format of cells that a column doesn't have yet."""
        xf = integer(self._at(place).get("style"))
        self._set(place, {"style": str(styles.xf_like(xf, number_format=code))})

    def _at(self, place: int) -> Attributes:
        return next((rest for first, last, rest in self._spans if first <= place <= last), {})

    def _set(self, place: int, changed: Mapping[str, str | None]) -> None:
        if not changed:
            return
        self._changed = True
        whole = {**self._at(place), **changed}
        rest = {name: value for name, value in whole.items() if value is not None}
        if rest and "width" not in rest:
            rest["width"] = f"{colspans.DEFAULT_WIDTH:g}"
        spans = []
        for first, last, old in self._spans:
            if first <= place <= last:
                spans += [
                    (a, b, old) for a, b in ((first, place - 1), (place + 1, last)) if a <= b
                ]
            else:
                spans.append((first, last, old))
        if rest:
            spans.append((place, place, rest))
        self._spans = sorted(spans, key=lambda span: span[0])

    def write(self, edits: Edits, prefix: str) -> None:
        """Put the element into the worksheet."""
        if not self._changed:
            return
        levels = max((integer(rest.get("outlineLevel")) for *_, rest in self._spans), default=0)
        form = self._root.child("sheetFormatPr")
        if form is not None:
            edits.attribute(form, "outlineLevelCol", str(levels) if levels else None)
        xml = colspans.xml(self._spans, prefix)
        cols = self._root.child("cols")
        if cols is not None:
            edits.replace(cols.start, cols.end, xml)
        elif xml:
            edits.insert(self._root, xml, name="cols", order=ORDER)


def _formatted(rows: bytes, column: ColumnLook, code: str, styles: Styles, prefix: str) -> bytes:
    """Return rows in which the cells of a column that had its format have another one."""
    before = column.number_format or "General"

    @cache
    def other(xf: int) -> int:
        same = (styles.number_format_of(xf) or "General") == before
        return styles.xf_like(xf, number_format=code) if same else xf

    def changed(found: re.Match[bytes]) -> bytes:
        tag = found[0]
        said = _XF.search(tag)
        xf = int(said[1]) if said else 0
        new = other(xf)
        if new == xf:
            return tag
        style = b' s="%d"' % new
        if said:
            return tag[: said.start()] + style + tag[said.end() :]
        name = len(prefix) + 2
        return tag[:name] + style + tag[name:]

    raw, letters = re.escape(prefix.encode()), references.letters(column.place).encode()
    return re.sub(_CELL % (raw, letters), changed, rows)


def _removed(
    root: Element, edits: Edits, column: ColumnLook, new: Mapping[str, object], header: int
) -> list[Element]:
    """Take out the rules that a column had until now; return its validations, which go as well."""
    gone = []
    for each in _validations(root):
        note = "note" in new and each.value("prompt") and _covers(each, column.place, header)
        listed = "choices" in new and each.value("type") == "list"
        if note or (listed and _covers(each, column.place, header + 1)):
            gone.append(each)
    for rules in root.walk("conditionalFormatting"):
        if _covers(rules, column.place, header + 1):
            ours = [rule for rule in rules.children if _ours(rule, new)]
            if len(ours) == len(rules.children):
                edits.remove(rules)
            else:
                for rule in ours:
                    edits.remove(rule)
    return gone


def _ours(rule: Element, new: Mapping[str, object]) -> bool:
    """Return whether a rule is one that sheetlog makes for what is set anew."""
    kind = rule.value("type")
    if "choices" in new and kind == "expression":
        shown = rule.child("formula")
        return shown is not None and shown.text.strip().upper().startswith("EXACT(")
    if "goal" in new:
        best = kind == "top10" and rule.value("rank") == "1"
        blank = kind == "containsBlanks" and rule.value("stopIfTrue") == "1"
        return kind == "colorScale" or best or blank
    return False


def _made(column: ColumnLook, new: Mapping[str, object]) -> NewColumn:
    """Return a column that has nothing but what is set anew."""
    choices = new.get("choices") or ()
    assert isinstance(choices, tuple)
    note, goal = new.get("note"), new.get("goal")
    return NewColumn(
        place=column.place,
        title=column.title,
        note=note if isinstance(note, str) else None,
        choices=tuple(choice.word for choice in choices),
        looks=tuple(choice.style for choice in choices),
        goal=goal if isinstance(goal, str) else None,
    )


def _ranks(root: Element) -> list[int]:
    return [integer(rule.value("priority")) for rule in root.walk("cfRule")]


def _validate(
    root: Element, edits: Edits, choices: Sequence[str], gone: Sequence[Element], prefix: str
) -> None:
    """Take validations out and put others in, and count them anew."""
    holder = root.child("dataValidations")
    count = len(_validations(root)) - len(gone) + len(choices)
    if holder is None and choices:
        whole = [f'<dataValidations count="{count}">', *choices, "</dataValidations>"]
        name = "dataValidations"
        edits.insert(root, look.prefixed(whole, prefix), name=name, order=ORDER)
    elif holder is not None and count == 0:
        edits.remove(holder)  # an empty one is damage to Excel
    elif holder is not None and (gone or choices):
        for each in gone:
            edits.remove(each)
        edits.attribute(holder, "count", str(count))
        edits.append(holder, look.prefixed(choices, prefix))
