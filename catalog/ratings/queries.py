"""What ratings let others read: by release, and as columns to sort a list of releases by.

A list joins :data:`STATS` (``select(…).outerjoin(STATS, STATS.c.release_id == release.c.id)``) and orders by a column of
:data:`SORTS`, ``NULLS LAST``; or it keeps the figures of :func:`all_stats` in memory, and reads those of a release again when it
hears ``catalog.ratings.model.RatingChanged``.  Members and trend move with every evening: read them again every few minutes.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.ratings import trending
from catalog.ratings.figures.repository import AT_ONCE, ONLY, epoch_table, read_stats, stats_of, stats_table
from catalog.ratings.model import Ranked, Ranking, ReleaseStats, Vote
from catalog.ratings.repository import read_vote, vote_table
from catalog.releases.blocks import Blocks
from catalog.releases.model import Status
from catalog.releases.queries import seen_by
from catalog.releases.repository import release_table
from catalog.releases.usecases import Reader
from kernel.ids import is_id

STATS: Final = stats_table
SORTS: Final[Mapping[str, ColumnElement[Any]]] = {
    "rating": stats_table.c.weighted,
    "popularity": stats_table.c.members,
    "trending": stats_table.c.trend,
}
"""What a list can be sorted by, the most first; the first is empty for a release without enough votes."""


async def stats(session: AsyncSession, release_ids: Collection[str]) -> dict[str, ReleaseStats]:
    """Those of ``release_ids`` that anybody voted for, collected or started."""
    return await stats_of(session, release_ids)


async def all_stats(session: AsyncSession, after: str | None, limit: int) -> list[ReleaseStats]:
    """The next ``limit`` by identifier, from behind ``after``."""
    c = stats_table.c
    query = select(stats_table).order_by(c.release_id).limit(limit)
    if after is not None:
        query = query.where(c.release_id > after)
    return [read_stats(row) for row in await session.execute(query)]


async def published_release(session: AsyncSession, name: str) -> tuple[str, Blocks] | None:
    """The identifier of the published release with this identifier or alias, and where it may not be shown."""
    c = release_table.c
    condition = c.id == name if is_id(name) else c.alias == name
    columns = select(c.id, c.blocked_regions, c.blocked_by_copyright)
    row = (await session.execute(columns.where(condition, c.status == Status.PUBLISHED))).one_or_none()
    return None if row is None else (row.id, Blocks(row.blocked_regions, row.blocked_by_copyright))


async def score(session: AsyncSession, user_id: str, release_id: str) -> int | None:
    """What somebody gave a release."""
    c = vote_table.c
    found: int | None = await session.scalar(select(c.score).where(c.release_id == release_id, c.user_id == user_id))
    return found


async def votes_of(session: AsyncSession, user_id: str, release_ids: Collection[str]) -> dict[str, Vote]:
    """Release → the vote of one person."""
    c, held, found = vote_table.c, list(release_ids), dict[str, Vote]()
    for first in range(0, len(held), AT_ONCE):
        part = held[first : first + AT_ONCE]
        rows = await session.execute(select(vote_table).where(c.user_id == user_id, c.release_id.in_(part)))
        found.update((row.release_id, read_vote(row)) for row in rows)
    return found


async def all_votes_of(session: AsyncSession, user_id: str) -> dict[str, Vote]:
    """Release → vote, of all votes of one person."""
    rows = await session.execute(select(vote_table).where(vote_table.c.user_id == user_id))
    return {row.release_id: read_vote(row) for row in rows}


async def ranking(
    session: AsyncSession, kind: Ranking, reader: Reader, now: datetime, *, offset: int, limit: int
) -> Ranked:
    """Published releases that ``reader`` sees, the first of ``kind`` first; in one order, whatever else is equal."""
    c = stats_table.c
    epoch = await session.scalar(select(epoch_table.c.at).where(epoch_table.c.id == ONLY)) or now
    ranked, order = {
        "top": (c.weighted.is_not(None), (c.weighted.desc(), c.ranked_votes.desc())),
        "popular": (c.members > 0, (c.members.desc(),)),
        "trending": (c.trend >= trending.floor(epoch, now), (c.trend.desc(),)),
    }[kind]
    listed: Select[Any] = (
        select(stats_table)
        .join(release_table, release_table.c.id == c.release_id)
        .where(ranked, release_table.c.status == Status.PUBLISHED, seen_by(reader))
    )
    total = await session.scalar(select(func.count()).select_from(listed.subquery()))
    rows = await session.execute(listed.order_by(*order, c.release_id).offset(offset).limit(limit))
    return Ranked([read_stats(row) for row in rows], total or 0, epoch)


async def published_stats(
    session: AsyncSession, release_ids: Collection[str], reader: Reader
) -> dict[str, ReleaseStats]:
    """As :func:`stats`, of those published releases alone that ``reader`` sees."""
    rows = await session.execute(
        select(stats_table)
        .join(release_table, release_table.c.id == stats_table.c.release_id)
        .where(stats_table.c.release_id.in_(release_ids), release_table.c.status == Status.PUBLISHED, seen_by(reader))
    )
    return {row.release_id: read_stats(row) for row in rows}


async def release_ids(session: AsyncSession, after: str | None, limit: int) -> list[str]:
    """The next ``limit`` identifiers of releases, from behind ``after``."""
    query = select(release_table.c.id).order_by(release_table.c.id).limit(limit)
    if after is not None:
        query = query.where(release_table.c.id > after)
    return list(await session.scalars(query))
