"""Merges in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Integer, String, Table, func, select

from catalog.releases.episodes.model import Episode, EpisodeUpdated
from catalog.releases.merging.model import Merge, Placement
from catalog.releases.model import ReleaseId
from catalog.releases.names import NAME_MAX
from kernel.db import Id, Json, UnitOfWork, UtcDateTime, mapper_registry, metadata

release_merge_table = Table(
    "release_merge",
    metadata,
    Column("id", Id, primary_key=True),
    # Without foreign keys: what was merged is told even when both are gone.
    Column("source_id", Id, nullable=False, index=True),
    Column("target_id", Id, nullable=False, index=True),
    Column("source_title", String(NAME_MAX), nullable=False),
    Column("target_title", String(NAME_MAX), nullable=False),
    Column("merged_by", Id),
    Column("merged_at", UtcDateTime, nullable=False, index=True),
    Column("fields", Json, nullable=False),
    Column("names", Json, nullable=False),
    Column("genres", Json, nullable=False),
    Column("placements", Json, nullable=False),
    Column("replaced", Json, nullable=False),
    Column("followers", Json, nullable=False),
    Column("undone_by", Id),
    Column("undone_at", UtcDateTime),
    Column("version", Integer, nullable=False),
)
mapper_registry.map_imperatively(Merge, release_merge_table, version_id_col=release_merge_table.c.version)


class SqlMerges:
    """Merges of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, merge_id: str) -> Merge | None:
        """Locked."""
        query = select(Merge).where(release_merge_table.c.id == merge_id).with_for_update()
        return (await self._session.execute(query)).scalar_one_or_none()

    async def page(self, *, offset: int, limit: int) -> tuple[list[Merge], int]:
        """By when they were done."""
        c = release_merge_table.c
        total = await self._session.scalar(select(func.count()).select_from(release_merge_table))
        query = select(Merge).order_by(c.merged_at.desc(), c.id.desc()).offset(offset).limit(limit)
        return list((await self._session.execute(query)).scalars()), total or 0

    def add(self, merge: Merge) -> None:
        """Written with the next flush."""
        self._session.add(merge)

    async def place(self, episodes: Sequence[Episode], placements: Sequence[Placement], now: datetime) -> None:
        """Numbers below zero, which no editor gives, on the way: two that change places have one number for a moment."""
        by_id = {str(episode.id): episode for episode in episodes}
        for number, one in enumerate(placements, start=1):
            by_id[one.episode_id].ordinal = -float(number)
        await self._session.flush()
        for one in placements:
            by_id[one.episode_id].release_id = ReleaseId(one.to_release)
        await self._session.flush()
        for one in placements:
            episode = by_id[one.episode_id]
            episode.ordinal, episode.updated_at = one.to_ordinal, now
            changes = {"release_id": (one.from_release, one.to_release), "ordinal": (one.from_ordinal, one.to_ordinal)}
            episode.record(EpisodeUpdated(at=now, episode_id=episode.id, release_id=one.to_release, changes=changes))
        await self._session.flush()
