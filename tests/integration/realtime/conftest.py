"""Nodes over both kinds of adapters."""

from collections.abc import AsyncIterator

import pytest

from kernel.scope import Container
from server.services import Services
from tests.support.realtime.party import Node, running_node


@pytest.fixture
async def node(container: Container, services: Services) -> AsyncIterator[Node]:
    """One realtime server."""
    async with running_node(container, services.settings.redis_url) as started:
        yield started
