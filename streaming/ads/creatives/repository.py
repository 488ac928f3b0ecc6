"""Creatives of other people's ads in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, select
from typing_extensions import override

from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata
from streaming.ads.creatives.model import KEY_CHARS, MAX_NAME_CHARS, AdCreative
from streaming.ads.creatives.usecases import AdCreatives

AT_ONCE: Final = 100

ad_creative_table = Table(
    "ad_creative",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ad_id", Id, ForeignKey("linear_ad.id", ondelete="SET NULL")),
    Column("key", String(KEY_CHARS), nullable=False),
    Column("name", String(MAX_NAME_CHARS), nullable=False),
    Column("media_url", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=False, index=True),
    Column("ordered_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fault", Integer, nullable=False),
    Index("uq_ad_creative_ad_id_key", "ad_id", "key", unique=True),
)

mapper_registry.map_imperatively(AdCreative, ad_creative_table)


class SqlAdCreatives(AdCreatives):
    """See :class:`AdCreatives`."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    def add(self, creative: AdCreative) -> None:
        self._session.add(creative)

    @override
    async def get(self, creative_id: str) -> AdCreative | None:
        return await self._session.get(AdCreative, creative_id)

    @override
    async def by_key(self, ad_id: str, keys: Sequence[str]) -> Mapping[str, AdCreative]:
        c = ad_creative_table.c
        found = await self._session.scalars(select(AdCreative).where(c.ad_id == ad_id, c.key.in_(keys)))
        return {creative.key: creative for creative in found}

    @override
    async def of_ads(self, ad_ids: Sequence[str]) -> Sequence[AdCreative]:
        c = ad_creative_table.c
        query = select(AdCreative).where(c.ad_id.in_(ad_ids)).order_by(c.used_at.desc(), c.id)
        return (await self._session.scalars(query)).all()

    @override
    async def idle(self, *, unused_since: datetime, gone_since: datetime) -> Sequence[AdCreative]:
        c = ad_creative_table.c
        gone = c.ad_id.is_(None) & (c.used_at < gone_since)
        query = select(AdCreative).where((c.used_at < unused_since) | gone).order_by(c.used_at).limit(AT_ONCE)
        return (await self._session.scalars(query)).all()

    @override
    async def remove(self, creative: AdCreative) -> None:
        await self._session.delete(creative)
