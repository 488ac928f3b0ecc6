"""Promos and what is counted of them, in SQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    TypeDecorator,
    false,
    func,
    select,
    true,
    update,
)

from kernel.db import Id, Json, UtcDateTime, mapper_registry, metadata, text_enum
from streaming.ads.audience import VIEWER_KEY_CHARS
from streaming.ads.campaign import CampaignState
from streaming.ads.links import MAX_LINK_CHARS
from streaming.ads.promos.model import (
    MAX_ACTION_CHARS,
    MAX_NAME_CHARS,
    MAX_TEXT_CHARS,
    MAX_TITLE_CHARS,
    Placement,
    Promo,
    PromoImage,
)
from streaming.ads.promos.usecases import DayCount, PromoDeed
from streaming.ads.repository import SqlCampaigns, SqlViews, campaign_columns, in_state, insert_into, rows_of
from streaming.ads.tickets import NONCE_CHARS, Ticket


class _ImageJson(TypeDecorator[PromoImage]):
    """JSON has no numbers for names, so widths are pairs."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: PromoImage | None, dialect: Dialect) -> Any:  # noqa: ARG002 - signature
        """See ``TypeDecorator``."""
        return None if value is None else {**asdict(value), "urls": list(value.urls.items())}

    def process_result_value(self, value: Any, dialect: Dialect) -> PromoImage | None:  # noqa: ARG002 - signature
        """See ``TypeDecorator``."""
        return None if value is None else PromoImage(**{**value, "urls": dict(value["urls"])})


promo_table = Table(
    "promo",
    metadata,
    *campaign_columns(),
    Column("name", String(MAX_NAME_CHARS), nullable=False),
    Column("placement", text_enum(Placement, length=20), nullable=False),
    Column("title", String(MAX_TITLE_CHARS), nullable=False),
    Column("text", String(MAX_TEXT_CHARS), nullable=False),
    Column("action", String(MAX_ACTION_CHARS), nullable=False),
    Column("link", String(MAX_LINK_CHARS), nullable=False),
    Column("image", _ImageJson),
    Index("ix_promo_placement", "placement", "is_stopped"),
)
promo_impression_table = Table(
    "promo_impression",
    metadata,
    Column("nonce", String(NONCE_CHARS), primary_key=True),
    Column("promo_id", Id, ForeignKey("promo.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("viewer", String(VIEWER_KEY_CHARS), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
    Column("clicked", Boolean, nullable=False),
    Index("ix_promo_impression_viewer", "viewer", "promo_id"),
)
promo_day_table = Table(
    "promo_day",
    metadata,
    Column("promo_id", Id, ForeignKey("promo.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("impressions", Integer, nullable=False),
    Column("clicks", Integer, nullable=False),
)

mapper_registry.map_imperatively(Promo, promo_table, version_id_col=promo_table.c.version)


class SqlPromos(SqlCampaigns[Promo]):
    """Promos behind the ``Promos`` port."""

    kind, table = Promo, promo_table

    async def listed(
        self, *, state: CampaignState | None, placement: Placement | None, now: datetime, limit: int, offset: int
    ) -> tuple[Sequence[Promo], int]:
        """By id, and so by age."""
        at = true() if placement is None else promo_table.c.placement == placement
        return await self._page(in_state(promo_table, state, now) & at, limit, offset)

    async def running(self, placement: Placement, now: datetime) -> Sequence[Promo]:
        """By id."""
        return await self._running(now, promo_table.c.placement == placement)


class SqlPromoCounts(SqlViews):
    """Counts behind the ``PromoCounts`` port: one row for each impression, so that each counts once, and sums by day."""

    table, campaign_id, at = promo_impression_table, promo_impression_table.c.promo_id, promo_impression_table.c.seen_at

    async def count(self, deeds: Collection[tuple[PromoDeed, Ticket]], now: datetime) -> int:
        """An insert that leaves a row alone that is there, for each; and the sums go up by what was not.

        In one order, the sums last, so that two who tell the same in another order do not wait for each other.
        """
        c, new, sums = promo_impression_table.c, 0, dict[str, tuple[int, int]]()
        wanted = {ticket.subject_id for _, ticket in deeds}
        there = set(await self._session.scalars(select(promo_table.c.id).where(promo_table.c.id.in_(wanted))))
        for deed, ticket in sorted(deeds, key=lambda one: (one[1].nonce, one[0] is PromoDeed.CLICK)):
            if ticket.subject_id not in there:
                continue
            row = {"nonce": ticket.nonce, "promo_id": ticket.subject_id, "viewer": ticket.viewer}
            insert = insert_into(self._session, promo_impression_table).values(**row, seen_at=now, clicked=False)
            added, clicked = await rows_of(self._session, insert.on_conflict_do_nothing()), 0
            if deed is PromoDeed.CLICK:
                once = update(promo_impression_table).where(c.nonce == ticket.nonce, c.clicked == false())
                clicked = await rows_of(self._session, once.values(clicked=True))
            impressions, clicks = sums.get(ticket.subject_id, (0, 0))
            sums[ticket.subject_id] = (impressions + added, clicks + clicked)
            new += clicked if deed is PromoDeed.CLICK else added
        for promo_id, (impressions, clicks) in sorted(sums.items()):
            if impressions or clicks:
                await self._add(promo_id, now.date(), impressions, clicks)
        return new

    async def days(self, promo_id: str, first: date, last: date) -> Sequence[DayCount]:
        """By primary key."""
        c = promo_day_table.c
        query = select(c.day, c.impressions, c.clicks).where(c.promo_id == promo_id, c.day.between(first, last))
        return [DayCount(*row) for row in await self._session.execute(query.order_by(c.day))]

    async def totals(self, promo_ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Summed up by the database."""
        c = promo_day_table.c
        query = select(c.promo_id, func.sum(c.impressions), func.sum(c.clicks)).where(c.promo_id.in_(promo_ids))
        rows = await self._session.execute(query.group_by(c.promo_id))
        return {promo_id: (int(impressions), int(clicks)) for promo_id, impressions, clicks in rows}

    async def _add(self, promo_id: str, day: date, impressions: int, clicks: int) -> None:
        c = promo_day_table.c
        row = insert_into(self._session, promo_day_table).values(
            promo_id=promo_id, day=day, impressions=impressions, clicks=clicks
        )
        await self._session.execute(
            row.on_conflict_do_update(
                index_elements=["promo_id", "day"],
                set_={"impressions": c.impressions + impressions, "clicks": c.clicks + clicks},
            )
        )
