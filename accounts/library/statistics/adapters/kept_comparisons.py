"""Comparisons made lately, in the cache."""

from typing import Final

from typing_extensions import override

from accounts.library.statistics.compatibility import Compatibility
from accounts.library.statistics.usecases import KeptComparisons
from kernel.cache import Cache

KEPT_S: Final = 24 * 3600


class CachedComparisons(KeptComparisons):
    """A :class:`~accounts.library.statistics.usecases.KeptComparisons`."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    @override
    async def get(self, one: str, other: str) -> Compatibility | None:
        held = await self._cache.get(_key(one, other))
        if held is None:
            return None
        common, percent = held.split()
        return Compatibility(int(common), int(percent))

    @override
    async def keep(self, one: str, other: str, found: Compatibility) -> None:
        await self._cache.set(_key(one, other), f"{found.common} {found.percent}".encode(), ttl_s=KEPT_S)


def _key(one: str, other: str) -> str:
    return "taste:" + ":".join(sorted((one, other)))
