"""What administrators do with promos, what readers are shown, and what is counted of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final, Protocol

from kernel.errors import Invalid, NotFound
from kernel.ids import new_id
from streaming.ads.audience import NOWHERE, Viewer
from streaming.ads.campaign import CampaignState
from streaming.ads.choice import ranked
from streaming.ads.promos.model import (
    MAX_PROMOS,
    SLOTS,
    Placement,
    Promo,
    PromoDraft,
    PromoImage,
    PromoNotFound,
    TooManyPromos,
)
from streaming.ads.tickets import Ticket
from streaming.ads.usecases import CampaignContext, Campaigns, Views, found, is_exempt, meant_for

TICKET_KIND: Final = 1
MAX_REPORT_DAYS: Final = 366


class ReportTooLong(Invalid):
    """A report is of at most {limit} days, and begins before it ends."""


class PromoDeed(StrEnum):
    """What somebody did with a promo."""

    IMPRESSION = "impression"
    CLICK = "click"


@dataclass(frozen=True, slots=True)
class DayCount:
    """What was counted on one day (UTC)."""

    day: date
    impressions: int
    clicks: int


class Promos(Campaigns[Promo], Protocol):
    """All promos."""

    async def listed(
        self, *, state: CampaignState | None, placement: Placement | None, now: datetime, limit: int, offset: int
    ) -> tuple[Sequence[Promo], int]:
        """Those wanted, the newest first, and how many there are."""
        ...

    async def running(self, placement: Placement, now: datetime) -> Sequence[Promo]:
        """What could be shown in a place at a moment."""
        ...


class PromoCounts(Views, Protocol):
    """What was counted of promos."""

    async def count(self, deeds: Collection[tuple[PromoDeed, Ticket]], now: datetime) -> int:
        """Count what tickets stand for; how many were new: not counted before, and of a promo that is there still.

        A click is an impression, too.
        """
        ...

    async def days(self, promo_id: str, first: date, last: date) -> Sequence[DayCount]:
        """By day; days on which nothing was counted are left out."""
        ...

    async def totals(self, promo_ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Impressions and clicks of each since it was made; those without any are left out."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PromosContext(CampaignContext[Promo]):
    """What the use cases here work with."""

    UNKNOWN: ClassVar[type[NotFound]] = PromoNotFound

    campaigns: Promos
    views: PromoCounts


@dataclass(frozen=True, slots=True)
class Shown:
    """A promo for one reader, with what their client counts it by."""

    promo: Promo
    ticket: str


async def create(context: PromosContext, draft: PromoDraft) -> Promo:
    """A new promo that nobody sees.  Raises :class:`TooManyPromos`."""
    if await context.campaigns.count() >= MAX_PROMOS:
        raise TooManyPromos(limit=MAX_PROMOS)
    created = Promo.create(new_id(), draft, context.now)
    context.campaigns.add(created)
    return created


async def edit(context: PromosContext, promo_id: str, draft: PromoDraft, *, version: int | None) -> Promo:
    """Raises :class:`PromoNotFound`, ``Stale``."""
    promo = await found(context, promo_id, version=version)
    promo.edit(draft, context.now)
    return promo


async def show_image(
    context: PromosContext, promo_id: str, image: PromoImage | None, *, version: int | None
) -> tuple[Promo, PromoImage | None]:
    """The promo with another picture, and the picture it had.  Raises :class:`PromoNotFound`, ``Stale``."""
    promo = await found(context, promo_id, version=version)
    former = promo.image
    promo.show_image(image, context.now)
    return promo, former


async def shown(
    context: PromosContext,
    placement: Placement,
    viewer: Viewer,
    *,
    user_id: str | None,
    release_key: str | None,
    region: str | None,
) -> list[Shown]:
    """What a reader is shown in a place, the best first.

    The same on every look of a day, while the same promos run: who reloads a page sees what was there.
    """
    running = await context.campaigns.running(placement, context.now)
    if not running or await is_exempt(context, user_id):
        return []
    subject = NOWHERE
    if release_key is not None:
        subject = await context.releases.of_release(release_key, region=region)
    allowed = await meant_for(context, running, viewer, subject)
    slot = f"{placement}|{subject.release_id}|{context.now.date()}"
    chosen = ranked(
        allowed, key=lambda promo: promo.id, weight=lambda promo: promo.weight, viewer=viewer.key, slot=slot
    )
    now_s = context.now.timestamp()
    return [
        Shown(promo, context.office.issue(Ticket.new(TICKET_KIND, promo.id, viewer.key, now_s=now_s)))
        for promo in chosen[: SLOTS[placement]]
    ]


async def count(context: PromosContext, deeds: Sequence[tuple[PromoDeed, str]]) -> int:
    """Count what clients tell, by ticket; how many were new.  Tickets that are none, too old or counted already count nothing."""
    now_s = context.now.timestamp()
    read = {(deed, context.office.read(text, TICKET_KIND, now_s=now_s)) for deed, text in deeds}
    return await context.views.count([(deed, ticket) for deed, ticket in read if ticket is not None], context.now)


async def report(context: PromosContext, promo_id: str, first: date, last: date) -> Sequence[DayCount]:
    """Each day from ``first`` to ``last``, both included.  Raises :class:`PromoNotFound`, :class:`ReportTooLong`."""
    if not 0 <= (last - first).days < MAX_REPORT_DAYS:
        raise ReportTooLong(limit=MAX_REPORT_DAYS)
    await found(context, promo_id)
    counted = {one.day: one for one in await context.views.days(promo_id, first, last)}
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [counted.get(day, DayCount(day, 0, 0)) for day in days]
