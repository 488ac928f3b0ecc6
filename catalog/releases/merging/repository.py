"""Merges in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Column, Integer, String, Table, bindparam, func, select, update

from catalog.releases.episodes.model import EpisodeUpdated
from catalog.releases.episodes.repository import episode_table
from catalog.releases.merging.model import Merge, Placement
from catalog.releases.names import NAME_MAX
from kernel.db import Id, Json, UnitOfWork, UtcDateTime, mapper_registry, metadata

EPISODES_AT_ONCE: Final = 200
"""Written in one go: some 2 ms of the event loop."""

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
    Column("trailers", Json, nullable=False, server_default="[]"),
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
        self._uow = uow
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

    async def place(self, placements: Sequence[Placement], now: datetime) -> None:
        """Those whose place another one has still go there by a number below zero, which no editor gives."""
        left = {(one.from_release, one.from_ordinal) for one in placements}
        crossing = [one for one in placements if (one.to_release, one.to_ordinal) in left]
        await self._write({one.episode_id: (one.to_release, -float(n)) for n, one in enumerate(crossing, start=1)}, now)
        await self._write({one.episode_id: (one.to_release, one.to_ordinal) for one in placements}, now)
        for one in placements:
            changes = {"release_id": (one.from_release, one.to_release), "ordinal": (one.from_ordinal, one.to_ordinal)}
            self._uow.record(
                EpisodeUpdated(at=now, episode_id=one.episode_id, release_id=one.to_release, changes=changes)
            )

    async def _write(self, places: Mapping[str, tuple[str, float]], now: datetime) -> None:
        c = episode_table.c
        statement = update(episode_table).where(c.id == bindparam("episode"))
        statement = statement.values(
            release_id=bindparam("release"), ordinal=bindparam("number"), updated_at=now, version=c.version + 1
        )
        rows = [
            {"episode": episode_id, "release": release_id, "number": ordinal}
            for episode_id, (release_id, ordinal) in places.items()
        ]
        for first in range(0, len(rows), EPISODES_AT_ONCE):
            await self._session.execute(statement, rows[first : first + EPISODES_AT_ONCE])
