"""What is locked against merging, for imports: plain sets."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.releases.merge_locks.repository import release_merge_lock_table


async def never_merged(session: AsyncSession, release_ids: Collection[str]) -> set[frozenset[str]]:
    """The pairs with one of ``release_ids`` that are two works, whatever they have in common."""
    c = release_merge_lock_table.c
    query = select(c.release_id, c.other_id).where(or_(c.release_id.in_(release_ids), c.other_id.in_(release_ids)))
    return {frozenset((row.release_id, row.other_id)) for row in await session.execute(query)}
