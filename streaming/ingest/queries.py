"""What others read about assets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from streaming.ingest.model import AssetState
from streaming.ingest.repository import assets

AT_ONCE: Final = 500
"""In one query."""


@dataclass(frozen=True, slots=True)
class StoredAsset:
    """An asset, as far as whoever looks after its files has to know it."""

    id: str
    state: AssetState
    size_bytes: int | None
    """Of its files; ``None`` until it is ready."""
    source_name: str


_COLUMNS: Final = (assets.c.id, assets.c.state, assets.c.size_bytes, assets.c.source_name)


async def of_ids(session: AsyncSession, asset_ids: Sequence[str]) -> dict[str, StoredAsset]:
    """Those of ``asset_ids`` that there are, by their ids."""
    found: dict[str, StoredAsset] = {}
    for first in range(0, len(asset_ids), AT_ONCE):
        query = select(*_COLUMNS).where(assets.c.id.in_(asset_ids[first : first + AT_ONCE]))
        found |= {row.id: StoredAsset(*row) for row in await session.execute(query)}
    return found


async def ready_ids(session: AsyncSession) -> Sequence[str]:
    """Of all that have files of their own and are ready."""
    query = select(assets.c.id).where(assets.c.state == AssetState.READY, assets.c.size_bytes.is_not(None))
    return (await session.scalars(query.order_by(assets.c.id))).all()


async def totals(session: AsyncSession) -> tuple[int, int]:
    """How many are ready, and the bytes of their files."""
    c = assets.c
    query = select(func.count(), func.sum(c.size_bytes)).where(c.state == AssetState.READY, c.size_bytes.is_not(None))
    row = (await session.execute(query)).one()
    return row[0], int(row[1] or 0)
