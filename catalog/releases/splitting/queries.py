"""What splits let imports read."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.releases.splitting.repository import release_split_table


async def moved_away(session: AsyncSession, release_id: str) -> dict[float, str]:
    """Number that an episode had in this release → that episode, which belongs to another one by now."""
    c = release_split_table.c
    query = select(c.placements).where(c.source_id == release_id, c.undone_at.is_(None)).order_by(c.split_at, c.id)
    return {row[2]: row[0] for placements in await session.scalars(query) for row in placements}
