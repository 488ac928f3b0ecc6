"""Which fields are locked, for whoever changes releases without a person."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.releases.locks.repository import release_lock_table


async def locked_fields(session: AsyncSession, release_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Release → names of its locked fields (``LockedField``); releases without any are left out."""
    c, found = release_lock_table.c, defaultdict(set)
    held = list(release_ids)
    for first in range(0, len(held), 500):
        rows = await session.execute(select(c.release_id, c.field).where(c.release_id.in_(held[first : first + 500])))
        for row in rows:
            found[row.release_id].add(row.field.value)
    return {release_id: frozenset(fields) for release_id, fields in found.items()}
