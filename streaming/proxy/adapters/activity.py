"""What a source did at all nodes: each adds what it counted to a sum in the shared cache, every few seconds and whenever it is asked."""

import asyncio
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import structlog
from redis.exceptions import RedisError

from kernel.cache import Cache
from streaming.proxy.upstream.adapters.fetch import Fetcher
from streaming.proxy.upstream.metrics import Counts

log = structlog.get_logger()

#: How far the sum may lag behind what other nodes do: people look at it, and look again.
SHARE_EVERY_S: Final = 5.0
#: A source that nobody watched for so long starts counting anew.
_KEPT_S: Final = 30 * 86_400.0
#: How often another node may have been faster; what could not be added now is added the next time.
_TRIES: Final = 8
_TIMEOUT_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class SourceActivity:
    """The sum, for people.  ``since``: when it began; ``None`` as long as this node is alone with what it counted."""

    counts: Counts
    last_error: str = ""
    since: datetime | None = None

    @property
    def upstream_ms(self) -> float | None:
        """Mean time of an answer; ``None`` before the first."""
        return self.counts.answer_s * 1000 / self.counts.answers if self.counts.answers else None


class ActivityStore:
    """The activity of each source, over all nodes."""

    def __init__(self, cache: Cache, fetcher: Fetcher) -> None:
        self._cache = cache
        self._fetcher = fetcher

    async def of(self, source_id: str) -> SourceActivity:
        """The sum as of now for this node, and as of some seconds ago for the others; this node alone if the cache is away."""
        meter = self._fetcher.meter(source_id)
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                return await self._share(source_id)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("activity not shared", source_id=source_id, reason=type(error).__name__)
            return SourceActivity(replace(meter.counts), meter.last_error)

    async def of_all(self, source_ids: Iterable[str]) -> list[SourceActivity]:
        """:meth:`of` each, together."""
        return list(await asyncio.gather(*(self.of(source_id) for source_id in source_ids)))

    async def share(self, source_ids: Iterable[str]) -> None:
        """Add what this node counted of these sources since the last time."""
        for source_id in source_ids:
            meter = self._fetcher.meter(source_id)
            if meter.counts != meter.shared:
                await self.of(source_id)

    async def forget(self, source_id: str) -> None:
        """A source is no more."""
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                await self._cache.delete(_key(source_id))
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("activity not forgotten", source_id=source_id, reason=type(error).__name__)

    async def _share(self, source_id: str) -> SourceActivity:
        meter = self._fetcher.meter(source_id)
        key, known = _key(source_id), SourceActivity(Counts())
        for _ in range(_TRIES):
            written = await self._cache.get(key)
            known = _loaded(written)
            counted = replace(meter.counts)
            new = counted - meter.shared
            if new == Counts():
                return known
            since = known.since or datetime.now(UTC)
            total = SourceActivity(known.counts + new, meter.last_error or known.last_error, since)
            # Noted before it is known to have arrived: whoever asks meanwhile must not add it as well.
            meter.shared = counted
            if await self._cache.swap(key, written, _dumped(total), ttl_s=_KEPT_S):
                return total
            meter.shared = meter.shared - new
        return replace(known, counts=known.counts + (meter.counts - meter.shared))


def _key(source_id: str) -> str:
    return f"proxy:activity:{source_id}"


def _dumped(activity: SourceActivity) -> bytes:
    since = activity.since.isoformat() if activity.since is not None else ""
    return orjson.dumps({"counts": asdict(activity.counts), "last_error": activity.last_error, "since": since})


def _loaded(written: bytes | None) -> SourceActivity:
    try:
        raw: dict[str, Any] = orjson.loads(written or b"")
        return SourceActivity(Counts(**raw["counts"]), str(raw["last_error"]), datetime.fromisoformat(raw["since"]))
    except (ValueError, KeyError, TypeError):
        return SourceActivity(Counts())  # there is none, or another version of this program wrote it
