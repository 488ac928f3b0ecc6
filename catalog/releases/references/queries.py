"""What the reference lists read of the catalogue."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.releases.model import Status
from catalog.releases.repository import release_table


async def published_years(session: AsyncSession) -> list[int]:
    """The years of published releases, the latest first."""
    c = release_table.c
    found = await session.scalars(
        select(c.year).where(c.status == Status.PUBLISHED, c.year.is_not(None)).distinct().order_by(c.year.desc())
    )
    return list(found)
