"""Scheduled releases in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from catalog.releases.model import Release, Status
from catalog.releases.repository import release_table
from kernel.db import UnitOfWork


class SqlScheduledReleases:
    """Those of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def due(self, now: datetime, limit: int) -> Sequence[Release]:
        """Without their genres."""
        c = release_table.c
        found = await self._session.scalars(
            select(Release)
            .where(c.publish_at <= now, c.status == Status.DRAFT, c.deleted_at.is_(None))
            .order_by(c.publish_at)
            .limit(limit)
            # Whoever edits one of them at this moment will find it published in the next run.
            .with_for_update(skip_locked=True)
        )
        return found.all()
