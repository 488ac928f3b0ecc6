"""Short-lived values that may vanish at any time: caches, counters, once-only marks."""

import time
from collections import OrderedDict
from typing import Final, Protocol

from redis.asyncio import Redis
from typing_extensions import override

MEMORY_ENTRIES: Final = 50_000
"""Entries the in-process cache holds; the least recently used goes first.  About 25 MB at 500 bytes each."""


class Cache(Protocol):
    """A key-value store with a time to live on everything."""

    async def get(self, key: str) -> bytes | None:
        """The value, or ``None`` when absent or expired."""
        ...

    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Store ``value`` for ``ttl_s`` seconds."""
        ...

    async def add(self, key: str, value: bytes, *, ttl_s: float) -> bool:
        """Store ``value`` unless the key is present; returns whether it was stored.  Atomic."""
        ...

    async def swap(self, key: str, old: bytes | None, new: bytes, *, ttl_s: float) -> bool:
        """Store ``new`` if the value is ``old`` (``None``: absent); returns whether it was stored.  Atomic."""
        ...

    async def incr(self, key: str, *, ttl_s: float) -> int:
        """Add one to a counter that starts at 0 and ends ``ttl_s`` seconds after its first increment.  Atomic."""
        ...

    async def delete(self, key: str) -> None:
        """Forget the key, present or not."""
        ...


class MemoryCache(Cache):
    """Within this process."""

    def __init__(self, *, entries: int = MEMORY_ENTRIES) -> None:
        self._limit = entries
        self._items: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def _live(self, key: str) -> tuple[float, bytes] | None:
        item = self._items.get(key)
        if item is None:
            return None
        if item[0] <= time.monotonic():
            del self._items[key]
            return None
        self._items.move_to_end(key)
        return item

    def _store(self, key: str, expires_at: float, value: bytes) -> None:
        self._items[key] = (expires_at, value)
        self._items.move_to_end(key)
        while len(self._items) > self._limit:
            self._items.popitem(last=False)

    @override
    async def get(self, key: str) -> bytes | None:
        item = self._live(key)
        return None if item is None else item[1]

    @override
    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        self._store(key, time.monotonic() + ttl_s, value)

    @override
    async def add(self, key: str, value: bytes, *, ttl_s: float) -> bool:
        if self._live(key) is not None:
            return False
        self._store(key, time.monotonic() + ttl_s, value)
        return True

    @override
    async def swap(self, key: str, old: bytes | None, new: bytes, *, ttl_s: float) -> bool:
        item = self._live(key)
        if (None if item is None else item[1]) != old:
            return False
        self._store(key, time.monotonic() + ttl_s, new)
        return True

    @override
    async def incr(self, key: str, *, ttl_s: float) -> int:
        item = self._live(key)
        expires_at, count = (time.monotonic() + ttl_s, 1) if item is None else (item[0], int(item[1]) + 1)
        self._store(key, expires_at, str(count).encode())
        return count

    @override
    async def delete(self, key: str) -> None:
        self._items.pop(key, None)


class ValkeyCache(Cache):
    """Shared by all processes of an installation."""

    def __init__(self, client: Redis, *, prefix: str = "ani:cache:") -> None:
        self._client = client
        self._prefix = prefix
        # INCR and the expiry of a new counter in one step: between two commands a crash would leave one that never ends.
        self._incr = client.register_script(
            "local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end return n"
        )

        self._swap = client.register_script(
            "if redis.call('GET', KEYS[1]) ~= (ARGV[1] == '1' and ARGV[2]) then return 0 end "
            "redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4]) return 1"
        )

    @override
    async def get(self, key: str) -> bytes | None:
        value = await self._client.get(self._prefix + key)
        return value.encode() if isinstance(value, str) else value

    @override
    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        await self._client.set(self._prefix + key, value, px=max(1, round(ttl_s * 1000)))

    @override
    async def add(self, key: str, value: bytes, *, ttl_s: float) -> bool:
        return bool(await self._client.set(self._prefix + key, value, px=max(1, round(ttl_s * 1000)), nx=True))

    @override
    async def swap(self, key: str, old: bytes | None, new: bytes, *, ttl_s: float) -> bool:
        expected: list[bytes | str] = ["0", b""] if old is None else ["1", old]
        return bool(await self._swap(keys=[self._prefix + key], args=[*expected, new, max(1, round(ttl_s * 1000))]))

    @override
    async def incr(self, key: str, *, ttl_s: float) -> int:
        return int(await self._incr(keys=[self._prefix + key], args=[max(1, round(ttl_s * 1000))]))

    @override
    async def delete(self, key: str) -> None:
        await self._client.delete(self._prefix + key)
