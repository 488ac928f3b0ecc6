"""What only the bus over Valkey has to get right."""

import asyncio
from typing import Final

from redis.asyncio import Redis

from kernel.nodes.bus import ValkeyBus
from tests.support.servers.valve import Valve

TIMEOUT_S: Final = 10


async def test_nobody_listens_before_the_server_says_so(valkey_url: str) -> None:
    """What is published in between would be lost without a trace."""
    async with Valve(valkey_url.replace("localhost", "127.0.0.1")) as valve:
        client = Redis.from_url(valve.url.replace("http", "redis"))
        try:
            await client.ping()
            valve.close_after(0)

            async def first() -> bytes:
                async with ValkeyBus(client).subscribe("news") as inbox:
                    entered.set()
                    return await anext(inbox)

            entered = asyncio.Event()
            async with asyncio.timeout(TIMEOUT_S), asyncio.TaskGroup() as group:
                heard = group.create_task(first())
                await valve.closed.wait()
                for _ in range(20):
                    await asyncio.sleep(0.01)
                    assert not entered.is_set()
                valve.open()
                await entered.wait()
                await ValkeyBus(client).publish("news", b"hello")
            assert heard.result() == b"hello"
        finally:
            await client.aclose()
