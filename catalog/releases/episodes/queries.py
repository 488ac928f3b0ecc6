"""What the catalogue lets others read of episodes: plain rows, without the rules of an episode."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.releases.episodes.repository import episode_table
from catalog.releases.model import Status
from catalog.releases.queries import seen_by
from catalog.releases.repository import release_table
from catalog.releases.usecases import Reader


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """An episode; ``ending_start_ms`` is where its credits begin, ``duration_ms`` ``None`` before its video is there."""

    episode_id: str
    release_id: str
    ordinal: float
    duration_ms: int | None
    ending_start_ms: int | None


@dataclass(frozen=True, slots=True)
class EpisodeNames:
    """What an episode and its release are called; ``release_names`` has the keys ``release``, ``release_english``,
    ``release_alternative``, those of them that are there.
    """

    release_id: str
    ordinal: float
    name: str
    release_names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RecentEpisodes:
    """How many episodes of a release were published of late, and the span of their ordinals."""

    count: int
    first: float | None
    last: float | None


async def episodes(session: AsyncSession, episode_ids: Collection[str]) -> dict[str, EpisodeRow]:
    """Those of ``episode_ids`` that exist, drafts too, but not those of deleted releases."""
    found = await session.execute(_EPISODES.where(episode_table.c.id.in_(episode_ids)))
    return {row.id: _episode(row) for row in found}


async def published_episodes(session: AsyncSession, release_ids: Collection[str]) -> dict[str, list[EpisodeRow]]:
    """The published episodes of up to :data:`catalog.releases.queries.MAX_VALUES` releases, in their order, playable or not."""
    c, seasons = episode_table.c, dict[str, list[EpisodeRow]]()
    query = _EPISODES.where(c.release_id.in_(release_ids), c.status == Status.PUBLISHED)
    for row in await session.execute(query.order_by(c.release_id, c.ordinal)):
        seasons.setdefault(row.release_id, []).append(_episode(row))
    return seasons


async def playable_episode_ids(session: AsyncSession, release_ids: Collection[str]) -> dict[str, list[str]]:
    """The episodes of published releases that anybody can watch, in their order."""
    c, seasons = episode_table.c, dict[str, list[str]]()
    found = await session.execute(
        select(c.release_id, c.id)
        .join(release_table, release_table.c.id == c.release_id)
        .where(
            c.release_id.in_(release_ids),
            c.status == Status.PUBLISHED,
            c.playable,
            seen_by(_ANYBODY),
        )
        .order_by(c.release_id, c.ordinal)
    )
    for row in found:
        seasons.setdefault(row.release_id, []).append(row.id)
    return seasons


@dataclass(frozen=True, slots=True)
class OrdinalRow:
    """An episode by its number."""

    release_id: str
    episode_id: str
    ordinal: float
    playable: bool


async def ordinals(session: AsyncSession, release_ids: Collection[str]) -> list[OrdinalRow]:
    """The episodes of up to :data:`catalog.releases.queries.MAX_VALUES` releases, in their order, drafts too."""
    c = episode_table.c
    query = select(c.release_id, c.id, c.ordinal, c.playable).where(c.release_id.in_(release_ids))
    return [OrdinalRow(*row) for row in await session.execute(query.order_by(c.release_id, c.ordinal))]


async def episode_names(session: AsyncSession, episode_id: str, *, published_only: bool = False) -> EpisodeNames | None:
    """What an episode is called; with ``published_only`` ``None`` for what no viewer can see."""
    c = episode_table.c
    query = (
        select(c.ordinal, c.name, c.release_id, *_NAMES)
        .join(release_table, release_table.c.id == c.release_id)
        .where(c.id == episode_id, release_table.c.deleted_at.is_(None))
    )
    if published_only:
        query = query.where(c.status == Status.PUBLISHED, seen_by(_ANYBODY))
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    names = {column.name: name for column in _NAMES if (name := row._mapping[column.name])}
    return EpisodeNames(row.release_id, row.ordinal, row.name, names)


async def names_of_published_release(session: AsyncSession, release_id: str) -> Mapping[str, str] | None:
    """As ``EpisodeNames.release_names``; ``None`` for what no viewer can see."""
    found = await session.execute(select(*_NAMES).where(release_table.c.id == release_id, seen_by(_ANYBODY)))
    row = found.one_or_none()
    return None if row is None else {column.name: name for column in _NAMES if (name := row._mapping[column.name])}


async def published_within(
    session: AsyncSession, release_id: str, *, until: datetime, period: timedelta
) -> RecentEpisodes:
    """The episodes of a release that were published in the ``period`` before ``until`` or later, and still are."""
    c = episode_table.c
    row = (
        await session.execute(
            select(func.count(), func.min(c.ordinal), func.max(c.ordinal)).where(
                c.release_id == release_id, c.status == Status.PUBLISHED, c.published_at > until - period
            )
        )
    ).one()
    return RecentEpisodes(row[0], row[1], row[2])


async def counts(session: AsyncSession) -> tuple[int, int]:
    """How many releases and episodes there are, drafts too, deleted ones not."""
    there = release_table.c.deleted_at.is_(None)
    releases = await session.scalar(select(func.count()).select_from(release_table).where(there))
    episodes = await session.scalar(select(func.count()).select_from(episode_table.join(release_table)).where(there))
    return releases or 0, episodes or 0


_ANYBODY: Final = Reader(sees_drafts=False, everywhere=True)
"""Whoever is told is asked where they are when they come to watch."""
_NAMES: Final = (
    release_table.c.name_main.label("release"),
    release_table.c.name_english.label("release_english"),
    release_table.c.name_alternative.label("release_alternative"),
)

_EPISODES: Final = (
    select(
        episode_table.c.id,
        episode_table.c.release_id,
        episode_table.c.ordinal,
        episode_table.c.duration_ms,
        episode_table.c.ending,
    )
    .join(release_table, release_table.c.id == episode_table.c.release_id)
    .where(release_table.c.deleted_at.is_(None))
)


def _episode(row: Any) -> EpisodeRow:
    ending_start_ms = None if row.ending is None else row.ending.start_ms
    return EpisodeRow(row.id, row.release_id, row.ordinal, row.duration_ms, ending_start_ms)
