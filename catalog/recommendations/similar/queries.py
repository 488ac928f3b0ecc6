"""What pairs of similar releases let others read."""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.recommendations.similar.repository import pair_table
from catalog.releases.repository import release_table

NAME_CHARS: Final = 60
"""Of each name in the title of a pair: both stay readable."""


async def title(session: AsyncSession, pair_id: str) -> str | None:
    """What a pair is called where it is reported; ``None`` where there is no such pair, or none any more."""
    low, high = release_table.alias(), release_table.alias()
    found = await session.execute(
        select(low.c.name_main.label("low"), high.c.name_main.label("high"))
        .select_from(pair_table)
        .join(low, low.c.id == pair_table.c.low_id)
        .join(high, high.c.id == pair_table.c.high_id)
        .where(pair_table.c.id == pair_id, ~pair_table.c.removed)
    )
    row = found.one_or_none()
    return None if row is None else f"{row.low[:NAME_CHARS]} ~ {row.high[:NAME_CHARS]}"


async def releases_of(session: AsyncSession, pair_ids: Collection[str]) -> Mapping[str, str]:
    """Pair → one of its releases, that has not been deleted where there is such a one; pairs taken out are left out."""
    low, high = release_table.alias(), release_table.alias()
    shown = case((low.c.deleted_at.is_(None), low.c.id), else_=high.c.id)
    found = await session.execute(
        select(pair_table.c.id, shown.label("release_id"))
        .select_from(pair_table)
        .join(low, low.c.id == pair_table.c.low_id)
        .join(high, high.c.id == pair_table.c.high_id)
        .where(pair_table.c.id.in_(pair_ids), ~pair_table.c.removed)
    )
    return {row.id: row.release_id for row in found}
