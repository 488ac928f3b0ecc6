"""Which node carries the voice of a party: this one, where it is alone; a lease in Valkey otherwise."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError
from typing_extensions import override

from kernel.errors import Unavailable
from realtime.voice.ports import VoiceOwners

T = TypeVar("T")

LEASE_MS: Final = 10_000
"""A dead node is followed by another after this; its people come back by themselves and are refused until then."""
CALL_TIMEOUT_S: Final = 2.0

_CLAIM: Final = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return holder end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
"""

_RELEASE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""


class OnlyNode(VoiceOwners):
    """A :class:`~realtime.voice.ports.VoiceOwners` where there is one process."""

    def __init__(self, node_id: str) -> None:
        self._node_id = node_id

    @override
    async def owner(self, party_id: str) -> str | None:
        return self._node_id

    @override
    async def claim(self, party_id: str) -> str:
        return self._node_id

    @override
    async def renew(self, party_id: str) -> bool:
        return True

    @override
    async def release(self, party_id: str) -> None:
        """Nobody else could claim it."""


class ValkeyOwners(VoiceOwners):
    """A :class:`~realtime.voice.ports.VoiceOwners` over a lease for each party."""

    def __init__(self, client: Redis, node_id: str, *, prefix: str = "ani:") -> None:
        self._client = client
        self._node_id = node_id
        self._prefix = prefix
        self._claim = client.register_script(_CLAIM)
        self._release = client.register_script(_RELEASE)

    @override
    async def owner(self, party_id: str) -> str | None:
        holder: Any = await self._call(lambda: self._client.get(self._key(party_id)))
        return None if holder is None else str(holder.decode())

    @override
    async def claim(self, party_id: str) -> str:
        holder: Any = await self._call(lambda: self._claim(keys=[self._key(party_id)], args=[self._node_id, LEASE_MS]))
        return str(holder.decode())

    @override
    async def renew(self, party_id: str) -> bool:
        return await self.claim(party_id) == self._node_id

    @override
    async def release(self, party_id: str) -> None:
        await self._call(lambda: self._release(keys=[self._key(party_id)], args=[self._node_id]))

    def _key(self, party_id: str) -> str:
        return f"{self._prefix}party:{{{party_id}}}:voice"

    async def _call(self, work: Callable[[], Awaitable[T]]) -> T:
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                return await work()
        except (RedisError, OSError, TimeoutError) as error:
            raise Unavailable(retry_after_s=1) from error
