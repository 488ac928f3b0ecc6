"""Ads and what is counted of them, in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, select, true

from kernel.db import Id, UtcDateTime, mapper_registry, metadata, text_enum
from streaming.ads.audience import VIEWER_KEY_CHARS
from streaming.ads.campaign import CampaignState
from streaming.ads.linear.model import MAX_ERID_CHARS, MAX_TAG_CHARS, MAX_TITLE_CHARS, AdEvent, AdPlacement, LinearAd
from streaming.ads.links import MAX_LINK_CHARS
from streaming.ads.repository import SqlCampaigns, SqlViews, campaign_columns, in_state, insert_into, rows_of
from streaming.ads.tickets import NONCE_CHARS, Ticket

linear_ad_table = Table(
    "linear_ad",
    metadata,
    *campaign_columns(),
    Column("title", String(MAX_TITLE_CHARS), nullable=False),
    Column("advertiser", String(MAX_TITLE_CHARS), nullable=False),
    Column("erid", String(MAX_ERID_CHARS), nullable=False),
    Column("click_url", String(MAX_LINK_CHARS), nullable=False),
    Column("creative_episode_id", Id),
    Column("tag_url", String(MAX_TAG_CHARS), nullable=False, server_default=""),
    Column("placement", text_enum(AdPlacement, length=20), nullable=False),
    Column("offset_ms", Integer, nullable=False),
    Column("skip_after_ms", Integer, nullable=False),
    Index("ix_linear_ad_is_stopped", "is_stopped"),
)
linear_ad_event_table = Table(
    "linear_ad_event",
    metadata,
    Column("nonce", String(NONCE_CHARS), primary_key=True),
    Column("event", text_enum(AdEvent, length=20), primary_key=True),
    Column("ad_id", Id, ForeignKey("linear_ad.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("viewer", String(VIEWER_KEY_CHARS), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Index("ix_linear_ad_event_viewer", "viewer", "ad_id"),
)
linear_ad_count_table = Table(
    "linear_ad_count",
    metadata,
    Column("ad_id", Id, ForeignKey("linear_ad.id", ondelete="CASCADE"), primary_key=True),
    Column("event", text_enum(AdEvent, length=20), primary_key=True),
    Column("count", BigInteger, nullable=False),
)

mapper_registry.map_imperatively(LinearAd, linear_ad_table, version_id_col=linear_ad_table.c.version)


class SqlLinearAds(SqlCampaigns[LinearAd]):
    """Ads behind the ``LinearAds`` port."""

    kind, table = LinearAd, linear_ad_table

    async def listed(
        self, *, state: CampaignState | None, now: datetime, limit: int, offset: int
    ) -> tuple[Sequence[LinearAd], int]:
        """By id, and so by age."""
        return await self._page(in_state(linear_ad_table, state, now), limit, offset)

    async def running(self, now: datetime) -> Sequence[LinearAd]:
        """By id."""
        return await self._running(now, true())


class SqlAdEvents(SqlViews):
    """Events behind the ``AdEvents`` port: one row for each, so that each counts once, and sums."""

    table, campaign_id, at = linear_ad_event_table, linear_ad_event_table.c.ad_id, linear_ad_event_table.c["at"]
    is_view = linear_ad_event_table.c.event == AdEvent.IMPRESSION

    async def count(self, event: AdEvent, ticket: Ticket, now: datetime) -> bool:
        """An insert that leaves a row alone that is there, and a sum that goes up where it was not."""
        if await self._session.get(LinearAd, ticket.subject_id) is None:
            return False
        row = {"nonce": ticket.nonce, "event": event, "ad_id": ticket.subject_id, "viewer": ticket.viewer, "at": now}
        insert = insert_into(self._session, linear_ad_event_table).values(**row)
        if not await rows_of(self._session, insert.on_conflict_do_nothing()):
            return False
        c = linear_ad_count_table.c
        first = insert_into(self._session, linear_ad_count_table).values(ad_id=ticket.subject_id, event=event, count=1)
        await self._session.execute(
            first.on_conflict_do_update(index_elements=["ad_id", "event"], set_={"count": c["count"] + 1})
        )
        return True

    async def totals(self, ad_ids: Sequence[str]) -> Mapping[str, Mapping[AdEvent, int]]:
        """By primary key."""
        c, found = linear_ad_count_table.c, dict[str, dict[AdEvent, int]]()
        for ad_id, event, number in await self._session.execute(
            select(c.ad_id, c.event, c["count"]).where(c.ad_id.in_(ad_ids))
        ):
            found.setdefault(ad_id, {})[event] = number
        return found
