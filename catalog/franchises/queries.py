"""What franchises let others read: plain rows."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.franchises.repository import franchise_member_table

FOLLOWERS: Final = 20
"""Releases behind one that are given: whoever has seen those as well is helped by none further on."""


async def franchise_ids(session: AsyncSession, release_ids: Collection[str]) -> dict[str, str]:
    """Release → its franchise, of those of ``release_ids`` that belong to one."""
    c = franchise_member_table.c
    found = await session.execute(select(c.release_id, c.franchise_id).where(c.release_id.in_(release_ids)))
    return {row.release_id: row.franchise_id for row in found}


async def following(session: AsyncSession, release_ids: Collection[str]) -> dict[str, list[str]]:
    """Release → up to :data:`FOLLOWERS` that come after it in the recommended order, without what may be skipped."""
    franchises = await franchise_ids(session, release_ids)
    if not franchises:
        return {}
    c = franchise_member_table.c
    orders: dict[str, list[tuple[str, bool]]] = {}
    for row in await session.execute(
        select(c.franchise_id, c.release_id, c.may_skip)
        .where(c.franchise_id.in_(set(franchises.values())))
        .order_by(c.franchise_id, c.recommended_place)
    ):
        orders.setdefault(row.franchise_id, []).append((row.release_id, row.may_skip))
    found: dict[str, list[str]] = {}
    for release_id, franchise_id in franchises.items():
        order = orders[franchise_id]
        behind = next(place for place, (one, _) in enumerate(order) if one == release_id) + 1
        found[release_id] = [one for one, may_skip in order[behind:] if not may_skip][:FOLLOWERS]
    return found
