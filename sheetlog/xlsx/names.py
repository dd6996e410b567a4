"""Part names: how one part points to another by name (ECMA-376, part 2, annex A). Pure."""

from __future__ import annotations


def relationships_of(name: str) -> str:
    """Return the name of the part that holds a part's relationships, or the package's ("")."""
    folder, slash, last = name.rpartition("/")
    return f"{folder}{slash}_rels/{last}.rels"


def normal(target: str) -> str:
    """Return a part's name from an absolute one, as content types give it."""
    return resolved("", target)


def resolved(source: str, target: str) -> str:
    """Return the name of the part that a target leads to.

    Args:
        source: the name of the part that it starts at; "" for the package.
        target: relative to the source's folder, or absolute; perhaps with backslashes.
    """
    target = target.partition("#")[0].replace("\\", "/")
    steps = [] if target.startswith("/") else source.split("/")[:-1]
    for step in target.split("/"):
        if step == "..":
            # Above the root is the root, as in URLs.
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def relative(source: str, target: str) -> str:
    """Return a target that leads from a part (or the package, "") to another part."""
    here, there = source.split("/")[:-1], target.split("/")
    common = 0
    while common < min(len(here), len(there) - 1) and here[common] == there[common]:
        common += 1
    return "/".join([".."] * (len(here) - common) + there[common:])
