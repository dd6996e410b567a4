"""Field masks, as both services spell them: `a,b(c,d),e.f/g,*`.

A mask is a tree of names. `Mask.prune` cuts an answer down to it; `Mask.paths` lists what an
update names. Which names exist is not known here: that is `discovery`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOKEN = re.compile(r"\s*([^\s,()./]+|[,()./])\s*")


class MaskSyntaxError(ValueError):
    """A mask whose brackets or names don't fit together."""


class Mask:
    """A tree of field names; a leaf, and `*`, take everything below.

    Frozen by convention: one mask serves many requests.
    """

    __slots__ = ("branches", "everything")

    def __init__(self, branches: Mapping[str, Mask] | None = None) -> None:
        self.branches: dict[str, Mask] = dict(branches or {})
        self.everything = not self.branches or "*" in self.branches

    def __contains__(self, name: str) -> bool:
        return self.everything or name in self.branches

    def below(self, *names: str) -> Mask | None:
        """The mask for what hangs below `names`; None if the mask leaves it out."""
        mask = self
        for name in names:
            if mask.everything:
                return ALL
            if name not in mask.branches:
                return None
            mask = mask.branches[name]
        return mask

    def paths(self, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        """Every leaf as a path of names; `*` ends a path one name earlier."""
        if self.everything:
            yield prefix
            return
        for name, below in self.branches.items():
            yield from below.paths((*prefix, name))

    def prune(self, value: Any) -> Any:
        """`value` without what the mask leaves out; containers on the way stay, even empty."""
        if self.everything:
            return value
        if isinstance(value, list):
            return [self.prune(item) for item in value]
        if not isinstance(value, dict):
            return value
        branches = self.branches.items()
        return {name: below.prune(value[name]) for name, below in branches if name in value}


ALL = Mask()


@lru_cache(maxsize=512)
def parse_mask(text: str) -> Mask:
    """The mask that `text` spells; `/` and `.` both step down.

    Raises MaskSyntaxError.
    """
    tokens = _tokens(text)
    tree, rest = _list_of_fields(tokens, 0)
    if rest != len(tokens):
        raise MaskSyntaxError(f"unexpected '{tokens[rest]}' in the field mask '{text}'")
    return _built(tree)


def _tokens(text: str) -> list[str]:
    found = []
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise MaskSyntaxError(f"can't read the field mask '{text}' from '{text[at:]}' on")
        found.append(match.group(1))
        at = match.end()
    return found


def _list_of_fields(tokens: list[str], at: int) -> tuple[dict[str, Any], int]:
    tree: dict[str, Any] = {}
    while True:
        at = _one_field(tokens, at, tree)
        if at >= len(tokens) or tokens[at] != ",":
            return tree, at
        at += 1


def _one_field(tokens: list[str], at: int, tree: dict[str, Any]) -> int:
    """Add one `a.b(c,d)` to the tree; an earlier, wider entry keeps what it has."""
    here = tree
    while True:
        if at >= len(tokens) or tokens[at] in ",()./":
            raise MaskSyntaxError("a field name is missing in the field mask")
        name = tokens[at]
        at += 1
        follows = tokens[at] if at < len(tokens) else ""
        if follows and follows in "./":
            here = _step(here, name)
            at += 1
        elif follows == "(":
            inner, at = _list_of_fields(tokens, at + 1)
            if at >= len(tokens) or tokens[at] != ")":
                raise MaskSyntaxError("a closing bracket is missing in the field mask")
            _merge(_step(here, name), inner)
            return at + 1
        else:
            here[name] = None
            return at


def _step(tree: dict[str, Any], name: str) -> dict[str, Any]:
    """The branch below `name`; below a leaf the branch is thrown away, as the leaf is wider."""
    if name in tree and tree[name] is None:
        return {}
    branch: dict[str, Any] = tree.setdefault(name, {})
    return branch


def _merge(tree: dict[str, Any], more: dict[str, Any]) -> None:
    for name, branch in more.items():
        if branch is None:
            tree[name] = None
        else:
            _merge(_step(tree, name), branch)


def _built(tree: dict[str, Any]) -> Mask:
    return Mask({name: ALL if branch is None else _built(branch) for name, branch in tree.items()})
