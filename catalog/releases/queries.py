"""What the catalogue lets others read: plain rows, without the rules of a release."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.releases.external_ids import PATTERNS
from catalog.releases.model import Status
from catalog.releases.repository import episode_table, release_table

MAX_VALUES: Final = 1_000
"""Values in one statement; PostgreSQL's protocol ends at 32,767."""

SCAN: Final = 250
"""Releases read at once before others get their turn: some 5 ms."""


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """An episode; ``ending_start_ms`` is where its credits begin, ``duration_ms`` ``None`` before its video is there."""

    episode_id: str
    release_id: str
    ordinal: float
    duration_ms: int | None
    ending_start_ms: int | None


@dataclass(frozen=True, slots=True)
class SeasonLength:
    """How many episodes a release is to have; ``None`` where nobody knows, or more are still to come."""

    release_id: str
    episodes_total: int | None


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """What identifies a published release to other catalogues; ``external_ids`` are those it has, by catalogue."""

    release_id: str
    names: tuple[str, ...]
    year: int | None
    kind: str
    external_ids: Mapping[str, str]


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
    """Those of ``episode_ids`` that exist, drafts too."""
    found = await session.execute(_EPISODES.where(episode_table.c.id.in_(episode_ids)))
    return {row.id: _episode(row) for row in found}


async def published_episodes(session: AsyncSession, release_ids: Collection[str]) -> dict[str, list[EpisodeRow]]:
    """The published episodes of up to :data:`MAX_VALUES` releases, in their order, playable or not."""
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
            release_table.c.status == Status.PUBLISHED,
        )
        .order_by(c.release_id, c.ordinal)
    )
    for row in found:
        seasons.setdefault(row.release_id, []).append(row.id)
    return seasons


async def published_lengths(session: AsyncSession, release_ids: Collection[str]) -> dict[str, SeasonLength]:
    """Those of ``release_ids`` that are published."""
    c = release_table.c
    found = await session.execute(
        select(c.id, c.episodes_total, c.is_ongoing).where(c.id.in_(release_ids), c.status == Status.PUBLISHED)
    )
    return {row.id: SeasonLength(row.id, None if row.is_ongoing else row.episodes_total) for row in found}


async def published_releases(session: AsyncSession, release_ids: Collection[str]) -> AsyncIterator[list[ReleaseRow]]:
    """Those of ``release_ids`` that are published, :data:`SCAN` at a time."""
    held = list(release_ids)
    for first in range(0, len(held), SCAN - 1):  # each is one page, which is not full, and so the last
        async for page in _releases(session, release_table.c.id.in_(held[first : first + SCAN - 1])):
            yield page


async def releases_with_external_ids(
    session: AsyncSession, catalogue: str, numbers: Collection[str]
) -> AsyncIterator[list[ReleaseRow]]:
    """The published releases that another ``catalogue`` (``external_ids.PATTERNS``) has under ``numbers``, page by page."""
    held = list(numbers)
    for first in range(0, len(held), MAX_VALUES):
        condition = release_table.c[f"external_{catalogue}"].in_(held[first : first + MAX_VALUES])
        async for page in _releases(session, condition):
            yield page


async def releases_with_name_keys(session: AsyncSession, keys: Collection[str]) -> set[str]:
    """The releases with a name whose stored key (``kernel.text.titles``) is one of up to :data:`MAX_VALUES`, drafts too."""
    c, ids = release_table.c, set[str]()
    for column in (c.key_main, c.key_english, c.key_alternative):
        ids.update(await session.scalars(select(c.id).where(column.in_(keys))))
    return ids


async def episode_names(session: AsyncSession, episode_id: str, *, published_only: bool = False) -> EpisodeNames | None:
    """What an episode is called; with ``published_only`` ``None`` for what viewers cannot see."""
    c = episode_table.c
    query = (
        select(c.ordinal, c.name, c.release_id, *_NAMES)
        .join(release_table, release_table.c.id == c.release_id)
        .where(c.id == episode_id)
    )
    if published_only:
        query = query.where(c.status == Status.PUBLISHED, release_table.c.status == Status.PUBLISHED)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    names = {column.name: name for column in _NAMES if (name := row._mapping[column.name])}
    return EpisodeNames(row.release_id, row.ordinal, row.name, names)


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
    """How many releases and episodes there are, drafts too."""
    releases = await session.scalar(select(func.count()).select_from(release_table))
    episodes = await session.scalar(select(func.count()).select_from(episode_table))
    return releases or 0, episodes or 0


_NAMES: Final = (
    release_table.c.name_main.label("release"),
    release_table.c.name_english.label("release_english"),
    release_table.c.name_alternative.label("release_alternative"),
)

_EPISODES: Final = select(
    episode_table.c.id,
    episode_table.c.release_id,
    episode_table.c.ordinal,
    episode_table.c.duration_ms,
    episode_table.c.ending,
)


def _episode(row: Any) -> EpisodeRow:
    ending_start_ms = None if row.ending is None else row.ending.start_ms
    return EpisodeRow(row.id, row.release_id, row.ordinal, row.duration_ms, ending_start_ms)


async def _releases(session: AsyncSession, condition: ColumnElement[bool]) -> AsyncIterator[list[ReleaseRow]]:
    """Releases by number, page by page."""
    c, last = release_table.c, None
    columns = [c.id, c.name_main, c.name_english, c.name_alternative, c.year, c.type]
    columns += [c[f"external_{catalogue}"] for catalogue in PATTERNS]
    query = select(*columns).where(c.status == Status.PUBLISHED, condition).order_by(c.id).limit(SCAN)
    while True:
        page: Sequence[Any] = (await session.execute(query if last is None else query.where(c.id > last))).all()
        yield [_release(row) for row in page]
        if len(page) < SCAN:
            return
        last = page[-1].id


def _release(row: Any) -> ReleaseRow:
    return ReleaseRow(
        release_id=row.id,
        names=tuple(name for name in (row.name_main, row.name_english, row.name_alternative) if name),
        year=row.year,
        kind=row.type.value,
        external_ids={
            catalogue: number for catalogue in PATTERNS if (number := row._mapping[f"external_{catalogue}"]) is not None
        },
    )
