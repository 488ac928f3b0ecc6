"""Fingerprints of assets in the database."""

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, delete, select

from kernel.db import Id, UnitOfWork, metadata
from streaming.ingest.repository import assets
from streaming.markers.fingerprint import Points
from streaming.markers.model import AssetSound

asset_sound_table = Table(
    "asset_sound",
    metadata,
    Column("asset_id", Id, ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True),
    Column("head", LargeBinary, nullable=False),
    Column("tail", LargeBinary, nullable=False),
    Column("tail_start_ms", Integer, nullable=False),
    Column("whole", LargeBinary),
)


class SqlAssetSounds:
    """The fingerprints, 32 bits a point, the least significant byte first."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def of(self, asset_ids: Sequence[str]) -> Mapping[str, AssetSound]:
        """See ``AssetSounds``."""
        c = asset_sound_table.c
        found = await self._session.execute(select(asset_sound_table).where(c.asset_id.in_(asset_ids)))
        return {
            row.asset_id: AssetSound(
                asset_id=row.asset_id,
                head=_points(row.head),
                tail=_points(row.tail),
                tail_start_ms=row.tail_start_ms,
                whole=None if row.whole is None else _points(row.whole),
            )
            for row in found
        }

    async def keep(self, sound: AssetSound) -> None:
        """See ``AssetSounds``."""
        c = asset_sound_table.c
        # Held, so that it is not removed in between.
        there = await self._session.scalar(select(assets.c.id).where(assets.c.id == sound.asset_id).with_for_update())
        if there is None:
            return
        await self._session.execute(delete(asset_sound_table).where(c.asset_id == sound.asset_id))
        await self._session.execute(
            asset_sound_table.insert().values(
                asset_id=sound.asset_id,
                head=_stored(sound.head),
                tail=_stored(sound.tail),
                tail_start_ms=sound.tail_start_ms,
                whole=None if sound.whole is None else _stored(sound.whole),
            )
        )


def _stored(points: Points) -> bytes:
    return points.astype("<u4").tobytes()


def _points(stored: bytes) -> Points:
    return np.frombuffer(stored, "<u4").astype(np.uint32)
