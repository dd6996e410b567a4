"""The sheet as a teammate sees it: one HTML page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.google.wire import Reply

if TYPE_CHECKING:
    from tests.google.wire import Request
    from tests.google.world import World


def page_of(world: World, request: Request) -> Reply:
    """The page."""
    return Reply(status=404)
