"""The contract of the bus, for both adapters."""

import asyncio
from contextlib import aclosing

import pytest

from kernel.nodes.bus import batches
from server.services import Services

pytestmark = pytest.mark.both_adapters

TIMEOUT_S = 10


async def test_a_message_reaches_everybody_who_listens(services: Services) -> None:
    async with services.bus.subscribe("news") as first, services.bus.subscribe("news") as second:
        await services.bus.publish("news", b"\x00binary\xff")
        async with asyncio.timeout(TIMEOUT_S):
            assert await anext(first) == b"\x00binary\xff"
            assert await anext(second) == b"\x00binary\xff"


async def test_messages_keep_their_order(services: Services) -> None:
    async with services.bus.subscribe("numbers") as inbox:
        for number in range(100):
            await services.bus.publish("numbers", str(number).encode())
        async with asyncio.timeout(TIMEOUT_S):
            assert [int(await anext(inbox)) for _ in range(100)] == list(range(100))


async def test_channels_are_apart(services: Services) -> None:
    async with services.bus.subscribe("a") as inbox:
        await services.bus.publish("b", b"not for a")
        await services.bus.publish("a", b"for a")
        async with asyncio.timeout(TIMEOUT_S):
            assert await anext(inbox) == b"for a"


async def test_publishing_to_nobody_is_no_error(services: Services) -> None:
    await services.bus.publish("nobody", b"hello")


async def test_what_comes_together_is_one_batch(services: Services) -> None:
    async with services.bus.subscribe("edits") as inbox, asyncio.timeout(TIMEOUT_S):
        for edit in (b"a", b"b", b"a", b"c"):
            await services.bus.publish("edits", edit)
        async with aclosing(batches(inbox, look_again_s=TIMEOUT_S, most=2)) as told:
            assert await anext(told) == {"a", "b", "c"}, "the first above the most is the last of its batch"


async def test_silence_is_a_batch_of_nothing(services: Services) -> None:
    async with (
        asyncio.timeout(TIMEOUT_S),
        services.bus.subscribe("edits") as inbox,
        aclosing(batches(inbox, look_again_s=0.01, most=2)) as told,
    ):
        assert [await anext(told) for _ in range(2)] == [set(), set()]
        await services.bus.publish("edits", b"a")
        while not (batch := await anext(told)):
            pass
        assert batch == {"a"}, "what came meanwhile is not lost"
