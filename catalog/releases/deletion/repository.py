"""Deleted releases in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from catalog.releases.model import Release
from catalog.releases.repository import WHOLE, release_table
from kernel.db import UnitOfWork


class SqlDeletedReleases:
    """Those of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, release_id: str) -> Release | None:
        """With its genres and names."""
        c = release_table.c
        found = await self._session.scalars(
            select(Release)
            .where(c.id == release_id, c.deleted_at.is_not(None), c.merged_into_id.is_(None))
            .options(*WHOLE)
            .with_for_update()
        )
        return found.one_or_none()

    async def merged(self, release_id: str) -> Release | None:
        """With its genres and names."""
        c = release_table.c
        query = select(Release).where(c.id == release_id, c.merged_into_id.is_not(None)).options(*WHOLE)
        return (await self._session.scalars(query.with_for_update())).one_or_none()

    async def page(self, *, offset: int, limit: int) -> tuple[list[Release], int]:
        """By when they were deleted."""
        c = release_table.c
        total = await self._session.scalar(
            select(func.count()).select_from(release_table).where(c.deleted_at.is_not(None), c.merged_into_id.is_(None))
        )
        found = await self._session.scalars(
            select(Release)
            .where(c.deleted_at.is_not(None), c.merged_into_id.is_(None))
            .options(*WHOLE)
            .order_by(c.deleted_at.desc(), c.id)
            .offset(offset)
            .limit(limit)
        )
        return list(found), total or 0

    async def expired(self, before: datetime, limit: int) -> Sequence[Release]:
        """Without their genres."""
        c = release_table.c
        found = await self._session.scalars(
            select(Release)
            .where(c.deleted_at < before, c.merged_into_id.is_(None))
            .order_by(c.deleted_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return found.all()
