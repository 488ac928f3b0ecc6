"""Who follows a channel of Valkey hears of every message, or that there may have been one."""

import asyncio

import pytest

from realtime.party.stores.adapters.subscriptions import Subscriptions
from server.services import Services

PATIENCE_S = 30


@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
async def test_a_connection_that_comes_back_by_itself_is_told(services: Services) -> None:
    """redis-py makes it anew within a read, so that nothing fails; what was said meanwhile is lost all the same."""
    client = services.redis
    assert client is not None
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    gaps: asyncio.Queue[None] = asyncio.Queue()
    subscriptions = Subscriptions(client)
    subscriptions.start()
    try:
        await subscriptions.follow("first", heard.put_nowait, lambda: gaps.put_nowait(None))
        await subscriptions.follow("second", heard.put_nowait, lambda: gaps.put_nowait(None))
        await client.spublish("first", b"0")
        async with asyncio.timeout(PATIENCE_S):
            assert await heard.get() == b"0"
        assert gaps.empty(), "nothing was lost yet"
        for number in (b"1", b"2", b"3"):
            while not gaps.empty():  # told twice is no fault
                gaps.get_nowait()
            await client.client_kill_filter(_type="pubsub")
            async with asyncio.timeout(PATIENCE_S):
                await gaps.get()
                await gaps.get()  # both are told
            await client.spublish("second", number)
            async with asyncio.timeout(PATIENCE_S):
                assert await heard.get() == number
    finally:
        await subscriptions.close()
