"""Getting the videos of other people's ads, and letting go of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from kernel.ids import new_id
from kernel.jobs import Jobs
from streaming.ads.creatives.model import GONE, IDLE, MAX_CREATIVES, MAX_NAME_CHARS, AdCreative, key_of
from streaming.ads.vast.chain import FoundAd
from streaming.ads.vast.errors import VastError

JOB: Final = "fetch-ad-creative"


class AdCreatives(Protocol):
    """All of them."""

    def add(self, creative: AdCreative) -> None:
        """Keep a new one."""
        ...

    async def get(self, creative_id: str) -> AdCreative | None:
        """``None`` where there is none with this id."""
        ...

    async def by_key(self, ad_id: str, keys: Sequence[str]) -> Mapping[str, AdCreative]:
        """Those of an ad, by key."""
        ...

    async def of_ads(self, ad_ids: Sequence[str]) -> Sequence[AdCreative]:
        """Those of these ads, the latest used first."""
        ...

    async def idle(self, *, unused_since: datetime, gone_since: datetime) -> Sequence[AdCreative]:
        """Those not used since, or of deleted ads; a bounded number at once."""
        ...

    async def remove(self, creative: AdCreative) -> None:
        """Forget it; its media are ingest's."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CreativeContext:
    """Ports of one transaction, and its moment."""

    creatives: AdCreatives
    jobs: Jobs
    now: datetime


async def wanted(context: CreativeContext, ad_id: str, found: FoundAd, *, has_video: bool) -> AdCreative | None:
    """The creative of a found ad, which is fetched where it is new, or failed a while ago; ``None``: there are too many."""
    key = key_of(found.creative)
    creative = (await context.creatives.by_key(ad_id, [key])).get(key)
    if creative is None:
        if len(await context.creatives.of_ads([ad_id])) >= MAX_CREATIVES:
            return None
        creative = AdCreative(
            id=new_id(),
            ad_id=ad_id,
            key=key,
            name=(found.title or found.creative)[:MAX_NAME_CHARS],
            media_url=found.media.url,
            created_at=context.now,
            used_at=context.now,
            ordered_at=context.now,
        )
        context.creatives.add(creative)
        await _order(context, creative)
    elif not has_video and creative.may_try_again(context.now):
        creative.order_again(found.media.url, context.now)
        await _order(context, creative)
    creative.use(context.now)
    return creative


async def _order(context: CreativeContext, creative: AdCreative) -> None:
    await context.jobs.enqueue(JOB, {"creative_id": creative.id}, key=f"{JOB}:{creative.id}:{creative.attempts}")


async def failed(context: CreativeContext, creative_id: str, code: VastError) -> None:
    """It cannot be shown, for now."""
    creative = await context.creatives.get(creative_id)
    if creative is not None:
        creative.fault = int(code)


async def remove_idle(context: CreativeContext) -> Sequence[str]:
    """Forget what is not shown any more; the ids whose media go with them."""
    idle = await context.creatives.idle(unused_since=context.now - IDLE, gone_since=context.now - GONE)
    for creative in idle:
        await context.creatives.remove(creative)
    return [creative.id for creative in idle]
