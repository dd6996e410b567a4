"""What no cell holds whole: long texts, and params that are more than one cell can list.

They become artifacts, and the cell says which. Pure: knows a run's flat values, no sheet and no
store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from sheetlog.record import OVERFLOW, Scalar, path, section

LIMIT = 32_767
"""UTF-16 units that a cell holds in Excel."""
GOOGLE = 50_000
"""The same in Google Sheets."""
CONFIG = "config"
"""The artifact with all params of a run."""
_NUMBER = 40
"""Characters that a value takes in a list of all, where it is no text: with its key, about."""


class Long(NamedTuple):
    """A text to keep as a file."""

    name: str
    """Of the artifact."""
    text: str
    ending: str


def files(values: Mapping[str, Scalar], *, limit: int = LIMIT) -> list[Long]:
    """Return what of a run's values has to be kept in files; of most runs nothing.

    Args:
        limit: UTF-16 units that a cell of the run's sheet holds.
    """
    texts = [(key, value) for key, value in values.items() if isinstance(value, str)]
    size = sum(len(value) for _, value in texts) + _NUMBER * len(values)
    if 2 * size <= limit:  # however the units are counted
        return []
    # Only now: no other run has to wait for these to be loaded.
    from sheetlog import yaml_text
    from sheetlog.cells import too_long
    from sheetlog.flatten import unflatten

    long = [(key, value) for key, value in texts if too_long(value, limit)]
    found = []
    params = {key: value for key, value in values.items() if section(key) == "params"}
    listed = sum(len(key) + len(str(value)) + 6 for key, value in params.items())
    if listed > limit or any(key in params for key, _ in long):
        found.append(Long(CONFIG, yaml_text.dumps(unflatten(params, "params")), ".yaml"))
    found += [Long(path(key), value, ".txt") for key, value in long if key not in params]
    return found


def said(values: Mapping[str, Scalar]) -> str:
    """Return the artifact that has what was cut of params in a sheet; blank: nothing was."""
    for key, value in values.items():
        if section(key) == "params" and isinstance(value, str) and value.endswith("]"):
            found = re.search(r"\[cut: [0-9,]+ characters in all; the artifact '(.*)' has", value)
            if found:
                return found[1]
    return ""


def second(name: str) -> str:
    """Return what an artifact of ours is called, where the run has one of this name."""
    return f"{name}~2"


def kept(key: str, values: Mapping[str, Scalar]) -> str:
    """Return the artifact that has a value whole; blank: there is none.

    Args:
        key: of the value, or of the overflow cell.
        values: of the run.
    """
    name = CONFIG if section(key) == "params" or key == OVERFLOW else path(key)
    for each in (second(name), name):
        if f"artifacts.{each}" in values:
            return each
    return ""
