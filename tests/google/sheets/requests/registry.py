"""Every request that a batch can hold, by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.google.sheets.requests import (
    cells,
    charts,
    comments,
    dimensions,
    filters,
    looks,
    metadata,
    names,
    paste,
    sheets,
    tables,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.google.sheets.batch import Batch

PARTS = (
    cells,
    charts,
    comments,
    dimensions,
    filters,
    looks,
    metadata,
    names,
    paste,
    sheets,
    tables,
    texts,
)
REQUESTS: dict[str, Callable[[Batch, dict[str, Any]], dict[str, Any] | None]] = {
    name: step for part in PARTS for name, step in part.REQUESTS.items()
}
