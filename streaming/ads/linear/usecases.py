"""What administrators do with ads, which of them a viewer sees in a break, and what players tell of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Protocol

from kernel.errors import NotFound
from kernel.ids import new_id
from streaming.ads.audience import Viewer
from streaming.ads.campaign import CampaignState
from streaming.ads.choice import ranked
from streaming.ads.linear.model import (
    MAX_ADS,
    AdEvent,
    CreativeEncrypted,
    CreativeMissing,
    LinearAd,
    LinearAdDraft,
    LinearAdNotFound,
    TooManyLinearAds,
)
from streaming.ads.tickets import Ticket
from streaming.ads.usecases import CampaignContext, Campaigns, Views, found, is_exempt, meant_for
from streaming.origin.interstitials import MAX_BREAKS
from streaming.origin.model import StreamableAsset
from streaming.origin.ports import Assets

TICKET_KIND: Final = 2


class LinearAds(Campaigns[LinearAd], Protocol):
    """All ads."""

    async def listed(
        self, *, state: CampaignState | None, now: datetime, limit: int, offset: int
    ) -> tuple[Sequence[LinearAd], int]:
        """Those wanted, the newest first, and how many there are."""
        ...

    async def running(self, now: datetime) -> Sequence[LinearAd]:
        """What could be shown at a moment."""
        ...


class AdEvents(Views, Protocol):
    """What players told; of views, that it was shown."""

    async def count(self, event: AdEvent, ticket: Ticket, now: datetime) -> bool:
        """Count it; false where it was counted already, or its ad is gone."""
        ...

    async def totals(self, ad_ids: Sequence[str]) -> Mapping[str, Mapping[AdEvent, int]]:
        """How often each event came, since the ad was made."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearContext(CampaignContext[LinearAd]):
    """What the use cases here work with."""

    UNKNOWN: ClassVar[type[NotFound]] = LinearAdNotFound

    campaigns: LinearAds
    views: AdEvents
    assets: Assets


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakViewer:
    """Who watches what."""

    viewer: Viewer
    user_id: str | None
    session_id: str
    episode_id: str


@dataclass(frozen=True, slots=True)
class ShownAd:
    """An ad for one viewer in one break, with its video and what it is counted by."""

    ad: LinearAd
    asset: StreamableAsset
    ticket: str


async def create(context: LinearContext, draft: LinearAdDraft) -> LinearAd:
    """A new ad that nobody sees.  Raises :class:`TooManyLinearAds`, :class:`CreativeMissing`, :class:`CreativeEncrypted`."""
    if await context.campaigns.count() >= MAX_ADS:
        raise TooManyLinearAds(limit=MAX_ADS)
    await _ensure_creative(context, draft)
    created = LinearAd.create(new_id(), draft, context.now)
    context.campaigns.add(created)
    return created


async def edit(context: LinearContext, ad_id: str, draft: LinearAdDraft, *, version: int | None) -> LinearAd:
    """Raises :class:`LinearAdNotFound`, :class:`CreativeMissing`, :class:`CreativeEncrypted`, ``Stale``."""
    ad = await found(context, ad_id, version=version)
    await _ensure_creative(context, draft)
    ad.edit(draft, context.now)
    return ad


async def _ensure_creative(context: LinearContext, draft: LinearAdDraft) -> None:
    asset = await context.assets.current(draft.creative_episode_id)
    if asset is None:
        raise CreativeMissing
    if asset.protection.is_common_encryption:
        raise CreativeEncrypted


async def planned(context: LinearContext, watching: BreakViewer, duration_ms: int) -> tuple[int, ...]:
    """At which offsets a viewer has breaks in a programme of this length, ascending; :data:`MAX_BREAKS` at most.

    What is shown in a break is chosen when it comes, and may by then be nothing.
    """
    meant = await _meant(context, watching)
    return tuple(sorted({ad.offset_ms for ad in meant if ad.fits(duration_ms)})[:MAX_BREAKS])


async def shown(context: LinearContext, watching: BreakViewer, offset_ms: int) -> ShownAd | None:
    """The ad of a break: by weight, the same on every look of one session; nothing where none is for this viewer any more."""
    meant = [ad for ad in await _meant(context, watching) if ad.offset_ms == offset_ms]
    slot = f"{watching.session_id}|{offset_ms}"
    for ad in ranked(meant, key=lambda ad: ad.id, weight=lambda ad: ad.weight, viewer=watching.viewer.key, slot=slot):
        asset = await context.assets.current(ad.creative_episode_id)
        # Its licences would come from another address than the programme's, and a player knows one for each key system.
        if asset is not None and not asset.protection.is_common_encryption:
            # One for each break of a stream: neither a list that is asked for again nor VAST beside it counts once more.
            now_s = context.now.timestamp()
            ticket = Ticket.of_showing(slot, TICKET_KIND, ad.id, watching.viewer.key, now_s=now_s)
            return ShownAd(ad, asset, context.office.issue(ticket))
    return None


async def _meant(context: LinearContext, watching: BreakViewer) -> list[LinearAd]:
    running = await context.campaigns.running(context.now)
    # An ad is not interrupted by ads.
    running = [ad for ad in running if ad.creative_episode_id != watching.episode_id]
    if not running or await is_exempt(context, watching.user_id):
        return []
    subject = await context.releases.of_episode(watching.episode_id)
    return await meant_for(context, running, watching.viewer, subject)


async def count(context: LinearContext, ticket: str, event: AdEvent) -> bool:
    """Count what a player tells; false for what is no ticket, too old, or counted already."""
    read = context.office.read(ticket, TICKET_KIND, now_s=context.now.timestamp())
    return read is not None and await context.views.count(event, read, context.now)
