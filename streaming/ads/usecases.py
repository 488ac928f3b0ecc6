"""What administrators do with promos and ads alike, and which of them a viewer may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from kernel.errors import NotFound
from kernel.versions import ensure_unchanged
from streaming.ads.audience import MAX_CAP_DAYS, Subject, Viewer
from streaming.ads.campaign import Campaign
from streaming.ads.tickets import TicketOffice

KEPT: Final = timedelta(days=MAX_CAP_DAYS + 1)
"""How long it is kept who saw what: for caps, and for tickets (a day) to count once.  Sums are kept with the campaign."""

C = TypeVar("C", bound=Campaign[Any])


class Campaigns(Protocol[C]):
    """All of one kind."""

    def add(self, campaign: C) -> None:
        """Keep a new one."""
        ...

    async def get(self, campaign_id: str) -> C | None:
        """``None`` where there is none with this id."""
        ...

    async def count(self) -> int:
        """All of them."""
        ...

    async def remove(self, campaign: C) -> None:
        """Delete it with everything counted."""
        ...


class Views(Protocol):
    """Who saw what."""

    async def seen(self, viewer: str, campaign_ids: Sequence[str], since: datetime) -> Mapping[str, Sequence[datetime]]:
        """When a viewer saw which of these."""
        ...

    async def forget_before(self, moment: datetime) -> None:
        """What was seen before it; the sums stay."""
        ...

    async def forget_viewer(self, viewer: str) -> None:
        """Whose views these were; the sums stay."""
        ...


class PromotedReleases(Protocol):
    """What the catalogue says of the releases that something is shown beside."""

    async def of_release(self, key: str, *, region: str | None) -> Subject:
        """The published release with this id or alias; :data:`~streaming.ads.audience.NOWHERE` where there is none."""
        ...

    async def of_episode(self, episode_id: str) -> Subject:
        """The release that an episode belongs to."""
        ...


class Exempted(Protocol):
    """Who is shown nothing."""

    async def is_exempt(self, user_id: str) -> bool:
        """Whether an administrator exempted this account."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignContext(Generic[C]):
    """What the use cases work with: ports of one transaction, and its moment."""

    UNKNOWN: ClassVar[type[NotFound]]
    """Raised for what is none of :attr:`campaigns`."""

    campaigns: Campaigns[C]
    views: Views
    releases: PromotedReleases
    exempted: Exempted
    office: TicketOffice
    now: datetime


async def found(context: CampaignContext[C], campaign_id: str, *, version: int | None = None) -> C:
    """Raises ``context.UNKNOWN``, ``Stale`` where it is not in that version any more."""
    campaign = await context.campaigns.get(campaign_id)
    if campaign is None:
        raise context.UNKNOWN
    ensure_unchanged(campaign.version, version)
    return campaign


async def start(context: CampaignContext[C], campaign_id: str, *, version: int | None) -> C:
    """Raises ``context.UNKNOWN``, ``Stale``, and what :meth:`Campaign.start` raises."""
    campaign = await found(context, campaign_id, version=version)
    campaign.start(context.now)
    return campaign


async def stop(context: CampaignContext[C], campaign_id: str, *, version: int | None) -> C:
    """Raises ``context.UNKNOWN``, ``Stale``."""
    campaign = await found(context, campaign_id, version=version)
    campaign.stop(context.now)
    return campaign


async def delete(context: CampaignContext[C], campaign_id: str) -> C:
    """Delete it with what was counted of it.  Raises ``context.UNKNOWN``."""
    campaign = await found(context, campaign_id)
    campaign.deleted(context.now)
    await context.campaigns.remove(campaign)
    return campaign


async def is_exempt(context: CampaignContext[C], user_id: str | None) -> bool:
    """Whether somebody is shown nothing; whoever is signed out never is."""
    return user_id is not None and await context.exempted.is_exempt(user_id)


async def meant_for(context: CampaignContext[C], running: Sequence[C], viewer: Viewer, subject: Subject) -> list[C]:
    """Those of ``running`` whose audience ``viewer`` is in, and who has not seen them as often as their caps say."""
    meant = [campaign for campaign in running if campaign.audience.includes(viewer, subject)]
    capped = [campaign.id for campaign in meant if campaign.cap.impressions]
    since = context.now - timedelta(days=MAX_CAP_DAYS)
    seen = await context.views.seen(viewer.key, capped, since) if capped else {}
    return [campaign for campaign in meant if campaign.cap.allows(seen.get(campaign.id, ()), context.now)]
