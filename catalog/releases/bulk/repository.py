"""Several releases at once, in SQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from catalog.releases.model import Release
from catalog.releases.repository import WHOLE, release_table
from kernel.db import UnitOfWork


class SqlReleasesToChange:
    """Those of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def locked(self, release_ids: Sequence[str]) -> Mapping[str, Release]:
        """In the order of their ids, so that two who change the same ones do not wait for each other for ever."""
        c = release_table.c
        found = await self._session.scalars(
            select(Release)
            .where(c.id.in_(release_ids), c.deleted_at.is_(None))
            .order_by(c.id)
            .options(*WHOLE)
            .with_for_update()
        )
        return {release.id: release for release in found}
