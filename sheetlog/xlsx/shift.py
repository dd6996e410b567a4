"""Columns inserted into one tab: what becomes of each reference to it.

Knows how an element that holds references is rewritten; which ones do, `holders` knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from sheetlog.xlsx import references

if TYPE_CHECKING:
    from sheetlog.xlsx.spans import Edits, Element


class CannotShift(Exception):  # noqa: N818 - a refusal that callers answer, no error of the user's
    """Columns can't be inserted here without changing what something means; the text says what."""


_BY_NUMBER = frozenset(
    {"VLOOKUP", "HLOOKUP", "INDEX", "OFFSET", "CHOOSECOLS", "TAKE", "DROP", "DSUM", "DAVERAGE",
     "DCOUNT", "DGET", "DMAX", "DMIN"}
)  # fmt: skip
_BY_TEXT = frozenset({"INDIRECT"})


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Columns that are inserted one after the other, into one tab."""

    places: tuple[int, ...]
    """0-based, each counted when all earlier ones are there already."""
    title: str
    """The tab's."""
    titles: Sequence[str]
    """Of all tabs, in their order."""
    change: references.Change = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "change", references.inserted_columns(self.places))

    def column(self, old: int) -> int:
        """Return where a column stands afterwards; both 0-based.

        Raises:
            CannotShift: it falls off the sheet.
        """
        for place in self.places:
            old += place <= old
        if old >= references.MAX_COLUMNS:
            raise CannotShift("cells in the last columns would fall off the sheet")
        return old

    def edge(self, old: int) -> int:
        """Return where a view's edge stands: a column inserted right at it comes behind it."""
        for place in self.places:
            old += place < old
        return old

    def grows(self, area: references.Area) -> bool:
        """Return whether a column is inserted into an area, not just beside it."""
        after = self.change(area)
        return after.right - after.left != area.right - area.left

    def formula(self, text: str, *, own: bool) -> str:
        """Return a formula with its references to the tab shifted.

        Raises:
            CannotShift: it would mean something else afterwards.
        """
        if not own and "!" not in text and "INDIRECT" not in text.upper():
            return text
        torn = references.across(text, self.change, sheets=self.titles, sheet=self.title)
        if torn is not None:
            raise CannotShift(f"a formula has a reference over several tabs, '{torn}'")
        self._check_counted(text, own=own)
        return references.in_formula(text, self.change, sheet=self.title, own=own)

    def _check_counted(self, text: str, *, own: bool) -> None:
        """Refuse what `VLOOKUP(…, 5, …)` would find: a person has counted the columns up to it."""
        if "(" not in text:
            return
        called = references.functions(text)
        meant = references.areas(text, sheet=self.title, own=own)
        if called & _BY_NUMBER and any(self.grows(area) for area in meant):
            name = min(called & _BY_NUMBER)
            raise CannotShift(f"a formula counts columns of this tab, '{name}(…)'")
        if called & _BY_TEXT and (own or self.title.casefold() in text.casefold()):
            raise CannotShift("a formula has a reference in a text, 'INDIRECT(…)'")

    def range(self, ref: str) -> str:
        """Return a bare range of the tab, shifted."""
        return references.in_range(ref, self.change)

    def ranges(self, sqref: str) -> str:
        """Return a list of ranges of the tab, shifted."""
        return references.in_list(sqref, self.change)

    def check_whole(self, ref: str, what: str) -> None:
        """Check that no column is inserted into what must stay in one piece.

        Raises:
            CannotShift: one is.
        """
        area = references.area(ref)
        if area is not None and self.grows(area):
            raise CannotShift(f"{what} at {ref} would be cut in two")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Which attributes and elements of a part hold references. Names are without prefixes."""

    ranges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Element → attributes with a range, or a list of ranges, of the part's own tab."""
    formulas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Element → attributes with a formula."""
    texts: tuple[str, ...] = ()
    """Elements whose text is a formula."""
    lists: tuple[str, ...] = ()
    """Elements whose text is a list of ranges of the part's own tab."""
    whole: Mapping[str, str] = field(default_factory=dict)
    """Elements whose range must stay in one piece, with what they are."""

    def shift(self, root: Element, edits: Edits, shift: Shift, *, own: bool) -> None:
        """Shift all that is held within an element.

        Args:
            own: whether the part belongs to the tab that is shifted.

        Raises:
            CannotShift: something would mean something else afterwards.
        """
        names = {*self.formulas, *self.texts}
        if own:
            names |= {*self.ranges, *self.lists}
        for element in (root, *root.walk(*names)):
            # What a link with a target of its own points to is in another document.
            linked = element.name == "hyperlink" and element.value("id") is not None
            for name in () if linked else self.formulas.get(element.name, ()):
                _attribute(element, name, edits, partial(shift.formula, own=own))
            if element.name in self.texts and not element.children and element.text:
                _text(element, edits, shift.formula(element.text, own=own))
            if not own:
                continue
            for name in self.ranges.get(element.name, ()):
                if element.name in self.whole:
                    shift.check_whole(element.value(name) or "", self.whole[element.name])
                _attribute(element, name, edits, shift.ranges)
            if element.name in self.lists:
                _text(element, edits, shift.ranges(element.text))


def _attribute(element: Element, name: str, edits: Edits, shifted: Callable[[str], str]) -> None:
    value = element.attributes.get(name)
    if value is not None:
        new = shifted(value)
        if new != value:
            edits.attribute(element, name, new)


def _text(element: Element, edits: Edits, new: str) -> None:
    if new != element.text:
        edits.text(element, new)
