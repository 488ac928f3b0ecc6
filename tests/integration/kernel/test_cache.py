"""The contract of the cache, for both adapters."""

import asyncio

import pytest

from kernel.cache import MemoryCache
from server.services import Services


@pytest.mark.both_adapters
async def test_a_value_is_there_until_deleted(services: Services) -> None:
    cache = services.cache
    assert await cache.get("k") is None
    await cache.set("k", b"\x00v", ttl_s=60)
    assert await cache.get("k") == b"\x00v"
    await cache.delete("k")
    await cache.delete("k")
    assert await cache.get("k") is None


@pytest.mark.both_adapters
async def test_a_value_expires(services: Services) -> None:
    await services.cache.set("k", b"v", ttl_s=0.05)
    await asyncio.sleep(0.2)
    assert await services.cache.get("k") is None


@pytest.mark.both_adapters
async def test_add_stores_only_once(services: Services) -> None:
    assert await services.cache.add("once", b"first", ttl_s=60)
    assert not await services.cache.add("once", b"second", ttl_s=60)
    assert await services.cache.get("once") == b"first"


@pytest.mark.both_adapters
async def test_add_is_won_by_one_of_many(services: Services) -> None:
    won = await asyncio.gather(*(services.cache.add("race", b"x", ttl_s=60) for _ in range(20)))
    assert sum(won) == 1


@pytest.mark.both_adapters
async def test_swap_stores_only_over_what_was_expected(services: Services) -> None:
    cache = services.cache
    assert not await cache.swap("state", b"1", b"2", ttl_s=60)
    assert await cache.swap("state", None, b"1", ttl_s=60)
    assert not await cache.swap("state", None, b"2", ttl_s=60)
    assert not await cache.swap("state", b"0", b"2", ttl_s=60)
    assert await cache.swap("state", b"1", b"", ttl_s=60)
    assert not await cache.swap("state", None, b"3", ttl_s=60)  # empty is not absent
    assert await cache.swap("state", b"", b"3", ttl_s=60)
    assert await cache.get("state") == b"3"


@pytest.mark.both_adapters
async def test_swap_is_won_by_one_of_many(services: Services) -> None:
    won = await asyncio.gather(*(services.cache.swap("race", None, bytes([65 + n]), ttl_s=60) for n in range(20)))
    assert sum(won) == 1


@pytest.mark.both_adapters
async def test_incr_counts_from_one_and_starts_again_after_its_time(services: Services) -> None:
    assert [await services.cache.incr("n", ttl_s=60) for _ in range(3)] == [1, 2, 3]
    assert await services.cache.incr("short", ttl_s=0.05) == 1
    await asyncio.sleep(0.2)
    assert await services.cache.incr("short", ttl_s=60) == 1


async def test_the_memory_cache_forgets_what_was_used_longest_ago() -> None:
    cache = MemoryCache(entries=2)
    await cache.set("a", b"1", ttl_s=60)
    await cache.set("b", b"2", ttl_s=60)
    await cache.get("a")
    await cache.set("c", b"3", ttl_s=60)
    assert [await cache.get(key) for key in "abc"] == [b"1", None, b"3"]
