"""Exemptions in SQL."""

from collections.abc import Sequence

from sqlalchemy import Column, String, Table, func, select

from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata
from streaming.ads.exemptions.model import MAX_REASON_CHARS, AdExemption

ad_exemption_table = Table(
    "ad_exemption",
    metadata,
    Column("user_id", Id, primary_key=True),
    Column("reason", String(MAX_REASON_CHARS), nullable=False),
    Column("granted_at", UtcDateTime, nullable=False),
)

mapper_registry.map_imperatively(AdExemption, ad_exemption_table)


class SqlAdExemptions:
    """Exemptions behind the ``AdExemptions`` port, and whoever only asks behind ``Exempted``."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, exemption: AdExemption) -> None:
        """Written with the next flush."""
        self._session.add(exemption)

    async def get(self, user_id: str) -> AdExemption | None:
        """By primary key."""
        return await self._session.get(AdExemption, user_id)

    async def is_exempt(self, user_id: str) -> bool:
        """By primary key."""
        return await self.get(user_id) is not None

    async def listed(self, *, limit: int, offset: int) -> tuple[Sequence[AdExemption], int]:
        """By moment."""
        c = ad_exemption_table.c
        total = await self._session.scalar(select(func.count()).select_from(ad_exemption_table)) or 0
        query = select(AdExemption).order_by(c.granted_at.desc(), c.user_id).limit(limit).offset(offset)
        return (await self._session.scalars(query)).all(), total

    async def remove(self, exemption: AdExemption) -> None:
        """Deleted with the next flush."""
        await self._session.delete(exemption)
