"""The local Google for its own tests: one server for all, forgetting everything between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.google.plain import PlainClient
from tests.google.server import LocalGoogle, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def _server() -> Iterator[LocalGoogle]:
    with serving() as google:
        yield google


@pytest.fixture
def google(_server: LocalGoogle) -> Iterator[LocalGoogle]:
    """A local Google in which nothing has happened."""
    _server.world.reset()
    yield _server
    # What a fault still holds must not reach into the next test.
    _server.world.faults.clear()


@pytest.fixture
def client_of(google: LocalGoogle) -> Iterator[Callable[[str], PlainClient]]:
    """Gives a plain client for a token."""
    clients: list[PlainClient] = []

    def make(token: str) -> PlainClient:
        clients.append(PlainClient(google.base_url, token=token))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(client_of: Callable[[str], PlainClient]) -> PlainClient:
    """A plain client without a token."""
    return client_of("")
