"""What merges let others read."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.releases.repository import release_table


async def merged_into(session: AsyncSession, release_ids: Collection[str]) -> dict[str, str]:
    """Release that is part of another → that other one; of those of ``release_ids`` that were merged."""
    c = release_table.c
    query = select(c.id, c.merged_into_id).where(c.id.in_(release_ids), c.merged_into_id.is_not(None))
    return {row.id: row.merged_into_id for row in await session.execute(query)}
