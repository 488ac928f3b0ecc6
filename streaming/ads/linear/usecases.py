"""What administrators do with ads, which of them a viewer sees in a break, and what players tell of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Protocol

from kernel.errors import NotFound
from kernel.ids import new_id
from kernel.outbound.url_vetting import AddressRefused
from streaming.ads.audience import Viewer
from streaming.ads.campaign import CampaignState
from streaming.ads.choice import ranked
from streaming.ads.linear.model import (
    MAX_ADS,
    AdEvent,
    BadTagUrl,
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
MAX_TAGS: Final = 2
"""Ad servers that are asked for one break: where the first has nothing, one more."""


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


class TagPolicy(Protocol):
    """Which addresses are asked."""

    def vet(self, url: str) -> None:
        """Raises ``AddressRefused`` for what will never be."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearContext(CampaignContext[LinearAd]):
    """What the use cases here work with."""

    UNKNOWN: ClassVar[type[NotFound]] = LinearAdNotFound

    campaigns: LinearAds
    views: AdEvents
    assets: Assets
    tags: TagPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakViewer:
    """Who watches what."""

    viewer: Viewer
    user_id: str | None
    session_id: str
    episode_id: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be shown to one viewer in one break."""

    ad: LinearAd
    asset: StreamableAsset | None
    """Its video; ``None``: its tag is asked."""
    slot: str
    viewer: str

    def ticket(self, now: datetime, number: int = 0, *, elsewhere: bool = False) -> Ticket:
        """What it is counted by: one for each break of a stream, and of those that have several for each ad in them.

        A list that is asked for again counts nothing twice, nor does VAST beside it.  ``elsewhere``: another player asks the tag
        itself, and tells its server by itself.
        """
        named = f"{self.slot}|{number}" if number else self.slot
        named = f"{named}|elsewhere" if elsewhere else named
        return Ticket.of_showing(named, TICKET_KIND, self.ad.id, self.viewer, now_s=now.timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAd:
    """An ad for one viewer in one break, with its video, what it is counted by, and what is said of it."""

    ad: LinearAd
    asset: StreamableAsset
    ticket: str
    title: str
    advertiser: str
    click_url: str
    skip_after_ms: int


async def create(context: LinearContext, draft: LinearAdDraft) -> LinearAd:
    """A new ad that nobody sees.

    Raises :class:`TooManyLinearAds`, :class:`CreativeMissing`, :class:`CreativeEncrypted`, :class:`BadTagUrl`.
    """
    if await context.campaigns.count() >= MAX_ADS:
        raise TooManyLinearAds(limit=MAX_ADS)
    await _ensure_source(context, draft)
    created = LinearAd.create(new_id(), draft, context.now)
    context.campaigns.add(created)
    return created


async def edit(context: LinearContext, ad_id: str, draft: LinearAdDraft, *, version: int | None) -> LinearAd:
    """Raises :class:`LinearAdNotFound`, :class:`CreativeMissing`, :class:`CreativeEncrypted`, :class:`BadTagUrl`, ``Stale``."""
    ad = await found(context, ad_id, version=version)
    await _ensure_source(context, draft)
    ad.edit(draft, context.now)
    return ad


async def _ensure_source(context: LinearContext, draft: LinearAdDraft) -> None:
    if draft.creative_episode_id is None:
        ensure_askable(context.tags, draft.tag_url)
        return
    asset = await context.assets.current(draft.creative_episode_id)
    if asset is None:
        raise CreativeMissing
    if asset.protection.is_common_encryption:
        raise CreativeEncrypted


def ensure_askable(tags: TagPolicy, tag_url: str) -> None:
    """Raises :class:`BadTagUrl`."""
    try:
        tags.vet(tag_url)
    except AddressRefused as refused:
        raise BadTagUrl(reason=refused.reason) from None


async def planned(context: LinearContext, watching: BreakViewer, duration_ms: int) -> tuple[int, ...]:
    """At which offsets a viewer has breaks in a programme of this length, ascending; :data:`MAX_BREAKS` at most.

    What is shown in a break is chosen when it comes, and may by then be nothing.
    """
    meant = await _meant(context, watching)
    return tuple(sorted({ad.offset_ms for ad in meant if ad.fits(duration_ms)})[:MAX_BREAKS])


async def candidates(context: LinearContext, watching: BreakViewer, offset_ms: int) -> list[Candidate]:
    """What may be shown in a break, the first before the others: by weight, the same on every look of one session.

    A video of ours is shown for certain, so nothing comes after it; tags are :data:`MAX_TAGS` at most.
    """
    meant = [ad for ad in await _meant(context, watching) if ad.offset_ms == offset_ms]
    slot, found = f"{watching.session_id}|{offset_ms}", list[Candidate]()
    for ad in ranked(meant, key=lambda ad: ad.id, weight=lambda ad: ad.weight, viewer=watching.viewer.key, slot=slot):
        if ad.creative_episode_id is None:
            if len(found) < MAX_TAGS:
                found.append(Candidate(ad, None, slot, watching.viewer.key))
            continue
        asset = await context.assets.current(ad.creative_episode_id)
        # Its licences would come from another address than the programme's, and a player knows one for each key system.
        if asset is not None and not asset.protection.is_common_encryption:
            return [*found, Candidate(ad, asset, slot, watching.viewer.key)]
    return found


async def _meant(context: LinearContext, watching: BreakViewer) -> list[LinearAd]:
    running = await context.campaigns.running(context.now)
    # An ad is not interrupted by ads.
    running = [ad for ad in running if ad.creative_episode_id != watching.episode_id]
    if not running or await is_exempt(context, watching.user_id):
        return []
    subject = await context.releases.of_episode(watching.episode_id)
    return await meant_for(context, running, watching.viewer, subject)


async def count(context: LinearContext, ticket: str, event: AdEvent) -> Ticket | None:
    """Count what a player tells; ``None`` for what is no ticket, too old, or counted already."""
    read = context.office.read(ticket, TICKET_KIND, now_s=context.now.timestamp())
    return read if read is not None and await context.views.count(event, read, context.now) else None
